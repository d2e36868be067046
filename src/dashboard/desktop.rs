//! The desktop in its frame, beside what is known of its machine.

use leptos::prelude::*;
use porthole::dialog::dialog;
use porthole::element::{Element, button, element};

use crate::dashboard::Dashboard;
use crate::{details, place, viewer};

/// The session of this name.
pub(crate) fn desktop(dashboard: Dashboard, id: String) -> Element {
    viewer::listen(dashboard.connection);
    let frame = element("iframe")
        .attr("title", "Remote desktop")
        .attr("allow", "clipboard-read; clipboard-write; fullscreen")
        .attr_with("src", move || Some(place::viewer(&id)));
    element("div")
        .class("beside")
        .child(element("div").class("frame").child(frame))
        .child(details::details(dashboard))
}

/// Whose desktop is shown.
pub(crate) fn status(dashboard: Dashboard) -> Element {
    element("span")
        .class("pill")
        .attr("role", "status")
        .text_with(move || dashboard.provider.get())
}

/// Whether the session is really to end.
pub(crate) fn question(dashboard: Dashboard) -> Element {
    let keep = move || dashboard.is_asking.set(false);
    dialog("card", "end-title", keep)
        .child(element("h2").id("end-title").text("End this session?"))
        .child(
            element("p").class("advice").text(
                "Its machine is stopped, with all that runs there. What is not saved elsewhere is lost.",
            ),
        )
        .child(
            element("div")
                .class("actions")
                .child(button("quiet", "Keep it", keep))
                .child(button("primary confirm-end", "End session", move || {
                    dashboard.end()
                })),
        )
}
