//! The rows, by their servers.

mod krfb;
mod qemu;
mod rustvncserver;
mod vino;
mod wayvnc;
mod x0vncserver;
mod x11vnc;
mod xtigervnc;
mod xtightvnc;
