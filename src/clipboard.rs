//! The clipboard panel: what the remote clipboard holds, and what goes into it.

use leptos::html::{button, div, h2, label, section, textarea};
use leptos::prelude::*;
use leptos::{ev, html};
use porthole_viewer::Command;

use crate::icons::{self, icon};
use crate::session::Session;

pub(crate) fn panel(session: Session, open: RwSignal<bool>) -> impl IntoView {
    let text = RwSignal::new(session.remote_text.get_untracked());
    // What comes from the desktop replaces what stands here.
    Effect::new(move |_| text.set(session.remote_text.get()));
    let area = NodeRef::<html::Textarea>::new();
    area.on_load(|element| {
        // A browser that does not focus it leaves that to the person.
        let _ = element.focus();
    });
    let close = move || {
        open.set(false);
        session.focus();
    };
    section()
        .id("clipboard")
        .class("panel")
        .attr("aria-labelledby", "clipboard-title")
        .child((
            div().class("panel-head").child((
                h2().id("clipboard-title").child("Clipboard"),
                button()
                    .class("icon-button")
                    .attr("type", "button")
                    .attr("aria-label", "Close")
                    .on(ev::click, move |_| close())
                    .child(icon(icons::CLOSE)),
            )),
            label()
                .attr("for", "clipboard-text")
                .child("Text copied on the desktop appears here. Text you put here can be sent there."),
            textarea()
                .id("clipboard-text")
                .attr("rows", "6")
                .attr("spellcheck", "false")
                .node_ref(area)
                .prop("value", move || text.get())
                .on(ev::input, move |event| text.set(event_target_value(&event))),
            div().class("actions").child((
                button()
                    .class("quiet")
                    .attr("type", "button")
                    .on(ev::click, move |_| copy(session, text.get_untracked()))
                    .child("Copy"),
                button()
                    .class("primary")
                    .attr("type", "button")
                    .on(ev::click, move |_| {
                        session.send(Command::Clipboard(text.get_untracked()));
                        close();
                    })
                    .child("Send to desktop"),
            )),
        ))
}

/// Puts a text into this computer's clipboard.
fn copy(session: Session, text: String) {
    let clipboard = window().navigator().clipboard();
    // Only secure pages have one.
    if clipboard.is_undefined() {
        session.tell("This page has no access to your clipboard: select the text and copy it.");
        return;
    }
    let _ = clipboard.write_text(&text);
    session.tell("Copied.");
}
