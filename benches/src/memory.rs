//! Memory and processors while a video goes on.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use crate::arena::Arena;
use crate::contender::Contender;
use crate::figures::median;
use crate::plot::{self, Lines};
use crate::processes::Family;
use crate::report::{Section, table};
use crate::server::Part;
use crate::stream::Stream;
use crate::wasm_memory::wasm_memory;

const STREAM: &str = "video-tight-jpeg";
const RATE: f64 = 25.0;
const LIMIT: Duration = Duration::from_secs(30);

/// What all processes of a browser took.
struct Outcome {
    contender: Contender,
    /// Seconds, and millions of bytes more than the browser has without a page.
    memory: Vec<(f64, f64)>,
    without: f64,
    updates: f64,
    processors: f64,
    /// Bytes of wasm memories at the end.
    wasm: u64,
}

pub(crate) fn measure(arena: &mut Arena, streams: &[Arc<Stream>], length: Duration) -> Result<Section> {
    let stream = streams
        .iter()
        .find(|stream| stream.name == STREAM)
        .with_context(|| format!("there is no stream {STREAM}"))?;
    let mut outcomes = Vec::new();
    for contender in Contender::BOTH {
        let outcome = watch(arena, stream, contender, length)?;
        println!(
            "{}: {:.0} MB at the end, {:.2} cores, {:.1} updates/s",
            contender.name(),
            outcome.memory.last().map_or(f64::NAN, |(_, memory)| *memory),
            outcome.processors,
            outcome.updates
        );
        outcomes.push(outcome);
    }
    Ok(section(&outcomes, length))
}

fn watch(arena: &mut Arena, stream: &Arc<Stream>, contender: Contender, length: Duration) -> Result<Outcome> {
    arena.renew();
    arena.browser.open("about:blank");
    // It has things of its own to do when it starts.
    std::thread::sleep(Duration::from_secs(5));
    let family = Family(arena.browser.process());
    let memory = || family.memory() as f64 / 1e6;
    let without = memory();
    arena.server.set(Part::Paced {
        stream: Arc::clone(stream),
        rate: RATE,
    });
    arena.open(contender);
    arena.server.next(LIMIT)?;
    let step = (length / 60).max(Duration::from_secs(1));
    let (start, updates, processors) = (Instant::now(), arena.server.updates(), family.times());
    let mut samples = Vec::new();
    while start.elapsed() < length {
        std::thread::sleep(step);
        samples.push((start.elapsed().as_secs_f64(), memory() - without));
    }
    let seconds = start.elapsed().as_secs_f64();
    let (updates, processors) = (
        (arena.server.updates() - updates) as f64 / seconds,
        processors.since() / seconds,
    );
    Ok(Outcome {
        contender,
        memory: samples,
        without,
        updates,
        processors,
        wasm: wasm_memory(&arena.browser)?,
    })
}

impl Outcome {
    /// The median of this part of the time: the first tenth is 0.0 to 0.1.
    fn memory_in(&self, part: std::ops::Range<f64>) -> f64 {
        let end = self.memory.last().map_or(0.0, |(time, _)| *time);
        let values: Vec<f64> = self
            .memory
            .iter()
            .filter(|(time, _)| part.contains(&(time / end)) || part.end >= 1.0 && *time >= end)
            .map(|(_, memory)| *memory)
            .collect();
        median(&values)
    }
}

fn section(outcomes: &[Outcome], length: Duration) -> Section {
    let head = [
        "viewer",
        "MB in the second tenth of the time",
        "MB in the last tenth",
        "of that wasm memory at the end",
        "updates a second",
        "CPU, cores",
    ];
    let cells = outcomes.iter().map(|outcome| {
        vec![
            outcome.contender.name().to_owned(),
            format!("{:.0}", outcome.memory_in(0.1..0.2)),
            format!("{:.0}", outcome.memory_in(0.9..1.0)),
            format!("{:.1}", outcome.wasm as f64 / 1e6),
            format!("{:.1}", outcome.updates),
            format!("{:.2}", outcome.processors),
        ]
    });
    let text = format!(
        "{} s of `{STREAM}` over and over, an update when it is asked for, {RATE:.0} times a second at most. Memory is that of all \
         the browser's processes (what they share is divided between them), above the {:.0} MB that it has without a page; a \
         framebuffer is {:.1} MB.\n\n{}",
        length.as_secs(),
        median(&outcomes.iter().map(|outcome| outcome.without).collect::<Vec<_>>()),
        1920.0 * 1080.0 * 4.0 / 1e6,
        table(&head, cells)
    );
    let lines = Lines {
        title: "Memory of all processes while a video goes on, MB",
        unit: "s",
        series: outcomes
            .iter()
            .map(|outcome| (outcome.contender.name(), outcome.memory.clone()))
            .collect(),
    };
    Section {
        name: "memory",
        text,
        plots: vec![("memory".into(), plot::lines(&lines))],
        is_whole: true,
    }
}
