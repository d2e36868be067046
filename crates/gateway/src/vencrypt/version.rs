//! `ProtocolVersion` (RFC 6143, 7.1.1), as far as `VeNCrypt` has a use for it.

use std::fmt;

/// The versions in which a security type can be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Version {
    V3_7,
    V3_8,
}

/// What a target greeted with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Greeting {
    Spoken(Version),
    /// 3.3, in which the server chooses.
    TooOld,
    /// A version that nobody knows, or no RFB at all.
    Unknown,
}

/// Bytes of a greeting, either way.
pub(super) const LENGTH: usize = 12;

/// The greeting of 3.3.
pub(super) const V3_3: &[u8; LENGTH] = b"RFB 003.003\n";

impl Version {
    pub(super) fn greeting(self) -> &'static [u8; LENGTH] {
        match self {
            Self::V3_7 => b"RFB 003.007\n",
            Self::V3_8 => b"RFB 003.008\n",
        }
    }
}

impl Greeting {
    /// Numbers that no specification has but servers send mean 3.8, from Apple's 3.889 to RealVNC's 5.0; RFC 6143
    /// says to take any other 3.x below 3.7 for 3.3.
    pub(super) fn read(greeting: &[u8; LENGTH]) -> Self {
        match numbers(greeting) {
            Some((3, 3..=6)) => Self::TooOld,
            Some((3, 7)) => Self::Spoken(Version::V3_7),
            Some((3, 8..) | (4..=5, _)) => Self::Spoken(Version::V3_8),
            _ => Self::Unknown,
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::V3_7 => "3.7",
            Self::V3_8 => "3.8",
        })
    }
}

/// Major and minor number of a greeting of the form `RFB xxx.yyy\n`.
fn numbers(greeting: &[u8; LENGTH]) -> Option<(u16, u16)> {
    let text = std::str::from_utf8(greeting).ok()?;
    let (major, minor) = text.strip_prefix("RFB ")?.strip_suffix('\n')?.split_once('.')?;
    let decimal = |digits: &str| {
        let is_number = digits.len() == 3 && digits.bytes().all(|byte| byte.is_ascii_digit());
        digits.parse().ok().filter(|_| is_number)
    };
    Some((decimal(major)?, decimal(minor)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_known_greeting_has_its_version() {
        for (greeting, expected) in [
            (b"RFB 003.003\n", Greeting::TooOld),
            (b"RFB 003.006\n", Greeting::TooOld),
            (b"RFB 003.007\n", Greeting::Spoken(Version::V3_7)),
            (b"RFB 003.008\n", Greeting::Spoken(Version::V3_8)),
            (b"RFB 003.889\n", Greeting::Spoken(Version::V3_8)),
            (b"RFB 004.001\n", Greeting::Spoken(Version::V3_8)),
            (b"RFB 005.000\n", Greeting::Spoken(Version::V3_8)),
            (b"RFB 000.000\n", Greeting::Unknown),
            (b"RFB 003.+08\n", Greeting::Unknown),
            (b"RFB 003 008\n", Greeting::Unknown),
            (b"HTTP/1.1 400", Greeting::Unknown),
        ] {
            assert_eq!(Greeting::read(greeting), expected, "{}", greeting.escape_ascii());
        }
    }
}
