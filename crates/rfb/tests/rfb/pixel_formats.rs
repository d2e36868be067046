//! Pixels of every format in every encoding.

use porthole_rfb::{Config, Encoding, PixelFormat, Rect};

use crate::connection::Connection;
use crate::dice::Dice;
use crate::encoders::{Format, Jpeg, LOSSLESS};
use crate::image::{Image, Picture};
use crate::oracle::formats::{self, MAPS, TRUE_COLOUR};
use crate::oracle::{self, assert_same, outcome_with};
use crate::server::{self, Server};

fn formats() -> Vec<Format> {
    let mut dice = Dice::new(8);
    let mut formats: Vec<Format> = TRUE_COLOUR.map(Format::true_colour).into();
    for layout in MAPS {
        let colours = if layout.bits_per_pixel == 8 { 256 } else { 700 };
        formats.push(Format::mapped(layout, colours, &mut dice));
    }
    formats
}

/// A server with pixels of its own.
fn server(format: &Format, width: u16, height: u16, seed: u64) -> Server {
    let mut server = Server::new(width, height, seed);
    server.encoders.format = format.clone();
    server
}

/// A client that asks for what it can get, or takes the server's own pixels.
fn config(asked: Option<PixelFormat>) -> Config {
    Config {
        pixel_format: asked,
        ..oracle::config()
    }
}

/// Every picture in sizes around those of tiles, in one encoding and format, in these slices.
fn assert_shown(format: &Format, encoding: Encoding, sizes: &[(u16, u16)], slices: &[usize]) {
    let seed = LOSSLESS.len() as u64 + encoding.0 as u64;
    let mut server = server(format, 70, 70, seed);
    let mut bytes = server.handshake();
    let mut rectangles = Vec::new();
    for picture in Picture::ALL {
        for (width, height) in sizes {
            let (x, y) = (
                server.dice.between(0, 70 - width),
                server.dice.between(0, 70 - height),
            );
            rectangles.push(server.paint(encoding, picture, Rect::new(x, y, *width, *height)));
        }
    }
    bytes.extend(server::framebuffer_update(&rectangles));
    let what = format!("{encoding} in {:?}", format.layout);
    let own = outcome_with(config(None), [&bytes[..]]);
    for slice in slices {
        assert_same(&own, &outcome_with(config(None), bytes.chunks(*slice)), &what);
    }
    let asked = outcome_with(config(Some(format.layout)), [&bytes[..]]);
    for outcome in [own, asked] {
        assert_eq!(outcome.error, None, "{what}");
        assert!(
            outcome.end.unwrap().pixels == server.screen.rgba(),
            "{what}: other pixels"
        );
    }
}

#[test]
fn every_encoding_shows_the_servers_pixels_in_every_format() {
    for format in formats() {
        for encoding in LOSSLESS {
            assert_shown(&format, encoding, &[(65, 33), (16, 17), (3, 1), (1, 4)], &[997]);
        }
    }
}

#[test]
fn every_encoding_shows_the_servers_pixels_in_every_format_in_small_slices() {
    for format in formats() {
        for encoding in LOSSLESS {
            assert_shown(&format, encoding, &[(17, 9)], &[1, 2, 7]);
        }
    }
}

#[test]
fn the_format_that_is_asked_for_is_sent_before_anything_else() {
    for format in formats() {
        let server = server(&Format::true_colour(TRUE_COLOUR[1]), 5, 4, 1);
        let mut connection = Connection::with(config(Some(format.layout)), server);
        let sent = connection.client.poll_transmit().unwrap();
        let greetings = b"RFB 003.008\n\x01\x01".len();
        assert_eq!(
            sent[greetings..][..20],
            [&[0, 0, 0, 0][..], &formats::bytes(format.layout)].concat()
        );
    }
    let mut connection = Connection::with(config(None), server(&formats()[16], 5, 4, 1));
    let sent = connection.client.poll_transmit().unwrap();
    // What comes first is SetEncodings.
    assert_eq!(sent[b"RFB 003.008\n\x01\x01".len()], 2);
}

#[test]
fn a_server_that_uses_encodings_and_streams_in_turns_is_followed_in_every_format() {
    for format in formats() {
        let server = server(&format, 90, 80, 3);
        let mut connection = Connection::with(config(None), server);
        for round in 0..3 {
            for (number, encoding) in (0..).zip(LOSSLESS) {
                for picture in [Picture::Text, Picture::Blocks(16), Picture::Gradient] {
                    connection.paint(encoding, picture, Rect::new(number, round, 70, 20));
                }
            }
        }
    }
}

#[test]
fn what_was_not_asked_for_is_shown_all_the_same() {
    for encoding in LOSSLESS {
        let config = Config {
            encodings: vec![Encoding::RAW],
            ..Config::default()
        };
        let mut connection = Connection::with(config, Server::new(80, 70, 6));
        for picture in Picture::ALL {
            connection.paint(encoding, picture, Rect::new(5, 2, 66, 40));
        }
    }
}

#[test]
fn a_colour_map_that_changes_holds_for_what_comes_after() {
    for layout in MAPS {
        let mut dice = Dice::new(5);
        let mut connection = Connection::with(
            config(None),
            server(&Format::mapped(layout, 200, &mut dice), 60, 50, 2),
        );
        for encoding in LOSSLESS {
            // Other colours, and more of them.
            let format = Format::mapped(layout, 256, &mut dice);
            connection.send(&server::set_colour_map(&format.map));
            connection.server.encoders.format = format;
            connection.assert_exact("what is there already stays");
            connection.paint(encoding, Picture::Gradient, Rect::new(3, 4, 50, 40));
            connection.paint(encoding, Picture::Blocks(5), Rect::new(9, 4, 40, 17));
        }
    }
}

#[test]
fn a_part_of_a_colour_map_may_change_alone() {
    let mut dice = Dice::new(5);
    let format = Format::mapped(MAPS[0], 256, &mut dice);
    let mut connection = Connection::with(config(None), server(&format, 60, 50, 2));
    let mut map = format.map.clone();
    map[100..103].copy_from_slice(&[[1, 2, 3], [4, 5, 6], [7, 8, 9]]);
    let mut message = vec![1, 0, 0, 100, 0, 3];
    message.extend((1..=9).flat_map(|intensity| [intensity, 0]));
    connection.send(&message);
    connection.server.encoders.format.set_map(map);
    connection.paint(Encoding::RAW, Picture::Noise, Rect::new(0, 0, 60, 50));
}

#[test]
fn jpeg_images_are_shown_whatever_the_pixels_are() {
    let image = Image::from_fn(40, 30, |x, y| [40 + x as u8, 30 + y as u8, 90]);
    for format in formats() {
        let mut connection = Connection::with(config(None), server(&format, 60, 50, 2));
        let jpeg = Jpeg::default().encode(&image);
        let rectangle = server::rectangle(Rect::new(3, 4, 40, 30), Encoding::JPEG, &jpeg);
        connection.send(&server::framebuffer_update(&[rectangle]));
        connection.server.screen.paste(3, 4, &image);
        assert!(connection.difference() < 8, "{:?}", format.layout);
    }
}
