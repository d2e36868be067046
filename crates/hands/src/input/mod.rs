//! What people do with keyboard and pointer, as state machines without the DOM: events go in as plain values,
//! what is to be sent comes out.

mod action;
mod chord;
mod combination;
mod composition;
mod dead;
mod gesture;
mod gestures;
mod keyboard;
mod keysym;
mod latches;
mod leaving;
mod motion;
mod names;
mod opening;
mod page_zoom;
mod pasting;
mod place;
mod pointer;
mod scancode;
mod stroke;
mod text;
mod touchscreen;
mod trackpad;
mod typing;
mod wheel;

pub use action::KeyAction;
pub use chord::chord;
pub use combination::{Named, combination};
pub use gesture::{Gesture, Phase, Point};
pub use gestures::Gestures;
pub use keyboard::{Fate, Response};
pub use latches::{Latch, Latched, Latches};
pub use motion::{Motion, MotionAction};
pub use page_zoom::PageZoom;
pub use place::Place;
pub use pointer::{Pointer, PointerAction};
pub use stroke::{KeyStroke, Locks, Modifiers, Platform};
pub use text::strokes;
pub use touchscreen::{Act, Surroundings, Touchscreen, looking};
pub use trackpad::Trackpad;
pub use typing::Typing;
pub use wheel::{Turn, WheelUnit};
