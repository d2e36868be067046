//! Porthole and noVNC side by side: the same browser, the same bytes, turn by turn.
//!
//! `record` takes down what a real server sends of real programs; `compare` replays it to both and measures. `load` has
//! nothing of browsers: it is about what stands between them and the desktops.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line talks on its output"
)]
mod arena;
mod contender;
mod decode;
mod drain;
mod figures;
mod first_frame;
mod line;
mod load;
mod machine;
mod memory;
mod mouse;
mod plot;
mod pointer;
mod processes;
mod quality;
mod record;
mod report;
mod round_trips;
mod scene;
mod server;
mod sessions;
mod stream;
mod wasm_memory;
mod wire;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, bail};
use pico_args::Arguments;

use arena::Arena;
use report::Report;
use server::{Files, Server};
use stream::Stream;

const USAGE: &str = "\
comparison record --to DIR [--seconds N] [--bytes N] [WORD…]
comparison compare --site DIR --novnc DIR --pages DIR --streams DIR --report FILE [--novnc-app DIR] [--decoded FILE]
           [--rounds N] [--video SECONDS] [--stream WORD]… [NAME…]
comparison load --streams DIR --report FILE [--sessions N] [--busy N] [--rate N] [--seconds N] [--rounds N]
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
        Some("compare") => compare(arguments),
        Some("load") => {
            let options = load::Options {
                streams: arguments.value_from_str("--streams")?,
                report: arguments.value_from_str("--report")?,
                sessions: arguments.opt_value_from_str("--sessions")?.unwrap_or(1000),
                busy: arguments.opt_value_from_str("--busy")?.unwrap_or(200),
                rate: arguments.opt_value_from_str("--rate")?.unwrap_or(10.0),
                seconds: arguments.opt_value_from_str("--seconds")?.unwrap_or(30),
                rounds: arguments.opt_value_from_str("--rounds")?.unwrap_or(2),
            };
            if let Some(word) = free(arguments)?.first() {
                bail!("{word} means nothing here\n\n{USAGE}");
            }
            load::run(&options)
        }
        _ => bail!("{USAGE}"),
    }
}

fn compare(mut arguments: Arguments) -> Result<()> {
    let app: Option<PathBuf> = arguments.opt_value_from_str("--novnc-app")?;
    let (site, novnc): (PathBuf, PathBuf) = (
        arguments.value_from_str("--site")?,
        arguments.value_from_str("--novnc")?,
    );
    let folders = contender::folders(
        &site,
        &novnc,
        &arguments.value_from_str::<_, PathBuf>("--pages")?,
        app.as_deref(),
    );
    let streams: PathBuf = arguments.value_from_str("--streams")?;
    let page: PathBuf = arguments.value_from_str("--report")?;
    let rounds: usize = arguments.opt_value_from_str("--rounds")?.unwrap_or(5);
    let video = Duration::from_secs(arguments.opt_value_from_str("--video")?.unwrap_or(60));
    let decoded: Option<PathBuf> = arguments.opt_value_from_str("--decoded")?;
    let words: Vec<String> = arguments.values_from_str("--stream")?;
    let names = free(arguments)?;
    if let Some(name) = names.iter().find(|name| !MEASUREMENTS.contains(&name.as_str())) {
        bail!("there is no measurement {name}, but {}", MEASUREMENTS.join(", "));
    }
    let streams: Vec<Arc<Stream>> = stream::read_all(&streams, &words)?
        .into_iter()
        .map(Arc::new)
        .collect();
    if streams.is_empty() {
        bail!("there is no such stream");
    }
    let mut files = Files::read(&folders)?;
    sessions::add_pages(&mut files)?;
    let mut arena = Arena::new(Server::start(files)?);
    let browser = arena::version(&arena.browser)?;
    let report = Report::new(
        &page,
        format!(
            "{}; {browser}, noVNC {}",
            machine::description(),
            contender::novnc_version(&novnc)?
        ),
    );
    if let Some(path) = decoded {
        report.put(&decode::section(&path)?, &machine::load())?;
    }
    let mut failed = Vec::new();
    for name in MEASUREMENTS {
        let is_wanted = if names.is_empty() {
            !LONG.contains(&name)
        } else {
            names.iter().any(|wanted| wanted == name)
        };
        if !is_wanted {
            continue;
        }
        let load = machine::load();
        println!("\n{name}, load {load}");
        let measured = catch_unwind(AssertUnwindSafe(|| match name {
            "drain" => drain::measure(&arena, &streams, rounds),
            "pointer" => pointer::measure(&arena, &streams),
            "first-frame" => first_frame::measure(&mut arena, &streams, app.is_some(), rounds),
            "round-trips" => round_trips::measure(&arena, rounds.min(2)),
            "quality" => quality::measure(&arena),
            "sessions" => sessions::measure(&arena, &streams),
            _ => memory::measure(&mut arena, &streams, video),
        }));
        // What waits for a browser panics when it has waited long enough; the others are measured all the same.
        let section = match measured {
            Ok(Ok(section)) => section,
            Ok(Err(error)) => {
                println!("{name}: {error:#}");
                failed.push(name);
                continue;
            }
            Err(_) => {
                failed.push(name);
                continue;
            }
        };
        if !section.is_whole {
            failed.push(name);
        }
        println!("\n{}", section.text);
        // What is true of a part of the streams is nothing for the page.
        if words.is_empty() {
            report.put(&section, &load)?;
        }
    }
    if !failed.is_empty() {
        bail!("not measured, or not all of it: {}", failed.join(", "));
    }
    Ok(())
}

/// What takes ten minutes by itself is measured when it is asked for by name.
const LONG: [&str; 1] = ["quality"];

/// In this order. Each has a section of the report.
const MEASUREMENTS: [&str; 7] = [
    "drain",
    "pointer",
    "first-frame",
    "round-trips",
    "quality",
    "sessions",
    "memory",
];

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
