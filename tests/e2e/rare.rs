//! What no VNC server here sends: TRLE, JPEG with its tables and without them, another name for the desktop.

use jpeg_encoder::{ColorType, Encoder};
use serde_json::json;

use porthole_tests::browser::Browser;
use porthole_tests::gateway::Gateway;
use porthole_tests::peer::{Rectangle, Script};
use porthole_tests::wait::{LONG, until};

const JPEG: i32 = 21;
const TRLE: i32 = 15;
const DESKTOP_NAME: i32 = -307;

const RED: [u8; 3] = [255, 0, 0];
const BLUE: [u8; 3] = [0, 0, 255];

fn open(updates: Vec<Vec<Rectangle>>) -> (Script, Gateway, Browser) {
    let server = Script::start((128, 96), updates);
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    browser.open(&gateway.page("resize=off"));
    browser.connected();
    (server, gateway, browser)
}

/// Waits until the canvas has these colours at these places, as near as a JPEG comes to them.
fn shows(browser: &Browser, what: &str, tolerance: u8, expected: &[((usize, usize), [u8; 3])]) {
    until(what, LONG, || {
        let image = browser.canvas().ok_or("no canvas")?;
        for ((x, y), colour) in expected {
            let at = (y * image.width + x) * 3;
            let shown = &image.rgb[at..at + 3];
            if shown.iter().zip(colour).any(|(a, b)| a.abs_diff(*b) > tolerance) {
                return Err(format!("{shown:?} at {x},{y} instead of {colour:?}"));
            }
        }
        Ok(())
    });
}

/// A JPEG of one colour.
fn jpeg((width, height): (u16, u16), colour: [u8; 3]) -> Vec<u8> {
    let pixels = colour.repeat(usize::from(width) * usize::from(height));
    let mut bytes = Vec::new();
    Encoder::new(&mut bytes, 90)
        .encode(&pixels, width, height, ColorType::Rgb)
        .unwrap();
    bytes
}

/// The same without DQT and DHT (ITU T.81, B.2.4).
fn without_tables(jpeg: &[u8]) -> Vec<u8> {
    let (mut kept, mut rest) = (jpeg[..2].to_vec(), &jpeg[2..]);
    loop {
        let length = 2 + usize::from(rest[2]) * 256 + usize::from(rest[3]);
        match rest[1] {
            0xDB | 0xC4 => {}
            0xDA => return [kept, rest.to_vec()].concat(),
            _ => kept.extend(&rest[..length]),
        }
        rest = &rest[length..];
    }
}

#[test]
fn jpeg_rectangles_are_shown_and_share_their_tables() {
    let right = without_tables(&jpeg((64, 96), BLUE));
    assert!(right.len() < 300, "the tables are gone");
    let updates = vec![vec![
        ([0, 0, 64, 96], JPEG, jpeg((64, 96), RED)),
        ([64, 0, 64, 96], JPEG, right),
    ]];
    let (server, _gateway, browser) = open(updates);
    let expected = [((2, 2), RED), ((60, 90), RED), ((67, 2), BLUE), ((127, 95), BLUE)];
    shows(&browser, "two JPEGs", 6, &expected);
    assert!(server.asked().contains(&JPEG), "{:?}", server.asked());
}

#[test]
fn tiles_of_trle_are_shown_although_nobody_asked_for_them() {
    // Each of its tiles (rfbproto, TRLE) has one colour, and the last a palette of two and a picture of bits.
    let (columns, rows) = (128 / 16, 96 / 16);
    let mut content = Vec::new();
    for tile in 0..columns * rows - 1 {
        content.extend([1, tile, 100, 200]);
    }
    content.push(2);
    content.extend(RED);
    content.extend(BLUE);
    content.extend([0x0F; 32]);
    let (server, _gateway, browser) = open(vec![vec![([0, 0, 128, 96], TRLE, content)]]);
    let expected = [
        ((0, 0), [0, 100, 200]),
        ((31, 15), [1, 100, 200]),
        ((0, 16), [8, 100, 200]),
        ((112, 80), RED),
        ((127, 95), BLUE),
    ];
    shows(&browser, "TRLE", 0, &expected);
    assert!(!server.asked().contains(&TRLE), "{:?}", server.asked());
}

#[test]
fn a_desktop_that_changes_its_name_changes_the_pages_title() {
    let name = "Zoë's other desktop";
    let mut content = (name.len() as u32).to_be_bytes().to_vec();
    content.extend(name.bytes());
    let grey = vec![99; 128 * 96 * 4];
    let updates = vec![
        vec![([0, 0, 128, 96], 0, grey)],
        vec![([0, 0, 0, 0], DESKTOP_NAME, content)],
    ];
    let (server, _gateway, browser) = open(updates);
    until("the title", LONG, || {
        let title = browser.run("return document.title", json!([]));
        match title.as_str() {
            Some(title) if title.contains(name) => Ok(()),
            other => Err(format!("the title is {other:?}")),
        }
    });
    assert!(server.asked().contains(&DESKTOP_NAME), "{:?}", server.asked());
}
