//! How fast each encoding is decoded, natively and in wasm: builds `crates/rfb/bench` as both and has it measure.

use std::process::Command;

use anyhow::Result;

use crate::setup;
use crate::step::run;

/// Prints a Markdown table; with words, of the cases whose names have all of them.
pub(crate) fn print(words: &[String]) -> Result<()> {
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
        .args(["-Oz", BUILT, "--output", OPTIMISED])
        .env("PATH", setup::path()?))?;
    run(Command::new("cargo")
        .args([
            "run",
            "--quiet",
            "--release",
            "--package",
            "porthole-rfb-bench",
            "--",
        ])
        .args([OPTIMISED, "crates/rfb/bench/measure.mjs"])
        .args(words))
}
