//! A desktop that nobody can see asks for no updates, and is there at once when somebody looks again.

use serde_json::json;
use x11rb::protocol::xproto::EventMask;

use porthole_tests::browser::Browser;
use porthole_tests::desktop::{Display, Tigervnc, X11vnc};
use porthole_tests::gateway::Gateway;
use porthole_tests::line::{Line, Shape};
use porthole_tests::peer::web_page;
use porthole_tests::wait::{LONG, until};

use crate::clipboard::copy;

/// Types of a viewer's messages.
const REQUEST: u8 = 3;
const CLIPBOARD: u8 = 6;
const CONTINUOUS: u8 = 150;

const SIZE: (u16, u16) = (640, 480);

/// Draws, and comes back when the page has been told of a bell that was rung after that.
fn draw(browser: &Browser, display: &Display, window: u32, seed: u32) {
    let class = || browser.text(".bell.odd").is_some();
    let before = class();
    display.draw(window, seed);
    display.ring();
    until("the bell is heard", LONG, || {
        (class() != before).then_some(()).ok_or_else(String::new)
    });
}

#[test]
fn a_page_in_the_background_ends_continuous_updates_and_has_the_right_picture_when_it_is_back() {
    let server = Tigervnc::start(SIZE);
    let line = Line::to(&server.target(), Shape::default());
    let gateway = Gateway::to(&line.target());
    let browser = Browser::start();
    browser.open(&gateway.page("resize=off&quality=lossless"));
    browser.connected();
    let display = &server.display;
    let window = display.window((30, 20), (500, 400), EventMask::NO_EVENT);
    browser.shows("before", || display.picture());

    let wants = |on: u8| {
        until("the last word on continuous updates", LONG, || {
            let messages = line.messages();
            let last = messages.iter().rfind(|message| message[0] == CONTINUOUS);
            match last {
                Some(message) if message[1] == on => Ok(()),
                other => Err(format!("it is {other:?}")),
            }
        });
    };
    browser.behind_another_tab(|| {
        wants(0);
        let asked = (line.count(REQUEST), line.count(CONTINUOUS));
        for seed in 1..6 {
            display.draw(window, seed);
        }
        // The clipboard still arrives: the viewer asks for what it is told of.
        let before = line.count(CLIPBOARD);
        let _owner = copy(display, "copied while nobody looked");
        until("the viewer hears of the clipboard", LONG, || {
            let count = line.count(CLIPBOARD);
            (count > before).then_some(()).ok_or_else(|| count.to_string())
        });
        assert_eq!((line.count(REQUEST), line.count(CONTINUOUS)), asked);
    });
    wants(1);
    browser.shows("back", || display.picture());
}

#[test]
fn a_frame_that_is_scrolled_out_of_view_asks_for_nothing_and_has_the_right_picture_when_it_is_back() {
    let server = X11vnc::start(SIZE);
    let line = Line::to(&server.target(), Shape::default());
    let gateway = Gateway::with(&format!(
        "frame_ancestors = \"'self' http://127.0.0.1:*\"\n[sessions.vm]\ntarget = '{}'\n",
        line.target()
    ));
    let browser = Browser::start();
    browser.open(&web_page(format!(
        "<!doctype html><link rel=icon href=data:,><title>Dashboard</title>
         <iframe id=vm src='{}' width=700 height=500></iframe><div style='height: 9000px'></div>",
        gateway.page("resize=off&quality=lossless")
    )));
    browser.enter_frame("#vm");
    browser.connected();
    let display = &server.display;
    let window = display.window((30, 20), (500, 400), EventMask::NO_EVENT);
    draw(&browser, display, window, 1);
    browser.shows("before", || display.picture());

    browser.leave_frame();
    browser.run("scrollTo(0, 8000)", json!([]));
    browser.enter_frame("#vm");
    // The viewer is told before this is, which has come later.
    browser.run(
        "return new Promise((done) => new IntersectionObserver((entries, observer) => {
             if (entries.at(-1).isIntersecting) return;
             observer.disconnect();
             done();
         }).observe(document.querySelector('#desktop > div')))",
        json!([]),
    );
    let mut seed = 1;
    let mut draw_another = || {
        seed += 1;
        draw(&browser, display, window, seed);
        line.count(REQUEST)
    };
    let mut asked = draw_another();
    until("nothing is asked for any more", LONG, || {
        let before = std::mem::replace(&mut asked, draw_another());
        (asked == before).then_some(()).ok_or_else(|| asked.to_string())
    });
    for _ in 0..3 {
        assert_eq!(draw_another(), asked);
    }

    browser.leave_frame();
    browser.run("scrollTo(0, 0)", json!([]));
    browser.enter_frame("#vm");
    browser.shows("back", || display.picture());
    assert!(line.count(REQUEST) > asked);
}
