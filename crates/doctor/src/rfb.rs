//! The client's side of RFB from the greeting to the first picture (RFC 6143, 7.1 to 7.3), to see how far it goes.
//!
//! It goes as far as it can and leaves in good order: TigerVNC counts whoever connects and leaves without a login, and
//! turns an address away after a few of them, behind which all users of a gateway may be.

use crate::answer::readable;
use crate::seen::{End, Spoken};

/// Answers VNC Authentication's challenge, for who has a password.
type Respond = Box<dyn Fn([u8; 16]) -> [u8; 16] + Send + Sync>;

/// A conversation with a server. Feed it, then send what it gives.
pub struct Conversation {
    state: State,
    version: Version,
    respond: Option<Respond>,
    input: Vec<u8>,
    output: Vec<u8>,
    spoken: Spoken,
    is_over: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Greeting,
    /// The count of security types, and these; in 3.3 the one that the server has chosen.
    SecurityTypes,
    Challenge,
    SecurityResult,
    ServerInit,
    /// The first message after that.
    Picture,
    /// Why nobody is let in: whether that is about the login.
    Reason {
        of_login: bool,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Version {
    V3_3,
    V3_7,
    V3_8,
}

const NONE: u8 = 1;
const VNC_AUTHENTICATION: u8 = 2;

/// The most that is kept of a reason, and of what is no greeting: what is longer is cut.
const LONGEST: usize = 1024;

/// The most that a name, a clipboard or colours may be before the first picture. Nothing else is waited for that is longer.
const MOST: usize = 64 << 10;

/// A request for the pixel in the corner, at once.
const REQUEST_PIXEL: [u8; 10] = [3, 0, 0, 0, 0, 0, 0, 1, 0, 1];

impl Conversation {
    /// With somebody who has no password.
    #[must_use]
    pub fn new() -> Self {
        Self {
            state: State::Greeting,
            version: Version::V3_8,
            respond: None,
            input: Vec::new(),
            output: Vec::new(),
            spoken: Spoken {
                is_open: true,
                ..Spoken::default()
            },
            is_over: false,
        }
    }

    /// With somebody who can answer the challenge of VNC Authentication.
    #[must_use]
    pub fn with_password(respond: impl Fn([u8; 16]) -> [u8; 16] + Send + Sync + 'static) -> Self {
        Self {
            respond: Some(Box::new(respond)),
            ..Self::new()
        }
    }

    /// With a server whose login somebody else has done.
    #[must_use]
    pub fn after_login() -> Self {
        let mut conversation = Self::new();
        conversation.logged_in();
        conversation
    }

    /// What the server has sent.
    pub fn handle_input(&mut self, bytes: &[u8]) {
        if self.is_over {
            return;
        }
        self.input.extend_from_slice(bytes);
        while !self.is_over && self.step().is_some() {}
    }

    /// That it ended, or that nobody waits any longer.
    pub fn handle_end(&mut self, end: End) {
        if self.is_over {
            return;
        }
        // What has come by then says more than that nothing else did.
        let end = match (self.state, end) {
            (State::Greeting, End::Gone | End::Silent) if !self.input.is_empty() => {
                End::NotRfb(self.beginning())
            }
            (State::Reason { of_login }, End::Gone | End::Silent) => {
                let text = self.input.get(4..).unwrap_or_default().to_vec();
                because(of_login, &text)
            }
            (_, end) => end,
        };
        self.end(end);
    }

    /// What is to be sent.
    pub fn poll_transmit(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.output)
    }

    /// Whether there is nothing more to be said.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.is_over
    }

    /// What has been spoken so far.
    #[must_use]
    pub fn spoken(&self) -> &Spoken {
        &self.spoken
    }

    /// What was spoken.
    #[must_use]
    pub fn into_spoken(self) -> Spoken {
        self.spoken
    }

    /// Handles what has come, if there is enough of it.
    fn step(&mut self) -> Option<()> {
        match self.state {
            State::Greeting => self.greeting(),
            State::SecurityTypes => self.security_types(),
            State::Challenge => {
                let challenge = self.take::<16>()?;
                if let Some(respond) = &self.respond {
                    let response = respond(challenge);
                    self.output.extend(response);
                }
                self.state = State::SecurityResult;
                Some(())
            }
            State::SecurityResult => {
                match u32::from_be_bytes(self.take()?) {
                    0 => self.logged_in(),
                    _ if self.version == Version::V3_8 => self.state = State::Reason { of_login: true },
                    _ => self.end(End::LoginRefused(String::new())),
                }
                Some(())
            }
            State::ServerInit => self.server_init(),
            State::Picture => self.picture(),
            State::Reason { of_login } => {
                let length = self.input.first_chunk::<4>().copied()?;
                let length = (u32::from_be_bytes(length) as usize).min(LONGEST);
                let text = self.input.get(4..4 + length)?.to_vec();
                self.end(because(of_login, &text));
                Some(())
            }
        }
    }

    fn greeting(&mut self) -> Option<()> {
        let begins = self.input.len().min(4);
        if self.input[..begins] != b"RFB "[..begins] {
            let said = self.beginning();
            self.end(End::NotRfb(said));
            return Some(());
        }
        let greeting = self.take::<12>()?;
        let text = greeting.escape_ascii().to_string();
        self.spoken.greeting = Some(text.trim_end_matches("\\n").to_owned());
        // Numbers that no specification has but servers send mean 3.8; any other 3.x below 3.7 means 3.3.
        let (version, answer) = match &greeting[4..11] {
            b"003.007" => (Version::V3_7, b"RFB 003.007\n"),
            number if number < &b"003.007"[..] => (Version::V3_3, b"RFB 003.003\n"),
            _ => (Version::V3_8, b"RFB 003.008\n"),
        };
        self.version = version;
        self.output.extend(answer);
        self.state = State::SecurityTypes;
        Some(())
    }

    fn security_types(&mut self) -> Option<()> {
        let offered = if self.version == Version::V3_3 {
            let chosen = u32::from_be_bytes(self.take()?);
            // 0 is no type: a reason follows.
            u8::try_from(chosen)
                .ok()
                .filter(|chosen| *chosen != 0)
                .into_iter()
                .collect()
        } else {
            let count = usize::from(*self.input.first()?);
            let types = self.input.get(1..=count)?.to_vec();
            self.input.drain(..=count);
            types
        };
        self.spoken.security_types.clone_from(&offered);
        let chosen = if offered.is_empty() {
            self.state = State::Reason { of_login: false };
            return Some(());
        } else if offered.contains(&NONE) {
            NONE
        } else if offered.contains(&VNC_AUTHENTICATION) && self.respond.is_some() {
            VNC_AUTHENTICATION
        } else {
            self.spoken.wants_login = true;
            self.is_over = true;
            return Some(());
        };
        if self.version > Version::V3_3 {
            self.output.push(chosen);
        }
        match chosen {
            VNC_AUTHENTICATION => self.state = State::Challenge,
            // Only 3.8 has a result where there was nothing to be checked.
            _ if self.version == Version::V3_8 => self.state = State::SecurityResult,
            _ => self.logged_in(),
        }
        Some(())
    }

    /// Sends `ClientInit`. Nobody is sent away for this.
    fn logged_in(&mut self) {
        self.spoken.is_logged_in = true;
        self.output.push(1);
        self.state = State::ServerInit;
    }

    fn server_init(&mut self) -> Option<()> {
        let &[w1, w0, h1, h0, .., n3, n2, n1, n0] = self.input.first_chunk::<24>()?;
        let length = u32::from_be_bytes([n3, n2, n1, n0]) as usize;
        if length > MOST {
            self.end(End::Garbled(format!("a desktop's name of {length} bytes")));
            return Some(());
        }
        let name = self.input.get(24..24 + length)?;
        let name = readable(&String::from_utf8_lossy(name));
        let size = |high, low| u16::from_be_bytes([high, low]);
        self.spoken.desktop = Some((size(w1, w0), size(h1, h0), name));
        self.input.drain(..24 + length);
        self.output.extend(REQUEST_PIXEL);
        self.state = State::Picture;
        Some(())
    }

    fn picture(&mut self) -> Option<()> {
        match *self.input.first()? {
            0 => {
                self.spoken.has_picture = true;
                self.is_over = true;
            }
            // A bell.
            2 => drop(self.input.drain(..1)),
            // ServerCutText, whose length a newer form of it has negative.
            3 => {
                let &[_, _, _, _, a, b, c, d] = self.input.first_chunk::<8>()?;
                let length = i32::from_be_bytes([a, b, c, d]).unsigned_abs() as usize;
                if length > MOST {
                    self.end(End::Garbled(format!(
                        "a clipboard of {length} bytes before the first picture"
                    )));
                    return Some(());
                }
                self.input.get(..8 + length)?;
                self.input.drain(..8 + length);
            }
            // Colours for a picture that is about to come.
            1 => {
                let &[_, _, _, _, high, low] = self.input.first_chunk::<6>()?;
                let length = 6 + usize::from(u16::from_be_bytes([high, low])) * 6;
                if length > MOST {
                    self.end(End::Garbled(format!(
                        "colours of {length} bytes before the first picture"
                    )));
                    return Some(());
                }
                self.input.get(..length)?;
                self.input.drain(..length);
            }
            other => self.end(End::Garbled(format!("message {other}, which nobody asked for"))),
        }
        Some(())
    }

    /// What it began with, which is no greeting.
    fn beginning(&mut self) -> Vec<u8> {
        let mut said = std::mem::take(&mut self.input);
        said.truncate(LONGEST);
        said
    }

    fn take<const COUNT: usize>(&mut self) -> Option<[u8; COUNT]> {
        let bytes = self.input.first_chunk::<COUNT>().copied()?;
        self.input.drain(..COUNT);
        Some(bytes)
    }

    fn end(&mut self, end: End) {
        self.spoken.end = Some(end);
        self.is_over = true;
    }
}

impl Default for Conversation {
    fn default() -> Self {
        Self::new()
    }
}

fn because(of_login: bool, text: &[u8]) -> End {
    let text = readable(&String::from_utf8_lossy(text)).trim().to_owned();
    if of_login {
        End::LoginRefused(text)
    } else {
        End::TurnedAway(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a server says, and what it hears: whole, and byte by byte, which makes no difference.
    fn talk(said: &[u8], respond: bool) -> (Spoken, Vec<u8>) {
        let begin = || match respond {
            true => Conversation::with_password(|challenge| challenge.map(|byte| byte + 1)),
            false => Conversation::new(),
        };
        let (mut whole, mut sliced) = (begin(), begin());
        whole.handle_input(said);
        let mut heard = Vec::new();
        for byte in said {
            sliced.handle_input(&[*byte]);
            heard.extend(sliced.poll_transmit());
        }
        assert_eq!(whole.poll_transmit(), heard);
        for conversation in [&mut whole, &mut sliced] {
            conversation.handle_end(End::Gone);
        }
        let spoken = whole.into_spoken();
        assert_eq!(sliced.into_spoken(), spoken);
        (spoken, heard)
    }

    fn init() -> Vec<u8> {
        let mut init = vec![2, 128, 1, 224];
        init.extend([0; 16]);
        init.extend([0, 0, 0, 2, b'v', b'm']);
        init
    }

    #[test]
    fn without_a_login_it_goes_to_the_first_picture() {
        let picture = [&init()[..], &[2, 3, 0, 0, 0, 0, 0, 0, 1, b'c', 0]].concat();
        for (said, heard) in [
            (
                &b"RFB 003.008\n\x01\x01\0\0\0\0"[..],
                &b"RFB 003.008\n\x01\x01"[..],
            ),
            (b"RFB 003.007\n\x02\x10\x01", b"RFB 003.007\n\x01\x01"),
            (b"RFB 003.003\n\0\0\0\x01", b"RFB 003.003\n\x01"),
            (b"RFB 003.889\n\x01\x01\0\0\0\0", b"RFB 003.008\n\x01\x01"),
        ] {
            let (spoken, sent) = talk(&[said, &picture].concat(), false);
            assert!(spoken.has_picture && spoken.end.is_none(), "{spoken:?}");
            assert_eq!(spoken.desktop, Some((640, 480, "vm".into())));
            assert_eq!(sent, [heard, &REQUEST_PIXEL[..]].concat());
        }
    }

    #[test]
    fn a_password_is_proved_where_there_is_one_and_else_nothing_is_chosen() {
        let said = [b"RFB 003.008\n\x02\x05\x02", &[7; 16][..], &[0; 4]].concat();
        let (spoken, sent) = talk(&said, true);
        assert!(spoken.is_logged_in);
        assert_eq!(sent, [b"RFB 003.008\n\x02", &[8; 16][..], &[1]].concat());
        let (spoken, sent) = talk(&said, false);
        assert!(spoken.wants_login && spoken.end.is_none());
        assert_eq!(spoken.security_types, [5, 2]);
        assert_eq!(sent, b"RFB 003.008\n");
    }

    #[test]
    fn what_ends_it_is_told_with_the_servers_words() {
        for (said, end) in [
            (
                &b"RFB 003.003\n\0\0\0\0\0\0\0\x1aToo many security failures"[..],
                End::TurnedAway("Too many security failures".into()),
            ),
            (b"RFB 003.008\n\0\xff\xff\xff\xffno", End::TurnedAway("no".into())),
            (
                b"RFB 003.008\n\x01\x01\0\0\0\x01\0\0\0\x03bad",
                End::LoginRefused("bad".into()),
            ),
            (b"RFB 003.008\n\x01\x01\0\0", End::Gone),
            (b"SSH-2.0-Open", End::NotRfb(b"SSH-2.0-Open".to_vec())),
            (b"RFB 00", End::NotRfb(b"RFB 00".to_vec())),
            (b"", End::Gone),
        ] {
            let spoken = match said.starts_with(b"SSH") {
                // What is no greeting is over at once, so that the rest of it depends on how it comes.
                true => {
                    let mut conversation = Conversation::new();
                    conversation.handle_input(said);
                    conversation.into_spoken()
                }
                false => talk(said, false).0,
            };
            assert_eq!(spoken.end, Some(end));
        }
    }

    #[test]
    fn no_server_makes_it_keep_much() {
        let logged_in = b"RFB 003.008\n\x01\x01\0\0\0\0";
        let long_name = [&[0; 20][..], &[0, 255, 255, 255]].concat();
        let (spoken, _) = talk(&[logged_in, &long_name[..]].concat(), false);
        assert!(matches!(spoken.end, Some(End::Garbled(_))), "{spoken:?}");
        for long in [&[3, 0, 0, 0, 0x80, 0, 0, 0][..], &[1, 0, 0, 0, 0xFF, 0xFF]] {
            let (spoken, _) = talk(&[logged_in, &init()[..], long].concat(), false);
            assert!(matches!(spoken.end, Some(End::Garbled(_))), "{spoken:?}");
        }
        let mut conversation = Conversation::new();
        conversation.handle_input(&[b'x'; 1 << 20]);
        assert_eq!(conversation.spoken().end, Some(End::NotRfb(vec![b'x'; LONGEST])));
    }

    #[test]
    fn names_and_colours_may_be_as_long_as_they_may_however_they_come() {
        let logged_in = b"RFB 003.008\n\x01\x01\0\0\0\0";
        let mut init = [&[0; 20][..], &(MOST as u32).to_be_bytes()].concat();
        init.resize(24 + MOST, b'n');
        let entries = ((MOST - 6) / 6) as u16;
        let mut colours = [&[1, 0, 0, 0][..], &entries.to_be_bytes()].concat();
        colours.resize(6 + usize::from(entries) * 6, 0);
        let (spoken, _) = talk(&[logged_in, &init[..], &colours, &[0]].concat(), false);
        assert!(spoken.has_picture && spoken.end.is_none(), "{:?}", spoken.end);
    }
}
