//! VNC Authentication (RFC 6143, 7.2.2): a challenge is answered with what DES makes of it, the password being the
//! key.

use des::Des;
use des::cipher::{Array, BlockCipherEncrypt, KeyInit};

use crate::secret::Secret;

/// Bytes of a challenge, and of its response.
pub(crate) const CHALLENGE: usize = 16;

const KEY: usize = 8;

/// The challenge's two blocks, each encrypted with the password.
pub(crate) fn response(mut challenge: [u8; CHALLENGE], password: &Secret) -> [u8; CHALLENGE] {
    let cipher = Des::new(&Array(key(password.reveal())));
    let (blocks, _) = challenge.as_chunks_mut();
    for block in blocks {
        let mut encrypted = Array(*block);
        cipher.encrypt_block(&mut encrypted);
        *block = encrypted.0;
    }
    challenge
}

/// The first eight bytes of the password, the bits of each in reverse order, as every server has it (RFC 6143, erratum
/// 4951); in Latin-1, which older servers store, where that has all of its characters: as the viewer does it.
fn key(password: &str) -> [u8; KEY] {
    let latin: Option<Vec<u8>> = password.chars().map(|c| u8::try_from(c).ok()).collect();
    let bytes = latin.unwrap_or_else(|| password.as_bytes().to_vec());
    let mut key = [0; KEY];
    for (slot, byte) in key.iter_mut().zip(bytes) {
        *slot = byte.reverse_bits();
    }
    key
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_eight_bytes_with_their_bits_reversed() {
        assert_eq!(key("a"), [0x86, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!(key("secret123"), key("secret12"));
        assert_eq!(key("é"), [0x97, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!(key("ž"), [0xA3, 0x7D, 0, 0, 0, 0, 0, 0]);
    }

    /// DES's classic worked example: key 133457799BBCDFF1, whose lowest bits do not count, being for parity.
    #[test]
    fn a_challenge_is_encrypted_block_by_block() {
        let password = "H,j\x1EY={\x0F";
        assert_eq!(key(password), [0x12, 0x34, 0x56, 0x78, 0x9A, 0xBC, 0xDE, 0xF0]);
        let block = 0x0123_4567_89AB_CDEF_u64.to_be_bytes();
        let encrypted = 0x85E8_1354_0F0A_B405_u64.to_be_bytes();
        let challenge = [block, block].concat().try_into().unwrap();
        assert_eq!(
            response(challenge, &password.into())[..],
            [encrypted, encrypted].concat()
        );
    }
}
