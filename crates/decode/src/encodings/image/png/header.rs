//! What the header of a PNG image says of its pixels.

use super::super::super::palette::Palette;
use super::bad;
use crate::error::DecodeError;
use crate::input::Input;
use crate::pixel::{self, Pixel};

/// How a pixel's colour is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Colour {
    Grey,
    Rgb,
    Palette,
    GreyAlpha,
    Rgba,
}

/// `IHDR`.
#[derive(Debug)]
pub(super) struct Header {
    pub(super) width: u32,
    pub(super) height: u32,
    /// Bits of a sample: 1, 2, 4, 8 or 16.
    depth: u8,
    colour: Colour,
}

impl Header {
    pub(super) fn parse(content: &[u8]) -> Result<Self, DecodeError> {
        let mut content = Input::new(content);
        let (Some(width), Some(height), Some([depth, colour, compression, filter, interlace])) =
            (content.u32(), content.u32(), content.array())
        else {
            return Err(bad("its header is cut off"));
        };
        let colour = match (colour, depth) {
            (0, 1 | 2 | 4 | 8 | 16) => Colour::Grey,
            (2, 8 | 16) => Colour::Rgb,
            (3, 1 | 2 | 4 | 8) => Colour::Palette,
            (4, 8 | 16) => Colour::GreyAlpha,
            (6, 8 | 16) => Colour::Rgba,
            _ => return Err(bad("its colour type and depth do not exist")),
        };
        if (compression, filter) != (0, 0) {
            return Err(bad("its compression or filter method does not exist"));
        }
        if interlace != 0 {
            return Err(bad("it is interlaced, which is not supported"));
        }
        Ok(Self {
            width,
            height,
            depth,
            colour,
        })
    }

    pub(super) fn has_palette(&self) -> bool {
        self.colour == Colour::Palette
    }

    /// The palette that makes greys of up to 8 bits what palettes are; none for other colours.
    pub(super) fn greys(&self) -> Palette {
        let mut palette = Palette::default();
        if self.colour == Colour::Grey && self.depth <= 8 {
            let highest = u8::MAX >> (8 - self.depth);
            let greys: Vec<u8> = (0..=highest)
                .flat_map(|grey| [grey * (u8::MAX / highest); 3])
                .collect();
            palette.set_rgb(&greys);
        }
        palette
    }

    fn pixel_bits(&self) -> usize {
        let samples = match self.colour {
            Colour::Grey | Colour::Palette => 1,
            Colour::GreyAlpha => 2,
            Colour::Rgb => 3,
            Colour::Rgba => 4,
        };
        samples * usize::from(self.depth)
    }

    /// Bytes of a pixel, one at least: how far to the left a filter looks.
    pub(super) fn pixel_bytes(&self) -> usize {
        self.pixel_bits().div_ceil(8)
    }

    /// Bytes of a row, without its filter. The width has been checked to be that of a rectangle.
    pub(super) fn row_bytes(&self) -> usize {
        (self.width as usize * self.pixel_bits()).div_ceil(8)
    }

    /// Copies a row. Of samples of 16 bits the higher byte is taken.
    pub(super) fn copy(&self, row: &mut [Pixel], bytes: &[u8], palette: &Palette) -> Result<(), DecodeError> {
        match (self.colour, self.depth) {
            (Colour::Grey | Colour::Palette, 1) => palette.unpack(1, row, bytes)?,
            (Colour::Grey | Colour::Palette, 2) => palette.unpack(2, row, bytes)?,
            (Colour::Grey | Colour::Palette, 4) => palette.unpack(4, row, bytes)?,
            (Colour::Grey | Colour::Palette, 8) => palette.look_up(row, bytes)?,
            (Colour::Rgb, 8) => pixel::copy_rgb(row, bytes),
            (Colour::Rgba, 8) => pixel::copy_rgbx(row, bytes),
            (Colour::GreyAlpha, 8) => copy(row, bytes, |&[grey, _]| pixel::rgb(grey, grey, grey)),
            (Colour::Grey | Colour::Palette, _) => {
                copy(row, bytes, |&[grey, _]| pixel::rgb(grey, grey, grey));
            }
            (Colour::GreyAlpha, _) => copy(row, bytes, |&[grey, _, _, _]| pixel::rgb(grey, grey, grey)),
            (Colour::Rgb, _) => copy(row, bytes, |&[r, _, g, _, b, _]| pixel::rgb(r, g, b)),
            (Colour::Rgba, _) => copy(row, bytes, |&[r, _, g, _, b, _, _, _]| pixel::rgb(r, g, b)),
        }
        Ok(())
    }
}

fn copy<const BYTES: usize>(row: &mut [Pixel], bytes: &[u8], pixel_of: impl Fn(&[u8; BYTES]) -> Pixel) {
    for (pixel, bytes) in row.iter_mut().zip(bytes.as_chunks().0) {
        *pixel = pixel_of(bytes);
    }
}
