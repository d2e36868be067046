//! A certificate, known by its hash.

use std::fmt;
use std::str::FromStr;

use rustls::pki_types::CertificateDer;
use sha2::{Digest, Sha256};

/// The SHA-256 of a certificate in DER, as `openssl x509 -noout -fingerprint -sha256` prints it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Fingerprint([u8; 32]);

/// Why a text is no fingerprint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected \"sha256:\" and 64 hexadecimal digits, with or without colons between")]
pub struct BadFingerprint;

impl Fingerprint {
    /// That of this certificate.
    #[must_use]
    pub fn of(certificate: &CertificateDer<'_>) -> Self {
        Self(Sha256::digest(certificate).into())
    }
}

impl FromStr for Fingerprint {
    type Err = BadFingerprint;

    fn from_str(text: &str) -> Result<Self, BadFingerprint> {
        let (hash, digits) = text.split_once(':').ok_or(BadFingerprint)?;
        let mut nibbles = digits.chars().filter(|&c| c != ':').map(|c| c.to_digit(16));
        let mut bytes = [0; 32];
        for byte in &mut bytes {
            for _ in 0..2 {
                let nibble = nibbles.next().flatten().ok_or(BadFingerprint)?;
                *byte = *byte << 4 | u8::try_from(nibble).unwrap_or_default();
            }
        }
        if hash.eq_ignore_ascii_case("sha256") && nibbles.next().is_none() {
            Ok(Self(bytes))
        } else {
            Err(BadFingerprint)
        }
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("sha256")?;
        self.0.iter().try_for_each(|byte| write!(f, ":{byte:02X}"))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// SHA-256 of nothing (FIPS 180-4's algorithm; NIST's vector of length 0).
    const OF_NOTHING: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    #[test]
    fn a_fingerprint_is_read_as_it_is_written_and_as_others_write_it() {
        let fingerprint = Fingerprint::of(&CertificateDer::from_slice(&[]));
        let written = fingerprint.to_string();
        assert!(written.starts_with("sha256:E3:B0:C4:"), "{written}");
        for text in [
            written,
            format!("sha256:{OF_NOTHING}"),
            format!("SHA256:{}", OF_NOTHING.to_uppercase()),
        ] {
            assert_eq!(text.parse(), Ok(fingerprint), "{text}");
        }
    }

    #[test]
    fn what_is_none_is_refused() {
        let short = &OF_NOTHING[1..];
        for text in [
            "",
            OF_NOTHING,
            &format!("sha1:{OF_NOTHING}"),
            &format!("sha256:{short}"),
            &format!("sha256:{OF_NOTHING}0"),
            &format!("sha256:g{short}"),
        ] {
            assert_eq!(text.parse::<Fingerprint>(), Err(BadFingerprint), "{text}");
        }
    }
}
