//! Tools that cargo builds, at the versions that the project needs.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use super::tools;
use crate::step::{output, run};

/// Its version must be that of the wasm-bindgen in Cargo.lock to the last digit; a test sees to it. Without
/// `--locked`, since its own lock file names a dependency that was withdrawn.
pub(super) const WASM_BINDGEN: Tool = Tool {
    krate: "wasm-bindgen-cli",
    program: "wasm-bindgen",
    version: "0.2.130",
    options: &[],
};

/// Without optimisation: it only calls others, and builds in a third of the time.
pub(super) const TRUNK: Tool = Tool {
    krate: "trunk",
    program: "trunk",
    version: "0.21.14",
    options: &["--locked", "--debug"],
};

/// Firefox's driver. Without optimisation, too: it passes on what it is told.
pub(super) const GECKODRIVER: Tool = Tool {
    krate: "geckodriver",
    program: "geckodriver",
    version: "0.37.1",
    options: &["--locked", "--debug"],
};

pub(super) struct Tool {
    krate: &'static str,
    program: &'static str,
    version: &'static str,
    options: &'static [&'static str],
}

impl Tool {
    fn root(&self, tools: &Path) -> PathBuf {
        tools.join(format!("{}-{}", self.krate, self.version))
    }

    /// The folder with the program.
    pub(super) fn bin(&self, tools: &Path) -> PathBuf {
        self.root(tools).join("bin")
    }
}

pub(super) fn install(tool: &Tool) -> Result<()> {
    let tools = tools()?;
    let program = tool.bin(&tools).join(tool.program);
    if output(Command::new(&program).arg("--version")).is_some_and(|text| text.contains(tool.version)) {
        println!("nothing to do");
        return Ok(());
    }
    let Tool { krate, version, .. } = tool;
    println!("building {krate} {version}, which takes some minutes");
    run(Command::new("cargo")
        .args([
            "install",
            "--quiet",
            "--force",
            &format!("{krate}@{version}"),
            "--root",
        ])
        .arg(tool.root(&tools))
        .args(tool.options)
        // What stands in the project's own configuration is not for other people's programs.
        .current_dir(std::env::temp_dir()))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::WASM_BINDGEN;

    #[test]
    fn wasm_bindgen_has_the_version_of_the_lock_file() {
        let lock = include_str!("../../../Cargo.lock");
        let (_, entry) = lock.split_once("name = \"wasm-bindgen\"\nversion = \"").unwrap();
        assert_eq!(entry.split('"').next(), Some(WASM_BINDGEN.version));
    }
}
