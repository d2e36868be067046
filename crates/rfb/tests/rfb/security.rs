//! Tight, VeNCrypt, xvp and the repeater, byte for byte, in any slicing. What needs a server that computes is in `logins`.

use porthole_rfb::{Client, Config, Credential, Credentials, Event, Phase, SecurityType};

use crate::oracle::{self, PASSWORD, TARGET, USERNAME};
use crate::server::{self, PIXEL_FORMATS};

const OK: [u8; 4] = [0; 4];
const CHALLENGE: [u8; 16] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];
/// What [`PASSWORD`] makes of it: see `handshake`.
const RESPONSE: [u8; 16] = [
    0x70, 0x05, 0xC8, 0xB4, 0xFD, 0x22, 0xA5, 0xDE, 0x77, 0x17, 0x50, 0xBB, 0xAA, 0xEA, 0xC6, 0xDF,
];

const NO_AUTH: &[u8] = b"\0\0\0\x01STDVNOAUTH__";
const VNC_AUTH: &[u8] = b"\0\0\0\x02STDVVNCAUTH_";
const UNIX_LOGIN: &[u8] = b"\0\0\0\x81TGHTULGNAUTH";
const VENCRYPT: &[u8] = b"\0\0\0\x13VENCVENCRYPT";
const NO_TUNNEL: &[u8] = b"\0\0\0\0TGHTNOTUNNEL";
const SIEMENS: &[u8] = b"\0\0\0\x01SICRSCHANNEL";

fn init() -> Vec<u8> {
    server::server_init(2, 1, &PIXEL_FORMATS[0], b"hi")
}

/// A server of 3.8 that says this after its greeting: what the client says after its own up to the end of the login, and
/// the error.
fn answers(parts: &[&[u8]]) -> (Vec<u8>, Option<String>) {
    let bytes = [&[&b"RFB 003.008\n"[..]], parts].concat().concat();
    oracle::check(&bytes);
    let outcome = oracle::outcome([&bytes[..]]);
    let sent = outcome.sent.strip_prefix(b"RFB 003.008\n").unwrap().to_vec();
    (sent, outcome.error.map(|error| error.to_string()))
}

/// It says this in the login, and is connected at the end.
fn connects(parts: &[&[u8]], expected: &[&[u8]]) {
    let (sent, error) = answers(parts);
    assert_eq!(error, None);
    let rest = sent.strip_prefix(&expected.concat()[..]);
    // ClientInit, and SetPixelFormat after it.
    assert!(
        rest.is_some_and(|rest| rest.starts_with(&[1, 0, 0, 0, 0, 32])),
        "{sent:?}"
    );
}

/// It says this, and no more, because of an error.
fn fails(parts: &[&[u8]], expected: &[&[u8]], error: &str) {
    assert_eq!(answers(parts), (expected.concat(), Some(error.to_owned())));
}

fn capabilities(list: &[&[u8]]) -> Vec<u8> {
    let count = (list.len() as u32).to_be_bytes();
    [&[&count[..]], list].concat().concat()
}

/// What follows `ServerInit` after Tight: so many messages of the server's, of the client's, and encodings.
fn tight_init(counts: [u16; 3]) -> Vec<u8> {
    let mut bytes = [init(), counts.map(u16::to_be_bytes).concat(), vec![0, 0]].concat();
    let count: u16 = counts.iter().sum();
    bytes.resize(bytes.len() + usize::from(count) * 16, b'x');
    bytes
}

fn user_and_password() -> Vec<u8> {
    let lengths = [USERNAME, PASSWORD].map(|it| (it.len() as u32).to_be_bytes());
    [&lengths.concat()[..], USERNAME.as_bytes(), PASSWORD.as_bytes()].concat()
}

#[test]
fn tight_without_lists_goes_on_as_with_no_login() {
    connects(
        &[&[1, 16], &[0; 4], &[0; 4], &OK, &tight_init([0, 0, 0])],
        &[&[16]],
    );
}

#[test]
fn tight_takes_the_first_login_that_is_known_and_passes_over_what_the_server_can() {
    let known = capabilities(&[b"\0\0\0\x82TGHTXTRNAUTH", VENCRYPT, VNC_AUTH, NO_AUTH]);
    connects(
        &[
            &[1, 16],
            &[0; 4],
            &known,
            &CHALLENGE,
            &OK,
            &tight_init([2, 3, 12]),
        ],
        &[&[16], &[0, 0, 0, 2], &RESPONSE],
    );
    let unix = capabilities(&[UNIX_LOGIN]);
    connects(
        &[&[1, 16], &[0; 4], &unix, &OK, &tight_init([0, 1, 0])],
        &[&[16], &[0, 0, 0, 129], &user_and_password()],
    );
    let vencrypt = [&[0, 2, 0, 1][..], &[0, 0, 1, 0]].concat();
    connects(
        &[
            &[1, 16],
            &[0; 4],
            &capabilities(&[VENCRYPT]),
            &vencrypt,
            &OK,
            &tight_init([0, 0, 0]),
        ],
        &[
            &[16],
            &[0, 0, 0, 19],
            &[0, 2],
            &[0, 0, 1, 0],
            &user_and_password(),
        ],
    );
}

#[test]
fn tight_asks_for_no_tunnel_where_any_are_offered() {
    for tunnels in [
        &[NO_TUNNEL][..],
        &[SIEMENS],
        &[b"\0\0\0\x05ABCDEFGHIJKL", NO_TUNNEL],
    ] {
        connects(
            &[
                &[1, 16],
                &capabilities(tunnels),
                &capabilities(&[NO_AUTH]),
                &OK,
                &tight_init([0, 0, 0]),
            ],
            &[&[16], &[0; 4], &[0, 0, 0, 1]],
        );
    }
    let text = "Tight: the server insists on a tunnel that is not known here: ABCDEFGHIJKL";
    fails(
        &[&[1, 16], &capabilities(&[b"\0\0\0\x05ABCDEFGHIJKL"])],
        &[&[16]],
        text,
    );
    // Code, vendor and signature all have to be right.
    let text =
        "Tight: the server wants a login that is not known here: STDVNOAUTH_x, XXXXVNCAUTH_, TGHTXTRNAUTH";
    let logins = [
        &b"\0\0\0\x01STDVNOAUTH_x"[..],
        b"\0\0\0\x02XXXXVNCAUTH_",
        b"\0\0\0\x82TGHTXTRNAUTH",
    ];
    fails(&[&[1, 16], &[0; 4], &capabilities(&logins)], &[&[16]], text);
    let text = "Tight: the server lists more than 256 tunnels";
    fails(&[&[1, 16], &[0, 0, 1, 1]], &[&[16]], text);
    let text = "Tight: the server lists more than 256 logins";
    fails(&[&[1, 16], &[0; 4], &[0xFF; 4]], &[&[16]], text);
}

#[test]
fn number_129_is_ra2_256_in_the_list_and_the_unix_login_inside_tight() {
    let events = |bytes: &[u8]| oracle::outcome([&[b"RFB 003.008\n", bytes].concat()[..]]).events;
    let chosen = |events: &[Event]| -> Vec<SecurityType> {
        let chosen = |event: &Event| match event {
            Event::SecurityTypeChosen(it) => Some(*it),
            _ => None,
        };
        events.iter().filter_map(chosen).collect()
    };
    let list = events(&[1, 129]);
    assert_eq!(chosen(&list), [SecurityType::RA2_256]);
    assert_eq!(list.last(), Some(&Event::LoginRequired(SecurityType::RA2_256)));
    let inside = events(&[&[1, 16, 0, 0, 0, 0][..], &capabilities(&[UNIX_LOGIN])].concat());
    assert_eq!(
        chosen(&inside),
        [SecurityType::TIGHT, SecurityType::TIGHT_UNIX_LOGIN]
    );
}

#[test]
fn vencrypt_takes_plain_and_the_types_that_it_lists_itself() {
    let subtypes = |numbers: &[u32]| -> Vec<u8> {
        let numbers: Vec<u8> = numbers.iter().flat_map(|it| it.to_be_bytes()).collect();
        [&[numbers.len() as u8 / 4][..], &numbers].concat()
    };
    let plain = subtypes(&[261, 257, 256, 2]);
    connects(
        &[&[1, 19], &[0, 2], &[0], &plain, &OK, &init()],
        &[&[19], &[0, 2], &[0, 0, 1, 0], &user_and_password()],
    );
    connects(
        &[
            &[1, 19],
            &[0, 2],
            &[0],
            &subtypes(&[19, 2, 256]),
            &CHALLENGE,
            &OK,
            &init(),
        ],
        &[&[19], &[0, 2], &[0, 0, 0, 2], &RESPONSE],
    );
    connects(
        &[&[1, 19], &[0, 2], &[0], &subtypes(&[1]), &OK, &init()],
        &[&[19], &[0, 2], &[0, 0, 0, 1]],
    );
    let text = "the server wants a login that this viewer does not know: VeNCrypt X509Vnc, VeNCrypt TLSVnc, VeNCrypt, \
                Tight Unix login";
    fails(
        &[&[1, 19], &[0, 2], &[0], &subtypes(&[261, 258, 19, 4225])],
        &[&[19], &[0, 2]],
        text,
    );
}

#[test]
fn vencrypt_that_cannot_be_has_words() {
    fails(
        &[&[1, 19], &[0, 1]],
        &[&[19]],
        "VeNCrypt: the server's version is older than 0.2",
    );
    let text = "VeNCrypt: the server does not speak version 0.2";
    fails(&[&[1, 19], &[0, 2], &[255]], &[&[19], &[0, 2]], text);
    let text = "VeNCrypt: the server offers no subtype";
    fails(&[&[1, 19], &[0, 2], &[0], &[0]], &[&[19], &[0, 2]], text);
}

#[test]
fn vencrypt_is_picked_only_where_nothing_else_is_known() {
    connects(&[&[2, 19, 1], &OK, &init()], &[&[1]]);
    connects(&[&[3, 18, 19, 2], &CHALLENGE, &OK, &init()], &[&[2], &RESPONSE]);
}

#[test]
fn xvp_says_whom_and_what_and_goes_on_with_the_password() {
    let names = [
        &[USERNAME.len() as u8, TARGET.len() as u8][..],
        USERNAME.as_bytes(),
        TARGET.as_bytes(),
    ]
    .concat();
    connects(&[&[1, 22], &CHALLENGE, &OK, &init()], &[&[22], &names, &RESPONSE]);
}

/// A client that is asked something, after what a server said.
fn asked(config: Config, server: &[u8]) -> (Client, Vec<Event>) {
    let mut client = Client::new(config);
    client.handle_input(server).unwrap();
    let events = std::iter::from_fn(|| client.poll_event()).collect();
    while client.poll_transmit().is_some() {}
    (client, events)
}

#[test]
fn nobody_is_asked_for_the_same_thing_twice() {
    let (mut client, events) = asked(Config::default(), b"RFB 003.008\n\x01\x16");
    let all = &[Credential::Username, Credential::Password, Credential::Target];
    assert_eq!(events.last(), Some(&Event::CredentialsRequired(all)));
    // Without a target, which is then empty.
    client
        .provide_credentials(Credentials::with_user("a", PASSWORD))
        .unwrap();
    assert_eq!(client.poll_transmit().unwrap(), [1, 0, b'a']);
    client.handle_input(&CHALLENGE).unwrap();
    assert_eq!(client.poll_transmit().unwrap(), RESPONSE);
    assert_eq!(
        client.poll_event(),
        Some(Event::SecurityTypeChosen(SecurityType::VNC_AUTHENTICATION))
    );
    assert_eq!(client.poll_event(), None);
}

#[test]
fn credentials_that_are_not_all_there_are_asked_for() {
    let mut client = Client::new(Config::default());
    client
        .provide_credentials(Credentials::with_password(PASSWORD))
        .unwrap();
    client
        .handle_input(b"RFB 003.008\n\x01\x13\0\x02\0\x01\0\0\x01\0")
        .unwrap();
    assert_eq!(client.phase(), Phase::Credentials);
    let last = std::iter::from_fn(|| client.poll_event()).last();
    let both = &[Credential::Username, Credential::Password];
    assert_eq!(last, Some(Event::CredentialsRequired(both)));
}

#[test]
fn names_that_are_too_long_are_not_sent() {
    let (mut client, _) = asked(Config::default(), b"RFB 003.008\n\x01\x16");
    let long = Credentials::with_user("x".repeat(256), "");
    let error = client.provide_credentials(long).unwrap_err();
    assert_eq!(
        error.to_string(),
        "xvp authentication: the user name is longer than 255 bytes"
    );
}

#[test]
fn only_the_security_types_that_were_asked_for_are_used() {
    let only = |numbers: &[u32]| Config {
        security_types: Some(numbers.iter().copied().map(SecurityType).collect()),
        ..Config::default()
    };
    let mut client = Client::new(only(&[16, 2]));
    client.handle_input(b"RFB 003.008\n\x03\x01\x10\x02").unwrap();
    assert_eq!(client.poll_transmit().unwrap(), b"RFB 003.008\n\x10");
    let error = Client::new(only(&[5]))
        .handle_input(b"RFB 003.008\n\x02\x01\x02")
        .unwrap_err();
    let text = "the server wants a login that this viewer does not know: None, VNC Authentication";
    assert_eq!(error.to_string(), text);
}

#[test]
fn a_repeater_is_told_which_desktop_is_wanted() {
    let config = || Config {
        repeater_id: Some("1234".to_owned()),
        ..Config::default()
    };
    let mut client = Client::new(config());
    client.handle_input(b"RFB 000.000\n").unwrap();
    let mut id = b"ID:1234".to_vec();
    id.resize(250, 0);
    assert_eq!(client.poll_transmit().unwrap(), id);
    assert_eq!(client.phase(), Phase::Repeater);
    client.handle_input(b"RFB 003.008\n\x01\x01").unwrap();
    assert_eq!(client.poll_transmit().unwrap(), b"RFB 003.008\n\x01");

    let mut client = Client::new(config());
    let error = client.handle_input(b"RFB 000.000\nRFB 000.000\n").unwrap_err();
    assert_eq!(
        error.to_string(),
        "the repeater asked for the ID of a desktop again"
    );
    let error = Client::new(Config::default())
        .handle_input(b"RFB 000.000\n")
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "this is a repeater, which has to be told the ID of a desktop"
    );
}

#[test]
fn an_id_that_a_repeater_would_cut_off_is_refused_before_it_is_sent() {
    for (length, error) in [
        (246, None),
        (247, Some("the ID for the repeater is longer than 246 bytes")),
    ] {
        let mut client = Client::new(Config {
            repeater_id: Some("9".repeat(length)),
            ..Config::default()
        });
        let result = client.handle_input(b"RFB 000.000\n");
        assert_eq!(result.err().map(|it| it.to_string()).as_deref(), error);
        let sent = client.poll_transmit();
        assert_eq!(sent.map(|it| it.len()), error.is_none().then_some(250));
    }
}

#[test]
fn a_key_that_is_not_approved_ends_it_before_anything_is_said() {
    let mut client = Client::new(Config::default());
    client.handle_input(b"RFB 003.008\n\x01\x06").unwrap();
    assert_eq!(client.phase(), Phase::LoginRequired);
    // What arrives meanwhile waits.
    let key = [&[0, 0, 4, 0][..], &[0xC3; 128], &[0; 125], &[1, 0, 1]].concat();
    client.handle_input(&key).unwrap();
    let login = porthole_rfb::logins::login(SecurityType::RA2NE, [1; 32]).unwrap();
    client.provide_login(login).unwrap();
    assert_eq!(client.phase(), Phase::ServerKey);
    let last = std::iter::from_fn(|| client.poll_event()).last();
    assert!(matches!(last, Some(Event::ServerKeyReceived(shown)) if shown.bytes == key));
    assert_eq!(client.poll_transmit().unwrap(), b"RFB 003.008\n\x06");
    let error = client.approve_server(false).unwrap_err();
    assert_eq!(error.to_string(), "the server's key was not approved");
    assert_eq!(client.phase(), Phase::Ended);
    assert_eq!(client.poll_transmit(), None);
    assert_eq!(client.approve_server(true), Err(error));
}
