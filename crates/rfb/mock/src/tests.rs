//! The mock against a client as small as can be, which knows the answers: it checks the mock's framing before anything
//! else is tested with it.

use crate::ciphers::{AesEax, md5, power, sha1};
use crate::config::{
    Capability, Config, DiffieHellman, Lists, Login, MsLogonII, RecordFault, RsaAes, RsaFault, Tight,
    VeNCrypt, Version,
};
use crate::keys::ServerKey;
use crate::picture::picture;
use crate::record::{Message, Record};
use crate::server::Server;

/// Hands the client's bytes over one at a time and takes what comes back.
struct Peer(Server);

impl Peer {
    fn meets(config: Config) -> Self {
        let version = config.version;
        let mut peer = Self(Server::new(config));
        assert_eq!(peer.hears(), version.greeting());
        peer.says(&version.greeting());
        peer
    }

    /// One login, in 3.8, that is picked.
    fn picks(login: Login, number: u8) -> Self {
        let mut peer = Self::meets(Config::with(login));
        assert_eq!(peer.hears(), [1, number]);
        peer.says(&[number]);
        peer
    }

    fn says(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0.handle_input(&[*byte]);
        }
    }

    fn hears(&mut self) -> Vec<u8> {
        self.0.poll_transmit()
    }

    /// That the login was right, and that the session goes on.
    fn goes_in(mut self) -> Record {
        assert_eq!(self.hears(), [0; 4]);
        self.begins();
        self.0.record()
    }

    fn begins(&mut self) {
        self.says(&[1]);
        let init = self.hears();
        assert_eq!(init[..4], [0, 64, 0, 48]);
        assert_eq!(init[24..], *b"a mock server");
        assert!(!self.0.is_over());
    }

    fn goes_away(mut self) -> Record {
        assert_eq!(self.hears(), b"\0\0\0\x01\0\0\0\x1Athe mock does not know you");
        assert!(self.0.is_over());
        assert_eq!(self.0.record().complaint, None);
        assert_eq!(self.0.record().is_accepted, Some(false));
        self.0.record()
    }
}

#[test]
fn without_a_login_each_version_goes_on_as_it_is_said() {
    for version in Version::ALL {
        let mut peer = Peer::meets(Config {
            version,
            ..Config::default()
        });
        match version {
            Version::V3_3 => assert_eq!(peer.hears(), [0, 0, 0, 1]),
            Version::V3_7 | Version::V3_8 => {
                assert_eq!(peer.hears(), [1, 1]);
                peer.says(&[1]);
            }
        }
        if version == Version::V3_8 {
            assert_eq!(peer.hears(), [0; 4]);
        }
        peer.begins();
        assert_eq!(peer.0.record().is_shared, Some(true));
    }
}

#[test]
fn whoever_is_refused_is_told_why() {
    let config = Config {
        logins: Vec::new(),
        ..Config::default()
    };
    let mut peer = Peer::meets(config.clone());
    assert_eq!(peer.hears(), b"\0\0\0\0\x15the mock wants nobody");
    assert!(peer.0.is_over());
    let mut peer = Peer::meets(Config {
        version: Version::V3_3,
        ..config
    });
    assert_eq!(peer.hears(), b"\0\0\0\0\0\0\0\x15the mock wants nobody");
}

#[test]
fn a_repeater_asks_for_an_id_first() {
    let config = Config {
        is_behind_repeater: true,
        ..Config::default()
    };
    let mut server = Server::new(config);
    assert_eq!(server.poll_transmit(), b"RFB 000.000\n");
    let mut id = b"ID:1234".to_vec();
    id.resize(250, 0);
    server.handle_input(&id);
    assert_eq!(server.poll_transmit(), b"RFB 003.008\n");
    assert_eq!(server.record().repeater_id.as_deref(), Some("ID:1234"));
}

#[test]
fn a_session_is_written_down_and_shown_in_any_pixels() {
    let mut peer = Peer::meets(Config::default());
    peer.says(&[1]);
    peer.hears();
    peer.says(&[0]);
    peer.hears();
    let format = [16, 16, 1, 1, 0, 31, 0, 63, 0, 31, 11, 5, 0, 0, 0, 0];
    peer.says(&[&[0, 9, 9, 9][..], &format].concat());
    peer.says(&[2, 0, 0, 2, 0, 0, 0, 7, 0xFF, 0xFF, 0xFF, 0x11]);
    peer.says(&[3, 1, 0, 0, 0, 0, 0, 64, 0, 48]);
    let update = peer.hears();
    assert_eq!(update[..16], [0, 0, 0, 1, 0, 0, 0, 0, 0, 64, 0, 48, 0, 0, 0, 0]);
    assert_eq!(update.len(), 16 + 64 * 48 * 2);
    peer.says(&[3, 1, 0, 0, 0, 0, 0, 64, 0, 48]);
    assert_eq!(peer.hears(), [0; 0], "nothing has changed");
    peer.says(&[4, 1, 0, 0, 0, 0, 0, 0x61]);
    let changed = peer.hears();
    let [red, green, blue] = picture(64, 48, 0x61)[..3] else {
        unreachable!()
    };
    let scaled = |colour: u8, maximum: u16| (u16::from(colour) * maximum + 127) / 255;
    let first = scaled(red, 31) << 11 | scaled(green, 63) << 5 | scaled(blue, 31);
    assert_eq!(changed[16..18], first.to_be_bytes());
    peer.says(&[5, 4, 0, 1, 1, 0, 6, 0, 0, 0, 0, 0, 0, 2, b'h', b'i']);
    let request = Message::FramebufferUpdateRequest {
        is_incremental: true,
        rect: [0, 0, 64, 48],
    };
    let expected = [
        Message::SetPixelFormat(format),
        Message::SetEncodings(vec![7, -239]),
        request.clone(),
        request,
        Message::Key {
            is_down: true,
            keysym: 0x61,
        },
        Message::Pointer {
            buttons: 4,
            place: (1, 256),
        },
        Message::CutText(b"hi".to_vec()),
    ];
    assert_eq!(peer.0.record().messages, expected);
    peer.says(&[99]);
    assert_eq!(
        peer.0.record().complaint.as_deref(),
        Some("message 99 was not offered")
    );
}

/// Vectors from OpenSSL: `openssl enc -des-ecb -nopad -K …`, the key being the password's bytes, each with its bits
/// reversed, and the data what the mock's first challenge is.
#[test]
fn vnc_authentication_takes_what_openssl_makes_of_it() {
    for (response, is_right) in [(VNC_RESPONSE, true), ([0; 16], false)] {
        let mut peer = Peer::picks(Login::VncAuthentication, 2);
        assert_eq!(peer.hears(), VNC_CHALLENGE);
        peer.says(&response);
        if is_right {
            peer.goes_in();
        } else {
            peer.goes_away();
        }
    }
}

#[test]
fn xvp_hears_of_a_user_and_a_machine_first() {
    let mut peer = Peer::picks(Login::Xvp, 22);
    peer.says(b"\x08\x03portholevm1");
    assert_eq!(peer.hears(), VNC_CHALLENGE);
    peer.says(&VNC_RESPONSE);
    let record = peer.goes_in();
    assert_eq!(record.user.as_deref(), Some("porthole"));
    assert_eq!(record.target.as_deref(), Some("vm1"));
    let mut peer = Peer::picks(Login::Xvp, 22);
    peer.says(b"\x04\x00root");
    peer.hears();
    peer.says(&VNC_RESPONSE);
    peer.goes_away();
}

#[test]
fn tight_lists_tunnels_logins_and_what_it_can() {
    let none = Tight::default();
    let mut peer = Peer::picks(Login::Tight(none), 16);
    assert_eq!(peer.hears(), [0; 12], "no tunnel, no login, and the verdict");
    peer.says(&[1]);
    assert_eq!(peer.hears().len(), 24 + 13 + 8, "the lists' lengths");

    let full = Tight {
        tunnels: vec![Capability::NO_TUNNEL],
        logins: vec![Login::Plain],
        lists: Lists {
            encodings: vec![Capability(7, *b"TGHT", *b"TIGHT___")],
            ..Lists::default()
        },
        ..Tight::default()
    };
    let mut peer = Peer::picks(Login::Tight(full), 16);
    assert_eq!(peer.hears(), b"\0\0\0\x01\0\0\0\0TGHTNOTUNNEL");
    peer.says(&[0; 4]);
    assert_eq!(peer.hears(), b"\0\0\0\x01\0\0\0\x81TGHTULGNAUTH");
    peer.says(b"\0\0\0\x81\0\0\0\x08\0\0\0\x08portholesecret12");
    assert_eq!(peer.hears(), [0; 4]);
    peer.says(&[0]);
    assert!(
        peer.hears()
            .ends_with(b"\0\0\0\0\0\x01\0\0\0\0\0\x07TGHTTIGHT___")
    );
    let record = peer.0.record();
    assert_eq!((record.tunnel, record.chosen), (Some(0), vec![16, 129]));
    assert_eq!(record.password.as_deref(), Some("secret12"));
}

#[test]
fn vencrypt_agrees_on_a_version_and_a_subtype() {
    for (password, is_right) in [(b"secret12", true), (b"secret13", false)] {
        let login = VeNCrypt::with(vec![Login::Unknown(262), Login::Plain]);
        let mut peer = Peer::picks(Login::VeNCrypt(login), 19);
        assert_eq!(peer.hears(), [0, 2]);
        peer.says(&[0, 2]);
        assert_eq!(peer.hears(), [0, 2, 0, 0, 1, 6, 0, 0, 1, 0]);
        peer.says(b"\0\0\x01\0\0\0\0\x08\0\0\0\x08porthole");
        peer.says(password);
        let record = if is_right {
            peer.goes_in()
        } else {
            peer.goes_away()
        };
        assert_eq!(record.chosen, [19, 256]);
        assert_eq!(record.vencrypt, Some((0, 2)));
    }
}

/// The shared number by the client's side of the exchange, and the mock's own: they must be the same for the
/// credentials to be read.
#[test]
fn diffie_hellman_reads_what_only_the_shared_number_opens() {
    use aes::cipher::{BlockCipherEncrypt, KeyInit};
    for (password, is_right) in [("secret12", true), ("secret1", false)] {
        let mut peer = Peer::picks(Login::DiffieHellman(DiffieHellman::default()), 30);
        let parameters = peer.hears();
        assert_eq!(parameters[..4], [0, 2, 0, 128]);
        let (prime, public_value) = parameters[4..].split_at(128);
        let shared = power(public_value, &[5, 6, 7], prime);
        let mut credentials = [0xAA; 128];
        credentials[..9].copy_from_slice(b"porthole\0");
        credentials[64..][..password.len()].copy_from_slice(password.as_bytes());
        credentials[64 + password.len()] = 0;
        let cipher = aes::Aes128::new(&md5(&shared).into());
        for block in credentials.chunks_exact_mut(16) {
            cipher.encrypt_block(block.try_into().unwrap());
        }
        peer.says(&credentials);
        peer.says(&power(&[2], &[5, 6, 7], prime));
        let record = if is_right {
            peer.goes_in()
        } else {
            peer.goes_away()
        };
        assert_eq!(record.user.as_deref(), Some("porthole"));
        assert_eq!(record.password.as_deref(), Some(password));
        assert_eq!(record.chance.len(), 128 + 128 - 10 - password.len());
    }
}

#[test]
fn ms_logon_reads_what_only_the_shared_number_opens() {
    use cbc::cipher::{BlockModeEncrypt, KeyIvInit};
    let mut peer = Peer::picks(Login::MsLogonII(MsLogonII::default()), 113);
    let parameters = peer.hears();
    assert_eq!(parameters.len(), 24);
    let (modulus, public_value) = parameters[8..].split_at(8);
    let key: [u8; 8] = power(public_value, &[9, 9], modulus).try_into().unwrap();
    let mut sent = power(&[2], &[9, 9], modulus);
    for (text, length) in [("porthole", 256), ("secret12", 64)] {
        let mut field = vec![0xAA; length];
        field[..text.len()].copy_from_slice(text.as_bytes());
        field[text.len()] = 0;
        let mut cipher = cbc::Encryptor::<des::Des>::new(&key.map(u8::reverse_bits).into(), &key.into());
        for block in field.chunks_exact_mut(8) {
            cipher.encrypt_block(block.try_into().unwrap());
        }
        sent.extend(field);
    }
    peer.says(&sent);
    let record = peer.goes_in();
    assert_eq!(record.user.as_deref(), Some("porthole"));
    assert_eq!(record.password.as_deref(), Some("secret12"));
}

/// A client of RSA-AES of 128 bits as far as the hashes.
struct RsaPeer {
    peer: Peer,
    sends: AesEax,
    receives: AesEax,
    sent: u128,
    received: u128,
    hash: Vec<u8>,
}

impl RsaPeer {
    fn meets(config: RsaAes) -> Self {
        let (key, server_wire) = (ServerKey::bits_1024(), config.key.wire());
        let server_key = config.key.clone();
        let number = config.number() as u8;
        let mut peer = Peer::picks(Login::RsaAes(config), number);
        assert_eq!(peer.hears(), server_wire);
        peer.says(&key.wire());
        let encrypted = peer.hears();
        assert_eq!(encrypted[..2], [0, 128]);
        let padded = power(&encrypted[2..], &key.private, &key.modulus);
        assert_eq!((&padded[..2], padded[111]), (&[0, 2][..], 0));
        let server_random = &padded[112..];
        let client_random = [7; 16];
        let length = server_key.modulus.len();
        let mut padded = vec![0xEE; length];
        padded[..2].copy_from_slice(&[0, 2]);
        padded[length - 17] = 0;
        padded[length - 16..].copy_from_slice(&client_random);
        let encrypted = power(&padded, &server_key.exponent, &server_key.modulus);
        peer.says(&(length as u16).to_be_bytes());
        peer.says(&encrypted);
        Self {
            peer,
            sends: AesEax::new(&sha1(&[server_random, &client_random])[..16]),
            receives: AesEax::new(&sha1(&[&client_random, server_random])[..16]),
            sent: 0,
            received: 0,
            hash: sha1(&[&key.wire(), &server_wire]),
        }
    }

    fn says(&mut self, content: &[u8]) {
        let header = (content.len() as u16).to_be_bytes();
        let record = self.sends.seal(&self.sent.to_le_bytes(), &header, content);
        self.sent += 1;
        self.peer.says(&[&header[..], &record].concat());
    }

    /// What all records that came have in them, or `None` if one cannot be opened.
    fn hears(&mut self) -> Option<Vec<u8>> {
        let bytes = self.peer.hears();
        let (mut rest, mut heard) = (&bytes[..], Vec::new());
        while let [high, low, ..] = *rest {
            let length = usize::from(high) << 8 | usize::from(low);
            let (record, after) = rest[2..].split_at_checked(length + 16)?;
            heard.extend(
                self.receives
                    .open(&self.received.to_le_bytes(), &[high, low], record)?,
            );
            self.received += 1;
            rest = after;
        }
        Some(heard)
    }
}

#[test]
fn ra2_seals_the_login_and_the_session() {
    let mut client = RsaPeer::meets(RsaAes {
        record_length: 5,
        ..RsaAes::ra2()
    });
    assert_eq!(client.hears().unwrap().len(), 20);
    let hash = client.hash.clone();
    client.says(&hash);
    assert_eq!(client.hears().unwrap(), [1]);
    client.says(b"\x08porthole\x08secret12");
    assert_eq!(client.hears().unwrap(), [0; 4]);
    client.says(&[1]);
    assert_eq!(client.hears().unwrap()[24..], *b"a mock server");
    // Messages and records end where they like.
    client.says(&[4, 1, 0]);
    client.says(&[]);
    client.says(&[0, 0, 0, 0, 0x61, 4, 0, 0, 0, 0, 0, 0, 0x61]);
    let record = client.peer.0.record();
    assert_eq!(record.messages.len(), 2);
    assert_eq!(record.key_bits, Some(1024));
    assert_eq!(record.complaint, None);
    let mut broken = client.sends.seal(&client.sent.to_le_bytes(), &[0, 1], &[4]);
    broken[0] ^= 1;
    client.peer.says(&[&[0, 1][..], &broken].concat());
    let complaint = client.peer.0.record().complaint.unwrap();
    assert_eq!(complaint, "the MAC of the client's record 6 is wrong");
}

#[test]
fn ra2ne_seals_only_the_login() {
    for (subtype, credentials) in [(1, &b"\x08porthole\x08secret12"[..]), (2, b"\0\x08secret12")] {
        let mut client = RsaPeer::meets(RsaAes {
            subtype,
            ..RsaAes::ra2_ne()
        });
        client.hears().unwrap();
        let hash = client.hash.clone();
        client.says(&hash);
        assert_eq!(client.hears().unwrap(), [subtype]);
        client.says(credentials);
        let record = client.peer.goes_in();
        assert_eq!(record.user.as_deref(), (subtype == 1).then_some("porthole"));
    }
    let mut client = RsaPeer::meets(RsaAes::ra2_ne());
    let hash = client.hash.clone();
    client.says(&hash);
    client.hears().unwrap();
    client.says(b"\x08porthole\x03abc");
    client.peer.goes_away();
}

#[test]
fn what_is_wrong_with_a_record_is_wrong_on_the_wire() {
    let fault = |fault| RsaAes {
        record_fault: Some((0, fault)),
        ..RsaAes::ra2()
    };
    for broken in [
        RecordFault::Ciphertext,
        RecordFault::Mac,
        RecordFault::Length(19),
        RecordFault::Length(u16::MAX),
    ] {
        assert_eq!(RsaPeer::meets(fault(broken)).hears(), None, "{broken:?}");
    }
    for (length, whole) in [
        (RecordFault::Content(0), 0),
        (RecordFault::Content(u16::MAX), 65_535),
        (RecordFault::EmptyBefore, 20),
    ] {
        assert_eq!(RsaPeer::meets(fault(length)).hears().unwrap().len(), whole);
    }
    let mut client = RsaPeer::meets(RsaAes {
        record_fault: Some((1, RecordFault::Replay)),
        ..RsaAes::ra2()
    });
    assert!(client.hears().is_some());
    let hash = client.hash.clone();
    client.says(&hash);
    assert_eq!(client.hears(), None);
    let mut client = RsaPeer::meets(RsaAes {
        fault: Some(RsaFault::Hash),
        ..RsaAes::ra2()
    });
    let right = RsaPeer::meets(RsaAes::ra2()).hears();
    assert_ne!(client.hears(), right);
}

const VNC_CHALLENGE: [u8; 16] = [
    0xC1, 0x67, 0x5E, 0x0B, 0xB9, 0x80, 0xA5, 0x75, 0xA8, 0x96, 0x61, 0xFE, 0xC0, 0x8A, 0xA8, 0x3B,
];

const VNC_RESPONSE: [u8; 16] = [
    0xD5, 0x0B, 0x7A, 0x8D, 0xD5, 0xA0, 0x22, 0x7B, 0x52, 0x1A, 0x9F, 0xD4, 0x33, 0x6A, 0x8C, 0xDC,
];
