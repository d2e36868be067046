//! The engines, and how each of them is driven.

use std::path::PathBuf;
use std::process::Command;

use serde_json::{Value, json};

use super::input_method::{Ibus, InputMethod};
use crate::process::{Process, free_port, installed, tools};
use crate::wait::{LONG, until};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Chromium,
    Firefox,
    WebKitGtk,
}

/// Whether a browser shows itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sight {
    /// As far as it can do without.
    Unseen,
    /// The same, with all pages zoomed in to 300 %. Chromium's own.
    Zoomed,
    /// The same, on a display of which two pixels are as wide as one of CSS.
    Fine,
    /// The same, on a computer whose programs are dark. Chromium is told so otherwise ([`super::Browser::prefers`]).
    Dark,
    /// On a screen of its own.
    Shown,
    /// With a window manager, which gives it the focus that hands need; perhaps with an input method.
    Managed(Option<InputMethod>),
}

impl Sight {
    fn is_seen(self) -> bool {
        matches!(self, Self::Shown | Self::Managed(_))
    }

    pub(super) fn is_managed(self) -> bool {
        matches!(self, Self::Managed(_))
    }
}

/// A driver that listens.
#[derive(Debug)]
pub(super) struct Driver {
    /// `http://127.0.0.1` and its port.
    pub(super) address: String,
    pub(super) process: Process,
    // It ends before the screen does.
    _input_method: Option<Ibus>,
    /// What the browser shows itself on, where it does.
    pub(super) screen: Option<Screen>,
}

/// An X server for a browser.
#[derive(Debug)]
pub(super) struct Screen {
    pub(super) name: String,
    // It ends before the server does.
    _window_manager: Option<Process>,
    _server: Process,
}

impl Engine {
    /// Whether all of it is there.
    pub fn is_installed(self) -> bool {
        match self {
            Self::Chromium => installed("chromium") && installed("chromedriver"),
            Self::Firefox => installed("firefox") && geckodriver().is_some(),
            Self::WebKitGtk => installed("WebKitWebDriver"),
        }
    }

    /// WebKitGTK's browser cannot do without a screen.
    pub(super) fn driver(self, agent: &ureq::Agent, sight: Sight) -> Driver {
        // Told to choose a port, ChromeDriver takes one that is free in IPv4, and fails if it is not in IPv6.
        let port = free_port();
        let mut command = match self {
            Self::Chromium => Command::new("chromedriver"),
            Self::Firefox => Command::new(geckodriver().unwrap_or("geckodriver".into())),
            Self::WebKitGtk => Command::new("WebKitWebDriver"),
        };
        let has_screen = sight.is_seen() || self == Self::WebKitGtk;
        let screen = has_screen.then(|| Screen::start(sight.is_managed()));
        if let Some(screen) = &screen {
            command.env("DISPLAY", &screen.name).env("GDK_BACKEND", "x11");
        }
        if sight == Sight::Fine {
            command.env("GDK_SCALE", "2");
        }
        if sight == Sight::Dark {
            command.env("GTK_THEME", "Adwaita:dark");
        }
        let input_method = match (sight, &screen) {
            (Sight::Managed(Some(method)), Some(screen)) => method.start(&screen.name, &mut command),
            _ => None,
        };
        let driver = Driver {
            address: format!("http://127.0.0.1:{port}"),
            process: Process::start(command.arg(format!("--port={port}"))),
            _input_method: input_method,
            screen,
        };
        until("the driver answers", LONG, || {
            let answer = agent.get(format!("{}/status", driver.address)).call();
            answer.map(|_| ()).map_err(|error| error.to_string())
        });
        driver
    }

    /// What a session is asked for with.
    pub(super) fn capabilities(self, sight: Sight) -> Value {
        let timeouts = json!({ "script": 30_000, "pageLoad": 60_000 });
        // As the two spell it.
        let headless = |argument: &'static str| (!sight.is_seen()).then_some(argument);
        // As Chromium counts it: one more is a fifth larger. "x" is for what has no other.
        let zoom = if sight == Sight::Zoomed {
            3_f64.log(1.2)
        } else {
            0.0
        };
        match self {
            Self::Chromium => json!({
                "browserName": "chrome",
                "acceptInsecureCerts": true,
                "goog:chromeOptions": {
                    "prefs": { "partition": { "default_zoom_level": { "x": zoom } } },
                    "args": [headless("--headless=new").unwrap_or("--window-position=0,0"), "--no-sandbox", "--disable-dev-shm-usage", "--no-first-run",
                        "--disable-gpu", "--window-size=1100,900", "--disable-background-networking",
                        // A name that, other than 127.0.0.1, makes no secure context.
                        "--host-resolver-rules=MAP desktop.test 127.0.0.1"],
                },
                "goog:loggingPrefs": { "browser": "ALL" },
                "timeouts": timeouts,
            }),
            Self::Firefox => json!({
                "browserName": "firefox",
                "moz:firefoxOptions": {
                    "args": headless("-headless").into_iter().collect::<Vec<_>>(),
                    "prefs": {
                        // Fingers, which it does without on a computer where it sees no such screen.
                        "dom.w3c_touch_events.enabled": 1,
                        // Its drivers have it behave as if it had the focus, and then its input methods do not know that it has.
                        "focusmanager.testmode": !sight.is_managed(),
                        // Dark, or as the system is.
                        "layout.css.prefers-color-scheme.content-override": if sight == Sight::Dark { 0 } else { 2 },
                        // A negative one is the system's.
                        "layout.css.devPixelsPerPx": if sight == Sight::Fine { "2" } else { "-1.0" },
                    },
                },
                "timeouts": timeouts,
            }),
            Self::WebKitGtk => json!({
                "webkitgtk:browserOptions": { "binary": mini_browser(), "args": ["--automation"] },
                "timeouts": timeouts,
            }),
        }
    }
}

/// Firefox's driver: on the `PATH`, or where the set-up builds it.
fn geckodriver() -> Option<PathBuf> {
    if installed("geckodriver") {
        return Some("geckodriver".into());
    }
    let mut programs = std::fs::read_dir(tools())
        .ok()?
        .filter_map(Result::ok)
        .filter(|tool| tool.file_name().to_string_lossy().starts_with("geckodriver-"))
        .map(|tool| tool.path().join("bin/geckodriver"));
    programs.find(|program| program.is_file())
}

/// WebKitGTK's own small browser, which lies in the library's folder.
fn mini_browser() -> Option<PathBuf> {
    ["4.1", "4.0", "6.0"]
        .map(|version| format!("/usr/lib/x86_64-linux-gnu/webkit2gtk-{version}/MiniBrowser").into())
        .into_iter()
        .find(|path: &PathBuf| path.is_file())
}

impl Screen {
    fn start(managed: bool) -> Self {
        let screen = ["-screen", "0", "1600x1200x24", "-displayfd", "1", "-noreset"];
        let mut server = Process::start(Command::new("Xvfb").args(screen));
        let name = server.first(|line| line.trim().parse::<u32>().ok().map(|number| format!(":{number}")));
        let manager = || Process::start(Command::new("openbox").env("DISPLAY", &name));
        Self {
            _window_manager: managed.then(manager),
            _server: server,
            name,
        }
    }
}
