//! Notches of a wheel that come while the page is busy.

use super::wheel::{Turn, WheelUnit};

/// Firefox, which tells of lines, makes one event of them: with the lines of all, and the ticks of one. How many lines a notch
/// has is a setting of the system's, and seen of one that comes alone.
#[derive(Debug, Default)]
pub struct Notches {
    /// The fewest lines of a tick so far, by axis.
    lines: (Option<f64>, Option<f64>),
}

impl Notches {
    /// This turn, with the ticks of all of its notches.
    #[must_use]
    pub fn all(&mut self, turn: Turn) -> Turn {
        let along = |delta: f64, ticks: f64, fewest: &mut Option<f64>| {
            let lines = delta / ticks;
            if turn.unit != WheelUnit::Line || !lines.is_finite() || lines <= 0.0 {
                return ticks;
            }
            let fewest = fewest.get_or_insert(lines);
            *fewest = fewest.min(lines);
            delta / *fewest
        };
        Turn {
            ticks: (
                along(turn.delta.0, turn.ticks.0, &mut self.lines.0),
                along(turn.delta.1, turn.ticks.1, &mut self.lines.1),
            ),
            ..turn
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(notches: &mut Notches, delta: f64, unit: WheelUnit, ticks: f64) -> f64 {
        let turn = Turn {
            delta: (0.0, delta),
            unit,
            ticks: (0.0, ticks),
        };
        notches.all(turn).steps().1
    }

    #[test]
    fn those_that_come_together_are_all_counted() {
        let mut notches = Notches::default();
        // As Firefox tells them where a notch is six lines.
        for (delta, ticks, expected) in [
            (6.0, 120.0, 1.0),
            (24.0, 120.0, 4.0),
            (-6.0, -120.0, -1.0),
            (-12.0, -120.0, -2.0),
        ] {
            assert_eq!(
                steps(&mut notches, delta, WheelUnit::Line, ticks),
                expected,
                "{delta}"
            );
        }
        // A fine wheel's.
        assert_eq!(steps(&mut notches, 1.5, WheelUnit::Line, 30.0), 0.25);
    }

    #[test]
    fn it_is_learned_of_one_that_comes_alone() {
        let mut notches = Notches::default();
        assert_eq!(steps(&mut notches, 9.0, WheelUnit::Line, 120.0), 1.0);
        assert_eq!(steps(&mut notches, 3.0, WheelUnit::Line, 120.0), 1.0);
        assert_eq!(steps(&mut notches, 9.0, WheelUnit::Line, 120.0), 3.0);
    }

    #[test]
    fn pixels_have_ticks_of_their_own_and_nonsense_stays_it() {
        let mut notches = Notches::default();
        assert_eq!(steps(&mut notches, 100.0, WheelUnit::Pixel, 120.0), 1.0);
        assert_eq!(steps(&mut notches, 300.0, WheelUnit::Pixel, 120.0), 1.0);
        for (delta, ticks) in [(3.0, 0.0), (0.0, 0.0)] {
            assert_eq!(steps(&mut notches, delta, WheelUnit::Line, ticks), delta / 3.0);
        }
        assert!(steps(&mut notches, f64::NAN, WheelUnit::Line, 120.0).is_finite());
        assert_eq!(
            steps(&mut notches, 3.0, WheelUnit::Line, -120.0),
            -1.0,
            "a sign that is another"
        );
    }
}
