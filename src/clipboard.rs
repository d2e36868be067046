//! The clipboard panel: what the remote clipboard holds, and what goes into it.

use leptos::prelude::*;
use porthole_viewer::Command;

use crate::element::{Element, Node, button, element, icon_button};
use crate::icons::{self, icon};
use crate::session::Session;

pub(crate) fn panel(session: Session, open: RwSignal<bool>) -> Element {
    let text = RwSignal::new(session.remote_text.get_untracked());
    // What comes from the desktop replaces what stands here.
    Effect::new(move |_| text.set(session.remote_text.get()));
    let area = Node::new();
    area.on_load(|element| {
        // A browser that does not focus it leaves that to the person.
        let _ = element.focus();
    });
    let close = move || {
        open.set(false);
        session.focus();
    };
    let head = element("div")
        .class("panel-head")
        .child(element("h2").id("clipboard-title").text("Clipboard"))
        .child(
            icon_button("icon-button", close)
                .attr("aria-label", "Close")
                .child(icon(icons::CLOSE)),
        );
    let field = element("textarea")
        .id("clipboard-text")
        .attr("rows", "6")
        .attr("spellcheck", "false")
        .node(area)
        .prop_with("value", move || text.get())
        .on("input", move |event| text.set(event_target_value(&event)));
    let actions = element("div")
        .class("actions")
        .child(button("quiet", "Copy", move || {
            copy(session, &text.get_untracked())
        }))
        .child(button("primary", "Send to desktop", move || {
            session.send(Command::Clipboard(text.get_untracked()));
            close();
        }));
    element("section")
        .id("clipboard")
        .class("panel")
        .attr("aria-labelledby", "clipboard-title")
        .child(head)
        .child(
            element("label")
                .attr("for", "clipboard-text")
                .text("Text copied on the desktop appears here. Text you put here can be sent there."),
        )
        .child(field)
        .child(actions)
}

/// Puts a text into this computer's clipboard.
pub(crate) fn copy(session: Session, text: &str) {
    let clipboard = window().navigator().clipboard();
    // Only secure pages have one.
    if clipboard.is_undefined() {
        session.tell("This page has no access to your clipboard: select the text and copy it.");
        return;
    }
    let _ = clipboard.write_text(text);
    session.tell("Copied.");
}
