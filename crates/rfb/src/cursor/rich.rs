//! The Cursor pseudo-encoding (RFC 6143, 7.8.1): pixels, then a mask with a bit for each, of which a set one makes the
//! pixel visible.

use super::{Cursor, TRANSPARENT, bits, mask_length};
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
    let rgba = pixels
        .chunks_exact(reader.bytes())
        .zip(bits(rect, mask))
        .flat_map(|(wire, is_visible)| {
            if is_visible {
                reader.read(wire).to_ne_bytes()
            } else {
                TRANSPARENT
            }
        });
    Cursor::new(rect, rgba.collect())
}
