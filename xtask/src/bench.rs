//! The comparison with noVNC, the recordings that it plays, and the load on the gateway.

use std::process::Command;

use anyhow::Result;
use pico_args::Arguments;

use crate::setup::{self, novnc};
use crate::step::{run, step};
use crate::{build, decode_speed};

/// The small set that belongs to the checkout.
const STREAMS: &str = "benches/streams";

/// Where the table of decoding speeds is kept for the report.
const DECODED: &str = "target/decoded.md";

/// What is said after `bench`.
pub(crate) fn run_command(mut arguments: Arguments) -> Result<()> {
    match arguments.clone().subcommand()?.as_deref() {
        Some("decode") => {
            arguments.subcommand()?;
            let words: Vec<String> = arguments
                .finish()
                .into_iter()
                .map(|word| word.to_string_lossy().into_owned())
                .collect();
            decode_speed::print(&words)
        }
        Some("record") => {
            arguments.subcommand()?;
            setup::for_measuring()?;
            let mut command = comparison("record");
            if !arguments.clone().contains("--to") {
                command.args(["--to", STREAMS]);
            }
            run(command.args(arguments.finish()))
        }
        Some("load") => {
            arguments.subcommand()?;
            load(arguments.finish())
        }
        _ => compare(arguments.finish()),
    }
}

/// There is no page in it.
fn load(options: Vec<std::ffi::OsString>) -> Result<()> {
    setup::for_loading()?;
    build::gateway()?;
    step("bench: the gateway and websockify in turns", || {
        run(comparison("load")
            .args(["--streams", STREAMS, "--report", "docs/BENCHMARKS.md"])
            .args(options)
            .env("PORTHOLE_GATEWAY", build::path_of_gateway()?))
    })
}

fn compare(options: Vec<std::ffi::OsString>) -> Result<()> {
    let toolchain = setup::for_building()?;
    setup::for_measuring()?;
    build::run_with(toolchain)?;
    let mut command = comparison("compare");
    // What is named is measured alone.
    if options.is_empty() {
        step("bench: wasm beside native code", || {
            decode_speed::write(DECODED.as_ref())
        })?;
        command.args(["--decoded", DECODED]);
    }
    if !options.iter().any(|option| option == "--streams") {
        command.args(["--streams", STREAMS]);
    }
    if let Some(app) = novnc::app()? {
        command.arg("--novnc-app").arg(app);
    }
    command
        .args(["--site", "dist", "--pages", "benches/pages"])
        .arg("--novnc")
        .arg(novnc::package()?)
        .args(["--report", "docs/BENCHMARKS.md"])
        .args(options);
    step("bench: Porthole and noVNC in turns", || run(&mut command))
}

fn comparison(subcommand: &str) -> Command {
    let mut command = Command::new("cargo");
    command.args([
        "run",
        "--quiet",
        "--release",
        "--package",
        "porthole-benches",
        "--",
        subcommand,
    ]);
    command
}
