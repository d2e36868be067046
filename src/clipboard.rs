//! The clipboard panel: what the remote clipboard holds, and what goes into it.

use leptos::prelude::*;
use porthole_viewer::{Clipboard, ClipboardTrouble, Command};

use crate::element::{Element, Node, button, element, icon_button};
use crate::icons::{self, icon};
use crate::session::Session;

pub(crate) fn panel(session: Session, open: RwSignal<bool>) -> Element {
    let remote_text = move || session.remote_clipboard.get().text.unwrap_or_default();
    let text = RwSignal::new(untrack(remote_text));
    // What comes from the desktop replaces what stands here.
    Effect::new(move |_| text.set(remote_text()));
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
            session.send(Command::Clipboard(Clipboard {
                text: Some(text.get_untracked()),
                ..Clipboard::default()
            }));
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

/// Why something was not carried over, as a sentence for the person.
pub(crate) fn words(trouble: &ClipboardTrouble) -> String {
    match trouble {
        ClipboardTrouble::TooLong { bytes } => [
            "What was copied on the desktop is too long to be taken: ",
            &amount(*bytes),
            ".",
        ]
        .concat(),
        ClipboardTrouble::Unreadable(reason) => {
            ["What was copied on the desktop cannot be read: ", reason, "."].concat()
        }
        ClipboardTrouble::NotSent { limit } => [
            "The text was not sent: this desktop takes at most ",
            &amount(*limit),
            ".",
        ]
        .concat(),
        ClipboardTrouble::Reduced => {
            "This desktop takes Western European letters only: question marks were sent for all others."
                .to_owned()
        }
    }
}

/// So many bytes, for a person.
fn amount(bytes: u32) -> String {
    let (unit, name) = match bytes {
        1_000_000.. => (1_000_000, " MB"),
        10_000.. => (1_000, " KB"),
        _ => (1, " bytes"),
    };
    [&(bytes / unit).to_string(), name].concat()
}
