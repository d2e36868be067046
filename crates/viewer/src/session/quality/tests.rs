#![allow(clippy::indexing_slicing, reason = "tests")]

use super::*;

/// A line, in bytes and milliseconds.
#[derive(Debug, Clone, Copy)]
struct Line {
    rate: f64,
    round_trip: f64,
}

const fn line(megabits: f64, round_trip: f64) -> Line {
    Line {
        rate: megabits * 125.0,
        round_trip,
    }
}

const LINES: [Line; 6] = [
    line(1.0, 20.0),
    line(1.0, 150.0),
    line(10.0, 20.0),
    line(10.0, 150.0),
    line(100.0, 20.0),
    line(100.0, 150.0),
];

/// What is shown: something that changes all the time.
#[derive(Debug, Clone, Copy)]
struct Content {
    frames_per_second: f64,
    pixels: f64,
    /// Of an update in the first quality.
    bytes: f64,
    lossy: f64,
}

const VIDEO: Content = Content {
    frames_per_second: 30.0,
    pixels: 921_600.0,
    bytes: 130_000.0,
    lossy: 1.0,
};
const PAGE_OF_PICTURES: Content = Content {
    frames_per_second: 20.0,
    pixels: 2_000_000.0,
    bytes: 260_000.0,
    lossy: 0.7,
};
const TEXT: Content = Content {
    frames_per_second: 20.0,
    pixels: 500_000.0,
    bytes: 30_000.0,
    lossy: 0.0,
};

/// A server that encodes a frame when the last one has left it, a line, and a client that decodes.
struct Simulation {
    quality: Quality,
    /// Where it is not the quality's choice.
    fixed: Option<u8>,
    /// What the server knows of, and when it will know more.
    current: u8,
    pending: Option<(f64, u8)>,
    server_free: f64,
    /// How long the server takes to send an update, however fast the line is.
    sending: f64,
    shown: f64,
    /// For noise.
    frames: u64,
    changes: Vec<(f64, u8)>,
}

/// Frames and their mean age when they are shown.
#[derive(Debug, Clone, Copy)]
struct Outcome {
    frames_per_second: f64,
    latency: f64,
}

const ENCODING: f64 = 150_000.0;
const DECODING: f64 = 100_000.0;
/// How much of an update is there when it is seen to have begun: what the line carries in this time, in whole packets.
const SLICE: f64 = 1_448.0;
const SLICE_TIME: f64 = 1.0;

impl Simulation {
    fn new(fixed: Option<u8>) -> Self {
        Self {
            quality: Quality::new(2, 0.0),
            fixed,
            current: fixed.unwrap_or(FIRST),
            pending: None,
            server_free: 0.0,
            sending: 0.0,
            shown: 0.0,
            frames: 0,
            changes: Vec::new(),
        }
    }

    /// Goes on until then.
    fn run(&mut self, line: Line, content: Content, until: f64) -> Outcome {
        let (since, mut frames, mut ages) = (self.server_free, 0.0, 0.0);
        while self.server_free < until {
            let tick = 1000.0 / content.frames_per_second;
            let drawn = (self.server_free / tick).ceil() * tick;
            let mut is_new = false;
            if let Some((known, quality)) = self.pending
                && known <= drawn
            {
                (self.current, self.pending, is_new) = (quality, None, true);
            }
            self.frames += 1;
            // Sizes differ from frame to frame, and pictures get smaller by other ratios than those of the table.
            let noise = 0.8 + 0.4 * ((self.frames * 7_919 % 97) as f64 / 97.0);
            let ratio = SIZES[usize::from(self.current)].powf(1.2);
            let bytes = content.bytes * noise * (1.0 - content.lossy + content.lossy * ratio);
            let encoded = drawn + content.pixels / ENCODING;
            let sent = encoded + (bytes / line.rate).max(self.sending);
            let way = line.round_trip / 2.0;
            let at_once = bytes.min(SLICE.max(line.rate * SLICE_TIME));
            let began = (encoded + at_once / line.rate + way).max(self.shown);
            let decoding = content.pixels / DECODING;
            self.shown = (sent + way).max(began + decoding);
            self.server_free = sent.max(drawn + 0.1);
            if is_new {
                self.quality.settled(began);
            }
            let update = Update {
                bytes,
                lossy: bytes * content.lossy,
                awaited: bytes - at_once,
                took: self.shown - began,
                decoding,
            };
            let setting = self.quality.update(update, self.shown);
            if let (Some(setting), None) = (setting, self.fixed) {
                self.quality.await_answer();
                self.pending = Some((self.shown + way, setting.quality));
                self.changes.push((self.shown, setting.quality));
            }
            frames += 1.0;
            ages += self.shown - drawn;
        }
        Outcome {
            frames_per_second: frames * 1000.0 / (self.server_free - since),
            latency: ages / frames,
        }
    }

    /// How often it changed since then.
    fn changes_since(&self, time: f64) -> usize {
        self.changes.iter().filter(|(when, _)| *when > time).count()
    }
}

#[test]
fn on_every_line_it_is_as_fast_as_the_fastest_fixed_quality_within_seconds() {
    for line in LINES {
        for content in [VIDEO, PAGE_OF_PICTURES, TEXT] {
            let measured = |fixed| {
                let mut simulation = Simulation::new(fixed);
                simulation.run(line, content, 5_000.0);
                let outcome = simulation.run(line, content, 65_000.0);
                (outcome, simulation)
            };
            let fixed: Vec<Outcome> = (0..=BEST).map(|quality| measured(Some(quality)).0).collect();
            let most = fixed.iter().map(|it| it.frames_per_second).fold(0.0, f64::max);
            let least = fixed.iter().map(|it| it.latency).fold(f64::INFINITY, f64::min);
            let (found, simulation) = measured(None);
            let what = format!(
                "{line:?}, {content:?}: {found:?}, quality {}; {most} frames and {least} ms at best; {:?}",
                simulation.current, simulation.changes
            );
            assert!(found.frames_per_second > most * 0.9, "{what}");
            assert!(found.latency < least * 1.1 + GOAL, "{what}");
            assert!(simulation.changes_since(5_000.0) <= 4, "it is at rest: {what}");
        }
    }
}

#[test]
fn a_fast_line_gets_good_pictures_and_a_slow_one_high_compression() {
    for (line, content, quality, compression) in [
        (line(100.0, 20.0), VIDEO, 6..=BEST, 2),
        (line(1000.0, 1.0), VIDEO, BEST..=BEST, 2),
        (line(1.0, 20.0), VIDEO, 0..=0, HIGH_COMPRESSION),
        (line(1.0, 20.0), TEXT, FIRST..=FIRST, HIGH_COMPRESSION),
    ] {
        let mut simulation = Simulation::new(None);
        simulation.run(line, content, 30_000.0);
        let setting = simulation.quality.setting();
        assert!(
            quality.contains(&setting.quality),
            "{line:?} {content:?}: {setting:?}"
        );
        assert_eq!(setting.compression, compression, "{line:?} {content:?}");
    }
}

#[test]
fn a_line_that_changes_is_followed_within_seconds() {
    let mut simulation = Simulation::new(None);
    simulation.run(line(100.0, 20.0), VIDEO, 20_000.0);
    let good = simulation.current;
    assert!(good >= FIRST, "{good}");
    simulation.run(line(2.0, 20.0), VIDEO, 23_000.0);
    assert!(simulation.current <= 1, "{:?}", simulation.changes);
    simulation.run(line(100.0, 20.0), VIDEO, 33_000.0);
    assert!(simulation.current >= FIRST - 1, "{:?}", simulation.changes);
}

#[test]
fn a_line_that_goes_up_and_down_all_the_time_is_followed_less_and_less() {
    let mut simulation = Simulation::new(None);
    let mut counts = Vec::new();
    for number in 1..=120 {
        let megabits = if number % 2 == 0 { 8.0 } else { 60.0 };
        simulation.run(line(megabits, 40.0), VIDEO, f64::from(number) * 5_000.0);
        if number % 60 == 0 {
            counts.push(simulation.changes.len());
        }
    }
    let (before, after) = (counts[0], counts[1] - counts[0]);
    assert!(after <= 12 && after <= before, "{counts:?}");
}

#[test]
fn what_a_line_is_is_not_told_by_what_comes_at_once_or_is_slow_to_decode() {
    let mut quality = Quality::new(2, 0.0);
    for number in 0..100 {
        let update = Update {
            bytes: 100_000.0,
            lossy: 100_000.0,
            awaited: 90_000.0,
            took: 12.0,
            decoding: 11.0,
        };
        quality.update(update, f64::from(number) * 33.0);
        quality.update(Update::default(), f64::from(number) * 33.0);
    }
    assert_eq!(quality.rate(), None);
    assert!(quality.setting().quality >= FIRST);
}

#[test]
fn nothing_is_concluded_from_updates_that_were_made_before_a_change() {
    let slow = Update {
        bytes: 100_000.0,
        lossy: 100_000.0,
        awaited: 100_000.0,
        took: 400.0,
        decoding: 5.0,
    };
    let mut quality = Quality::new(2, 0.0);
    let setting = quality.update(slow, 400.0);
    assert_eq!(setting.map(|it| it.quality), Some(0));
    quality.await_answer();
    assert_eq!(quality.update(slow, 800.0), None);
    assert_eq!(quality.update(slow, 4_000.0), None);
    assert_eq!(quality.setting().quality, 0);
}

#[test]
fn a_server_that_is_slower_than_the_line_in_every_quality_keeps_good_pictures() {
    for (sending, best) in [(22.0, FIRST), (25.0, BEST), (40.0, BEST), (80.0, BEST)] {
        for (line, least) in [(line(100.0, 20.0), FIRST), (line(1000.0, 20.0), best)] {
            let mut simulation = Simulation::new(None);
            simulation.sending = sending;
            simulation.run(line, VIDEO, 60_000.0);
            assert!(
                simulation.current >= least,
                "{sending}, {line:?}: {:?}",
                simulation.changes
            );
            assert!(
                simulation.changes_since(20_000.0) <= 2,
                "{:?}",
                simulation.changes
            );
        }
        // On a slow line it matters all the same.
        let mut simulation = Simulation::new(None);
        simulation.sending = sending;
        simulation.run(line(2.0, 20.0), VIDEO, 60_000.0);
        assert!(simulation.current <= 1, "{sending}: {:?}", simulation.changes);
        assert!(
            simulation.changes_since(20_000.0) <= 2,
            "{:?}",
            simulation.changes
        );
        // And that it no longer does is found out, however seldom it is tried by then.
        simulation.run(line(1000.0, 20.0), VIDEO, 60_000.0 + 2.0 * MOST_PATIENCE);
        assert!(simulation.current >= FIRST, "{sending}: {:?}", simulation.changes);
    }
}

#[test]
fn a_server_that_takes_its_time_is_not_taken_for_a_slow_line() {
    for sending in [4.0, 8.0, 11.0] {
        let mut simulation = Simulation::new(None);
        simulation.sending = sending;
        simulation.run(line(1000.0, 20.0), VIDEO, 30_000.0);
        assert!(simulation.current >= FIRST, "{sending}: {:?}", simulation.changes);
        // What comes in small pieces looks like a slow line.
        let mut simulation = Simulation::new(None);
        simulation.sending = 25.0;
        simulation.run(line(1000.0, 20.0), VIDEO, 10_000.0);
        simulation.sending = sending;
        simulation.run(line(1000.0, 20.0), VIDEO, 40_000.0);
        assert!(simulation.current >= FIRST, "{sending}: {:?}", simulation.changes);
    }
}
