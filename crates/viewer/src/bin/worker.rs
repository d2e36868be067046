//! The session's wasm module.
//!
//! In a dedicated worker it starts by itself as soon as it is initialised. A page that has no `OffscreenCanvas`
//! imports the same module, initialises it and calls `start_on_page`.

use porthole_viewer::session::{self, Port, Surface};
use wasm_bindgen::prelude::*;
use web_sys::{DedicatedWorkerGlobalScope, HtmlCanvasElement, MessagePort};

/// Runs a session on the page: it hears commands on `port` and paints on `canvas`.
///
/// # Errors
/// What the browser says if the canvas cannot be drawn on.
#[wasm_bindgen]
pub fn start_on_page(port: MessagePort, canvas: HtmlCanvasElement) -> Result<(), JsValue> {
    session::run_on_page(
        JsCast::unchecked_into::<Port>(port),
        JsCast::unchecked_into::<Surface>(canvas),
    )
}

fn main() {
    let scope = js_sys::global();
    if scope.has_type::<DedicatedWorkerGlobalScope>() {
        session::run_in_worker(scope.unchecked_into());
    }
}
