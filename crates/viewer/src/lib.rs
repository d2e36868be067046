//! The viewer, without a user interface of its own.
//!
//! It has two halves, which talk in [`Command`] and [`Event`] and nothing else:
//! - the page's half: the canvas element, keyboard and pointer;
//! - the session (feature `session`): socket, protocol, pixels and the painting of them. It runs in a worker or,
//!   where a browser has no `OffscreenCanvas`, on the page.

pub mod input;
mod message;
pub mod page;
#[cfg(feature = "session")]
pub mod session;

pub use message::*;
