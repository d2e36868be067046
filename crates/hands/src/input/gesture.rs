//! What fingers do on a touch screen: taps, drags, long presses, scrolls and pinches.

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

/// How long a way is.
pub(super) fn length(way: Point) -> f64 {
    way.0.hypot(way.1)
}
