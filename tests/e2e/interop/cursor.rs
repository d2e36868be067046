//! The cursor.

use porthole_tests::browser::go;
use porthole_tests::desktop::{Display, Qemu};
use porthole_tests::wait::{LONG, until};
use serde_json::json;
use x11rb::protocol::xproto::EventMask;

use super::view::View;
use crate::cursors::{CURSOR, is_shown, seen};

/// A shape of X's cursor font.
const CROSS: u16 = 34;
const CORNER: u16 = 152;

/// The page's cursor is the one that the display has, pixel for pixel, over either of two windows.
pub(super) fn is_the_servers(view: &View<'_>, display: &Display) -> &'static str {
    view.open("resize=off");
    for (x, glyph) in [(0, CORNER), (320, CROSS)] {
        let before = display.cursor();
        let window = display.window((x, 0), (320, 480), EventMask::NO_EVENT);
        display.set_cursor(window, glyph);
        point_at(view, (x as u16 + 100, 100));
        let (hotspot, size, pixels) = until("the pointer is over the window", LONG, || {
            let cursor = display.cursor();
            if cursor != before && cursor.2.iter().any(|pixel| *pixel != 0) {
                Ok(cursor)
            } else {
                Err(String::new())
            }
        });
        is_shown(
            view.browser,
            "the cursor is the server's",
            hotspot,
            size,
            &seen(&pixels),
        );
    }
    "exact"
}

/// The page has a cursor of the server's over a window with one. X cannot be asked everywhere which one it is, and some
/// servers begin with one of their own.
pub(super) fn is_served(view: &View<'_>, display: &Display) -> &'static str {
    set(display);
    view.open("resize=off");
    point_at(view, (100, 100));
    until("a cursor", LONG, || {
        let found = view.browser.run(CURSOR, json!([]));
        match found["size"][0].as_u64() {
            Some(_) => Ok(()),
            None => Err(found.to_string()),
        }
    });
    "served"
}

/// A window with a cursor, where the others here point at.
pub(super) fn set(display: &Display) {
    let window = display.window((0, 0), (320, 480), EventMask::NO_EVENT);
    display.set_cursor(window, CORNER);
}

/// The page has no cursor of the server's after the pointer was over its screen and that has changed.
pub(super) fn is_not_served(view: &View<'_>) -> &'static str {
    view.open("resize=off&quality=lossless");
    point_at(view, (100, 100));
    for _ in 0..2 {
        view.change();
        view.shows("what comes after a cursor");
    }
    let found = view.browser.run(CURSOR, json!([]));
    assert!(found["size"].is_null(), "a cursor is served after all: {found}");
    "not served"
}

/// The page's cursor is the graphics card's.
pub(super) fn is_the_cards(view: &View<'_>, qemu: &Qemu) -> &'static str {
    view.open("resize=off");
    let pixels = qemu.define_cursor();
    is_shown(
        view.browser,
        "the cursor is the card's",
        [0, 0],
        [64, 64],
        &pixels,
    );
    "exact, of an ATI card"
}

fn point_at(view: &View<'_>, place: (u16, u16)) {
    view.browser.mouse(&[go(view.browser.point_over(place))]);
}
