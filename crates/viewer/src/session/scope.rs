//! What a worker's global scope and a page's window have in common, so that the session need not know in which
//! of them it runs.

use js_sys::{Function, JsString, Promise, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::{ImageData, Performance};

#[wasm_bindgen]
extern "C" {
    /// The global scope: `DedicatedWorkerGlobalScope` or `Window`.
    #[derive(Debug, Clone)]
    pub(super) type Scope;

    #[wasm_bindgen(method, getter)]
    pub(super) fn performance(this: &Scope) -> Performance;

    #[wasm_bindgen(method, js_name = setTimeout)]
    pub(super) fn set_timeout(this: &Scope, callback: &Function, milliseconds: i32) -> i32;

    #[wasm_bindgen(method, js_name = clearTimeout)]
    pub(super) fn clear_timeout(this: &Scope, timer: i32);

    #[wasm_bindgen(method, catch, js_name = requestAnimationFrame)]
    pub(super) fn request_animation_frame(this: &Scope, callback: &Function) -> Result<i32, JsValue>;

    #[wasm_bindgen(method, getter)]
    fn navigator(this: &Scope) -> Navigator;

    #[wasm_bindgen(method)]
    pub(super) fn fetch(this: &Scope, url: &str, options: &JsValue) -> Promise;

    /// Loads a part of the viewer: `worker.js` and `boot.js` define it, `parts.js` has the list.
    #[wasm_bindgen(method, catch, js_name = portholePart)]
    pub(super) fn part(this: &Scope, name: &str) -> Result<Promise, JsValue>;

    /// `WorkerNavigator` or `Navigator`.
    type Navigator;

    #[wasm_bindgen(method, getter, js_name = userAgent)]
    fn user_agent(this: &Navigator) -> JsString;

    /// Where messages of the page come from and go to: the worker's scope, or a `MessagePort`.
    #[derive(Debug, Clone)]
    pub(crate) type Port;

    #[wasm_bindgen(method, catch, js_name = postMessage)]
    pub(crate) fn post_message(this: &Port, message: &JsValue, transfer: &JsValue) -> Result<(), JsValue>;

    #[wasm_bindgen(method, setter, js_name = onmessage)]
    pub(super) fn set_onmessage(this: &Port, handler: Option<&Function>);

    /// What is painted on: an `OffscreenCanvas` or an `HTMLCanvasElement`.
    #[derive(Debug, Clone)]
    pub(crate) type Surface;

    #[wasm_bindgen(method, setter)]
    pub(super) fn set_width(this: &Surface, width: u32);

    #[wasm_bindgen(method, setter)]
    pub(super) fn set_height(this: &Surface, height: u32);

    #[wasm_bindgen(method, catch, js_name = getContext)]
    pub(super) fn get_context(
        this: &Surface,
        kind: &str,
        options: &JsValue,
    ) -> Result<Option<Context>, JsValue>;

    /// Its 2D context.
    #[derive(Debug, Clone)]
    pub(super) type Context;

    #[wasm_bindgen(method, catch, js_name = putImageData)]
    #[allow(clippy::too_many_arguments, reason = "the browser's signature")]
    pub(super) fn put_image_data(
        this: &Context,
        image: &ImageData,
        x: i32,
        y: i32,
        dirty_x: i32,
        dirty_y: i32,
        dirty_width: i32,
        dirty_height: i32,
    ) -> Result<(), JsValue>;
}

impl Scope {
    /// The scope that this code runs in.
    pub(super) fn current() -> Self {
        js_sys::global().unchecked_into()
    }

    /// Whether videos can be decoded here: it takes WebCodecs, and a canvas to have their colours converted.
    pub(super) fn can_decode_video(&self) -> bool {
        ["VideoDecoder", "OffscreenCanvas"]
            .iter()
            .all(|name| Reflect::has(self, &JsValue::from_str(name)).unwrap_or(false))
    }

    /// Whether this is WebKit on Linux (WebKitGTK, WPE).
    pub(super) fn is_webkit_on_linux(&self) -> bool {
        let agent = self.navigator().user_agent();
        let has = |name: &str| agent.includes(name, 0);
        has("AppleWebKit/") && has("Linux") && !has("Chrome/")
    }

    /// Milliseconds of a steady clock.
    pub(super) fn now(&self) -> f64 {
        self.performance().now()
    }
}
