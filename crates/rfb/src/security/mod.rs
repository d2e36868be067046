//! Security types (RFC 6143, 7.2; rfbproto, "Security Types"): one module each, and the table of them.
//!
//! Those without large ciphers are always here. The others are implementations of [`Login`], too, which the application
//! hands in when a server wants one ([`crate::Event::LoginRequired`]): a web page loads them only then. With the feature
//! `ciphers` they are in [`logins`].

mod credentials;
mod login;
#[cfg(feature = "ciphers")]
pub mod logins;
mod none;
mod plain;
mod tight;
mod vencrypt;
pub mod vnc_authentication;
mod xvp;

use std::fmt;

pub use credentials::{Credential, Credentials};
pub use login::{Cipher, Exchange, Login, LoginError, LoginStep, ServerKey};

/// The number of a security type. From 256 on it is one of VeNCrypt's subtypes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SecurityType(pub u32);

impl SecurityType {
    /// No login.
    pub const NONE: Self = Self(1);
    /// A password, proved by encrypting a challenge with DES.
    pub const VNC_AUTHENTICATION: Self = Self(2);
    /// RSA and AES with keys of 128 bits; everything is encrypted.
    pub const RA2: Self = Self(5);
    /// The same, but what comes after the login is not encrypted.
    pub const RA2NE: Self = Self(6);
    /// A list of logins, and after it of what the server can do.
    pub const TIGHT: Self = Self(16);
    /// A list of subtypes, most of them with TLS.
    pub const VENCRYPT: Self = Self(19);
    /// User name and target, and then a password as in [`Self::VNC_AUTHENTICATION`].
    pub const XVP: Self = Self(22);
    /// Apple's: user name and password, encrypted with AES by a key that was agreed on.
    pub const DIFFIE_HELLMAN: Self = Self(30);
    /// UltraVNC's: user name and password, encrypted with DES by a key of 64 bits that was agreed on.
    pub const MS_LOGON_II: Self = Self(113);
    /// [`Self::RA2`] with keys of 256 bits.
    pub const RA2_256: Self = Self(129);
    /// [`Self::RA2NE`] with keys of 256 bits.
    pub const RA2NE_256: Self = Self(130);
    /// User name and password as they are, inside VeNCrypt.
    pub const PLAIN: Self = Self(256);
    /// User name and password as they are, inside Tight. Its number there is 129, which means something else in the list
    /// of security types: so this number is not the wire's.
    pub const TIGHT_UNIX_LOGIN: Self = Self(Self::TIGHT.0 << 8 | 129);

    /// The name that is in use for it, or `None` for a number that nobody has registered.
    #[must_use]
    pub fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            1 => "None",
            2 => "VNC Authentication",
            5 => "RA2",
            6 => "RA2ne",
            13 => "RA2 two-step",
            16 => "Tight",
            17 => "Ultra",
            18 => "TLS",
            19 => "VeNCrypt",
            20 => "SASL",
            21 => "MD5 hash authentication",
            22 => "xvp authentication",
            23 => "Secure Tunnel",
            24 => "Integrated SSH",
            30 => "Diffie-Hellman (Apple)",
            31..=36 => "Apple",
            113 => "MSLogonII",
            129 => "RA2-256",
            130 => "RA2ne-256",
            133 => "RA2-256 two-step",
            256 => "VeNCrypt Plain",
            257 => "VeNCrypt TLSNone",
            258 => "VeNCrypt TLSVnc",
            259 => "VeNCrypt TLSPlain",
            260 => "VeNCrypt X509None",
            261 => "VeNCrypt X509Vnc",
            262 => "VeNCrypt X509Plain",
            263 => "VeNCrypt TLSSASL",
            264 => "VeNCrypt X509SASL",
            265 => "VeNCrypt Ident",
            266 => "VeNCrypt TLSIdent",
            267 => "VeNCrypt X509Ident",
            4225 => "Tight Unix login",
            _ => return None,
        })
    }

    /// Whether it is one of VeNCrypt's that go on inside TLS.
    #[must_use]
    pub fn is_tls(self) -> bool {
        matches!(self.0, 257..=264 | 266 | 267)
    }
}

impl fmt::Display for SecurityType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "security type {}", self.0),
        }
    }
}

/// The table: which login a security type has.
pub(crate) enum Known {
    /// One that is here.
    Here(Box<dyn Login>),
    /// One that the application has to hand in.
    Elsewhere,
}

impl Known {
    /// `None` for a type that is not known at all.
    pub(crate) fn new(security_type: SecurityType) -> Option<Self> {
        Some(Self::Here(match security_type {
            SecurityType::NONE => Box::new(none::None),
            SecurityType::VNC_AUTHENTICATION => Box::new(vnc_authentication::VncAuthentication::default()),
            SecurityType::TIGHT => Box::new(tight::Tight::default()),
            SecurityType::VENCRYPT => Box::new(vencrypt::VeNCrypt::default()),
            SecurityType::XVP => Box::new(xvp::Xvp),
            SecurityType::PLAIN | SecurityType::TIGHT_UNIX_LOGIN => Box::new(plain::Plain),
            SecurityType::RA2
            | SecurityType::RA2NE
            | SecurityType::RA2_256
            | SecurityType::RA2NE_256
            | SecurityType::DIFFIE_HELLMAN
            | SecurityType::MS_LOGON_II => return Some(Self::Elsewhere),
            _ => return None,
        }))
    }
}

/// Which of the types offered to use: the first one that is known here. VeNCrypt may turn out to have nothing but TLS
/// inside, so anything else comes before it.
pub(crate) fn choose(offered: impl Iterator<Item = SecurityType> + Clone) -> Option<SecurityType> {
    let mut known = offered.filter(|it| Known::new(*it).is_some());
    let first = known.clone().find(|it| *it != SecurityType::VENCRYPT);
    first.or_else(|| known.next())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(offered: &[u32]) -> Option<u32> {
        choose(offered.iter().copied().map(SecurityType)).map(|it| it.0)
    }

    #[test]
    fn the_servers_order_counts_but_vencrypt_comes_last() {
        assert_eq!(chosen(&[2, 1]), Some(2));
        assert_eq!(chosen(&[35, 30, 2]), Some(30));
        assert_eq!(chosen(&[19, 2]), Some(2));
        assert_eq!(chosen(&[19]), Some(19));
        assert_eq!(chosen(&[18, 19, 20]), Some(19));
        assert_eq!(chosen(&[18, 20]), None);
        assert_eq!(chosen(&[]), None);
    }

    #[test]
    fn the_number_of_tights_unix_login_is_nobody_elses() {
        assert_eq!(SecurityType::TIGHT_UNIX_LOGIN.to_string(), "Tight Unix login");
        assert_eq!(SecurityType::RA2_256.to_string(), "RA2-256");
        assert_eq!(SecurityType(261).to_string(), "VeNCrypt X509Vnc");
        assert_eq!(SecurityType(200).to_string(), "security type 200");
    }
}
