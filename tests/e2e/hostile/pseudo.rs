//! Tricks in what is no pixels: cursors, sizes, screens and names.

use porthole_tests::wait::{LONG, until};
use serde_json::json;

use super::server::{BELL, SIZE, WHOLE, desktop, one, picture, plain, update, whole_picture};
use super::{Case, ends, goes_on, has_pixels, noticed, play, rings};

const CURSOR: i32 = -239;
const CURSOR_WITH_ALPHA: i32 = -314;
const POINTER_POSITION: i32 = -232;
const LED_STATE: i32 = -261;
const VMWARE_CURSOR: i32 = 0x574D_5664;
const VMWARE_CURSOR_POSITION: i32 = 0x574D_5666;
const VMWARE_LED_STATE: i32 = 0x574D_5668;
const DESKTOP_SIZE: i32 = -223;
const LAST_RECT: i32 = -224;
const DESKTOP_NAME: i32 = -307;
const EXTENDED_DESKTOP_SIZE: i32 = -308;

fn shows(browser: &porthole_tests::browser::Browser) {
    browser.shows("the picture", picture);
}

/// Before the picture.
fn first(bytes: Vec<u8>) -> Vec<u8> {
    [bytes, whole_picture()].concat()
}

pub(super) fn cases() -> Vec<Case> {
    let nonsense: Vec<u8> = (0..255 * 16).map(|at| (at * 31) as u8).collect();
    vec![
        ends(
            "a cursor of 65535x65535",
            desktop(one([0, 0, 65535, 65535], CURSOR, [])),
            &[
                "Cursor rectangle 65535x65535",
                "a side of 65535 is more than 1024",
            ],
        ),
        goes_on("a cursor of 0x0", desktop(first(one([0; 4], CURSOR, []))), shows),
        goes_on(
            "a cursor that points outside of itself",
            desktop(first(one(
                [65535, 60000, 2, 1],
                CURSOR,
                [1, 2, 3, 0, 4, 5, 6, 0, 0xC0],
            ))),
            shows,
        ),
        goes_on(
            "a cursor larger than browsers show",
            desktop(first(one(
                [1, 1, 1024, 1024],
                CURSOR,
                vec![0xFF; 1024 * 1024 * 4 + 1024 * 128],
            ))),
            shows,
        ),
        goes_on(
            "a VMware cursor of unknown type",
            desktop([first(one([0, 0, 2, 2], VMWARE_CURSOR, [77, 0])), BELL.to_vec()].concat()),
            |browser| {
                shows(browser);
                rings(browser);
            },
        ),
        ends(
            "a VMware cursor of 65535x65535",
            desktop(one([0, 0, 65535, 65535], VMWARE_CURSOR, [1, 0])),
            &[
                "VMwareCursor rectangle 65535x65535",
                "a side of 65535 is more than 1024",
            ],
        ),
        ends(
            "a cursor with alpha in an encoding that is none",
            desktop(one([0, 0, 2, 2], CURSOR_WITH_ALPHA, [0, 0, 3, 9])),
            &["CursorWithAlpha rectangle 2x2", "encoding 777"],
        ),
        goes_on(
            "a pointer outside of the desktop",
            desktop(first(update(&[
                ([65535, 65535, 0, 0], POINTER_POSITION, vec![]),
                ([60000, 1, 9, 9], VMWARE_CURSOR_POSITION, vec![]),
            ]))),
            shows,
        ),
        goes_on(
            "lock keys that there are not",
            desktop(first(update(&[
                ([0; 4], LED_STATE, vec![0xFF]),
                ([0; 4], VMWARE_LED_STATE, vec![0xFF; 4]),
            ]))),
            shows,
        ),
        ends(
            "a new size of 65535x65535",
            desktop(first(one([0, 0, 65535, 65535], DESKTOP_SIZE, []))),
            &["DesktopSize", "65535x65535", "larger than the limit"],
        ),
        goes_on(
            "a new size of 0x0, and then another",
            desktop(
                [
                    whole_picture(),
                    one([0; 4], DESKTOP_SIZE, []),
                    one([0, 0, 0, 9], DESKTOP_SIZE, []),
                    update(&[
                        ([0, 0, 20, 10], DESKTOP_SIZE, vec![]),
                        plain([0, 0, 20, 10], [50, 60, 70]),
                    ]),
                ]
                .concat(),
            ),
            |browser| has_pixels(browser, 0, &[((0, 0), [50, 60, 70]), ((19, 9), [50, 60, 70])]),
        ),
        ends(
            "a rectangle for the size before",
            desktop(update(&[
                ([0, 0, 20, 10], DESKTOP_SIZE, vec![]),
                plain(WHOLE, [50, 60, 70]),
            ])),
            &[
                "Raw rectangle 64x48 at 0,0",
                "reaches beyond the framebuffer of 20x10",
            ],
        ),
        goes_on(
            "255 screens of nonsense",
            desktop(first(one(
                WHOLE,
                EXTENDED_DESKTOP_SIZE,
                [&[255, 1, 2, 3][..], &nonsense].concat(),
            ))),
            shows,
        ),
        goes_on(
            "no screens at all, and answers to what nobody asked",
            desktop(first(update(&[
                (WHOLE, EXTENDED_DESKTOP_SIZE, vec![0; 4]),
                ([1, 0, SIZE.0, SIZE.1], EXTENDED_DESKTOP_SIZE, vec![0; 4]),
                ([99, 77, SIZE.0, SIZE.1], EXTENDED_DESKTOP_SIZE, vec![0; 4]),
            ]))),
            shows,
        ),
        goes_on(
            "a refusal of a size that nobody asked for",
            desktop(first(one([1, 999, 0, 0], EXTENDED_DESKTOP_SIZE, vec![0; 4]))),
            |browser| {
                shows(browser);
                noticed(browser, "status 999");
            },
        ),
        ends(
            "a name of 4 GB in an update",
            desktop(first(one([0; 4], DESKTOP_NAME, [0xFF; 4]))),
            &[
                "DesktopName",
                "the name of 4294967295 bytes is longer than the limit",
            ],
        ),
        goes_on(
            "a name of 64 KB that is no UTF-8",
            desktop(first(one(
                [0; 4],
                DESKTOP_NAME,
                [&65536_u32.to_be_bytes()[..], b"begins", &[0xFE; 65530]].concat(),
            ))),
            |browser| {
                shows(browser);
                until("the title", LONG, || {
                    let title = browser.run("return document.title.slice(0, 40)", json!([]));
                    let title = title.as_str().unwrap_or_default().to_owned();
                    if title.starts_with("begins\u{FFFD}") {
                        Ok(())
                    } else {
                        Err(title)
                    }
                });
            },
        ),
        goes_on(
            "a last rectangle with a place, of a size",
            desktop(first(
                [
                    &[0, 0, 0xFF, 0xFF][..],
                    &super::server::rectangle([9; 4], LAST_RECT, &[]),
                ]
                .concat(),
            )),
            shows,
        ),
    ]
}

#[test]
fn hostile_cursors_sizes_screens_and_names_leave_the_page_usable() {
    play(&cases());
}
