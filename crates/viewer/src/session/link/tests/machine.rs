//! What a desktop has besides pixels: screens, a pointer, and its power.

use porthole_rfb::ResizeStatus;

use super::*;
use crate::Screen;
use crate::session::link::news::refusal;

#[test]
fn power_is_asked_for_and_a_refusal_is_told() {
    let mut link = drained(options());
    link.handle_input(&[250, 0, 1, 1], 0.0);
    assert_eq!(events(&mut link), [Event::PowerOffered]);
    link.command(Command::Power(PowerAction::Reboot), 0.0);
    assert_eq!(sent(&mut link, 0), [250, 0, 1, 3]);
    link.handle_input(&[250, 0, 1, 0], 0.0);
    assert!(matches!(&events(&mut link)[..], [Event::Notice(words)] if words.contains("cannot")));
}

#[test]
fn several_screens_are_asked_for_side_by_side() {
    let mut link = drained(options());
    link.command(Command::RequestScreens(2), 0.0);
    assert_eq!(sent(&mut link, 0), [], "the server has not offered it");
    link.handle_input(&update([0, 0, 4, 2], -308, &[0, 0, 0, 0]), 0.0);
    sent(&mut link, 0);
    link.command(Command::RequestScreens(3), 0.0);
    let asked = sent(&mut link, 0);
    assert_eq!(asked[..8], [251, 0, 0, 4, 0, 2, 3, 0]);
    let places: Vec<&[u8]> = asked[8..].chunks(16).map(|screen| &screen[4..12]).collect();
    assert_eq!(
        places,
        [
            [0, 0, 0, 0, 0, 1, 0, 2],
            [0, 1, 0, 0, 0, 1, 0, 2],
            [0, 2, 0, 0, 0, 2, 0, 2]
        ]
    );
    // More than there are pixels, and none, cannot be.
    link.command(Command::RequestScreens(5), 0.0);
    link.command(Command::RequestScreens(0), 0.0);
    assert_eq!(sent(&mut link, 0), []);
}

/// What Xtigervnc 1.12 cannot do is to give up more than one at once.
#[test]
fn screens_are_given_up_one_after_the_other_and_the_others_keep_their_numbers() {
    let answer = |status: u16, ids: &[u8]| {
        let screens = ids
            .iter()
            .flat_map(|id| [[0, 0, 0, *id], [0; 4], [0, 1, 0, 2], [0; 4]].concat());
        let told: Vec<u8> = [ids.len() as u8, 0, 0, 0].into_iter().chain(screens).collect();
        update([1, status, 4, 2], -308, &told)
    };
    // Behind a request for the next update, where there is one.
    let asked = |link: &mut Link| -> Vec<u8> {
        let bytes = sent(link, 0);
        let began = bytes.windows(6).position(|bytes| bytes == [251, 0, 0, 4, 0, 2]);
        let screens = began.and_then(|at| bytes.get(at + 8..)).unwrap_or_default();
        screens.chunks(16).map(|screen| screen[3]).collect()
    };
    let mut link = drained(options());
    link.handle_input(&answer(0, &[7]), 0.0);
    sent(&mut link, 0);
    link.command(Command::RequestScreens(4), 0.0);
    assert_eq!(asked(&mut link), [7, 0, 1, 2]);
    link.handle_input(&answer(0, &[7, 0, 1, 2]), 0.0);
    sent(&mut link, 0);
    link.command(Command::RequestScreens(2), 0.0);
    assert_eq!(asked(&mut link), [7, 0, 1]);
    link.handle_input(&answer(0, &[7, 0, 1]), 0.0);
    assert_eq!(asked(&mut link), [7, 0]);
    link.handle_input(&answer(0, &[7, 0]), 0.0);
    assert_eq!(asked(&mut link), []);
    // Neither a server that refuses nor one that does something else is asked on and on.
    for (status, ids) in [(1, &[7, 0, 1, 2][..]), (0, &[7, 0, 1, 2])] {
        link.handle_input(&answer(0, &[7, 0, 1, 2]), 0.0);
        sent(&mut link, 0);
        link.command(Command::RequestScreens(1), 0.0);
        assert_eq!(asked(&mut link), [7, 0, 1]);
        link.handle_input(&answer(status, ids), 0.0);
        assert_eq!(asked(&mut link), []);
    }
}

#[test]
fn the_screens_are_told_of_whenever_they_change() {
    let mut link = drained(options());
    let screen = |x, width| Screen {
        x,
        y: 0,
        width,
        height: 2,
    };
    let told = |link: &mut Link| -> Vec<Event> {
        let mut events = events(link);
        events.retain(|event| matches!(event, Event::Screens(_)));
        events
    };
    let one = [[1, 0, 0, 0], [0, 0, 0, 7], [0, 0, 0, 0], [0, 4, 0, 2], [0; 4]].concat();
    link.handle_input(&update([0, 0, 4, 2], -308, &one), 0.0);
    assert_eq!(told(&mut link), [Event::Screens(vec![screen(0, 4)])]);
    link.handle_input(&update([0, 0, 4, 2], -308, &one), 0.0);
    assert_eq!(told(&mut link), []);
    let two = [
        [2, 0, 0, 0],
        [0, 0, 0, 7],
        [0, 0, 0, 0],
        [0, 3, 0, 2],
        [0; 4],
        [0, 0, 0, 8],
        [0, 3, 0, 0],
        [0, 1, 0, 2],
        [0; 4],
    ];
    link.handle_input(&update([0, 0, 4, 2], -308, &two.concat()), 0.0);
    assert_eq!(
        told(&mut link),
        [Event::Screens(vec![screen(0, 3), screen(3, 1)])]
    );
}

#[test]
fn the_remote_pointer_is_told_of() {
    let mut link = drained(options());
    link.handle_input(&update([3, 1, 0, 0], -232, &[]), 0.0);
    assert_eq!(events(&mut link), [Event::PointerMoved { x: 3, y: 1 }]);
}

#[test]
fn a_refused_size_is_told_in_words() {
    for status in [
        ResizeStatus::Prohibited,
        ResizeStatus::OutOfResources,
        ResizeStatus::InvalidLayout,
        ResizeStatus::Unknown(77),
    ] {
        assert!(refusal(status).is_some(), "{status:?}");
    }
    assert_eq!(refusal(ResizeStatus::Done), None);
    assert_eq!(refusal(ResizeStatus::Forwarded), None);
}
