//! rustvncserver.

use porthole_tests::browser::Browser;
use porthole_tests::desktop::Rustvncserver;

use crate::interop::clipboard::{self, ASCII};
use crate::interop::document::Column;
use crate::interop::logins::{self, A_PASSWORD};
use crate::interop::pixels::{self, JPEG, Served};
use crate::interop::row::Row;
use crate::interop::view::View;
use crate::interop::{PASSWORD, SIZE, cursor, input, resize};

#[test]
fn rustvncserver_keeps_its_row() {
    let mut row = Row::new("rustvncserver");
    let server = Rustvncserver::start(SIZE, None);
    let browser = Browser::start();
    let view = View::of(&browser, &server, &server.target(), None);
    row.encodings(
        &view,
        &Served {
            exact: &[
                "raw", "rre", "corre", "hextile", "zlib", "tight", "zrle", "tightpng",
            ],
            broken: &[
                ("zlibhex", "ZlibHex rectangle 801x603"),
                ("zywrle", "ZYWRLE rectangle 801x603"),
            ],
            few_colours: Some("zrle"),
            ..Served::default()
        },
    );
    row.set(Column::Lossy, &pixels::without_losses(&view, JPEG));
    let with_password = Rustvncserver::start(SIZE, Some(PASSWORD));
    logins::opens(&browser, &with_password.target(), A_PASSWORD);
    row.set(Column::Logins, "none; VNC password");
    row.set(Column::Cursor, cursor::is_not_served(&view));
    let words = clipboard::to_server(&view, ASCII, || server.pasted());
    row.set(Column::Clipboard, &words);
    row.set(Column::Input, input::typed_into_rustvncserver(&view, &server));
    row.set(Column::Resize, resize::is_not_offered(&view));
    row.finish();
}
