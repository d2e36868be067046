//! What people do with keyboard and pointer, as state machines without the DOM: events go in as plain values,
//! what is to be sent comes out.

mod chord;
mod keyboard;
mod keysym;
mod motion;
mod pointer;
mod scancode;

pub use chord::chord;
pub use keyboard::{KeyAction, KeyStroke, Keyboard, Locks, Modifiers, Platform};
pub use motion::{Motion, MotionAction};
pub use pointer::{Pointer, PointerAction, WheelUnit};
