//! Points, rectangles and damage, in pixels of the demo desktop.

/// A position; x grows to the right, y downwards.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Point {
    pub(crate) x: i32,
    pub(crate) y: i32,
}

impl Point {
    pub(crate) const fn new(x: i32, y: i32) -> Self {
        Self { x, y }
    }

    /// This position as seen from `origin`.
    pub(crate) const fn relative_to(self, origin: Self) -> Self {
        Self::new(self.x - origin.x, self.y - origin.y)
    }
}

/// A width and a height.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Size {
    pub(crate) width: i32,
    pub(crate) height: i32,
}

impl Size {
    pub(crate) const fn new(width: i32, height: i32) -> Self {
        Self { width, height }
    }
}

/// A rectangle; empty when its width or height is not positive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Rect {
    pub(crate) x: i32,
    pub(crate) y: i32,
    pub(crate) width: i32,
    pub(crate) height: i32,
}

impl Rect {
    pub(crate) const fn new(x: i32, y: i32, width: i32, height: i32) -> Self {
        Self { x, y, width, height }
    }

    /// A rectangle of that size at the origin.
    pub(crate) const fn of_size(size: Size) -> Self {
        Self::new(0, 0, size.width, size.height)
    }

    pub(crate) const fn right(self) -> i32 {
        self.x + self.width
    }

    pub(crate) const fn bottom(self) -> i32 {
        self.y + self.height
    }

    pub(crate) const fn origin(self) -> Point {
        Point::new(self.x, self.y)
    }

    pub(crate) const fn size(self) -> Size {
        Size::new(self.width, self.height)
    }

    pub(crate) const fn is_empty(self) -> bool {
        self.width <= 0 || self.height <= 0
    }

    pub(crate) const fn contains(self, point: Point) -> bool {
        point.x >= self.x && point.x < self.right() && point.y >= self.y && point.y < self.bottom()
    }

    const fn covers(self, other: Self) -> bool {
        other.x >= self.x
            && other.right() <= self.right()
            && other.y >= self.y
            && other.bottom() <= self.bottom()
    }

    /// The common part; empty when there is none.
    pub(crate) fn intersection(self, other: Self) -> Self {
        let x = self.x.max(other.x);
        let y = self.y.max(other.y);
        Self::new(
            x,
            y,
            self.right().min(other.right()) - x,
            self.bottom().min(other.bottom()) - y,
        )
    }

    /// The smallest rectangle around both.
    pub(crate) fn union(self, other: Self) -> Self {
        if self.is_empty() {
            return other;
        }
        if other.is_empty() {
            return self;
        }
        let x = self.x.min(other.x);
        let y = self.y.min(other.y);
        Self::new(
            x,
            y,
            self.right().max(other.right()) - x,
            self.bottom().max(other.bottom()) - y,
        )
    }

    /// Every side moved inwards by `distance`, outwards when it is negative.
    pub(crate) const fn inset(self, distance: i32) -> Self {
        Self::new(
            self.x + distance,
            self.y + distance,
            self.width - 2 * distance,
            self.height - 2 * distance,
        )
    }

    pub(crate) const fn translated(self, by: Point) -> Self {
        Self::new(self.x + by.x, self.y + by.y, self.width, self.height)
    }

    /// What is left of this rectangle without `hole`: up to four rectangles, some of them empty.
    fn without(self, hole: Self) -> [Self; 4] {
        let hole = self.intersection(hole);
        if hole.is_empty() {
            return [self, Self::default(), Self::default(), Self::default()];
        }
        [
            Self::new(self.x, self.y, self.width, hole.y - self.y),
            Self::new(self.x, hole.bottom(), self.width, self.bottom() - hole.bottom()),
            Self::new(self.x, hole.y, hole.x - self.x, hole.height),
            Self::new(hole.right(), hole.y, self.right() - hole.right(), hole.height),
        ]
    }
}

/// More pieces than this cost more in rectangle headers than the pixels they save.
const MAX_PIECES: usize = 24;

/// A set of pixels as rectangles that do not overlap.
#[derive(Clone, Debug, Default)]
pub(crate) struct Region {
    pieces: Vec<Rect>,
}

impl Region {
    pub(crate) fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    pub(crate) fn pieces(&self) -> &[Rect] {
        &self.pieces
    }

    /// Adds the pixels of `rect`. A region of too many pieces becomes the rectangle around them.
    pub(crate) fn add(&mut self, rect: Rect) {
        if rect.is_empty() || self.pieces.iter().any(|piece| piece.covers(rect)) {
            return;
        }
        self.pieces.retain(|piece| !rect.covers(*piece));
        let mut fresh = vec![rect];
        for piece in &self.pieces {
            fresh = cut(&fresh, *piece);
        }
        self.pieces.append(&mut fresh);
        if self.pieces.len() > MAX_PIECES {
            self.pieces = vec![
                self.pieces
                    .iter()
                    .fold(Rect::default(), |all, piece| all.union(*piece)),
            ];
        }
    }

    pub(crate) fn add_all(&mut self, other: &Self) {
        for piece in &other.pieces {
            self.add(*piece);
        }
    }

    /// Takes the pixels of `hole` away.
    pub(crate) fn subtract(&mut self, hole: Rect) {
        self.pieces = cut(&self.pieces, hole);
    }

    /// The part of this region inside `bounds`.
    pub(crate) fn within(&self, bounds: Rect) -> Self {
        let inside = self.pieces.iter().map(|piece| piece.intersection(bounds));
        Self {
            pieces: inside.filter(|piece| !piece.is_empty()).collect(),
        }
    }
}

impl From<Rect> for Region {
    fn from(rect: Rect) -> Self {
        let mut region = Self::default();
        region.add(rect);
        region
    }
}

fn cut(pieces: &[Rect], hole: Rect) -> Vec<Rect> {
    pieces
        .iter()
        .flat_map(|piece| piece.without(hole))
        .filter(|piece| !piece.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pixels(region: &Region) -> usize {
        region
            .pieces()
            .iter()
            .map(|piece| (piece.width * piece.height) as usize)
            .sum()
    }

    #[test]
    fn overlapping_rectangles_count_every_pixel_once() {
        let mut region = Region::from(Rect::new(0, 0, 10, 10));
        region.add(Rect::new(5, 5, 10, 10));
        assert_eq!(pixels(&region), 175);
        region.add(Rect::new(0, 0, 20, 20));
        assert_eq!(region.pieces(), [Rect::new(0, 0, 20, 20)]);
    }

    #[test]
    fn a_hole_leaves_the_frame_around_it() {
        let mut region = Region::from(Rect::new(0, 0, 10, 10));
        region.subtract(Rect::new(2, 2, 4, 4));
        assert_eq!(pixels(&region), 84);
        assert!(region.within(Rect::new(2, 2, 4, 4)).is_empty());
        region.subtract(Rect::new(-5, -5, 50, 50));
        assert!(region.is_empty());
    }

    #[test]
    fn a_region_of_many_pieces_becomes_one_rectangle() {
        let mut region = Region::default();
        for step in 0..40 {
            region.add(Rect::new(step * 4, step * 4, 2, 2));
        }
        assert!(region.pieces().len() <= MAX_PIECES);
        assert!(!region.within(Rect::new(156, 156, 2, 2)).is_empty());
    }
}
