//! What fingers do, event by event.

use super::*;

/// What a finger does at a time: (finger, what, where).
#[derive(Clone, Copy)]
enum Does {
    Comes(i32, Point),
    Moves(i32, Point),
    Leaves(i32),
    IsTaken(i32),
    /// An animation frame.
    Frame,
    /// The timer.
    Timer,
}
use Does::{Comes, Frame, IsTaken, Leaves, Moves, Timer};

fn play(script: &[(f64, Does)]) -> Vec<Gesture> {
    let mut gestures = Gestures::default();
    let mut told = Vec::new();
    for &(time, does) in script {
        match does {
            Comes(id, at) => told.extend(gestures.down(id, at, time)),
            Moves(id, at) => gestures.moved(id, at),
            Leaves(id) => told.extend(gestures.up(id, time)),
            IsTaken(id) => told.extend(gestures.cancel(id)),
            Frame => told.extend(gestures.look()),
            Timer => told.extend(gestures.rest(time)),
        }
    }
    // Whatever they did, when all have left it begins anew.
    assert!(!gestures.fingers.is_empty() || gestures.state == State::Idle);
    told.retain(|gesture| !matches!(gesture, Gesture::Touch | Gesture::Drift { .. }));
    told
}

fn drag(phase: Phase, at: Point, by: Point) -> Gesture {
    Gesture::Drag { phase, at, by }
}

fn hold(phase: Phase, at: Point, by: Point) -> Gesture {
    Gesture::Hold { phase, at, by }
}

#[test]
fn one_two_and_three_fingers_tap() {
    let at = (100.0, 100.0);
    for fingers in 1..=3 {
        let come = (0..fingers).map(|id| {
            let beside = (at.0 + 40.0 * f64::from(id), at.1);
            (f64::from(id) * 60.0, Comes(id, beside))
        });
        let leave = (0..fingers).map(|id| (300.0 + f64::from(id), Leaves(id)));
        let script: Vec<_> = come.chain(leave).collect();
        let fingers = fingers as usize;
        assert_eq!(play(&script), [Gesture::Tap { fingers, at }]);
    }
}

#[test]
fn a_tap_that_trembles_is_a_tap_where_it_began() {
    let script = [
        (0.0, Comes(7, (50.0, 50.0))),
        (10.0, Moves(7, (58.0, 45.0))),
        (16.0, Frame),
        (90.0, Leaves(7)),
    ];
    assert_eq!(
        play(&script),
        [Gesture::Tap {
            fingers: 1,
            at: (50.0, 50.0)
        }]
    );
}

#[test]
fn a_finger_that_moves_drags_from_where_it_came() {
    let script = [
        (0.0, Comes(1, (10.0, 10.0))),
        (5.0, Moves(1, (20.0, 10.0))),
        (16.0, Frame),
        (20.0, Moves(1, (30.0, 10.0))),
        (25.0, Moves(1, (40.0, 12.0))),
        (32.0, Frame),
        (48.0, Frame),
        (50.0, Moves(1, (45.0, 12.0))),
        (51.0, Leaves(1)),
    ];
    assert_eq!(
        play(&script),
        [
            drag(Phase::Begins, (10.0, 10.0), (0.0, 0.0)),
            drag(Phase::Goes, (40.0, 12.0), (20.0, 2.0)),
            drag(Phase::Goes, (45.0, 12.0), (5.0, 0.0)),
            drag(Phase::Ends, (45.0, 12.0), (0.0, 0.0)),
        ]
    );
}

#[test]
fn a_finger_drifts_while_it_is_not_clear_what_it_does_and_trembling_is_no_drifting() {
    let mut gestures = Gestures::default();
    assert_eq!(gestures.down(1, (10.0, 10.0), 0.0), Some(Gesture::Touch));
    for (right, drifts) in [(3.0, None), (6.0, Some(6.0)), (6.0, None), (9.0, Some(3.0))] {
        gestures.moved(1, (10.0 + right, 10.0));
        let expected: Vec<Gesture> = drifts
            .map(|right| Gesture::Drift { by: (right, 0.0) })
            .into_iter()
            .collect();
        assert_eq!(gestures.look(), expected, "{right}");
    }
    gestures.moved(1, (30.0, 10.0));
    assert_eq!(
        gestures.look(),
        [
            drag(Phase::Begins, (10.0, 10.0), (0.0, 0.0)),
            drag(Phase::Goes, (30.0, 10.0), (11.0, 0.0))
        ]
    );
}

#[test]
fn a_frame_between_the_moves_of_two_fingers_does_not_say_what_they_do() {
    let comes = [(0.0, Comes(1, (100.0, 100.0))), (1.0, Comes(2, (140.0, 100.0)))];
    let one_has_moved = [(10.0, Moves(1, (100.0, 35.0))), (16.0, Frame)];
    let both_scroll = [(17.0, Moves(2, (140.0, 35.0))), (32.0, Frame)];
    let scroll = Gesture::Scroll {
        fingers: 2,
        at: (120.0, 100.0),
        by: (0.0, -65.0),
    };
    assert_eq!(
        play(&[&comes[..], &one_has_moved, &both_scroll].concat()),
        [scroll]
    );
    // One that goes on alone does pinch, as does one that leaves.
    for then in [
        [(20.0, Moves(1, (100.0, 30.0))), (32.0, Frame)],
        [(20.0, Leaves(2)), (32.0, Frame)],
    ] {
        let told = play(&[&comes[..], &one_has_moved, &then].concat());
        assert!(matches!(told[..], [Gesture::Pinch { .. }]), "{told:?}");
    }
    let between_two_frames = [&comes[..], &one_has_moved[..1], &[(12.0, Leaves(1))]].concat();
    let told = play(&between_two_frames);
    assert!(matches!(told[..], [Gesture::Pinch { .. }]), "{told:?}");
}

#[test]
fn a_flick_between_two_frames_is_a_drag() {
    let script = [
        (0.0, Comes(1, (10.0, 10.0))),
        (5.0, Moves(1, (80.0, 10.0))),
        (9.0, Leaves(1)),
    ];
    assert_eq!(
        play(&script),
        [
            drag(Phase::Begins, (10.0, 10.0), (0.0, 0.0)),
            drag(Phase::Goes, (80.0, 10.0), (70.0, 0.0)),
            drag(Phase::Ends, (80.0, 10.0), (0.0, 0.0)),
        ]
    );
}

#[test]
fn a_finger_that_rests_holds_and_may_move_then() {
    let script = [
        (0.0, Comes(1, (10.0, 10.0))),
        (400.0, Timer),
        (700.0, Timer),
        (800.0, Moves(1, (12.0, 10.0))),
        (816.0, Frame),
        (900.0, Leaves(1)),
    ];
    assert_eq!(
        play(&script),
        [
            hold(Phase::Begins, (10.0, 10.0), (0.0, 0.0)),
            hold(Phase::Goes, (12.0, 10.0), (2.0, 0.0)),
            hold(Phase::Ends, (12.0, 10.0), (0.0, 0.0)),
        ]
    );
}

#[test]
fn a_finger_that_rested_has_held_even_if_the_timer_was_late() {
    let script = [(0.0, Comes(1, (10.0, 10.0))), (701.0, Leaves(1)), (702.0, Timer)];
    assert_eq!(
        play(&script),
        [
            hold(Phase::Begins, (10.0, 10.0), (0.0, 0.0)),
            hold(Phase::Ends, (10.0, 10.0), (0.0, 0.0)),
        ]
    );
}

#[test]
fn fingers_side_by_side_scroll_though_one_is_told_first() {
    for fingers in [2, 3] {
        let place = |id: i32, down: f64| (100.0 * f64::from(id), 200.0 + down);
        let mut script: Vec<_> = (0..fingers).map(|id| (0.0, Comes(id, place(id, 0.0)))).collect();
        for (time, down) in [(16.0, -40.0), (32.0, -100.0)] {
            script.extend((0..fingers).map(|id| (time, Moves(id, place(id, down)))));
            script.push((time, Frame));
        }
        script.extend((0..fingers).map(|id| (50.0, Leaves(id))));
        let at = (50.0 * f64::from(fingers - 1), 200.0);
        let fingers = fingers as usize;
        let scroll = |down| Gesture::Scroll {
            fingers,
            at,
            by: (0.0, down),
        };
        assert_eq!(play(&script), [scroll(-40.0), scroll(-60.0)]);
    }
}

#[test]
fn fingers_that_go_apart_pinch_and_take_along_what_is_between_them() {
    let script = [
        (0.0, Comes(1, (100.0, 100.0))),
        (200.0, Comes(2, (200.0, 100.0))),
        (210.0, Moves(1, (50.0, 100.0))),
        (210.0, Moves(2, (250.0, 100.0))),
        (216.0, Frame),
        (220.0, Moves(2, (150.0, 100.0))),
        (232.0, Frame),
        (240.0, Leaves(2)),
        // Of no meaning any more.
        (241.0, Moves(1, (300.0, 300.0))),
        (248.0, Frame),
        (250.0, Leaves(1)),
    ];
    let pinch = |factor, at, by| Gesture::Pinch { factor, at, by };
    assert_eq!(
        play(&script),
        [
            pinch(2.0, (150.0, 100.0), (0.0, 0.0)),
            pinch(0.5, (100.0, 100.0), (-50.0, 0.0)),
        ]
    );
}

#[test]
fn fingers_in_one_place_pinch_by_no_more_than_can_be() {
    let script = [
        (0.0, Comes(1, (100.0, 100.0))),
        (0.0, Comes(2, (100.0, 100.0))),
        (10.0, Moves(1, (0.0, 100.0))),
        (10.0, Moves(2, (200.0, 100.0))),
        (16.0, Frame),
    ];
    assert_eq!(
        play(&script),
        [Gesture::Pinch {
            factor: 200.0 / CLOSEST,
            at: (100.0, 100.0),
            by: (0.0, 0.0)
        }]
    );
}

#[test]
fn what_the_system_takes_is_no_tap_and_ends_a_drag() {
    let script = [(0.0, Comes(1, (10.0, 10.0))), (50.0, IsTaken(1))];
    assert_eq!(play(&script), []);
    let script = [
        (0.0, Comes(1, (10.0, 10.0))),
        (5.0, Moves(1, (80.0, 10.0))),
        (16.0, Frame),
        (20.0, IsTaken(1)),
    ];
    assert_eq!(
        play(&script).last(),
        Some(&drag(Phase::Ends, (80.0, 10.0), (0.0, 0.0)))
    );
}

#[test]
fn what_means_nothing_is_nothing() {
    // Four fingers; two that take too long; one that moves when the other has left; one that was never there.
    let four: Vec<_> = (0..4)
        .map(|id| (0.0, Comes(id, (f64::from(id) * 50.0, 0.0))))
        .chain((0..4).map(|id| (90.0, Leaves(id))))
        .collect();
    let slow = [
        (0.0, Comes(1, (0.0, 0.0))),
        (90.0, Comes(2, (50.0, 0.0))),
        (700.0, Timer),
        (800.0, Leaves(1)),
        (801.0, Leaves(2)),
    ];
    let late = [
        (0.0, Comes(1, (0.0, 0.0))),
        (0.0, Comes(2, (50.0, 0.0))),
        (90.0, Leaves(1)),
        (95.0, Moves(2, (150.0, 0.0))),
        (96.0, Frame),
        (99.0, Leaves(2)),
    ];
    let unknown = [
        (0.0, Moves(1, (9.0, 9.0))),
        (1.0, Frame),
        (2.0, Leaves(1)),
        (3.0, IsTaken(1)),
    ];
    for script in [&four[..], &slow, &late, &unknown] {
        assert_eq!(play(script), []);
    }
}

#[test]
fn a_finger_that_comes_late_does_not_disturb_a_drag() {
    let script = [
        (0.0, Comes(1, (10.0, 10.0))),
        (5.0, Moves(1, (80.0, 10.0))),
        (16.0, Frame),
        (20.0, Comes(2, (200.0, 200.0))),
        (30.0, Leaves(2)),
        (40.0, Moves(1, (90.0, 10.0))),
        (48.0, Frame),
        (50.0, Leaves(1)),
    ];
    assert_eq!(
        play(&script)[2..],
        [
            drag(Phase::Goes, (90.0, 10.0), (10.0, 0.0)),
            drag(Phase::Ends, (90.0, 10.0), (0.0, 0.0)),
        ]
    );
}

#[test]
fn more_fingers_than_hands_have_are_not_counted() {
    let mut gestures = Gestures::default();
    for id in 0..1000 {
        let _ = gestures.down(id, (0.0, 0.0), 0.0);
    }
    assert_eq!(gestures.fingers.len(), MOST_KNOWN);
    gestures.forget();
    assert_eq!(gestures.down(1, (0.0, 0.0), 0.0), Some(Gesture::Touch));
}
