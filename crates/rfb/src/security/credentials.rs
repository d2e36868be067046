//! What a person is asked for.

use std::fmt;

use zeroize::{Zeroize, ZeroizeOnDrop};

/// One thing that a login may ask a person for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Credential {
    /// A user's name.
    Username,
    /// A password.
    Password,
    /// The system behind the server that is to be connected to.
    Target,
}

/// What a person answered. It is wiped from memory when it is dropped.
#[derive(Clone, Default, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Credentials {
    /// The user's name, where one was asked for.
    pub username: Option<String>,
    /// The password, where one was asked for.
    pub password: Option<String>,
    /// The system to connect to, where one was asked for.
    pub target: Option<String>,
}

impl Credentials {
    /// A password alone.
    #[must_use]
    pub fn with_password(password: impl Into<String>) -> Self {
        let mut credentials = Self::default();
        credentials.password = Some(password.into());
        credentials
    }

    /// User name and password.
    #[must_use]
    pub fn with_user(username: impl Into<String>, password: impl Into<String>) -> Self {
        let mut credentials = Self::with_password(password);
        credentials.username = Some(username.into());
        credentials
    }

    /// What has been asked for and was not answered is empty: nobody is asked for the same thing twice.
    pub(crate) fn complete(&mut self, asked: &[Credential]) {
        for credential in asked {
            let answer = match credential {
                Credential::Username => &mut self.username,
                Credential::Password => &mut self.password,
                Credential::Target => &mut self.target,
            };
            answer.get_or_insert_default();
        }
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hidden = |it: &Option<String>| it.as_ref().map(|_| "…");
        f.debug_struct("Credentials")
            .field("username", &hidden(&self.username))
            .field("password", &hidden(&self.password))
            .field("target", &hidden(&self.target))
            .finish()
    }
}
