//! The gateway from outside: a real one in this process, real sockets.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod access;
mod bridge;
mod certificates;
mod http;
mod sources;
mod support;
mod vencrypt;
