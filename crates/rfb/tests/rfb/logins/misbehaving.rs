//! Servers that misbehave in a login, and the words that each of them is ended with.

use porthole_rfb::Phase;
use porthole_rfb_mock::{
    Capability, Config as Mock, DiffieHellman, Login, MsLogonII, RecordFault, RsaFault, ServerKey, Tight,
    VeNCrypt,
};

use super::meeting::{Person, meet};
use super::{ra2, vencrypt};

/// How a client that meets it ends, in its own words.
fn end(login: Login) -> String {
    let meeting = meet(&Mock::with(login), &Person::default());
    assert_ne!(meeting.record.is_accepted, Some(false));
    assert_eq!(meeting.phase, Phase::Ended);
    meeting.error.unwrap()
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
