//! The extended clipboard between the client and a server, in any slicing (rfbproto, "Extended Clipboard
//! Pseudo-encoding").

use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};
use porthole_rfb::{Client, ClipboardContent, Config, Event};
use proptest::prelude::*;

use crate::dice::Dice;
use crate::encoders::{Deflate, with_length};
use crate::oracle::{self, outcome};
use crate::server;

const TEXT: u32 = 1;
const RTF: u32 = 1 << 1;
const HTML: u32 = 1 << 2;
const DIB: u32 = 1 << 3;
const CAPS: u32 = 1 << 24;
const REQUEST: u32 = 1 << 25;
const PEEK: u32 = 1 << 26;
const NOTIFY: u32 = 1 << 27;
const PROVIDE: u32 = 1 << 28;
const ALL_ACTIONS: u32 = CAPS | REQUEST | PEEK | NOTIFY | PROVIDE;

/// The data of a provide message with these formats.
pub(crate) fn provided(entries: &[Vec<u8>]) -> Vec<u8> {
    let data: Vec<u8> = entries.iter().cloned().flat_map(with_length).collect();
    // Any level of compression there is.
    let mut dice = Dice::new(data.len() as u64);
    Deflate::new(&mut dice).finish(&data)
}

/// What the client tells and sends after the handshake and these messages, which is the same in every slicing.
fn heard(messages: &[Vec<u8>]) -> (Vec<Event>, Vec<(u32, Vec<u8>)>) {
    let handshake = server::handshake(1, 1, "");
    let bytes = [&handshake[..], &messages.concat()].concat();
    oracle::check(&bytes);
    let (before, after) = (outcome([&handshake[..]]), outcome([&bytes[..]]));
    assert_eq!(after.error, None);
    let events = after.events[before.events.len()..].to_vec();
    (events, extended(&after.sent[before.sent.len()..]))
}

/// Flags and data of extended ClientCutText messages.
fn extended(mut sent: &[u8]) -> Vec<(u32, Vec<u8>)> {
    let mut messages = Vec::new();
    while let [6, 0, 0, 0, rest @ ..] = sent {
        let (length, rest) = rest.split_first_chunk().unwrap();
        let length = i32::from_be_bytes(*length);
        assert!(length <= -4, "{length} is no length of an extended message");
        let (message, rest) = rest.split_at(length.unsigned_abs() as usize);
        let (flags, data) = message.split_first_chunk().unwrap();
        messages.push((u32::from_be_bytes(*flags), data.to_vec()));
        sent = rest;
    }
    assert!(sent.is_empty(), "{sent:?} is no extended message");
    messages
}

/// A client of a server with these caps, with nothing to send or tell.
fn client(caps: u32, sizes: &[u8]) -> Client {
    let mut client = Client::new(Config::default());
    client.handle_input(&server::handshake(1, 1, "")).unwrap();
    client
        .handle_input(&server::extended_cut_text(caps, sizes))
        .unwrap();
    while client.poll_event().is_some() {}
    client.poll_transmit();
    client
}

fn sent(client: &mut Client) -> Vec<(u32, Vec<u8>)> {
    extended(&client.poll_transmit().unwrap_or_default())
}

/// The formats in a provide message, as zlib itself reads them: all of the stream, up to its checksum.
fn read(data: &[u8]) -> Vec<Vec<u8>> {
    let mut inflated = Vec::with_capacity(2 * data.len() + 64);
    let mut zlib = Decompress::new(true);
    let status = zlib.decompress_vec(data, &mut inflated, FlushDecompress::Finish);
    assert_eq!(status.unwrap(), Status::StreamEnd);
    assert_eq!(zlib.total_in(), data.len() as u64);
    let mut formats = Vec::new();
    let mut rest = &inflated[..];
    while let Some((size, tail)) = rest.split_first_chunk() {
        let (format, tail) = tail.split_at(u32::from_be_bytes(*size) as usize);
        formats.push(format.to_vec());
        rest = tail;
    }
    assert_eq!(rest, [0]);
    formats
}

#[test]
fn a_server_and_the_client_exchange_clipboards_of_every_format() {
    let messages = [
        server::extended_cut_text(ALL_ACTIONS | 0x1F, &[0; 20]),
        server::extended_cut_text(NOTIFY | 0x1F, &[]),
        server::extended_cut_text(
            PROVIDE | 0x1F,
            &provided(&[
                "字\r\n😀\0".as_bytes().to_vec(),
                b"{\\rtf1}".to_vec(),
                b"Version:0.9\r\nStartHTML:-1\r\nEndHTML:-1\r\nStartFragment:79\r\nEndFragment:88\r\n\
                  <html><i>it</i></html>"
                    .to_vec(),
                b"a picture".to_vec(),
                b"files".to_vec(),
            ]),
        ),
        server::BELL.to_vec(),
    ];
    let (events, sent) = heard(&messages);
    let content = ClipboardContent {
        text: Some("字\n😀".to_owned()),
        html: Some("<i>it</i>".to_owned()),
        rtf: Some(b"{\\rtf1}".to_vec()),
        dib: Some(b"a picture".to_vec()),
    };
    let expected = [
        Event::ClipboardTakesPictures,
        Event::Clipboard(content),
        Event::Bell,
    ];
    assert_eq!(events, expected);
    let expected = [
        (ALL_ACTIONS | TEXT | RTF | HTML | DIB, vec![0; 16]),
        (PEEK, vec![]),
        (REQUEST | TEXT | RTF | HTML | DIB, vec![]),
    ];
    assert_eq!(sent, expected);
}

/// What noVNC ends the session on.
#[test]
fn messages_of_several_actions_are_answered_and_the_session_goes_on() {
    let content = provided(&[b"x\0".to_vec()]);
    for actions in 0..32 {
        let flags = actions << 24 | TEXT;
        let (events, sent) = heard(&[server::extended_cut_text(flags, &content), server::BELL.to_vec()]);
        assert_eq!(events.last(), Some(&Event::Bell), "{flags:08x}");
        let provides = flags & (CAPS | PROVIDE) == PROVIDE;
        assert_eq!(events.len(), 1 + usize::from(provides), "{flags:08x}");
        let asks = flags & (CAPS | PROVIDE | NOTIFY) == NOTIFY;
        assert_eq!(sent.contains(&(REQUEST | TEXT, vec![])), asks, "{flags:08x}");
        let looks = flags & CAPS == 0 && flags & (PEEK | REQUEST) != 0;
        assert_eq!(sent.contains(&(NOTIFY, vec![])), looks, "{flags:08x}");
    }
}

#[test]
fn a_message_too_short_for_its_flags_is_reported_and_passed_over() {
    for length in 1..4_u8 {
        let message = [
            &[3, 0, 0, 0, 0xFF, 0xFF, 0xFF, length.wrapping_neg()][..],
            &vec![2; length.into()],
        ]
        .concat();
        let (events, sent) = heard(&[message, server::BELL.to_vec()]);
        let reason = "the message ends before it says what it is";
        assert_eq!(events, [Event::ClipboardUnreadable { reason }, Event::Bell]);
        assert!(sent.is_empty());
    }
}

#[test]
fn a_message_beyond_the_limit_is_reported_and_passed_over() {
    // The oracle's limit.
    let limit = 1 << 12;
    let (events, _) = heard(&[
        server::extended_cut_text(PROVIDE | TEXT, &vec![2; limit - 3]),
        server::BELL.to_vec(),
    ]);
    assert_eq!(events, [Event::ClipboardTooLong { length: 4097 }, Event::Bell]);
    // The longest that can be said: all that comes belongs to it.
    let (events, sent) = heard(&[vec![3, 0, 0, 0, 0x80, 0, 0, 0], vec![2; 5000]]);
    assert_eq!(events, [Event::ClipboardTooLong { length: 1 << 31 }]);
    assert!(sent.is_empty());
}

#[test]
fn a_zip_bomb_does_not_go_off() {
    let mut bomb = Vec::with_capacity(1 << 12);
    let mut zlib = Compress::new(Compression::best(), true);
    let data = with_length(vec![b'x'; 3 << 20]);
    let status = zlib.compress_vec(&data, &mut bomb, FlushCompress::Finish);
    // It is within the oracle's limit, and its content is not.
    assert_eq!(status.unwrap(), Status::StreamEnd);
    let (events, _) = heard(&[
        server::extended_cut_text(PROVIDE | TEXT | HTML, &bomb),
        server::BELL.to_vec(),
    ]);
    assert_eq!(events, [Event::ClipboardTooLong { length: 3 << 20 }, Event::Bell]);
}

#[test]
fn streams_that_are_cut_off_or_corrupt_are_reported_and_the_session_goes_on() {
    let whole = provided(&[vec![b'x'; 100], vec![b'y'; 100]]);
    for length in 0..whole.len() {
        for flip in [0, 0x10] {
            let mut data = whole[..length].to_vec();
            if let Some(last) = data.last_mut() {
                *last ^= flip;
            }
            let (events, _) = heard(&[
                server::extended_cut_text(PROVIDE | TEXT | RTF, &data),
                server::BELL.to_vec(),
            ]);
            assert_eq!(events.last(), Some(&Event::Bell), "{length} {flip}");
            assert!(events.len() >= 2, "{length} {flip}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_the_client_provides_is_what_another_reader_reads(
        text in prop::option::of("[a-z\\r\\n\\PC]{0,80}"),
        html in prop::option::of("\\PC{0,80}"),
        rtf in prop::option::of(prop::collection::vec(any::<u8>(), 0..80)),
        dib in prop::option::of(prop::collection::vec(any::<u8>(), 0..80)),
        repeat in 1_usize..3000,
    ) {
        let text = text.map(|text| text.repeat(repeat));
        let mut client = client(ALL_ACTIONS | TEXT | RTF | HTML | DIB, &[0; 16]);
        let (text_too, html_too, rtf_too, dib_too) = (text.clone(), html.clone(), rtf.clone(), dib.clone());
        client.clipboard(ClipboardContent { text: text_too, html: html_too, rtf: rtf_too, dib: dib_too });
        let are_there = [text.is_some(), rtf.is_some(), html.is_some(), dib.is_some()];
        let formats = (0..).zip(are_there).fold(0, |all, (bit, is_there)| all | u32::from(is_there) << bit);
        prop_assert_eq!(sent(&mut client), [(NOTIFY | formats, vec![])]);
        client.handle_input(&server::extended_cut_text(REQUEST | 0xFFFF, &[])).unwrap();
        if formats == 0 {
            prop_assert_eq!(sent(&mut client), [(NOTIFY, vec![])]);
            return Ok(());
        }
        prop_assert_eq!(client.poll_event(), Some(Event::ClipboardRequested));
        prop_assert_eq!(client.poll_transmit(), None);
        client.provide_clipboard();
        let sent = sent(&mut client);
        prop_assert_eq!(sent.len(), 1);
        prop_assert_eq!(sent[0].0, PROVIDE | formats);
        let mut read = read(&sent[0].1).into_iter();
        if let Some(text) = text {
            let lines = text.replace("\r\n", "\n").replace(['\r', '\n'], "\r\n") + "\0";
            prop_assert!(read.next().unwrap() == lines.into_bytes());
        }
        if rtf.is_some() {
            prop_assert_eq!(read.next(), rtf);
        }
        if let Some(html) = html {
            let document = String::from_utf8(read.next().unwrap()).unwrap();
            let number = |name: &str| -> usize {
                let (_, rest) = document.split_once(name).unwrap();
                rest[..10].parse().unwrap()
            };
            prop_assert_eq!(&document[number("\nStartFragment:")..number("\nEndFragment:")], html);
            prop_assert!(document[number("\nStartHTML:")..].starts_with("<html>"));
            prop_assert_eq!(number("\nEndHTML:"), document.len());
        }
        if dib.is_some() {
            prop_assert_eq!(read.next(), dib);
        }
        prop_assert!(read.next().is_none());
    }
}
