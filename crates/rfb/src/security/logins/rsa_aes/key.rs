//! RSA keys as RA2 sends them, and what is done with them (PKCS #1, version 1.5).

use std::fmt;

use chacha20::ChaCha20Rng;
use crypto_bigint::BoxedUint;
use rsa::Pkcs1v15Encrypt;
use rsa::traits::PublicKeyParts;
use zeroize::Zeroizing;

use crate::security::LoginError;

/// How many bits a server's key may have.
const BITS: std::ops::RangeInclusive<usize> = 1024..=8192;
/// Bits of the client's own key.
const OWN_BITS: usize = 2048;

/// A public key.
#[derive(Clone)]
pub(super) struct PublicKey {
    key: rsa::PublicKey,
    /// As it is sent.
    bytes: Vec<u8>,
}

impl PublicKey {
    /// The key at the beginning of what has arrived, and how many bytes it has there; `None` if it is not all there.
    pub(super) fn read(input: &[u8]) -> Result<Option<(Self, usize)>, LoginError> {
        let Some(length) = input.first_chunk() else {
            return Ok(None);
        };
        let bits = u32::from_be_bytes(*length);
        let size = match usize::try_from(bits) {
            Ok(bits) if BITS.contains(&bits) => bits.div_ceil(8),
            _ => {
                let words = [
                    "the server's key of ",
                    &bits.to_string(),
                    " bits is not among 1024 to 8192",
                ];
                return Err(words.concat().into());
            }
        };
        let Some(bytes) = input.get(..4 + 2 * size) else {
            return Ok(None);
        };
        let (_, numbers) = bytes.split_at(4);
        let (modulus, exponent) = numbers.split_at(size);
        let modulus = BoxedUint::from_be_slice_vartime(modulus);
        let key = rsa::PublicKey::new_with_size_limits(modulus, small(exponent)?, BITS)
            .map_err(|error| ["the server's key is none: ", &error.to_string()].concat())?;
        let bytes = bytes.to_vec();
        let length = bytes.len();
        Ok(Some((Self { key, bytes }, length)))
    }

    /// The key as it is sent.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// How many bytes something has that is encrypted with it.
    pub(super) fn size(&self) -> usize {
        (self.bytes.len() - 4) / 2
    }

    pub(super) fn encrypt(&self, plain: &[u8], random: &mut ChaCha20Rng) -> Result<Vec<u8>, LoginError> {
        let encrypted = self
            .key
            .encrypt(random, Pkcs1v15Encrypt, plain)
            .map_err(|error| {
                [
                    "nothing can be encrypted with the server's key: ",
                    &error.to_string(),
                ]
                .concat()
            })?;
        // The modulus may begin with zeros.
        let mut padded = vec![0; self.size().saturating_sub(encrypted.len())];
        padded.extend(encrypted);
        Ok(padded)
    }
}

/// A public exponent: they are small.
fn small(bytes: &[u8]) -> Result<BoxedUint, LoginError> {
    let (zeros, rest) = bytes.split_at(bytes.len().saturating_sub(8));
    if zeros.iter().any(|byte| *byte != 0) {
        return Err("the exponent of the server's key is too large".into());
    }
    let number = rest.iter().fold(0, |number, byte| number << 8 | u64::from(*byte));
    Ok(BoxedUint::from(number))
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PublicKey")
            .field("size", &self.size())
            .finish_non_exhaustive()
    }
}

/// A key of the client's own.
#[derive(Clone)]
pub struct RsaKey {
    key: rsa::PrivateKey,
    public: PublicKey,
}

impl RsaKey {
    /// A new one, from a seed that nobody can guess. It takes long.
    ///
    /// # Errors
    /// Where no prime was found, which does not happen.
    pub fn from_seed(seed: [u8; 32]) -> Result<Self, LoginError> {
        use chacha20::rand_core::SeedableRng;
        Self::generate(&mut ChaCha20Rng::from_seed(seed))
    }

    pub(super) fn generate(random: &mut ChaCha20Rng) -> Result<Self, LoginError> {
        let key = rsa::PrivateKey::new(random, OWN_BITS)
            .map_err(|error| ["no key could be made: ", &error.to_string()].concat())?;
        let public = key.to_public_key();
        let size = OWN_BITS / 8;
        let mut bytes = (OWN_BITS as u32).to_be_bytes().to_vec();
        for number in [
            public.n().as_ref().to_be_bytes_trimmed_vartime(),
            public.e().to_be_bytes_trimmed_vartime(),
        ] {
            bytes.resize(bytes.len() + size.saturating_sub(number.len()), 0);
            bytes.extend_from_slice(&number);
        }
        Ok(Self {
            key,
            public: PublicKey { key: public, bytes },
        })
    }

    pub(super) fn public(&self) -> &PublicKey {
        &self.public
    }

    pub(super) fn decrypt(&self, encrypted: &[u8]) -> Result<Zeroizing<Vec<u8>>, LoginError> {
        let plain = self.key.decrypt(Pkcs1v15Encrypt, encrypted);
        Ok(Zeroizing::new(
            plain.map_err(|_| "the server's random number cannot be decrypted")?,
        ))
    }
}

impl fmt::Debug for RsaKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RsaKey").finish_non_exhaustive()
    }
}
