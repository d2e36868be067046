//! What hands do in the page arrives on the desktop.

use std::path::Path;

use serde_json::json;
use tempfile::TempDir;

use porthole_tests::browser::Stroke::{Down, Tap, Up};
use porthole_tests::browser::{Browser, go, key, press, release};
use porthole_tests::desktop::{Input, Recorder, Tigervnc, X11vnc};
use porthole_tests::gateway::Gateway;
use porthole_tests::peer::MockServer;
use porthole_tests::process::Process;
use porthole_tests::wait::{LONG, until};

use crate::clipboard::write;

const SIZE: (u16, u16) = (640, 480);

/// A page that shows the desktop.
fn shown(server: &Tigervnc, settings: &str) -> (Gateway, Browser) {
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    browser.open(&gateway.page(settings));
    browser.connected();
    (gateway, browser)
}

fn file_says(path: &Path, text: &str) {
    until(
        &format!("{} says {text:?}", path.display()),
        LONG,
        || match std::fs::read_to_string(path) {
            Ok(found) if found == text => Ok(()),
            other => Err(format!("it is {other:?}")),
        },
    );
}

#[test]
fn lines_typed_into_a_terminal_are_carried_out() {
    let server = Tigervnc::start(SIZE);
    let folder = TempDir::new().unwrap();
    let _terminal = Process::start(
        server
            .display
            .command("xterm")
            .args(["-geometry", "80x24+0+0", "-e", "bash", "--norc", "--noprofile"])
            .current_dir(folder.path()),
    );
    server.display.focus_program();
    let (_gateway, browser) = shown(&server, "resize=off");
    let before = browser.canvas();
    let file = |name| folder.path().join(name);

    browser.type_text("echo 'Hello, World! {a_b} ~ #1 $2 <|> \"?\"' > one");
    browser.keys(&[Tap(key::ENTER)]);
    file_says(&file("one"), "Hello, World! {a_b} ~ #1 $2 <|> \"?\"\n");
    browser.shows("a terminal typed into", || server.display.picture());
    assert_ne!(browser.canvas(), before, "the line is seen");

    browser.type_text("echo two > twx");
    browser.keys(&[Tap(key::BACKSPACE)]);
    browser.type_text("o");
    browser.keys(&[Tap(key::LEFT), Tap(key::LEFT), Tap(key::DELETE)]);
    browser.type_text("w");
    browser.keys(&[Tap(key::ENTER)]);
    file_says(&file("two"), "two\n");

    // The line before, with something put before it.
    browser.keys(&[Tap(key::UP), Tap(key::HOME)]);
    browser.type_text("cp two three; ");
    browser.keys(&[Tap(key::ENTER)]);
    file_says(&file("three"), "two\n");

    // A terminal takes another mode for a program, and what is typed before that is not the program's.
    browser.type_text("cat > four; echo > ended");
    browser.keys(&[Tap(key::ENTER)]);
    file_says(&file("four"), "");
    browser.type_text("a line");
    browser.keys(&[Tap(key::ENTER), Down(key::CONTROL), Tap("d"), Up(key::CONTROL)]);
    file_says(&file("ended"), "\n");
    file_says(&file("four"), "a line\n");

    browser.type_text("(echo > started; exec sleep 1000); echo five > five");
    browser.keys(&[Tap(key::ENTER)]);
    file_says(&file("started"), "\n");
    browser.keys(&[Down(key::CONTROL), Tap("c"), Up(key::CONTROL)]);
    browser.type_text("echo six > six");
    browser.keys(&[Tap(key::ENTER)]);
    file_says(&file("six"), "six\n");
    assert!(!file("five").exists(), "Ctrl-C ends the whole line");
    browser.screenshot("terminal");
}

#[test]
fn special_keys_arrive_by_keysym_and_do_nothing_in_the_page() {
    let server = Tigervnc::start(SIZE);
    let recorder = Recorder::on(&server.display);
    let (_gateway, browser) = shown(&server, "resize=off");
    let keys = [
        (key::F5, 0xFFC2),
        (key::TAB, 0xFF09),
        (key::ESCAPE, 0xFF1B),
        (key::BACKSPACE, 0xFF08),
        (key::HOME, 0xFF50),
        (key::LEFT, 0xFF51),
        (key::PAGE_DOWN, 0xFF56),
        (key::DELETE, 0xFFFF),
        (key::ENTER, 0xFF0D),
        ("a", 0x61),
        ("é", 0xE9),
        ("ж", 0x6D6),
    ];
    for (name, keysym) in keys {
        recorder.forget();
        browser.keys(&[Tap(name)]);
        recorder.gets(
            &format!("the key {keysym:#x}"),
            &[Input::Key(keysym, true), Input::Key(keysym, false)],
        );
    }
    recorder.forget();
    browser.keys(&[
        Down(key::CONTROL),
        Down(key::ALT),
        Tap("x"),
        Up(key::ALT),
        Up(key::CONTROL),
    ]);
    recorder.gets(
        "a combination",
        &[
            Input::Key(0xFFE3, true),
            Input::Key(0xFFE9, true),
            Input::Key(0x78, true),
            Input::Key(0x78, false),
            Input::Key(0xFFE9, false),
            Input::Key(0xFFE3, false),
        ],
    );
}

#[test]
fn ctrl_alt_del_is_sent_by_the_bar() {
    let server = Tigervnc::start(SIZE);
    let recorder = Recorder::on(&server.display);
    let (_gateway, browser) = shown(&server, "resize=off");
    browser.click(".handle");
    browser.click("#tools [title='Send Ctrl-Alt-Del']");
    let expected: Vec<Input> = [(0xFFE3, true), (0xFFE9, true), (0xFFFF, true)]
        .into_iter()
        .chain([(0xFFFF, false), (0xFFE9, false), (0xFFE3, false)])
        .map(|(keysym, down)| Input::Key(keysym, down))
        .collect();
    recorder.gets("Ctrl-Alt-Del", &expected);
    // Whose hands are on the keyboard again.
    recorder.forget();
    browser.keys(&[Tap("a")]);
    recorder.gets(
        "a key after it",
        &[Input::Key(0x61, true), Input::Key(0x61, false)],
    );
}

#[test]
fn keys_that_are_held_are_released_when_the_desktop_loses_the_focus() {
    let server = Tigervnc::start(SIZE);
    let recorder = Recorder::on(&server.display);
    let (_gateway, browser) = shown(&server, "resize=off");
    browser.keys(&[Down(key::CONTROL), Down(key::SHIFT)]);
    let pressed = [Input::Key(0xFFE3, true), Input::Key(0xFFE1, true)];
    recorder.gets("two modifiers", &pressed);
    recorder.forget();
    browser.run("document.querySelector('.handle').focus()", json!([]));
    until("both are released", LONG, || {
        let mut seen = recorder.seen();
        seen.sort_by_key(|input| format!("{input:?}"));
        if seen == [Input::Key(0xFFE1, false), Input::Key(0xFFE3, false)] {
            Ok(())
        } else {
            Err(format!("got {seen:x?}"))
        }
    });
}

#[test]
fn keys_that_are_held_are_released_when_another_tab_is_opened() {
    let server = Tigervnc::start(SIZE);
    let recorder = Recorder::on(&server.display);
    let (_gateway, browser) = shown(&server, "resize=off");
    browser.keys(&[Down(key::ALT)]);
    recorder.gets("a modifier", &[Input::Key(0xFFE9, true)]);
    browser.open_tab();
    recorder.gets(
        "it is released",
        &[Input::Key(0xFFE9, true), Input::Key(0xFFE9, false)],
    );
}

#[test]
fn buttons_arrive_where_they_were_pressed() {
    let server = Tigervnc::start(SIZE);
    let recorder = Recorder::on(&server.display);
    let (_gateway, browser) = shown(&server, "resize=off");
    for (button, x_button, place) in [
        (0, 1, (37, 41)),
        (1, 2, (0, 0)),
        (2, 3, (639, 479)),
        (0, 1, (320, 7)),
    ] {
        recorder.forget();
        let point = browser.point_over(place);
        browser.mouse(&[go(point), press(button), release(button)]);
        let place = (place.0 as i16, place.1 as i16);
        recorder.gets(
            &format!("button {x_button}"),
            &[
                Input::Button(x_button, true, place),
                Input::Button(x_button, false, place),
            ],
        );
    }
}

#[test]
fn buttons_arrive_in_a_desktop_that_is_scaled() {
    let server = Tigervnc::start((400, 300));
    let recorder = Recorder::on(&server.display);
    let (_gateway, browser) = shown(&server, "resize=scale");
    browser.set_size(1200, 900);
    until("it is three times as large", LONG, || {
        let width = browser.run(
            "return document.querySelector('#desktop canvas').getBoundingClientRect().width",
            json!([]),
        );
        if width.as_f64() == Some(1200.0) {
            Ok(())
        } else {
            Err(format!("its width is {width}"))
        }
    });
    for place in [(1, 1), (399, 299), (123, 45)] {
        recorder.forget();
        browser.mouse(&[go(browser.point_over(place)), press(0), release(0)]);
        let place = (place.0 as i16, place.1 as i16);
        recorder.gets(
            "a click",
            &[Input::Button(1, true, place), Input::Button(1, false, place)],
        );
    }
}

#[test]
fn a_drag_arrives_with_its_way() {
    let server = Tigervnc::start(SIZE);
    let recorder = Recorder::on(&server.display);
    let (_gateway, browser) = shown(&server, "resize=off");
    let way = [(50, 60), (100, 110), (200, 220), (300, 240)];
    let points = way.map(|place| browser.point_over(place));
    browser.mouse(&[go(points[0]), press(0)]);
    for ((x, y), point) in way.into_iter().zip(points).skip(1) {
        browser.mouse(&[go(point)]);
        // Of those in one frame of the page's only the last would come.
        let motion = Input::Motion((x as i16, y as i16));
        until(&format!("{motion:?}"), LONG, || match recorder.seen() {
            seen if seen.contains(&motion) => Ok(()),
            seen => Err(format!("{seen:?}")),
        });
    }
    browser.mouse(&[release(0)]);
    recorder.gets(
        "press and release",
        &[
            Input::Button(1, true, (50, 60)),
            Input::Button(1, false, (300, 240)),
        ],
    );
}

#[test]
fn the_wheel_arrives_in_both_axes() {
    let server = Tigervnc::start(SIZE);
    let recorder = Recorder::on(&server.display);
    let (_gateway, browser) = shown(&server, "resize=off");
    let place = (200, 100);
    let point = browser.point_over((200, 100));
    for (delta, button, steps) in [
        ((0, 200), 5, 2),
        ((0, -100), 4, 1),
        ((100, 0), 7, 1),
        ((-300, 0), 6, 3),
    ] {
        recorder.forget();
        browser.wheel(point, delta);
        let step = [
            Input::Button(button, true, place),
            Input::Button(button, false, place),
        ];
        recorder.gets(&format!("the wheel by {delta:?}"), &step.repeat(steps));
    }
}

#[test]
fn keys_and_buttons_arrive_on_a_screen_that_x11vnc_shows() {
    let server = X11vnc::start(SIZE);
    let recorder = Recorder::on(&server.display);
    let gateway = Gateway::to(&format!("tcp://127.0.0.1:{}", server.port));
    let browser = Browser::start();
    browser.open(&gateway.page("resize=off"));
    browser.connected();
    browser.type_text("aZ");
    let point = browser.point_over((222, 111));
    browser.mouse(&[go(point), press(2), release(2)]);
    browser.wheel(point, (0, 100));
    let place = (222, 111);
    recorder.gets(
        "keys, a button and the wheel",
        &[
            Input::Key(0x61, true),
            Input::Key(0x61, false),
            Input::Key(0xFFE1, true),
            Input::Key(0x5A, true),
            Input::Key(0x5A, false),
            Input::Key(0xFFE1, false),
            Input::Button(3, true, place),
            Input::Button(3, false, place),
            Input::Button(5, true, place),
            Input::Button(5, false, place),
        ],
    );
}

#[test]
fn nothing_is_sent_where_one_may_only_look() {
    let server = Tigervnc::start(SIZE);
    let recorder = Recorder::on(&server.display);
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    browser.open(&gateway.page("resize=off&view_only=true"));
    browser.connected();
    browser.mouse(&[go(browser.point_over((10, 10))), press(0), release(0)]);
    browser.keys(&[Tap("a")]);
    browser.wheel(browser.point_over((10, 10)), (0, 200));
    // Whatever had been sent would have come before what is sent now.
    browser.open(&gateway.page("resize=off"));
    browser.connected();
    browser.mouse(&[go(browser.point_over((20, 20))), press(2), release(2)]);
    recorder.gets(
        "only what was done afterwards",
        &[
            Input::Button(3, true, (20, 20)),
            Input::Button(3, false, (20, 20)),
        ],
    );
}

#[test]
fn nothing_that_sends_something_is_left_where_one_has_begun_to_look_only() {
    let server = Tigervnc::start(SIZE);
    let (_gateway, browser) = shown(&server, "resize=off&debug");
    let recorder = Recorder::on(&server.display);
    let view_only = || {
        browser.run(
            "[...document.querySelectorAll('.debug .check')].find((it) => it.textContent === 'View only').click()",
            json!([]),
        );
    };
    let is_gone = |selector: &str| {
        until(&format!("{selector} is gone"), LONG, || {
            match browser.run(
                "return document.querySelector(arguments[0])?.outerHTML",
                json!([selector]),
            ) {
                found if found.is_null() => Ok(()),
                found => Err(found.to_string()),
            }
        });
    };
    let resize = "#tools [title='Give the desktop the window\\'s size']";
    browser.click(".handle");
    browser.text_with(resize, "Resize", LONG);
    for panel in ["keys", "clipboard"] {
        browser.click(&format!("#tools [aria-controls={panel}]"));
        browser.text_with(&format!("#{panel} h2"), "", LONG);
        view_only();
        for selector in [&format!("#{panel}"), resize, "#debug-screens"] {
            is_gone(selector);
        }
        view_only();
        browser.text_with(resize, "Resize", LONG);
    }

    browser.click("#tools [aria-controls=clipboard]");
    write(&browser, &"x".repeat(5_000));
    browser.click("#clipboard [title^='Type']");
    browser.text_with(".notice", "Typing the text", LONG);
    view_only();
    is_gone(".notice");
    view_only();
    browser.click(".handle");
    // What was typed before it arrives before this.
    let click = [
        Input::Button(3, true, (20, 20)),
        Input::Button(3, false, (20, 20)),
    ];
    let at = go(browser.point_over((20, 20)));
    browser.mouse(&[at, press(2), release(2)]);
    until("a click arrives", LONG, || match recorder.seen() {
        seen if seen.contains(&click[1]) => Ok(()),
        seen => Err(format!("{} events", seen.len())),
    });
    recorder.forget();
    browser.mouse(&[press(2), release(2)]);
    recorder.gets("another click, and nothing of the text", &click);
}

/// No server at hand knows buttons beyond the seventh, so this one is looked at on the wire.
#[test]
fn back_and_forward_arrive_and_do_nothing_in_the_page() {
    let server = MockServer::start(true);
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    browser.open("about:blank");
    browser.open(&gateway.page("resize=off"));
    browser.connected();
    browser.mouse(&[go(browser.point_over((10, 20))), press(3), release(3)]);
    server.gets("back", &[(128, (10, 20)), (0, (10, 20))]);
    browser.mouse(&[press(4), release(4)]);
    server.gets(
        "forward",
        &[(128, (10, 20)), (0, (10, 20)), (256, (10, 20)), (0, (10, 20))],
    );
    assert!(browser.url().contains("/novnc/"), "{}", browser.url());
}
