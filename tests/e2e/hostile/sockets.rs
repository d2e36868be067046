//! Tricks of what stands in the gateway's place: WebSockets that end, or are none.

use super::server::{RAW, desktop, one};
use super::websocket::{
    BINARY, TEXT, answers, answers_wrongly, close, frame, sends, sends_and_closes, sends_and_cuts,
};
use super::{Case, Expected, Peer, ends, has_pixels, play};

fn socket(
    name: &'static str,
    trick: super::Trick,
    hop: &'static str,
    words: &'static [&'static str],
) -> Case {
    Case {
        peer: Peer::WebSocket(trick),
        expected: Expected::Ends(hop, words),
        ..ends(name, desktop([]), &[])
    }
}

/// The browser says on the console what it does not tell its page.
fn refused(case: Case) -> Case {
    Case {
        // Where a redirection leads is looked at, too.
        console: &["/websock", "/login"],
        ..case
    }
}

fn closes(
    name: &'static str,
    code: u16,
    reason: &'static [u8],
    hop: &'static str,
    words: &'static [&'static str],
) -> Case {
    socket(name, sends_and_closes(close(code, reason)), hop, words)
}

/// All of a connection at once: nothing waits for the client.
fn large_desktop() -> Vec<u8> {
    const SIDE: [u8; 2] = 4096_u16.to_be_bytes();
    let handshake = [
        &b"RFB 003.008\n\x01\x01\0\0\0\0"[..],
        &[SIDE, SIDE].concat(),
        &[
            32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 0, 8, 16, 0, 0, 0, 0, 0, 0, 0,
        ],
    ];
    let picture = one([0, 0, 4096, 4096], RAW, vec![90; 4096 * 4096 * 4]);
    [handshake.concat(), picture].concat()
}

pub(super) fn cases() -> Vec<Case> {
    let greeting = frame(BINARY, b"RFB 003.008\n");
    vec![
        closes(
            "an end with 4404",
            4404,
            b"there is no session \"gone\"",
            "gateway",
            &["there is no session \"gone\"", "4404"],
        ),
        closes(
            "an end with 4502 and no reason",
            4502,
            b"",
            "gateway",
            &["4502", "Check that the machine is running"],
        ),
        closes(
            "an end with 4504",
            4504,
            b"10.0.0.7 did not answer within 8 s",
            "gateway",
            &["10.0.0.7 did not answer within 8 s", "4504"],
        ),
        closes(
            "an end with 1011",
            1011,
            b"Failed to connect to 10.0.0.7:5900",
            "gateway",
            &["Failed to connect to 10.0.0.7:5900", "1011"],
        ),
        closes(
            "an end with 1012 and no reason",
            1012,
            b"",
            "gateway",
            &["restarting", "Try again in a moment", "1012"],
        ),
        closes(
            "an end with 1008",
            1008,
            b"policy says no",
            "gateway",
            &["policy says no", "1008"],
        ),
        closes(
            "an end with 1000 and a reason",
            1000,
            b"Target closed",
            "server",
            &["before its greeting", "Target closed"],
        ),
        closes(
            "an end with 1000 and no reason",
            1000,
            b"",
            "server",
            &["closed the connection before its greeting"],
        ),
        closes(
            "an end with 3999 and no reason",
            3999,
            b"",
            "websocket",
            &["closed", "3999"],
        ),
        closes(
            "an end whose reason has controls and letters of every kind",
            4999,
            "\u{7}\u{1B}[31m<b>\u{202E}сон 夢 😀\r\nzwei".as_bytes(),
            "gateway",
            &["<b>", "сон 夢 😀", "zwei", "4999"],
        )
        .pictured(),
        refused(socket(
            "an end whose reason is no UTF-8",
            sends(close(4000, b"\xFF\xFE")),
            "websocket",
            &["The connection to the gateway was lost", "1006"],
        )),
        socket(
            "a text message",
            sends([greeting.clone(), frame(TEXT, b"UkZC")].concat()),
            "gateway",
            &["text instead of binary messages", "update it"],
        ),
        refused(socket(
            "a frame with reserved bits",
            sends([greeting.clone(), frame(BINARY | 0x70, b"abc")].concat()),
            "websocket",
            &["The connection to the gateway was lost", "1006"],
        )),
        refused(socket(
            "a frame of a kind that there is not",
            sends([greeting.clone(), frame(0x83, b"abc")].concat()),
            "websocket",
            &["The connection to the gateway was lost"],
        )),
        refused(socket(
            "a frame of 2^63 bytes",
            sends([&greeting[..], &[BINARY, 127, 0x80, 0, 0, 0, 0, 0, 0, 0, 1]].concat()),
            "websocket",
            &["The connection to the gateway was lost"],
        )),
        socket(
            "a cut in the middle of a frame",
            sends_and_cuts([&greeting[..], &[BINARY, 126, 1, 0, 7, 7]].concat()),
            "websocket",
            &["The connection to the gateway was lost", "1006"],
        ),
        socket(
            "messages of 0 bytes, and an end",
            sends_and_closes([frame(BINARY, b"").repeat(50_000), close(1000, b"enough")].concat()),
            "server",
            &["before its greeting", "enough"],
        ),
        Case {
            expected: Expected::GoesOn(|browser| {
                has_pixels(
                    browser,
                    0,
                    &[((0, 0), [90, 90, 90]), ((4095, 4095), [90, 90, 90])],
                );
            }),
            ..socket(
                "a desktop in one message of 64 MB",
                sends(frame(BINARY, &large_desktop())),
                "",
                &[],
            )
        },
        refused(socket(
            "a web server that knows no such page",
            answers("404 Not Found"),
            "websocket",
            &["404", "/websock"],
        )),
        refused(socket(
            "a web server that wants a login",
            answers("401 Unauthorized"),
            "websocket",
            &["401", "Sign in again"],
        )),
        refused(socket(
            "a web server that forbids it",
            answers("403 Forbidden"),
            "websocket",
            &["403"],
        )),
        refused(socket(
            "a web server with an error",
            answers("500 Oops"),
            "websocket",
            &["500"],
        )),
        refused(socket(
            "a proxy without its gateway",
            answers("502 Bad Gateway"),
            "websocket",
            &["502", "gateway may be down"],
        )),
        refused(socket(
            "a web server that leads elsewhere",
            answers("302 Found\r\nLocation: /login"),
            "websocket",
            &["redirects", "sign in again"],
        )),
        refused(socket(
            "a wrong answer to the WebSocket's key",
            answers_wrongly(),
            "websocket",
            &["could not be opened"],
        )),
    ]
}

#[test]
fn a_hostile_websocket_is_told_in_words_and_leaves_the_page_usable() {
    play(&cases());
}
