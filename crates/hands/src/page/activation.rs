//! Whether somebody is there (HTML, "User activation").

use js_sys::Reflect;
use porthole_viewer::page::window;
use wasm_bindgen::prelude::*;

/// Whether the browser takes what is done now for somebody's doing.
#[must_use]
pub fn is_active() -> bool {
    told("isActive")
}

/// Whether somebody has done something in the page since it was opened.
#[must_use]
pub fn has_been_active() -> bool {
    told("hasBeenActive")
}

/// A browser that does not tell may mean it.
fn told(what: &str) -> bool {
    let navigator = window().map(|window| window.navigator());
    let activation = navigator.and_then(|navigator| Reflect::get(&navigator, &"userActivation".into()));
    let told = activation.and_then(|activation| Reflect::get(&activation, &what.into()));
    told.map_or(true, |told| told != JsValue::FALSE)
}
