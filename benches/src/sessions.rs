//! Several desktops on one page, and one that nobody looks at.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use serde_json::json;

use crate::arena::Arena;
use crate::contender::Contender;
use crate::processes::Family;
use crate::report::{Section, table};
use crate::server::{Files, Part};
use crate::stream::Stream;

const STREAM: &str = "windows-tight-jpeg";
const RATE: f64 = 10.0;
const MANY: [usize; 3] = [1, 4, 16];
const LOOKED_AT: Duration = Duration::from_secs(4);
const LIMIT: Duration = Duration::from_secs(60);

/// What came of so many desktops, a second each.
#[derive(Debug, Clone, Copy)]
struct Figures {
    updates: f64,
    processors: f64,
    busy: f64,
}

/// Pages with so many of a contender's in frames.
pub(crate) fn add_pages(files: &mut Files) -> Result<()> {
    for contender in Contender::BOTH {
        for count in MANY {
            let side = (count as f64).sqrt().ceil() as usize;
            let frames = format!("<iframe src=\"{}\"></iframe>", contender.path()).repeat(count);
            let page = format!(
                "<!doctype html><meta charset=utf-8><title>{count} desktops</title><style>body {{ margin: 0 0 200vh; display: grid; \
                 grid: repeat({side}, calc(100vh / {side})) / repeat({side}, 1fr) }} iframe {{ border: 0; width: 100%; height: 100% }}\
                 </style>{frames}"
            );
            files.add(&path(contender, count), "page.html", page.as_bytes())?;
        }
    }
    Ok(())
}

fn path(contender: Contender, count: usize) -> String {
    format!("/many/{}/{count}", contender.name())
}

pub(crate) fn measure(arena: &Arena, streams: &[Arc<Stream>]) -> Result<Section> {
    let stream = streams
        .iter()
        .find(|stream| stream.name == STREAM)
        .with_context(|| format!("there is no stream {STREAM}"))?;
    let mut rows = Vec::new();
    for count in MANY {
        for contender in Contender::BOTH {
            open(arena, stream, contender, count)?;
            let label = match count {
                1 => "1 desktop".to_owned(),
                count => format!("{count} desktops"),
            };
            rows.push((label, contender, look(arena)));
            if count == 1 {
                let figures = arena.browser.behind_another_tab(|| {
                    std::thread::sleep(Duration::from_secs(1));
                    look_from_outside(arena)
                });
                rows.push(("1 desktop in a tab behind another".into(), contender, figures));
                open(arena, stream, contender, count)?;
                arena
                    .browser
                    .run("scrollTo(0, document.documentElement.scrollHeight)", json!([]));
                std::thread::sleep(Duration::from_secs(1));
                rows.push((
                    "1 desktop scrolled out of view".into(),
                    contender,
                    look_from_outside(arena),
                ));
            }
        }
    }
    for (label, contender, figures) in &rows {
        println!("{label}, {}: {figures:?}", contender.name());
    }
    Ok(section(&rows))
}

fn open(arena: &Arena, stream: &Arc<Stream>, contender: Contender, count: usize) -> Result<()> {
    arena.server.set(Part::Paced {
        stream: Arc::clone(stream),
        rate: RATE,
    });
    arena.open_path(&path(contender, count));
    for _ in 0..count {
        arena.server.next(LIMIT)?;
    }
    std::thread::sleep(Duration::from_secs(2));
    Ok(())
}

fn look(arena: &Arena) -> Figures {
    let before = arena.busy_and_time();
    let figures = look_from_outside(arena);
    let after = arena.busy_and_time();
    Figures {
        busy: (after.0 - before.0) / (after.1 - before.1),
        ..figures
    }
}

/// Without a word to the page.
fn look_from_outside(arena: &Arena) -> Figures {
    let processors = Family(arena.browser.process()).times();
    let (start, updates) = (Instant::now(), arena.server.updates());
    std::thread::sleep(LOOKED_AT);
    let seconds = start.elapsed().as_secs_f64();
    Figures {
        updates: (arena.server.updates() - updates) as f64 / seconds,
        processors: processors.since() / seconds,
        busy: f64::NAN,
    }
}

fn section(rows: &[(String, Contender, Figures)]) -> Section {
    let head = [
        "",
        "viewer",
        "updates a second, in all",
        "CPU, cores",
        "page busy, %",
    ];
    let cells = rows.iter().map(|(label, contender, figures)| {
        vec![
            label.clone(),
            contender.name().to_owned(),
            format!("{:.1}", figures.updates),
            format!("{:.2}", figures.processors),
            if figures.busy.is_nan() {
                "-".into()
            } else {
                format!("{:.1}", figures.busy * 100.0)
            },
        ]
    });
    let text = format!(
        "One page with frames of equal size, each with a viewer and a desktop of 1920x1080 in which windows are dragged: \
         `{STREAM}`, an update when it is asked for, {RATE:.0} times a second at most. CPU is that of all the browser's \
         processes, server and driver apart.\n\n{}",
        table(&head, cells)
    );
    Section {
        name: "sessions",
        text,
        plots: vec![],
        is_whole: true,
    }
}
