//! Tricks in images: JPEG, PNG and H.264.

use jpeg_encoder::{ColorType, Encoder};
use porthole_tests::browser::Browser;

use super::server::{WHOLE, desktop, desktop_of, desktop_that_closes, one, plain, update};
use super::{Case, ends, goes_on, has_pixels, noticed, play};

const TIGHT: i32 = 7;
const JPEG: i32 = 21;
const H264: i32 = 50;
const TIGHT_PNG: i32 = -260;

const PLACE: [u16; 4] = [8, 8, 16, 16];

/// An image of one colour.
fn jpeg((width, height): (u16, u16), colour: ColorType, progressive: bool) -> Vec<u8> {
    let pixel: &[u8] = match colour {
        ColorType::Cmyk => &[10, 20, 30, 40],
        _ => &[200, 100, 50],
    };
    let mut image = Vec::new();
    let mut encoder = Encoder::new(&mut image, 95);
    encoder.set_progressive(progressive);
    let pixels = pixel.repeat(usize::from(width) * usize::from(height));
    encoder.encode(&pixels, width, height, colour).unwrap();
    image
}

fn good() -> Vec<u8> {
    jpeg((16, 16), ColorType::Rgb, false)
}

/// Where a marker's segment begins in an image.
fn segment(image: &[u8], marker: u8) -> usize {
    image.windows(2).position(|pair| pair == [0xFF, marker]).unwrap()
}

/// Without the segments of this marker.
fn without(mut image: Vec<u8>, marker: u8) -> Vec<u8> {
    while let Some(at) = image.windows(2).position(|pair| pair == [0xFF, marker]) {
        let length = usize::from(u16::from_be_bytes([image[at + 2], image[at + 3]]));
        image.drain(at..at + 2 + length);
    }
    image
}

/// With another size in its header.
fn resized(mut image: Vec<u8>, (width, height): (u16, u16)) -> Vec<u8> {
    let at = segment(&image, 0xC0);
    image[at + 5..at + 7].copy_from_slice(&height.to_be_bytes());
    image[at + 7..at + 9].copy_from_slice(&width.to_be_bytes());
    image
}

/// An image in Tight or TightPNG, after its compression control.
fn tight(control: u8, image: &[u8]) -> Vec<u8> {
    let length = image.len();
    let length = [
        length as u8 & 127 | 128,
        (length >> 7) as u8 & 127 | 128,
        (length >> 14) as u8,
    ];
    [&[control][..], &length, image].concat()
}

fn in_tight(image: &[u8]) -> Vec<u8> {
    one(PLACE, TIGHT, tight(0x90, image))
}

fn in_png(image: &[u8]) -> Vec<u8> {
    one(PLACE, TIGHT_PNG, tight(0xA0, image))
}

/// A PNG's signature and a header of this size and kind of colour.
fn png((width, height): (u32, u32), [depth, colour]: [u8; 2]) -> Vec<u8> {
    let mut header = b"IHDR".to_vec();
    header.extend(width.to_be_bytes());
    header.extend(height.to_be_bytes());
    header.extend([depth, colour, 0, 0, 0]);
    let mut crc = flate2::Crc::new();
    crc.update(&header);
    [
        b"\x89PNG\r\n\x1A\n\0\0\0\x0D",
        &header[..],
        &crc.sum().to_be_bytes(),
    ]
    .concat()
}

pub(super) fn cases() -> Vec<Case> {
    vec![
        goes_on(
            "pixels behind an image that takes its time",
            desktop(update(&[
                (PLACE, TIGHT, tight(0x90, &good())),
                plain([0, 0, 8, 8], [200, 100, 50]),
                (PLACE, TIGHT, tight(0x90, &good())),
                ([24, 8, 8, 8], 5, [&[1][..], &[9, 99, 199, 0].repeat(64)].concat()),
            ])),
            |browser| {
                has_pixels(browser, 0, &[((0, 0), [200, 100, 50]), ((24, 8), [9, 99, 199])]);
                has_pixels(
                    browser,
                    6,
                    &[((8, 8), [200, 100, 50]), ((23, 23), [200, 100, 50])],
                );
            },
        ),
        ends(
            "a JPEG image that is garbage",
            desktop(in_tight(&[7; 300])),
            &[
                "Tight rectangle 16x16 at 8,8",
                "its JPEG image is broken",
                "does not begin with its marker",
                "does not keep to the protocol",
            ],
        )
        .pictured(),
        ends(
            "a JPEG image whose data are garbage",
            desktop(in_tight(&{
                let mut image = good();
                let at = segment(&image, 0xC4);
                image[at + 5..].fill(0x55);
                image
            })),
            &["Tight rectangle", "its JPEG image is broken"],
        ),
        ends(
            "a JPEG image of another size than its rectangle",
            desktop(in_tight(&jpeg((16, 8), ColorType::Rgb, false))),
            &["Tight rectangle", "its JPEG image is 16x8, not 16x16"],
        ),
        ends(
            "a JPEG image of 65500x65500",
            desktop(in_tight(&resized(good(), (65500, 65500)))),
            &["Tight rectangle", "its JPEG image is 65500x65500, not 16x16"],
        ),
        ends(
            "a progressive JPEG image",
            desktop(in_tight(&jpeg((16, 16), ColorType::Rgb, true))),
            &["Tight rectangle", "progressive images are not supported"],
        ),
        ends(
            "a JPEG image of four colours",
            desktop(in_tight(&jpeg((16, 16), ColorType::Cmyk, false))),
            &["Tight rectangle", "its JPEG image is broken", "components"],
        ),
        ends(
            "a JPEG image that is cut off",
            desktop(in_tight(&good()[..200])),
            &["Tight rectangle", "its JPEG image is broken", "cut off"],
        ),
        ends(
            "a JPEG image of 4 MB that never comes",
            desktop_that_closes(one(PLACE, TIGHT, [0x90, 0xFF, 0xFF, 0xFF])),
            &[
                "closed the connection in the middle of",
                "Tight rectangle 16x16 at 8,8",
            ],
        ),
        ends(
            "a JPEG rectangle without tables where there were none before",
            desktop(one(PLACE, JPEG, without(without(good(), 0xDB), 0xC4))),
            &["JPEG rectangle", "its JPEG image is broken", "table"],
        ),
        ends(
            "a JPEG rectangle that is garbage",
            desktop(one(PLACE, JPEG, b"GIF89a, of all things".to_vec())),
            &["JPEG rectangle", "its JPEG image is broken"],
        ),
        goes_on(
            "a JPEG rectangle without the tables that were there before",
            desktop(update(&[
                (PLACE, JPEG, good()),
                ([40, 8, 16, 16], JPEG, without(without(good(), 0xDB), 0xC4)),
            ])),
            |browser| has_pixels(browser, 6, &[((45, 12), [200, 100, 50])]),
        ),
        ends(
            "a PNG image that is garbage",
            desktop(in_png(&[7; 300])),
            &["TightPNG rectangle", "its PNG image is broken"],
        ),
        ends(
            "a PNG image of 4294967295x1",
            desktop(in_png(&png((u32::MAX, 1), [8, 2]))),
            &["TightPNG rectangle", "PNG image is 4294967295x1, not 16x16"],
        ),
        ends(
            "a PNG image without pixels",
            desktop(in_png(&png((16, 16), [8, 2]))),
            &["TightPNG rectangle", "its PNG image is broken"],
        ),
        ends(
            "a PNG image of a depth that is none",
            desktop(in_png(&png((16, 16), [3, 7]))),
            &["TightPNG rectangle", "its PNG image is broken"],
        ),
        ends(
            "Tight pixels where TightPNG has none",
            desktop(one(PLACE, TIGHT_PNG, [0x00, 5, 1, 2, 3, 4, 5])),
            &["TightPNG rectangle"],
        ),
        goes_on(
            "a video that is garbage",
            desktop(
                [
                    one(
                        PLACE,
                        H264,
                        [&[0, 0, 0, 40, 0, 0, 0, 0][..], &[0x42; 40]].concat(),
                    ),
                    one(
                        PLACE,
                        H264,
                        [&[0, 0, 0, 9, 0, 0, 0, 0][..], &[0, 0, 0, 1, 0x65, 1, 2, 3, 4]].concat(),
                    ),
                    one(WHOLE, 2, [0, 0, 0, 0, 4, 5, 6, 0]),
                ]
                .concat(),
            ),
            |browser: &Browser| has_pixels(browser, 0, &[((0, 0), [4, 5, 6])]),
        ),
        goes_on(
            "a video whose parameters are broken",
            desktop(
                [
                    one(
                        PLACE,
                        H264,
                        [
                            &[
                                0, 0, 0, 24, 0, 0, 0, 0, 0, 0, 0, 1, 0x67, 7, 0, 0xA, 0xA6, 0x11, 0x18, 0x9B,
                            ][..],
                            &[0, 0, 0, 1, 0x68, 0xC8, 0, 0, 0, 1, 0x65, 9],
                        ]
                        .concat(),
                    ),
                    one(WHOLE, 2, [0, 0, 0, 0, 4, 5, 6, 0]),
                ]
                .concat(),
            ),
            |browser: &Browser| {
                noticed(browser, "H.264");
                has_pixels(browser, 0, &[((0, 0), [4, 5, 6])]);
            },
        ),
        ends(
            "a video of 4 GB",
            desktop(one(PLACE, H264, [0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0])),
            &["H.264 rectangle", "a video's length of 4294967295 is more than"],
        ),
        goes_on(
            "a JPEG image of 8192x4096 of one colour",
            desktop_of((8192, 4096), {
                let image = jpeg((8192, 4096), ColorType::Rgb, false);
                let length = image.len();
                let compact = [
                    length as u8 & 127 | 128,
                    (length >> 7) as u8 & 127 | 128,
                    (length >> 14) as u8,
                ];
                one(
                    [0, 0, 8192, 4096],
                    TIGHT,
                    [&[0x90][..], &compact, &image].concat(),
                )
            }),
            |browser| {
                has_pixels(
                    browser,
                    6,
                    &[((0, 0), [200, 100, 50]), ((8191, 4095), [200, 100, 50])],
                );
            },
        ),
    ]
}

#[test]
fn a_hostile_image_is_told_in_words_and_leaves_the_page_usable() {
    play(&cases());
}
