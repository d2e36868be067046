//! Key combinations: some that everybody needs, and those that somebody has written, which the browser remembers.

use leptos::prelude::*;
use porthole_hands::input::combination;
use porthole_viewer::page::storage;
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

use super::group;
use crate::element::{Element, Node, button, element, icon_button};
use crate::focus;
use crate::icons::{self, icon};
use crate::session::Session;

const USUAL: [&str; 4] = ["Ctrl+Alt+Del", "Alt+Tab", "Alt+F4", "Ctrl+Shift+Esc"];

/// Under this name the browser remembers them, one a line, the latest first.
const REMEMBERED: &str = "combinations";

/// No more than these are remembered.
const MOST: usize = 6;

pub(super) fn combinations(session: Session) -> Element {
    let own = RwSignal::new(remembered());
    let field = Node::new();
    let send = move || {
        let Some(field) = field.get_untracked() else {
            return;
        };
        let field: &HtmlInputElement = field.unchecked_ref();
        let words = field.value();
        if press(session, &words) {
            own.update(|own| keep(own, words.trim()));
            remember(&own.get_untracked());
            field.set_value("");
            session.focus();
        }
    };
    let usual = USUAL.map(|words| button("key", words, move || _ = press(session, words)));
    let buttons = move || {
        let buttons = own.get().into_iter().enumerate();
        let buttons = buttons.map(move |(at, words)| own_button(session, own, at, words));
        Some(element("span").class("own").children(buttons))
    };
    let other = element("form")
        .on("submit", move |event| {
            event.prevent_default();
            send();
        })
        .child(
            element("input")
                .attr("type", "text")
                .attr("size", "12")
                .attr("placeholder", "Ctrl+Alt+F2")
                .attr("aria-label", "Another combination")
                .attr("required", "")
                .attr("autocomplete", "off")
                .attr("autocapitalize", "none")
                .attr("spellcheck", "false")
                .node(field),
        )
        .child(element("button").class("key").attr("type", "submit").text("Send"));
    group("Combinations", "key-group two")
        .children(usual)
        .child_with(buttons)
        .child(other)
}

/// One of somebody's own, and how to be rid of it.
fn own_button(session: Session, own: RwSignal<Vec<String>>, at: usize, words: String) -> Element {
    // So that a long one breaks between keys.
    let text = words.replace('+', "+\u{200b}");
    let name = ["Forget ", &words].concat();
    let title = name.clone();
    let forgotten = words.clone();
    let forget = move || {
        own.update(|own| own.retain(|known| *known != forgotten));
        let left = own.get_untracked();
        remember(&left);
        if focus::is_by_keys() {
            // What the next one has come to, or the one before the last.
            let next = left.len().min(at + 1).to_string();
            focus::go_to(match left.len() {
                0 => "#keys input".to_owned(),
                _ => ["#keys .own > :nth-child(", &next, ") .forget"].concat(),
            });
        }
    };
    element("span")
        .class("own-key")
        .child(icon_button("key", move || _ = press(session, &words)).text(text))
        .child(
            icon_button("icon-button forget", forget)
                .attr_with("aria-label", move || Some(name.clone()))
                .attr_with("title", move || Some(title.clone()))
                .child(icon(icons::CLOSE)),
        )
}

/// Presses a combination, or says why not.
fn press(session: Session, words: &str) -> bool {
    let keys = match combination(words) {
        Ok(keys) => keys,
        Err(reason) => {
            session.tell(["That is no combination of keys: ", reason, "."].concat());
            return false;
        }
    };
    let keys: Vec<_> = keys.iter().map(|(key, code)| (&**key, &**code)).collect();
    match session.press(&keys) {
        Ok(()) => true,
        Err(name) => {
            session.tell(["There is no key \u{201c}", name, "\u{201d}."].concat());
            false
        }
    }
}

fn keep(own: &mut Vec<String>, words: &str) {
    if USUAL.contains(&words) {
        return;
    }
    own.retain(|known| known != words);
    own.insert(0, words.to_owned());
    own.truncate(MOST);
}

/// A browser may have no storage for this page, or nothing in it.
fn remembered() -> Vec<String> {
    let text = storage::recall(REMEMBERED).unwrap_or_default();
    text.lines().take(MOST).map(str::to_owned).collect()
}

fn remember(own: &[String]) {
    storage::remember(REMEMBERED, &own.join("\n"));
}
