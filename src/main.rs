//! The page: the viewer with a user interface around it.
//!
//! Elements are made by Leptos's builder and not by its `view!` macro: the macro makes static parts by
//! `innerHTML`, which Trusted Types forbid.

mod address;
mod app;
mod bar;
mod clipboard;
mod debug;
mod element;
mod icons;
mod password;
mod phase;
mod session;
mod settings;
mod status;

use wasm_bindgen::JsCast;
use web_sys::DedicatedWorkerGlobalScope;

/// Runs on the page and, the same module, in the worker that the page starts.
fn main() {
    let scope = js_sys::global();
    if scope.has_type::<DedicatedWorkerGlobalScope>() {
        return porthole_viewer::session::run_in_worker(scope.unchecked_into());
    }
    // What the document shows while this module loads has done its service.
    if let Some(loading) = leptos::prelude::document().get_element_by_id("loading") {
        loading.remove();
    }
    leptos::mount::mount_to_body(app::app);
}
