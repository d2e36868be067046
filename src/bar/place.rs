//! Where the handle is: at one of two sides of the window, so far down. Of the way down that there is, and not of pixels: so it is
//! in the window whatever size that has.

use porthole_viewer::page::storage;

/// A place at the window's edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    /// Whether it is where lines end, and not where they begin.
    pub(super) at_end: bool,
    /// How far down, of [`WAY`].
    pub(super) down: u16,
}

/// All the way from the top to the bottom.
pub(super) const WAY: u16 = 1000;

/// How far one step is.
const STEP: u16 = WAY / 10;

/// A move by keys or buttons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Up,
    Down,
    Top,
    Bottom,
    /// To the side where lines begin.
    Start,
    /// To the side where they end.
    End,
    /// To whichever side it is not at.
    Across,
}

impl Default for Place {
    fn default() -> Self {
        Self {
            at_end: false,
            down: WAY / 2,
        }
    }
}

impl Place {
    /// Where it was put on this device, or else where it is at first.
    pub(crate) fn remembered() -> Self {
        let text = storage::recall(REMEMBERED);
        text.and_then(|text| Self::read(&text)).unwrap_or_default()
    }

    pub(super) fn remember(self) {
        let side = if self.at_end { "end " } else { "start " };
        storage::remember(REMEMBERED, &[side, &self.down.to_string()].concat());
    }

    fn read(text: &str) -> Option<Self> {
        let (side, down) = text.split_once(' ')?;
        let at_end = match side {
            "start" => false,
            "end" => true,
            _ => return None,
        };
        let down = down.parse().ok().filter(|down| *down <= WAY)?;
        Some(Self { at_end, down })
    }

    /// One step further.
    pub(super) fn after(self, step: Step) -> Self {
        let Self { at_end, down } = self;
        match step {
            Step::Up => Self {
                down: down.saturating_sub(STEP),
                ..self
            },
            Step::Down => Self {
                down: WAY.min(down + STEP),
                ..self
            },
            Step::Top => Self { down: 0, ..self },
            Step::Bottom => Self { down: WAY, ..self },
            Step::Start => Self {
                at_end: false,
                ..self
            },
            Step::End => Self { at_end: true, ..self },
            Step::Across => Self {
                at_end: !at_end,
                ..self
            },
        }
    }

    /// With its upper end so far from the top of a way that is so long, in CSS pixels.
    pub(super) fn at(self, top: f64, way: f64) -> Self {
        // A window that is no higher than the handle leaves it no way.
        let down = if way > 0.0 { top / way } else { 0.0 };
        Self {
            down: (down.clamp(0.0, 1.0) * f64::from(WAY)).round() as u16,
            ..self
        }
    }
}

/// Under this name the browser remembers it.
const REMEMBERED: &str = "handle";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_remembered_is_a_side_and_a_way() {
        let place = |at_end, down| Some(Place { at_end, down });
        assert_eq!(Place::read("start 0"), place(false, 0));
        assert_eq!(Place::read("end 1000"), place(true, 1000));
        for other in ["", "end", "end 1001", "end -1", "top 5", "end 5 5", "end x"] {
            assert_eq!(Place::read(other), None, "{other}");
        }
    }

    #[test]
    fn steps_lead_along_the_edge_to_its_ends_and_to_the_other_side() {
        let mut place = Place::default();
        for (step, at_end, down) in [
            (Step::Up, false, 400),
            (Step::Down, false, 500),
            (Step::Top, false, 0),
            (Step::Up, false, 0),
            (Step::Bottom, false, 1000),
            (Step::Down, false, 1000),
            (Step::Across, true, 1000),
            (Step::End, true, 1000),
            (Step::Start, false, 1000),
            (Step::Start, false, 1000),
            (Step::End, true, 1000),
            (Step::Across, false, 1000),
        ] {
            place = place.after(step);
            assert_eq!(place, Place { at_end, down }, "{step:?}");
        }
    }

    #[test]
    fn it_is_put_within_the_window_however_far_it_is_dragged() {
        let down = |top, way| Place::default().at(top, way).down;
        assert_eq!(down(0.0, 800.0), 0);
        assert_eq!(down(200.0, 800.0), 250);
        assert_eq!(down(-40.0, 800.0), 0);
        assert_eq!(down(900.0, 800.0), 1000);
        assert_eq!(down(10.0, 0.0), 0, "a window without a way");
        assert_eq!(down(10.0, -20.0), 0, "a window lower than the handle");
    }
}
