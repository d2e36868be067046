//! How long is waited before it is tried again by itself, and how often.

/// Waits grow no further than this, in milliseconds, unless the setting is longer.
const LONGEST: f64 = 60_000.0;

/// Milliseconds to wait after so many tries in a row that led to no desktop: each time twice as long as before. It is never
/// shorter than the setting, `delay`; chance, from 0 to 1, makes it longer by up to a quarter, so that many pages that lost
/// one gateway do not come back at once.
pub(crate) fn wait(delay: u32, tries: u32, chance: f64) -> u32 {
    let delay = f64::from(delay);
    let grown = (delay * 2_f64.powi(tries.min(16) as i32)).min(LONGEST.max(delay));
    // A setting fits into 32 bits, and five quarters of one that does not are cut.
    (grown * (1.0 + chance / 4.0)) as u32
}

/// Whether so many tries in a row are as many as there may be: `most`, or without end where that is 0.
pub(crate) fn is_enough(tries: u32, most: u32) -> bool {
    most != 0 && tries >= most
}

#[cfg(test)]
mod tests {
    use super::{is_enough, wait};

    #[test]
    fn there_are_no_more_tries_than_set_and_no_end_of_them_where_none_is_set() {
        assert!(!is_enough(0, 1) && is_enough(1, 1) && is_enough(2, 1));
        assert!(!is_enough(u32::MAX, 0));
    }

    #[test]
    fn waits_grow_to_a_minute_and_are_never_shorter_than_set() {
        let waits = [0, 1, 2, 3, 4, 99].map(|tries| wait(5_000, tries, 0.0));
        assert_eq!(waits, [5_000, 10_000, 20_000, 40_000, 60_000, 60_000]);
        assert_eq!(wait(90_000, 3, 0.0), 90_000);
        assert_eq!(wait(0, 99, 1.0), 0);
        assert_eq!(wait(u32::MAX, 99, 1.0), u32::MAX);
    }

    #[test]
    fn chance_makes_them_longer_by_a_quarter_at_most() {
        assert_eq!(wait(1_000, 0, 1.0), 1_250);
        assert_eq!(wait(1_000, 1, 0.5), 2_250);
    }
}
