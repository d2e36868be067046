//! An event listener that is gone when it is dropped.

use wasm_bindgen::convert::FromWasmAbi;
use wasm_bindgen::prelude::*;
use web_sys::{AddEventListenerOptions, EventTarget};

/// An event listener.
#[derive(Debug)]
pub struct Listener {
    target: EventTarget,
    name: &'static str,
    callback: JsValue,
    _closure: Box<dyn std::any::Any>,
}

impl Listener {
    /// Listens for `name` on `target`. The listener may prevent what the browser would do.
    pub fn new<E: FromWasmAbi + 'static>(
        target: &EventTarget,
        name: &'static str,
        handler: impl FnMut(E) + 'static,
    ) -> Self {
        let closure = Closure::<dyn FnMut(E)>::new(handler);
        let callback: JsValue = closure.as_ref().clone();
        let options = AddEventListenerOptions::new();
        options.set_passive(false);
        // Fails only for a callback that is none.
        let _ = target.add_event_listener_with_callback_and_add_event_listener_options(
            name,
            callback.unchecked_ref(),
            &options,
        );
        Self {
            target: target.clone(),
            name,
            callback,
            _closure: Box::new(closure),
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _ = self
            .target
            .remove_event_listener_with_callback(self.name, self.callback.unchecked_ref());
    }
}
