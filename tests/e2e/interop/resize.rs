//! The desktop's size as the window's.

use porthole_tests::wait::{LONG, until};
use serde_json::json;

use super::view::View;

const WINDOW: (u32, u32) = (1000, 700);

/// What the cell says where it stays as it is.
pub(super) const THE_SERVERS: &str = "the server's";

fn asked_for(view: &View<'_>) {
    view.browser.set_size(WINDOW.0, WINDOW.1);
    view.open("resize=remote&quality=lossless");
}

/// The screen gets the window's size.
pub(super) fn is_followed(view: &View<'_>) -> &'static str {
    asked_for(view);
    let window = view.browser.run("return [innerWidth, innerHeight]", json!([]));
    until("the screen has the window's size", LONG, || {
        let picture = view.screen.picture();
        if json!([picture.width, picture.height]) == window {
            Ok(())
        } else {
            Err(format!("it is {picture:?}, the window {window}"))
        }
    });
    view.change();
    view.shows("after a change of size");
    "to the window's"
}

/// The server refuses it, and the page says so in these words.
pub(super) fn is_refused(view: &View<'_>, words: &str) -> String {
    let before = view.screen.picture();
    view.browser.set_size(WINDOW.0, WINDOW.1);
    view.open("resize=off&quality=lossless");
    // What is said goes away by itself.
    view.browser.run(
        "const said = globalThis.said = [];
         const read = () => document.querySelectorAll('.notice').forEach((notice) => said.push(notice.innerText));
         new MutationObserver(read).observe(document.body, { subtree: true, childList: true, characterData: true });",
        json!([]),
    );
    view.browser.click(".handle");
    view.browser
        .click("#tools [title='Give the desktop the window\\'s size']");
    until("what the page says", LONG, || {
        let said = view.browser.run("return said.join()", json!([]));
        match said.as_str() {
            Some(said) if said.contains(words) => Ok(()),
            _ => Err(format!("it has said {said}")),
        }
    });
    view.change();
    view.shows("with the size that it had");
    let after = view.screen.picture();
    assert_eq!((before.width, before.height), (after.width, after.height));
    format!("another size: “{words}”")
}

/// The server has not offered it, and is not asked.
pub(super) fn is_not_offered(view: &View<'_>) -> &'static str {
    let before = view.screen.picture();
    asked_for(view);
    for _ in 0..2 {
        view.change();
        view.shows("with the size that it had");
    }
    let after = view.screen.picture();
    assert_eq!((before.width, before.height), (after.width, after.height));
    assert_eq!(view.browser.text(".notice"), None);
    THE_SERVERS
}
