//! The server's side of the encodings, from the specification alone: RFC 6143, 7.7, and rfbproto, "Encodings".
//!
//! Where the specification leaves a server a choice, the dice choose among all that it allows.

mod compressed_image;
mod deflate;
mod format;
mod hextile;
mod rre;
mod tight;
mod tile;
mod trle;
mod zrle;
mod zywrle;

use std::collections::BTreeSet;

pub(crate) use compressed_image::{Jpeg, grey_jpeg, png, without_tables};
pub(crate) use deflate::Deflate;
pub(crate) use format::Format;
use porthole_rfb::Encoding;
pub(crate) use tight::compact_length;

use crate::dice::Dice;
use crate::image::{Image, Rgb};
use crate::oracle::formats::TRUE_COLOUR;

/// The encodings that carry pixels of their own without loss.
pub(crate) const LOSSLESS: [Encoding; 10] = [
    Encoding::RAW,
    Encoding::RRE,
    Encoding::CORRE,
    Encoding::HEXTILE,
    Encoding::ZLIB,
    Encoding::ZLIB_HEX,
    Encoding::TRLE,
    Encoding::ZRLE,
    Encoding::TIGHT,
    Encoding::TIGHT_PNG,
];

/// The encoders of one connection, with the zlib streams that last as long as it does.
#[derive(Debug)]
pub(crate) struct Encoders {
    pub(crate) dice: Dice,
    /// How pixels are written.
    pub(crate) format: Format,
    /// Whether the client knows Tight without zlib.
    pub(crate) without_zlib: bool,
    /// How coarse ZYWRLE may be, 1 to 3: what the client's JPEG quality comes to.
    pub(crate) zywrle_level: u32,
    pub(crate) zlib: Deflate,
    zlib_hex_raw: Deflate,
    zlib_hex: Deflate,
    /// Of ZRLE and ZYWRLE.
    pub(crate) zrle: Deflate,
    pub(crate) tight: [Deflate; 4],
    /// What was made use of, so that a test can see that it has tested all of it.
    pub(crate) used: BTreeSet<&'static str>,
}

impl Encoders {
    /// Those for the pixels that the client asks for unless told otherwise.
    pub(crate) fn new(seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        Self {
            format: Format::true_colour(TRUE_COLOUR[0]),
            without_zlib: true,
            zywrle_level: 1,
            zlib: Deflate::new(&mut dice),
            zlib_hex_raw: Deflate::new(&mut dice),
            zlib_hex: Deflate::new(&mut dice),
            zrle: Deflate::new(&mut dice),
            tight: [(); 4].map(|()| Deflate::new(&mut dice)),
            used: BTreeSet::new(),
            dice,
        }
    }

    /// What follows the header of a rectangle with this content, and what the client is to show of it: colours
    /// that the pixel format has, and less where the encoding loses some.
    pub(crate) fn encode(&mut self, encoding: Encoding, image: &Image) -> (Vec<u8>, Image) {
        let image = self.format.shown(image);
        let bytes = match encoding {
            Encoding::RAW => self.raw(&image),
            Encoding::RRE => self.rre(&image),
            Encoding::CORRE => self.corre(&image),
            Encoding::HEXTILE => self.hextile(&image),
            Encoding::ZLIB => self.zlib(&image),
            Encoding::ZLIB_HEX => self.zlib_hex(&image),
            Encoding::TRLE => self.trle(&image),
            Encoding::ZRLE => self.zrle(&image),
            Encoding::ZYWRLE => return self.zywrle(&image),
            Encoding::TIGHT => self.tight(&image),
            Encoding::TIGHT_PNG => self.tight_png(&image),
            Encoding::JPEG => Jpeg::default().encode(&image),
            other => unreachable!("{other} has no encoder"),
        };
        (bytes, image)
    }

    /// RFC 6143, 7.7.1.
    fn raw(&mut self, image: &Image) -> Vec<u8> {
        let mut bytes = Vec::new();
        for pixel in image.pixels() {
            self.pixel(&mut bytes, *pixel);
        }
        bytes
    }

    /// rfbproto, "zlib Encoding": the length, then Raw compressed.
    fn zlib(&mut self, image: &Image) -> Vec<u8> {
        let raw = self.raw(image);
        with_length(self.zlib.compress(&raw))
    }

    fn pixel(&mut self, bytes: &mut Vec<u8>, colour: Rgb) {
        bytes.extend(self.format.pixel(colour, &mut self.dice));
    }
}

/// Four bytes of length before the data.
pub(crate) fn with_length(data: Vec<u8>) -> Vec<u8> {
    let mut bytes = (data.len() as u32).to_be_bytes().to_vec();
    bytes.extend(data);
    bytes
}
