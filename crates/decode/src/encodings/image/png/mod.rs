//! PNG images (ISO/IEC 15948): every colour type and depth, but none that is interlaced, which no server sends.
//!
//! Over the inflater that is there anyway this is a small part of what a library adds to the download, and it
//! holds two rows instead of an image.

mod filter;
mod header;

use super::super::inflate::{Inflate, Stream};
use super::{broken, check_size};
use crate::error::DecodeError;
use crate::framebuffer::Framebuffer;
use crate::geometry::Rect;
use crate::input::Input;
use filter::unfilter;
use header::Header;

const FORMAT: &str = "PNG";

const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// Draws an image of the rectangle's size. Its transparency is passed over: a desktop has none.
pub(in super::super) fn draw(
    data: &[u8],
    rect: Rect,
    framebuffer: &mut Framebuffer,
) -> Result<(), DecodeError> {
    let Some(chunks) = data.strip_prefix(SIGNATURE) else {
        return Err(bad("it does not begin with the signature"));
    };
    let mut chunks = Chunks(Input::new(chunks));
    let (b"IHDR", header) = chunks.next()? else {
        return Err(bad("it does not begin with a header"));
    };
    let header = Header::parse(header)?;
    check_size(FORMAT, header.width as usize, header.height as usize, rect)?;
    let mut palette = header.greys();
    let data = loop {
        match chunks.next()? {
            (b"PLTE", colours) if header.has_palette() => palette.set_rgb(colours),
            (b"IDAT", data) => break data,
            (b"IEND", _) => return Err(bad("it has no pixels")),
            _ => {}
        }
    };
    let mut pixels = Pixels::begin(data, chunks)?;
    // What lies above the first row counts as zeros.
    let mut row = vec![0; header.row_bytes()];
    let mut above = row.clone();
    for y in (rect.y..).take(usize::from(rect.height)) {
        let mut kind = [0];
        pixels.read(&mut kind)?;
        pixels.read(&mut row)?;
        unfilter(kind, &mut row, &above, header.pixel_bytes())?;
        header.copy(framebuffer.row_mut(rect.x, y, rect.width), &row, &palette)?;
        std::mem::swap(&mut row, &mut above);
    }
    pixels.finish()
}

fn bad(reason: &str) -> DecodeError {
    broken(FORMAT, reason)
}

/// The chunks that are still to come.
#[derive(Debug)]
struct Chunks<'a>(Input<'a>);

impl<'a> Chunks<'a> {
    /// The type of the next chunk and what is in it. Its checksum is passed over: a connection keeps its bytes
    /// whole, and the pixels have another.
    fn next(&mut self) -> Result<(&'a [u8; 4], &'a [u8]), DecodeError> {
        const CHECKSUM: usize = 4;
        let input = &mut self.0;
        let chunk = input.u32().and_then(|length| {
            let kind = input.take(4)?.first_chunk()?;
            let content = input.take(length as usize)?;
            input.take(CHECKSUM)?;
            Some((kind, content))
        });
        chunk.ok_or_else(|| bad("it is cut off"))
    }

    /// What is in the next chunk, if it is one of pixels.
    fn next_pixels(&mut self) -> Result<Option<&'a [u8]>, DecodeError> {
        Ok(match self.next()? {
            (b"IDAT", data) => Some(data),
            _ => None,
        })
    }
}

/// The inflated bytes of the chunks of pixels, which follow each other.
#[derive(Debug)]
struct Pixels<'a> {
    chunks: Chunks<'a>,
    input: Input<'a>,
    stream: Stream,
    inflate: Inflate,
}

impl<'a> Pixels<'a> {
    /// `first` is the content of the first such chunk, and `chunks` what follows it.
    fn begin(first: &'a [u8], chunks: Chunks<'a>) -> Result<Self, DecodeError> {
        let mut length = first.len();
        let mut ahead = Chunks(Input::new(chunks.0.peek()));
        while let Some(data) = ahead.next_pixels()? {
            length += data.len();
        }
        let mut inflate = Inflate::default();
        inflate.begin(length);
        Ok(Self {
            chunks,
            input: Input::new(first),
            stream: Stream::default(),
            inflate,
        })
    }

    /// Fills all of `bytes`.
    fn read(&mut self, bytes: &mut [u8]) -> Result<(), DecodeError> {
        let mut rest = bytes;
        while !rest.is_empty() {
            let Some(ready) = self.inflate.ready(&mut self.stream, &mut self.input, 1)? else {
                self.next_chunk()?;
                continue;
            };
            let count = ready.len().min(rest.len());
            let (these, others) = rest.split_at_mut_checked(count).unwrap_or_default();
            these.copy_from_slice(ready.get(..count).unwrap_or_default());
            self.inflate.used(count);
            rest = others;
        }
        Ok(())
    }

    /// There must be nothing more.
    fn finish(&mut self) -> Result<(), DecodeError> {
        while !self.inflate.finish(&mut self.stream, &mut self.input)? {
            self.next_chunk()?;
        }
        Ok(())
    }

    fn next_chunk(&mut self) -> Result<(), DecodeError> {
        match self.chunks.next_pixels()? {
            Some(data) => self.input = Input::new(data),
            None => return Err(bad("it is cut off")),
        }
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use ::png::{BitDepth, ColorType, Encoder, Filter};

    use super::super::super::testing::{Numbers, png_image};
    use super::*;
    use crate::geometry::Size;
    use crate::pixel::{Pixel, rgb};

    fn draw_one(image: &[u8], width: u16, height: u16) -> Result<Vec<Pixel>, DecodeError> {
        let mut framebuffer = Framebuffer::default();
        framebuffer.resize(Size { width, height });
        draw(image, Rect::new(0, 0, width, height), &mut framebuffer)?;
        Ok(bytemuck::cast_slice(framebuffer.bytes()).to_vec())
    }

    #[test]
    fn every_colour_type_and_depth_becomes_opaque_colours() {
        let grey = |value| rgb(value, value, value);
        let cases: [(ColorType, BitDepth, &[u8], [Pixel; 2]); 11] = [
            (
                ColorType::Rgb,
                BitDepth::Eight,
                &[1, 2, 3, 4, 5, 6],
                [rgb(1, 2, 3), rgb(4, 5, 6)],
            ),
            (
                ColorType::Rgba,
                BitDepth::Eight,
                &[1, 2, 3, 0, 4, 5, 6, 128],
                [rgb(1, 2, 3), rgb(4, 5, 6)],
            ),
            (
                ColorType::Rgb,
                BitDepth::Sixteen,
                &[1, 9, 2, 9, 3, 9, 4, 9, 5, 9, 6, 9],
                [rgb(1, 2, 3), rgb(4, 5, 6)],
            ),
            (ColorType::Grayscale, BitDepth::Eight, &[7, 8], [grey(7), grey(8)]),
            (
                ColorType::Grayscale,
                BitDepth::Sixteen,
                &[7, 1, 8, 1],
                [grey(7), grey(8)],
            ),
            (
                ColorType::Grayscale,
                BitDepth::One,
                &[0b0100_0000],
                [grey(0), grey(255)],
            ),
            (
                ColorType::Grayscale,
                BitDepth::Four,
                &[0x1F],
                [grey(17), grey(255)],
            ),
            (
                ColorType::GrayscaleAlpha,
                BitDepth::Eight,
                &[7, 0, 8, 3],
                [grey(7), grey(8)],
            ),
            (
                ColorType::Indexed,
                BitDepth::Eight,
                &[3, 15],
                [grey(30), grey(150)],
            ),
            (
                ColorType::Indexed,
                BitDepth::Two,
                &[0b0111_0000],
                [grey(10), grey(30)],
            ),
            (ColorType::Indexed, BitDepth::Four, &[0x2A], [grey(20), grey(100)]),
        ];
        for (colour, depth, bytes, expected) in cases {
            let image = png_image(colour, depth, 2, 1, bytes);
            assert_eq!(
                draw_one(&image, 2, 1),
                Ok(expected.to_vec()),
                "{colour:?} {depth:?}"
            );
        }
    }

    #[test]
    fn another_size_than_the_rectangles_is_an_error() {
        let image = png_image(ColorType::Grayscale, BitDepth::Eight, 2, 1, &[1, 2]);
        let rect = Rect::new(0, 0, 1, 2);
        assert_eq!(
            draw_one(&image, 1, 2),
            Err(DecodeError::ImageSize {
                format: "PNG",
                image: "2x1".to_owned(),
                rect
            })
        );
    }

    #[test]
    fn a_broken_image_is_an_error_wherever_it_breaks() {
        let bytes: Vec<u8> = (0..64 * 64).map(|it| (it * 7 / 3) as u8).collect();
        let image = png_image(ColorType::Grayscale, BitDepth::Eight, 64, 64, &bytes);
        let data = image.len() - 12 - 4; // before the checksum of the data and the end
        for cut in (0..data).step_by(9) {
            let result = draw_one(&image[..cut], 64, 64);
            assert!(
                matches!(result, Err(DecodeError::BadImage { format: "PNG", .. })),
                "{cut}: {result:?}"
            );
        }
    }

    #[test]
    fn every_filter_is_undone_for_every_width_of_a_pixel() {
        let filters = [
            Filter::NoFilter,
            Filter::Sub,
            Filter::Up,
            Filter::Avg,
            Filter::Paeth,
            Filter::Adaptive,
        ];
        let kinds = [
            (ColorType::Grayscale, BitDepth::Eight, 1),
            (ColorType::GrayscaleAlpha, BitDepth::Eight, 2),
            (ColorType::Rgb, BitDepth::Eight, 3),
            (ColorType::Rgba, BitDepth::Eight, 4),
            (ColorType::Rgb, BitDepth::Sixteen, 6),
            (ColorType::Rgba, BitDepth::Sixteen, 8),
        ];
        for filter in filters {
            for (colour, depth, bytes) in kinds {
                let data = Numbers(bytes as u32).bytes(19 * 11 * bytes);
                let mut image = Vec::new();
                let mut encoder = Encoder::new(&mut image, 19, 11);
                encoder.set_color(colour);
                encoder.set_depth(depth);
                encoder.set_filter(filter);
                let mut writer = encoder.write_header().unwrap();
                writer.write_image_data(&data).unwrap();
                writer.finish().unwrap();
                let expected: Vec<Pixel> = data
                    .chunks(bytes)
                    .map(|it| match bytes {
                        1 | 2 => rgb(it[0], it[0], it[0]),
                        3 | 4 => rgb(it[0], it[1], it[2]),
                        _ => rgb(it[0], it[2], it[4]),
                    })
                    .collect();
                assert_eq!(
                    draw_one(&image, 19, 11),
                    Ok(expected),
                    "{filter:?} {colour:?} {depth:?}"
                );
            }
        }
    }

    /// An image of grey pixels with this in its header after the size, and these chunks of pixels.
    fn chunks(header: [u8; 5], chunks: &[&[u8]]) -> Vec<u8> {
        let mut image = SIGNATURE.to_vec();
        let mut push = |kind: &[u8; 4], content: &[u8]| {
            image.extend((content.len() as u32).to_be_bytes());
            image.extend([kind, content, &[0; 4]].concat());
        };
        push(b"IHDR", &[&[0, 0, 0, 2, 0, 0, 0, 1][..], &header].concat());
        push(b"tEXt", b"passed over");
        for content in chunks {
            push(b"IDAT", content);
        }
        push(b"IEND", &[]);
        image
    }

    /// A stored block: a row with no filter, its two greys, and the checksum.
    const ROW: [u8; 14] = [0x78, 0x01, 1, 3, 0, 0xFC, 0xFF, 0, 7, 9, 0, 0x1A, 0, 0x11];

    #[test]
    fn chunks_of_pixels_follow_each_other() {
        let header = [8, 0, 0, 0, 0];
        let expected = Ok(vec![rgb(7, 7, 7), rgb(9, 9, 9)]);
        for at in 0..ROW.len() {
            let (first, second) = ROW.split_at(at);
            assert_eq!(
                draw_one(&chunks(header, &[first, second]), 2, 1),
                expected,
                "{at}"
            );
        }
        assert_eq!(
            draw_one(&chunks(header, &[&ROW[..8]]), 2, 1),
            Err(DecodeError::ZlibLength("less"))
        );
    }

    #[test]
    fn what_does_not_exist_is_an_error() {
        for header in [
            [3, 0, 0, 0, 0],
            [4, 2, 0, 0, 0],
            [16, 3, 0, 0, 0],
            [8, 1, 0, 0, 0],
            [8, 0, 1, 0, 0],
            [8, 0, 0, 1, 0],
            [8, 0, 0, 0, 1],
        ] {
            let result = draw_one(&chunks(header, &[&ROW]), 2, 1);
            assert!(
                matches!(result, Err(DecodeError::BadImage { format: "PNG", .. })),
                "{header:?}: {result:?}"
            );
        }
        let mut filter = ROW;
        (filter[7], filter[11], filter[13]) = (5, 0x29, 0x16);
        let result = draw_one(&chunks([8, 0, 0, 0, 0], &[&filter]), 2, 1);
        assert_eq!(result, Err(bad("a row's filter does not exist")));
        assert_eq!(
            draw_one(&chunks([8, 0, 0, 0, 0], &[]), 2, 1),
            Err(bad("it has no pixels"))
        );
        let (index, length) = (7, 0);
        let result = draw_one(&chunks([8, 3, 0, 0, 0], &[&ROW]), 2, 1);
        assert_eq!(result, Err(DecodeError::PaletteIndex { index, length }));
    }

    #[test]
    fn no_corruption_makes_it_panic() {
        let mut numbers = Numbers(13);
        let bytes = numbers.bytes(64 * 8);
        let image = png_image(ColorType::Indexed, BitDepth::Four, 32, 32, &bytes);
        for _ in 0..2000 {
            let mut image = image.clone();
            for _ in 0..1 + numbers.below(3) {
                let at = numbers.below(image.len() as u32) as usize;
                image[at] = numbers.below(256) as u8;
            }
            if let Ok(pixels) = draw_one(&image, 32, 32) {
                assert_eq!(pixels.len(), 32 * 32);
            }
        }
    }
}
