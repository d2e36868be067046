//! What people do with keyboard and pointer, as state machines without the DOM: events go in as plain values,
//! what is to be sent comes out.

mod action;
mod chord;
mod composition;
mod keyboard;
mod keysym;
mod latches;
mod leaving;
mod motion;
mod names;
mod pasting;
mod pointer;
mod scancode;
mod stroke;
mod text;
mod typing;

pub use action::KeyAction;
pub use chord::chord;
pub use keyboard::{Fate, Response};
pub use latches::{Latch, Latched, Latches};
pub use motion::{Motion, MotionAction};
pub use pointer::{Pointer, PointerAction, WheelUnit};
pub use stroke::{KeyStroke, Locks, Modifiers, Platform};
pub use typing::Typing;
