#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use porthole_rfb::ResizeStatus;

use super::adaptation::{GIVING_UP, STILL};
use super::log::LINES;
use super::news::{CLIPBOARD_PAUSE, refusal};
use super::patience::{GREETING, HANDSHAKE, OPENING, PICTURE, SILENCE};
use super::pulse::{LOST, QUIET, WORRYING};
use super::*;
use crate::{ClipboardTrouble, Command, Credential, Credentials, Depth, Hop, LockKeys, PowerAction, Screen};

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

/// ServerInit: 4x2 pixels, named "hi".
const SERVER_INIT: [u8; 26] = [
    0, 4, 0, 2, 32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0, 0, 0, 0, 0, 0, 0, 2, b'h', b'i',
];
/// An update of one Raw rectangle of one pixel, without the pixel.
const UPDATE: [u8; 16] = [0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0];

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
fn a_connection_tells_how_far_it_has_come() {
    let mut link = running(options(), false);
    assert_eq!(
        events(&mut link),
        [
            Event::Progress(Stage::OpeningSocket),
            Event::Progress(Stage::AwaitingServer),
            Event::Progress(Stage::LoggingIn),
            Event::Progress(Stage::StartingDesktop),
            Event::Connected {
                width: 4,
                height: 2,
                name: "hi".into()
            },
        ]
    );
    assert_eq!(errand(&link), None, "a desktop may rest");
}

#[test]
fn a_socket_that_never_opens_is_given_up() {
    let mut link = Link::new(options(), false, false, 100.0);
    let deadline = link.deadline().unwrap();
    assert_eq!(deadline, 100.0 + OPENING);
    link.tick(deadline - 1.0);
    assert_eq!(link.end(), None);
    link.tick(deadline);
    let ending = ending(&link);
    assert_eq!(ending.hop, Hop::WebSocket);
    assert!(ending.reason.contains(URL), "{}", ending.reason);
}

#[test]
fn a_silent_server_is_given_up_within_15_seconds_however_late_the_socket_opened() {
    for opened in [0.0, 50.0, 5_000.0, 9_999.0] {
        let mut link = Link::new(options(), false, false, 0.0);
        link.handle_open("", opened);
        let deadline = link.deadline().unwrap();
        assert!(deadline <= 15_000.0 && deadline >= opened + 4_000.0, "{deadline}");
        link.tick(deadline);
        assert_eq!(ending(&link).hop, Hop::Server);
        assert!(
            ending(&link).reason.contains("sent nothing"),
            "{}",
            ending(&link).reason
        );
    }
}

#[test]
fn a_server_that_stops_in_the_middle_is_reported_with_what_it_was_waited_for() {
    let mut link = Link::new(options(), false, false, 0.0);
    link.handle_open("", 0.0);
    link.handle_input(b"RFB 003.008\n", 9_000.0);
    assert_eq!(link.deadline(), Some(9_000.0 + SILENCE));
    link.handle_input(&[3, 1], 10_000.0);
    link.tick(20_000.0);
    let reason = &ending(&link).reason;
    assert!(reason.contains("before it offered a security type"), "{reason}");
    assert!(reason.contains("for 10 seconds"), "{reason}");
}

#[test]
fn what_is_no_vnc_server_is_named_at_once() {
    let mut link = Link::new(options(), false, false, 0.0);
    link.handle_open("", 0.0);
    link.handle_input(b"HTTP/1.1 400 Bad Request\r\n", 10.0);
    assert_eq!(ending(&link).hop, Hop::Server);
    assert!(
        ending(&link).reason.contains("HTTP/1.1"),
        "{}",
        ending(&link).reason
    );
}

fn password() -> Credentials {
    let mut credentials = Credentials::default();
    credentials.password = Some("secret".into());
    credentials
}

#[test]
fn a_person_may_take_their_time_to_find_the_password() {
    let mut link = Link::new(options(), false, false, 0.0);
    link.handle_open("", 0.0);
    for bytes in [&b"RFB 003.008\n"[..], &[1, 2], &[7; 16]] {
        link.handle_input(bytes, 0.0);
    }
    let asked = Event::CredentialsRequired {
        login: "VNC Authentication".into(),
        asked: vec![Credential::Password],
    };
    assert_eq!(events(&mut link).last(), Some(&asked));
    assert_eq!(errand(&link), None);
    link.tick(1e9);
    assert_eq!(link.end(), None);
    sent(&mut link, 0);
    link.command(Command::Credentials(password()), 1e9);
    assert_eq!(sent(&mut link, 0).len(), 16);
    assert_eq!(link.deadline(), Some(1e9 + SILENCE));
    link.handle_input(&[0, 0, 0, 1, 0, 0, 0, 2, b'n', b'o'], 1e9);
    assert!(ending(&link).login_failed);
}

#[test]
fn a_password_that_is_known_is_not_asked_for() {
    let credentials = Some(password());
    let mut link = Link::new(
        ConnectOptions {
            credentials,
            ..options()
        },
        false,
        false,
        0.0,
    );
    link.handle_open("", 0.0);
    for bytes in [&b"RFB 003.008\n"[..], &[1, 2], &[7; 16]] {
        link.handle_input(bytes, 0.0);
    }
    let asked = |event: &Event| matches!(event, Event::CredentialsRequired { .. });
    assert!(!events(&mut link).iter().any(asked));
    assert_eq!(sent(&mut link, 0).len(), 12 + 1 + 16);
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
    link.command(
        Command::Key {
            keysym: 1,
            scancode: 0,
            down: true,
        },
        0.0,
    );
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

#[test]
fn a_handshake_that_failed_is_looked_into_unless_the_user_gives_up() {
    let mut link = Link::new(options(), false, false, 0.0);
    link.handle_close(1006, "", 10.0);
    assert_eq!(link.end(), Some(&End::NeverOpened));
    link.command(Command::Disconnect, 20.0);
    assert!(ending(&link).clean);
}

#[test]
fn moves_wait_for_a_congested_socket_and_nothing_else_does() {
    let mut link = drained(options());
    let pointer = |x, buttons| Command::Pointer { x, y: 0, buttons };
    link.command(pointer(1, 0), 0.0);
    link.command(pointer(2, 0), 0.0);
    assert_eq!(sent(&mut link, CONGESTED + 1), []);
    assert_eq!(link.congestion_poll(), Some(CONGESTION_POLL));
    assert_eq!(
        sent(&mut link, CONGESTED),
        [5, 0, 0, 2, 0, 0],
        "the last one only"
    );
    assert_eq!(link.congestion_poll(), None);

    link.command(pointer(3, 0), 0.0);
    link.command(pointer(3, 1), 0.0);
    assert_eq!(sent(&mut link, UNHEARD), [5, 1, 0, 3, 0, 0]);

    link.command(pointer(4, 1), 0.0);
    link.command(
        Command::Key {
            keysym: 0x61,
            scancode: 0,
            down: true,
        },
        0.0,
    );
    let expected = [5, 1, 0, 4, 0, 0, 4, 1, 0, 0, 0, 0, 0, 0x61];
    assert_eq!(
        sent(&mut link, UNHEARD),
        expected,
        "a key is typed where the pointer is"
    );
}

#[test]
fn a_viewer_that_only_looks_sends_nothing_it_is_told() {
    let mut link = drained(ConnectOptions {
        view_only: true,
        ..options()
    });
    // Power, several screens and relative motion would be possible.
    link.handle_input(&[250, 0, 1, 1], 0.0);
    link.handle_input(&update([0, 0, 4, 2], -308, &[0, 0, 0, 0]), 0.0);
    link.handle_input(&update([0, 0, 4, 2], -257, &[]), 0.0);
    sent(&mut link, 0);
    let commands = [
        Command::Key {
            keysym: 1,
            scancode: 0,
            down: true,
        },
        Command::Pointer {
            x: 1,
            y: 1,
            buttons: 1,
        },
        clipboard("x"),
        Command::RequestSize {
            screen: 0,
            width: 9,
            height: 9,
        },
        Command::Motion {
            right: 1,
            down: 1,
            buttons: 0,
        },
        Command::Power(PowerAction::Reset),
        Command::RequestScreens(2),
    ];
    for command in commands {
        link.command(command, 0.0);
    }
    assert_eq!(sent(&mut link, 0), []);
    link.command(Command::ViewOnly(false), 0.0);
    link.command(
        Command::Key {
            keysym: 1,
            scancode: 0,
            down: true,
        },
        0.0,
    );
    assert_eq!(sent(&mut link, 0).len(), 8);
}

fn clipboard(text: &str) -> Command {
    Command::Clipboard(Clipboard {
        text: Some(text.to_owned()),
        ..Clipboard::default()
    })
}

#[test]
fn the_clipboard_that_the_server_asks_for_waits_for_the_socket() {
    let mut link = drained(options());
    // Caps for text, and their answer.
    link.handle_input(&[3, 0, 0, 0, 255, 255, 255, 248, 0x1F, 0, 0, 1, 0, 0, 0, 0], 0.0);
    sent(&mut link, 0);
    link.command(clipboard("x"), 0.0);
    let notify = [6, 0, 0, 0, 255, 255, 255, 252, 8, 0, 0, 1];
    assert_eq!(sent(&mut link, UNHEARD), notify);
    assert_eq!(link.congestion_poll(), None);
    // Asked for twice, it is sent once.
    link.handle_input(&[3, 0, 0, 0, 255, 255, 255, 252, 2, 0, 0, 1].repeat(2), 0.0);
    assert_eq!(sent(&mut link, CONGESTED + 1), []);
    assert_eq!(link.congestion_poll(), Some(CONGESTION_POLL));
    let provide = sent(&mut link, CONGESTED);
    assert_eq!(provide[..12], [6, 0, 0, 0, 255, 255, 255, 234, 16, 0, 0, 1]);
    assert_eq!(provide.len(), 8 + 22);
    assert_eq!(link.congestion_poll(), None);
    assert_eq!(sent(&mut link, 0), []);
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
fn ways_of_the_pointer_add_up_while_the_socket_is_congested() {
    let mut link = drained(options());
    let motion = |right, down, buttons| Command::Motion { right, down, buttons };
    link.command(motion(1, 1, 0), 0.0);
    assert_eq!(sent(&mut link, 0), [], "the server has not asked for it");
    link.handle_input(&update([0, 0, 4, 2], -257, &[]), 0.0);
    assert_eq!(events(&mut link), [Event::PointerMode { relative: true }]);
    sent(&mut link, 0);
    link.command(motion(1, -1, 0), 0.0);
    link.command(motion(2, -1, 0), 0.0);
    assert_eq!(sent(&mut link, CONGESTED + 1), []);
    link.command(motion(4, 0, 1), 0.0);
    assert_eq!(
        sent(&mut link, UNHEARD),
        [5, 1, 0x80, 0x06, 0x7F, 0xFD],
        "in one with the button"
    );
    link.command(motion(-2, 5, 1), 0.0);
    assert_eq!(sent(&mut link, 0), [5, 1, 0x7F, 0xFD, 0x80, 0x04]);
}

#[test]
fn a_key_carries_its_scancode_where_the_server_wants_it() {
    let mut link = drained(options());
    let key = Command::Key {
        keysym: 0,
        scancode: 0x0D,
        down: true,
    };
    link.command(key.clone(), 0.0);
    assert_eq!(sent(&mut link, 0), []);
    link.handle_input(&update([0; 4], -258, &[]), 0.0);
    assert_eq!(events(&mut link), [Event::KeysByPlace]);
    sent(&mut link, 0);
    link.command(key, 0.0);
    assert_eq!(sent(&mut link, 0), [255, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0x0D]);
    link.handle_input(&update([0; 4], -258, &[]), 0.0);
    assert_eq!(events(&mut link), [], "it is told once");
}

#[test]
fn a_server_with_fences_goes_by_what_keys_mean() {
    let mut link = drained(options());
    link.handle_input(&[248, 0, 0, 0, 0, 0, 0, 0, 0], 0.0);
    link.handle_input(&update([0; 4], -258, &[]), 0.0);
    assert!(!events(&mut link).contains(&Event::KeysByPlace));
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
fn a_server_that_says_a_little_again_and_again_is_given_up() {
    let mut link = Link::new(options(), false, false, 0.0);
    link.handle_open("", 1_000.0);
    link.handle_input(b"RFB 003.008\n\xFF", 2_000.0);
    for second in 3..32 {
        link.handle_input(&[77], f64::from(second) * 1_000.0);
        link.tick(f64::from(second) * 1_000.0);
        assert_eq!(link.end(), None, "{second}");
    }
    assert_eq!(link.deadline(), Some(2_000.0 + HANDSHAKE));
    link.tick(2_000.0 + HANDSHAKE);
    let reason = &ending(&link).reason;
    assert!(
        reason.contains("30 seconds went by before it offered a security type"),
        "{reason}"
    );

    let mut link = Link::new(options(), false, false, 0.0);
    link.handle_open("", 0.0);
    for second in 1..=7 {
        link.handle_input(b"R", f64::from(second) * 2_000.0 - 1.0);
    }
    link.tick(GREETING);
    let reason = &ending(&link).reason;
    assert!(
        reason.contains("14 seconds went by before its greeting, after \"RRRRRRR\""),
        "{reason}"
    );
}

#[test]
fn a_desktop_without_a_picture_is_shown_after_a_while() {
    let mut link = unpainted(options(), false);
    assert_eq!(link.deadline(), Some(PICTURE));
    events(&mut link);
    link.tick(PICTURE);
    let told = events(&mut link);
    assert!(
        matches!(told[..], [Event::Notice(_), Event::FirstFrame]),
        "{told:?}"
    );
    assert_eq!(errand(&link), None, "it is told once");

    // What came and is not painted, since nobody looks at the page, is a picture.
    let mut link = unpainted(options(), false);
    events(&mut link);
    link.handle_input(&[&UPDATE[..], &[1, 2, 3, 0]].concat(), 0.0);
    link.tick(PICTURE);
    assert_eq!(events(&mut link), [Event::FirstFrame]);
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

// ---- whether the other end is still there ------------------------------------------------------------------

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
    assert!(ending(&link).reason.contains("45 seconds"), "{:?}", ending(&link));
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

// ---- quality that follows the line -------------------------------------------------------------------------

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

/// One pixel without a loss.
fn lossless_pixel() -> Vec<u8> {
    [&UPDATE[..], &[0; 4]].concat()
}

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
