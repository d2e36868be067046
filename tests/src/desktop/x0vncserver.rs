//! x0vncserver of TigerVNC, which shows the screen of an Xvfb.

use super::{Mirror, tigervnc};

#[derive(Debug)]
pub struct X0vncserver;

impl X0vncserver {
    pub fn start(size: (u16, u16)) -> Mirror {
        Mirror::of("X0tigervnc", size, OPTIONS, |_| tigervnc::without_password())
    }

    pub fn with_password(size: (u16, u16), password: &str) -> Mirror {
        Mirror::of("X0tigervnc", size, OPTIONS, |folder| {
            tigervnc::with_password(folder, password)
        })
    }
}

/// Every test comes from the same address.
const OPTIONS: &[&str] = &["-localhost", "-BlacklistThreshold", "100000"];
