//! The tiles of a rectangle, row by row.

use crate::geometry::Rect;

/// Goes through tiles with sides of `SIDE`; those at the right and lower edge may be smaller.
#[derive(Debug, Default)]
pub(super) struct Tiles<const SIDE: u16> {
    rect: Rect,
    /// The upper left corner of the current tile, in the rectangle.
    x: u16,
    y: u16,
}

impl<const SIDE: u16> Tiles<SIDE> {
    /// The first tile of a rectangle.
    pub(super) fn start(rect: Rect) -> Self {
        Self { rect, x: 0, y: 0 }
    }

    /// The current tile's place in the framebuffer, or `None` after the last.
    pub(super) fn current(&self) -> Option<Rect> {
        if self.x >= self.rect.width || self.y >= self.rect.height {
            return None;
        }
        Some(Rect {
            x: self.rect.x + self.x,
            y: self.rect.y + self.y,
            width: SIDE.min(self.rect.width - self.x),
            height: SIDE.min(self.rect.height - self.y),
        })
    }

    /// Goes on to the next.
    pub(super) fn advance(&mut self) {
        // Neither sum can overflow: it is at most the rectangle's side.
        if self.rect.width - self.x > SIDE {
            self.x += SIDE;
        } else {
            self.x = 0;
            self.y += SIDE.min(self.rect.height - self.y);
        }
    }
}
