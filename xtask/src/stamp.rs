//! Remembers what the site was made of, so that a site which is up to date is not built again.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use crate::setup::Toolchain;

const STAMP: &str = "target/site.stamp";

/// What the site is made of, and the site.
const INPUTS: &[&str] = &[
    ".cargo",
    "Cargo.lock",
    "Cargo.toml",
    "Trunk.toml",
    "index.html",
    "dashboard.html",
    "src",
    "style",
    "crates/decode/Cargo.toml",
    "crates/decode/src",
    "crates/doctor",
    "crates/rfb/Cargo.toml",
    "crates/rfb/src",
    "crates/logins",
    "crates/hands",
    "crates/viewer",
    "xtask/src/site.rs",
    "dist",
];

/// Whether neither the site nor anything that it is made of has changed since [`remember`].
pub(crate) fn is_current(toolchain: Toolchain) -> Result<bool> {
    let is_built = Path::new("dist/index.html").exists();
    let remembered = fs::read_to_string(STAMP).unwrap_or_default();
    Ok(is_built && remembered == digest(toolchain)?)
}

/// Takes note of what the site has just been made of.
pub(crate) fn remember(toolchain: Toolchain) -> Result<()> {
    fs::write(STAMP, digest(toolchain)?).with_context(|| format!("cannot write {STAMP}"))
}

fn digest(toolchain: Toolchain) -> Result<String> {
    let mut digest = Sha256::new();
    digest.update(format!("{toolchain:?}"));
    for input in INPUTS {
        add(&mut digest, input.as_ref())?;
    }
    Ok(digest
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect())
}

/// Adds a file, or a folder with all that is in it.
fn add(digest: &mut Sha256, path: &Path) -> Result<()> {
    let cannot_read = || format!("cannot read {}", path.display());
    if path.is_dir() {
        let mut entries = fs::read_dir(path)
            .with_context(cannot_read)?
            .map(|entry| Ok(entry?.path()))
            .collect::<Result<Vec<_>>>()?;
        entries.sort();
        return entries.iter().try_for_each(|entry| add(digest, entry));
    }
    let content = fs::read(path).with_context(cannot_read)?;
    digest.update(path.to_string_lossy().as_bytes());
    digest.update(content.len().to_le_bytes());
    digest.update(content);
    Ok(())
}
