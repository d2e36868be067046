//! x11vnc.

use porthole_tests::browser::Browser;
use porthole_tests::certificates::Certificates;
use porthole_tests::desktop::X11vnc;
use porthole_tests::process::installed;

use crate::interop::clipboard::{self, LATIN_1};
use crate::interop::document::Column;
use crate::interop::logins::{self, A_PASSWORD};
use crate::interop::pixels::LIBVNCSERVER;
use crate::interop::row::Row;
use crate::interop::view::{Painter, View};
use crate::interop::{PASSWORD, SIZE, cursor, input};

#[test]
fn x11vnc_keeps_its_row() {
    let Some(mut row) = Row::of("x11vnc", installed("x11vnc")) else {
        return;
    };
    let server = X11vnc::start(SIZE);
    let browser = Browser::start();
    let painter = Painter::on(&server.display);
    let view = View::of(&browser, &painter, &server.target(), None);
    row.encodings(&view, &LIBVNCSERVER);
    let with_password = X11vnc::with_password(SIZE, PASSWORD);
    logins::opens(&browser, &with_password.target(), A_PASSWORD);
    let certificates = Certificates::with_rsa();
    let in_tls = X11vnc::with_tls(SIZE, PASSWORD, &certificates);
    logins::opens_in_tls(&browser, in_tls.port, &certificates, A_PASSWORD);
    row.set(Column::Logins, "none; VNC password; X509Vnc by the gateway");
    row.set(Column::Cursor, cursor::is_served(&view, &server.display));
    let copy = |text: &str| server.display.set_cut_buffer(text);
    let words = clipboard::goes_both_ways(&view, LATIN_1, copy, || server.display.cut_buffer());
    row.set(Column::Clipboard, &words);
    row.set(Column::Input, input::keys_and_buttons(&view, &server.display));
    row.keeps_its_size(&view, "does not let this viewer");
    row.finish();
}
