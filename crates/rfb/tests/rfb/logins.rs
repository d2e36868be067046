//! Every login with a server that knows the right answer: `porthole-rfb-mock`, which was written from the specification
//! and shares no code with the client. Everything is done three times: bytes whole, in sevens and one by one.

use std::sync::LazyLock;

use porthole_rfb::logins::{self, RsaKey};
use porthole_rfb::{Client, Config, Credentials, Event, Phase, PointerButtons, SecurityType};
use porthole_rfb_mock::{
    Capability, Config as Mock, DiffieHellman, Lists, Login, Message, MsLogonII, Record, RecordFault, RsaAes,
    RsaFault, Server, ServerKey, Strength, Tight, VeNCrypt, Version, picture,
};

const USER: &str = "porthole";
const PASSWORD: &str = "secret12";
const TARGET: &str = "vm1";

/// What the mock says to whom it does not know.
const UNKNOWN: &str = "the mock does not know you";

/// The length of a piece that is everything.
const WHOLE: usize = usize::MAX;

// ---- a client and a server that meet -----------------------------------------------------------------------

/// What came of it.
#[derive(Debug, PartialEq)]
struct Meeting {
    events: Vec<Event>,
    /// What ended it, in the client's words.
    error: Option<String>,
    /// Whether the client waits for more.
    phase: Phase,
    /// What the server saw.
    record: Record,
    /// Whether the client's pixels are the server's last picture.
    is_shown: bool,
}

impl Meeting {
    fn was_asked(&self) -> Vec<Event> {
        let is_question = |event: &Event| {
            matches!(
                event,
                Event::CredentialsRequired(_) | Event::LoginRequired(_) | Event::ServerKeyReceived(_)
            )
        };
        self.events
            .iter()
            .filter(|event| is_question(event))
            .cloned()
            .collect()
    }
}

/// Who is at the client.
#[derive(Debug, Clone)]
struct Person {
    credentials: Credentials,
    /// Whether the server's key is the right one.
    approves: bool,
    /// What the client's random numbers come from.
    seed: [u8; 32],
    config: Config,
}

impl Person {
    fn with(user: &str, password: &str) -> Self {
        let mut credentials = Credentials::with_user(user, password);
        credentials.target = Some(TARGET.to_owned());
        Self {
            credentials,
            approves: true,
            seed: [7; 32],
            config: Config::default(),
        }
    }
}

impl Default for Person {
    fn default() -> Self {
        Self::with(USER, PASSWORD)
    }
}

/// The client's key, which takes long to be made.
static KEY: LazyLock<RsaKey> = LazyLock::new(|| RsaKey::from_seed([9; 32]).unwrap());

const KEY_PRESSED: u32 = 0x61;

/// Lets them meet with bytes in each slicing, which must not matter.
fn meet(mock: &Mock, person: &Person) -> Meeting {
    let whole = meet_in(mock, person, WHOLE);
    for length in [7, 1] {
        assert_eq!(whole, meet_in(mock, person, length), "in pieces of {length}");
    }
    whole
}

fn meet_in(mock: &Mock, person: &Person, length: usize) -> Meeting {
    let mut client = Client::new(person.config.clone());
    let mut server = Server::new(mock.clone());
    let mut events = Vec::new();
    let mut error = None;
    let mut has_typed = false;
    loop {
        let bytes = server.poll_transmit();
        let is_quiet = bytes.is_empty();
        for piece in bytes.chunks(length.min(bytes.len().max(1))) {
            let mut result = client.handle_input(piece);
            events.extend(std::iter::from_fn(|| client.poll_event()));
            while result.is_ok()
                && let Some(answered) = answer(&mut client, person, &events)
            {
                result = answered;
                events.extend(std::iter::from_fn(|| client.poll_event()));
            }
            hand_over(&mut client, &mut server, length);
            if let Err(end) = result {
                error = Some(end.to_string());
                break;
            }
        }
        if error.is_some() {
            break;
        }
        if !is_quiet {
            continue;
        }
        if server.is_over() {
            error = Some(client.handle_close().to_string());
            break;
        }
        if client.phase() != Phase::Running || has_typed {
            break;
        }
        has_typed = true;
        client.key(KEY_PRESSED, 0x1E, true);
        client.key(KEY_PRESSED, 0x1E, false);
        client.pointer(12, 34, PointerButtons::RIGHT);
        hand_over(&mut client, &mut server, length);
    }
    let (width, height) = mock.size;
    let shown: Vec<u8> = client
        .framebuffer()
        .bytes()
        .chunks_exact(4)
        .flat_map(|pixel| [pixel[0], pixel[1], pixel[2]])
        .collect();
    Meeting {
        events,
        error,
        phase: client.phase(),
        record: server.record(),
        is_shown: shown == picture(width, height, KEY_PRESSED),
    }
}

fn hand_over(client: &mut Client, server: &mut Server, length: usize) {
    while let Some(bytes) = client.poll_transmit() {
        for piece in bytes.chunks(length) {
            server.handle_input(piece);
        }
    }
}

/// Gives the client what it waits for that does not come from the server.
fn answer(client: &mut Client, person: &Person, events: &[Event]) -> Option<Result<(), porthole_rfb::Error>> {
    match client.phase() {
        Phase::Credentials => Some(client.provide_credentials(person.credentials.clone())),
        Phase::LoginRequired => {
            let Some(Event::LoginRequired(wanted)) = events.last() else {
                unreachable!("{events:?}");
            };
            let login = logins::with_key(*wanted, person.seed, Some(KEY.clone()))?;
            Some(client.provide_login(login))
        }
        Phase::ServerKey => Some(client.approve_server(person.approves)),
        _ => None,
    }
}

// ---- the logins --------------------------------------------------------------------------------------------

/// A login, the numbers that are picked on the way to it, and what its server learns.
struct Way {
    login: Login,
    chosen: &'static [u32],
    is_user_seen: bool,
    is_password_seen: bool,
}

fn way(login: Login, chosen: &'static [u32], is_user_seen: bool, is_password_seen: bool) -> Way {
    Way {
        login,
        chosen,
        is_user_seen,
        is_password_seen,
    }
}

fn tight(logins: Vec<Login>) -> Login {
    Login::Tight(Tight {
        logins,
        ..Tight::default()
    })
}

fn vencrypt(logins: Vec<Login>) -> Login {
    Login::VeNCrypt(VeNCrypt::with(logins))
}

/// Those that ask for something.
fn ways() -> Vec<Way> {
    let mut ways = vec![
        way(Login::VncAuthentication, &[2], false, false),
        way(Login::Xvp, &[22], true, false),
        way(Login::DiffieHellman(DiffieHellman::default()), &[30], true, true),
        way(Login::MsLogonII(MsLogonII::default()), &[113], true, true),
        way(tight(vec![Login::VncAuthentication]), &[16, 2], false, false),
        way(tight(vec![Login::Plain]), &[16, 129], true, true),
        way(vencrypt(vec![Login::Plain]), &[19, 256], true, true),
        way(vencrypt(vec![Login::VncAuthentication]), &[19, 2], false, false),
    ];
    let numbers: [&[u32]; 4] = [&[5], &[6], &[129], &[130]];
    for (rsa_aes, chosen) in RsaAes::all().into_iter().zip(numbers) {
        let password_only = RsaAes {
            subtype: 2,
            // Smaller and quicker.
            key: ServerKey::bits_1024(),
            ..rsa_aes.clone()
        };
        ways.push(way(Login::RsaAes(rsa_aes), chosen, true, true));
        ways.push(way(Login::RsaAes(password_only), chosen, false, true));
    }
    ways
}

/// The versions that a login exists in: 3.3 knows numbers up to 2 (rfbproto, Security).
fn versions(way: &Way) -> &'static [Version] {
    if way.chosen[0] <= 2 {
        &Version::ALL
    } else {
        &[Version::V3_7, Version::V3_8]
    }
}

fn mock(login: Login, version: Version) -> Mock {
    Mock {
        version,
        ..Mock::with(login)
    }
}

fn assert_works(meeting: &Meeting, what: &str) {
    assert_eq!(
        (&meeting.record.complaint, &meeting.error),
        (&None, &None),
        "{what}"
    );
    assert_eq!(meeting.phase, Phase::Running, "{what}");
    assert!(meeting.is_shown, "{what}: the picture after the key");
    let input: Vec<Message> = meeting
        .record
        .messages
        .iter()
        .filter(|message| matches!(message, Message::Key { .. } | Message::Pointer { .. }))
        .cloned()
        .collect();
    let key = |is_down| Message::Key {
        is_down,
        keysym: KEY_PRESSED,
    };
    let pointer = Message::Pointer {
        buttons: 4,
        place: (12, 34),
    };
    assert_eq!(input, [key(true), key(false), pointer], "{what}");
    assert_eq!(meeting.record.is_shared, Some(true), "{what}");
}

#[test]
fn without_a_login_every_version_connects() {
    for version in Version::ALL {
        for (login, chosen) in [
            (Login::None, &[1][..]),
            (tight(vec![]), &[16]),
            (tight(vec![Login::None]), &[16, 1]),
            (vencrypt(vec![Login::None]), &[19, 1]),
        ] {
            if version == Version::V3_3 && chosen[0] != 1 {
                continue;
            }
            let meeting = meet(&mock(login, version), &Person::default());
            let what = format!("{version:?} {chosen:?}");
            assert_works(&meeting, &what);
            assert_eq!(meeting.was_asked(), [], "{what}");
            if version != Version::V3_3 {
                assert_eq!(meeting.record.chosen, chosen, "{what}");
            }
        }
    }
}

#[test]
fn every_login_takes_the_right_credentials_and_the_session_goes_on() {
    for way in ways() {
        for version in versions(&way) {
            let meeting = meet(&mock(way.login.clone(), *version), &Person::default());
            let what = format!("{version:?} {:?}", way.chosen);
            assert_works(&meeting, &what);
            let record = &meeting.record;
            assert_eq!(record.is_accepted, Some(true), "{what}");
            let greeting = String::from_utf8(version.greeting()[..11].to_vec()).unwrap();
            assert_eq!(record.version.as_ref(), Some(&greeting), "{what}");
            if *version != Version::V3_3 {
                assert_eq!(record.chosen, way.chosen, "{what}");
            }
            assert_eq!(record.user.as_deref(), way.is_user_seen.then_some(USER), "{what}");
            let seen = way.is_password_seen.then_some(PASSWORD);
            assert_eq!(record.password.as_deref(), seen, "{what}");
        }
    }
}

#[test]
fn every_login_says_that_the_credentials_are_wrong_and_why() {
    for way in ways() {
        for version in versions(&way) {
            let people = [Person::with(USER, "secret13"), Person::with("root", PASSWORD)];
            for person in &people[..if way.is_user_seen { 2 } else { 1 }] {
                let meeting = meet(&mock(way.login.clone(), *version), person);
                let what = format!("{version:?} {:?} {:?}", way.chosen, person.credentials.username);
                assert_eq!(meeting.record.complaint, None, "{what}");
                assert_eq!(meeting.record.is_accepted, Some(false), "{what}");
                let reason = match version {
                    Version::V3_8 => UNKNOWN,
                    _ => "the server gave no reason",
                };
                let error = meeting.error.unwrap();
                assert!(error.ends_with(&format!(" failed: {reason}")), "{what}: {error}");
                assert_eq!(meeting.phase, Phase::Ended, "{what}");
            }
        }
    }
}

// ---- what goes on around the credentials -------------------------------------------------------------------

#[test]
fn users_and_passwords_are_utf_8_of_any_length_that_fits() {
    let user = "Zoë Ångström-日本";
    for (login, longest) in [
        (Login::DiffieHellman(DiffieHellman::default()), 63),
        (Login::MsLogonII(MsLogonII::default()), 63),
        (ra2(|_| {}), 255),
        (vencrypt(vec![Login::Plain]), 1000),
        (tight(vec![Login::Plain]), 1000),
    ] {
        for password in ["", "pässwörd €", &"x".repeat(longest)] {
            let server = Mock {
                user: user.to_owned(),
                password: password.to_owned(),
                ..Mock::with(login.clone())
            };
            let meeting = meet(&server, &Person::with(user, password));
            assert_works(&meeting, &format!("{login:?} {password}"));
            assert_eq!(meeting.record.user.as_deref(), Some(user));
            assert_eq!(meeting.record.password.as_deref(), Some(password));
        }
    }
}

#[test]
fn credentials_that_a_login_has_no_room_for_are_not_sent() {
    let (long, short) = ("x".repeat(300), "x".repeat(64));
    for (login, user, password) in [
        (
            Login::DiffieHellman(DiffieHellman::default()),
            &short[..],
            PASSWORD,
        ),
        (Login::DiffieHellman(DiffieHellman::default()), USER, &short),
        (Login::MsLogonII(MsLogonII::default()), &long, PASSWORD),
        (Login::MsLogonII(MsLogonII::default()), USER, &short),
        (ra2(|_| {}), &long, PASSWORD),
        (ra2(|it| it.is_session_sealed = false), USER, &long),
        (Login::Xvp, &long, PASSWORD),
    ] {
        let meeting = meet(&Mock::with(login.clone()), &Person::with(user, password));
        let error = meeting.error.unwrap();
        assert!(
            error.contains("longer than") || error.contains("too long"),
            "{error}"
        );
        assert_eq!(meeting.record.user, None, "{error}");
        assert_eq!(meeting.record.is_accepted, None, "{error}");
        assert_eq!(meeting.record.complaint, None, "{error}");
    }
}

/// Apple's manuals of Remote Desktop 2 and 3 say that the prime has 512 bits. This one is `openssl dhparam`'s.
#[test]
fn diffie_hellman_goes_with_the_short_primes_of_old_macs() {
    const PRIME: [u64; 8] = [
        0xA2A6_42F4_5730_DA8B,
        0x8056_8983_5761_36AF,
        0xB5AD_95D9_4CA7_BD85,
        0xFD3A_699F_25F7_73F7,
        0x2367_C93D_41EC_442B,
        0xA7B9_1707_5D26_34D1,
        0x3CB0_EAB5_15EE_0A92,
        0x61E3_0F1C_FA85_B977,
    ];
    let login = Login::DiffieHellman(DiffieHellman {
        key_length: 64,
        prime: PRIME.into_iter().flat_map(u64::to_be_bytes).collect(),
        ..DiffieHellman::default()
    });
    let meeting = meet(&Mock::with(login), &Person::default());
    assert_works(&meeting, "512 bits");
    assert_eq!(meeting.record.password.as_deref(), Some(PASSWORD));
}

#[test]
fn xvp_is_told_the_machine() {
    let meeting = meet(&Mock::with(Login::Xvp), &Person::default());
    assert_eq!(meeting.record.target.as_deref(), Some(TARGET));
}

/// Private numbers, RSA's padding and what fills the fields up must be by chance: they differ where the seed differs.
#[test]
fn what_must_be_by_chance_is_another_with_another_seed() {
    for login in [
        Login::DiffieHellman(DiffieHellman::default()),
        Login::MsLogonII(MsLogonII::default()),
        ra2(|it| it.is_session_sealed = false),
    ] {
        let server = Mock::with(login.clone());
        let chance = |seed| {
            let person = Person {
                seed: [seed; 32],
                ..Person::default()
            };
            meet_in(&server, &person, WHOLE).record.chance
        };
        let (one, same, other) = (chance(1), chance(1), chance(2));
        assert_eq!(one, same);
        // What is compared of RSA-AES is the random number; the key is given to both.
        let length = if let Login::RsaAes(_) = login {
            16
        } else {
            one.len()
        };
        let equal = (0..length).filter(|at| one[*at] == other[*at]).count();
        assert!(
            equal * 16 <= length,
            "{equal} of {length} bytes are the same: {login:?}"
        );
        for half in one[..length].chunks(length.div_ceil(2)) {
            assert!(half.iter().any(|byte| *byte != half[0]), "{login:?}");
        }
    }
}

/// By `openssl dgst -sha256` and `-sha1` of the mock's key of 2048 bits as it is sent.
const KEY_SHA256: [u8; 4] = [0xC6, 0xCB, 0xDB, 0xEC];
const KEY_FINGERPRINT: [u8; 8] = [0xFB, 0xF6, 0x7F, 0x3A, 0x1A, 0x10, 0x04, 0xE8];

#[test]
fn the_servers_key_is_shown_before_anything_is_sent_to_it() {
    for rsa_aes in RsaAes::all() {
        let wire = rsa_aes.key.wire();
        let person = Person {
            approves: false,
            ..Person::default()
        };
        let meeting = meet(&Mock::with(Login::RsaAes(rsa_aes)), &person);
        assert_eq!(
            meeting.error.as_deref(),
            Some("the server's key was not approved")
        );
        let shown = meeting.events.iter().find_map(|event| match event {
            Event::ServerKeyReceived(key) => Some(key),
            _ => None,
        });
        let shown = shown.unwrap();
        assert_eq!(shown.bytes, wire);
        assert_eq!(shown.sha256[..4], KEY_SHA256);
        assert_eq!(shown.fingerprint, KEY_FINGERPRINT);
        assert_eq!(meeting.record.key_bits, None, "nothing was sent");
        assert_eq!(meeting.record.user, None);
    }
}

#[test]
fn logins_whose_server_takes_only_a_password_do_not_ask_for_a_user() {
    use porthole_rfb::Credential;
    for (login, asked) in [
        (Login::VncAuthentication, &[Credential::Password][..]),
        (ra2(|it| it.subtype = 2), &[Credential::Password]),
        (ra2(|_| {}), &[Credential::Username, Credential::Password]),
        (
            Login::Xvp,
            &[Credential::Username, Credential::Target, Credential::Password],
        ),
        (
            vencrypt(vec![Login::Plain]),
            &[Credential::Username, Credential::Password],
        ),
    ] {
        let meeting = meet(&Mock::with(login), &Person::default());
        let mut questions: Vec<_> = meeting
            .events
            .iter()
            .filter_map(|event| match event {
                Event::CredentialsRequired(asked) => Some(*asked),
                _ => None,
            })
            .flatten()
            .copied()
            .collect();
        questions.sort_by_key(|it| format!("{it:?}"));
        let mut asked = asked.to_vec();
        asked.sort_by_key(|it| format!("{it:?}"));
        assert_eq!(questions, asked);
    }
}

#[test]
fn a_repeater_is_told_which_desktop() {
    let server = Mock {
        is_behind_repeater: true,
        ..Mock::with(ra2(|_| {}))
    };
    let mut person = Person::default();
    person.config.repeater_id = Some("1234".to_owned());
    let meeting = meet(&server, &person);
    assert_works(&meeting, "a repeater");
    assert_eq!(meeting.record.repeater_id.as_deref(), Some("ID:1234"));
    let meeting = meet(&server, &Person::default());
    assert!(meeting.error.unwrap().contains("repeater"));
    assert_eq!(meeting.record.repeater_id, None);
}

#[test]
fn only_the_security_types_that_are_wanted_are_picked() {
    let server = Mock {
        logins: vec![
            Login::None,
            Login::VncAuthentication,
            Login::RsaAes(RsaAes::ra2_256()),
            Login::Xvp,
        ],
        ..Mock::default()
    };
    for (wanted, chosen) in [
        (SecurityType::XVP, 22),
        (SecurityType::RA2_256, 129),
        (SecurityType::VNC_AUTHENTICATION, 2),
    ] {
        let mut person = Person::default();
        person.config.security_types = Some(vec![wanted]);
        let meeting = meet(&server, &person);
        assert_works(&meeting, "what was wanted");
        assert_eq!(meeting.record.chosen, [chosen]);
    }
}

#[test]
fn a_session_in_records_of_any_length_is_the_same() {
    for strength in [Strength::Aes128, Strength::Aes256] {
        // The largest record holds less than the larger picture.
        for (record_length, size) in [
            (1, (16, 8)),
            (3, (16, 8)),
            (8192, (64, 48)),
            (u16::MAX, (200, 100)),
        ] {
            let server = Mock {
                size,
                ..Mock::with(ra2(|it| {
                    it.strength = strength;
                    it.record_length = record_length;
                }))
            };
            assert_works(&meet(&server, &Person::default()), &format!("{record_length}"));
        }
    }
}

#[test]
fn an_empty_record_in_a_session_is_nothing() {
    for at in [3, 4, 5] {
        let server = Mock::with(ra2(|it| it.record_fault = Some((at, RecordFault::EmptyBefore))));
        assert_works(&meet(&server, &Person::default()), &format!("before record {at}"));
    }
}

// ---- Tight's and VeNCrypt's lists --------------------------------------------------------------------------

#[test]
fn tight_goes_without_a_tunnel_whatever_the_server_lists() {
    let other = Capability(7, *b"MOCK", *b"TUNNEL__");
    for (tunnels, tunnel) in [
        (vec![], None),
        (vec![Capability::NO_TUNNEL], Some(0)),
        (vec![other, Capability::NO_TUNNEL], Some(0)),
        (vec![Capability::SIEMENS], Some(0)),
    ] {
        let login = Login::Tight(Tight {
            tunnels: tunnels.clone(),
            logins: vec![Login::Plain],
            ..Tight::default()
        });
        let meeting = meet(&Mock::with(login), &Person::default());
        assert_works(&meeting, &format!("{tunnels:?}"));
        assert_eq!(meeting.record.tunnel, tunnel);
    }
}

#[test]
fn tight_and_vencrypt_pick_what_they_know_among_others() {
    let others = || {
        vec![
            Login::Unknown(20),
            Login::Unknown(200),
            Login::VncAuthentication,
            Login::Plain,
        ]
    };
    let meeting = meet(&Mock::with(tight(others())), &Person::default());
    assert_works(&meeting, "Tight");
    let meeting = meet(&Mock::with(vencrypt(others())), &Person::default());
    assert_works(&meeting, "VeNCrypt");
}

/// "In addition, any of the normal VNC security types (except VeNCrypt) may be sent" (rfbproto, VeNCrypt).
#[test]
fn logins_are_the_same_inside_of_vencrypt_and_vencrypt_inside_of_tight() {
    let lists = Lists {
        encodings: vec![Capability(7, *b"TGHT", *b"TIGHT___")],
        ..Lists::default()
    };
    let tight = |login| {
        Login::Tight(Tight {
            logins: vec![login],
            lists: lists.clone(),
            ..Tight::default()
        })
    };
    for (login, chosen) in [
        (vencrypt(vec![ra2(|_| {})]), &[19, 5][..]),
        (vencrypt(vec![Login::Xvp]), &[19, 22]),
        (
            vencrypt(vec![Login::DiffieHellman(DiffieHellman::default())]),
            &[19, 30],
        ),
        (vencrypt(vec![tight(Login::Plain)]), &[19, 16, 129]),
        (tight(vencrypt(vec![Login::Plain])), &[16, 19, 256]),
    ] {
        let meeting = meet(&Mock::with(login), &Person::default());
        assert_works(&meeting, &format!("{chosen:?}"));
        assert_eq!(meeting.record.chosen, chosen);
        assert_eq!(meeting.record.user.as_deref(), Some(USER));
    }
}

#[test]
fn the_lists_after_tights_server_init_are_passed_over() {
    let many = |count: i32| -> Vec<Capability> {
        (0..count)
            .map(|code| Capability(code, *b"MOCK", *b"WHATEVER"))
            .collect()
    };
    for (server_messages, client_messages, encodings) in [(0, 0, 0), (1, 2, 3), (0, 0, 400), (65_535, 1, 0)] {
        let login = Login::Tight(Tight {
            lists: Lists {
                server_messages: many(server_messages),
                client_messages: many(client_messages),
                encodings: many(encodings),
            },
            ..Tight::default()
        });
        assert_works(&meet(&Mock::with(login), &Person::default()), "lists");
    }
}

#[test]
fn vencrypt_is_spoken_in_version_0_2_by_whoever_has_it() {
    for version in [(0, 2), (0, 3), (1, 0)] {
        let login = Login::VeNCrypt(VeNCrypt {
            version,
            ..VeNCrypt::with(vec![Login::Plain])
        });
        let meeting = meet(&Mock::with(login), &Person::default());
        assert_works(&meeting, &format!("{version:?}"));
        assert_eq!(meeting.record.vencrypt, Some((0, 2)));
    }
}

// ---- servers that misbehave --------------------------------------------------------------------------------

/// How a client that meets it ends, in its own words.
fn end(login: Login) -> String {
    let meeting = meet(&Mock::with(login), &Person::default());
    assert_ne!(meeting.record.is_accepted, Some(false));
    assert_eq!(meeting.phase, Phase::Ended);
    meeting.error.unwrap()
}

fn ra2(change: impl FnOnce(&mut RsaAes)) -> Login {
    let mut rsa_aes = RsaAes {
        key: ServerKey::bits_1024(),
        ..RsaAes::ra2()
    };
    change(&mut rsa_aes);
    Login::RsaAes(rsa_aes)
}

/// What each of these is ended with.
fn assert_ends(cases: impl IntoIterator<Item = (Login, &'static str)>) {
    let mut wrong = Vec::new();
    for (login, expected) in cases {
        let error = end(login.clone());
        if error != expected {
            wrong.push(format!(
                "{login:?}\n    says      {error}\n    not       {expected}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What is said of keys that are not those that were exchanged.
const HASH: &str = "RA2: the server's hash is wrong: somebody has changed the keys on the way";

#[test]
fn rsa_keys_that_cannot_be_are_refused_by_what_is_wrong_with_them() {
    let key = |key| ra2(|it| it.key = key);
    let odd = |length: usize| {
        let mut modulus = vec![0xAB; length];
        modulus[length - 1] = 1;
        modulus
    };
    let even = {
        let mut modulus = odd(256);
        modulus[255] = 2;
        modulus
    };
    let one = {
        let mut modulus = vec![0; 256];
        modulus[255] = 1;
        modulus
    };
    let leading_zeros = {
        let mut modulus = odd(256);
        modulus[..200].fill(0);
        modulus
    };
    assert_ends([
        (
            key(ServerKey::bits_512()),
            "RA2: the server's key of 512 bits is not among 1024 to 8192",
        ),
        (
            key(ServerKey::unusable(16_384, odd(2048))),
            "RA2: the server's key of 16384 bits is not among 1024 to 8192",
        ),
        (
            key(ServerKey::unusable(0, vec![])),
            "RA2: the server's key of 0 bits is not among 1024 to 8192",
        ),
        (
            key(ServerKey::unusable(u32::MAX, vec![])),
            "RA2: the server's key of 4294967295 bits is not among 1024 to 8192",
        ),
        (
            key(ServerKey::unusable(2048, vec![0; 256])),
            "RA2: the server's key is none: modulus too small",
        ),
        (
            key(ServerKey::unusable(2048, even)),
            "RA2: the server's key is none: invalid modulus",
        ),
        (
            key(ServerKey::unusable(2048, one)),
            "RA2: the server's key is none: modulus too small",
        ),
        (
            key(ServerKey::unusable(2048, leading_zeros)),
            "RA2: the server's key is none: modulus too small",
        ),
        (
            key(ServerKey::bits_2048().with_exponent(0)),
            "RA2: the server's key is none: invalid exponent",
        ),
        (
            key(ServerKey::bits_2048().with_exponent(1)),
            "RA2: the server's key is none: public exponent too small",
        ),
        (
            key(ServerKey::bits_2048().with_exponent(2)),
            "RA2: the server's key is none: invalid exponent",
        ),
    ]);
}

#[test]
fn a_server_without_the_right_random_number_or_hash_is_found_out() {
    const LENGTH: &str = "RA2: the server's random number is not of the length of the client's key";
    const DECRYPTED: &str = "RA2: the server's random number cannot be decrypted";
    const MEANING: &str = "RA2: what the server wants to know has no meaning";
    let fault = |fault| ra2(|it| it.fault = Some(fault));
    assert_ends([
        (fault(RsaFault::Hash), HASH),
        (fault(RsaFault::RandomLength(0)), LENGTH),
        (fault(RsaFault::RandomLength(255)), LENGTH),
        (fault(RsaFault::RandomLength(u16::MAX)), LENGTH),
        (fault(RsaFault::RandomWithoutPadding), DECRYPTED),
        (fault(RsaFault::ShortRandom(15)), DECRYPTED),
        (fault(RsaFault::ShortRandom(0)), DECRYPTED),
        (ra2(|it| it.subtype = 0), MEANING),
        (ra2(|it| it.subtype = 3), MEANING),
    ]);
}

#[test]
fn a_record_that_was_changed_on_the_way_ends_the_login() {
    const LENGTH: &str = "RA2: a message of the login is of a wrong length";
    let record = |at, fault| ra2(|it| it.record_fault = Some((at, fault)));
    assert_ends([
        (
            record(0, RecordFault::Ciphertext),
            "RA2: encrypted message 0 was changed on the way: its MAC is wrong",
        ),
        (
            record(0, RecordFault::Mac),
            "RA2: encrypted message 0 was changed on the way: its MAC is wrong",
        ),
        (record(0, RecordFault::Length(0)), LENGTH),
        (record(0, RecordFault::Length(19)), LENGTH),
        (record(0, RecordFault::Length(u16::MAX)), LENGTH),
        (record(0, RecordFault::Content(0)), LENGTH),
        (record(0, RecordFault::Content(20)), HASH),
        (record(0, RecordFault::Content(u16::MAX)), LENGTH),
        (record(0, RecordFault::EmptyBefore), LENGTH),
        (
            record(1, RecordFault::Ciphertext),
            "RA2: encrypted message 1 was changed on the way: its MAC is wrong",
        ),
        (
            record(1, RecordFault::Mac),
            "RA2: encrypted message 1 was changed on the way: its MAC is wrong",
        ),
        (
            record(1, RecordFault::Replay),
            "RA2: encrypted message 1 was changed on the way: its MAC is wrong",
        ),
        (record(1, RecordFault::Length(0)), LENGTH),
        (record(1, RecordFault::Length(u16::MAX)), LENGTH),
        (record(1, RecordFault::Content(0)), LENGTH),
        (record(1, RecordFault::Content(2)), LENGTH),
        (record(1, RecordFault::Content(u16::MAX)), LENGTH),
        // From here on it is the session's.
        (
            record(2, RecordFault::Mac),
            "RA2: encrypted message 2 was changed on the way: its MAC is wrong",
        ),
        (
            record(2, RecordFault::Replay),
            "RA2: encrypted message 2 was changed on the way: its MAC is wrong",
        ),
        (
            record(3, RecordFault::Ciphertext),
            "RA2: encrypted message 3 was changed on the way: its MAC is wrong",
        ),
        (
            record(4, RecordFault::Replay),
            "RA2: encrypted message 4 was changed on the way: its MAC is wrong",
        ),
        (
            record(4, RecordFault::Mac),
            "RA2: encrypted message 4 was changed on the way: its MAC is wrong",
        ),
    ]);
}

#[test]
fn diffie_hellman_whose_secret_anybody_knows_is_refused() {
    let prime = || DiffieHellman::default().prime;
    let small = |last: u8| {
        let mut value = vec![0; 128];
        value[127] = last;
        value
    };
    let less_one = {
        let mut value = prime();
        value[127] -= 1;
        value
    };
    let even = less_one.clone();
    let public = |value: Vec<u8>| {
        Login::DiffieHellman(DiffieHellman {
            public_value: Some(value),
            ..DiffieHellman::default()
        })
    };
    let with_prime = |prime: Vec<u8>| {
        Login::DiffieHellman(DiffieHellman {
            key_length: prime.len() as u16,
            prime,
            ..DiffieHellman::default()
        })
    };
    let generator = |generator| {
        Login::DiffieHellman(DiffieHellman {
            generator,
            ..DiffieHellman::default()
        })
    };
    let length = |key_length| {
        Login::DiffieHellman(DiffieHellman {
            key_length,
            ..DiffieHellman::default()
        })
    };
    assert_ends([
        (
            public(small(0)),
            "Diffie-Hellman (Apple): the server's public value is out of range",
        ),
        (
            public(small(1)),
            "Diffie-Hellman (Apple): the server's public value is out of range",
        ),
        (
            public(less_one),
            "Diffie-Hellman (Apple): the server's public value is out of range",
        ),
        (
            public(prime()),
            "Diffie-Hellman (Apple): the server's public value is out of range",
        ),
        (
            public(vec![0xFF; 128]),
            "Diffie-Hellman (Apple): the server's public value is out of range",
        ),
        (
            with_prime(small(0)),
            "Diffie-Hellman (Apple): the prime is too small",
        ),
        (
            with_prime(small(1)),
            "Diffie-Hellman (Apple): the prime is too small",
        ),
        (
            with_prime(small(2)),
            "Diffie-Hellman (Apple): the prime is too small",
        ),
        (with_prime(even), "Diffie-Hellman (Apple): the prime is even"),
        (
            generator(0),
            "Diffie-Hellman (Apple): the generator is less than 2",
        ),
        (
            generator(1),
            "Diffie-Hellman (Apple): the generator is less than 2",
        ),
        (
            length(0),
            "Diffie-Hellman (Apple): a key of 0 bytes is not among 64 to 1024",
        ),
        (
            length(1),
            "Diffie-Hellman (Apple): a key of 1 bytes is not among 64 to 1024",
        ),
        (
            length(u16::MAX),
            "Diffie-Hellman (Apple): a key of 65535 bytes is not among 64 to 1024",
        ),
    ]);
}

#[test]
fn ms_logon_whose_secret_anybody_knows_is_refused() {
    let with = |change: fn(&mut MsLogonII)| {
        let mut parameters = MsLogonII::default();
        change(&mut parameters);
        Login::MsLogonII(parameters)
    };
    assert_ends([
        (
            with(|it| it.modulus = 0),
            "MSLogonII: the modulus is no prime to compute with",
        ),
        (
            with(|it| it.modulus = 1),
            "MSLogonII: the modulus is no prime to compute with",
        ),
        (
            with(|it| it.modulus = 2),
            "MSLogonII: the modulus is no prime to compute with",
        ),
        (
            with(|it| it.generator = 0),
            "MSLogonII: the server's numbers are out of range",
        ),
        (
            with(|it| it.generator = 1),
            "MSLogonII: the server's numbers are out of range",
        ),
        (
            with(|it| it.public_value = Some(0)),
            "MSLogonII: the server's numbers are out of range",
        ),
        (
            with(|it| it.public_value = Some(1)),
            "MSLogonII: the server's numbers are out of range",
        ),
        (
            with(|it| it.public_value = Some(it.modulus - 1)),
            "MSLogonII: the server's numbers are out of range",
        ),
        (
            with(|it| it.public_value = Some(u64::MAX)),
            "MSLogonII: the server's numbers are out of range",
        ),
    ]);
}

#[test]
fn lists_without_anything_known_are_read_out() {
    let tight = |change: fn(&mut Tight)| {
        let mut lists = Tight {
            logins: vec![Login::Plain],
            ..Tight::default()
        };
        change(&mut lists);
        Login::Tight(lists)
    };
    let version = |version| {
        Login::VeNCrypt(VeNCrypt {
            version,
            ..VeNCrypt::with(vec![Login::Plain])
        })
    };
    assert_ends([
        (
            tight(|it| it.tunnels = vec![Capability(5, *b"MOCK", *b"TUNNEL__")]),
            "Tight: the server insists on a tunnel that is not known here: MOCKTUNNEL__",
        ),
        (
            tight(|it| it.tunnel_count = Some(u32::MAX)),
            "Tight: the server lists more than 256 tunnels",
        ),
        (
            tight(|it| it.login_count = Some(u32::MAX)),
            "Tight: the server lists more than 256 logins",
        ),
        (
            tight(|it| it.logins = vec![Login::Unknown(130)]),
            "Tight: the server wants a login that is not known here: MOCKUNKNOWN_",
        ),
        (
            vencrypt(vec![
                Login::Unknown(260),
                Login::Unknown(261),
                Login::Unknown(262),
            ]),
            "the server wants a login that this viewer does not know: VeNCrypt X509None, VeNCrypt X509Vnc, VeNCrypt X509Plain",
        ),
        (
            vencrypt(vec![Login::Unknown(263), Login::Unknown(257)]),
            "the server wants a login that this viewer does not know: VeNCrypt TLSSASL, VeNCrypt TLSNone",
        ),
        (vencrypt(vec![]), "VeNCrypt: the server offers no subtype"),
        (
            version((0, 1)),
            "VeNCrypt: the server's version is older than 0.2",
        ),
        (
            version((0, 0)),
            "VeNCrypt: the server's version is older than 0.2",
        ),
        (
            Login::VeNCrypt(VeNCrypt {
                refuses_version: true,
                ..VeNCrypt::with(vec![Login::Plain])
            }),
            "VeNCrypt: the server does not speak version 0.2",
        ),
    ]);
}
