//! When updates are asked for, where they end, and the fences between them.

use porthole_rfb::{Client, Config, Encoding, Event, Rect};

use super::{events, running, sent};
use crate::image::Picture;
use crate::server::{self, Server};

#[test]
fn a_fence_is_answered_with_the_flags_that_are_known_and_its_payload() {
    let mut client = running();
    client
        .handle_input(&server::server_fence(0xFFFF_FFFF, b"round trip"))
        .unwrap();
    let mut expected = vec![248, 0, 0, 0, 0, 0, 0, 0b111, 10];
    expected.extend(b"round trip");
    assert_eq!(sent(&mut client), expected);
    assert_eq!(events(&mut client), [Event::FencesOffered]);

    client.send_fence(*b"12345678");
    assert_eq!(sent(&mut client), *b"\xF8\0\0\0\x80\0\0\x01\x0812345678");
    client
        .handle_input(&server::server_fence(1, b"12345678"))
        .unwrap();
    assert_eq!(events(&mut client), [Event::FenceAnswered(b"12345678".to_vec())]);
    assert_eq!(client.poll_transmit(), None, "an answer is not answered");
}

#[test]
fn no_fence_goes_to_a_server_without_fences() {
    let mut client = running();
    client.send_fence([0; 8]);
    assert!(!client.can_fence());
    assert_eq!(client.poll_transmit(), None);
}

#[test]
fn continuous_updates_are_enabled_once_and_again_for_another_size() {
    let mut client = running();
    client.handle_input(&server::END_OF_CONTINUOUS_UPDATES).unwrap();
    assert_eq!(sent(&mut client), [150, 1, 0, 0, 0, 0, 0x02, 0x80, 0x01, 0xE0]);
    assert_eq!(events(&mut client), [Event::ContinuousUpdatesEnabled]);
    client.handle_input(&server::END_OF_CONTINUOUS_UPDATES).unwrap();
    assert_eq!(client.poll_transmit(), None);
    // Updates are not asked for any more, but for the pixels of another size.
    client.handle_input(&server::framebuffer_update(&[])).unwrap();
    assert_eq!(client.poll_transmit(), None);
    let resize = Server::new(640, 480, 0).resize(300, 200);
    client
        .handle_input(&server::framebuffer_update(&[resize]))
        .unwrap();
    let expected = [
        150, 1, 0, 0, 0, 0, 0x01, 0x2C, 0, 200, //
        3, 0, 0, 0, 0, 0, 0x01, 0x2C, 0, 200,
    ];
    assert_eq!(sent(&mut client), expected);
}

#[test]
fn the_next_update_is_asked_for_once_as_soon_as_one_begins() {
    let mut client = running();
    let rectangle = server::rectangle(Rect::default(), Encoding::RAW, &[]);
    for bytes in [
        server::framebuffer_update(&[]),
        server::framebuffer_update(&[rectangle.clone(), rectangle]),
        server::update_until_last_rect(&[]),
    ] {
        let (header, rest) = bytes.split_at(4);
        client.handle_input(&header[..3]).unwrap();
        assert_eq!(sent(&mut client), [], "it has not begun");
        client.handle_input(&header[3..]).unwrap();
        assert_eq!(sent(&mut client), [3, 1, 0, 0, 0, 0, 0x02, 0x80, 0x01, 0xE0]);
        client.handle_input(rest).unwrap();
        assert_eq!(sent(&mut client), []);
    }
    client.refresh();
    assert_eq!(sent(&mut client), [3, 0, 0, 0, 0, 0, 0x02, 0x80, 0x01, 0xE0]);
}

#[test]
fn an_update_that_waits_behind_another_is_asked_for_when_that_one_has_been_decoded() {
    let mut client = running();
    let mut server = Server::new(640, 480, 1);
    let first = server.paint(Encoding::RAW, Picture::Text, Rect::new(0, 0, 64, 64));
    let first = server::framebuffer_update(&[first]);
    let (most, last) = first.split_at(first.len() - 1);
    client.handle_input(most).unwrap();
    assert_eq!(sent(&mut client).len(), 10);
    let behind = [last, &server::framebuffer_update(&[])].concat();
    client.handle_input(&behind[..4]).unwrap();
    assert_eq!(sent(&mut client), [], "one in advance, and no more");
    client.handle_input(&behind[4..]).unwrap();
    assert_eq!(sent(&mut client).len(), 10);
}

const INCREMENTAL: [u8; 10] = [3, 1, 0, 0, 0, 0, 0x02, 0x80, 0x01, 0xE0];

#[test]
fn while_updates_are_not_wanted_none_is_asked_for_and_everything_else_goes_on() {
    let mut client = running();
    client.want_updates(false);
    assert_eq!(sent(&mut client), []);
    // That which was asked for before.
    client.handle_input(&server::framebuffer_update(&[])).unwrap();
    client.handle_input(&server::BELL).unwrap();
    assert_eq!(events(&mut client).last(), Some(&Event::Bell));
    assert_eq!(sent(&mut client), []);
    client.key(0x61, 0, true);
    assert_eq!(sent(&mut client).len(), 8);
    client.want_updates(true);
    client.want_updates(true);
    assert_eq!(sent(&mut client), INCREMENTAL);
    // It has not been answered yet.
    client.want_updates(false);
    client.want_updates(true);
    assert_eq!(sent(&mut client), []);
}

#[test]
fn continuous_updates_end_while_they_are_not_wanted() {
    let mut client = running();
    client.handle_input(&server::END_OF_CONTINUOUS_UPDATES).unwrap();
    client.handle_input(&server::framebuffer_update(&[])).unwrap();
    sent(&mut client);
    client.want_updates(false);
    assert_eq!(sent(&mut client), [150, 0, 0, 0, 0, 0, 0x02, 0x80, 0x01, 0xE0]);
    client.handle_input(&server::END_OF_CONTINUOUS_UPDATES).unwrap();
    assert_eq!(sent(&mut client), []);
    let resize = Server::new(640, 480, 0).resize(300, 200);
    client
        .handle_input(&server::framebuffer_update(&[resize]))
        .unwrap();
    assert_eq!(sent(&mut client), [3, 0, 0, 0, 0, 0, 0x01, 0x2C, 0, 200]);
    client.want_updates(true);
    assert_eq!(sent(&mut client), [150, 1, 0, 0, 0, 0, 0x01, 0x2C, 0, 200]);
}

#[test]
fn what_is_not_wanted_from_the_beginning_is_asked_for_once() {
    let mut client = Client::new(Config::default());
    client.want_updates(false);
    let server = Server::new(640, 480, 0);
    client.handle_input(&server.handshake()).unwrap();
    let first = sent(&mut client);
    assert_eq!(
        first.last_chunk(),
        Some(&[3, 0, 0, 0, 0, 0, 0x02, 0x80, 0x01, 0xE0])
    );
    client.handle_input(&server::framebuffer_update(&[])).unwrap();
    client.handle_input(&server::END_OF_CONTINUOUS_UPDATES).unwrap();
    assert_eq!(sent(&mut client), []);
    client.want_updates(true);
    assert_eq!(sent(&mut client), [150, 1, 0, 0, 0, 0, 0x02, 0x80, 0x01, 0xE0]);
}

#[test]
fn an_update_that_ends_with_last_rect_may_have_more_rectangles_than_can_be_counted() {
    let mut client = running();
    let empty = server::rectangle(Rect::default(), Encoding::RAW, &[]);
    client
        .handle_input(&server::update_until_last_rect(&vec![empty; 70_000]))
        .unwrap();
    let expected = [
        Event::UpdateStarted,
        Event::UpdateCompleted { rectangles: 70_001 },
    ];
    assert_eq!(events(&mut client), expected);
}

#[test]
fn last_rect_ends_an_update_that_said_it_had_more() {
    let mut client = running();
    let last = server::rectangle(Rect::default(), Encoding::LAST_RECT, &[]);
    let mut bytes = server::framebuffer_update(&[last.clone(), last]);
    bytes.truncate(16);
    bytes.extend(server::BELL);
    client.handle_input(&bytes).unwrap();
    let expected = [
        Event::UpdateStarted,
        Event::UpdateCompleted { rectangles: 1 },
        Event::Bell,
    ];
    assert_eq!(events(&mut client), expected);
}

#[test]
fn an_update_counts_its_rectangles_with_those_of_pseudo_encodings() {
    let mut client = running();
    let mut server = Server::new(640, 480, 1);
    let name = crate::encoders::with_length("Bildschirm ü".as_bytes().to_vec());
    let rectangles = [
        server.paint(Encoding::RAW, Picture::Text, Rect::new(1, 2, 3, 4)),
        server::rectangle(Rect::default(), Encoding::DESKTOP_NAME, &name),
    ];
    client
        .handle_input(&server::framebuffer_update(&rectangles))
        .unwrap();
    let expected = [
        Event::UpdateStarted,
        Event::NameChanged("Bildschirm ü".to_owned()),
        Event::UpdateCompleted { rectangles: 2 },
    ];
    assert_eq!(events(&mut client), expected);
    let statistics = client.statistics();
    assert_eq!(statistics.updates, 1);
    assert_eq!(
        (statistics.encodings[0].bytes, statistics.encodings[0].pixels),
        (48, 12)
    );
}
