//! What a viewer holds down at its desktop, so that the gateway lets go of it for one that is gone: a page that is closed
//! says nothing any more, nor does a network that is cut, and not every server releases by itself.
//!
//! A viewer is followed as far as its messages can be told apart. Of one that encrypts all that it says (RA2, RA2-256), or
//! says what is not known here, nothing is known to be held.

use std::mem;

use bytes::Bytes;

use super::offered::Offered;
use super::said::{Client, EXTENDED_MOUSE_BUTTONS, Part, next, told};

/// What is held by one viewer.
#[derive(Debug, Default)]
pub(super) struct Held {
    offered: Offered,
    client: Client,
    /// What the viewer has sent and is not whole yet.
    said: Vec<u8>,
    /// Bytes that are still to come of what is of no interest.
    skip: usize,
    is_lost: bool,
    may_extend_buttons: bool,
    /// The messages that release the keys.
    keys: Vec<Vec<u8>>,
    /// The message that releases the buttons, where the pointer is.
    buttons: Option<[u8; 6]>,
}

/// RFC 6143, 7.5.2, 7.5.4 and 7.5.5.
const SET_ENCODINGS: u8 = 2;
const KEY_EVENT: u8 = 4;
const POINTER_EVENT: u8 = 5;
/// rfbproto, "QEMU Client Message", and its submessage type of an extended key event.
const QEMU: u8 = 255;
const EXTENDED_KEY_EVENT: u8 = 0;

/// rfbproto, "Extended Mouse Buttons": the bit that says that another byte of buttons follows, where the server has agreed.
/// Elsewhere it is the back button.
const MORE_BUTTONS: u8 = 0x80;
const POINTER_EVENT_LENGTH: usize = 6;

/// Nobody has more fingers.
const MOST_KEYS: usize = 64;

/// The viewer cannot be followed.
struct Lost;

impl Held {
    /// The server has said this.
    pub(super) fn hear_server(&mut self, bytes: &[u8]) {
        if !self.is_lost {
            self.offered.hear(bytes, self.client);
        }
    }

    /// The viewer has said this.
    pub(super) fn hear(&mut self, bytes: &[u8]) {
        if self.is_lost {
            return;
        }
        let skipped = self.skip.min(bytes.len());
        self.skip -= skipped;
        let mut said = mem::take(&mut self.said);
        said.extend(bytes.iter().skip(skipped));
        let mut at = 0;
        while let Some(rest) = said.get(at..).filter(|rest| !rest.is_empty()) {
            match self.part(rest) {
                Ok(Some(length)) => {
                    let here = length.min(rest.len());
                    self.skip = length - here;
                    at += here;
                }
                Ok(None) => {
                    self.said = said.split_off(at);
                    return;
                }
                Err(Lost) => {
                    *self = Self {
                        is_lost: true,
                        ..Self::default()
                    };
                    return;
                }
            }
        }
    }

    /// What releases all of it, for a desktop that has been sent what the viewer has said. There is nothing to say in the
    /// middle of a message.
    pub(super) fn release(&mut self) -> Bytes {
        if self.client == Client::Message
            && let [POINTER_EVENT, .., _, _, _, _, _] = self.said[..]
        {
            // What follows would have told how long it is: nothing has, so it is whole.
            let whole = mem::take(&mut self.said);
            self.message(&whole);
        }
        if self.skip > 0 || !self.said.is_empty() {
            return Bytes::new();
        }
        let mut messages = mem::take(&mut self.keys).concat();
        messages.extend(self.buttons.take().iter().flatten());
        messages.into()
    }

    /// Takes in the next part, of which there is at least one byte: its length. None where more of it has to come.
    fn part(&mut self, rest: &[u8]) -> Result<Option<usize>, Lost> {
        while self.client.waits() {
            let number = self.offered.number().ok_or(Lost)?;
            let then = told(self.client, number).map_err(|_| Lost)?;
            if mem::replace(&mut self.client, then) == Client::Silence {
                self.offered.chosen(then);
            }
        }
        let before = self.client;
        let is_message = before == Client::Message;
        let length = match next(&mut self.client, rest).map_err(|_| Lost)? {
            Part::Incomplete => return Ok(None),
            Part::Pass(length) | Part::Drop(length) | Part::Replace(length, _) => length,
        };
        if before == Client::SecurityType {
            self.offered.chosen(self.client);
        }
        let more = match *rest {
            [POINTER_EVENT, buttons, ..] if is_message && buttons & MORE_BUTTONS != 0 => {
                let after = rest.get(POINTER_EVENT_LENGTH..).unwrap_or_default();
                match self.may_extend_buttons.then(|| is_extended(after)) {
                    None => 0,
                    Some(None) => return Ok(None),
                    Some(Some(is_extended)) => usize::from(is_extended),
                }
            }
            _ => 0,
        };
        let length = length + more;
        let is_of_interest = match rest {
            [SET_ENCODINGS | KEY_EVENT | POINTER_EVENT, ..] => true,
            [QEMU, kind, ..] => *kind == EXTENDED_KEY_EVENT,
            _ => false,
        };
        if !is_message || !is_of_interest {
            return Ok(Some(length));
        }
        let Some(message) = rest.get(..length) else {
            return Ok(None);
        };
        self.message(message);
        Ok(Some(length))
    }

    /// A whole message.
    fn message(&mut self, message: &[u8]) {
        match *message {
            [SET_ENCODINGS, _, _, _, ref numbers @ ..] => {
                self.may_extend_buttons = numbers
                    .chunks_exact(4)
                    .any(|number| number == EXTENDED_MOUSE_BUTTONS.to_be_bytes());
            }
            [KEY_EVENT, down, _, _, ref keysym @ ..] => {
                self.key(&[&[KEY_EVENT, 0, 0, 0][..], keysym].concat(), down != 0);
            }
            // The key is the scancode's, whatever its keysym is by now.
            [QEMU, kind, high, low, k0, k1, k2, k3, ref scancode @ ..] => {
                let release = [&[QEMU, kind, 0, 0, k0, k1, k2, k3][..], scancode].concat();
                self.key(&release, [high, low] != [0, 0]);
            }
            [POINTER_EVENT, buttons, x0, x1, y0, y1, ref more @ ..] => {
                let is_held = match more {
                    [] => buttons != 0,
                    [more, ..] => buttons & !MORE_BUTTONS != 0 || *more != 0,
                };
                self.buttons = is_held.then_some([POINTER_EVENT, 0, x0, x1, y0, y1]);
            }
            _ => {}
        }
    }

    fn key(&mut self, release: &[u8], is_down: bool) {
        // A keysym, or a scancode, is at the end.
        let is_same = |other: &Vec<u8>| {
            other.first() == release.first() && other.last_chunk::<4>() == release.last_chunk::<4>()
        };
        self.keys.retain(|other| !is_same(other));
        if is_down && self.keys.len() < MOST_KEYS {
            self.keys.push(release.to_vec());
        }
    }
}

/// Whether a pointer event with the mark of more buttons has a byte for them. Whether the server has agreed to it only its
/// pixels could tell, but so does what is after the six bytes that there are in any case: the byte of back and forward, or the
/// type of a message. None where more has to come.
fn is_extended(after: &[u8]) -> Option<bool> {
    Some(match *after {
        [] | [0 | 2 | 3] => return None,
        // No message has this type.
        [1, ..] => true,
        // Padding of SetPixelFormat and SetEncodings, and a flag of FramebufferUpdateRequest; or the next message's type.
        [0 | 2, second, ..] => second != 0,
        [3, second, ..] => second > 1,
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const GREETING: &[u8] = b"RFB 003.008\n";
    const LOGIN: &[u8] = b"RFB 003.008\n\x01\x01";
    const A_DOWN: &[u8] = &[4, 1, 0, 0, 0, 0, 0, 0x61];
    const A_UP: &[u8] = &[4, 0, 0, 0, 0, 0, 0, 0x61];
    const CONTROL_DOWN: &[u8] = &[4, 1, 0, 0, 0, 0, 0xff, 0xe3];
    const CONTROL_UP: &[u8] = &[4, 0, 0, 0, 0, 0, 0xff, 0xe3];
    const B_DOWN: &[u8] = &[255, 0, 0, 1, 0, 0, 0, 0x42, 0, 0, 0, 0x30];
    const B_UP: &[u8] = &[255, 0, 0, 0, 0, 0, 0, 0x42, 0, 0, 0, 0x30];
    const LEFT_DOWN: &[u8] = &[5, 1, 1, 2, 0, 3];
    const ALL_UP: &[u8] = &[5, 0, 1, 2, 0, 3];

    /// Messages, one after the other.
    type Said<'a> = &'a [&'a [u8]];

    /// What the server says, and what the viewer answers.
    type Turn<'a> = (&'a [u8], &'a [u8]);

    /// What releases what is held after all of this, which is the same in any slicing.
    fn released_after(turns: &[Turn<'_>]) -> Vec<u8> {
        let by = |size: usize| {
            let mut held = Held::default();
            for (server, viewer) in turns {
                server.chunks(size).for_each(|bytes| held.hear_server(bytes));
                viewer.chunks(size).for_each(|bytes| held.hear(bytes));
            }
            let release = held.release();
            assert!(held.release().is_empty(), "it is released once");
            release
        };
        let whole = by(usize::MAX);
        for size in [1, 2, 3, 7, 11] {
            assert_eq!(by(size), whole, "slices of {size}");
        }
        whole.to_vec()
    }

    /// The same where only the viewer says what matters.
    fn released(parts: Said<'_>) -> Vec<u8> {
        released_after(&[(GREETING, &parts.concat())])
    }

    #[test]
    fn what_is_held_is_released_and_what_is_not_is_left_alone() {
        let table: [(Said<'_>, Said<'_>); 9] = [
            (&[], &[]),
            (&[A_DOWN], &[A_UP]),
            (&[A_DOWN, A_UP], &[]),
            (&[A_DOWN, A_DOWN, CONTROL_DOWN], &[A_UP, CONTROL_UP]),
            (&[CONTROL_DOWN, A_DOWN, CONTROL_UP], &[A_UP]),
            (&[B_DOWN, A_DOWN, LEFT_DOWN], &[B_UP, A_UP, ALL_UP]),
            // Its keysym is another one by now.
            (&[B_DOWN, &[255, 0, 0, 0, 0, 0, 0, 0x62, 0, 0, 0, 0x30]], &[]),
            (&[LEFT_DOWN, &[5, 4, 0, 9, 0, 9]], &[&[5, 0, 0, 9, 0, 9]]),
            (&[LEFT_DOWN, ALL_UP], &[]),
        ];
        for (said, expected) in table {
            assert_eq!(released(&[LOGIN, &said.concat()]), expected.concat(), "{said:?}");
        }
    }

    #[test]
    fn other_messages_are_stepped_over_however_long() {
        let long = [&[6, 0, 0, 0, 0, 0, 1, 0x2c][..], &[4; 300]].concat();
        let extended = [6, 0, 0, 0, 0xff, 0xff, 0xff, 0xfc, 4, 1, 0, 0];
        let fence = [248, 0, 0, 0, 0x80, 0, 0, 1, 2, 4, 5];
        let encodings = [2, 0, 0, 2, 0, 0, 0, 7, 0xff, 0xff, 0xff, 0x21];
        let request = [3, 1, 0, 0, 0, 0, 4, 0, 3, 0];
        let size = [&[251, 0, 4, 0, 3, 0, 1, 0][..], &[4; 16]].concat();
        let parts = [
            LOGIN, A_DOWN, &long, &extended, &fence, &encodings, &request, &size, LEFT_DOWN,
        ];
        assert_eq!(released(&parts), [A_UP, ALL_UP].concat());
    }

    #[test]
    fn a_login_is_stepped_over_whichever_it_is() {
        let then = [&[1], A_DOWN].concat();
        let with = |login: &[u8]| [login, &then].concat();
        let sealed = |length: u8| [&[0, length][..], &vec![9; usize::from(length) + 16]].concat();
        let rsa = [
            &[0, 0, 4, 0][..],
            &[9; 256],
            &[1, 0],
            &[9; 256],
            &sealed(20),
            &sealed(15),
        ]
        .concat();
        let plain = b"\0\0\0\x02\0\0\0\x03mepwd";
        let alone: [(u8, Vec<u8>); 8] = [
            (1, vec![]),
            (2, vec![9; 16]),
            (6, rsa.clone()),
            (130, rsa),
            (22, [&b"\x02\x03mevm1"[..], &[9; 16]].concat()),
            (113, vec![9; 328]),
            (19, [&[0, 2, 0, 0, 1, 0][..], plain].concat()),
            (19, [&[0, 2, 0, 0, 0, 2][..], &[9; 16]].concat()),
        ];
        for (number, login) in alone {
            let said = [GREETING, &[number], &login, &then].concat();
            assert_eq!(released(&[&said]), A_UP, "{number}");
        }

        // What the viewer's part follows from: Tight's lists, the length of Apple's key, what RFB 3.3's server chooses.
        let (none, one) = (&[0; 4][..], [&[0, 0, 0, 1][..], &[9; 16]].concat());
        let tight = (&[1, 16][..], &[16][..]);
        let key = [&[0, 2, 0, 64][..], &[9; 128]].concat();
        let old = b"RFB 003.003\n";
        let table: [&[Turn<'_>]; 7] = [
            &[(GREETING, GREETING), tight, (none, b""), (none, &then)],
            &[(GREETING, GREETING), tight, (&one, &[0; 4]), (none, &then)],
            &[
                (GREETING, GREETING),
                tight,
                (&one, &[0; 4]),
                (&one, &[0, 0, 0, 2]),
                (&[7; 16], &with(&[9; 16])),
            ],
            &[
                (GREETING, GREETING),
                tight,
                (none, b""),
                (&one, &with(&[&[0, 0, 0, 129][..], plain].concat())),
            ],
            &[
                (GREETING, GREETING),
                (&[2, 35, 30], &[30]),
                (&key, &with(&[9; 128 + 64])),
            ],
            &[(old, old), (&[0, 0, 0, 1], &then)],
            &[(GREETING, old), (&[0, 0, 0, 2], b""), (&[7; 16], &with(&[9; 16]))],
        ];
        for turns in table {
            assert_eq!(released_after(turns), A_UP, "{turns:?}");
        }
    }

    #[test]
    fn of_who_cannot_be_followed_nothing_is_released() {
        let then = [&[1], A_DOWN].concat();
        let old = b"RFB 003.003\n";
        let table: [&[Turn<'_>]; 6] = [
            // RA2 encrypts all that comes.
            &[(GREETING, GREETING), (&[1, 5], &[5]), (&[9; 4], &then)],
            // Nobody has said what the length follows from.
            &[(b"", old), (b"", &then)],
            &[(GREETING, GREETING), (&[1, 16], &[16]), (b"", &then)],
            &[(GREETING, GREETING), (&[1, 30], &[30]), (&[0, 2], &then)],
            // Nobody has that many tunnels, or such a key.
            &[(GREETING, GREETING), (&[1, 16], &[16]), (&[255; 17_000], &then)],
            &[(GREETING, GREETING), (&[1, 30], &[30]), (&[0, 2, 255, 0], &then)],
        ];
        for turns in table {
            assert!(released_after(turns).is_empty(), "{turns:?}");
        }
        // A message that nobody knows.
        assert!(released(&[LOGIN, A_DOWN, &[99]]).is_empty());
    }

    #[test]
    fn nothing_is_said_in_the_middle_of_a_message() {
        for rest in [&A_DOWN[..5], &LEFT_DOWN[..5], &[6, 0, 0, 0, 0, 0, 0, 9, 1]] {
            assert!(released(&[LOGIN, A_DOWN, rest]).is_empty(), "{rest:?}");
        }
    }

    #[test]
    fn more_buttons_are_told_by_what_follows_them() {
        const ENCODINGS: &[u8] = &[2, 0, 0, 1, 0xff, 0xff, 0xfe, 0xc4];
        const REQUEST: &[u8] = &[3, 1, 0, 0, 0, 0, 4, 0, 3, 0];
        let back_down = [5, 0x80, 0, 8, 0, 9];
        let back_up: &[u8] = &[5, 0, 0, 8, 0, 9];
        let extended = |low: u8, more: u8| [5, 0x80 | low, 0, 8, 0, 9, more];
        let table: [(Said<'_>, Said<'_>); 16] = [
            (&[&back_down], &[back_up]),
            (&[&back_down, back_up], &[]),
            (&[&back_down, A_DOWN], &[A_UP, back_up]),
            (&[&back_down, REQUEST, A_DOWN], &[A_UP, back_up]),
            (&[&back_down, ENCODINGS, A_DOWN], &[A_UP, back_up]),
            (&[&extended(0, 1)], &[back_up]),
            (&[&extended(0, 1), A_DOWN], &[A_UP, back_up]),
            (&[&extended(0, 1), back_up, A_DOWN], &[A_UP]),
            (&[&extended(0, 2)], &[back_up]),
            (&[&extended(0, 2), A_DOWN], &[A_UP, back_up]),
            (&[&extended(0, 3), A_DOWN], &[A_UP, back_up]),
            (&[&extended(0, 2), REQUEST, A_DOWN], &[A_UP, back_up]),
            (&[&extended(0, 3), REQUEST, A_DOWN], &[A_UP, back_up]),
            (&[&extended(0, 0), A_DOWN], &[A_UP]),
            (&[&extended(1, 0), A_DOWN], &[A_UP, back_up]),
            (&[&extended(1, 1), &extended(0, 1), back_up, A_DOWN], &[A_UP]),
        ];
        for (said, expected) in table {
            let whole = [LOGIN, ENCODINGS, &said.concat()].concat();
            assert_eq!(released(&[&whole]), expected.concat(), "{said:?}");
        }
        // A server that has not been asked for them takes the bit for the back button.
        assert_eq!(released(&[LOGIN, &back_down]), back_up);
        assert!(released(&[LOGIN, &extended(0, 1), A_DOWN]).is_empty());
    }

    #[test]
    fn nobody_holds_more_keys_than_there_are_fingers() {
        let mut said = LOGIN.to_vec();
        for keysym in 0..1000_u16 {
            said.extend([4, 1, 0, 0, 0, 0]);
            said.extend(keysym.to_be_bytes());
        }
        assert_eq!(released(&[&said]).len(), MOST_KEYS * 8);
    }
}
