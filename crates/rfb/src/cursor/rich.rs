//! The Cursor pseudo-encoding (RFC 6143, 7.8.1): pixels, then a mask with a bit for each, of which a set one makes the
//! pixel visible.

use super::{Cursor, TRANSPARENT, bit, mask_length, painted};
use crate::geometry::Rect;
use crate::pixel::PixelReader;

/// Bytes on the wire.
pub(crate) fn length(rect: Rect, reader: PixelReader<'_>) -> usize {
    rect.area() * reader.bytes() + mask_length(rect)
}

pub(crate) fn read(rect: Rect, content: &[u8], reader: PixelReader<'_>) -> Cursor {
    let (pixels, mask) = content
        .split_at_checked(rect.area() * reader.bytes())
        .unwrap_or_default();
    painted(rect, &mut |at| {
        if bit(rect, mask, at) {
            super::read(pixels, reader, at)
        } else {
            TRANSPARENT
        }
    })
}
