//! How many browsers run at a time.

use std::sync::{Condvar, Mutex};

/// So many at a time: more of them on few cores are slow enough to look broken.
pub(super) const BROWSERS: usize = 2;

static FREE: (Mutex<usize>, Condvar) = (Mutex::new(BROWSERS), Condvar::new());

/// The right to run this many browsers at once.
#[derive(Debug)]
pub(super) struct Permit(pub(super) usize);

impl Permit {
    pub(super) fn wait_for(count: usize) -> Self {
        let mut free = FREE.0.lock().unwrap();
        while *free < count {
            free = FREE.1.wait(free).unwrap();
        }
        *free -= count;
        Self(count)
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        *FREE.0.lock().unwrap() += self.0;
        FREE.1.notify_all();
    }
}
