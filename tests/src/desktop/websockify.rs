//! websockify.

use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Command;

use crate::process::{Process, free_port, listening};

/// websockify in front of a VNC server.
#[derive(Debug)]
pub struct Websockify {
    pub port: u16,
    server: Process,
}

impl Websockify {
    pub fn before(target: u16) -> Self {
        Self::on(free_port(), target)
    }

    pub fn on(port: u16, target: u16) -> Self {
        Self::start(&mut Command::new("websockify"), port, target)
    }

    /// One that serves these files, too.
    pub fn with_files(folder: &Path, target: u16) -> Self {
        let mut command = Command::new("websockify");
        Self::start(command.arg("--web").arg(folder), free_port(), target)
    }

    fn start(command: &mut Command, port: u16, target: u16) -> Self {
        let server = Process::start(
            command
                .args([format!("127.0.0.1:{port}"), format!("127.0.0.1:{target}")])
                .process_group(0),
        );
        listening(port);
        Self { port, server }
    }

    /// The number of the process that all of its others descend from.
    pub fn process(&self) -> u32 {
        self.server.id()
    }
}

impl Drop for Websockify {
    fn drop(&mut self) {
        // Each connection has a process of its own, which would go on.
        let group = format!("-{}", self.server.id());
        let _ = Command::new("kill").args(["-KILL", "--", &group]).status();
    }
}
