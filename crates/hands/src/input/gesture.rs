//! What fingers do on a touch screen: taps, drags, long presses, scrolls and pinches.
//!
//! Fingers are told of one by one, but looked at together, once per animation frame: of two that move at once the second
//! is told a moment later, and each alone looks like half of a pinch.

/// A point of the window or a way, in CSS pixels to the right and down.
pub type Point = (f64, f64);

/// How far along something is that takes its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// It begins.
    Begins,
    /// It goes on.
    Goes,
    /// It has ended.
    Ends,
}

/// What fingers have done.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Gesture {
    /// The first finger is there, and it is not clear yet what it will do.
    Touch,
    /// That finger is already not quite where it came, and may tap all the same.
    Drift {
        /// How it got where it is since the last one.
        by: Point,
    },
    /// So many fingers touched the screen and left it, the first of them here.
    Tap {
        /// One, two or three.
        fingers: usize,
        /// Where the first was.
        at: Point,
    },
    /// One finger moves over the screen.
    Drag {
        /// How far along it is.
        phase: Phase,
        /// Where the finger is.
        at: Point,
        /// How it got there since the last one.
        by: Point,
    },
    /// One finger has rested, and may move from then on.
    Hold {
        /// How far along it is.
        phase: Phase,
        /// Where the finger is.
        at: Point,
        /// How it got there since the last one.
        by: Point,
    },
    /// Two or three fingers move side by side.
    Scroll {
        /// Two or three.
        fingers: usize,
        /// What was between them when they began.
        at: Point,
        /// Their way since the last one.
        by: Point,
    },
    /// Two fingers go apart or together.
    Pinch {
        /// How many times as far apart as they were.
        factor: f64,
        /// What is between them.
        at: Point,
        /// How that moved.
        by: Point,
    },
}

/// Fingers that move less far tap or hold, in CSS pixels.
const SLOP: f64 = 16.0;
/// Of one that moves less far nothing is told.
const STILL: f64 = 4.0;
/// A finger that rests for so long holds, and what takes longer is no tap, in milliseconds.
const HOLD: f64 = 700.0;
/// With more fingers nothing is meant.
const MOST: usize = 3;
/// Of more nobody is interested in the places.
const MOST_KNOWN: usize = 10;
/// Fingers that are closer than this make no pinch: their distance is to be divided by.
const CLOSEST: f64 = 8.0;

/// What the fingers on a screen are doing.
#[derive(Debug, Default)]
pub struct Gestures {
    /// Those that touch it, in the order in which they came.
    fingers: Vec<Finger>,
    state: State,
}

#[derive(Debug)]
struct Finger {
    id: i32,
    start: Point,
    /// Where it was when something was last told.
    before: Point,
    now: Point,
}

#[derive(Debug, Clone, Copy, PartialEq, Default)]
enum State {
    #[default]
    Idle,
    /// It may become anything.
    Unclear {
        /// When the first finger came.
        since: f64,
        /// Where that was.
        at: Point,
        /// How many there were at the same time.
        fingers: usize,
        /// Whether some have left again.
        leaving: bool,
        /// Whether one of two has been seen to move, and the other not yet.
        halfway: bool,
    },
    Drag,
    Hold,
    /// By so many fingers, from here.
    Scroll(usize, Point),
    Pinch,
    /// What is still there means nothing any more.
    Over,
}

impl Gestures {
    /// A finger touches the screen. Times are in milliseconds, of any clock that all of them are of.
    #[must_use]
    pub fn down(&mut self, id: i32, at: Point, time: f64) -> Option<Gesture> {
        if self.fingers.len() == MOST_KNOWN || self.fingers.iter().any(|finger| finger.id == id) {
            return None;
        }
        self.fingers.push(Finger {
            id,
            start: at,
            before: at,
            now: at,
        });
        match &mut self.state {
            State::Idle => {
                self.state = State::Unclear {
                    since: time,
                    at,
                    fingers: 1,
                    leaving: false,
                    halfway: false,
                };
                return Some(Gesture::Touch);
            }
            State::Unclear {
                fingers,
                leaving: false,
                ..
            } if *fingers < MOST => *fingers += 1,
            State::Unclear { .. } => self.state = State::Over,
            // One that comes too late plays no part.
            State::Drag | State::Hold | State::Scroll(..) | State::Pinch | State::Over => {}
        }
        None
    }

    /// A finger is elsewhere. What that means [`Self::look`] tells.
    pub fn moved(&mut self, id: i32, at: Point) {
        if let Some(finger) = self.fingers.iter_mut().find(|finger| finger.id == id) {
            finger.now = at;
        }
    }

    /// Looks at where all fingers are. To be called once per animation frame while they move.
    #[must_use]
    pub fn look(&mut self) -> Vec<Gesture> {
        let mut gestures = Vec::new();
        if let State::Unclear { fingers, leaving, .. } = self.state {
            self.decide(fingers, leaving, &mut gestures);
        }
        if let Some(gesture) = self.goes_on() {
            gestures.push(gesture);
            for finger in &mut self.fingers {
                finger.before = finger.now;
            }
        }
        gestures
    }

    /// When [`Self::rest`] wants to be called, if no finger moves before.
    #[must_use]
    pub fn rests_at(&self) -> Option<f64> {
        match self.state {
            State::Unclear {
                since, fingers: 1, ..
            } => Some(since + HOLD),
            _ => None,
        }
    }

    /// Time has passed.
    #[must_use]
    pub fn rest(&mut self, time: f64) -> Option<Gesture> {
        let (due, finger) = (self.rests_at()?, self.fingers.first()?);
        if time < due {
            return None;
        }
        self.state = State::Hold;
        Some(Gesture::Hold {
            phase: Phase::Begins,
            at: finger.start,
            by: (0.0, 0.0),
        })
    }

    /// A finger leaves the screen.
    #[must_use]
    pub fn up(&mut self, id: i32, time: f64) -> Vec<Gesture> {
        let Some(index) = self.fingers.iter().position(|finger| finger.id == id) else {
            return Vec::new();
        };
        if let State::Unclear { halfway, .. } = &mut self.state {
            // All moves from before have come.
            *halfway = true;
        }
        let mut gestures = self.look();
        // It has rested for long enough, and nobody has called.
        gestures.extend(self.rest(time));
        let finger = self.fingers.remove(index);
        match &mut self.state {
            State::Unclear {
                since,
                at,
                fingers,
                leaving,
                ..
            } => {
                *leaving = true;
                if self.fingers.is_empty() && time - *since < HOLD {
                    gestures.push(Gesture::Tap {
                        fingers: *fingers,
                        at: *at,
                    });
                }
            }
            _ => gestures.extend(self.left(index, finger.now)),
        }
        self.ended();
        gestures
    }

    /// A finger is the system's from now on.
    #[must_use]
    pub fn cancel(&mut self, id: i32) -> Option<Gesture> {
        let index = self.fingers.iter().position(|finger| finger.id == id)?;
        let finger = self.fingers.remove(index);
        let end = self.left(index, finger.now);
        self.state = State::Over;
        self.ended();
        end
    }

    /// Nothing that the fingers do from now on counts, until they come anew.
    pub fn forget(&mut self) {
        self.fingers.clear();
        self.state = State::Idle;
    }

    /// Whether it has become clear what the fingers do.
    fn decide(&mut self, fingers: usize, leaving: bool, gestures: &mut Vec<Gesture>) {
        let still = |finger: &Finger| length(way(finger.start, finger.now)) <= SLOP;
        if leaving {
            if !self.fingers.iter().all(still) {
                self.state = State::Over;
            }
            return;
        }
        match (fingers, self.fingers.as_slice()) {
            (1, [finger]) => {
                if !still(finger) {
                    self.state = State::Drag;
                    gestures.push(Gesture::Drag {
                        phase: Phase::Begins,
                        at: finger.start,
                        by: (0.0, 0.0),
                    });
                }
            }
            (2, [one, other]) => {
                let moves = |finger: &Finger| length(way(finger.start, finger.now)) > STILL;
                if let State::Unclear { halfway, .. } = &mut self.state
                    && moves(one) != moves(other)
                    && !std::mem::replace(halfway, true)
                {
                    // A frame may come between the moves of two: one alone looks like half of a pinch.
                    return;
                }
                let start = middle(&self.fingers, |finger| finger.start);
                let together = length(way(start, middle(&self.fingers, |finger| finger.now)));
                let apart = (length(way(one.now, other.now)) - length(way(one.start, other.start))).abs();
                if together.max(apart) > SLOP {
                    self.state = if apart > together {
                        State::Pinch
                    } else {
                        State::Scroll(fingers, start)
                    };
                }
            }
            _ => {
                let start = middle(&self.fingers, |finger| finger.start);
                if length(way(start, middle(&self.fingers, |finger| finger.now))) > SLOP {
                    self.state = State::Scroll(fingers, start);
                }
            }
        }
    }

    /// What it is goes on.
    fn goes_on(&self) -> Option<Gesture> {
        let phase = Phase::Goes;
        let first = self.fingers.first()?;
        match self.state {
            State::Unclear {
                fingers: 1,
                leaving: false,
                ..
            } => {
                let by = way(first.before, first.now);
                let drifts = by != (0.0, 0.0) && length(way(first.start, first.now)) > STILL;
                drifts.then_some(Gesture::Drift { by })
            }
            State::Drag | State::Hold => {
                let (at, by) = (first.now, way(first.before, first.now));
                let gesture = if self.state == State::Drag {
                    Gesture::Drag { phase, at, by }
                } else {
                    Gesture::Hold { phase, at, by }
                };
                (by != (0.0, 0.0)).then_some(gesture)
            }
            State::Scroll(fingers, at) => {
                let theirs = self.fingers.get(..fingers)?;
                let before = middle(theirs, |finger| finger.before);
                let by = way(before, middle(theirs, |finger| finger.now));
                (by != (0.0, 0.0)).then_some(Gesture::Scroll { fingers, at, by })
            }
            State::Pinch => {
                let [one, other] = self.fingers.get(..2)? else {
                    return None;
                };
                let theirs = self.fingers.get(..2)?;
                let spread = |one: Point, other: Point| length(way(one, other)).max(CLOSEST);
                let at = middle(theirs, |finger| finger.now);
                let by = way(middle(theirs, |finger| finger.before), at);
                let factor = spread(one.now, other.now) / spread(one.before, other.before);
                (factor != 1.0 || by != (0.0, 0.0)).then_some(Gesture::Pinch { factor, at, by })
            }
            State::Idle | State::Unclear { .. } | State::Over => None,
        }
    }

    /// The finger that was this one has left: with one that takes part, what it did ends.
    fn left(&mut self, index: usize, at: Point) -> Option<Gesture> {
        let (phase, by) = (Phase::Ends, (0.0, 0.0));
        let (takes_part, end) = match self.state {
            State::Drag => (1, Some(Gesture::Drag { phase, at, by })),
            State::Hold => (1, Some(Gesture::Hold { phase, at, by })),
            State::Scroll(fingers, _) => (fingers, None),
            State::Pinch => (2, None),
            State::Idle | State::Unclear { .. } | State::Over => (0, None),
        };
        if index >= takes_part {
            return None;
        }
        self.state = State::Over;
        end
    }

    fn ended(&mut self) {
        if self.fingers.is_empty() {
            self.state = State::Idle;
        }
    }
}

fn way(from: Point, to: Point) -> Point {
    (to.0 - from.0, to.1 - from.1)
}

/// How long a way is.
pub(super) fn length(way: Point) -> f64 {
    way.0.hypot(way.1)
}

fn middle(fingers: &[Finger], place: impl Fn(&Finger) -> Point) -> Point {
    let count = fingers.len() as f64;
    let sum = fingers
        .iter()
        .map(place)
        .fold((0.0, 0.0), |sum, at| (sum.0 + at.0, sum.1 + at.1));
    (sum.0 / count, sum.1 / count)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a finger does at a time: (finger, what, where).
    #[derive(Clone, Copy)]
    enum Does {
        Comes(i32, Point),
        Moves(i32, Point),
        Leaves(i32),
        IsTaken(i32),
        /// An animation frame.
        Frame,
        /// The timer.
        Timer,
    }
    use Does::{Comes, Frame, IsTaken, Leaves, Moves, Timer};

    fn play(script: &[(f64, Does)]) -> Vec<Gesture> {
        let mut gestures = Gestures::default();
        let mut told = Vec::new();
        for &(time, does) in script {
            match does {
                Comes(id, at) => told.extend(gestures.down(id, at, time)),
                Moves(id, at) => gestures.moved(id, at),
                Leaves(id) => told.extend(gestures.up(id, time)),
                IsTaken(id) => told.extend(gestures.cancel(id)),
                Frame => told.extend(gestures.look()),
                Timer => told.extend(gestures.rest(time)),
            }
        }
        // Whatever they did, when all have left it begins anew.
        assert!(!gestures.fingers.is_empty() || gestures.state == State::Idle);
        told.retain(|gesture| !matches!(gesture, Gesture::Touch | Gesture::Drift { .. }));
        told
    }

    fn drag(phase: Phase, at: Point, by: Point) -> Gesture {
        Gesture::Drag { phase, at, by }
    }

    fn hold(phase: Phase, at: Point, by: Point) -> Gesture {
        Gesture::Hold { phase, at, by }
    }

    #[test]
    fn one_two_and_three_fingers_tap() {
        let at = (100.0, 100.0);
        for fingers in 1..=3 {
            let come = (0..fingers).map(|id| {
                let beside = (at.0 + 40.0 * f64::from(id), at.1);
                (f64::from(id) * 60.0, Comes(id, beside))
            });
            let leave = (0..fingers).map(|id| (300.0 + f64::from(id), Leaves(id)));
            let script: Vec<_> = come.chain(leave).collect();
            let fingers = fingers as usize;
            assert_eq!(play(&script), [Gesture::Tap { fingers, at }]);
        }
    }

    #[test]
    fn a_tap_that_trembles_is_a_tap_where_it_began() {
        let script = [
            (0.0, Comes(7, (50.0, 50.0))),
            (10.0, Moves(7, (58.0, 45.0))),
            (16.0, Frame),
            (90.0, Leaves(7)),
        ];
        assert_eq!(
            play(&script),
            [Gesture::Tap {
                fingers: 1,
                at: (50.0, 50.0)
            }]
        );
    }

    #[test]
    fn a_finger_that_moves_drags_from_where_it_came() {
        let script = [
            (0.0, Comes(1, (10.0, 10.0))),
            (5.0, Moves(1, (20.0, 10.0))),
            (16.0, Frame),
            (20.0, Moves(1, (30.0, 10.0))),
            (25.0, Moves(1, (40.0, 12.0))),
            (32.0, Frame),
            (48.0, Frame),
            (50.0, Moves(1, (45.0, 12.0))),
            (51.0, Leaves(1)),
        ];
        assert_eq!(
            play(&script),
            [
                drag(Phase::Begins, (10.0, 10.0), (0.0, 0.0)),
                drag(Phase::Goes, (40.0, 12.0), (20.0, 2.0)),
                drag(Phase::Goes, (45.0, 12.0), (5.0, 0.0)),
                drag(Phase::Ends, (45.0, 12.0), (0.0, 0.0)),
            ]
        );
    }

    #[test]
    fn a_finger_drifts_while_it_is_not_clear_what_it_does_and_trembling_is_no_drifting() {
        let mut gestures = Gestures::default();
        assert_eq!(gestures.down(1, (10.0, 10.0), 0.0), Some(Gesture::Touch));
        for (right, drifts) in [(3.0, None), (6.0, Some(6.0)), (6.0, None), (9.0, Some(3.0))] {
            gestures.moved(1, (10.0 + right, 10.0));
            let expected: Vec<Gesture> = drifts
                .map(|right| Gesture::Drift { by: (right, 0.0) })
                .into_iter()
                .collect();
            assert_eq!(gestures.look(), expected, "{right}");
        }
        gestures.moved(1, (30.0, 10.0));
        assert_eq!(
            gestures.look(),
            [
                drag(Phase::Begins, (10.0, 10.0), (0.0, 0.0)),
                drag(Phase::Goes, (30.0, 10.0), (11.0, 0.0))
            ]
        );
    }

    #[test]
    fn a_frame_between_the_moves_of_two_fingers_does_not_say_what_they_do() {
        let comes = [(0.0, Comes(1, (100.0, 100.0))), (1.0, Comes(2, (140.0, 100.0)))];
        let one_has_moved = [(10.0, Moves(1, (100.0, 35.0))), (16.0, Frame)];
        let both_scroll = [(17.0, Moves(2, (140.0, 35.0))), (32.0, Frame)];
        let scroll = Gesture::Scroll {
            fingers: 2,
            at: (120.0, 100.0),
            by: (0.0, -65.0),
        };
        assert_eq!(
            play(&[&comes[..], &one_has_moved, &both_scroll].concat()),
            [scroll]
        );
        // One that goes on alone does pinch, as does one that leaves.
        for then in [
            [(20.0, Moves(1, (100.0, 30.0))), (32.0, Frame)],
            [(20.0, Leaves(2)), (32.0, Frame)],
        ] {
            let told = play(&[&comes[..], &one_has_moved, &then].concat());
            assert!(matches!(told[..], [Gesture::Pinch { .. }]), "{told:?}");
        }
        let between_two_frames = [&comes[..], &one_has_moved[..1], &[(12.0, Leaves(1))]].concat();
        let told = play(&between_two_frames);
        assert!(matches!(told[..], [Gesture::Pinch { .. }]), "{told:?}");
    }

    #[test]
    fn a_flick_between_two_frames_is_a_drag() {
        let script = [
            (0.0, Comes(1, (10.0, 10.0))),
            (5.0, Moves(1, (80.0, 10.0))),
            (9.0, Leaves(1)),
        ];
        assert_eq!(
            play(&script),
            [
                drag(Phase::Begins, (10.0, 10.0), (0.0, 0.0)),
                drag(Phase::Goes, (80.0, 10.0), (70.0, 0.0)),
                drag(Phase::Ends, (80.0, 10.0), (0.0, 0.0)),
            ]
        );
    }

    #[test]
    fn a_finger_that_rests_holds_and_may_move_then() {
        let script = [
            (0.0, Comes(1, (10.0, 10.0))),
            (400.0, Timer),
            (700.0, Timer),
            (800.0, Moves(1, (12.0, 10.0))),
            (816.0, Frame),
            (900.0, Leaves(1)),
        ];
        assert_eq!(
            play(&script),
            [
                hold(Phase::Begins, (10.0, 10.0), (0.0, 0.0)),
                hold(Phase::Goes, (12.0, 10.0), (2.0, 0.0)),
                hold(Phase::Ends, (12.0, 10.0), (0.0, 0.0)),
            ]
        );
    }

    #[test]
    fn a_finger_that_rested_has_held_even_if_the_timer_was_late() {
        let script = [(0.0, Comes(1, (10.0, 10.0))), (701.0, Leaves(1)), (702.0, Timer)];
        assert_eq!(
            play(&script),
            [
                hold(Phase::Begins, (10.0, 10.0), (0.0, 0.0)),
                hold(Phase::Ends, (10.0, 10.0), (0.0, 0.0)),
            ]
        );
    }

    #[test]
    fn fingers_side_by_side_scroll_though_one_is_told_first() {
        for fingers in [2, 3] {
            let place = |id: i32, down: f64| (100.0 * f64::from(id), 200.0 + down);
            let mut script: Vec<_> = (0..fingers).map(|id| (0.0, Comes(id, place(id, 0.0)))).collect();
            for (time, down) in [(16.0, -40.0), (32.0, -100.0)] {
                script.extend((0..fingers).map(|id| (time, Moves(id, place(id, down)))));
                script.push((time, Frame));
            }
            script.extend((0..fingers).map(|id| (50.0, Leaves(id))));
            let at = (50.0 * f64::from(fingers - 1), 200.0);
            let fingers = fingers as usize;
            let scroll = |down| Gesture::Scroll {
                fingers,
                at,
                by: (0.0, down),
            };
            assert_eq!(play(&script), [scroll(-40.0), scroll(-60.0)]);
        }
    }

    #[test]
    fn fingers_that_go_apart_pinch_and_take_along_what_is_between_them() {
        let script = [
            (0.0, Comes(1, (100.0, 100.0))),
            (200.0, Comes(2, (200.0, 100.0))),
            (210.0, Moves(1, (50.0, 100.0))),
            (210.0, Moves(2, (250.0, 100.0))),
            (216.0, Frame),
            (220.0, Moves(2, (150.0, 100.0))),
            (232.0, Frame),
            (240.0, Leaves(2)),
            // Of no meaning any more.
            (241.0, Moves(1, (300.0, 300.0))),
            (248.0, Frame),
            (250.0, Leaves(1)),
        ];
        let pinch = |factor, at, by| Gesture::Pinch { factor, at, by };
        assert_eq!(
            play(&script),
            [
                pinch(2.0, (150.0, 100.0), (0.0, 0.0)),
                pinch(0.5, (100.0, 100.0), (-50.0, 0.0)),
            ]
        );
    }

    #[test]
    fn fingers_in_one_place_pinch_by_no_more_than_can_be() {
        let script = [
            (0.0, Comes(1, (100.0, 100.0))),
            (0.0, Comes(2, (100.0, 100.0))),
            (10.0, Moves(1, (0.0, 100.0))),
            (10.0, Moves(2, (200.0, 100.0))),
            (16.0, Frame),
        ];
        assert_eq!(
            play(&script),
            [Gesture::Pinch {
                factor: 200.0 / CLOSEST,
                at: (100.0, 100.0),
                by: (0.0, 0.0)
            }]
        );
    }

    #[test]
    fn what_the_system_takes_is_no_tap_and_ends_a_drag() {
        let script = [(0.0, Comes(1, (10.0, 10.0))), (50.0, IsTaken(1))];
        assert_eq!(play(&script), []);
        let script = [
            (0.0, Comes(1, (10.0, 10.0))),
            (5.0, Moves(1, (80.0, 10.0))),
            (16.0, Frame),
            (20.0, IsTaken(1)),
        ];
        assert_eq!(
            play(&script).last(),
            Some(&drag(Phase::Ends, (80.0, 10.0), (0.0, 0.0)))
        );
    }

    #[test]
    fn what_means_nothing_is_nothing() {
        // Four fingers; two that take too long; one that moves when the other has left; one that was never there.
        let four: Vec<_> = (0..4)
            .map(|id| (0.0, Comes(id, (f64::from(id) * 50.0, 0.0))))
            .chain((0..4).map(|id| (90.0, Leaves(id))))
            .collect();
        let slow = [
            (0.0, Comes(1, (0.0, 0.0))),
            (90.0, Comes(2, (50.0, 0.0))),
            (700.0, Timer),
            (800.0, Leaves(1)),
            (801.0, Leaves(2)),
        ];
        let late = [
            (0.0, Comes(1, (0.0, 0.0))),
            (0.0, Comes(2, (50.0, 0.0))),
            (90.0, Leaves(1)),
            (95.0, Moves(2, (150.0, 0.0))),
            (96.0, Frame),
            (99.0, Leaves(2)),
        ];
        let unknown = [
            (0.0, Moves(1, (9.0, 9.0))),
            (1.0, Frame),
            (2.0, Leaves(1)),
            (3.0, IsTaken(1)),
        ];
        for script in [&four[..], &slow, &late, &unknown] {
            assert_eq!(play(script), []);
        }
    }

    #[test]
    fn a_finger_that_comes_late_does_not_disturb_a_drag() {
        let script = [
            (0.0, Comes(1, (10.0, 10.0))),
            (5.0, Moves(1, (80.0, 10.0))),
            (16.0, Frame),
            (20.0, Comes(2, (200.0, 200.0))),
            (30.0, Leaves(2)),
            (40.0, Moves(1, (90.0, 10.0))),
            (48.0, Frame),
            (50.0, Leaves(1)),
        ];
        assert_eq!(
            play(&script)[2..],
            [
                drag(Phase::Goes, (90.0, 10.0), (10.0, 0.0)),
                drag(Phase::Ends, (90.0, 10.0), (0.0, 0.0)),
            ]
        );
    }

    #[test]
    fn more_fingers_than_hands_have_are_not_counted() {
        let mut gestures = Gestures::default();
        for id in 0..1000 {
            let _ = gestures.down(id, (0.0, 0.0), 0.0);
        }
        assert_eq!(gestures.fingers.len(), MOST_KNOWN);
        gestures.forget();
        assert_eq!(gestures.down(1, (0.0, 0.0), 0.0), Some(Gesture::Touch));
    }
}
