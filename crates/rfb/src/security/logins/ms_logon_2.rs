//! MSLogonII (rfbproto, "MSLogonII Authentication"), UltraVNC's: both sides agree on a secret of 64 bits, which is the key
//! of DES in CBC mode for user name and password. It hides them from a glance, not from an attack.

use cbc::Encryptor;
use chacha20::ChaCha20Rng;
use chacha20::rand_core::Rng;
use des::Des;
use des::cipher::{Array, BlockModeEncrypt, KeyIvInit};

use super::{Exchange, Login, LoginError, LoginStep, field};
use crate::security::Credential;

/// Generator, modulus and public value.
const PARAMETERS: usize = 24;
/// Bytes of the user name.
const USERNAME: usize = 256;
/// Bytes of the password.
const PASSWORD: usize = 64;
const BLOCK: usize = 8;

#[derive(Debug)]
pub(super) struct MsLogonII {
    random: ChaCha20Rng,
}

impl MsLogonII {
    pub(super) fn new(random: ChaCha20Rng) -> Self {
        Self { random }
    }
}

impl Login for MsLogonII {
    fn advance(&mut self, exchange: &mut Exchange<'_, '_>) -> Result<LoginStep, LoginError> {
        let Some(parameters) = exchange.peek().first_chunk::<PARAMETERS>() else {
            return Ok(LoginStep::NeedMore);
        };
        let [generator, modulus, public] = numbers(parameters);
        if modulus < 5 || modulus.is_multiple_of(2) {
            return Err("the modulus is no prime to compute with".into());
        }
        if !(2..modulus).contains(&generator) || !(2..modulus - 1).contains(&public) {
            return Err("the server's numbers are out of range".into());
        }
        let (Some(username), Some(password)) = (exchange.username(), exchange.password()) else {
            return Ok(LoginStep::NeedCredentials(&[
                Credential::Username,
                Credential::Password,
            ]));
        };
        let exponent = self.random.next_u64();
        let secret = power(public, exponent, modulus).to_be_bytes();
        let mut username = field::<USERNAME>("the user name", username, &mut self.random)?;
        let mut password = field::<PASSWORD>("the password", password, &mut self.random)?;
        encrypt(secret, &mut username);
        encrypt(secret, &mut password);
        exchange.take(PARAMETERS);
        exchange.send(&power(generator, exponent, modulus).to_be_bytes());
        exchange.send(&username);
        exchange.send(&password);
        Ok(LoginStep::Done)
    }
}

fn numbers(parameters: &[u8; PARAMETERS]) -> [u64; 3] {
    let (numbers, _) = parameters.as_chunks::<8>();
    let mut numbers = numbers.iter().map(|number| u64::from_be_bytes(*number));
    [(); 3].map(|()| numbers.next().unwrap_or_default())
}

/// DES in CBC mode. The bits of each byte of the key are in reverse order, as in VNC Authentication; those of the
/// initialisation vector, which is the same number, are not.
fn encrypt(secret: [u8; BLOCK], message: &mut [u8]) {
    encrypt_with(secret.map(u8::reverse_bits), secret, message);
}

fn encrypt_with(key: [u8; BLOCK], vector: [u8; BLOCK], message: &mut [u8]) {
    let mut cipher = Encryptor::<Des>::new(&Array(key), &Array(vector));
    let (blocks, _) = message.as_chunks_mut::<BLOCK>();
    for block in blocks {
        let mut encrypted = Array(*block);
        cipher.encrypt_block(&mut encrypted);
        *block = encrypted.0;
    }
}

/// By squares and products.
fn power(base: u64, mut exponent: u64, modulus: u64) -> u64 {
    let product = |a: u64, b: u64| {
        // Less than the modulus, which is a u64.
        (u128::from(a) * u128::from(b) % u128::from(modulus)) as u64
    };
    let (mut square, mut result) = (base % modulus, 1);
    while exponent > 0 {
        if exponent % 2 == 1 {
            result = product(result, square);
        }
        square = product(square, square);
        exponent /= 2;
    }
    result
}

#[cfg(test)]
mod tests {
    use super::super::testing::{CREDENTIALS, RANDOM, asks_for_user_and_password, in_any_slicing, says};
    use super::*;

    /// The worked example of FIPS 81, appendix C.
    #[test]
    fn des_is_chained_from_block_to_block() {
        let mut message = *b"Now is the time for all ";
        encrypt_with(
            0x0123_4567_89AB_CDEF_u64.to_be_bytes(),
            0x1234_5678_90AB_CDEF_u64.to_be_bytes(),
            &mut message,
        );
        let expected = [
            0xE5, 0xC7, 0xCD, 0xDE, 0x87, 0x2B, 0xF2, 0x7C, //
            0x43, 0xE9, 0x34, 0x00, 0x8C, 0x38, 0x9C, 0x0F, //
            0x68, 0x37, 0x88, 0x49, 0x9A, 0x7C, 0x05, 0xF6,
        ];
        assert_eq!(message, expected);
    }

    #[test]
    fn the_bits_of_the_key_are_reversed_and_those_of_the_vector_are_not() {
        let secret = [0x80, 0, 0, 0, 0, 0, 0, 0x42];
        let (mut one, mut other) = ([9; 16], [9; 16]);
        encrypt(secret, &mut one);
        encrypt_with([0x01, 0, 0, 0, 0, 0, 0, 0x42], secret, &mut other);
        assert_eq!(one, other);
    }

    /// Numbers from Python's `pow`.
    #[test]
    fn powers_are_right_up_to_64_bits() {
        assert_eq!(power(3, 5, 7), 5);
        assert_eq!(power(5, 0, 7), 1);
        let prime = 18_446_744_073_709_551_557;
        assert_eq!(power(2, 0xFFFF_FFFF_FFFF_FFFF, prime), POWER_OF_TWO);
        assert_eq!(power(prime - 2, 0x0123_4567_89AB_CDEF, prime), POWER_OF_MANY);
    }

    const POWER_OF_TWO: u64 = 576_460_752_303_423_488;
    const POWER_OF_MANY: u64 = 18_309_068_478_801_793_244;

    const GENERATOR: u64 = 5;
    const MODULUS: u64 = 2_147_483_629;
    /// 5 to the power of 12345.
    const PUBLIC: u64 = 1_440_568_568;

    fn parameters(generator: u64, modulus: u64, public: u64) -> Vec<u8> {
        [generator, modulus, public].map(u64::to_be_bytes).concat()
    }

    #[test]
    fn the_server_finds_user_name_and_password_in_any_slicing() {
        let sent = in_any_slicing(
            || MsLogonII::new(RANDOM()),
            &parameters(GENERATOR, MODULUS, PUBLIC),
        );
        assert_eq!(sent.len(), 8 + USERNAME + PASSWORD);
        let (own, encrypted) = sent.split_at(8);
        let own = own.iter().fold(0, |number, byte| number << 8 | u64::from(*byte));
        let secret = power(own, 12_345, MODULUS).to_be_bytes();
        let decrypt = |encrypted: &[u8]| {
            use des::cipher::BlockModeDecrypt;
            let mut cipher = cbc::Decryptor::<Des>::new(&Array(secret.map(u8::reverse_bits)), &Array(secret));
            let mut plain = encrypted.to_vec();
            for block in plain.as_chunks_mut::<BLOCK>().0 {
                let mut decrypted = Array(*block);
                cipher.decrypt_block(&mut decrypted);
                *block = decrypted.0;
            }
            plain
        };
        let (username, password) = encrypted.split_at(USERNAME);
        assert!(decrypt(username).starts_with(&[CREDENTIALS.0.as_bytes(), b"\0"].concat()));
        assert!(decrypt(password).starts_with(&[CREDENTIALS.1.as_bytes(), b"\0"].concat()));
    }

    #[test]
    fn a_person_is_asked_for_user_name_and_password() {
        asks_for_user_and_password(MsLogonII::new(RANDOM()), &parameters(GENERATOR, MODULUS, PUBLIC));
    }

    #[test]
    fn numbers_that_cannot_be_are_refused() {
        for modulus in [0, 1, 2, 3, 4, 6, u64::MAX - 1] {
            let text = "the modulus is no prime to compute with";
            says(MsLogonII::new(RANDOM()), &parameters(GENERATOR, modulus, 2), text);
        }
        for (generator, public) in [
            (0, 2),
            (1, 2),
            (MODULUS, 2),
            (2, 0),
            (2, 1),
            (2, MODULUS - 1),
            (2, u64::MAX),
        ] {
            let text = "the server's numbers are out of range";
            says(
                MsLogonII::new(RANDOM()),
                &parameters(generator, MODULUS, public),
                text,
            );
        }
    }
}
