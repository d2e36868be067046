//! What is copied goes from clipboard to clipboard without anybody's opening the panel.

use std::path::Path;

use serde_json::json;
use tempfile::TempDir;

use porthole_tests::browser::{Browser, go, press, release};
use porthole_tests::clipboard::{ClipboardServer, TEXT};
use porthole_tests::desktop::{Display, Tigervnc};
use porthole_tests::gateway::Gateway;
use porthole_tests::process::Process;
use porthole_tests::wait::{LONG, until};

use crate::clipboard::{TEXTS, copy, desktop_has, open_panel, panel_has};

/// Gives the keyboard to the desktop, as one does by clicking.
pub(crate) fn to_desktop(browser: &Browser) {
    let place = browser.point_over((5, 5));
    browser.mouse(&[go(place), press(0), release(0)]);
}

/// The same without a click, which would have the mouse caught by a desktop that goes by its way.
pub(crate) fn to_desktop_by_keys(browser: &Browser) {
    browser.run("document.querySelector('#desktop textarea').focus()", json!([]));
}

/// Copies here and pastes on the desktop.
pub(crate) fn paste(browser: &Browser, text: &str) {
    browser.copy_here(text);
    to_desktop(browser);
    browser.control("v");
}

/// A terminal that pastes as programs with windows do, and writes down at once what is typed into it. No click comes to it: one
/// right after the other selects a line in a terminal, which copies it.
fn terminal(display: &Display, folder: &Path) -> Process {
    let keys = "*VT100.translations: #override Ctrl<Key>v: insert-selection(CLIPBOARD)";
    let program = "stty -icanon -echo; exec cat > typed";
    let terminal = Process::start(
        display
            .command("xterm")
            .args([
                "-u8",
                "-geometry",
                "60x20+40+40",
                "-xrm",
                keys,
                "-e",
                "sh",
                "-c",
                program,
            ])
            .current_dir(folder),
    );
    display.focus_program();
    terminal
}

fn typed(folder: &Path, text: &str) {
    until(
        &format!("{text:?} was typed"),
        LONG,
        || match std::fs::read_to_string(folder.join("typed")) {
            Ok(found) if found == text => Ok(()),
            other => Err(format!("it was {other:?}")),
        },
    );
}

/// The text has to be there before the key is.
#[test]
fn control_and_v_paste_in_a_program_on_the_desktop_what_was_copied_here() {
    let server = Tigervnc::start((640, 480));
    let folder = TempDir::new().unwrap();
    let _terminal = terminal(&server.display, folder.path());
    typed(folder.path(), "");
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    browser.open(&gateway.page("resize=off"));
    browser.connected();
    let mut expected = String::new();
    for text in ["one", "zwei Grüße", "三 😀", "one"] {
        paste(&browser, text);
        expected += text;
        typed(folder.path(), &expected);
    }
    // What the desktop has copied since is what is pasted there, and not what was copied here before.
    let _owner = copy(&server.display, "copied there");
    browser.has_here("copied there");
    to_desktop(&browser);
    browser.control("v");
    typed(folder.path(), &(expected + "copied there"));
}

/// Has each look of the page into the clipboard written down, with whether somebody is there.
fn note_looks(browser: &Browser) {
    let source = "globalThis.looks = [];
        for (const name of ['read', 'readText']) {
            const look = Clipboard.prototype[name];
            Clipboard.prototype[name] = function () {
                const { hasBeenActive } = navigator.userActivation;
                globalThis.looks.push([hasBeenActive, document.hasFocus(), document.visibilityState]);
                return look.call(this);
            };
        }";
    browser.chromium(
        "Page.addScriptToEvaluateOnNewDocument",
        json!({ "source": source }),
    );
}

/// How often it has looked, always while somebody was there.
fn looks(browser: &Browser) -> usize {
    // What it asks the browser before it looks is answered by then.
    let looks = browser.run(
        "return navigator.permissions.query({ name: 'clipboard-read' }).then(() => globalThis.looks)",
        json!([]),
    );
    let looks = looks.as_array().unwrap();
    for look in looks {
        assert_eq!(*look, json!([true, true, "visible"]));
    }
    looks.len()
}

/// Lets pages look without asking.
fn permit(browser: &Browser) {
    let permissions = json!({ "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"] });
    browser.chromium("Browser.grantPermissions", permissions);
}

#[test]
fn the_page_looks_into_the_clipboard_only_where_it_may_and_when_somebody_comes_to_the_desktop() {
    let server = Tigervnc::start((320, 240));
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    note_looks(&browser);
    browser.open(&gateway.page("resize=off"));
    browser.connected();
    // Nobody has permitted it: pasting does without.
    paste(&browser, "pasted");
    desktop_has(&server.display, "pasted");
    to_desktop(&browser);
    assert_eq!(looks(&browser), 0);
    open_panel(&browser);
    browser.text_with("#clipboard-how", "when you paste", LONG);
    browser.click("#clipboard [aria-label=Close]");

    permit(&browser);
    browser.copy_formats_here(json!({ "text/plain": "for a menu", "text/html": "<b>for a menu</b>" }));
    assert_eq!(looks(&browser), 0);
    to_desktop(&browser);
    desktop_has(&server.display, "for a menu");
    assert_eq!(looks(&browser), 1);
    // Who is at the desktop already does not come to it, and the desktop's doings are no reason to look.
    to_desktop(&browser);
    browser.control("c");
    let _owner = copy(&server.display, "copied there");
    open_panel(&browser);
    panel_has(&browser, "copied there");
    assert_eq!(looks(&browser), 1);

    // By the button of the panel.
    browser.copy_here("for the panel");
    open_panel(&browser);
    browser.click("#clipboard .actions button:nth-child(2)");
    panel_has(&browser, "for the panel");
    assert_eq!(looks(&browser), 2);
    browser.text_with("#clipboard-how", "when you come to the desktop", LONG);
    browser.looks("clipboard-permitted");
}

#[test]
fn the_page_never_looks_into_the_clipboard_while_nobody_uses_it() {
    let server = Tigervnc::start((320, 240));
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    permit(&browser);
    note_looks(&browser);
    browser.copy_here("copied before");
    // The desktop has the focus as soon as it is there, but nobody has done anything.
    browser.open(&gateway.page("resize=off"));
    browser.connected();
    let at_desktop = "return [document.activeElement.closest('#desktop') !== null, document.hasFocus(),
        navigator.userActivation.hasBeenActive]";
    until("the desktop has the focus", LONG, || {
        match browser.run(at_desktop, json!([])) {
            found if found == json!([true, true, false]) => Ok(()),
            other => Err(other.to_string()),
        }
    });
    assert_eq!(looks(&browser), 0);
    to_desktop(&browser);
    desktop_has(&server.display, "copied before");
    assert_eq!(looks(&browser), 1);

    // Nothing is looked for in the background, even where the desktop is told that somebody comes.
    browser.run(
        "document.activeElement.blur();
         addEventListener('visibilitychange', () => {
             const field = document.querySelector('#desktop textarea');
             if (document.hidden) field.dispatchEvent(new FocusEvent('focusin', { bubbles: true }));
         });",
        json!([]),
    );
    browser.behind_another_tab(|| browser.copy_here("copied elsewhere"));
    assert_eq!(looks(&browser), 1);
    to_desktop(&browser);
    desktop_has(&server.display, "copied elsewhere");
    assert_eq!(looks(&browser), 2);
}

#[test]
fn what_was_copied_elsewhere_is_on_the_desktop_when_somebody_comes_back() {
    let server = Tigervnc::start((320, 240));
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    browser.open(&gateway.page("resize=off"));
    browser.connected();
    permit(&browser);
    to_desktop(&browser);
    browser.behind_another_tab(|| browser.copy_here("copied elsewhere"));
    to_desktop(&browser);
    desktop_has(&server.display, "copied elsewhere");
}

#[test]
fn where_the_browser_refuses_the_page_its_clipboard_whoever_does_something_has_it_all_the_same() {
    let server = Tigervnc::start((320, 240));
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    browser.open(&gateway.page("resize=off"));
    browser.connected();
    for name in ["clipboard-write", "clipboard-read"] {
        let permission = json!({ "permission": { "name": name }, "setting": "denied" });
        browser.chromium("Browser.setPermission", permission);
    }
    for text in ["once", "and again 😀"] {
        to_desktop(&browser);
        browser.control("c");
        let _owner = copy(&server.display, text);
        browser.has_here(text);
        paste(&browser, &format!("{text}, back"));
        desktop_has(&server.display, &format!("{text}, back"));
    }
}

/// There the page has no clipboard but in events.
#[test]
fn on_a_page_that_came_by_plain_http_clipboards_go_both_ways() {
    let server = Tigervnc::start((320, 240));
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    browser.open(&gateway.page("resize=off").replace("127.0.0.1", "desktop.test"));
    browser.connected();
    assert_eq!(browser.run("return !navigator.clipboard", json!([])), true);
    for text in TEXTS {
        paste(&browser, text);
        desktop_has(&server.display, text);
        browser.control("c");
        let back = format!("{text}, back");
        let _owner = copy(&server.display, &back);
        browser.has_here(&back);
    }
}

#[test]
fn nothing_goes_by_itself_where_that_is_not_wanted_or_nothing_may_be_sent() {
    let server = ClipboardServer::start(vec![(TEXT, b"there\0".to_vec())], vec![]);
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    browser.open(&gateway.page("clipboard=manual"));
    browser.connected();
    open_panel(&browser);
    panel_has(&browser, "there");
    browser.text_with("#clipboard-how", "but by this panel", LONG);
    paste(&browser, "here");
    browser.has_here("here");
    open_panel(&browser);
    browser.fill("#clipboard-text", "by the panel");
    browser.click("#clipboard .primary");
    assert_eq!(server.gets("by the panel").len(), 1);
    assert_eq!(server.given().len(), 1, "{:?}", server.given());

    // And then it is wanted.
    open_panel(&browser);
    browser.click("#clipboard-sharing");
    paste(&browser, "by itself");
    server.gets("by itself");

    browser.open(&gateway.page("view_only=true&debug"));
    browser.connected();
    browser.text_with(".log", "clipboard: 5 bytes of text", LONG);
    browser.has_here("by itself");
    assert_eq!(server.given().len(), 2, "{:?}", server.given());
}

/// Three pixels by two: opaque, and their bitmap as Windows has it, of 24 bits.
pub(crate) const RGBA: [u8; 24] = [
    255, 0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 255, 1, 2, 3, 255, 250, 240, 230, 255, 128, 64, 32, 255,
];

/// The header of a bitmap of three by two pixels.
pub(crate) fn header(height: i32, depth: u8) -> Vec<u8> {
    let mut header = [40_i32, 3, height].map(i32::to_le_bytes).concat();
    header.extend([1, 0, depth, 0]);
    header.resize(40, 0);
    header
}

#[test]
fn a_desktop_without_pictures_says_so() {
    let server = Tigervnc::start((320, 240));
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    browser.open(&gateway.page("resize=off"));
    browser.connected();
    browser.copy_picture_here((3, 2), &RGBA);
    to_desktop(&browser);
    browser.control("v");
    browser.text_with(".notice-place", "takes no pictures", LONG);
}
