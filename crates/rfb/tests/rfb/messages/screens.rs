//! Sizes and screens of the desktop, as the server tells them and as it is asked for them.

use porthole_rfb::{Client, Encoding, Event, Rect, ResizeStatus, Screen, Size};

use super::{after, events, running, sent, told};
use crate::server;

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
