//! Keys and the pointer, both ways, and the machine's power.

use porthole_rfb::{Encoding, Event, LockKeys, PointerButtons, PowerAction, Rect};

use super::{after, events, running, sent, told};
use crate::server;

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
