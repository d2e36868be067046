//! Where one may only look, nothing that is done in the page reaches the desktop: on the wire there is only what asks for
//! pictures.

use serde_json::json;

use porthole_tests::browser::{Browser, Stroke, go, key, press, release, rest};
use porthole_tests::desktop::{Qemu, Tigervnc};
use porthole_tests::gateway::Gateway;
use porthole_tests::line::{Line, Shape};
use porthole_tests::wait::{LONG, until};

use crate::embedding::{embed, hears, say};

/// Whether a message only asks for what is to be seen: SetPixelFormat, SetEncodings, FramebufferUpdateRequest,
/// EnableContinuousUpdates, ClientFence; or an extended clipboard's, which says what is understood and asks what there is, and
/// neither notifies of anything nor provides it.
fn looks(message: &[u8]) -> bool {
    match message[0] {
        0 | 2 | 3 | 150 | 248 => true,
        // Of a negative length.
        6 if message[4] == 0xFF => message[8] & CAPABLE != 0 || message[8] & (NOTIFIES | PROVIDES) == 0,
        _ => false,
    }
}

/// Actions of the extended clipboard, in the highest byte of its flags.
const CAPABLE: u8 = 1;
const NOTIFIES: u8 = 1 << 3;
const PROVIDES: u8 = 1 << 4;

/// Shift, which does nothing by itself and marks a place on the wire.
const MARK: u32 = 0xFFE1;

/// A desktop that a line leads to, and a page that shows it.
struct Shown {
    line: Line,
    browser: Browser,
    _gateway: Gateway,
}

impl Shown {
    fn of(target: &str, settings: &str) -> Self {
        let line = Line::to(target, Shape::default());
        let gateway = Gateway::to(&line.target());
        let browser = Browser::start();
        browser.open(&gateway.page(settings));
        browser.connected();
        Self {
            line,
            browser,
            _gateway: gateway,
        }
    }

    /// What the viewer has said by now that asks for no pictures: what it said before the mark, which is sent by this.
    fn said(&self) -> Vec<Vec<u8>> {
        let is_mark = |message: &Vec<u8>| {
            let keysym = match message[0] {
                4 | 255 => &message[4..8],
                _ => return false,
            };
            keysym == MARK.to_be_bytes()
        };
        let marks = || self.line.messages().into_iter().filter(is_mark).count();
        let before = marks();
        self.browser
            .run("document.querySelector('#desktop textarea').focus()", json!([]));
        self.browser.keys(&[Stroke::Tap(key::SHIFT)]);
        until("a key is on the wire", LONG, || match marks() {
            count if count == before + 2 => Ok(()),
            count => Err(format!("{count} after {before}")),
        });
        let mut said = self.line.messages();
        said.retain(|message| !looks(message));
        // The latest mark itself, and all up to the one before.
        said.truncate(said.len() - 2);
        let last = said.iter().rposition(is_mark).map_or(0, |at| at + 1);
        said.split_off(last)
    }

    fn view_only(&self, on: bool) {
        self.browser.run(
            &format!("{VIEW_ONLY} if (box.checked !== arguments[0]) box.click()"),
            json!([on]),
        );
    }

    fn open(&self, panel: &str) {
        if self.browser.text("#tools").is_none() {
            self.browser.click(".handle");
        }
        if self.browser.text(&format!("#{panel}")).is_none() {
            self.browser.click(&format!("#tools [aria-controls={panel}]"));
            self.browser.text_with(&format!("#{panel} h2"), "", LONG);
        }
    }

    /// Has done what somebody does with a panel in the moment in which they are no longer to send anything, while all of
    /// its buttons are still there: nothing of it is said. And then has it done once more, and what is said is of this type.
    fn sends_only_while_one_may(&self, what: &str, prepare: impl Fn(), action: &str, kind: u8) {
        prepare();
        self.said();
        let done = self.browser.run(
            &format!("{VIEW_ONLY} box.click(); return document.querySelectorAll(arguments[0]).forEach((it) => it.click()), box.checked"),
            json!([action]),
        );
        assert_eq!(done, json!(true), "{what}: one may only look");
        until(&format!("{what} is no longer offered"), LONG, || {
            match self.browser.text(action) {
                None => Ok(()),
                Some(text) => Err(text),
            }
        });
        self.view_only(false);
        assert_eq!(self.said(), Vec::<Vec<u8>>::new(), "{what}");

        prepare();
        let before = self.line.count(kind);
        self.browser
            .run("document.querySelector(arguments[0]).click()", json!([action]));
        until(&format!("{what} is on the wire"), LONG, || {
            match self.line.count(kind) {
                count if count > before => Ok(()),
                count => Err(format!("{count} of type {kind}")),
            }
        });
    }
}

/// The switch of the debug page.
const VIEW_ONLY: &str = "
    const box = [...document.querySelectorAll('.debug .check')]
        .find((it) => it.textContent === 'View only').querySelector('input');";

/// How long a size of the window waits until it is asked for, and more, in milliseconds.
const SETTLED: u32 = 500;

#[test]
fn what_sends_something_sends_nothing_from_the_moment_in_which_one_may_only_look() {
    let server = Tigervnc::start((640, 480));
    let shown = Shown::of(&server.target(), "resize=off&clipboard=manual&debug");
    let keys = || shown.open("keys");
    shown.sends_only_while_one_may("a key", keys, "#keys .six .key", 255);
    shown.sends_only_while_one_may("a combination", keys, "#keys .two > .key", 255);
    let bar = || shown.open("screen");
    shown.sends_only_while_one_may("Ctrl-Alt-Del", bar, "#tools [title='Send Ctrl-Alt-Del']", 255);
    let clipboard = || {
        shown.open("clipboard");
        shown.browser.fill("#clipboard-text", "t");
    };
    shown.sends_only_while_one_may("a text that is typed", clipboard, "#clipboard [title^=Type]", 4);
    shown.sends_only_while_one_may("a text that is copied", clipboard, "#clipboard .primary", 6);
    // The last, since what is down is let go when one may only look.
    shown.sends_only_while_one_may("a modifier", keys, "#keys .five .key", 255);

    let machine = Qemu::start();
    let shown = Shown::of(&machine.target(), "resize=off&debug");
    let power = || {
        shown.open("power");
        shown.browser.run(
            "[...document.querySelectorAll('#power .quiet')].find((it) => it.textContent === 'Reset')?.click()",
            json!([]),
        );
        shown.browser.text_with("#power p", "Reset", LONG);
    };
    shown.sends_only_while_one_may("a reset", power, "#power .primary", 250);
}

#[test]
fn nothing_that_is_done_where_one_may_only_look_is_on_the_wire() {
    let server = Tigervnc::start((640, 480));
    let shown = Shown::of(&server.target(), "resize=remote&view_only&debug");
    let browser = &shown.browser;
    browser.copy_here("copied");
    let (x, y) = browser.point_over((50, 60));
    browser.mouse(&[
        go((x, y)),
        press(0),
        go((x + 20, y + 20)),
        release(0),
        press(2),
        release(2),
    ]);
    browser.wheel((x, y), (0, 200));
    browser.type_text("Typed");
    browser.control("v");
    browser.set_size(1000, 800);
    browser.mouse(&[rest(SETTLED)]);

    browser.click(".handle");
    let tools = browser.run(
        "return [...document.querySelectorAll('#tools .tool')].map((it) => it.textContent)",
        json!([]),
    );
    let looking = [
        "View only",
        "Fit",
        "1:1",
        "Full screen",
        "Screen",
        "Settings",
        "Disconnect",
    ];
    assert_eq!(tools, json!(looking), "what is left does not send anything");
    for (panel, buttons) in [("screen", 8), ("settings", 6)] {
        shown.open(panel);
        let pressed = browser.run(
            "const others = ['View only', 'In a small window'];
             const buttons = [...document.querySelectorAll(`#${arguments[0]} button:not([aria-label=Close])`)]
                 .filter((it) => !others.includes(it.textContent));
             for (const button of buttons) button.click();
             return buttons.length",
            json!([panel]),
        );
        assert_eq!(pressed, json!(buttons), "{panel}");
    }
    browser.choose("#settings-quality", "9");
    browser.click("#tools [title='Fit the desktop into the window']");
    shown.view_only(false);
    assert_eq!(shown.said(), Vec::<Vec<u8>>::new());

    // It is the same page whose window is heard of from here on.
    browser.click("#tools [title='Give the desktop the window\\'s size']");
    until("a size is on the wire", LONG, || match shown.line.count(251) {
        1 => Ok(()),
        count => Err(count.to_string()),
    });
}

#[test]
fn a_page_around_the_viewer_sends_nothing_where_one_may_only_look() {
    let server = Tigervnc::start((640, 480));
    let line = Line::to(&server.target(), Shape::default());
    let gateway = Gateway::to(&line.target());
    let browser = Browser::start();
    embed(
        &browser,
        &gateway.url("/health"),
        &gateway.page("view_only&debug"),
    );
    hears(&browser, "connected");
    say(
        &browser,
        json!({ "porthole": "sendKeys", "detail": { "keys": [{ "key": "Enter" }] } }),
    );
    say(
        &browser,
        json!({ "porthole": "paste", "detail": { "text": "pasted" } }),
    );
    // Its answer comes when those before have been heard.
    say(
        &browser,
        json!({ "porthole": "sendKeys", "detail": { "keys": [{ "key": "none" }] } }),
    );
    hears(&browser, "ignored");
    browser.enter_frame("#vm");
    let shown = Shown {
        line,
        browser,
        _gateway: gateway,
    };
    shown.view_only(false);
    assert_eq!(shown.said(), Vec::<Vec<u8>>::new());
}
