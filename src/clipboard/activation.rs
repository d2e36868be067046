//! Whether somebody is there (HTML, "User activation").

use js_sys::Reflect;
use leptos::prelude::*;
use wasm_bindgen::prelude::*;

/// Whether the browser takes what is done now for somebody's doing.
pub(super) fn is_active() -> bool {
    told("isActive")
}

/// Whether somebody has done something in the page since it was opened.
pub(super) fn has_been_active() -> bool {
    told("hasBeenActive")
}

/// A browser that does not tell may mean it.
fn told(what: &str) -> bool {
    let activation = Reflect::get(&window().navigator(), &"userActivation".into());
    let told = activation.and_then(|activation| Reflect::get(&activation, &what.into()));
    told.map_or(true, |told| told != JsValue::FALSE)
}
