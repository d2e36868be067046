//! Every login with a server that knows the right answer: `porthole-rfb-mock`, which was written from the specification
//! and shares no code with the client. Everything is done three times: bytes whole, in sevens and one by one.

mod credentials;
mod lists;
mod meeting;
mod misbehaving;

use porthole_rfb::Phase;
use porthole_rfb_mock::{
    Config as Mock, DiffieHellman, Login, MsLogonII, RecordFault, RsaAes, ServerKey, Strength, Tight,
    VeNCrypt, Version,
};

use meeting::{PASSWORD, Person, USER, assert_works, meet};

/// What the mock says to whom it does not know.
const UNKNOWN: &str = "the mock does not know you";

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

fn ra2(change: impl FnOnce(&mut RsaAes)) -> Login {
    let mut rsa_aes = RsaAes {
        key: ServerKey::bits_1024(),
        ..RsaAes::ra2()
    };
    change(&mut rsa_aes);
    Login::RsaAes(rsa_aes)
}
