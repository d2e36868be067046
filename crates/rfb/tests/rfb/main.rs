//! Tests of the crate from outside, against a mock server that was written from the specification: its encoders
//! share nothing with the crate's decoders.

#![allow(clippy::unwrap_used, reason = "tests")]

mod clipboard;
mod connection;
mod conversation;
mod corpus;
mod dice;
mod encoders;
mod encodings;
mod handshake;
mod hostile;
mod image;
mod logins;
mod messages;
mod oracle;
mod pixel_formats;
mod security;
mod server;
mod slicing;
mod video;
mod zywrle;
