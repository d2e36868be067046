//! Xtightvnc.

use porthole_tests::browser::Browser;
use porthole_tests::desktop::Xtightvnc;
use porthole_tests::process::installed;

use crate::interop::clipboard::{self, LATIN_1};
use crate::interop::document::Column;
use crate::interop::pixels::{JPEG, Served};
use crate::interop::row::Row;
use crate::interop::view::{Painter, View};
use crate::interop::{PASSWORD, SIZE, cursor, input, resize};

#[test]
fn xtightvnc_keeps_its_row() {
    let Some(mut row) = Row::of("Xtightvnc", installed("Xtightvnc")) else {
        return;
    };
    let server = Xtightvnc::with_password(SIZE, PASSWORD);
    let browser = Browser::start();
    let painter = Painter::on(&server.display);
    let view = View::of(&browser, &painter, &server.target(), Some(PASSWORD));
    row.encodings(
        &view,
        &Served {
            exact: &["raw", "copyrect", "rre", "corre", "hextile", "zlib", "tight"],
            lossy: &[JPEG],
            ..Served::default()
        },
    );
    row.set(Column::Logins, "VNC password");
    // What the server can do is listed after this login, before the first picture.
    view.open("resize=off&quality=lossless&security=16");
    view.shows("after a login by Tight");
    row.add(Column::Logins, "Tight with a VNC password");
    row.set(Column::Cursor, cursor::is_served(&view, &server.display));
    let copy = |text: &str| server.display.set_cut_buffer(text);
    let words = clipboard::goes_both_ways(&view, LATIN_1, copy, || server.display.cut_buffer());
    row.set(Column::Clipboard, &words);
    row.set(Column::Input, input::keys_and_buttons(&view, &server.display));
    row.set(Column::Resize, resize::is_not_offered(&view));
    row.finish();
}
