//! Something that is measured once per animation frame.

use std::cell::Cell;
use std::fmt;
use std::rc::Rc;

use super::frame::Frame;

/// What was measured, until the next animation frame. What a page has become since the last one is not painted yet, and to ask
/// for it is to have the page laid out.
pub(super) struct PerFrame<T> {
    measured: Rc<Cell<Option<T>>>,
    frame: Frame,
}

impl<T: Copy + 'static> PerFrame<T> {
    pub(super) fn new() -> Self {
        let measured = Rc::new(Cell::new(None));
        let last = measured.clone();
        Self {
            measured,
            frame: Frame::new(move || last.set(None)),
        }
    }

    /// What was measured, or else is by this.
    pub(super) fn get(&self, measure: impl FnOnce() -> Option<T>) -> Option<T> {
        if self.measured.get().is_none() {
            self.measured.set(measure());
            self.frame.request();
        }
        self.measured.get()
    }

    /// It is to be measured anew.
    pub(super) fn forget(&self) {
        self.measured.set(None);
    }
}

impl<T> fmt::Debug for PerFrame<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PerFrame")
            .field("frame", &self.frame)
            .finish_non_exhaustive()
    }
}
