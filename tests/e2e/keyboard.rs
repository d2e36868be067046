//! Keys that the browser and the desktop share, and text that comes without keys.

use serde_json::json;

use porthole_tests::browser::Stroke::{Down, Tap, Up};
use porthole_tests::browser::{Browser, Engine, key};
use porthole_tests::desktop::{Recorder, Tigervnc, Xev};
use porthole_tests::gateway::Gateway;
use porthole_tests::wait::{LONG, until};

const SIZE: (u16, u16) = (640, 480);

#[test]
fn keys_that_paste_arrive_behind_what_was_typed_before_them() {
    let server = Tigervnc::start(SIZE);
    let engines = [Engine::Chromium, Engine::Firefox, Engine::WebKitGtk];
    for engine in engines.into_iter().filter(|engine| engine.is_installed()) {
        let browser = Browser::start_in(engine);
        let gateway = Gateway::to(&server.target());
        browser.open(&gateway.page("resize=off"));
        browser.connected();
        let recorder = Recorder::on(&server.display);
        browser.keys(&[Tap("a"), Down(key::CONTROL), Tap("v"), Up(key::CONTROL), Tap("b")]);
        recorder.reads(&format!("{engine:?}"), "avb");
    }
}

/// What an input method has made of the keys by now.
fn composes(browser: &Browser, text: &str) {
    let end = text.chars().count();
    browser.chromium(
        "Input.imeSetComposition",
        json!({ "text": text, "selectionStart": end, "selectionEnd": end }),
    );
}

fn commits(browser: &Browser, text: &str) {
    browser.chromium("Input.insertText", json!({ "text": text }));
}

/// A key of a keyboard on the screen, which says nothing of itself.
fn touched(browser: &Browser) {
    browser.chromium(
        "Input.dispatchKeyEvent",
        json!({ "type": "rawKeyDown", "key": "Unidentified", "code": "", "windowsVirtualKeyCode": 229 }),
    );
}

#[test]
fn text_without_keys_arrives_and_be_it_the_first_that_a_desktop_hears() {
    let server = Tigervnc::start(SIZE);
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    let xev = Xev::on(&server.display);
    browser.open(&gateway.page("resize=off"));
    browser.connected();
    composes(&browser, "か");
    composes(&browser, "かn");
    composes(&browser, "漢字");
    commits(&browser, "漢字");
    xev.reads("what an input method has made", "漢字");
    xev.forget();
    commits(&browser, "👩‍🚀 é");
    xev.reads("an emoji of three characters", "👩‍🚀 é");
    xev.forget();
    for word in ["t", "te", "teh"] {
        touched(&browser);
        composes(&browser, word);
    }
    xev.reads("a word on a telephone, letter by letter", "teh");
    xev.forget();
    touched(&browser);
    commits(&browser, "the");
    xev.reads("the same when it is corrected", "<BackSpace><BackSpace>he");
    let left = browser.run("return document.activeElement.value", json!([]));
    assert_eq!(left, json!("  "), "nothing is kept of it");
}

/// A Korean letter of an iPad, of which there is no composition: WebKit rewrites what stands in the field.
fn rewrites(browser: &Browser, letter: &str, deletes: bool, text: &str) {
    let commands = if deletes {
        json!(["deleteBackward"])
    } else {
        json!([])
    };
    browser.chromium(
        "Input.dispatchKeyEvent",
        json!({ "type": "rawKeyDown", "key": letter, "code": "KeyG", "windowsVirtualKeyCode": 71, "commands": commands }),
    );
    commits(browser, text);
    browser.chromium(
        "Input.dispatchKeyEvent",
        json!({ "type": "keyUp", "key": letter, "code": "KeyG", "windowsVirtualKeyCode": 71 }),
    );
}

#[test]
fn korean_of_an_ipad_is_put_together_in_the_field() {
    let server = Tigervnc::start(SIZE);
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    let xev = Xev::on(&server.display);
    browser.be_on_a_mac();
    browser.open(&gateway.page("resize=off"));
    browser.connected();
    let field = || browser.run("return document.activeElement.value", json!([]));
    browser.keys(&[Tap("a")]);
    xev.reads("a letter", "a");
    xev.forget();
    rewrites(&browser, "ㅎ", false, "ㅎ");
    rewrites(&browser, "ㅏ", true, "하");
    rewrites(&browser, "ㄴ", true, "한");
    xev.reads("a syllable", "ㅎ<BackSpace>하<BackSpace>한");
    assert_eq!(field(), json!("  한"), "what the keyboard goes on from");
    xev.forget();
    browser.keys(&[Tap("b")]);
    xev.reads("another key", "b");
    assert_eq!(field(), json!("  "), "nothing is kept of it");
}

#[test]
fn control_alt_and_shift_lead_out_of_the_desktop() {
    let server = Tigervnc::start(SIZE);
    let gateway = Gateway::to(&server.target());
    let xev = Xev::on(&server.display);
    let engines = [Engine::Chromium, Engine::Firefox, Engine::WebKitGtk];
    for engine in engines.into_iter().filter(|engine| engine.is_installed()) {
        let browser = Browser::start_in(engine);
        browser.open(&gateway.page("resize=off"));
        browser.connected();
        xev.forget();
        browser.keys(&[Tap(key::TAB), Tap("a")]);
        xev.reads("Tab is the desktop's", "<Tab>a");
        let three = [key::CONTROL, key::ALT, key::SHIFT];
        browser.keys(&three.map(Down));
        browser.keys(&three.map(Up));
        until("the handle of the bar has the focus", LONG, || {
            let focused = browser.run("return document.activeElement.className", json!([]));
            if focused == json!("handle") {
                Ok(())
            } else {
                Err(focused.to_string())
            }
        });
        xev.reads("nothing is held", "<Tab>a");
    }
}

/// Has the page note when Chromium has given its own keys away, of which Esc is one.
pub(crate) const NOTE_LOCK: &str = "
    const lock = navigator.keyboard.lock.bind(navigator.keyboard);
    navigator.keyboard.lock = (...keys) => lock(...keys).then(() => { globalThis.isLocked = true; });
";
/// Whether it has.
pub(crate) const IS_LOCKED: &str = "globalThis.isLocked";

#[test]
fn in_full_screen_the_browsers_own_keys_are_the_desktops() {
    let server = Tigervnc::start(SIZE);
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start_seen(Engine::Chromium);
    let xev = Xev::on(&server.display);
    browser.open(&gateway.page("resize=off"));
    browser.connected();
    browser.run(NOTE_LOCK, json!([]));
    browser.click(".handle");
    browser.click("#tools [title='Full screen']");
    let is = |what: &str| browser.run(&format!("return Boolean({what})"), json!([])) == json!(true);
    until("full screen, and the keys taken", LONG, || {
        if is("document.fullscreenElement") && is(IS_LOCKED) {
            Ok(())
        } else {
            Err(browser.whole_text())
        }
    });
    let keyboard = browser.be_at_hand();
    xev.forget();
    // To close the tab, to open one, a window, to leave full screen.
    for keys in [
        "ControlLeft+KeyW",
        "ControlLeft+KeyT",
        "ControlLeft+KeyN",
        "F11",
        "Escape",
        "KeyA",
    ] {
        keyboard.hand(keys);
    }
    xev.reads("the browser's own keys", "wtn<F11><Escape>a");
    assert!(
        is("document.fullscreenElement"),
        "and the browser has not heard them"
    );
}
