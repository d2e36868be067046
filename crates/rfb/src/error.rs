//! Everything that can end a connection, in words that can be shown to a person as they are.

pub use porthole_decode::error::{DecodeError, MessageError};

use crate::client::Phase;
use crate::encoding::Encoding;
use crate::geometry::Rect;
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
    /// The ID for the repeater does not fit into what a repeater reads.
    #[error("the ID for the repeater is longer than {limit} bytes")]
    RepeaterIdTooLong {
        /// How many bytes it may have.
        limit: usize,
    },
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
