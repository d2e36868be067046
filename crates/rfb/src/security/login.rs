//! What all logins have in common.

use std::fmt;

use super::{Credential, Credentials, SecurityType};
use crate::input::Input;

/// A login under way, without any I/O: it is fed what arrives, in any slicing, and says what it needs next.
pub trait Login {
    /// Goes on as far as what has arrived and what has been answered reach.
    ///
    /// # Errors
    /// What the server has said that cannot be. It is final.
    fn advance(&mut self, exchange: &mut Exchange<'_, '_>) -> Result<LoginStep, LoginError>;

    /// After [`LoginStep::Done`]: what encrypts everything from here on, where something does.
    fn cipher(&mut self) -> Option<Box<dyn Cipher>> {
        None
    }
}

// Not a supertrait: the table of each login's methods would bring its own and all that it needs into a page.
impl fmt::Debug for dyn Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Login")
    }
}

impl fmt::Debug for dyn Cipher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Cipher")
    }
}

/// What a login needs next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LoginStep {
    /// More bytes from the server.
    NeedMore,
    /// These credentials, by [`crate::Client::provide_credentials`].
    NeedCredentials(&'static [Credential]),
    /// Somebody's word that this is the server's key, by [`crate::Client::approve_server`].
    NeedApproval(ServerKey),
    /// This login, which goes on from here.
    Continue(SecurityType),
    /// Nothing: the server's verdict is next.
    Done,
}

/// Why a login cannot go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LoginError {
    /// Nothing that the server offers inside of it is known here.
    NothingInCommon(Vec<SecurityType>),
    /// Something that cannot be, in words.
    Broken(String),
}

impl From<&str> for LoginError {
    fn from(reason: &str) -> Self {
        Self::Broken(reason.to_owned())
    }
}

impl From<String> for LoginError {
    fn from(reason: String) -> Self {
        Self::Broken(reason)
    }
}

/// The public key that a server shows, for a person to compare.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerKey {
    /// The key as it was sent: its length in bits, its modulus, its exponent.
    pub bytes: Vec<u8>,
    /// Its SHA-256.
    pub sha256: [u8; 32],
    /// The first bytes of its SHA-1, which is what RealVNC's and TigerVNC's programs show.
    pub fingerprint: [u8; 8],
}

/// What a login works on: what has arrived, what has been answered, and where it writes.
#[derive(Debug)]
pub struct Exchange<'a, 'b> {
    pub(crate) input: Input<'b>,
    pub(crate) credentials: Option<&'a Credentials>,
    pub(crate) is_approved: bool,
    pub(crate) output: &'a mut Vec<u8>,
}

impl<'a, 'b> Exchange<'a, 'b> {
    /// One with these bytes. Afterwards [`Self::peek`] says what was not used of them.
    pub fn new(
        input: &'b [u8],
        credentials: Option<&'a Credentials>,
        is_approved: bool,
        output: &'a mut Vec<u8>,
    ) -> Self {
        Self {
            input: Input::new(input),
            credentials,
            is_approved,
            output,
        }
    }

    /// What has arrived and has not been used.
    #[must_use]
    pub fn peek(&self) -> &'b [u8] {
        self.input.peek()
    }

    /// Takes `count` bytes of it, or nothing if fewer are there.
    pub fn take(&mut self, count: usize) -> Option<&'b [u8]> {
        self.input.take(count)
    }

    /// Sends bytes to the server.
    pub fn send(&mut self, bytes: &[u8]) {
        self.output.extend_from_slice(bytes);
    }

    /// What a person has answered so far.
    #[must_use]
    pub fn credentials(&self) -> Option<&'a Credentials> {
        self.credentials
    }

    /// Whether the server's key has been approved.
    #[must_use]
    pub fn is_approved(&self) -> bool {
        self.is_approved
    }

    pub(crate) fn password(&self) -> Option<&'a str> {
        self.credentials?.password.as_deref()
    }

    pub(crate) fn username(&self) -> Option<&'a str> {
        self.credentials?.username.as_deref()
    }
}

/// What encrypts a connection after its login.
pub trait Cipher {
    /// Opens what has come from the server, in any slicing, and adds it to `plain`.
    ///
    /// # Errors
    /// What is wrong with it. What came before that is in `plain`.
    fn open(&mut self, sealed: &[u8], plain: &mut Vec<u8>) -> Result<(), LoginError>;

    /// Seals what is to go to the server and adds it to `sealed`.
    fn seal(&mut self, plain: &[u8], sealed: &mut Vec<u8>);
}
