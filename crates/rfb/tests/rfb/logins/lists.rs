//! Which login is picked where several are offered: the server's own list, Tight's and VeNCrypt's.

use porthole_rfb::SecurityType;
use porthole_rfb_mock::{Capability, Config as Mock, DiffieHellman, Lists, Login, RsaAes, Tight, VeNCrypt};

use super::meeting::{Person, USER, assert_works, meet};
use super::{ra2, tight, vencrypt};

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
