//! Sizes and rectangles, in pixels of the remote framebuffer.

use std::fmt;

/// A width and a height in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Size {
    /// Width in pixels.
    pub width: u16,
    /// Height in pixels.
    pub height: u16,
}

impl Size {
    /// How many pixels that is.
    #[must_use]
    pub fn area(self) -> usize {
        usize::from(self.width) * usize::from(self.height)
    }

    /// The rectangle of this size at the origin.
    #[must_use]
    pub fn rect(self) -> Rect {
        Rect {
            x: 0,
            y: 0,
            width: self.width,
            height: self.height,
        }
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}x{}", self.width, self.height)
    }
}

/// A rectangle of the framebuffer, as it stands on the wire: the origin is the upper left corner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Rect {
    /// Left edge.
    pub x: u16,
    /// Upper edge.
    pub y: u16,
    /// Width in pixels.
    pub width: u16,
    /// Height in pixels.
    pub height: u16,
}

impl Rect {
    /// A rectangle from its upper left corner and its size.
    #[must_use]
    pub fn new(x: u16, y: u16, width: u16, height: u16) -> Self {
        Self { x, y, width, height }
    }

    /// The size alone.
    #[must_use]
    pub fn size(self) -> Size {
        Size {
            width: self.width,
            height: self.height,
        }
    }

    /// How many pixels it covers.
    #[must_use]
    pub fn area(self) -> usize {
        self.size().area()
    }

    /// Whether it covers no pixel at all.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.width == 0 || self.height == 0
    }

    /// The column just right of it. A `u32`, because a rectangle from the wire may reach beyond 65,535.
    #[must_use]
    pub fn right(self) -> u32 {
        u32::from(self.x) + u32::from(self.width)
    }

    /// The row just below it.
    #[must_use]
    pub fn bottom(self) -> u32 {
        u32::from(self.y) + u32::from(self.height)
    }

    /// Whether it lies within a framebuffer of this size.
    #[must_use]
    pub fn fits(self, size: Size) -> bool {
        self.right() <= u32::from(size.width) && self.bottom() <= u32::from(size.height)
    }

    /// The smallest rectangle around both.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        if self.is_empty() {
            return other;
        }
        if other.is_empty() {
            return self;
        }
        let x = self.x.min(other.x);
        let y = self.y.min(other.y);
        let width = self.right().max(other.right()) - u32::from(x);
        let height = self.bottom().max(other.bottom()) - u32::from(y);
        Self {
            x,
            y,
            width: saturate(width),
            height: saturate(height),
        }
    }

    /// What of it lies within a framebuffer of this size.
    #[must_use]
    pub fn clipped(self, size: Size) -> Self {
        let right = self.right().min(u32::from(size.width));
        let bottom = self.bottom().min(u32::from(size.height));
        Self {
            x: self.x,
            y: self.y,
            width: saturate(right.saturating_sub(u32::from(self.x))),
            height: saturate(bottom.saturating_sub(u32::from(self.y))),
        }
    }
}

impl fmt::Display for Rect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}x{} at {},{}", self.width, self.height, self.x, self.y)
    }
}

fn saturate(value: u32) -> u16 {
    u16::try_from(value).unwrap_or(u16::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rectangle_beyond_the_coordinate_range_does_not_fit() {
        let rect = Rect::new(65_535, 0, 65_535, 1);
        assert!(!rect.fits(Size {
            width: 65_535,
            height: 65_535
        }));
        assert_eq!(rect.right(), 131_070);
    }

    #[test]
    fn a_union_covers_both_and_ignores_the_empty() {
        let a = Rect::new(2, 3, 4, 5);
        assert_eq!(a.union(Rect::new(10, 1, 1, 1)), Rect::new(2, 1, 9, 7));
        assert_eq!(a.union(Rect::default()), a);
        assert_eq!(Rect::default().union(a), a);
    }

    #[test]
    fn clipping_leaves_what_is_inside() {
        let size = Size {
            width: 10,
            height: 10,
        };
        assert_eq!(Rect::new(8, 8, 8, 8).clipped(size), Rect::new(8, 8, 2, 2));
        assert!(Rect::new(20, 0, 5, 5).clipped(size).is_empty());
    }
}
