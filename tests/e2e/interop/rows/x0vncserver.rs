//! x0vncserver.

use porthole_tests::browser::Browser;
use porthole_tests::desktop::X0vncserver;
use porthole_tests::process::installed;

use crate::interop::document::Column;
use crate::interop::logins::{self, A_PASSWORD};
use crate::interop::pixels::{JPEG, Served};
use crate::interop::row::Row;
use crate::interop::view::{Painter, View};
use crate::interop::{PASSWORD, SIZE, cursor, input};

#[test]
fn x0vncserver_keeps_its_row() {
    let Some(mut row) = Row::of("x0vncserver", installed("X0tigervnc")) else {
        return;
    };
    let server = X0vncserver::start(SIZE);
    let browser = Browser::start();
    let painter = Painter::on(&server.display);
    let view = View::of(&browser, &painter, &server.target(), None);
    row.encodings(
        &view,
        &Served {
            exact: &["raw", "rre", "hextile", "tight", "zrle"],
            lossy: &[JPEG],
            ..Served::default()
        },
    );
    let with_password = X0vncserver::with_password(SIZE, PASSWORD);
    logins::opens(&browser, &with_password.target(), A_PASSWORD);
    row.set(Column::Logins, "none; VNC password");
    row.set(Column::Cursor, cursor::is_the_servers(&view, &server.display));
    row.set(Column::Clipboard, "not served");
    row.set(Column::Input, input::keys_and_buttons(&view, &server.display));
    row.keeps_its_size(&view, "cannot have its screens like that");
    row.finish();
}
