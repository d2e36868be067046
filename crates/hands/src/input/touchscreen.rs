//! Fingers on the desktop itself: it is pointed at what they touch.

use super::gesture::{Gesture, Phase, Point, length};

/// What is to be done for a gesture. Buttons are as in `MouseEvent.buttons`, points and ways in CSS pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Act {
    /// The pointer is at this point of the window with these buttons.
    Point(Point, u16),
    /// The pointer goes this way with these buttons.
    Push(Point, u16),
    /// The wheel turns by so many steps to the right and down: at this point of the window, or where the pointer is.
    Wheel(Option<Point>, (f64, f64)),
    /// The view is so many times as large, about this point of the window.
    Zoom(f64, Point),
    /// What the view shows goes this way.
    Pan(Point),
    /// The person is told by their fingertips that something has begun.
    Buzz,
}

/// What a gesture is made in.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Surroundings {
    /// In milliseconds.
    pub time: f64,
    /// Whether the view shows a part of the desktop only, so that there is something to be moved into it.
    pub is_part: bool,
}

/// As in `MouseEvent.buttons`.
pub(super) const LEFT: u16 = 1;
const RIGHT: u16 = 2;
const MIDDLE: u16 = 4;

/// So far fingers go for a step of the wheel.
const WHEEL_STEP: f64 = 50.0;

/// A second tap within this time and distance is meant for where the first one was: what it is over opens by a double
/// click only if both are in one place.
const AGAIN_TIME: f64 = 500.0;
const AGAIN_DISTANCE: f64 = 30.0;

/// What fingers on the desktop do.
#[derive(Debug, Default)]
pub struct Touchscreen {
    tapped: Option<(Point, f64)>,
}

impl Touchscreen {
    /// What is to be done for this gesture.
    #[must_use]
    pub fn acts(&mut self, gesture: &Gesture, around: Surroundings) -> Vec<Act> {
        let hold = |phase, at, button| {
            let buttons = if phase == Phase::Ends { 0 } else { button };
            Act::Point(at, buttons)
        };
        match *gesture {
            Gesture::Touch | Gesture::Drift { .. } => Vec::new(),
            Gesture::Tap { fingers, at } => {
                let at = self.tap(at, around.time);
                vec![Act::Point(at, button(fingers)), Act::Point(at, 0)]
            }
            Gesture::Drag { phase, at, .. } => vec![hold(phase, at, LEFT)],
            Gesture::Hold { phase, at, .. } => {
                let pressed = hold(phase, at, RIGHT);
                if phase == Phase::Begins {
                    vec![pressed, Act::Buzz]
                } else {
                    vec![pressed]
                }
            }
            // Three scroll the desktop's own contents where two move the view.
            Gesture::Scroll { fingers: 2, by, .. } if around.is_part => vec![Act::Pan(by)],
            Gesture::Scroll { at, by, .. } => vec![Act::Wheel(Some(at), wheel(by))],
            Gesture::Pinch { factor, at, by } => pinch(factor, at, by),
        }
    }

    /// Where a tap at this point is meant.
    fn tap(&mut self, at: Point, time: f64) -> Point {
        let before = self.tapped.filter(|(before, when)| {
            time - when < AGAIN_TIME && length((at.0 - before.0, at.1 - before.1)) < AGAIN_DISTANCE
        });
        let at = before.map_or(at, |(before, _)| before);
        self.tapped = Some((at, time));
        at
    }
}

/// What fingers do on a desktop that is only looked at.
#[must_use]
pub fn looking(gesture: &Gesture) -> Vec<Act> {
    match *gesture {
        Gesture::Pinch { factor, at, by } => pinch(factor, at, by),
        Gesture::Drag { by, .. } | Gesture::Hold { by, .. } | Gesture::Scroll { by, .. } => {
            vec![Act::Pan(by)]
        }
        Gesture::Touch | Gesture::Drift { .. } | Gesture::Tap { .. } => Vec::new(),
    }
}

/// The button that so many fingers tap.
pub(super) fn button(fingers: usize) -> u16 {
    match fingers {
        2 => RIGHT,
        3 => MIDDLE,
        _ => LEFT,
    }
}

/// What is under the fingers goes with them, so the wheel turns the other way.
pub(super) fn wheel(by: Point) -> (f64, f64) {
    (-by.0 / WHEEL_STEP, -by.1 / WHEEL_STEP)
}

/// What was between the fingers stays there. First about where that was: what is seen whole cannot be moved before it is
/// larger, and fingers whose moves come one by one would leave the view beside where it was.
pub(super) fn pinch(factor: f64, at: Point, by: Point) -> Vec<Act> {
    vec![Act::Zoom(factor, (at.0 - by.0, at.1 - by.1)), Act::Pan(by)]
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: Point = (100.0, 50.0);
    const NO_WAY: Point = (0.0, 0.0);

    fn around(time: f64) -> Surroundings {
        Surroundings { time, is_part: false }
    }

    fn acts(gesture: Gesture) -> Vec<Act> {
        Touchscreen::default().acts(&gesture, around(0.0))
    }

    #[test]
    fn taps_click_by_as_many_fingers_as_they_have() {
        for (fingers, button) in [(1, 1), (2, 2), (3, 4)] {
            assert_eq!(
                acts(Gesture::Tap { fingers, at: AT }),
                [Act::Point(AT, button), Act::Point(AT, 0)]
            );
        }
    }

    #[test]
    fn a_second_tap_nearby_is_meant_for_the_place_of_the_first() {
        for (beside, later, meant) in [
            (20.0, 300.0, AT),
            (20.0, 600.0, (120.0, 50.0)),
            (40.0, 300.0, (140.0, 50.0)),
        ] {
            let mut screen = Touchscreen::default();
            let tap = |at| Gesture::Tap { fingers: 1, at };
            let _ = screen.acts(&tap(AT), around(1000.0));
            let second = screen.acts(&tap((AT.0 + beside, AT.1)), around(1000.0 + later));
            assert_eq!(
                second,
                [Act::Point(meant, 1), Act::Point(meant, 0)],
                "{beside} {later}"
            );
        }
    }

    #[test]
    fn a_drag_holds_the_left_button_and_a_long_press_the_right_one() {
        let by = NO_WAY;
        for (phase, left, right) in [(Phase::Begins, 1, 2), (Phase::Goes, 1, 2), (Phase::Ends, 0, 0)] {
            assert_eq!(acts(Gesture::Drag { phase, at: AT, by }), [Act::Point(AT, left)]);
            let held = acts(Gesture::Hold { phase, at: AT, by });
            assert_eq!(held[0], Act::Point(AT, right));
            assert_eq!(
                held.len() == 2,
                phase == Phase::Begins,
                "it is felt when it begins"
            );
        }
    }

    #[test]
    fn two_fingers_scroll_what_is_seen_whole_and_move_what_is_not() {
        let scroll = |fingers| Gesture::Scroll {
            fingers,
            at: AT,
            by: (10.0, -100.0),
        };
        let wheel = Act::Wheel(Some(AT), (-0.2, 2.0));
        let part = |gesture| {
            let around = Surroundings {
                is_part: true,
                ..around(0.0)
            };
            Touchscreen::default().acts(&gesture, around)
        };
        assert_eq!(acts(scroll(2)), [wheel]);
        assert_eq!(acts(scroll(3)), [wheel]);
        assert_eq!(part(scroll(2)), [Act::Pan((10.0, -100.0))]);
        assert_eq!(part(scroll(3)), [wheel]);
    }

    #[test]
    fn a_pinch_is_the_views_alone() {
        let pinch = Gesture::Pinch {
            factor: 2.0,
            at: AT,
            by: (5.0, 6.0),
        };
        let expected = [Act::Zoom(2.0, (95.0, 44.0)), Act::Pan((5.0, 6.0))];
        assert_eq!(acts(pinch), expected);
        assert_eq!(looking(&pinch), expected);
    }

    #[test]
    fn nothing_is_sent_where_one_may_only_look() {
        let (phase, at, by) = (Phase::Goes, AT, (5.0, 6.0));
        for gesture in [
            Gesture::Drag { phase, at, by },
            Gesture::Hold { phase, at, by },
            Gesture::Scroll { fingers: 3, at, by },
        ] {
            assert_eq!(looking(&gesture), [Act::Pan(by)]);
        }
        for gesture in [Gesture::Touch, Gesture::Tap { fingers: 2, at }] {
            assert_eq!(looking(&gesture), []);
        }
    }
}
