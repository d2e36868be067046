//! Clipboards: the desktop's and this computer's, and the panel for what does not go by itself.

mod dib;
mod exchange;
mod panel;
mod picture;
mod policy;
mod read;
mod share;
mod words;
mod write;

pub(crate) use panel::panel;
use porthole_viewer::Clipboard;
pub(crate) use share::{Clipboards, copy, heard, pasted, send, start};
pub(crate) use words::words;

/// Plain text and nothing else.
pub(crate) fn plain(text: String) -> Clipboard {
    Clipboard {
        text: Some(text),
        ..Clipboard::default()
    }
}
