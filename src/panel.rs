//! Panels beside the bar, of which one is open at a time, and what they are made of.

use leptos::prelude::*;

use crate::element::{Element, Node, button, element, icon_button};
use crate::focus;
use crate::icons::{self, icon};
use crate::session::Session;

/// One of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Panel {
    Clipboard,
    Keys,
    Power,
    Screen,
    Settings,
}

impl Panel {
    /// Whether all that can be done in it is to send the desktop something.
    pub(crate) fn sends(self) -> bool {
        matches!(self, Self::Clipboard | Self::Keys | Self::Power)
    }
}

/// A panel of this id with a heading, whose id is another, and a button that closes it.
pub(crate) fn panel(
    id: &'static str,
    title_id: &'static str,
    title: &'static str,
    session: Session,
) -> Element {
    let close = move || {
        // Whoever has closed it by keys goes on at the button that opened it, which a small screen has not shown until now.
        // Whoever points goes on at the desktop.
        if focus::is_by_keys() {
            session.panel.set(None);
            focus::go_to(["[aria-controls=", id, "]"].concat());
        } else {
            session.close_panel();
        }
    };
    let head = element("div")
        .class("panel-head")
        .child(element("h2").id(title_id).text(title))
        .child(
            icon_button("icon-button", close)
                .attr("aria-label", "Close")
                .child(icon(icons::CLOSE)),
        );
    let node = Node::new();
    node.on_load(|panel| {
        // It is not in the document before the next turn of the event loop.
        request_animation_frame(move || {
            let focused = document().active_element();
            if !panel.contains(focused.as_deref()) {
                // What is said next is what it is, and Tab goes on in it.
                let _ = panel.focus();
            }
        });
    });
    element("section")
        .id(id)
        .class("panel")
        .attr("tabindex", "-1")
        .node(node)
        .attr("aria-labelledby", title_id)
        .child(head)
}

/// Something that is on or off.
pub(crate) fn switch(
    text: &'static str,
    is_on: impl Fn() -> bool + Send + 'static,
    toggle: impl Fn() + 'static,
) -> Element {
    button("switch", text, toggle)
        .attr("role", "switch")
        .attr_with("aria-checked", move || truth(is_on()))
        .child(element("span").class("track").attr("aria-hidden", "true"))
}

/// One of several choices, each by its value and its words.
pub(crate) fn choice<'a>(
    text: &'static str,
    id: &'static str,
    choices: impl IntoIterator<Item = (&'a str, &'a str)>,
    chosen: &str,
    choose: impl Fn(String) + 'static,
) -> Element {
    let options = choices.into_iter().map(|(value, words)| {
        let (own, is_chosen) = (value.to_owned(), value == chosen);
        let option = element("option")
            .attr_with("value", move || Some(own.clone()))
            .text(words);
        if is_chosen {
            option.attr("selected", "")
        } else {
            option
        }
    });
    let select = element("select")
        .id(id)
        .on("change", move |event| choose(event_target_value(&event)))
        .children(options);
    labelled(text, id, select)
}

/// A field with its label above it.
pub(crate) fn labelled(text: &'static str, id: &'static str, input: Element) -> Element {
    element("div")
        .class("field")
        .child(element("label").attr("for", id).text(text))
        .child(input)
}

/// A truth value as ARIA writes it.
pub(crate) fn truth(value: bool) -> Option<String> {
    Some(if value { "true" } else { "false" }.to_owned())
}
