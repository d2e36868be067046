//! krfb.

use porthole_tests::browser::Browser;
use porthole_tests::desktop::Krfb;
use porthole_tests::process::installed;

use crate::clipboard::{copy, pasted};
use crate::interop::clipboard::{self, ASCII};
use crate::interop::document::Column;
use crate::interop::pixels::LIBVNCSERVER;
use crate::interop::row::Row;
use crate::interop::view::{Painter, View};
use crate::interop::{PASSWORD, SIZE, cursor, input};

#[test]
fn krfb_keeps_its_row() {
    let Some(mut row) = Row::of("krfb", installed("krfb")) else {
        return;
    };
    let server = Krfb::with_password(SIZE, PASSWORD);
    let browser = Browser::start();
    let painter = Painter::at_once_on(&server.display);
    let view = View::of(&browser, &painter, &server.target(), Some(PASSWORD));
    row.encodings(&view, &LIBVNCSERVER);
    row.set(Column::Logins, "VNC password");
    let copy = |text: &str| copy(&server.display, text);
    let words = clipboard::goes_both_ways(&view, ASCII, copy, || pasted(&server.display));
    row.set(Column::Clipboard, &words);
    row.set(Column::Input, input::keys_and_buttons(&view, &server.display));
    row.set(Column::Cursor, cursor::is_served(&view, &server.display));
    row.keeps_its_size(&view, "does not let this viewer");
    row.finish();
}
