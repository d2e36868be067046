//! `FramebufferUpdate` (RFC 6143, 7.6.1): its rectangles, and those of pseudo-encodings (7.8).

use super::Session;
use super::event::Event;
use super::screens::{ResizeStatus, Screen};
use crate::cursor::Cursor;
use crate::encoding::Encoding;
use crate::encodings::{Context, Decoders, Progress};
use crate::error::{DecodeError, Error, MessageError};
use crate::geometry::{Rect, Size};
use crate::input::{Collector, Input, u16_at};
use crate::pixel::{self, PixelReader};

/// What this client asks for besides encodings.
pub(super) const PSEUDO_ENCODINGS: &[Encoding] = &[
    Encoding::CURSOR,
    Encoding::DESKTOP_SIZE,
    Encoding::EXTENDED_DESKTOP_SIZE,
    Encoding::LAST_RECT,
    Encoding::DESKTOP_NAME,
    Encoding::FENCE,
    Encoding::CONTINUOUS_UPDATES,
    Encoding::EXTENDED_MOUSE_BUTTONS,
    Encoding::TIGHT_WITHOUT_ZLIB,
    Encoding::EXTENDED_CLIPBOARD,
];

/// x, y, width, height and encoding.
const HEADER: usize = 12;

/// How many rectangles an update has that does not say so: it ends with LastRect.
const UNTIL_LAST_RECT: u16 = 0xFFFF;

/// An update under way.
#[derive(Debug, Default)]
pub(super) struct Update {
    decoders: Decoders,
    /// Rectangles still to come; `None` where only LastRect ends the update.
    left: Option<u16>,
    rectangles: u32,
    current: Option<Current>,
}

/// A rectangle under way.
#[derive(Debug)]
struct Current {
    rect: Rect,
    encoding: Encoding,
    bytes: u64,
    content: Content,
}

/// What a rectangle carries.
#[derive(Debug)]
enum Content {
    /// Pixels, for its encoding's decoder.
    Pixels,
    /// Nothing that has to be read.
    Nothing,
    CursorShape(Collector),
    VideoHeader,
    VideoData {
        flags: u32,
        data: Collector,
    },
    /// A video is being decoded.
    Video,
    NameLength,
    Name(Collector),
    ScreenCount,
    Screens(Collector),
}

impl Update {
    pub(super) fn begin(&mut self, count: u16) {
        self.left = (count != UNTIL_LAST_RECT).then_some(count);
        self.rectangles = 0;
    }

    pub(super) fn rectangles(&self) -> u32 {
        self.rectangles
    }

    /// Goes on as far as the input reaches. `Complete` is the end of the whole update.
    pub(super) fn advance(
        &mut self,
        input: &mut Input<'_>,
        session: &mut Session,
    ) -> Result<Progress, Error> {
        loop {
            let mut current = match self.current.take() {
                Some(current) => current,
                None if self.left == Some(0) => return Ok(Progress::Complete),
                None => {
                    let Some(header) = input.array::<HEADER>() else {
                        return Ok(Progress::NeedMore);
                    };
                    let (rect, encoding) = parse(&header);
                    let content = self
                        .start(rect, encoding, session)
                        .map_err(|reason| failed(rect, encoding, reason))?;
                    Current {
                        rect,
                        encoding,
                        bytes: 0,
                        content,
                    }
                }
            };
            let before = input.len();
            let progress = self
                .content(&mut current, input, session)
                .map_err(|reason| failed(current.rect, current.encoding, reason))?;
            current.bytes += (before - input.len()) as u64;
            if progress == Progress::NeedMore {
                self.current = Some(current);
                return Ok(progress);
            }
            self.finish(&current, session);
        }
    }

    /// Checks a rectangle's header and makes ready for what it carries.
    fn start(
        &mut self,
        rect: Rect,
        encoding: Encoding,
        session: &mut Session,
    ) -> Result<Content, DecodeError> {
        Ok(match encoding {
            Encoding::CURSOR => {
                let limit = session.config.limits.cursor_side;
                let side = rect.width.max(rect.height);
                if side > limit {
                    let (value, limit) = (usize::from(side), usize::from(limit));
                    return Err(DecodeError::TooLarge {
                        what: "a side",
                        value,
                        limit,
                    });
                }
                let mut shape = Collector::default();
                shape.begin(
                    rect.area() * session.format.pixel().bytes()
                        + mask_stride(rect) * usize::from(rect.height),
                );
                Content::CursorShape(shape)
            }
            Encoding::DESKTOP_SIZE => {
                session.resize(rect.size())?;
                Content::Nothing
            }
            Encoding::LAST_RECT => Content::Nothing,
            Encoding::EXTENDED_MOUSE_BUTTONS => {
                session.abilities.extended_mouse_buttons = true;
                Content::Nothing
            }
            Encoding::DESKTOP_NAME => Content::NameLength,
            Encoding::H264 => {
                check_fits(rect, session)?;
                Content::VideoHeader
            }
            Encoding::EXTENDED_DESKTOP_SIZE => Content::ScreenCount,
            _ => {
                let decoder = self.decoders.get(encoding).ok_or(DecodeError::UnknownEncoding)?;
                check_fits(rect, session)?;
                decoder.begin(rect);
                Content::Pixels
            }
        })
    }

    /// Goes on with what a rectangle carries.
    fn content(
        &mut self,
        current: &mut Current,
        input: &mut Input<'_>,
        session: &mut Session,
    ) -> Result<Progress, DecodeError> {
        let rect = current.rect;
        loop {
            let next = match &mut current.content {
                Content::Nothing => return Ok(Progress::Complete),
                Content::Pixels => {
                    let decoder = self
                        .decoders
                        .get(current.encoding)
                        .ok_or(DecodeError::UnknownEncoding)?;
                    let context = Context {
                        format: &session.format,
                        jpeg_quality: session.config.jpeg_quality,
                        limits: &session.config.limits,
                    };
                    let progress = decoder.decode(input, &mut session.framebuffer, &context)?;
                    if progress == Progress::Complete {
                        session.framebuffer.mark(rect);
                    }
                    return Ok(progress);
                }
                Content::CursorShape(shape) => {
                    let Some(shape) = shape.collect(input) else { break };
                    session.event(Event::CursorChanged(cursor(rect, shape, session.format.pixel())));
                    Content::Nothing
                }
                Content::VideoHeader => {
                    let Some([l0, l1, l2, l3, f0, f1, f2, f3]) = input.array::<8>() else {
                        break;
                    };
                    let length = u32::from_be_bytes([l0, l1, l2, l3]) as usize;
                    let limit = session.config.limits.image_bytes;
                    if length > limit {
                        return Err(DecodeError::TooLarge {
                            what: "a video's length",
                            value: length,
                            limit,
                        });
                    }
                    let mut data = Collector::default();
                    data.begin(length);
                    Content::VideoData {
                        flags: u32::from_be_bytes([f0, f1, f2, f3]),
                        data,
                    }
                }
                Content::VideoData { flags, data } => {
                    let Some(data) = data.collect(input) else { break };
                    if session.begin_video(*flags, rect, data) {
                        Content::Video
                    } else {
                        Content::Nothing
                    }
                }
                Content::Video => {
                    let Some(picture) = session.video.take() else {
                        break;
                    };
                    session.draw_video(rect, picture.as_deref().unwrap_or_default());
                    Content::Nothing
                }
                Content::NameLength => {
                    let Some(length) = input.u32() else { break };
                    let limit = session.config.limits.text_bytes;
                    if length as usize > limit {
                        return Err(MessageError::TooLong {
                            what: "the name",
                            length,
                            limit,
                        }
                        .into());
                    }
                    let mut text = Collector::default();
                    text.begin(length as usize);
                    Content::Name(text)
                }
                Content::Name(text) => {
                    let Some(text) = text.collect(input) else { break };
                    let name = String::from_utf8_lossy(text).into_owned();
                    session.event(Event::NameChanged(name));
                    Content::Nothing
                }
                Content::ScreenCount => {
                    let Some([count, _, _, _]) = input.array::<4>() else {
                        break;
                    };
                    let mut screens = Collector::default();
                    screens.begin(usize::from(count) * Screen::LENGTH);
                    Content::Screens(screens)
                }
                Content::Screens(screens) => {
                    let Some(screens) = screens.collect(input) else {
                        break;
                    };
                    let screens = screens.as_chunks().0.iter().map(screen).collect();
                    extended_desktop_size(rect, screens, session)?;
                    Content::Nothing
                }
            };
            current.content = next;
        }
        Ok(Progress::NeedMore)
    }

    fn finish(&mut self, current: &Current, session: &mut Session) {
        session
            .statistics
            .count(current.encoding, current.rect, current.bytes);
        self.rectangles += 1;
        self.left = match self.left {
            _ if current.encoding == Encoding::LAST_RECT => Some(0),
            Some(left) => Some(left.saturating_sub(1)),
            None => None,
        };
    }
}

fn check_fits(rect: Rect, session: &Session) -> Result<(), DecodeError> {
    let size = session.framebuffer.size();
    if rect.fits(size) {
        Ok(())
    } else {
        Err(DecodeError::OutsideFramebuffer(size))
    }
}

impl Session {
    /// Says whether there is something to be decoded, and waited for.
    fn begin_video(&mut self, flags: u32, rect: Rect, data: &[u8]) -> bool {
        let mut closed = self.videos.apply(flags, rect);
        let (video, other) = self.videos.video(rect, data);
        closed.extend(other);
        if !closed.is_empty() {
            self.event(Event::VideoContextsClosed(closed));
        }
        self.video = None;
        let is_there = video.is_some();
        self.events.extend(video.map(Event::VideoReceived));
        is_there
    }

    /// Draws as many rows as the picture has.
    fn draw_video(&mut self, rect: Rect, picture: &[u8]) {
        if picture.is_empty() {
            return;
        }
        let rows = picture.chunks_exact(usize::from(rect.width) * pixel::BYTES);
        for (y, row) in (rect.y..).zip(rows).take(usize::from(rect.height)) {
            pixel::copy_rgbx(self.framebuffer.row_mut(rect.x, y, rect.width), row);
        }
        self.framebuffer.mark(rect);
    }
}

fn parse(header: &[u8; HEADER]) -> (Rect, Encoding) {
    let rect = Rect::new(
        u16_at(header, 0),
        u16_at(header, 2),
        u16_at(header, 4),
        u16_at(header, 6),
    );
    let [.., e0, e1, e2, e3] = *header;
    (rect, Encoding(i32::from_be_bytes([e0, e1, e2, e3])))
}

fn failed(rect: Rect, encoding: Encoding, reason: DecodeError) -> Error {
    Error::Rectangle {
        encoding,
        rect,
        reason,
    }
}

/// Bytes of a row of a cursor's mask.
fn mask_stride(rect: Rect) -> usize {
    usize::from(rect.width).div_ceil(8)
}

/// The Cursor pseudo-encoding (RFC 6143, 7.8.1): pixels, then a mask with a bit for each, of which a set one
/// makes the pixel visible.
fn cursor(rect: Rect, shape: &[u8], reader: PixelReader<'_>) -> Cursor {
    let (pixels, mask) = shape
        .split_at_checked(rect.area() * reader.bytes())
        .unwrap_or_default();
    let mut rgba = Vec::with_capacity(rect.area() * pixel::BYTES);
    for (number, wire) in pixels.chunks_exact(reader.bytes()).enumerate() {
        let (row, column) = (number / usize::from(rect.width), number % usize::from(rect.width));
        let bits = mask
            .get(row * mask_stride(rect) + column / 8)
            .copied()
            .unwrap_or_default();
        if bits & 0x80 >> (column % 8) == 0 {
            rgba.extend_from_slice(&[0; pixel::BYTES]);
        } else {
            rgba.extend_from_slice(&reader.read(wire).to_ne_bytes());
        }
    }
    Cursor {
        size: rect.size(),
        hotspot: (rect.x, rect.y),
        rgba,
    }
}

fn screen(bytes: &[u8; Screen::LENGTH]) -> Screen {
    let [i0, i1, i2, i3, place @ .., f0, f1, f2, f3] = *bytes;
    Screen {
        id: u32::from_be_bytes([i0, i1, i2, i3]),
        rect: Rect::new(
            u16_at(&place, 0),
            u16_at(&place, 2),
            u16_at(&place, 4),
            u16_at(&place, 6),
        ),
        flags: u32::from_be_bytes([f0, f1, f2, f3]),
    }
}

/// The header's x says who has changed the size (1: this client), its y what became of it.
fn extended_desktop_size(
    rect: Rect,
    screens: Vec<Screen>,
    session: &mut Session,
) -> Result<(), MessageError> {
    const THIS_CLIENT: u16 = 1;
    session.abilities.extended_desktop_size = true;
    let size: Size = rect.size();
    let status = ResizeStatus::from_wire(rect.y);
    // Only a change that was done carries the size and screens that now are.
    if rect.x != THIS_CLIENT || status == ResizeStatus::Done {
        session.resize(size)?;
        if session.screens != screens {
            session.screens.clone_from(&screens);
            session.event(Event::ScreensChanged(screens));
        }
    }
    if rect.x == THIS_CLIENT {
        session.event(Event::ResizeAnswered(status));
    }
    Ok(())
}
