//! The three ways in which a desktop is fitted into the page.

use serde_json::json;
use x11rb::protocol::xproto::EventMask;

use porthole_tests::browser::{Browser, go, press, release};
use porthole_tests::desktop::{Input, Recorder, Tigervnc};
use porthole_tests::gateway::Gateway;
use porthole_tests::wait::{LONG, until};

/// Left, top, width and height of the canvas in the page.
pub(crate) fn place(browser: &Browser) -> [f64; 4] {
    let found = browser.run(
        "const box = document.querySelector('#desktop canvas').getBoundingClientRect();
         return [box.left, box.top, box.width, box.height]",
        json!([]),
    );
    [0, 1, 2, 3].map(|at| found[at].as_f64().unwrap())
}

pub(crate) fn is_placed_at(browser: &Browser, expected: [f64; 4]) {
    until("the canvas's place in the page", LONG, || {
        let found = place(browser);
        if found
            .iter()
            .zip(expected)
            .all(|(found, expected)| (found - expected).abs() < 0.6)
        {
            Ok(())
        } else {
            Err(format!("it is at {found:?}, not at {expected:?}"))
        }
    });
}

pub(crate) fn screen_has(server: &Tigervnc, size: (u16, u16)) {
    until(
        &format!("the X screen has the size {size:?}"),
        LONG,
        || match server.display.size() {
            found if found == size => Ok(()),
            other => Err(format!("it has {other:?}")),
        },
    );
}

#[test]
fn the_desktop_takes_the_windows_size_where_that_is_asked_for() {
    let server = Tigervnc::start((640, 480));
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    browser.set_size(1000, 700);
    browser.open(&gateway.page("resize=remote&quality=lossless"));
    browser.connected();
    screen_has(&server, (1000, 700));
    is_placed_at(&browser, [0.0, 0.0, 1000.0, 700.0]);
    let window = server.display.window((100, 100), (850, 580), EventMask::NO_EVENT);
    server.display.draw(window, 5);
    browser.shows("after a change of size", || server.display.picture());

    browser.set_size(901, 633);
    screen_has(&server, (901, 633));
    is_placed_at(&browser, [0.0, 0.0, 901.0, 633.0]);
    server.display.draw(window, 6);
    browser.shows("after another change of size", || server.display.picture());
}

#[test]
fn the_desktop_fills_one_side_of_the_window_where_it_is_scaled() {
    let server = Tigervnc::start((800, 400));
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    browser.set_size(1200, 900);
    browser.open(&gateway.page("resize=scale"));
    browser.connected();
    is_placed_at(&browser, [0.0, 150.0, 1200.0, 600.0]);
    browser.set_size(1000, 200);
    is_placed_at(&browser, [300.0, 0.0, 400.0, 200.0]);
    assert_eq!(server.display.size(), (800, 400));
}

#[test]
fn the_desktop_has_its_own_size_and_scrolls_where_nothing_is_fitted() {
    let server = Tigervnc::start((800, 400));
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    browser.set_size(1200, 900);
    browser.open(&gateway.page("resize=off"));
    browser.connected();
    is_placed_at(&browser, [200.0, 250.0, 800.0, 400.0]);
    browser.set_size(500, 300);
    is_placed_at(&browser, [0.0, 0.0, 800.0, 400.0]);
    browser.run(
        "document.querySelector('#desktop > div').scrollTo(10000, 10000)",
        json!([]),
    );
    let [left, top, ..] = place(&browser);
    assert!(
        left <= -300.0 && top <= -100.0,
        "it is scrolled to its end: {left} {top}"
    );
    let recorder = Recorder::on(&server.display);
    browser.mouse(&[go((250, 150)), press(0), release(0)]);
    let place = ((250.0 - left) as i16, (150.0 - top) as i16);
    recorder.gets(
        "a click in what was scrolled to",
        &[Input::Button(1, true, place), Input::Button(1, false, place)],
    );
}

#[test]
fn the_bar_changes_how_it_is_fitted() {
    let server = Tigervnc::start((640, 480));
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    browser.set_size(1280, 960);
    browser.open(&gateway.page(""));
    browser.connected();
    is_placed_at(&browser, [0.0, 0.0, 1280.0, 960.0]);
    browser.click(".handle");
    browser.screenshot("bar");
    // They look alike: none has been left without its style.
    let heights = browser.run(
        "return [...document.querySelectorAll('#tools button')].map((tool) => getComputedStyle(tool).minHeight)",
        json!([]),
    );
    let heights = heights.as_array().unwrap();
    assert!(
        heights.len() >= 7 && heights.iter().all(|height| height == "44px"),
        "{heights:?}"
    );
    browser.click("#tools [title='Show the desktop at its own size']");
    is_placed_at(&browser, [320.0, 240.0, 640.0, 480.0]);
    browser.click("#tools [title='Give the desktop the window\\'s size']");
    screen_has(&server, (1280, 960));
    is_placed_at(&browser, [0.0, 0.0, 1280.0, 960.0]);
    browser.shows("the whole window", || server.display.picture());
}

#[test]
fn a_desktop_that_changes_its_size_by_itself_is_followed() {
    let server = Tigervnc::start((640, 480));
    let gateway = Gateway::to(&server.target());
    let (browser, other) = Browser::start_two();
    browser.open(&gateway.page("resize=off&quality=lossless"));
    browser.connected();
    // Another page gives it another size.
    other.set_size(720, 560);
    other.open(&gateway.page("resize=remote"));
    screen_has(&server, (720, 560));
    let window = server.display.window((10, 10), (700, 540), EventMask::NO_EVENT);
    server.display.draw(window, 9);
    browser.shows("a new size", || server.display.picture());
}
