//! The VMware cursor pseudo-encoding (rfbproto, "VMware Cursor"): a type, then what that type has.

use super::{Cursor, TRANSPARENT, bytes, painted, read};
use crate::geometry::Rect;
use crate::pixel::{self, PixelReader};

/// The type's number and a byte without meaning.
pub(crate) const HEADER: usize = 2;

/// An AND mask of pixels, then an XOR mask of pixels.
pub(crate) const CLASSIC: u8 = 0;
/// R, G, B and alpha for each pixel, not premultiplied.
pub(crate) const ALPHA: u8 = 1;

/// Bytes of a classic cursor's masks.
pub(crate) fn classic_length(rect: Rect, reader: PixelReader<'_>) -> usize {
    rect.area() * reader.bytes() * 2
}

/// Bytes of a cursor with alpha.
pub(crate) fn alpha_length(rect: Rect) -> usize {
    rect.area() * pixel::BYTES
}

pub(crate) fn alpha(rect: Rect, content: &[u8]) -> Cursor {
    painted(rect, &mut |at| bytes(content, at))
}

const BLACK: [u8; pixel::BYTES] = [0, 0, 0, 255];
const WHITE: [u8; pixel::BYTES] = [255; pixel::BYTES];

/// What the screen shows ANDed with the one mask and XORed with the other: where the first is black the second is the
/// colour, where the first is white the second inverts the screen. No local cursor can do that, so inverted pixels are
/// black with an outline of white, which is seen on everything.
pub(crate) fn classic(rect: Rect, content: &[u8], reader: PixelReader<'_>) -> Cursor {
    let (and, xor) = content.split_at_checked(content.len() / 2).unwrap_or_default();
    let black = read(&[0; pixel::BYTES], reader, 0);
    let and = |at| read(and, reader, at);
    let xor = |at| read(xor, reader, at);
    let inverts = |at| and(at) != black && xor(at) != black;
    let (width, height) = (usize::from(rect.width), usize::from(rect.height));
    // Whether a pixel beside or below or above this one, or beside those, inverts.
    let is_outline = |at: usize| {
        let (x, y) = (at % width, at / width);
        (y.saturating_sub(1)..(y + 2).min(height))
            .any(|y| (x.saturating_sub(1)..(x + 2).min(width)).any(|x| inverts(y * width + x)))
    };
    painted(rect, &mut |at| {
        if and(at) == black {
            xor(at)
        } else if inverts(at) {
            BLACK
        } else if is_outline(at) {
            WHITE
        } else {
            TRANSPARENT
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pixel::{PixelFormat, WireFormat};

    const NONE: [u8; 4] = [0; 4];
    const ALL: [u8; 4] = [255, 255, 255, 0];
    const RED: [u8; 4] = [255, 0, 0, 0];

    fn shown(width: u16, masks: &[([u8; 4], [u8; 4])]) -> Vec<[u8; 4]> {
        let rect = Rect::new(0, 0, width, masks.len() as u16 / width);
        let format = WireFormat::default();
        let ands = masks.iter().flat_map(|(and, _)| *and);
        let content: Vec<u8> = ands.chain(masks.iter().flat_map(|(_, xor)| *xor)).collect();
        assert_eq!(content.len(), classic_length(rect, format.pixel()));
        let cursor = classic(rect, &content, format.pixel());
        cursor.rgba.as_chunks().0.to_vec()
    }

    #[test]
    fn masks_make_pixels_coloured_or_transparent() {
        let masks = [(NONE, RED), (NONE, NONE), (ALL, NONE)];
        assert_eq!(shown(3, &masks), [[255, 0, 0, 255], BLACK, TRANSPARENT]);
    }

    #[test]
    fn what_inverts_is_black_with_a_white_outline_that_covers_nothing() {
        let (nothing, inverted, red) = ((ALL, NONE), (ALL, ALL), (NONE, RED));
        let mut masks = [nothing; 20];
        masks[5 + 1] = inverted;
        masks[5 + 2] = red;
        let mut expected = [TRANSPARENT; 20];
        for at in [0, 1, 2, 5, 7, 10, 11, 12] {
            expected[at] = WHITE;
        }
        expected[6] = BLACK;
        expected[7] = [255, 0, 0, 255];
        assert_eq!(shown(5, &masks), expected);
        // At an edge it does not go round to the other side.
        masks = [nothing; 20];
        masks[4] = inverted;
        let white: Vec<usize> = (0..20).filter(|at| shown(5, &masks)[*at] == WHITE).collect();
        assert_eq!(white, [3, 8, 9]);
    }

    #[test]
    fn masks_have_the_formats_pixels() {
        let format = WireFormat::new(PixelFormat::RGB565);
        let rect = Rect::new(0, 0, 2, 1);
        let cursor = classic(rect, &[0, 0, 0xFF, 0xFF, 0x1F, 0, 0, 0], format.pixel());
        assert_eq!(cursor.rgba, [[0, 0, 255, 255], TRANSPARENT].concat());
    }
}
