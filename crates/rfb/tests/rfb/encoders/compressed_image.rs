//! Images of other formats: JPEG and PNG.

use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

use super::tile::packed;
use crate::dice::Dice;
use crate::image::Image;

/// How a JPEG image is made.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Jpeg {
    pub(crate) sampling: SamplingFactor,
    pub(crate) is_progressive: bool,
    /// Blocks between two restart markers; 0 for none.
    pub(crate) restart_interval: u16,
}

impl Default for Jpeg {
    fn default() -> Self {
        Self {
            sampling: SamplingFactor::R_4_4_4,
            is_progressive: false,
            restart_interval: 0,
        }
    }
}

const QUALITY: u8 = 95;

impl Jpeg {
    pub(crate) fn encode(self, image: &Image) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut encoder = Encoder::new(&mut bytes, QUALITY);
        encoder.set_sampling_factor(self.sampling);
        encoder.set_progressive(self.is_progressive);
        if self.restart_interval > 0 {
            encoder.set_restart_interval(self.restart_interval);
        }
        let rgb = image.pixels().as_flattened();
        encoder
            .encode(rgb, image.width, image.height, ColorType::Rgb)
            .unwrap();
        bytes
    }
}

/// The red component alone as a JPEG image of one component.
pub(crate) fn grey_jpeg(image: &Image) -> Vec<u8> {
    let mut bytes = Vec::new();
    let grey: Vec<u8> = image.pixels().iter().map(|[r, _, _]| *r).collect();
    Encoder::new(&mut bytes, QUALITY)
        .encode(&grey, image.width, image.height, ColorType::Luma)
        .unwrap();
    bytes
}

/// The JPEG image without its tables, as a server may send it that has sent the same tables before (rfbproto,
/// "JPEG Encoding").
pub(crate) fn without_tables(jpeg: &[u8]) -> Vec<u8> {
    const DHT: u8 = 0xC4;
    const DQT: u8 = 0xDB;
    const SOS: u8 = 0xDA;
    let mut bytes = jpeg[..2].to_vec();
    let mut rest = &jpeg[2..];
    while rest[1] != SOS {
        let length = 2 + usize::from(u16::from_be_bytes([rest[2], rest[3]]));
        if ![DHT, DQT].contains(&rest[1]) {
            bytes.extend_from_slice(&rest[..length]);
        }
        rest = &rest[length..];
    }
    bytes.extend_from_slice(rest);
    bytes
}

/// A PNG image in one of the colour types that can hold it without loss, and what it was.
pub(crate) fn png(image: &Image, dice: &mut Dice) -> (Vec<u8>, &'static str) {
    let palette = image.colours(256);
    let (colour_type, depth, data, name) = match &palette {
        Some(palette) if dice.one_in(2) => {
            let (depth, bits, name) = match palette.len() {
                0..=2 => (png::BitDepth::One, 1, "TightPNG palette of 1 bit"),
                3..=4 => (png::BitDepth::Two, 2, "TightPNG palette of 2 bits"),
                5..=16 => (png::BitDepth::Four, 4, "TightPNG palette of 4 bits"),
                _ => (png::BitDepth::Eight, 8, "TightPNG palette of 8 bits"),
            };
            let data = image.rows().flat_map(|row| packed(row, palette, bits)).collect();
            (png::ColorType::Indexed, depth, data, name)
        }
        _ if dice.one_in(3) => (
            png::ColorType::Rgba,
            png::BitDepth::Eight,
            image.rgba(),
            "TightPNG with alpha",
        ),
        _ => (
            png::ColorType::Rgb,
            png::BitDepth::Eight,
            image.pixels().as_flattened().to_vec(),
            "TightPNG true colour",
        ),
    };
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, image.width.into(), image.height.into());
    encoder.set_color(colour_type);
    encoder.set_depth(depth);
    encoder.set_filter(dice.pick(&[
        png::Filter::NoFilter,
        png::Filter::Sub,
        png::Filter::Up,
        png::Filter::Avg,
        png::Filter::Paeth,
        png::Filter::Adaptive,
    ]));
    if colour_type == png::ColorType::Indexed {
        encoder.set_palette(palette.unwrap_or_default().as_flattened().to_vec());
    }
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(&data).unwrap();
    writer.finish().unwrap();
    (bytes, name)
}
