//! Tight and TightPNG (rfbproto, "Tight Encoding", "Tight PNG Encoding").

use super::tile::packed;
use super::{Deflate, Encoders, Jpeg, png};
use crate::image::{Image, Rgb};

const FILL: u8 = 0x80;
const JPEG: u8 = 0x90;
const PNG: u8 = 0xA0;
/// In place of a stream's number: nothing is compressed.
const WITHOUT_ZLIB: u8 = 0xA0;
const READ_FILTER_ID: u8 = 0x40;

const COPY_FILTER: u8 = 0;
const PALETTE_FILTER: u8 = 1;
const GRADIENT_FILTER: u8 = 2;

/// Fewer bytes than this are not compressed.
const MIN_TO_COMPRESS: usize = 12;

#[derive(Debug, Clone, Copy)]
enum Way {
    Fill,
    Copy,
    CopyWithFilterId,
    Palette,
    Gradient,
}

impl Encoders {
    pub(super) fn tight(&mut self, image: &Image) -> Vec<u8> {
        let palette = image.colours(256).unwrap_or_default();
        let mut ways = vec![Way::Copy, Way::CopyWithFilterId];
        // There is no gradient between indices, nor of so few bits.
        if self.format.layout.true_colour && self.format.layout.bits_per_pixel > 8 {
            ways.push(Way::Gradient);
        }
        match palette.len() {
            0 => {}
            1 => ways.push(Way::Fill),
            _ => ways.extend([Way::Palette; 3]),
        }
        let way = self.dice.pick(&ways);
        let mut bytes = vec![self.resets()];
        let data = match way {
            Way::Fill => {
                self.used.insert("Tight fill");
                bytes[0] |= FILL;
                bytes.extend(self.tpixels(&palette));
                return bytes;
            }
            Way::Copy => {
                self.used.insert("Tight copy");
                self.tpixels(image.pixels())
            }
            Way::CopyWithFilterId => {
                self.used.insert("Tight copy with filter-id");
                bytes[0] |= READ_FILTER_ID;
                bytes.push(COPY_FILTER);
                self.tpixels(image.pixels())
            }
            Way::Palette => {
                let bits = if palette.len() == 2 { 1 } else { 8 };
                self.used.insert(if bits == 1 {
                    "Tight palette of 2"
                } else {
                    "Tight palette of more"
                });
                bytes[0] |= READ_FILTER_ID;
                bytes.extend([PALETTE_FILTER, (palette.len() - 1) as u8]);
                bytes.extend(self.tpixels(&palette));
                image.rows().flat_map(|row| packed(row, &palette, bits)).collect()
            }
            Way::Gradient => {
                self.used.insert("Tight gradient");
                bytes[0] |= READ_FILTER_ID;
                bytes.push(GRADIENT_FILTER);
                self.differences(image)
            }
        };
        let stream = self.dice.below(4);
        let is_compressed = !self.without_zlib || self.dice.one_in(2);
        bytes[0] |= if is_compressed {
            (stream as u8) << 4
        } else {
            WITHOUT_ZLIB
        };
        if data.len() < MIN_TO_COMPRESS {
            self.used.insert("Tight uncompressed");
            bytes.extend(data);
            return bytes;
        }
        // The specification does not say so, but the servers that leave zlib out still send the length.
        let data = if is_compressed {
            self.tight[stream].compress(&data)
        } else {
            self.used.insert("Tight without zlib");
            data
        };
        bytes.extend(compact_length(data.len()));
        bytes.extend(data);
        bytes
    }

    fn tpixels(&mut self, colours: &[Rgb]) -> Vec<u8> {
        let Self { format, dice, .. } = self;
        colours
            .iter()
            .flat_map(|colour| format.tpixel(*colour, dice))
            .collect()
    }

    /// What each component is more than what its neighbours let expect, as pixels; outside the rectangle all is
    /// zero.
    fn differences(&mut self, image: &Image) -> Vec<u8> {
        let Self { format, dice, .. } = self;
        let value = |x: Option<u16>, y: Option<u16>| match (x, y) {
            (Some(x), Some(y)) => format.components(image.at(x, y)),
            _ => [0; 3],
        };
        let mut bytes = Vec::new();
        for y in 0..image.height {
            for x in 0..image.width {
                let (left, above) = (x.checked_sub(1), y.checked_sub(1));
                let difference = std::array::from_fn(|component| {
                    let max = format.layout.max[component];
                    let at = |x, y| i32::from(value(x, y)[component]);
                    let predicted = at(left, Some(y)) + at(Some(x), above) - at(left, above);
                    let difference = at(Some(x), Some(y)) - predicted.clamp(0, max.into());
                    difference as u16 & max
                });
                if format.has_short_tpixels() {
                    bytes.extend(difference.map(|component: u16| component as u8));
                } else {
                    let number = format.number(difference, dice);
                    bytes.extend(format.number_bytes(number));
                }
            }
        }
        bytes
    }

    /// Tight's fill, and PNG for all that Tight would compress itself.
    pub(super) fn tight_png(&mut self, image: &Image) -> Vec<u8> {
        if let Some(palette) = image.colours(1)
            && self.dice.one_in(2)
        {
            self.used.insert("TightPNG fill");
            return [vec![FILL], self.tpixels(&palette)].concat();
        }
        let (data, name) = png(image, &mut self.dice);
        self.used.insert(name);
        let mut bytes = vec![PNG];
        bytes.extend(compact_length(data.len()));
        bytes.extend(data);
        bytes
    }

    /// Tight's own JPEG rectangle.
    pub(crate) fn tight_jpeg(&mut self, image: &Image) -> Vec<u8> {
        let mut bytes = vec![self.resets() | JPEG];
        let data = Jpeg::default().encode(image);
        bytes.extend(compact_length(data.len()));
        bytes.extend(data);
        bytes
    }

    /// The bits that make the client begin zlib streams anew, which may stand before any rectangle.
    fn resets(&mut self) -> u8 {
        if !self.dice.one_in(4) {
            return 0;
        }
        self.used.insert("Tight reset");
        let resets = self.dice.byte() & 0x0F;
        for (number, stream) in self.tight.iter_mut().enumerate() {
            if resets >> number & 1 == 1 {
                *stream = Deflate::new(&mut self.dice);
            }
        }
        resets
    }
}

/// Seven bits a byte from the lowest, eight in the third.
pub(crate) fn compact_length(length: usize) -> Vec<u8> {
    assert!(length < 1 << 22, "a length of {length} has no compact form");
    let low = |shift: usize| (length >> shift & 0x7F) as u8;
    match length {
        0..=0x7F => vec![low(0)],
        0x80..=0x3FFF => vec![low(0) | 0x80, low(7)],
        _ => vec![low(0) | 0x80, low(7) | 0x80, (length >> 14) as u8],
    }
}
