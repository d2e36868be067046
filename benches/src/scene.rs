//! What is on the screen while it is recorded: real programs, doing what people do with them.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::Result;
use porthole_tests::desktop::Display;
use porthole_tests::process::Process;
use tempfile::TempDir;

/// The recorded screen's size.
pub(crate) const SIZE: (u16, u16) = (1920, 1080);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scene {
    /// A listing scrolls through a large xterm.
    Terminal,
    /// A web page of text, tables and pictures is scrolled in Chromium.
    Web,
    /// Moving pictures in Chromium, 768x432.
    Video,
    /// Photographs follow each other in Chromium.
    Photographs,
    /// Terminals full of text are dragged over each other.
    Windows,
}

impl Scene {
    pub(crate) const ALL: [Self; 5] = [
        Self::Terminal,
        Self::Web,
        Self::Video,
        Self::Photographs,
        Self::Windows,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Terminal => "terminal",
            Self::Web => "web",
            Self::Video => "video",
            Self::Photographs => "photographs",
            Self::Windows => "windows",
        }
    }

    /// Starts it. It goes on until what is given back is dropped.
    pub(crate) fn start(self, display: &Display) -> Result<Running> {
        let folder = TempDir::new()?;
        let mut running = Running {
            programs: Vec::new(),
            windows: Vec::new(),
            step: 0,
            _folder: folder,
        };
        let page = match self {
            Self::Terminal => {
                let listing = "while :; do ls -lR --color=always /usr/share /usr/lib | head -20000; done";
                running
                    .programs
                    .push(terminal(display, "230x78+20+20", "#101820", listing));
                return Ok(running);
            }
            Self::Windows => {
                let windows = [
                    ("100x40+100+60", "#101820", "/usr/lib"),
                    ("90x36+500+300", "#f8f4e8", "/usr/share"),
                    ("110x30+800+120", "#203020", "/etc"),
                ];
                for (place, colour, listed) in windows {
                    let listing = format!("ls -l --color=always {listed}; sleep 1000");
                    running.programs.push(terminal(display, place, colour, &listing));
                    running.windows.push(display.next_window(&running.windows));
                }
                return Ok(running);
            }
            Self::Web => include_str!("pages/web.html"),
            Self::Video => include_str!("pages/video.html"),
            Self::Photographs => include_str!("pages/photographs.html"),
        };
        let program = chromium(display, running._folder.path(), page)?;
        running.programs.push(program);
        Ok(running)
    }

    /// How long it takes until it runs as it will.
    pub(crate) fn settling(self) -> Duration {
        match self {
            Self::Terminal | Self::Windows => Duration::from_secs(2),
            Self::Web | Self::Video | Self::Photographs => Duration::from_secs(6),
        }
    }
}

/// A scene that goes on.
#[derive(Debug)]
pub(crate) struct Running {
    programs: Vec<Process>,
    windows: Vec<u32>,
    step: i32,
    _folder: TempDir,
}

impl Running {
    /// Goes on by a sixtieth of a second, where the scene does not go on by itself.
    pub(crate) fn step(&mut self, display: &Display) {
        self.step += 1;
        let turn = (self.step / 90) as usize;
        if let Some(window) = self.windows.get(turn % self.windows.len().max(1)) {
            let phase = f64::from(self.step % 90) / 90.0 * std::f64::consts::TAU;
            let place = [phase.cos() * 380.0 + 560.0, phase.sin() * 180.0 + 240.0];
            display.move_window(*window, place[0] as i32, place[1] as i32);
        }
    }
}

fn terminal(display: &Display, place: &str, background: &str, script: &str) -> Process {
    let foreground = if background.starts_with("#f") {
        "#202830"
    } else {
        "#d0d8e0"
    };
    Process::start(
        display
            .command("xterm")
            .args([
                "-geometry",
                place,
                "-fn",
                "8x13",
                "-bg",
                background,
                "-fg",
                foreground,
            ])
            .args(["-e", script]),
    )
}

/// Chromium, which shows one page and nothing else.
fn chromium(display: &Display, folder: &Path, page: &str) -> Result<Process> {
    let file = folder.join("page.html");
    std::fs::write(&file, page)?;
    let mut command: Command = display.command("chromium");
    command
        .args([
            "--kiosk",
            "--no-sandbox",
            "--no-first-run",
            "--disable-gpu",
            "--disable-dev-shm-usage",
        ])
        .args([
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
        ])
        .arg(format!("--window-size={},{}", SIZE.0, SIZE.1))
        .arg(format!("--user-data-dir={}", folder.join("profile").display()))
        .arg(format!("file://{}", file.display()));
    Ok(Process::start(&mut command))
}
