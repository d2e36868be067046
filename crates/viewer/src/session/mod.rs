//! The session: socket, protocol, pixels, and the painting of them.
//!
//! It runs in a worker ([`run_in_worker`]) or on the page, hears [`crate::Command`]s on a port
//! and tells [`crate::Event`]s on it. `link` is a connection without its socket and clock, and holds all the decisions;
//! `runtime` joins it to the browser.

mod ending;
mod latency;
mod link;
mod login;
mod meter;
mod presenter;
mod probe;
mod quality;
mod runtime;
mod scope;
mod socket;
mod video;

use wasm_bindgen::prelude::*;

pub use runtime::run_in_worker;
pub(crate) use runtime::run_on_page;
pub(crate) use scope::Port;

/// What a thrown value says.
pub(crate) fn words(error: &JsValue) -> String {
    match error.dyn_ref::<js_sys::Error>() {
        Some(error) => String::from(error.message()),
        None => error.as_string().unwrap_or_default(),
    }
}
