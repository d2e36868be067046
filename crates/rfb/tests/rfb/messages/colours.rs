//! The server's own pixel format and its colour map.

use porthole_rfb::{Client, Config, Encoding, Event, Rect};

use super::{events, running, sent};
use crate::server;

#[test]
fn a_colour_map_is_passed_over_where_pixels_are_colours() {
    let mut client = running();
    let bytes = [
        server::set_colour_map_entries(0, 256),
        server::BELL.to_vec(),
        server::set_colour_map_entries(7, 0),
        server::BELL.to_vec(),
    ];
    client.handle_input(&bytes.concat()).unwrap();
    assert_eq!(events(&mut client), [Event::Bell, Event::Bell]);
}

/// A client of a server whose own format is taken: 8 bits, indices into a map.
fn with_colour_map() -> Client {
    let mut client = Client::new(Config {
        pixel_format: None,
        ..Config::default()
    });
    let mut handshake = b"RFB 003.008\n\x01\x01".to_vec();
    handshake.extend([0; 4]);
    handshake.extend(server::server_init(3, 1, &server::PIXEL_FORMATS[4], b""));
    client.handle_input(&handshake).unwrap();
    // The version, the security type, ClientInit; and then SetEncodings at once.
    assert_eq!(sent(&mut client)[14], 2);
    client
}

#[test]
fn a_servers_own_colour_map_says_what_its_pixels_are() {
    let mut client = with_colour_map();
    let colours = [
        &[1, 0, 0, 7, 0, 2][..],
        &[1, 0, 2, 0, 3, 0, 255, 255, 128, 127, 0, 1],
    ];
    client.handle_input(&colours.concat()).unwrap();
    // All of it is asked for anew.
    assert_eq!(sent(&mut client), [3, 0, 0, 0, 0, 0, 0, 3, 0, 1]);
    let rectangle = server::rectangle(Rect::new(0, 0, 3, 1), Encoding::RAW, &[7, 8, 9]);
    client
        .handle_input(&server::framebuffer_update(&[rectangle]))
        .unwrap();
    assert_eq!(
        client.framebuffer().bytes(),
        [1, 2, 3, 255, 255, 128, 0, 255, 0, 0, 0, 255]
    );
    // A map without a colour changes nothing.
    sent(&mut client);
    client.handle_input(&[1, 0, 0, 7, 0, 0]).unwrap();
    assert!(sent(&mut client).is_empty());
}

#[test]
fn a_colour_map_that_ends_beyond_all_indices_is_an_error() {
    let mut client = with_colour_map();
    let error = client.handle_input(&[1, 0, 0xFF, 0xFF, 0, 2]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "SetColourMapEntries: the last colour's index 65536 has no meaning here"
    );
}

#[test]
fn a_cursor_has_the_formats_pixels() {
    let mut client = with_colour_map();
    client
        .handle_input(&[1, 0, 0, 0, 0, 1, 10, 0, 20, 0, 30, 0])
        .unwrap();
    let rectangle = server::rectangle(Rect::new(0, 0, 2, 1), Encoding::CURSOR, &[0, 0, 0x40]);
    client
        .handle_input(&server::framebuffer_update(&[rectangle]))
        .unwrap();
    let cursor = events(&mut client).into_iter().find_map(|event| match event {
        Event::CursorChanged(cursor) => Some(cursor.rgba),
        _ => None,
    });
    assert_eq!(cursor, Some(vec![0, 0, 0, 0, 10, 20, 30, 255]));
}

#[test]
fn a_servers_own_format_that_no_pixel_can_have_is_an_error() {
    let mut client = Client::new(Config {
        pixel_format: None,
        ..Config::default()
    });
    let mut handshake = b"RFB 003.008\n\x01\x01".to_vec();
    handshake.extend([0; 4]);
    let format = [24, 24, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0, 0, 0, 0];
    handshake.extend(server::server_init(3, 1, &format, b""));
    assert_eq!(
        client.handle_input(&handshake).unwrap_err().to_string(),
        "ServerInit: the number of bits per pixel 24 has no meaning here"
    );
}
