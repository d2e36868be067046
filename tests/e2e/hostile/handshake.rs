//! Tricks on the way to the desktop.

use std::io::Write as _;
use std::sync::Arc;

use porthole_tests::peer::{reset, take};
use porthole_tests::wait::{LONG, until};
use serde_json::json;

use super::server::{
    SIZE, Trick, desktop_of, hear_out, one, picture, plain, says, says_and_closes, update, whole_picture,
};
use super::{Case, ends, goes_on, has_pixels, play};

const GREETING: &[u8] = b"RFB 003.008\n";
/// One security type, None, and that it went well.
const LOGIN: &[u8] = &[1, 1, 0, 0, 0, 0];

fn after(parts: &[&[u8]]) -> Vec<u8> {
    parts.concat()
}

/// No security type, but a reason.
fn refusal(reason: &[u8]) -> Vec<u8> {
    after(&[GREETING, &[0], &(reason.len() as u32).to_be_bytes(), reason])
}

/// A `ServerInit` with this pixel format and a name of this length.
fn server_init((width, height): (u16, u16), format: [u8; 16], name: u32) -> Vec<u8> {
    after(&[
        GREETING,
        LOGIN,
        &width.to_be_bytes(),
        &height.to_be_bytes(),
        &format,
        &name.to_be_bytes(),
    ])
}

const FORMAT: [u8; 16] = [32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 0, 8, 16, 0, 0, 0];

fn resets(bytes: Vec<u8>) -> Trick {
    Arc::new(move |stream| reset(stream, &bytes))
}

/// Cut off where the desktop's name is half there, and the rest a sound desktop with a picture.
fn named(name: &'static [u8]) -> Trick {
    Arc::new(move |stream| {
        stream.write_all(&server_init(SIZE, FORMAT, name.len() as u32))?;
        stream.write_all(name)?;
        stream.write_all(&whole_picture())?;
        hear_out(stream)
    })
}

/// Asks for user name, target and password, and takes whatever comes.
fn xvp() -> Trick {
    Arc::new(|stream| {
        stream.write_all(&after(&[GREETING, &[1, 22]]))?;
        // The version, the type, and two lengths.
        let [.., user, target] = take::<15>(stream)?;
        for _ in 0..usize::from(user) + usize::from(target) {
            take::<1>(stream)?;
        }
        stream.write_all(&[7; 16])?;
        take::<16>(stream)?;
        stream.write_all(&[0; 4])?;
        take::<1>(stream)?;
        stream.write_all(&server_init(SIZE, FORMAT, 0)[GREETING.len() + LOGIN.len()..])?;
        stream.write_all(&whole_picture())?;
        hear_out(stream)
    })
}

pub(super) fn cases() -> Vec<Case> {
    let mut garbage = b"\x00\xFF\x1B[31m<b>&\xE2\x80\xAE".to_vec();
    garbage.extend((0..4000).map(|number| ((number * 7919) >> 3) as u8));
    vec![
        ends(
            "HTTP instead of a greeting",
            says(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"),
            &["not a VNC server", "HTTP/1.1 400", "session's target"],
        )
        .pictured(),
        ends(
            "SSH instead of a greeting",
            says(b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n"),
            &["not a VNC server", "SSH-2.0-Open"],
        ),
        ends(
            "a TLS alert instead of a greeting",
            says_and_closes(b"\x15\x03\x01\x00\x02\x02\x28"),
            &["before its greeting", "\\x15\\x03\\x01"],
        ),
        ends(
            "garbage instead of a greeting",
            says(garbage),
            &["not a VNC server", "\\x00\\xff\\x1b[31m<b>"],
        ),
        ends(
            "version 999.999",
            says(b"RFB 999.999\n"),
            &["RFB 999.999", "does not know"],
        ),
        ends(
            "version 2.0",
            says(b"RFB 002.000\n"),
            &["RFB 002.000", "does not know"],
        ),
        ends(
            "a version without digits",
            says(b"RFB abc.def\n"),
            &["not a VNC server", "RFB abc.def"],
        ),
        ends(
            "no security type and a reason",
            says(refusal(b"Too many security failures")),
            &["refused", "Too many security failures", "in some minutes"],
        )
        .pictured(),
        ends(
            "no security type and no reason",
            says(refusal(b"")),
            &["refused the connection", "gave no reason"],
        ),
        ends(
            "a reason that is no UTF-8",
            says(refusal(b"Zugang gesperrt f\xFCr heute")),
            &["Zugang gesperrt f", "r heute"],
        ),
        ends(
            "a reason with line breaks, controls and markup",
            says(refusal(
                b"<img src=x onerror=alert(1)>\r\n\x07\x1B[2Jline two\xE2\x80\xAEesrever",
            )),
            &["<img src=x onerror=alert(1)>", "line two"],
        ),
        ends(
            "a reason of 64 KB",
            says(refusal(&b"No. ".repeat(16 << 10))),
            &["refused", "No. No. No."],
        )
        .pictured(),
        ends(
            "a reason of 4 GB",
            says(after(&[GREETING, &[0], &[0xFF; 4], b"No."])),
            &["the reason of 4294967295 bytes is longer than the limit"],
        ),
        ends(
            "only unknown security types",
            says(after(&[GREETING, &[2, 99, 200]])),
            &["login that this viewer does not know", "99", "200"],
        ),
        ends(
            "255 unknown security types",
            says(after(&[GREETING, &[255], &[77; 255]])),
            &["login that this viewer does not know", "77"],
        )
        .pictured(),
        ends(
            "version 3.3 with a security type of four bytes",
            says(b"RFB 003.003\n\x01\x00\x00\x02"),
            &["the security type 16777218 has no meaning"],
        ),
        ends(
            "a verdict of 7 on the login",
            says(after(&[GREETING, &[1, 1, 0, 0, 0, 7]])),
            &["SecurityResult", "7"],
        ),
        ends(
            "no login, which fails",
            says(after(&[
                GREETING,
                &[1, 1, 0, 0, 0, 1, 0, 0, 0, 12],
                b"Out of seats",
            ])),
            &["Out of seats"],
        ),
        ends(
            "a login that fails for a reason of 4 GB",
            says(after(&[GREETING, &[1, 1, 0, 0, 0, 1], &[0xFF; 4]])),
            &["SecurityResult", "the reason of 4294967295 bytes"],
        ),
        ends(
            "a desktop of 65535x65535",
            says(server_init((65535, 65535), FORMAT, 0)),
            &["65535x65535", "larger than the limit"],
        ),
        ends(
            "a name of 4 GB",
            says(server_init(SIZE, FORMAT, u32::MAX)),
            &["the desktop's name of 4294967295 bytes"],
        ),
        ends(
            "the server's own pixels of 0 bits",
            says(server_init(SIZE, [0; 16], 0)),
            &["ServerInit", "bits"],
        )
        .with("depth=server"),
        ends(
            "the server's own pixels with shifts beyond them",
            says(server_init(
                SIZE,
                [16, 16, 0, 1, 255, 255, 255, 255, 255, 255, 200, 201, 202, 0, 0, 0],
                0,
            )),
            &["ServerInit"],
        )
        .with("depth=server"),
        goes_on(
            "pixels of 0 bits where others are asked for",
            {
                Arc::new(|stream| {
                    stream.write_all(&server_init(SIZE, [0; 16], 0))?;
                    stream.write_all(&whole_picture())?;
                    hear_out(stream)
                })
            },
            |browser| browser.shows("the picture", picture),
        ),
        goes_on(
            "a name that is no UTF-8, with markup",
            named(b"<b>\xFF\xFE</b>\n\x00\xED\xA0\x80!"),
            |browser| {
                browser.shows("the picture", picture);
                until("the title", LONG, || {
                    let title = browser.run("return document.title", json!([]));
                    let title = title.as_str().unwrap_or_default();
                    if title.contains("<b>") && title.contains('!') {
                        Ok(())
                    } else {
                        Err(title.to_owned())
                    }
                });
            },
        ),
        goes_on(
            "a desktop of 0x0 that grows",
            desktop_of(
                (0, 0),
                [
                    one([0, 0, SIZE.0, SIZE.1], -223, []),
                    update(&[plain([0, 0, SIZE.0, SIZE.1], [10, 20, 30])]),
                ]
                .concat(),
            ),
            |browser| has_pixels(browser, 0, &[((0, 0), [10, 20, 30]), ((63, 47), [10, 20, 30])]),
        ),
        goes_on(
            "a desktop of 65535x16",
            desktop_of(
                (65535, 16),
                one([65500, 0, 35, 16], 2, [0, 0, 0, 0, 200, 100, 50, 0]),
            ),
            |browser| {
                has_pixels(browser, 0, &[((65534, 15), [200, 100, 50]), ((0, 0), [0, 0, 0])]);
            },
        ),
        ends(
            "a repeater",
            says(b"RFB 000.000\n"),
            &["This is a repeater", "repeaterID"],
        ),
        Case {
            prepare: |browser| {
                browser.fill("#username", "somebody");
                browser.fill("#target", "");
                browser.fill("#password", "secret12");
                browser.click("dialog [type=submit]");
            },
            ..goes_on("an xvp login whose target stays empty", xvp(), |browser| {
                browser.shows("the picture", picture);
            })
        },
        ends(
            "an end after the version",
            says_and_closes(GREETING),
            &["closed the connection before it offered a security type"],
        ),
        ends(
            "an end in the middle of the security types",
            says_and_closes(after(&[GREETING, &[5, 1]])),
            &["closed the connection before it offered a security type"],
        ),
        ends(
            "an end instead of a verdict",
            says_and_closes(after(&[GREETING, &[1, 1]])),
            &["closed the connection before it accepted or refused the login"],
        ),
        ends(
            "an end in the middle of a reason",
            says_and_closes(after(&[GREETING, &[0, 0, 0, 0, 99], b"Because"])),
            &["closed the connection while it said why it refuses", "Because"],
        ),
        ends(
            "an end in the middle of the desktop's description",
            says_and_closes(after(&[GREETING, LOGIN, &[0, 64, 0]])),
            &["closed the connection before it described the desktop"],
        ),
        ends(
            "a reset after the version",
            resets(GREETING.to_vec()),
            &["broke the connection"],
        )
        .at("gateway"),
    ]
}

#[test]
fn a_hostile_handshake_is_told_in_words_and_leaves_the_page_usable() {
    play(&cases());
}
