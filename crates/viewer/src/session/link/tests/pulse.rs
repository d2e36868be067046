//! Whether the other end is still there.

use super::*;
use crate::session::link::pulse::{LOST, QUIET, WORRYING};

/// What the server of [`drained`] is asked to answer: it knows no fences.
const ONE_PIXEL: [u8; 10] = [3, 0, 0, 0, 0, 0, 0, 1, 0, 1];

#[test]
fn a_server_that_says_nothing_for_long_is_asked_and_one_that_had_answered_is_given_up() {
    let mut link = drained(options());
    assert_eq!(link.deadline(), Some(QUIET));
    link.tick(QUIET);
    assert_eq!(sent(&mut link, 0), ONE_PIXEL);
    link.handle_input(&lossless_pixel(), QUIET + 10.0);
    sent(&mut link, 0);
    let asked = QUIET + 10.0 + QUIET;
    link.tick(asked);
    assert_eq!(sent(&mut link, 0), ONE_PIXEL);
    link.tick(asked + WORRYING);
    let told: Vec<_> = std::iter::from_fn(|| link.poll_event()).collect();
    let words = "The desktop has not answered for 20 seconds.".to_owned();
    assert_eq!(told, [Event::Notice(words)]);
    link.tick(asked + LOST - 1.0);
    assert!(link.end().is_none());
    link.tick(asked + LOST);
    assert_eq!(link.end(), Some(&End::Silent(45)));
}

#[test]
fn a_server_that_never_answers_is_not_given_up() {
    let mut link = drained(options());
    link.tick(QUIET);
    link.tick(QUIET + WORRYING);
    assert_eq!(link.deadline(), None);
    link.handle_input(&lossless_pixel(), 100_000.0);
    assert_eq!(link.deadline(), Some(100_000.0 + QUIET));
}

#[test]
fn whoever_has_been_asleep_asks_again() {
    let mut link = drained(options());
    link.handle_input(&lossless_pixel(), 0.0);
    link.tick(QUIET);
    link.handle_input(&lossless_pixel(), QUIET);
    link.tick(QUIET * 2.0);
    link.tick(QUIET * 2.0 + WORRYING);
    sent(&mut link, 0);
    let morning = 30_000_000.0;
    link.tick(morning);
    assert!(link.end().is_none());
    assert_eq!(sent(&mut link, 0), ONE_PIXEL);
    assert_eq!(link.deadline(), Some(morning + WORRYING));
}
