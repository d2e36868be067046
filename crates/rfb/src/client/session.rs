//! What all parts of the client work on, and what they do to it together.

use std::collections::VecDeque;

use super::{Config, Event, Screen, pseudo, send};
use crate::clipboard::Clipboard;
use crate::cursor::Cursor;
use crate::encoding::Encoding;
use crate::error::{Error, MessageError};
use crate::framebuffer::Framebuffer;
use crate::geometry::{Rect, Size};
use crate::lossy::Lossy;
use crate::pixel::WireFormat;
use crate::security::{Cipher, Credentials, LoginError, SecurityType};
use crate::statistics::Statistics;
use crate::video::Contexts;

/// A picture of a video, where there was one.
pub(super) type VideoOutcome = Option<Vec<u8>>;

/// What the server has shown that it can do.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Abilities {
    pub(super) fence: bool,
    pub(super) continuous_updates: bool,
    pub(super) extended_desktop_size: bool,
    pub(super) extended_mouse_buttons: bool,
    pub(super) extended_key_events: bool,
    pub(super) relative_pointer: bool,
    pub(super) xvp: bool,
}

/// What all parts of the client work on.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) config: Config,
    pub(super) credentials: Option<Credentials>,
    pub(super) framebuffer: Framebuffer,
    /// How pixels come.
    pub(super) format: WireFormat,
    pub(super) screens: Vec<Screen>,
    /// The cursor that the server sent last.
    pub(super) cursor: Cursor,
    pub(super) cursor_hidden: bool,
    /// Whether the server's name is QEMU's, which has colours and alpha of cursors in an order of its own.
    pub(super) is_qemu: bool,
    pub(super) abilities: Abilities,
    /// Nobody wants to see updates now.
    pub(super) is_paused: bool,
    /// An update has been asked for and has not begun yet.
    pub(super) is_requested: bool,
    pub(super) statistics: Statistics,
    pub(super) lossy: Lossy,
    pub(super) videos: Contexts,
    pub(super) clipboard: Clipboard,
    /// What came of the video that the client waits for.
    pub(super) video: Option<VideoOutcome>,
    /// How many pixels have been worked on since input came.
    pub(super) work: usize,
    /// Not all that could be used of it has been.
    pub(super) is_busy: bool,
    pub(super) events: VecDeque<Event>,
    /// What is to be sent, as it is before it is encrypted.
    pub(super) output: Vec<u8>,
    /// What encrypts everything, where something does.
    pub(super) cipher: Option<SessionCipher>,
}

/// What a login has left behind that encrypts everything.
#[derive(Debug)]
pub(super) struct SessionCipher {
    pub(super) security_type: SecurityType,
    pub(super) cipher: Box<dyn Cipher>,
    /// What is to be sent as it is, before anything that is encrypted.
    pub(super) before: Vec<u8>,
}

/// wayvnc takes no more: up to neatvnc 0.5 it reads what is beyond as other messages, and closes the connection.
const MOST_ENCODINGS: usize = 32;

impl Session {
    pub(super) fn new(config: Config) -> Self {
        Self {
            config,
            credentials: None,
            framebuffer: Framebuffer::default(),
            format: WireFormat::default(),
            screens: Vec::new(),
            cursor: Cursor::default(),
            cursor_hidden: false,
            is_qemu: false,
            abilities: Abilities::default(),
            is_paused: false,
            is_requested: false,
            statistics: Statistics::default(),
            lossy: Lossy::default(),
            videos: Contexts::default(),
            clipboard: Clipboard::default(),
            video: None,
            work: 0,
            is_busy: false,
            events: VecDeque::new(),
            output: Vec::new(),
            cipher: None,
        }
    }

    pub(super) fn event(&mut self, event: Event) {
        self.events.push_back(event);
    }

    /// The first messages after `ServerInit`: what pixels to send, in which encodings, and all of them.
    pub(super) fn begin(&mut self) {
        if let Some(format) = self.config.pixel_format {
            send::set_pixel_format(&mut self.output, format);
        }
        self.set_encodings();
        self.request_update(false);
    }

    pub(super) fn set_encodings(&mut self) {
        let mut encodings = self.config.encodings.clone();
        encodings.extend(self.config.jpeg_quality.map(Encoding::jpeg_quality));
        encodings.extend(self.config.fine_jpeg_quality.map(Encoding::fine_jpeg_quality));
        encodings.extend(self.config.jpeg_subsampling.map(Encoding::jpeg_subsampling));
        encodings.extend(self.config.compression_level.map(Encoding::compression_level));
        encodings.extend(pseudo::besides(&self.config.encodings, self.is_qemu));
        if encodings.len() > MOST_ENCODINGS {
            // Which every server may send unasked (RFC 6143, 7.5.2).
            encodings.retain(|encoding| *encoding != Encoding::RAW);
            encodings.truncate(MOST_ENCODINGS);
        }
        send::set_encodings(&mut self.output, &encodings);
    }

    pub(super) fn request_update(&mut self, incremental: bool) {
        self.request(incremental, self.framebuffer.size().rect());
    }

    pub(super) fn request(&mut self, incremental: bool, rect: Rect) {
        self.is_requested = true;
        send::framebuffer_update_request(&mut self.output, incremental, rect);
    }

    pub(super) fn update_began(&mut self) {
        self.is_requested = false;
        self.lossy.begin();
        if self.config.requests_updates && self.is_to_request() {
            self.request_update(true);
        }
    }

    pub(super) fn is_to_request(&self) -> bool {
        !self.abilities.continuous_updates && !self.is_paused
    }

    pub(super) fn enable_continuous_updates(&mut self, on: bool) {
        let all: Rect = self.framebuffer.size().rect();
        send::enable_continuous_updates(&mut self.output, on, all);
    }

    pub(super) fn check_size(&self, size: Size) -> Result<(), MessageError> {
        let limit = self.config.limits.framebuffer_pixels;
        if size.area() > limit {
            return Err(MessageError::FramebufferTooLarge { size, limit });
        }
        Ok(())
    }

    /// Takes another size of the framebuffer and asks for all of its pixels.
    pub(super) fn resize(&mut self, size: Size) -> Result<(), MessageError> {
        self.check_size(size)?;
        if size != self.framebuffer.size() {
            self.framebuffer.resize(size);
            self.lossy = Lossy::default();
            self.work = self.work.saturating_add(size.area());
            self.event(Event::Resized { size });
            if self.abilities.continuous_updates && !self.is_paused {
                self.enable_continuous_updates(true);
            }
            self.request_update(false);
        }
        Ok(())
    }
}

pub(super) fn failed(security_type: SecurityType, error: LoginError) -> Error {
    match error {
        LoginError::NothingInCommon(offered) => Error::NoSecurityTypeInCommon { offered },
        LoginError::Broken(reason) => Error::Login {
            security_type,
            reason,
        },
    }
}
