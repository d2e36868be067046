//! The remote screen's pixels, and which of them have changed.

use crate::geometry::{Rect, Size};
use crate::pixel::{self, Pixel};

/// The remote screen: rows of pixels from the top, each pixel R, G, B, 255 in memory.
///
/// A decoder checks its rectangle once against [`Framebuffer::size`]; the methods here clip, so that nothing
/// is ever written elsewhere.
#[derive(Debug, Default)]
pub struct Framebuffer {
    size: Size,
    pixels: Vec<Pixel>,
    damage: Vec<Rect>,
}

/// More changed rectangles than this between two looks are merged: beyond it, painting each costs more than
/// painting what lies between them.
const MAX_DAMAGE: usize = 256;

impl Framebuffer {
    /// Its size.
    #[must_use]
    pub fn size(&self) -> Size {
        self.size
    }

    /// All pixels, row by row, four bytes each: R, G, B, 255.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        bytemuck::cast_slice(&self.pixels)
    }

    /// Gives the rectangles that have changed since the last call, at most 256 and in no order; they may overlap.
    pub fn take_damage(&mut self) -> Vec<Rect> {
        std::mem::take(&mut self.damage)
    }

    /// Whether anything has changed since [`Self::take_damage`].
    #[must_use]
    pub fn is_damaged(&self) -> bool {
        !self.damage.is_empty()
    }

    /// Marks all of it as changed, for a painter that starts on a fresh canvas.
    pub fn damage_all(&mut self) {
        self.damage.clear();
        self.mark(self.size.rect());
    }

    /// Takes another size: what both sizes have in common stays, the rest is black.
    pub fn resize(&mut self, size: Size) {
        if size == self.size && self.pixels.len() == size.area() {
            return;
        }
        let mut pixels = vec![pixel::rgb(0, 0, 0); size.area()];
        let (old, new) = (usize::from(self.size.width), usize::from(size.width));
        if old > 0 && new > 0 {
            for (to, from) in pixels.chunks_exact_mut(new).zip(self.pixels.chunks_exact(old)) {
                for (to, from) in to.iter_mut().zip(from) {
                    *to = *from;
                }
            }
        }
        self.pixels = pixels;
        self.size = size;
        self.damage_all();
    }

    /// Says that a rectangle has changed.
    pub fn mark(&mut self, rect: Rect) {
        let rect = rect.clipped(self.size);
        if rect.is_empty() || self.damage.last() == Some(&rect) {
            return;
        }
        if self.damage.len() >= MAX_DAMAGE {
            let all = self.damage.drain(..).fold(rect, Rect::union);
            self.damage.push(all);
        } else {
            self.damage.push(rect);
        }
    }

    /// The pixels of one row, from `x` on, `width` of them or as many as there are.
    pub fn row_mut(&mut self, x: u16, y: u16, width: u16) -> &mut [Pixel] {
        let Rect { width, height, .. } = Rect {
            x,
            y,
            width,
            height: 1,
        }
        .clipped(self.size);
        if height == 0 {
            return &mut [];
        }
        let start = usize::from(y) * usize::from(self.size.width) + usize::from(x);
        self.pixels
            .get_mut(start..start + usize::from(width))
            .unwrap_or_default()
    }

    /// The same row to read, and the one above it: what a gradient needs. The row above the first is empty.
    pub fn row_and_above(&mut self, x: u16, y: u16, width: u16) -> (&[Pixel], &mut [Pixel]) {
        let rect = Rect {
            x,
            y,
            width,
            height: 1,
        }
        .clipped(self.size);
        let (stride, x, y) = (usize::from(self.size.width), usize::from(x), usize::from(y));
        let width = if rect.height == 0 {
            0
        } else {
            usize::from(rect.width)
        };
        let start = (y * stride).min(self.pixels.len());
        let (above, from_here) = self.pixels.split_at_mut(start);
        let above = match y.checked_sub(1) {
            Some(y) => above
                .get(y * stride + x..y * stride + x + width)
                .unwrap_or_default(),
            None => &[],
        };
        (above, from_here.get_mut(x..x + width).unwrap_or_default())
    }

    /// Fills a rectangle with one colour.
    pub fn fill(&mut self, rect: Rect, colour: Pixel) {
        let rect = rect.clipped(self.size);
        let stride = usize::from(self.size.width);
        let start = usize::from(rect.y) * stride + usize::from(rect.x);
        if rect.is_empty() {
            return;
        }
        let width = usize::from(rect.width);
        for start in (start..).step_by(stride).take(usize::from(rect.height)) {
            if let Some(row) = self.pixels.get_mut(start..start + width) {
                row.fill(colour);
            }
        }
    }

    /// Copies the pixels of `from` to the rectangle `to`, which has its size; the two may overlap.
    pub fn copy(&mut self, from: (u16, u16), to: Rect) {
        let source = Rect {
            x: from.0,
            y: from.1,
            ..to
        };
        if to.is_empty() || !source.fits(self.size) || !to.fits(self.size) {
            return;
        }
        let stride = usize::from(self.size.width);
        let width = usize::from(to.width);
        let mut copy_row = |row: usize| {
            let source = (usize::from(source.y) + row) * stride + usize::from(source.x);
            let target = (usize::from(to.y) + row) * stride + usize::from(to.x);
            self.pixels.copy_within(source..source + width, target);
        };
        // Rows are taken in the order that never overwrites one that is still to be read.
        if to.y <= source.y {
            (0..usize::from(to.height)).for_each(&mut copy_row);
        } else {
            (0..usize::from(to.height)).rev().for_each(&mut copy_row);
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn numbered(width: u16, height: u16) -> Framebuffer {
        let mut framebuffer = Framebuffer::default();
        framebuffer.resize(Size { width, height });
        for (number, pixel) in framebuffer.pixels.iter_mut().enumerate() {
            *pixel = u32::try_from(number).unwrap();
        }
        framebuffer.take_damage();
        framebuffer
    }

    /// What a copy must give, worked out on a second buffer.
    fn copied(framebuffer: &Framebuffer, from: (u16, u16), to: Rect) -> Vec<Pixel> {
        let stride = usize::from(framebuffer.size.width);
        let mut pixels = framebuffer.pixels.clone();
        for row in 0..usize::from(to.height) {
            for column in 0..usize::from(to.width) {
                let source = (usize::from(from.1) + row) * stride + usize::from(from.0) + column;
                let target = (usize::from(to.y) + row) * stride + usize::from(to.x) + column;
                pixels[target] = framebuffer.pixels[source];
            }
        }
        pixels
    }

    #[test]
    fn copying_within_an_overlap_is_right_in_every_direction() {
        for (dx, dy) in [
            (1, 1),
            (0, 1),
            (2, 1),
            (1, 0),
            (1, 2),
            (0, 0),
            (2, 2),
            (0, 2),
            (2, 0),
        ] {
            let mut framebuffer = numbered(7, 7);
            let to = Rect::new(dx, dy, 5, 5);
            let expected = copied(&framebuffer, (1, 1), to);
            framebuffer.copy((1, 1), to);
            assert_eq!(framebuffer.pixels, expected, "to {dx},{dy}");
        }
    }

    #[test]
    fn resizing_keeps_what_both_sizes_share() {
        let mut framebuffer = numbered(3, 2);
        framebuffer.resize(Size { width: 2, height: 3 });
        let black = pixel::rgb(0, 0, 0);
        assert_eq!(framebuffer.pixels, [0, 1, 3, 4, black, black]);
        assert_eq!(framebuffer.take_damage(), [Rect::new(0, 0, 2, 3)]);
        framebuffer.resize(Size::default());
        assert!(framebuffer.bytes().is_empty());
    }

    #[test]
    fn nothing_is_written_outside() {
        let mut framebuffer = numbered(2, 2);
        framebuffer.fill(Rect::new(1, 1, 9, 9), 77);
        assert_eq!(framebuffer.pixels, [0, 1, 2, 77]);
        assert!(framebuffer.row_mut(0, 2, 2).is_empty());
        assert!(framebuffer.row_mut(2, 0, 2).is_empty());
        assert_eq!(framebuffer.row_mut(1, 0, 9), &[1]);
        framebuffer.copy((0, 0), Rect::new(1, 1, 2, 2));
        assert_eq!(framebuffer.pixels, [0, 1, 2, 77]);
    }

    #[test]
    fn the_row_above_is_that_of_the_same_columns() {
        let mut framebuffer = numbered(3, 2);
        let (above, row) = framebuffer.row_and_above(1, 1, 2);
        assert_eq!((above, &*row), (&[1, 2][..], &[4, 5][..]));
        let (above, row) = framebuffer.row_and_above(0, 0, 2);
        assert_eq!((above, &*row), (&[][..], &[0, 1][..]));
        assert!(framebuffer.row_and_above(0, 5, 2).1.is_empty());
    }

    #[test]
    fn damage_is_clipped_and_bounded_and_covers_everything() {
        let mut framebuffer = numbered(100, 100);
        framebuffer.mark(Rect::new(200, 0, 1, 1));
        assert!(!framebuffer.is_damaged());
        for column in 0..100 {
            for row in 0..10 {
                framebuffer.mark(Rect::new(column, row, 1, 1));
            }
        }
        let damage = framebuffer.take_damage();
        assert!(damage.len() <= MAX_DAMAGE);
        assert_eq!(
            damage.into_iter().fold(Rect::default(), Rect::union),
            Rect::new(0, 0, 100, 10)
        );
    }
}
