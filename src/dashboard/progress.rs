//! How a machine comes up: which steps are done, and how long each has taken.

use leptos::prelude::*;
use porthole::drawing::logo;
use porthole::element::{Element, button, element};

use crate::api::Status;
use crate::dashboard::Dashboard;
use crate::failure::sentence;
use crate::since::stopwatch;

/// The steps, in order: what each is called while it is under way.
const STEPS: [(Status, &str); 3] = [
    (Status::Creating, "Creating the machine"),
    (Status::Booting, "Booting"),
    (Status::Ready, "Ready"),
];

/// When which step began, by the page's clock in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Progress {
    began: [Option<f64>; STEPS.len()],
}

/// How far one step is.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Step {
    /// It took so long.
    Done(f64),
    /// It has taken so long.
    Now(f64),
    Later,
}

impl Progress {
    /// From now on it has this status. A step that was not seen took no time.
    pub(crate) fn reached(&mut self, status: Status, now: f64) {
        let Some(at) = STEPS.iter().position(|(step, _)| *step == status) else {
            return;
        };
        for began in &mut self.began[..=at] {
            began.get_or_insert(now);
        }
    }

    /// Whether nothing has been reached.
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// How long it has taken in all.
    fn elapsed(&self, now: f64) -> f64 {
        self.began[0].map_or(0.0, |began| now - began)
    }

    /// How long it took until the desktop was there, where that was seen from the beginning.
    pub(crate) fn took(&self) -> Option<f64> {
        let [began, .., ready] = self.began;
        let took = ready? - began?;
        (took > 0.0).then_some(took)
    }

    fn step(&self, at: usize, now: f64) -> Step {
        let next = self.began.get(at + 1).copied().flatten();
        match (self.began[at], next) {
            (Some(began), Some(end)) => Step::Done(end - began),
            (Some(began), None) => Step::Now(now - began),
            (None, _) => Step::Later,
        }
    }
}

/// The card that shows it.
pub(crate) fn card(dashboard: Dashboard) -> Element {
    let steps = (0..STEPS.len()).map(|at| step(dashboard, at));
    element("section")
        .class("card coming-up")
        .attr("aria-live", "polite")
        .child(logo())
        .child(element("h2").text_with(move || {
            let provider = dashboard.provider.get();
            format!("Starting {provider}…")
        }))
        .child(element("ol").class("progress").children(steps))
        .child(
            element("p")
                .class("elapsed")
                .attr("aria-live", "off")
                .text_with(move || {
                    let elapsed = dashboard.progress.get().elapsed(dashboard.now.get());
                    format!("{} elapsed", stopwatch(elapsed))
                }),
        )
        .child_with(move || agent(dashboard))
        .child(button("quiet", "Cancel", move || dashboard.end()))
}

fn step(dashboard: Dashboard, at: usize) -> Element {
    let now = move || dashboard.progress.get().step(at, dashboard.now.get());
    element("li")
        .attr_with("class", move || {
            let class = match now() {
                Step::Done(_) => "done",
                Step::Now(_) => "now",
                Step::Later => "later",
            };
            Some(class.to_owned())
        })
        .attr_with("aria-current", move || {
            matches!(now(), Step::Now(_)).then(|| "step".to_owned())
        })
        .child(element("span").class("mark").attr("aria-hidden", "true"))
        .child(element("span").class("name").text(STEPS[at].1))
        .child(
            element("span")
                .class("time")
                .attr("aria-live", "off")
                .text_with(move || match now() {
                    Step::Done(took) | Step::Now(took) => stopwatch(took),
                    Step::Later => String::new(),
                }),
        )
}

/// What the VM's agent says meanwhile.
fn agent(dashboard: Dashboard) -> Option<Element> {
    let health = dashboard.session.get()?.health?;
    let words = health.reason.unwrap_or_else(|| {
        let status = health.status;
        format!("the VM's agent says {status:?}")
    });
    Some(element("p").class("advice").text(sentence(&words)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_step_has_its_own_time_and_all_of_them_one() {
        let mut progress = Progress::default();
        assert_eq!(progress.step(0, 5.0), Step::Later);
        progress.reached(Status::Creating, 1000.0);
        progress.reached(Status::Creating, 2000.0);
        assert_eq!(progress.step(0, 3000.0), Step::Now(2000.0));
        assert_eq!(progress.step(1, 3000.0), Step::Later);
        progress.reached(Status::Booting, 4000.0);
        assert_eq!(progress.step(0, 9000.0), Step::Done(3000.0));
        assert_eq!(progress.step(1, 9000.0), Step::Now(5000.0));
        assert!((progress.elapsed(9000.0) - 8000.0).abs() < 0.1);
    }

    #[test]
    fn a_step_that_was_never_seen_took_no_time() {
        let mut progress = Progress::default();
        progress.reached(Status::Creating, 1000.0);
        progress.reached(Status::Ready, 2000.0);
        assert_eq!(progress.step(0, 9000.0), Step::Done(1000.0));
        assert_eq!(progress.step(1, 9000.0), Step::Done(0.0));
        assert_eq!(progress.took(), Some(1000.0));
        progress.reached(Status::Failed, 3000.0);
        assert_eq!(progress.step(2, 9000.0), Step::Now(7000.0));
        let mut resumed = Progress::default();
        resumed.reached(Status::Ready, 1000.0);
        assert_eq!(resumed.took(), None);
    }
}
