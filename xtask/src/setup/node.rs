//! Node.js, for the Next.js example: the system's, or one from npm where that is older than Next.js takes.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use super::{npm, tools};
use crate::step::output;

/// What Next.js needs, as its package says.
const OLDEST: (u32, u32) = (20, 9);

const VERSION: &str = "22.23.3";

fn root(tools: &Path) -> PathBuf {
    tools.join(format!("node-{VERSION}"))
}

/// The package with the program itself.
fn package() -> String {
    let machine = match std::env::consts::ARCH {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        other => other,
    };
    format!("node-linux-{machine}")
}

/// The folder with the program, if it was needed.
pub(super) fn bin(tools: &Path) -> PathBuf {
    root(tools).join("node_modules").join(package()).join("bin")
}

pub(super) fn install() -> Result<()> {
    let tools = tools()?;
    let own = bin(&tools).join("node");
    if is_new_enough(Path::new("node")) || is_new_enough(&own) {
        println!("nothing to do");
        return Ok(());
    }
    npm::install(&root(&tools), &format!("{}@{VERSION}", package()))
}

fn is_new_enough(node: &Path) -> bool {
    let said = output(Command::new(node).arg("--version"));
    said.as_deref()
        .and_then(version)
        .is_some_and(|version| version >= OLDEST)
}

/// The first two numbers of `v20.9.0`.
fn version(text: &str) -> Option<(u32, u32)> {
    let mut numbers = text.strip_prefix('v')?.split('.').map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_as_numbers() {
        assert_eq!(version("v20.10.1"), Some((20, 10)));
        assert!(version("v20.10.1") > Some(OLDEST) && version("v18.20.4") < Some(OLDEST));
        for text in ["", "20.9.0", "v20", "vx.y"] {
            assert_eq!(version(text), None, "{text}");
        }
    }
}
