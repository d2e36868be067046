//! What a person does, and what of it waits for the socket.

use super::*;

#[test]
fn moves_wait_for_a_congested_socket_and_nothing_else_does() {
    let mut link = drained(options());
    let pointer = |x, buttons| Command::Pointer { x, y: 0, buttons };
    link.command(pointer(1, 0), 0.0);
    link.command(pointer(2, 0), 0.0);
    assert_eq!(sent(&mut link, CONGESTED + 1), []);
    assert_eq!(link.congestion_poll(), Some(CONGESTION_POLL));
    assert_eq!(
        sent(&mut link, CONGESTED),
        [5, 0, 0, 2, 0, 0],
        "the last one only"
    );
    assert_eq!(link.congestion_poll(), None);

    link.command(pointer(3, 0), 0.0);
    link.command(pointer(3, 1), 0.0);
    assert_eq!(sent(&mut link, UNHEARD), [5, 1, 0, 3, 0, 0]);

    link.command(pointer(4, 1), 0.0);
    link.command(
        Command::Key {
            keysym: 0x61,
            scancode: 0,
            down: true,
        },
        0.0,
    );
    let expected = [5, 1, 0, 4, 0, 0, 4, 1, 0, 0, 0, 0, 0, 0x61];
    assert_eq!(
        sent(&mut link, UNHEARD),
        expected,
        "a key is typed where the pointer is"
    );
}

#[test]
fn a_viewer_that_only_looks_sends_nothing_it_is_told() {
    let mut link = drained(ConnectOptions {
        view_only: true,
        ..options()
    });
    // Power, several screens and relative motion would be possible.
    link.handle_input(&[250, 0, 1, 1], 0.0);
    link.handle_input(&update([0, 0, 4, 2], -308, &[0, 0, 0, 0]), 0.0);
    link.handle_input(&update([0, 0, 4, 2], -257, &[]), 0.0);
    sent(&mut link, 0);
    let commands = [
        KEY,
        Command::Pointer {
            x: 1,
            y: 1,
            buttons: 1,
        },
        clipboard("x"),
        Command::RequestSize {
            screen: 0,
            width: 9,
            height: 9,
        },
        Command::Motion {
            right: 1,
            down: 1,
            buttons: 0,
        },
        Command::Power(PowerAction::Reset),
        Command::RequestScreens(2),
    ];
    for command in commands {
        link.command(command, 0.0);
    }
    assert_eq!(sent(&mut link, 0), []);
    link.command(Command::ViewOnly(false), 0.0);
    link.command(KEY, 0.0);
    assert_eq!(sent(&mut link, 0).len(), 8);
}

#[test]
fn the_clipboard_that_the_server_asks_for_waits_for_the_socket() {
    let mut link = drained(options());
    // Caps for text, and their answer.
    link.handle_input(&[3, 0, 0, 0, 255, 255, 255, 248, 0x1F, 0, 0, 1, 0, 0, 0, 0], 0.0);
    sent(&mut link, 0);
    link.command(clipboard("x"), 0.0);
    let notify = [6, 0, 0, 0, 255, 255, 255, 252, 8, 0, 0, 1];
    assert_eq!(sent(&mut link, UNHEARD), notify);
    assert_eq!(link.congestion_poll(), None);
    // Asked for twice, it is sent once.
    link.handle_input(&[3, 0, 0, 0, 255, 255, 255, 252, 2, 0, 0, 1].repeat(2), 0.0);
    assert_eq!(sent(&mut link, CONGESTED + 1), []);
    assert_eq!(link.congestion_poll(), Some(CONGESTION_POLL));
    let provide = sent(&mut link, CONGESTED);
    assert_eq!(provide[..12], [6, 0, 0, 0, 255, 255, 255, 234, 16, 0, 0, 1]);
    assert_eq!(provide.len(), 8 + 22);
    assert_eq!(link.congestion_poll(), None);
    assert_eq!(sent(&mut link, 0), []);
}

#[test]
fn ways_of_the_pointer_add_up_while_the_socket_is_congested() {
    let mut link = drained(options());
    let motion = |right, down, buttons| Command::Motion { right, down, buttons };
    link.command(motion(1, 1, 0), 0.0);
    assert_eq!(sent(&mut link, 0), [], "the server has not asked for it");
    link.handle_input(&update([0, 0, 4, 2], -257, &[]), 0.0);
    assert_eq!(events(&mut link), [Event::PointerMode { relative: true }]);
    sent(&mut link, 0);
    link.command(motion(1, -1, 0), 0.0);
    link.command(motion(2, -1, 0), 0.0);
    assert_eq!(sent(&mut link, CONGESTED + 1), []);
    link.command(motion(4, 0, 1), 0.0);
    assert_eq!(
        sent(&mut link, UNHEARD),
        [5, 1, 0x80, 0x06, 0x7F, 0xFD],
        "in one with the button"
    );
    link.command(motion(-2, 5, 1), 0.0);
    assert_eq!(sent(&mut link, 0), [5, 1, 0x7F, 0xFD, 0x80, 0x04]);
}

#[test]
fn a_key_carries_its_scancode_where_the_server_wants_it() {
    let mut link = drained(options());
    let key = Command::Key {
        keysym: 0,
        scancode: 0x0D,
        down: true,
    };
    link.command(key.clone(), 0.0);
    assert_eq!(sent(&mut link, 0), []);
    link.handle_input(&update([0; 4], -258, &[]), 0.0);
    assert_eq!(events(&mut link), [Event::KeysByPlace]);
    sent(&mut link, 0);
    link.command(key, 0.0);
    assert_eq!(sent(&mut link, 0), [255, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0x0D]);
    link.handle_input(&update([0; 4], -258, &[]), 0.0);
    assert_eq!(events(&mut link), [], "it is told once");
}

#[test]
fn a_server_with_fences_goes_by_what_keys_mean() {
    let mut link = drained(options());
    link.handle_input(&[248, 0, 0, 0, 0, 0, 0, 0, 0], 0.0);
    link.handle_input(&update([0; 4], -258, &[]), 0.0);
    assert!(!events(&mut link).contains(&Event::KeysByPlace));
}
