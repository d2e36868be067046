//! Fingers, and what they do.
//!
//! They are told of one by one, but looked at together, once per animation frame: of two that move at once the second is told
//! a moment later, and each alone looks like half of a pinch.

use super::gesture::{Gesture, Phase, Point, length};

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

fn middle(fingers: &[Finger], place: impl Fn(&Finger) -> Point) -> Point {
    let count = fingers.len() as f64;
    let sum = fingers
        .iter()
        .map(place)
        .fold((0.0, 0.0), |sum, at| (sum.0 + at.0, sum.1 + at.1));
    (sum.0 / count, sum.1 / count)
}

#[cfg(test)]
mod tests;
