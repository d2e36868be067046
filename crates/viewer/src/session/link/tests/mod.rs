#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod endings;
mod figures;
mod input;
mod machine;
mod news;
mod opening;
mod pulse;
mod quality;
mod updates;

use super::*;
use crate::{Command, Credentials, Depth, Hop, PowerAction};

const URL: &str = "ws://host/websock";

fn options() -> ConnectOptions {
    ConnectOptions {
        url: URL.into(),
        shared: true,
        view_only: false,
        adaptive: false,
        quality: None,
        fine_quality: None,
        subsampling: None,
        depth: Depth::True,
        compression: None,
        encodings: None,
        credentials: None,
        repeater_id: None,
        security_types: None,
    }
}

fn events(link: &mut Link) -> Vec<Event> {
    std::iter::from_fn(|| link.poll_event()).collect()
}

fn sent(link: &mut Link, buffered: u32) -> Vec<u8> {
    std::iter::from_fn(|| link.poll_transmit(buffered))
        .flatten()
        .collect()
}

fn ending(link: &Link) -> &Ending {
    match link.end() {
        Some(End::Known(ending)) => ending,
        other => panic!("not ended in words: {other:?}"),
    }
}

/// Somebody presses a key.
const KEY: Command = Command::Key {
    keysym: 1,
    scancode: 0,
    down: true,
};

/// ServerInit: 4x2 pixels, named "hi".
const SERVER_INIT: [u8; 26] = [
    0, 4, 0, 2, 32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0, 0, 0, 0, 0, 0, 0, 2, b'h', b'i',
];
/// An update of one Raw rectangle of one pixel, without the pixel.
const UPDATE: [u8; 16] = [0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0];

/// One pixel without a loss.
fn lossless_pixel() -> Vec<u8> {
    [&UPDATE[..], &[0; 4]].concat()
}

/// A link whose desktop is there and painted, at time 0.
fn running(options: ConnectOptions, observed: bool) -> Link {
    let mut link = unpainted(options, observed);
    link.painted(0.0);
    link
}

fn unpainted(options: ConnectOptions, observed: bool) -> Link {
    let mut link = Link::new(options, false, observed, 0.0);
    link.handle_open("binary", 0.0);
    for bytes in [&b"RFB 003.008\n"[..], &[1, 1], &[0; 4], &SERVER_INIT] {
        link.handle_input(bytes, 0.0);
    }
    assert_eq!(link.end(), None);
    link
}

fn drained(options: ConnectOptions) -> Link {
    let mut link = running(options, false);
    events(&mut link);
    sent(&mut link, 0);
    link
}

/// What is to be done at a time, other than to see whether the server is still there.
fn errand(link: &Link) -> Option<f64> {
    let due = link.adaptation.as_ref().and_then(Adaptation::due);
    due.or(link.deadline().filter(|due| Some(*due) != link.pulse_due()))
}

fn clipboard(text: &str) -> Command {
    Command::Clipboard(Clipboard {
        text: Some(text.to_owned()),
        ..Clipboard::default()
    })
}

/// An update of one rectangle.
fn update(place: [u16; 4], encoding: i32, content: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0, 0, 0, 1];
    bytes.extend(place.into_iter().flat_map(u16::to_be_bytes));
    bytes.extend(encoding.to_be_bytes());
    bytes.extend(content);
    bytes
}
