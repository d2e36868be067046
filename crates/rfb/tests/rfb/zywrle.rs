//! ZYWRLE, which loses some of the pixels: what comes of it is exactly what its transform back gives, and close
//! to the server's pixels where all coefficients are sent.

use porthole_rfb::{Config, Encoding, PixelFormat, Rect};

use crate::connection::Connection;
use crate::encoders::Format;
use crate::image::{Image, Picture};
use crate::oracle::formats::TRUE_COLOUR;
use crate::oracle::{assert_same, outcome_with};
use crate::server::{self, Server};

/// How servers read the client's JPEG quality.
const LEVELS: [(Option<u8>, u32); 5] = [(None, 1), (Some(0), 3), (Some(3), 2), (Some(5), 2), (Some(9), 1)];

/// More than a tile, a tile, and what is too narrow for some of the levels.
const PLACES: [(u16, u16, u16, u16); 6] = [
    (2, 3, 130, 65),
    (0, 70, 64, 64),
    (70, 69, 3, 70),
    (80, 70, 9, 5),
    (90, 70, 7, 7),
    (100, 70, 1, 1),
];

/// The formats that the published codec is written for, and eight bits, which have no coefficients.
fn formats() -> impl Iterator<Item = PixelFormat> {
    TRUE_COLOUR.into_iter().filter(|layout| {
        let is_in_bytes = layout.max == [255; 3] && layout.shift[1] == 8 && layout.depth == 24;
        is_in_bytes || layout.bits_per_pixel <= 16
    })
}

fn server(layout: PixelFormat, level: u32, seed: u64) -> Server {
    let mut server = Server::new(150, 140, seed);
    server.encoders.format = Format::true_colour(layout);
    server.encoders.zywrle_level = level;
    server
}

fn config(layout: PixelFormat, jpeg_quality: Option<u8>) -> Config {
    Config {
        pixel_format: Some(layout),
        jpeg_quality,
        ..Config::default()
    }
}

#[test]
fn every_level_gives_in_every_format_what_the_transform_back_gives() {
    for layout in formats() {
        // Each level once.
        for (seed, (quality, level)) in (0..).zip(LEVELS).take(3) {
            let mut connection = Connection::with(config(layout, quality), server(layout, level, seed));
            for picture in Picture::ALL {
                let server = &mut connection.server;
                let rectangles = PLACES.map(|(x, y, width, height)| {
                    server.paint(Encoding::ZYWRLE, picture, Rect::new(x, y, width, height))
                });
                connection.send(&server::framebuffer_update(&rectangles));
                connection.assert_exact(&format!("{picture:?} at level {level} in {layout:?}"));
            }
            // It shares a stream with ZRLE.
            connection.paint(Encoding::ZRLE, Picture::Text, Rect::new(0, 0, 80, 80));
            connection.paint(Encoding::ZYWRLE, Picture::Gradient, Rect::new(0, 0, 80, 80));
        }
    }
}

#[test]
fn it_is_the_same_in_any_slicing() {
    for (quality, level) in LEVELS {
        let mut server = server(TRUE_COLOUR[0], level, 7);
        let mut bytes = server.handshake();
        let rectangles =
            Picture::ALL.map(|picture| server.paint(Encoding::ZYWRLE, picture, Rect::new(5, 1, 67, 33)));
        bytes.extend(server::framebuffer_update(&rectangles));
        let config = config(TRUE_COLOUR[0], quality);
        let whole = outcome_with(config.clone(), [&bytes[..]]);
        for slice in [1, 5, 1000] {
            assert_same(
                &whole,
                &outcome_with(config.clone(), bytes.chunks(slice)),
                "in slices",
            );
        }
        assert!(whole.end.unwrap().pixels == server.screen.rgba());
    }
}

#[test]
fn with_all_coefficients_little_is_lost() {
    // Of 24 bits the two that luma and chroma round away, of 16 the two lowest that there are.
    for (layout, tolerance) in [(TRUE_COLOUR[0], 3), (TRUE_COLOUR[13], 25)] {
        for level in 1..=3 {
            let mut server = server(layout, level, 1);
            let mut exact = 0;
            for picture in [Picture::Gradient, Picture::Noise, Picture::Blocks(90)] {
                let image = picture.paint(64, 64, &mut server.dice);
                for _ in 0..6 {
                    server.encoders.used.clear();
                    let (_, shown) = server.encoders.encode(Encoding::ZYWRLE, &image);
                    if server.encoders.used.contains("ZYWRLE all coefficients") {
                        exact += 1;
                        let lost = difference(&image, &shown);
                        assert!(lost <= tolerance, "{picture:?} {layout:?}: {lost}");
                    }
                }
            }
            assert!(exact > 0);
        }
    }
}

fn difference(a: &Image, b: &Image) -> u8 {
    let components = a.pixels().as_flattened().iter().zip(b.pixels().as_flattened());
    components.map(|(a, b)| a.abs_diff(*b)).max().unwrap()
}
