//! Text without the extended clipboard, and text that is no clipboard's.

use porthole_rfb::{ClipboardContent, Event};

use super::{events, running, sent};
use crate::server;

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
fn clipboard_text_of_servers_that_send_utf_8_instead_is_read_as_that() {
    let mut client = running();
    client
        .handle_input(&server::server_cut_text("schön, €".as_bytes()))
        .unwrap();
    let content = ClipboardContent::text("schön, €");
    assert_eq!(events(&mut client), [Event::Clipboard(content)]);
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
