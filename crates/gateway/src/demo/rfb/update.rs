//! Framing of what the server sends: FramebufferUpdate and its pseudo-encodings, and the small messages.

use super::Error;
use super::client_message::Screen;
use super::encoding::{Encoder, Encoding};
use super::pixel_format::PixelFormat;
use crate::demo::cursor::CursorImage;
use crate::demo::geometry::{Rect, Region, Size};
use crate::demo::paint::Frame;

pub(crate) const DESKTOP_SIZE: i32 = -223;
pub(crate) const CURSOR: i32 = -239;
pub(crate) const EXTENDED_DESKTOP_SIZE: i32 = -308;
pub(crate) const FENCE: i32 = -312;
pub(crate) const CONTINUOUS_UPDATES: i32 = -313;
pub(crate) const EXTENDED_MOUSE_BUTTONS: i32 = -316;

/// A FramebufferUpdate while it is put together.
#[derive(Debug)]
pub(crate) struct Update {
    bytes: Vec<u8>,
    rectangles: u16,
}

impl Update {
    pub(crate) fn new() -> Self {
        Self {
            bytes: vec![0; 4],
            rectangles: 0,
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rectangles == 0
    }

    /// The whole message.
    pub(crate) fn finish(mut self) -> Vec<u8> {
        self.bytes[2..4].copy_from_slice(&self.rectangles.to_be_bytes());
        self.bytes
    }

    fn header(&mut self, area: Rect, encoding: i32) {
        for field in [area.x, area.y, area.width, area.height] {
            self.bytes.extend((field as u16).to_be_bytes());
        }
        self.bytes.extend(encoding.to_be_bytes());
        self.rectangles += 1;
    }

    pub(crate) fn desktop_size(&mut self, size: Size) {
        self.header(Rect::of_size(size), DESKTOP_SIZE);
    }

    /// ExtendedDesktopSize with a single screen; `reason` and `status` as in rfbproto.
    pub(crate) fn extended_desktop_size(&mut self, size: Size, reason: u8, status: u8, screen: Screen) {
        let area = Rect::new(reason.into(), status.into(), size.width, size.height);
        self.header(area, EXTENDED_DESKTOP_SIZE);
        self.bytes.extend([1, 0, 0, 0]);
        self.bytes.extend(screen.id.to_be_bytes());
        for field in [0, 0, size.width, size.height] {
            self.bytes.extend((field as u16).to_be_bytes());
        }
        self.bytes.extend(screen.flags.to_be_bytes());
    }

    /// Says that PointerEvents may carry the back and forward buttons.
    pub(crate) fn extended_mouse_buttons(&mut self) {
        self.header(Rect::default(), EXTENDED_MOUSE_BUTTONS);
    }

    /// Cursor (RFC 6143, 7.8.1): pixels, then a bit per pixel that is part of the shape.
    pub(crate) fn cursor(&mut self, image: &CursorImage, format: PixelFormat) {
        let hotspot = image.hotspot();
        let size = image.size();
        self.header(Rect::new(hotspot.x, hotspot.y, size.width, size.height), CURSOR);
        for pixel in image.pixels() {
            format.write(pixel.unwrap_or_default(), &mut self.bytes);
        }
        for row in image.pixels().chunks(size.width as usize) {
            for group in row.chunks(8) {
                let bits = group.iter().enumerate();
                self.bytes.push(bits.fold(0, |byte, (bit, pixel)| {
                    byte | (u8::from(pixel.is_some()) << (7 - bit))
                }));
            }
        }
    }

    /// The pixels of `region`.
    ///
    /// # Errors
    /// When the compressor fails.
    pub(crate) fn pixels(
        &mut self,
        region: &Region,
        frame: &Frame,
        encoder: &mut Encoder,
        encoding: Encoding,
        format: PixelFormat,
    ) -> Result<(), Error> {
        for area in region.pieces() {
            self.header(*area, encoding.number());
            encoder.encode(encoding, format, frame, *area, &mut self.bytes)?;
        }
        Ok(())
    }
}

pub(crate) fn bell() -> Vec<u8> {
    vec![2]
}

/// ServerCutText, whose text is Latin-1: other characters become question marks.
pub(crate) fn server_cut_text(text: &str) -> Vec<u8> {
    let latin1: Vec<u8> = text
        .chars()
        .map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?'))
        .collect();
    let mut message = vec![3, 0, 0, 0];
    message.extend((latin1.len() as u32).to_be_bytes());
    message.extend(latin1);
    message
}

pub(crate) fn end_of_continuous_updates() -> Vec<u8> {
    vec![150]
}

/// ServerFence; the payload is at most 64 bytes.
pub(crate) fn server_fence(flags: u32, payload: &[u8]) -> Vec<u8> {
    let mut message = vec![248, 0, 0, 0];
    message.extend(flags.to_be_bytes());
    message.push(payload.len() as u8);
    message.extend(payload);
    message
}
