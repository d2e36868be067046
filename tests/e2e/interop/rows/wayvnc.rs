//! wayvnc.

use porthole_tests::browser::Browser;
use porthole_tests::certificates::Certificates;
use porthole_tests::desktop::Wayvnc;
use porthole_tests::process::installed;

use crate::interop::clipboard::{self, ANY, ASCII};
use crate::interop::document::Column;
use crate::interop::logins::{self, A_USER, USER};
use crate::interop::pixels::{JPEG, Lossy, Served};
use crate::interop::row::Row;
use crate::interop::view::View;
use crate::interop::{SIZE, cursor, input, resize};

#[test]
fn wayvnc_keeps_its_row() {
    let Some(mut row) = Row::of("wayvnc", installed("wayvnc")) else {
        return;
    };
    let server = Wayvnc::start(SIZE);
    let browser = Browser::start();
    let view = View::of(&browser, &server, &server.target(), None);
    row.encodings(
        &view,
        &Served {
            exact: &["raw", "tight", "zrle"],
            // A quarter of its picture is noise and another small squares. It has JPEG for no quality but this and 0.
            lossy: &[Lossy {
                quality: 9,
                mean: 20.0,
                ..JPEG
            }],
            ..Served::default()
        },
    );
    let certificates = Certificates::new();
    let in_tls = Wayvnc::with_user(SIZE, USER, &certificates);
    logins::opens_in_tls(&browser, in_tls.port, &certificates, A_USER);
    row.set(Column::Logins, "none; X509Plain by the gateway");
    row.set(Column::Cursor, cursor::is_not_served(&view));
    clipboard::from_server(&view, ANY, |text| server.copy(text));
    clipboard::to_server(&view, ASCII, || server.pasted());
    row.set(Column::Clipboard, "both ways, to the server ASCII");
    row.set(Column::Input, input::typed_into_wayvnc(&view, &server));
    row.set(Column::Resize, resize::is_not_offered(&view));
    row.finish();
}
