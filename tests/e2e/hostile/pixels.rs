//! Tricks in rectangles of pixels, images apart.

use super::server::{
    BELL, RAW, WHOLE, desktop, desktop_of, desktop_that_closes, one, plain, rectangle, update,
};
use super::{Case, ends, goes_on, has_pixels, play};
use std::io::Write as _;

use flate2::Compression;
use flate2::write::ZlibEncoder;

const COPY_RECT: i32 = 1;
const RRE: i32 = 2;
const CO_RRE: i32 = 4;
const HEXTILE: i32 = 5;
const ZLIB: i32 = 6;
const TIGHT: i32 = 7;
const ZLIB_HEX: i32 = 8;
const TRLE: i32 = 15;
const ZRLE: i32 = 16;
const ZYWRLE: i32 = 17;

const PLACE: [u16; 4] = [1, 2, 8, 4];

fn deflate(data: &[u8]) -> Vec<u8> {
    let mut stream = ZlibEncoder::new(Vec::new(), Compression::fast());
    stream.write_all(data).unwrap();
    stream.flush().unwrap();
    stream.get_ref().clone()
}

/// Four bytes of length, and the data.
fn with_length(data: Vec<u8>) -> Vec<u8> {
    [&(data.len() as u32).to_be_bytes()[..], &data].concat()
}

/// Tight's own length, of up to three bytes.
fn compact(length: usize) -> Vec<u8> {
    vec![
        length as u8 & 127 | 128,
        (length >> 7) as u8 & 127 | 128,
        (length >> 14) as u8,
    ]
}

fn deflated(data: &[u8]) -> Vec<u8> {
    with_length(deflate(data))
}

/// A zlib stream of a few megabytes that inflates to so many times 64 MB of nothing.
fn bomb(times: usize) -> Vec<u8> {
    let mut stream = ZlibEncoder::new(Vec::new(), Compression::best());
    let zeros = vec![0; 16 << 20];
    let mut ends = vec![0];
    for _ in 0..2 {
        stream.write_all(&zeros).unwrap();
        stream.flush().unwrap();
        ends.push(stream.get_ref().len());
    }
    // The second part says what the first does, without zlib's header: it can be said again and again.
    let all = stream.get_ref();
    let again = all[ends[1]..ends[2]].repeat(times * 4 - 1);
    [&all[..ends[1]], &again].concat()
}

/// 48 MiB that cannot be made smaller.
fn noise() -> Vec<u8> {
    let mut state = 1_u32;
    (0..4096 * 3072)
        .flat_map(|_| {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            state.to_le_bytes()
        })
        .collect()
}

fn outside() -> Vec<Case> {
    vec![
        ends(
            "an unknown encoding",
            desktop(one(PLACE, 12345, [0; 8])),
            &[
                "FramebufferUpdate",
                "encoding 12345 rectangle 8x4 at 1,2",
                "not known",
            ],
        ),
        ends(
            "a rectangle beyond the right edge",
            desktop(one([60, 0, 5, 1], RAW, [9; 20])),
            &[
                "Raw rectangle 5x1 at 60,0",
                "reaches beyond the framebuffer of 64x48",
            ],
        )
        .pictured(),
        ends(
            "a rectangle of 65535x65535 at the far corner",
            desktop(one([65535; 4], RAW, [9; 20])),
            &["Raw rectangle 65535x65535 at 65535,65535", "reaches beyond"],
        ),
        ends(
            "a source outside of the desktop",
            desktop(one(PLACE, COPY_RECT, [0, 60, 0, 0])),
            &[
                "CopyRect rectangle 8x4 at 1,2",
                "source 8x4 at 60,0 reaches beyond",
            ],
        ),
        ends(
            "an RRE subrectangle outside of its rectangle",
            desktop(one(
                PLACE,
                RRE,
                [0, 0, 0, 1, 1, 2, 3, 0, 1, 2, 3, 0, 0, 7, 0, 0, 0, 2, 0, 1],
            )),
            &["RRE rectangle", "subrectangle of 2x1 at 7,0 reaches beyond"],
        ),
        ends(
            "4294967295 RRE subrectangles of which one comes",
            desktop_that_closes(one(
                PLACE,
                RRE,
                [255, 255, 255, 255, 1, 2, 3, 0, 1, 2, 3, 0, 0, 0, 0, 0, 0, 1, 0, 1],
            )),
            &[
                "closed the connection in the middle of",
                "RRE rectangle 8x4 at 1,2",
            ],
        ),
        ends(
            "a CoRRE subrectangle outside of its rectangle",
            desktop(one(
                PLACE,
                CO_RRE,
                [0, 0, 0, 1, 1, 2, 3, 0, 1, 2, 3, 0, 0, 3, 8, 2],
            )),
            &["CoRRE rectangle", "subrectangle of 8x2 at 0,3 reaches beyond"],
        ),
        ends(
            "a Hextile subrectangle outside of its tile",
            desktop(one(PLACE, HEXTILE, [0b1010, 1, 2, 3, 0, 1, 0x70, 0x10])),
            &["Hextile rectangle", "subrectangle of a tile of 2x1 at 7,0"],
        ),
        ends(
            "a Hextile subencoding that is none",
            desktop(one(PLACE, HEXTILE, [0b1000_0010, 1, 2, 3, 0])),
            &["Hextile rectangle", "subencoding mask 130 has no meaning"],
        ),
    ]
}

fn compressed() -> Vec<Case> {
    vec![
        ends(
            "a Zlib stream that is garbage",
            desktop(one(PLACE, ZLIB, with_length(b"no zlib stream at all".to_vec()))),
            &["Zlib rectangle", "its zlib stream is corrupt"],
        ),
        ends(
            "a Zlib stream that ends too early",
            desktop(one(PLACE, ZLIB, deflated(&[9; 8 * 4 * 4 - 1]))),
            &["Zlib rectangle", "its zlib data hold less than its pixels need"],
        ),
        ends(
            "a Zlib stream that inflates to gigabytes for one pixel",
            desktop(one([0, 0, 1, 1], ZLIB, with_length(bomb(64)))),
            &[
                "Zlib rectangle 1x1",
                "its zlib data hold more than its pixels need",
            ],
        ),
        ends(
            "a ZRLE stream that inflates to gigabytes for one pixel",
            desktop(one([0, 0, 1, 1], ZRLE, with_length(bomb(64)))),
            &[
                "ZRLE rectangle 1x1",
                "its zlib data hold more than its pixels need",
            ],
        ),
        ends(
            "a Tight stream that inflates to gigabytes",
            desktop({
                let bomb = bomb(1);
                one(PLACE, TIGHT, [vec![0], compact(bomb.len()), bomb].concat())
            }),
            &["Tight rectangle", "its zlib data hold more than its pixels need"],
        ),
        ends(
            "ZRLE data with something behind them",
            desktop(one(PLACE, ZRLE, deflated(&[1, 5, 6, 7, 99, 99]))),
            &["ZRLE rectangle", "its zlib data hold more than its pixels need"],
        ),
        ends(
            "a ZRLE palette index beyond the palette",
            desktop(one(
                [0, 0, 4, 1],
                ZRLE,
                deflated(&[3, 1, 1, 1, 2, 2, 2, 3, 3, 3, 0b0001_1011]),
            )),
            &["ZRLE rectangle", "palette index 3 is beyond a palette of 3"],
        ),
        ends(
            "a ZRLE run beyond the end of its tile",
            desktop(one(PLACE, ZRLE, deflated(&[128, 1, 1, 1, 255, 255, 255, 0]))),
            &["ZRLE rectangle", "run"],
        ),
        ends(
            "a ZRLE subencoding that is none",
            desktop(one(PLACE, ZRLE, deflated(&[127, 1, 1, 1]))),
            &["ZRLE rectangle", "subencoding 127"],
        ),
        ends(
            "a ZYWRLE tile that is no wavelet",
            desktop(one(PLACE, ZYWRLE, deflated(&[0, 99, 1, 1]))),
            &["ZYWRLE rectangle", "subencoding 99"],
        ),
        ends(
            "a TRLE palette of the tile before the first",
            desktop(one(PLACE, TRLE, [127, 0, 0, 0, 0])),
            &["TRLE rectangle", "127"],
        ),
        ends(
            "a ZlibHex tile that is garbage",
            desktop(one(PLACE, ZLIB_HEX, [32, 0, 5, 1, 2, 3, 4, 5])),
            &["ZlibHex rectangle", "its zlib stream is corrupt"],
        ),
        ends(
            "a Tight compression control that is none",
            desktop(one(PLACE, TIGHT, [0xF0])),
            &["Tight rectangle", "240"],
        ),
        ends(
            "a Tight filter that is none",
            desktop(one(PLACE, TIGHT, [0x40, 9])),
            &["Tight rectangle", "filter 9 has no meaning"],
        ),
        ends(
            "a Tight palette index beyond the palette",
            desktop(one(
                [0, 0, 4, 1],
                TIGHT,
                [0x40, 1, 2, 1, 1, 1, 2, 2, 2, 3, 3, 3, 0, 1, 2, 200],
            )),
            &["Tight rectangle", "palette index 200 is beyond a palette of 3"],
        ),
        ends(
            "Tight pixels of another length than the rectangle's",
            desktop(one(PLACE, TIGHT, [0xA0, 7, 1, 2, 3, 4, 5, 6, 7])),
            &["Tight rectangle", "its data have 7 bytes, not the 96"],
        ),
        goes_on(
            "a Zlib rectangle of 48 MiB that cannot be made smaller",
            desktop_of((4096, 3072), {
                let (mut stream, noise) = (ZlibEncoder::new(Vec::new(), Compression::none()), noise());
                stream.write_all(&noise).unwrap();
                stream.flush().unwrap();
                one([0, 0, 4096, 3072], ZLIB, with_length(stream.get_ref().clone()))
            }),
            |browser| {
                let noise = noise();
                let pixel = |x: usize, y: usize| {
                    let at = (y * 4096 + x) * 4;
                    ((x, y), [noise[at], noise[at + 1], noise[at + 2]])
                };
                has_pixels(browser, 0, &[pixel(0, 0), pixel(4095, 3071), pixel(2000, 1500)]);
            },
        ),
    ]
}

fn odd() -> Vec<Case> {
    vec![
        goes_on(
            "65534 rectangles of nothing",
            desktop({
                let mut message = vec![0, 0, 0xFF, 0xFE];
                message.extend(rectangle([0; 4], RAW, &[]).repeat(0xFFFD));
                message.extend(rectangle([0, 0, 1, 1], RAW, &[7, 8, 9, 0]));
                message
            }),
            |browser| has_pixels(browser, 0, &[((0, 0), [7, 8, 9])]),
        ),
        goes_on(
            "empty rectangles in every encoding",
            desktop(update(&[
                ([0; 4], RAW, vec![]),
                ([0; 4], RRE, vec![0; 8]),
                ([0; 4], HEXTILE, vec![]),
                ([0; 4], ZRLE, deflated(&[])),
                ([64, 48, 0, 0], COPY_RECT, vec![0; 4]),
                plain(WHOLE, [1, 2, 3]),
            ])),
            |browser| has_pixels(browser, 0, &[((0, 0), [1, 2, 3])]),
        ),
        ends(
            "65535 rectangles, which end by nothing but an end",
            desktop_that_closes({
                let mut message = vec![0, 0, 0xFF, 0xFF];
                message.extend(rectangle([0, 0, 1, 1], RAW, &[1, 2, 3, 0]).repeat(70_000));
                message
            }),
            &["closed the connection while the desktop was in use"],
        ),
        ends(
            "an end in the middle of a rectangle",
            desktop_that_closes(rectangle_cut_off()),
            &["closed the connection", "in the middle of", "Raw"],
        )
        .pictured(),
        goes_on(
            "updates without rectangles",
            desktop(
                [
                    [0, 0, 0, 0].repeat(5000),
                    one(WHOLE, RRE, [0, 0, 0, 0, 4, 5, 6, 0]),
                    BELL.to_vec(),
                ]
                .concat(),
            ),
            |browser| has_pixels(browser, 0, &[((63, 0), [4, 5, 6])]),
        ),
    ]
}

fn rectangle_cut_off() -> Vec<u8> {
    let mut message = update(&[plain(WHOLE, [1, 2, 3])]);
    message.truncate(1000);
    message
}

pub(super) fn cases() -> Vec<Case> {
    outside().into_iter().chain(compressed()).chain(odd()).collect()
}

#[test]
fn a_rectangle_out_of_bounds_is_told_in_words_and_leaves_the_page_usable() {
    play(&outside());
}

#[test]
fn hostile_compressed_data_are_told_in_words_and_leave_the_page_usable() {
    play(&compressed());
}

#[test]
fn a_wrong_number_of_rectangles_is_told_in_words_and_leaves_the_page_usable() {
    play(&odd());
}
