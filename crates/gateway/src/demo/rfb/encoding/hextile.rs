//! Hextile (RFC 6143, 7.7.4): tiles of 16x16 as a background and coloured rectangles on it, or raw.

use super::{raw, tile_pixels, tiles};
use crate::demo::geometry::Rect;
use crate::demo::paint::Frame;
use crate::demo::rfb::pixel_format::PixelFormat;

const RAW: u8 = 1;
const BACKGROUND_SPECIFIED: u8 = 2;
const ANY_SUBRECTS: u8 = 8;
const SUBRECTS_COLOURED: u8 = 16;

pub(super) fn encode(format: PixelFormat, frame: &Frame, area: Rect, out: &mut Vec<u8>) {
    let mut pixels = Vec::with_capacity(256);
    for tile in tiles(area, 16) {
        tile_pixels(frame, tile, &mut pixels);
        let background = most_common(&pixels);
        let runs = runs(&pixels, tile.width as usize, background);
        let bytes = format.bytes_per_pixel();
        if runs.is_empty() {
            out.push(BACKGROUND_SPECIFIED);
            format.write(background, out);
        } else if 2 + bytes + runs.len() * (bytes + 2) < 1 + pixels.len() * bytes && runs.len() <= 255 {
            out.push(BACKGROUND_SPECIFIED | ANY_SUBRECTS | SUBRECTS_COLOURED);
            format.write(background, out);
            out.push(runs.len() as u8);
            for run in runs {
                format.write(run.pixel, out);
                out.extend([(run.x << 4) | run.y, (run.width - 1) << 4]);
            }
        } else {
            out.push(RAW);
            raw::encode(format, frame, tile, out);
        }
    }
}

/// Pixels of one colour beside each other in a row of a tile: a rectangle one pixel high.
struct Run {
    pixel: u32,
    x: u8,
    y: u8,
    width: u8,
}

fn runs(pixels: &[u32], width: usize, background: u32) -> Vec<Run> {
    let mut runs = Vec::new();
    for (y, row) in pixels.chunks(width).enumerate() {
        let mut x = 0;
        for run in row.chunk_by(|left, right| left == right) {
            if run[0] != background {
                runs.push(Run {
                    pixel: run[0],
                    x: x as u8,
                    y: y as u8,
                    width: run.len() as u8,
                });
            }
            x += run.len();
        }
    }
    runs
}

/// The colour of the most pixels.
fn most_common(pixels: &[u32]) -> u32 {
    let mut sorted = pixels.to_vec();
    sorted.sort_unstable();
    let longest = sorted
        .chunk_by(|left, right| left == right)
        .max_by_key(|same| same.len());
    longest.and_then(|same| same.first()).copied().unwrap_or_default()
}
