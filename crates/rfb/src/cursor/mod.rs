//! The cursor's shape, and a module for each form in which it comes.

pub(crate) mod alpha;
pub(crate) mod rich;
pub(crate) mod vmware;
pub(crate) mod x_cursor;

use crate::geometry::{Rect, Size};
use crate::pixel;

/// A cursor that the server sent, to be drawn by the client at the pointer's place.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cursor {
    /// Its size; one without pixels means that no cursor is shown.
    pub size: Size,
    /// The pixel that is at the pointer's place, from the upper left corner.
    pub hotspot: (u16, u16),
    /// Its pixels, row by row: four bytes each, R, G, B and alpha, not premultiplied.
    pub rgba: Vec<u8>,
}

impl Cursor {
    /// A rectangle's size and, in place of its corner, the hot spot; and the pixels.
    fn new(rect: Rect, rgba: Vec<u8>) -> Self {
        Self {
            size: rect.size(),
            hotspot: (rect.x, rect.y),
            rgba,
        }
    }
}

const TRANSPARENT: [u8; pixel::BYTES] = [0; pixel::BYTES];

/// Bytes of a mask with a bit for each pixel, whose rows begin with a new byte.
fn mask_length(rect: Rect) -> usize {
    usize::from(rect.width).div_ceil(8) * usize::from(rect.height)
}

/// The bits of such a mask, row by row.
fn bits(rect: Rect, mask: &[u8]) -> impl Iterator<Item = bool> {
    let width = usize::from(rect.width);
    // A mask without bytes has no rows either.
    mask.chunks_exact(width.div_ceil(8).max(1)).flat_map(move |row| {
        (0..width).map(move |x| row.get(x / 8).is_some_and(|byte| byte << (x % 8) & 0x80 != 0))
    })
}
