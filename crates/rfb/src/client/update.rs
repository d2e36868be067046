//! `FramebufferUpdate` (RFC 6143, 7.6.1): its rectangles.

use super::Session;
use super::event::Event;
use super::pseudo::Pseudo;
use crate::encoding::Encoding;
use crate::encodings::{Context, Decoders, ENOUGH, Progress};
use crate::error::{DecodeError, Error};
use crate::geometry::Rect;
use crate::input::{Collector, Input, u16_at};
use crate::pixel;

/// x, y, width, height and encoding.
const HEADER: usize = 12;

/// How many rectangles an update has that does not say so: it ends with LastRect.
const UNTIL_LAST_RECT: u16 = 0xFFFF;

/// Tight's and TightPNG's compression control of a JPEG image.
const JPEG: u8 = 9;

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
    /// Pixels come with a loss, or from where they may have.
    is_lossy: bool,
    content: Content,
}

/// What a rectangle carries.
#[derive(Debug)]
enum Content {
    /// Pixels, for its encoding's decoder.
    Pixels,
    /// Nothing that has to be read.
    Nothing,
    Pseudo(Pseudo),
    VideoHeader,
    VideoData {
        flags: u32,
        data: Collector,
    },
    /// A video is being decoded.
    Video,
}

impl Update {
    pub(super) fn begin(&mut self, count: u16) {
        self.left = (count != UNTIL_LAST_RECT).then_some(count);
        self.rectangles = 0;
    }

    pub(super) fn rectangles(&self) -> u32 {
        self.rectangles
    }

    /// The rectangle that is arriving.
    pub(super) fn current(&self) -> Option<(Encoding, Rect)> {
        self.current
            .as_ref()
            .map(|current| (current.encoding, current.rect))
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
                None if session.work > ENOUGH => return Ok(Progress::Busy),
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
                        is_lossy: match encoding {
                            Encoding::JPEG | Encoding::ZYWRLE | Encoding::H264 => true,
                            Encoding::COPY_RECT => session.lossy.is_any(),
                            _ => false,
                        },
                        content,
                    }
                }
            };
            let before = input.len();
            if current.bytes == 0
                && matches!(current.encoding, Encoding::TIGHT | Encoding::TIGHT_PNG)
                && let Some(control) = input.peek().first()
            {
                current.is_lossy = control >> 4 == JPEG;
            }
            let progress = self
                .content(&mut current, input, session)
                .map_err(|reason| failed(current.rect, current.encoding, reason))?;
            current.bytes += (before - input.len()) as u64;
            if progress != Progress::Complete {
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
        if let Some(pseudo) = Pseudo::start(rect, encoding, session)? {
            return Ok(Content::Pseudo(pseudo));
        }
        Ok(match encoding {
            Encoding::H264 => {
                check_fits(rect, session)?;
                Content::VideoHeader
            }
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
                Content::Pseudo(pseudo) => {
                    return pseudo.advance(rect, input, &mut self.decoders, session);
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
                    if session.begin_video(*flags, rect, data)? {
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
            };
            current.content = next;
        }
        Ok(Progress::NeedMore)
    }

    fn finish(&mut self, current: &Current, session: &mut Session) {
        if current.is_lossy {
            session.statistics.lossy_bytes += current.bytes;
        }
        if let Content::Pixels | Content::Nothing = current.content {
            let screen = session.framebuffer.size();
            session.lossy.mark(current.rect, screen, current.is_lossy);
        }
        session
            .statistics
            .count(current.encoding, current.rect, current.bytes);
        session.work = session.work.saturating_add(current.rect.area());
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
    fn begin_video(&mut self, flags: u32, rect: Rect, data: &[u8]) -> Result<bool, DecodeError> {
        let mut closed = self.videos.apply(flags, rect);
        let (video, other) = self.videos.video(rect, data)?;
        closed.extend(other);
        if !closed.is_empty() {
            self.event(Event::VideoContextsClosed(closed));
        }
        self.video = None;
        let is_there = video.is_some();
        self.events.extend(video.map(Event::VideoReceived));
        Ok(is_there)
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
