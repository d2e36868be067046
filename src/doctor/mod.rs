//! The doctor: looks at every hop on the way to the desktop, names the first one that is broken, and says how to mend it.
//!
//! It comes with the user interface and not when it is wanted: by then the server that it would come from may be gone.

mod examination;
mod fetch;
mod gateway;
mod socket;
mod view;

use leptos::prelude::*;
use porthole_doctor::{Cause, Line, Report, Verdict, Weight};
use porthole_viewer::Ending;
use wasm_bindgen_futures::spawn_local;

use crate::session::Session;

pub(crate) use view::{findings, panel};

/// What is known of the way.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Diagnosis {
    /// Nobody has looked.
    #[default]
    None,
    /// Somebody has been looking since then, in milliseconds.
    Looking(u64),
    Found(Findings),
}

/// What was seen by the page, and by the gateway if that could be asked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Findings {
    /// The first thing that is wrong.
    pub(crate) trouble: Option<Trouble>,
    pub(crate) by_page: Vec<Row>,
    pub(crate) by_gateway: Vec<Row>,
}

/// Something that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Trouble {
    /// For machines.
    pub(crate) name: String,
    pub(crate) says: String,
    pub(crate) mend: String,
    /// Whether it is why no desktop is seen.
    pub(crate) breaks: bool,
}

/// A place of the way, and what was seen there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) verdict: Verdict,
    pub(crate) seen: String,
}

impl From<Cause> for Trouble {
    fn from(cause: Cause) -> Self {
        Self {
            name: cause.name().to_owned(),
            says: cause.says().to_owned(),
            mend: cause.mend().to_owned(),
            breaks: cause.weight() == Weight::Breaks,
        }
    }
}

impl From<Line> for Row {
    fn from(line: Line) -> Self {
        let took = line
            .milliseconds
            .map(|it| [" (", &it.to_string(), " ms)"].concat());
        Self {
            name: line.check.name().to_owned(),
            verdict: line.verdict,
            seen: line.seen + &took.unwrap_or_default(),
        }
    }
}

impl Findings {
    /// Of both reports the one counts that is about the earlier hop: the page's, up to the gateway. What is behind that
    /// the gateway sees better.
    fn of(page: Report, gateway: Option<(Option<Trouble>, Vec<Row>)>) -> Self {
        let (behind, by_gateway) = gateway.unwrap_or_default();
        let is_before = |cause: &Cause| {
            cause.weight() == Weight::Breaks && cause.check() <= porthole_doctor::Check::Upgrade
        };
        let trouble = match (page.cause, behind) {
            (Some(cause), _) if is_before(&cause) => Some(cause.into()),
            (_, Some(behind)) if behind.breaks => Some(behind),
            (Some(cause), _) => Some(cause.into()),
            (None, behind) => behind,
        };
        Self {
            trouble,
            by_page: page.lines.into_iter().map(Row::from).collect(),
            by_gateway,
        }
    }
}

/// Looks for what ended a connection; or, without an ending, at the whole way.
pub(crate) fn look(session: Session, ending: Option<Ending>) {
    let url = session.url();
    if url.is_empty() {
        // There is no address to look at, which has been said.
        return;
    }
    let looking = Diagnosis::Looking(js_sys::Date::now() as u64);
    session.diagnosis.set(looking.clone());
    spawn_local(async move {
        let findings = examination::examine(&url, ending.as_ref()).await;
        // Somebody may have begun anew, or be there by now.
        if session.diagnosis.with_untracked(|it| *it == looking) {
            session.diagnosis.set(Diagnosis::Found(findings));
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(cause: Option<Cause>) -> Report {
        Report {
            of: String::new(),
            lines: Vec::new(),
            cause,
        }
    }

    fn behind(name: &str, breaks: bool) -> Option<(Option<Trouble>, Vec<Row>)> {
        let trouble = Trouble {
            name: name.into(),
            says: String::new(),
            mend: String::new(),
            breaks,
        };
        Some((Some(trouble), Vec::new()))
    }

    #[test]
    fn the_earlier_hop_is_named_and_behind_the_gateway_its_own_word_counts() {
        for (of_page, of_gateway, named) in [
            (
                Some(Cause::UpgradeLost),
                behind("nothing-listens", true),
                Some("upgrade-lost"),
            ),
            (
                Some(Cause::VmGone),
                behind("nothing-listens", true),
                Some("nothing-listens"),
            ),
            (Some(Cause::VmGone), None, Some("vm-gone")),
            (
                Some(Cause::NoSecureContext),
                behind("blacklisted", true),
                Some("blacklisted"),
            ),
            (
                Some(Cause::NoSecureContext),
                behind("subprotocol-missing", false),
                Some("no-secure-context"),
            ),
            (None, behind("server-silent", true), Some("server-silent")),
            (None, None, None),
        ] {
            let found = Findings::of(page(of_page), of_gateway);
            assert_eq!(found.trouble.map(|it| it.name).as_deref(), named);
        }
    }
}
