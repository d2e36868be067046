//! The clipboard panel: what the remote clipboard holds, and what goes into it.
//!
//! This computer's clipboard is read only where somebody pastes, and written only where they say so.

mod copy;
mod pasted;
mod words;

pub(crate) use copy::copy;
use leptos::prelude::*;
use porthole_viewer::{Clipboard, Command};
use wasm_bindgen::JsCast;
pub(crate) use words::words;

use crate::element::{Element, Node, button, element};
use crate::panel;
use crate::session::Session;

pub(crate) fn panel(session: Session, close: impl Fn() + Copy + 'static) -> Element {
    let content = RwSignal::new(session.remote_clipboard.get_untracked());
    // What comes from the desktop replaces what stands here.
    Effect::new(move |_| content.set(session.remote_clipboard.get()));
    let pasted = StoredValue::new(None);
    let area = Node::new();
    area.on_load(|element| {
        // A browser that does not focus it leaves that to the person.
        let _ = element.focus();
    });
    let field = element("textarea")
        .id("clipboard-text")
        .attr("rows", "6")
        .attr("spellcheck", "false")
        .attr("aria-describedby", "clipboard-formatting")
        .node(area)
        .prop_with("value", move || {
            content.with(|content| content.text.clone().unwrap_or_default())
        })
        .on("paste", move |event| {
            pasted.set_value(pasted::content(event.unchecked_ref()));
        })
        .on("input", move |event| {
            let text = event_target_value(&event);
            let pasted = pasted.try_update_value(Option::take).flatten();
            content.set(pasted::after_input(text, pasted));
        });
    let formatting = move || {
        let words = content.with(words::formatting)?;
        Some(
            element("p")
                .id("clipboard-formatting")
                .class("advice")
                .text(words),
        )
    };
    let actions = element("div")
        .class("actions")
        .child(button("quiet", "Copy", move || {
            copy(session, content.get_untracked())
        }))
        .child(button("primary", "Send to desktop", move || {
            session.send(Command::Clipboard(content.get_untracked()));
            close();
        }));
    panel::panel("clipboard", "clipboard-title", "Clipboard", close)
        .child(
            element("label")
                .attr("for", "clipboard-text")
                .text("Text copied on the desktop appears here. Text you put here can be sent there."),
        )
        .child(field)
        .child_with(formatting)
        .child(actions)
}

/// Plain text and nothing else.
pub(crate) fn plain(text: String) -> Clipboard {
    Clipboard {
        text: Some(text),
        ..Clipboard::default()
    }
}
