//! Mouse and wheel, message by message, in every browser.

use serde_json::{Value, json};

use porthole_tests::browser::{Browser, Engine, Mouse, go, press, release};
use porthole_tests::desktop::{Input, Recorder, Tigervnc};
use porthole_tests::gateway::Gateway;
use porthole_tests::peer::{MockServer, PointerMessage};
use porthole_tests::wait::{LONG, until};

use crate::screen::place;

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

/// A hand on a mouse over a page.
struct Pointing<'a> {
    browser: &'a Browser,
    hand: Hand,
}

enum Hand {
    /// The driver's. Of the drivers' wheels and buttons only Chromium's are as real ones.
    Driver,
    /// A real one.
    Real(Box<Mouse>),
}

impl<'a> Pointing<'a> {
    fn of(engine: Engine, browser: &'a Browser) -> Self {
        let hand = match engine {
            Engine::Chromium => Hand::Driver,
            Engine::Firefox | Engine::WebKitGtk => Hand::Real(Box::new(Mouse::over(browser))),
        };
        Self { browser, hand }
    }

    /// Does this, one after the other.
    fn acts(&self, steps: &[Step]) {
        let point = |(pixel, further): (Place, i32)| {
            let (x, y) = self.browser.point_over(pixel);
            (x + further, y)
        };
        match &self.hand {
            // At once: it forgets what it holds.
            Hand::Driver => {
                let actions = steps.iter().map(|step| match *step {
                    Step::Go(pixel, further) => {
                        let (x, y) = point((pixel, further));
                        // It cannot leave the window.
                        go((x.clamp(0, 1000), y))
                    }
                    Step::Press(button) => press(in_dom(button)),
                    Step::Release(button) => release(in_dom(button)),
                });
                self.browser.mouse(&actions.collect::<Vec<_>>());
            }
            Hand::Real(mouse) => {
                for step in steps {
                    match *step {
                        Step::Go(pixel, further) => mouse.go(point((pixel, further))),
                        Step::Press(button) => mouse.press(button),
                        Step::Release(button) => mouse.release(button),
                    }
                }
            }
        }
    }

    /// Turns the wheel by a notch where it is, over this pixel.
    fn turn(&self, button: u8, pixel: Place) {
        let way = [(0, -100), (0, 100), (-100, 0), (100, 0)][usize::from(button - 4)];
        match &self.hand {
            Hand::Driver => self.browser.wheel(self.browser.point_over(pixel), way),
            Hand::Real(mouse) => {
                mouse.press(button);
                mouse.release(button);
            }
        }
    }

    /// Does this, and says what a server is to be told of it: buttons by RFB's bits.
    fn does(&self, what: Does, size: u16) -> Vec<PointerMessage> {
        match what {
            Does::Click(button) => {
                let at = (10, 20);
                if button > 7 {
                    // On X Firefox's window keeps these for itself. Elsewhere it tells of them, and so does its driver.
                    let [press, release] = [press(in_dom(button)), release(in_dom(button))];
                    self.browser
                        .mouse(&[go(self.browser.point_over(at)), press, release]);
                } else {
                    self.acts(&[Step::Go(at, 0), Step::Press(button), Step::Release(button)]);
                }
                vec![(bit(button), at), (0, at)]
            }
            Does::Two => {
                let at = (9, 9);
                self.acts(&[
                    Step::Go(at, 0),
                    Step::Press(1),
                    Step::Press(3),
                    Step::Release(1),
                    Step::Release(3),
                ]);
                [1, 5, 4, 0].map(|buttons| (buttons, at)).into()
            }
            Does::DragBeyond(further) => {
                self.acts(&[
                    Step::Go((30, 40), 0),
                    Step::Press(1),
                    Step::Go((30, 50), 0),
                    Step::Go((30, 60), further),
                    Step::Release(1),
                ]);
                let edge = if further < 0 { 0 } else { size - 1 };
                vec![(1, (30, 40)), (0, (edge, 60))]
            }
            Does::Turn(button) => {
                let at = (30, 30);
                self.acts(&[Step::Go(at, 0)]);
                self.turn(button, at);
                vec![(bit(button), at), (0, at)]
            }
        }
    }
}

#[derive(Debug, Clone, Copy)]
enum Step {
    /// Over this pixel of the desktop, and so many CSS pixels further to the right.
    Go(Place, i32),
    Press(u8),
    Release(u8),
}

/// A button, but for the wheel's, as the DOM counts it.
fn in_dom(button: u8) -> u8 {
    if button > 7 { button - 5 } else { button - 1 }
}

type Place = (u16, u16);

/// X counts its buttons left, middle, right, wheel up, down, left and right, back, forward.
#[derive(Debug, Clone, Copy)]
enum Does {
    Click(u8),
    /// Presses the left and the right one, and releases them.
    Two,
    /// Drags to so many pixels beyond the desktop, which may be beyond the window.
    DragBeyond(i32),
    /// Turns the wheel by one notch.
    Turn(u8),
}

const ALL: [Does; 14] = [
    Does::Click(1),
    Does::Click(2),
    Does::Click(3),
    Does::Click(8),
    Does::Click(9),
    Does::Two,
    Does::DragBeyond(-100),
    Does::DragBeyond(2000),
    Does::Turn(4),
    Does::Turn(4),
    Does::Turn(5),
    Does::Turn(6),
    Does::Turn(7),
    Does::Turn(5),
];

fn bit(button: u8) -> u16 {
    1 << (button - 1)
}

/// The same as an X client hears of it.
fn heard(told: &[PointerMessage]) -> Vec<Input> {
    let mut held = 0;
    told.iter()
        .map(|(buttons, (x, y))| {
            let changed: u16 = held ^ buttons;
            held = *buttons;
            let number = changed.trailing_zeros() as u8 + 1;
            Input::Button(number, buttons & changed != 0, (*x as i16, *y as i16))
        })
        .collect()
}

fn mouse_in(engine: Engine) {
    const SIZE: u16 = 64;
    // WebKitGTK tells pages of three buttons, and RFB without extensions has none beyond the wheel.
    let of_page = |does: &Does| engine != Engine::WebKitGtk || !matches!(does, Does::Click(8 | 9));
    let recording = MockServer::start(true);
    let gateway = Gateway::to(&recording.target());
    let browser = match engine {
        Engine::Chromium => Browser::start(),
        Engine::Firefox | Engine::WebKitGtk => Browser::start_shown(engine),
    };
    // Somewhere to go back to.
    browser.open(&gateway.url("/health"));
    browser.open(&gateway.page("resize=off"));
    browser.connected();
    let page = browser.url();

    let moves = |buttons: u16| (0..50).map(move |at| json!(["pointermove", at, 60 - at, buttons]));
    let mut events: Vec<Value> = moves(0).collect();
    events.push(json!(["pointerdown", 20, 30, 1]));
    events.extend(moves(1));
    events.push(json!(["pointerup", 7, 8, 0]));
    at_once(&browser, &json!(events));
    let clicked: [PointerMessage; 3] = [(0, (0, 60)), (1, (20, 30)), (0, (7, 8))];
    recording.is_told("a press and a release where they were", &clicked);
    browser.frames();
    at_once(&browser, &json!(moves(0).collect::<Vec<_>>()));
    let moved: [PointerMessage; 2] = [(0, (0, 60)), (0, (49, 11))];
    recording.is_told(
        "the first and the last place of a frame",
        &[&clicked[..], &moved].concat(),
    );

    let mouse = Pointing::of(engine, &browser);
    for does in ALL.iter().filter(|does| of_page(does)) {
        recording.forget();
        let told = mouse.does(*does, SIZE);
        recording.gets(&format!("{does:?} in {engine:?}"), &told);
    }
    assert_eq!(browser.url(), page, "back and forward are the desktop's");

    browser.open(&gateway.page("resize=off&view_only"));
    browser.connected();
    recording.forget();
    // The right button is the browser's own there as well, and brings up its menu, which has the mouse to itself: on a busy
    // machine only after the clicks that would close it.
    browser.run(
        "addEventListener('contextmenu', (event) => event.preventDefault());
         document.body.dataset.turns = 0;
         addEventListener('wheel', () => { document.body.dataset.turns++; })",
        json!([]),
    );
    let mouse = Pointing::of(engine, &browser);
    let mut turns = 0;
    // Back and forward, too. A turn is waited for: of two that come while it is busy a browser may make one.
    for does in ALL.iter().filter(|does| !matches!(does, Does::Click(8 | 9))) {
        mouse.does(*does, SIZE);
        turns += u32::from(matches!(does, Does::Turn(_)));
        until("the page has heard each turn", LONG, || {
            let found = browser.run("return document.body.dataset.turns", json!([]));
            if found == json!(turns.to_string()) {
                Ok(())
            } else {
                Err(format!("{found} of {turns}"))
            }
        });
    }
    // Whatever had been told would have been told before this.
    browser.open(&gateway.page("resize=off"));
    browser.connected();
    let told = Pointing::of(engine, &browser).does(Does::Click(3), SIZE);
    recording.gets("only what is done when one may do it", &told);

    let size = (320, 240);
    let desktop = Tigervnc::start(size);
    let recorder = Recorder::on(&desktop.display);
    let gateway = Gateway::to(&desktop.target());
    browser.open(&gateway.page("resize=off"));
    browser.connected();
    let mouse = Pointing::of(engine, &browser);
    for does in ALL.iter().filter(|does| !matches!(does, Does::Click(8 | 9))) {
        recorder.forget();
        let told = mouse.does(*does, size.0);
        recorder.gets(&format!("{does:?} in {engine:?} on a desktop"), &heard(&told));
    }
}

#[test]
fn all_that_a_mouse_does_arrives_from_chromium() {
    mouse_in(Engine::Chromium);
}

#[test]
fn all_that_a_mouse_does_arrives_from_firefox() {
    mouse_in(Engine::Firefox);
}

#[test]
fn all_that_a_mouse_does_arrives_from_webkitgtk() {
    mouse_in(Engine::WebKitGtk);
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
    // Which goes away by itself.
    browser.text_with(".notice", "Esc gives it back", LONG);
    is_captured(true);
    let last = |what: &str, expected: (i16, i16)| {
        until(what, LONG, || match recorder.seen().last() {
            Some(Input::Motion(place)) if *place == expected => Ok(()),
            other => Err(format!("{other:?}")),
        });
    };
    // Where the pointer is depends on where the button was, until it is pushed further than the desktop is wide and high.
    browser.mouse(&[go((1000, 800))]);
    browser.mouse(&[go((0, 0))]);
    last("it ends where the desktop does", (0, 0));
    for step in 1..=10 {
        browser.mouse(&[go((7 * step, 3 * step))]);
    }
    last("its way is the mouse's", (70, 30));
    until("it is drawn there", LONG, || {
        let off = browser.run(
            "const [image, canvas] = ['img', 'canvas'].map((name) =>
                 document.querySelector(`#desktop ${name}`)?.getBoundingClientRect());
             if (!image?.width) return [1e9, 1e9];
             return [image.left + image.width / 2 - canvas.left - arguments[0],
                     image.top + image.height / 2 - canvas.top - arguments[1]]",
            json!([70, 30]),
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
    last("it is where it is seen again", (33, 44));
    assert_eq!(browser.text("#desktop img"), None);
}

/// As on a fine display, or where somebody has zoomed the page in.
#[test]
fn every_pixel_is_pointed_at_where_several_are_as_wide_as_one_of_css() {
    let server = Tigervnc::start((1200, 900));
    let recorder = Recorder::on(&server.display);
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start_zoomed();
    browser.open(&gateway.page("resize=off&hidpi"));
    browser.connected();
    let point_over = |(x, y): (i16, i16)| {
        let place = place(&browser);
        let along = |start: f64, pixel: i16| start + (f64::from(pixel) + 0.5) * place[2] / 1200.0;
        (along(place[0], x), along(place[1], y))
    };
    assert!((place(&browser)[2] - 400.0).abs() < 0.1);
    // From some way off: how far the page is zoomed in shows.
    for pixel in [(900, 600), (300, 151), (301, 151), (302, 152), (303, 150)] {
        let (x, y) = point_over(pixel);
        // WebDriver knows of whole CSS pixels alone.
        browser.chromium(
            "Input.dispatchMouseEvent",
            json!({ "type": "mouseMoved", "x": x, "y": y }),
        );
        until(&format!("the pointer is at {pixel:?}"), LONG, || {
            match recorder.seen().last() {
                Some(Input::Motion(place)) if *place == pixel => Ok(()),
                other => Err(format!("{other:?}")),
            }
        });
    }
    // Which browsers tell in whole CSS pixels, and in ticks that are smaller by the zoom.
    let (x, y) = point_over((303, 150));
    browser.wheel((x as i32, y as i32), (0, -100));
    recorder.gets("a wheel turns there, too", &click(4, (303, 150)));
}

fn click(button: u8, place: (i16, i16)) -> [Input; 2] {
    [true, false].map(|down| Input::Button(button, down, place))
}

/// Control, among the modifiers of Chromium's own protocol.
const CONTROL: u8 = 2;

#[test]
fn fingers_that_draw_apart_on_a_touchpad_zoom_the_view_and_a_wheel_with_control_is_the_desktops() {
    const CONTROL_L: u32 = 0xFFE3;
    let server = Tigervnc::start((640, 480));
    let recorder = Recorder::on(&server.display);
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    browser.open(&gateway.page("resize=off"));
    browser.connected();
    let point = browser.point_over((320, 240));
    let is_large = |times: f64| {
        until(&format!("the view is {times} times as large"), LONG, || {
            match place(&browser)[2] / 640.0 {
                found if (found / times - 1.0).abs() < 0.02 => Ok(()),
                found => Err(found.to_string()),
            }
        });
    };
    is_large(1.0);
    // To twice their distance.
    for _ in 0..3 {
        browser.wheel_with_control(point, -23);
    }
    is_large(2.0);
    let control = |kind: &str| {
        let key = json!({
            "type": kind, "key": "Control", "code": "ControlLeft", "windowsVirtualKeyCode": 17,
            "modifiers": if kind == "keyUp" { 0 } else { CONTROL },
        });
        browser.chromium("Input.dispatchKeyEvent", key);
    };
    control("rawKeyDown");
    browser.wheel_with_control(point, -120);
    control("keyUp");
    let seen = until("the wheel turns there", LONG, || {
        let seen = recorder.seen();
        let without_moves = seen.iter().filter(|input| !matches!(input, Input::Motion(_)));
        match without_moves.collect::<Vec<_>>()[..] {
            [
                Input::Key(CONTROL_L, true),
                Input::Button(4, true, at),
                Input::Button(4, false, _),
                Input::Key(CONTROL_L, false),
            ] => Ok(*at),
            _ => Err(format!("{seen:x?}")),
        }
    });
    assert!(
        (seen.0 - 320).abs() < 2 && (seen.1 - 240).abs() < 2,
        "what the fingers were over is still there: {seen:?}"
    );
    is_large(2.0);
    // And who may only look zooms as well.
    browser.open(&gateway.page("resize=off&view_only"));
    browser.connected();
    browser.wheel_with_control(point, 23);
    is_large(0.8);
}

#[test]
fn a_button_is_the_desktops_only_if_it_was_pressed_there_and_its_release_will_be_seen() {
    let server = Tigervnc::start((640, 480));
    let recorder = Recorder::on(&server.display);
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    browser.open(&gateway.page("resize=off"));
    browser.connected();
    let over = |pixel| go(browser.point_over(pixel));
    browser.run(
        // A move may be told in this way alone, and together with the next one later.
        "const [slips, lost] = arguments;
         addEventListener('pointerrawupdate', ({ buttons, target, pointerId, clientX }) => {
             if (buttons && clientX === slips) target.releasePointerCapture(pointerId);
             if (buttons && clientX === lost) {
                 target.dispatchEvent(new PointerEvent('pointercancel', { pointerId, isPrimary: true, bubbles: true }));
             }
         }, true)",
        json!([browser.point_over((96, 106)).0, browser.point_over((98, 108)).0]),
    );
    let buttons = |what: &str, expected: &[(bool, (i16, i16))], last: (i16, i16)| {
        until(what, LONG, || {
            let seen = recorder.seen();
            let pressed: Vec<_> = seen
                .iter()
                .filter_map(|input| match input {
                    Input::Button(1, down, place) => Some((*down, *place)),
                    _ => None,
                })
                .collect();
            let is_last = matches!(seen.last(), Some(Input::Motion(place) | Input::Button(_, _, place)) if *place == last);
            if pressed == expected && is_last {
                Ok(())
            } else {
                Err(format!("{seen:?}"))
            }
        });
        recorder.forget();
    };

    // Beside the desktop, and over it.
    browser.mouse(&[
        go((5, 5)),
        press(0),
        over((50, 60)),
        over((60, 70)),
        over((70, 80)),
        release(0),
    ]);
    buttons(
        "what was pressed beside the desktop is not its own",
        &[],
        (70, 80),
    );
    // Chromium does so by itself when the page's layout changes.
    browser.mouse(&[
        over((90, 100)),
        press(0),
        over((92, 102)),
        over((96, 106)),
        over((110, 120)),
        go((5, 5)),
        release(0),
    ]);
    buttons(
        "a mouse that slips while it is held is caught again",
        &[(true, (90, 100)), (false, (0, 0))],
        (0, 0),
    );
    browser.mouse(&[
        over((90, 100)),
        press(0),
        over((92, 102)),
        over((98, 108)),
        over((110, 120)),
        release(0),
    ]);
    buttons(
        "a mouse that is lost holds nothing",
        &[(true, (90, 100)), (false, (92, 102))],
        (110, 120),
    );
    browser.mouse(&[over((130, 140)), press(0), release(0)]);
    buttons(
        "and it clicks as before",
        &[(true, (130, 140)), (false, (130, 140))],
        (130, 140),
    );
}
