//! Many sessions through one hop, some of them busy: the gateway, and websockify under the same load.
//!
//! Desktops and viewers are this program's own, so that every byte can be looked at on both sides; the hop between them is
//! a process of its own, or many.

mod desk;
mod hop;
mod viewer;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use futures_util::{StreamExt as _, stream};
use rustix::process::{Resource, getrlimit, setrlimit};
use tokio::runtime::Runtime;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::contender::in_turn;
use crate::figures::{median, percentile};
use crate::machine;
use crate::processes::Times;
use crate::report::{Report, Section, table};
use crate::stream::{self as recordings, Stream};
use desk::Desks;
use hop::{Contender, Hop, WEBSOCKIFIES};
use viewer::{Phase, Seen, Viewer};

/// What busy desktops show: a page that is scrolled.
const STREAM: &str = "web-tight-jpeg";

/// How many connections are being opened at a time.
const AT_ONCE: usize = 16;

/// How long the hop has to become quiet once all are open.
const SETTLING: Duration = Duration::from_secs(3);

/// How the load is made.
#[derive(Debug)]
pub(crate) struct Options {
    pub(crate) streams: PathBuf,
    pub(crate) report: PathBuf,
    pub(crate) sessions: usize,
    /// How many of them are busy.
    pub(crate) busy: usize,
    /// Updates a second that each of these asks for.
    pub(crate) rate: f64,
    pub(crate) seconds: u64,
    pub(crate) rounds: usize,
}

/// What came of one round with one hop.
#[derive(Debug)]
struct Outcome {
    /// Seconds until all were open and had shown something.
    opening: f64,
    /// Bytes of memory above that of the hop without a session: when all are idle, when some have been busy for a tenth of the
    /// time, and at its end.
    memory: [f64; 3],
    updates_per_second: f64,
    bytes_per_second: f64,
    /// Seconds of processors in a second.
    processors: f64,
    /// Milliseconds from asking for an update to all of its bytes.
    round_trips: Vec<f64>,
    /// Sessions that ended, or in which something else arrived than was sent.
    lost: Vec<String>,
}

pub(crate) fn run(options: &Options) -> Result<()> {
    if options.busy > options.sessions || options.sessions == 0 {
        bail!("{} of {} sessions cannot be busy", options.busy, options.sessions);
    }
    if options.rounds == 0 {
        bail!("nothing is measured in no rounds");
    }
    let period = Duration::try_from_secs_f64(1.0 / options.rate)
        .with_context(|| format!("{} updates a second cannot be asked for", options.rate))?;
    open_many_files()?;
    let stream = recordings::read_all(&options.streams, &[STREAM.to_owned()])?
        .pop()
        .with_context(|| format!("there is no stream {STREAM}"))?;
    let stream = Arc::new(stream);
    let report = Report::new(
        &options.report,
        format!("{}; {}", machine::description(), hop::websockify_version()),
    );
    let load = machine::load();
    println!("load {load}");
    let mut outcomes: [Vec<Outcome>; 2] = Default::default();
    for round in 0..options.rounds {
        for contender in in_turn(Contender::BOTH, round) {
            let outcome = measure(options, period, contender, &stream)?;
            println!(
                "{}: {:.0} s to open, {:.1} MB idle, {:.1} then {:.1} MB, {:.0} updates/s, {:.2} cores, {:.1} ms, 99th {:.1} ms, {} lost",
                contender.name(),
                outcome.opening,
                outcome.memory[0] / 1e6,
                outcome.memory[1] / 1e6,
                outcome.memory[2] / 1e6,
                outcome.updates_per_second,
                outcome.processors,
                median(&outcome.round_trips),
                percentile(&outcome.round_trips, 0.99),
                outcome.lost.len(),
            );
            if let Some(why) = outcome.lost.first() {
                println!("{}: {why}", contender.name());
            }
            outcomes[contender as usize].push(outcome);
        }
    }
    let section = section(options, &outcomes);
    println!("\n{}", section.text);
    report.put(&section, &load)?;
    if !section.is_whole {
        bail!("the gateway lost something");
    }
    Ok(())
}

/// Two for each session are here alone.
fn open_many_files() -> Result<()> {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    setrlimit(Resource::Nofile, limit).context("cannot open as many files as the system allows")
}

fn measure(
    options: &Options,
    period: Duration,
    contender: Contender,
    stream: &Arc<Stream>,
) -> Result<Outcome> {
    let runtime = Runtime::new()?;
    let desks = runtime.block_on(Desks::start(Arc::clone(stream)))?;
    let hop = Hop::start(contender, options.sessions, desks.port);
    let outcome = runtime.block_on(load(options, period, &hop, &desks, stream))?;
    runtime.shutdown_background();
    Ok(outcome)
}

/// Each busy session asks for an update once in `period`.
async fn load(
    options: &Options,
    period: Duration,
    hop: &Hop,
    desks: &Desks,
    stream: &Arc<Stream>,
) -> Result<Outcome> {
    let families = hop.families();
    let all_memory = || families.iter().map(|family| family.memory()).sum::<u64>() as f64;
    let without = all_memory();
    let memory = || all_memory() - without;

    let start = Instant::now();
    let opening = (0..options.sessions).map(|number| Viewer::open(hop.url(number), Arc::clone(stream)));
    let viewers: Vec<Result<Viewer>> = stream::iter(opening).buffer_unordered(AT_ONCE).collect().await;
    let opening = start.elapsed().as_secs_f64();

    let (phase, follow) = watch::channel(Phase::Idle);
    let mut lost = Vec::new();
    let mut living = JoinSet::new();
    for (number, viewer) in viewers.into_iter().enumerate() {
        match viewer {
            Ok(viewer) if number < options.busy => {
                // They take turns, as people do.
                let after = period.mul_f64(number as f64 / options.busy as f64);
                living.spawn(viewer.live_busily(follow.clone(), after, period));
            }
            Ok(viewer) => {
                living.spawn(viewer.live_idly(follow.clone()));
            }
            Err(error) => lost.push(format!("{error:#}")),
        }
    }
    sleep(SETTLING).await;
    let idle = memory();

    let length = Duration::from_secs(options.seconds);
    phase.send_replace(Phase::Busy);
    sleep(length / 10).await;
    let early = memory();
    let times: Vec<Times> = families.iter().map(|family| family.times()).collect();
    let (start, sent) = (Instant::now(), desks.sent());
    sleep(length - length / 10).await;
    let (seconds, processors) = (
        start.elapsed().as_secs_f64(),
        times.iter().map(Times::since).sum::<f64>(),
    );
    let (updates, bytes) = desks.sent();
    let late = memory();

    // Each shows once more that it is there, and goes.
    phase.send_replace(Phase::Ending);
    let (mut round_trips, mut moves) = (Vec::new(), 0);
    for ended in living.join_all().await {
        match ended {
            Ok(Seen { took, moves: more }) => {
                round_trips.extend(took);
                moves += more;
            }
            Err(error) => lost.push(format!("{error:#}")),
        }
    }
    if lost.is_empty() && desks.moves() != (moves, 0) {
        lost.push(format!("{:?} of {moves} moves arrived in order", desks.moves()));
    }
    Ok(Outcome {
        opening,
        memory: [idle, early, late],
        updates_per_second: (updates - sent.0) as f64 / seconds,
        bytes_per_second: (bytes - sent.1) as f64 / seconds,
        processors: processors / seconds,
        round_trips,
        lost,
    })
}

/// The medians of the rounds.
struct Figures {
    opening: f64,
    idle_kb: f64,
    memory: [f64; 3],
    updates: f64,
    megabytes: f64,
    processors: f64,
    round_trip: f64,
    late: f64,
    lost: usize,
}

impl Figures {
    fn of(outcomes: &[Outcome], sessions: usize) -> Self {
        let middle = |of: &dyn Fn(&Outcome) -> f64| median(&outcomes.iter().map(of).collect::<Vec<_>>());
        Self {
            opening: middle(&|it| it.opening),
            idle_kb: middle(&|it| it.memory[0]) / sessions as f64 / 1e3,
            memory: [0, 1, 2].map(|at| middle(&|it| it.memory[at]) / 1e6),
            updates: middle(&|it| it.updates_per_second),
            megabytes: middle(&|it| it.bytes_per_second) / 1e6,
            processors: middle(&|it| it.processors),
            round_trip: middle(&|it| median(&it.round_trips)),
            late: middle(&|it| percentile(&it.round_trips, 0.99)),
            lost: outcomes.iter().map(|it| it.lost.len()).sum(),
        }
    }

    /// Milliseconds of a processor for an update.
    fn each(&self) -> f64 {
        self.processors * 1e3 / self.updates
    }
}

fn section(options: &Options, outcomes: &[Vec<Outcome>; 2]) -> Section {
    let head = [
        "hop",
        "all open after, s",
        "memory per idle session, KB",
        "MB, all idle",
        "MB, after a tenth of the busy time",
        "MB, at its end",
        "updates a second",
        "MB a second",
        "CPU, cores",
        "CPU per update, ms",
        "round trip, median ms",
        "99th percentile",
        "sessions lost",
    ];
    let figures = outcomes
        .each_ref()
        .map(|of_one| Figures::of(of_one, options.sessions));
    let rows = Contender::BOTH.iter().zip(&figures).map(|(contender, it)| {
        vec![
            contender.name().to_owned(),
            format!("{:.1}", it.opening),
            format!("{:.0}", it.idle_kb),
            format!("{:.1}", it.memory[0]),
            format!("{:.1}", it.memory[1]),
            format!("{:.1}", it.memory[2]),
            format!("{:.0}", it.updates),
            format!("{:.1}", it.megabytes),
            format!("{:.2}", it.processors),
            format!("{:.3}", it.each()),
            format!("{:.1}", it.round_trip),
            format!("{:.1}", it.late),
            it.lost.to_string(),
        ]
    });
    let [gateway, websockify] = &figures;
    let text = format!(
        "{} sessions through one hop, {} of them busy: each of these asks for an update {:.0} times a second, with a move of the \
         pointer, and the desktop answers with the next one of `{STREAM}`, {:.1} KB on average; the others have shown one and \
         are quiet. Desktops and viewers are one program on the same machine, and compare every byte in both directions; at \
         the end each session shows that it is still there. Memory is that of all the hop's processes (what they share is \
         divided between them) above what it has without a session; CPU is theirs, too. websockify are {WEBSOCKIFIES} that stand side by \
         side, since one loses every connection beyond its first 500. {} s, {} rounds in turns, medians.\n\n{}\n\
         Next to the gateway, websockify takes **{:.0} times** the memory for an idle session, **{:.1} times** the CPU for an \
         update, and **{:.1} times** as long for a round trip at the 99th percentile.\n",
        options.sessions,
        options.busy,
        options.rate,
        gateway.megabytes * 1e3 / gateway.updates,
        options.seconds,
        options.rounds,
        table(&head, rows),
        websockify.idle_kb / gateway.idle_kb,
        websockify.each() / gateway.each(),
        websockify.late / gateway.late,
    );
    Section {
        name: "load",
        text,
        plots: Vec::new(),
        is_whole: gateway.lost == 0,
    }
}
