//! websockify.

use std::process::Command;

use crate::process::{Process, free_port, listening};

/// websockify in front of a VNC server.
#[derive(Debug)]
pub struct Websockify {
    pub port: u16,
    _server: Process,
}

impl Websockify {
    pub fn before(target: u16) -> Self {
        Self::on(free_port(), target)
    }

    pub fn on(port: u16, target: u16) -> Self {
        let server = Process::start(
            Command::new("websockify").args([format!("127.0.0.1:{port}"), format!("127.0.0.1:{target}")]),
        );
        listening(port);
        Self {
            port,
            _server: server,
        }
    }
}
