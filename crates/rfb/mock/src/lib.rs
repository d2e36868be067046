//! A **mock** VNC server, for tests only: it stands in where no real server can be had.
//!
//! Its point is the logins: RSA-AES in its four kinds, Apple's Diffie-Hellman, MSLogonII, xvp, Tight, VeNCrypt, VNC
//! Authentication and none, each in every version of RFB, for the right and for the wrong credentials, and misbehaving
//! in ways that a [`Config`] says. It is written from the community's *rfbproto* and shares no code with the client.
//!
//! [`Server`] is without a socket: bytes in, bytes out, in any slicing. [`Front`] puts one behind a port of
//! 127.0.0.1 for every connection. Both write down what the client did, in a [`Record`].
//!
//! Inside, a conversation is an `async` function that reads like the specification's tables: who waits for bytes
//! yields, and [`Server::handle_input`] goes on with it. There is neither an executor nor a thread.
#![forbid(unsafe_code)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::missing_panics_doc,
    clippy::must_use_candidate,
    reason = "for tests"
)]

mod ciphers;
mod config;
mod dice;
mod front;
mod handshake;
mod keys;
mod login;
mod picture;
mod record;
mod seal;
mod server;
mod session;
#[cfg(test)]
mod tests;
mod wire;

pub use config::{
    Capability, Config, DiffieHellman, Lists, Login, MsLogonII, RecordFault, RsaAes, RsaFault, Strength,
    Tight, VeNCrypt, Version,
};
pub use front::Front;
pub use keys::{OAKLEY_GROUP_2, ServerKey};
pub use picture::picture;
pub use record::{Message, Record};
pub use server::Server;
