//! The user interface around the viewer: a wasm module of its own, which the page does not wait for.

mod app;
mod bar;
mod clipboard;
mod credentials;
mod debug;
mod doctor;
mod embedding;
mod focus;
mod icons;
mod keys;
mod mouse;
mod panel;
mod phase;
mod power;
mod remembering;
mod retry;
mod screen;
mod server_key;
mod session;
mod settings;
mod status;
mod touch;
mod viewer;

use porthole::{dialog, drawing, element};
use wasm_bindgen::prelude::*;

/// The module does nothing before [`start`].
fn main() {}

/// Puts the user interface around a viewer that is there already, and may be showing a desktop.
///
/// # Errors
/// What is missing in the page.
#[wasm_bindgen]
pub fn start(page: viewer::Page) -> Result<(), JsValue> {
    app::mount(page)
}
