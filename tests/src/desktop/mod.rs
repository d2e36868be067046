//! VNC servers, and X clients on the ones that are X servers.

mod display;
mod krfb;
mod mirror;
mod password;
mod qemu;
mod recorder;
mod rustvncserver;
mod tigervnc;
mod vino;
mod wayvnc;
mod websockify;
mod x0vncserver;
mod x11vnc;
mod xev;
mod xtightvnc;

pub use display::Display;
pub use krfb::Krfb;
pub use mirror::Mirror;
pub use qemu::Qemu;
pub use recorder::{Input, Recorder};
pub use rustvncserver::Rustvncserver;
pub use tigervnc::Tigervnc;
pub use vino::{Login as VinoLogin, Vino};
pub use wayvnc::Wayvnc;
pub use websockify::Websockify;
pub use x0vncserver::X0vncserver;
pub use x11vnc::X11vnc;
pub use xev::Xev;
pub use xtightvnc::Xtightvnc;
