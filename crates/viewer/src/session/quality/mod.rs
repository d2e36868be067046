//! The JPEG quality and compression level that suit the line, found out while it is used. Neither DOM nor clock: times
//! are milliseconds of one steady clock, handed in.
//!
//! How many bytes an update has is known, how fast they come while one is waited for is measured, and how much smaller
//! a worse quality makes them is about the same for all pictures. So what an update would take in any other quality
//! can be told, and the best quality is asked for in which it takes less than [`GOAL`]. It changes for the worse at
//! once and for the better after a while, and each time that turns out to have been too early the while is longer.

mod server;

use server::{Mean, Server};

/// Qualities above this cost more than they can be seen.
const BEST: u8 = 8;
/// As good as any other to begin with: noVNC's.
const FIRST: u8 = 6;
/// What an update with pictures may take, in milliseconds: the line can then carry more of them a second than most
/// desktops have, and what waits behind one does not wait long.
const GOAL: f64 = 16.0;
/// It is bad only beyond this many times of it, and good enough for more below that.
const BAD: f64 = 1.25;
const GOOD: f64 = 0.75;
/// Nobody minds if something that takes less than this takes half as long again for a moment.
const BEARABLE: f64 = 100.0;
/// How long a quality is kept before a better one is tried, in milliseconds, at first and at most.
const PATIENCE: f64 = 2_000.0;
const MOST_PATIENCE: f64 = 128_000.0;
/// A better quality has been tried too early if it does not last this long.
const LASTING: f64 = 10_000.0;
/// What is older counts no more, in milliseconds.
const MEMORY: f64 = 3_000.0;
/// So many milliseconds of waiting tell how fast a line is.
const MEASURABLE: f64 = 4.0;
const ENOUGH_OF_LINE: f64 = 500.0;
/// And updates of so many bytes are never there at once on a line that is slow.
const NOTABLE: f64 = 8_192.0;
/// So many updates, or so many milliseconds of waiting for them, are enough to judge by.
const ENOUGH_UPDATES: u32 = 4;
const ENOUGH_TIME: f64 = 250.0;
/// Where it cannot be told which updates were made after a change, those within so many milliseconds are not.
const SETTLING: f64 = 700.0;
/// And where it can be told, it is waited for so long.
const ANSWER: f64 = 5_000.0;
/// Lines below this many bytes a millisecond want higher compression, and above twice of it they do not.
const SLOW: f64 = 1_000.0;
const HIGH_COMPRESSION: u8 = 6;

/// The size of a photograph in each quality, of that in the first: about what TigerVNC, x11vnc and QEMU make of it.
const SIZES: [f64; BEST as usize + 1] = [0.2, 0.3, 0.36, 0.42, 0.55, 0.72, 1.0, 1.25, 1.7];

/// What to ask the server for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Setting {
    /// JPEG quality, 0 (worst) to 9.
    pub(super) quality: u8,
    /// Compression level, 0 (fastest) to 9 (smallest).
    pub(super) compression: u8,
}

/// An update that has been decoded.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Update {
    /// Bytes of its rectangles.
    pub(super) bytes: f64,
    /// Of these, those that came with a loss.
    pub(super) lossy: f64,
    /// Bytes that came after it had begun.
    pub(super) awaited: f64,
    /// How long that took.
    pub(super) took: f64,
    /// How much of it was spent decoding.
    pub(super) decoding: f64,
}

/// The choice.
#[derive(Debug)]
pub(super) struct Quality {
    setting: Setting,
    /// The compression level where nothing is gained by more of it.
    least_compression: u8,
    /// When the setting was changed, and from when on updates show it.
    changed: f64,
    settled: f64,
    /// The quality before, where the last change was for the better.
    raised_from: Option<u8>,
    patience: f64,
    sums: Sums,
    server: Server,
    /// What the line carried while it was waited for, and for how long that was, of late.
    line: (f64, f64),
    /// Bytes a millisecond, as it was when that was enough to tell.
    rate: Option<f64>,
    /// When the last update came.
    last: f64,
}

/// Of the updates in this setting, the latest counting most.
#[derive(Debug, Default)]
struct Sums {
    count: u32,
    waited: f64,
    bytes: f64,
    /// Bytes times bytes: divided by bytes it is the size of the updates that most bytes come in.
    squares: f64,
    lossy: f64,
    /// What they took, and decoding, times bytes, in the same way.
    took: f64,
    decoding: f64,
}

impl Sums {
    fn mean(&self) -> Mean {
        let bytes = self.bytes.max(1.0);
        Mean {
            bytes: self.squares / bytes,
            took: self.took / bytes,
        }
    }

    /// Whether the decoder was the bottleneck.
    fn is_decoding(&self) -> bool {
        self.decoding > self.took * 0.6
    }

    /// The same, where it has time left.
    fn is_decoding_soon(&self) -> bool {
        self.is_decoding() && self.decoding < self.bytes * GOAL * GOOD
    }
}

impl Quality {
    /// With this compression level at least.
    pub(super) fn new(least_compression: u8, now: f64) -> Self {
        Self {
            setting: Setting {
                quality: FIRST,
                compression: least_compression,
            },
            least_compression,
            changed: now,
            settled: now,
            raised_from: None,
            patience: PATIENCE,
            sums: Sums::default(),
            server: Server::default(),
            line: (0.0, 0.0),
            rate: None,
            last: now,
        }
    }

    /// What is asked for now.
    pub(super) fn setting(&self) -> Setting {
        self.setting
    }

    /// Bytes a millisecond that the line carries; none while it has never been what was waited for.
    pub(super) fn rate(&self) -> Option<f64> {
        self.rate
    }

    /// The server will say when all that was sent before the change has arrived.
    pub(super) fn await_answer(&mut self) {
        self.settled += ANSWER - SETTLING;
    }

    /// All that was sent before the last change has arrived: what comes now shows it.
    pub(super) fn settled(&mut self, now: f64) {
        self.settled = self.settled.min(now);
    }

    /// An update is complete. Gives another setting, where one is better.
    pub(super) fn update(&mut self, update: Update, now: f64) -> Option<Setting> {
        let kept = (1.0 - (now - self.last) / MEMORY).max(0.0);
        self.last = now;
        let (bytes, time) = &mut self.line;
        // One that was waited for long says all that there is to say.
        let kept_of_line = kept * (1.0 - update.took / ENOUGH_OF_LINE).max(0.0);
        *bytes *= kept_of_line;
        *time *= kept_of_line;
        // What takes longer to decode than to come tells nothing of the line, nor what the server takes as long for.
        let mean = Mean {
            bytes: update.bytes,
            took: update.took,
        };
        if update.took > 1.0 && update.decoding < update.took / 2.0 && !self.server.explains(mean) {
            *bytes += update.awaited;
            *time += update.took;
            if *time > MEASURABLE {
                self.rate = Some(*bytes / *time);
            }
        }
        // What comes much faster than the line is thought to be refutes that.
        if let Some(rate) = &mut self.rate
            && update.bytes > NOTABLE
            && update.took < update.bytes / *rate / 2.0
        {
            *rate *= 1.1;
        }
        if now < self.settled {
            return None;
        }
        let sums = &mut self.sums;
        for sum in [
            &mut sums.bytes,
            &mut sums.squares,
            &mut sums.lossy,
            &mut sums.took,
            &mut sums.decoding,
        ] {
            *sum *= kept;
        }
        sums.bytes += update.bytes;
        sums.squares += update.bytes * update.bytes;
        sums.lossy += update.lossy;
        sums.took += update.bytes * update.took;
        sums.decoding += update.bytes * update.decoding;
        sums.waited += update.took;
        sums.count += 1;
        if sums.count < ENOUGH_UPDATES && sums.waited < ENOUGH_TIME {
            return None;
        }
        let mean = sums.mean();
        let is_decoding = sums.is_decoding();
        if self.server.learn(mean, is_decoding) {
            self.rate = None;
            self.line = (0.0, 0.0);
        }
        let setting = self.better(now)?;
        if setting.quality != self.setting.quality {
            self.server.quality_changed(mean, self.ratio(setting.quality));
            self.raised_from = (setting.quality > self.setting.quality).then_some(self.setting.quality);
            self.changed = now;
        }
        self.setting = setting;
        self.settled = now + SETTLING;
        self.sums = Sums::default();
        Some(setting)
    }

    fn better(&mut self, now: f64) -> Option<Setting> {
        let before = self.setting;
        let lasted = now - self.changed;
        // Whatever the line is thought to be, what came soon, or as soon as the server had it, was no trouble.
        let mean = self.sums.mean();
        let took = if self.server.explains(mean) {
            0.0
        } else {
            mean.took
        };
        let cost = self.cost(before.quality).min(took);
        let mut setting = before;
        if cost > GOAL * BAD && self.cost(0) < cost * 0.8 {
            setting.quality = self.best_below(GOAL);
            if setting.quality < before.quality {
                let raised_from = self.raised_from.filter(|_| lasted < LASTING);
                if raised_from.is_some() {
                    self.patience = (self.patience * 4.0).min(MOST_PATIENCE);
                } else if lasted > LASTING {
                    self.patience = PATIENCE;
                }
                // What was good enough before is so, whatever the line is thought to be.
                setting.quality = setting.quality.max(raised_from.unwrap_or(0));
            }
        } else if lasted > self.patience && self.sums.lossy > self.sums.bytes * 0.1 {
            let limit = GOAL * GOOD;
            setting.quality = self.best_below(limit).max(before.quality);
            // Where it is the server or the decoder that is waited for, how much more the line carries is found by trying.
            // A step of one makes an update half as large again, at most, which is not bad yet.
            let step = if self.sums.is_decoding_soon() || took < limit / 2.0 {
                2
            } else if took < limit {
                1
            } else {
                // It looks like the line, and may be the server.
                let may_try = took < BEARABLE && lasted > self.patience * 4.0;
                u8::from(may_try && !self.sums.is_decoding())
            };
            if setting == before {
                setting.quality = (before.quality + step).min(BEST);
            }
        }
        let rate = self.rate().unwrap_or(f64::INFINITY);
        if rate < SLOW {
            setting.compression = self.least_compression.max(HIGH_COMPRESSION);
        } else if rate > SLOW * 2.0 && lasted > self.patience {
            setting.compression = self.least_compression;
        }
        (setting != before).then_some(setting)
    }

    /// The best quality in which an update takes less than this, or the worst.
    fn best_below(&self, limit: f64) -> u8 {
        (1..=BEST)
            .rev()
            .find(|quality| self.cost(*quality) < limit)
            .unwrap_or(0)
    }

    /// What an update would take in this quality: the line and the decoder work side by side.
    fn cost(&self, quality: u8) -> f64 {
        let sums = &self.sums;
        let ratio = self.ratio(quality);
        let bytes = sums.mean().bytes * ratio;
        let line = self.rate().map_or(0.0, |rate| bytes / rate);
        // Half of what decoding takes goes by pixels, whatever their quality.
        let decoding = sums.decoding / sums.bytes.max(1.0) * (1.0 + ratio) / 2.0;
        line.max(decoding)
    }

    /// The size that updates would have in this quality, of the one that they have.
    fn ratio(&self, quality: u8) -> f64 {
        let sums = &self.sums;
        let size = |quality: u8| SIZES.get(usize::from(quality)).copied().unwrap_or(1.0);
        let lossy = sums.lossy / sums.bytes.max(1.0);
        1.0 - lossy + lossy * size(quality) / size(self.setting.quality)
    }
}

#[cfg(test)]
mod tests;
