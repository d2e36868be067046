//! Where the next pixel of a rectangle goes that is filled row by row.

use crate::framebuffer::Framebuffer;
use crate::geometry::Rect;
use crate::pixel::Pixel;

/// A place in a rectangle that lies within the framebuffer.
#[derive(Debug, Default)]
pub(super) struct Place {
    rect: Rect,
    row: u16,
    column: u16,
}

impl Place {
    /// The first pixel of a rectangle.
    pub(super) fn start(rect: Rect) -> Self {
        Self {
            rect,
            row: 0,
            column: 0,
        }
    }

    /// Whether there is no pixel left.
    pub(super) fn is_complete(&self) -> bool {
        self.rect.width == 0 || self.row >= self.rect.height
    }

    /// The pixels from here to the end of the row; none if the rectangle is complete.
    pub(super) fn rest_of_row<'a>(&self, framebuffer: &'a mut Framebuffer) -> &'a mut [Pixel] {
        if self.is_complete() {
            return &mut [];
        }
        framebuffer.row_mut(
            self.rect.x + self.column,
            self.rect.y + self.row,
            self.rect.width - self.column,
        )
    }

    /// The whole row of the rectangle, the row above it (empty for the first), and the column of the place.
    pub(super) fn row_and_above<'a>(
        &self,
        framebuffer: &'a mut Framebuffer,
    ) -> (&'a [Pixel], &'a mut [Pixel], usize) {
        if self.is_complete() {
            return (&[], &mut [], 0);
        }
        let Rect { x, y, width, .. } = self.rect;
        let (above, row) = framebuffer.row_and_above(x, y + self.row, width);
        // What lies above the rectangle is none of its business.
        let above = if self.row == 0 { &[] } else { above };
        (above, row, usize::from(self.column))
    }

    /// Goes on by this many pixels of the row: as many as it has left, at most.
    pub(super) fn advance(&mut self, pixels: usize) {
        let left = self.rect.width - self.column;
        match u16::try_from(pixels) {
            Ok(pixels) if pixels < left => self.column += pixels,
            _ => {
                self.column = 0;
                self.row += 1;
            }
        }
    }
}
