//! H.264, which no VNC server here speaks: a server that sends what an encoder has made.

use porthole_tests::browser::Browser;
use porthole_tests::gateway::Gateway;
use porthole_tests::peer::{Rectangle, Script};
use porthole_tests::wait::{LONG, until};

/// Three pictures of 96x64: red; green; green, whose left half is blue. Made by x264 (baseline profile, limited range,
/// BT.709).
const STREAM: &str = "000000016742c00aa611189b016a0202028000000300800000030147891308c00000000168c84203b2c8000001658882\
    06788c50001cdf8e00024db1c0006c1a4e4e4e4e4ebaebaebaebaebaebaebaebaebaf000000001419a1c0cf847140006\
    37a38000c36c48000d08af0a659265fc4ae25712b895c4ae7f3f9fcfe7f3f9fcfe7f3f9fcfe7f3f9fcfe7f3f80000000\
    01419a2a033e6ffff8228a0002957e38000d834700010d3c4f89e43f9fcfc87f3f9f90fe7f3f24";

const RED: [u8; 3] = [255, 0, 0];
const GREEN: [u8; 3] = [0, 255, 0];
const BLUE: [u8; 3] = [0, 0, 255];
const GREY: [u8; 3] = [99, 99, 99];

const H264: i32 = 50;

/// The pictures' bytes, the parameters being the first one's.
fn pictures() -> [Vec<u8>; 3] {
    let bytes: Vec<u8> = (0..STREAM.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&STREAM[at..at + 2], 16).unwrap())
        .collect();
    let starts: Vec<usize> = (0..bytes.len() - 5)
        .filter(|at| bytes[*at..].starts_with(&[0, 0, 0, 1, 0x41]))
        .collect();
    [
        bytes[..starts[0]].to_vec(),
        bytes[starts[0]..starts[1]].to_vec(),
        bytes[starts[1]..].to_vec(),
    ]
}

/// A rectangle of video in the upper left, smaller than the pictures.
fn video(flags: u32, data: &[u8]) -> Rectangle {
    video_at([0, 0, 90, 60], flags, data)
}

fn video_at(place: [u16; 4], flags: u32, data: &[u8]) -> Rectangle {
    let mut content = (data.len() as u32).to_be_bytes().to_vec();
    content.extend(flags.to_be_bytes());
    content.extend(data);
    (place, H264, content)
}

fn grey(place: [u16; 4]) -> Rectangle {
    let [_, _, width, height] = place;
    (place, 0, vec![99; usize::from(width) * usize::from(height) * 4])
}

/// Waits until the canvas has these colours at these places, as near as a video comes to them.
fn shows(browser: &Browser, what: &str, expected: &[((usize, usize), [u8; 3])]) {
    until(what, LONG, || {
        let image = browser.canvas().ok_or("no canvas")?;
        for ((x, y), colour) in expected {
            let at = (y * image.width + x) * 3;
            let shown = &image.rgb[at..at + 3];
            let is_near = shown.iter().zip(colour).all(|(a, b)| a.abs_diff(*b) < 24);
            if !is_near {
                return Err(format!("{shown:?} at {x},{y} instead of {colour:?}"));
            }
        }
        Ok(())
    });
}

fn open(updates: Vec<Vec<Rectangle>>, settings: &str) -> (Script, Gateway, Browser) {
    let server = Script::start((128, 96), updates);
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    browser.open(&gateway.page(&format!("resize=off&{settings}")));
    browser.connected();
    (server, gateway, browser)
}

#[test]
fn a_video_is_shown_picture_by_picture_between_other_rectangles() {
    let [red, green, blue] = pictures();
    let updates = vec![
        // The grey comes after the video and lies on it.
        vec![grey([0, 0, 128, 96]), video(0, &red), grey([80, 50, 10, 10])],
        vec![video(0, &green)],
        vec![video(0, &blue), grey([0, 0, 5, 5])],
    ];
    let (server, _gateway, browser) = open(updates, "");
    shows(
        &browser,
        "the third picture",
        &[
            ((2, 2), GREY),
            ((20, 30), BLUE),
            ((70, 30), GREEN),
            ((89, 59), GREEN),
            ((91, 30), GREY),
        ],
    );
    assert_eq!(server.asked()[0], H264);
    assert_eq!(browser.complaints(), Vec::<String>::new());
}

#[test]
fn several_pictures_at_once_show_the_last_and_contexts_are_reset() {
    let [red, green, _] = pictures();
    let both = [red.clone(), green.clone()].concat();
    let elsewhere = [96, 0, 32, 32];
    let updates = vec![
        vec![
            grey([0, 0, 128, 96]),
            video(0, &both),
            video_at(elsewhere, 0, &red),
        ],
        // Only a flag; then a context that begins anew with its own key frame.
        vec![video(1, &[]), video(0, &red), video_at(elsewhere, 0, &green)],
        vec![video_at(elsewhere, 2, &red), grey([0, 90, 5, 5])],
    ];
    let (_server, _gateway, browser) = open(updates, "");
    shows(
        &browser,
        "both contexts anew",
        &[((20, 30), RED), ((100, 10), RED), ((2, 92), GREY)],
    );
    assert_eq!(browser.complaints(), Vec::<String>::new());
}

#[test]
fn the_page_itself_shows_videos_where_that_is_asked_for() {
    let [red, green, _] = pictures();
    let updates = vec![
        vec![grey([0, 0, 128, 96]), video(0, &red)],
        vec![video(0, &green)],
    ];
    let (_server, _gateway, browser) = open(updates, "renderer=page");
    shows(
        &browser,
        "the second picture",
        &[((20, 30), GREEN), ((100, 30), GREY)],
    );
}

#[test]
fn a_video_that_cannot_be_decoded_is_told_of_and_the_rest_goes_on() {
    let [mut broken, green, _] = pictures();
    // The profile of the parameters is one that there is not.
    broken[5] = 7;
    let updates = vec![
        vec![grey([0, 0, 128, 96]), video(0, &broken)],
        vec![video(0, &green), grey([0, 0, 128, 96])],
        vec![grey([3, 3, 3, 3])],
    ];
    let (server, _gateway, browser) = open(updates, "");
    let notice = browser.text_with(".notice", "H.264", LONG);
    assert!(notice.contains("Other encodings are used"), "{notice}");
    shows(&browser, "the rest", &[((20, 30), GREY)]);
    until("it is not asked for any more", LONG, || match server.asked() {
        asked if asked.contains(&H264) => Err(format!("{asked:?}")),
        _ => Ok(()),
    });
}

#[test]
fn a_lossless_picture_is_asked_for_without_videos() {
    let updates = vec![vec![grey([0, 0, 128, 96])]];
    let (server, _gateway, _browser) = open(updates, "quality=lossless");
    assert!(!server.asked().contains(&H264), "{:?}", server.asked());
}
