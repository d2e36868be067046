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
