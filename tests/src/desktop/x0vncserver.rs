//! x0vncserver of TigerVNC, which shows the screen of an Xvfb.

use std::ffi::OsString;
use std::path::Path;

use tempfile::TempDir;

use super::{Display, listening, write_password};
use crate::process::{Process, free_port};

#[derive(Debug)]
pub struct X0vncserver {
    port: u16,
    _server: Process,
    pub display: Display,
    _folder: TempDir,
}

impl X0vncserver {
    pub fn start(size: (u16, u16)) -> Self {
        Self::start_with(size, |_| vec!["-SecurityTypes".into(), "None".into()])
    }

    pub fn with_password(size: (u16, u16), password: &str) -> Self {
        Self::start_with(size, |folder| {
            let file = folder.join("password");
            write_password(&file, password);
            vec![
                "-SecurityTypes".into(),
                "VncAuth".into(),
                "-PasswordFile".into(),
                file.into(),
            ]
        })
    }

    fn start_with(size: (u16, u16), options: impl Fn(&Path) -> Vec<OsString>) -> Self {
        let folder = TempDir::new().unwrap();
        let display = Display::virtual_one(size);
        let port = free_port();
        let server = Process::start(
            display
                .command("X0tigervnc")
                .args(["-display", &display.name, "-rfbport", &port.to_string()])
                .args(["-localhost", "-BlacklistThreshold", "100000"])
                .args(options(folder.path())),
        );
        listening(port);
        Self {
            port,
            _server: server,
            display,
            _folder: folder,
        }
    }

    pub fn target(&self) -> String {
        format!("tcp://127.0.0.1:{}", self.port)
    }
}
