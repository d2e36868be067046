//! From the greeting to `ServerInit`, in every version and with every way to fail.

use porthole_rfb::{
    Client, Config, Credential, Credentials, Encoding, Error, Event, Phase, Rect, SecurityType, Size, Version,
};

use crate::image::Picture;
use crate::oracle;
use crate::server::{self, PIXEL_FORMATS, Server};

const OK: [u8; 4] = [0; 4];
const FAILED: [u8; 4] = [0, 0, 0, 1];

const CHALLENGE: [u8; 16] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];

/// What the client says before the server's `ServerInit`, and how it ends.
fn answers(bytes: &[&[u8]]) -> (Vec<u8>, Result<(), String>) {
    let bytes = bytes.concat();
    // In any slicing, too.
    oracle::check(&bytes);
    let outcome = oracle::outcome([&bytes[..]]);
    (
        outcome.sent,
        outcome.error.map_or(Ok(()), |error| Err(error.to_string())),
    )
}

fn init() -> Vec<u8> {
    server::server_init(2, 1, &PIXEL_FORMATS[0], b"hi")
}

/// Whether the bytes that were sent are these and then what begins a session.
fn is_connected(sent: &[u8], before: &[&[u8]]) -> bool {
    sent.strip_prefix(&before.concat()[..])
        .is_some_and(|session| session.starts_with(&[0, 0, 0, 0, 32, 24]))
}

fn reason(text: &str) -> Vec<u8> {
    crate::encoders::with_length(text.as_bytes().to_vec())
}

#[test]
fn every_version_from_3_7_on_offers_a_list_and_is_answered_by_what_is_spoken() {
    for (greeting, answer) in [
        (b"RFB 003.007\n", b"RFB 003.007\n"),
        (b"RFB 003.008\n", b"RFB 003.008\n"),
        (b"RFB 003.889\n", b"RFB 003.008\n"),
        (b"RFB 004.000\n", b"RFB 003.008\n"),
        (b"RFB 004.001\n", b"RFB 003.008\n"),
        (b"RFB 005.000\n", b"RFB 003.008\n"),
    ] {
        // 3.7 has no result for a login that there was not.
        let result: &[u8] = if answer == b"RFB 003.007\n" { &[] } else { &OK };
        let (sent, end) = answers(&[greeting, &[2, 2, 1][..1], &[9, 1], result, &init()]);
        assert_eq!(end, Ok(()), "{}", greeting.escape_ascii());
        assert!(
            is_connected(&sent, &[answer, &[1, 1]]),
            "{}: {sent:?}",
            greeting.escape_ascii()
        );
    }
}

#[test]
fn before_3_7_the_server_alone_picks_the_security_type() {
    for greeting in [
        b"RFB 003.003\n",
        b"RFB 003.004\n",
        b"RFB 003.005\n",
        b"RFB 003.006\n",
    ] {
        let (sent, end) = answers(&[greeting, &[0, 0, 0, 1], &init()]);
        assert_eq!(end, Ok(()));
        assert!(is_connected(&sent, &[b"RFB 003.003\n", &[1]]));
    }
}

#[test]
fn what_is_not_a_known_version_of_rfb_is_named() {
    let (sent, end) = answers(&[b"HTTP/1.1 400 Bad Request\r\n"]);
    assert!(sent.is_empty());
    let text = "this is not a VNC server: it began with \"HTTP/1.1 400\" instead of \"RFB \"";
    assert_eq!(end, Err(text.to_owned()));
    for (greeting, version) in [
        (b"RFB 002.002\n", "002.002"),
        (b"RFB 003.002\n", "003.002"),
        (b"RFB 009.123\n", "009.123"),
    ] {
        let (sent, end) = answers(&[greeting]);
        assert!(sent.is_empty());
        let text = format!("the server speaks RFB {version}, which this viewer does not know");
        assert_eq!(end, Err(text));
    }
}

#[test]
fn the_events_of_a_handshake_say_what_was_agreed_on() {
    let bytes = [b"RFB 003.889\n\x01\x01".to_vec(), OK.to_vec(), init()].concat();
    let events = oracle::outcome([&bytes[..]]).events;
    let expected = [
        Event::VersionAgreed {
            version: Version::V3_8,
            server: "003.889".to_owned(),
        },
        Event::SecurityTypeChosen(SecurityType::NONE),
        Event::Connected {
            size: Size { width: 2, height: 1 },
            name: "hi".to_owned(),
        },
    ];
    assert_eq!(events, expected);
}

#[test]
fn a_server_that_refuses_is_quoted_in_every_version() {
    let text = "Too many security failures";
    let refusals = [
        [&b"RFB 003.003\n"[..], &[0; 4]],
        [b"RFB 003.007\n", &[0]],
        [b"RFB 003.008\n", &[0]],
        [b"RFB 003.889\n", &[0]],
    ];
    for [greeting, none] in refusals {
        let (_, end) = answers(&[greeting, none, &reason(text)]);
        assert_eq!(end, Err(format!("the server refused the connection: {text}")));
    }
    let (_, end) = answers(&[b"RFB 003.008\n", &[0], &reason(" \n")]);
    let text = "the server refused the connection: it gave no reason";
    assert_eq!(end, Err(text.to_owned()));
}

#[test]
fn a_failed_login_has_the_servers_reason_in_3_8_alone() {
    let none = &[1, 1][..];
    let (_, end) = answers(&[b"RFB 003.008\n", none, &FAILED, &reason("not today")]);
    assert_eq!(
        end,
        Err("the server refused the connection: not today".to_owned()),
        "no other password would help"
    );
    let vnc = [&[1, 2][..], &CHALLENGE].concat();
    let (_, end) = answers(&[b"RFB 003.008\n", &vnc, &FAILED, &reason("wrong password")]);
    assert_eq!(end, Err("VNC Authentication failed: wrong password".to_owned()));
    let (_, end) = answers(&[b"RFB 003.007\n", &vnc, &FAILED]);
    assert_eq!(
        end,
        Err("VNC Authentication failed: the server gave no reason".to_owned())
    );
    let (_, end) = answers(&[b"RFB 003.003\n", &[0, 0, 0, 2], &CHALLENGE, &FAILED]);
    assert_eq!(
        end,
        Err("VNC Authentication failed: the server gave no reason".to_owned())
    );
    let (_, end) = answers(&[b"RFB 003.007\n", &vnc, &[0, 0, 0, 2]]);
    assert_eq!(
        end,
        Err("VNC Authentication failed: too many attempts".to_owned())
    );
    let (_, end) = answers(&[b"RFB 003.008\n", none, &[0, 0, 1, 0]]);
    assert_eq!(
        end,
        Err("SecurityResult: the result 256 has no meaning here".to_owned())
    );
}

#[test]
fn security_types_that_are_not_known_are_listed_by_name() {
    let text = "the server wants a login that this viewer does not know: ";
    let (sent, end) = answers(&[b"RFB 003.008\n", &[5, 18, 13, 20, 35, 200]]);
    assert_eq!(sent, b"RFB 003.008\n", "nothing is picked");
    let names = "TLS, RA2 two-step, SASL, Apple, security type 200";
    assert_eq!(end, Err(format!("{text}{names}")));
    let (_, end) = answers(&[b"RFB 003.003\n", &[0, 0, 0, 18]]);
    assert_eq!(end, Err(format!("{text}TLS")));
    let many: Vec<u8> = [200; 9].into_iter().chain(201..=209).collect();
    let (_, end) = answers(&[b"RFB 003.008\n", &[18], &many]);
    let end = end.unwrap_err();
    assert!(
        end.starts_with(&format!("{text}security type 200, security type 201")),
        "{end}"
    );
    assert!(end.ends_with("security type 207 and 2 more"), "{end}");
}

#[test]
fn the_first_security_type_that_is_known_is_picked() {
    let (sent, _) = answers(&[b"RFB 003.008\n", &[4, 13, 35, 2, 1]]);
    assert_eq!(sent, b"RFB 003.008\n\x02");
    let (sent, _) = answers(&[b"RFB 003.008\n", &[3, 19, 1, 2]]);
    assert_eq!(sent, b"RFB 003.008\n\x01");
}

/// Vectors from OpenSSL: `openssl enc -des-ecb -nopad -K …`, the key being the password's bytes, each with its
/// bits reversed, and the data [`CHALLENGE`].
#[test]
fn a_password_is_proved_by_encrypting_the_challenge() {
    let long = [
        0x70, 0x05, 0xC8, 0xB4, 0xFD, 0x22, 0xA5, 0xDE, 0x77, 0x17, 0x50, 0xBB, 0xAA, 0xEA, 0xC6, 0xDF,
    ];
    let short = [
        0x9C, 0x22, 0xB4, 0xF2, 0x08, 0x8C, 0x34, 0x65, 0xA1, 0x56, 0x2C, 0x4B, 0x9D, 0x6E, 0xDB, 0x04,
    ];
    for (password, response) in [("porthole", long), ("porthole and more", long), ("abc", short)] {
        let mut client = Client::new(Config::default());
        client.handle_input(b"RFB 003.008\n\x01\x02").unwrap();
        client.handle_input(&CHALLENGE).unwrap();
        assert_eq!(client.phase(), Phase::Credentials);
        let events: Vec<Event> = std::iter::from_fn(|| client.poll_event()).collect();
        assert_eq!(
            events.last(),
            Some(&Event::CredentialsRequired(&[Credential::Password]))
        );
        assert_eq!(client.poll_transmit().unwrap(), b"RFB 003.008\n\x02");
        client
            .provide_credentials(Credentials::with_password(password))
            .unwrap();
        assert_eq!(client.poll_transmit().unwrap(), response);
        client.handle_input(&OK).unwrap();
        assert_eq!(client.poll_transmit().unwrap(), [1], "ClientInit asks to share");
    }
}

#[test]
fn credentials_given_before_they_are_asked_for_are_taken() {
    let mut client = Client::new(Config {
        shared: false,
        ..Config::default()
    });
    client
        .provide_credentials(Credentials::with_password(oracle::PASSWORD))
        .unwrap();
    let bytes = [&b"RFB 003.003\n\0\0\0\x02"[..], &CHALLENGE, &OK].concat();
    client.handle_input(&bytes).unwrap();
    let sent = client.poll_transmit().unwrap();
    assert_eq!(sent[..14], *b"RFB 003.003\n\x70\x05", "3.3 has no choice to send");
    assert_eq!(sent.len(), 12 + 16 + 1);
    assert_eq!(sent.last(), Some(&0), "ClientInit asks for the desktop alone");
    let asked = std::iter::from_fn(|| client.poll_event())
        .any(|event| matches!(event, Event::CredentialsRequired(_)));
    assert!(!asked);
}

#[test]
fn whatever_pixels_the_server_has_it_is_asked_for_the_clients() {
    for pixel_format in PIXEL_FORMATS {
        let mut mock = Server::new(20, 10, 3);
        let mut bytes = b"RFB 003.008\n\x01\x01\0\0\0\0".to_vec();
        bytes.extend(server::server_init(20, 10, &pixel_format, b""));
        let rectangle = mock.paint(Encoding::RAW, Picture::Noise, Rect::new(0, 0, 20, 10));
        bytes.extend(server::framebuffer_update(&[rectangle]));
        let outcome = oracle::outcome([&bytes[..]]);
        assert!(is_connected(&outcome.sent, &[b"RFB 003.008\n\x01\x01"]));
        assert_eq!(outcome.end.unwrap().pixels, mock.screen.rgba());
    }
}

#[test]
fn what_is_too_large_in_a_handshake_is_an_error_before_it_arrives() {
    let begin = &b"RFB 003.008\n\x01\x01\0\0\0\0"[..];
    let (_, end) = answers(&[begin, &[255; 4], &PIXEL_FORMATS[0], &[0; 4]]);
    let text = "ServerInit: a framebuffer of 65535x65535 is larger than the limit of 65536 pixels";
    assert_eq!(end, Err(text.to_owned()));
    let (_, end) = answers(&[begin, &[0, 1, 0, 1], &PIXEL_FORMATS[0], &[0xFF; 4]]);
    let text = "ServerInit: the desktop's name of 4294967295 bytes is longer than the limit of 4096";
    assert_eq!(end, Err(text.to_owned()));
    let (_, end) = answers(&[b"RFB 003.008\n\x00", &[0, 0, 0x10, 1]]);
    let text = "Security: the reason of 4097 bytes is longer than the limit of 4096";
    assert_eq!(end, Err(text.to_owned()));
    let (_, end) = answers(&[b"RFB 003.008\n\x01\x01", &FAILED, &[0, 0, 0x10, 1]]);
    let text = "SecurityResult: the reason of 4097 bytes is longer than the limit of 4096";
    assert_eq!(end, Err(text.to_owned()));
}

#[test]
fn a_name_and_a_reason_that_are_not_utf_8_are_shown_all_the_same() {
    let begin = &b"RFB 003.008\n\x01\x01\0\0\0\0"[..];
    let init = server::server_init(1, 1, &PIXEL_FORMATS[0], b"caf\xE9");
    let outcome = oracle::outcome([&[begin, &init].concat()[..]]);
    let Some(Event::Connected { name, .. }) = outcome.events.last() else {
        unreachable!("{:?}", outcome.events);
    };
    assert_eq!(name, "caf\u{FFFD}");
    let (_, end) = answers(&[b"RFB 003.008\n\x00", &[0, 0, 0, 2, 0xFF, b'!']]);
    assert_eq!(
        end,
        Err("the server refused the connection: \u{FFFD}!".to_owned())
    );
}

#[test]
fn a_server_that_goes_away_leaves_word_of_where_it_was() {
    let handshake = [b"RFB 003.008\n\x01\x02".to_vec(), CHALLENGE.to_vec()].concat();
    for (length, text) in [
        (0, "before its greeting"),
        (5, "before its greeting, after \"RFB 0\""),
        (12, "before it offered a security type"),
        (20, "during the login, after \"\\x00\\x01\\x02\\x03\\x04\\x05\""),
        (30, "while the login waited for credentials"),
    ] {
        let mut client = Client::new(Config::default());
        client.handle_input(&handshake[..length]).unwrap();
        let error = client.handle_close();
        assert_eq!(
            error.to_string(),
            format!("the server closed the connection {text}")
        );
        assert_eq!(client.phase(), Phase::Ended);
        assert!(matches!(error, Error::Closed { .. }));
        assert_eq!(client.handle_input(b"RFB"), Err(error));
    }
    let rectangle = server::rectangle(Rect::new(0, 0, 2, 1), Encoding::RAW, &[0; 8]);
    let update = server::framebuffer_update(&[rectangle]);
    let bytes = [&server::handshake(2, 1, "")[..], &update].concat();
    for (missing, text) in [
        (0, "while the desktop was in use"),
        (
            1,
            "in the middle of a FramebufferUpdate: Raw rectangle 2x1 at 0,0",
        ),
        (update.len() - 2, "while the desktop was in use"),
    ] {
        let mut client = Client::new(Config::default());
        client.handle_input(&bytes[..bytes.len() - missing]).unwrap();
        let error = client.handle_close().to_string();
        assert!(
            error.starts_with(&format!("the server closed the connection {text}")),
            "{error}"
        );
    }
}
