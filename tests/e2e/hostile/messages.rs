//! Tricks in messages other than updates: clipboard, bell, colours, fences, and types that there are not.

use std::io::Write as _;
use std::sync::Arc;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use porthole_tests::browser::Stroke;
use porthole_tests::peer::{reset, take};
use porthole_tests::wait::{LONG, until};

use super::server::{BELL, SIZE, Trick, begin, desktop, whole_picture};
use super::{Case, ends, goes_on, noticed, play, rings};

/// A `ServerCutText` of this length, with some of it.
fn cut_text(length: u32, text: &[u8]) -> Vec<u8> {
    [&[3, 0, 0, 0][..], &length.to_be_bytes(), text].concat()
}

/// The picture, and this behind it.
fn then(bytes: &[u8]) -> Vec<u8> {
    [&whole_picture(), bytes].concat()
}

/// A message of the extended clipboard: its flags, and its data.
fn extended(flags: u32, data: &[u8]) -> Vec<u8> {
    let length = -(data.len() as i32 + 4);
    [
        &[3, 0, 0, 0][..],
        &length.to_be_bytes(),
        &flags.to_be_bytes(),
        data,
    ]
    .concat()
}

const TEXT: u32 = 1;
const REQUEST: u32 = 1 << 25;
const PEEK: u32 = 1 << 26;
const NOTIFY: u32 = 1 << 27;
const PROVIDE: u32 = 1 << 28;

/// A text as the extended clipboard has it, after what is said to be its size.
fn provided(size: u32, text: &[u8]) -> Vec<u8> {
    let mut stream = ZlibEncoder::new(Vec::new(), Compression::fast());
    stream.write_all(&size.to_be_bytes()).unwrap();
    stream.write_all(text).unwrap();
    stream.finish().unwrap()
}

/// A desktop that rings when somebody types an emoji.
fn waits_for_an_emoji() -> Trick {
    Arc::new(|stream| {
        begin(stream, SIZE)?;
        stream.write_all(&whole_picture())?;
        let mut typed = Vec::new();
        loop {
            typed.extend(take::<1>(stream)?);
            // KeyEvent, down, of the keysym for U+1F600.
            if typed.ends_with(&[4, 1, 0, 0, 0x01, 0x01, 0xF6, 0x00]) {
                stream.write_all(&BELL)?;
            }
        }
    })
}

pub(super) fn cases() -> Vec<Case> {
    vec![
        ends(
            "a message of unknown type 77",
            desktop(then(&[77, 1, 2, 3])),
            &["The server sent a message of unknown type 77"],
        ),
        ends(
            "garbage instead of messages",
            desktop(then(&[0xEE; 5000])),
            &["The server sent a message of unknown type 238"],
        ),
        ends(
            "a fence of 255 bytes",
            desktop(then(
                &[&[248, 0, 0, 0, 0x80, 0, 0, 0, 255][..], &[1; 255]].concat(),
            )),
            &["ServerFence: the payload of 255 bytes is longer than the limit of 64"],
        ),
        goes_on(
            "a fence with flags that there are not",
            desktop(then(
                &[&[248, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 3, 1, 2, 3][..], &BELL].concat(),
            )),
            rings,
        ),
        goes_on(
            "continuous updates that end before they began",
            desktop(then(&[150, 150, 150, 2])),
            rings,
        ),
        goes_on(
            "a colour map where there is none",
            desktop(then(&[&[1, 0, 0, 5, 0, 2][..], &[9; 12], &BELL].concat())),
            rings,
        ),
        ends(
            "a colour map beyond its last colour",
            desktop(then(&[1, 0, 0xFF, 0xFF, 0, 2])),
            &["SetColourMapEntries", "65536"],
        ),
        goes_on(
            "a clipboard of 17 MB",
            desktop(then(
                &[cut_text(17 << 20, &vec![b'x'; 17 << 20]), BELL.to_vec()].concat(),
            )),
            |browser| {
                noticed(browser, "too long to be taken: 17 MB");
                rings(browser);
            },
        ),
        goes_on(
            "a clipboard of 2 GB that never comes",
            desktop(then(&cut_text(i32::MAX as u32, b"abc"))),
            |browser| {
                noticed(browser, "too long to be taken: 2147 MB");
            },
        ),
        goes_on(
            "a clipboard with controls, markup and half a letter",
            desktop(then(
                &[cut_text(16, b"<b>\x00\x1B[2J\xFF\xC3</b>\r\n"), BELL.to_vec()].concat(),
            )),
            |browser| {
                rings(browser);
                browser.click(".handle");
                browser.click("#tools [title=Clipboard]");
                until("the text", LONG, || {
                    let text = browser.run(
                        "return [...document.querySelectorAll('#clipboard textarea')].map((it) => it.value).join()",
                        serde_json::json!([]),
                    );
                    let text = text.as_str().unwrap_or_default().to_owned();
                    if text.contains("<b>") && text.contains("\u{FF}\u{C3}</b>") {
                        Ok(())
                    } else {
                        Err(text)
                    }
                });
                browser.click(".handle");
            },
        ),
        goes_on(
            "an extended clipboard of several actions",
            desktop(then(
                &[
                    extended(REQUEST | NOTIFY | TEXT, &[]),
                    extended(PEEK | NOTIFY | REQUEST | PROVIDE | TEXT, &provided(2, b"x\0")),
                    BELL.to_vec(),
                ]
                .concat(),
            )),
            rings,
        ),
        goes_on(
            "an extended clipboard that is no UTF-8",
            desktop(then(
                &[
                    extended(PROVIDE | TEXT, &provided(6, b"a\xFF\xFE\xC3z\0")),
                    BELL.to_vec(),
                ]
                .concat(),
            )),
            rings,
        ),
        goes_on(
            "an extended clipboard that inflates to 4 GB",
            desktop(then(
                &[
                    extended(PROVIDE | TEXT, &provided(u32::MAX, &vec![b'x'; 8 << 20])),
                    BELL.to_vec(),
                ]
                .concat(),
            )),
            |browser| {
                noticed(browser, "too long to be taken");
                rings(browser);
            },
        ),
        goes_on(
            "an extended clipboard that is garbage",
            desktop(then(
                &[
                    extended(PROVIDE | TEXT, b"no zlib stream"),
                    extended(0xFFFF_FFFF, b"?"),
                    extended(0, b""),
                    cut_text(-2_i32 as u32, b"ab"),
                    BELL.to_vec(),
                ]
                .concat(),
            )),
            rings,
        ),
        goes_on(
            "an extended clipboard of 2 GB that never comes",
            desktop(then(&cut_text(i32::MIN as u32, b"abc"))),
            |browser| noticed(browser, "too long to be taken"),
        ),
        goes_on(
            "a power message of a version and a kind that there are not",
            desktop(then(&[&[250, 0, 99, 200, 250, 0, 1, 77][..], &BELL].concat())),
            rings,
        ),
        goes_on("an emoji that is waited for", waits_for_an_emoji(), |browser| {
            browser.keys(&[Stroke::Tap("😀")]);
            rings(browser);
        }),
        ends(
            "a reset while the desktop is in use",
            Arc::new(|stream| {
                begin(stream, SIZE)?;
                reset(stream, &whole_picture())
            }),
            &["broke the connection"],
        )
        .at("gateway"),
    ]
}

#[test]
fn a_hostile_message_is_told_in_words_and_leaves_the_page_usable() {
    play(&cases());
}
