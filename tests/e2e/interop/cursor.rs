//! The cursor.

use porthole_tests::browser::{Browser, go};
use porthole_tests::desktop::Display;
use porthole_tests::wait::{LONG, until};
use serde_json::json;
use x11rb::protocol::xproto::EventMask;

use crate::cursors::{CURSOR, is_shown, seen};

/// The page's cursor is the one that the display has, pixel for pixel, over either of two windows.
pub(super) fn is_the_servers(browser: &Browser, display: &Display) {
    for (x, glyph) in [(0, 152), (320, 34)] {
        let window = display.window((x, 0), (320, 480), EventMask::NO_EVENT);
        display.set_cursor(window, glyph);
        browser.mouse(&[go(browser.point_over((x as u16 + 100, 100)))]);
        let (hotspot, size, pixels) = until("the pointer is over the window", LONG, || {
            let cursor = display.cursor();
            if cursor.2.iter().any(|pixel| *pixel != 0) {
                Ok(cursor)
            } else {
                Err(String::new())
            }
        });
        is_shown(
            browser,
            "the cursor is the server's",
            hotspot,
            size,
            &seen(&pixels),
        );
    }
}

/// The page has a cursor of the server's over this pixel of the desktop. X cannot be asked everywhere which one it is,
/// and some servers begin with one of their own.
pub(super) fn is_there(browser: &Browser, place: (u16, u16)) {
    browser.mouse(&[go(browser.point_over(place))]);
    until("a cursor", LONG, || {
        let found = browser.run(CURSOR, json!([]));
        match found["size"][0].as_u64() {
            Some(_) => Ok(()),
            None => Err(found.to_string()),
        }
    });
}
