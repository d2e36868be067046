//! The cursor's shape, and a module for each form in which it comes.

pub(crate) mod alpha;
pub(crate) mod rich;
pub(crate) mod vmware;
pub(crate) mod x_cursor;

use crate::geometry::{Rect, Size};
use crate::pixel::{self, PixelReader};

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

const TRANSPARENT: [u8; pixel::BYTES] = [0; pixel::BYTES];

/// Makes a cursor of a rectangle's size, and of its corner, which is the hot spot, and of the colour that each pixel is
/// said to have. All forms share this one loop, and the code of it.
#[inline(never)]
fn painted(rect: Rect, colour: &mut dyn FnMut(usize) -> [u8; pixel::BYTES]) -> Cursor {
    let mut rgba = vec![0; rect.area() * pixel::BYTES];
    for (at, pixel) in rgba.as_chunks_mut().0.iter_mut().enumerate() {
        *pixel = colour(at);
    }
    Cursor {
        size: rect.size(),
        hotspot: (rect.x, rect.y),
        rgba,
    }
}

/// Bytes of a mask with a bit for each pixel, whose rows begin with a new byte.
fn mask_length(rect: Rect) -> usize {
    usize::from(rect.width).div_ceil(8) * usize::from(rect.height)
}

/// The bit of a pixel in such a mask.
#[inline(never)]
fn bit(rect: Rect, mask: &[u8], at: usize) -> bool {
    let width = usize::from(rect.width).max(1);
    let (row, column) = (at / width, at % width);
    mask.get(row * width.div_ceil(8) + column / 8)
        .is_some_and(|byte| byte << (column % 8) & 0x80 != 0)
}

/// A pixel of the connection's format in a row of them.
#[inline(never)]
fn read(pixels: &[u8], reader: PixelReader<'_>, at: usize) -> [u8; pixel::BYTES] {
    let pixel = pixels.get(at * reader.bytes()..).unwrap_or_default();
    reader.read(pixel).to_ne_bytes()
}

/// Four bytes of a row of them.
fn bytes(pixels: &[u8], at: usize) -> [u8; pixel::BYTES] {
    pixels.as_chunks().0.get(at).copied().unwrap_or(TRANSPARENT)
}
