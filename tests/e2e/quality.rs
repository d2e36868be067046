//! Quality that follows the line, and pictures that get sharp when the screen is still.

use std::time::Duration;

use x11rb::protocol::xproto::EventMask;

use porthole_tests::browser::Browser;
use porthole_tests::desktop::{Display, Tigervnc, X11vnc};
use porthole_tests::gateway::Gateway;
use porthole_tests::line::{Line, Shape};
use porthole_tests::wait::{LONG, until};

const SIZE: (u16, u16) = (640, 480);

/// A viewer's message that says which encodings it wants.
const SET_ENCODINGS: u8 = 2;

/// Whether JPEG of any quality is among them.
fn allows_jpeg(message: &[u8]) -> bool {
    let numbers = message[4..]
        .chunks(4)
        .map(|number| i32::from_be_bytes(number.try_into().unwrap()));
    numbers.into_iter().any(|number| (-32..=-23).contains(&number))
}

/// Paints pictures, each of which a server sends as JPEG, and waits until they are shown as they are.
fn sharpens(display: &Display, browser: &Browser) {
    let window = display.window((10, 10), (600, 440), EventMask::NO_EVENT);
    let picture = display.pixmap((700, 500));
    for place in [(0, 0), (30, 20)] {
        display.repaint(window, picture, place);
        browser.shows(&format!("sharpened {place:?}"), || display.picture());
    }
}

/// The encodings that a viewer has asked for until now, again and again.
fn wishes(line: &Line) -> Vec<Vec<u8>> {
    let mut messages = line.messages();
    messages.retain(|message| message[0] == SET_ENCODINGS);
    messages
}

#[test]
fn what_a_server_sent_as_jpeg_is_exact_when_the_screen_is_still() {
    // Which does not sharpen by itself, and has no continuous updates.
    let server = X11vnc::start(SIZE);
    let line = Line::to(&server.target(), Shape::default());
    let gateway = Gateway::to(&line.target());
    let browser = Browser::start();
    browser.open(&gateway.page("resize=off"));
    browser.connected();
    sharpens(&server.display, &browser);
    assert!(
        wishes(&line).iter().any(|message| !allows_jpeg(message)),
        "it was not the viewer that asked for it"
    );
    // It says so when it has decoded what it painted.
    until("JPEG is welcome again", LONG, || match wishes(&line).pop() {
        Some(last) if allows_jpeg(&last) => Ok(()),
        last => Err(format!("{last:?}")),
    });
}

#[test]
fn a_picture_is_sharpened_piece_by_piece_on_a_slow_line() {
    let slow = Shape {
        rate: Some(100_000),
        delay: Duration::from_millis(10),
    };
    let server = X11vnc::start(SIZE);
    let line = Line::to(&server.target(), slow);
    let gateway = Gateway::to(&line.target());
    let browser = Browser::start();
    browser.open(&gateway.page("resize=off"));
    browser.connected();
    sharpens(&server.display, &browser);
}

#[test]
fn a_server_with_continuous_updates_is_asked_to_sharpen_too() {
    let server = Tigervnc::start(SIZE);
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    browser.open(&gateway.page("resize=off"));
    browser.connected();
    sharpens(&server.display, &browser);
}

#[test]
fn a_slow_line_gets_a_lower_quality_and_higher_compression() {
    let server = Tigervnc::start(SIZE);
    let slow = Shape {
        rate: Some(250_000),
        delay: Duration::from_millis(10),
    };
    let line = Line::to(&server.target(), slow);
    let gateway = Gateway::to(&line.target());
    let browser = Browser::start();
    browser.open(&gateway.page("resize=off&debug"));
    browser.connected();
    let display = &server.display;
    let window = display.window((10, 10), (600, 440), EventMask::NO_EVENT);
    let picture = display.pixmap((700, 500));
    let mut painted = 0_i16;
    let quality = || browser.text("[data-figure=quality] dd").unwrap_or_default();
    until("a lower quality", LONG, || {
        painted += 1;
        display.repaint(window, picture, (painted * 7 % 64, painted * 13 % 32));
        let found = quality();
        if found.starts_with(['0', '1']) && found.contains("compression 6") {
            Ok(())
        } else {
            Err(format!("it is {found:?}"))
        }
    });
}
