//! Cursors in every form.

use porthole_rfb::{Client, Config, Cursor, Encoding, Event, Rect};

use super::{connected, events, running, sent, told};
use crate::dice::Dice;
use crate::server::{self, CursorForm, Server};

/// The cursor that these rectangles make of a client's.
fn cursor(client: &mut Client, rectangles: &[Vec<u8>]) -> Cursor {
    match told(client, rectangles).pop() {
        Some(Event::CursorChanged(cursor)) => cursor,
        other => unreachable!("no cursor, but {other:?}"),
    }
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
