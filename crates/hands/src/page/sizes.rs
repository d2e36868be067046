//! Whether elements have another size.

use std::fmt;

use wasm_bindgen::prelude::*;
use web_sys::{Element, ResizeObserver};

/// Elements that are watched.
pub(super) struct Sizes {
    observer: ResizeObserver,
    _callback: Closure<dyn FnMut()>,
}

impl Sizes {
    /// Calls `changed` when one of those that are watched has another size.
    pub(super) fn new(changed: impl Fn() + 'static) -> Result<Self, JsValue> {
        let callback = Closure::<dyn FnMut()>::new(changed);
        Ok(Self {
            observer: ResizeObserver::new(callback.as_ref().unchecked_ref())?,
            _callback: callback,
        })
    }

    pub(super) fn watch(&self, element: &Element) {
        self.observer.observe(element);
    }
}

impl Drop for Sizes {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}

impl fmt::Debug for Sizes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sizes").finish_non_exhaustive()
    }
}
