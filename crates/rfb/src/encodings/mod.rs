//! The decoders: one module an encoding, and the table of them.

mod compact_length;
mod copy_rect;
mod hextile;
mod image;
mod inflate;
mod jpeg;
mod palette;
mod place;
mod raw;
mod rre;
#[cfg(test)]
#[allow(clippy::expect_used, reason = "tests")]
mod testing;
mod tight;
mod tight_png;
mod tiles;
mod zlib;
mod zrle;

use crate::encoding::Encoding;
use crate::error::DecodeError;
use crate::framebuffer::Framebuffer;
use crate::geometry::Rect;
use crate::input::Input;
use crate::limits::Limits;

/// How far a decoder came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Progress {
    /// The rectangle is complete: what is left of the input belongs to what comes next.
    Complete,
    /// All that could be used has been used; more must arrive.
    NeedMore,
}

/// Decodes the rectangles of one encoding, one after the other, and keeps what lasts between them (zlib
/// streams, tables).
pub(crate) trait Decoder {
    /// Starts a rectangle, which is known to lie within the framebuffer. It may be empty.
    fn begin(&mut self, rect: Rect);

    /// Goes on with the rectangle as far as the input reaches.
    fn decode(
        &mut self,
        input: &mut Input<'_>,
        framebuffer: &mut Framebuffer,
        limits: &Limits,
    ) -> Result<Progress, DecodeError>;
}

/// The decoders of a connection.
#[derive(Debug, Default)]
pub(crate) struct Decoders {
    raw: raw::Raw,
    copy_rect: copy_rect::CopyRect,
    rre: rre::Rre,
    hextile: hextile::Hextile,
    zlib: zlib::Zlib,
    zrle: zrle::Zrle,
    tight: tight::Tight,
    tight_png: tight_png::TightPng,
    jpeg: jpeg::Jpeg,
}

impl Decoders {
    /// The table: which decoder an encoding has.
    pub(crate) fn get(&mut self, encoding: Encoding) -> Option<&mut dyn Decoder> {
        Some(match encoding {
            Encoding::RAW => &mut self.raw,
            Encoding::COPY_RECT => &mut self.copy_rect,
            Encoding::RRE => &mut self.rre,
            Encoding::HEXTILE => &mut self.hextile,
            Encoding::ZLIB => &mut self.zlib,
            Encoding::ZRLE => &mut self.zrle,
            Encoding::TIGHT => &mut self.tight,
            Encoding::TIGHT_PNG => &mut self.tight_png,
            Encoding::JPEG => &mut self.jpeg,
            _ => return None,
        })
    }
}

/// What this client asks for, the best first.
pub(crate) const PREFERENCE: &[Encoding] = &[
    Encoding::COPY_RECT,
    Encoding::TIGHT,
    Encoding::TIGHT_PNG,
    Encoding::ZRLE,
    Encoding::JPEG,
    Encoding::HEXTILE,
    Encoding::ZLIB,
    Encoding::RRE,
    Encoding::RAW,
];
