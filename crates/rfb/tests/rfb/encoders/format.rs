//! Pixels as numbers on the wire (RFC 6143, 7.4), and the shorter forms of them that some encodings have.

use std::collections::HashMap;

use porthole_rfb::PixelFormat;

use crate::dice::Dice;
use crate::image::{Image, Rgb};

/// A pixel format, and the colours of its map where its pixels are indices.
#[derive(Debug, Clone)]
pub(crate) struct Format {
    pub(crate) layout: PixelFormat,
    pub(crate) map: Vec<Rgb>,
    indices: HashMap<Rgb, u32>,
}

impl Format {
    pub(crate) fn true_colour(layout: PixelFormat) -> Self {
        Self {
            layout,
            map: Vec::new(),
            indices: HashMap::new(),
        }
    }

    /// Indices into a map of so many colours.
    pub(crate) fn mapped(layout: PixelFormat, colours: u16, dice: &mut Dice) -> Self {
        let mut format = Self::true_colour(layout);
        format.set_map(
            (0..colours)
                .map(|_| [dice.byte(), dice.byte(), dice.byte()])
                .collect(),
        );
        format
    }

    /// Other colours for the same pixels.
    pub(crate) fn set_map(&mut self, map: Vec<Rgb>) {
        self.indices = map
            .iter()
            .zip(0..)
            .map(|(colour, index)| (*colour, index))
            .collect();
        self.map = map;
    }

    /// The image in the colours that the format has, as a client with eight bits a component shows them.
    pub(crate) fn shown(&self, image: &Image) -> Image {
        Image::from_fn(image.width, image.height, |x, y| {
            self.shown_colour(image.at(x, y))
        })
    }

    fn shown_colour(&self, colour: Rgb) -> Rgb {
        if self.layout.true_colour {
            return self.expanded(self.components(colour));
        }
        // Any colour of the map will do, as long as other ones give others.
        let [r, g, b] = colour.map(usize::from);
        self.map[(r * 7 + g * 3 + b) % self.map.len()]
    }

    /// Red, green and blue as the format has them: 0 to its maximum.
    pub(crate) fn components(&self, colour: Rgb) -> [u16; 3] {
        std::array::from_fn(|i| {
            let max = u32::from(self.layout.max[i]);
            ((u32::from(colour[i]) * max + 127) / 255) as u16
        })
    }

    /// The same of 0 to 255, to the nearest.
    pub(crate) fn expanded(&self, components: [u16; 3]) -> Rgb {
        std::array::from_fn(|i| {
            let max = u32::from(self.layout.max[i]);
            ((u32::from(components[i]) * 255 + max / 2) / max) as u8
        })
    }

    /// The number of a pixel with these components. What its bits without a meaning are is left to the dice.
    pub(crate) fn number(&self, components: [u16; 3], dice: &mut Dice) -> u32 {
        let mut number = dice.next() as u32 & !self.meant();
        for (component, shift) in components.into_iter().zip(self.layout.shift) {
            number |= u32::from(component) << shift;
        }
        number
    }

    /// The number of a pixel of a colour that the format has.
    fn number_of(&self, colour: Rgb, dice: &mut Dice) -> u32 {
        match self.indices.get(&colour) {
            Some(index) => *index,
            None => self.number(self.components(colour), dice),
        }
    }

    /// The bits of a pixel that have a meaning.
    fn meant(&self) -> u32 {
        let PixelFormat { max, shift, .. } = self.layout;
        (0..3).fold(0, |bits, i| bits | u32::from(max[i]) << shift[i])
    }

    /// `PIXEL` (RFC 6143, 7.4).
    pub(crate) fn pixel(&self, colour: Rgb, dice: &mut Dice) -> Vec<u8> {
        self.number_bytes(self.number_of(colour, dice))
    }

    /// The bytes of a pixel's number.
    pub(crate) fn number_bytes(&self, number: u32) -> Vec<u8> {
        let length = usize::from(self.layout.bits_per_pixel / 8);
        if self.layout.big_endian {
            number.to_be_bytes()[4 - length..].to_vec()
        } else {
            number.to_le_bytes()[..length].to_vec()
        }
    }

    /// `CPIXEL` (RFC 6143, 7.7.5): three of four bytes, where those hold all that has a meaning.
    pub(crate) fn cpixel(&self, colour: Rgb, dice: &mut Dice) -> Vec<u8> {
        self.short(self.pixel(colour, dice))
    }

    /// The `CPIXEL` of a `PIXEL`.
    pub(crate) fn short(&self, mut pixel: Vec<u8>) -> Vec<u8> {
        let PixelFormat {
            bits_per_pixel,
            depth,
            big_endian,
            true_colour,
            ..
        } = self.layout;
        if !true_colour || bits_per_pixel != 32 || depth > 24 {
            return pixel;
        }
        let (highest, lowest) = if big_endian { (0, 3) } else { (3, 0) };
        if self.meant() >> 24 == 0 {
            pixel.remove(highest);
        } else if self.meant() & 0xFF == 0 {
            pixel.remove(lowest);
        }
        pixel
    }

    /// `TPIXEL` (rfbproto, "Tight Encoding"): red, green, blue, where each has a byte.
    pub(crate) fn tpixel(&self, colour: Rgb, dice: &mut Dice) -> Vec<u8> {
        if self.has_short_tpixels() {
            colour.to_vec()
        } else {
            self.pixel(colour, dice)
        }
    }

    pub(crate) fn has_short_tpixels(&self) -> bool {
        let PixelFormat {
            bits_per_pixel,
            depth,
            true_colour,
            max,
            ..
        } = self.layout;
        true_colour && bits_per_pixel == 32 && depth == 24 && max == [255; 3]
    }
}
