//! Apple's Diffie-Hellman (rfbproto, "Diffie-Hellman Authentication"): both sides agree on a secret, whose MD5 is the key
//! of AES in ECB mode for user name and password.

use aes::Aes128;
use aes::cipher::{Array, BlockCipherEncrypt, KeyInit};
use chacha20::ChaCha20Rng;
use chacha20::rand_core::Rng;
use crypto_bigint::modular::{BoxedMontyForm, BoxedMontyParams};
use crypto_bigint::{BoxedUint, Odd, Resize};
use md5::{Digest, Md5};
use zeroize::Zeroize;

use super::{Exchange, Login, LoginError, LoginStep, field};
use crate::input::u16_at;
use crate::security::Credential;

/// How many bytes the prime may have. Apple's manuals of Remote Desktop 2 and 3 say 64; newer systems have 128 and more.
const KEY_SIZES: std::ops::RangeInclusive<usize> = 64..=1024;
/// An exponent of so many bytes is as hard to find as any.
const EXPONENT: usize = 64;
/// Bytes of user name and of password.
const FIELD: usize = 64;
const BLOCK: usize = 16;

#[derive(Debug)]
pub(super) struct DiffieHellman {
    random: ChaCha20Rng,
}

impl DiffieHellman {
    pub(super) fn new(random: ChaCha20Rng) -> Self {
        Self { random }
    }
}

impl Login for DiffieHellman {
    fn advance(&mut self, exchange: &mut Exchange<'_, '_>) -> Result<LoginStep, LoginError> {
        let Some(header) = exchange.peek().first_chunk::<4>() else {
            return Ok(LoginStep::NeedMore);
        };
        let (generator, size) = (u16_at(header, 0), usize::from(u16_at(header, 2)));
        if !KEY_SIZES.contains(&size) {
            return Err(["a key of ", &size.to_string(), " bytes is not among 64 to 1024"]
                .concat()
                .into());
        }
        let Some(numbers) = exchange.peek().get(4..4 + 2 * size) else {
            return Ok(LoginStep::NeedMore);
        };
        let (modulus, public) = numbers.split_at(size);
        let group = Group::new(generator, modulus)?;
        let public = group.public(public)?;
        let (Some(username), Some(password)) = (exchange.username(), exchange.password()) else {
            return Ok(LoginStep::NeedCredentials(&[
                Credential::Username,
                Credential::Password,
            ]));
        };
        let mut exponent = [0; EXPONENT];
        self.random.fill_bytes(&mut exponent);
        let mut secret = group.power(public, &exponent);
        let own = group.power(group.generator.clone(), &exponent);
        exponent.zeroize();
        let mut message = [
            field::<FIELD>("the user name", username, &mut self.random)?,
            field::<FIELD>("the password", password, &mut self.random)?,
        ];
        let mut key = Md5::digest(&secret);
        secret.zeroize();
        encrypt(&key.0, message.as_flattened_mut());
        key.zeroize();
        exchange.take(4 + 2 * size);
        exchange.send(message.as_flattened());
        exchange.send(&own);
        Ok(LoginStep::Done)
    }
}

/// AES in ECB mode.
fn encrypt(key: &[u8; BLOCK], message: &mut [u8]) {
    let cipher = Aes128::new(&Array(*key));
    let (blocks, _) = message.as_chunks_mut::<BLOCK>();
    for block in blocks {
        let mut encrypted = Array(*block);
        cipher.encrypt_block(&mut encrypted);
        *block = encrypted.0;
    }
}

/// Where it is computed: a prime and a generator. The server chooses them, and its choice is not trusted.
struct Group {
    /// Bytes of the prime, as it was sent.
    size: usize,
    modulus: BoxedUint,
    parameters: BoxedMontyParams,
    generator: BoxedUint,
}

impl Group {
    fn new(generator: u16, modulus: &[u8]) -> Result<Self, LoginError> {
        let number = BoxedUint::from_be_slice_vartime(modulus);
        let least = u32::from(u16::MAX);
        if number <= BoxedUint::from(least) {
            return Err("the prime is too small".into());
        }
        let Some(odd) = Odd::new(number.clone()).into_option() else {
            return Err("the prime is even".into());
        };
        if generator < 2 {
            return Err("the generator is less than 2".into());
        }
        let generator = BoxedUint::from(generator).resize(number.bits_precision());
        Ok(Self {
            parameters: BoxedMontyParams::new_vartime(odd),
            size: modulus.len(),
            modulus: number,
            generator,
        })
    }

    /// A public value of the other side's: 0, 1 and the prime less 1 would give the secret away.
    fn public(&self, bytes: &[u8]) -> Result<BoxedUint, LoginError> {
        let number = BoxedUint::from_be_slice_vartime(bytes);
        let one = BoxedUint::one_with_precision(number.bits_precision());
        if number <= one || number >= self.modulus.wrapping_sub(&one) {
            return Err("the server's public value is out of range".into());
        }
        Ok(number)
    }

    /// Big-endian, of as many bytes as the prime.
    fn power(&self, base: BoxedUint, exponent: &[u8]) -> Vec<u8> {
        let exponent = BoxedUint::from_be_slice_vartime(exponent);
        let power = BoxedMontyForm::new(base, &self.parameters)
            .pow(&exponent)
            .retrieve();
        // Computed with are whole words.
        let bytes = power.to_be_bytes();
        let (_, bytes) = bytes.split_at(bytes.len().saturating_sub(self.size));
        bytes.to_vec()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::super::testing::{CREDENTIALS, RANDOM, asks_for_user_and_password, in_any_slicing, says};
    use super::*;

    /// FIPS 197, appendix C.1.
    #[test]
    fn a_block_is_encrypted_with_aes_128() {
        let key: [u8; 16] = std::array::from_fn(|at| at as u8);
        let mut message: [u8; 32] = std::array::from_fn(|at| (at % 16 * 0x11) as u8);
        encrypt(&key, &mut message);
        let encrypted = [
            0x69, 0xC4, 0xE0, 0xD8, 0x6A, 0x7B, 0x04, 0x30, 0xD8, 0xCD, 0xB7, 0x80, 0x70, 0xB4, 0xC5, 0x5A,
        ];
        assert_eq!(message, [encrypted, encrypted].concat()[..]);
    }

    /// The prime of RFC 2409's second group.
    fn prime() -> Vec<u8> {
        let digits = "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DD\
                      EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED\
                      EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE65381FFFFFFFFFFFFFFFF";
        let digit = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).unwrap();
        (0..digits.len()).step_by(2).map(digit).collect()
    }

    const EXPONENT_OF_THE_SERVERS: [u8; 20] = [0xA5; 20];

    /// Numbers from Python's `pow`.
    #[test]
    fn a_power_is_the_one_that_python_computes() {
        let group = Group::new(2, &prime()).unwrap();
        let power = group.power(group.generator.clone(), &EXPONENT_OF_THE_SERVERS);
        assert_eq!(power.len(), 128);
        assert_eq!(power[..8], [0xC8, 0x52, 0xB0, 0xE3, 0x92, 0x1E, 0x60, 0x75]);
        assert_eq!(power[120..], [0x28, 0x5B, 0x24, 0x83, 0xF8, 0x5F, 0x97, 0xA5]);
    }

    fn parameters(generator: u16, prime: &[u8], public: &[u8]) -> Vec<u8> {
        let size = (prime.len() as u16).to_be_bytes();
        [&generator.to_be_bytes()[..], &size, prime, public].concat()
    }

    fn public() -> Vec<u8> {
        let group = Group::new(2, &prime()).unwrap();
        group.power(group.generator.clone(), &EXPONENT_OF_THE_SERVERS)
    }

    #[test]
    fn the_server_finds_user_name_and_password_in_any_slicing() {
        let server = parameters(2, &prime(), &public());
        let sent = in_any_slicing(|| DiffieHellman::new(RANDOM()), &server);
        let (encrypted, own) = sent.split_at(128);
        assert_eq!(own.len(), 128);
        let group = Group::new(2, &prime()).unwrap();
        let secret = group.power(BoxedUint::from_be_slice_vartime(own), &EXPONENT_OF_THE_SERVERS);
        let mut plain = encrypted.to_vec();
        for block in plain.as_chunks_mut::<BLOCK>().0 {
            use aes::cipher::BlockCipherDecrypt;
            let mut decrypted = Array(*block);
            Aes128::new(&Array(Md5::digest(&secret).0)).decrypt_block(&mut decrypted);
            *block = decrypted.0;
        }
        let (username, password) = plain.split_at(FIELD);
        assert!(username.starts_with(&[CREDENTIALS.0.as_bytes(), b"\0"].concat()));
        assert!(password.starts_with(&[CREDENTIALS.1.as_bytes(), b"\0"].concat()));
    }

    #[test]
    fn a_key_that_is_no_whole_number_of_words_keeps_its_size() {
        // 129 bytes: a prime times a power of two, plus 1, is as good as a prime here.
        let modulus = [&[1][..], &[0; 127], &[1]].concat();
        let mut public = vec![0; 129];
        public[128] = 9;
        let sent = in_any_slicing(|| DiffieHellman::new(RANDOM()), &parameters(3, &modulus, &public));
        assert_eq!(sent.len(), 128 + 129);
    }

    #[test]
    fn a_person_is_asked_for_user_name_and_password() {
        asks_for_user_and_password(DiffieHellman::new(RANDOM()), &parameters(2, &prime(), &public()));
    }

    #[test]
    fn numbers_that_cannot_be_are_refused() {
        let refused = |server: Vec<u8>, text: &str| says(DiffieHellman::new(RANDOM()), &server, text);
        let mut even = prime();
        even[127] -= 1;
        refused(parameters(2, &even, &public()), "the prime is even");
        refused(parameters(2, &[0; 128], &public()), "the prime is too small");
        let mut one = vec![0; 128];
        one[127] = 1;
        refused(parameters(2, &one, &public()), "the prime is too small");
        refused(parameters(0, &prime(), &public()), "the generator is less than 2");
        refused(parameters(1, &prime(), &public()), "the generator is less than 2");
        for public in [vec![0; 128], one, even, prime(), vec![0xFF; 128]] {
            refused(
                parameters(2, &prime(), &public),
                "the server's public value is out of range",
            );
        }
        refused(vec![0, 2, 0, 63], "a key of 63 bytes is not among 64 to 1024");
        refused(vec![0, 2, 0, 0], "a key of 0 bytes is not among 64 to 1024");
        refused(
            vec![0, 2, 0xFF, 0xFF],
            "a key of 65535 bytes is not among 64 to 1024",
        );
    }
}
