//! Input methods that browsers write with.

use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use crate::process::{Process, installed};
use crate::wait::{LONG, until};

/// An input method, by its name where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InputMethod {
    /// One of those that GTK brings, within the browser.
    Gtk(&'static str),
    /// One of IBus's, a program beside the browser.
    Ibus(&'static str),
}

impl InputMethod {
    pub fn name(self) -> &'static str {
        match self {
            Self::Gtk(name) | Self::Ibus(name) => name,
        }
    }

    /// Starts what there is to be beside the browser on this display, and has the browser find it.
    pub(super) fn start(self, display: &str, browser: &mut Command) -> Option<Ibus> {
        match self {
            Self::Gtk(name) => {
                browser.env("GTK_IM_MODULE", name);
                None
            }
            Self::Ibus(name) => {
                let ibus = Ibus::start(name, display);
                browser
                    .env("GTK_IM_MODULE", "ibus")
                    .env("IBUS_ADDRESS", &ibus.address)
                    .env("DBUS_SESSION_BUS_ADDRESS", &ibus.session);
                Some(ibus)
            }
        }
    }
}

/// IBus with one of its input methods.
#[derive(Debug)]
pub(super) struct Ibus {
    address: String,
    /// The address of a bus on which it has its name. Without one GTK takes it for gone, and the browser gets all keys back.
    session: String,
    _daemon: Process,
    _session_bus: Process,
    /// What it learns of its user, who is somebody new each time.
    _home: TempDir,
}

impl Ibus {
    fn start(engine: &str, display: &str) -> Self {
        let is_there = installed("ibus-daemon");
        assert!(
            is_there,
            "there is no IBus: it is Debian's ibus, ibus-gtk3, ibus-libpinyin and ibus-kkc"
        );
        let home = TempDir::new().unwrap();
        let address = format!("unix:path={}/socket", home.path().display());
        let (session_bus, session) = session_bus(home.path());
        let mut command = Command::new("ibus-daemon");
        command
            .args([
                "--address",
                &address,
                "--panel=disable",
                "--config=/usr/libexec/ibus-memconf",
            ])
            .env("DISPLAY", display)
            .env("DBUS_SESSION_BUS_ADDRESS", &session)
            .env("GSETTINGS_BACKEND", "memory");
        for place in ["HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"] {
            command.env(place, home.path());
        }
        let daemon = Process::start(&mut command);
        let ibus = |arguments: &[&str]| {
            let mut command = Command::new("ibus");
            command
                .args(arguments)
                .env("DISPLAY", display)
                .env("IBUS_ADDRESS", &address);
            command.output().map_err(|error| error.to_string())
        };
        until("IBus has its input method", LONG, || {
            // How it ends says whether the display's layout could be set as well.
            ibus(&["engine", engine])?;
            let said = ibus(&["engine"])?;
            if String::from_utf8_lossy(&said.stdout).trim() == engine {
                Ok(())
            } else {
                Err(format!("{said:?}"))
            }
        });
        Self {
            address,
            session,
            _daemon: daemon,
            _session_bus: session_bus,
            _home: home,
        }
    }
}

/// A session's bus, and its address. It starts nothing, as one of a desktop would, that does not end with it.
fn session_bus(home: &Path) -> (Process, String) {
    let config = home.join("bus.conf");
    let rules = r#"<allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/>"#;
    let text = format!(
        r#"<busconfig>
            <type>session</type>
            <listen>unix:path={}/bus</listen>
            <policy context="default">{rules}</policy>
        </busconfig>"#,
        home.display()
    );
    std::fs::write(&config, text).unwrap();
    let mut command = Command::new("dbus-daemon");
    command
        .arg(format!("--config-file={}", config.display()))
        .args(["--nofork", "--print-address"]);
    let mut bus = Process::start(&mut command);
    let address = bus.first(|line| line.starts_with("unix:").then(|| line.to_owned()));
    (bus, address)
}
