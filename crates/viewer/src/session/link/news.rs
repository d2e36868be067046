//! What comes of what the server says: news for the page, and things to do.

use std::mem::discriminant;

use porthole_rfb::{self as rfb, ResizeStatus, Screen, SecurityType};

use super::Link;
use super::options::credential;
use super::patience::PICTURE;
use crate::{Clipboard, ClipboardTrouble, CursorShape, Event, LockKeys, Stage};

/// The page is told of a clipboard at most once in this time.
pub(super) const CLIPBOARD_PAUSE: f64 = 250.0;

impl Link {
    /// Of what only tells the news, the last is enough where the page has not been told the one before: a server may
    /// say it faster than a page can hear it.
    pub(super) fn tell(&mut self, event: Event) {
        match event {
            Event::Bell
            | Event::Clipboard(_)
            | Event::Cursor(_)
            | Event::LockKeys(_)
            | Event::Name(_)
            | Event::Notice(_)
            | Event::PointerMode { .. }
            | Event::PointerMoved { .. }
            | Event::Resized { .. }
            | Event::ResizeRefused(_)
            | Event::Screens(_) => {
                let kind = discriminant(&event);
                self.events.retain(|waiting| discriminant(waiting) != kind);
            }
            Event::ClipboardTrouble(_) => self.events.retain(|waiting| *waiting != event),
            _ => {}
        }
        self.events.push_back(event);
    }

    /// Whether there is something to tell the page.
    pub(in crate::session) fn has_event(&self) -> bool {
        !self.events.is_empty()
    }

    /// The next thing to tell the page.
    pub(in crate::session) fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    pub(super) fn enter(&mut self, stage: Stage) {
        if self.stage != stage {
            self.stage = stage;
            self.tell(Event::Progress(stage));
        }
    }

    pub(super) fn take_event(&mut self, event: rfb::Event, now: f64) {
        self.log_event(&event, now);
        let event = match event {
            rfb::Event::VersionAgreed { .. } => {
                // Before it there may have been a repeater, which waits for a server as long as it likes.
                self.turn_began = now;
                self.enter(Stage::LoggingIn);
                return;
            }
            rfb::Event::FencesOffered => return,
            rfb::Event::SecurityTypeChosen(security_type) => {
                // xvp's ends as VNC Authentication.
                if self.security_type != SecurityType::XVP {
                    self.security_type = security_type;
                }
                return;
            }
            rfb::Event::LoginRequired(security_type) => {
                self.wanted_login = Some(security_type);
                self.enter(Stage::PreparingLogin);
                return;
            }
            rfb::Event::ServerKeyReceived(key) => Event::ServerKey {
                sha256: key.sha256.to_vec(),
                fingerprint: key.fingerprint.to_vec(),
            },
            rfb::Event::CredentialsRequired(asked) => {
                self.asked = asked;
                Event::CredentialsRequired {
                    login: self.security_type.to_string(),
                    asked: asked.iter().map(credential).collect(),
                }
            }
            rfb::Event::Connected { size, name } => {
                // All of it is black until the first update, which may be there already: nothing to paint.
                if self.client.statistics().updates == 0 {
                    self.client.framebuffer_mut().take_damage();
                }
                self.enter(Stage::StartingDesktop);
                self.picture_due = Some(now + PICTURE);
                // The first one, which the client asks for by itself.
                self.ahead.asked(now);
                Event::Connected {
                    width: size.width,
                    height: size.height,
                    name,
                }
            }
            rfb::Event::UpdateStarted => {
                self.update_since = Some(now);
                if self.ahead.update_began(self.client.is_to_request(), now) {
                    self.client.request_update();
                }
                if let Some(adaptation) = &mut self.adaptation {
                    adaptation.update_started(&self.client);
                }
                return;
            }
            rfb::Event::UpdateCompleted { .. } => {
                let began = self.update_since.take();
                self.update_seen = true;
                self.ahead.update_completed(now);
                self.adapt(now - began.unwrap_or(now), now);
                return;
            }
            rfb::Event::VideoReceived(video) => {
                self.awaits_video = true;
                self.video = Some(video);
                return;
            }
            rfb::Event::VideoContextsClosed(contexts) => {
                self.closed_videos.extend(contexts);
                return;
            }
            rfb::Event::Resized { size } => Event::Resized {
                width: size.width,
                height: size.height,
            },
            rfb::Event::ScreensChanged(screens) => Event::Screens(screens.iter().map(place).collect()),
            rfb::Event::ResizeAnswered(status) => {
                self.screens_answered(status, now);
                match refusal(status) {
                    Some(words) => Event::ResizeRefused(words),
                    None => return,
                }
            }
            rfb::Event::NameChanged(name) => Event::Name(name),
            rfb::Event::CursorChanged(cursor) => Event::Cursor(CursorShape {
                width: cursor.size.width,
                height: cursor.size.height,
                hotspot_x: cursor.hotspot.0,
                hotspot_y: cursor.hotspot.1,
                rgba: cursor.rgba,
            }),
            rfb::Event::PointerMoved { x, y } => Event::PointerMoved { x, y },
            rfb::Event::PointerModeChanged { relative } => Event::PointerMode { relative },
            // TigerVNC, which has fences, goes by what keys mean all the same.
            rfb::Event::ScancodesOffered if self.client.can_fence() => return,
            rfb::Event::ScancodesOffered => Event::KeysByPlace,
            rfb::Event::LockKeysChanged(rfb::LockKeys {
                scroll_lock,
                num_lock,
                caps_lock,
            }) => Event::LockKeys(LockKeys {
                scroll_lock,
                num_lock,
                caps_lock,
            }),
            rfb::Event::PowerOffered => Event::PowerOffered,
            rfb::Event::PowerRefused => Event::Notice("The machine cannot do that, or would not.".into()),
            rfb::Event::ClipboardTakesPictures => Event::PicturesOffered,
            rfb::Event::Clipboard(rfb::ClipboardContent { text, html, rtf, dib }) => {
                self.clipboard = Some(Clipboard { text, html, rtf, dib });
                self.tell_clipboard(now);
                return;
            }
            rfb::Event::ClipboardTooLong { length } => {
                Event::ClipboardTrouble(ClipboardTrouble::TooLong { bytes: length })
            }
            rfb::Event::ClipboardUnreadable { reason } => {
                Event::ClipboardTrouble(ClipboardTrouble::Unreadable(reason.to_owned()))
            }
            rfb::Event::ClipboardNotSent { limit } => {
                let limit = u32::try_from(limit).unwrap_or(u32::MAX);
                Event::ClipboardTrouble(ClipboardTrouble::NotSent { limit })
            }
            rfb::Event::ClipboardReduced => Event::ClipboardTrouble(ClipboardTrouble::Reduced),
            rfb::Event::ClipboardRequested => {
                self.clipboard_requested = true;
                return;
            }
            rfb::Event::Bell => Event::Bell,
            rfb::Event::ContinuousUpdatesEnabled => {
                self.continuous_updates = true;
                return;
            }
            rfb::Event::FenceAnswered(payload) => {
                self.fence_answered(&payload, now);
                return;
            }
        };
        self.tell(event);
    }

    /// A few bytes can become a clipboard of megabytes: the page is told of the last one, after a while.
    pub(super) fn tell_clipboard(&mut self, now: f64) {
        if now >= self.clipboard_due
            && let Some(clipboard) = self.clipboard.take()
        {
            self.clipboard_due = now + CLIPBOARD_PAUSE;
            self.events.push_back(Event::Clipboard(clipboard));
        }
    }

    fn fence_answered(&mut self, payload: &[u8], now: f64) {
        self.quality_settled(payload, now);
        if let Some(meter) = &mut self.meter {
            meter.latency().answered(payload, now);
        }
    }
}

fn place(Screen { rect, .. }: &Screen) -> crate::Screen {
    crate::Screen {
        x: rect.x,
        y: rect.y,
        width: rect.width,
        height: rect.height,
    }
}

/// Why the size did not change, or `None` where it did or may.
pub(super) fn refusal(status: ResizeStatus) -> Option<String> {
    let is_refused = !matches!(status, ResizeStatus::Done | ResizeStatus::Forwarded);
    is_refused.then(|| status.to_string())
}

pub(super) fn in_words(screens: &[Screen]) -> String {
    let places: Vec<String> = screens.iter().map(|screen| screen.rect.to_string()).collect();
    places.join("; ")
}
