//! RRE (RFC 6143, 7.7.3) and CoRRE: a background and rectangles of one colour on it.

use super::{Context, Decoder, ENOUGH, Progress};
use crate::error::DecodeError;
use crate::framebuffer::Framebuffer;
use crate::geometry::Rect;
use crate::input::Input;

/// RRE: x, y, width and height have two bytes each.
pub(crate) type Rre = Rectangles<8>;

/// CoRRE (rfbproto, "CoRRE Encoding"): the same in one byte each.
pub(crate) type CoRre = Rectangles<4>;

/// Either of them; `PLACE` is how many bytes x, y, width and height have together.
#[derive(Debug, Default)]
pub(crate) struct Rectangles<const PLACE: usize> {
    rect: Rect,
    /// How many subrectangles are still to come; `None` until the header is there.
    left: Option<u32>,
}

impl<const PLACE: usize> Decoder for Rectangles<PLACE> {
    fn begin(&mut self, rect: Rect) {
        *self = Self { rect, left: None };
    }

    fn decode(
        &mut self,
        input: &mut Input<'_>,
        framebuffer: &mut Framebuffer,
        context: &Context<'_>,
    ) -> Result<Progress, DecodeError> {
        let reader = context.format.pixel();
        let left = match &mut self.left {
            Some(left) => left,
            left => {
                let Some((count, background)) =
                    input.take(4 + reader.bytes()).and_then(<[u8]>::split_first_chunk)
                else {
                    return Ok(Progress::NeedMore);
                };
                framebuffer.fill(self.rect, reader.read(background));
                left.insert(u32::from_be_bytes(*count))
            }
        };
        let (mut drawn, mut done) = (0, 0);
        // The whole ones that have arrived, without looking at the input for each.
        let record = reader.bytes() + PLACE;
        for bytes in input.peek().chunks_exact(record).take(*left as usize) {
            if drawn > ENOUGH {
                break;
            }
            let Some((colour, place)) = bytes.split_last_chunk() else {
                break;
            };
            let part = part::<PLACE>(place);
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
            framebuffer.fill(placed, reader.read(colour));
            drawn += placed.area();
            done += 1;
        }
        input.take_up_to(done * record);
        // No more than there were left, so it is a u32.
        *left -= done as u32;
        Ok(match *left {
            0 => Progress::Complete,
            _ if drawn > ENOUGH => Progress::Busy,
            _ => Progress::NeedMore,
        })
    }
}

fn part<const PLACE: usize>(place: &[u8; PLACE]) -> Rect {
    match place[..] {
        [x, y, width, height] => Rect::new(x.into(), y.into(), width.into(), height.into()),
        [x1, x0, y1, y0, w1, w0, h1, h0] => {
            let [x, y, width, height] = [[x1, x0], [y1, y0], [w1, w0], [h1, h0]].map(u16::from_be_bytes);
            Rect::new(x, y, width, height)
        }
        _ => Rect::default(),
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

    #[test]
    fn corre_has_its_places_in_bytes() {
        let wire = [
            &[0, 0, 0, 2, 1, 1, 1, 0][..],
            &[2, 2, 2, 0, 0, 0, 2, 1],
            &[3, 3, 3, 0, 1, 0, 1, 2],
        ]
        .concat();
        let pixels = decode::<CoRre>(size(4, 3), &[(Rect::new(1, 1, 3, 2), &wire)]);
        let [a, b, c] = [1, 2, 3].map(|grey| rgb(grey, grey, grey));
        let o = BEFORE;
        assert_eq!(pixels, Ok(vec![o, o, o, o, o, b, c, a, o, a, c, a]));
        let beyond = [0, 0, 0, 1, 1, 1, 1, 0, 2, 2, 2, 0, 255, 0, 255, 1];
        let pixels = decode::<CoRre>(size(4, 3), &[(Rect::new(1, 1, 3, 2), &beyond)]);
        let (what, part) = ("subrectangle", Rect::new(255, 0, 255, 1));
        assert_eq!(pixels, Err(DecodeError::OutsideRectangle { what, part }));
    }
}
