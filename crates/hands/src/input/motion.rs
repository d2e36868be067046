//! The pointer's way, for desktops that are told of it instead of its place.

use super::gesture::Point;

/// What the server is to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MotionAction {
    /// Pixels to the right since the last one.
    pub right: i16,
    /// Pixels down.
    pub down: i16,
}

/// The way that has not been told yet.
#[derive(Debug, Default)]
pub struct Motion {
    right: f64,
    down: f64,
}

impl Motion {
    /// The pointer moved by so many pixels to the right and down, and parts of such.
    pub fn add(&mut self, (right, down): Point) {
        if right.is_finite() && down.is_finite() {
            self.right += right;
            self.down += down;
        }
    }

    /// Whether there is a whole pixel to tell of.
    #[must_use]
    pub fn is_pending(&self) -> bool {
        self.right.abs() >= 1.0 || self.down.abs() >= 1.0
    }

    /// As much of it as can be told at once; the rest waits.
    #[must_use]
    pub fn take(&mut self) -> MotionAction {
        let most = |way: &mut f64| {
            // Casting saturates, and leaves parts of a pixel for later.
            let told = *way as i16;
            *way -= f64::from(told);
            told
        };
        MotionAction {
            right: most(&mut self.right),
            down: most(&mut self.down),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn action(right: i16, down: i16) -> MotionAction {
        MotionAction { right, down }
    }

    #[test]
    fn ways_add_up_until_they_are_told() {
        let mut motion = Motion::default();
        motion.add((3.0, -1.0));
        motion.add((2.0, -4.0));
        assert!(motion.is_pending());
        assert_eq!(motion.take(), action(5, -5));
        assert!(!motion.is_pending());
        assert_eq!(motion.take(), action(0, 0));
    }

    #[test]
    fn parts_of_a_pixel_add_up() {
        let mut motion = Motion::default();
        motion.add((0.75, -0.5));
        assert!(!motion.is_pending());
        motion.add((0.75, -0.75));
        assert!(motion.is_pending());
        assert_eq!(motion.take(), action(1, -1));
        assert!(!motion.is_pending());
    }

    #[test]
    fn what_cannot_be_told_at_once_is_told_later() {
        let mut motion = Motion::default();
        motion.add((40_000.0, -1e9));
        motion.add((f64::NAN, f64::INFINITY));
        assert_eq!(motion.take(), action(i16::MAX, i16::MIN));
        assert!(motion.is_pending());
        assert_eq!(
            motion.take(),
            action(40_000_u16.wrapping_sub(0x7FFF) as i16, i16::MIN)
        );
    }
}
