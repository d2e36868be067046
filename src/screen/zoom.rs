//! The steps in which one zooms.

/// In percent.
const STEPS: [u16; 20] = [
    10, 15, 25, 33, 50, 67, 75, 90, 100, 110, 125, 150, 175, 200, 250, 300, 400, 500, 750, 1000,
];

/// What two sizes may differ by, in percent, and be the same.
const SAME: f64 = 0.5;

/// The next larger step.
pub(super) fn larger(percent: f64) -> u16 {
    let larger = STEPS.into_iter().find(|step| f64::from(*step) > percent + SAME);
    larger.unwrap_or(STEPS[STEPS.len() - 1])
}

/// The next smaller one.
pub(super) fn smaller(percent: f64) -> u16 {
    let mut steps = STEPS.into_iter().rev();
    steps
        .find(|step| f64::from(*step) < percent - SAME)
        .unwrap_or(STEPS[0])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_leads_to_the_next_round_size_from_any_other() {
        for (percent, down, up) in [
            (100.0, 90, 110),
            (99.7, 90, 110),
            (86.4, 75, 90),
            (1000.0, 750, 1000),
            (4000.0, 1000, 1000),
            (10.0, 10, 15),
            (1.0, 10, 10),
        ] {
            assert_eq!((smaller(percent), larger(percent)), (down, up), "{percent}");
        }
    }
}
