//! End to end: the real page in real Chromium, through the real gateway, against real VNC servers. Truth for pixels
//! is the server's own framebuffer.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "tests"
)]

mod accessible;
mod clipboard;
mod clipboard_matrix;
mod cursors;
mod dashboard;
mod doctor;
mod embedding;
mod endings;
mod faults;
mod giving_back;
mod handle;
mod hostile;
mod input;
mod interop;
mod keyboard;
mod keys_on_screen;
mod layouts;
mod login;
mod login_kinds;
mod machine;
mod next_dashboard;
mod pictures;
mod pixels;
mod places;
mod pointer;
mod presentation;
mod quality;
mod rare;
mod screen;
mod sharing;
mod signs;
mod speed;
mod stalled;
mod touch;
mod unseen;
mod vencrypt;
mod video;
mod view_only;
mod zoomed;
