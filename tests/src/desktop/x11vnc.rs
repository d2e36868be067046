//! x11vnc, which shows the screen of an Xvfb.

use super::{Mirror, password};
use crate::certificates::Certificates;

#[derive(Debug)]
pub struct X11vnc;

impl X11vnc {
    pub fn start(size: (u16, u16)) -> Mirror {
        Mirror::of("x11vnc", size, OPTIONS, |_| vec!["-nopw".into()])
    }

    pub fn with_password(size: (u16, u16), password: &str) -> Mirror {
        Mirror::of("x11vnc", size, OPTIONS, |folder| {
            vec!["-rfbauth".into(), password::file(folder, password).into()]
        })
    }

    /// With VeNCrypt's X509Vnc. It takes a certificate with an RSA key.
    pub fn with_tls(size: (u16, u16), password: &str, certificates: &Certificates) -> Mirror {
        Mirror::of("x11vnc", size, OPTIONS, |folder| {
            vec![
                "-vencrypt".into(),
                "force".into(),
                "-ssl".into(),
                certificates.both().into(),
                "-rfbauth".into(),
                password::file(folder, password).into(),
            ]
        })
    }
}

const OPTIONS: &[&str] = &[
    "-localhost",
    "-no6",
    "-forever",
    "-shared",
    "-noxdamage",
    // Segments of shared memory would outlive it, and a machine has only so many.
    "-noshm",
    "-quiet",
];
