//! `ProtocolVersion` (RFC 6143, 7.1.1).

use std::fmt;

/// The versions of the protocol that differ for a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Version {
    /// 3.3: the server alone picks the security type.
    V3_3,
    /// 3.7: the client picks from a list.
    V3_7,
    /// 3.8: as 3.7, and failures carry a reason.
    V3_8,
}

impl Version {
    /// Bytes of a greeting, either way.
    pub const LENGTH: usize = 12;

    /// What to speak with a server that greets so, or `None` where that is not known.
    ///
    /// Versions that no specification has but servers send mean 3.8: 3.889 (Apple), 4.0 and 4.1 (Intel AMT,
    /// RealVNC), 5.0 (RealVNC). RFC 6143 says to take any other 3.x below 3.7 for 3.3.
    #[must_use]
    pub fn from_greeting(greeting: &[u8; Self::LENGTH]) -> Option<Self> {
        match parse(greeting)? {
            (3, 0..=2) => None,
            (3, 3..=6) => Some(Self::V3_3),
            (3, 7) => Some(Self::V3_7),
            (3..=5, _) => Some(Self::V3_8),
            _ => None,
        }
    }

    /// The greeting itself: what a client answers, or a server begins with.
    #[must_use]
    pub fn greeting(self) -> &'static [u8; Self::LENGTH] {
        match self {
            Self::V3_3 => b"RFB 003.003\n",
            Self::V3_7 => b"RFB 003.007\n",
            Self::V3_8 => b"RFB 003.008\n",
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::V3_3 => "3.3",
            Self::V3_7 => "3.7",
            Self::V3_8 => "3.8",
        })
    }
}

/// Major and minor number of a greeting of the form `RFB xxx.yyy\n`.
pub(crate) fn parse(greeting: &[u8; Version::LENGTH]) -> Option<(u16, u16)> {
    let numbers = greeting.strip_prefix(b"RFB ")?.strip_suffix(b"\n")?;
    let (major, minor) = (numbers.get(..3)?, numbers.get(4..)?);
    (numbers.get(3) == Some(&b'.')).then_some((decimal(major)?, decimal(minor)?))
}

fn decimal(digits: &[u8]) -> Option<u16> {
    digits.iter().try_fold(0, |sum: u16, digit| {
        digit.is_ascii_digit().then(|| sum * 10 + u16::from(digit - b'0'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_known_greeting_has_its_version() {
        for (greeting, version) in [
            (b"RFB 003.003\n", Some(Version::V3_3)),
            (b"RFB 003.005\n", Some(Version::V3_3)),
            (b"RFB 003.006\n", Some(Version::V3_3)),
            (b"RFB 003.007\n", Some(Version::V3_7)),
            (b"RFB 003.008\n", Some(Version::V3_8)),
            (b"RFB 003.010\n", Some(Version::V3_8)),
            (b"RFB 003.889\n", Some(Version::V3_8)),
            (b"RFB 004.000\n", Some(Version::V3_8)),
            (b"RFB 004.001\n", Some(Version::V3_8)),
            (b"RFB 005.000\n", Some(Version::V3_8)),
            (b"RFB 000.000\n", None),
            (b"RFB 003.001\n", None),
            (b"RFB 006.000\n", None),
            (b"RFB 003 008\n", None),
            (b"RFB 003.0x8\n", None),
            (b"HTTP/1.1 400", None),
        ] {
            assert_eq!(
                Version::from_greeting(greeting),
                version,
                "{}",
                greeting.escape_ascii()
            );
        }
    }
}
