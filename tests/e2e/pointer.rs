//! Mouse and wheel, message by message, in every browser.

use serde_json::{Value, json};

use porthole_tests::browser::{Browser, Engine, go, press, release};
use porthole_tests::desktop::{Input, Recorder, Tigervnc};
use porthole_tests::gateway::Gateway;
use porthole_tests::peer::{MockServer, PointerMessage};
use porthole_tests::wait::{LONG, until};

/// Has a mouse that does not exist make these events over the desktop, all in one go: type, place, buttons.
fn at_once(browser: &Browser, events: &Value) {
    browser.run(
        "const canvas = document.querySelector('#desktop canvas'), box = canvas.getBoundingClientRect();
         for (const [type, x, y, buttons] of arguments[0]) {
             canvas.dispatchEvent(new PointerEvent(type, {
                 clientX: box.left + x + 0.5, clientY: box.top + y + 0.5, buttons,
                 pointerType: 'mouse', isPrimary: true, bubbles: true, cancelable: true,
             }));
         }",
        json!([events]),
    );
}

#[test]
fn a_frames_first_move_is_told_at_once_and_the_others_as_one_and_none_follows_a_button() {
    let server = MockServer::start(true);
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    browser.open(&gateway.page("resize=off"));
    browser.connected();
    let moves = |buttons: u16| (0..50).map(move |at| json!(["pointermove", at, 60 - at, buttons]));
    let mut events: Vec<Value> = moves(0).collect();
    events.push(json!(["pointerdown", 20, 30, 1]));
    events.extend(moves(1));
    events.push(json!(["pointerup", 7, 8, 0]));
    at_once(&browser, &json!(events));
    let clicked: [PointerMessage; 3] = [(0, (0, 60)), (1, (20, 30)), (0, (7, 8))];
    server.is_told("a press and a release where they were", &clicked);
    browser.run(
        "return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))",
        json!([]),
    );
    at_once(&browser, &json!(moves(0).collect::<Vec<_>>()));
    let moved: [PointerMessage; 2] = [(0, (0, 60)), (0, (49, 11))];
    server.is_told(
        "the first and the last place of a frame",
        &[&clicked[..], &moved].concat(),
    );
}

/// What is done, as WebDriver's actions, and what the server is to be told of it but for mere moves.
type Case = (&'static str, Vec<Value>, Vec<PointerMessage>);

#[test]
fn every_browser_tells_of_every_button() {
    for engine in [Engine::Chromium, Engine::Firefox, Engine::WebKitGtk] {
        let server = MockServer::start(true);
        let gateway = Gateway::to(&server.target());
        let browser = Browser::start_in(engine);
        browser.open(&gateway.page("resize=off"));
        browser.connected();
        let point = |place| go(browser.point_over(place));
        let click = |button: u8, rfb: u16| -> Case {
            (
                "a click",
                vec![point((10, 20)), press(button), release(button)],
                vec![(rfb, (10, 20)), (0, (10, 20))],
            )
        };
        let mut cases = vec![
            click(0, 1),
            (
                "a drag",
                vec![
                    point((3, 4)),
                    press(0),
                    point((30, 40)),
                    point((50, 60)),
                    release(0),
                ],
                vec![(1, (3, 4)), (0, (50, 60))],
            ),
        ];
        // WebKitGTK's driver lets go of no other button.
        if engine != Engine::WebKitGtk {
            cases.extend([click(1, 2), click(2, 4), click(3, 128), click(4, 256)]);
            cases.push((
                "two buttons at once",
                vec![point((9, 9)), press(0), press(2), release(0), release(2)],
                vec![(1, (9, 9)), (5, (9, 9)), (4, (9, 9)), (0, (9, 9))],
            ));
        }
        for (what, actions, expected) in cases {
            server.forget();
            browser.mouse(&actions);
            server.gets(&format!("{what} in {engine:?}"), &expected);
        }
        // What the other drivers' wheels are is not what real ones are.
        if engine != Engine::Chromium {
            continue;
        }
        for (delta, rfb, steps) in [
            ((0, 300), 16, 3),
            ((0, -200), 8, 2),
            ((200, 0), 64, 2),
            ((-100, 0), 32, 1),
        ] {
            server.forget();
            browser.wheel(browser.point_over((30, 30)), delta);
            let step = [(rfb, (30, 30)), (0, (30, 30))];
            server.gets(
                &format!("the wheel by {delta:?} in {engine:?}"),
                &step.repeat(steps),
            );
        }
    }
}

/// The driver's wheel is no real one: this is, as a mouse's on WebKitGTK's display.
#[test]
fn a_notch_of_a_real_wheel_is_a_step() {
    let server = MockServer::start(true);
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start_in(Engine::WebKitGtk);
    browser.open(&gateway.page("resize=off"));
    browser.connected();
    let display = browser.display().unwrap();
    // The window has bars of the browser's above the page.
    let (x, y) = browser.point_over((30, 30));
    let corner = browser.run(
        "return [screenX + outerWidth - innerWidth, screenY + outerHeight - innerHeight]",
        json!([]),
    );
    let along = |at: i32, axis: usize| (i64::from(at) + corner[axis].as_i64().unwrap()) as i16;
    display.move_pointer((along(x, 0), along(y, 1)));
    for (button, rfb) in [(4, 8), (5, 16), (6, 32), (7, 64)] {
        server.forget();
        display.click(button);
        display.click(button);
        until(&format!("two notches by button {button}"), LONG, || {
            let pressed: Vec<u16> = server
                .told()
                .iter()
                .map(|(buttons, _)| *buttons)
                .filter(|it| *it != 0)
                .collect();
            if pressed == [rfb, rfb] {
                Ok(())
            } else {
                Err(format!("{:?}", server.told()))
            }
        });
    }
}

#[test]
fn a_captured_mouse_pushes_the_pointer_of_any_desktop_and_is_given_back() {
    let server = Tigervnc::start((640, 480));
    let recorder = Recorder::on(&server.display);
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    browser.open(&gateway.page("resize=off"));
    browser.connected();
    browser.mouse(&[go(browser.point_over((300, 200)))]);
    browser.click(".handle");
    browser.click("#tools [title='Give the desktop the mouse']");
    let is_captured = |expected: bool| {
        until("the desktop has the mouse, or not", LONG, || {
            let found = browser.run("return !!document.pointerLockElement", json!([]));
            if found == json!(expected) {
                Ok(())
            } else {
                Err(format!("{found}; the page says {:?}", browser.whole_text()))
            }
        });
    };
    is_captured(true);
    browser.text_with(".notice", "Esc gives it back", LONG);
    let last = |what: &str, found: &dyn Fn((i16, i16)) -> bool| {
        until(what, LONG, || match recorder.seen().last() {
            Some(Input::Motion(place)) if found(*place) => Ok(*place),
            other => Err(format!("{other:?}")),
        })
    };
    // From where the button was to somewhere is some way.
    browser.mouse(&[go((400, 400))]);
    recorder.forget();
    browser.mouse(&[go((405, 400))]);
    let (x, y) = last("it has moved", &|_| true);
    for step in 1..=10 {
        browser.mouse(&[go((405 - 7 * step, 400 - 3 * step))]);
    }
    last("its way is the mouse's", &|place| place == (x - 70, y - 30));
    until("it is drawn there", LONG, || {
        let off = browser.run(
            "const [image, canvas] = ['img', 'canvas'].map((name) =>
                 document.querySelector(`#desktop ${name}`)?.getBoundingClientRect());
             if (!image?.width) return [1e9, 1e9];
             return [image.left + image.width / 2 - canvas.left - arguments[0],
                     image.top + image.height / 2 - canvas.top - arguments[1]]",
            json!([x - 70, y - 30]),
        );
        match [0, 1].map(|axis| off[axis].as_f64().is_some_and(|off| off.abs() < 2.0)) {
            [true, true] => Ok(()),
            _ => Err(format!("it is {off} beside it")),
        }
    });
    browser.screenshot("captured-mouse");
    browser.run("document.exitPointerLock()", json!([]));
    is_captured(false);
    browser.mouse(&[go(browser.point_over((33, 44)))]);
    last("it is where it is seen again", &|place| place == (33, 44));
    assert_eq!(browser.text("#desktop img"), None);
}
