//! Porthole and noVNC side by side: the same browser, the same bytes, turn by turn.
//!
//! `record` takes down what a real server sends of real programs; `compare` replays it to both and measures.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line talks on its output"
)]
#![allow(dead_code, reason = "measurements that come next use it")]

mod arena;
mod contender;
mod drain;
mod figures;
mod machine;
mod plot;
mod processes;
mod record;
mod report;
mod scene;
mod server;
mod stream;
mod wire;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Result, bail};
use pico_args::Arguments;

use arena::Arena;
use report::{Report, Section};
use server::{Files, Server};
use stream::Stream;

const USAGE: &str = "\
comparison record --to DIR [--seconds N] [--bytes N] [WORD…]
comparison compare --site DIR --novnc DIR --page DIR --streams DIR --report FILE [--rounds N] [--stream WORD]… [NAME…]
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
    match arguments.subcommand()?.as_deref() {
        Some("record") => {
            let options = record::Options {
                to: arguments.value_from_str("--to")?,
                seconds: arguments.opt_value_from_str("--seconds")?.unwrap_or(4),
                bytes: arguments.opt_value_from_str("--bytes")?.unwrap_or(800_000),
                only: free(arguments)?,
            };
            record::record_all(&options)
        }
        Some("compare") => {
            let folders = contender::folders(
                &arguments.value_from_str::<_, PathBuf>("--site")?,
                &arguments.value_from_str::<_, PathBuf>("--novnc")?,
                &arguments.value_from_str::<_, PathBuf>("--page")?,
            );
            let streams: PathBuf = arguments.value_from_str("--streams")?;
            let page: PathBuf = arguments.value_from_str("--report")?;
            let rounds = arguments.opt_value_from_str("--rounds")?.unwrap_or(5);
            let words: Vec<String> = arguments.values_from_str("--stream")?;
            let names = free(arguments)?;
            let streams: Vec<Arc<Stream>> = stream::read_all(&streams, &words)?
                .into_iter()
                .map(Arc::new)
                .collect();
            if streams.is_empty() {
                bail!("there is no such stream");
            }
            let arena = Arena::new(Server::start(Files::read(&folders)?)?);
            let browser = arena::version(&arena.browser)?;
            let report = Report::new(
                &page,
                format!("{}; {browser}, noVNC 1.7.0", machine::description()),
            );
            let is_all = words.is_empty();
            let put = |measure: &dyn Fn() -> Result<Section>| -> Result<()> {
                let load = machine::load();
                let section = measure()?;
                println!("\n{}", section.text);
                // A part of the streams is nothing for the page.
                if is_all {
                    report.put(&section, &load)
                } else {
                    Ok(())
                }
            };
            let is_wanted = |name: &str| names.is_empty() || names.iter().any(|wanted| wanted == name);
            if is_wanted("drain") {
                put(&|| drain::measure(&arena, &streams, rounds))?;
            }
            Ok(())
        }
        _ => bail!("{USAGE}"),
    }
}

/// The arguments without a name. There must be no others left.
fn free(arguments: Arguments) -> Result<Vec<String>> {
    let words: Vec<String> = arguments
        .finish()
        .into_iter()
        .map(|word| word.to_string_lossy().into_owned())
        .collect();
    if let Some(option) = words.iter().find(|word| word.starts_with('-')) {
        bail!("unknown option {option}\n\n{USAGE}");
    }
    Ok(words)
}
