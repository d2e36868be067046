//! Esc, on a real keyboard, gives back what the desktop was given: the mouse, and the whole screen.

use serde_json::json;

use porthole_tests::browser::{Browser, Engine};
use porthole_tests::desktop::{Tigervnc, Xev};
use porthole_tests::gateway::Gateway;
use porthole_tests::wait::{LONG, until};

use crate::keyboard::{IS_LOCKED, NOTE_LOCK};

const MOUSE: &str = "document.pointerLockElement";
const SCREEN: &str = "document.fullscreenElement";

fn has(browser: &Browser, what: &str, expected: bool) {
    until(&format!("{what}: {expected}"), LONG, || {
        let found = browser.run(&format!("return Boolean({what})"), json!([]));
        if found == json!(expected) {
            Ok(())
        } else {
            Err(format!("the page says {:?}", browser.whole_text()))
        }
    });
}

fn gives_back_in(engine: Engine) {
    let server = Tigervnc::start((640, 480));
    let gateway = Gateway::to(&server.target());
    let xev = Xev::on(&server.display);
    let browser = Browser::start_seen(engine);
    browser.open(&gateway.page("resize=off"));
    browser.connected();
    let keyboard = browser.be_at_hand();
    keyboard.set_layout("us");
    browser.click(".handle");

    browser.click("#tools [title='Give the desktop the mouse']");
    has(&browser, MOUSE, true);
    browser.text_with(".notice", "Esc gives it back", LONG);
    keyboard.hand("KeyA");
    keyboard.hand("Escape");
    has(&browser, MOUSE, false);
    keyboard.hand("KeyB");
    // WebKitGTK does not keep the key for itself.
    let also = if engine == Engine::WebKitGtk {
        "<Escape>"
    } else {
        ""
    };
    xev.reads("the mouse is back", &format!("a{also}b"));

    if engine == Engine::Chromium {
        browser.run(NOTE_LOCK, json!([]));
    }
    browser.click("#tools [title='Full screen']");
    has(&browser, SCREEN, true);
    if engine == Engine::Chromium {
        has(&browser, IS_LOCKED, true);
    }
    xev.forget();
    keyboard.hand("KeyC");
    let also = if engine == Engine::Chromium {
        // It gives a page that fills the screen this key, too, unless it is held.
        keyboard.key("Escape", true);
        has(&browser, SCREEN, false);
        keyboard.key("Escape", false);
        "<Escape>"
    } else {
        keyboard.hand("Escape");
        has(&browser, SCREEN, false);
        ""
    };
    keyboard.hand("KeyD");
    xev.reads("the screen is back", &format!("c{also}d"));
}

#[test]
fn escape_gives_mouse_and_screen_back_in_chromium() {
    gives_back_in(Engine::Chromium);
}

#[test]
fn escape_gives_mouse_and_screen_back_in_firefox() {
    gives_back_in(Engine::Firefox);
}

#[test]
fn escape_gives_mouse_and_screen_back_in_webkitgtk() {
    gives_back_in(Engine::WebKitGtk);
}
