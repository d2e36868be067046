//! Raw (RFC 6143, 7.7.1): the pixels, row by row.

use super::place::Place;
use super::{Context, Decoder, Progress};
use crate::error::DecodeError;
use crate::framebuffer::Framebuffer;
use crate::geometry::Rect;
use crate::input::Input;

#[derive(Debug, Default)]
pub(crate) struct Raw {
    place: Place,
}

impl Decoder for Raw {
    fn begin(&mut self, rect: Rect) {
        self.place = Place::start(rect);
    }

    fn decode(
        &mut self,
        input: &mut Input<'_>,
        framebuffer: &mut Framebuffer,
        context: &Context<'_>,
    ) -> Result<Progress, DecodeError> {
        let reader = context.format.pixel();
        while !self.place.is_complete() {
            let row = self.place.rest_of_row(framebuffer);
            let pixels = row.len().min(input.len() / reader.bytes());
            if pixels == 0 {
                return Ok(Progress::NeedMore);
            }
            reader.copy(row, input.take_up_to(pixels * reader.bytes()));
            self.place.advance(pixels);
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
    fn pixels_come_row_by_row_and_lose_their_fourth_byte() {
        let wire = [1, 2, 3, 0, 4, 5, 6, 7, 8, 9, 10, 255, 11, 12, 13, 1];
        let pixels = decode::<Raw>(size(3, 3), &[(Rect::new(1, 1, 2, 2), &wire)]);
        let [a, b, c, d] = [rgb(1, 2, 3), rgb(4, 5, 6), rgb(8, 9, 10), rgb(11, 12, 13)];
        let o = BEFORE;
        assert_eq!(pixels, Ok(vec![o, o, o, o, a, b, o, c, d]));
    }

    #[test]
    fn an_empty_rectangle_has_nothing_on_the_wire() {
        for rect in [Rect::new(1, 1, 0, 2), Rect::new(0, 1, 2, 0), Rect::default()] {
            assert_eq!(decode::<Raw>(size(2, 3), &[(rect, &[])]), Ok(vec![BEFORE; 6]));
        }
    }
}
