//! Which parts of the screen came with a loss, as JPEG does.

use crate::geometry::{Rect, Size};

/// The side of a tile in pixels. What is smaller is not told apart.
const SIDE: u16 = 64;

/// The screen in tiles.
#[derive(Debug, Default)]
pub(crate) struct Lossy {
    /// Row by row; none while nothing came with a loss.
    tiles: Vec<Tile>,
}

#[derive(Debug, Default, Clone, Copy)]
struct Tile {
    is_lossy: bool,
    /// How many of its pixels this update has brought without a loss.
    mended: usize,
}

impl Lossy {
    /// An update begins.
    pub(crate) fn begin(&mut self) {
        for tile in &mut self.tiles {
            tile.mended = 0;
        }
    }

    /// A rectangle has come. Those of an update that came without a loss mend the tiles that they cover together: servers
    /// send areas of one colour apart from what is around them.
    pub(crate) fn mark(&mut self, rect: Rect, screen: Size, is_lossy: bool) {
        if rect.is_empty() || !is_lossy && self.tiles.is_empty() {
            return;
        }
        let (columns, rows) = (columns(screen), usize::from(screen.height.div_ceil(SIDE)));
        self.tiles.resize(columns * rows, Tile::default());
        let last = |end: u32| (end as usize - 1) / usize::from(SIDE);
        for row in usize::from(rect.y / SIDE)..=last(rect.bottom()) {
            for column in usize::from(rect.x / SIDE)..=last(rect.right()) {
                let number = row * columns + column;
                let Some(found) = self.tiles.get_mut(number) else {
                    continue;
                };
                if is_lossy {
                    *found = Tile { is_lossy, mended: 0 };
                } else if found.is_lossy {
                    let whole = tile(number, screen);
                    found.mended = found.mended.saturating_add(overlap(rect, whole));
                    found.is_lossy = found.mended < whole.area();
                }
            }
        }
    }

    /// Whether anything on the screen came with a loss.
    pub(crate) fn is_any(&self) -> bool {
        self.tiles.iter().any(|tile| tile.is_lossy)
    }

    /// The first tile that came with a loss and those beside it that did, up to about so many pixels.
    pub(crate) fn first(&self, screen: Size, most: usize) -> Option<Rect> {
        let first = self.tiles.iter().position(|tile| tile.is_lossy)?;
        let mut all = tile(first, screen);
        for (number, found) in self.tiles.iter().enumerate().skip(first + 1) {
            let next = tile(number, screen);
            if !found.is_lossy || next.y != all.y || all.area() + next.area() > most {
                break;
            }
            all = all.union(next);
        }
        Some(all)
    }
}

fn columns(screen: Size) -> usize {
    usize::from(screen.width.div_ceil(SIDE).max(1))
}

/// How many pixels two rectangles have in common.
fn overlap(one: Rect, other: Rect) -> usize {
    let width = one
        .right()
        .min(other.right())
        .saturating_sub(one.x.max(other.x).into());
    let height = one
        .bottom()
        .min(other.bottom())
        .saturating_sub(one.y.max(other.y).into());
    width as usize * height as usize
}

fn tile(number: usize, screen: Size) -> Rect {
    // Both are below 1024.
    let place = |number: usize| u16::try_from(number).unwrap_or(u16::MAX).saturating_mul(SIDE);
    let (column, row) = (number % columns(screen), number / columns(screen));
    Rect::new(place(column), place(row), SIDE, SIDE).clipped(screen)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCREEN: Size = Size {
        width: 200,
        height: 100,
    };

    #[test]
    fn what_came_with_a_loss_is_mended_by_what_comes_without_one_and_covers_it() {
        let mut lossy = Lossy::default();
        let mut mark = |rect, is_lossy| {
            lossy.begin();
            lossy.mark(rect, SCREEN, is_lossy);
            lossy.first(SCREEN, usize::MAX)
        };
        assert_eq!(mark(SCREEN.rect(), false), None);
        assert_eq!(mark(Rect::new(0, 0, 0, 9), true), None);
        // Two tiles, the second of which is wider than what is left of the screen.
        assert_eq!(
            mark(Rect::new(191, 5, 2, 9), true),
            Some(Rect::new(128, 0, 72, 64))
        );
        assert_eq!(
            mark(Rect::new(129, 0, 71, 64), false),
            Some(Rect::new(128, 0, 64, 64))
        );
        assert_eq!(
            mark(Rect::new(128, 0, 64, 63), false),
            Some(Rect::new(128, 0, 64, 64))
        );
        assert_eq!(mark(Rect::new(100, 0, 100, 100), false), None);
    }

    #[test]
    fn the_rectangles_of_one_update_mend_a_tile_together() {
        let mut lossy = Lossy::default();
        let (upper, lower) = (Rect::new(0, 0, 64, 10), Rect::new(0, 10, 64, 54));
        let both = Rect::new(0, 0, 64, 64);
        lossy.mark(both, SCREEN, true);
        lossy.mark(upper, SCREEN, false);
        lossy.begin();
        lossy.mark(lower, SCREEN, false);
        assert_eq!(lossy.first(SCREEN, usize::MAX), Some(both), "in two updates");
        lossy.mark(Rect::new(3, 3, 1, 1), SCREEN, true);
        lossy.mark(upper, SCREEN, false);
        assert_eq!(
            lossy.first(SCREEN, usize::MAX),
            Some(both),
            "with a loss in between"
        );
        lossy.mark(lower, SCREEN, false);
        assert!(!lossy.is_any());
    }

    #[test]
    fn parts_lie_in_a_row_and_are_as_large_as_asked_for() {
        let mut lossy = Lossy::default();
        lossy.mark(SCREEN.rect(), SCREEN, true);
        assert_eq!(lossy.first(SCREEN, 0), Some(Rect::new(0, 0, 64, 64)));
        assert_eq!(lossy.first(SCREEN, 3 * 64 * 64), Some(Rect::new(0, 0, 192, 64)));
        assert_eq!(lossy.first(SCREEN, usize::MAX), Some(Rect::new(0, 0, 200, 64)));
        lossy.mark(Rect::new(0, 0, 200, 64), SCREEN, false);
        assert_eq!(lossy.first(SCREEN, usize::MAX), Some(Rect::new(0, 64, 200, 36)));
    }
}
