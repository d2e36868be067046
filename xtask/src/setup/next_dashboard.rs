//! The packages of `examples/next-dashboard`, exactly those of its lock file.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use super::tools;
use crate::step::run;

const EXAMPLE: &str = "examples/next-dashboard";

/// Into a folder that is named by the lock file's content, since they take a while.
pub(super) fn install() -> Result<()> {
    let files = ["package.json", "package-lock.json"].map(|name| Path::new(EXAMPLE).join(name));
    let lock = fs::read(&files[1]).with_context(|| format!("cannot read {}", files[1].display()))?;
    let digest: String = Sha256::digest(&lock)
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let root = tools()?.join(format!("next-dashboard-{digest}"));
    // npm writes it when all is there.
    if root.join("node_modules/.package-lock.json").is_file() {
        println!("nothing to do");
        return Ok(());
    }
    fs::create_dir_all(&root).with_context(|| format!("cannot make {}", root.display()))?;
    for file in &files {
        let copy = root.join(file.file_name().unwrap_or_default());
        fs::copy(file, copy).with_context(|| format!("cannot copy {}", file.display()))?;
    }
    run(Command::new("npm")
        .args([
            "ci",
            "--no-audit",
            "--no-fund",
            "--ignore-scripts",
            "--loglevel=error",
            "--prefix",
        ])
        .arg(&root))
}
