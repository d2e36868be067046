//! The project's commands: `cargo xtask` lists them.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line talks on its output"
)]

mod bench;
mod build;
mod decode_speed;
mod demo;
mod fuzz;
mod lint;
mod setup;
mod site;
mod stamp;
mod step;
mod test;

use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use pico_args::Arguments;

const USAGE: &str = "\
cargo xtask COMMAND

  demo [--port N] [--desktop]   build everything and serve a desktop to look at
  test                          set up, check and build everything, then run every test
  setup [--tests]               install what building (and testing) needs and is missing
  build                         the site in dist/, and target/release/porthole-gateway with it inside
  fuzz [--seconds N] [TARGET…]  every fuzz target, or these, for 60 seconds or N
  bench [--rounds N] [--video SECONDS] [--streams DIR] [--stream WORD]… [NAME…]
                                Porthole and noVNC side by side; writes docs/BENCHMARKS.md, or only its
                                sections drain, pointer, first-frame, round-trips, sessions, memory,
                                quality (ten minutes, only when it is named)
  bench record [--to DIR] [--seconds N] [--bytes N] [WORD…]
                                what a real server sends of real programs, for the above to play
  bench load [--sessions N] [--busy N] [--rate N] [--seconds N] [--rounds N]
                                a thousand sessions through the gateway and through websockify; writes the
                                section load
  bench decode [WORD…]          how fast each encoding is decoded, natively and in wasm
  lint                          formatting, clippy and documentation, with warnings denied
  finish-site DIR               what Trunk calls at the end of a build, see Trunk.toml
";

fn main() -> ExitCode {
    match run(Arguments::from_env()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(mut arguments: Arguments) -> Result<()> {
    // Everything is said relative to the checkout.
    let checkout = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    std::env::set_current_dir(checkout).with_context(|| format!("cannot enter {checkout}"))?;
    let command = arguments.subcommand()?;
    match command.as_deref() {
        Some("demo") => {
            let options = demo::Options {
                port: arguments.opt_value_from_str("--port")?,
                desktop: arguments.contains("--desktop"),
            };
            finish(arguments)?;
            demo::run_demo(&options)
        }
        Some("test") => finish(arguments).and_then(|()| test::run_all()),
        Some("setup") => {
            let tests = arguments.contains("--tests");
            finish(arguments)?;
            setup::for_building()?;
            if tests { setup::for_testing() } else { Ok(()) }
        }
        Some("build") => {
            finish(arguments)?;
            let toolchain = setup::for_building()?;
            build::run_with(toolchain)
        }
        Some("fuzz") => {
            let seconds = arguments.opt_value_from_str("--seconds")?;
            let mut targets = Vec::new();
            while let Some(target) = arguments.opt_free_from_str::<String>()? {
                targets.push(target);
            }
            finish(arguments)?;
            fuzz::run(seconds.unwrap_or(60), &targets)
        }
        Some("bench") => bench::run_command(arguments),
        Some("lint") => finish(arguments).and_then(|()| lint::run_all()),
        Some("finish-site") => {
            let directory: std::path::PathBuf = arguments.free_from_str()?;
            finish(arguments)?;
            site::finish(&directory)
        }
        Some("help") | None => {
            print!("{USAGE}");
            Ok(())
        }
        Some(other) => bail!("there is no command {other}\n\n{USAGE}"),
    }
}

/// Refuses arguments that no one has asked for.
fn finish(arguments: Arguments) -> Result<()> {
    let rest = arguments.finish();
    if !rest.is_empty() {
        bail!("unknown arguments: {rest:?}\n\n{USAGE}");
    }
    Ok(())
}
