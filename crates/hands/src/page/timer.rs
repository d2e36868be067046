//! Something to be done at a time, which may change.

use std::cell::Cell;
use std::fmt;
use std::rc::Rc;

use porthole_viewer::page::window;
use wasm_bindgen::prelude::*;

/// What is done, and the browser's timer for it.
pub(super) struct Timer {
    callback: Closure<dyn FnMut()>,
    timer: Rc<Cell<Option<i32>>>,
}

impl Timer {
    pub(super) fn new(act: impl Fn() + 'static) -> Self {
        let timer = Rc::new(Cell::new(None));
        let fired = timer.clone();
        Self {
            callback: Closure::new(move || {
                fired.set(None);
                act();
            }),
            timer,
        }
    }

    /// Has it done after so many milliseconds, and not when it was to be before; or not at all.
    pub(super) fn set(&self, after: Option<f64>) {
        let Ok(window) = window() else { return };
        if let Some(timer) = self.timer.take() {
            window.clear_timeout_with_handle(timer);
        }
        if let Some(after) = after {
            let callback = self.callback.as_ref().unchecked_ref();
            // Casting saturates. A timer never fires too early for a time that is rounded up.
            let after = after.ceil() as i32;
            self.timer.set(
                window
                    .set_timeout_with_callback_and_timeout_and_arguments_0(callback, after)
                    .ok(),
            );
        }
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        self.set(None);
    }
}

impl fmt::Debug for Timer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Timer")
            .field("timer", &self.timer)
            .finish_non_exhaustive()
    }
}
