//! Types a text as somebody would: a character at a time, since keyboards are slow and machines rely on it.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::fmt;
use std::rc::{Rc, Weak};

use super::timer::Timer;
use crate::input::{KeyAction, strokes};

/// Between two characters, in milliseconds. QEMU gives its machine an event every 10, and keeps what comes faster for a
/// while; a character has two to four.
const PAUSE: f64 = 25.0;

/// What is left to type.
#[derive(Debug)]
pub(super) struct Typist(Rc<Desk>);

struct Desk {
    left: RefCell<VecDeque<Vec<KeyAction>>>,
    timer: Timer,
    /// Is given the next keys, and how many characters are left behind them.
    write: Box<dyn Fn(Vec<KeyAction>, usize)>,
}

impl Typist {
    pub(super) fn new(write: impl Fn(Vec<KeyAction>, usize) + 'static) -> Self {
        Self(Rc::new_cyclic(|me: &Weak<Desk>| {
            let me = me.clone();
            Desk {
                left: RefCell::default(),
                timer: Timer::new(move || {
                    if let Some(desk) = me.upgrade() {
                        desk.next();
                    }
                }),
                write: Box::new(write),
            }
        }))
    }

    /// Begins with this, in place of what is left of another.
    pub(super) fn begin(&self, text: &str) {
        self.0.left.replace(strokes(text).collect());
        self.0.next();
    }

    /// Leaves it at that.
    pub(super) fn stop(&self) {
        self.0.timer.set(None);
        if !self.0.left.take().is_empty() {
            (self.0.write)(Vec::new(), 0);
        }
    }
}

impl Desk {
    fn next(&self) {
        let mut left = self.left.borrow_mut();
        let Some(stroke) = left.pop_front() else { return };
        let count = left.len();
        drop(left);
        self.timer.set((count > 0).then_some(PAUSE));
        (self.write)(stroke, count);
    }
}

impl fmt::Debug for Desk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Desk")
            .field("left", &self.left.borrow().len())
            .finish_non_exhaustive()
    }
}
