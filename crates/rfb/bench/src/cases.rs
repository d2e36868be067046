//! What is decoded: each picture in each encoding.

use porthole_rfb::Encoding;

use crate::encoders::{self, Rectangles};
use crate::pictures::{self, Picture};

/// A picture in an encoding.
pub struct Case {
    /// What is on the screen.
    pub picture: &'static str,
    pub encoding: Encoding,
    /// What of the encoding is used, after a space.
    pub part: &'static str,
    /// A `FramebufferUpdate` of the whole screen.
    pub wire: Vec<u8>,
}

/// An encoding, what of it is used, and how it is made.
type Encoder = (Encoding, &'static str, fn(&Picture) -> Rectangles);

const ENCODERS: [Encoder; 13] = [
    (Encoding::RAW, "", encoders::raw),
    (Encoding::COPY_RECT, "", encoders::copy_rect),
    (Encoding::RRE, "", encoders::rre),
    (Encoding::HEXTILE, "", encoders::hextile),
    (Encoding::ZLIB, "", encoders::zlib),
    (Encoding::TRLE, "", encoders::trle),
    (Encoding::ZRLE, "", encoders::zrle),
    (Encoding::TIGHT, " palette", encoders::tight_palette),
    (Encoding::TIGHT, " copy", encoders::tight_copy),
    (Encoding::TIGHT, " gradient", encoders::tight_gradient),
    (Encoding::TIGHT, " JPEG 4:2:0", encoders::tight_jpeg_420),
    (Encoding::TIGHT, " JPEG 4:4:4", encoders::tight_jpeg_444),
    (Encoding::TIGHT_PNG, "", encoders::tight_png),
];

/// The screens by name.
pub fn pictures() -> [(&'static str, Picture); 5] {
    [
        ("terminal", pictures::terminal()),
        ("windows", pictures::windows()),
        ("web page", pictures::page()),
        ("photograph", pictures::photograph()),
        ("gradient", pictures::gradient()),
    ]
}

/// A picture in every encoding.
pub fn of(picture: &'static str, pixels: &Picture) -> impl Iterator<Item = Case> {
    ENCODERS.iter().map(move |(encoding, part, encode)| Case {
        picture,
        encoding: *encoding,
        part,
        wire: update(*encoding, &encode(pixels)),
    })
}

impl Case {
    /// Whether the picture comes out as it was.
    pub fn is_lossless(&self) -> bool {
        !self.part.contains("JPEG") && self.encoding != Encoding::COPY_RECT
    }
}

/// A `FramebufferUpdate`.
fn update(encoding: Encoding, rectangles: &Rectangles) -> Vec<u8> {
    let mut wire = vec![0, 0];
    wire.extend((rectangles.len() as u16).to_be_bytes());
    for (place, content) in rectangles {
        for number in place {
            wire.extend((*number as u16).to_be_bytes());
        }
        wire.extend(encoding.0.to_be_bytes());
        wire.extend(content);
    }
    wire
}
