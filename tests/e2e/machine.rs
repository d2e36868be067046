//! What a desktop's machine has besides a screen: a keyboard with lock keys, a mouse, several screens and its power.

use serde_json::{Value, json};

use porthole_tests::browser::Stroke::{Down, Tap, Up};
use porthole_tests::browser::{Browser, go, key, press, release};
use porthole_tests::desktop::{Input, Qemu, Recorder, Tigervnc};
use porthole_tests::gateway::Gateway;
use porthole_tests::wait::{LONG, until};

const SIZE: (u16, u16) = (640, 480);

/// A page that shows a desktop.
fn shown(target: &str, settings: &str) -> (Gateway, Browser) {
    let gateway = Gateway::to(target);
    let browser = Browser::start();
    browser.open(&gateway.page(settings));
    browser.connected();
    (gateway, browser)
}

// ---- keys --------------------------------------------------------------------------------------------------

#[test]
fn a_key_is_told_by_its_place_to_servers_that_want_that() {
    let server = Tigervnc::with_raw_keyboard(SIZE);
    let recorder = Recorder::on(&server.display);
    let (_gateway, browser) = shown(&server.target(), "resize=off");
    // What is a Russian letter here is an A there.
    for (name, code, keysym) in [("F5", "F5", 0xFFC2), ("ф", "KeyA", 0x61)] {
        recorder.forget();
        browser.key_at(name, code);
        recorder.gets(code, &[Input::Key(keysym, true), Input::Key(keysym, false)]);
    }
}

#[test]
fn keys_arrive_in_qemu_by_their_place() {
    let server = Qemu::recording();
    let (_gateway, browser) = shown(&server.target(), "resize=off");
    browser.key_at("ф", "KeyA");
    browser.keys(&[
        Down(key::SHIFT),
        Tap("b"),
        Up(key::SHIFT),
        Tap(key::UP),
        Tap(key::F5),
    ]);
    // What a dead key is with the next one is the machine's to say.
    browser.key_at("Dead", "Equal");
    let expected = [(0x1E, b'a'), (0x30, b'B'), (0x48, 0), (0x3F, 0), (0x0D, b'=')];
    until("the keys", LONG, || {
        let keys: Vec<(u8, u8)> = server
            .keys()
            .into_iter()
            // The BIOS marks keys that XT keyboards did not have.
            .map(|(scancode, letter)| (scancode, if letter == 0xE0 { 0 } else { letter }))
            .collect();
        if keys == expected {
            Ok(())
        } else {
            Err(format!("{keys:x?}"))
        }
    });
}

/// What the debug page says of this.
fn figure(browser: &Browser, name: &str, words: &str) {
    browser.text_with(&format!("[data-figure={name}] dd"), words, LONG);
}

#[test]
fn lock_keys_are_kept_in_step() {
    let server = Tigervnc::start(SIZE);
    let recorder = Recorder::on(&server.display);
    let (_gateway, browser) = shown(&server.target(), "resize=off&debug");
    figure(&browser, "lock-keys", "none is on");
    // At the desktop it is on from here on, and here, as Chromium says with every key that is played to it, it is off.
    browser.click("#desktop canvas");
    until("the end of the click", LONG, || match recorder.seen().last() {
        Some(Input::Button(1, false, _)) => Ok(()),
        other => Err(format!("{other:?}")),
    });
    recorder.forget();
    browser.key_at("CapsLock", "CapsLock");
    let tap = [Input::Key(0xFFE5, true), Input::Key(0xFFE5, false)];
    recorder.gets("the lock key", &tap);
    figure(&browser, "lock-keys", "Caps Lock");
    recorder.forget();
    browser.key_at("a", "KeyA");
    let letter = [Input::Key(0x61, true), Input::Key(0x61, false)];
    recorder.gets("the lock key and a letter", &[tap, letter].concat());
    figure(&browser, "lock-keys", "none is on");
    recorder.forget();
    browser.key_at("a", "KeyA");
    recorder.gets("the letter alone", &letter);
}

#[test]
fn qemus_lock_keys_are_heard_of() {
    let server = Qemu::recording();
    let (_gateway, browser) = shown(&server.target(), "resize=off&debug");
    browser.click("#desktop canvas");
    browser.key_at("CapsLock", "CapsLock");
    // The BIOS sets the lights when it gives the next key away.
    browser.key_at("b", "KeyB");
    figure(&browser, "lock-keys", "Caps Lock");
    // Here none is on, and so Caps Lock goes off with the next key; but Scroll Lock, which may not be known here, stays.
    browser.key_at("ScrollLock", "ScrollLock");
    browser.key_at("c", "KeyC");
    until("Scroll Lock alone", LONG, || {
        match browser.text("[data-figure=lock-keys] dd").unwrap_or_default() {
            keys if keys == "Scroll Lock" => Ok(()),
            keys => Err(keys),
        }
    });
    browser.key_at("d", "KeyD");
    browser.key_at("e", "KeyE");
    figure(&browser, "lock-keys", "Scroll Lock");
    // The machine has the mouse by now.
    for button in [".handle", "#tools [aria-controls=keys]"] {
        until(button, LONG, || {
            let click = "const it = document.querySelector(arguments[0]); it?.click(); return !!it";
            match browser.run(click, json!([button])) {
                Value::Bool(true) => Ok(()),
                other => Err(other.to_string()),
            }
        });
    }
    browser.text_with("#keys h2", "Keys", LONG);
    let pressed = browser.run(
        "return [...document.querySelectorAll('#keys [aria-pressed=true]')].map((key) => key.title)",
        json!([]),
    );
    assert_eq!(pressed, json!(["Scroll Lock"]));
}

// ---- the mouse ---------------------------------------------------------------------------------------------

#[test]
fn a_machine_with_a_relative_mouse_is_given_the_mouse_by_a_click() {
    let server = Qemu::recording();
    let (_gateway, browser) = shown(&server.target(), "resize=off");
    browser.text_with(".notice", "Click the desktop", LONG);
    let (x, y) = browser.point_over((300, 200));
    browser.mouse(&[go((x, y))]);
    browser.mouse(&[press(0)]);
    let buttons = |what: &str, expected: u16| {
        until(what, LONG, || match server.mouse() {
            (held, ..) if held == expected => Ok(()),
            other => Err(format!("{other:?}")),
        })
    };
    buttons("the button is held", 1);
    browser.mouse(&[release(0)]);
    buttons("and released", 0);
    until("the desktop has the pointer", LONG, || {
        match browser.run("return document.pointerLockElement?.localName", json!([])) {
            held if held == json!("canvas") => Ok(()),
            other => Err(format!("{other}")),
        }
    });
    browser.text_with(".notice", "Esc gives it back", LONG);
    let (_, right, down) = server.mouse();
    for step in 1..=10 {
        browser.mouse(&[go((x + 7 * step, y - 3 * step))]);
    }
    until("its way", LONG, || match server.mouse() {
        (0, x, y) if (x - right, y - down) == (70, -30) => Ok(()),
        other => Err(format!("{other:?} after {right}, {down}")),
    });
    browser.screenshot("relative-mouse");
}

// ---- screens -----------------------------------------------------------------------------------------------

#[test]
fn a_desktop_of_two_screens_keeps_both_when_it_follows_the_windows_size() {
    let server = Tigervnc::start(SIZE);
    let (_gateway, browser) = shown(&server.target(), "resize=off&debug");
    figure(&browser, "screens", "640x480 at 0,0");
    browser.choose("#debug-screens", "2");
    figure(&browser, "screens", "320x480 at 0,0; 320x480 at 320,0");
    browser.screenshot("two-screens");
    browser.open(&browser.url().replace("resize=off", "resize=remote"));
    browser.connected();
    let width = until("the desktop's size", LONG, || {
        let width = browser.run("return document.querySelector('#desktop').clientWidth", json!([]));
        let width = width.as_u64().unwrap() as u16;
        match server.display.size() {
            size if size.0 == width => Ok(width),
            other => Err(format!("{other:?} instead of {width}")),
        }
    });
    let half = width / 2;
    figure(&browser, "screens", &format!("{half}x"));
    figure(&browser, "screens", &format!(" at {half},0"));
}

// ---- power -------------------------------------------------------------------------------------------------

fn ask(browser: &Browser, what: &str) {
    if browser.text("#power").is_none() {
        browser.click("#tools [title='Shut down, restart or reset']");
    }
    let choose = |class: &str| {
        browser.run(
            "[...document.querySelectorAll(`#power button.${arguments[0]}`)]
                 .find((button) => button.textContent === arguments[1])?.click()",
            json!([class, what]),
        )
    };
    choose("quiet");
    browser.text_with("#power p", "machine", LONG);
    choose("primary");
}

#[test]
fn the_machine_is_reset_and_shut_down_and_what_it_cannot_is_said() {
    let server = Qemu::start();
    let (_gateway, browser) = shown(&server.target(), "resize=off");
    browser.click(".handle");
    browser.click("#tools [title='Shut down, restart or reset']");
    browser.text_with("#power", "Restart", LONG);
    browser.looks("power");
    for (what, event) in [("Shut down", "POWERDOWN"), ("Reset", "RESET")] {
        ask(&browser, what);
        until(event, LONG, || {
            if server.has_told(event) {
                Ok(())
            } else {
                Err(String::new())
            }
        });
    }
    ask(&browser, "Restart");
    browser.text_with(".notice", "cannot", LONG);
}

#[test]
fn no_power_is_offered_where_one_may_only_look_or_the_server_has_none() {
    let server = Qemu::start();
    let (_gateway, browser) = shown(&server.target(), "view_only=true");
    browser.click(".handle");
    browser.text_with("#tools", "View only", LONG);
    assert!(!browser.text("#tools").unwrap().contains("Power"));
    let server = Tigervnc::start(SIZE);
    let gateway = Gateway::to(&server.target());
    browser.open(&gateway.page(""));
    browser.connected();
    browser.click(".handle");
    browser.text_with("#tools", "Ctrl-Alt-Del", LONG);
    assert!(!browser.text("#tools").unwrap().contains("Power"));
}
