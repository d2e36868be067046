//! Everything that can end a connection, in words that can be shown to a person as they are.

use crate::client::Phase;
use crate::encoding::Encoding;
use crate::geometry::{Rect, Size};
use crate::security::SecurityType;

/// Why a connection cannot go on. The first error is final.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The greeting is not RFB's. `seen` is what came in its place.
    #[error("this is not a VNC server: it began with \"{}\" instead of \"RFB \"", .seen.escape_ascii())]
    NotRfb {
        /// The first bytes.
        seen: Vec<u8>,
    },
    /// The greeting is RFB's, of a version that has no meaning for a viewer.
    #[error("the server speaks RFB {version}, which this viewer does not know")]
    UnsupportedVersion {
        /// The version as the server wrote it.
        version: String,
    },
    /// The other side is an UltraVNC repeater, which has to be told where to go.
    #[error("this is a repeater, which has to be told the ID of a desktop")]
    RepeaterWithoutId,
    /// The repeater was told where to go and asked once more.
    #[error("the repeater asked for the ID of a desktop again")]
    RepeaterAsksAgain,
    /// The server offered no security type and said why.
    #[error("the server refused the connection: {}", or(.reason, "it gave no reason"))]
    Refused {
        /// The server's own words.
        reason: String,
    },
    /// Nothing that the server offered is known here.
    #[error("the server wants a login that this viewer does not know: {}", list(.offered))]
    NoSecurityTypeInCommon {
        /// What it offered, in its order.
        offered: Vec<SecurityType>,
    },
    /// The server said something in a login that cannot be.
    #[error("{security_type}: {reason}")]
    Login {
        /// Which login.
        security_type: SecurityType,
        /// What is wrong.
        reason: String,
    },
    /// Somebody did not take the server's key for the right one.
    #[error("the server's key was not approved")]
    ServerNotApproved,
    /// The login failed.
    #[error("{security_type} failed: {}", or(.reason.as_deref().unwrap_or_default(), "the server gave no reason"))]
    AuthenticationFailed {
        /// What was tried.
        security_type: SecurityType,
        /// The server's own words, where the version has them.
        reason: Option<String>,
    },
    /// A message of a type that is not known: where it ends cannot be told.
    #[error("the server sent a message of unknown type {number}")]
    UnknownMessage {
        /// The type's number.
        number: u8,
    },
    /// A message that is known, with something in it that cannot be.
    #[error("{message}: {reason}")]
    Message {
        /// The message's name in the specification.
        message: &'static str,
        /// What is wrong with it.
        reason: MessageError,
    },
    /// A rectangle of a framebuffer update that cannot be decoded.
    #[error("FramebufferUpdate: {encoding} rectangle {rect}: {reason}")]
    Rectangle {
        /// The encoding it is said to be in.
        encoding: Encoding,
        /// Where it was to go.
        rect: Rect,
        /// What is wrong with it.
        reason: DecodeError,
    },
    /// The server closed the connection in the middle of a rectangle.
    #[error(
        "the server closed the connection in the middle of a FramebufferUpdate: {encoding} rectangle {rect}"
    )]
    CutOff {
        /// The encoding that the rectangle was in.
        encoding: Encoding,
        /// Where it was to go.
        rect: Rect,
    },
    /// The server closed the connection.
    #[error("the server closed the connection {phase}{}", unfinished(.unparsed))]
    Closed {
        /// What the client was waiting for.
        phase: Phase,
        /// The beginning of what had arrived of it.
        unparsed: Vec<u8>,
    },
}

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

/// More than these are not listed: it is a person who reads it.
const LISTED: usize = 8;

fn list(offered: &[SecurityType]) -> String {
    let mut names: Vec<String> = Vec::new();
    for name in offered.iter().map(ToString::to_string) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let more = names.len().saturating_sub(LISTED);
    names.truncate(LISTED);
    let names = names.join(", ");
    match more {
        0 => names,
        more => format!("{names} and {more} more"),
    }
}

fn or<'a>(reason: &'a str, none: &'a str) -> &'a str {
    match reason.trim() {
        "" => none,
        reason => reason,
    }
}

fn unfinished(unparsed: &[u8]) -> String {
    if unparsed.is_empty() {
        String::new()
    } else {
        format!(", after \"{}\"", unparsed.escape_ascii())
    }
}
