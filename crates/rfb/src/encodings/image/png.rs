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
