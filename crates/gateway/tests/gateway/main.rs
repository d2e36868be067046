//! The gateway from outside: a real one in this process, real sockets.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod access;
mod bridge;
mod certificates;
mod dashboard;
mod doctor;
mod draining;
mod edge;
mod examples;
mod health;
mod http;
mod limits;
mod load;
mod memory;
mod nginx;
mod onward;
mod process;
mod sources;
mod support;
mod tls;
mod told;
mod vencrypt;
