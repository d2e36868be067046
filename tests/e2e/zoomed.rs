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

/// No frame, and ones that are shown so many times as large as they are.
const FRAMES: [Option<f64>; 3] = [None, Some(0.5), Some(1.5)];

const NONE: Zoom = ("", 1.0);
const ONE_IN: &str = "ControlLeft+Equal";
const THREE_IN: &str = "ControlLeft+Equal ControlLeft+Equal ControlLeft+Equal";
/// As Firefox rounds it.
const IN_FIREFOX: f64 = 60.0 / 46.0;
const TWO_OUT: &str = "ControlLeft+Minus ControlLeft+Minus";

fn width(browser: &Browser) -> f64 {
    browser.run("return innerWidth", json!([])).as_f64().unwrap()
}

/// Zooms all pages of this gateway, which without a zoom are as wide as this.
fn zoom(browser: &Browser, gateway: &Gateway, display: &Display, wide: f64, (keys, times): Zoom) {
    let is = |times: f64, and: &dyn Fn()| {
        until(
            &format!("the page is {times} times as large"),
            LONG,
            || match width(browser) {
                found if (found * times / wide - 1.0).abs() < 0.01 => Ok(()),
                found => {
                    and();
                    Err(format!("{found} instead of {wide}"))
                }
            },
        );
    };
    let open = || browser.open(&gateway.url("/nothing"));
    open();
    display.hand("ControlLeft+Digit0");
    is(1.0, &|| {});
    if !keys.is_empty() {
        display.hand(keys);
        is(times, &|| {});
    }
    // Firefox keeps it a while later, one step after the other: a page that is opened meanwhile may have one of those before.
    open();
    is(times, &open);
}

/// Shows the desktop, in a frame that is shown so many times as large as it is, or in none. Answers where its first pixel is and
/// how wide each is, in CSS pixels of the window.
fn show(browser: &Browser, gateway: &Gateway, settings: &str, frame: Option<f64>) -> ((f64, f64), f64) {
    match frame {
        None => browser.open(&gateway.page(settings)),
        Some(times) => {
            browser.open(&gateway.url("/nothing"));
            browser.run(
                "document.body.innerHTML = `<iframe style='position: absolute; left: 12px; top: 6px; width: 320px; height: 240px;
                     border: 0; transform-origin: 0 0; transform: scale(${arguments[1]})' src='${arguments[0]}'></iframe>`",
                json!([gateway.page(settings), times]),
            );
            browser.enter_frame("iframe");
        }
    }
    browser.connected();
    shown(browser, frame.is_some())
}

/// The same of a desktop that is shown.
fn shown(browser: &Browser, is_in_frame: bool) -> ((f64, f64), f64) {
    let numbers = |script: &str| {
        let found = browser.run(script, json!([]));
        [0, 1, 2].map(|at| found[at].as_f64().unwrap())
    };
    let [x, y, pixel] = numbers(
        "const canvas = document.querySelector('#desktop canvas'), box = canvas.getBoundingClientRect();
         return [box.left, box.top, box.width / canvas.width]",
    );
    if !is_in_frame {
        return ((x, y), pixel);
    }
    browser.leave_frame();
    let [left, top, times] = numbers(
        "const frame = document.querySelector('iframe'), box = frame.getBoundingClientRect();
         return [box.left, box.top, box.width / frame.offsetWidth]",
    );
    browser.enter_frame("iframe");
    ((left + x * times, top + y * times), pixel * times)
}

/// Every pixel is pointed at that is no smaller than the display's, and at least the corners if they are.
fn is_pointed_at_in(engine: Engine, zooms: &[Zoom], frames: &[Option<f64>]) {
    let server = MockServer::start(true);
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start_seen(engine);
    browser.open(&gateway.url("/nothing"));
    let display = browser.be_at_hand();
    let mouse = Mouse::over(&browser);
    let wide = width(&browser);
    for &(keys, times) in zooms {
        zoom(&browser, &gateway, &display, wide, (keys, times));
        for &frame in frames {
            for settings in ["resize=scale", "resize=off", "resize=off&hidpi"] {
                let case = format!("{engine:?} zoomed to {times}, in a frame of {frame:?}, {settings}");
                let ((left, top), pixel) = show(&browser, &gateway, settings, frame);
                // In the display's pixels from here on.
                let (left, top, pixel) = (left * times, top * times, pixel * times);
                let point = |(x, y)| (over(left, pixel, x), over(top, pixel, y));
                takes_the_mouse(&server, &mouse, point);
                let mut wrong = Vec::new();
                for (x, y) in PIXELS {
                    server.forget();
                    mouse.go(point((x, y)));
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

/// The display's pixel over the middle of one of the desktop's, which begin here and are so wide, in the display's.
fn over(start: f64, pixel: f64, at: u16) -> i32 {
    (start + (f64::from(at) + 0.5) * pixel).floor() as i32
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
    is_pointed_at_in(Engine::Chromium, &[NONE, (THREE_IN, 1.5)], &FRAMES);
}

/// Where layout rounds what a desktop is painted from.
#[test]
fn every_pixel_is_pointed_at_in_a_page_of_chromium_that_is_zoomed_by_a_part_of_a_pixel() {
    is_pointed_at_in(Engine::Chromium, &[(ONE_IN, 1.1)], &[None]);
}

#[test]
fn every_pixel_is_pointed_at_in_zoomed_pages_and_scaled_frames_in_firefox() {
    is_pointed_at_in(Engine::Firefox, &[NONE], &FRAMES);
}

#[test]
fn every_pixel_is_pointed_at_in_zoomed_pages_and_scaled_frames_in_webkitgtk() {
    // Not zoomed out: its `devicePixelRatio` stays as it is, so that how wide a pixel of the display is is not known.
    is_pointed_at_in(Engine::WebKitGtk, &[NONE, (THREE_IN, 1.2_f64.powi(3))], &FRAMES);
}

/// Where a mouse has been is told, and nowhere else: on its way browsers tell of it early, and Chromium in the wrong place.
fn is_told_where_it_is_in(engine: Engine) {
    let server = MockServer::start(true);
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start_seen(engine);
    browser.be_at_hand();
    let mouse = Mouse::over(&browser);
    for frame in [None, Some(1.0), Some(0.5), Some(1.5)] {
        let ((left, top), pixel) = show(&browser, &gateway, "resize=scale", frame);
        let point = |(x, y)| (over(left, pixel, x), over(top, pixel, y));
        takes_the_mouse(&server, &mouse, point);
        let way = (10..50).map(|at| (at, SIDE - at));
        mouse.go(point((10, SIDE - 10)));
        is_at(&server, (10, SIDE - 10));
        server.forget();
        for place in way.clone().skip(1) {
            mouse.go(point(place));
            is_at(&server, place);
        }
        let told = server.told();
        let elsewhere: Vec<_> = told
            .iter()
            .filter(|(_, told)| !way.clone().any(|place| place == *told))
            .collect();
        assert!(
            elsewhere.is_empty(),
            "{engine:?}, in a frame of {frame:?}: {elsewhere:?}"
        );
    }
}

#[test]
fn a_mouse_in_a_frame_of_chromium_is_told_where_it_is_and_nowhere_else() {
    is_told_where_it_is_in(Engine::Chromium);
}

#[test]
fn a_mouse_in_a_frame_of_firefox_is_told_where_it_is_and_nowhere_else() {
    is_told_where_it_is_in(Engine::Firefox);
}

/// Chromium divides a notch by the zoom. Of several that come while it is busy Firefox makes one event,
/// with the ticks of one.
fn notches_are_counted_in(engine: Engine, zooms: &[Zoom]) {
    let server = MockServer::start(true);
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start_seen(engine);
    browser.open(&gateway.url("/nothing"));
    let display = browser.be_at_hand();
    let mouse = Mouse::over(&browser);
    let wide = width(&browser);
    for &(keys, times) in zooms {
        zoom(&browser, &gateway, &display, wide, (keys, times));
        for frame in FRAMES {
            let ((left, top), pixel) = show(&browser, &gateway, "resize=scale", frame);
            let (left, top, pixel) = (left * times, top * times, pixel * times);
            let point = |(x, y)| (over(left, pixel, x), over(top, pixel, y));
            takes_the_mouse(&server, &mouse, point);
            // How far the page is zoomed in shows by the way of a mouse, from one frame to another.
            for place in [(2, 2), (60, 60), (30, 30)] {
                mouse.go(point(place));
                is_at(&server, place);
                browser.frames();
            }
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
                    &format!("{notches} notches in {engine:?}, zoomed to {times}, in a frame of {frame:?}"),
                    &[(16, (30, 30)), (0, (30, 30))].repeat(notches),
                );
            }
        }
    }
}

/// Waits until the desktop, whose pixels are at these points, takes what a mouse does: before a page is painted browsers drop that.
fn takes_the_mouse(server: &MockServer, mouse: &Mouse, point: impl Fn((u16, u16)) -> (i32, i32)) {
    server.forget();
    until("the desktop takes the mouse", LONG, || {
        mouse.go(point((2, 2)));
        mouse.go(point((60, 60)));
        match server.told()[..] {
            [.., (0, (59..=61, 59..=61))] => Ok(()),
            ref other => Err(format!("{other:?}")),
        }
    });
}

/// Waits until the mouse was told to be at this pixel, last.
fn is_at(server: &MockServer, pixel: (u16, u16)) {
    until(&format!("the mouse is at {pixel:?}"), LONG, || {
        match server.told().last() {
            Some((0, place)) if *place == pixel => Ok(()),
            other => Err(format!("{other:?}")),
        }
    });
}

#[test]
fn a_notch_of_a_wheel_is_a_step_in_zoomed_pages_and_scaled_frames_in_chromium() {
    let zooms = [NONE, (ONE_IN, 1.1), (THREE_IN, 1.5), (TWO_OUT, 0.8)];
    notches_are_counted_in(Engine::Chromium, &zooms);
}

#[test]
fn notches_of_a_wheel_that_come_while_firefox_is_busy_are_all_counted() {
    notches_are_counted_in(Engine::Firefox, &[NONE, (THREE_IN, IN_FIREFOX), (TWO_OUT, 0.8)]);
}

#[test]
fn a_frame_that_is_moved_and_scaled_while_a_mouse_is_over_it_is_pointed_at_where_it_is() {
    let server = MockServer::start(true);
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start_seen(Engine::Chromium);
    browser.open(&gateway.url("/nothing"));
    browser.be_at_hand();
    let mouse = Mouse::over(&browser);
    let ((left, top), pixel) = show(&browser, &gateway, "resize=scale", Some(1.0));
    takes_the_mouse(&server, &mouse, |(x, y)| {
        (over(left, pixel, x), over(top, pixel, y))
    });
    for (left, top, times) in [(12, 6, 1.0), (40, 30, 2.0), (3, 50, 0.5), (12, 6, 1.0)] {
        browser.leave_frame();
        browser.run(
            "Object.assign(document.querySelector('iframe').style,
                 { left: `${arguments[0]}px`, top: `${arguments[1]}px`, transform: `scale(${arguments[2]})` })",
            json!([left, top, times]),
        );
        browser.enter_frame("iframe");
        let ((left, top), pixel) = shown(&browser, true);
        for at in [(0, 0), (63, 63), (20, 40)] {
            mouse.go((over(left, pixel, at.0), over(top, pixel, at.1)));
            is_at(&server, at);
        }
    }
}

/// What lays a page out is asked for once per frame, however often a mouse moves.
#[test]
fn a_mouse_that_moves_does_not_have_the_page_laid_out_again_and_again() {
    const MOVES: u64 = 50;
    let server = MockServer::start(true);
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    show(&browser, &gateway, "resize=scale", Some(1.5));
    let asked = browser.run(
        "const canvas = document.querySelector('#desktop canvas'), box = canvas.getBoundingClientRect();
         let asked = 0;
         for (const { Element } of [window, parent]) {
             const { getBoundingClientRect } = Element.prototype;
             Element.prototype.getBoundingClientRect = function () {
                 asked++;
                 return getBoundingClientRect.call(this);
             };
         }
         for (let at = 0; at < arguments[0]; at++) {
             canvas.dispatchEvent(new PointerEvent('pointermove', {
                 clientX: box.left + at, clientY: box.top + at, button: -1,
                 pointerType: 'mouse', isPrimary: true, bubbles: true,
             }));
         }
         return asked",
        json!([MOVES]),
    );
    assert!(asked.as_u64().unwrap() < MOVES, "{asked} times for {MOVES} moves");
}
