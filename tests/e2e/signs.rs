//! What a desktop shows besides its pixels: its bell, its name, and that it is gone.

use serde_json::{Value, json};

use porthole_tests::browser::Browser;
use porthole_tests::desktop::Tigervnc;
use porthole_tests::gateway::Gateway;
use porthole_tests::wait::{LONG, until};

#[test]
fn the_bell_is_seen() {
    let server = Tigervnc::start((320, 240));
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    browser.open(&gateway.page(""));
    browser.connected();
    for class in [".bell.odd", ".bell.even"] {
        server.display.ring();
        until(&format!("a bell {class}"), LONG, || {
            browser.text(class).map(|_| ()).ok_or_else(String::new)
        });
    }
}

#[test]
fn the_page_has_the_desktops_name_while_it_is_there() {
    let server = Tigervnc::start((320, 240));
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    browser.open(&gateway.page(""));
    browser.connected();
    let title = browser.run("return document.title", json!([]));
    assert!(title.as_str().unwrap().contains("porthole test"), "{title}");
    browser.click(".handle");
    browser.click("#tools [title=Disconnect]");
    browser.text_with(".card h1", "Disconnected", LONG);
    assert_eq!(browser.run("return document.title", json!([])), json!("Porthole"));
}

#[test]
fn the_last_frame_is_dimmed_and_nothing_around_it() {
    let server = Tigervnc::start((320, 240));
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    let veil = || {
        browser.run(
            "const window = document.querySelector('#desktop canvas').parentElement, box = window.getBoundingClientRect();
             const { content, position, inset, backgroundColor } = getComputedStyle(window, '::after');
             return content === 'none' ? null : [position, inset, backgroundColor, box.width, box.height]",
            json!([]),
        )
    };
    browser.open(&gateway.page("resize=off&autoconnect=0"));
    browser.text_with(".card h1", "Not connected", LONG);
    assert_eq!(veil(), Value::Null, "there is no frame yet");
    browser.click(".card .primary");
    browser.connected();
    assert_eq!(veil(), Value::Null, "it is alive");
    browser.click(".handle");
    browser.click("#tools [title=Disconnect]");
    browser.text_with(".card h1", "Disconnected", LONG);
    let dimmed = json!(["absolute", "0px", "rgba(5, 15, 20, 0.55)", 320, 240]);
    assert_eq!(veil(), dimmed);
    browser.screenshot("dimmed");
}

#[test]
fn another_page_that_does_not_share_takes_the_desktop_for_itself() {
    let server = Tigervnc::start((320, 240));
    let gateway = Gateway::to(&server.target());
    let (first, second) = Browser::start_two();
    first.open(&gateway.page(""));
    first.connected();
    second.open(&gateway.page("shared=true"));
    second.connected();
    first.shows("shared", || server.display.picture());
    second.open(&gateway.page("shared=false"));
    second.connected();
    let (hop, text) = first.ended(LONG);
    assert_eq!(hop, "server", "{text}");
}

#[test]
fn the_desktop_can_fill_the_screen() {
    let server = Tigervnc::start((320, 240));
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    browser.open(&gateway.page(""));
    browser.connected();
    browser.click(".handle");
    browser.click("#tools [title='Full screen']");
    until("it fills the screen", LONG, || {
        match browser.run("return !!document.fullscreenElement", json!([])) {
            Value::Bool(true) => Ok(()),
            _ => Err(format!("the page says {:?}", browser.whole_text())),
        }
    });
}

#[test]
fn the_page_fits_a_phone() {
    let server = Tigervnc::start((640, 480));
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    browser.set_size(375, 667);
    browser.open(&gateway.page(""));
    browser.connected();
    browser.click(".handle");
    browser.click("#tools [title=Clipboard]");
    browser.screenshot("phone");
    let overflow = browser.run(
        "const beyond = [...document.querySelectorAll('button, textarea, canvas, section')].filter((element) => {
             const box = element.getBoundingClientRect();
             return box.left < -0.5 || box.right > innerWidth + 0.5 || box.bottom > innerHeight + 0.5 || box.top < -0.5;
         });
         return beyond.map((element) => element.outerHTML.slice(0, 80));",
        json!([]),
    );
    assert_eq!(overflow, json!([]), "nothing lies outside of the window");
}
