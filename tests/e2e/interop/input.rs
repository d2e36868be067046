//! Keys and buttons.

use porthole_tests::browser::Stroke::Tap;
use porthole_tests::browser::{go, key, press, release};
use porthole_tests::desktop::{Display, Input, Qemu, Recorder, Rustvncserver, Wayvnc};
use porthole_tests::wait::{LONG, until};

use super::view::View;

/// Keys that are on every keyboard, with their keysyms.
const KEYS: [(&str, u32); 5] = [
    ("a", 0x61),
    ("7", 0x37),
    (key::ENTER, 0xFF0D),
    (key::LEFT, 0xFF51),
    (key::F5, 0xFFC2),
];

const MODE_SWITCH: u32 = 0xFF7E;

/// Each key by its keysym, then a click where it was meant.
pub(super) fn keys_and_buttons(view: &View<'_>, display: &Display) -> &'static str {
    let recorder = Recorder::on(display);
    view.open("resize=off");
    for (name, keysym) in KEYS {
        recorder.forget();
        view.browser.keys(&[Tap(name)]);
        until(&format!("the key {keysym:#x}"), LONG, || {
            // krfb holds this one down with every key.
            let held = |input: &Input| matches!(input, Input::Key(MODE_SWITCH, _));
            let seen: Vec<Input> = recorder.seen().into_iter().filter(|input| !held(input)).collect();
            if seen == [Input::Key(keysym, true), Input::Key(keysym, false)] {
                Ok(())
            } else {
                Err(format!("got {seen:x?}"))
            }
        });
    }
    recorder.forget();
    let place = (333, 222);
    view.browser
        .mouse(&[go(view.browser.point_over(place)), press(0), release(0)]);
    let place = (place.0 as i16, place.1 as i16);
    recorder.gets(
        "a click",
        &[Input::Button(1, true, place), Input::Button(1, false, place)],
    );
    "keys, buttons"
}

/// QEMU's program answers each letter by a picture.
pub(super) fn typed_into_qemu(view: &View<'_>, qemu: &Qemu) -> &'static str {
    view.open("resize=off&quality=lossless");
    view.browser.type_text("hello");
    qemu.has_painted(b"hello");
    view.shows("the last letter's picture");
    "keys"
}

/// A terminal on sway writes down what it reads.
pub(super) fn typed_into_wayvnc(view: &View<'_>, wayvnc: &Wayvnc) -> &'static str {
    let (_terminal, typed) = wayvnc.terminal();
    view.open("resize=off&quality=lossless");
    view.browser.type_text("Hello, 42!");
    view.browser.keys(&[Tap(key::ENTER)]);
    until("the line is read", LONG, || {
        match std::fs::read_to_string(&typed) {
            Ok(found) if found == "Hello, 42!\n" => Ok(()),
            other => Err(format!("it is {other:?}")),
        }
    });
    view.shows("the line in the terminal");
    "keys"
}

/// The server's own account of it.
pub(super) fn typed_into_rustvncserver(view: &View<'_>, server: &Rustvncserver) -> &'static str {
    view.open("resize=off");
    for (name, keysym) in KEYS {
        view.browser.keys(&[Tap(name)]);
        until(&format!("the key {keysym:#x}"), LONG, || {
            let keys = server.keys();
            if keys.ends_with(&[(keysym, true), (keysym, false)]) {
                Ok(())
            } else {
                Err(format!("got {keys:x?}"))
            }
        });
    }
    let place = (333, 222);
    view.browser
        .mouse(&[go(view.browser.point_over(place)), press(0), release(0)]);
    until("a click", LONG, || {
        let pointer = server.pointer();
        if pointer.ends_with(&[(place, 0), (place, 1), (place, 0)]) {
            Ok(())
        } else {
            Err(format!("got {pointer:?}"))
        }
    });
    "keys, buttons"
}
