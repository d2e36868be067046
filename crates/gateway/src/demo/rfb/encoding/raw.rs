//! Raw (RFC 6143, 7.7.1): the pixels, row by row.

use crate::demo::geometry::Rect;
use crate::demo::paint::Frame;
use crate::demo::rfb::pixel_format::PixelFormat;

pub(super) fn encode(format: PixelFormat, frame: &Frame, area: Rect, out: &mut Vec<u8>) {
    out.reserve(area.width as usize * area.height as usize * format.bytes_per_pixel());
    for y in area.y..area.bottom() {
        for pixel in frame.row(area.x, y, area.width) {
            format.write(*pixel, out);
        }
    }
}
