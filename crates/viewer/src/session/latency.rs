//! The way to the server and back, measured as NTP does it (RFC 5905, 10): of the latest samples the shortest is the one
//! that nothing stood in the way of, and how far the others are from it is the jitter.

use std::collections::VecDeque;

use crate::RoundTrip;

/// How many samples are kept.
const WINDOW: usize = 16;

/// Round trips, timed by fences whose payload is the time at which they were sent.
#[derive(Debug, Default)]
pub(super) struct Latency {
    samples: VecDeque<f64>,
    /// When the fences were sent that are still to be answered.
    pending: VecDeque<f64>,
}

impl Latency {
    /// A fence is sent. This is its payload.
    pub(super) fn sent(&mut self, now: f64) -> [u8; 8] {
        keep(&mut self.pending, now);
        now.to_be_bytes()
    }

    /// A fence came back. One that was not sent says nothing.
    pub(super) fn answered(&mut self, payload: &[u8], now: f64) {
        let sent = |pending: &f64| pending.to_be_bytes() == payload;
        if let Some(sent) = self
            .pending
            .iter()
            .position(sent)
            .and_then(|at| self.pending.remove(at))
        {
            keep(&mut self.samples, now - sent);
        }
    }

    pub(super) fn round_trip(&self) -> Option<RoundTrip> {
        let mut samples: Vec<f64> = self.samples.iter().copied().collect();
        samples.sort_unstable_by(f64::total_cmp);
        let minimum = *samples.first()?;
        let squares: f64 = samples.iter().map(|sample| (sample - minimum).powi(2)).sum();
        // The shortest is compared with the others, and not with itself.
        let others = (samples.len() - 1).max(1);
        Some(RoundTrip {
            minimum,
            median: *samples.get(samples.len() / 2)?,
            jitter: (squares / others as f64).sqrt(),
        })
    }
}

fn keep(window: &mut VecDeque<f64>, value: f64) {
    if window.len() == WINDOW {
        window.pop_front();
    }
    window.push_back(value);
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
