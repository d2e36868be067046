//! The screen as a trackpad: fingers anywhere on it push the pointer, which is where it is.

use super::gesture::{Gesture, Phase, Point, length};
use super::touchscreen::{Act, LEFT, Surroundings, button, pinch, wheel};

/// A tap holds its button for so long, in milliseconds: a finger that comes back meanwhile and moves drags what was
/// tapped. Were it released at once, that would be a double click.
const HELD: f64 = 180.0;
/// And for so long if one has come back: by then it is clear what it does, or it is not heard of again.
const HELD_ON: f64 = 1000.0;

/// The pointer's way as a multiple of the finger's: of a slow finger's, what each CSS pixel a millisecond adds, and the
/// most. Slow ones are exact, and a fast one gets across a large desktop.
const SLOW: f64 = 0.7;
const FASTER: f64 = 1.2;
const FASTEST: f64 = 2.5;

/// What fingers on a trackpad do.
#[derive(Debug, Default)]
pub struct Trackpad {
    /// The button that a tap still holds.
    tapped: u16,
    /// When it is released, unless a finger has come back.
    due: Option<f64>,
    /// Whether a finger that moves drags.
    drags: bool,
    /// When a finger was last seen to move.
    moved: Option<f64>,
}

impl Trackpad {
    /// What is to be done for this gesture.
    #[must_use]
    pub fn acts(&mut self, gesture: &Gesture, around: Surroundings) -> Vec<Act> {
        let time = around.time;
        let mut acts = Vec::new();
        match *gesture {
            Gesture::Touch => {
                acts.extend(self.elapsed(time));
                self.due = self.due.map(|_| time + HELD_ON);
            }
            // What was tapped is not moved before it is clear that it is to be.
            Gesture::Drift { .. } if self.tapped != 0 => {}
            Gesture::Drift { by } => acts.push(self.push(Phase::Goes, by, time)),
            Gesture::Tap { fingers, .. } => {
                acts.extend(self.release());
                self.tapped = button(fingers);
                self.due = Some(time + HELD);
                acts.push(press(self.tapped));
            }
            Gesture::Drag { phase, by, .. } => {
                if self.tapped == LEFT {
                    self.drags = true;
                    self.tapped = 0;
                    self.due = None;
                }
                acts.extend(self.release());
                acts.push(self.push(phase, by, time));
            }
            Gesture::Hold { phase, by, .. } => {
                acts.extend(self.release());
                self.drags = true;
                acts.push(self.push(phase, by, time));
                if phase == Phase::Begins {
                    acts.push(Act::Buzz);
                }
            }
            Gesture::Scroll { by, .. } => {
                acts.extend(self.release());
                acts.push(Act::Wheel(None, wheel(by)));
            }
            Gesture::Pinch { factor, at, by } => {
                acts.extend(self.release());
                acts.extend(pinch(factor, at, by));
            }
        }
        acts
    }

    /// When [`Self::elapsed`] wants to be called.
    #[must_use]
    pub fn due(&self) -> Option<f64> {
        self.due
    }

    /// Time has passed.
    #[must_use]
    pub fn elapsed(&mut self, time: f64) -> Option<Act> {
        if self.due.is_some_and(|due| time >= due) {
            self.release()
        } else {
            None
        }
    }

    /// Nothing is held any more, and whoever calls sees to it.
    pub fn forget(&mut self) {
        *self = Self::default();
    }

    /// What a tap has pressed is released.
    fn release(&mut self) -> Option<Act> {
        self.due = None;
        let was_held = std::mem::take(&mut self.tapped) != 0;
        was_held.then_some(press(0))
    }

    /// The finger pushes the pointer.
    fn push(&mut self, phase: Phase, by: Point, time: f64) -> Act {
        let took = self
            .moved
            .replace(time)
            .map_or(f64::INFINITY, |before| time - before);
        // Frames are no shorter.
        let speed = length(by) / took.max(4.0);
        let gain = (SLOW + FASTER * speed).min(FASTEST);
        let buttons = if self.drags && phase != Phase::Ends {
            LEFT
        } else {
            0
        };
        if phase == Phase::Ends {
            self.drags = false;
            self.moved = None;
        }
        Act::Push((by.0 * gain, by.1 * gain), buttons)
    }
}

fn press(buttons: u16) -> Act {
    Act::Push((0.0, 0.0), buttons)
}

#[cfg(test)]
#[allow(clippy::panic, reason = "tests")]
mod tests {
    use super::*;

    const AT: Point = (100.0, 50.0);
    const TAP: Gesture = Gesture::Tap { fingers: 1, at: AT };

    fn drag(phase: Phase, by: Point) -> Gesture {
        Gesture::Drag { phase, at: AT, by }
    }

    /// Gestures at their times; and the timer, wherever it is due before.
    fn play(script: &[(f64, Gesture)]) -> Vec<Act> {
        let mut pad = Trackpad::default();
        let mut acts = Vec::new();
        for (time, gesture) in script {
            if let Some(due) = pad.due().filter(|due| due <= time) {
                acts.extend(pad.elapsed(due));
            }
            let around = Surroundings {
                time: *time,
                is_part: true,
            };
            acts.extend(pad.acts(gesture, around));
        }
        acts.extend(pad.elapsed(f64::INFINITY));
        acts
    }

    /// The buttons that are held, without what does not change them.
    fn buttons(acts: &[Act]) -> Vec<u16> {
        let mut held = vec![0];
        for act in acts {
            if let Act::Push(_, buttons) = act
                && held.last() != Some(buttons)
            {
                held.push(*buttons);
            }
        }
        held
    }

    #[test]
    fn a_finger_pushes_the_pointer_and_presses_nothing() {
        let acts = play(&[
            (0.0, Gesture::Touch),
            (16.0, drag(Phase::Begins, (0.0, 0.0))),
            (32.0, drag(Phase::Goes, (1.0, 0.0))),
            (48.0, drag(Phase::Ends, (0.0, 0.0))),
        ]);
        assert_eq!(buttons(&acts), [0]);
        let Act::Push((right, _), 0) = acts[1] else {
            panic!("{acts:?}")
        };
        assert!((0.7..0.8).contains(&right), "{right}");
    }

    #[test]
    fn a_finger_that_drifts_pushes_the_pointer_unless_it_may_drag() {
        let drift = Gesture::Drift { by: (5.0, 0.0) };
        let acts = play(&[(0.0, Gesture::Touch), (16.0, drift)]);
        assert!(matches!(acts[..], [Act::Push((3.0..15.0, 0.0), 0)]), "{acts:?}");
        let acts = play(&[(0.0, TAP), (50.0, Gesture::Touch), (66.0, drift)]);
        assert_eq!(acts, [press(1), press(0)]);
    }

    #[test]
    fn a_tap_is_released_though_the_finger_that_came_back_is_not_heard_of_again() {
        assert_eq!(play(&[(0.0, TAP), (50.0, Gesture::Touch)]), [press(1), press(0)]);
    }

    #[test]
    fn a_fast_finger_pushes_further_up_to_a_bound() {
        let after = |by: f64, took: f64| {
            let acts = play(&[
                (0.0, drag(Phase::Begins, (0.0, 0.0))),
                (took, drag(Phase::Goes, (by, 0.0))),
            ]);
            let Act::Push((right, _), _) = acts[1] else {
                panic!("{acts:?}")
            };
            right / by
        };
        assert!(after(2.0, 16.0) < after(16.0, 16.0));
        assert_eq!(after(500.0, 16.0), FASTEST);
        assert_eq!(after(500.0, 0.0), FASTEST);
    }

    #[test]
    fn taps_click_where_the_pointer_is() {
        for (fingers, button) in [(1, 1), (2, 2), (3, 4)] {
            let acts = play(&[(0.0, Gesture::Touch), (90.0, Gesture::Tap { fingers, at: AT })]);
            assert_eq!(acts, [press(button), press(0)]);
        }
    }

    #[test]
    fn two_taps_are_two_clicks_however_fast() {
        for second in [100.0, 400.0] {
            let acts = play(&[
                (0.0, Gesture::Touch),
                (50.0, TAP),
                (second, Gesture::Touch),
                (second + 50.0, TAP),
            ]);
            assert_eq!(buttons(&acts), [0, 1, 0, 1, 0], "{second}");
        }
    }

    #[test]
    fn a_finger_that_comes_back_after_a_tap_drags_by_one_press() {
        let acts = play(&[
            (0.0, Gesture::Touch),
            (50.0, TAP),
            (150.0, Gesture::Touch),
            (400.0, drag(Phase::Begins, (0.0, 0.0))),
            (416.0, drag(Phase::Goes, (9.0, 0.0))),
            (432.0, drag(Phase::Ends, (0.0, 0.0))),
            // And the next one only pushes again.
            (500.0, Gesture::Touch),
            (516.0, drag(Phase::Begins, (0.0, 0.0))),
            (532.0, drag(Phase::Goes, (9.0, 0.0))),
            (548.0, drag(Phase::Ends, (0.0, 0.0))),
        ]);
        assert_eq!(buttons(&acts), [0, 1, 0]);
    }

    #[test]
    fn a_finger_that_comes_back_too_late_only_pushes() {
        let acts = play(&[
            (50.0, TAP),
            (300.0, Gesture::Touch),
            (316.0, drag(Phase::Begins, (0.0, 0.0))),
            (332.0, drag(Phase::Goes, (9.0, 0.0))),
        ]);
        assert_eq!(acts[..2], [press(1), press(0)]);
        assert_eq!(buttons(&acts), [0, 1, 0]);
    }

    #[test]
    fn after_a_tap_of_two_fingers_nothing_is_dragged() {
        let acts = play(&[
            (50.0, Gesture::Tap { fingers: 2, at: AT }),
            (100.0, Gesture::Touch),
            (116.0, drag(Phase::Begins, (0.0, 0.0))),
            (132.0, drag(Phase::Goes, (9.0, 0.0))),
        ]);
        assert_eq!(buttons(&acts), [0, 2, 0]);
    }

    #[test]
    fn a_long_press_drags_and_is_felt() {
        let hold = |phase, by| Gesture::Hold { phase, at: AT, by };
        let acts = play(&[
            (0.0, Gesture::Touch),
            (700.0, hold(Phase::Begins, (0.0, 0.0))),
            (716.0, hold(Phase::Goes, (9.0, 0.0))),
            (732.0, hold(Phase::Ends, (0.0, 0.0))),
        ]);
        assert_eq!(buttons(&acts), [0, 1, 0]);
        assert!(acts.contains(&Act::Buzz));
    }

    #[test]
    fn fingers_side_by_side_turn_the_wheel_where_the_pointer_is() {
        for fingers in [2, 3] {
            let scroll = Gesture::Scroll {
                fingers,
                at: AT,
                by: (0.0, 50.0),
            };
            assert_eq!(play(&[(0.0, scroll)]), [Act::Wheel(None, (-0.0, -1.0))]);
        }
    }

    #[test]
    fn whatever_comes_next_what_a_tap_holds_is_released_first() {
        let scroll = Gesture::Scroll {
            fingers: 2,
            at: AT,
            by: (0.0, 50.0),
        };
        let pinch = Gesture::Pinch {
            factor: 2.0,
            at: AT,
            by: (0.0, 0.0),
        };
        for next in [scroll, pinch] {
            let acts = play(&[(50.0, TAP), (100.0, Gesture::Touch), (116.0, next)]);
            assert_eq!(acts[..2], [press(1), press(0)]);
        }
    }
}
