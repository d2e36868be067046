#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod input;
mod opening;
mod pulse;
mod quality;

use porthole_rfb::ResizeStatus;

use super::log::LINES;
use super::news::{CLIPBOARD_PAUSE, refusal};
use super::*;
use crate::{ClipboardTrouble, Command, Credentials, Depth, Hop, LockKeys, PowerAction, Screen};

const URL: &str = "ws://host/websock";

fn options() -> ConnectOptions {
    ConnectOptions {
        url: URL.into(),
        shared: true,
        view_only: false,
        adaptive: false,
        quality: None,
        fine_quality: None,
        subsampling: None,
        depth: Depth::True,
        compression: None,
        encodings: None,
        credentials: None,
        repeater_id: None,
        security_types: None,
    }
}

fn events(link: &mut Link) -> Vec<Event> {
    std::iter::from_fn(|| link.poll_event()).collect()
}

fn sent(link: &mut Link, buffered: u32) -> Vec<u8> {
    std::iter::from_fn(|| link.poll_transmit(buffered))
        .flatten()
        .collect()
}

fn ending(link: &Link) -> &Ending {
    match link.end() {
        Some(End::Known(ending)) => ending,
        other => panic!("not ended in words: {other:?}"),
    }
}

/// Somebody presses a key.
const KEY: Command = Command::Key {
    keysym: 1,
    scancode: 0,
    down: true,
};

/// ServerInit: 4x2 pixels, named "hi".
const SERVER_INIT: [u8; 26] = [
    0, 4, 0, 2, 32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0, 0, 0, 0, 0, 0, 0, 2, b'h', b'i',
];
/// An update of one Raw rectangle of one pixel, without the pixel.
const UPDATE: [u8; 16] = [0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0];

/// One pixel without a loss.
fn lossless_pixel() -> Vec<u8> {
    [&UPDATE[..], &[0; 4]].concat()
}

/// A link whose desktop is there and painted, at time 0.
fn running(options: ConnectOptions, observed: bool) -> Link {
    let mut link = unpainted(options, observed);
    link.painted(0.0);
    link
}

fn unpainted(options: ConnectOptions, observed: bool) -> Link {
    let mut link = Link::new(options, false, observed, 0.0);
    link.handle_open("binary", 0.0);
    for bytes in [&b"RFB 003.008\n"[..], &[1, 1], &[0; 4], &SERVER_INIT] {
        link.handle_input(bytes, 0.0);
    }
    assert_eq!(link.end(), None);
    link
}

fn drained(options: ConnectOptions) -> Link {
    let mut link = running(options, false);
    events(&mut link);
    sent(&mut link, 0);
    link
}

/// What is to be done at a time, other than to see whether the server is still there.
fn errand(link: &Link) -> Option<f64> {
    let due = link.adaptation.as_ref().and_then(Adaptation::due);
    due.or(link.deadline().filter(|due| Some(*due) != link.pulse_due()))
}

#[test]
fn the_first_end_is_the_one_that_counts() {
    let mut link = drained(options());
    link.handle_close(4502, "vm went away", 0.0);
    assert_eq!(ending(&link).reason, "vm went away");
    assert_eq!(ending(&link).hop, Hop::Gateway);
    link.command(Command::Disconnect, 0.0);
    assert!(!ending(&link).clean);

    let mut link = drained(options());
    link.command(Command::Disconnect, 0.0);
    link.handle_close(1006, "", 0.0);
    assert!(ending(&link).clean);
    link.command(KEY, 0.0);
    assert_eq!(sent(&mut link, 0), []);
    assert_eq!(errand(&link), None);
}

#[test]
fn a_connection_that_breaks_without_a_word_is_told_with_how_long_nothing_had_come() {
    for (at, words) in [
        (1_000.0, "was lost."),
        (61_000.0, "nothing had come for 61 seconds."),
    ] {
        let mut link = drained(options());
        link.handle_close(1006, "", at);
        assert!(ending(&link).reason.ends_with(words), "{}", ending(&link).reason);
    }
}

fn clipboard(text: &str) -> Command {
    Command::Clipboard(Clipboard {
        text: Some(text.to_owned()),
        ..Clipboard::default()
    })
}

#[test]
fn of_clipboards_that_follow_each_other_at_once_the_page_is_told_the_last() {
    let mut link = drained(options());
    let text = |text: &str| match clipboard(text) {
        Command::Clipboard(clipboard) => Event::Clipboard(clipboard),
        _ => unreachable!(),
    };
    let says = |letter| [3, 0, 0, 0, 0, 0, 0, 1, letter];
    link.handle_input(&says(b'a'), 1_000.0);
    assert_eq!(events(&mut link), [text("a")]);
    link.handle_input(&says(b'b'), 1_100.0);
    link.handle_input(&says(b'c'), 1_200.0);
    assert_eq!(events(&mut link), []);
    assert_eq!(link.deadline(), Some(1_000.0 + CLIPBOARD_PAUSE));
    link.tick(1_000.0 + CLIPBOARD_PAUSE);
    assert_eq!(events(&mut link), [text("c")]);
    assert_eq!(errand(&link), None);
}

#[test]
fn what_becomes_of_a_clipboard_is_told() {
    let mut link = drained(options());
    link.command(clipboard("€"), 0.0);
    link.handle_input(b"\x03\0\0\0\0\0\0\x02hi", 0.0);
    link.handle_input(&[3, 0, 0, 0, 255, 255, 255, 255, 0], 0.0);
    link.handle_input(&[3, 0, 0, 0, 0x7F, 0, 0, 0], 0.0);
    let unreadable = "the message ends before it says what it is".to_owned();
    let expected = [
        Event::ClipboardTrouble(ClipboardTrouble::Reduced),
        Event::Clipboard(Clipboard {
            text: Some("hi".to_owned()),
            ..Clipboard::default()
        }),
        Event::ClipboardTrouble(ClipboardTrouble::Unreadable(unreadable)),
        Event::ClipboardTrouble(ClipboardTrouble::TooLong { bytes: 0x7F00_0000 }),
    ];
    assert_eq!(events(&mut link), expected);
}

#[test]
fn an_update_is_shown_when_it_is_complete_or_takes_its_time() {
    let mut link = drained(ConnectOptions {
        encodings: Some(vec![0]),
        ..options()
    });
    assert!(!link.is_presentable(0.0), "black is no frame");
    assert!(!link.client().framebuffer().is_damaged());
    link.handle_input(&UPDATE, 1_000.0);
    assert!(!link.is_presentable(1_000.0 + PATIENCE));
    assert!(link.is_presentable(1_001.0 + PATIENCE));
    link.handle_input(&[1], 1_001.0 + PATIENCE);
    assert!(
        link.client().framebuffer().is_damaged(),
        "a part is better than nothing"
    );
    link.client_mut().framebuffer_mut().take_damage();
    link.handle_input(&[2, 3, 0], 1_010.0);
    assert!(link.is_presentable(1_010.0));
    assert!(link.client().framebuffer().is_damaged());
    let request = sent(&mut link, 0);
    assert_eq!(
        request[..2],
        [3, 1],
        "the next update is asked for when this one is decoded"
    );
}

#[test]
fn an_update_that_comes_with_the_desktops_description_is_shown() {
    let mut link = Link::new(options(), false, false, 0.0);
    link.handle_open("", 0.0);
    let all = [
        &b"RFB 003.008\n\x01\x01\0\0\0\0"[..],
        &SERVER_INIT,
        &UPDATE,
        &[1, 2, 3, 0],
    ]
    .concat();
    link.handle_input(&all, 0.0);
    assert!(link.is_presentable(0.0) && link.client().framebuffer().is_damaged());
}

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

/// An update of one rectangle.
fn update(place: [u16; 4], encoding: i32, content: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0, 0, 0, 1];
    bytes.extend(place.into_iter().flat_map(u16::to_be_bytes));
    bytes.extend(encoding.to_be_bytes());
    bytes.extend(content);
    bytes
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
fn of_many_news_the_page_is_told_the_last() {
    let mut link = drained(options());
    let name = |name: u8| {
        [
            &[
                0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0xFE, 0xCD, 0, 0, 0, 1,
            ][..],
            &[name],
        ]
        .concat()
    };
    for bytes in [
        &[2, 2, 2][..],
        &name(b'a'),
        &[2],
        &name(b'b'),
        &[3, 0, 0, 0, 0, 0, 0, 1, b'x'],
    ] {
        link.handle_input(bytes, 0.0);
    }
    let text = Clipboard {
        text: Some("x".into()),
        ..Clipboard::default()
    };
    let expected = [Event::Bell, Event::Name("b".into()), Event::Clipboard(text)];
    assert_eq!(events(&mut link), expected);

    let mut link = running(options(), true);
    events(&mut link);
    link.handle_input(&[2; 10_000], 0.0);
    assert!(link.has_event());
    let told = events(&mut link);
    assert_eq!(told.iter().filter(|event| **event == Event::Bell).count(), 1);
    assert!(told.len() <= LINES as usize + 1, "the log has an end, too");
    link.handle_input(&[2], 1_001.0);
    assert_eq!(events(&mut link).len(), 2, "and goes on");
}

#[test]
fn a_server_that_takes_nothing_any_more_is_given_up() {
    let mut link = drained(options());
    link.command(clipboard("x"), 0.0);
    assert_eq!(sent(&mut link, UNHEARD).len(), 9);
    assert_eq!(sent(&mut link, UNHEARD + 1), []);
    let reason = &ending(&link).reason;
    assert!(reason.contains("too slowly"), "{reason}");
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
