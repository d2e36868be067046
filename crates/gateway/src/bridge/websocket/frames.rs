//! Frames as a client reads and writes them (RFC 6455, section 5), without input and output.

use std::mem;

use bytes::Bytes;

/// What a frame is for (RFC 6455, 5.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Opcode {
    Continuation = 0,
    Text = 1,
    Binary = 2,
    Close = 8,
    Ping = 9,
    Pong = 10,
}

/// What a server says.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Inbound {
    /// Some of a message.
    Data(Bytes),
    Ping(Bytes),
    Pong,
    /// That it goes: its code, if it gives one, and its reason.
    Close(Option<u16>, String),
}

/// What a server has sent, taken apart. Feed it when it has nothing any more.
#[derive(Debug, Default)]
pub(super) struct Frames {
    input: Bytes,
    /// The beginning of what is only of use as a whole: a head, or what a control frame carries.
    held: Vec<u8>,
    at: At,
    /// Whether a message has begun whose last frame is yet to come.
    within_message: bool,
}

#[derive(Debug, Clone, Copy, Default)]
enum At {
    #[default]
    Head,
    Data {
        left: u64,
    },
    Control {
        opcode: Opcode,
        length: usize,
    },
}

const FIN: u8 = 0x80;
const RESERVED: u8 = 0x70;
const MASKED: u8 = 0x80;

/// The most that a control frame carries (RFC 6455, 5.5).
const MOST_CONTROL: u64 = 125;

/// Lengths in one byte that stand for one in the two or the eight bytes behind it.
const IN_TWO_BYTES: u8 = 126;
const IN_EIGHT_BYTES: u8 = 127;

impl Frames {
    /// What has come.
    pub(super) fn feed(&mut self, bytes: Bytes) {
        debug_assert!(self.input.is_empty(), "it is fed when it has nothing any more");
        self.input = bytes;
    }

    /// The next of what is there.
    ///
    /// # Errors
    /// What the server did wrong: a clause whose subject it is.
    pub(super) fn next(&mut self) -> Result<Option<Inbound>, String> {
        loop {
            match self.at {
                At::Head => match self.head()? {
                    Some(at) => self.at = at,
                    None => return Ok(None),
                },
                At::Data { left: 0 } => self.at = At::Head,
                At::Data { left } => {
                    let here =
                        usize::try_from(left).map_or(self.input.len(), |left| left.min(self.input.len()));
                    if here == 0 {
                        return Ok(None);
                    }
                    self.at = At::Data {
                        left: left - here as u64,
                    };
                    return Ok(Some(Inbound::Data(self.input.split_to(here))));
                }
                At::Control { opcode, length } => {
                    if !self.hold(length) {
                        return Ok(None);
                    }
                    self.at = At::Head;
                    let payload = mem::take(&mut self.held);
                    return Ok(Some(match opcode {
                        Opcode::Ping => Inbound::Ping(payload.into()),
                        Opcode::Close => close(&payload),
                        _ => Inbound::Pong,
                    }));
                }
            }
        }
    }

    /// A frame's head, once all of it is there.
    fn head(&mut self) -> Result<Option<At>, String> {
        if !self.hold(2) {
            return Ok(None);
        }
        let short = self.held[1] & !MASKED;
        let whole = match short {
            IN_TWO_BYTES => 2 + 2,
            IN_EIGHT_BYTES => 2 + 8,
            _ => 2,
        };
        if !self.hold(whole) {
            return Ok(None);
        }
        let head = mem::take(&mut self.held);
        let length = match head[2..] {
            [] => u64::from(short),
            ref long => long.iter().fold(0, |length, byte| length << 8 | u64::from(*byte)),
        };
        if head[0] & RESERVED != 0 {
            return Err(
                "it sent a frame with reserved bits, as if compression had been agreed on".to_owned(),
            );
        }
        if head[1] & MASKED != 0 {
            return Err("it sent a masked frame, as only clients do".to_owned());
        }
        if length > i64::MAX as u64 {
            return Err(format!("it sent a frame of {length} bytes"));
        }
        let is_last = head[0] & FIN != 0;
        let opcode = match head[0] & 0x0F {
            0 => Opcode::Continuation,
            1 => Opcode::Text,
            2 => Opcode::Binary,
            8 => Opcode::Close,
            9 => Opcode::Ping,
            10 => Opcode::Pong,
            other => return Err(format!("it sent a frame of the kind {other}, which there is not")),
        };
        match opcode {
            Opcode::Text => Err("it sent text".to_owned()),
            Opcode::Continuation | Opcode::Binary => {
                if (opcode == Opcode::Continuation) != self.within_message {
                    return Err("it sent frames of a message that are in no order".to_owned());
                }
                self.within_message = !is_last;
                Ok(Some(At::Data { left: length }))
            }
            Opcode::Close | Opcode::Ping | Opcode::Pong => {
                if length > MOST_CONTROL || !is_last {
                    return Err(format!("it sent a {opcode:?} of {length} bytes or in parts"));
                }
                let length = length as usize;
                Ok(Some(At::Control { opcode, length }))
            }
        }
    }

    /// Holds so many bytes, if they are there.
    fn hold(&mut self, count: usize) -> bool {
        let missing = count.saturating_sub(self.held.len());
        let here = missing.min(self.input.len());
        self.held.extend_from_slice(&self.input.split_to(here));
        here == missing
    }
}

fn close(payload: &[u8]) -> Inbound {
    match payload.split_first_chunk() {
        Some((code, reason)) => Inbound::Close(
            Some(u16::from_be_bytes(*code)),
            String::from_utf8_lossy(reason).into_owned(),
        ),
        None => Inbound::Close(None, String::new()),
    }
}

/// A frame that is a whole message, as a client sends it.
pub(super) fn frame(opcode: Opcode, payload: &[u8], mask: [u8; 4]) -> Vec<u8> {
    let mut frame = Vec::with_capacity(2 + 8 + mask.len() + payload.len());
    frame.push(FIN | opcode as u8);
    match payload.len() {
        length @ 0..=125 => frame.push(MASKED | length as u8),
        length @ 126..=0xFFFF => {
            frame.push(MASKED | IN_TWO_BYTES);
            frame.extend((length as u16).to_be_bytes());
        }
        length => {
            frame.push(MASKED | IN_EIGHT_BYTES);
            frame.extend((length as u64).to_be_bytes());
        }
    }
    frame.extend(mask);
    frame.extend(
        payload
            .iter()
            .zip(mask.iter().cycle())
            .map(|(byte, key)| byte ^ key),
    );
    frame
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What comes of these bytes, fed in pieces of this length, up to the first error. Neighbouring data are one.
    fn read(bytes: &[u8], piece: usize) -> (Vec<Inbound>, Option<String>) {
        let mut frames = Frames::default();
        let mut read = Vec::new();
        for piece in bytes.chunks(piece) {
            frames.feed(Bytes::copy_from_slice(piece));
            loop {
                match (frames.next(), read.last_mut()) {
                    (Ok(Some(Inbound::Data(more))), Some(Inbound::Data(data))) => {
                        *data = [&data[..], &more].concat().into();
                    }
                    (Ok(Some(inbound)), _) => read.push(inbound),
                    (Ok(None), _) => break,
                    (Err(error), _) => return (read, Some(error)),
                }
            }
        }
        (read, None)
    }

    /// The same in any slicing.
    fn read_in_any_slicing(bytes: &[u8]) -> (Vec<Inbound>, Option<String>) {
        let whole = read(bytes, bytes.len());
        for piece in 1..=bytes.len().min(20) {
            assert_eq!(read(bytes, piece), whole, "fed by {piece}");
        }
        whole
    }

    fn data(bytes: &[u8]) -> Inbound {
        Inbound::Data(Bytes::copy_from_slice(bytes))
    }

    #[test]
    fn frames_of_any_length_are_read() {
        for length in [1, 125, 126, 127, 0xFFFF, 0x1_0000] {
            let payload: Vec<u8> = (0..length).map(|number| number as u8).collect();
            let head = match length {
                0..=125 => vec![0x82, length as u8],
                126..=0xFFFF => [&[0x82, 126][..], &(length as u16).to_be_bytes()].concat(),
                _ => [&[0x82, 127][..], &(length as u64).to_be_bytes()].concat(),
            };
            let (read, error) = read_in_any_slicing(&[&head[..], &payload].concat());
            assert!(read == [data(&payload)] && error.is_none(), "{length}");
        }
    }

    #[test]
    fn a_message_in_parts_has_control_frames_in_between() {
        let bytes = [
            &[0x02, 2, 1, 2][..],
            &[0x89, 3, b'a', b'b', b'c'],
            &[0x00, 0],
            &[0x8A, 0],
            &[0x80, 1, 3],
            &[0x82, 0],
            &[0x88, 4, 0x0F, 0xA1, b'n', b'o'],
        ];
        let (read, error) = read_in_any_slicing(&bytes.concat());
        assert_eq!(error, None);
        assert_eq!(
            read,
            [
                data(&[1, 2]),
                Inbound::Ping(Bytes::from_static(b"abc")),
                Inbound::Pong,
                data(&[3]),
                Inbound::Close(Some(4001), "no".into()),
            ]
        );
    }

    #[test]
    fn a_close_may_say_nothing() {
        for bytes in [&[0x88, 0][..], &[0x88, 1, 3]] {
            assert_eq!(
                read_in_any_slicing(bytes),
                (vec![Inbound::Close(None, String::new())], None)
            );
        }
    }

    #[test]
    fn what_no_server_may_send_is_named() {
        for (bytes, error) in [
            (&[0xC2, 1, 1][..], "compression"),
            (&[0x82, 0x81, 1, 2, 3, 4, 5], "masked"),
            (&[0x83, 0], "the kind 3"),
            (&[0x81, 1, b'a'], "text"),
            (&[0x80, 1, 1], "no order"),
            (&[0x02, 1, 1, 0x82, 1, 1], "no order"),
            (&[0x09, 0], "Ping of 0 bytes or in parts"),
            (&[0x88, 126, 0, 126], "Close of 126 bytes"),
            (&[0x82, 127, 0x80, 0, 0, 0, 0, 0, 0, 0], "bytes"),
        ] {
            let (_, said) = read_in_any_slicing(bytes);
            assert!(said.as_deref().unwrap_or_default().contains(error), "{said:?}");
        }
    }

    #[test]
    fn what_is_promised_and_does_not_come_takes_no_room() {
        let (read, error) = read_in_any_slicing(&[0x82, 127, 0x7F, 255, 255, 255, 255, 255, 255, 255, 9]);
        assert_eq!((read, error), (vec![data(&[9])], None));
    }

    #[test]
    fn what_a_client_writes_is_masked() {
        assert_eq!(
            frame(Opcode::Binary, &[1, 2, 3, 4, 5], [1, 1, 2, 0xFF]),
            [0x82, 0x85, 1, 1, 2, 0xFF, 0, 3, 1, 0xFB, 4]
        );
        assert_eq!(frame(Opcode::Ping, &[], [9; 4]), [0x89, 0x80, 9, 9, 9, 9]);
        let long = frame(Opcode::Binary, &[0; 126], [0; 4]);
        assert_eq!(
            (long.len(), &long[..4]),
            (2 + 2 + 4 + 126, &[0x82, 0xFE, 0, 126][..])
        );
        let longer = frame(Opcode::Binary, &[0; 0x1_0000], [0; 4]);
        assert_eq!(
            (longer.len(), &longer[..10]),
            (2 + 8 + 4 + 0x1_0000, &[0x82, 0xFF, 0, 0, 0, 0, 0, 1, 0, 0][..])
        );
    }
}
