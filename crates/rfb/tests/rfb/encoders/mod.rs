//! The server's side of the encodings, from the specification alone: RFC 6143, 7.7, and rfbproto, "Encodings".
//!
//! Where the specification leaves a server a choice, the dice choose among all that it allows.

mod compressed_image;
mod deflate;
mod hextile;
mod rre;
mod tight;
mod zrle;

use std::collections::BTreeSet;

pub(crate) use compressed_image::{Jpeg, grey_jpeg, png, without_tables};
pub(crate) use deflate::Deflate;
use porthole_rfb::Encoding;
pub(crate) use tight::compact_length;

use crate::dice::Dice;
use crate::image::{Image, Rgb};

/// The encodings that carry pixels of their own.
pub(crate) const LOSSLESS: [Encoding; 7] = [
    Encoding::RAW,
    Encoding::RRE,
    Encoding::HEXTILE,
    Encoding::ZLIB,
    Encoding::ZRLE,
    Encoding::TIGHT,
    Encoding::TIGHT_PNG,
];

/// The encoders of one connection, with the zlib streams that last as long as it does.
#[derive(Debug)]
pub(crate) struct Encoders {
    pub(crate) dice: Dice,
    pub(crate) zlib: Deflate,
    pub(crate) zrle: Deflate,
    pub(crate) tight: [Deflate; 4],
    /// What was made use of, so that a test can see that it has tested all of it.
    pub(crate) used: BTreeSet<&'static str>,
}

impl Encoders {
    pub(crate) fn new(seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        Self {
            zlib: Deflate::new(&mut dice),
            zrle: Deflate::new(&mut dice),
            tight: [(); 4].map(|()| Deflate::new(&mut dice)),
            used: BTreeSet::new(),
            dice,
        }
    }

    /// What follows the header of a rectangle with this content.
    pub(crate) fn encode(&mut self, encoding: Encoding, image: &Image) -> Vec<u8> {
        match encoding {
            Encoding::RAW => self.raw(image),
            Encoding::RRE => self.rre(image),
            Encoding::HEXTILE => self.hextile(image),
            Encoding::ZLIB => self.zlib(image),
            Encoding::ZRLE => self.zrle(image),
            Encoding::TIGHT => self.tight(image),
            Encoding::TIGHT_PNG => self.tight_png(image),
            Encoding::JPEG => Jpeg::default().encode(image),
            other => unreachable!("{other} has no encoder"),
        }
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

    /// A `PIXEL` in the format that the client asks for: R, G, B, and a byte that may hold anything.
    fn pixel(&mut self, bytes: &mut Vec<u8>, [r, g, b]: Rgb) {
        bytes.extend_from_slice(&[r, g, b, self.dice.byte()]);
    }
}

/// Four bytes of length before the data.
pub(crate) fn with_length(data: Vec<u8>) -> Vec<u8> {
    let mut bytes = (data.len() as u32).to_be_bytes().to_vec();
    bytes.extend(data);
    bytes
}
