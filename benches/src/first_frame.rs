//! From navigation to the first frame.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result};
use porthole_tests::wait::{LONG, until};
use serde_json::json;

use crate::arena::Arena;
use crate::contender::{Contender, NOVNC_PAGE};
use crate::figures::median;
use crate::line::Line;
use crate::plot::{self, Bars};
use crate::report::{Section, table};
use crate::server::Part;
use crate::stream::Stream;

/// What is shown: its first update is 8.3 million bytes as Raw, and some ten thousand here.
const STREAM: &str = "windows-tight-jpeg";

/// 10 Mbit/s, and 40 ms there and back.
const THROTTLED: Line = Line {
    delay: Duration::from_millis(20),
    rate: Some(10e6 / 8.0),
};

/// One visit.
#[derive(Debug, Clone, Copy)]
struct Visit {
    milliseconds: f64,
    requests: usize,
    bytes: usize,
}

/// Run in a page before anything else: looks in each animation frame whether its canvas has anything but black.
const WATCH: &str = "
    const small = new OffscreenCanvas(16, 16).getContext('2d', { willReadFrequently: true });
    const look = () => {
        const canvas = document.querySelector('canvas');
        if (canvas?.width === WIDTH) {
            small.drawImage(canvas, 0, 0, 16, 16);
            const { data } = small.getImageData(0, 0, 16, 16);
            if (data.some((value, at) => at % 4 < 3 && value > 0)) {
                globalThis.firstFrame = performance.now();
                return;
            }
        }
        requestAnimationFrame(look);
    };
    if (location.protocol === 'http:') requestAnimationFrame(look);
";

pub(crate) fn measure(
    arena: &mut Arena,
    streams: &[Arc<Stream>],
    has_page: bool,
    rounds: usize,
) -> Result<Section> {
    let stream = streams
        .iter()
        .find(|stream| stream.name == STREAM)
        .with_context(|| format!("there is no stream {STREAM}"))?;
    let throttled = THROTTLED.before(arena.server.address, arena.server.runtime())?;
    let lines = [("fast", arena.server.address), ("10 Mbit/s, 40 ms", throttled)];
    let mut pages = vec![
        ("Porthole", Contender::Porthole.path()),
        ("noVNC's RFB", Contender::NoVnc.path()),
    ];
    if has_page {
        pages.push(("noVNC's vnc.html", NOVNC_PAGE));
    }
    let mut rows = Vec::new();
    for (line, address) in lines {
        let mut visits = vec![Vec::new(); pages.len()];
        for round in 0..rounds {
            for turn in 0..pages.len() {
                let number = (turn + round) % pages.len();
                let (name, path) = pages[number];
                let url = format!("http://{address}{path}");
                let visit = visit(arena, stream, &url).with_context(|| format!("{name}, {line}"))?;
                visits[number].push(visit);
            }
        }
        for ((name, _), visits) in pages.iter().zip(visits) {
            let of = |figure: fn(&Visit) -> f64| median(&visits.iter().map(figure).collect::<Vec<_>>());
            let row = (
                *name,
                line,
                of(|visit| visit.milliseconds),
                of(|visit| visit.requests as f64),
                of(|visit| visit.bytes as f64),
            );
            println!(
                "{name}, {line}: {:.0} ms, {:.0} requests, {:.0} bytes",
                row.2, row.3, row.4
            );
            rows.push(row);
        }
    }
    Ok(section(&rows, rounds, has_page))
}

/// In a browser that has never been anywhere.
fn visit(arena: &mut Arena, stream: &Arc<Stream>, url: &str) -> Result<Visit> {
    arena.renew();
    let watch = WATCH.replace("WIDTH", &stream.size.0.to_string());
    arena.browser.chromium(
        "Page.addScriptToEvaluateOnNewDocument",
        json!({ "source": watch }),
    );
    arena.server.set(Part::Paced {
        stream: Arc::clone(stream),
        rate: 5.0,
    });
    arena.browser.open(url);
    let found = until("the first frame", LONG, || {
        let found = arena.browser.run(
            "return globalThis.firstFrame ? [firstFrame, performance.timeOrigin + firstFrame] : null",
            json!([]),
        );
        let numbers = (found[0].as_f64(), found[1].as_f64());
        if let (Some(after), Some(at)) = numbers {
            Ok((after, at))
        } else {
            Err(format!("the page says {:?}", arena.browser.whole_text()))
        }
    });
    let at = SystemTime::UNIX_EPOCH + Duration::from_secs_f64(found.1 / 1e3);
    let served: Vec<_> = arena
        .server
        .served()
        .into_iter()
        .filter(|served| served.at <= at)
        .collect();
    Ok(Visit {
        milliseconds: found.0,
        requests: served.len(),
        bytes: served.iter().map(|served| served.bytes).sum(),
    })
}

fn section(rows: &[(&str, &str, f64, f64, f64)], rounds: usize, has_page: bool) -> Section {
    let head = [
        "page",
        "line",
        "first frame, ms",
        "requests until then",
        "bytes until then",
    ];
    let cells = rows.iter().map(|(name, line, time, requests, bytes)| {
        vec![
            (*name).to_owned(),
            (*line).to_owned(),
            format!("**{time:.0}**"),
            format!("{requests:.0}"),
            format!("{bytes:.0}"),
        ]
    });
    let mut text = format!(
        "From navigation to the first animation frame in which the canvas has a picture, in a browser that has just been started \
         and has nothing cached; medians of {rounds} visits in turns. All files are compressed by gzip; requests and bytes are \
         those that were asked for until then, which on the slow line has the beginning of Porthole's user interface in it; a gateway with Porthole's site in it sends a few per cent less than is counted here, since it is \
         compressed harder. The WebSocket goes through the same line.\n\n{}",
        table(&head, cells)
    );
    if !has_page {
        text.push_str("\n`vnc.html` is in noVNC's repository only, which could not be reached: it is not in this table.\n");
    }
    let bars = Bars {
        title: "First frame: milliseconds after navigation",
        series: &["fast", "10 Mbit/s, 40 ms"],
        rows: rows[..rows.len() / 2]
            .iter()
            .zip(&rows[rows.len() / 2..])
            .map(|(fast, throttled)| (fast.0.to_owned(), vec![fast.2, throttled.2]))
            .collect(),
    };
    Section {
        name: "first-frame",
        text,
        plots: vec![("first-frame".into(), plot::bars(&bars))],
        is_whole: true,
    }
}
