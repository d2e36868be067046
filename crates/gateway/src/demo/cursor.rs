//! The shapes of the pointer.

use std::sync::LazyLock;

use super::geometry::{Point, Size};

/// A shape the pointer can have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Cursor {
    #[default]
    Arrow,
    /// Over text.
    Beam,
    /// Over something to draw on.
    Cross,
    /// Over something to move.
    Move,
}

/// The pixels of a shape.
#[derive(Debug)]
pub(crate) struct CursorImage {
    size: Size,
    hotspot: Point,
    pixels: Vec<Option<u32>>,
}

impl CursorImage {
    pub(crate) fn size(&self) -> Size {
        self.size
    }

    /// The pixel of the image that points.
    pub(crate) fn hotspot(&self) -> Point {
        self.hotspot
    }

    /// Rows of `size().width` pixels, 0x00RRGGBB each; `None` is not part of the shape.
    pub(crate) fn pixels(&self) -> &[Option<u32>] {
        &self.pixels
    }

    /// `#` is black, `.` white, anything else not part of the shape.
    fn drawn(hotspot: Point, rows: &[&str]) -> Self {
        let width = rows.iter().map(|row| row.len()).max().unwrap_or_default();
        let pixels = rows.iter().flat_map(|row| {
            let cells = row.bytes().chain(std::iter::repeat(b' ')).take(width);
            cells.map(|cell| match cell {
                b'#' => Some(0x0000_0000),
                b'.' => Some(0x00ff_ffff),
                _ => None,
            })
        });
        Self {
            size: Size::new(width as i32, rows.len() as i32),
            hotspot,
            pixels: pixels.collect(),
        }
    }
}

impl Cursor {
    pub(crate) fn image(self) -> &'static CursorImage {
        match self {
            Self::Arrow => &ARROW,
            Self::Beam => &BEAM,
            Self::Cross => &CROSS,
            Self::Move => &MOVE,
        }
    }
}

static ARROW: LazyLock<CursorImage> = LazyLock::new(|| {
    CursorImage::drawn(
        Point::new(0, 0),
        &[
            "#",
            "##",
            "#.#",
            "#..#",
            "#...#",
            "#....#",
            "#.....#",
            "#......#",
            "#.......#",
            "#........#",
            "#.........#",
            "#......#####",
            "#...#..#",
            "#..# #..#",
            "#.#  #..#",
            "##    #..#",
            "#     #..#",
            "       ##",
        ],
    )
});

static BEAM: LazyLock<CursorImage> = LazyLock::new(|| {
    CursorImage::drawn(
        Point::new(4, 8),
        &[
            "#### ####",
            "#..###..#",
            "####.####",
            "   #.#",
            "   #.#",
            "   #.#",
            "   #.#",
            "   #.#",
            "   #.#",
            "   #.#",
            "   #.#",
            "   #.#",
            "   #.#",
            "   #.#",
            "####.####",
            "#..###..#",
            "#### ####",
        ],
    )
});

static CROSS: LazyLock<CursorImage> = LazyLock::new(|| {
    CursorImage::drawn(
        Point::new(8, 8),
        &[
            "       ###",
            "       #.#",
            "       #.#",
            "       #.#",
            "       #.#",
            "       #.#",
            "       ###",
            "#######   #######",
            "#.....#   #.....#",
            "#######   #######",
            "       ###",
            "       #.#",
            "       #.#",
            "       #.#",
            "       #.#",
            "       #.#",
            "       ###",
        ],
    )
});

static MOVE: LazyLock<CursorImage> = LazyLock::new(|| {
    CursorImage::drawn(
        Point::new(8, 8),
        &[
            "        #",
            "       #.#",
            "      #...#",
            "     #.....#",
            "      ##.##",
            "   #   #.#   #",
            "  #.#  #.#  #.#",
            " #..####.####..#",
            "#...............#",
            " #..####.####..#",
            "  #.#  #.#  #.#",
            "   #   #.#   #",
            "      ##.##",
            "     #.....#",
            "      #...#",
            "       #.#",
            "        #",
        ],
    )
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_has_its_hotspot_inside() {
        for cursor in [Cursor::Arrow, Cursor::Beam, Cursor::Cross, Cursor::Move] {
            let image = cursor.image();
            let (size, hotspot) = (image.size(), image.hotspot());
            assert!(hotspot.x < size.width && hotspot.y < size.height, "{cursor:?}");
            assert_eq!(
                image.pixels().len(),
                (size.width * size.height) as usize,
                "{cursor:?}"
            );
            assert!(
                image.pixels().iter().flatten().any(|pixel| *pixel == 0x00ff_ffff),
                "{cursor:?}"
            );
        }
    }
}
