//! Something to be done in the next animation frame, once.

use std::cell::Cell;
use std::fmt;
use std::rc::Rc;

use porthole_viewer::page::window;
use wasm_bindgen::prelude::*;

/// What is done, and whether the frame has been asked for.
pub(super) struct Frame {
    callback: Closure<dyn FnMut()>,
    requested: Rc<Cell<bool>>,
}

impl Frame {
    pub(super) fn new(act: impl Fn() + 'static) -> Self {
        let requested = Rc::new(Cell::new(false));
        let asked = requested.clone();
        Self {
            callback: Closure::new(move || {
                asked.set(false);
                act();
            }),
            requested,
        }
    }

    /// Whether it is to be done in the next frame.
    pub(super) fn is_requested(&self) -> bool {
        self.requested.get()
    }

    /// Has it done in the next frame.
    pub(super) fn request(&self) {
        let callback = self.callback.as_ref().unchecked_ref();
        if !self.requested.get()
            && window()
                .and_then(|window| window.request_animation_frame(callback))
                .is_ok()
        {
            self.requested.set(true);
        }
    }
}

impl fmt::Debug for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Frame")
            .field("requested", &self.requested)
            .finish_non_exhaustive()
    }
}
