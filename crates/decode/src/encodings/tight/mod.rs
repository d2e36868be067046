//! Tight (rfbproto, "Tight Encoding"): one colour, a JPEG image, or filtered pixels through one of four zlib
//! streams.

mod filter;
mod gradient;

use super::compact_length::CompactLength;
use super::image::{Format, Image};
use super::inflate::{Inflate, Stream};
use super::place::Place;
use super::{Context, Decoder, Progress};
use crate::error::DecodeError;
use crate::framebuffer::Framebuffer;
use crate::geometry::Rect;
use crate::input::Input;
use crate::pixel::WireFormat;
use filter::{Filter, Kind};

/// Fewer bytes than this are not compressed.
const MIN_COMPRESSED: usize = 12;
/// Compression controls of pixels that are not compressed at all, the second with a filter (rfbproto, "Tight Encoding
/// Without Zlib").
const NO_ZLIB: u8 = 0b1010;
const NO_ZLIB_FILTER: u8 = 0b1110;

#[derive(Debug, Default)]
pub(crate) struct Tight {
    rect: Rect,
    state: State,
    filter: Filter,
    /// Which stream the pixels come through, if any.
    stream: Option<usize>,
    streams: [Stream; 4],
    inflate: Inflate,
    image: Image,
}

/// What is to be read next.
#[derive(Debug, Default)]
enum State {
    #[default]
    Control,
    Fill,
    Image,
    FilterId,
    PaletteLength,
    Palette {
        length: usize,
    },
    PlainLength(CompactLength),
    /// Pixels that are not compressed.
    Plain(Place),
    CompressedLength(CompactLength),
    Compressed(Place),
    Complete,
}

impl Decoder for Tight {
    fn begin(&mut self, rect: Rect) {
        self.rect = rect;
        self.state = State::Control;
    }

    fn decode(
        &mut self,
        input: &mut Input<'_>,
        framebuffer: &mut Framebuffer,
        context: &Context<'_>,
    ) -> Result<Progress, DecodeError> {
        let format = context.format;
        loop {
            let next = match &mut self.state {
                State::Control => {
                    let Some(control) = input.u8() else { break };
                    self.control(control, format)?
                }
                State::Fill => {
                    let reader = format.tpixel();
                    let Some(colour) = input.take(reader.bytes()) else {
                        break;
                    };
                    framebuffer.fill(self.rect, reader.read(colour));
                    State::Complete
                }
                State::Image => match self.image.decode(self.rect, input, framebuffer, context)? {
                    Progress::NeedMore | Progress::Busy => break,
                    Progress::Complete => State::Complete,
                },
                State::FilterId => {
                    let Some(id) = input.u8() else { break };
                    self.filter.kind = Kind::from_id(id, format)?;
                    match self.filter.kind {
                        Kind::Palette => State::PaletteLength,
                        Kind::Copy | Kind::Gradient => self.pixels(format),
                    }
                }
                State::PaletteLength => {
                    let Some(less_one) = input.u8() else { break };
                    State::Palette {
                        length: (usize::from(less_one) + 1) * format.tpixel().bytes(),
                    }
                }
                State::Palette { length } => {
                    let Some(colours) = input.take(*length) else { break };
                    self.filter.palette.set(colours, format.tpixel());
                    self.pixels(format)
                }
                State::PlainLength(length) => {
                    let Some(length) = length.read(input) else { break };
                    let expected =
                        self.filter.row_bytes(self.rect.width, format) * usize::from(self.rect.height);
                    if length != expected {
                        return Err(DecodeError::Length { length, expected });
                    }
                    State::Plain(Place::start(self.rect))
                }
                State::Plain(place) => {
                    let used = self.filter.draw(place, input.peek(), framebuffer, format)?;
                    input.take_up_to(used);
                    if !place.is_complete() {
                        break;
                    }
                    State::Complete
                }
                State::CompressedLength(length) => {
                    let Some(length) = length.read(input) else { break };
                    self.inflate.begin(length);
                    State::Compressed(Place::start(self.rect))
                }
                State::Compressed(place) => {
                    let [stream0, stream1, stream2, stream3] = &mut self.streams;
                    let stream = match self.stream {
                        Some(0) => stream0,
                        Some(1) => stream1,
                        Some(2) => stream2,
                        _ => stream3,
                    };
                    while !place.is_complete() {
                        let wanted = self.filter.smallest_unit(format);
                        let Some(ready) = self.inflate.ready(stream, input, wanted)? else {
                            return Ok(Progress::NeedMore);
                        };
                        let used = self.filter.draw(place, ready, framebuffer, format)?;
                        self.inflate.used(used);
                    }
                    if !self.inflate.finish(stream, input)? {
                        break;
                    }
                    State::Complete
                }
                State::Complete => return Ok(Progress::Complete),
            };
            self.state = next;
        }
        Ok(Progress::NeedMore)
    }
}

impl Tight {
    /// The first byte: which streams begin anew (whatever the rectangle then uses), and what follows.
    fn control(&mut self, control: u8, format: &WireFormat) -> Result<State, DecodeError> {
        for (number, stream) in self.streams.iter_mut().enumerate() {
            if control >> number & 1 != 0 {
                stream.reset();
            }
        }
        let compression = control >> 4;
        Ok(match compression {
            0..=7 | NO_ZLIB | NO_ZLIB_FILTER => {
                self.stream = (compression & NO_ZLIB != NO_ZLIB).then_some(usize::from(compression & 3));
                if compression & 4 != 0 {
                    State::FilterId
                } else {
                    self.filter.kind = Kind::Copy;
                    self.pixels(format)
                }
            }
            8 => State::Fill,
            9 => {
                self.image.begin(Format::Jpeg);
                State::Image
            }
            _ => {
                return Err(DecodeError::Meaningless {
                    what: "compression control",
                    value: control,
                });
            }
        })
    }

    /// How the filtered pixels come.
    fn pixels(&self, format: &WireFormat) -> State {
        let length = self.filter.row_bytes(self.rect.width, format) * usize::from(self.rect.height);
        if length < MIN_COMPRESSED {
            State::Plain(Place::start(self.rect))
        } else if self.stream.is_none() {
            State::PlainLength(CompactLength::default())
        } else {
            State::CompressedLength(CompactLength::default())
        }
    }
}

#[cfg(test)]
mod tests;
