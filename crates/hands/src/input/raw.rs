//! Where a mouse is by `pointerrawupdate`, which tells it before the next animation frame.
//!
//! Chromium measures it from the corner of the outermost page, for a page in a frame of the same origin, too, and as that page
//! is shown. `pointermove`, which follows with the same place, says how far off that is.

use super::gesture::{Point, length};

/// Nobody sees a difference of so many CSS pixels: what remains of rounding.
const SAME: f64 = 0.1;

/// What is known of such places.
#[derive(Debug, Default)]
pub struct RawPlaces {
    /// The last one: in the window, as the event has it, and on the screen.
    last: Option<(Point, Point)>,
    /// How far they are off.
    off: Option<Point>,
    /// Whether they were as far off at two places, one after the other: where the frame is shown in another size they are not.
    is_steady: bool,
}

impl RawPlaces {
    /// One is told. Gives where in the window it is, if that is known.
    pub fn told(&mut self, here: Point, there: Point) -> Option<Point> {
        self.last = Some((here, there));
        let off = self.off.filter(|_| self.is_steady)?;
        Some((here.0 - off.0, here.1 - off.1))
    }

    /// A move is told, the place of which is right.
    pub fn moved(&mut self, here: Point, there: Point) {
        let Some((told, told_there)) = self.last.take() else {
            return;
        };
        // Another place of the screen is another place of the mouse.
        if told_there != there {
            return;
        }
        let off = (told.0 - here.0, told.1 - here.1);
        self.is_steady = self
            .off
            .is_some_and(|before| length((off.0 - before.0, off.1 - before.1)) <= SAME);
        self.off = Some(off);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A mouse goes over these places of a page, where they are told as `raw` has them, and each is told as a move then.
    fn known(raws: &mut RawPlaces, raw: impl Fn(Point) -> Point, places: &[Point]) -> Vec<Option<Point>> {
        places
            .iter()
            .map(|&(x, y)| {
                let there = (x + 500.0, y + 200.0);
                let known = raws.told(raw((x, y)), there);
                raws.moved((x, y), there);
                known
            })
            .collect()
    }

    const PLACES: [Point; 4] = [(10.0, 20.0), (14.5, 20.0), (90.0, 7.25), (30.0, 40.0)];

    #[test]
    fn they_are_where_they_are_in_a_page_and_in_a_frame_once_moves_have_shown_it() {
        for off in [(0.0, 0.0), (12.0, 60.5)] {
            let mut raws = RawPlaces::default();
            let known = known(&mut raws, |(x, y)| (x + off.0, y + off.1), &PLACES);
            assert_eq!(known, [None, None, Some(PLACES[2]), Some(PLACES[3])]);
        }
    }

    #[test]
    fn they_are_not_known_in_a_frame_that_is_shown_in_another_size() {
        let mut raws = RawPlaces::default();
        let known = known(&mut raws, |(x, y)| (12.0 + x / 2.0, 6.0 + y / 2.0), &PLACES);
        assert_eq!(known, [None; 4]);
    }

    #[test]
    fn a_frame_that_is_moved_has_them_unknown_until_moves_have_shown_where_it_is() {
        let mut raws = RawPlaces::default();
        known(&mut raws, |(x, y)| (x + 12.0, y), &PLACES);
        let known = known(&mut raws, |(x, y)| (x + 12.0, y + 80.0), &PLACES);
        // What the first is off by is heard with its move.
        assert_eq!(known[1..], [None, Some(PLACES[2]), Some(PLACES[3])]);
    }

    #[test]
    fn a_move_to_another_place_says_nothing_of_the_last() {
        let mut raws = RawPlaces::default();
        known(&mut raws, |place| place, &PLACES);
        raws.told((40.0, 40.0), (540.0, 240.0));
        raws.moved((55.0, 40.0), (555.0, 240.0));
        assert_eq!(raws.told((60.0, 40.0), (560.0, 240.0)), Some((60.0, 40.0)));
    }
}
