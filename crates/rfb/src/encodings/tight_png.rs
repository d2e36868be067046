//! TightPNG (rfbproto, "Tight PNG Encoding"): Tight's one colour and JPEG, and PNG in place of zlib.

use super::image::{Format, Image};
use super::{Decoder, Progress};
use crate::error::DecodeError;
use crate::framebuffer::Framebuffer;
use crate::geometry::Rect;
use crate::input::Input;
use crate::limits::Limits;
use crate::pixel;

#[derive(Debug, Default)]
pub(crate) struct TightPng {
    rect: Rect,
    state: State,
    image: Image,
}

/// What is to be read next.
#[derive(Debug, Default)]
enum State {
    #[default]
    Control,
    Fill,
    Image,
}

impl Decoder for TightPng {
    fn begin(&mut self, rect: Rect) {
        self.rect = rect;
        self.state = State::Control;
    }

    fn decode(
        &mut self,
        input: &mut Input<'_>,
        framebuffer: &mut Framebuffer,
        limits: &Limits,
    ) -> Result<Progress, DecodeError> {
        loop {
            match self.state {
                State::Control => {
                    let Some(control) = input.u8() else {
                        return Ok(Progress::NeedMore);
                    };
                    self.state = self.control(control)?;
                }
                State::Fill => {
                    let Some([r, g, b]) = input.array() else {
                        return Ok(Progress::NeedMore);
                    };
                    framebuffer.fill(self.rect, pixel::rgb(r, g, b));
                    return Ok(Progress::Complete);
                }
                State::Image => return self.image.decode(self.rect, input, framebuffer, limits),
            }
        }
    }
}

impl TightPng {
    /// The lower four bits would reset Tight's zlib streams, of which there are none here.
    fn control(&mut self, control: u8) -> Result<State, DecodeError> {
        let format = match control >> 4 {
            8 => return Ok(State::Fill),
            9 => Format::Jpeg,
            10 => Format::Png,
            _ => {
                return Err(DecodeError::Meaningless {
                    what: "compression control",
                    value: control,
                });
            }
        };
        self.image.begin(format);
        Ok(State::Image)
    }
}
