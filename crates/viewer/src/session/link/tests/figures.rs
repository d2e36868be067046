//! Figures and the log, for whoever asks for them.

use super::*;
use crate::LockKeys;

#[test]
fn figures_and_log_are_told_only_to_who_asks() {
    let told = |events: &[Event]| {
        let log = events.iter().any(|event| matches!(event, Event::Log(_)));
        let figures = events.iter().any(|event| matches!(event, Event::Statistics(_)));
        (log, figures)
    };
    let mut link = running(options(), false);
    link.tick(5_000.0);
    assert_eq!(told(&events(&mut link)), (false, false));
    link.command(Command::Observe(true), 5_000.0);
    assert_eq!(link.deadline(), Some(6_000.0));
    link.tick(6_000.0);
    link.handle_input(&[2], 6_000.0);
    assert_eq!(told(&events(&mut link)), (true, true));
    link.command(Command::Observe(false), 6_000.0);
    assert_eq!(errand(&link), None);
    link.handle_input(&[2], 6_000.0);
    assert_eq!(told(&events(&mut link)), (false, false));
}

#[test]
fn a_round_trip_is_timed_by_a_fence() {
    let mut link = running(options(), true);
    // A fence from the server says that it knows them.
    link.handle_input(&[248, 0, 0, 0, 0x80, 0, 0, 1, 0], 0.0);
    sent(&mut link, 0);
    link.tick(1_000.0);
    let fence = sent(&mut link, 0);
    assert_eq!((fence[0], fence.len()), (248, 17));
    let mut answer = fence.clone();
    // Without the bit that makes it a request.
    answer[4] = 0;
    link.handle_input(&answer, 1_012.5);
    link.tick(2_000.0);
    let round_trip = statistics(&mut link).round_trip;
    assert_eq!(
        round_trip.map(|it| (it.minimum, it.median, it.jitter)),
        Some((12.5, 12.5, 0.0))
    );
}

#[test]
fn no_round_trip_is_timed_where_there_are_no_fences() {
    let mut link = running(options(), true);
    sent(&mut link, 0);
    link.tick(1_000.0);
    assert_eq!(sent(&mut link, 0), []);
    // An answer to what was not asked.
    link.handle_input(&[248, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0], 1_010.0);
    link.tick(2_000.0);
    assert_eq!(statistics(&mut link).round_trip, None);
}

/// The last figures that were told.
fn statistics(link: &mut Link) -> crate::Statistics {
    let statistics = events(link).into_iter().rev().find_map(|event| match event {
        Event::Statistics(statistics) => crate::decode(&statistics).ok(),
        _ => None,
    });
    statistics.unwrap()
}

#[test]
fn lock_keys_are_told_of_and_screens_are_among_the_figures() {
    let mut link = running(options(), true);
    link.handle_input(&update([0; 4], -261, &[0b101]), 0.0);
    let keys = LockKeys {
        scroll_lock: true,
        num_lock: false,
        caps_lock: true,
    };
    assert!(events(&mut link).contains(&Event::LockKeys(keys)));
    let screens = [
        [2, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 2, 0, 2, 0, 0, 0, 0],
        [0, 0, 0, 2, 0, 2, 0, 0, 0, 2, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0],
    ];
    let screens = &screens.concat()[..36];
    link.handle_input(&update([0, 0, 4, 2], -308, screens), 0.0);
    link.tick(1_000.0);
    let statistics = statistics(&mut link);
    assert_eq!(statistics.screens, "2x2 at 0,0; 2x2 at 2,0");
}
