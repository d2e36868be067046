//! How long is waited for the socket, the handshake and the first picture.

use porthole_rfb as rfb;

use super::{Link, ending};
use crate::{Ending, Event, Stage};

/// How long the WebSocket may take to open.
pub(super) const OPENING: f64 = 10_000.0;
/// How long the server may say nothing during the handshake.
pub(super) const SILENCE: f64 = 10_000.0;
/// How long the server may take for all of its part of the handshake.
pub(super) const HANDSHAKE: f64 = 30_000.0;
/// How long the first picture may take before the desktop is shown without one.
pub(super) const PICTURE: f64 = 10_000.0;
/// The server's greeting must be there this long after the connection was asked for, however long the WebSocket
/// took to open.
pub(super) const GREETING: f64 = 14_000.0;
/// But once the WebSocket is open the server has at least this long.
pub(super) const GREETING_AFTER_OPENING: f64 = 4_000.0;

/// How much the server may send while it has to wait for a person, or for the login to be loaded: no login has so much
/// to say.
pub(super) const UNASKED: usize = 64 << 10;

impl Link {
    /// Ends the connection if the server does not wait where it has to: nothing of what it sends is used until a person
    /// has answered, who may take as long as they like.
    pub(super) fn stop_unasked(&mut self) {
        let phase = self.client.phase();
        let waits = matches!(
            phase,
            rfb::Phase::Credentials | rfb::Phase::ServerKey | rfb::Phase::LoginRequired
        );
        if waits && self.client.unparsed().len() > UNASKED {
            self.finish(ending::unasked(phase, UNASKED >> 10));
        }
    }

    /// When the handshake has lasted too long, unless it goes on before.
    pub(super) fn patience_ends(&self) -> Option<f64> {
        match (self.stage, self.client.phase()) {
            (Stage::OpeningSocket, _) => Some(self.started + OPENING),
            (_, rfb::Phase::Greeting) => Some(
                (self.started + GREETING)
                    .max(self.opened + GREETING_AFTER_OPENING)
                    .min(self.heard + SILENCE),
            ),
            // A person may take as long as they like, and so may a desktop that a repeater waits for; one that rests
            // says nothing.
            (
                _,
                rfb::Phase::Credentials
                | rfb::Phase::ServerKey
                | rfb::Phase::LoginRequired
                | rfb::Phase::Repeater
                | rfb::Phase::Running
                | rfb::Phase::Ended,
            ) => None,
            _ => Some((self.heard + SILENCE).min(self.turn_began + HANDSHAKE)),
        }
    }

    /// How the connection ends, if the handshake has lasted too long.
    pub(super) fn impatience(&self, now: f64) -> Option<Ending> {
        if self.patience_ends().is_none_or(|end| end > now) {
            return None;
        }
        if self.stage == Stage::OpeningSocket {
            let waited = seconds(now - self.started);
            return Some(ending::socket_timed_out(&self.options.url, waited));
        }
        let (phase, unparsed) = (self.client.phase(), self.client.unparsed());
        let silence = now - self.heard;
        let has_said = phase != rfb::Phase::Greeting || !unparsed.is_empty();
        Some(if silence < SILENCE && has_said {
            ending::slow(phase, unparsed, seconds(now - self.turn_began))
        } else {
            ending::silent(phase, unparsed, seconds(silence))
        })
    }

    /// Shows the desktop without a picture, if its first one has taken too long.
    pub(super) fn miss_picture(&mut self, now: f64) {
        if self.picture_due.is_none_or(|due| due > now) {
            return;
        }
        self.picture_due = None;
        // What has come may not be painted yet: a page that nobody looks at paints nothing, and one on a busy machine
        // takes its time.
        if !self.client.framebuffer().is_damaged() {
            let words = "The desktop has sent no picture yet. Its screen may be off: move the pointer or press a key.";
            self.tell(Event::Notice(words.to_owned()));
        }
        self.tell(Event::FirstFrame);
    }
}

/// Whole seconds, for a sentence.
pub(super) fn seconds(milliseconds: f64) -> u32 {
    (milliseconds / 1000.0).round() as u32
}
