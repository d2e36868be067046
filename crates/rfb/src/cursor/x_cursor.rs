//! The XCursor pseudo-encoding (rfbproto, "X Cursor"): two colours, a bitmap that chooses between them, and a mask.

use super::{Cursor, TRANSPARENT, bit, mask_length, painted};
use crate::geometry::Rect;

/// R, G, B of both colours.
const COLOURS: usize = 6;

/// Bytes on the wire. A cursor without pixels has no colours either.
pub(crate) fn length(rect: Rect) -> usize {
    if rect.is_empty() {
        0
    } else {
        COLOURS + 2 * mask_length(rect)
    }
}

pub(crate) fn read(rect: Rect, content: &[u8]) -> Cursor {
    let (&[r1, g1, b1, r2, g2, b2], bitmap_and_mask) = content
        .split_first_chunk::<COLOURS>()
        .unwrap_or((&[0; COLOURS], &[]));
    let (bitmap, mask) = bitmap_and_mask
        .split_at_checked(mask_length(rect))
        .unwrap_or_default();
    painted(
        rect,
        &mut |at| match (bit(rect, mask, at), bit(rect, bitmap, at)) {
            (false, _) => TRANSPARENT,
            (true, true) => [r1, g1, b1, 255],
            (true, false) => [r2, g2, b2, 255],
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bitmap_chooses_one_of_two_colours_and_the_mask_what_is_seen() {
        // Nine pixels wide: two bytes a row. What is beyond the ninth bit has no meaning.
        let rect = Rect::new(3, 1, 9, 1);
        let content = [1, 2, 3, 4, 5, 6, 0b1010_0000, 0xFF, 0b1100_0000, 0xFF];
        assert_eq!(length(rect), content.len());
        let cursor = read(rect, &content);
        assert_eq!((cursor.size, cursor.hotspot), (rect.size(), (3, 1)));
        let (primary, secondary) = ([1, 2, 3, 255], [4, 5, 6, 255]);
        let mut expected = [TRANSPARENT; 9];
        (expected[0], expected[1], expected[8]) = (primary, secondary, primary);
        assert_eq!(cursor.rgba, expected.concat());
    }

    #[test]
    fn a_cursor_without_pixels_has_no_colours() {
        for rect in [Rect::new(0, 0, 0, 5), Rect::new(0, 0, 5, 0)] {
            assert_eq!(length(rect), 0);
            assert_eq!(read(rect, &[]).rgba, []);
        }
    }
}
