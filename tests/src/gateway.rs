//! The gateway's own binary, on a free port.

use std::path::PathBuf;
use std::process::Command;

use tempfile::TempDir;

use crate::process::Process;

/// A gateway with its configuration.
#[derive(Debug)]
pub struct Gateway {
    /// `127.0.0.1` and a port.
    pub address: String,
    process: Process,
    _folder: Option<TempDir>,
}

impl Gateway {
    /// One session, named `vm`.
    pub fn to(target: &str) -> Self {
        Self::with(&format!("[sessions.vm]\ntarget = '{target}'\n"))
    }

    /// With this configuration.
    pub fn with(config: &str) -> Self {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("gateway.toml");
        std::fs::write(&path, config).unwrap();
        Self {
            _folder: Some(folder),
            ..Self::start(Command::new(binary()).arg("--config").arg(&path))
        }
    }

    /// As it is when nobody tells it anything.
    pub fn without_configuration() -> Self {
        Self::start(&mut Command::new(binary()))
    }

    fn start(command: &mut Command) -> Self {
        let mut process = Process::start(command.args(["--listen", "127.0.0.1:0"]));
        let address = process.first(|line| {
            let address = line.strip_prefix("listening on ")?;
            let (_, rest) = address.split_once("://")?;
            Some(rest.trim_end_matches('/').to_owned())
        });
        Self {
            address,
            process,
            _folder: None,
        }
    }

    /// The number of its process.
    pub fn process(&self) -> u32 {
        self.process.id()
    }

    /// How many KiB of memory it has.
    pub fn memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }

    /// An address of this gateway's.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The page of the session `vm`, with these settings.
    pub fn page(&self, settings: &str) -> String {
        self.url(&format!("/api/auth/session/vm/novnc/?{settings}"))
    }
}

/// What the command `diagnose` ends with, and what it says.
pub fn diagnose(url: &str) -> (Option<i32>, String) {
    let output = Command::new(binary()).args(["diagnose", url]).output().unwrap();
    let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    (output.status.code(), said)
}

fn binary() -> PathBuf {
    let path = std::env::var_os("PORTHOLE_GATEWAY").expect(
        "PORTHOLE_GATEWAY is not set: it names the gateway to test, with the site in it. `cargo xtask test` builds it \
         and sets it",
    );
    let path = PathBuf::from(path);
    assert!(path.is_file(), "PORTHOLE_GATEWAY: there is no {}", path.display());
    path
}
