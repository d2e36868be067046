//! What a desktop shows besides its pixels: its cursor, its bell and its name.

use std::time::Duration;

use serde_json::{Value, json};
use x11rb::protocol::xproto::EventMask;

use porthole_tests::browser::{Browser, go};
use porthole_tests::desktop::Tigervnc;
use porthole_tests::gateway::Gateway;
use porthole_tests::wait::{LONG, until};

/// The cursor that the page sets on the canvas: its hotspot, its size and its pixels, as premultiplied ARGB.
const CURSOR: &str = r#"
    const style = getComputedStyle(document.querySelector('#desktop canvas')).cursor;
    const [, address, x, y] = /url\("([^"]*)"\) (\d+) (\d+)/.exec(style) ?? [];
    if (!address) return { style };
    const image = new Image();
    image.src = address;
    return image.decode().then(() => {
        const copy = document.createElement('canvas');
        copy.width = image.naturalWidth;
        copy.height = image.naturalHeight;
        const context = copy.getContext('2d');
        context.drawImage(image, 0, 0);
        const pixels = context.getImageData(0, 0, copy.width, copy.height).data;
        return { hotspot: [+x, +y], size: [copy.width, copy.height], pixels: [...pixels] };
    }, () => ({ style }));
"#;

#[test]
fn the_local_cursor_is_the_desktops() {
    let server = Tigervnc::start((640, 480));
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    let windows = [(0, 152), (320, 34)].map(|(x, glyph)| {
        let window = server.display.window((x, 0), (320, 480), EventMask::NO_EVENT);
        server.display.set_cursor(window, glyph);
        u16::try_from(x).unwrap()
    });
    browser.open(&gateway.page("resize=off"));
    browser.connected();
    for x in windows {
        browser.mouse(&[go(browser.point_over((x + 100, 100)))]);
        until("the cursor is the server's", LONG, || {
            let (hotspot, size, expected) = server.display.cursor();
            let found = browser.run(CURSOR, json!([]));
            if found["hotspot"] != json!(hotspot) || found["size"] != json!(size) {
                return Err(format!(
                    "expected {hotspot:?} in {size:?}, got {} {} {}",
                    found["hotspot"], found["size"], found["style"]
                ));
            }
            // What is transparent has no colour.
            let pixels = found["pixels"].as_array().unwrap();
            let differs = pixels.chunks_exact(4).zip(&expected).filter(|(found, expected)| {
                let [alpha, red, green, blue] = expected.to_be_bytes();
                let expected = if alpha == 0 {
                    [0; 4]
                } else {
                    [red, green, blue, alpha]
                };
                found
                    .iter()
                    .zip(expected)
                    .any(|(found, expected)| found.as_u64() != Some(expected.into()))
            });
            match differs.count() {
                0 => Ok(()),
                count => Err(format!("{count} of its pixels differ")),
            }
        });
    }
    assert_eq!(browser.complaints(), Vec::<String>::new());
}

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
fn the_page_has_the_desktops_name() {
    let server = Tigervnc::start((320, 240));
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    browser.open(&gateway.page(""));
    browser.connected();
    let title = browser.run("return document.title", json!([]));
    assert!(title.as_str().unwrap().contains("porthole test"), "{title}");
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
    let (hop, text) = first.ended(Duration::from_secs(15));
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
