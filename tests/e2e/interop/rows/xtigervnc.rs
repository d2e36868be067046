//! Xtigervnc, in every browser.

use porthole_tests::browser::{Browser, Engine};
use porthole_tests::certificates::Certificates;
use porthole_tests::desktop::Tigervnc;
use porthole_tests::process::installed;

use crate::clipboard::{copy, pasted};
use crate::interop::clipboard::{self, ANY};
use crate::interop::document::Column;
use crate::interop::logins::{self, A_PASSWORD, A_USER, NOTHING, USER};
use crate::interop::pixels::{JPEG, Served};
use crate::interop::row::Row;
use crate::interop::view::{Painter, View};
use crate::interop::{PASSWORD, SIZE, cursor, input, resize};

#[test]
fn xtigervnc_keeps_its_row() {
    xtigervnc_in(Engine::Chromium, "Xtigervnc");
}

#[test]
fn xtigervnc_in_firefox_keeps_its_row() {
    xtigervnc_in(Engine::Firefox, "Xtigervnc, in Firefox");
}

#[test]
fn xtigervnc_in_webkitgtk_keeps_its_row() {
    xtigervnc_in(Engine::WebKitGtk, "Xtigervnc, in WebKitGTK");
}

fn xtigervnc_in(engine: Engine, name: &'static str) {
    let Some(mut row) = Row::of(name, engine.is_installed() && installed("Xtigervnc")) else {
        return;
    };
    let server = Tigervnc::start(SIZE);
    let browser = Browser::start_in(engine);
    let painter = Painter::on(&server.display);
    let view = View::of(&browser, &painter, &server.target(), None);
    row.encodings(
        &view,
        &Served {
            exact: &["raw", "copyrect", "rre", "hextile", "tight", "zrle"],
            lossy: &[JPEG],
            ..Served::default()
        },
    );
    logins::opens(&browser, &Tigervnc::with_password(PASSWORD).target(), A_PASSWORD);
    row.set(Column::Logins, "none; VNC password");
    if engine == Engine::Chromium {
        xtigervncs_other_logins(&mut row, &browser);
    }
    row.set(Column::Cursor, cursor::is_the_servers(&view, &server.display));
    let copy = |text: &str| copy(&server.display, text);
    let words = clipboard::goes_both_ways(&view, ANY, copy, || pasted(&server.display));
    row.set(Column::Clipboard, &words);
    row.set(Column::Input, input::keys_and_buttons(&view, &server.display));
    row.set(Column::Resize, resize::is_followed(&view));
    row.finish();
}

/// Those of VeNCrypt.
fn xtigervncs_other_logins(row: &mut Row, browser: &Browser) {
    let certificates = Certificates::new();
    let server = Tigervnc::with_user_by("Plain", USER, &certificates);
    logins::opens(browser, &server.target(), A_USER);
    row.add(Column::Logins, "Plain");
    for (subtype, fragment) in [("X509None", NOTHING), ("X509Vnc", A_PASSWORD)] {
        let server = Tigervnc::with_tls(subtype, PASSWORD, &certificates);
        logins::opens_in_tls(browser, server.port, &certificates, fragment);
        row.add(Column::Logins, &format!("{subtype} by the gateway"));
    }
    let server = Tigervnc::with_user(USER, &certificates);
    logins::opens_in_tls(browser, server.port, &certificates, A_USER);
    row.add(Column::Logins, "X509Plain by the gateway");
    for subtype in ["TLSNone", "TLSVnc", "X509Vnc"] {
        let server = Tigervnc::with_tls(subtype, PASSWORD, &certificates);
        let words = logins::is_refused(browser, &server.target(), &format!("VeNCrypt {subtype}"));
        row.add(Column::Refused, &words);
    }
}
