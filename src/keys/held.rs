//! The modifiers that are down by themselves, where the panel of keys does not show them: each says so, and lets go of itself.

use leptos::prelude::*;
use porthole_hands::input::{Latch, Latched};

use super::text_on;
use crate::element::{Element, element, icon_button};
use crate::icons::{self, icon};
use crate::panel::Panel;
use crate::session::Session;

/// The sign, while there are any.
pub(crate) fn held(session: Session) -> Element {
    let held = Memo::new(move |_| {
        let is_shown = session.panel.get() != Some(Panel::Keys);
        let latches = session.latches.get();
        let all = Latch::ALL.into_iter().map(|latch| (latch, latches.get(latch)));
        all.filter(|(_, state)| is_shown && *state != Latched::No)
            .collect::<Vec<_>>()
    });
    element("div").attr("role", "status").child_with(move || {
        let held = held.get();
        (!held.is_empty()).then(|| {
            element("div")
                .class("held")
                // The desktop keeps the keyboard, and with it the one on the screen.
                .on("mousedown", |event| event.prevent_default())
                .child(element("span").text("Held"))
                .children(
                    held.into_iter()
                        .map(|(latch, state)| button(session, latch, state)),
                )
        })
    })
}

fn button(session: Session, latch: Latch, state: Latched) -> Element {
    let text = text_on(latch);
    let until = match state {
        Latched::Locked => " until it is let go",
        _ => " for the next key or click",
    };
    let name = [text, until, ": let go now"].concat();
    let title = name.clone();
    icon_button("key", move || {
        session.unlatch(latch);
        session.focus();
    })
    .attr_with("aria-label", move || Some(name.clone()))
    .attr_with("title", move || Some(title.clone()))
    .attr_with("data-locked", move || {
        (state == Latched::Locked).then(String::new)
    })
    .text(text)
    .child(icon(icons::CLOSE))
}
