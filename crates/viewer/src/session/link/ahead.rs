//! How many updates are asked for in advance, where the server does not send them by itself.
//!
//! The next one is asked for when an update begins to arrive: a server nearby has its request before it could have made another.
//! One that is far away would wait for it for a round trip, so there more requests are under way as long as the line has nothing
//! to carry. Servers make one of all requests that they have, and tell nobody. While the line is not full that does not matter:
//! what was asked for a round trip ago is answered, or is one request by now. When updates come one right behind the other,
//! each of them was a request, and no more is sent than what keeps the line full.

use std::collections::VecDeque;

use super::Link;

/// A line on which nothing has come and nothing was asked for so long has room for another update, in milliseconds.
const PACE: f64 = 20.0;
/// Updates that are no further apart than this, in milliseconds, fill the line.
const GAP: f64 = 5.0;
/// What answers within this time, in milliseconds, is asked again soon enough by what it answers.
const NEAR: f64 = 30.0;
/// What takes longer is no line's round trip: nothing has changed for so long.
const LONGEST: f64 = 500.0;
/// After so many updates that fill the line one is not renewed.
const PROBING: u32 = 8;
/// No more than so many are under way: when all of them are large at once, the last one waits for the others.
const MOST: usize = 4;

/// The requests that are under way.
#[derive(Debug, Default)]
pub(super) struct Ahead {
    /// When they were sent.
    open: VecDeque<f64>,
    /// When the last one was sent.
    asked: f64,
    /// When one was sent while no other was under way, which has not been answered yet.
    asked_alone: Option<f64>,
    /// When the update that is arriving began.
    began: f64,
    /// When the last update was complete; none while one arrives.
    completed: Option<f64>,
    /// The last update came right behind the one before it, and was not renewed: there were more under way.
    has_skipped: bool,
    /// How many came so since one was not renewed.
    renewed: u32,
    /// What updates take to arrive, the long ones of late.
    took: f64,
    /// The least time that an answer took.
    round_trip: Option<f64>,
}

impl Ahead {
    /// An update was asked for.
    pub(super) fn asked(&mut self, now: f64) {
        if self.open.is_empty() {
            self.asked_alone = Some(now);
        }
        self.open.push_back(now);
        self.asked = now;
    }

    /// An update begins to arrive, and more are wanted, or not. Whether the next one is to be asked for.
    pub(super) fn update_began(&mut self, is_wanted: bool, now: f64) -> bool {
        let answered = self.asked_alone.take().map(|asked| now - asked);
        if let Some(took) = answered.filter(|took| *took <= LONGEST) {
            self.round_trip = Some(self.round_trip.map_or(took, |least| least.min(took)));
        }
        self.began = now;
        let is_full = self.completed.take().is_some_and(|then| now - then <= GAP);
        if is_full || !self.forget_answered(now) {
            self.open.pop_front();
        }
        self.renewed = if is_full { self.renewed + 1 } else { 0 };
        // Not even what is counted so is certain: where little is lost by it, it is tried whether there is one more.
        let is_probe = self.renewed >= PROBING && self.fitting() == 0;
        let is_too_many = self.open.len() > self.fitting() || is_probe;
        self.has_skipped = is_wanted && is_full && self.is_far() && is_too_many;
        if self.has_skipped {
            self.renewed = 0;
        }
        let asks = is_wanted && !self.has_skipped;
        if asks {
            self.asked(now);
        }
        asks
    }

    /// It has arrived.
    pub(super) fn update_completed(&mut self, now: f64) {
        self.completed = Some(now);
        self.took = (now - self.began).max(self.took * 0.9);
    }

    /// When to ask for one more, if nothing comes until then.
    fn due(&self) -> Option<f64> {
        let (completed, round_trip) = (self.completed?, self.round_trip?);
        if self.has_skipped {
            // There were no more.
            return Some(completed.max(self.asked + round_trip) + GAP);
        }
        let due = self.asked.max(completed) + PACE;
        let open = self
            .open
            .iter()
            .filter(|asked| due - **asked <= round_trip)
            .count();
        let is_worth_it = self.is_far() && due <= completed + round_trip && open < self.fitting().min(MOST);
        is_worth_it.then_some(due)
    }

    fn is_far(&self) -> bool {
        self.round_trip.is_some_and(|round_trip| round_trip > NEAR)
    }

    /// How many updates that take as long as those of late pass the line in a round trip.
    fn fitting(&self) -> usize {
        (self.round_trip.unwrap_or(0.0) / self.took.max(PACE)) as usize
    }

    /// One more was asked for, since it was due.
    fn asked_more(&mut self, now: f64) {
        if std::mem::take(&mut self.has_skipped) {
            self.open.clear();
        }
        self.asked(now);
    }

    /// What was asked for longer ago than a round trip is answered or, since servers make one of it, is to be answered by one
    /// update. Says whether there was any.
    fn forget_answered(&mut self, now: f64) -> bool {
        let before = self.open.len();
        let round_trip = self.round_trip.unwrap_or(f64::INFINITY);
        self.open.retain(|asked| now - asked <= round_trip);
        self.open.len() < before
    }
}

impl Link {
    /// When one more update is to be asked for.
    pub(super) fn request_due(&self) -> Option<f64> {
        self.client.is_to_request().then(|| self.ahead.due()).flatten()
    }

    /// Asks for one more update, if the line has room for it.
    pub(super) fn request_more(&mut self, now: f64) {
        if self.request_due().is_some_and(|due| due <= now) {
            self.ahead.asked_more(now);
            self.client.request_update();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use super::*;

    /// A server, the line to it and a client that decodes at once, in milliseconds. The server sends what has changed when it
    /// has been asked for it, however much there is on its way already: what it does not know of cannot hold it back.
    struct Simulation {
        ahead: Ahead,
        /// Asks for an update when one begins, and no more.
        is_plain: bool,
        now: f64,
        /// From one end to the other.
        way: f64,
        /// What an update takes to pass the line.
        passing: f64,
        /// When requests arrive.
        asking: VecDeque<f64>,
        is_asked: bool,
        /// When the screen changed first since the last update.
        changed: Option<f64>,
        line_is_free: f64,
        /// When updates begin and end to arrive, and what the screen was when they were made.
        arriving: VecDeque<(f64, f64, f64)>,
        has_begun: bool,
        requests: u32,
        updates: u32,
        ages: f64,
    }

    impl Simulation {
        fn new(round_trip: f64, passing: f64) -> Self {
            let mut ahead = Ahead::default();
            ahead.asked(0.0);
            Self {
                ahead,
                is_plain: false,
                now: 0.0,
                way: round_trip / 2.0,
                passing,
                asking: VecDeque::from([round_trip / 2.0]),
                is_asked: false,
                changed: None,
                line_is_free: 0.0,
                arriving: VecDeque::new(),
                has_begun: false,
                requests: 0,
                updates: 0,
                ages: 0.0,
            }
        }

        /// So many seconds, in which the screen changes 30 times each, or rests.
        fn run(&mut self, seconds: u32, changes: bool) {
            (self.requests, self.updates, self.ages) = (0, 0, 0.0);
            for millisecond in 0..seconds * 1000 {
                self.now += 1.0;
                if changes && millisecond.is_multiple_of(33) {
                    self.changed.get_or_insert(self.now);
                }
                self.serve();
                self.receive();
            }
        }

        fn serve(&mut self) {
            if self.asking.pop_front_if(|at| *at <= self.now).is_some() {
                self.is_asked = true;
            }
            if self.is_asked
                && let Some(drawn) = self.changed.take()
            {
                self.is_asked = false;
                let begins = self.line_is_free.max(self.now);
                self.line_is_free = begins + self.passing;
                let way = self.way;
                self.arriving
                    .push_back((begins + way, self.line_is_free + way, drawn));
            }
        }

        fn receive(&mut self) {
            let now = self.now;
            if self.has_begun
                && let Some((.., drawn)) = self.arriving.pop_front_if(|it| it.1 <= now)
            {
                self.has_begun = false;
                self.ahead.update_completed(now);
                self.updates += 1;
                self.ages += now - drawn;
            }
            let begins = !self.has_begun && self.arriving.front().is_some_and(|it| it.0 <= now);
            let asks = if begins {
                self.has_begun = true;
                self.ahead.update_began(true, now) || self.is_plain
            } else if !self.is_plain && self.ahead.due().is_some_and(|due| due <= now) {
                self.ahead.asked_more(now);
                true
            } else {
                false
            };
            if asks {
                self.requests += 1;
                self.asking.push_back(now + self.way);
            }
        }

        fn per_second(&self, seconds: u32) -> f64 {
            f64::from(self.updates) / f64::from(seconds)
        }

        fn age(&self) -> f64 {
            self.ages / f64::from(self.updates)
        }
    }

    #[test]
    fn a_server_far_away_sends_as_often_as_its_screen_changes() {
        for (round_trip, least) in [(50.0, 29.0), (100.0, 29.0), (200.0, 19.0), (300.0, 13.0)] {
            let mut far = Simulation::new(round_trip, 4.0);
            far.run(2, true);
            far.run(20, true);
            let (found, age) = (far.per_second(20), far.age());
            assert!(found > least, "{round_trip}: {found}");
            assert!(age < round_trip / 2.0 + 1000.0 / least, "{round_trip}: {age}");
        }
    }

    #[test]
    fn a_full_line_has_no_more_on_its_way_than_it_can_carry() {
        for (round_trip, passing) in [
            (100.0, 200.0),
            (150.0, 100.0),
            (200.0, 60.0),
            (40.0, 500.0),
            (4.0, 40.0),
        ] {
            let run = |is_plain| {
                // Little changes at first, and many requests are under way.
                let mut line = Simulation::new(round_trip, 2.0);
                line.is_plain = is_plain;
                line.run(10, true);
                line.passing = passing;
                line.run(10, true);
                line.run(20, true);
                (line.per_second(20), line.age())
            };
            let ((plain, plain_age), (found, age)) = (run(true), run(false));
            assert!(found > plain * 0.9, "{round_trip} {passing}: {found} and {plain}");
            assert!(
                age < plain_age * 1.2,
                "{round_trip} {passing}: {age} and {plain_age}"
            );
        }
    }

    #[test]
    fn a_server_nearby_is_asked_once_for_each_update() {
        let mut near = Simulation::new(4.0, 2.0);
        near.run(10, true);
        assert_eq!(near.requests, near.updates);
        assert!(near.per_second(10) > 29.0);
    }

    #[test]
    fn a_screen_that_rests_is_not_asked_for_again_and_again() {
        let mut far = Simulation::new(200.0, 4.0);
        far.run(2, true);
        far.run(1, false);
        far.run(60, false);
        assert_eq!(far.requests, 0);
        far.run(1, true);
        assert!(far.per_second(1) > 15.0, "{}", far.per_second(1));
    }
}
