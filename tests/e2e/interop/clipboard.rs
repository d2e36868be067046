//! Text from clipboard to clipboard.

use porthole_tests::wait::{LONG, until};

use super::view::View;
use crate::clipboard::{open_panel, panel_has, send, two_viewers};

/// What a clipboard can carry, and a text of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Letters {
    name: &'static str,
    text: &'static str,
}

pub(super) const ASCII: Letters = Letters {
    name: "ASCII",
    text: "a text",
};

pub(super) const LATIN_1: Letters = Letters {
    name: "Latin-1",
    text: "a text with Grüße",
};

pub(super) const ANY: Letters = Letters {
    name: "any text",
    text: "a text with Grüße, €, 漢字 and 😀",
};

/// In this order: x11vnc takes what others copy right after it has copied something itself for its own.
pub(super) fn goes_both_ways<Owner>(
    view: &View<'_>,
    letters: Letters,
    copy: impl Fn(&str) -> Owner,
    pasted: impl Fn() -> String,
) -> String {
    from_server(view, letters, copy);
    to_server(view, letters, pasted);
    format!("both ways, {}", letters.name)
}

/// What the server's side copies is in the page's panel.
pub(super) fn from_server<Owner>(view: &View<'_>, letters: Letters, copy: impl Fn(&str) -> Owner) {
    view.open("resize=off");
    open_panel(view.browser);
    // Some servers tell nobody of a text that they have told of before.
    let _first = copy("a first text");
    panel_has(view.browser, "a first text");
    let _second = copy(letters.text);
    panel_has(view.browser, letters.text);
}

/// What the panel sends can be pasted on the server's side.
pub(super) fn to_server(view: &View<'_>, letters: Letters, pasted: impl Fn() -> String) -> String {
    view.open("resize=off");
    send(view.browser, letters.text);
    until(
        &format!("{letters:?} is on the clipboard"),
        LONG,
        || match pasted() {
            found if found == letters.text => Ok(()),
            other => Err(format!("it is {other:?}")),
        },
    );
    format!("to the server, {}", letters.name)
}

/// A server that has no clipboard of its own gives each viewer what the other has.
pub(super) fn goes_between_viewers(target: &str, letters: Letters) -> String {
    let (_gateway, one, other) = two_viewers(target);
    for (from, to, text) in [
        (&one, &other, letters.text.to_owned()),
        (&other, &one, letters.text.repeat(2)),
    ] {
        send(from, &text);
        open_panel(to);
        panel_has(to, &text);
    }
    format!("from viewer to viewer, {}", letters.name)
}
