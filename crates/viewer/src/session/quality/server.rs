//! How long the server takes for an update. What comes piece by piece as it is encoded looks like a slow line, and
//! comes no sooner in a worse quality.

/// So many times what is known of the server is still the server.
const MARGIN: f64 = 1.15;
/// Sizes so many times as large, or as small, tell something by their times.
const NOTABLE: f64 = 1.15;
/// But not if they take so many times as long for less, or as short for more: then it is the line that has changed.
const ODD: f64 = 1.1;
/// No more than by this factor sizes are other than was foreseen; else it is the picture that has changed.
const SURPRISE: f64 = 2.0;

/// What updates are like: those that most bytes come in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mean {
    pub(super) bytes: f64,
    /// Milliseconds.
    pub(super) took: f64,
}

/// What is known of the server.
#[derive(Debug, Default)]
pub(super) struct Server {
    /// How long it takes, and the size that this has in the present quality.
    pace: Option<Mean>,
    /// What updates were like before the quality changed, and what was foreseen to come of their size.
    before: Option<(Mean, f64)>,
}

impl Server {
    /// The quality has changed: updates will have `ratio` of the size that they had.
    pub(super) fn quality_changed(&mut self, mean: Mean, ratio: f64) {
        self.before = Some((mean, ratio));
        if let Some(pace) = &mut self.pace {
            pace.bytes *= ratio;
        }
    }

    /// What updates are like now, and whether it is the decoder that they take their time for. Says whether those before
    /// the change had been waited for at the server, too.
    pub(super) fn learn(&mut self, mean: Mean, is_decoding: bool) -> bool {
        let Some((before, foreseen)) = self.before.take().filter(|_| !is_decoding) else {
            return false;
        };
        let ratio = mean.bytes / before.bytes.max(1.0);
        // The line's time changes with the size. It is not the line if the time has changed by not even half as much.
        let halfway = before.took * (1.0 + ratio) / 2.0;
        let is_server = if ratio < 1.0 / NOTABLE {
            (halfway..before.took * ODD).contains(&mean.took)
        } else {
            ratio > NOTABLE && (before.took / ODD..halfway).contains(&mean.took)
        };
        if is_server {
            self.pace = Some(mean);
            return before.took < mean.took * MARGIN;
        }
        // What takes longer as it gets larger is waited for at the line, whatever was thought before.
        if ratio > NOTABLE && mean.took >= halfway {
            self.pace = None;
        }
        if let Some(pace) = &mut self.pace {
            pace.bytes *= (ratio / foreseen).clamp(1.0 / SURPRISE, SURPRISE);
            pace.took = pace.took.min(mean.took);
        }
        false
    }

    /// Whether it may be the server alone that took so long.
    pub(super) fn explains(&self, Mean { bytes, took }: Mean) -> bool {
        self.pace
            .is_some_and(|pace| took < pace.took * (bytes / pace.bytes.max(1.0)).max(1.0) * MARGIN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_takes_longer_as_it_gets_larger_is_no_longer_thought_to_be_the_servers_time() {
        let mut server = Server::default();
        let mut change = |from: (f64, f64), to: (f64, f64)| {
            let [from, to] = [from, to].map(|(bytes, took)| Mean { bytes, took });
            server.quality_changed(from, to.bytes / from.bytes);
            server.learn(to, false);
            server.explains(to)
        };
        assert!(change((40_000.0, 33.0), (52_000.0, 36.0)));
        assert!(!change((52_000.0, 36.0), (78_000.0, 54.0)));
        assert!(!change((78_000.0, 54.0), (52_000.0, 36.0)));
    }
}
