//! The decoders of RFB's encodings, and the framebuffer that they decode into: the part of the client that is compiled
//! for speed, where the protocol around it is compiled for size.
//!
//! It is the `porthole-rfb` crate's: what of it is for others is exported there.

#![forbid(unsafe_code)]

pub mod encoding;
pub mod encodings;
pub mod error;
pub mod framebuffer;
pub mod geometry;
pub mod input;
pub mod limits;
pub mod pixel;
