//! Encodings of a rectangle's pixels, each in the module of its name.

mod hextile;
mod raw;
mod zrle;

use super::Error;
use super::pixel_format::PixelFormat;
use crate::demo::geometry::Rect;
use crate::demo::paint::Frame;

/// The encodings that the server can send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    Raw,
    Hextile,
    Zrle,
}

impl Encoding {
    /// The best of those the client lists; Raw needs no listing.
    pub(crate) fn choose(listed: &[i32]) -> Self {
        [Self::Zrle, Self::Hextile]
            .into_iter()
            .find(|encoding| listed.contains(&encoding.number()))
            .unwrap_or(Self::Raw)
    }

    pub(crate) const fn number(self) -> i32 {
        match self {
            Self::Raw => 0,
            Self::Hextile => 5,
            Self::Zrle => 16,
        }
    }
}

/// Encodes rectangles; keeps ZRLE's zlib stream, which lasts as long as the connection.
#[derive(Debug)]
pub(crate) struct Encoder {
    zrle: zrle::Zrle,
}

impl Encoder {
    pub(crate) fn new() -> Self {
        Self {
            zrle: zrle::Zrle::new(),
        }
    }

    /// Appends the pixels of `area` of `frame`, without the rectangle's header.
    ///
    /// # Errors
    /// When the compressor fails.
    pub(crate) fn encode(
        &mut self,
        encoding: Encoding,
        format: PixelFormat,
        frame: &Frame,
        area: Rect,
        out: &mut Vec<u8>,
    ) -> Result<(), Error> {
        match encoding {
            Encoding::Raw => raw::encode(format, frame, area, out),
            Encoding::Hextile => hextile::encode(format, frame, area, out),
            Encoding::Zrle => self.zrle.encode(format, frame, area, out)?,
        }
        Ok(())
    }
}

/// The tiles of `area`, `edge` pixels square and smaller at the right and the bottom, row by row.
fn tiles(area: Rect, edge: i32) -> impl Iterator<Item = Rect> {
    (area.y..area.bottom()).step_by(edge as usize).flat_map(move |y| {
        (area.x..area.right())
            .step_by(edge as usize)
            .map(move |x| Rect::new(x, y, edge.min(area.right() - x), edge.min(area.bottom() - y)))
    })
}

/// The pixels of a tile, row after row.
fn tile_pixels(frame: &Frame, tile: Rect, pixels: &mut Vec<u32>) {
    pixels.clear();
    for y in tile.y..tile.bottom() {
        pixels.extend_from_slice(frame.row(tile.x, y, tile.width));
    }
}
