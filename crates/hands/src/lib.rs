//! What hands do at a desktop that the viewer shows: keys, pointer, and the cursor that follows it.
//!
//! [`input`] has the state machines, which know nothing of the DOM; [`Hands`] listens to the page for them and says what
//! comes of it in the viewer's [`Command`](porthole_viewer::Command)s. Nobody types before there is a frame, so all of this
//! is part of the user interface's module, and not of the viewer's.

pub mod input;
mod page;

pub use page::{Hands, Pasting, View, activation, point};
