//! Servers that say nothing, or so little at a time that it never ends. They take their time, so they are met all at
//! once: each in a frame of one page.

use std::time::Duration;

use porthole_tests::browser::{Browser, report};
use porthole_tests::peer::web_page;
use serde_json::json;

use super::server::{SIZE, begin, drips, hear_out, says};
use super::{BREATH, Case, Stage, ends, goes_on, has_pixels, noticed, watched};

const GREETING: &[u8] = b"RFB 003.008\n";
/// One security type, None, and that it went well.
const LOGIN: &[u8] = &[1, 1, 0, 0, 0, 0];
const OFTEN: Duration = Duration::from_millis(100);
const SELDOM: Duration = Duration::from_millis(2_000);

fn after(parts: &[&[u8]]) -> Vec<u8> {
    parts.concat()
}

fn init(name: u32) -> Vec<u8> {
    init_of(SIZE, name)
}

fn init_of((width, height): (u16, u16), name: u32) -> Vec<u8> {
    let format = [32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 0, 8, 16, 0, 0, 0];
    after(&[
        &width.to_be_bytes(),
        &height.to_be_bytes(),
        &format,
        &name.to_be_bytes(),
    ])
}

pub(super) fn cases() -> Vec<Case> {
    vec![
        ends("silence instead of a greeting", says([]), &["sent nothing"]),
        ends(
            "silence after half a greeting",
            says(b"RFB 0"),
            &["not a VNC server", "RFB 0", "then nothing"],
        ),
        ends(
            "silence after the version",
            says(GREETING),
            &["went silent before it offered a security type"],
        ),
        ends(
            "silence in the middle of the security types",
            says(after(&[GREETING, &[9, 1, 2]])),
            &["went silent before it offered a security type", "\\x01\\x02"],
        ),
        ends(
            "silence instead of a verdict",
            says(after(&[GREETING, &[1, 1]])),
            &["went silent before it accepted or refused the login"],
        ),
        ends(
            "silence in the middle of a reason",
            says(after(&[GREETING, &[0, 0, 0, 0, 99], b"Because"])),
            &["went silent while it said why it refuses"],
        ),
        ends(
            "silence in the middle of the desktop's description",
            says(after(&[GREETING, LOGIN, &init(9)[..9]])),
            &["went silent before it described the desktop"],
        ),
        ends(
            "a greeting in drops",
            drips([], GREETING, SELDOM),
            &["too slow", "before its greeting, after \"RFB 0"],
        ),
        ends(
            "security types in drops",
            drips(after(&[GREETING, &[255]]), [77], OFTEN.saturating_mul(3)),
            &["too slow", "before it offered a security type", "seconds"],
        ),
        ends(
            "a reason in drops",
            drips(
                after(&[GREETING, &[0, 0, 0, 0xFF, 0xFF]]),
                b"Because, ".repeat(100),
                OFTEN,
            ),
            &["too slow", "while it said why it refuses", "seconds"],
        ),
        ends(
            "a name in drops",
            drips(after(&[GREETING, LOGIN, &init(60_000)]), b"name", OFTEN),
            &["too slow", "before it described the desktop", "seconds"],
        ),
        goes_on(
            "a desktop without a picture",
            std::sync::Arc::new(|stream| {
                begin(stream, SIZE)?;
                hear_out(stream)
            }),
            |browser| {
                noticed(browser, "no picture");
            },
        ),
        goes_on(
            "a picture in drops",
            drips(
                after(&[
                    GREETING,
                    LOGIN,
                    &init_of((64, 4800), 0),
                    &[0, 0, 0, 1, 0, 0, 0, 0, 0, 64, 0x12, 0xC0, 0, 0, 0, 0],
                ]),
                [5],
                Duration::from_millis(2),
            ),
            |browser| has_pixels(browser, 0, &[((0, 0), [5, 5, 5]), ((63, 0), [5, 5, 5])]),
        ),
    ]
}

/// A page of frames, a case in each.
fn wall(stage: &Stage, cases: &[Case]) -> String {
    let frames: String = cases
        .iter()
        .enumerate()
        .map(|(number, case)| {
            format!(
                "<iframe id=case-{number} src='{}' width=380 height=380></iframe>",
                stage.page(number, case)
            )
        })
        .collect();
    web_page(format!(
        "<!doctype html><link rel=icon href=data:,><body>{frames}"
    ))
}

#[test]
fn a_server_that_says_nothing_or_too_little_at_a_time_is_given_up_in_words() {
    let cases = cases();
    let stage = Stage::build(&cases);
    let browser = watched();
    browser.set_size(1600, 1600);
    browser.open(&wall(&stage, &cases));
    let mut told = String::new();
    let mut failed = Vec::new();
    let mut in_frame = |number: usize, case: &Case, act: &mut dyn FnMut(&Browser)| {
        browser.enter_frame(&format!("#case-{number}"));
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| act(&browser)));
        browser.leave_frame();
        if let Err(panic) = outcome {
            failed.push(format!("{}: {}", case.name, super::reason(panic.as_ref())));
        }
    };
    for (number, case) in cases.iter().enumerate() {
        in_frame(number, case, &mut |browser| {
            let text = case.meet(browser);
            told += &format!("{}: {}\n", case.name, text.replace('\n', " | "));
        });
    }
    browser.screenshot("hostile-silence");
    for (number, case) in cases.iter().enumerate() {
        in_frame(number, case, &mut |browser| {
            case.recover(browser, || stage.mend(number))
        });
    }
    browser.run(BREATH, json!([]));
    report(&told);
    assert!(
        failed.is_empty(),
        "{} of {} cases:\n{}",
        failed.len(),
        cases.len(),
        failed.join("\n")
    );
}
