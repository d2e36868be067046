//! Raw (RFC 6143, 7.7.1): the pixels, row by row.

use super::{Decoder, Progress};
use crate::error::DecodeError;
use crate::framebuffer::Framebuffer;
use crate::geometry::Rect;
use crate::input::Input;
use crate::limits::Limits;
use crate::pixel;

#[derive(Debug, Default)]
pub(crate) struct Raw {
    rect: Rect,
    /// The next pixel: its row and column in the rectangle.
    row: u16,
    column: u16,
}

impl Decoder for Raw {
    fn begin(&mut self, rect: Rect) {
        *self = Self {
            rect,
            row: 0,
            column: 0,
        };
    }

    fn decode(
        &mut self,
        input: &mut Input<'_>,
        framebuffer: &mut Framebuffer,
        _: &Limits,
    ) -> Result<Progress, DecodeError> {
        if self.rect.is_empty() {
            return Ok(Progress::Complete);
        }
        while self.row < self.rect.height {
            let wanted = usize::from(self.rect.width - self.column);
            let pixels = wanted.min(input.len() / pixel::BYTES);
            if pixels == 0 {
                return Ok(Progress::NeedMore);
            }
            let bytes = input.take_up_to(pixels * pixel::BYTES);
            let (x, y) = (self.rect.x + self.column, self.rect.y + self.row);
            pixel::copy_wire(framebuffer.row_mut(x, y, self.rect.width - self.column), bytes);
            if pixels == wanted {
                self.row += 1;
                self.column = 0;
            } else {
                // Less than the width that is left, so it is a u16.
                self.column += pixels as u16;
            }
        }
        Ok(Progress::Complete)
    }
}
