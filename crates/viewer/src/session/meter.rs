//! Live figures of a connection, once a second.

use porthole_rfb as rfb;

use super::latency::Latency;
use crate::{EncodingFigures, Statistics};

/// Counts what happens within a second.
#[derive(Debug)]
pub(super) struct Meter {
    /// When the second began, in milliseconds.
    since: f64,
    frames: u32,
    decoding: f64,
    painting: f64,
    /// What the client had counted by then.
    updates: u64,
    bytes: u64,
    latency: Latency,
}

/// How long a second is, in milliseconds.
const SECOND: f64 = 1000.0;

impl Meter {
    pub(super) fn new(counted: &rfb::Statistics, now: f64) -> Self {
        Self {
            since: now,
            frames: 0,
            decoding: 0.0,
            painting: 0.0,
            updates: counted.updates,
            bytes: counted.bytes,
            latency: Latency::default(),
        }
    }

    /// When the second is over.
    pub(super) fn due(&self) -> f64 {
        self.since + SECOND
    }

    /// Bytes were decoded for this long.
    pub(super) fn decoded(&mut self, milliseconds: f64) {
        self.decoding += milliseconds;
    }

    /// A frame was painted in this time.
    pub(super) fn painted(&mut self, milliseconds: f64) {
        self.frames += 1;
        self.painting += milliseconds;
    }

    /// Fences time the way to the server.
    pub(super) fn latency(&mut self) -> &mut Latency {
        &mut self.latency
    }

    /// The figures of the second that is over, and a new second. What is about the desktop is the caller's to fill in.
    pub(super) fn take(&mut self, counted: &rfb::Statistics, now: f64) -> Statistics {
        let elapsed = (now - self.since).max(1.0);
        let seconds = elapsed / SECOND;
        let statistics = Statistics {
            frames_per_second: (f64::from(self.frames) / seconds) as f32,
            updates_per_second: (counted.updates.saturating_sub(self.updates) as f64 / seconds) as f32,
            bytes_per_second: counted.bytes.saturating_sub(self.bytes) as f64 / seconds,
            bytes: counted.bytes,
            decode_load: (self.decoding / elapsed).min(1.0) as f32,
            paint_load: (self.painting / elapsed).min(1.0) as f32,
            round_trip: self.latency.round_trip(),
            encodings: counted.encodings.iter().map(figures).collect(),
            ..Statistics::default()
        };
        *self = Self {
            latency: std::mem::take(&mut self.latency),
            ..Self::new(counted, now)
        };
        statistics
    }
}

fn figures(counted: &rfb::EncodingStatistics) -> EncodingFigures {
    EncodingFigures {
        name: counted.encoding.to_string(),
        rectangles: counted.rectangles,
        bytes: counted.bytes,
        pixels: counted.pixels,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_of_the_last_second_and_totals_of_the_connection() {
        let mut counted = rfb::Statistics::default();
        let mut meter = Meter::new(&counted, 500.0);
        assert_eq!(meter.due(), 1500.0);
        counted.bytes = 3000;
        counted.updates = 10;
        counted.encodings.push(rfb::EncodingStatistics {
            encoding: rfb::Encoding::ZRLE,
            rectangles: 4,
            bytes: 2900,
            pixels: 77,
        });
        meter.decoded(150.0);
        meter.decoded(150.0);
        meter.painted(2.0);
        meter.painted(4.0);
        let payload = meter.latency().sent(1.0);
        meter.latency().answered(&payload, 9.5);
        let figures = meter.take(&counted, 2500.0);
        assert_eq!(figures.frames_per_second, 1.0);
        assert_eq!(figures.updates_per_second, 5.0);
        assert_eq!(figures.bytes_per_second, 1500.0);
        assert_eq!(figures.bytes, 3000);
        assert!((figures.decode_load - 0.15).abs() < 1e-6);
        assert!((figures.paint_load - 0.003).abs() < 1e-6);
        assert_eq!(figures.round_trip.map(|it| it.minimum), Some(8.5));
        assert_eq!(figures.encodings[0].name, "ZRLE");
        let next = meter.take(&counted, 3500.0);
        assert_eq!((next.frames_per_second, next.bytes_per_second), (0.0, 0.0));
        assert_eq!((next.bytes, next.round_trip), (3000, figures.round_trip));
    }
}
