//! The page's clock.

use js_sys::Promise;
use leptos::prelude::window;
use wasm_bindgen_futures::JsFuture;

/// Milliseconds since some time or other.
pub(crate) fn now() -> f64 {
    window()
        .performance()
        .map(|performance| performance.now())
        .unwrap_or_default()
}

/// Waits for this many milliseconds.
pub(crate) async fn sleep(milliseconds: i32) {
    let elapsed = Promise::new(&mut |resolve, _| {
        let set = window().set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, milliseconds);
        if set.is_err() {
            // Waiting no longer is better than waiting for ever.
            let _ = resolve.call0(&wasm_bindgen::JsValue::UNDEFINED);
        }
    });
    // It is never rejected.
    let _ = JsFuture::from(elapsed).await;
}
