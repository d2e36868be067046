//! The decoders: one module an encoding, and the table of them.

mod compact_length;
mod copy_rect;
#[cfg(test)]
mod formats;
mod hextile;
mod image;
pub mod inflate;
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
mod tile;
mod tiles;
mod trle;
mod zlib;
mod zlib_hex;
mod zrle;
mod zywrle;

use crate::encoding::Encoding;
use crate::error::DecodeError;
use crate::framebuffer::Framebuffer;
use crate::geometry::Rect;
use crate::input::Input;
use crate::limits::Limits;
use crate::pixel::WireFormat;

/// What a decoder must know of the connection.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// How pixels lie on the wire.
    pub format: &'a WireFormat,
    /// The JPEG quality that the server has been asked for.
    pub jpeg_quality: Option<u8>,
    /// How much a server may make it hold.
    pub limits: &'a Limits,
}

/// How far a decoder came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// The rectangle is complete: what is left of the input belongs to what comes next.
    Complete,
    /// All that could be used has been used; more must arrive.
    NeedMore,
    /// More of what has arrived could be used, but what is [`ENOUGH`] at once has been done.
    Busy,
}

/// Of so many pixels the work is left for the next time. A few bytes can fill a screen, and the bytes that arrive at once
/// can be for hours of it.
pub const ENOUGH: usize = 8 << 20;

/// Decodes the rectangles of one encoding, one after the other, and keeps what lasts between them (zlib
/// streams, tables).
pub trait Decoder {
    /// Starts a rectangle, which is known to lie within the framebuffer. It may be empty.
    fn begin(&mut self, rect: Rect);

    /// Goes on with the rectangle as far as the input reaches.
    fn decode(
        &mut self,
        input: &mut Input<'_>,
        framebuffer: &mut Framebuffer,
        context: &Context<'_>,
    ) -> Result<Progress, DecodeError>;
}

/// The decoders of a connection.
#[derive(Debug, Default)]
pub struct Decoders {
    raw: raw::Raw,
    copy_rect: copy_rect::CopyRect,
    rre: rre::Rre,
    co_rre: rre::CoRre,
    hextile: hextile::Hextile,
    zlib: zlib::Zlib,
    zlib_hex: zlib_hex::ZlibHex,
    trle: trle::Trle,
    zrle: zrle::Zrle,
    tight: tight::Tight,
    tight_png: tight_png::TightPng,
    jpeg: jpeg::Jpeg,
}

impl Decoders {
    /// The table: which decoder an encoding has.
    // Where it is inlined those decoders are compiled that have parameters, and the site's other crates are compiled for size:
    // RRE takes 1.6 to 2.1 times as long then.
    #[inline(never)]
    pub fn get(&mut self, encoding: Encoding) -> Option<&mut dyn Decoder> {
        Some(match encoding {
            Encoding::RAW => &mut self.raw,
            Encoding::COPY_RECT => &mut self.copy_rect,
            Encoding::RRE => &mut self.rre,
            Encoding::CORRE => &mut self.co_rre,
            Encoding::HEXTILE => &mut self.hextile,
            Encoding::ZLIB => &mut self.zlib,
            Encoding::ZLIB_HEX => &mut self.zlib_hex,
            Encoding::TRLE => &mut self.trle,
            Encoding::ZRLE => self.zrle.plain(),
            Encoding::ZYWRLE => self.zrle.wavelet(),
            Encoding::TIGHT => &mut self.tight,
            Encoding::TIGHT_PNG => &mut self.tight_png,
            Encoding::JPEG => &mut self.jpeg,
            _ => return None,
        })
    }
}

/// What this client asks for, the best first.
pub const PREFERENCE: &[Encoding] = &[
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
