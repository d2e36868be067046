//! JPEG images.

use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use super::{broken, check_size};
use crate::error::DecodeError;
use crate::framebuffer::Framebuffer;
use crate::geometry::Rect;
use crate::pixel;

const FORMAT: &str = "JPEG";

/// Draws an image of the rectangle's size.
pub(in super::super) fn draw(
    data: &[u8],
    rect: Rect,
    framebuffer: &mut Framebuffer,
) -> Result<(), DecodeError> {
    // Strict: what is cut off or corrupt is told instead of drawn in grey. The size is checked here.
    let options = DecoderOptions::new_fast()
        .set_strict_mode(true)
        .set_max_width(usize::from(u16::MAX))
        .set_max_height(usize::from(u16::MAX))
        .jpeg_set_out_colorspace(ColorSpace::RGBA);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(data), options);
    decoder.decode_headers().map_err(|error| broken(FORMAT, error))?;
    let (width, height) = decoder.dimensions().unwrap_or_default();
    check_size(FORMAT, width, height, rect)?;
    let mut pixels = vec![0; rect.area() * pixel::BYTES];
    decoder
        .decode_into(&mut pixels)
        .map_err(|error| broken(FORMAT, error))?;
    let rows = pixels.chunks_exact(usize::from(rect.width) * pixel::BYTES);
    for (y, row) in (rect.y..).zip(rows) {
        pixel::copy_wire(framebuffer.row_mut(rect.x, y, rect.width), row);
    }
    Ok(())
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
        draw(image, Rect::new(0, 0, width, height), &mut framebuffer)?;
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
        for cut in (0..image.len() / 2).step_by(7) {
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
