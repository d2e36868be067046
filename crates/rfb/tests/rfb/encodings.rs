//! Every encoding, with pictures of every kind at odd sizes and places: the client has the server's pixels.

use std::collections::BTreeSet;

use jpeg_encoder::SamplingFactor;
use porthole_rfb::{Encoding, Rect};

use crate::connection::Connection;
use crate::encoders::{Jpeg, grey_jpeg, with_length, without_tables};
use crate::image::{Image, Picture};
use crate::oracle::{assert_same, outcome};
use crate::server::{self, Server};

/// Widths and heights at the edges of tiles, bytes and rows.
const SIZES: [(u16, u16); 14] = [
    (1, 1),
    (1, 37),
    (37, 1),
    (2, 2),
    (3, 1),
    (4, 1),
    (17, 15),
    (16, 16),
    (15, 33),
    (63, 65),
    (64, 64),
    (65, 63),
    (129, 70),
    (8, 100),
];

/// Every picture in every size somewhere on a larger screen. Gives what the encoders made use of.
fn every_picture_in_every_size(encoding: Encoding) -> BTreeSet<&'static str> {
    let mut used = BTreeSet::new();
    for seed in 0..3 {
        let mut connection = Connection::new(140, 110, seed);
        for picture in Picture::ALL {
            for (width, height) in SIZES {
                let dice = &mut connection.server.dice;
                let (x, y) = (dice.between(0, 140 - width), dice.between(0, 110 - height));
                connection.paint(encoding, picture, Rect::new(x, y, width, height));
            }
        }
        // The whole screen, and its last pixel.
        connection.paint(encoding, Picture::Text, Rect::new(0, 0, 140, 110));
        connection.paint(encoding, Picture::Noise, Rect::new(139, 109, 1, 1));
        used.append(&mut connection.server.encoders.used);
    }
    used
}

#[test]
fn raw_shows_the_servers_pixels() {
    every_picture_in_every_size(Encoding::RAW);
}

#[test]
fn rre_shows_the_servers_pixels() {
    every_picture_in_every_size(Encoding::RRE);
}

#[test]
fn corre_shows_the_servers_pixels() {
    every_picture_in_every_size(Encoding::CORRE);
}

#[test]
fn hextile_shows_the_servers_pixels_with_every_kind_of_tile() {
    let used = every_picture_in_every_size(Encoding::HEXTILE);
    let all = [
        "Hextile background alone",
        "Hextile background carried over",
        "Hextile foreground carried over",
        "Hextile foreground specified",
        "Hextile raw",
        "Hextile subrects coloured",
    ];
    assert_eq!(used, all.into());
}

#[test]
fn zlib_shows_the_servers_pixels() {
    every_picture_in_every_size(Encoding::ZLIB);
}

#[test]
fn zlib_hex_shows_the_servers_pixels_with_every_kind_of_tile() {
    let mut used = every_picture_in_every_size(Encoding::ZLIB_HEX);
    used.retain(|name| name.starts_with("ZlibHex"));
    let all = [
        "ZlibHex raw through zlib",
        "ZlibHex raw tile through zlib",
        "ZlibHex tile as it is",
        "ZlibHex tile through zlib",
    ];
    assert_eq!(used, all.into());
}

#[test]
fn trle_shows_the_servers_pixels_with_every_kind_of_tile() {
    let used = every_picture_in_every_size(Encoding::TRLE);
    let all = [
        "TRLE packed palette of 2",
        "TRLE packed palette of 3 or 4",
        "TRLE packed palette of 5 to 16",
        "TRLE packed palette reused",
        "TRLE palette RLE",
        "TRLE palette RLE reused",
        "TRLE plain RLE",
        "TRLE raw",
        "TRLE solid",
    ];
    assert_eq!(used, all.into());
}

#[test]
fn zrle_shows_the_servers_pixels_with_every_kind_of_tile() {
    let used = every_picture_in_every_size(Encoding::ZRLE);
    let all = [
        "ZRLE packed palette of 2",
        "ZRLE packed palette of 3 or 4",
        "ZRLE packed palette of 5 to 16",
        "ZRLE palette RLE",
        "ZRLE plain RLE",
        "ZRLE raw",
        "ZRLE solid",
    ];
    assert_eq!(used, all.into());
}

#[test]
fn tight_shows_the_servers_pixels_with_every_compression_and_filter() {
    let used = every_picture_in_every_size(Encoding::TIGHT);
    let all = [
        "Tight copy",
        "Tight copy with filter-id",
        "Tight fill",
        "Tight gradient",
        "Tight palette of 2",
        "Tight palette of more",
        "Tight reset",
        "Tight uncompressed",
        "Tight without zlib",
    ];
    assert_eq!(used, all.into());
}

#[test]
fn tight_png_shows_the_servers_pixels_with_every_colour_type() {
    let used = every_picture_in_every_size(Encoding::TIGHT_PNG);
    let all = [
        "TightPNG fill",
        "TightPNG palette of 1 bit",
        "TightPNG palette of 2 bits",
        "TightPNG palette of 4 bits",
        "TightPNG palette of 8 bits",
        "TightPNG true colour",
        "TightPNG with alpha",
    ];
    assert_eq!(used, all.into());
}

#[test]
fn copy_rect_moves_pixels_over_themselves_in_every_direction() {
    let mut connection = Connection::new(50, 40, 1);
    connection.paint(Encoding::RAW, Picture::Noise, Rect::new(0, 0, 50, 40));
    for (x, y) in [(0, 0), (1, 0), (0, 1), (2, 1), (10, 3), (3, 10), (10, 10), (5, 5)] {
        for (from_x, from_y) in [(5, 5), (0, 0), (10, 10), (6, 5), (5, 6), (10, 0)] {
            let rectangle = connection.server.copy((from_x, from_y), Rect::new(x, y, 40, 30));
            connection.send(&server::framebuffer_update(&[rectangle]));
            connection.assert_exact(&format!("from {from_x},{from_y} to {x},{y}"));
        }
    }
}

#[test]
fn encodings_follow_each_other_in_one_update_and_keep_their_own_streams() {
    let mut connection = Connection::new(90, 90, 7);
    for is_counted in [true, false] {
        let mut rectangles = Vec::new();
        for round in 0..40_u16 {
            let encoding = crate::encoders::LOSSLESS[usize::from(round) % 7];
            let picture = Picture::ALL[usize::from(round) % Picture::ALL.len()];
            let rect = Rect::new(round, 40 - round, 50, 50);
            rectangles.push(connection.server.paint(encoding, picture, rect));
        }
        connection.send(&if is_counted {
            server::framebuffer_update(&rectangles)
        } else {
            server::update_until_last_rect(&rectangles)
        });
        connection.assert_exact("forty rectangles");
    }
}

#[test]
fn rectangles_larger_than_any_buffer_of_the_client_are_shown_in_any_slicing() {
    for encoding in crate::encoders::LOSSLESS {
        for picture in [Picture::Noise, Picture::Text, Picture::Gradient] {
            match (encoding, picture) {
                // An image is bounded by a limit of its own.
                (Encoding::TIGHT_PNG, Picture::Noise) => continue,
                // And this encoding by what a byte can say.
                (Encoding::CORRE, _) => continue,
                _ => {}
            }
            let mut server = Server::new(255, 257, 2);
            let mut bytes = server::handshake(255, 257, "");
            let rectangles = [
                server.paint(encoding, picture, Rect::new(0, 0, 255, 257)),
                server.paint(encoding, picture, Rect::new(1, 1, 254, 255)),
            ];
            bytes.extend(server::framebuffer_update(&rectangles));
            let whole = outcome([&bytes[..]]);
            for length in [1460, 16 << 10, 64 << 10] {
                assert_same(&whole, &outcome(bytes.chunks(length)), "in large pieces");
            }
            assert_eq!(whole.error, None, "{encoding} {picture:?}");
            let end = whole.end.unwrap();
            assert!(
                end.pixels == server.screen.rgba(),
                "{encoding} {picture:?}: other pixels"
            );
        }
    }
}

#[test]
fn a_framebuffer_may_be_empty_and_become_one_with_pixels() {
    for (width, height) in [(0, 0), (0, 5), (5, 0)] {
        let mut connection = Connection::new(width, height, 1);
        connection.assert_exact("nothing");
        let resize = connection.server.resize(30, 20);
        let text = connection
            .server
            .paint(Encoding::ZRLE, Picture::Text, Rect::new(0, 0, 30, 20));
        connection.send(&server::framebuffer_update(&[resize, text]));
        connection.assert_exact("thirty by twenty");
        let resize = connection.server.resize(width, height);
        connection.send(&server::framebuffer_update(&[resize]));
        connection.assert_exact("nothing again");
    }
}

#[test]
fn pixels_stay_where_they_are_when_the_size_changes() {
    let mut connection = Connection::new(30, 20, 1);
    connection.paint(Encoding::RAW, Picture::Noise, Rect::new(0, 0, 30, 20));
    for (width, height) in [(31, 20), (29, 21), (64, 5), (1, 1), (40, 40)] {
        let resize = connection.server.resize(width, height);
        connection.send(&server::framebuffer_update(&[resize]));
        connection.assert_exact(&format!("{width}x{height}"));
        connection.paint(Encoding::HEXTILE, Picture::Noise, Rect::new(0, 0, width, height));
    }
}

#[test]
fn a_rectangle_without_pixels_changes_nothing() {
    for rect in [
        Rect::new(5, 5, 0, 0),
        Rect::new(5, 5, 3, 0),
        Rect::new(20, 0, 0, 10),
    ] {
        let mut connection = Connection::new(20, 10, 3);
        connection.paint(Encoding::RAW, Picture::Noise, Rect::new(0, 0, 20, 10));
        let empty = connection.server.encoders.zlib.compress(&[]);
        let streamed = with_length(empty);
        let empty_zrle = with_length(connection.server.encoders.zrle.compress(&[]));
        let rectangles = [
            server::rectangle(rect, Encoding::RAW, &[]),
            server::rectangle(rect, Encoding::COPY_RECT, &[0; 4]),
            server::rectangle(rect, Encoding::RRE, &[0; 8]),
            server::rectangle(rect, Encoding::HEXTILE, &[]),
            server::rectangle(rect, Encoding::ZLIB, &streamed),
            server::rectangle(rect, Encoding::ZRLE, &empty_zrle),
            // Fill, and copy of less than is worth compressing.
            server::rectangle(rect, Encoding::TIGHT, &[0x80, 1, 2, 3]),
            server::rectangle(rect, Encoding::TIGHT, &[0]),
        ];
        connection.send(&server::framebuffer_update(&rectangles));
        connection.assert_exact(&rect.to_string());
        // All was read: the next update is understood.
        connection.paint(Encoding::ZLIB, Picture::Text, Rect::new(1, 1, 15, 8));
        connection.paint(Encoding::ZRLE, Picture::Text, Rect::new(1, 1, 15, 8));
    }
}

#[test]
fn later_subrectangles_of_rre_lie_on_earlier_ones() {
    let mut connection = Connection::new(20, 10, 3);
    let (outer, inner, back) = ([1, 2, 3], [4, 5, 6], [7, 8, 9]);
    let image = Image::from_fn(20, 10, |x, y| match (x, y) {
        (4..=9, 3..=5) => inner,
        (2..=15, 1..=8) => outer,
        _ => back,
    });
    let mut content = vec![0, 0, 0, 2, 7, 8, 9, 0];
    content.extend([1, 2, 3, 0, 0, 2, 0, 1, 0, 14, 0, 8]);
    content.extend([4, 5, 6, 0, 0, 4, 0, 3, 0, 6, 0, 3]);
    connection.server.screen = image;
    let rectangle = server::rectangle(Rect::new(0, 0, 20, 10), Encoding::RRE, &content);
    connection.send(&server::framebuffer_update(&[rectangle]));
    connection.assert_exact("overlapping subrectangles");
}

/// Smooth pictures lose little in a JPEG image of high quality.
const TOLERANCE: u8 = 8;

fn smooth(width: u16, height: u16) -> Image {
    Image::from_fn(width, height, |x, y| {
        let (x, y) = (x as u8, y as u8);
        [40 + x, 30 + y, 60 + x / 2 + y / 2]
    })
}

fn assert_jpeg(encoding: Encoding, image: &Image, content: &[u8], what: &str) {
    let mut connection = Connection::new(150, 120, 5);
    connection.paint(Encoding::RAW, Picture::Flat, Rect::new(0, 0, 150, 120));
    assert_jpeg_on(&mut connection, encoding, image, content, what);
}

fn assert_jpeg_on(
    connection: &mut Connection,
    encoding: Encoding,
    image: &Image,
    content: &[u8],
    what: &str,
) {
    connection.server.screen.paste(11, 3, image);
    let rect = Rect::new(11, 3, image.width, image.height);
    connection.send(&server::framebuffer_update(&[server::rectangle(
        rect, encoding, content,
    )]));
    let difference = connection.difference();
    assert!(difference <= TOLERANCE, "{what} of {rect}: {difference} off");
    connection.repaint();
    assert!(
        connection.canvas == connection.client.framebuffer().bytes(),
        "{what}: damage"
    );
}

#[test]
fn jpeg_shows_the_servers_pixels_closely() {
    for (width, height) in SIZES {
        let image = smooth(width, height);
        for sampling in [
            SamplingFactor::R_4_4_4,
            SamplingFactor::R_4_2_2,
            SamplingFactor::R_4_2_0,
        ] {
            for restart_interval in [0, 1, 3] {
                let jpeg = Jpeg {
                    sampling,
                    restart_interval,
                    ..Jpeg::default()
                };
                assert_jpeg(Encoding::JPEG, &image, &jpeg.encode(&image), &format!("{jpeg:?}"));
            }
        }
    }
}

#[test]
fn a_jpeg_of_one_component_is_shown() {
    let image = smooth(65, 40);
    let grey = Image::from_fn(65, 40, |x, y| [image.at(x, y)[0]; 3]);
    assert_jpeg(Encoding::JPEG, &grey, &grey_jpeg(&image), "grey");
}

#[test]
fn tight_shows_jpeg_rectangles_closely() {
    for (width, height) in SIZES {
        let mut connection = Connection::new(150, 120, 9);
        let image = smooth(width, height);
        let content = connection.server.encoders.tight_jpeg(&image);
        for encoding in [Encoding::TIGHT, Encoding::TIGHT_PNG] {
            assert_jpeg(encoding, &image, &content, "Tight JPEG");
        }
    }
}

#[test]
fn a_jpeg_without_tables_takes_those_of_the_one_before() {
    let mut connection = Connection::new(150, 120, 5);
    let (first, second) = (smooth(64, 48), smooth(33, 70));
    let content = Jpeg::default().encode(&first);
    assert_jpeg_on(&mut connection, Encoding::JPEG, &first, &content, "with tables");
    let content = without_tables(&Jpeg::default().encode(&second));
    assert_jpeg_on(
        &mut connection,
        Encoding::JPEG,
        &second,
        &content,
        "without tables",
    );
}

#[test]
fn an_end_of_image_inside_a_segment_does_not_end_a_jpeg() {
    let image = smooth(40, 30);
    let jpeg = Jpeg::default().encode(&image);
    // An application's segment with a small image of its own in it, as cameras write.
    let mut content = jpeg[..2].to_vec();
    content.extend([0xFF, 0xE1, 0, 10, 0xFF, 0xD8, 0xFF, 0xDA, 0, 0, 0xFF, 0xD9]);
    // And fill bytes before the next marker.
    content.extend([0xFF, 0xFF]);
    content.extend(&jpeg[2..]);
    assert_jpeg(Encoding::JPEG, &image, &content, "a segment with an end of image");
}
