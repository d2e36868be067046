//! RSA-AES, alias RA2 (rfbproto, "RSA-AES Security Type"): each side encrypts a random number for the other with RSA; from
//! both come the keys of AES in EAX mode, for the login alone or for everything after it, too.

mod cipher;
mod key;

use chacha20::ChaCha20Rng;
use chacha20::rand_core::Rng;
use sha1::Sha1;
use sha2::{Digest, Sha256};
use zeroize::{Zeroize, Zeroizing};

pub use key::RsaKey;

use self::cipher::{Incoming, MAC, Outgoing, Sealed};
use self::key::PublicKey;
use crate::input::u16_at;
use crate::security::{Cipher, Credential, Exchange, Login, LoginError, LoginStep, SecurityType, ServerKey};

/// A login of RA2's family.
#[derive(Debug)]
pub(super) struct RsaAes {
    strength: Strength,
    /// Whether everything after the login is encrypted, too.
    is_for_all: bool,
    random: ChaCha20Rng,
    key: Option<RsaKey>,
    state: State,
}

/// The two sizes that there are of everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Strength {
    /// AES-128 and SHA-1.
    Bits128,
    /// AES-256 and SHA-256.
    Bits256,
}

/// What is to be read next.
#[derive(Debug)]
enum State {
    ServerKey,
    ServerRandom {
        server: PublicKey,
        own: Box<RsaKey>,
    },
    ServerHash {
        expected: Vec<u8>,
        sealed: Sealed,
    },
    Subtype {
        sealed: Sealed,
    },
    Credentials {
        asked: &'static [Credential],
        sealed: Sealed,
    },
    Done {
        sealed: Option<Sealed>,
    },
}

impl RsaAes {
    pub(super) fn new(security_type: SecurityType, random: ChaCha20Rng, key: Option<RsaKey>) -> Self {
        let (strength, is_for_all) = match security_type {
            SecurityType::RA2 => (Strength::Bits128, true),
            SecurityType::RA2NE => (Strength::Bits128, false),
            SecurityType::RA2_256 => (Strength::Bits256, true),
            _ => (Strength::Bits256, false),
        };
        Self {
            strength,
            is_for_all,
            random,
            key,
            state: State::ServerKey,
        }
    }
}

impl Login for RsaAes {
    fn advance(&mut self, exchange: &mut Exchange<'_, '_>) -> Result<LoginStep, LoginError> {
        loop {
            self.state = match &mut self.state {
                State::ServerKey => {
                    let Some((server, length)) = PublicKey::read(exchange.peek())? else {
                        break;
                    };
                    if !exchange.is_approved() {
                        return Ok(LoginStep::NeedApproval(shown(&server)));
                    }
                    exchange.take(length);
                    let own = match self.key.take() {
                        Some(key) => key,
                        None => RsaKey::generate(&mut self.random)?,
                    };
                    exchange.send(own.public().bytes());
                    State::ServerRandom {
                        server,
                        own: Box::new(own),
                    }
                }
                State::ServerRandom { server, own } => {
                    let input = exchange.peek();
                    if input.len() < 2 {
                        break;
                    }
                    let length = usize::from(u16_at(input, 0));
                    if length != own.public().size() {
                        return Err(
                            "the server's random number is not of the length of the client's key".into(),
                        );
                    }
                    let Some(encrypted) = input.get(2..2 + length) else {
                        break;
                    };
                    let theirs = own.decrypt(encrypted)?;
                    exchange.take(2 + length);
                    // Of 16 bytes by the specification, but with AES-256 servers have 32, and want as many.
                    let known = match self.strength {
                        Strength::Bits128 => theirs.len() == 16,
                        Strength::Bits256 => [16, 32].contains(&theirs.len()),
                    };
                    if !known {
                        return Err("the server's random number cannot be decrypted".into());
                    }
                    let mut ours = Zeroizing::new(vec![0; theirs.len()]);
                    self.random.fill_bytes(&mut ours);
                    let encrypted = server.encrypt(&ours, &mut self.random)?;
                    // A key has at most 8192 bits.
                    exchange.send(&(encrypted.len() as u16).to_be_bytes());
                    exchange.send(&encrypted);
                    let strength = self.strength;
                    let mut sealed = Sealed {
                        incoming: Incoming::new(strength.session_key(&[&ours, &theirs])),
                        outgoing: Outgoing::new(strength.session_key(&[&theirs, &ours])),
                    };
                    let own = own.public();
                    let hash = strength.hash(&[own.bytes(), server.bytes()]);
                    sealed.outgoing.seal(&hash, exchange.output);
                    State::ServerHash {
                        expected: strength.hash(&[server.bytes(), own.bytes()]),
                        sealed,
                    }
                }
                State::ServerHash { expected, sealed } => {
                    let Some(hash) = message(exchange, &mut sealed.incoming, expected.len())? else {
                        break;
                    };
                    if hash != *expected {
                        return Err(
                            "the server's hash is wrong: somebody has changed the keys on the way".into(),
                        );
                    }
                    State::Subtype {
                        sealed: sealed.clone(),
                    }
                }
                State::Subtype { sealed } => {
                    let Some(subtype) = message(exchange, &mut sealed.incoming, 1)? else {
                        break;
                    };
                    State::Credentials {
                        asked: match subtype[..] {
                            [1] => &[Credential::Username, Credential::Password],
                            [2] => &[Credential::Password],
                            _ => return Err("what the server wants to know has no meaning".into()),
                        },
                        sealed: sealed.clone(),
                    }
                }
                State::Credentials { asked, sealed } => {
                    let username = match asked {
                        [Credential::Password] => Some(""),
                        _ => exchange.username(),
                    };
                    let (Some(username), Some(password)) = (username, exchange.password()) else {
                        return Ok(LoginStep::NeedCredentials(asked));
                    };
                    let mut message = Zeroizing::new(Vec::with_capacity(2 + 255 + 255));
                    for (what, text) in [("the user name", username), ("the password", password)] {
                        let length = u8::try_from(text.len())
                            .map_err(|_| [what, " is longer than 255 bytes"].concat())?;
                        message.push(length);
                        message.extend_from_slice(text.as_bytes());
                    }
                    sealed.outgoing.seal(&message, exchange.output);
                    State::Done {
                        sealed: self.is_for_all.then(|| sealed.clone()),
                    }
                }
                State::Done { .. } => return Ok(LoginStep::Done),
            };
        }
        Ok(LoginStep::NeedMore)
    }

    fn cipher(&mut self) -> Option<Box<dyn Cipher>> {
        match &mut self.state {
            State::Done { sealed } => Some(Box::new(sealed.take()?)),
            _ => None,
        }
    }
}

/// One sealed message, which has to have `length` bytes.
fn message(
    exchange: &mut Exchange<'_, '_>,
    incoming: &mut Incoming,
    length: usize,
) -> Result<Option<Vec<u8>>, LoginError> {
    let input = exchange.peek();
    if input.len() < 2 {
        return Ok(None);
    }
    if usize::from(u16_at(input, 0)) != length {
        return Err("a message of the login is of a wrong length".into());
    }
    let Some(sealed) = input.get(..2 + length + MAC) else {
        return Ok(None);
    };
    let plain = incoming.open_one(sealed)?;
    exchange.take(2 + length + MAC);
    Ok(Some(plain))
}

fn shown(key: &PublicKey) -> ServerKey {
    let mut fingerprint = [0; 8];
    for (to, from) in fingerprint.iter_mut().zip(Sha1::digest(key.bytes())) {
        *to = from;
    }
    ServerKey {
        bytes: key.bytes().to_vec(),
        sha256: Sha256::digest(key.bytes()).into(),
        fingerprint,
    }
}

impl Strength {
    fn hash(self, parts: &[&[u8]]) -> Vec<u8> {
        match self {
            Self::Bits128 => hash::<Sha1>(parts),
            Self::Bits256 => hash::<Sha256>(parts),
        }
    }

    /// 16 bytes or 32, from both random numbers.
    fn session_key(self, randoms: &[&[u8]]) -> Zeroizing<Vec<u8>> {
        let mut key = self.hash(randoms);
        if self == Self::Bits128 {
            if let Some(rest) = key.get_mut(16..) {
                rest.zeroize();
            }
            key.truncate(16);
        }
        Zeroizing::new(key)
    }
}

fn hash<D: Digest>(parts: &[&[u8]]) -> Vec<u8> {
    let mut digest = D::new();
    for part in parts {
        digest.update(part);
    }
    digest.finalize().to_vec()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use std::sync::LazyLock;

    use super::super::testing::{CREDENTIALS, RANDOM, Talk, says};
    use super::*;

    /// The client's, and the server's.
    static KEYS: LazyLock<[RsaKey; 2]> =
        LazyLock::new(|| [[1; 32], [2; 32]].map(|it| RsaKey::from_seed(it).unwrap()));

    const TYPES: [(SecurityType, usize); 5] = [
        (SecurityType::RA2, 16),
        (SecurityType::RA2NE, 16),
        (SecurityType::RA2_256, 32),
        (SecurityType::RA2_256, 16),
        (SecurityType::RA2NE_256, 32),
    ];

    fn client(security_type: SecurityType) -> RsaAes {
        RsaAes::new(security_type, RANDOM(), Some(KEYS[0].clone()))
    }

    /// The server's side of a login up to the subtype: its ends of both ciphers.
    fn server(
        talk: &mut Talk<RsaAes>,
        random: usize,
        subtype: u8,
        size: usize,
    ) -> Result<Sealed, LoginError> {
        let (theirs, ours) = (KEYS[0].public(), &KEYS[1]);
        let (sent, _) = talk.hear(ours.public().bytes(), size)?;
        assert_eq!(sent, theirs.bytes());
        let own = vec![0x5A; random];
        let encrypted = theirs.encrypt(&own, &mut RANDOM())?;
        let (sent, _) = talk.hear(&[&[1, 0], &encrypted[..]].concat(), size)?;
        assert_eq!(sent[..2], [1, 0]);
        let other = ours.decrypt(&sent[2..258])?;
        assert_eq!(other.len(), random);
        let strength = talk.login().strength;
        let mut sealed = Sealed {
            incoming: Incoming::new(strength.session_key(&[&own, &other])),
            outgoing: Outgoing::new(strength.session_key(&[&other, &own])),
        };
        let hash = sealed.incoming.open_one(&sent[258..])?;
        assert_eq!(hash, strength.hash(&[theirs.bytes(), ours.public().bytes()]));
        let mut message = Vec::new();
        let hash = strength.hash(&[ours.public().bytes(), theirs.bytes()]);
        sealed.outgoing.seal(&hash, &mut message);
        sealed.outgoing.seal(&[subtype], &mut message);
        let (sent, step) = talk.hear(&message, size)?;
        assert_eq!(step, LoginStep::Done);
        let credentials = sealed.incoming.open_one(&sent)?;
        let (username, password) = (CREDENTIALS.0.as_bytes(), CREDENTIALS.1.as_bytes());
        let username = if subtype == 1 { username } else { &[] };
        let expected = [
            &[username.len() as u8],
            username,
            &[password.len() as u8],
            password,
        ]
        .concat();
        assert_eq!(credentials, expected);
        Ok(sealed)
    }

    #[test]
    fn every_type_logs_in_with_and_without_a_user_name_in_any_slicing() {
        for (security_type, random) in TYPES {
            for (subtype, size) in [(1, 100_000), (2, 100_000), (1, 1), (2, 3), (1, 300)] {
                let mut talk = Talk::new(client(security_type));
                let mut server = server(&mut talk, random, subtype, size).unwrap();
                let is_for_all = [SecurityType::RA2, SecurityType::RA2_256].contains(&security_type);
                let cipher = talk.login().cipher();
                assert_eq!(cipher.is_some(), is_for_all, "{security_type}");
                if let Some(mut cipher) = cipher {
                    let (mut sealed, mut plain) = (Vec::new(), Vec::new());
                    server.seal(&[0, 0, 0, 0], &mut sealed);
                    cipher.open(&sealed, &mut plain).unwrap();
                    assert_eq!(plain, [0; 4]);
                }
            }
        }
    }

    #[test]
    fn nothing_is_sent_before_the_key_is_approved() {
        let mut talk = Talk::new(client(SecurityType::RA2NE));
        talk.is_approved = false;
        let key = KEYS[1].public().bytes();
        let (sent, step) = talk.hear(key, 1).unwrap();
        assert!(sent.is_empty());
        let LoginStep::NeedApproval(shown) = step else {
            unreachable!("{step:?}");
        };
        assert_eq!(shown.bytes, key);
        assert_eq!(shown.sha256, <[u8; 32]>::from(Sha256::digest(key)));
        assert_eq!(shown.fingerprint, Sha1::digest(key)[..8]);
        talk.is_approved = true;
        assert_eq!(talk.hear(&[], 1).unwrap().0, KEYS[0].public().bytes());
    }

    #[test]
    fn keys_that_cannot_be_are_refused() {
        let refused = |server: &[u8], text: &str| says(client(SecurityType::RA2), server, text);
        for bits in [0, 1023, 8193, u32::MAX] {
            let text = format!("the server's key of {bits} bits is not among 1024 to 8192");
            refused(&bits.to_be_bytes(), &text);
        }
        let key = |modulus: &dyn Fn(&mut Vec<u8>), exponent: &[u8]| {
            let mut number = vec![0xC3; 128];
            modulus(&mut number);
            let mut padded = vec![0; 128 - exponent.len()];
            padded.extend_from_slice(exponent);
            [&[0, 0, 4, 0], &number[..], &padded].concat()
        };
        let is = |server: &[u8], words: &str| {
            let Err(LoginError::Broken(text)) = Talk::new(client(SecurityType::RA2)).hear(server, 4096)
            else {
                unreachable!("{words}");
            };
            assert!(text.starts_with("the server's key is none: "), "{text}");
        };
        is(&key(&|it| it.fill(0), &[1, 0, 1]), "zero");
        is(&key(&|it| it[127] = 0xC2, &[1, 0, 1]), "even");
        is(&key(&|it| it[0] = 0x7F, &[1, 0, 1]), "shorter than it says");
        for exponent in [&[0][..], &[1], &[2], &[1, 0, 0], &[0xFF; 8]] {
            is(&key(&|_| {}, exponent), "exponent");
        }
        refused(
            &key(&|_| {}, &[1; 9]),
            "the exponent of the server's key is too large",
        );
    }

    #[test]
    fn what_the_server_says_wrong_has_words() {
        let begun = || {
            let mut talk = Talk::new(client(SecurityType::RA2));
            talk.hear(KEYS[1].public().bytes(), 4096).unwrap();
            talk
        };
        let text = "the server's random number is not of the length of the client's key";
        assert_eq!(begun().hear(&[0, 255], 2), Err(text.into()));
        let text = "the server's random number cannot be decrypted";
        assert_eq!(
            begun().hear(&[&[1, 0][..], &[7; 256]].concat(), 258),
            Err(text.into())
        );
        assert_eq!(
            begun().hear(&[&[1, 0][..], &[0; 256]].concat(), 258),
            Err(text.into())
        );
        assert_eq!(
            begun().hear(&[&[1, 0][..], &[0xFF; 256]].concat(), 258),
            Err(text.into())
        );
        let text = "the server's random number cannot be decrypted";
        assert_eq!(
            server(&mut Talk::new(client(SecurityType::RA2)), 32, 1, 4096).unwrap_err(),
            text.into()
        );
        assert_eq!(
            server(&mut Talk::new(client(SecurityType::RA2_256)), 20, 1, 4096).unwrap_err(),
            text.into()
        );
        let text = "what the server wants to know has no meaning";
        assert_eq!(
            server(&mut Talk::new(client(SecurityType::RA2)), 16, 3, 4096).unwrap_err(),
            text.into()
        );
    }

    #[test]
    fn a_hash_of_other_keys_is_refused() {
        let mut talk = Talk::new(client(SecurityType::RA2NE));
        talk.hear(KEYS[1].public().bytes(), 4096).unwrap();
        let own = [0x5A; 16];
        let encrypted = KEYS[0].public().encrypt(&own, &mut RANDOM()).unwrap();
        let (sent, _) = talk.hear(&[&[1, 0], &encrypted[..]].concat(), 4096).unwrap();
        let other = KEYS[1].decrypt(&sent[2..258]).unwrap();
        let mut outgoing = Outgoing::new(Strength::Bits128.session_key(&[&other, &own]));
        let mut message = Vec::new();
        outgoing.seal(&[9; 20], &mut message);
        let text = "the server's hash is wrong: somebody has changed the keys on the way";
        assert_eq!(talk.hear(&message, 4096), Err(text.into()));
    }
}
