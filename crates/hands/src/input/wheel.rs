//! Wheels of all kinds, as the steps that RFB has: what is left of one waits for the rest of it.

/// How far a wheel turned, as the browser says it. All of it is to the right and down.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Turn {
    /// `WheelEvent.deltaX` and `deltaY`.
    pub delta: (f64, f64),
    /// Their unit.
    pub unit: WheelUnit,
    /// `WheelEvent.wheelDeltaX` and `wheelDeltaY`, with their signs turned, as in a page that is not zoomed; 0 where there are
    /// none.
    pub ticks: (f64, f64),
}

/// The unit of a wheel event (`WheelEvent.deltaMode`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WheelUnit {
    /// CSS pixels.
    Pixel,
    /// Lines of text.
    Line,
    /// Pages.
    Page,
}

impl WheelUnit {
    /// From `WheelEvent.deltaMode`.
    #[must_use]
    pub fn from_dom(mode: u32) -> Self {
        match mode {
            1 => Self::Line,
            2 => Self::Page,
            _ => Self::Pixel,
        }
    }

    /// How many of them are one step of a wheel.
    fn per_step(self) -> f64 {
        match self {
            Self::Pixel => 100.0,
            Self::Line => 3.0,
            Self::Page => 1.0,
        }
    }
}

/// All browsers count a notch of a wheel as so many ticks, however far the system's settings would have it scroll, and a
/// trackpad's pixel as three. For what Chromium makes of them in a page that is zoomed, see [`super::PageZoom`].
const TICKS_PER_STEP: f64 = 120.0;

impl Turn {
    /// How many steps of a wheel it is, to the right and down.
    #[must_use]
    pub fn steps(self) -> (f64, f64) {
        let along = |delta: f64, ticks: f64| {
            if ticks == 0.0 {
                delta / self.unit.per_step()
            } else {
                ticks / TICKS_PER_STEP
            }
        };
        (
            along(self.delta.0, self.ticks.0),
            along(self.delta.1, self.ticks.1),
        )
    }
}

/// What a step may lack to be one: Chromium rounds ticks down.
const NEARLY: f64 = 0.02;

/// One axis of a wheel.
#[derive(Debug, Default)]
pub(super) struct Wheel {
    rest: f64,
}

impl Wheel {
    /// Whole steps after turning by `steps`. Turning back starts anew.
    pub(super) fn turn(&mut self, steps: f64) -> i32 {
        if !steps.is_finite() {
            return 0;
        }
        if self.rest * steps < 0.0 {
            self.rest = 0.0;
        }
        self.rest += steps;
        let whole = (self.rest.abs() + NEARLY).trunc().copysign(self.rest);
        self.rest -= whole;
        // Saturates, and is bounded by the caller.
        whole as i32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turn(delta: f64, unit: WheelUnit, ticks: f64) -> f64 {
        let turn = Turn {
            delta: (0.0, delta),
            unit,
            ticks: (0.0, ticks),
        };
        turn.steps().1
    }

    #[test]
    fn a_notch_is_a_step_in_every_browser_and_setting() {
        for (what, delta, unit, ticks) in [
            ("Chromium on Linux", 120.0, WheelUnit::Pixel, 120.0),
            ("Chromium on Windows", 100.0, WheelUnit::Pixel, 120.0),
            ("with one line a notch set", 33.3, WheelUnit::Pixel, 120.0),
            ("Firefox", 3.0, WheelUnit::Line, 120.0),
            (
                "Firefox that is not asked for lines",
                57.0,
                WheelUnit::Pixel,
                120.0,
            ),
            ("Safari and WebKitGTK", 40.0, WheelUnit::Pixel, 120.0),
            ("a driver without ticks", 100.0, WheelUnit::Pixel, 0.0),
            ("lines without ticks", 3.0, WheelUnit::Line, 0.0),
            ("pages without ticks", 1.0, WheelUnit::Page, 0.0),
        ] {
            assert_eq!(turn(delta, unit, ticks), 1.0, "{what}");
            assert_eq!(turn(-delta, unit, -ticks), -1.0, "{what}, back");
        }
    }

    #[test]
    fn fine_wheels_and_trackpads_turn_by_parts_of_a_step() {
        assert_eq!(turn(12.5, WheelUnit::Pixel, 15.0), 0.125);
        // Forty pixels of a trackpad.
        assert_eq!(turn(1.0, WheelUnit::Pixel, 3.0), 0.025);
    }

    #[test]
    fn parts_of_a_step_add_up_and_turning_back_starts_anew() {
        let mut wheel = Wheel::default();
        let fine = [0.25; 9].map(|part| wheel.turn(part));
        assert_eq!(fine, [0, 0, 0, 1, 0, 0, 0, 1, 0]);
        assert_eq!([-0.5, -0.5].map(|part| wheel.turn(part)), [0, -1]);
    }

    #[test]
    fn a_notch_whose_ticks_are_rounded_is_a_step_and_so_is_the_next() {
        // In a page that is zoomed to 110 %.
        let notch = turn(91.0, WheelUnit::Pixel, 109.0 * 1.1);
        let mut wheel = Wheel::default();
        assert_eq!(
            [notch, notch, -notch, notch].map(|steps| wheel.turn(steps)),
            [1, 1, -1, 1]
        );
    }

    #[test]
    fn what_an_inertial_wheel_runs_out_in_is_counted_to_the_last_pixel() {
        let mut wheel = Wheel::default();
        let total: i32 = (0..200)
            .map(|at| wheel.turn(4.0 * 0.97_f64.powi(at) / 40.0))
            .sum();
        // The sum of the series is 133 pixels.
        assert_eq!(total, 3);
    }

    #[test]
    fn nonsense_is_nothing() {
        let mut wheel = Wheel::default();
        for steps in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(wheel.turn(steps), 0);
        }
        assert_eq!(wheel.turn(1.0), 1);
        assert_eq!(WheelUnit::from_dom(7), WheelUnit::Pixel);
    }
}
