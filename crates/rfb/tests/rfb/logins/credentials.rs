//! What a person is asked for and shown, and what of it reaches the server.

use porthole_rfb::{Credential, Event};
use porthole_rfb_mock::{Config as Mock, DiffieHellman, Login, MsLogonII, RsaAes};

use super::meeting::{PASSWORD, Person, TARGET, USER, WHOLE, assert_works, meet, meet_in};
use super::{ra2, tight, vencrypt};

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
