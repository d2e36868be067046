//! RRE (RFC 6143, 7.7.3): a background and rectangles of one colour on it.

use super::{Decoder, Progress};
use crate::error::DecodeError;
use crate::framebuffer::Framebuffer;
use crate::geometry::Rect;
use crate::input::{Input, u16_at};
use crate::limits::Limits;
use crate::pixel;

/// Number of subrectangles and the background's pixel.
const HEADER: usize = 4 + pixel::BYTES;
/// A pixel, x, y, width and height.
const SUBRECTANGLE: usize = pixel::BYTES + 8;

#[derive(Debug, Default)]
pub(crate) struct Rre {
    rect: Rect,
    /// How many subrectangles are still to come; `None` until the header is there.
    left: Option<u32>,
}

impl Decoder for Rre {
    fn begin(&mut self, rect: Rect) {
        *self = Self { rect, left: None };
    }

    fn decode(
        &mut self,
        input: &mut Input<'_>,
        framebuffer: &mut Framebuffer,
        _: &Limits,
    ) -> Result<Progress, DecodeError> {
        let left = match &mut self.left {
            Some(left) => left,
            left => {
                let Some(header) = input.array::<HEADER>() else {
                    return Ok(Progress::NeedMore);
                };
                let [n0, n1, n2, n3, background @ ..] = header;
                framebuffer.fill(self.rect, pixel::from_wire(background));
                left.insert(u32::from_be_bytes([n0, n1, n2, n3]))
            }
        };
        while *left > 0 {
            let Some(subrectangle) = input.array::<SUBRECTANGLE>() else {
                return Ok(Progress::NeedMore);
            };
            let [p0, p1, p2, p3, place @ ..] = subrectangle;
            let part = Rect::new(
                u16_at(&place, 0),
                u16_at(&place, 2),
                u16_at(&place, 4),
                u16_at(&place, 6),
            );
            if !part.fits(self.rect.size()) {
                return Err(DecodeError::OutsideRectangle {
                    what: "subrectangle",
                    part,
                });
            }
            let placed = Rect {
                x: self.rect.x + part.x,
                y: self.rect.y + part.y,
                ..part
            };
            framebuffer.fill(placed, pixel::from_wire([p0, p1, p2, p3]));
            *left -= 1;
        }
        Ok(Progress::Complete)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{BEFORE, decode, size};
    use super::*;
    use crate::pixel::rgb;

    #[test]
    fn subrectangles_lie_on_the_background_the_later_above() {
        let wire = [
            &[0, 0, 0, 2, 1, 1, 1, 0][..],
            &[2, 2, 2, 0, 0, 0, 0, 0, 0, 2, 0, 1],
            &[3, 3, 3, 0, 0, 1, 0, 0, 0, 1, 0, 2],
        ]
        .concat();
        let pixels = decode::<Rre>(size(4, 3), &[(Rect::new(1, 1, 3, 2), &wire)]);
        let [a, b, c] = [1, 2, 3].map(|grey| rgb(grey, grey, grey));
        let o = BEFORE;
        assert_eq!(pixels, Ok(vec![o, o, o, o, o, b, c, a, o, a, c, a]));
    }

    #[test]
    fn a_subrectangle_beyond_its_rectangle_is_an_error() {
        for (x, y, width, height) in [(2, 0, 1, 1), (0, 2, 1, 1), (1, 1, 2, 1), (65_535, 0, 65_535, 1)] {
            let part = Rect::new(x, y, width, height);
            let mut wire = vec![0, 0, 0, 1, 1, 1, 1, 0, 2, 2, 2, 0];
            for number in [x, y, width, height] {
                wire.extend_from_slice(&number.to_be_bytes());
            }
            let pixels = decode::<Rre>(size(9, 9), &[(Rect::new(0, 0, 2, 2), &wire)]);
            let what = "subrectangle";
            assert_eq!(pixels, Err(DecodeError::OutsideRectangle { what, part }));
        }
    }

    #[test]
    fn an_empty_rectangle_still_has_a_header() {
        let pixels = decode::<Rre>(size(1, 1), &[(Rect::default(), &[0, 0, 0, 0, 1, 2, 3, 4])]);
        assert_eq!(pixels, Ok(vec![BEFORE]));
    }
}
