//! What a viewer holds down at its desktop, so that the gateway lets go of it for one that is gone: a page that is closed
//! says nothing any more, nor does a network that is cut, and not every server releases by itself.
//!
//! A viewer is followed as far as its messages can be told apart. Of one whose login cannot be followed, or that says what
//! is not known here, nothing is known to be held.

use std::mem;

use bytes::Bytes;

use super::said::{Client, EXTENDED_MOUSE_BUTTONS, Part, next};

/// What is held by one viewer.
#[derive(Debug, Default)]
pub(super) struct Held {
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
const MORE_BUTTONS: u8 = 0x80;

/// Nobody has more fingers.
const MOST_KEYS: usize = 64;

/// The viewer cannot be followed.
struct Lost;

impl Held {
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
        if self.skip > 0 || !self.said.is_empty() {
            return Bytes::new();
        }
        let mut messages = mem::take(&mut self.keys).concat();
        messages.extend(self.buttons.take().iter().flatten());
        messages.into()
    }

    /// Takes in the next part, of which there is at least one byte: its length. None where more of it has to come.
    fn part(&mut self, rest: &[u8]) -> Result<Option<usize>, Lost> {
        let is_message = self.client == Client::Message;
        let length = match next(&mut self.client, rest).map_err(|_| Lost)? {
            Part::Incomplete => return Ok(None),
            Part::Pass(length) | Part::Drop(length) | Part::Replace(length, _) => length,
        };
        let is_of_interest = match rest {
            [SET_ENCODINGS | KEY_EVENT | POINTER_EVENT, ..] => true,
            [QEMU, kind, ..] => *kind == EXTENDED_KEY_EVENT,
            _ => false,
        };
        if !is_message || !is_of_interest {
            return Ok(Some(length));
        }
        match rest.get(..length) {
            Some(message) => self.message(message).map(|()| Some(length)),
            None => Ok(None),
        }
    }

    /// A whole message.
    fn message(&mut self, message: &[u8]) -> Result<(), Lost> {
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
            // Whether one byte more belongs to it only the server's pixels could tell.
            [POINTER_EVENT, buttons, ..] if self.may_extend_buttons && buttons & MORE_BUTTONS != 0 => {
                return Err(Lost);
            }
            [POINTER_EVENT, buttons, x0, x1, y0, y1] => {
                self.buttons = (buttons != 0).then_some([POINTER_EVENT, 0, x0, x1, y0, y1]);
            }
            _ => {}
        }
        Ok(())
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

#[cfg(test)]
mod tests {
    use super::*;

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

    /// What releases what is held after all of this, which is the same in any slicing.
    fn released(parts: Said<'_>) -> Vec<u8> {
        let said = parts.concat();
        let by = |size: usize| {
            let mut held = Held::default();
            said.chunks(size).for_each(|bytes| held.hear(bytes));
            let release = held.release();
            assert!(held.release().is_empty(), "it is released once");
            release
        };
        let whole = by(said.len());
        for size in [1, 2, 3, 7, 11] {
            assert_eq!(by(size), whole, "slices of {size}");
        }
        whole.to_vec()
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
    fn a_login_is_stepped_over_where_it_can_be_followed() {
        let password = [&b"RFB 003.008\n\x02"[..], &[9; 16], &[1]].concat();
        let plain = [
            &b"RFB 003.008\n\x13\0\x02\0\0\x01\0\0\0\0\x02\0\0\0\x03mepwd"[..],
            &[1],
        ]
        .concat();
        for login in [password, plain] {
            assert_eq!(released(&[&login, A_DOWN]), A_UP);
        }
        // RSA-AES encrypts what comes, and only a 3.3's server knows what that is.
        for login in [&b"RFB 003.008\n\x05\x01"[..], b"RFB 003.003\n\x01"] {
            assert!(released(&[login, A_DOWN]).is_empty());
        }
    }

    #[test]
    fn nothing_is_said_in_the_middle_of_a_message_and_of_who_cannot_be_followed() {
        for rest in [&A_DOWN[..5], &[6, 0, 0, 0, 0, 0, 0, 9, 1], &[99]] {
            assert!(released(&[LOGIN, A_DOWN, rest]).is_empty(), "{rest:?}");
        }
        let may_extend = [2, 0, 0, 1, 0xff, 0xff, 0xfe, 0xc4];
        let back = [5, 0x81, 0, 1, 0, 1, 1];
        assert_eq!(
            released(&[LOGIN, &may_extend, A_DOWN, LEFT_DOWN]),
            [A_UP, ALL_UP].concat()
        );
        assert!(released(&[LOGIN, &may_extend, A_DOWN, &back]).is_empty());
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
