//! vino.

use std::path::Path;

use porthole_tests::browser::Browser;
use porthole_tests::desktop::{Vino, VinoLogin};

use crate::clipboard::{copy, pasted};
use crate::interop::clipboard::{self, LATIN_1};
use crate::interop::document::Column;
use crate::interop::logins::{self, A_PASSWORD};
use crate::interop::pixels::{JPEG, LIBVNCSERVER, Served};
use crate::interop::row::Row;
use crate::interop::view::{Painter, View};
use crate::interop::{PASSWORD, SIZE, cursor, input, resize};

#[test]
fn vino_keeps_its_row() {
    let Some(mut row) = Row::of("vino", Path::new(Vino::PROGRAM).is_file()) else {
        return;
    };
    let open = VinoLogin {
        password: None,
        encrypted: false,
    };
    let server = Vino::start(SIZE, open);
    let browser = Browser::start();
    let painter = Painter::on(&server.display);
    let view = View::of(&browser, &painter, &server.target(), None);
    row.encodings(
        &view,
        &Served {
            lossy: &[JPEG],
            ..LIBVNCSERVER
        },
    );
    let with_password = VinoLogin {
        password: Some(PASSWORD),
        ..open
    };
    logins::opens(&browser, &Vino::start(SIZE, with_password).target(), A_PASSWORD);
    row.set(Column::Logins, "none; VNC password");
    let encrypted = VinoLogin {
        encrypted: true,
        ..with_password
    };
    let encrypted = Vino::start(SIZE, encrypted);
    row.add(
        Column::Refused,
        &logins::is_refused(&browser, &encrypted.target(), "TLS"),
    );
    let copy = |text: &str| copy(&server.display, text);
    let words = clipboard::goes_both_ways(&view, LATIN_1, copy, || pasted(&server.display));
    row.set(Column::Clipboard, &words);
    row.set(Column::Resize, resize::is_not_offered(&view));
    row.set(Column::Input, input::keys_and_buttons(&view, &server.display));
    cursor::set(&server.display);
    row.set(Column::Cursor, cursor::is_not_served(&view));
    row.finish();
}
