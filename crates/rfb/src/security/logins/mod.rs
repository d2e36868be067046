//! The logins that bring ciphers with them: RealVNC's RSA-AES, Apple's and UltraVNC's Diffie-Hellman.
//!
//! They are pure Rust: a page that came by plain HTTP has no `crypto.subtle`. What is random in them comes from a seed
//! that the caller hands in. Every key that is made is used for one login, so that how long a computation takes says
//! nothing that could be used again.

mod apple;
mod ms_logon_2;
mod rsa_aes;
#[cfg(test)]
mod testing;

use chacha20::ChaCha20Rng;
use chacha20::rand_core::SeedableRng;

pub use rsa_aes::RsaKey;

use super::{Exchange, Login, LoginError, LoginStep, SecurityType};

/// The login of a security type for [`crate::Client::provide_login`], or `None` where it has none in here. `seed` is
/// 32 bytes that nobody can guess, never the same ones again.
#[must_use]
pub fn login(security_type: SecurityType, seed: [u8; 32]) -> Option<Box<dyn Login>> {
    with_key(security_type, seed, None)
}

/// The same with an RSA key that is there already, for tests: to make one takes long.
#[must_use]
pub fn with_key(security_type: SecurityType, seed: [u8; 32], key: Option<RsaKey>) -> Option<Box<dyn Login>> {
    let random = ChaCha20Rng::from_seed(seed);
    Some(match security_type {
        SecurityType::RA2 | SecurityType::RA2NE | SecurityType::RA2_256 | SecurityType::RA2NE_256 => {
            Box::new(rsa_aes::RsaAes::new(security_type, random, key))
        }
        SecurityType::DIFFIE_HELLMAN => Box::new(apple::DiffieHellman::new(random)),
        SecurityType::MS_LOGON_II => Box::new(ms_logon_2::MsLogonII::new(random)),
        _ => return None,
    })
}

/// A text that ends in a zero, in a field of `N` bytes of which the rest is random.
fn field<const N: usize>(what: &str, text: &str, random: &mut ChaCha20Rng) -> Result<[u8; N], LoginError> {
    use chacha20::rand_core::Rng;
    let mut field = [0; N];
    random.fill_bytes(&mut field);
    let Some((place, rest)) = field.split_at_mut_checked(text.len()) else {
        return Err(too_long(what, N));
    };
    let Some(end) = rest.first_mut() else {
        return Err(too_long(what, N));
    };
    place.copy_from_slice(text.as_bytes());
    *end = 0;
    Ok(field)
}

fn too_long(what: &str, size: usize) -> LoginError {
    [what, " is longer than ", &(size - 1).to_string(), " bytes"]
        .concat()
        .into()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::testing::RANDOM;
    use super::*;

    #[test]
    fn a_field_holds_a_text_and_the_zero_after_it() {
        let field_of = |text| field::<4>("the text", text, &mut RANDOM());
        assert_eq!(field_of("abc").unwrap(), *b"abc\0");
        assert_eq!(field_of("").unwrap()[0], 0);
        for text in ["abcd", "abcde"] {
            assert_eq!(field_of(text), Err("the text is longer than 3 bytes".into()));
        }
    }

    #[test]
    fn only_types_with_ciphers_have_their_login_here() {
        for number in 0..300 {
            let security_type = SecurityType(number);
            let is_here = login(security_type, [0; 32]).is_some();
            let is_elsewhere = matches!(
                crate::security::Known::new(security_type),
                Some(crate::security::Known::Elsewhere)
            );
            assert_eq!(is_here, is_elsewhere, "{security_type}");
        }
    }
}
