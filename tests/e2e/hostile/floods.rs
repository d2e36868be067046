//! Servers that never stop, and one that never listens.

use std::io::{Read as _, Write as _};
use std::sync::Arc;

use porthole_tests::browser::{Browser, go};
use porthole_tests::wait::{LONG, until};
use serde_json::json;

use super::server::{
    BELL, RAW, SIZE, Trick, WHOLE, begin, floods, floods_and_reads_nothing, one, plain, rectangle, update,
    whole_picture,
};
use super::{Case, ends, goes_on, play};

const RRE: i32 = 2;
const CURSOR: i32 = -239;
const DESKTOP_SIZE: i32 = -223;
const DESKTOP_NAME: i32 = -307;

/// For a while the page does what pages do.
fn lives(browser: &Browser) {
    let mut seen = 0;
    until("thirty turns of the page's thread", LONG, || {
        let turns = browser.run(
            "globalThis.turns ??= (setInterval(() => globalThis.turns++, 10), 0); return globalThis.turns",
            json!([]),
        );
        let turns = turns.as_u64().unwrap_or_default();
        browser.mouse(&[go((300 + seen, 300))]);
        seen = (seen + 7) % 200;
        if turns > 30 {
            Ok(())
        } else {
            Err(format!("{turns}"))
        }
    });
}

fn name(name: &[u8]) -> Vec<u8> {
    one(
        [0; 4],
        DESKTOP_NAME,
        [&(name.len() as u32).to_be_bytes()[..], name].concat(),
    )
}

pub(super) fn cases() -> Vec<Case> {
    let shape = |byte: u8| {
        one(
            [0, 0, 32, 32],
            CURSOR,
            [vec![byte; 32 * 32 * 4], vec![0xFF; 32 * 4]].concat(),
        )
    };
    let size = |width: u16, height: u16| one([0, 0, width, height], DESKTOP_SIZE, []);
    let text = |byte: u8| [&[3, 0, 0, 0, 0, 0, 0x40, 0][..], &[byte; 0x4000]].concat();
    vec![
        goes_on("bells without end", floods(BELL), lives),
        goes_on(
            "bells without end, watched by the debug page",
            floods(BELL),
            lives,
        )
        .with("debug"),
        goes_on(
            "names without end",
            floods([name(b"one"), name(b"two"), name(&[b'x'; 9000])].concat()),
            lives,
        ),
        goes_on(
            "cursors without end",
            floods([shape(1), shape(200)].concat()),
            lives,
        ),
        goes_on(
            "sizes without end",
            floods([size(640, 480), size(64, 48)].concat()),
            lives,
        ),
        goes_on(
            "large sizes without end",
            floods([size(8000, 8000), size(7999, 8000)].concat()),
            lives,
        ),
        goes_on(
            "clipboards without end",
            floods([text(b'a'), text(b'b')].concat()),
            lives,
        ),
        goes_on(
            "empty updates without end",
            answers_for_ever(&[0, 0, 0, 0]),
            lives,
        ),
        goes_on(
            "an update without end",
            floods_after(&[0, 0, 0xFF, 0xFF], &rectangle([1, 1, 1, 1], RAW, &[1, 2, 3, 0])),
            lives,
        ),
        goes_on(
            "pixels without end",
            floods(update(&[plain(WHOLE, [9, 9, 200]), plain(WHOLE, [9, 200, 9])])),
            lives,
        ),
        ends(
            "a login whose server does not wait for the password",
            asks_and_floods([&[1, 2][..], &[7; 16]].concat()),
            &[
                "went on while the login waited for credentials",
                "more than 64 KB",
            ],
        )
        .pictured(),
        goes_on("work without end in few bytes", floods(work()), lives),
        goes_on("work without end on the page's own thread", floods(work()), lives).with("renderer=page"),
        goes_on("bells without end on the page's own thread", floods(BELL), lives).with("renderer=page"),
        ends(
            "questions without end, and no ear for the answers",
            floods_and_reads_nothing([&[248, 0, 0, 0, 0x80, 0, 0, 0, 64][..], &[7; 64]].concat()),
            &["too slowly: 64 MB are waiting"],
        )
        .pictured(),
    ]
}

/// 49 KB that are work for 33 billion pixels.
fn work() -> Vec<u8> {
    let place = [0, 0, 4000, 2000];
    let part = [1, 2, 3, 0, 0, 0, 0, 0, 0x0F, 0xA0, 0x07, 0xD0];
    let parts = [&[0, 0, 0x10, 0, 5, 6, 7, 0][..], &part.repeat(0x1000)].concat();
    [one(place, DESKTOP_SIZE, []), one(place, RRE, parts)].concat()
}

/// Greets, asks a question of a login, and goes on without an answer.
fn asks_and_floods(question: Vec<u8>) -> Trick {
    let first = [&b"RFB 003.008\n"[..], &question].concat();
    Arc::new(move |stream| {
        stream.write_all(&first)?;
        loop {
            stream.write_all(&[0; 1 << 16])?;
        }
    })
}

/// Answers each request with this, at once.
fn answers_for_ever(bytes: &[u8]) -> Trick {
    let bytes = bytes.to_vec();
    Arc::new(move |stream| {
        begin(stream, SIZE)?;
        stream.write_all(&whole_picture())?;
        // Each message of the client's is a request, of ten bytes.
        let mut requests = [0; 1000];
        loop {
            let length = stream.read(&mut requests)?;
            if length == 0 {
                return Ok(());
            }
            stream.write_all(&bytes.repeat(length.div_ceil(10)))?;
        }
    })
}

/// Shows its picture, sends the first, and then the other over and over.
fn floods_after(first: &[u8], again: &[u8]) -> Trick {
    let (first, again) = (first.to_vec(), again.repeat(4096));
    Arc::new(move |stream| {
        begin(stream, SIZE)?;
        stream.write_all(&whole_picture())?;
        stream.write_all(&first)?;
        loop {
            stream.write_all(&again)?;
        }
    })
}

#[test]
fn a_server_that_never_stops_leaves_the_page_usable() {
    play(&cases());
}
