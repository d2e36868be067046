//! What people do with keyboard and pointer, as state machines without the DOM: events go in as plain values,
//! what is to be sent comes out.

mod keyboard;
mod keysym;
mod pointer;

pub use keyboard::{KeyAction, KeyStroke, Keyboard, Modifiers, Platform};
pub use pointer::{Pointer, PointerAction, WheelUnit};
