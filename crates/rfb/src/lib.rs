//! The RFB protocol (VNC) as a client without any I/O: bytes in, events and bytes out.
//!
//! [`Client`] is a state machine. Whoever owns the socket feeds what arrives, in any slicing, to
//! [`Client::handle_input`], and afterwards drains [`Client::poll_event`] and sends what
//! [`Client::poll_transmit`] gives. Pixels are decoded into [`Client::framebuffer`] as they arrive.
//! There is no clock, no thread and no socket in here, so the same code runs in a browser's worker, in a
//! test and under a fuzzer.
//!
//! ```
//! use porthole_rfb::{Client, Config, Event};
//!
//! let mut client = Client::new(Config::default());
//! client.handle_input(b"RFB 003.008\n")?;
//! assert_eq!(client.poll_transmit().as_deref(), Some(&b"RFB 003.008\n"[..]));
//! // One security type is offered: None. Then its result, and ServerInit: 2x1 pixels, name "hi".
//! client.handle_input(&[1, 1])?;
//! client.handle_input(&[0, 0, 0, 0])?;
//! client.handle_input(&[0, 2, 0, 1, 32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0, 0, 0, 0, 0, 0, 0, 2])?;
//! client.handle_input(b"hi")?;
//! let events: Vec<Event> = std::iter::from_fn(|| client.poll_event()).collect();
//! assert!(matches!(events.last(), Some(Event::Connected { name, .. }) if name == "hi"));
//! # Ok::<(), porthole_rfb::Error>(())
//! ```
//!
//! The protocol is that of RFC 6143 and of the community's *rfbproto*, whose section names the modules use.
//!
//! # Bounds
//! Every length from the wire is checked against [`Limits`] before memory is reserved for it, every
//! rectangle against the framebuffer before a pixel is written. Bad input ends in one [`Error`], which names
//! the message or rectangle and the reason; after it the client takes no more input.

#![forbid(unsafe_code)]

mod client;
mod clipboard;
mod cursor;
mod error;
mod lossy;
mod security;
mod statistics;
mod version;
mod video;

use porthole_decode::{encoding, encodings, framebuffer, geometry, input, limits, pixel};

pub use client::{Client, Config, Event, LockKeys, Phase, PointerButtons, PowerAction, ResizeStatus, Screen};
pub use clipboard::ClipboardContent;
pub use cursor::Cursor;
pub use encoding::{Encoding, Subsampling};
pub use error::{DecodeError, Error, MessageError};
pub use framebuffer::Framebuffer;
pub use geometry::{Rect, Size};
pub use limits::Limits;
pub use pixel::PixelFormat;
#[cfg(feature = "ciphers")]
pub use security::logins;
pub use security::{
    Cipher, Credential, Credentials, Exchange, Login, LoginError, LoginStep, SecurityType, ServerKey,
    vnc_authentication,
};
pub use statistics::{EncodingStatistics, Statistics};
pub use version::Version;
pub use video::{Video, VideoFrame};
