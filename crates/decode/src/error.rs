//! What can be wrong with what a server sends, in words that can be shown to a person as they are.

use crate::encoding::Encoding;
use crate::geometry::{Rect, Size};

/// What can be wrong with a message, whatever is in its rectangles.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MessageError {
    /// A length beyond its limit.
    #[error("{what} of {length} bytes is longer than the limit of {limit}")]
    TooLong {
        /// What has that length.
        what: &'static str,
        /// The length on the wire.
        length: u32,
        /// The limit.
        limit: usize,
    },
    /// A framebuffer beyond its limit.
    #[error("a framebuffer of {size} is larger than the limit of {limit} pixels")]
    FramebufferTooLarge {
        /// The size on the wire.
        size: Size,
        /// The limit in pixels.
        limit: usize,
    },
    /// A number that has no meaning where it stands.
    #[error("{what} {value} has no meaning here")]
    Meaningless {
        /// What the number is of.
        what: &'static str,
        /// The number.
        value: u32,
    },
}

/// What can be wrong with a rectangle.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// The encoding is not known: where the rectangle ends cannot be told.
    #[error("the encoding is not known")]
    UnknownEncoding,
    /// The encoding that a cursor's pixels are in is not known.
    #[error("its pixels are in {0}, which no cursor can be in here")]
    UnknownCursorEncoding(Encoding),
    /// It reaches beyond the framebuffer.
    #[error("it reaches beyond the framebuffer of {0}")]
    OutsideFramebuffer(Size),
    /// Where it is to be copied from reaches beyond the framebuffer.
    #[error("its source {source_rect} reaches beyond the framebuffer of {size}")]
    SourceOutsideFramebuffer {
        /// The source.
        source_rect: Rect,
        /// The framebuffer.
        size: Size,
    },
    /// A part of it reaches beyond it.
    #[error("a {what} of {part} reaches beyond it")]
    OutsideRectangle {
        /// What kind of part.
        what: &'static str,
        /// Where in the rectangle the part is.
        part: Rect,
    },
    /// A number beyond its limit.
    #[error("{what} of {value} is more than {limit}")]
    TooLarge {
        /// What the number is of.
        what: &'static str,
        /// The number on the wire.
        value: usize,
        /// The limit.
        limit: usize,
    },
    /// A number that has no meaning where it stands.
    #[error("{what} {value} has no meaning")]
    Meaningless {
        /// What the number is of.
        what: &'static str,
        /// The number.
        value: u8,
    },
    /// An index into a palette beyond its end.
    #[error("palette index {index} is beyond a palette of {length}")]
    PaletteIndex {
        /// The index.
        index: u8,
        /// How many colours there are.
        length: usize,
    },
    /// A zlib stream that is corrupt.
    #[error("its zlib stream is corrupt")]
    CorruptZlib,
    /// A zlib stream that gives other than what the rectangle needs.
    #[error("its zlib data hold {0} than its pixels need")]
    ZlibLength(&'static str),
    /// A length that is not what the pixels need.
    #[error("its data have {length} bytes, not the {expected} that its pixels need")]
    Length {
        /// The length on the wire.
        length: usize,
        /// What it must be.
        expected: usize,
    },
    /// An image that cannot be decoded.
    #[error("its {format} image is broken: {reason}")]
    BadImage {
        /// "JPEG" or "PNG".
        format: &'static str,
        /// What the image's decoder says.
        reason: String,
    },
    /// An image of another size than its rectangle.
    #[error("its {format} image is {image}, not {}", .rect.size())]
    ImageSize {
        /// "JPEG" or "PNG".
        format: &'static str,
        /// The image's size, as `WIDTHxHEIGHT`.
        image: String,
        /// The rectangle it is for.
        rect: Rect,
    },
    /// What a pseudo-encoding's rectangle carries is wrong as a message.
    #[error(transparent)]
    Message(#[from] MessageError),
}
