//! What went wrong, for a person: the first broken hop and how to mend it, and then all that was seen.

use leptos::prelude::*;
use porthole_doctor::Verdict;

use super::{Diagnosis, Findings, Row, look};
use crate::element::{Element, button, element};
use crate::session::Session;

/// On the card that says how a connection ended.
pub(crate) fn findings(session: Session) -> Option<Element> {
    let section = element("section")
        .class("doctor")
        .attr("aria-label", "What went wrong");
    Some(match session.diagnosis.get() {
        Diagnosis::None => return None,
        Diagnosis::Looking(_) => section.child(looking()),
        Diagnosis::Found(findings) => {
            let verdict = match &findings.trouble {
                Some(_) => trouble(&findings),
                None => vec![paragraph(
                    "says",
                    "No hop on the way is broken now: trying again may help.",
                )],
            };
            let seen = element("details")
                .child(element("summary").text("What was seen on the way"))
                .children(lists(findings));
            section
                .child(element("h2").text("What went wrong"))
                .children(verdict)
                .child(seen)
        }
    })
}

/// On the debug page.
pub(crate) fn panel(session: Session) -> Element {
    let head = element("div")
        .class("panel-head")
        .child(element("h2").id("doctor-title").text("Doctor"))
        .child(
            button("quiet", "Examine", move || look(session, None)).attr_with("disabled", move || {
                matches!(session.diagnosis.get(), Diagnosis::Looking(_)).then(String::new)
            }),
        );
    element("section")
        .class("doctor")
        .attr("aria-labelledby", "doctor-title")
        .child(head)
        .child_with(move || {
            Some(match session.diagnosis.get() {
                Diagnosis::None => element("p")
                    .class("nothing")
                    .text("Looks at every hop between this page and the desktop."),
                Diagnosis::Looking(_) => looking(),
                Diagnosis::Found(findings) => {
                    let verdict = match &findings.trouble {
                        Some(_) => trouble(&findings),
                        None => vec![paragraph("says", "All of it is sound.")],
                    };
                    element("div").children(verdict).children(lists(findings))
                }
            })
        })
}

fn looking() -> Element {
    paragraph("nothing", "Looking at every hop on the way…")
}

fn paragraph(class: &'static str, text: &str) -> Element {
    element("p").class(class).text(text)
}

fn trouble(findings: &Findings) -> Vec<Element> {
    let Some(trouble) = &findings.trouble else {
        return Vec::new();
    };
    let name = trouble.name.clone();
    let class = if trouble.breaks { "says broken" } else { "says" };
    vec![
        paragraph(class, &trouble.says).attr_with("data-cause", move || Some(name.clone())),
        paragraph("mend", &trouble.mend),
    ]
}

fn lists(findings: Findings) -> Vec<Element> {
    let of = [
        ("From this page", findings.by_page),
        ("From the gateway", findings.by_gateway),
    ];
    let lists = of.into_iter().filter(|(_, rows)| !rows.is_empty());
    lists
        .flat_map(|(name, rows)| {
            [
                element("h3").text(name),
                element("ol").class("checks").children(rows.into_iter().map(row)),
            ]
        })
        .collect()
}

fn row(row: Row) -> Element {
    let (class, word) = match row.verdict {
        Verdict::Sound => ("sound", "sound: "),
        Verdict::Amiss => ("amiss", "amiss: "),
        Verdict::Broken => ("broken", "broken: "),
    };
    element("li")
        .class(class)
        .child(element("span").class("visually-hidden").text(word))
        .child(element("b").text(row.name))
        .text([" ", &row.seen].concat())
}
