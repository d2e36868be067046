//! Text from clipboard to clipboard.

use porthole_tests::wait::{LONG, until};

use super::view::View;
use crate::clipboard::{open_panel, panel_has, send};

/// What the server's side copies is in the page's panel.
pub(super) fn from_server<Owner>(view: &View<'_>, text: &str, copy: impl Fn(&str) -> Owner) {
    view.open("resize=off");
    open_panel(view.browser);
    // Some servers tell nobody of a text that they have told of before.
    let _first = copy("a first text");
    panel_has(view.browser, "a first text");
    let _second = copy(text);
    panel_has(view.browser, text);
}

/// What the panel sends can be pasted on the server's side.
pub(super) fn to_server(view: &View<'_>, text: &str, pasted: impl Fn() -> String) {
    view.open("resize=off");
    send(view.browser, text);
    until(&format!("{text:?} is on the clipboard"), LONG, || {
        match pasted() {
            found if found == text => Ok(()),
            other => Err(format!("it is {other:?}")),
        }
    });
}
