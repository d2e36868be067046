//! QEMU.

use porthole_tests::browser::Browser;
use porthole_tests::certificates::Certificates;
use porthole_tests::desktop::Qemu;
use porthole_tests::process::installed;

use crate::interop::clipboard::{self, ANY};
use crate::interop::document::Column;
use crate::interop::logins::{self, A_PASSWORD, NOTHING};
use crate::interop::pixels::{self, JPEG, Lossy, Served, ZYWRLE};
use crate::interop::row::Row;
use crate::interop::view::View;
use crate::interop::{PASSWORD, cursor, input};

const PROGRAM: &str = "qemu-system-x86_64";

#[test]
fn qemu_keeps_its_row() {
    let Some(mut row) = Row::of("QEMU", installed(PROGRAM)) else {
        return;
    };
    let server = Qemu::painting("");
    // Before this has a browser of its own: who waits for two must not have one.
    let words = clipboard::goes_between_viewers(&server.target(), ANY);
    row.set(Column::Clipboard, &words);
    let browser = Browser::start();
    let view = View::of(&browser, &server, &server.target(), None);
    row.encodings(
        &view,
        &Served {
            exact: &["raw", "hextile", "zlib", "tight", "zrle", "tightpng"],
            ..Served::default()
        },
    );
    row.set(Column::Lossy, &pixels::without_losses(&view, JPEG));
    logins::opens(&browser, &server.websocket_target(), NOTHING);
    logins::opens(&browser, &Qemu::with_password(PASSWORD).target(), A_PASSWORD);
    let certificates = Certificates::new();
    let in_tls = Qemu::with_tls(PASSWORD, &certificates);
    logins::opens_in_tls(&browser, in_tls.port, &certificates, A_PASSWORD);
    row.set(
        Column::Logins,
        "none; none by its own WebSocket; VNC password; X509Vnc by the gateway",
    );
    let with_cursor = Qemu::with_ati();
    let other = View::of(&browser, &with_cursor, &with_cursor.target(), None);
    row.set(Column::Cursor, cursor::is_the_cards(&other, &with_cursor));
    row.set(Column::Input, input::typed_into_qemu(&view, &server));
    row.keeps_its_size(&view, "cannot have its screens like that");
    row.finish();
}

#[test]
fn qemu_with_losses_keeps_its_row() {
    let Some(mut row) = Row::of("QEMU, lossy", installed(PROGRAM)) else {
        return;
    };
    let server = Qemu::painting(",lossy=on");
    let browser = Browser::start();
    let view = View::of(&browser, &server, &server.target(), None);
    row.set(Column::Logins, "none");
    let [tight, zywrle] = [JPEG, ZYWRLE].map(|lossy| Lossy {
        quality: 3,
        mean: 20.0,
        ..lossy
    });
    row.set(Column::Lossy, &pixels::lossy(&view, &[tight, zywrle]));
    for column in [
        Column::Cursor,
        Column::Clipboard,
        Column::Resize,
        Column::Input,
        Column::Refused,
        Column::Exact,
        Column::Depths,
        Column::NotServed,
    ] {
        row.set(column, "see QEMU");
    }
    row.finish();
}
