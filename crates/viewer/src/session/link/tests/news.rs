//! News from the server, which come as fast as it likes, and are told as fast as the page can listen.

use super::*;
use crate::ClipboardTrouble;
use crate::session::link::log::LINES;
use crate::session::link::news::CLIPBOARD_PAUSE;

#[test]
fn of_clipboards_that_follow_each_other_at_once_the_page_is_told_the_last() {
    let mut link = drained(options());
    let text = |text: &str| match clipboard(text) {
        Command::Clipboard(clipboard) => Event::Clipboard(clipboard),
        _ => unreachable!(),
    };
    let says = |letter| [3, 0, 0, 0, 0, 0, 0, 1, letter];
    link.handle_input(&says(b'a'), 1_000.0);
    assert_eq!(events(&mut link), [text("a")]);
    link.handle_input(&says(b'b'), 1_100.0);
    link.handle_input(&says(b'c'), 1_200.0);
    assert_eq!(events(&mut link), []);
    assert_eq!(link.deadline(), Some(1_000.0 + CLIPBOARD_PAUSE));
    link.tick(1_000.0 + CLIPBOARD_PAUSE);
    assert_eq!(events(&mut link), [text("c")]);
    assert_eq!(errand(&link), None);
}

#[test]
fn what_becomes_of_a_clipboard_is_told() {
    let mut link = drained(options());
    link.command(clipboard("€"), 0.0);
    link.handle_input(b"\x03\0\0\0\0\0\0\x02hi", 0.0);
    link.handle_input(&[3, 0, 0, 0, 255, 255, 255, 255, 0], 0.0);
    link.handle_input(&[3, 0, 0, 0, 0x7F, 0, 0, 0], 0.0);
    let unreadable = "the message ends before it says what it is".to_owned();
    let expected = [
        Event::ClipboardTrouble(ClipboardTrouble::Reduced),
        Event::Clipboard(Clipboard {
            text: Some("hi".to_owned()),
            ..Clipboard::default()
        }),
        Event::ClipboardTrouble(ClipboardTrouble::Unreadable(unreadable)),
        Event::ClipboardTrouble(ClipboardTrouble::TooLong { bytes: 0x7F00_0000 }),
    ];
    assert_eq!(events(&mut link), expected);
}

#[test]
fn of_many_news_the_page_is_told_the_last() {
    let mut link = drained(options());
    let name = |name: u8| {
        [
            &[
                0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0xFE, 0xCD, 0, 0, 0, 1,
            ][..],
            &[name],
        ]
        .concat()
    };
    for bytes in [
        &[2, 2, 2][..],
        &name(b'a'),
        &[2],
        &name(b'b'),
        &[3, 0, 0, 0, 0, 0, 0, 1, b'x'],
    ] {
        link.handle_input(bytes, 0.0);
    }
    let text = Clipboard {
        text: Some("x".into()),
        ..Clipboard::default()
    };
    let expected = [Event::Bell, Event::Name("b".into()), Event::Clipboard(text)];
    assert_eq!(events(&mut link), expected);

    let mut link = running(options(), true);
    events(&mut link);
    link.handle_input(&[2; 10_000], 0.0);
    assert!(link.has_event());
    let told = events(&mut link);
    assert_eq!(told.iter().filter(|event| **event == Event::Bell).count(), 1);
    assert!(told.len() <= LINES as usize + 1, "the log has an end, too");
    link.handle_input(&[2], 1_001.0);
    assert_eq!(events(&mut link).len(), 2, "and goes on");
}
