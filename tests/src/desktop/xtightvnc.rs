//! Xtightvnc: TightVNC's X server of old, which always wants a password.

use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicU16, Ordering};

use tempfile::TempDir;

use super::{Display, password};
use crate::process::{Process, free_port, listening};

#[derive(Debug)]
pub struct Xtightvnc {
    port: u16,
    pub display: Display,
    _folder: TempDir,
}

impl Xtightvnc {
    pub fn with_password(size: (u16, u16), password: &str) -> Self {
        let folder = TempDir::new().unwrap();
        let (port, number) = (free_port(), free_display());
        let name = format!(":{number}");
        let server = Process::start(
            Command::new("Xtightvnc")
                .args([&name, "-geometry", &format!("{}x{}", size.0, size.1)])
                .args(["-depth", "24", "-rfbport", &port.to_string(), "-rfbauth"])
                .arg(password::file(folder.path(), password))
                .args(["-localhost", "-interface", "127.0.0.1", "-nolisten", "tcp"]),
        );
        listening(port);
        Self {
            port,
            display: Display::of(server, name),
            _folder: folder,
        }
    }

    pub fn target(&self) -> String {
        format!("tcp://127.0.0.1:{}", self.port)
    }
}

/// The number of a display that nobody has: this server cannot choose one itself. Those that others choose by
/// themselves are the first that are free.
fn free_display() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let first = 2_000 + (std::process::id() % 64) as u16 * 16;
    (0..16)
        .map(|_| first + NEXT.fetch_add(1, Ordering::Relaxed) % 16)
        .find(|number| !Path::new(&format!("/tmp/.X{number}-lock")).exists())
        .expect("a display is free")
}
