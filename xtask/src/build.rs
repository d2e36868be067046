//! The site in `dist/`, and the release gateway with that site inside it.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::setup::{self, Toolchain};
use crate::site;
use crate::stamp;
use crate::step::{run, step};

/// Builds both. The set-up has been done.
pub(crate) fn run_with(toolchain: Toolchain) -> Result<()> {
    step("build: site", || build_site(toolchain))?;
    gateway()
}

/// Builds the gateway, with the site that is there.
pub(crate) fn gateway() -> Result<()> {
    step("build: gateway", || {
        run(Command::new("cargo").args(["build", "--quiet", "--release", "--package", "porthole-gateway"]))
    })
}

/// Where that is then.
pub(crate) fn path_of_gateway() -> Result<PathBuf> {
    Path::new("target/release/porthole-gateway")
        .canonicalize()
        .context("the gateway was built, but is not where it should be")
}

fn build_site(toolchain: Toolchain) -> Result<()> {
    if stamp::is_current(toolchain)? {
        println!("nothing to do");
        return Ok(());
    }
    let mut trunk = Command::new("trunk");
    toolchain.select(&mut trunk);
    // Trunk's hook calls this very program again.
    let this = std::env::current_exe().context("cannot tell where this program is")?;
    run(trunk
        .args(["build", "--release", "--offline", "--quiet"])
        .env("PATH", setup::path()?)
        .env("PORTHOLE_XTASK", this))?;
    stamp::remember(toolchain)?;
    site::print_sizes("dist".as_ref())
}
