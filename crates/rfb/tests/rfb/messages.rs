//! What the client sends, byte for byte, and what it makes of the server's messages.

use porthole_rfb::{
    Client, ClipboardContent, Config, Cursor, Encoding, Event, LockKeys, PointerButtons, PowerAction, Rect,
    ResizeStatus, Screen, Size, Subsampling,
};

use crate::dice::Dice;
use crate::image::Picture;
use crate::server::{self, CursorForm, Server};

/// A client that has just been told of a screen of 640x480 and has sent what it sends then.
fn connected(config: Config) -> (Client, Vec<u8>) {
    let mut client = Client::new(config);
    client.handle_input(&server::handshake(640, 480, "")).unwrap();
    let sent = sent(&mut client);
    (client, sent[14..].to_vec())
}

fn running() -> Client {
    let mut client = connected(Config::default()).0;
    while client.poll_event().is_some() {}
    client
}

fn sent(client: &mut Client) -> Vec<u8> {
    std::iter::from_fn(|| client.poll_transmit()).flatten().collect()
}

fn events(client: &mut Client) -> Vec<Event> {
    std::iter::from_fn(|| client.poll_event()).collect()
}

/// What the client tells of an update with these rectangles, but for its beginning and end.
fn told(client: &mut Client, rectangles: &[Vec<u8>]) -> Vec<Event> {
    client
        .handle_input(&server::framebuffer_update(rectangles))
        .unwrap();
    let mut events = events(client);
    assert_eq!(events.remove(0), Event::UpdateStarted);
    let rectangles = rectangles.len() as u32;
    assert_eq!(events.pop(), Some(Event::UpdateCompleted { rectangles }));
    events
}

/// The cursor that these rectangles make of a client's.
fn cursor(client: &mut Client, rectangles: &[Vec<u8>]) -> Cursor {
    match told(client, rectangles).pop() {
        Some(Event::CursorChanged(cursor)) => cursor,
        other => unreachable!("no cursor, but {other:?}"),
    }
}

/// A client after an update with one pseudo-encoding's rectangle, whose events and messages are done with.
fn after(rect: Rect, encoding: Encoding, content: &[u8]) -> Client {
    let mut client = running();
    let rectangle = server::rectangle(rect, encoding, content);
    client
        .handle_input(&server::framebuffer_update(&[rectangle]))
        .unwrap();
    sent(&mut client);
    events(&mut client);
    client
}

const SCREEN: Screen = Screen {
    id: 0x0102_0304,
    rect: Rect {
        x: 0,
        y: 0,
        width: 640,
        height: 480,
    },
    flags: 0x0506_0708,
};

fn resizable() -> Client {
    let rect = Rect::new(0, 0, 640, 480);
    after(rect, Encoding::EXTENDED_DESKTOP_SIZE, &server::screens(&[SCREEN]))
}

#[test]
fn a_session_begins_with_a_pixel_format_the_encodings_and_a_request_for_all() {
    let (_, sent) = connected(Config {
        encodings: vec![Encoding::ZRLE, Encoding::TIGHT_PNG, Encoding::RAW],
        jpeg_quality: Some(6),
        fine_jpeg_quality: Some(77),
        jpeg_subsampling: Some(Subsampling::Two),
        compression_level: Some(2),
        ..Config::default()
    });
    // 32 bits, depth 24, little-endian, true colour, red in the lowest byte.
    let (format, rest) = sent.split_at(20);
    assert_eq!(
        format,
        [
            0, 0, 0, 0, 32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 0, 8, 16, 0, 0, 0
        ]
    );
    let (encodings, request) = rest.split_at(rest.len() - 10);
    assert_eq!(request, [3, 0, 0, 0, 0, 0, 0x02, 0x80, 0x01, 0xE0]);
    assert_eq!(encodings[..2], [2, 0]);
    let numbers: Vec<i32> = encodings[4..]
        .chunks(4)
        .map(|number| i32::from_be_bytes(number.try_into().unwrap()))
        .collect();
    assert_eq!(
        usize::from(u16::from_be_bytes([encodings[2], encodings[3]])),
        numbers.len()
    );
    assert_eq!(numbers[..7], [16, -260, 0, -26, -435, -766, -254]);
    let mut pseudos = vec![
        -239,
        -240,
        -314,
        0x574D_5664,
        0x574D_5665,
        0x574D_5666,
        0x574D_5668,
        -232,
    ];
    pseudos.extend([
        -223,
        -308,
        -224,
        -307,
        -309,
        -312,
        -313,
        -316,
        -317,
        -257,
        -258,
        -261,
        -1_063_131_698,
    ]);
    for pseudo in pseudos {
        assert!(numbers.contains(&pseudo), "{pseudo} is not asked for");
    }
}

#[test]
fn without_a_quality_none_is_asked_for_until_it_is_set() {
    let has_quality = |sent: &[u8]| {
        sent.windows(4)
            .any(|number| number[..3] == [0xFF; 3] && (0xE0..=0xE9).contains(&number[3]))
    };
    let (mut client, begin) = connected(Config::default());
    assert!(!has_quality(&begin));
    client.set_quality(Some(9), None);
    let sent = sent(&mut client);
    assert_eq!(sent[0], 2);
    assert!(has_quality(&sent));
}

#[test]
fn keys_carry_their_keysym() {
    let mut client = running();
    client.key(0xFF0D, 0, true);
    client.key(0x0100_20AC, 0, false);
    let expected = [4, 1, 0, 0, 0, 0, 0xFF, 0x0D, 4, 0, 0, 0, 0x01, 0x00, 0x20, 0xAC];
    assert_eq!(sent(&mut client), expected);
}

#[test]
fn the_pointer_has_eight_buttons_for_servers_that_know_no_more() {
    let mut client = running();
    client.pointer(0x0102, 0x0304, PointerButtons(0b1_1000_0101));
    assert_eq!(sent(&mut client), [5, 0b1000_0101, 1, 2, 3, 4]);
}

/// rfbproto, "PointerEvent": the highest bit marks the extended message and takes the back button's place.
#[test]
fn the_pointer_has_more_buttons_where_the_server_knows_them() {
    let mut client = after(Rect::default(), Encoding::EXTENDED_MOUSE_BUTTONS, &[]);
    client.pointer(1, 2, PointerButtons::MIDDLE);
    client.pointer(1, 2, PointerButtons::BACK);
    client.pointer(
        1,
        2,
        PointerButtons(PointerButtons::FORWARD.0 | PointerButtons::LEFT.0),
    );
    let mut sent = &sent(&mut client)[..];
    let mut buttons = Vec::new();
    while let [5, mask, 0, 1, 0, 2, rest @ ..] = sent {
        let is_extended = mask & 0x80 != 0;
        let more = if is_extended { u16::from(rest[0]) } else { 0 };
        sent = &rest[usize::from(is_extended)..];
        buttons.push(u16::from(mask & 0x7F) | more << 7);
    }
    assert!(sent.is_empty());
    assert_eq!(buttons, [0b10, 0b1000_0000, 0b1_0000_0001]);
}

#[test]
fn clipboard_text_travels_as_latin_1_both_ways() {
    let mut client = running();
    client.clipboard(ClipboardContent::text("näh\r\n€"));
    let expected = [6, 0, 0, 0, 0, 0, 0, 5, b'n', 0xE4, b'h', b'\n', b'?'];
    assert_eq!(sent(&mut client), expected);
    assert_eq!(events(&mut client), [Event::ClipboardReduced]);
    client
        .handle_input(&server::server_cut_text(b"sch\xF6n\r\n"))
        .unwrap();
    let content = ClipboardContent::text("schön\n");
    assert_eq!(events(&mut client), [Event::Clipboard(content)]);
}

#[test]
fn no_more_encodings_are_asked_for_than_wayvnc_takes() {
    let mut encodings = Config::default().encodings;
    encodings.insert(0, Encoding::H264);
    let (_, sent) = connected(Config {
        encodings,
        jpeg_quality: Some(6),
        fine_jpeg_quality: Some(77),
        jpeg_subsampling: Some(Subsampling::Two),
        compression_level: Some(2),
        ..Config::default()
    });
    let [2, 0, high, low, encodings @ ..] = &sent[20..] else {
        unreachable!("{sent:?}");
    };
    assert_eq!(u16::from_be_bytes([*high, *low]), 32);
    let (numbers, request) = encodings.split_at(4 * 32);
    assert_eq!(request[0], 3);
    let asked_for = |encoding: Encoding| numbers.chunks(4).any(|number| number == encoding.0.to_be_bytes());
    // What is left out is what servers send unasked, and what few of them have.
    for encoding in [
        Encoding::H264,
        Encoding::TIGHT,
        Encoding::RRE,
        Encoding::EXTENDED_CLIPBOARD,
    ] {
        assert!(asked_for(encoding), "{encoding}");
    }
    assert!(!asked_for(Encoding::RAW) && !asked_for(Encoding::TIGHT_WITHOUT_ZLIB));
}

#[test]
fn clipboard_text_of_servers_that_send_utf_8_instead_is_read_as_that() {
    let mut client = running();
    client
        .handle_input(&server::server_cut_text("schön, €".as_bytes()))
        .unwrap();
    let content = ClipboardContent::text("schön, €");
    assert_eq!(events(&mut client), [Event::Clipboard(content)]);
}

#[test]
fn another_size_is_asked_for_only_where_the_server_offers_it() {
    let size = Size {
        width: 800,
        height: 600,
    };
    let mut client = running();
    client.request_desktop_size(size);
    assert!(!client.can_resize());
    assert_eq!(client.poll_transmit(), None);

    let mut client = resizable();
    assert_eq!(client.screens(), [SCREEN]);
    client.request_desktop_size(size);
    let expected = [
        251, 0, 0x03, 0x20, 0x02, 0x58, 1, 0, //
        1, 2, 3, 4, 0, 0, 0, 0, 0x03, 0x20, 0x02, 0x58, 5, 6, 7, 8,
    ];
    assert_eq!(sent(&mut client), expected);
}

#[test]
fn the_answer_to_another_size_is_told_and_followed_only_if_it_was_done() {
    for (status, answer) in [
        (0, ResizeStatus::Done),
        (1, ResizeStatus::Prohibited),
        (2, ResizeStatus::OutOfResources),
        (3, ResizeStatus::InvalidLayout),
        (4, ResizeStatus::Forwarded),
        (9, ResizeStatus::Unknown(9)),
    ] {
        let mut client = resizable();
        let content = server::screens(&[SCREEN]);
        let rect = Rect::new(1, status, 320, 200);
        let rectangle = server::rectangle(rect, Encoding::EXTENDED_DESKTOP_SIZE, &content);
        client
            .handle_input(&server::framebuffer_update(&[rectangle]))
            .unwrap();
        let events = events(&mut client);
        assert!(events.contains(&Event::ResizeAnswered(answer)), "{events:?}");
        let expected = if status == 0 { (320, 200) } else { (640, 480) };
        let size = client.framebuffer().size();
        assert_eq!((size.width, size.height), expected);
    }
}

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

#[test]
fn a_cursor_is_opaque_where_its_mask_has_a_bit() {
    let mut client = running();
    // Nine pixels wide, so that the mask has two bytes a row.
    let pixels: Vec<u8> = (0..18).flat_map(|number| [number, 100, 200, 77]).collect();
    let content = [&pixels[..], &[0b1000_0001, 0b1000_0000, 0, 0b0111_1111]].concat();
    let rectangle = server::rectangle(Rect::new(4, 1, 9, 2), Encoding::CURSOR, &content);
    client
        .handle_input(&server::framebuffer_update(&[rectangle]))
        .unwrap();
    let Some(Event::CursorChanged(cursor)) = events(&mut client).into_iter().nth(1) else {
        unreachable!("no cursor");
    };
    assert_eq!(
        (cursor.size.width, cursor.size.height, cursor.hotspot),
        (9, 2, (4, 1))
    );
    for (number, pixel) in cursor.rgba.chunks(4).enumerate() {
        if [0, 7, 8].contains(&number) {
            assert_eq!(pixel, [number as u8, 100, 200, 255]);
        } else {
            assert_eq!(pixel, [0; 4]);
        }
    }
}

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

#[test]
fn a_cursor_with_alpha_may_come_in_any_encoding() {
    let mut client = running();
    let place = Rect::new(1, 0, 2, 1);
    let pixels = [[100, 50, 0, 100], [0, 0, 0, 0]].concat();
    let zlib = {
        let data = crate::encoders::Deflate::new(&mut Dice::new(1)).compress(&pixels);
        crate::encoders::with_length(data)
    };
    let hextile = [&[1][..], &pixels].concat();
    for (encoding, content) in [
        (Encoding::RAW, pixels.clone()),
        (Encoding::ZLIB, zlib),
        (Encoding::HEXTILE, hextile),
    ] {
        let content = [&encoding.0.to_be_bytes()[..], &content].concat();
        let rectangle = server::rectangle(place, Encoding::CURSOR_WITH_ALPHA, &content);
        let cursor = cursor(&mut client, &[rectangle]);
        assert_eq!((cursor.size, cursor.hotspot), (place.size(), (1, 0)));
        assert_eq!(cursor.rgba, [255, 128, 0, 100, 0, 0, 0, 0], "{encoding}");
    }
}

#[test]
fn a_cursor_with_alpha_in_an_unknown_encoding_is_an_error() {
    let rectangle = server::rectangle(
        Rect::new(0, 0, 1, 1),
        Encoding::CURSOR_WITH_ALPHA,
        &[0, 0, 18, 103],
    );
    let error = running().handle_input(&server::framebuffer_update(&[rectangle]));
    assert_eq!(
        error.unwrap_err().to_string(),
        "FramebufferUpdate: CursorWithAlpha rectangle 1x1 at 0,0: its pixels are in encoding 4711, which no cursor \
         can be in here"
    );
}

#[test]
fn a_cursor_is_bounded_in_every_form() {
    for encoding in [
        Encoding::CURSOR,
        Encoding::X_CURSOR,
        Encoding::CURSOR_WITH_ALPHA,
        Encoding::VMWARE_CURSOR,
    ] {
        let rectangle = server::rectangle(Rect::new(0, 0, 1, 1025), encoding, &[]);
        let error = running().handle_input(&server::framebuffer_update(&[rectangle]));
        let words = error.unwrap_err().to_string();
        assert!(words.ends_with("a side of 1025 is more than 1024"), "{words}");
    }
}

#[test]
fn the_last_cursor_is_the_one_that_counts_whatever_its_form() {
    let mut client = running();
    let mut server = Server::new(640, 480, 3);
    let rectangles = [
        server.cursor((0, 0), 3, 3),
        server.other_cursor(CursorForm::X, (0, 0), 4, 4),
        server.other_cursor(CursorForm::VmwareAlpha, (0, 0), 5, 5),
        server.other_cursor(CursorForm::Alpha, (2, 1), 6, 7),
    ];
    let cursor = cursor(&mut client, &rectangles);
    assert_eq!(
        (cursor.size.width, cursor.size.height, cursor.hotspot),
        (6, 7, (2, 1))
    );
}

/// What stalls other viewers: where the data of a type that nobody knows end cannot be told.
#[test]
fn a_vmware_cursor_of_unknown_type_is_passed_over_and_the_next_message_is_heard() {
    let mut client = running();
    let unknown = Server::new(640, 480, 0).other_cursor(CursorForm::VmwareUnknown, (0, 0), 16, 16);
    let bytes = [server::framebuffer_update(&[unknown]), server::BELL.to_vec()].concat();
    client.handle_input(&bytes).unwrap();
    let expected = [
        Event::UpdateStarted,
        Event::UpdateCompleted { rectangles: 1 },
        Event::Bell,
    ];
    assert_eq!(events(&mut client), expected);
}

#[test]
fn a_hidden_cursor_comes_back_as_it_is_by_then() {
    let mut client = running();
    let mut server = Server::new(640, 480, 5);
    let state = |state: u16| {
        server::rectangle(
            Rect::default(),
            Encoding::VMWARE_CURSOR_STATE,
            &state.to_be_bytes(),
        )
    };
    let [first, second] = [3, 4].map(|side| server.other_cursor(CursorForm::VmwareAlpha, (0, 0), side, side));
    assert_eq!(cursor(&mut client, &[first]).size.width, 3);
    assert_eq!(cursor(&mut client, &[state(6)]), Cursor::default());
    assert_eq!(told(&mut client, &[second, state(0)]), []);
    assert_eq!(cursor(&mut client, &[state(7)]).size.width, 4);
    assert_eq!(told(&mut client, &[state(1)]), []);
}

#[test]
fn cursors_with_alpha_are_not_asked_of_qemu_which_has_their_bytes_in_another_order() {
    for (name, is_asked) in [("QEMU", false), ("QEMU (vm)", false), ("My QEMU", true)] {
        let mut client = Client::new(Config::default());
        client.handle_input(&server::handshake(640, 480, name)).unwrap();
        let asked = sent(&mut client)
            .windows(4)
            .any(|bytes| bytes == (-314_i32).to_be_bytes());
        assert_eq!(asked, is_asked, "{name}");
    }
}

#[test]
fn a_form_of_a_cursor_among_the_encodings_is_the_only_one_that_is_asked_for() {
    let (_, sent) = connected(Config {
        encodings: vec![Encoding::X_CURSOR, Encoding::RAW],
        ..Config::default()
    });
    let count = |number: i32| {
        sent.windows(4)
            .filter(|bytes| **bytes == number.to_be_bytes())
            .count()
    };
    assert_eq!([-240, -239, -314, 0x574D_5664].map(count), [1, 0, 0, 0]);
}

#[test]
fn the_pointers_place_is_told_and_lies_on_the_screen() {
    let mut client = running();
    for encoding in [Encoding::POINTER_POSITION, Encoding::VMWARE_CURSOR_POSITION] {
        let at = |x, y| server::rectangle(Rect::new(x, y, 0, 0), encoding, &[]);
        let expected = [
            Event::PointerMoved { x: 7, y: 9 },
            Event::PointerMoved { x: 639, y: 479 },
        ];
        assert_eq!(told(&mut client, &[at(7, 9), at(640, 65_535)]), expected);
    }
}

#[test]
fn a_scancode_goes_to_servers_that_want_it_and_then_needs_no_keysym() {
    let mut client = running();
    client.key(0, 0x1E, true);
    assert_eq!(client.poll_transmit(), None);
    client.key(0x61, 0x1E, true);
    assert_eq!(sent(&mut client), [4, 1, 0, 0, 0, 0, 0, 0x61]);

    let mut client = after(Rect::default(), Encoding::EXTENDED_KEY_EVENT, &[]);
    client.key(0x61, 0x1E, true);
    client.key(0, 0x9D, false);
    let expected = [
        255, 0, 0, 1, 0, 0, 0, 0x61, 0, 0, 0, 0x1E, //
        255, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x9D,
    ];
    assert_eq!(sent(&mut client), expected);
    client.key(0x0100_20AC, 0, true);
    assert_eq!(sent(&mut client), [4, 1, 0, 0, 0x01, 0x00, 0x20, 0xAC]);
}

#[test]
fn the_pointers_way_is_told_only_to_servers_that_want_it() {
    let mut client = running();
    client.pointer_motion(1, 1, PointerButtons::LEFT);
    assert_eq!(client.poll_transmit(), None);

    let mode = |absolute| {
        server::rectangle(
            Rect::new(absolute, 0, 640, 480),
            Encoding::POINTER_MOTION_CHANGE,
            &[],
        )
    };
    let expected = [Event::PointerModeChanged { relative: true }];
    assert_eq!(told(&mut client, &[mode(1), mode(0), mode(0)]), expected);
    sent(&mut client);
    client.pointer_motion(0, 0, PointerButtons::LEFT);
    client.pointer_motion(-3, 258, PointerButtons::NONE);
    client.pointer_motion(i16::MIN, i16::MAX, PointerButtons::NONE);
    let expected = [
        5, 1, 0x7F, 0xFF, 0x7F, 0xFF, //
        5, 0, 0x7F, 0xFC, 0x81, 0x01, //
        5, 0, 0, 0, 0xFF, 0xFE,
    ];
    assert_eq!(sent(&mut client), expected);
    let expected = [Event::PointerModeChanged { relative: false }];
    assert_eq!(told(&mut client, &[mode(1)]), expected);
}

#[test]
fn lock_keys_are_told_by_both_of_their_encodings() {
    let mut client = running();
    for (encoding, padding) in [(Encoding::LED_STATE, 0), (Encoding::VMWARE_LED_STATE, 3)] {
        for state in 0..8_u8 {
            let content = [&vec![0; padding][..], &[state]].concat();
            let expected = LockKeys {
                scroll_lock: state & 1 != 0,
                num_lock: state & 2 != 0,
                caps_lock: state & 4 != 0,
            };
            let rectangle = server::rectangle(Rect::default(), encoding, &content);
            assert_eq!(
                told(&mut client, &[rectangle]),
                [Event::LockKeysChanged(expected)]
            );
        }
    }
}

#[test]
fn power_is_asked_for_where_it_is_offered_and_a_refusal_is_told() {
    let mut client = running();
    client.power(PowerAction::Reset);
    assert_eq!(client.poll_transmit(), None);
    let messages = [server::xvp(1), server::xvp(1), server::xvp(7)];
    client.handle_input(&messages.concat()).unwrap();
    assert_eq!(events(&mut client), [Event::PowerOffered]);
    assert!(client.can_power());
    for action in [PowerAction::Shutdown, PowerAction::Reboot, PowerAction::Reset] {
        client.power(action);
    }
    assert_eq!(sent(&mut client), [250, 0, 1, 2, 250, 0, 1, 3, 250, 0, 1, 4]);
    client.handle_input(&server::xvp(0)).unwrap();
    assert_eq!(events(&mut client), [Event::PowerRefused]);
}

#[test]
fn a_chat_that_nobody_asked_for_is_passed_over() {
    let mut client = running();
    let bytes = [
        server::text_chat(-1, &[]),
        server::text_chat(5, b"hello"),
        server::text_chat(0, &[]),
        server::text_chat(-3, &[]),
        server::BELL.to_vec(),
    ];
    client.handle_input(&bytes.concat()).unwrap();
    assert_eq!(events(&mut client), [Event::Bell]);
}

/// UltraVNC's ExtViewSize has DesktopName's number, and no name.
#[test]
fn a_name_with_a_size_is_another_size_of_the_desktop() {
    let mut client = running();
    let rectangle = server::rectangle(Rect::new(10, 20, 300, 200), Encoding::DESKTOP_NAME, &[]);
    let size = Size {
        width: 300,
        height: 200,
    };
    assert_eq!(told(&mut client, &[rectangle]), [Event::Resized { size }]);
    assert_eq!(client.framebuffer().size(), size);
}

const HALVES: [Screen; 2] = [
    Screen {
        id: 5,
        rect: Rect {
            x: 0,
            y: 0,
            width: 320,
            height: 480,
        },
        flags: 0,
    },
    Screen {
        id: 6,
        rect: Rect {
            x: 320,
            y: 0,
            width: 320,
            height: 480,
        },
        flags: 1,
    },
];

#[test]
fn several_screens_keep_their_number_and_shares_in_another_size() {
    let rect = Rect::new(0, 0, 640, 480);
    let mut client = after(rect, Encoding::EXTENDED_DESKTOP_SIZE, &server::screens(&HALVES));
    assert_eq!(client.screens(), HALVES);
    client.request_desktop_size(Size {
        width: 1000,
        height: 100,
    });
    let expected = [
        251, 0, 0x03, 0xE8, 0, 100, 2, 0, //
        0, 0, 0, 5, 0, 0, 0, 0, 0x01, 0xF4, 0, 100, 0, 0, 0, 0, //
        0, 0, 0, 6, 0x01, 0xF4, 0, 0, 0x01, 0xF4, 0, 100, 0, 0, 0, 1,
    ];
    assert_eq!(sent(&mut client), expected);
}

#[test]
fn a_layout_is_asked_for_as_it_is_where_it_can_be() {
    let size = Size {
        width: 640,
        height: 480,
    };
    let mut client = running();
    assert_eq!(client.request_layout(size, &HALVES), Ok(()));
    assert_eq!(client.poll_transmit(), None, "the server has not offered it");
    let mut client = resizable();
    assert_eq!(client.request_layout(size, &HALVES), Ok(()));
    let sent = sent(&mut client);
    assert_eq!((sent.len(), sent[0], sent[6]), (40, 251, 2));
    let smaller = Size { width: 639, ..size };
    let error = client.request_layout(smaller, &HALVES).unwrap_err();
    assert_eq!(error.to_string(), "the place of screen 6 has no meaning here");
    assert_eq!(client.poll_transmit(), None);
}

#[test]
fn any_number_of_screens_is_taken_and_another_clients_change_is_followed() {
    let screens: Vec<Screen> = (0..255).map(|id| Screen { id, ..SCREEN }).collect();
    let mut client = running();
    for (reason, status) in [(0, 0), (2, 0), (2, 4)] {
        let rect = Rect::new(reason, status, 700 + reason, 500);
        let content = server::screens(&screens[usize::from(reason)..]);
        let rectangle = server::rectangle(rect, Encoding::EXTENDED_DESKTOP_SIZE, &content);
        told(&mut client, &[rectangle]);
        assert_eq!(client.screens().len(), 255 - usize::from(reason));
        assert_eq!(client.framebuffer().size(), rect.size());
    }
}

#[test]
fn a_desktop_without_screens_can_be_asked_for_another_size_all_the_same() {
    let mut client = running();
    let rect = Rect::new(0, 0, 640, 480);
    let rectangle = server::rectangle(rect, Encoding::EXTENDED_DESKTOP_SIZE, &server::screens(&[]));
    assert_eq!(told(&mut client, &[rectangle]), [Event::ScreensChanged(vec![])]);
    assert!(client.can_resize());
}

#[test]
fn every_answer_to_another_size_has_words() {
    let words = |status: ResizeStatus| status.to_string();
    assert_eq!(words(ResizeStatus::Done), "the desktop has that size now");
    assert!(words(ResizeStatus::Prohibited).contains("does not let"));
    assert!(words(ResizeStatus::OutOfResources).contains("no resources"));
    assert!(words(ResizeStatus::InvalidLayout).contains("cannot"));
    assert!(words(ResizeStatus::Forwarded).contains("passed"));
    assert!(words(ResizeStatus::Unknown(77)).contains("77"));
}

#[test]
fn nothing_is_sent_before_the_desktop_is_described() {
    let mut client = Client::new(Config::default());
    client.key(0x61, 0, true);
    client.pointer(1, 1, PointerButtons::LEFT);
    client.clipboard(ClipboardContent::text("text"));
    client.provide_clipboard();
    client.refresh();
    client.set_quality(Some(1), Some(1));
    assert_eq!(client.poll_transmit(), None);
}
