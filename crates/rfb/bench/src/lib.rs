//! How fast each encoding is decoded: whole 1920x1080 screens through the client's public interface.
//!
//! The same code is measured natively (the program `porthole-rfb-bench`) and as a wasm module that node runs
//! (`measure.mjs`), with the bytes that the program hands it. `cargo xtask bench decode` builds both and shows them side
//! by side.

#![allow(missing_docs, clippy::expect_used, reason = "a benchmark")]

#[cfg(not(target_family = "wasm"))]
pub mod cases;
#[cfg(not(target_family = "wasm"))]
mod encoders;
#[cfg(target_family = "wasm")]
mod exports;
#[cfg(not(target_family = "wasm"))]
pub mod pictures;
pub mod receiver;
