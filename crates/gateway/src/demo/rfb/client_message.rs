//! Messages from the client (RFC 6143, 7.5, and the community's rfbproto), cut from bytes in any slicing.

use super::Error;
use super::pixel_format::PixelFormat;
use crate::demo::geometry::{Point, Rect, Size};

/// Texts beyond this would only fill memory: the demo shows a few lines.
const MAX_CUT_TEXT: u32 = 256 * 1024;

/// What a client may say once the handshake is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ClientMessage {
    SetPixelFormat(PixelFormat),
    SetEncodings(Vec<i32>),
    FramebufferUpdateRequest {
        incremental: bool,
        area: Rect,
    },
    KeyEvent {
        down: bool,
        keysym: u32,
    },
    /// The mask has a bit per button, bits 7 and 8 being back and forward.
    PointerEvent {
        buttons: u16,
        position: Point,
    },
    ClientCutText(String),
    EnableContinuousUpdates {
        enable: bool,
        area: Rect,
    },
    ClientFence {
        flags: u32,
        payload: Vec<u8>,
    },
    SetDesktopSize {
        size: Size,
        screens: Vec<Screen>,
    },
}

/// A screen of an ExtendedDesktopSize layout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Screen {
    pub(crate) id: u32,
    pub(crate) area: Rect,
    pub(crate) flags: u32,
}

/// Collects bytes until they make a message.
#[derive(Debug, Default)]
pub(crate) struct Decoder {
    buffer: Vec<u8>,
    /// The client asked for ExtendedMouseButtons: bit 7 of a PointerEvent announces a further byte.
    pub(crate) extended_mouse_buttons: bool,
}

impl Decoder {
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// Takes `length` bytes as they are, once they are there.
    pub(crate) fn take(&mut self, length: usize) -> Option<Vec<u8>> {
        (self.buffer.len() >= length).then(|| self.buffer.drain(..length).collect())
    }

    /// The next whole message.
    ///
    /// # Errors
    /// An unknown message, a length out of bounds or an unusable pixel format; the stream is lost then.
    pub(crate) fn next(&mut self) -> Result<Option<ClientMessage>, Error> {
        let mut fields = Fields { rest: &self.buffer };
        let message = match fields.u8() {
            Some(kind) => parse(kind, &mut fields, self.extended_mouse_buttons)?,
            None => None,
        };
        if message.is_some() {
            let used = self.buffer.len() - fields.rest.len();
            self.buffer.drain(..used);
        }
        Ok(message)
    }
}

/// `None` as long as bytes are missing.
fn parse(kind: u8, fields: &mut Fields<'_>, extended_buttons: bool) -> Result<Option<ClientMessage>, Error> {
    match kind {
        0 => fields.set_pixel_format().transpose(),
        2 => Ok(fields.set_encodings()),
        3 => Ok(fields.framebuffer_update_request()),
        4 => Ok(fields.key_event()),
        5 => Ok(fields.pointer_event(extended_buttons)),
        6 => fields.client_cut_text(),
        150 => Ok(fields.enable_continuous_updates()),
        248 => fields.client_fence(),
        251 => Ok(fields.set_desktop_size()),
        unknown => Err(Error::UnknownMessage(unknown)),
    }
}

/// Reads fields off the front; `None` when too few bytes are left.
struct Fields<'a> {
    rest: &'a [u8],
}

impl Fields<'_> {
    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (bytes, rest) = self.rest.split_first_chunk::<N>()?;
        self.rest = rest;
        Some(*bytes)
    }

    fn bytes(&mut self, length: usize) -> Option<&[u8]> {
        let (bytes, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(bytes)
    }

    fn u8(&mut self) -> Option<u8> {
        self.array::<1>().map(|[byte]| byte)
    }

    fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_be_bytes)
    }

    fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_be_bytes)
    }

    fn point(&mut self) -> Option<Point> {
        Some(Point::new(self.u16()?.into(), self.u16()?.into()))
    }

    fn rect(&mut self) -> Option<Rect> {
        let (at, size) = (self.point()?, self.point()?);
        Some(Rect::new(at.x, at.y, size.x, size.y))
    }

    fn set_pixel_format(&mut self) -> Option<Result<ClientMessage, Error>> {
        self.array::<3>()?;
        Some(PixelFormat::parse(&self.array()?).map(ClientMessage::SetPixelFormat))
    }

    fn set_encodings(&mut self) -> Option<ClientMessage> {
        self.array::<1>()?;
        let count = usize::from(self.u16()?);
        let list = self.bytes(count * 4)?;
        let encodings = list.chunks_exact(4).map(|number| {
            number
                .iter()
                .fold(0_u32, |number, byte| (number << 8) | u32::from(*byte))
                .cast_signed()
        });
        Some(ClientMessage::SetEncodings(encodings.collect()))
    }

    fn framebuffer_update_request(&mut self) -> Option<ClientMessage> {
        let incremental = self.u8()? != 0;
        Some(ClientMessage::FramebufferUpdateRequest {
            incremental,
            area: self.rect()?,
        })
    }

    fn key_event(&mut self) -> Option<ClientMessage> {
        let down = self.u8()? != 0;
        self.array::<2>()?;
        Some(ClientMessage::KeyEvent {
            down,
            keysym: self.u32()?,
        })
    }

    fn pointer_event(&mut self, extended_buttons: bool) -> Option<ClientMessage> {
        let mut buttons = u16::from(self.u8()?);
        let position = self.point()?;
        if extended_buttons && buttons & 0x80 != 0 {
            buttons = (buttons & 0x7f) | (u16::from(self.u8()?) << 7);
        }
        Some(ClientMessage::PointerEvent { buttons, position })
    }

    fn client_cut_text(&mut self) -> Result<Option<ClientMessage>, Error> {
        let Some(length) = self.array::<3>().and_then(|_| self.u32()) else {
            return Ok(None);
        };
        if length > MAX_CUT_TEXT {
            return Err(Error::CutTextLength(length, MAX_CUT_TEXT));
        }
        // The text is Latin-1, whose bytes are the first 256 characters of Unicode.
        let text = self
            .bytes(length as usize)
            .map(|text| text.iter().copied().map(char::from).collect());
        Ok(text.map(ClientMessage::ClientCutText))
    }

    fn enable_continuous_updates(&mut self) -> Option<ClientMessage> {
        let enable = self.u8()? != 0;
        Some(ClientMessage::EnableContinuousUpdates {
            enable,
            area: self.rect()?,
        })
    }

    fn client_fence(&mut self) -> Result<Option<ClientMessage>, Error> {
        let header = self.array::<3>().and_then(|_| Some((self.u32()?, self.u8()?)));
        let Some((flags, length)) = header else {
            return Ok(None);
        };
        if length > 64 {
            return Err(Error::FenceLength(length));
        }
        let payload = self.bytes(length.into()).map(<[u8]>::to_vec);
        Ok(payload.map(|payload| ClientMessage::ClientFence { flags, payload }))
    }

    fn set_desktop_size(&mut self) -> Option<ClientMessage> {
        self.array::<1>()?;
        let size = self.point()?;
        let count = self.u8()?;
        self.array::<1>()?;
        let screens = (0..count)
            .map(|_| {
                Some(Screen {
                    id: self.u32()?,
                    area: self.rect()?,
                    flags: self.u32()?,
                })
            })
            .collect::<Option<Vec<_>>>()?;
        Some(ClientMessage::SetDesktopSize {
            size: Size::new(size.x, size.y),
            screens,
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn conversation() -> Vec<u8> {
        let mut bytes = vec![0, 0, 0, 0];
        bytes.extend(PixelFormat::SERVER.to_bytes());
        bytes.extend([2, 0, 0, 2, 0, 0, 0, 16, 0xff, 0xff, 0xfe, 0xcc]);
        bytes.extend([3, 1, 0, 1, 0, 2, 0, 3, 0, 4]);
        bytes.extend([4, 1, 0, 0, 0, 0, 0xff, 0x0d]);
        bytes.extend([5, 0x81, 1, 0, 0, 9, 0x02]);
        bytes.extend([6, 0, 0, 0, 0, 0, 0, 2, b'h', 0xe9]);
        bytes.extend([150, 1, 0, 0, 0, 0, 5, 0, 3, 0x20]);
        bytes.extend([248, 0, 0, 0, 0x80, 0, 0, 1, 2, 7, 8]);
        bytes.extend([
            251, 0, 3, 0, 2, 0, 1, 0, 0, 0, 0, 9, 0, 0, 0, 0, 3, 0, 2, 0, 0, 0, 0, 0,
        ]);
        bytes
    }

    fn messages() -> Vec<ClientMessage> {
        vec![
            ClientMessage::SetPixelFormat(PixelFormat::SERVER),
            ClientMessage::SetEncodings(vec![16, -308]),
            ClientMessage::FramebufferUpdateRequest {
                incremental: true,
                area: Rect::new(1, 2, 3, 4),
            },
            ClientMessage::KeyEvent {
                down: true,
                keysym: 0xff0d,
            },
            ClientMessage::PointerEvent {
                buttons: 0x101,
                position: Point::new(256, 9),
            },
            ClientMessage::ClientCutText("hé".to_owned()),
            ClientMessage::EnableContinuousUpdates {
                enable: true,
                area: Rect::new(0, 0, 1280, 800),
            },
            ClientMessage::ClientFence {
                flags: 0x8000_0001,
                payload: vec![7, 8],
            },
            ClientMessage::SetDesktopSize {
                size: Size::new(768, 512),
                screens: vec![Screen {
                    id: 9,
                    area: Rect::new(0, 0, 768, 512),
                    flags: 0,
                }],
            },
        ]
    }

    #[test]
    fn any_slicing_gives_the_same_messages() {
        for slice in [1, 2, 3, 5, 7, 16, 1000] {
            let mut decoder = Decoder {
                extended_mouse_buttons: true,
                ..Decoder::default()
            };
            let mut seen = Vec::new();
            for bytes in conversation().chunks(slice) {
                decoder.push(bytes);
                while let Some(message) = decoder.next().unwrap() {
                    seen.push(message);
                }
            }
            assert_eq!(seen, messages(), "slices of {slice}");
        }
    }

    #[test]
    fn without_extended_buttons_bit_7_is_the_back_button() {
        let mut decoder = Decoder::default();
        decoder.push(&[5, 0x80, 0, 1, 0, 2]);
        let expected = ClientMessage::PointerEvent {
            buttons: 0x80,
            position: Point::new(1, 2),
        };
        assert_eq!(decoder.next().unwrap(), Some(expected));
    }

    #[test]
    fn lengths_out_of_bounds_and_unknown_messages_end_the_stream() {
        let refused = |bytes: &[u8]| {
            let mut decoder = Decoder::default();
            decoder.push(bytes);
            decoder.next().unwrap_err().to_string()
        };
        assert!(refused(&[6, 0, 0, 0, 0x7f, 0, 0, 0]).contains("ClientCutText of 2130706432 bytes"));
        assert!(refused(&[248, 0, 0, 0, 0, 0, 0, 0, 65]).contains("65 bytes"));
        assert!(refused(&[99]).contains("unknown client message 99"));
    }
}
