//! TightPNG (rfbproto, "Tight PNG Encoding"): Tight's one colour and JPEG, and PNG in place of zlib.

use super::image::{Format, Image};
use super::{Context, Decoder, Progress};
use crate::error::DecodeError;
use crate::framebuffer::Framebuffer;
use crate::geometry::Rect;
use crate::input::Input;

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
        context: &Context<'_>,
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
                    let reader = context.format.tpixel();
                    let Some(colour) = input.take(reader.bytes()) else {
                        return Ok(Progress::NeedMore);
                    };
                    framebuffer.fill(self.rect, reader.read(colour));
                    return Ok(Progress::Complete);
                }
                State::Image => return self.image.decode(self.rect, input, framebuffer, context),
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

#[cfg(test)]
mod tests {
    use super::super::testing::{BEFORE, decode, jpeg_image, png_image, size};
    use super::*;
    use crate::pixel::rgb;

    fn decode_one(width: u16, height: u16, wire: &[u8]) -> Result<Vec<u32>, DecodeError> {
        decode::<TightPng>(size(width, height), &[(Rect::new(0, 0, width, height), wire)])
    }

    /// An image with its control byte and its length, which for these takes two bytes at most.
    fn with_head(control: u8, image: &[u8]) -> Vec<u8> {
        let length = image.len();
        assert!(length < 0x4000);
        [
            &[control, (length & 0x7F) as u8 | 0x80, (length >> 7) as u8],
            image,
        ]
        .concat()
    }

    #[test]
    fn a_fill_is_one_colour_whatever_would_be_reset() {
        for control in [0x80, 0x8F] {
            assert_eq!(decode_one(2, 1, &[control, 1, 2, 3]), Ok(vec![rgb(1, 2, 3); 2]));
        }
    }

    #[test]
    fn images_of_both_formats_fill_their_rectangles() {
        let (image, grey) = jpeg_image(8, 8);
        assert_eq!(decode_one(8, 8, &with_head(0x90, &image)), Ok(vec![grey; 64]));
        let image = png_image(
            png::ColorType::Rgb,
            png::BitDepth::Eight,
            2,
            1,
            &[1, 2, 3, 4, 5, 6],
        );
        let expected = vec![rgb(1, 2, 3), rgb(4, 5, 6)];
        assert_eq!(decode_one(2, 1, &with_head(0xA0, &image)), Ok(expected));
    }

    #[test]
    fn basic_compression_and_what_has_no_meaning_are_errors() {
        for value in [0x00, 0x10, 0x40, 0x70, 0xB0, 0xE0, 0xFF] {
            let what = "compression control";
            assert_eq!(
                decode_one(1, 1, &[value]),
                Err(DecodeError::Meaningless { what, value })
            );
        }
    }

    #[test]
    fn an_empty_rectangle_has_all_but_pixels() {
        let image = png_image(png::ColorType::Rgb, png::BitDepth::Eight, 1, 1, &[1, 2, 3]);
        for wire in [vec![0x80, 1, 2, 3], with_head(0xA0, &image)] {
            let result = decode::<TightPng>(size(1, 1), &[(Rect::new(0, 0, 0, 1), &wire)]);
            assert_eq!(result, Ok(vec![BEFORE]));
        }
    }
}
