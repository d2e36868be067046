//! From the WebSocket to the first picture, and how long is waited for it.

use super::*;
use crate::Credential;
use crate::session::link::patience::{GREETING, HANDSHAKE, OPENING, PICTURE, SILENCE, UNASKED};

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
fn a_server_that_does_not_wait_for_an_answer_is_not_listened_to_without_end() {
    let vnc_authentication = [&[1, 2][..], &[7; 16]].concat();
    let ra2 = vec![1, 5];
    for (login, words) in [
        (vnc_authentication, "while the login waited for credentials"),
        (ra2, "while the login was being prepared"),
    ] {
        let mut link = Link::new(options(), false, false, 0.0);
        link.handle_open("", 0.0);
        link.handle_input(b"RFB 003.008\n", 0.0);
        link.handle_input(&login, 0.0);
        link.handle_input(&[0; UNASKED], 0.0);
        assert_eq!(link.end(), None);
        link.handle_input(&[0], 0.0);
        let reason = &ending(&link).reason;
        assert!(reason.contains(words), "{reason}");
        assert!(reason.contains("more than 64 KB came"), "{reason}");
    }
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
fn a_handshake_that_failed_is_looked_into_unless_the_user_gives_up() {
    let mut link = Link::new(options(), false, false, 0.0);
    link.handle_close(1006, "", 10.0);
    assert_eq!(link.end(), Some(&End::NeverOpened));
    link.command(Command::Disconnect, 20.0);
    assert!(ending(&link).clean);
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
