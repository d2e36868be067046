//! Recorded streams, as fast as the client takes them.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use porthole_tests::image::Image;
use serde_json::json;

use crate::arena::Arena;
use crate::contender::{Contender, FLOOR, in_turn};
use crate::figures::{geometric_mean, largest, median};
use crate::plot::{self, Bars};
use crate::processes::Family;
use crate::report::{Section, table};
use crate::server::{Part, Told};
use crate::stream::Stream;

/// A stream is replayed so often that even the quicker one takes about this long.
const LEAST: f64 = 1.0;
/// And no more often than this, or that the slower one takes longer than this.
const PASSES: usize = 120;
const MOST: f64 = 5.0;
/// As long as it is not known how long they take.
const FIRST_PASSES: usize = 2;

/// After this long, a stream has enough rounds when it has this many.
const ENOUGH: Duration = Duration::from_secs(9);
const ROUNDS: usize = 3;
const FLOOR_ROUNDS: usize = 2;

/// By so much a picture's values may differ on average that was sent as JPEG: decoders round differently.
const JPEG_ERROR: f64 = 1.5;

/// Nothing takes as long, unless it is broken.
const LIMIT: Duration = Duration::from_secs(120);

/// One contender's figures for one stream and one round, all in seconds.
#[derive(Debug, Clone, Copy)]
struct Figures {
    took: f64,
    /// The page's thread was busy.
    busy: f64,
    /// The latest that the page's timer was.
    stall: f64,
    /// All processes' time on a processor.
    processors: f64,
}

/// Both contenders' figures for one stream, all rounds.
struct Outcome {
    stream: Arc<Stream>,
    passes: usize,
    figures: [Vec<Figures>; 2],
    /// How long the same bytes take a page that throws them away, in seconds.
    floor: f64,
}

/// What is looked at, and in which unit.
#[derive(Debug, Clone, Copy)]
struct Column(fn(&Figures) -> f64);

const TOOK: Column = Column(|figures| figures.took);
const BUSY: Column = Column(|figures| figures.busy);
const STALL: Column = Column(|figures| figures.stall);
const PROCESSORS: Column = Column(|figures| figures.processors);

impl Outcome {
    fn all(&self, contender: Contender, column: Column) -> Vec<f64> {
        self.figures[contender as usize].iter().map(column.0).collect()
    }

    fn median(&self, contender: Contender, column: Column) -> f64 {
        median(&self.all(contender, column))
    }

    /// How many times noVNC's is Porthole's: the median of the rounds' ratios, whose two sides were taken one after the
    /// other.
    fn ratio(&self, column: Column) -> f64 {
        let ratios: Vec<f64> = self
            .all(Contender::NoVnc, column)
            .iter()
            .zip(self.all(Contender::Porthole, column))
            .map(|(novnc, porthole)| novnc / porthole)
            .collect();
        median(&ratios)
    }

    /// Millions of pixels a second.
    fn speed(&self, contender: Contender) -> f64 {
        self.passes as f64 * self.stream.pixels as f64 / 1e6 / self.median(contender, TOOK)
    }
}

pub(crate) fn measure(arena: &Arena, streams: &[Arc<Stream>], rounds: usize) -> Result<Section> {
    let mut outcomes = Vec::new();
    let mut wrong = Vec::new();
    for stream in streams {
        let passes = match compare_pictures(arena, stream) {
            Ok(passes) => enough_passes(passes, |contender| {
                // In the first passes a browser is still compiling.
                Ok(drain(arena, contender.path(), stream, passes)?.took)
            })?,
            Err(error) => {
                println!("{error:#}");
                wrong.push(format!("{error:#}"));
                continue;
            }
        };
        let mut figures = [Vec::new(), Vec::new()];
        let start = Instant::now();
        for round in 0..rounds {
            if round >= ROUNDS && start.elapsed() > ENOUGH {
                break;
            }
            for contender in in_turn(Contender::BOTH, round) {
                figures[contender as usize].push(drain(arena, contender.path(), stream, passes)?);
            }
        }
        let floor: Result<Vec<f64>> = (0..FLOOR_ROUNDS)
            .map(|_| Ok(drain(arena, FLOOR, stream, passes)?.took))
            .collect();
        let outcome = Outcome {
            stream: Arc::clone(stream),
            passes,
            figures,
            floor: median(&floor?),
        };
        println!(
            "{:<24} {:>3} times: {:>6.0} and {:>6.0} ms, {:>5.2}x, floor {:.0} ms; page busy {:>6.1} and {:>6.0} ms; stall {:>4.0} and {:>5.0} ms; CPU {:>5.2} and {:>5.2} s",
            stream.name,
            passes,
            outcome.median(Contender::Porthole, TOOK) * 1e3,
            outcome.median(Contender::NoVnc, TOOK) * 1e3,
            outcome.ratio(TOOK),
            outcome.floor * 1e3,
            outcome.median(Contender::Porthole, BUSY) * 1e3,
            outcome.median(Contender::NoVnc, BUSY) * 1e3,
            largest(&outcome.all(Contender::Porthole, STALL)) * 1e3,
            largest(&outcome.all(Contender::NoVnc, STALL)) * 1e3,
            outcome.median(Contender::Porthole, PROCESSORS),
            outcome.median(Contender::NoVnc, PROCESSORS),
        );
        outcomes.push(outcome);
    }
    Ok(section(&outcomes, &wrong, rounds))
}

/// Both show the same in the end, or it counts for nothing. Tells how often the stream is to be replayed, as far as is known then.
fn compare_pictures(arena: &Arena, stream: &Arc<Stream>) -> Result<usize> {
    let mut pictures: Vec<Image> = Vec::new();
    let mut times = Vec::new();
    for contender in Contender::BOTH {
        times.push(drain(arena, contender.path(), stream, FIRST_PASSES)?.took);
        // Painting follows within a frame.
        std::thread::sleep(Duration::from_millis(100));
        pictures.push(arena.browser.canvas().context("there is no canvas")?);
    }
    let [porthole, novnc] = &pictures[..] else {
        bail!("there are two pictures");
    };
    if stream.is_lossless() {
        ensure!(
            porthole == novnc,
            "{}: {}",
            stream.name,
            novnc.difference(porthole)
        );
    } else {
        let error = novnc.mean_error(porthole);
        ensure!(
            error.is_some_and(|error| error < JPEG_ERROR),
            "{}: the pictures differ by {error:?} on average",
            stream.name
        );
    }
    enough_passes(FIRST_PASSES, |contender| Ok(times[contender as usize]))
}

/// How often the stream is to be replayed, from what so many passes take either of them.
fn enough_passes(passes: usize, took: impl Fn(Contender) -> Result<f64>) -> Result<usize> {
    let pass = |contender| Ok::<_, anyhow::Error>(took(contender)? / passes as f64);
    let enough = (LEAST / pass(Contender::Porthole)?)
        .ceil()
        .min(MOST / pass(Contender::NoVnc)?);
    Ok((enough as usize).clamp(1, PASSES))
}

fn drain(arena: &Arena, page: &str, stream: &Arc<Stream>, passes: usize) -> Result<Figures> {
    let try_it = || -> Result<Figures> {
        arena.server.set(Part::Drain {
            stream: Arc::clone(stream),
            passes,
        });
        arena.open_path(page);
        let Told::Ready = arena.server.next(LIMIT)? else {
            bail!("it is not ready first");
        };
        arena.wait_until_quiet();
        arena.browser.run(PROBE, json!([]));
        let family = Family(arena.browser.process());
        let (busy, processors) = (arena.busy(), family.times());
        arena.server.go();
        let took = loop {
            if let Told::Drained(took) = arena.server.next(LIMIT)? {
                break took.as_secs_f64();
            }
        };
        let (busy, processors) = (arena.busy() - busy, processors.since());
        let stall = arena.browser.run("return globalThis.portholeProbe()", json!([]));
        Ok(Figures {
            took,
            busy,
            stall: stall.as_f64().context("the probe does not answer")? / 1e3,
            processors,
        })
    };
    try_it().with_context(|| format!("{page} with {}", stream.name))
}

/// A timer of the page's own, and by how many milliseconds it was late at most.
const PROBE: &str = "
    let last = performance.now(), late = 0;
    const look = () => {
        const now = performance.now();
        late = Math.max(late, now - last - 4);
        last = now;
    };
    const timer = setInterval(look, 4);
    globalThis.portholeProbe = () => { clearInterval(timer); look(); return late; };
";

fn section(outcomes: &[Outcome], wrong: &[String], rounds: usize) -> Section {
    let milliseconds = |seconds: f64| format!("{:.0}", seconds * 1e3);
    let rows = outcomes.iter().map(|outcome| {
        let of = |contender, column| outcome.median(contender, column);
        let stall = |contender| milliseconds(largest(&outcome.all(contender, STALL)));
        let (porthole, novnc) = (Contender::Porthole, Contender::NoVnc);
        vec![
            outcome.stream.name.clone(),
            format!("{:.1}", (outcome.stream.bytes * outcome.passes) as f64 / 1e6),
            milliseconds(of(porthole, TOOK)),
            milliseconds(of(novnc, TOOK)),
            milliseconds(outcome.floor),
            format!("{:.0}", outcome.speed(porthole)),
            format!("**{:.1}**", outcome.ratio(TOOK)),
            format!("{:.1}", of(porthole, BUSY) * 1e3),
            milliseconds(of(novnc, BUSY)),
            stall(porthole),
            stall(novnc),
            format!("{:.2}", of(porthole, PROCESSORS)),
            format!("{:.2}", of(novnc, PROCESSORS)),
        ]
    });
    let head = [
        "stream",
        "MB",
        "Porthole, ms",
        "noVNC, ms",
        "floor, ms",
        "Porthole, MP/s",
        "times as fast",
        "page busy, ms",
        "noVNC",
        "longest stall, ms",
        "noVNC",
        "CPU, s",
        "noVNC",
    ];
    let table = table(&head, rows);
    let ratios: Vec<f64> = outcomes.iter().map(|outcome| outcome.ratio(TOOK)).collect();
    let total = |contender, column| -> f64 {
        outcomes
            .iter()
            .map(|outcome| outcome.median(contender, column))
            .sum()
    };
    let part = |column| total(Contender::Porthole, column) / total(Contender::NoVnc, column);
    let slowest = ratios.iter().copied().fold(f64::NAN, f64::min);
    let stalls: Vec<f64> = outcomes
        .iter()
        .map(|outcome| largest(&outcome.all(Contender::Porthole, STALL)))
        .collect();
    let mut text = format!(
        "Each stream is replayed as fast as the client takes it, in WebSocket messages of 64 KiB, so often that Porthole takes \
         {LEAST} s or noVNC {MOST:.0} s. The clock runs from the first byte to the answer to a fence behind the last, by which all is decoded; noVNC has painted it \
         by then, Porthole paints once in an animation frame, the next of which is at most 17 ms away. Medians of \
         {rounds} rounds in turns, or as many as take {} s, but {ROUNDS}; a ratio is the median of the rounds' ratios. The page's thread is busy as Chromium counts it \
         (`TaskDuration`); a stall is how late a timer of the page's own was at most, in any round; CPU is that of all the \
         browser's processes. The floor is how long the same bytes take a worker that throws them away: no client of a WebSocket can be \
         quicker. Both showed the same picture at the end, pixel for pixel where the stream is lossless.\n\n\
         {table}\n\
         Drain: **{:.1} times** as fast in the geometric mean, {slowest:.1} times in the slowest stream. Page's thread: busy {:.1} % of \
         noVNC's time in all, longest stall {:.0} ms. CPU: {:.0} % of noVNC's in all.\n",
        ENOUGH.as_secs(),
        geometric_mean(&ratios),
        part(BUSY) * 100.0,
        largest(&stalls) * 1e3,
        part(PROCESSORS) * 100.0,
    );
    for error in wrong {
        text.push_str(&format!(
            "\nNot measured, since it was not shown as it is: {error}\n"
        ));
    }
    let bars = Bars {
        title: "Drain: million pixels a second",
        series: &Contender::BOTH.map(Contender::name),
        rows: outcomes
            .iter()
            .map(|outcome| {
                let speeds = Contender::BOTH.map(|contender| outcome.speed(contender));
                (outcome.stream.name.clone(), speeds.to_vec())
            })
            .collect(),
    };
    Section {
        name: "drain",
        text,
        plots: vec![("drain".into(), plot::bars(&bars))],
        is_whole: wrong.is_empty(),
    }
}
