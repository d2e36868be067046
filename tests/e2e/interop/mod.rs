//! The interoperability matrix: every server that can be had, with all that it serves. Each test makes one row of it,
//! prints it and compares it with the one in docs/INTEROP.md.

mod clipboard;
mod cursor;
mod document;
mod input;
mod logins;
mod pixels;
mod resize;
mod row;
mod view;

use std::path::Path;

use porthole_tests::browser::{Browser, Engine};
use porthole_tests::certificates::Certificates;
use porthole_tests::desktop::{
    Krfb, Qemu, Rustvncserver, Tigervnc, Vino, VinoLogin, Wayvnc, X0vncserver, X11vnc, Xtightvnc,
};
use porthole_tests::process::installed;
use x11rb::protocol::xproto::EventMask;

use crate::clipboard::{copy, pasted};

use document::Column;
use logins::{A_PASSWORD, A_USER, NOTHING, USER};
use pixels::{Lossy, Served};
use row::Row;
use view::{Painter, View};

const SIZE: (u16, u16) = (801, 603);
const PASSWORD: &str = "secret12";

/// What clipboards are tried with: some can carry more than others.
const ASCII: &str = "a text";
const LATIN_1: &str = "a text with Grüße";
const ANY: &str = "a text with Grüße, €, 漢字 and 😀";

/// A quarter of the pictures is noise, which JPEG is bad at.
const JPEG: Lossy = Lossy {
    encoding: "tight",
    name: "Tight with JPEG",
    quality: 8,
    mean: 12.0,
};

const ZYWRLE: Lossy = Lossy {
    encoding: "zywrle",
    name: "ZYWRLE",
    quality: 8,
    mean: 12.0,
};

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
    view.open("resize=off");
    cursor::is_the_servers(&browser, &server.display);
    row.set(Column::Cursor, "exact");
    clipboard::to_server(&view, ANY, || pasted(&server.display));
    clipboard::from_server(&view, ANY, |text| copy(&server.display, text));
    row.set(Column::Clipboard, "both ways, any text");
    input::keys_and_buttons(&view, &server.display);
    row.set(Column::Input, "keys, buttons");
    resize::is_followed(&view);
    row.set(Column::Resize, "to the window's");
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
        let words = logins::is_refused(browser, &server.target(), subtype);
        row.add(Column::Refused, &words);
    }
}

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
    logins::opens(
        &browser,
        &X0vncserver::with_password(SIZE, PASSWORD).target(),
        A_PASSWORD,
    );
    row.set(Column::Logins, "none; VNC password");
    view.open("resize=off");
    cursor::is_the_servers(&browser, &server.display);
    row.set(Column::Cursor, "exact");
    row.set(Column::Clipboard, "not served");
    input::keys_and_buttons(&view, &server.display);
    row.set(Column::Input, "keys, buttons");
    row.set(Column::Resize, "the server's");
    row.add(Column::Refused, &resize::is_refused(&view));
    row.finish();
}

#[test]
fn x11vnc_keeps_its_row() {
    let Some(mut row) = Row::of("x11vnc", installed("x11vnc")) else {
        return;
    };
    let server = X11vnc::start(SIZE);
    let browser = Browser::start();
    let painter = Painter::on(&server.display);
    let view = View::of(&browser, &painter, &server.target(), None);
    row.encodings(
        &view,
        &Served {
            exact: &["raw", "rre", "corre", "hextile", "zlib", "tight", "zrle"],
            lossy: &[JPEG, ZYWRLE],
            ..Served::default()
        },
    );
    logins::opens(
        &browser,
        &X11vnc::with_password(SIZE, PASSWORD).target(),
        A_PASSWORD,
    );
    let certificates = Certificates::with_rsa();
    let in_tls = X11vnc::with_tls(SIZE, PASSWORD, &certificates);
    logins::opens_in_tls(&browser, in_tls.port, &certificates, A_PASSWORD);
    row.set(Column::Logins, "none; VNC password; X509Vnc by the gateway");
    view.open("resize=off");
    let window = server.display.window((0, 0), (320, 480), EventMask::NO_EVENT);
    server.display.set_cursor(window, 152);
    cursor::is_there(&browser, (100, 100));
    row.set(Column::Cursor, "served");
    clipboard::to_server(&view, LATIN_1, || server.display.cut_buffer());
    clipboard::from_server(&view, LATIN_1, |text| server.display.set_cut_buffer(text));
    row.set(Column::Clipboard, "both ways, Latin-1");
    input::keys_and_buttons(&view, &server.display);
    row.set(Column::Input, "keys, buttons");
    row.set(Column::Resize, "the server's");
    row.add(Column::Refused, &resize::is_refused(&view));
    row.finish();
}

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
    view.open("resize=off");
    let window = server.display.window((0, 0), (320, 480), EventMask::NO_EVENT);
    server.display.set_cursor(window, 152);
    cursor::is_there(&browser, (100, 100));
    row.set(Column::Cursor, "served");
    clipboard::to_server(&view, LATIN_1, || server.display.cut_buffer());
    clipboard::from_server(&view, LATIN_1, |text| server.display.set_cut_buffer(text));
    row.set(Column::Clipboard, "both ways, Latin-1");
    input::keys_and_buttons(&view, &server.display);
    row.set(Column::Input, "keys, buttons");
    resize::is_not_offered(&view);
    row.set(Column::Resize, "the server's");
    row.finish();
}

#[test]
fn vino_keeps_its_row() {
    let Some(mut row) = Row::of("vino", Path::new(Vino::PROGRAM).is_file()) else {
        return;
    };
    let server = Vino::start(
        SIZE,
        VinoLogin {
            password: None,
            encrypted: false,
        },
    );
    let browser = Browser::start();
    let painter = Painter::on(&server.display);
    let view = View::of(&browser, &painter, &server.target(), None);
    row.encodings(
        &view,
        &Served {
            exact: &["raw", "rre", "corre", "hextile", "zlib", "tight", "zrle"],
            lossy: &[JPEG],
            ..Served::default()
        },
    );
    let login = VinoLogin {
        password: Some(PASSWORD),
        encrypted: false,
    };
    logins::opens(&browser, &Vino::start(SIZE, login).target(), A_PASSWORD);
    row.set(Column::Logins, "none; VNC password");
    let login = VinoLogin {
        encrypted: true,
        ..login
    };
    row.add(
        Column::Refused,
        &logins::is_refused(&browser, &Vino::start(SIZE, login).target(), "TLS"),
    );
    clipboard::to_server(&view, LATIN_1, || pasted(&server.display));
    clipboard::from_server(&view, LATIN_1, |text| copy(&server.display, text));
    row.set(Column::Clipboard, "both ways, Latin-1");
    resize::is_not_offered(&view);
    row.set(Column::Resize, "the server's");
    input::keys_and_buttons(&view, &server.display);
    row.set(Column::Input, "keys, buttons");
    row.finish();
}

#[test]
fn krfb_keeps_its_row() {
    let Some(mut row) = Row::of("krfb", installed("krfb")) else {
        return;
    };
    let server = Krfb::with_password(SIZE, PASSWORD);
    let browser = Browser::start();
    let painter = Painter::at_once_on(&server.display);
    let view = View::of(&browser, &painter, &server.target(), Some(PASSWORD));
    row.encodings(
        &view,
        &Served {
            exact: &["raw", "rre", "corre", "hextile", "zlib", "tight", "zrle"],
            lossy: &[JPEG, ZYWRLE],
            ..Served::default()
        },
    );
    row.set(Column::Logins, "VNC password");
    clipboard::to_server(&view, ASCII, || pasted(&server.display));
    clipboard::from_server(&view, ASCII, |text| copy(&server.display, text));
    row.set(Column::Clipboard, "both ways, ASCII");
    input::keys_and_buttons(&view, &server.display);
    row.set(Column::Input, "keys, buttons");
    view.open("resize=off");
    cursor::is_there(&browser, (700, 500));
    row.set(Column::Cursor, "served");
    row.set(Column::Resize, "the server's");
    row.add(Column::Refused, &resize::is_refused(&view));
    row.finish();
}

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
            ..Served::default()
        },
    );
    let certificates = Certificates::new();
    let in_tls = Wayvnc::with_user(SIZE, USER, &certificates);
    logins::opens_in_tls(&browser, in_tls.port, &certificates, A_USER);
    row.set(Column::Logins, "none; X509Plain by the gateway");
    clipboard::to_server(&view, ASCII, || server.pasted());
    clipboard::from_server(&view, ANY, |text| server.copy(text));
    row.set(Column::Clipboard, "both ways, to the server ASCII");
    input::typed_into_wayvnc(&view, &server);
    row.set(Column::Input, "keys");
    resize::is_not_offered(&view);
    row.set(Column::Resize, "the server's");
    row.finish();
}

#[test]
fn qemu_keeps_its_row() {
    let Some(mut row) = Row::of("QEMU", installed("qemu-system-x86_64")) else {
        return;
    };
    let server = Qemu::painting("");
    let browser = Browser::start();
    let view = View::of(&browser, &server, &server.target(), None);
    row.encodings(
        &view,
        &Served {
            exact: &["raw", "hextile", "zlib", "tight", "zrle", "tightpng"],
            ..Served::default()
        },
    );
    logins::opens(&browser, &server.websocket_target(), NOTHING);
    logins::opens(&browser, &Qemu::with_password(PASSWORD).target(), A_PASSWORD);
    let certificates = Certificates::new();
    let in_tls = Qemu::with_tls(PASSWORD, &certificates);
    logins::opens_in_tls(&browser, in_tls.port, &certificates, A_PASSWORD);
    row.set(
        Column::Logins,
        "none; none by its own WebSocket; VNC password; X509Vnc by the gateway",
    );
    input::typed_into_qemu(&view, &server);
    row.set(Column::Input, "keys");
    row.set(Column::Resize, "the server's");
    row.add(Column::Refused, &resize::is_refused(&view));
    row.finish();
}

#[test]
fn qemu_with_losses_keeps_its_row() {
    let Some(mut row) = Row::of("QEMU, lossy", installed("qemu-system-x86_64")) else {
        return;
    };
    let server = Qemu::painting(",lossy=on");
    let browser = Browser::start();
    let view = View::of(&browser, &server, &server.target(), None);
    row.add(Column::Lossy, &pixels::exact_at_rest(&view, "tight", 3));
    let zywrle = Lossy {
        quality: 3,
        mean: 20.0,
        ..ZYWRLE
    };
    row.add(Column::Lossy, &pixels::lossy(&view, &[zywrle]));
    row.finish();
}

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
    let with_password = Rustvncserver::start(SIZE, Some(PASSWORD));
    logins::opens(&browser, &with_password.target(), A_PASSWORD);
    row.set(Column::Logins, "none; VNC password");
    clipboard::to_server(&view, ASCII, || server.pasted());
    row.set(Column::Clipboard, "to the server, ASCII");
    input::typed_into_rustvncserver(&view, &server);
    row.set(Column::Input, "keys, buttons");
    resize::is_not_offered(&view);
    row.set(Column::Resize, "the server's");
    row.finish();
}
