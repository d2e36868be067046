//! Keeps a viewer that may only look from doing more.
//!
//! What it says is taken apart in any slicing, from the handshake on, and only what asks for pixels goes on to the
//! desktop: keys, pointer, clipboard, desktop size and power stay here. Of the login types the viewer is offered those
//! alone whose length is known without the server's part of them, since none of its messages could be told otherwise.
//! Pixels are not looked at.

use bytes::Bytes;

use super::said::{Client, FOLLOWED, Part, next, security_type};

/// The gateway's place in both directions of a viewer's connection.
#[derive(Debug, Default)]
pub(super) struct ViewOnly {
    server: Server,
    client: Client,
    /// What the server has sent and is not whole yet.
    offered: Vec<u8>,
    /// What the viewer has sent and is not whole yet.
    said: Vec<u8>,
    /// Bytes of the viewer's that are still to be left out.
    skip: usize,
}

/// What comes from the server next.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Server {
    #[default]
    Greeting,
    /// The list of security types, or the one that RFB 3.3's server chooses.
    SecurityTypes,
    /// Whatever it likes.
    Anything,
}

impl ViewOnly {
    /// What the viewer gets of what its server sent.
    ///
    /// # Errors
    /// That the server cannot be looked at in this way: words that follow upon its name.
    pub(super) fn handle_server(&mut self, bytes: Bytes) -> Result<Bytes, String> {
        if self.server == Server::Anything {
            return Ok(bytes);
        }
        self.offered.extend_from_slice(&bytes);
        let mut output = Vec::new();
        if self.server == Server::Greeting {
            let Some(greeting) = self.offered.first_chunk::<12>() else {
                return Ok(Bytes::new());
            };
            if !greeting.starts_with(b"RFB ") {
                return Err("does not greet as a VNC server does".to_owned());
            }
            output.extend(self.offered.drain(..12));
            self.server = Server::SecurityTypes;
        }
        if self.server == Server::SecurityTypes && !self.offered.is_empty() {
            let taken = match self.client {
                Client::Silence => self.chosen_type()?,
                Client::SecurityType => self.offered_types()?,
                _ => return Err("and the viewer did not wait for one another in the handshake".to_owned()),
            };
            if let Some(types) = taken {
                output.extend(types);
                output.append(&mut self.offered);
                self.server = Server::Anything;
            }
        }
        Ok(output.into())
    }

    /// RFB 3.3 (RFC 6143, 7.1.2): the server chooses. None as long as bytes are missing.
    fn chosen_type(&mut self) -> Result<Option<Vec<u8>>, String> {
        let Some(chosen) = self.offered.first_chunk::<4>() else {
            return Ok(None);
        };
        let number = u32::from_be_bytes(*chosen);
        self.client = match number {
            // A reason why there is none follows, and no message of the viewer's.
            0 => Client::Silence,
            _ if FOLLOWED.map(u32::from).contains(&number) => security_type(number)?,
            _ => return Err(cannot_be_followed(&number.to_string())),
        };
        Ok(Some(self.offered.drain(..4).collect()))
    }

    /// The list of types, with those that can be followed alone. None as long as bytes are missing.
    fn offered_types(&mut self) -> Result<Option<Vec<u8>>, String> {
        let count = usize::from(self.offered.first().copied().unwrap_or_default());
        if self.offered.len() <= count {
            return Ok(None);
        }
        if count == 0 {
            self.client = Client::Silence;
            return Ok(Some(self.offered.drain(..1).collect()));
        }
        let types: Vec<u8> = self.offered.drain(..=count).skip(1).collect();
        let followed: Vec<u8> = types.iter().copied().filter(|it| FOLLOWED.contains(it)).collect();
        if followed.is_empty() {
            let list: Vec<String> = types.iter().map(ToString::to_string).collect();
            return Err(cannot_be_followed(&list.join(", ")));
        }
        let count = u8::try_from(followed.len()).unwrap_or(u8::MAX);
        Ok(Some(std::iter::once(count).chain(followed).collect()))
    }

    /// What the server gets of what its viewer said.
    ///
    /// # Errors
    /// That the viewer does not keep to what can be followed: words that follow upon it.
    pub(super) fn handle_client(&mut self, bytes: &[u8]) -> Result<Bytes, String> {
        let skipped = self.skip.min(bytes.len());
        self.skip -= skipped;
        self.said.extend(bytes.iter().skip(skipped));
        let mut output = Vec::new();
        let mut at = 0;
        loop {
            let rest = self.said.get(at..).unwrap_or_default();
            let Some(first) = rest.first() else {
                break;
            };
            if self.client == Client::SecurityType && !FOLLOWED.contains(first) {
                return Err(format!("chose security type {first}, which it was not offered"));
            }
            match next(&mut self.client, rest)? {
                Part::Incomplete => break,
                Part::Pass(length) => {
                    output.extend(rest.iter().take(length));
                    at += length;
                }
                Part::Replace(length, other) => {
                    output.extend(other);
                    at += length;
                }
                Part::Drop(length) => {
                    let here = length.min(rest.len());
                    self.skip = length - here;
                    at += here;
                }
            }
        }
        self.said.drain(..at);
        Ok(output.into())
    }
}

fn cannot_be_followed(types: &str) -> String {
    format!("has logins ({types}) that cannot be followed for a viewer that may only look")
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    /// Bytes in any slicing.
    const SLICES: [usize; 5] = [1, 2, 3, 7, usize::MAX];

    /// What the server says, and what the viewer answers.
    type Turn<'a> = (&'a [u8], &'a [u8]);

    /// Runs a conversation: what reached the viewer, and the server.
    fn converse(turns: &[Turn<'_>], slice: usize) -> Result<(Vec<u8>, Vec<u8>), String> {
        let mut guard = ViewOnly::default();
        let (mut to_viewer, mut to_server) = (Vec::new(), Vec::new());
        for (server, viewer) in turns {
            for bytes in server.chunks(slice) {
                to_viewer.extend(guard.handle_server(Bytes::copy_from_slice(bytes))?);
            }
            for bytes in viewer.chunks(slice) {
                to_server.extend(guard.handle_client(bytes)?);
            }
        }
        Ok((to_viewer, to_server))
    }

    const GREETING: &[u8] = b"RFB 003.008\n";

    fn asks_for_pixels() -> Vec<u8> {
        let mut bytes = vec![0; 20];
        bytes.extend([2, 0, 0, 1, 0, 0, 0, 7]);
        bytes.extend([3, 1, 0, 0, 0, 0, 4, 0, 3, 0]);
        bytes.extend([150, 1, 0, 0, 0, 0, 4, 0, 3, 0]);
        bytes.extend([248, 0, 0, 0, 0x80, 0, 0, 1, 2, 4, 5]);
        bytes.extend([255, 1, 0, 2, 3, 2, 0, 0, 0xac, 0x44]);
        bytes.extend([255, 1, 0, 0]);
        bytes
    }

    /// Each in the bytes of another message of its kind.
    fn does_something() -> Vec<Vec<u8>> {
        let long_text = [&[6, 0, 0, 0, 0, 1, 0x11, 0x70][..], &[4; 70_000]].concat();
        vec![
            vec![4, 1, 0, 0, 0, 0, 0xff, 0x0d],
            vec![5, 0x81, 0, 1, 0, 2],
            vec![6, 0, 0, 0, 0, 0, 0, 2, 4, 5],
            long_text,
            // The extended clipboard's.
            vec![6, 0, 0, 0, 0xff, 0xff, 0xff, 0xfc, 1, 0, 0, 1],
            vec![250, 0, 1, 2],
            [&[251, 0, 4, 0, 3, 0, 1, 0][..], &[4; 16]].concat(),
            vec![253, 0x81, 0, 2, 4, 4],
            vec![253, 0x01, 2, 0, 4, 4],
            vec![255, 0, 0, 1, 0, 0, 0, 0x61, 0, 0, 0, 0x1e],
        ]
    }

    #[test]
    fn only_what_asks_for_pixels_reaches_the_desktop() {
        let pixels = asks_for_pixels();
        let mut said = pixels.clone();
        for input in does_something() {
            said.extend(input);
            said.extend(&pixels);
        }
        let expected = pixels.repeat(does_something().len() + 1);
        for slice in SLICES {
            let turns: [Turn<'_>; 4] = [
                (GREETING, GREETING),
                (&[1, 1], &[1]),
                (&[0, 0, 0, 0], &[0]),
                (&[4; 30], &said),
            ];
            let (to_viewer, to_server) = converse(&turns, slice).unwrap();
            assert_eq!(to_viewer, [GREETING, &[1, 1, 0, 0, 0, 0], &[4; 30]].concat());
            // The shared flag is set, so that nobody else is thrown out.
            assert!(
                to_server == [GREETING, &[1, 1], &expected].concat(),
                "slices of {slice}"
            );
        }
    }

    #[test]
    fn the_viewer_does_not_ask_for_what_would_make_its_messages_uncertain() {
        let said = [2, 0, 0, 3, 0, 0, 0, 7, 0xff, 0xff, 0xfe, 0xc4, 0, 0, 0, 16];
        for slice in SLICES {
            let turns: [Turn<'_>; 3] = [(GREETING, GREETING), (&[1, 1], &[1]), (&[0; 4], &[])];
            let mut guard = ViewOnly::default();
            for (server, viewer) in turns {
                guard.handle_server(Bytes::copy_from_slice(server)).unwrap();
                guard.handle_client(viewer).unwrap();
            }
            guard.handle_client(&[1]).unwrap();
            let passed: Vec<u8> = said
                .chunks(slice)
                .flat_map(|bytes| guard.handle_client(bytes).unwrap())
                .collect();
            assert_eq!(passed, [2, 0, 0, 2, 0, 0, 0, 7, 0, 0, 0, 16]);
        }
    }

    #[test]
    fn logins_that_can_be_followed_are_and_the_others_are_not_offered() {
        let key = [4, 1, 0, 0, 0, 0, 0xff, 0x0d];
        let response = [9; 16];
        let plain = [&[0, 0, 0, 2, 0, 0, 0, 3][..], b"mepwd"].concat();
        for slice in SLICES {
            // Tight and RA2 are left out; VNC Authentication is used.
            let turns: [Turn<'_>; 4] = [
                (GREETING, GREETING),
                (&[4, 16, 2, 5, 1], &[2]),
                (&[7; 16], &response),
                (&[0; 4], &[1]),
            ];
            let (to_viewer, to_server) = converse(&turns, slice).unwrap();
            assert_eq!(to_viewer[12..15], [2, 2, 1]);
            assert_eq!(to_server[12..], [&[2][..], &response, &[1]].concat());

            // VeNCrypt's Plain.
            let turns: [Turn<'_>; 5] = [
                (GREETING, b"RFB 003.007\n"),
                (&[1, 19], &[19]),
                (&[0, 2], &[0, 2]),
                (&[0, 1, 0, 0, 1, 0], &[&[0, 0, 1, 0][..], &plain].concat()),
                (&[0; 4], &[&[1][..], &key].concat()),
            ];
            let (_, to_server) = converse(&turns, slice).unwrap();
            assert_eq!(
                to_server[12..],
                [&[19, 0, 2, 0, 0, 1, 0][..], &plain, &[1]].concat()
            );

            // MSLogonII, RA2ne and xvp's, of which Apple's and RA2 are left out.
            let names = [&b"\x02\x03mevm1"[..], &response].concat();
            let sealed = [&[0, 1][..], &[9; 17]].concat();
            let rsa = [&b"\0\0\0\x10keys\0\x01r"[..], &sealed, &sealed].concat();
            for (number, login) in [(113, vec![9; 328]), (6, rsa.clone()), (130, rsa), (22, names)] {
                let answer = [&login[..], &[1], &key].concat();
                let turns: [Turn<'_>; 3] = [
                    (GREETING, GREETING),
                    (&[3, 30, number, 5], &[number]),
                    (&[7; 24], &answer),
                ];
                let (to_viewer, to_server) = converse(&turns, slice).unwrap();
                assert_eq!(to_viewer[12..14], [1, number]);
                assert_eq!(to_server[12..], [&[number][..], &login, &[1]].concat());
            }

            // RFB 3.3, where the server chooses.
            let turns: [Turn<'_>; 3] = [
                (GREETING, b"RFB 003.003\n"),
                (&[0, 0, 0, 2], &[]),
                (&[7; 16], &[&response[..], &[1], &key].concat()),
            ];
            let (to_viewer, to_server) = converse(&turns, slice).unwrap();
            assert_eq!(to_viewer[12..16], [0, 0, 0, 2]);
            assert_eq!(to_server[12..], [&response[..], &[1]].concat());
        }
    }

    #[test]
    fn what_cannot_be_followed_ends_in_words() {
        fn after_login(said: &[u8]) -> [Turn<'_>; 3] {
            [(GREETING, GREETING), (&[1, 1], &[1]), (&[0; 4], said)]
        }
        let table: [(&[Turn<'_>], &str); 12] = [
            (&[(b"HTTP/1.1 400\n", b"")], "does not greet"),
            (
                &[(GREETING, b"RFB 004.000\n")],
                "answered the greeting with \"RFB 004.000\"",
            ),
            (&[(b"RFB 003.008\n\x01\x01", b"")], "did not wait for one another"),
            (
                &[(GREETING, GREETING), (&[2, 16, 5], b"")],
                "has logins (16, 5) that cannot be followed",
            ),
            (
                &[(GREETING, b"RFB 003.003\n"), (&[0, 0, 0, 16], b"")],
                "has logins (16)",
            ),
            (&[(GREETING, b"RFB 003.003\n\x01")], "spoke out of turn"),
            (
                &[(GREETING, GREETING), (&[1, 1], &[16])],
                "chose security type 16",
            ),
            (
                &[(GREETING, GREETING), (&[1, 19], &[19, 0, 2, 0, 0, 1, 4])],
                "chose VeNCrypt's subtype 260",
            ),
            (
                &[
                    (GREETING, GREETING),
                    (&[1, 19], &[19, 0, 2, 0, 0, 1, 0, 255, 0, 0, 0, 0, 0, 0, 0]),
                ],
                "a name of 4278190080",
            ),
            (&after_login(&[1, 99]), "sent message 99, which is unknown here"),
            (&after_login(&[1, 255, 9]), "sent message 255 of kind 9"),
            (
                &after_login(&[1, 248, 0, 0, 0, 0, 0, 0, 0, 65]),
                "a fence of 65 bytes",
            ),
        ];
        for (turns, expected) in table {
            for slice in SLICES {
                let error = converse(turns, slice).unwrap_err();
                assert!(
                    error.contains(expected),
                    "{error:?} is not {expected:?} in slices of {slice}"
                );
            }
        }
    }
}
