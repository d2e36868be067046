//! What no honest server sends: each ends in one error that says where and why, and in no panic.

use flate2::Compression;
use porthole_rfb::{Encoding, Error, Rect};
use proptest::prelude::*;

use crate::conversation::{conversation, spoken};
use crate::dice::Dice;
use crate::encoders::{Deflate, Jpeg, with_length};
use crate::image::Picture;
use crate::oracle;
use crate::server::{self, Server};

const WIDTH: u16 = 40;
const HEIGHT: u16 = 30;

/// The error's text after the handshake and these bytes, the same in every slicing.
fn error(bytes: &[u8]) -> String {
    let bytes = [&server::handshake(WIDTH, HEIGHT, ""), bytes].concat();
    oracle::check(&bytes);
    let error = oracle::outcome([&bytes[..]]).error;
    error.map_or_else(|| "none".to_owned(), |error| error.to_string())
}

/// The error's text after an update with one rectangle.
fn rectangle_error(rect: Rect, encoding: Encoding, content: &[u8]) -> String {
    error(&server::framebuffer_update(&[server::rectangle(
        rect, encoding, content,
    )]))
}

/// The reason alone for a rectangle of 8x4 at 1,2.
fn reason(encoding: Encoding, content: &[u8]) -> String {
    let rect = Rect::new(1, 2, 8, 4);
    let text = rectangle_error(rect, encoding, content);
    let place = format!("FramebufferUpdate: {encoding} rectangle {rect}: ");
    match text.strip_prefix(&place) {
        Some(reason) => reason.to_owned(),
        None => unreachable!("\"{text}\" does not say where"),
    }
}

fn deflated(data: &[u8]) -> Vec<u8> {
    with_length(Deflate::new(&mut Dice::new(1)).compress(data))
}

/// A compact length and the data after it, for data of less than 128 bytes.
fn short(data: Vec<u8>) -> Vec<u8> {
    assert!(data.len() < 128);
    [vec![data.len() as u8], data].concat()
}

#[test]
fn a_message_of_unknown_type_is_named_by_its_number() {
    for number in [4, 7, 15, 127, 151, 249, 255] {
        let text = format!("the server sent a message of unknown type {number}");
        assert_eq!(error(&[number, 0, 0, 0]), text);
    }
}

#[test]
fn an_unknown_encoding_is_named_by_its_number() {
    for number in [3, 9, 10, 14, 51, -1, -225, i32::MIN] {
        let text = rectangle_error(Rect::new(0, 0, 1, 1), Encoding(number), &[0; 8]);
        let expected =
            format!("FramebufferUpdate: encoding {number} rectangle 1x1 at 0,0: the encoding is not known");
        assert_eq!(text, expected);
    }
}

#[test]
fn a_rectangle_beyond_any_edge_is_outside_the_framebuffer() {
    for rect in [
        Rect::new(0, 0, 41, 30),
        Rect::new(0, 0, 40, 31),
        Rect::new(1, 0, 40, 1),
        Rect::new(0, 1, 1, 30),
        Rect::new(39, 0, 2, 1),
        Rect::new(0, 29, 1, 2),
        Rect::new(40, 0, 1, 1),
        Rect::new(0, 30, 1, 1),
        Rect::new(65535, 0, 1, 1),
        Rect::new(65535, 65535, 65535, 65535),
        Rect::new(65000, 1, 536, 1),
        Rect::new(1, 65535, 1, 2),
        Rect::new(0, 0, 65535, 65535),
    ] {
        for encoding in crate::encoders::LOSSLESS
            .into_iter()
            .chain([Encoding::COPY_RECT, Encoding::JPEG])
        {
            let text = rectangle_error(rect, encoding, &[0; 40]);
            let expected = format!(
                "FramebufferUpdate: {encoding} rectangle {rect}: it reaches beyond the framebuffer of 40x30"
            );
            assert_eq!(text, expected);
        }
    }
}

#[test]
fn a_source_outside_the_framebuffer_is_not_copied() {
    for (x, y) in [(33, 0), (0, 27), (40, 30), (65535, 0), (0, 65535), (65530, 65533)] {
        let content = [u16::to_be_bytes(x), u16::to_be_bytes(y)].concat();
        let source = Rect::new(x, y, 8, 4);
        let expected = format!("its source {source} reaches beyond the framebuffer of 40x30");
        assert_eq!(reason(Encoding::COPY_RECT, &content), expected);
    }
}

#[test]
fn what_is_beyond_a_limit_is_an_error_before_memory_is_reserved_for_it() {
    let resize = server::rectangle(Rect::new(0, 0, 65535, 65535), Encoding::DESKTOP_SIZE, &[]);
    let text = "FramebufferUpdate: DesktopSize rectangle 65535x65535 at 0,0: a framebuffer of 65535x65535 is \
                larger than the limit of 65536 pixels";
    assert_eq!(error(&server::framebuffer_update(&[resize])), text);
    let text = "FramebufferUpdate: ExtendedDesktopSize rectangle 257x256 at 0,0: a framebuffer of 257x256 is \
                larger than the limit of 65536 pixels";
    let screens = server::screens(&[]);
    let rect = Rect::new(0, 0, 257, 256);
    assert_eq!(
        rectangle_error(rect, Encoding::EXTENDED_DESKTOP_SIZE, &screens),
        text
    );
    let cursors = [
        Rect::new(0, 0, 65, 1),
        Rect::new(9, 9, 1, 65),
        Rect::new(0, 0, 65535, 65535),
    ];
    for rect in cursors {
        let side = rect.width.max(rect.height);
        let text = format!("FramebufferUpdate: Cursor rectangle {rect}: a side of {side} is more than 64");
        assert_eq!(rectangle_error(rect, Encoding::CURSOR, &[]), text);
    }
    let text = "the name of 4097 bytes is longer than the limit of 4096";
    let error_text = rectangle_error(Rect::default(), Encoding::DESKTOP_NAME, &[0, 0, 0x10, 1]);
    assert!(error_text.ends_with(text), "{error_text}");
    let text = "an image's length of 65537 is more than 65536";
    assert_eq!(reason(Encoding::TIGHT, &[0x90, 0x81, 0x80, 4]), text);
    assert_eq!(reason(Encoding::TIGHT_PNG, &[0xA0, 0x81, 0x80, 4]), text);
    let endless = [vec![0xFF, 0xD8, 0xFF, 0xDA, 0, 2], vec![7; 70_000]].concat();
    assert_eq!(reason(Encoding::JPEG, &endless), text);
    let text = "ServerFence: the payload of 65 bytes is longer than the limit of 64";
    assert_eq!(error(&server::server_fence(0, &[0; 65])), text);
}

#[test]
fn a_clipboard_beyond_the_limit_is_passed_over() {
    let text = [vec![b'x'; 4097], server::BELL.to_vec()].concat();
    let mut bytes = server::handshake(1, 1, "");
    bytes.extend([3, 0, 0, 0, 0, 0, 0x10, 1]);
    bytes.extend(text);
    oracle::check(&bytes);
    let events = oracle::outcome([&bytes[..]]).events;
    let expected = [
        porthole_rfb::Event::ClipboardTooLong { length: 4097 },
        porthole_rfb::Event::Bell,
    ];
    assert_eq!(events[events.len() - 2..], expected);
}

#[test]
fn zlib_data_that_are_corrupt_are_named_in_every_encoding_that_has_them() {
    let garbage = b"this is no zlib stream at all, is it?".to_vec();
    let corrupt = "its zlib stream is corrupt";
    assert_eq!(reason(Encoding::ZLIB, &with_length(garbage.clone())), corrupt);
    assert_eq!(reason(Encoding::ZRLE, &with_length(garbage.clone())), corrupt);
    for stream in 0..4 {
        let content = [vec![stream << 4], short(garbage.clone())].concat();
        assert_eq!(reason(Encoding::TIGHT, &content), corrupt);
    }
}

#[test]
fn a_stream_that_becomes_corrupt_gives_the_same_error_in_every_slicing() {
    // Honest up to the middle: what was inflated before is used, however much arrived at once.
    for (encoding, data) in [
        (Encoding::ZLIB, vec![5; 8 * 4 * 4 + 9]),
        (Encoding::ZRLE, vec![1, 2, 3, 4, 5, 6, 7]),
        (
            Encoding::ZRLE,
            [vec![130, 1, 1, 1, 2, 2, 2], vec![9; 40]].concat(),
        ),
    ] {
        let mut wire = Deflate::new(&mut Dice::new(3)).compress(&data);
        wire.extend([0xFF; 30]);
        let text = reason(encoding, &with_length(wire));
        assert_ne!(
            text, "its zlib stream is corrupt",
            "the data were wrong before the stream was"
        );
    }
}

#[test]
fn zlib_data_of_another_length_than_the_pixels_are_an_error() {
    let bytes = 8 * 4 * 4;
    let (less, more) = (
        "its zlib data hold less than its pixels need",
        "its zlib data hold more than its pixels need",
    );
    assert_eq!(reason(Encoding::ZLIB, &deflated(&vec![7; bytes - 1])), less);
    assert_eq!(reason(Encoding::ZLIB, &deflated(&vec![7; bytes + 1])), more);
    assert_eq!(reason(Encoding::ZLIB, &with_length(vec![])), less);
    assert_eq!(reason(Encoding::ZRLE, &deflated(&[0; 8 * 4 * 3])), less);
    assert_eq!(reason(Encoding::ZRLE, &deflated(&[0; 8 * 4 * 3 + 2])), more);
    assert_eq!(reason(Encoding::ZRLE, &deflated(&[1, 9, 9])), less);
    let stream = Deflate::new(&mut Dice::new(1)).compress(&[7; 8 * 4 * 3 - 1]);
    assert_eq!(reason(Encoding::TIGHT, &[vec![0], short(stream)].concat()), less);
    let stream = Deflate::new(&mut Dice::new(1)).compress(&[7; 8 * 4 * 3 + 1]);
    assert_eq!(reason(Encoding::TIGHT, &[vec![0], short(stream)].concat()), more);
}

#[test]
fn a_zlib_bomb_stops_at_the_rectangles_end() {
    let zeros = vec![0; 16 << 20];
    let mut bomb = Vec::new();
    flate2::Compress::new(Compression::best(), true)
        .compress_vec(&[], &mut bomb, flate2::FlushCompress::None)
        .unwrap();
    bomb.reserve(64 << 10);
    flate2::Compress::new(Compression::best(), true)
        .compress_vec(&zeros, &mut bomb, flate2::FlushCompress::Sync)
        .unwrap();
    assert!(bomb.len() < 32 << 10);
    let more = "its zlib data hold more than its pixels need";
    assert_eq!(reason(Encoding::ZLIB, &with_length(bomb.clone())), more);
    assert_eq!(reason(Encoding::ZRLE, &with_length(bomb.clone())), more);
    let length = crate::encoders::compact_length(bomb.len());
    assert_eq!(reason(Encoding::TIGHT, &[vec![0], length, bomb].concat()), more);
}

#[test]
fn a_stream_that_was_cut_off_does_not_go_on_in_the_next_rectangle() {
    let pixels = vec![9; 8 * 4 * 4];
    let whole = Deflate::new(&mut Dice::new(1)).compress(&pixels);
    let (half, rest) = whole.split_at(whole.len() / 2);
    let rect = Rect::new(0, 0, 8, 4);
    let rectangles =
        [half, rest].map(|part| server::rectangle(rect, Encoding::ZLIB, &with_length(part.to_vec())));
    let text = "FramebufferUpdate: Zlib rectangle 8x4 at 0,0: its zlib data hold less than its pixels need";
    assert_eq!(error(&server::framebuffer_update(&rectangles)), text);
}

#[test]
fn a_stream_that_ended_can_only_be_followed_by_another() {
    let rect = Rect::new(0, 0, 8, 4);
    let ended = || Deflate::new(&mut Dice::new(1)).finish(&[9; 8 * 4 * 4]);
    let rectangle = |data| server::rectangle(rect, Encoding::ZLIB, &with_length(data));
    let twice = [rectangle(ended()), rectangle(ended())];
    assert_eq!(error(&server::framebuffer_update(&twice)), "none");
    let garbage = [rectangle(ended()), rectangle(vec![1, 2, 3])];
    let text = error(&server::framebuffer_update(&garbage));
    assert!(text.ends_with("its zlib stream is corrupt"), "{text}");
}

#[test]
fn a_zrle_tile_that_makes_no_sense_is_an_error() {
    let zrle = |tile: &[u8]| reason(Encoding::ZRLE, &deflated(tile));
    for subencoding in (17..=127).chain([129]) {
        let expected = format!("subencoding {subencoding} has no meaning");
        assert_eq!(zrle(&[&[subencoding][..], &[0; 600]].concat()), expected);
    }
    // Three colours have indices of two bits, so one of them is too large.
    let packed = [vec![3], vec![0; 9], vec![0b0000_0011; 8]].concat();
    assert_eq!(zrle(&packed), "palette index 3 is beyond a palette of 3");
    let packed = [vec![5], vec![0; 15], [0x06, 0xF0, 0, 0].repeat(4)].concat();
    assert_eq!(zrle(&packed), "palette index 6 is beyond a palette of 5");
    let rle = [vec![130], vec![0; 6], vec![0, 1, 2], vec![0; 40]].concat();
    assert_eq!(zrle(&rle), "palette index 2 is beyond a palette of 2");
    let run = [vec![130], vec![0; 6], vec![0x80 | 5, 31]].concat();
    assert_eq!(zrle(&run), "palette index 5 is beyond a palette of 2");
    for run in [
        vec![128, 1, 2, 3, 32],
        vec![128, 1, 2, 3, 255, 0],
        vec![130, 0, 0, 0, 0, 0, 0, 0x80, 32],
    ] {
        assert!(zrle(&run).contains("run"), "{}", zrle(&run));
    }
    // A length that goes on and on.
    assert!(zrle(&[vec![128, 1, 2, 3], vec![255; 5000]].concat()).contains("run"));
}

#[test]
fn a_tight_rectangle_that_makes_no_sense_is_an_error() {
    // 0xA0 and 0xE0 are pixels without zlib.
    for control in [0xB0, 0xC0, 0xD0, 0xF0] {
        let expected = format!("compression control {control} has no meaning");
        assert_eq!(reason(Encoding::TIGHT, &[control, 0, 0, 0]), expected);
    }
    assert_eq!(
        reason(Encoding::TIGHT, &[0xA0, 95]),
        "its data have 95 bytes, not the 96 that its pixels need"
    );
    for filter in [3, 4, 255] {
        let expected = format!("filter {filter} has no meaning");
        assert_eq!(reason(Encoding::TIGHT, &[0x40, filter, 0, 0, 0]), expected);
    }
    // A palette of three for 8x4 pixels, so 32 indices.
    let indices = Deflate::new(&mut Dice::new(1)).compress(&[3; 32]);
    let palette = [vec![0x40, 1, 2], vec![0; 9], short(indices)].concat();
    assert_eq!(
        reason(Encoding::TIGHT, &palette),
        "palette index 3 is beyond a palette of 3"
    );
    // The first index that is wrong is named, not the worst.
    let indices = Deflate::new(&mut Dice::new(1)).compress(&[1, 4, 9, 3].repeat(8));
    let palette = [vec![0x40, 1, 2], vec![0; 9], short(indices)].concat();
    assert_eq!(
        reason(Encoding::TIGHT, &palette),
        "palette index 4 is beyond a palette of 3"
    );
    // TightPNG has neither Tight's own compression nor its filters.
    for control in [0, 0x40, 0xB0, 0xF0] {
        let expected = format!("compression control {control} has no meaning");
        assert_eq!(reason(Encoding::TIGHT_PNG, &[control, 0, 0, 0]), expected);
    }
}

#[test]
fn a_palette_of_one_colour_is_never_indexed_beyond_its_end() {
    for indices in [[0; 4], [0xFF; 4], [1; 4]] {
        // Where the specification wants two colours at least: any outcome but a panic.
        let content = [&[0x40, 1, 0, 9, 9, 9][..], &indices, &[0; 40]].concat();
        error(&server::framebuffer_update(&[server::rectangle(
            Rect::new(1, 2, 8, 4),
            Encoding::TIGHT,
            &content,
        )]));
    }
}

#[test]
fn a_hextile_subrectangle_outside_its_tile_is_an_error() {
    for (place, extent, part) in [
        (0x00, 0x80, "9x1 at 0,0"),
        (0x00, 0x04, "1x5 at 0,0"),
        (0x71, 0x10, "2x1 at 7,1"),
        (0xFF, 0xFF, "16x16 at 15,15"),
    ] {
        let content = [2 | 4 | 8, 1, 1, 1, 0, 2, 2, 2, 0, 1, place, extent];
        let expected = format!("a subrectangle of a tile of {part} reaches beyond it");
        assert_eq!(reason(Encoding::HEXTILE, &content), expected);
    }
    assert_eq!(
        reason(Encoding::HEXTILE, &[0x20]),
        "subencoding mask 32 has no meaning"
    );
}

#[test]
fn an_rre_subrectangle_outside_its_rectangle_is_an_error() {
    for part in [
        Rect::new(0, 0, 9, 1),
        Rect::new(0, 0, 1, 5),
        Rect::new(8, 0, 1, 1),
        Rect::new(65535, 65535, 65535, 65535),
        Rect::new(1, 0, 65535, 1),
    ] {
        let mut content = vec![0, 0, 0, 1, 0, 0, 0, 0, 1, 1, 1, 0];
        for field in [part.x, part.y, part.width, part.height] {
            content.extend(field.to_be_bytes());
        }
        let expected = format!("a subrectangle of {part} reaches beyond it");
        assert_eq!(reason(Encoding::RRE, &content), expected);
    }
}

#[test]
fn an_image_that_is_broken_or_of_another_size_is_an_error() {
    let mut dice = Dice::new(5);
    let image = Picture::Gradient.paint(9, 4, &mut dice);
    let jpeg = Jpeg::default().encode(&image);
    let png = crate::encoders::png(&image, &mut dice).0;
    let behind_length = |control: u8, data: &[u8]| {
        [
            vec![control],
            crate::encoders::compact_length(data.len()),
            data.to_vec(),
        ]
        .concat()
    };
    assert_eq!(reason(Encoding::JPEG, &jpeg), "its JPEG image is 9x4, not 8x4");
    assert_eq!(
        reason(Encoding::TIGHT, &behind_length(0x90, &jpeg)),
        "its JPEG image is 9x4, not 8x4"
    );
    assert_eq!(
        reason(Encoding::TIGHT_PNG, &behind_length(0xA0, &png)),
        "its PNG image is 9x4, not 8x4"
    );
    for garbage in [&b"GIF89a"[..], &jpeg[..20], &png[..20], &[]] {
        let text = reason(Encoding::TIGHT, &behind_length(0x90, garbage));
        assert!(text.starts_with("its JPEG image is broken: "), "{text}");
        let text = reason(Encoding::TIGHT_PNG, &behind_length(0xA0, garbage));
        assert!(text.starts_with("its PNG image is broken: "), "{text}");
    }
    let text = reason(Encoding::JPEG, b"GIF89a");
    assert!(text.starts_with("its JPEG image is broken: "), "{text}");
    let progressive = Jpeg {
        is_progressive: true,
        ..Jpeg::default()
    };
    let text = reason(Encoding::JPEG, &progressive.encode(&image));
    assert_eq!(
        text,
        "its JPEG image is broken: progressive images are not supported"
    );
    // A JPEG image that holds nothing but its beginning and its end.
    let text = reason(Encoding::JPEG, &[0xFF, 0xD8, 0xFF, 0xD9]);
    assert!(text.starts_with("its JPEG image is broken: "), "{text}");
}

#[test]
fn rectangles_before_the_wrong_one_have_been_shown() {
    let mut mock = Server::new(WIDTH, HEIGHT, 1);
    let shown = mock.paint(Encoding::ZRLE, Picture::Text, Rect::new(3, 3, 20, 20));
    let wrong = server::rectangle(Rect::new(0, 0, 1, 1), Encoding(99), &[]);
    let mut client = porthole_rfb::Client::new(oracle::config());
    client
        .handle_input(&server::handshake(WIDTH, HEIGHT, ""))
        .unwrap();
    let result = client.handle_input(&server::framebuffer_update(&[shown, wrong]));
    assert!(matches!(result, Err(Error::Rectangle { .. })));
    assert_eq!(client.framebuffer().bytes(), mock.screen.rgba());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_conversation_with_bytes_flipped_gives_the_same_in_every_slicing(
        messages in conversation(),
        seed in any::<u64>(),
        flips in prop::collection::vec((any::<prop::sample::Index>(), 1_u8..), 1..4),
    ) {
        let (mut bytes, _) = spoken(&messages, seed);
        for (place, flip) in flips {
            let length = bytes.len();
            bytes[place.index(length)] ^= flip;
        }
        oracle::check(&bytes);
    }

    #[test]
    fn bytes_of_chance_after_a_handshake_give_the_same_in_every_slicing(
        bytes in prop::collection::vec(prop_oneof![0_u8..=3, any::<u8>()], 0..300),
    ) {
        oracle::check(&[server::handshake(WIDTH, HEIGHT, ""), bytes].concat());
    }
}

#[test]
fn work_for_hours_in_few_bytes_is_done_a_part_at_a_time() {
    let (width, height) = (4096, 4096);
    let whole = Rect::new(0, 0, width, height);
    let fill = |byte: u8| {
        let place = [0, 0, 0, 0, 0x10, 0, 0x10, 0];
        [&[byte, byte, byte, 0][..], &place].concat()
    };
    let subrectangles: Vec<u8> = [0, 0, 0, 99, 0, 0, 0, 0]
        .into_iter()
        .chain((1..100).flat_map(fill))
        .collect();
    let resizes = [1, 2]
        .map(|less| server::rectangle(Rect::new(0, 0, width - less, height), Encoding::DESKTOP_SIZE, &[]));
    let rectangles = [
        vec![server::rectangle(whole, Encoding::RRE, &subrectangles)],
        vec![server::rectangle(whole, Encoding::COPY_RECT, &[0; 4]); 50],
        resizes.to_vec(),
        vec![server::rectangle(
            Rect::new(0, 0, 1, 1),
            Encoding::RAW,
            &[7, 7, 7, 0],
        )],
    ];
    let bytes = [
        server::handshake(width, height, ""),
        server::framebuffer_update(&rectangles.concat()),
        server::BELL.to_vec(),
    ]
    .concat();
    let mut client = porthole_rfb::Client::new(porthole_rfb::Config::default());
    client.handle_input(&bytes).unwrap();
    let mut parts = 1;
    while client.is_busy() {
        client.handle_input(&[]).unwrap();
        parts += 1;
    }
    assert!(parts > 100, "{parts}");
    let events: Vec<_> = std::iter::from_fn(|| client.poll_event()).collect();
    assert_eq!(events.last(), Some(&porthole_rfb::Event::Bell));
    assert_eq!(client.framebuffer().bytes()[..8], [7, 7, 7, 255, 99, 99, 99, 255]);
    assert!(client.unparsed().is_empty());
}

/// The wire says in two bytes that a cursor of megabytes is hidden or shown.
#[test]
fn a_large_cursor_that_is_shown_again_and_again_is_work() {
    let cursor = Rect::new(0, 0, 1024, 1024);
    let shape = [&[1, 0][..], &vec![9; cursor.area() * 4]].concat();
    let states = [[0, 0], [0, 1]]
        .map(|state| server::rectangle(Rect::default(), Encoding::VMWARE_CURSOR_STATE, &state));
    let times = 30;
    let bytes = [
        server::handshake(WIDTH, HEIGHT, ""),
        server::framebuffer_update(&[server::rectangle(cursor, Encoding::VMWARE_CURSOR, &shape)]),
        server::framebuffer_update(&vec![states; times].concat()),
    ]
    .concat();
    let mut client = porthole_rfb::Client::new(porthole_rfb::Config::default());
    let mut shown = Vec::new();
    let mut input = &bytes[..];
    loop {
        client.handle_input(input).unwrap();
        input = &[];
        let cursors = std::iter::from_fn(|| client.poll_event()).filter(
            |event| matches!(event, porthole_rfb::Event::CursorChanged(cursor) if !cursor.rgba.is_empty()),
        );
        shown.push(cursors.count());
        if !client.is_busy() {
            break;
        }
    }
    assert_eq!(shown.iter().sum::<usize>(), 1 + times);
    assert!(shown.iter().all(|at_once| *at_once <= 10), "{shown:?}");
}
