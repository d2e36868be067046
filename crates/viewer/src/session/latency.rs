//! The way to the server and back, measured as NTP does it (RFC 5905, 10): of the latest samples the shortest is the one
//! that nothing stood in the way of, and how far the others are from it is the jitter.

use crate::RoundTrip;

/// How many samples are kept, and fences waited for.
const WINDOW: usize = 16;

/// Round trips, timed by fences whose payload is the time at which they were sent.
#[derive(Debug, Default)]
pub(super) struct Latency {
    samples: Window,
    /// When the fences were sent that are still to be answered.
    pending: Window,
}

/// The latest of some numbers.
#[derive(Debug, Default)]
struct Window {
    numbers: [Option<f64>; WINDOW],
    next: usize,
}

impl Window {
    fn keep(&mut self, number: f64) {
        if let Some(place) = self.numbers.get_mut(self.next % WINDOW) {
            *place = Some(number);
        }
        self.next += 1;
    }

    fn count(&self, counts: impl Fn(f64) -> bool) -> usize {
        self.numbers
            .iter()
            .flatten()
            .filter(|number| counts(**number))
            .count()
    }
}

impl Latency {
    /// A fence is sent. This is its payload.
    pub(super) fn sent(&mut self, now: f64) -> [u8; 8] {
        self.pending.keep(now);
        now.to_be_bytes()
    }

    /// A fence came back. One that was not sent says nothing.
    pub(super) fn answered(&mut self, payload: &[u8], now: f64) {
        for pending in &mut self.pending.numbers {
            if let Some(sent) = *pending
                && sent.to_be_bytes() == payload
            {
                *pending = None;
                self.samples.keep(now - sent);
            }
        }
    }

    pub(super) fn round_trip(&self) -> Option<RoundTrip> {
        let samples = || self.samples.numbers.iter().flatten().copied();
        let minimum = samples().reduce(f64::min)?;
        let squares: f64 = samples()
            .map(|sample| (sample - minimum) * (sample - minimum))
            .sum();
        let count = self.samples.count(|_| true);
        // The one with half of the others below it. So few are not worth sorting them.
        let is_median = |sample: &f64| {
            self.samples.count(|other| other < *sample) <= count / 2
                && self.samples.count(|other| other <= *sample) > count / 2
        };
        Some(RoundTrip {
            minimum,
            median: samples().find(is_median)?,
            // The shortest is compared with the others, and not with itself.
            jitter: (squares / (count - 1).max(1) as f64).sqrt(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(round_trips: &[f64]) -> Option<RoundTrip> {
        let mut latency = Latency::default();
        for (number, round_trip) in round_trips.iter().enumerate() {
            let sent = number as f64 * 1000.0;
            let payload = latency.sent(sent);
            latency.answered(&payload, sent + round_trip);
        }
        latency.round_trip()
    }

    #[test]
    fn the_shortest_of_the_latest_counts_and_the_rest_is_jitter() {
        assert_eq!(measured(&[]), None);
        let one = RoundTrip {
            minimum: 8.5,
            median: 8.5,
            jitter: 0.0,
        };
        assert_eq!(measured(&[8.5]), Some(one));
        // The others are 1 and 7 from the shortest: the mean of 1 and 49 is 25.
        let several = RoundTrip {
            minimum: 10.0,
            median: 11.0,
            jitter: 5.0,
        };
        assert_eq!(measured(&[11.0, 10.0, 17.0]), Some(several));
        let mut falling: Vec<f64> = (1..=40).map(f64::from).collect();
        falling.reverse();
        falling.extend([50.0; WINDOW - 1]);
        assert_eq!(
            measured(&falling).map(|it| (it.minimum, it.median)),
            Some((1.0, 50.0))
        );
        falling.push(50.0);
        assert_eq!(
            measured(&falling).map(|it| (it.minimum, it.jitter)),
            Some((50.0, 0.0))
        );
    }

    #[test]
    fn an_answer_to_what_was_not_sent_says_nothing() {
        let mut latency = Latency::default();
        let payload = latency.sent(5.0);
        for wrong in [&[][..], &[0; 8], &f64::NAN.to_be_bytes(), &[1; 64]] {
            latency.answered(wrong, 9.0);
        }
        assert_eq!(latency.round_trip(), None);
        latency.answered(&payload, 9.0);
        latency.answered(&payload, 900.0);
        assert_eq!(
            latency.round_trip().map(|it| (it.minimum, it.median)),
            Some((4.0, 4.0))
        );
    }
}
