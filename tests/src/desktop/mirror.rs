//! VNC servers that show the screen of an X server beside them.

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use super::Display;
use crate::process::{Process, free_port, listening};

/// A VNC server that shows the screen of an Xvfb.
#[derive(Debug)]
pub struct Mirror {
    pub port: u16,
    // It ends before the display does.
    _server: Process,
    pub display: Display,
    _folder: TempDir,
}

impl Mirror {
    /// `command` is given a display, a port, and a folder that is there as long as the server.
    pub(super) fn start(size: (u16, u16), command: impl Fn(&Display, u16, &Path) -> Command) -> Self {
        let folder = TempDir::new().unwrap();
        let display = Display::virtual_one(size);
        let port = free_port();
        let server = Process::start(&mut command(&display, port, folder.path()));
        listening(port);
        Self {
            port,
            _server: server,
            display,
            _folder: folder,
        }
    }

    /// The same with a program that takes the options `-display` and `-rfbport`.
    pub(super) fn of(
        program: &str,
        size: (u16, u16),
        always: &[&str],
        options: impl Fn(&Path) -> Vec<OsString>,
    ) -> Self {
        Self::start(size, |display, port, folder| {
            let mut command = display.command(program);
            command
                .args(["-display", &display.name, "-rfbport", &port.to_string()])
                .args(always)
                .args(options(folder));
            command
        })
    }

    pub fn target(&self) -> String {
        format!("tcp://127.0.0.1:{}", self.port)
    }
}
