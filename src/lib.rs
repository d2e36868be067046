//! What the pages have in common: the viewer's (`main.rs`) and the dashboard's (`dashboard/`), each of which is a wasm
//! module of its own.
//!
//! Elements are made by Leptos's builder and not by its `view!` macro: the macro makes static parts by
//! `innerHTML`, which Trusted Types forbid.

pub mod dialog;
pub mod drawing;
pub mod element;
