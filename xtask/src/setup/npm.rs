//! Packages of npm, each in a folder of its own.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::step::run;

/// Installs a package, `NAME@VERSION`, below a folder that need not be there.
pub(super) fn install(root: &Path, package: &str) -> Result<()> {
    fs::create_dir_all(root).with_context(|| format!("cannot make {}", root.display()))?;
    run(Command::new("npm")
        .args([
            "install",
            "--no-audit",
            "--no-fund",
            "--loglevel=error",
            "--prefix",
        ])
        .arg(root)
        .arg(package))
}
