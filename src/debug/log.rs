//! The protocol's log.

use leptos::ev;
use leptos::html::{button, div, h2, pre, section};
use leptos::prelude::*;
use porthole_viewer::LogLine;

use crate::session::Session;

pub(crate) fn log(session: Session) -> impl IntoView {
    let text = move || {
        session
            .log
            .with(|lines| lines.iter().map(line).collect::<String>())
    };
    section()
        .class("log")
        .attr("aria-labelledby", "log-title")
        .child((
            div().class("panel-head").child((
                h2().id("log-title").child("Log"),
                button()
                    .class("quiet")
                    .attr("type", "button")
                    .on(ev::click, move |_| {
                        let _ = window().navigator().clipboard().write_text(&untrack(text));
                        session.tell("Copied.");
                    })
                    .child("Copy"),
            )),
            pre().attr("tabindex", "0").child(text),
        ))
}

fn line(line: &LogLine) -> String {
    let milliseconds = line.milliseconds.to_string();
    let padding = " ".repeat(8_usize.saturating_sub(milliseconds.len()));
    [&padding, &milliseconds, " ms  ", &line.text, "\n"].concat()
}
