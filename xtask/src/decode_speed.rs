//! How fast each encoding is decoded, natively and in wasm: builds `crates/rfb/bench` as both and has it measure.

use std::fs::File;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::setup;
use crate::step::run;

/// Prints a Markdown table; with words, of the cases whose names have all of them.
pub(crate) fn print(words: &[String]) -> Result<()> {
    run(built()?.args(words))
}

/// Writes the whole table into a file.
pub(crate) fn write(path: &Path) -> Result<()> {
    let file = File::create(path).with_context(|| format!("cannot write {}", path.display()))?;
    run(built()?.stdout(file))
}

/// The program that measures, with all that it needs.
fn built() -> Result<Command> {
    const BUILT: &str = "target/wasm32-unknown-unknown/site/porthole_rfb_bench.wasm";
    const OPTIMISED: &str = "target/wasm32-unknown-unknown/site/porthole_rfb_bench.optimised.wasm";
    let toolchain = setup::for_building()?;
    let mut cargo = Command::new("cargo");
    toolchain.select(&mut cargo);
    // As `Trunk.toml` and `index.html` have the viewer built.
    run(cargo
        .args([
            "build",
            "--quiet",
            "--profile",
            "site",
            "--lib",
            "--package",
            "porthole-rfb-bench",
        ])
        .args(["--target", "wasm32-unknown-unknown"]))?;
    run(Command::new("wasm-opt")
        .args(["-O3", BUILT, "--output", OPTIMISED])
        .env("PATH", setup::path()?))?;
    let mut program = Command::new("cargo");
    program
        .args([
            "run",
            "--quiet",
            "--release",
            "--package",
            "porthole-rfb-bench",
            "--",
        ])
        .args([OPTIMISED, "crates/rfb/bench/measure.mjs"]);
    Ok(program)
}
