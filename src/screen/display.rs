//! The display that the window is on: how fine its pixels are.

use leptos::prelude::*;
use wasm_bindgen::prelude::*;

use crate::session::Session;

/// Follows the display's pixels: of the window's size the viewer takes note by itself.
pub(super) fn start(session: Session) {
    // For as long as the page is there.
    let _ = window_event_listener_untyped("resize", move |_| session.refit());
    watch(session);
}

/// A window that is moved to another display keeps its size, and the browser tells only who asks about this very ratio.
fn watch(session: Session) {
    let ratio = js_sys::Number::from(window().device_pixel_ratio()).to_string_with_radix(10);
    let Ok(ratio) = ratio else { return };
    let query = ["(resolution: ", &String::from(ratio), "dppx)"].concat();
    let Ok(Some(query)) = window().match_media(&query) else {
        return;
    };
    let kept = query.clone();
    let changed = Closure::once_into_js(move || {
        kept.set_onchange(None);
        session.refit();
        watch(session);
    });
    query.set_onchange(Some(changed.unchecked_ref()));
}
