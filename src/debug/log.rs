//! The protocol's log.

use leptos::prelude::*;
use porthole_viewer::LogLine;

use crate::clipboard::{copy, plain};
use crate::element::{Element, button, element};
use crate::session::Session;

pub(crate) fn log(session: Session) -> Element {
    let text = move || {
        session
            .log
            .with(|lines| lines.iter().map(line).collect::<String>())
    };
    let head = element("div")
        .class("panel-head")
        .child(element("h2").id("log-title").text("Log"))
        .child(button("quiet", "Copy", move || {
            copy(session, plain(untrack(text)))
        }));
    element("section")
        .class("log")
        .attr("aria-labelledby", "log-title")
        .child(head)
        .child(element("pre").attr("tabindex", "0").text_with(text))
}

fn line(line: &LogLine) -> String {
    let milliseconds = line.milliseconds.to_string();
    let padding = " ".repeat(8_usize.saturating_sub(milliseconds.len()));
    [&padding, &milliseconds, " ms  ", &line.text, "\n"].concat()
}
