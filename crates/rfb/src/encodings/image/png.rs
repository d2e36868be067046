//! PNG images.

use std::io::Cursor;

use png::{ColorType, Decoder, Limits, Transformations};

use super::{broken, check_size};
use crate::error::DecodeError;
use crate::framebuffer::Framebuffer;
use crate::geometry::Rect;
use crate::pixel::{self, Pixel};

const FORMAT: &str = "PNG";

/// What the decoder may reserve besides the pixels: rows under way, and chunks of text or colour profiles.
const WORK_BYTES: usize = 4 << 20;

/// Draws an image of the rectangle's size. Its transparency is passed over: a desktop has none.
pub(in super::super) fn draw(
    data: &[u8],
    rect: Rect,
    framebuffer: &mut Framebuffer,
) -> Result<(), DecodeError> {
    let mut decoder = Decoder::new_with_limits(Cursor::new(data), Limits { bytes: WORK_BYTES });
    decoder.set_transformations(Transformations::normalize_to_color8());
    decoder.set_ignore_text_chunk(true);
    decoder.set_ignore_iccp_chunk(true);
    let info = decoder
        .read_header_info()
        .map_err(|error| broken(FORMAT, error))?;
    check_size(FORMAT, info.width as usize, info.height as usize, rect)?;
    let mut reader = decoder.read_info().map_err(|error| broken(FORMAT, error))?;
    let size = reader.output_buffer_size().unwrap_or_default();
    let mut pixels = vec![0; size];
    let frame = reader
        .next_frame(&mut pixels)
        .map_err(|error| broken(FORMAT, error))?;
    let copy: fn(&mut [Pixel], &[u8]) = match frame.color_type {
        ColorType::Rgb => pixel::copy_compact,
        ColorType::Rgba => pixel::copy_wire,
        ColorType::Grayscale => copy_grey::<1>,
        ColorType::GrayscaleAlpha => copy_grey::<2>,
        // Palettes are expanded by the decoder.
        ColorType::Indexed => return Err(broken(FORMAT, "a palette without colours")),
    };
    for (y, row) in (rect.y..rect.y + rect.height).zip(pixels.chunks_exact(frame.line_size.max(1))) {
        copy(framebuffer.row_mut(rect.x, y, rect.width), row);
    }
    Ok(())
}

/// Copies greys, every one the first of `BYTES` bytes.
fn copy_grey<const BYTES: usize>(row: &mut [Pixel], greys: &[u8]) {
    for (pixel, &grey) in row.iter_mut().zip(greys.iter().step_by(BYTES)) {
        *pixel = pixel::rgb(grey, grey, grey);
    }
}

#[cfg(test)]
mod tests {
    use ::png::BitDepth;

    use super::super::super::testing::png_image;
    use super::*;
    use crate::geometry::Size;
    use crate::pixel::rgb;

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
}
