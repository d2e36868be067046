//! The pointer's way, for desktops that are told of it instead of its place.

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
    right: i32,
    down: i32,
}

impl Motion {
    /// The pointer moved by this much (`MouseEvent.movementX` and `movementY`).
    pub fn add(&mut self, right: i32, down: i32) {
        self.right = self.right.saturating_add(right);
        self.down = self.down.saturating_add(down);
    }

    /// Whether there is anything to tell.
    #[must_use]
    pub fn is_pending(&self) -> bool {
        self.right != 0 || self.down != 0
    }

    /// As much of it as can be told at once; the rest waits.
    #[must_use]
    pub fn take(&mut self) -> MotionAction {
        let most = |way: &mut i32| {
            let told = (*way).clamp(i16::MIN.into(), i16::MAX.into());
            *way -= told;
            told as i16
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
        motion.add(3, -1);
        motion.add(2, -4);
        assert!(motion.is_pending());
        assert_eq!(motion.take(), action(5, -5));
        assert!(!motion.is_pending());
        assert_eq!(motion.take(), action(0, 0));
    }

    #[test]
    fn what_cannot_be_told_at_once_is_told_later() {
        let mut motion = Motion::default();
        motion.add(40_000, i32::MIN);
        motion.add(0, i32::MIN);
        assert_eq!(motion.take(), action(i16::MAX, i16::MIN));
        assert!(motion.is_pending());
        assert_eq!(
            motion.take(),
            action(40_000_u16.wrapping_sub(0x7FFF) as i16, i16::MIN)
        );
    }
}
