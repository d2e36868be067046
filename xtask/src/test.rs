//! Every test there is, with all that it takes.

use std::process::Command;

use anyhow::Result;

use crate::step::{run, step};
use crate::{build, lint, setup};

pub(crate) fn run_all() -> Result<()> {
    let toolchain = setup::for_building()?;
    setup::for_testing()?;
    lint::run_all()?;
    build::run_with(toolchain)?;
    let gateway = build::path_of_gateway()?;
    // The end-to-end tests are a package of their own and come last: what a unit test finds needs no browser.
    step("test: units", || {
        run(Command::new("cargo").args([
            "test",
            "--workspace",
            "--all-features",
            "--exclude",
            "porthole-tests",
        ]))
    })?;
    step("test: end to end", || {
        run(Command::new("cargo")
            .args(["test", "--package", "porthole-tests"])
            .env("PORTHOLE_GATEWAY", &gateway)
            .env("PATH", setup::path()?))
    })?;
    step("interoperability", || {
        print!("{}", std::fs::read_to_string("docs/INTEROP.md")?);
        Ok(())
    })?;
    println!("\nEverything passed.");
    Ok(())
}
