//! What end-to-end tests and comparisons have in common: a browser, VNC servers, the gateway, and how to wait.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::missing_panics_doc,
    clippy::must_use_candidate,
    reason = "for tests"
)]

pub mod browser;
pub mod certificates;
pub mod clipboard;
pub mod desktop;
pub mod gate;
pub mod gateway;
pub mod image;
pub mod layouts;
pub mod line;
pub mod next_dashboard;
pub mod nginx;
pub mod peer;
pub mod process;
pub mod wait;
