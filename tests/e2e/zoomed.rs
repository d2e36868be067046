//! Where a mouse points in pages that are zoomed, and in frames that are shown smaller or larger than they are.

use serde_json::json;

use porthole_tests::browser::{Browser, Engine, Mouse};
use porthole_tests::desktop::Display;
use porthole_tests::gateway::Gateway;
use porthole_tests::peer::MockServer;
use porthole_tests::wait::{LONG, until};

/// The desktop's side, in its pixels.
const SIDE: u16 = 64;

/// The corners, and some between them.
const PIXELS: [(u16, u16); 7] = [(0, 0), (63, 0), (0, 63), (63, 63), (31, 33), (7, 50), (45, 11)];

/// Keys that zoom a page, and how many times as large it is then.
type Zoom = (&'static str, f64);

const NONE: Zoom = ("", 1.0);
const THREE_IN: &str = "ControlLeft+Equal ControlLeft+Equal ControlLeft+Equal";
const TWO_OUT: &str = "ControlLeft+Minus ControlLeft+Minus";

fn width(browser: &Browser) -> f64 {
    browser.run("return innerWidth", json!([])).as_f64().unwrap()
}

/// Zooms the page that is open, which was as wide as this.
fn zoom(browser: &Browser, display: &Display, wide: f64, (keys, times): Zoom) {
    let is = |times: f64| {
        until(
            &format!("the page is {times} times as large"),
            LONG,
            || match width(browser) {
                found if (found * times / wide - 1.0).abs() < 0.01 => Ok(()),
                found => Err(format!("{found} instead of {wide}")),
            },
        );
    };
    display.hand("ControlLeft+Digit0");
    is(1.0);
    if !keys.is_empty() {
        display.hand(keys);
        is(times);
    }
}

/// Shows the desktop, in a frame that is shown so many times as large as it is, or in none. Answers where its first pixel is and
/// how wide each is, in CSS pixels of the window.
fn show(browser: &Browser, gateway: &Gateway, settings: &str, frame: Option<f64>) -> ((f64, f64), f64) {
    let numbers = |script: &str| {
        let found = browser.run(script, json!([]));
        [0, 1, 2].map(|at| found[at].as_f64().unwrap())
    };
    let [left, top, times] = match frame {
        None => {
            browser.open(&gateway.page(settings));
            [0.0, 0.0, 1.0]
        }
        Some(times) => {
            browser.open(&gateway.url("/nothing"));
            browser.run(
                "document.body.innerHTML = `<iframe style='position: absolute; left: 12px; top: 6px; width: 320px; height: 240px;
                     border: 0; transform-origin: 0 0; transform: scale(${arguments[1]})' src='${arguments[0]}'></iframe>`",
                json!([gateway.page(settings), times]),
            );
            let place = numbers(
                "const frame = document.querySelector('iframe'), box = frame.getBoundingClientRect();
                 return [box.left, box.top, box.width / frame.offsetWidth]",
            );
            browser.enter_frame("iframe");
            place
        }
    };
    browser.connected();
    let [x, y, pixel] = numbers(
        "const canvas = document.querySelector('#desktop canvas'), box = canvas.getBoundingClientRect();
         return [box.left, box.top, box.width / canvas.width]",
    );
    ((left + x * times, top + y * times), pixel * times)
}

/// Every pixel is pointed at that is no smaller than the display's, and at least the corners if they are.
fn is_pointed_at_in(engine: Engine, zooms: &[Zoom]) {
    let server = MockServer::start(true);
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start_seen(engine);
    browser.open(&gateway.url("/nothing"));
    let display = browser.be_at_hand();
    let mouse = Mouse::over(&browser);
    let wide = width(&browser);
    for &(keys, times) in zooms {
        browser.open(&gateway.url("/nothing"));
        zoom(&browser, &display, wide, (keys, times));
        for frame in [None, Some(0.5), Some(1.5)] {
            for settings in ["resize=scale", "resize=off", "resize=off&hidpi"] {
                let case = format!("{engine:?} zoomed to {times}, in a frame of {frame:?}, {settings}");
                let ((left, top), pixel) = show(&browser, &gateway, settings, frame);
                // In the display's pixels from here on.
                let (left, top, pixel) = (left * times, top * times, pixel * times);
                let mut wrong = Vec::new();
                for (x, y) in PIXELS {
                    let middle = |start: f64, at: u16| (start + (f64::from(at) + 0.5) * pixel).floor() as i32;
                    server.forget();
                    mouse.go((middle(left, x), middle(top, y)));
                    mouse.press(1);
                    mouse.release(1);
                    let found = clicked(&server, &case);
                    let is_corner = [x, y].iter().all(|at| [0, SIDE - 1].contains(at));
                    let may_differ = if pixel > 0.98 || is_corner { 0 } else { 1 };
                    if found.0.abs_diff(x).max(found.1.abs_diff(y)) > may_differ {
                        wrong.push(((x, y), found));
                    }
                }
                assert!(
                    wrong.is_empty(),
                    "{case}: a pixel is {pixel} of the display's, and wrong are {wrong:?}"
                );
            }
        }
    }
}

/// Where a click was told, press and release.
fn clicked(server: &MockServer, case: &str) -> (u16, u16) {
    until(&format!("a click, {case}"), LONG, || {
        let told = server.told();
        let mut from_press = told.iter().skip_while(|(buttons, _)| *buttons != 1);
        match (from_press.next(), from_press.next()) {
            (Some((1, pressed)), Some((0, released))) if pressed == released => Ok(*pressed),
            _ => Err(format!("{told:?}")),
        }
    })
}

#[test]
fn every_pixel_is_pointed_at_in_zoomed_pages_and_scaled_frames_in_chromium() {
    is_pointed_at_in(Engine::Chromium, &[NONE, (THREE_IN, 1.5)]);
}

#[test]
fn every_pixel_is_pointed_at_in_zoomed_pages_and_scaled_frames_in_firefox() {
    is_pointed_at_in(Engine::Firefox, &[NONE]);
}

#[test]
fn every_pixel_is_pointed_at_in_zoomed_pages_and_scaled_frames_in_webkitgtk() {
    is_pointed_at_in(Engine::WebKitGtk, &[NONE, (THREE_IN, 1.2_f64.powi(3))]);
}

/// It makes one event of them, with the ticks of one.
#[test]
fn notches_of_a_wheel_that_come_while_firefox_is_busy_are_all_counted() {
    let server = MockServer::start(true);
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start_seen(Engine::Firefox);
    browser.open(&gateway.url("/nothing"));
    let display = browser.be_at_hand();
    let mouse = Mouse::over(&browser);
    let wide = width(&browser);
    // As Firefox rounds them.
    for (keys, times) in [NONE, (THREE_IN, 60.0 / 46.0), (TWO_OUT, 0.8)] {
        browser.open(&gateway.url("/nothing"));
        zoom(&browser, &display, wide, (keys, times));
        for frame in [None, Some(0.5), Some(1.5)] {
            let ((left, top), pixel) = show(&browser, &gateway, "resize=scale", frame);
            let over = |at: f64| {
                let along = |start: f64| ((start + at * pixel) * times) as i32;
                (along(left), along(top))
            };
            // How far the page is zoomed in shows by the way of a mouse.
            server.forget();
            mouse.go(over(2.5));
            until("the mouse is there", LONG, || match server.told().last() {
                Some((0, (2, 2))) => Ok(()),
                other => Err(format!("{other:?}")),
            });
            mouse.go(over(30.5));
            for (notches, busy) in [(1, 0), (4, 300)] {
                server.forget();
                browser.run(
                    "const end = performance.now() + arguments[0]; setTimeout(() => { while (performance.now() < end); })",
                    json!([busy]),
                );
                for _ in 0..notches {
                    mouse.press(5);
                    mouse.release(5);
                }
                server.gets(
                    &format!("{notches} notches, zoomed to {times}, in a frame of {frame:?}"),
                    &[(16, (30, 30)), (0, (30, 30))].repeat(notches),
                );
            }
        }
    }
}
