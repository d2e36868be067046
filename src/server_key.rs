//! The question whether a server is the right one: trust on first use, and a loud warning when its key is another one.

use leptos::prelude::*;
use porthole_viewer::page::storage;

use crate::dialog;
use crate::element::{Element, button, element};
use crate::phase::Phase;
use crate::session::Session;

/// A key as it is shown: its SHA-256, and the short form that other viewers show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Key {
    pub(crate) sha256: String,
    pub(crate) short: String,
}

impl Key {
    pub(crate) fn new(sha256: &[u8], fingerprint: &[u8]) -> Self {
        Self {
            sha256: hex(sha256, " "),
            short: hex(fingerprint, "-"),
        }
    }
}

fn hex(bytes: &[u8], between: &str) -> String {
    let digit = |value: u8| char::from(b"0123456789abcdef"[usize::from(value & 15)]);
    let pairs: Vec<String> = bytes
        .iter()
        .map(|byte| [digit(byte >> 4), digit(*byte)].iter().collect())
        .collect();
    pairs.join(between)
}

/// The SHA-256 of the key that the server at a WebSocket's address is known by, if it has been trusted before.
pub(crate) fn known(url: &str) -> Option<String> {
    storage::recall(&name(url))
}

/// Remembers it. Where the browser does not let this page remember anything one is asked again.
pub(crate) fn remember(url: &str, sha256: &str) {
    storage::remember(&name(url), sha256);
}

fn name(url: &str) -> String {
    ["server-key ", url].concat()
}

pub(crate) fn server_key(session: Session) -> Option<Element> {
    match session.phase.get() {
        Phase::ServerKey { key, known: None } => Some(first(session, key)),
        Phase::ServerKey {
            key,
            known: Some(known),
        } => Some(changed(session, key, known)),
        _ => None,
    }
}

fn first(session: Session, key: Key) -> Element {
    question(
        session,
        "card",
        "Is this the right desktop?",
        "Its server shows a key that is new to this browser. Compare the key with the one that you know the server to \
         have. It is remembered, and you are asked again only if it changes.",
        figures([
            ("SHA-256 of its key", key.sha256.clone()),
            ("In short, as other viewers show it", key.short.clone()),
        ]),
        [
            button("quiet", "Cancel", move || session.refuse_server()),
            submit("Trust this key").attr("autofocus", ""),
        ],
        move || session.trust_server(&key),
    )
}

fn changed(session: Session, key: Key, known: String) -> Element {
    let sha256 = key.sha256.clone();
    let short = key.short.clone();
    question(
        session,
        "card alarm",
        "Warning: the desktop has another key than before",
        "Somebody may be pretending to be this desktop, to learn your password and see what you type. Go on only if you \
         know why its key has changed: the server was set up anew, for instance.",
        figures([
            ("SHA-256 of its key now", sha256),
            ("In short, as other viewers show it", short),
            ("SHA-256 of the key that you trusted", known),
        ]),
        [
            button("quiet danger", "Trust the new key", move || {
                session.trust_server(&key)
            }),
            submit("Do not connect").attr("autofocus", ""),
        ],
        move || session.refuse_server(),
    )
}

/// Enter is `by_default`, Escape never goes on.
fn question(
    session: Session,
    class: &'static str,
    title: &'static str,
    words: &'static str,
    figures: Element,
    actions: [Element; 2],
    by_default: impl Fn() + 'static,
) -> Element {
    let form = element("form")
        .on("submit", move |event| {
            event.prevent_default();
            by_default();
        })
        .child(element("h1").id("question").text(title))
        .child(element("p").text(words))
        .child(figures)
        .child(element("div").class("actions").children(actions));
    dialog::dialog(class, "question", move || session.refuse_server()).child(form)
}

fn submit(text: &'static str) -> Element {
    element("button")
        .class("primary")
        .attr("type", "submit")
        .text(text)
}

fn figures<const N: usize>(figures: [(&'static str, String); N]) -> Element {
    element("dl").class("keys").children(
        figures
            .into_iter()
            .flat_map(|(name, value)| [element("dt").text(name), element("dd").text(value)]),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_shown_in_pairs_of_digits() {
        let key = Key::new(&[0, 0xAB, 0x7F], &[1, 0xF0]);
        assert_eq!((&*key.sha256, &*key.short), ("00 ab 7f", "01-f0"));
    }
}
