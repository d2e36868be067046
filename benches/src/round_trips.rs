//! Frames a second from a server that is far away.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use porthole_tests::desktop::Tigervnc;
use porthole_tests::wait::{LONG, until};
use serde_json::json;
use x11rb::protocol::xproto::EventMask;

use crate::arena::{Arena, Over};
use crate::contender::{Contender, in_turn};
use crate::figures::median;
use crate::line::Line;
use crate::report::{Section, table};
use crate::scene::SIZE;
use crate::server::Part;

/// 100 ms there and back.
const FAR: Line = Line {
    delay: Duration::from_millis(50),
    rate: None,
};

/// The part of the screen that changes, and how often in a second.
const WINDOW: (u16, u16) = (400, 300);
const PAINTED: f64 = 30.0;

const LOOKED_AT: Duration = Duration::from_secs(3);

/// Counts how often a few pixels in the middle of the window are others than in the animation frame before.
const COUNT: &str = "
    const canvas = document.querySelector('#desktop canvas');
    const few = new OffscreenCanvas(8, 8).getContext('2d', { willReadFrequently: true });
    let before = 0;
    globalThis.changes = 0;
    const look = () => {
        few.drawImage(canvas, 60, 60, 8, 8, 0, 0, 8, 8);
        let hash = 0x811C9DC5;
        for (const value of few.getImageData(0, 0, 8, 8).data) hash = Math.imul(hash ^ value, 16777619);
        if (hash !== before) globalThis.changes++;
        before = hash;
        requestAnimationFrame(look);
    };
    look();
";

/// A second.
#[derive(Debug, Clone, Copy)]
struct Rates {
    /// Pictures that the page showed.
    shown: f64,
    /// Updates that it asked for, which with continuous updates it does once.
    asked: f64,
}

/// One line of the table.
struct Row {
    place: &'static str,
    has_continuous_updates: bool,
    rates: [Rates; 2],
}

pub(crate) fn measure(arena: &Arena, rounds: usize) -> Result<Section> {
    let server = Tigervnc::start(SIZE);
    let window = server.display.window((0, 0), WINDOW, EventMask::NO_EVENT);
    let picture = server.display.pixmap((WINDOW.0 + 64, WINDOW.1 + 64));
    let far = FAR.before(arena.server.address, arena.server.runtime())?;
    let is_over = AtomicBool::new(false);
    let rows = std::thread::scope(|scope| {
        scope.spawn(|| {
            let start = Instant::now();
            let mut painted = 0_u32;
            while !is_over.load(Ordering::Relaxed) {
                let place = [7, 13].map(|step| (painted * step % 64) as i16);
                server.display.repaint(window, picture, place.into());
                painted += 1;
                let due = start + Duration::from_secs_f64(f64::from(painted) / PAINTED);
                std::thread::sleep(due.saturating_duration_since(Instant::now()));
            }
        });
        let _over = Over(&is_over);
        let mut rows = Vec::new();
        let mut measure_all = || -> Result<()> {
            for (place, address) in [("here", arena.server.address), ("100 ms away", far)] {
                for has_continuous_updates in [true, false] {
                    let mut rates = [Vec::new(), Vec::new()];
                    for round in 0..rounds {
                        for contender in in_turn(Contender::BOTH, round) {
                            arena.server.set(Part::Real {
                                port: server.port,
                                has_continuous_updates,
                            });
                            let url = format!("http://{address}{}", contender.path());
                            let rate = look(arena, &url)
                                .with_context(|| format!("{}, {place}", contender.name()))?;
                            rates[contender as usize].push(rate);
                        }
                    }
                    let rates = rates.map(|rates: Vec<Rates>| Rates {
                        shown: median(&rates.iter().map(|rate| rate.shown).collect::<Vec<_>>()),
                        asked: median(&rates.iter().map(|rate| rate.asked).collect::<Vec<_>>()),
                    });
                    println!("{place}, continuous updates {has_continuous_updates}: {rates:.1?}");
                    rows.push(Row {
                        place,
                        has_continuous_updates,
                        rates,
                    });
                }
            }
            Ok(())
        };
        measure_all().map(|()| rows)
    })?;
    Ok(section(&rows, rounds))
}

fn look(arena: &Arena, url: &str) -> Result<Rates> {
    arena.browser.open("about:blank");
    arena.browser.open(url);
    until("the desktop is there", LONG, || {
        let width = arena.browser.run(
            "return document.querySelector('#desktop canvas')?.width ?? 0",
            json!([]),
        );
        if width == json!(SIZE.0) {
            Ok(())
        } else {
            Err(format!("{width}"))
        }
    });
    arena.browser.run(COUNT, json!([]));
    // Under way before it counts.
    std::thread::sleep(Duration::from_secs(2));
    let count = || count(arena).context("nothing is counted");
    let (before, asked_before) = (count()?, arena.server.updates());
    std::thread::sleep(LOOKED_AT);
    let (after, asked) = (count()?, arena.server.updates() - asked_before);
    let seconds = (after.0 - before.0) / 1e3;
    Ok(Rates {
        shown: (after.1 - before.1) / seconds,
        asked: asked as f64 / seconds,
    })
}

/// Milliseconds, and how many changes there have been.
fn count(arena: &Arena) -> Option<(f64, f64)> {
    let found = arena
        .browser
        .run("return [performance.now(), changes]", json!([]));
    found[0].as_f64().zip(found[1].as_f64())
}

fn section(rows: &[Row], rounds: usize) -> Section {
    let head = [
        "server",
        "ContinuousUpdates",
        "Porthole, frames/s",
        "noVNC, frames/s",
        "Porthole, updates asked for",
        "noVNC",
    ];
    let cells = rows.iter().map(|row| {
        let [porthole, novnc] = row.rates;
        let asked = |rates: Rates| {
            if row.has_continuous_updates {
                "-".to_owned()
            } else {
                format!("{:.1}", rates.asked)
            }
        };
        vec![
            row.place.to_owned(),
            if row.has_continuous_updates { "yes" } else { "no" }.to_owned(),
            format!("**{:.1}**", porthole.shown),
            format!("{:.1}", novnc.shown),
            asked(porthole),
            asked(novnc),
        ]
    });
    let text = format!(
        "A real Xtigervnc repaints a window of {}x{} {PAINTED:.0} times a second; a page looks in each of its animation frames \
         whether it shows another picture. 100 ms away is a proxy that holds back everything for 50 ms in each direction. The \
         server has ContinuousUpdates; where it has not, it was not told that the client knows them. Medians of {rounds} rounds.\n\n{}",
        WINDOW.0,
        WINDOW.1,
        table(&head, cells)
    );
    Section {
        name: "round-trips",
        text,
        plots: vec![],
        is_whole: true,
    }
}
