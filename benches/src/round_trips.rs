//! Frames a second from a server that is far away.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use porthole_tests::desktop::Tigervnc;
use porthole_tests::wait::{LONG, until};
use serde_json::json;
use x11rb::protocol::xproto::EventMask;

use crate::arena::Arena;
use crate::contender::Contender;
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
const PAINTED: f64 = 60.0;

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

pub(crate) fn measure(arena: &Arena, rounds: usize) -> Result<Section> {
    let server = Tigervnc::start(SIZE);
    let window = server.display.window((0, 0), WINDOW, EventMask::NO_EVENT);
    let picture = server.display.pixmap((WINDOW.0 + 64, WINDOW.1 + 64));
    let far = FAR.before(arena.server.address, arena.server.runtime())?;
    let is_over = AtomicBool::new(false);
    let figures = std::thread::scope(|scope| {
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
        let mut figures = Vec::new();
        let mut measure_all = || -> Result<()> {
            for (name, address) in [("here", arena.server.address), ("100 ms away", far)] {
                for has_continuous_updates in [true, false] {
                    let mut rates = [Vec::new(), Vec::new()];
                    for round in 0..rounds {
                        for contender in Contender::in_turn(round) {
                            arena.server.set(Part::Real {
                                port: server.port,
                                has_continuous_updates,
                            });
                            let url = format!("http://{address}{}", contender.path());
                            let rate = frames(arena, &url)
                                .with_context(|| format!("{}, {name}", contender.name()))?;
                            rates[contender as usize].push(rate);
                        }
                    }
                    let [porthole, novnc] = rates.map(|rates| median(&rates));
                    println!(
                        "{name}, continuous updates {has_continuous_updates}: {porthole:.1} and {novnc:.1} frames/s"
                    );
                    figures.push((name, has_continuous_updates, porthole, novnc));
                }
            }
            Ok(())
        };
        let result = measure_all();
        is_over.store(true, Ordering::Relaxed);
        result.map(|()| figures)
    })?;
    Ok(section(&figures, rounds))
}

/// How many frames a second the page shows.
fn frames(arena: &Arena, url: &str) -> Result<f64> {
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
    let count = |arena: &Arena| {
        let found = arena
            .browser
            .run("return [performance.now(), changes]", json!([]));
        found[0].as_f64().zip(found[1].as_f64())
    };
    let before = count(arena).context("nothing is counted")?;
    std::thread::sleep(LOOKED_AT);
    let after = count(arena).context("nothing is counted")?;
    Ok((after.1 - before.1) / (after.0 - before.0) * 1e3)
}

fn section(figures: &[(&str, bool, f64, f64)], rounds: usize) -> Section {
    let head = [
        "server",
        "ContinuousUpdates",
        "Porthole, frames/s",
        "noVNC, frames/s",
    ];
    let cells = figures.iter().map(|(place, continuous, porthole, novnc)| {
        vec![
            (*place).to_owned(),
            if *continuous { "yes" } else { "no" }.to_owned(),
            format!("**{porthole:.1}**"),
            format!("{novnc:.1}"),
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
    }
}
