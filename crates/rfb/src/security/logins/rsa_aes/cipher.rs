//! Messages in AES-EAX: a length, which is the associated data, that many encrypted bytes, and a MAC. The nonce is the
//! number of the message, little-endian, each direction counting by itself.

use std::fmt;

use aes::{Aes128, Aes256};
use eax::Eax;
use eax::aead::{Aead, KeyInit, Payload};

use crate::input::u16_at;
use crate::security::{Cipher, LoginError};

/// Bytes of a MAC.
pub(super) const MAC: usize = 16;
const HEADER: usize = 2;
/// How much goes into one message to the server, as TigerVNC does it.
const CHUNK: usize = 8192;

/// AES-EAX with a key of either size, and the number of the next message.
#[derive(Clone)]
struct Direction {
    cipher: Strong,
    counter: u128,
}

#[derive(Clone)]
enum Strong {
    Bits128(Box<Eax<Aes128>>),
    Bits256(Box<Eax<Aes256>>),
}

impl Strong {
    /// The encrypted message and its MAC.
    fn encrypt(&self, nonce: [u8; 16], aad: &[u8], msg: &[u8]) -> Option<Vec<u8>> {
        let payload = Payload { msg, aad };
        let result = match self {
            Self::Bits128(cipher) => cipher.encrypt(&nonce.into(), payload),
            Self::Bits256(cipher) => cipher.encrypt(&nonce.into(), payload),
        };
        result.ok()
    }

    fn decrypt(&self, nonce: [u8; 16], aad: &[u8], msg: &[u8]) -> Option<Vec<u8>> {
        let payload = Payload { msg, aad };
        let result = match self {
            Self::Bits128(cipher) => cipher.decrypt(&nonce.into(), payload),
            Self::Bits256(cipher) => cipher.decrypt(&nonce.into(), payload),
        };
        result.ok()
    }
}

impl Direction {
    /// `key` has 16 bytes or 32.
    fn new(key: &[u8]) -> Self {
        let cipher = match <&[u8; 32]>::try_from(key) {
            Ok(key) => Strong::Bits256(Box::new(Eax::new(&(*key).into()))),
            Err(_) => {
                let mut short = [0; 16];
                for (to, from) in short.iter_mut().zip(key) {
                    *to = *from;
                }
                Strong::Bits128(Box::new(Eax::new(&short.into())))
            }
        };
        Self { cipher, counter: 0 }
    }

    fn next_nonce(&mut self) -> [u8; 16] {
        let nonce = self.counter.to_le_bytes();
        self.counter = self.counter.wrapping_add(1);
        nonce
    }
}

impl fmt::Debug for Direction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Direction")
            .field("counter", &self.counter)
            .finish_non_exhaustive()
    }
}

/// What goes to the server.
#[derive(Debug, Clone)]
pub(super) struct Outgoing(Direction);

impl Outgoing {
    pub(super) fn new(key: impl AsRef<[u8]>) -> Self {
        Self(Direction::new(key.as_ref()))
    }

    /// Seals `plain` in as many messages as it takes.
    pub(super) fn seal(&mut self, plain: &[u8], sealed: &mut Vec<u8>) {
        for chunk in plain.chunks(CHUNK) {
            // At most `CHUNK`.
            let header = (chunk.len() as u16).to_be_bytes();
            let nonce = self.0.next_nonce();
            let encrypted = self.0.cipher.encrypt(nonce, &header, chunk);
            // Fails only for messages of exabytes.
            sealed.extend_from_slice(&header);
            sealed.extend_from_slice(&encrypted.unwrap_or_default());
        }
    }
}

/// What comes from the server.
#[derive(Debug, Clone)]
pub(super) struct Incoming {
    direction: Direction,
    /// What has arrived of a message that is not complete.
    begun: Vec<u8>,
}

impl Incoming {
    pub(super) fn new(key: impl AsRef<[u8]>) -> Self {
        Self {
            direction: Direction::new(key.as_ref()),
            begun: Vec::new(),
        }
    }

    /// Opens one whole message, its header included.
    pub(super) fn open_one(&mut self, message: &[u8]) -> Result<Vec<u8>, LoginError> {
        let number = self.direction.counter;
        let nonce = self.direction.next_nonce();
        let (header, rest) = message.split_at(HEADER.min(message.len()));
        let plain = self.direction.cipher.decrypt(nonce, header, rest);
        plain.ok_or_else(|| {
            [
                "encrypted message ",
                &number.to_string(),
                " was changed on the way: its MAC is wrong",
            ]
            .concat()
            .into()
        })
    }
}

/// Both directions of a connection that is encrypted.
#[derive(Debug, Clone)]
pub(super) struct Sealed {
    pub(super) incoming: Incoming,
    pub(super) outgoing: Outgoing,
}

impl Cipher for Sealed {
    fn open(&mut self, sealed: &[u8], plain: &mut Vec<u8>) -> Result<(), LoginError> {
        let mut bytes = std::mem::take(&mut self.incoming.begun);
        bytes.extend_from_slice(sealed);
        let mut rest = &bytes[..];
        while rest.len() >= HEADER {
            let length = HEADER + usize::from(u16_at(rest, 0)) + MAC;
            let Some((message, after)) = rest.split_at_checked(length) else {
                break;
            };
            plain.extend(self.incoming.open_one(message)?);
            rest = after;
        }
        self.incoming.begun = rest.to_vec();
        Ok(())
    }

    fn seal(&mut self, plain: &[u8], sealed: &mut Vec<u8>) {
        self.outgoing.seal(plain, sealed);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn hex(digits: &str) -> Vec<u8> {
        let digit = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).unwrap();
        (0..digits.len()).step_by(2).map(digit).collect()
    }

    /// From the paper on EAX by Bellare, Rogaway and Wagner: message, key, nonce, header, encrypted message with its MAC.
    const VECTORS: [[&str; 5]; 4] = [
        [
            "",
            "233952DEE4D5ED5F9B9C6D6FF80FF478",
            "62EC67F9C3A4A407FCB2A8C49031A8B3",
            "6BFB914FD07EAE6B",
            "E037830E8389F27B025A2D6527E79D01",
        ],
        [
            "F7FB",
            "91945D3F4DCBEE0BF45EF52255F095A4",
            "BECAF043B0A23D843194BA972C66DEBD",
            "FA3BFD4806EB53FA",
            "19DD5C4C9331049D0BDAB0277408F67967E5",
        ],
        [
            "1A47CB4933",
            "01F74AD64077F2E704C0F60ADA3DD523",
            "70C3DB4F0D26368400A10ED05D2BFF5E",
            "234A3463C1264AC6",
            "D851D5BAE03A59F238A23E39199DC9266626C40F80",
        ],
        [
            "8B0A79306C9CE7ED99DAE4F87F8DD61636",
            "7C77D6E813BED5AC98BAA417477A2E7D",
            "1A8C98DCD73D38393B2BF1569DEEFC19",
            "65D2017990D62528",
            "02083E3979DA014812F59F11D52630DA30137327D10649B0AA6E1C181DB617D7F2",
        ],
    ];

    #[test]
    fn eax_is_that_of_its_paper() {
        for [message, key, nonce, header, encrypted] in VECTORS.map(|vector| vector.map(hex)) {
            let direction = Direction::new(&key);
            let nonce: [u8; 16] = nonce.try_into().unwrap();
            assert_eq!(
                direction.cipher.encrypt(nonce, &header, &message).unwrap(),
                encrypted
            );
            assert_eq!(
                direction.cipher.decrypt(nonce, &header, &encrypted).unwrap(),
                message
            );
            let mut changed = encrypted;
            changed[0] ^= 1;
            assert_eq!(direction.cipher.decrypt(nonce, &header, &changed), None);
        }
    }

    fn pair(size: usize) -> (Sealed, Sealed) {
        let (one, other) = (vec![1; size], vec![2; size]);
        let end = |to: &[u8], from: &[u8]| Sealed {
            incoming: Incoming::new(from),
            outgoing: Outgoing::new(to),
        };
        (end(&one, &other), end(&other, &one))
    }

    #[test]
    fn what_one_side_seals_the_other_opens_in_any_slicing() {
        let plain: Vec<u8> = (0..40_000_u32).map(|at| (at * at) as u8).collect();
        for size in [16, 32] {
            for pieces in [1, 2, 17, 18, 19, 8000, 100_000] {
                let (mut client, mut server) = pair(size);
                let mut sealed = Vec::new();
                for part in [&plain[..1], &plain[1..9000], &plain[9000..]] {
                    server.seal(part, &mut sealed);
                }
                let mut opened = Vec::new();
                for piece in sealed.chunks(pieces) {
                    client.open(piece, &mut opened).unwrap();
                }
                assert_eq!(opened, plain, "in pieces of {pieces}");
            }
        }
    }

    #[test]
    fn a_message_that_was_changed_repeated_or_left_out_ends_it_after_what_came_before() {
        let (client, mut server) = pair(16);
        let mut messages = Vec::new();
        for text in ["one", "two", "three"] {
            let mut sealed = Vec::new();
            server.seal(text.as_bytes(), &mut sealed);
            messages.push(sealed);
        }
        let wrong = |bytes: Vec<u8>| {
            let mut plain = Vec::new();
            let error = client.clone().open(&bytes, &mut plain).unwrap_err();
            assert_eq!(plain, b"one");
            let text = "encrypted message 1 was changed on the way: its MAC is wrong";
            assert_eq!(error, LoginError::from(text));
        };
        wrong([&messages[0][..], &messages[0]].concat());
        wrong([&messages[0][..], &messages[2]].concat());
        for at in 2..messages[1].len() {
            let mut bytes = messages[..2].concat();
            bytes[messages[0].len() + at] ^= 0x10;
            wrong(bytes);
        }
    }
}
