//! VNC Authentication (RFC 6143, 7.2.2): the server sends a challenge of 16 bytes, the client answers with
//! the challenge encrypted by DES, the password being the key.

use des::Des;
use des::cipher::{Array, BlockCipherEncrypt, KeyInit};
use zeroize::Zeroize;

use super::{Credential, Exchange, Login, LoginError, LoginStep};

/// Bytes of a challenge, and of its response.
pub const CHALLENGE: usize = 16;

const KEY: usize = 8;

#[derive(Debug, Default)]
pub(crate) struct VncAuthentication {
    challenge: Option<[u8; CHALLENGE]>,
}

impl Login for VncAuthentication {
    fn advance(&mut self, exchange: &mut Exchange<'_, '_>) -> Result<LoginStep, LoginError> {
        if self.challenge.is_none() {
            self.challenge = exchange.input.array();
        }
        let Some(challenge) = self.challenge else {
            return Ok(LoginStep::NeedMore);
        };
        let Some(password) = exchange.password() else {
            return Ok(LoginStep::NeedCredentials(&[Credential::Password]));
        };
        let response = response(challenge, password);
        exchange.send(&response);
        Ok(LoginStep::Done)
    }
}

/// What a client answers to a challenge: its two blocks, each encrypted with the password, of which only the first
/// eight bytes count.
#[must_use]
pub fn response(mut challenge: [u8; CHALLENGE], password: &str) -> [u8; CHALLENGE] {
    let mut key = key(password);
    let cipher = Des::new(&Array(key));
    key.zeroize();
    let (blocks, _) = challenge.as_chunks_mut::<KEY>();
    for block in blocks {
        let mut encrypted = Array(*block);
        cipher.encrypt_block(&mut encrypted);
        *block = encrypted.0;
    }
    challenge
}

/// The first eight bytes of the password, padded with zeros, the bits of each byte in reverse order (as every
/// VNC server does; RFC 6143 omits it, see its erratum 4951).
///
/// Servers compare bytes, and older ones store Latin-1: a password that Latin-1 has is sent in it.
fn key(password: &str) -> [u8; KEY] {
    let mut key = [0; KEY];
    if password.chars().all(|c| u8::try_from(c).is_ok()) {
        for (slot, c) in key.iter_mut().zip(password.chars()) {
            *slot = u8::try_from(c).unwrap_or_default().reverse_bits();
        }
    } else {
        for (slot, byte) in key.iter_mut().zip(password.bytes()) {
            *slot = byte.reverse_bits();
        }
    }
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_eight_bytes_with_their_bits_reversed() {
        assert_eq!(key("a"), [0x86, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!(key("secret123"), key("secret12"));
        assert_eq!(key("é"), [0x97, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!(key("ž"), [0xA3, 0x7D, 0, 0, 0, 0, 0, 0]);
    }

    /// DES's classic worked example, key 133457799BBCDFF1: the password is that key with its bits reversed,
    /// as Latin-1.
    #[test]
    fn a_challenge_is_encrypted_block_by_block() {
        let password: String = [0x13_u8, 0x34, 0x57, 0x79, 0x9B, 0xBC, 0xDF, 0xF1]
            .into_iter()
            .map(|byte| char::from(byte.reverse_bits()))
            .collect();
        let block = [0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF];
        let encrypted = [0x85, 0xE8, 0x13, 0x54, 0x0F, 0x0A, 0xB4, 0x05];
        let mut challenge = [0; CHALLENGE];
        challenge[..8].copy_from_slice(&block);
        challenge[8..].copy_from_slice(&block);
        let answer = response(challenge, &password);
        assert_eq!((&answer[..8], &answer[8..]), (&encrypted[..], &encrypted[..]));
    }
}
