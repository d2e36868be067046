//! What a client says.

use axum::body::Bytes;
use axum::extract::ws::{Message, WebSocket};
use futures_util::StreamExt as _;
use futures_util::stream::SplitStream;

/// A client's bytes, in the order in which they come.
#[derive(Debug)]
pub(super) struct Inbox {
    socket: SplitStream<WebSocket>,
    bytes: Vec<u8>,
}

/// A message of the client's.
#[derive(Debug)]
pub(super) struct ClientMessage {
    pub(super) kind: u8,
    /// All of it.
    pub(super) bytes: Vec<u8>,
}

/// `SetEncodings`, `FramebufferUpdateRequest`, `PointerEvent` and the answer to a fence.
pub(super) const SET_ENCODINGS: u8 = 2;
pub(super) const REQUEST: u8 = 3;
pub(super) const POINTER: u8 = 5;
pub(super) const FENCE: u8 = 248;

impl Inbox {
    pub(super) fn new(socket: SplitStream<WebSocket>) -> Self {
        Self {
            socket,
            bytes: Vec::new(),
        }
    }

    /// The next bytes. There is nothing when the client has gone.
    pub(super) async fn take(&mut self, count: usize) -> Option<Vec<u8>> {
        self.fill(count).await?;
        Some(self.bytes.drain(..count).collect())
    }

    async fn fill(&mut self, count: usize) -> Option<()> {
        while self.bytes.len() < count {
            if let Message::Binary(bytes) = self.socket.next().await?.ok()? {
                self.bytes.extend_from_slice(&bytes);
            }
        }
        Some(())
    }

    /// The next message after the handshake. It is either taken as a whole or, if this is not waited for, not at all.
    pub(super) async fn message(&mut self) -> Option<ClientMessage> {
        self.fill(1).await?;
        let length = loop {
            match length(&self.bytes)? {
                Length::Is(length) => break length,
                Length::Needs(count) => self.fill(count).await?,
            }
        };
        self.fill(length).await?;
        let bytes: Vec<u8> = self.bytes.drain(..length).collect();
        Some(ClientMessage {
            kind: *bytes.first()?,
            bytes,
        })
    }
}

impl ClientMessage {
    /// Where a `PointerEvent` is.
    pub(super) fn pointer(&self) -> Option<(u16, u16)> {
        match self.bytes[..] {
            [POINTER, _, x1, x0, y1, y0, ..] => {
                Some((u16::from_be_bytes([x1, x0]), u16::from_be_bytes([y1, y0])))
            }
            _ => None,
        }
    }

    /// What a fence carries.
    pub(super) fn fence(&self) -> Option<&[u8]> {
        (self.kind == FENCE).then(|| self.bytes.get(9..)).flatten()
    }

    /// The same without one of the encodings, if it is `SetEncodings`.
    pub(super) fn without(mut self, encoding: i32) -> Vec<u8> {
        if self.kind == SET_ENCODINGS {
            let kept: Vec<u8> = self.bytes[4..]
                .chunks_exact(4)
                .filter(|other| *other != encoding.to_be_bytes())
                .flatten()
                .copied()
                .collect();
            self.bytes.truncate(2);
            self.bytes.extend(((kept.len() / 4) as u16).to_be_bytes());
            self.bytes.extend(kept);
        }
        self.bytes
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Length {
    Is(usize),
    /// It can be told when there are so many bytes.
    Needs(usize),
}

/// How long the message is that begins here, or `None` for one that nobody was offered.
fn length(bytes: &[u8]) -> Option<Length> {
    let is = |length| Some(Length::Is(length));
    let with = |needed: usize, length: &dyn Fn() -> usize| {
        Some(if bytes.len() < needed {
            Length::Needs(needed)
        } else {
            Length::Is(length())
        })
    };
    let short = |at: usize| usize::from(u16::from_be_bytes([bytes[at], bytes[at + 1]]));
    match *bytes.first()? {
        0 => is(20),
        SET_ENCODINGS => with(4, &|| 4 + short(2) * 4),
        REQUEST | 150 => is(10),
        4 => is(8),
        // The mark of a ninth button's form.
        POINTER => with(2, &|| if bytes[1] & 0x80 != 0 { 7 } else { 6 }),
        6 => with(8, &|| {
            let length = i32::from_be_bytes([bytes[4], bytes[5], bytes[6], bytes[7]]);
            8 + length.unsigned_abs() as usize
        }),
        FENCE => with(9, &|| 9 + usize::from(bytes[8])),
        251 => with(8, &|| 8 + usize::from(bytes[6]) * 16),
        255 => is(12),
        _ => None,
    }
}

/// A message to the client.
pub(super) fn binary(bytes: impl Into<Bytes>) -> Message {
    Message::Binary(bytes.into())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::{ClientMessage, Length, length};

    #[test]
    fn a_message_is_as_long_as_it_says() {
        assert_eq!(length(&[3]), Some(Length::Is(10)));
        assert_eq!(length(&[2, 0]), Some(Length::Needs(4)));
        assert_eq!(length(&[2, 0, 0, 3]), Some(Length::Is(16)));
        // Two bytes of an extended clipboard, whose length is negative.
        assert_eq!(length(&[6, 0, 0, 0, 255, 255, 255, 254]), Some(Length::Is(10)));
        assert_eq!(length(&[5, 0x80]), Some(Length::Is(7)));
        assert_eq!(length(&[248, 0, 0, 0, 0, 0, 0, 0, 8]), Some(Length::Is(17)));
        assert_eq!(length(&[99]), None);
    }

    #[test]
    fn an_encoding_can_be_hidden() {
        let bytes = [&[2, 0, 0, 2][..], &7_i32.to_be_bytes(), &(-313_i32).to_be_bytes()].concat();
        let message = ClientMessage { kind: 2, bytes };
        assert_eq!(message.without(-313), [2, 0, 0, 1, 0, 0, 0, 7]);
    }

    #[test]
    fn a_pointer_is_where_it_says() {
        let message = ClientMessage {
            kind: 5,
            bytes: vec![5, 0, 1, 2, 0, 3],
        };
        assert_eq!(message.pointer(), Some((258, 3)));
    }
}
