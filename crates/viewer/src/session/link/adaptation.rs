//! Quality that follows the line, and sharpening: what came with a loss is asked for anew without one when the
//! screen is still.
//!
//! To sharpen, the server is asked for lossless pixels, and for a part of the screen. All that it sends meanwhile would
//! be lossless, and a picture could take a slow line seconds. So until the part is there nothing else is asked for: it
//! is as large as the line carries in [`CHUNK`].

use porthole_rfb::{Client, Rect};

use super::Link;
use crate::session::quality::{Quality, Setting, Update};

/// How long nothing must have come with a loss, and nobody typed, in milliseconds.
pub(super) const STILL: f64 = 600.0;
/// What changes while a part is sharpened waits for about so long, in milliseconds.
const CHUNK: f64 = 200.0;
/// Between two parts what has changed meanwhile has its turn.
const PAUSE: f64 = 100.0;
/// A part that is not there after so long is given up.
pub(super) const GIVING_UP: f64 = 3_000.0;
/// Each time that fails, the next one waits twice as long, but no longer than after so many: a server may know no
/// pixels without a loss.
const MOST_FAILURES: u32 = 6;
/// How many bytes a pixel of a photograph takes without a loss.
const BYTES: f64 = 2.0;
/// What a line carries that has never been waited for, in bytes a millisecond.
const FAST: f64 = 20_000.0;
/// The payload of fences that follow a change of quality. It is no time, as that of others.
const CHANGED: [u8; 8] = [0xFF; 8];

/// What is known of the line, and what is being done about the quality.
#[derive(Debug)]
pub(super) struct Adaptation {
    quality: Quality,
    /// Bytes of rectangles, and those with a loss, that have been told.
    bytes: u64,
    lossy: u64,
    /// Milliseconds of decoding, in all.
    decoding: f64,
    /// Bytes received and milliseconds decoded when the update that is arriving began.
    began: (u64, f64),
    sharpening: Option<Sharpening>,
    /// When to begin with it, or to give it up.
    due: Option<f64>,
    failures: u32,
}

/// A part of the screen, by its first tile and as a whole.
#[derive(Debug, Clone, Copy)]
struct Sharpening {
    tile: Rect,
    part: Rect,
    /// It has been asked for. Before that, an earlier request has to be answered, which is for the whole screen.
    is_asked: bool,
}

impl Adaptation {
    pub(super) fn new(least_compression: u8, now: f64) -> Self {
        Self {
            quality: Quality::new(least_compression, now),
            bytes: 0,
            lossy: 0,
            decoding: 0.0,
            began: (0, 0.0),
            sharpening: None,
            due: None,
            failures: 0,
        }
    }

    pub(super) fn setting(&self) -> Setting {
        self.quality.setting()
    }

    pub(super) fn due(&self) -> Option<f64> {
        self.due
    }

    pub(super) fn decoded(&mut self, milliseconds: f64) {
        self.decoding += milliseconds;
    }

    pub(super) fn update_started(&mut self, client: &Client) {
        self.began = (client.statistics().bytes, self.decoding);
    }

    fn update(&mut self, client: &Client, took: f64) -> Update {
        let counted = client.statistics();
        let bytes = counted.encodings.iter().map(|encoding| encoding.bytes).sum();
        let update = Update {
            bytes: (bytes - self.bytes) as f64,
            lossy: (counted.lossy_bytes - self.lossy) as f64,
            awaited: (counted.bytes - self.began.0) as f64,
            took,
            decoding: self.decoding - self.began.1,
        };
        (self.bytes, self.lossy) = (bytes, counted.lossy_bytes);
        update
    }
}

impl Link {
    /// From here on quality and compression follow the line, if they do not by now.
    pub(super) fn begin_to_adapt(&mut self, least_compression: u8, now: f64) {
        if self.adaptation.is_some() {
            return;
        }
        let mut adaptation = Adaptation::new(least_compression, now);
        // What has come before says nothing of the qualities to come.
        adaptation.update(&self.client, 0.0);
        adaptation.update_started(&self.client);
        let Setting { quality, compression } = adaptation.setting();
        self.client.set_quality(Some(quality), Some(compression));
        self.adaptation = Some(adaptation);
        self.log(now, |_| "quality and compression follow the line".into());
    }

    /// Somebody types or clicks: what comes of it has the line to itself.
    pub(super) fn stir(&mut self, now: f64) {
        if let Some(adaptation) = &mut self.adaptation
            && adaptation.sharpening.is_none()
            && adaptation.due.is_some()
        {
            adaptation.due = Some(now + STILL);
        }
    }

    /// An update is complete, which began so long ago.
    pub(super) fn adapt(&mut self, took: f64, now: f64) {
        let Some(adaptation) = &mut self.adaptation else {
            return;
        };
        let client = &mut self.client;
        let update = adaptation.update(client, took);
        match adaptation.sharpening {
            Some(sharpening) if sharpening.is_asked => {
                if update.lossy > 0.0 {
                    // The server cannot do without.
                    self.fail_to_sharpen(now);
                } else if client.lossy_part(0) != Some(sharpening.tile) {
                    adaptation.failures = 0;
                    self.end_sharpening(now + PAUSE);
                } else {
                    client.request_part(sharpening.part);
                }
            }
            // The screen is not still.
            Some(_) if update.lossy > 0.0 => self.end_sharpening(now + STILL),
            Some(_) => self.ask_for_part(),
            None => {
                if update.lossy > 0.0 {
                    adaptation.failures = 0;
                    adaptation.due = Some(now + STILL);
                }
                if let Some(setting) = adaptation.quality.update(update, now) {
                    client.set_quality(Some(setting.quality), Some(setting.compression));
                    if client.can_fence() {
                        adaptation.quality.await_answer();
                        client.send_fence(CHANGED);
                    }
                    self.log(now, |_| {
                        let Setting { quality, compression } = setting;
                        format!("the line suits quality {quality}, compression {compression}")
                    });
                }
            }
        }
    }

    /// A fence was answered.
    pub(super) fn quality_settled(&mut self, payload: &[u8], now: f64) {
        if let Some(adaptation) = &mut self.adaptation
            && payload == CHANGED
        {
            adaptation.quality.settled(now);
        }
    }

    /// Begins to sharpen what came with a loss, or gives it up.
    pub(super) fn sharpen(&mut self, now: f64) {
        let Some(adaptation) = &mut self.adaptation else {
            return;
        };
        if adaptation.due.is_none_or(|due| due > now) {
            return;
        }
        if adaptation.sharpening.is_some() {
            self.fail_to_sharpen(now);
            return;
        }
        // On a slow line an update may take long.
        adaptation.due = self.update_since.map(|_| now + STILL);
        let most = adaptation.quality.rate().unwrap_or(FAST) * CHUNK / BYTES;
        let client = &mut self.client;
        if let (Some(tile), Some(part)) = (client.lossy_part(0), client.lossy_part(most as usize))
            && adaptation.due.is_none()
            && self.is_seen
        {
            adaptation.due = Some(now + GIVING_UP);
            adaptation.sharpening = Some(Sharpening {
                tile,
                part,
                is_asked: false,
            });
            client.want_updates(false);
            if client.is_update_requested() {
                client.refresh_part(Rect::new(tile.x, tile.y, 1, 1));
            } else {
                self.ask_for_part();
            }
        }
    }

    fn ask_for_part(&mut self) {
        if let Some(adaptation) = &mut self.adaptation
            && let Some(sharpening) = &mut adaptation.sharpening
        {
            sharpening.is_asked = true;
            let compression = adaptation.quality.setting().compression;
            self.client.set_quality(None, Some(compression));
            self.client.refresh_part(sharpening.part);
        }
    }

    fn fail_to_sharpen(&mut self, now: f64) {
        if let Some(adaptation) = &mut self.adaptation {
            adaptation.failures = (adaptation.failures + 1).min(MOST_FAILURES);
            let wait = STILL * f64::from(1 << adaptation.failures);
            self.end_sharpening(now + wait);
        }
    }

    /// What is left may be sharpened from then on.
    fn end_sharpening(&mut self, next: f64) {
        if let Some(adaptation) = &mut self.adaptation {
            adaptation.sharpening = None;
            adaptation.due = Some(next);
            let Setting { quality, compression } = adaptation.quality.setting();
            self.client.set_quality(Some(quality), Some(compression));
            self.client.want_updates(self.is_seen);
        }
    }

    /// Somebody can see the desktop now, or nobody can any more.
    pub(super) fn set_seen(&mut self, is_seen: bool, now: f64) {
        self.is_seen = is_seen;
        if let Some(adaptation) = &mut self.adaptation {
            if adaptation.sharpening.is_some() {
                // It goes on, and what follows takes note.
                return;
            }
            adaptation.due = is_seen.then_some(now + STILL);
        }
        self.client.want_updates(is_seen);
    }
}
