//! How long a move of the mouse takes to the server while the desktop repaints.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::arena::Arena;
use crate::contender::{Contender, POINTER_FLOOR};
use crate::figures::{largest, median, percentile};
use crate::mouse::Mouse;
use crate::plot::{self, Bars};
use crate::report::{Section, table};
use crate::server::{Part, Told};
use crate::stream::Stream;

/// As often as the client asks.
const ALWAYS: f64 = f64::INFINITY;

/// So rarely that it is nothing.
const QUIET: (&str, f64) = ("windows-zrle", 0.1);
/// What repaints meanwhile, and how many times a second.
const STREAMS: [(&str, f64); 13] = [
    QUIET,
    ("terminal-zrle", 30.0),
    ("video-tight-jpeg", 30.0),
    ("web-tight", 30.0),
    ("windows-tight-jpeg", 30.0),
    ("photographs-tight-jpeg", 30.0),
    ("terminal-zrle", 60.0),
    ("video-tight-jpeg", 60.0),
    ("web-tight", 60.0),
    ("terminal-zrle", ALWAYS),
    ("video-tight-jpeg", ALWAYS),
    ("web-tight", ALWAYS),
    ("windows-tight-jpeg", ALWAYS),
];

/// The mouse moves so often.
const PERIOD: Duration = Duration::from_millis(40);
const MOVES: u16 = 300;
/// How far it moves each time.
const STEP: u16 = 5;

/// Where it moves along.
const Y: u16 = 500;

const LIMIT: Duration = Duration::from_secs(30);

/// One contender's delays with one stream, in milliseconds.
#[derive(Debug)]
struct Delays(Vec<f64>);

impl Delays {
    fn worst(&self) -> f64 {
        percentile(&self.0, 0.99)
    }

    /// The median, the 99th percentile and the longest.
    fn figures(&self) -> [f64; 3] {
        [median(&self.0), self.worst(), largest(&self.0)]
    }
}

pub(crate) fn measure(arena: &Arena, streams: &[Arc<Stream>]) -> Result<Section> {
    let find = |name: &str| {
        let found = streams.iter().find(|stream| stream.name == name);
        found.with_context(|| format!("there is no stream {name}"))
    };
    let floor = delays(arena, POINTER_FLOOR, find(QUIET.0)?, QUIET.1)?;
    let mut rows = Vec::new();
    for (name, rate) in STREAMS {
        let stream = find(name)?;
        let measured = Contender::BOTH.map(|contender| delays(arena, contender.path(), stream, rate));
        let [porthole, novnc] = measured;
        let (porthole, novnc) = (porthole?, novnc?);
        let label = match rate {
            ALWAYS => format!("{name}, as often as it is asked for"),
            ..1.0 => "nothing".to_owned(),
            _ => format!("{name}, {rate:.0} times a second"),
        };
        println!(
            "{label}: {:.0} and {:.0} ms at the 99th percentile",
            porthole.worst(),
            novnc.worst()
        );
        rows.push((label, porthole, novnc));
    }
    Ok(section(&floor, &rows))
}

fn delays(arena: &Arena, page: &str, stream: &Arc<Stream>, rate: f64) -> Result<Delays> {
    arena.server.set(Part::Paced {
        stream: Arc::clone(stream),
        rate,
    });
    arena.open_path(page);
    let Told::Ready = arena.server.next(LIMIT)? else {
        bail!("{page} is not ready first");
    };
    if rate < 1.0 {
        arena.wait_until_quiet();
    } else {
        std::thread::sleep(Duration::from_secs(2));
    }
    // Moves from before that are out of the way.
    let mut mouse = Mouse::of(&arena.browser)?;
    mouse.move_to((10, Y))?;
    std::thread::sleep(Duration::from_millis(300));
    while arena.server.next(Duration::ZERO).is_ok() {}

    let mut due = Instant::now();
    let mut moves = Vec::new();
    for number in 0..MOVES {
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        moves.push(Instant::now());
        mouse.move_to((place(number), Y))?;
        due += PERIOD;
    }
    let mut arrivals = Vec::new();
    while let Ok(told) = arena.server.next(Duration::from_secs(3)) {
        if let Told::Pointer(at, (x, _)) = told {
            arrivals.push((at, x));
            if x >= place(MOVES - 1) {
                break;
            }
        }
    }
    let delays: Option<Vec<f64>> = moves
        .iter()
        .zip(0..)
        .map(|(moved, number)| {
            Some(
                arrival(&arrivals, place(number))?
                    .duration_since(*moved)
                    .as_secs_f64()
                    * 1e3,
            )
        })
        .collect();
    Ok(Delays(delays.with_context(|| {
        format!("{page}: the last move never arrived")
    })?))
}

/// A place to the right of all before it.
fn place(number: u16) -> u16 {
    200 + number * STEP
}

/// When the server was told of this place or, where moves were merged, of the first beyond it.
fn arrival(arrivals: &[(Instant, u16)], place: u16) -> Option<Instant> {
    let found = arrivals.iter().find(|(_, x)| *x >= place);
    found.map(|(at, _)| *at)
}

fn section(floor: &Delays, rows: &[(String, Delays, Delays)]) -> Section {
    let head = [
        "what repaints",
        "Porthole, median ms",
        "99th percentile",
        "longest",
        "noVNC, median ms",
        "99th percentile",
        "longest",
        "noVNC / Porthole, 99th",
    ];
    let cells = rows.iter().map(|(label, porthole, novnc)| {
        let mut cells = vec![label.clone()];
        for delays in [porthole, novnc] {
            cells.extend(delays.figures().map(|figure| format!("{figure:.1}")));
        }
        cells.push(format!("**{:.1}**", novnc.worst() / porthole.worst()));
        cells
    });
    let table = table(&head, cells);
    let [middle, worst, longest] = floor.figures();
    let text = format!(
        "The mouse moves {MOVES} times, every {} ms, while the desktop repaints: an update is sent when it has been asked for, so \
         many times a second at most; as often as it is asked for, the client has all the work that it can take. From when the browser is told of a move, by its own protocol, to when the server has \
         the message; where moves are merged, the one that they are merged into. \
         A page that does nothing but send each move takes {middle:.1} ms in the median, {worst:.1} ms at the 99th percentile and {longest:.1} ms at most: no client \
         in this browser can be quicker.\n\n{table}",
        PERIOD.as_millis(),
    );
    let bars = Bars {
        title: "Pointer to server while the desktop repaints: 99th percentile, ms",
        series: &Contender::BOTH.map(Contender::name),
        rows: rows
            .iter()
            .map(|(label, porthole, novnc)| (label.clone(), vec![porthole.worst(), novnc.worst()]))
            .collect(),
    };
    Section {
        name: "pointer",
        text,
        plots: vec![("pointer".into(), plot::bars(&bars))],
        is_whole: true,
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::arrival;

    #[test]
    fn a_move_that_was_merged_arrives_with_the_next() {
        let now = Instant::now();
        let later = now + Duration::from_millis(9);
        let arrivals = [(now, 8), (later, 24)];
        assert_eq!(arrival(&arrivals, 8), Some(now));
        assert_eq!(arrival(&arrivals, 16), Some(later));
        assert_eq!(arrival(&arrivals, 32), None);
    }
}
