//! The module's functions that `measure.mjs` calls.

use std::cell::RefCell;

use crate::receiver::{HEIGHT, Receiver, WIDTH, copy};

/// What the calls share.
#[derive(Default)]
struct Shared {
    receiver: Receiver,
    wire: Vec<u8>,
    from: Vec<u8>,
    to: Vec<u8>,
}

thread_local! {
    static SHARED: RefCell<Shared> = RefCell::default();
}

/// Begins a case anew: makes room for so many bytes of the wire and says where.
// SAFETY: no other function has the name.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn begin(length: usize) -> *mut u8 {
    SHARED.with_borrow_mut(|shared| {
        shared.receiver = Receiver::default();
        shared.wire = vec![0; length];
        shared.from = vec![1; WIDTH * HEIGHT * 4];
        shared.to = vec![2; WIDTH * HEIGHT * 4];
        shared.wire.as_mut_ptr()
    })
}

/// Receives what has been put there.
// SAFETY: no other function has the name.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn receive() {
    SHARED.with_borrow_mut(|shared| shared.receiver.receive(&shared.wire));
}

/// Copies a screen's bytes.
// SAFETY: no other function has the name.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn copy_screen() {
    SHARED.with_borrow_mut(|shared| copy(&shared.from, &mut shared.to));
}

/// Where the screen's pixels are.
// SAFETY: no other function has the name.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn pixels() -> *const u8 {
    SHARED.with_borrow(|shared| shared.receiver.pixels().as_ptr())
}
