//! What tests of logins have in common.

use chacha20::ChaCha20Rng;
use chacha20::rand_core::SeedableRng;

use crate::security::{Credential, Credentials, Exchange, Login, LoginError, LoginStep};

/// User name and password.
pub(super) const CREDENTIALS: (&str, &str) = ("Z\u{fc}rich\\user", "pass\u{20ac}");

/// What is random, the same each time.
pub(super) const RANDOM: fn() -> ChaCha20Rng = || ChaCha20Rng::from_seed([3; 32]);

/// A login and what has arrived for it.
pub(super) struct Talk<L> {
    login: L,
    arrived: Vec<u8>,
    pub(super) credentials: Option<Credentials>,
    pub(super) is_approved: bool,
}

impl<L: Login> Talk<L> {
    pub(super) fn new(login: L) -> Self {
        Self {
            login,
            arrived: Vec::new(),
            credentials: Some(Credentials::with_user(CREDENTIALS.0, CREDENTIALS.1)),
            is_approved: true,
        }
    }

    /// Feeds it bytes in pieces of a size: what it sent, and its last step.
    pub(super) fn hear(&mut self, bytes: &[u8], size: usize) -> Result<(Vec<u8>, LoginStep), LoginError> {
        let (mut sent, mut step) = (Vec::new(), LoginStep::NeedMore);
        let pieces: Vec<&[u8]> = if bytes.is_empty() {
            vec![bytes]
        } else {
            bytes.chunks(size).collect()
        };
        for piece in pieces {
            self.arrived.extend_from_slice(piece);
            let mut exchange = Exchange::new(
                &self.arrived,
                self.credentials.as_ref(),
                self.is_approved,
                &mut sent,
            );
            step = self.login.advance(&mut exchange)?;
            let used = self.arrived.len() - exchange.peek().len();
            self.arrived.drain(..used);
        }
        Ok((sent, step))
    }

    pub(super) fn login(&mut self) -> &mut L {
        &mut self.login
    }
}

/// What a login says to a server that says this and nothing more, which is the same in any slicing.
pub(super) fn in_any_slicing<L: Login>(begin: impl Fn() -> L, server: &[u8]) -> Vec<u8> {
    let hear = |size| Talk::new(begin()).hear(server, size);
    let whole = hear(server.len());
    for size in [1, 2, 7, server.len() - 1] {
        assert_eq!(hear(size), whole, "in pieces of {size}");
    }
    match whole {
        Ok((sent, LoginStep::Done)) => sent,
        other => unreachable!("{other:?}"),
    }
}

/// Without credentials it asks for them once all is there, and sends nothing before.
pub(super) fn asks_for_user_and_password(login: impl Login, server: &[u8]) {
    let mut talk = Talk::new(login);
    talk.credentials = None;
    let asked = LoginStep::NeedCredentials(&[Credential::Username, Credential::Password]);
    assert_eq!(talk.hear(server, 1), Ok((Vec::new(), asked)));
    talk.credentials = Some(Credentials::with_user("", ""));
    assert!(matches!(talk.hear(&[], 1), Ok((sent, LoginStep::Done)) if !sent.is_empty()));
}

/// A server that says this is refused in these words.
pub(super) fn says(login: impl Login, server: &[u8], text: &str) {
    assert_eq!(Talk::new(login).hear(server, server.len()), Err(text.into()));
}
