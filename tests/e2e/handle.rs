//! The handle of the control bar, which can be put elsewhere: by mouse, by finger, by keys, and from the settings.

use serde_json::{Value, json};

use porthole_tests::browser::{Browser, Engine, Stroke, go, key, press, release};
use porthole_tests::desktop::{Input, Recorder, Tigervnc};
use porthole_tests::gateway::Gateway;
use porthole_tests::wait::{LONG, until};

/// How high the handle is, in CSS pixels.
const HEIGHT: f64 = 64.0;

/// Which edge of the window the handle is at, and where its upper end is.
fn place(browser: &Browser) -> (String, f64) {
    let found = browser.run(
        "const { left, right, top } = document.querySelector('.handle').getBoundingClientRect();
         return [left === 0 ? 'left' : right === innerWidth ? 'right' : `${left} ${right}`, top]",
        json!([]),
    );
    (found[0].as_str().unwrap().to_owned(), found[1].as_f64().unwrap())
}

fn is_at(browser: &Browser, what: &str, side: &str, top: f64) {
    until(
        &format!("{what}: the handle is at the {side}, {top}"),
        LONG,
        || match place(browser) {
            (found, at) if found == side && (at - top).abs() < 1.5 => Ok(()),
            found => Err(format!("{found:?}")),
        },
    );
}

pub(crate) fn middle(browser: &Browser) -> (i32, i32) {
    let found = browser.run(
        "const { left, right, top, bottom } = document.querySelector('.handle').getBoundingClientRect();
         return [(left + right) / 2, (top + bottom) / 2].map(Math.round)",
        json!([]),
    );
    let side = |at: usize| found[at].as_i64().unwrap() as i32;
    (side(0), side(1))
}

#[test]
fn the_handle_is_dragged_along_the_edge_and_to_the_other_side_in_every_browser() {
    let server = Tigervnc::start((640, 480));
    let gateway = Gateway::to(&server.target());
    let recorder = Recorder::on(&server.display);
    for engine in [Engine::Chromium, Engine::Firefox, Engine::WebKitGtk] {
        let browser = Browser::start_in(engine);
        browser.set_size(1100, 900);
        browser.open(&gateway.page("resize=off"));
        browser.connected();
        let what = format!("{engine:?}");
        is_at(&browser, &what, "left", (900.0 - HEIGHT) / 2.0);
        recorder.forget();
        let drag = |to: (i32, i32)| {
            let from = middle(&browser);
            let half = ((from.0 + to.0) / 2, (from.1 + to.1) / 2);
            browser.mouse(&[go(from), press(0), go(half), go(to), release(0)]);
        };
        drag((12, 232));
        is_at(&browser, &what, "left", 200.0);
        drag((1000, 532));
        is_at(&browser, &what, "right", 500.0);
        drag((900, 2));
        is_at(&browser, &what, "right", 0.0);
        drag((1090, 899));
        is_at(&browser, &what, "right", 900.0 - HEIGHT);
        assert_eq!(browser.text("#tools"), None, "{what}: who drags it opens nothing");
        // The desktop has the keyboard as before, and was told nothing of the mouse.
        browser.keys(&[Stroke::Tap("a")]);
        recorder.gets(&what, &[Input::Key(0x61, true), Input::Key(0x61, false)]);

        browser.open(&gateway.page("resize=off"));
        browser.connected();
        is_at(&browser, "where it was put", "right", 900.0 - HEIGHT);
        browser.set_size(500, 400);
        is_at(&browser, "in a smaller window", "right", 400.0 - HEIGHT);
        // A hand that trembles presses it.
        let (x, y) = middle(&browser);
        browser.mouse(&[go((x, y)), press(0), go((x - 2, y + 1)), release(0)]);
        browser.text_with("#tools", "Settings", LONG);
        browser.screenshot(&format!("handle-{engine:?}"));
    }
}

#[test]
fn the_handle_is_dragged_by_a_finger_and_pressed_by_one() {
    let server = Tigervnc::start((640, 480));
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    browser.be_a_phone();
    browser.open(&gateway.page(""));
    browser.connected();
    is_at(&browser, "at first", "left", (640.0 - HEIGHT) / 2.0);
    browser.fingers(&[vec![go(middle(&browser)), press(0), release(0)]]);
    browser.text_with("#tools", "Settings", LONG);
    browser.open(&gateway.page(""));
    browser.connected();
    browser.fingers(&[vec![
        go(middle(&browser)),
        press(0),
        go((100, 300)),
        go((340, 132)),
        release(0),
    ]]);
    is_at(&browser, "by a finger", "right", 100.0);
    assert_eq!(browser.text("#tools"), None, "it is not open");
    browser.screenshot("handle-phone");
}

/// What of the bar is not in the window.
fn outside(browser: &Browser) -> Value {
    browser.run(
        "return ['.handle', '#tools', '.panel'].filter((selector) => {
             const box = document.querySelector(selector)?.getBoundingClientRect();
             return box && (box.left < -0.5 || box.top < -0.5 || box.right > innerWidth + 0.5 || box.bottom > innerHeight + 0.5);
         })",
        json!([]),
    )
}

#[test]
fn the_handle_is_moved_without_dragging_and_is_in_the_window_whatever_its_size() {
    let server = Tigervnc::start((640, 480));
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    browser.open(&gateway.page(""));
    browser.connected();
    let way = 900.0 - HEIGHT;
    browser.run("document.querySelector('.handle').focus()", json!([]));
    for (key, side, down) in [
        (key::UP, "left", 0.4),
        (key::DOWN, "left", 0.5),
        (key::RIGHT, "right", 0.5),
        (key::END, "right", 1.0),
        (key::LEFT, "left", 1.0),
        (key::HOME, "left", 0.0),
    ] {
        browser.keys(&[Stroke::Tap(key)]);
        is_at(&browser, "by keys", side, way * down);
    }
    // Where one reads from right to left the keys point at the same sides.
    browser.run("document.documentElement.dir = 'rtl'", json!([]));
    is_at(&browser, "where lines begin", "right", 0.0);
    browser.keys(&[Stroke::Tap(key::LEFT)]);
    is_at(&browser, "by keys, right to left", "left", 0.0);
    browser.keys(&[Stroke::Tap(key::RIGHT)]);
    browser.run("document.documentElement.dir = 'ltr'", json!([]));
    browser.keys(&[Stroke::Tap(key::ENTER)]);
    browser.click("#tools [aria-controls=settings]");
    let step = |name: &str| browser.click(&format!("#settings [aria-label='{name}']"));
    let says = |words: &str| _ = browser.text_with("#settings .stepping output", words, LONG);
    says("Left, 0 %");
    step("Lower");
    step("Lower");
    says("Left, 20 %");
    step("Higher");
    step("To the other side");
    says("Right, 10 %");
    browser.looks("handle-right");

    browser.click("#settings [aria-label=Close]");
    browser.click(".handle");
    is_at(&browser, "from the settings", "right", way * 0.1);
    browser.click(".handle");
    browser.run("document.querySelector('.handle').focus()", json!([]));
    for size in [(1100, 900), (360, 640), (640, 360), (320, 256), (2560, 1440)] {
        browser.set_size(size.0, size.1);
        for key in [key::HOME, key::RIGHT, key::END, key::LEFT] {
            browser.keys(&[Stroke::Tap(key)]);
            assert_eq!(outside(&browser), json!([]), "{size:?}, {:?}", place(&browser));
        }
        browser.click("#tools [aria-controls=screen]");
        browser.text_with("#screen h2", "", LONG);
        assert_eq!(outside(&browser), json!([]), "{size:?} with a panel");
        browser.click("#screen [aria-label=Close]");
        browser.run("document.querySelector('.handle').focus()", json!([]));
    }
}
