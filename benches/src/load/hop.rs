//! What stands between viewers and desktops.

use std::fmt::Write as _;
use std::process::Command;

use porthole_tests::desktop::Websockify;
use porthole_tests::gateway::Gateway;

use crate::processes::Family;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Contender {
    Gateway,
    Websockify,
}

impl Contender {
    pub(super) const BOTH: [Self; 2] = [Self::Gateway, Self::Websockify];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Gateway => "Porthole's gateway",
            Self::Websockify => "websockify",
        }
    }
}

/// One of them, running.
#[derive(Debug)]
pub(super) enum Hop {
    Gateway(Gateway),
    Websockify(Vec<Websockify>),
}

/// So many of them stand side by side: one has lost every connection beyond its first 500, of a thousand.
pub(super) const WEBSOCKIFIES: usize = 4;

impl Hop {
    /// In front of the desktops at this port. The gateway has so many sessions.
    pub(super) fn start(contender: Contender, sessions: usize, port: u16) -> Self {
        match contender {
            Contender::Gateway => {
                let mut config = String::new();
                for number in 0..sessions {
                    // Writing into a string does not fail.
                    let _ = writeln!(config, "[sessions.s{number}]\ntarget = 'tcp://127.0.0.1:{port}'");
                }
                Self::Gateway(Gateway::with(&config))
            }
            Contender::Websockify => {
                Self::Websockify((0..WEBSOCKIFIES).map(|_| Websockify::before(port)).collect())
            }
        }
    }

    /// Where the viewer with this number connects.
    pub(super) fn url(&self, number: usize) -> String {
        match self {
            Self::Gateway(gateway) => {
                format!(
                    "ws://{}/api/auth/session/s{number}/novnc/websock",
                    gateway.address
                )
            }
            Self::Websockify(all) => format!("ws://127.0.0.1:{}/", all[number % WEBSOCKIFIES].port),
        }
    }

    /// All of its processes.
    pub(super) fn families(&self) -> Vec<Family> {
        match self {
            Self::Gateway(gateway) => vec![Family(gateway.process())],
            Self::Websockify(all) => all.iter().map(|one| Family(one.process())).collect(),
        }
    }
}

/// Its name and version, as it is installed.
pub(super) fn websockify_version() -> String {
    let asked = Command::new("websockify").arg("--version").output();
    let said = asked.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    said.ok()
        .filter(|version| !version.is_empty())
        .unwrap_or_else(|| "websockify".to_owned())
}
