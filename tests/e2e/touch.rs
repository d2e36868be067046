//! What fingers do on the desktop arrives there, and what they do to the view does not.

use serde_json::json;

use porthole_tests::browser::Stroke::Tap;
use porthole_tests::browser::{Browser, Engine, go, press, release, rest};
use porthole_tests::desktop::{Input, Qemu, Recorder, Tigervnc};
use porthole_tests::gateway::Gateway;
use porthole_tests::wait::{LONG, until};

const SIZE: (u16, u16) = (640, 480);

/// Longer than a finger has to rest until it holds, in milliseconds.
const HOLD: u32 = 900;

type Place = (u16, u16);

/// What a finger does that goes over these places.
fn over(browser: &Browser, places: &[Place]) -> Vec<serde_json::Value> {
    let mut points = places.iter().map(|place| go(browser.point_over(*place)));
    let mut actions: Vec<_> = points.next().into_iter().chain([press(0)]).collect();
    actions.extend(points);
    actions.push(release(0));
    actions
}

/// A finger that taps here.
fn tap(browser: &Browser, place: Place) {
    browser.fingers(&[over(browser, &[place])]);
}

fn click(button: u8, (x, y): Place) -> [Input; 2] {
    let place = (x as i16, y as i16);
    [
        Input::Button(button, true, place),
        Input::Button(button, false, place),
    ]
}

/// Where the pointer that is drawn over the desktop is, in the desktop's pixels, if there is one to be seen.
fn drawn(browser: &Browser) -> Option<(f64, f64)> {
    let place = browser.run(
        "const image = document.querySelector('#desktop img');
         if (!image?.naturalWidth || image.hidden) return null;
         const canvas = document.querySelector('#desktop canvas');
         const [box, screen] = [image, canvas].map((element) => element.getBoundingClientRect());
         const scale = screen.width / canvas.width;
         return [(box.left + box.width / 2 - screen.left) / scale, (box.top + box.height / 2 - screen.top) / scale];",
        json!([]),
    );
    Some((place[0].as_f64()?, place[1].as_f64()?))
}

fn is_drawn(browser: &Browser, place: Place) {
    until(
        &format!("the pointer is drawn at {place:?}"),
        LONG,
        || match drawn(browser) {
            Some((x, y)) if (x - f64::from(place.0)).abs() < 2.0 && (y - f64::from(place.1)).abs() < 2.0 => {
                Ok(())
            }
            other => Err(format!("{other:?}")),
        },
    );
}

/// Where the canvas is in the window, and how large one of its pixels is.
fn canvas(browser: &Browser) -> (f64, f64, f64) {
    let place = browser.run(
        "const canvas = document.querySelector('#desktop canvas'), box = canvas.getBoundingClientRect();
         return [box.left, box.top, box.width / canvas.width]",
        json!([]),
    );
    let number = |at: usize| place[at].as_f64().unwrap();
    (number(0), number(1), number(2))
}

/// Somebody who has seen what fingers do.
fn has_read_it(browser: &Browser, gateway: &Gateway) {
    browser.open(&gateway.page("autoconnect=false"));
    browser.run("localStorage.setItem('porthole-touch', 'direct')", json!([]));
}

/// All that fingers do on the desktop, in that order.
fn fingers_in(engine: Engine) {
    let server = Tigervnc::start(SIZE);
    let recorder = Recorder::on(&server.display);
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start_in(engine);
    has_read_it(&browser, &gateway);
    browser.open(&gateway.page("resize=off"));
    browser.connected();
    let gets = |what: &str, expected: &[Input]| {
        recorder.gets(what, expected);
        recorder.forget();
    };

    let dragged = |button, (x, y): (i16, i16), to| {
        [
            Input::Button(button, true, (x, y)),
            Input::Button(button, false, to),
        ]
    };
    // First of all: a page that nobody has tapped on may not be felt, and browsers complain of one that tries.
    let mut held = over(&browser, &[(80, 90), (200, 210)]);
    held.insert(2, rest(HOLD));
    browser.fingers(&[held]);
    gets("a long press that is moved", &dragged(3, (80, 90), (200, 210)));

    for (fingers, button) in [(1, 1), (2, 3), (3, 2)] {
        let places: Vec<_> = (0..fingers).map(|finger| [(80 + 90 * finger, 90)]).collect();
        browser.fingers(
            &places
                .iter()
                .map(|place| over(&browser, place))
                .collect::<Vec<_>>(),
        );
        gets(&format!("a tap of {fingers}"), &click(button, (80, 90)));
    }

    // The second of two taps is meant for the place of the first, so that they are a double click.
    let mut twice = over(&browser, &[(300, 200)]);
    twice.extend(over(&browser, &[(308, 207)]));
    browser.fingers(&[twice]);
    gets("two taps", &[click(1, (300, 200)), click(1, (300, 200))].concat());

    browser.fingers(&[over(&browser, &[(80, 90), (120, 130), (180, 290)])]);
    gets("a drag", &dragged(1, (80, 90), (180, 290)));

    let mut held = over(&browser, &[(400, 90)]);
    held.insert(2, rest(HOLD));
    browser.fingers(&[held]);
    gets("a long press", &click(3, (400, 90)));

    // A hundred and thirty pixels are two steps and a bit; what was between the fingers goes with them.
    for (fingers, (right, down), button) in [
        (2, (0, -130), 5),
        (2, (0, 130), 4),
        (2, (-130, 0), 7),
        (2, (130, 0), 6),
        (3, (0, -130), 5),
    ] {
        let beside = |finger: u16| (200 + 40 * finger, 240);
        let moved = |(x, y): Place, part: i32| {
            let along = |at: u16, way: i32| (i32::from(at) + way * part / 2) as u16;
            (along(x, right), along(y, down))
        };
        let ways: Vec<_> = (0..fingers)
            .map(|finger| {
                let from = beside(finger);
                over(&browser, &[from, moved(from, 1), moved(from, 2)])
            })
            .collect();
        browser.fingers(&ways);
        let middle = (200 + 20 * (fingers - 1), 240);
        gets(
            &format!("{fingers} fingers by {right}, {down}"),
            &click(button, middle).repeat(2),
        );
    }
    // Two fingers go apart, and what they do is the view's.
    let (_, _, before) = canvas(&browser);
    let ((left, top), (right, bottom)) = (browser.point_over((300, 200)), browser.point_over((340, 240)));
    let apart = |by: i32| {
        [
            vec![go((left, top)), press(0), go((left - by, top - by)), release(0)],
            vec![
                go((right, bottom)),
                press(0),
                go((right + by, bottom + by)),
                release(0),
            ],
        ]
    };
    browser.fingers(&apart(40));
    until("the view is larger", LONG, || match canvas(&browser) {
        (_, _, scale) if scale > 2.0 * before => Ok(()),
        other => Err(format!("{other:?}")),
    });
    gets("nothing of it", &[]);
    if engine == Engine::Chromium {
        assert_eq!(browser.complaints(), Vec::<String>::new());
    }
}

#[test]
fn fingers_on_the_desktop_click_drag_hold_and_scroll() {
    fingers_in(Engine::Chromium);
}

#[test]
fn fingers_on_the_desktop_do_so_in_firefox() {
    fingers_in(Engine::Firefox);
}

#[test]
fn fingers_on_the_desktop_do_so_in_webkitgtk() {
    fingers_in(Engine::WebKitGtk);
}

/// Has the page lose the first finger that has moved on it: with its next step the page is told so, and hears of it no
/// more, other than where it is touched.
fn loses_finger(browser: &Browser) {
    // What fingers do is looked at once a frame, and what is not looked at yet would be lost with the finger.
    browser.frames();
    browser.run("loseFinger()", json!([]));
}

/// Before the finger comes that [`loses_finger`] is for.
fn knows_finger(browser: &Browser) {
    browser.run(
        "addEventListener('pointermove', ({ target, pointerId }) => {
             window.loseFinger ??= () => target.releasePointerCapture(pointerId);
         }, true)",
        json!([]),
    );
}

/// Fingers that hold a button or move the view, of which the page loses one.
fn lost_fingers_in(engine: Engine) {
    let server = Tigervnc::start(SIZE);
    let recorder = Recorder::on(&server.display);
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start_in(engine);
    has_read_it(&browser, &gateway);
    for (touch, rests, button) in [("direct", false, 1), ("direct", true, 3), ("trackpad", true, 1)] {
        browser.open(&gateway.page(&format!("resize=off&touch={touch}&rests={rests}")));
        browser.connected();
        recorder.forget();
        knows_finger(&browser);
        let mut finger = over(&browser, &[(80, 90), (130, 140), (180, 190)]);
        finger.pop();
        if rests {
            finger.insert(2, rest(HOLD));
        }
        browser.fingers(&[finger]);
        loses_finger(&browser);
        browser.fingers_leave(&[vec![browser.point_over((260, 230))]]);
        let (pressed, released) = until("the button is released", LONG, || {
            let seen = recorder.seen();
            let mut buttons = seen.iter().filter(|input| matches!(input, Input::Button(..)));
            match (buttons.next(), buttons.next()) {
                (Some(Input::Button(_, true, from)), Some(Input::Button(_, false, to))) => Ok((*from, *to)),
                _ => Err(format!("{seen:?}")),
            }
        });
        let tapped = if touch == "direct" {
            assert_eq!((pressed, released), ((80, 90), (180, 190)));
            (40, 50)
        } else {
            released
        };
        // Where it went after that is nowhere, and the next finger begins anew.
        tap(&browser, (40, 50));
        let all = [
            (button, true, pressed),
            (button, false, released),
            (1, true, tapped),
            (1, false, tapped),
        ];
        recorder.gets(
            &format!("what is left of a finger, {touch}, {rests}"),
            &all.map(|(button, down, place)| Input::Button(button, down, place)),
        );
        let seen = recorder.seen();
        assert!(!seen.contains(&Input::Motion((260, 230))), "{seen:?}");
    }

    browser.open(&gateway.page("resize=off&zoom=300&touch=direct"));
    browser.connected();
    recorder.forget();
    let (left, ..) = canvas(&browser);
    knows_finger(&browser);
    let down = |x| vec![go((x, 300)), press(0), go((x - 40, 300)), go((x - 80, 300))];
    browser.fingers(&[down(700), down(800)]);
    loses_finger(&browser);
    let (before, ..) = canvas(&browser);
    assert!(
        (left - before - 80.0).abs() < 2.0,
        "the view has moved by {}",
        left - before
    );
    let on = |x| vec![(x - 120, 300), (x - 160, 300)];
    browser.fingers_leave(&[on(700), on(800)]);
    browser.frames();
    let (now, ..) = canvas(&browser);
    assert!(
        (before - now).abs() < 2.0,
        "the view has moved by {} more",
        before - now
    );
    recorder.gets("nothing of it", &[]);
}

#[test]
fn a_finger_that_is_lost_releases_what_it_holds_and_moves_the_view_no_further() {
    lost_fingers_in(Engine::Chromium);
}

#[test]
fn a_finger_that_is_lost_does_so_in_firefox() {
    lost_fingers_in(Engine::Firefox);
}

#[test]
fn a_slow_pinch_leaves_what_is_between_the_fingers_where_it_is() {
    const STEPS: i32 = 60;
    let server = Tigervnc::start(SIZE);
    let gateway = Gateway::to(&server.target());
    // On a display whose pixels are CSS's, and on one whose are not. A Chromium that is moved from one to the
    // other is told of no more touches by its driver.
    for ratio in [1.0, 1.25] {
        let browser = Browser::start();
        browser.set_display(640, 480, ratio);
        has_read_it(&browser, &gateway);
        browser.open(&gateway.page("resize=scale"));
        browser.connected();
        let between = (251, 183);
        let pixel = |(left, top, scale): (f64, f64, f64)| {
            (
                (f64::from(between.0) - left) / scale,
                (f64::from(between.1) - top) / scale,
            )
        };
        let before = pixel(canvas(&browser));
        // From forty pixels to a hundred and sixty, and back to a hundred.
        let finger = |side: i32| {
            let at = |off: i32| go((between.0 + side * off, between.1));
            let mut actions = vec![at(20), press(0)];
            for step in (1..=STEPS).chain((STEPS / 2..STEPS).rev()) {
                actions.extend([at(20 + step), rest(16)]);
            }
            actions.push(release(0));
            actions
        };
        browser.fingers(&[finger(-1), finger(1)]);
        until("the view is larger", LONG, || match canvas(&browser) {
            (_, _, scale) if (scale - 2.5).abs() < 0.02 => Ok(()),
            other => Err(format!("{other:?}")),
        });
        let place = canvas(&browser);
        let off = [
            place.0 + before.0 * place.2 - f64::from(between.0),
            place.1 + before.1 * place.2 - f64::from(between.1),
        ];
        assert!(
            off.iter().all(|off| off.abs() < 1.5),
            "at {ratio} what was between the fingers is {off:?} further"
        );
    }
}

#[test]
fn fingers_on_a_trackpad_push_the_pointer_and_click_where_it_is() {
    let server = Tigervnc::start(SIZE);
    let recorder = Recorder::on(&server.display);
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    has_read_it(&browser, &gateway);
    browser.open(&gateway.page("resize=off&touch=trackpad"));
    browser.connected();
    let middle = (320, 240);
    for (fingers, button) in [(1, 1), (2, 3), (3, 2)] {
        recorder.forget();
        let places: Vec<_> = (0..fingers).map(|finger| [(80 + 90 * finger, 90)]).collect();
        browser.fingers(
            &places
                .iter()
                .map(|place| over(&browser, place))
                .collect::<Vec<_>>(),
        );
        recorder.gets(&format!("a tap of {fingers}"), &click(button, middle));
    }
    is_drawn(&browser, middle);

    // A finger that slides to the right and up, anywhere. Only a tap says how far the pointer has gone at the end.
    recorder.forget();
    browser.fingers(&[over(&browser, &[(100, 400), (140, 380), (180, 360)])]);
    tap(&browser, (50, 50));
    let there = until("a tap where the pointer has gone along", LONG, || {
        let seen = recorder.seen();
        let buttons = seen.iter().filter(|input| matches!(input, Input::Button(..)));
        match buttons.collect::<Vec<_>>()[..] {
            [Input::Button(1, true, at), Input::Button(1, false, to)]
                if at == to && at.0 > 340 && at.1 < 230 =>
            {
                Ok((at.0 as u16, at.1 as u16))
            }
            _ => Err(format!("{seen:?}")),
        }
    });
    is_drawn(&browser, there);
    browser.screenshot("trackpad");

    // One that rests first drags.
    recorder.forget();
    let mut held = over(&browser, &[(100, 400), (60, 440), (20, 460)]);
    held.insert(2, rest(HOLD));
    browser.fingers(&[held]);
    until("a drag", LONG, || {
        let seen = recorder.seen();
        let buttons: Vec<_> = seen
            .iter()
            .filter(|input| matches!(input, Input::Button(..)))
            .collect();
        match buttons[..] {
            [Input::Button(1, true, from), Input::Button(1, false, to)]
                if (from.0 as u16, from.1 as u16) == there && to.0 < from.0 && to.1 > from.1 =>
            {
                Ok(())
            }
            _ => Err(format!("{seen:?}")),
        }
    });

    recorder.forget();
    browser.fingers(&[
        over(&browser, &[(100, 300), (100, 235), (100, 170)]),
        over(&browser, &[(160, 300), (160, 235), (160, 170)]),
    ]);
    until("the wheel turns where the pointer is", LONG, || {
        let seen = recorder.seen();
        let turns = seen
            .iter()
            .filter(|input| matches!(input, Input::Button(5, true, _)))
            .count();
        if turns == 2 {
            Ok(())
        } else {
            Err(format!("{seen:?}"))
        }
    });
}

#[test]
fn a_phone_zooms_and_moves_the_view_and_the_desktop_hears_nothing_of_it() {
    let server = Tigervnc::start(SIZE);
    let recorder = Recorder::on(&server.display);
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    browser.be_a_phone();
    has_read_it(&browser, &gateway);
    browser.open(&gateway.page("resize=scale"));
    browser.connected();
    let (_, _, fitted) = canvas(&browser);
    let under = |place: Place| browser.point_over(place);
    let before = under((320, 240));
    // Two fingers go apart from a hundred pixels to two hundred, about the desktop's middle; one by one, so that frames
    // are drawn between their moves.
    let beside = |off: i32| go((before.0 + off, before.1));
    let rest = || json!({ "type": "pause", "duration": 50 });
    browser.fingers(&[
        vec![
            beside(-50),
            press(0),
            beside(-75),
            rest(),
            beside(-100),
            rest(),
            release(0),
        ],
        vec![
            beside(50),
            press(0),
            rest(),
            beside(75),
            rest(),
            beside(100),
            release(0),
        ],
    ]);
    until("the view is twice as large", LONG, || match canvas(&browser) {
        (_, _, scale) if (scale / fitted - 2.0).abs() < 0.05 => Ok(()),
        other => Err(format!("{other:?} instead of twice {fitted}")),
    });
    let after = under((320, 240));
    let off = (after.0 - before.0, after.1 - before.1);
    assert!(
        off.0.abs() <= 3,
        "what was between the fingers is {off:?} further"
    );
    browser.screenshot("phone-zoomed");

    // Side by side they move the view.
    let (left, ..) = canvas(&browser);
    let two = |browser: &Browser, by: i32| {
        let at = |x: i32| go((x, 300));
        browser.fingers(&[
            vec![at(120), press(0), at(120 + by / 2), at(120 + by), release(0)],
            vec![at(180), press(0), at(180 + by / 2), at(180 + by), release(0)],
        ]);
    };
    two(&browser, 60);
    until("the view has moved with them", LONG, || match canvas(&browser) {
        (now, ..) if (now - left - 60.0).abs() <= 2.0 => Ok(()),
        (now, ..) => Err(format!("by {}", now - left)),
    });
    assert_eq!(recorder.seen(), [], "nothing of this is the desktop's");

    // And what is tapped is what is seen there.
    tap(&browser, (300, 222));
    recorder.gets("a tap in the zoomed view", &click(1, (300, 222)));

    assert_eq!(browser.complaints(), Vec::<String>::new());
}

#[test]
fn the_view_follows_the_pointer_of_a_trackpad() {
    let server = Tigervnc::start(SIZE);
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    browser.be_a_phone();
    has_read_it(&browser, &gateway);
    browser.open(&gateway.page("resize=scale&touch=trackpad"));
    browser.connected();
    let (_, _, fitted) = canvas(&browser);
    let before = browser.point_over((320, 240));
    let beside = |off: i32| go((before.0 + off, before.1));
    browser.fingers(&[
        vec![beside(-50), press(0), beside(-100), beside(-150), release(0)],
        vec![beside(50), press(0), beside(100), beside(150), release(0)],
    ]);
    until("the view is larger", LONG, || match canvas(&browser) {
        (_, _, scale) if scale > 2.5 * fitted => Ok(()),
        other => Err(format!("{other:?}")),
    });
    let push = vec![
        go((80, 300)),
        press(0),
        go((140, 300)),
        go((240, 300)),
        go((340, 300)),
        release(0),
    ];
    browser.fingers(std::slice::from_ref(&push));
    browser.fingers(&[push]);
    until("the pointer is at the right edge and seen", LONG, || {
        let (left, _, scale) = canvas(&browser);
        match drawn(&browser) {
            Some((x, _)) if x > 600.0 && left + x * scale < 362.0 => Ok(()),
            other => Err(format!("{other:?} from {left} on by {scale}")),
        }
    });
    browser.screenshot("phone-trackpad");
    assert_eq!(browser.complaints(), Vec::<String>::new());
}

/// Two fingers make what was shown in this scale twice as large, and then one moves it.
fn fingers_move_the_view(browser: &Browser, fitted: f64) {
    let at = |x: i32| go((x, 320));
    browser.fingers(&[
        vec![at(130), press(0), at(100), at(80), release(0)],
        vec![at(230), press(0), at(260), at(280), release(0)],
    ]);
    let left = until("the view is twice as large", LONG, || match canvas(browser) {
        (left, _, scale) if (scale / fitted - 2.0).abs() < 0.05 => Ok(left),
        other => Err(format!("{other:?} instead of twice {fitted}")),
    });
    browser.fingers(&[vec![at(100), press(0), at(130), at(160), release(0)]]);
    until("one finger moves the view", LONG, || match canvas(browser) {
        (now, ..) if now > left + 30.0 => Ok(()),
        (now, ..) => Err(format!("by {}", now - left)),
    });
}

#[test]
fn fingers_send_nothing_where_one_may_only_look_and_move_the_view() {
    let server = Tigervnc::start(SIZE);
    let recorder = Recorder::on(&server.display);
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    browser.be_a_phone();
    has_read_it(&browser, &gateway);
    browser.open(&gateway.page("resize=scale&view_only=true"));
    browser.connected();
    let (_, _, fitted) = canvas(&browser);
    tap(&browser, (100, 100));
    fingers_move_the_view(&browser, fitted);
    // Whatever had been sent would have come before what is sent now.
    browser.open(&gateway.page("resize=scale"));
    browser.connected();
    browser.keys(&[Tap("a")]);
    recorder.gets(
        "only what was done afterwards",
        &[Input::Key(0x61, true), Input::Key(0x61, false)],
    );
}

#[test]
fn where_the_view_is_dragged_one_finger_moves_it_two_zoom_it_and_taps_are_the_desktops() {
    let server = Tigervnc::start(SIZE);
    let recorder = Recorder::on(&server.display);
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    browser.be_a_phone();
    has_read_it(&browser, &gateway);
    browser.open(&gateway.page("resize=scale"));
    browser.connected();
    let (_, _, fitted) = canvas(&browser);
    browser.click(".handle");
    browser.click("#tools [aria-controls=screen]");
    browser.run(
        "[...document.querySelectorAll('.panel [role=switch]')].find((it) => /^Drag the view/.test(it.textContent)).click()",
        json!([]),
    );
    browser.click(".panel [aria-label=Close]");
    browser.click(".handle");
    fingers_move_the_view(&browser, fitted);
    tap(&browser, (300, 222));
    recorder.gets("the tap alone", &click(1, (300, 222)));
}

#[test]
fn fingers_are_a_trackpad_for_a_machine_with_a_relative_mouse() {
    let server = Qemu::recording();
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    has_read_it(&browser, &gateway);
    browser.open(&gateway.page("resize=off"));
    browser.connected();
    let (_, right, down) = server.mouse();
    browser.fingers(&[over(&browser, &[(100, 100), (140, 120), (180, 140)])]);
    until("its way", LONG, || match server.mouse() {
        (0, x, y) if x > right + 30 && y > down + 15 => Ok(()),
        other => Err(format!("{other:?} after {right}, {down}")),
    });
}

#[test]
fn who_touches_the_desktop_for_the_first_time_is_told_what_fingers_do() {
    let server = Tigervnc::start(SIZE);
    let recorder = Recorder::on(&server.display);
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    browser.open(&gateway.page("resize=off"));
    browser.connected();
    assert_eq!(browser.text("#touch"), None, "who has a mouse is not bothered");
    tap(&browser, (100, 100));
    browser.text_with("#touch", "Tap with two fingers", LONG);
    recorder.gets("and the tap is one", &click(1, (100, 100)));
    browser.looks("touch");
    browser.click("#touch .halves button:last-child");
    browser.text_with("#touch", "Move the pointer", LONG);
    browser.be_a_phone();
    browser.screenshot("touch-phone");
    browser.click("#touch .primary");
    assert_eq!(browser.text("#touch"), None);
    // Not a second time, and what was chosen stays so.
    browser.open(&gateway.page("resize=off&again"));
    browser.connected();
    recorder.forget();
    tap(&browser, (30, 40));
    recorder.gets("a click of the trackpad's", &click(1, (320, 240)));
    assert_eq!(browser.text("#touch"), None);
    browser.click(".handle");
    browser.click("#tools [title='What fingers do']");
    browser.text_with("#touch", "Move the pointer", LONG);
}
