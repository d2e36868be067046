//! What a server says in the handshake, as far as the lengths of the viewer's parts follow from it.

use std::collections::VecDeque;

use super::said::Client;

/// A server's part of the handshake. Nothing is kept once it tells no more.
#[derive(Debug, Default)]
pub(super) struct Offered {
    step: Step,
    /// What has come and is not whole yet, or waits for the viewer's choice.
    said: Vec<u8>,
    numbers: VecDeque<u32>,
}

/// What comes from the server next.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Step {
    #[default]
    Greeting,
    /// The list of security types, or the one that RFB 3.3's server chooses.
    SecurityTypes,
    /// What depends on which of them it is.
    Choice,
    /// Tight's lists (rfbproto, "Tight Security Type").
    Tunnels,
    Logins,
    /// The beginning of Apple's parameters (rfbproto, "Diffie-Hellman Authentication").
    Key,
    /// Whatever it likes.
    Over,
}

const GREETING: usize = 12;

/// A tunnel or a login in Tight's lists.
const CAPABILITY: usize = 16;

/// Nobody lists that much.
const LONGEST: usize = 16 << 10;

impl Offered {
    /// The server has said this, while that was awaited of its viewer.
    pub(super) fn hear(&mut self, bytes: &[u8], client: Client) {
        if self.step != Step::Over {
            self.said.extend_from_slice(bytes);
            self.go_on(client);
        }
    }

    /// The security type has been chosen, and this is awaited of the viewer now.
    pub(super) fn chosen(&mut self, client: Client) {
        self.step = match (self.step, client) {
            (Step::Choice, Client::Tunnels) => Step::Tunnels,
            (Step::Choice, Client::Key) => Step::Key,
            _ => Step::Over,
        };
        self.go_on(client);
    }

    /// The next number that a part of the viewer's depends on, where the server has said it.
    pub(super) fn number(&mut self) -> Option<u32> {
        self.numbers.pop_front()
    }

    fn go_on(&mut self, client: Client) {
        while let Some((length, number, then)) = self.part(client) {
            self.said.drain(..length);
            self.numbers.extend(number);
            self.step = then;
        }
        if self.step == Step::Over || self.said.len() > LONGEST {
            self.step = Step::Over;
            self.said = Vec::new();
        }
    }

    /// The next part: its length, the number that is in it, and what comes then. None where more of it has to come.
    fn part(&self, client: Client) -> Option<(usize, Option<u32>, Step)> {
        let number = || self.said.first_chunk().copied().map(u32::from_be_bytes);
        let list = |count: u32| 4 + CAPABILITY * count as usize;
        let part = match self.step {
            Step::Greeting => (GREETING, None, Step::SecurityTypes),
            Step::SecurityTypes if client == Client::Silence => (4, Some(number()?), Step::Choice),
            Step::SecurityTypes => (1 + usize::from(*self.said.first()?), None, Step::Choice),
            Step::Tunnels => (list(number()?), Some(number()?), Step::Logins),
            Step::Logins => (list(number()?), Some(number()?), Step::Over),
            // Behind the generator.
            Step::Key => (4, Some(number()? & 0xFFFF), Step::Over),
            Step::Choice | Step::Over => return None,
        };
        (self.said.len() >= part.0).then_some(part)
    }
}
