//! Drawing: an anti-aliased canvas with a clip, text from the embedded fonts, and the theme's colours.
//!
//! Every shape computes a pixel from that pixel's own position alone. Repainting any part of the desktop
//! therefore gives exactly the pixels that repainting all of it would give.

mod canvas;
mod colour;
mod font;
mod frame;
pub(crate) mod theme;

pub(crate) use canvas::Canvas;
pub(crate) use colour::Colour;
pub(crate) use font::{Face, GlyphCache, TextStyle};
pub(crate) use frame::Frame;
