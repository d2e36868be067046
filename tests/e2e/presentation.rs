//! How the desktop is shown: zoomed, in the display's own pixels, one of its screens, and moved without scroll bars.

use serde_json::{Value, json};
use x11rb::protocol::xproto::EventMask;

use porthole_tests::browser::{Browser, Engine, go, press, release};
use porthole_tests::desktop::{Input, Recorder, Tigervnc};
use porthole_tests::gateway::Gateway;
use porthole_tests::line::{Line, Shape};
use porthole_tests::wait::{LONG, until};

use crate::screen::{is_placed_at, place, screen_has};

/// What becomes of the canvas's pixels.
fn rendering(browser: &Browser) -> String {
    let found = browser.run(
        "return getComputedStyle(document.querySelector('#desktop canvas')).imageRendering",
        json!([]),
    );
    found.as_str().unwrap().to_owned()
}

/// Clicks on the switch of that name in the panel that is open.
fn switch(browser: &Browser, name: &str) {
    browser.run(
        "[...document.querySelectorAll('.panel [role=switch]')].find((it) => it.textContent === arguments[0]).click()",
        json!([name]),
    );
}

fn open_panel(browser: &Browser, name: &str) {
    browser.click(".handle");
    browser.click(&format!("#tools [aria-controls={name}]"));
    browser.text_with(".panel h2", "", LONG);
}

/// Pointing at the middle of the window arrives as this pixel.
fn middle_is(browser: &Browser, recorder: &Recorder<'_>, (width, height): (u32, u32), pixel: (i16, i16)) {
    recorder.forget();
    let middle = [width, height].map(|side| i32::try_from(side / 2).unwrap());
    browser.mouse(&[go(middle.into()), press(0), release(0)]);
    until("a click in the middle", LONG, || {
        let seen = recorder.seen();
        let buttons: Vec<_> = seen.iter().filter(|it| matches!(it, Input::Button(..))).collect();
        match buttons[..] {
            [Input::Button(1, true, at), Input::Button(1, false, _)]
                if (at.0 - pixel.0).abs() <= 1 && (at.1 - pixel.1).abs() <= 1 =>
            {
                Ok(())
            }
            _ => Err(format!("expected {pixel:?}, got {seen:?}")),
        }
    });
}

#[test]
fn the_desktop_is_zoomed_in_steps_about_its_middle_in_every_browser() {
    let server = Tigervnc::start((800, 600));
    let gateway = Gateway::to(&server.target());
    let recorder = Recorder::on(&server.display);
    for engine in [Engine::Chromium, Engine::Firefox, Engine::WebKitGtk] {
        let browser = Browser::start_in(engine);
        browser.set_size(800, 600);
        browser.open(&gateway.page("resize=scale"));
        browser.connected();
        is_placed_at(&browser, [0.0, 0.0, 800.0, 600.0]);
        open_panel(&browser, "screen");
        assert_eq!(browser.text(".percent").as_deref(), Some("100 %"), "{engine:?}");
        let has_small_window = browser.run(
            "return [...document.querySelectorAll('.panel button')].some((it) => it.textContent === 'In a small window')",
            json!([]),
        );
        assert_eq!(has_small_window, json!(engine == Engine::Chromium), "{engine:?}");
        for percent in ["110 %", "125 %", "150 %", "175 %", "200 %"] {
            browser.click(".zooming [aria-label=Larger]");
            assert_eq!(browser.text(".percent").as_deref(), Some(percent), "{engine:?}");
        }
        let [left, top, width, height] = place(&browser);
        assert_eq!((width, height), (1600.0, 1200.0), "{engine:?}");
        assert!(
            (left + 400.0).abs() < 12.0 && (top + 300.0).abs() < 12.0,
            "{engine:?}: its middle is in the middle: {left} {top}"
        );
        assert_eq!(
            rendering(&browser),
            "pixelated",
            "{engine:?}: each pixel is four of the display's"
        );
        browser.click(".handle");
        let pixel = ((400.0 - left) / 2.0, (300.0 - top) / 2.0);
        middle_is(&browser, &recorder, (800, 600), (pixel.0 as i16, pixel.1 as i16));
        open_panel(&browser, "screen");
        for percent in [
            "175 %", "150 %", "125 %", "110 %", "100 %", "90 %", "75 %", "67 %", "50 %",
        ] {
            browser.click(".zooming [aria-label=Smaller]");
            assert_eq!(browser.text(".percent").as_deref(), Some(percent), "{engine:?}");
        }
        is_placed_at(&browser, [200.0, 150.0, 400.0, 300.0]);
        browser.click("#tools [title='Fit the desktop into the window']");
        is_placed_at(&browser, [0.0, 0.0, 800.0, 600.0]);
    }
}

#[test]
fn the_address_says_how_the_desktop_is_shown() {
    let server = Tigervnc::start((400, 300));
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    for (settings, ratio, expected, pixels) in [
        ("resize=off&zoom=150", 1.0, [200.0, 155.0, 600.0, 450.0], "auto"),
        (
            "resize=off&zoom=150&smoothing=sharp",
            1.0,
            [200.0, 155.0, 600.0, 450.0],
            "pixelated",
        ),
        (
            "resize=off&zoom=200&smoothing=smooth",
            1.0,
            [100.0, 80.0, 800.0, 600.0],
            "auto",
        ),
        ("resize=whole", 1.0, [100.0, 80.0, 800.0, 600.0], "pixelated"),
        // Five of the display's pixels for each of the desktop's.
        ("resize=whole", 2.0, [0.0, 5.0, 1000.0, 750.0], "pixelated"),
        ("resize=off&hidpi", 2.0, [400.0, 305.0, 200.0, 150.0], "pixelated"),
        (
            "resize=off&hidpi=0",
            2.0,
            [300.0, 230.0, 400.0, 300.0],
            "pixelated",
        ),
    ] {
        browser.set_display(1000, 760, ratio);
        browser.open(&gateway.page(settings));
        browser.connected();
        is_placed_at(&browser, expected);
        assert_eq!(rendering(&browser), pixels, "{settings} at {ratio}");
        assert_eq!(browser.text(".notice"), None, "{settings}");
    }
}

#[test]
fn a_fine_display_is_given_a_desktop_of_its_own_pixels_and_a_coarse_one_after_it() {
    let server = Tigervnc::start((640, 480));
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    browser.set_display(700, 500, 2.0);
    browser.open(&gateway.page("resize=remote&hidpi&quality=lossless"));
    browser.connected();
    screen_has(&server, (1400, 1000));
    is_placed_at(&browser, [0.0, 0.0, 700.0, 500.0]);
    let window = server.display.window((10, 10), (1300, 900), EventMask::NO_EVENT);
    server.display.draw(window, 3);
    browser.shows("in the display's own pixels", || server.display.picture());
    assert_eq!(rendering(&browser), "pixelated");
    // The window is moved to another display.
    browser.set_display(720, 510, 1.0);
    screen_has(&server, (720, 510));
    is_placed_at(&browser, [0.0, 0.0, 720.0, 510.0]);
}

#[test]
fn a_window_that_is_drawn_larger_asks_for_one_size_and_not_for_all_on_the_way() {
    const SET_DESKTOP_SIZE: u8 = 251;
    let server = Tigervnc::start((640, 480));
    let line = Line::to(&server.target(), Shape::default());
    let gateway = Gateway::to(&line.target());
    let browser = Browser::start();
    browser.set_size(800, 600);
    browser.open(&gateway.page("resize=remote"));
    browser.connected();
    screen_has(&server, (800, 600));
    let before = line.count(SET_DESKTOP_SIZE);
    // As fast as a window is drawn, in the page itself: to ask the browser for each size would take longer than the
    // viewer waits.
    let pauses = browser.run(
        "const frame = document.querySelector('#desktop > div');
         let width = 500, last = performance.now(), pauses = 0;
         return new Promise((done) => {
             new ResizeObserver((_, observer) => {
                 const now = performance.now();
                 if (now - last > 140) pauses++;
                 last = now;
                 if (width === 560) { observer.disconnect(); done(pauses); }
             }).observe(frame);
             const timer = setInterval(() => {
                 frame.parentElement.style.width = `${++width}px`;
                 if (width === 560) clearInterval(timer);
             }, 16);
         })",
        json!([]),
    );
    screen_has(&server, (560, 600));
    let asked = line.count(SET_DESKTOP_SIZE) - before;
    // A slow machine may hold the page up for as long as the viewer waits.
    let most = 1 + pauses.as_u64().unwrap() as usize;
    assert!(
        (1..=most).contains(&asked),
        "60 sizes on the way with {pauses} pauses, and {asked} were asked for"
    );
}

/// The words of the panel's choice between screens.
fn screen_choices(browser: &Browser) -> Value {
    browser.run(
        "return [...document.querySelector('#screen-choice').options].map((option) => option.text)",
        json!([]),
    )
}

#[test]
fn one_of_several_screens_is_shown_and_pointed_at() {
    let server = Tigervnc::start((800, 300));
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    browser.set_size(1000, 900);
    browser.open(&gateway.page("debug&resize=scale"));
    browser.connected();
    for (count, last) in [
        ("4", "200x300 at 600,0"),
        ("1", "800x300"),
        ("2", "400x300 at 400,0"),
    ] {
        browser.choose("#debug-screens", count);
        browser.text_with("[data-figure=screens] dd", last, LONG);
    }
    // From the address, and then from the panel.
    browser.open(&gateway.page("resize=scale&screen=2"));
    browser.connected();
    is_placed_at(&browser, [-1000.0, 75.0, 2000.0, 750.0]);
    let recorder = Recorder::on(&server.display);
    middle_is(&browser, &recorder, (1000, 900), (600, 150));
    open_panel(&browser, "screen");
    browser.choose("#screen-choice", "1");
    assert_eq!(
        screen_choices(&browser),
        json!(["All screens", "Screen 1, 400 × 300", "Screen 2, 400 × 300"])
    );
    is_placed_at(&browser, [0.0, 75.0, 2000.0, 750.0]);
    let seen = browser.run(
        "const { left, right } = document.querySelector('#desktop canvas').parentElement.getBoundingClientRect();
         return [left, right, document.elementFromPoint(900, 450).localName]",
        json!([]),
    );
    assert_eq!(
        seen,
        json!([0, 1000, "canvas"]),
        "the other screen is not to be seen"
    );
    browser.looks("screens");
    browser.set_size(1000, 900);
    browser.choose("#screen-choice", "0");
    is_placed_at(&browser, [0.0, 262.5, 1000.0, 375.0]);
}

#[test]
fn one_of_several_screens_follows_the_windows_size_and_the_others_keep_theirs() {
    let server = Tigervnc::start((800, 300));
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    browser.set_size(500, 350);
    browser.open(&gateway.page("debug&resize=scale"));
    browser.connected();
    browser.choose("#debug-screens", "2");
    browser.text_with("[data-figure=screens] dd", "400x300 at 400,0", LONG);
    browser.open(&gateway.page("resize=remote&screen=2"));
    browser.connected();
    screen_has(&server, (900, 350));
    is_placed_at(&browser, [-400.0, 0.0, 900.0, 350.0]);
    browser.set_size(640, 360);
    screen_has(&server, (1040, 360));
    is_placed_at(&browser, [-400.0, 0.0, 1040.0, 360.0]);
    open_panel(&browser, "screen");
    assert_eq!(
        screen_choices(&browser),
        json!(["All screens", "Screen 1, 400 × 300", "Screen 2, 640 × 360"])
    );
    browser.choose("#screen-choice", "1");
    screen_has(&server, (1280, 360));
    is_placed_at(&browser, [0.0, 0.0, 1280.0, 360.0]);
}

#[test]
fn what_is_chosen_in_the_panels_is_remembered_and_the_address_wins() {
    let server = Tigervnc::start((400, 300));
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    browser.set_display(1000, 760, 2.0);
    browser.open(&gateway.page(""));
    browser.connected();
    is_placed_at(&browser, [0.0, 5.0, 1000.0, 750.0]);
    open_panel(&browser, "screen");
    browser.click("#tools [title='Show the desktop at its own size']");
    is_placed_at(&browser, [300.0, 230.0, 400.0, 300.0]);
    browser.click(".zooming [aria-label=Larger]");
    switch(&browser, "Use this display's finest pixels");
    browser.choose("#screen-smoothing", "sharp");
    let chosen = [390.0, 297.5, 220.0, 165.0];
    is_placed_at(&browser, chosen);
    for (settings, expected, pixels) in [
        ("again", chosen, "pixelated"),
        ("resize=scale&smoothing=smooth", [0.0, 5.0, 1000.0, 750.0], "auto"),
        ("hidpi=0", [280.0, 215.0, 440.0, 330.0], "pixelated"),
        ("and-again", chosen, "pixelated"),
    ] {
        browser.open(&gateway.page(settings));
        browser.connected();
        is_placed_at(&browser, expected);
        assert_eq!(rendering(&browser), pixels, "{settings}");
    }
    // Only what was chosen, and nothing that was in an address.
    let stored = browser.run("return Object.entries(localStorage).sort()", json!([]));
    assert_eq!(
        stored,
        json!([
            ["porthole-hidpi", "true"],
            ["porthole-resize", "off"],
            ["porthole-smoothing", "sharp"],
            ["porthole-zoom", "110"]
        ])
    );
}

#[test]
fn what_does_not_fit_comes_into_view_at_the_edges_and_by_dragging() {
    let server = Tigervnc::start((1600, 1200));
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    browser.set_size(800, 600);
    browser.open(&gateway.page("resize=off&view_clip"));
    browser.connected();
    is_placed_at(&browser, [0.0, 0.0, 1600.0, 1200.0]);
    let has_bars = browser.run(
        "const frame = document.querySelector('#desktop > div');
         return frame.offsetWidth !== frame.clientWidth || getComputedStyle(frame).overflow !== 'hidden'",
        json!([]),
    );
    assert_eq!(has_bars, json!(false));
    let recorder = Recorder::on(&server.display);
    browser.mouse(&[go((400, 300)), go((799, 300))]);
    is_placed_at(&browser, [-800.0, 0.0, 1600.0, 1200.0]);
    // The mouse has not moved, and what it points at has.
    until("the desktop's pointer has gone along", LONG, || {
        match recorder.seen().last() {
            Some(Input::Motion((1599, 300))) => Ok(()),
            other => Err(format!("{other:?}")),
        }
    });
    browser.mouse(&[go((799, 599))]);
    is_placed_at(&browser, [-800.0, -600.0, 1600.0, 1200.0]);
    browser.mouse(&[go((400, 300))]);

    open_panel(&browser, "screen");
    switch(&browser, "Drag the view, not what is in it");
    browser.click(".handle");
    recorder.forget();
    browser.mouse(&[
        go((300, 200)),
        press(0),
        go((400, 350)),
        go((500, 500)),
        release(0),
    ]);
    is_placed_at(&browser, [-600.0, -300.0, 1600.0, 1200.0]);
    // As Chromium takes it away by itself when the page's layout changes.
    browser.run(
        "addEventListener('pointermove', function slip({ buttons, pointerId }) {
             if (!buttons) return;
             document.getElementById('desktop').releasePointerCapture(pointerId);
             removeEventListener('pointermove', slip, true);
         }, true)",
        json!([]),
    );
    let handle = crate::handle::middle(&browser);
    browser.mouse(&[
        go((handle.0, handle.1 - 100)),
        press(0),
        go((handle.0, handle.1 - 50)),
        go((handle.0, handle.1 - 20)),
        go(handle),
        release(0),
        go((400, 300)),
    ]);
    is_placed_at(&browser, [-600.0, -200.0, 1600.0, 1200.0]);
    browser.wheel((400, 300), (0, -50));
    is_placed_at(&browser, [-600.0, -150.0, 1600.0, 1200.0]);
    browser.wheel((400, 300), (0, 200));
    is_placed_at(&browser, [-600.0, -350.0, 1600.0, 1200.0]);
    // Two fingers on a touchpad zoom it as they do elsewhere, and a notch of a wheel with Control is a step.
    for (turn, times) in [(-20, 0.2_f64.exp()), (120, 0.25_f64.exp().recip())] {
        let [left, top, width, height] = place(&browser);
        let about = |at: f64, start: f64| at - (at - start) * times;
        browser.wheel_with_control((400, 300), turn);
        is_placed_at(
            &browser,
            [
                about(400.0, left),
                about(300.0, top),
                width * times,
                height * times,
            ],
        );
    }
    browser.wheel_with_control((400, 300), -5);
    is_placed_at(&browser, [-600.0, -350.0, 1600.0, 1200.0]);
    browser.keys(&[porthole_tests::browser::Stroke::Tap("x")]);
    recorder.gets(
        "the key alone: all else was the view's",
        &[
            Input::Key(u32::from(b'x'), true),
            Input::Key(u32::from(b'x'), false),
        ],
    );
    recorder.forget();
    browser.mouse(&[go((100, 50)), press(2), go((101, 52)), release(2)]);
    recorder.gets(
        "who drags nothing clicks on what is there",
        &[
            Input::Button(3, true, (700, 400)),
            Input::Button(3, false, (700, 400)),
        ],
    );
}
