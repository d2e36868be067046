//! JPEG images (ITU-T T.81): baseline and extended sequential, 8 bits, Huffman codes, one scan; which is what the
//! servers' libraries make unless told otherwise.
//!
//! [`frame`] and [`scan`] read the headers of their names, [`huffman`] the coefficients, [`dct`] turns them into
//! samples, and [`colour`] those into pixels. zune-jpeg, which did this before, was 37 KB of gzip in the page's first
//! load, a sixth of all of it, for progressive and other images that no server sends.
//!
//! Transform and colours are written in vectors: what the compiler made of plain loops had a third of the speed in wasm
//! (quality 80, 4:2:0: windows with text 98 MP/s instead of 250, a photograph 122 instead of 390), for 0.7 KB of gzip.

mod colour;
mod dct;
mod frame;
mod huffman;
mod scan;

use super::{broken, check_size};
use crate::error::DecodeError;
use crate::framebuffer::Framebuffer;
use crate::geometry::Rect;
use frame::Frame;
use huffman::Table;
use scan::Colours;

const FORMAT: &str = "JPEG";

/// What the segments before the scan define.
#[derive(Debug, Default)]
struct Tables {
    /// In the order of the coefficients on the wire.
    quantization: [Option<[u16; 64]>; 4],
    dc: [Huffman; 4],
    ac: [Huffman; 4],
    /// Units between two restart markers; none if 0.
    restart_interval: u16,
}

/// A Huffman table. Nearly all images have the same ones, so one that an image has defined is kept, and made anew only where
/// the next one defines another: that is 3 % of a video's time and of a scrolled page's.
#[derive(Debug, Default)]
struct Huffman {
    table: Option<Box<Table>>,
    /// Whether this image has defined it.
    is_defined: bool,
}

/// Draws images, one after the other.
#[derive(Debug, Default)]
pub(in super::super) struct Decoder {
    tables: Tables,
}

impl Decoder {
    /// Draws an image of the rectangle's size.
    pub(in super::super) fn draw(
        &mut self,
        data: &[u8],
        rect: Rect,
        framebuffer: &mut Framebuffer,
    ) -> Result<(), DecodeError> {
        self.tables.begin();
        let mut frame = None;
        let mut adobe_transform = None;
        let mut rest = match data {
            [0xFF, 0xD8, rest @ ..] => rest,
            _ => return Err(bad("it does not begin with its marker")),
        };
        loop {
            let (marker, content, behind) = segment(rest)?;
            rest = behind;
            match marker {
                0xC0 | 0xC1 => {
                    if frame.is_some() {
                        return Err(bad("it has two frames"));
                    }
                    let told = Frame::parse(content)?;
                    check_size(FORMAT, told.width, told.height, rect)?;
                    frame = Some(told);
                }
                0xC4 => self.tables.define_huffman(content)?,
                0xC2 | 0xC6 | 0xCA | 0xCE => return Err(bad("progressive images are not supported")),
                0xC3 | 0xC5 | 0xC7 | 0xCB | 0xCF => {
                    return Err(bad("lossless and hierarchical images are not supported"));
                }
                0xC8..=0xCD => return Err(bad("arithmetic codes are not supported")),
                0xDB => self.tables.define_quantization(content)?,
                0xDD => {
                    let interval = content
                        .try_into()
                        .map_err(|_| bad("its restart interval is cut off"))?;
                    self.tables.restart_interval = u16::from_be_bytes(interval);
                }
                0xEE => {
                    adobe_transform = content
                        .strip_prefix(b"Adobe")
                        .and_then(|rest| rest.get(6))
                        .copied()
                }
                0xDA => {
                    let frame = frame.ok_or_else(|| bad("its scan comes before its frame"))?;
                    let colours = colours(&frame, adobe_transform);
                    return scan::draw(content, rest, &frame, &self.tables, colours, rect, framebuffer);
                }
                0xD9 => return Err(bad("it has no scan")),
                // Comments, and what applications put into an image.
                _ => {}
            }
        }
    }
}

/// The next segment: its marker, its content, and what is behind it (T.81, B.1.1.4).
fn segment(data: &[u8]) -> Result<(u8, &[u8], &[u8]), DecodeError> {
    let cut_off = || bad("it is cut off");
    let fill = data.iter().take_while(|byte| **byte == 0xFF).count();
    let (marker, rest) = data
        .get(fill..)
        .and_then(<[u8]>::split_first)
        .ok_or_else(cut_off)?;
    if fill == 0 || *marker == 0 {
        return Err(bad("there is something else where a marker should be"));
    }
    if matches!(marker, 0x01 | 0xD0..=0xD9) {
        return Ok((*marker, &[], rest));
    }
    let (length, rest) = rest.split_first_chunk().ok_or_else(cut_off)?;
    // The length counts its own two bytes.
    let length = usize::from(u16::from_be_bytes(*length))
        .checked_sub(2)
        .ok_or_else(cut_off)?;
    let (content, rest) = rest.split_at_checked(length).ok_or_else(cut_off)?;
    Ok((*marker, content, rest))
}

/// What the components are: YCbCr unless the image says otherwise, by Adobe's segment or its components' names.
fn colours(frame: &Frame, adobe_transform: Option<u8>) -> Colours {
    let named = frame.components.iter().map(|component| component.id).eq(*b"RGB");
    match adobe_transform {
        Some(0) => Colours::Rgb,
        None if named => Colours::Rgb,
        _ => Colours::YCbCr,
    }
}

impl Tables {
    /// Another image: nothing is defined in it by now.
    fn begin(&mut self) {
        self.quantization = Default::default();
        self.restart_interval = 0;
        for huffman in self.dc.iter_mut().chain(&mut self.ac) {
            huffman.is_defined = false;
        }
    }

    /// Takes the tables of a DQT segment (T.81, B.2.4.1).
    fn define_quantization(&mut self, mut content: &[u8]) -> Result<(), DecodeError> {
        while let Some((kind, rest)) = content.split_first() {
            let table = match kind >> 4 {
                0 | 1 => self.quantization.get_mut(usize::from(kind & 15)),
                _ => None,
            };
            let Some(table) = table else {
                return Err(bad(
                    "a quantization table has a precision or number that does not exist",
                ));
            };
            let bytes = 1 + usize::from(kind >> 4);
            let Some((values, rest)) = rest.split_at_checked(64 * bytes) else {
                return Err(bad("a quantization table is cut off"));
            };
            let defined = table.insert([0; 64]);
            for (to, value) in defined.iter_mut().zip(values.chunks_exact(bytes)) {
                *to = value.iter().fold(0, |value, byte| value << 8 | u16::from(*byte));
            }
            content = rest;
        }
        Ok(())
    }

    /// Takes the tables of a DHT segment (T.81, B.2.4.2).
    fn define_huffman(&mut self, mut content: &[u8]) -> Result<(), DecodeError> {
        while let Some((kind, rest)) = content.split_first() {
            let cut_off = || bad("a Huffman table is cut off");
            let (counts, rest) = rest.split_first_chunk::<16>().ok_or_else(cut_off)?;
            let total = counts.iter().map(|count| usize::from(*count)).sum::<usize>();
            if total > 256 {
                return Err(bad("a Huffman table has more codes than fit"));
            }
            let (symbols, rest) = rest.split_at_checked(total).ok_or_else(cut_off)?;
            let huffman = match kind >> 4 {
                // A difference has no run.
                0 if symbols.iter().any(|symbol| *symbol > 15) => {
                    return Err(bad("a coefficient is too large"));
                }
                0 => self.dc.get_mut(usize::from(kind & 15)),
                1 => self.ac.get_mut(usize::from(kind & 15)),
                _ => None,
            };
            huffman
                .ok_or_else(|| bad("a Huffman table has a class or number that does not exist"))?
                .define(counts, symbols)?;
            content = rest;
        }
        Ok(())
    }
}

impl Huffman {
    fn define(&mut self, counts: &[u8; 16], symbols: &[u8]) -> Result<(), DecodeError> {
        let kept = self.table.as_deref();
        if !kept.is_some_and(|table| table.is_of(counts, symbols)) {
            self.table = Some(Box::new(Table::new(counts, symbols)?));
        }
        self.is_defined = true;
        Ok(())
    }

    fn table(&self) -> Option<&Table> {
        self.table.as_deref().filter(|_| self.is_defined)
    }
}

fn bad(reason: &'static str) -> DecodeError {
    broken(FORMAT, reason)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

    use super::super::super::testing::Numbers;
    use super::*;
    use crate::geometry::Size;

    fn draw_one(image: &[u8], width: u16, height: u16) -> Result<Vec<u8>, DecodeError> {
        let mut framebuffer = Framebuffer::default();
        framebuffer.resize(Size { width, height });
        Decoder::default().draw(image, Rect::new(0, 0, width, height), &mut framebuffer)?;
        Ok(framebuffer.bytes().to_vec())
    }

    /// A smooth picture, which JPEG changes little in.
    fn picture(width: u16, height: u16, channels: usize) -> Vec<u8> {
        let mut bytes = Vec::new();
        for y in 0..u32::from(height) {
            for x in 0..u32::from(width) {
                let colour = [40 + x * 2, 200 - y * 2, 60 + x + y];
                bytes.extend(colour.iter().take(channels).map(|it| *it as u8));
            }
        }
        bytes
    }

    fn encode(
        sampling: SamplingFactor,
        colour: ColorType,
        channels: usize,
        (width, height): (u16, u16),
    ) -> Vec<u8> {
        let mut image = Vec::new();
        let mut encoder = Encoder::new(&mut image, 95);
        encoder.set_sampling_factor(sampling);
        encoder
            .encode(&picture(width, height, channels), width, height, colour)
            .unwrap();
        image
    }

    #[test]
    fn every_subsampling_of_servers_and_grey_come_close_to_the_picture() {
        for (width, height) in [(1, 1), (7, 5), (8, 8), (16, 16), (17, 33), (64, 50)] {
            for sampling in [
                SamplingFactor::F_1_1,
                SamplingFactor::F_2_1,
                SamplingFactor::F_1_2,
                SamplingFactor::F_2_2,
            ] {
                let image = encode(sampling, ColorType::Rgb, 3, (width, height));
                let drawn = draw_one(&image, width, height).unwrap();
                for (pixel, expected) in drawn.chunks(4).zip(picture(width, height, 3).chunks(3)) {
                    assert_eq!(pixel[3], 255);
                    for (is, expected) in pixel.iter().zip(expected) {
                        assert!(is.abs_diff(*expected) <= 12, "{sampling:?} {width}x{height}");
                    }
                }
            }
            let image = encode(SamplingFactor::F_1_1, ColorType::Luma, 1, (width, height));
            let drawn = draw_one(&image, width, height).unwrap();
            for (pixel, expected) in drawn.chunks(4).zip(picture(width, height, 1)) {
                assert!(pixel[0].abs_diff(expected) <= 12);
                assert_eq!((pixel[1], pixel[2], pixel[3]), (pixel[0], pixel[0], 255));
            }
        }
    }

    #[test]
    fn noise_is_decoded_as_another_decoder_does() {
        let (width, height) = (61, 43);
        let mut numbers = Numbers(5);
        let noise: Vec<u8> = (0..width * height * 3)
            .map(|_| numbers.below(256) as u8)
            .collect();
        for quality in [20, 60, 100] {
            let mut image = Vec::new();
            let mut encoder = Encoder::new(&mut image, quality);
            encoder.set_sampling_factor(SamplingFactor::F_1_1);
            encoder.set_restart_interval(if quality == 60 { 5 } else { 0 });
            encoder
                .encode(&noise, width as u16, height as u16, ColorType::Rgb)
                .unwrap();
            let drawn = draw_one(&image, width as u16, height as u16).unwrap();
            let expected =
                zune_jpeg::JpegDecoder::new(zune_jpeg::zune_core::bytestream::ZCursor::new(&image))
                    .decode()
                    .unwrap();
            for (pixel, expected) in drawn.chunks(4).zip(expected.chunks(3)) {
                for (is, expected) in pixel.iter().zip(expected) {
                    assert!(
                        is.abs_diff(*expected) <= 3,
                        "{is} for {expected} at quality {quality}"
                    );
                }
            }
        }
    }

    #[test]
    fn what_servers_do_not_send_is_refused_by_name() {
        let mut image = Vec::new();
        let mut encoder = Encoder::new(&mut image, 80);
        encoder.set_progressive(true);
        encoder
            .encode(&picture(16, 16, 3), 16, 16, ColorType::Rgb)
            .unwrap();
        let error = draw_one(&image, 16, 16).unwrap_err().to_string();
        assert!(error.contains("progressive images are not supported"), "{error}");
    }

    /// Where the content of the first segment with this marker begins.
    fn content_of(marker: u8, image: &[u8]) -> usize {
        let mut rest = &image[2..];
        loop {
            let (found, content, behind) = segment(rest).unwrap();
            if found == marker {
                return image.len() - behind.len() - content.len();
            }
            rest = behind;
        }
    }

    #[test]
    fn each_image_is_drawn_by_its_own_tables_whatever_came_before() {
        let [usual, own] = [false, true].map(|has_own| {
            let mut image = Vec::new();
            let mut encoder = Encoder::new(&mut image, 80);
            encoder.set_optimized_huffman_tables(has_own);
            encoder
                .encode(&picture(16, 16, 3), 16, 16, ColorType::Rgb)
                .unwrap();
            image
        });
        let bare = without(&usual, 0xC4);
        let mut framebuffer = Framebuffer::default();
        framebuffer.resize(Size {
            width: 16,
            height: 16,
        });
        let mut decoder = Decoder::default();
        for image in [&usual, &own, &bare, &usual, &usual, &own] {
            let drawn = decoder.draw(image, Rect::new(0, 0, 16, 16), &mut framebuffer);
            let drawn = drawn.map(|()| framebuffer.bytes().to_vec());
            assert_eq!(drawn, draw_one(image, 16, 16));
        }
        assert_eq!(draw_one(&bare, 16, 16), Err(bad("a Huffman table is missing")));
    }

    /// An image without the segments of this marker.
    fn without(image: &[u8], marker: u8) -> Vec<u8> {
        let mut bare = image[..2].to_vec();
        let mut rest = &image[2..];
        loop {
            let (found, _, behind) = segment(rest).unwrap();
            if found != marker {
                bare.extend_from_slice(&rest[..rest.len() - behind.len()]);
            }
            rest = behind;
            if found == 0xDA {
                bare.extend_from_slice(rest);
                return bare;
            }
        }
    }

    #[test]
    fn tables_that_do_not_exist_are_refused() {
        let image = encode(SamplingFactor::F_1_1, ColorType::Luma, 1, (8, 8));
        assert!(draw_one(&image, 8, 8).is_ok());
        let quantization = "a quantization table has a precision or number that does not exist";
        let huffman = "a Huffman table has a class or number that does not exist";
        for (marker, offset, value, reason) in [
            (0xDB, 0, 0x04, quantization),
            (0xDB, 0, 0x20, quantization),
            (0xC4, 0, 0x04, huffman),
            (0xC4, 0, 0x20, huffman),
            // The first symbol, behind class, number and counts.
            (0xC4, 17, 0x10, "a coefficient is too large"),
            // The one component's, behind precision, size, count, name and factors.
            (0xC0, 8, 0x04, "a quantization table is missing"),
            (0xC0, 8, 0x02, "a quantization table is missing"),
            // The one component's, behind count and name.
            (0xDA, 2, 0x40, "a Huffman table is missing"),
            (0xDA, 2, 0x04, "a Huffman table is missing"),
            (0xDA, 2, 0x03, "a Huffman table is missing"),
        ] {
            let mut image = image.clone();
            let at = content_of(marker, &image) + offset;
            image[at] = value;
            assert_eq!(draw_one(&image, 8, 8), Err(bad(reason)), "{marker:X} {value:X}");
        }
    }

    #[test]
    fn another_size_than_the_rectangles_is_an_error() {
        let image = encode(SamplingFactor::F_1_1, ColorType::Rgb, 3, (8, 16));
        assert_eq!(
            draw_one(&image, 16, 8),
            Err(DecodeError::ImageSize {
                format: "JPEG",
                image: "8x16".to_owned(),
                rect: Rect::new(0, 0, 16, 8)
            })
        );
    }

    #[test]
    fn an_image_that_is_cut_off_is_an_error() {
        let image = encode(SamplingFactor::F_2_2, ColorType::Rgb, 3, (64, 64));
        // All but the marker at the end, which nobody needs any more.
        for cut in 0..image.len() - 2 {
            let result = draw_one(&image[..cut], 64, 64);
            assert!(
                matches!(result, Err(DecodeError::BadImage { format: "JPEG", .. })),
                "{cut}: {result:?}"
            );
        }
    }

    #[test]
    fn no_corruption_makes_it_panic() {
        let mut numbers = Numbers(11);
        for sampling in [
            SamplingFactor::F_1_1,
            SamplingFactor::F_2_2,
            SamplingFactor::F_2_1,
        ] {
            let image = encode(sampling, ColorType::Rgb, 3, (33, 25));
            for _ in 0..300 {
                let mut image = image.clone();
                for _ in 0..1 + numbers.below(4) {
                    let at = numbers.below(image.len() as u32) as usize;
                    image[at] = numbers.below(256) as u8;
                }
                match draw_one(&image, 33, 25) {
                    Ok(pixels) => assert!(pixels.chunks(4).all(|pixel| pixel[3] == 255)),
                    Err(DecodeError::BadImage { format, .. } | DecodeError::ImageSize { format, .. }) => {
                        assert_eq!(format, FORMAT);
                    }
                    Err(other) => unreachable!("{other}"),
                }
            }
        }
    }
}
