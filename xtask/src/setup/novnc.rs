//! noVNC, which Porthole is measured against: its npm package, and its page where that can be had.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use super::{npm, tools};
use crate::step::run;

const VERSION: &str = "1.7.0";

fn root(tools: &Path) -> PathBuf {
    tools.join(format!("novnc-{VERSION}"))
}

/// The folder of the package, whose `core/rfb.js` pages embed.
pub(crate) fn package() -> Result<PathBuf> {
    Ok(root(&tools()?).join("node_modules").join("@novnc").join("novnc"))
}

/// Where noVNC's own page is, with all that belongs to it, if it could be had.
pub(crate) fn app() -> Result<Option<PathBuf>> {
    let folder = root(&tools()?).join("repository");
    Ok(folder.join("vnc.html").is_file().then_some(folder))
}

/// The page is in the repository only. The comparison goes without it where that cannot be reached.
pub(super) fn try_to_install_app() -> Result<()> {
    if app()?.is_some() {
        println!("nothing to do");
        return Ok(());
    }
    let folder = root(&tools()?).join("repository");
    let cloned = run(Command::new("git")
        .args(["clone", "--quiet", "--depth", "1", "--branch"])
        .args([&format!("v{VERSION}"), "https://github.com/novnc/noVNC.git"])
        .arg(folder));
    if let Err(error) = cloned {
        println!("going on without noVNC's own page: {error:#}");
    }
    Ok(())
}

pub(super) fn install() -> Result<()> {
    if package()?.join("core/rfb.js").is_file() {
        println!("nothing to do");
        return Ok(());
    }
    npm::install(&root(&tools()?), &format!("@novnc/novnc@{VERSION}"))
}
