//! Xtigervnc.

mod logins;

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use super::Display;
use crate::process::free_port;
pub(super) use logins::{with_password, without_password};

/// Xtigervnc: an X server that is a VNC server.
#[derive(Debug)]
pub struct Tigervnc {
    pub display: Display,
    pub port: u16,
    folder: TempDir,
}

impl Tigervnc {
    /// Without a password.
    pub fn start(size: (u16, u16)) -> Self {
        Self::start_on(free_port(), size)
    }

    pub fn start_on(port: u16, size: (u16, u16)) -> Self {
        Self::start_with(port, size, |_| without_password())
    }

    /// It takes clipboards of 4 MB instead of 256 KB.
    pub fn with_long_clipboard(size: (u16, u16)) -> Self {
        Self::start_with(free_port(), size, |_| {
            [without_password(), vec!["-MaxCutText".into(), "4194304".into()]].concat()
        })
    }

    /// It turns an address away that has come so often and left without a login.
    pub fn with_blacklist(threshold: u32) -> Self {
        Self::start_with(free_port(), (320, 240), |_| {
            let threshold = threshold.to_string();
            let blacklist =
                ["-BlacklistThreshold", &threshold, "-BlacklistTimeout", "600"].map(OsString::from);
            [without_password(), blacklist.into()].concat()
        })
    }

    /// It takes keys by their place on the keyboard, where a viewer tells it.
    pub fn with_raw_keyboard(size: (u16, u16)) -> Self {
        Self::start_with(free_port(), size, |_| {
            [without_password(), vec!["-RawKeyboard".into()]].concat()
        })
    }

    /// And its address, since it has no port.
    pub fn on_unix_socket(size: (u16, u16)) -> (Self, String) {
        let server = Self::start_with(free_port(), size, |folder| {
            let socket = vec!["-rfbunixpath".into(), folder.join("socket").into()];
            [without_password(), socket].concat()
        });
        let target = format!("unix:{}", server.folder.path().join("socket").display());
        (server, target)
    }

    fn start_with(port: u16, size: (u16, u16), options: impl Fn(&Path) -> Vec<OsString>) -> Self {
        Self::start_in(&[], port, size, options)
    }

    fn start_in(
        environment: &[(&str, OsString)],
        port: u16,
        size: (u16, u16),
        options: impl Fn(&Path) -> Vec<OsString>,
    ) -> Self {
        let folder = TempDir::new().unwrap();
        let mut command = Command::new("Xtigervnc");
        command
            .envs(environment.iter().cloned())
            .args(["-geometry", &format!("{}x{}", size.0, size.1), "-depth", "24"])
            .args([
                "-rfbport",
                &port.to_string(),
                "-localhost",
                "-desktop",
                "porthole test",
            ])
            // Every test comes from the same address.
            .args(["-BlacklistThreshold", "100000"])
            .args(options(folder.path()));
        Self {
            display: Display::start(&mut command),
            port,
            folder,
        }
    }

    pub fn target(&self) -> String {
        format!("tcp://127.0.0.1:{}", self.port)
    }
}
