//! What the canvas shows is what the server has, pixel for pixel, by every way there is; interop has every encoding.

use serde_json::json;
use x11rb::protocol::xproto::EventMask;

use porthole_tests::browser::Browser;
use porthole_tests::desktop::{Display, Tigervnc, Websockify, X11vnc};
use porthole_tests::gateway::Gateway;
use porthole_tests::wait::{LONG, until};

const SIZE: (u16, u16) = (801, 603);

/// Draws, moves and scrolls, and compares after each; then looks at whether the encoding asked for was really used.
fn every_pixel_in(display: &Display, target: &str, encodings: &str, used: &[&str]) {
    let gateway = Gateway::to(target);
    let browser = Browser::start();
    let window = display.window((40, 30), (600, 420), EventMask::NO_EVENT);
    display.draw(window, 1);
    browser.open(&gateway.page(&format!(
        "resize=off&quality=lossless&encodings={encodings}&debug"
    )));
    browser.connected();
    browser.shows(&format!("{encodings}: first frame"), || display.picture());
    display.move_window(window, 171, 95);
    browser.shows(&format!("{encodings}: a window moved"), || display.picture());
    display.scroll(window, 33);
    browser.shows(&format!("{encodings}: scrolled"), || display.picture());
    for seed in 2..5 {
        display.draw(window, seed * 7_919);
        display.move_window(window, 20 * i32::try_from(seed).unwrap(), 60);
        browser.shows(&format!("{encodings}: drawn anew"), || display.picture());
    }
    for encoding in used {
        browser.text_with("aside .figures table", encoding, LONG);
    }
}

#[test]
fn xtigervncs_screen_is_shown_exactly_with_all_encodings_on_offer() {
    let server = Tigervnc::start(SIZE);
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    let display = &server.display;
    let window = display.window((40, 30), (600, 420), EventMask::NO_EVENT);
    browser.open(&gateway.page("resize=off&quality=lossless"));
    browser.connected();
    for seed in 1..4 {
        display.draw(window, seed);
        browser.shows("all encodings", || display.picture());
    }
    assert_eq!(browser.complaints(), Vec::<String>::new());
    browser.screenshot("embedded");
}

#[test]
fn xtigervncs_screen_is_shown_exactly_through_websockify() {
    let server = Tigervnc::start(SIZE);
    let proxy = Websockify::before(server.port);
    let target = format!("ws://127.0.0.1:{}/websockify", proxy.port);
    every_pixel_in(&server.display, &target, "copyrect,zrle", &["ZRLE"]);
}

/// JPEG is close enough, and the worse the quality the less so.
#[test]
fn a_lossy_picture_is_close_to_the_servers() {
    // Which does not make a picture better when the screen is still, as Xtigervnc does within moments.
    let server = X11vnc::start(SIZE);
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    let window = server.display.window((0, 0), SIZE, EventMask::NO_EVENT);
    server.display.draw(window, 1);
    let truth = server.display.picture();
    let mut least = 0.0;
    for (quality, most) in [(9, 3.0), (1, 40.0)] {
        browser.open(&gateway.page(&format!("resize=off&encodings=tight&quality={quality}")));
        browser.connected();
        // Half a picture is shown, too, where the rest of it is late.
        least = until(&format!("quality {quality}"), LONG, || {
            match browser.canvas().ok_or("no canvas")?.mean_error(&truth) {
                Some(error) if error > least && error < most => Ok(error),
                error => Err(format!(
                    "the mean error is {error:?}, not between {least} and {most}"
                )),
            }
        });
    }
}

/// That the comparison itself sees a single wrong bit.
#[test]
fn one_wrong_bit_is_seen() {
    let server = Tigervnc::start((320, 240));
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    let window = server.display.window((0, 0), (320, 240), EventMask::NO_EVENT);
    server.display.draw(window, 1);
    browser.open(&gateway.page("resize=off&quality=lossless"));
    browser.connected();
    browser.shows("as it is", || server.display.picture());
    let mut wrong = server.display.picture();
    wrong.rgb[1_000] ^= 1;
    let shown = browser.canvas().unwrap();
    assert_ne!(shown.hash(), wrong.hash());
    assert!(
        wrong.difference(&shown).starts_with("1 pixels differ"),
        "{}",
        wrong.difference(&shown)
    );
}

#[test]
fn the_page_itself_shows_every_pixel_where_that_is_asked_for() {
    let server = Tigervnc::start(SIZE);
    every_pixel_in(
        &server.display,
        &server.target(),
        "copyrect,tight&renderer=page",
        &["Tight"],
    );
}

#[test]
fn the_page_itself_shows_every_pixel_where_there_is_no_offscreen_canvas() {
    let server = Tigervnc::start(SIZE);
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    browser.chromium(
        "Page.addScriptToEvaluateOnNewDocument",
        json!({ "source": "delete globalThis.OffscreenCanvas; delete HTMLCanvasElement.prototype.transferControlToOffscreen" }),
    );
    let window = server.display.window((40, 30), (600, 420), EventMask::NO_EVENT);
    browser.open(&gateway.page("resize=off&quality=lossless"));
    browser.connected();
    assert_eq!(
        browser.run("return typeof OffscreenCanvas", json!([])),
        "undefined"
    );
    for seed in 1..4 {
        server.display.draw(window, seed);
        browser.shows("without OffscreenCanvas", || server.display.picture());
    }
    assert_eq!(browser.complaints(), Vec::<String>::new());
}
