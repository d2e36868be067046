//! The viewer, without a user interface of its own.
//!
//! It has two halves, which talk in [`Command`] and [`Event`] and nothing else:
//! - the page's half: the canvas element and where it stands; what hands do at it is the crate `porthole-hands`;
//! - the session: socket, protocol, pixels and the painting of them. It runs in a worker or,
//!   where a browser has no `OffscreenCanvas`, on the page.
//!
//! Both are in one wasm module (`bin/viewer.rs`): the page compiles it, and its worker runs the same one.

mod message;
pub mod page;
pub mod session;
pub mod settings;

pub use message::*;
