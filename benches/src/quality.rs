//! Quality that follows the line against every fixed one, on a real server behind lines of several kinds.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Result;
use porthole_tests::desktop::Tigervnc;
use porthole_tests::line::{Line, Shape};
use x11rb::protocol::xproto::EventMask;

use crate::arena::{Arena, Over};
use crate::report::{Section, table};
use crate::server::Part;

/// Pictures change in a part of the desktop of this size, and so often.
const PICTURES: (u16, u16) = (960, 600);
const FRAME: Duration = Duration::from_millis(40);

/// Megabits a second, and the round trip in milliseconds.
const LINES: [(u32, u64); 6] = [(1, 20), (1, 150), (10, 20), (10, 150), (100, 20), (100, 150)];
const QUALITIES: [&str; 5] = ["auto", "0", "3", "6", "9"];

/// Until it has found its quality, and then so many looks, a second apart.
const SETTLING: Duration = Duration::from_secs(6);
const LOOKS: usize = 12;
const SECOND: Duration = Duration::from_secs(1);

/// What the debug page says.
#[derive(Debug)]
struct Found {
    frames: f64,
    round_trip: f64,
    quality: String,
}

pub(crate) fn measure(arena: &Arena) -> Result<Section> {
    let server = Tigervnc::start((1280, 720));
    let display = &server.display;
    let window = display.window((100, 40), PICTURES, EventMask::NO_EVENT);
    let picture = display.pixmap((PICTURES.0 + 64, PICTURES.1 + 64));
    let done = AtomicBool::new(false);
    let found = std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut painted = 0_u32;
            while !done.load(Ordering::Relaxed) {
                let place = [7, 13].map(|step| (painted * step % 64) as i16);
                display.repaint(window, picture, place.into());
                painted += 1;
                std::thread::sleep(FRAME);
            }
        });
        let _over = Over(&done);
        LINES
            .iter()
            .map(|(megabits, round_trip)| {
                let shape = Shape {
                    rate: Some(megabits * 125_000),
                    delay: Duration::from_millis(round_trip / 2),
                };
                let each = QUALITIES.iter();
                each.map(|quality| look(arena, &server.target(), shape, quality))
                    .collect()
            })
            .collect::<Vec<Vec<Found>>>()
    });
    let rows = LINES
        .iter()
        .zip(&found)
        .flat_map(|((megabits, round_trip), found)| {
            let most = found.iter().map(|found| found.frames).fold(0.0, f64::max);
            let least = found
                .iter()
                .map(|found| found.round_trip)
                .fold(f64::INFINITY, f64::min);
            let rows: Vec<Vec<String>> = QUALITIES
                .iter()
                .zip(found)
                .map(|(quality, found)| {
                    vec![
                        format!("{megabits} Mbit/s, {round_trip} ms"),
                        format!("{quality} {}", found.quality),
                        format!("{:.1}", found.frames),
                        format!("{:.2}", found.frames / most),
                        format!("{:.0}", found.round_trip),
                        format!("{:.2}", found.round_trip / least),
                    ]
                })
                .collect();
            rows
        });
    let head = [
        "line",
        "quality",
        "updates /s",
        "of the best",
        "round trip, ms",
        "of the best",
    ];
    Ok(Section {
        name: "quality",
        text: table(&head, rows),
        plots: Vec::new(),
        is_whole: true,
    })
}

fn look(arena: &Arena, target: &str, shape: Shape, quality: &str) -> Found {
    let line = Line::to(target, shape);
    arena.server.set(Part::Real {
        port: line.port(),
        has_continuous_updates: true,
    });
    arena.open_path(&format!("/porthole/?debug&quality={quality}"));
    arena.browser.connected();
    std::thread::sleep(SETTLING);
    let figure = |name: &str| {
        let text = arena.browser.text(&format!("[data-figure={name}] dd"));
        text.unwrap_or_default()
    };
    let number = |text: &str| {
        text.split(' ')
            .next()
            .and_then(|word| word.parse().ok())
            .unwrap_or(f64::NAN)
    };
    let mut frames = Vec::new();
    for _ in 0..LOOKS {
        std::thread::sleep(SECOND);
        // Complete ones: of an update that takes long parts are painted, too.
        frames.push(number(&figure("updates")));
    }
    let round_trip = figure("round-trip");
    let median_trip = round_trip.split("median ").nth(1).unwrap_or_default();
    let adapted = figure("quality");
    Found {
        frames: frames.iter().sum::<f64>() / frames.len() as f64,
        round_trip: number(&median_trip.replace(',', "")),
        quality: adapted
            .strip_suffix(", as the line is")
            .map(|setting| format!("({setting})"))
            .unwrap_or_default(),
    }
}
