//! Quality that follows the line, and sharpening.

use super::*;
use crate::session::link::adaptation::{GIVING_UP, STILL};

fn adapting() -> Link {
    drained(ConnectOptions {
        adaptive: true,
        quality: Some(6),
        compression: Some(2),
        ..options()
    })
}

/// A pixel of a video, which is the shortest that comes with a loss. It has no picture in it.
const LOSSY_UPDATE: [u8; 24] = [
    0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 50, 0, 0, 0, 0, 0, 0, 0, 0,
];
const ALL: [u8; 8] = [0, 0, 0, 0, 0, 4, 0, 2];

/// All of the screen without a loss.
fn lossless_update() -> Vec<u8> {
    let mut update = vec![0, 0, 0, 1];
    update.extend(ALL);
    update.resize(update.len() + 4 + 4 * 2 * 4, 0);
    update
}

/// The quality that a SetEncodings asks for, at the beginning of what is sent, and what follows it.
fn quality_asked_for(sent: &[u8]) -> (Option<i32>, &[u8]) {
    assert_eq!(sent[..2], [2, 0]);
    let count = usize::from(u16::from_be_bytes([sent[2], sent[3]]));
    let (encodings, rest) = sent[4..].split_at(4 * count);
    let numbers = encodings
        .chunks(4)
        .map(|number| i32::from_be_bytes(number.try_into().unwrap()));
    let quality = numbers
        .map(|number| number + 32)
        .find(|quality| (0..=9).contains(quality));
    (quality, rest)
}

#[test]
fn what_came_with_a_loss_is_asked_for_without_one_when_the_screen_is_still() {
    let mut link = adapting();
    link.handle_input(&LOSSY_UPDATE, 1_000.0);
    sent(&mut link, 0);
    assert_eq!(link.deadline(), Some(1_000.0 + STILL));
    link.command(
        Command::Key {
            keysym: 0x61,
            scancode: 0,
            down: true,
        },
        1_100.0,
    );
    sent(&mut link, 0);
    link.tick(1_000.0 + STILL);
    assert_eq!(sent(&mut link, 0), [], "somebody types");
    link.tick(1_100.0 + STILL);
    // The request before it was for all of the screen: it has to be answered first, while pixels may be lossy.
    assert_eq!(sent(&mut link, 0), [3, 0, 0, 0, 0, 0, 0, 1, 0, 1]);
    link.handle_input(&lossless_pixel(), 2_000.0);
    let asked = sent(&mut link, 0);
    let all = [&[3, 0][..], &ALL].concat();
    assert_eq!(quality_asked_for(&asked), (None, &all[..]));
    link.handle_input(&lossless_update(), 2_100.0);
    let asked = sent(&mut link, 0);
    let next = [&[3, 1][..], &ALL].concat();
    assert_eq!(quality_asked_for(&asked), (Some(6), &next[..]));
    link.tick(link.deadline().unwrap());
    assert_eq!((sent(&mut link, 0), errand(&link)), (vec![], None), "all is well");
}

#[test]
fn a_server_that_cannot_do_without_a_loss_is_asked_less_and_less() {
    let mut link = adapting();
    let next = [&[3, 1][..], &ALL].concat();
    link.handle_input(&LOSSY_UPDATE, 0.0);
    let mut waits = Vec::new();
    let mut now = 0.0;
    for attempt in 0..8 {
        let due = errand(&link).unwrap();
        waits.push(due - now);
        now = due;
        // It is still there.
        link.handle_input(&lossless_pixel(), now);
        link.tick(now);
        link.handle_input(&lossless_pixel(), now);
        sent(&mut link, 0);
        let next = if attempt % 2 == 0 {
            link.handle_input(&LOSSY_UPDATE, now);
            &next[..]
        } else {
            // It does not answer, which it may yet do.
            now += GIVING_UP;
            link.tick(now);
            &[]
        };
        let asked = sent(&mut link, 0);
        assert_eq!(quality_asked_for(&asked), (Some(6), next), "{attempt}");
        link.handle_input(&lossless_pixel(), now);
        sent(&mut link, 0);
    }
    assert_eq!(
        waits,
        [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 64.0].map(|times| times * STILL)
    );
    link.handle_input(&LOSSY_UPDATE, now);
    assert_eq!(link.deadline(), Some(now + STILL), "another picture, another try");
}

#[test]
fn a_screen_that_is_not_still_after_all_is_sharpened_as_soon_as_it_is() {
    let mut link = adapting();
    link.handle_input(&LOSSY_UPDATE, 0.0);
    for now in [1.0, 2.0, 3.0].map(|times| times * STILL) {
        assert_eq!(link.deadline(), Some(now));
        link.tick(now);
        // The answer to the request before it.
        link.handle_input(&LOSSY_UPDATE, now);
    }
}

#[test]
fn what_an_update_leaves_out_of_a_part_is_asked_for_again() {
    let mut link = adapting();
    link.handle_input(&LOSSY_UPDATE, 0.0);
    link.tick(STILL);
    link.handle_input(&lossless_pixel(), STILL);
    sent(&mut link, 0);
    link.handle_input(&[0, 0, 0, 0], STILL);
    assert_eq!(sent(&mut link, 0), [&[3, 1][..], &ALL].concat());
    link.handle_input(&lossless_update(), STILL);
    assert_eq!(quality_asked_for(&sent(&mut link, 0)).0, Some(6));
}

#[test]
fn a_copy_may_have_a_loss_where_the_screen_has_one() {
    const COPY: [u8; 20] = [0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0];
    let mut link = adapting();
    link.handle_input(&COPY, 0.0);
    assert_eq!(errand(&link), None);
    link.handle_input(&LOSSY_UPDATE, 0.0);
    link.handle_input(&COPY, 100.0);
    assert_eq!(link.deadline(), Some(100.0 + STILL));
}

#[test]
fn nothing_is_sharpened_in_the_middle_of_an_update() {
    let mut link = adapting();
    link.handle_input(&LOSSY_UPDATE, 0.0);
    link.handle_input(&UPDATE, 500.0);
    sent(&mut link, 0);
    link.tick(STILL);
    assert_eq!((sent(&mut link, 0), link.deadline()), (vec![], Some(STILL * 2.0)));
}

#[test]
fn what_nobody_can_see_is_not_sharpened_before_somebody_can() {
    let mut link = adapting();
    link.handle_input(&LOSSY_UPDATE, 0.0);
    sent(&mut link, 0);
    link.command(Command::Seen(false), 0.0);
    assert_eq!(errand(&link), None);
    link.handle_input(&LOSSY_UPDATE, 100.0);
    link.tick(100.0 + STILL);
    assert_eq!(sent(&mut link, 0), []);
    link.command(Command::Seen(true), 5_000.0);
    assert_eq!(sent(&mut link, 0), [&[3, 1][..], &ALL].concat());
    link.tick(5_000.0 + STILL);
    assert_eq!(sent(&mut link, 0).len(), 10);
    // Nor does it go on when it is hidden again.
    link.command(Command::Seen(false), 6_000.0);
    link.handle_input(&lossless_pixel(), 6_000.0);
    link.handle_input(&lossless_update(), 6_000.0);
    let asked = sent(&mut link, 0);
    let (quality, rest) = quality_asked_for(&asked);
    assert_eq!(quality, None);
    assert_eq!(quality_asked_for(&rest[10..]), (Some(6), &[][..]));
}

#[test]
fn a_quality_that_is_chosen_stays_and_nothing_is_sharpened() {
    let mut link = drained(ConnectOptions {
        quality: Some(6),
        ..options()
    });
    link.handle_input(&LOSSY_UPDATE, 0.0);
    assert_eq!(errand(&link), None);
    let mut link = adapting();
    link.handle_input(&LOSSY_UPDATE, 0.0);
    sent(&mut link, 0);
    let fixed = Command::Quality {
        adaptive: false,
        quality: Some(3),
        compression: None,
    };
    link.command(fixed, 0.0);
    assert_eq!(quality_asked_for(&sent(&mut link, 0)), (Some(3), &[][..]));
    assert_eq!(errand(&link), None);
}

#[test]
fn a_quality_that_was_chosen_can_follow_the_line_after_all() {
    let mut link = drained(ConnectOptions {
        quality: Some(9),
        ..options()
    });
    link.handle_input(&LOSSY_UPDATE, 0.0);
    sent(&mut link, 0);
    let adaptive = Command::Quality {
        adaptive: true,
        quality: None,
        compression: None,
    };
    link.command(adaptive.clone(), 10.0);
    assert_eq!(quality_asked_for(&sent(&mut link, 0)), (Some(6), &[][..]));
    link.handle_input(&LOSSY_UPDATE, 20.0);
    assert_eq!(errand(&link), Some(20.0 + STILL), "it sharpens");
    sent(&mut link, 0);
    link.command(adaptive, 30.0);
    assert_eq!(sent(&mut link, 0), [], "once is enough");
}
