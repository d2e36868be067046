//! What is copied goes from clipboard to clipboard without anybody's opening the panel.

use std::path::Path;

use serde_json::json;
use tempfile::TempDir;

use porthole_tests::browser::{Browser, Engine, go, press, release, report};
use porthole_tests::clipboard::{ClipboardServer, ClipboardViewer, DIB, HTML, TEXT};
use porthole_tests::desktop::{Display, Qemu, Tigervnc};
use porthole_tests::gateway::Gateway;
use porthole_tests::process::Process;
use porthole_tests::wait::{LONG, until};

use crate::clipboard::{TEXTS, copy, desktop_has, megabyte, open_panel, panel_has, shown};

/// Gives the keyboard to the desktop, as one does by clicking.
fn to_desktop(browser: &Browser) {
    let place = browser.point_over((5, 5));
    browser.mouse(&[go(place), press(0), release(0)]);
}

/// The same without a click, which would have the mouse caught by a desktop that goes by its way.
fn to_desktop_by_keys(browser: &Browser) {
    browser.run("document.querySelector('#desktop textarea').focus()", json!([]));
}

/// Copies here and pastes on the desktop.
fn paste(browser: &Browser, text: &str) {
    browser.copy_here(text);
    to_desktop(browser);
    browser.control("v");
}

#[test]
fn clipboards_go_both_ways_in_chromium() {
    both_ways_in(Engine::Chromium);
}

#[test]
fn clipboards_go_both_ways_in_firefox() {
    both_ways_in(Engine::Firefox);
}

#[test]
fn clipboards_go_both_ways_in_webkitgtk() {
    both_ways_in(Engine::WebKitGtk);
}

fn both_ways_in(engine: Engine) {
    if !engine.is_installed() {
        report(&format!("{engine:?} is not installed"));
        return;
    }
    let browser = Browser::start_in(engine);
    let mut cases = with_tigervnc(&browser);
    if engine != Engine::WebKitGtk {
        cases += with_qemu(&browser);
    }
    report(&format!(
        "{engine:?}: {cases} texts went from clipboard to clipboard"
    ));
}

fn with_tigervnc(browser: &Browser) -> usize {
    let server = Tigervnc::with_long_clipboard((320, 240));
    let gateway = Gateway::to(&server.target());
    browser.open(&gateway.page("resize=off"));
    browser.connected();
    let long = megabyte();
    let texts: Vec<&str> = TEXTS.into_iter().chain([&long[..]]).collect();
    for text in &texts {
        paste(browser, text);
        desktop_has(&server.display, text);
    }
    for text in &texts {
        // What is copied there is copied by a key here.
        to_desktop(browser);
        browser.control("c");
        let _owner = copy(&server.display, text);
        browser.has_here(text);
    }
    2 * texts.len()
}

fn with_qemu(browser: &Browser) -> usize {
    let server = Qemu::start();
    let gateway = Gateway::to(&server.target());
    browser.open(&gateway.page("resize=off"));
    browser.connected();
    let other = ClipboardViewer::of(server.port);
    let long = megabyte();
    let texts: Vec<&str> = TEXTS.into_iter().chain([&long[..]]).collect();
    for text in &texts {
        browser.copy_here(text);
        to_desktop_by_keys(browser);
        browser.control("v");
        let text = text.replace("\r\n", "\n");
        until(
            &format!("the other viewer has {}", shown(&text)),
            LONG,
            || match other.pasted() {
                found if found == text => Ok(()),
                found => Err(format!("it has {}", shown(&found))),
            },
        );
    }
    for text in &texts {
        to_desktop_by_keys(browser);
        browser.control("c");
        other.copy(text);
        browser.has_here(text);
    }
    2 * texts.len()
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

/// Counts how often the page looks into the clipboard.
fn count_looks(browser: &Browser) {
    browser.run(
        "globalThis.looks = 0;
         for (const name of ['read', 'readText']) {
             const look = Clipboard.prototype[name];
             Clipboard.prototype[name] = function () {
                 globalThis.looks += 1;
                 return look.call(this);
             };
         }",
        json!([]),
    );
}

fn looks(browser: &Browser) -> u64 {
    browser
        .run("return globalThis.looks", json!([]))
        .as_u64()
        .unwrap()
}

#[test]
fn the_page_looks_into_the_clipboard_only_where_it_may_and_when_somebody_comes_to_the_desktop() {
    let server = Tigervnc::start((320, 240));
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    browser.open(&gateway.page("resize=off"));
    browser.connected();
    count_looks(&browser);
    // Nobody has permitted it: pasting does without.
    paste(&browser, "pasted");
    desktop_has(&server.display, "pasted");
    to_desktop(&browser);
    assert_eq!(looks(&browser), 0);
    open_panel(&browser);
    browser.text_with("#clipboard-how", "when you paste", LONG);
    browser.click("#clipboard [aria-label=Close]");

    let permissions = json!({ "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"] });
    browser.chromium("Browser.grantPermissions", permissions);
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
fn what_was_copied_elsewhere_is_on_the_desktop_when_somebody_comes_back() {
    let server = Tigervnc::start((320, 240));
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    browser.open(&gateway.page("resize=off"));
    browser.connected();
    let permissions = json!({ "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"] });
    browser.chromium("Browser.grantPermissions", permissions);
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

#[test]
fn formatting_is_carried_over_both_ways() {
    let holds = vec![(TEXT, b"bold!\0".to_vec()), (HTML, b"<b>bold</b>!".to_vec())];
    let server = ClipboardServer::start(holds, vec![]);
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    // By hand, so that somebody is there when it comes.
    browser.open(&gateway.page("autoconnect=false"));
    browser.click(".card .primary");
    browser.connected();
    browser.has_here("bold!");
    let pasted = browser.pasted_here();
    assert!(
        pasted["text/html"].as_str().unwrap().contains("bold</b>!"),
        "{pasted}"
    );
    browser.copy_formats_here(json!({ "text/plain": "it", "text/html": "<i>it</i>" }));
    to_desktop(&browser);
    browser.control("v");
    let given = server.gets("it");
    let html = given
        .iter()
        .find(|(format, _)| *format == HTML)
        .map(|(_, html)| html);
    assert!(
        String::from_utf8_lossy(html.unwrap()).contains("it</i>"),
        "{given:?}"
    );
}

/// Three pixels by two: opaque, and their bitmap as Windows has it, of 24 bits.
const RGBA: [u8; 24] = [
    255, 0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 255, 1, 2, 3, 255, 250, 240, 230, 255, 128, 64, 32, 255,
];

/// The header of a bitmap of three by two pixels.
fn header(height: i32, depth: u8) -> Vec<u8> {
    let mut header = [40_i32, 3, height].map(i32::to_le_bytes).concat();
    header.extend([1, 0, depth, 0]);
    header.resize(40, 0);
    header
}

#[test]
fn pictures_go_both_ways() {
    let pixels = RGBA.as_chunks::<4>().0;
    // As a screenshot is: 32 bits, from above.
    let bgrx: Vec<u8> = pixels.iter().flat_map(|[r, g, b, _]| [*b, *g, *r, 0]).collect();
    let holds = vec![(DIB, [header(-2, 32), bgrx].concat())];
    let server = ClipboardServer::start(holds, vec![]);
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    // By hand, so that somebody is there when it comes.
    browser.open(&gateway.page("autoconnect=false"));
    browser.click(".card .primary");
    browser.connected();
    open_panel(&browser);
    browser.text_with("#clipboard-formatting", "A picture of 3×2.", LONG);
    until("the picture can be pasted here", LONG, || {
        match &browser.pasted_here()["picture"] {
            picture if *picture == json!([3, 2, RGBA]) => Ok(()),
            other => Err(format!("it is {other}")),
        }
    });
    // What came from there does not go back.
    to_desktop(&browser);
    browser.control("v");

    let mut other = RGBA;
    other[0] = 7;
    browser.copy_picture_here((3, 2), &other);
    to_desktop(&browser);
    browser.control("v");
    let row = |pixels: &[[u8; 4]]| -> Vec<u8> {
        let bgr = pixels.iter().flat_map(|[r, g, b, _]| [*b, *g, *r]);
        bgr.chain([0; 3]).collect()
    };
    let (upper, lower) = other.as_chunks::<4>().0.split_at(3);
    let given = server.gets_format(DIB, &[header(2, 24), row(lower), row(upper)].concat());
    assert_eq!(given.len(), 1);
    assert_eq!(server.given().len(), 1);
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
