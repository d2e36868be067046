//! The Cursor with alpha pseudo-encoding (rfbproto, "Cursor With Alpha"): the number of an encoding, then pixels in it:
//! R, G, B and alpha, a byte each, the colours multiplied by alpha.

use super::{Cursor, bytes, painted};
use crate::framebuffer::Framebuffer;
use crate::geometry::Rect;

/// From the pixels as they were decoded.
pub(crate) fn read(rect: Rect, pixels: &Framebuffer) -> Cursor {
    painted(rect, &mut |at| unmultiplied(bytes(pixels.bytes(), at)))
}

fn unmultiplied([r, g, b, alpha]: [u8; 4]) -> [u8; 4] {
    // Rounded to the nearest. A colour that is more than its alpha was not multiplied, and is as bright as can be.
    let of = |colour: u8| match u16::from(alpha) {
        0 => 0,
        alpha => ((u16::from(colour) * 255 + alpha / 2) / alpha).min(255) as u8,
    };
    [of(r), of(g), of(b), alpha]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_divided_by_their_alpha() {
        assert_eq!(unmultiplied([1, 128, 255, 255]), [1, 128, 255, 255]);
        assert_eq!(unmultiplied([64, 128, 0, 128]), [128, 255, 0, 128]);
        assert_eq!(unmultiplied([1, 0, 2, 2]), [128, 0, 255, 2]);
        assert_eq!(unmultiplied([9, 9, 9, 0]), [0, 0, 0, 0]);
        assert_eq!(unmultiplied([200, 10, 255, 10]), [255, 255, 255, 10]);
    }
}
