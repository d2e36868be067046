//! The server's side of RFB 3.8 (RFC 6143), sans-IO: bytes and a clock in, bytes out.

mod client_message;
mod encoding;
mod error;
mod flow;
mod handshake;
mod pixel_format;
mod session;
#[cfg(test)]
mod tests;
mod update;

pub(crate) use error::Error;
pub(crate) use session::Session;
