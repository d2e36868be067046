//! Security types (RFC 6143, 7.2): one module each, and the table of them.

mod vnc_auth;

use std::fmt;

use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::input::Input;

/// The number of a security type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SecurityType(pub u8);

impl SecurityType {
    /// No login.
    pub const NONE: Self = Self(1);
    /// A password, proved by encrypting a challenge with DES.
    pub const VNC_AUTHENTICATION: Self = Self(2);

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
            _ => return None,
        })
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

/// One thing that a login may ask a person for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Credential {
    /// A password.
    Password,
}

/// What a person answered. It is wiped from memory when it is dropped.
#[derive(Clone, Default, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Credentials {
    /// The password, where one was asked for.
    pub password: Option<String>,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("password", &self.password.as_ref().map(|_| "…"))
            .finish()
    }
}

/// What a login needs next.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// More bytes from the server.
    NeedMore,
    /// These credentials, by [`crate::Client::provide_credentials`].
    NeedCredentials(&'static [Credential]),
    /// Nothing: the server's verdict is next.
    Done,
}

/// A login under way.
#[derive(Debug)]
pub(crate) enum Login {
    None,
    VncAuthentication(vnc_auth::VncAuthentication),
}

impl Login {
    /// The table: which login a security type has.
    pub(crate) fn new(security_type: SecurityType) -> Option<Self> {
        match security_type {
            SecurityType::NONE => Some(Self::None),
            SecurityType::VNC_AUTHENTICATION => Some(Self::VncAuthentication(Default::default())),
            _ => None,
        }
    }

    /// Goes on as far as the input and the credentials reach.
    pub(crate) fn advance(
        &mut self,
        input: &mut Input<'_>,
        credentials: Option<&Credentials>,
        output: &mut Vec<u8>,
    ) -> Step {
        match self {
            Self::None => Step::Done,
            Self::VncAuthentication(login) => login.advance(input, credentials, output),
        }
    }
}
