//! The log of a connection, for whoever observes it.

use porthole_rfb as rfb;

use super::Link;
use super::news::in_words;
use crate::{Event, LogLine};

/// The log has no more lines than this in a second.
pub(super) const LINES: u32 = 50;

impl Link {
    /// Writes a line of the log, if somebody reads it.
    pub(in crate::session) fn log(&mut self, now: f64, text: impl FnOnce(&Self) -> String) {
        if self.meter.is_none() {
            return;
        }
        if now - self.second_began > 1_000.0 {
            self.second_began = now;
            self.lines = 0;
        }
        self.lines = self.lines.saturating_add(1);
        if self.lines <= LINES {
            let line = LogLine {
                milliseconds: (now - self.started).max(0.0) as u32,
                text: if self.lines < LINES {
                    text(self)
                } else {
                    "more happens than can be told".into()
                },
            };
            self.events.push_back(Event::Log(line));
        }
    }

    pub(super) fn log_event(&mut self, event: &rfb::Event, now: f64) {
        // Updates, fences and moves are too many to be told one by one.
        if let rfb::Event::UpdateStarted
        | rfb::Event::UpdateCompleted { .. }
        | rfb::Event::VideoReceived(_)
        | rfb::Event::PointerMoved { .. }
        | rfb::Event::FenceAnswered(_) = event
        {
            return;
        }
        self.log(now, |link| match event {
            rfb::Event::VersionAgreed { version, server } => {
                format!("the server speaks RFB {server}, the viewer {version}")
            }
            rfb::Event::SecurityTypeChosen(security_type) => format!("security type {security_type}"),
            rfb::Event::LoginRequired(security_type) => format!("{security_type} is being loaded"),
            rfb::Event::ServerKeyReceived(_) => "the server shows its key".into(),
            rfb::Event::CredentialsRequired(_) => "the login needs something of the person".into(),
            rfb::Event::Connected { size, name } => {
                let encodings = link.client.encodings();
                let names: Vec<String> = encodings.iter().map(ToString::to_string).collect();
                format!("desktop \"{name}\" of {size}; asking for {}", names.join(", "))
            }
            rfb::Event::VideoContextsClosed(contexts) => format!("{} videos end", contexts.len()),
            rfb::Event::Resized { size } => format!("the desktop is {size} now"),
            rfb::Event::ScreensChanged(screens) => ["screens: ", &in_words(screens)].concat(),
            rfb::Event::ResizeAnswered(status) => status.to_string(),
            rfb::Event::NameChanged(name) => format!("the desktop is called \"{name}\""),
            rfb::Event::CursorChanged(cursor) => format!("cursor of {}", cursor.size),
            rfb::Event::PointerModeChanged { relative: true } => "the pointer is told by its way".into(),
            rfb::Event::PointerModeChanged { relative: false } => "the pointer is told by its place".into(),
            rfb::Event::ScancodesOffered => "keys are told by their places, too".into(),
            rfb::Event::LockKeysChanged(_) => "other lock keys are on".into(),
            rfb::Event::PowerOffered => "the machine can be shut down, rebooted and reset".into(),
            rfb::Event::PowerRefused => "the server refused".into(),
            rfb::Event::ClipboardTakesPictures => "the clipboard takes pictures".into(),
            rfb::Event::Clipboard(content) => {
                let length = |bytes: Option<usize>| bytes.unwrap_or_default();
                format!(
                    "clipboard: {} bytes of text, {} of HTML, {} of RTF, {} of a picture",
                    length(content.text.as_ref().map(String::len)),
                    length(content.html.as_ref().map(String::len)),
                    length(content.rtf.as_ref().map(Vec::len)),
                    length(content.dib.as_ref().map(Vec::len)),
                )
            }
            rfb::Event::ClipboardTooLong { length } => format!("clipboard, too long: {length} bytes"),
            rfb::Event::ClipboardUnreadable { reason } => format!("clipboard, unreadable: {reason}"),
            rfb::Event::ClipboardRequested => "the server asks for the clipboard".into(),
            rfb::Event::ClipboardNotSent { limit } => format!("clipboard, not sent: the limit is {limit}"),
            rfb::Event::ClipboardReduced => "clipboard, sent as Latin-1".into(),
            rfb::Event::Bell => "bell".into(),
            rfb::Event::FencesOffered => "the server has fences".into(),
            rfb::Event::ContinuousUpdatesEnabled => "the server sends updates by itself".into(),
            rfb::Event::UpdateStarted
            | rfb::Event::UpdateCompleted { .. }
            | rfb::Event::VideoReceived(_)
            | rfb::Event::PointerMoved { .. }
            | rfb::Event::FenceAnswered(_) => String::new(),
        });
    }
}
