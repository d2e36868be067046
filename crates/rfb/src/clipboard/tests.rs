//! What the messages mean, and what is answered.

use super::*;
use flate2::{Compress, Compression, FlushCompress};

const ALL_ACTIONS: u32 = CAPS | REQUEST | PEEK | NOTIFY | PROVIDE;
/// All formats but pictures.
const WRITTEN: u32 = TEXT | RTF | HTML;
const LIMIT: usize = 1 << 16;

/// A clipboard and what comes of it.
#[derive(Default)]
struct Side {
    clipboard: Clipboard,
    output: Vec<u8>,
    events: VecDeque<Event>,
}

impl Side {
    /// One whose server has said what it takes, with nothing to send or tell.
    fn with_caps(flags: u32, sizes: &[u32]) -> Self {
        let mut side = Self::default();
        side.hears(
            flags | CAPS,
            &sizes
                .iter()
                .flat_map(|size| size.to_be_bytes())
                .collect::<Vec<_>>(),
        );
        side.sent();
        side.told();
        side
    }

    fn hears(&mut self, flags: u32, data: &[u8]) {
        let message = [&flags.to_be_bytes(), data].concat();
        self.clipboard
            .handle(&message, LIMIT, &mut self.output, &mut self.events);
    }

    fn set(&mut self, content: ClipboardContent) {
        self.clipboard.set(content, &mut self.output, &mut self.events);
    }

    /// Flags and data of the messages of the extended clipboard that were sent.
    fn sent(&mut self) -> Vec<(u32, Vec<u8>)> {
        let output = std::mem::take(&mut self.output);
        let mut messages = Vec::new();
        let mut rest = &output[..];
        while let [6, 0, 0, 0, a, b, c, d, tail @ ..] = rest {
            let length = i32::from_be_bytes([*a, *b, *c, *d]);
            assert!(length <= -4, "{length}");
            let (message, tail) = tail.split_at(length.unsigned_abs() as usize);
            let (flags, data) = message.split_first_chunk().unwrap();
            messages.push((u32::from_be_bytes(*flags), data.to_vec()));
            rest = tail;
        }
        assert!(rest.is_empty());
        messages
    }

    /// The same after a plain text, which those servers get that cannot be told of a change.
    fn sent_after(&mut self, plain: &str) -> Vec<(u32, Vec<u8>)> {
        let length = 8 + plain.len();
        let message: Vec<u8> = self.output.drain(..length).collect();
        assert_eq!(message[..4], [6, 0, 0, 0]);
        assert_eq!(message[4..8], (plain.len() as u32).to_be_bytes());
        assert_eq!(message[8..], *plain.as_bytes());
        self.sent()
    }

    fn told(&mut self) -> Vec<Event> {
        self.events.drain(..).collect()
    }
}

fn everything() -> ClipboardContent {
    ClipboardContent {
        text: Some("bold 字".to_owned()),
        html: Some("<b>bold</b> 字".to_owned()),
        rtf: Some(b"{\\rtf1 \\b bold}".to_vec()),
        dib: None,
    }
}

/// What a server sends in a provide message, by zlib.
fn provided(entries: &[&[u8]]) -> Vec<u8> {
    let mut data = Vec::new();
    for entry in entries {
        data.extend((entry.len() as u32).to_be_bytes());
        data.extend_from_slice(entry);
    }
    compressed(&data)
}

fn compressed(data: &[u8]) -> Vec<u8> {
    let mut stream = Vec::with_capacity(data.len() + 1000);
    Compress::new(Compression::new(6), true)
        .compress_vec(data, &mut stream, FlushCompress::Finish)
        .unwrap();
    stream
}

/// The formats of a provide message of this client, read by zlib, which checks the stream's end.
fn read(flags: u32, data: &[u8]) -> Vec<Vec<u8>> {
    let mut inflated = Vec::with_capacity(4 << 20);
    let mut stream = flate2::Decompress::new(true);
    let status = stream.decompress_vec(data, &mut inflated, flate2::FlushDecompress::Finish);
    assert_eq!(status.unwrap(), flate2::Status::StreamEnd);
    assert_eq!(stream.total_in(), data.len() as u64);
    let mut entries = Vec::new();
    let mut rest = &inflated[..];
    while let Some((size, tail)) = rest.split_first_chunk() {
        let (entry, tail) = tail.split_at(u32::from_be_bytes(*size) as usize);
        entries.push(entry.to_vec());
        rest = tail;
    }
    assert_eq!(rest, [0]);
    assert_eq!(entries.len(), (flags & 0xFFFF).count_ones() as usize);
    entries
}

fn text(text: &str) -> Event {
    Event::Clipboard(ClipboardContent::text(text))
}

#[test]
fn caps_are_answered_with_caps_and_a_look_at_what_is_there() {
    let mut side = Side::default();
    side.hears(ALL_ACTIONS | TEXT, &[0; 4]);
    assert_eq!(
        side.sent(),
        [(ALL_ACTIONS | FORMATS, vec![0; 16]), (PEEK, vec![])]
    );
    // Those after other encodings were asked for.
    side.hears(ALL_ACTIONS | TEXT, &[0; 4]);
    assert_eq!(side.sent(), [(ALL_ACTIONS | FORMATS, vec![0; 16])]);
    // A server that does not know how to look is not asked to.
    let mut side = Side::default();
    side.hears(CAPS | PROVIDE | TEXT, &[0; 4]);
    assert_eq!(side.sent(), [(ALL_ACTIONS | FORMATS, vec![0; 16])]);
    assert!(side.told().is_empty());
}

#[test]
fn caps_of_any_length_are_taken_as_far_as_they_go() {
    let sizes = |flags, data: &[u8]| {
        let mut side = Side::default();
        side.hears(flags | CAPS, data);
        side.clipboard.server.unwrap().sizes
    };
    assert_eq!(sizes(FORMATS, &[]), [0, 0, 0, 0]);
    assert_eq!(sizes(FORMATS, &[0, 0, 1]), [0, 0, 0, 0]);
    assert_eq!(sizes(FORMATS, &[0, 0, 1, 0, 0, 0]), [256, 0, 0, 0]);
    assert_eq!(sizes(TEXT | HTML, &[0, 0, 1, 0, 0, 0, 2, 0]), [256, 0, 512, 0]);
    assert_eq!(sizes(0, &[0, 0, 1, 0, 0, 0, 2, 0]), [0, 0, 0, 0]);
    assert_eq!(sizes(HTML | 0xFFF8, &[1; 100]), [0, 0, 0x0101_0101, 0x0101_0101]);
}

#[test]
fn what_a_server_announces_is_asked_for_at_once_in_the_formats_that_are_known() {
    let mut side = Side::with_caps(ALL_ACTIONS | TEXT, &[0]);
    side.hears(NOTIFY | 0xFFFF, &[]);
    assert_eq!(side.sent(), [(REQUEST | FORMATS, vec![])]);
    side.hears(NOTIFY | TEXT, b"and what nobody asked for");
    assert_eq!(side.sent(), [(REQUEST | TEXT, vec![])]);
    // Nothing, or nothing that is known.
    side.hears(NOTIFY, &[]);
    side.hears(NOTIFY | 0xFFF0, &[]);
    assert!(side.sent().is_empty());
    assert!(side.told().is_empty());
}

#[test]
fn what_a_server_provides_is_told() {
    let mut side = Side::default();
    let html = html::wrap("<i>x</i>");
    side.hears(PROVIDE | TEXT, &provided(&[b"one\r\ntwo\0"]));
    assert_eq!(side.told(), [text("one\ntwo")]);
    side.hears(
        PROVIDE | 0xFFFF,
        &provided(&[b"t\0", b"{\\rtf}", &html, b"BM", b"files", b"more"]),
    );
    let content = ClipboardContent {
        text: Some("t".to_owned()),
        html: Some("<i>x</i>".to_owned()),
        rtf: Some(b"{\\rtf}".to_vec()),
        dib: Some(b"BM".to_vec()),
    };
    assert_eq!(side.told(), [Event::Clipboard(content)]);
    side.hears(PROVIDE | TEXT, &provided(&[b"gr\xFC\xDFe\0"]));
    assert_eq!(side.told(), [text("gr\u{FFFD}\u{FFFD}e")]);
    side.hears(PROVIDE | 16, &provided(&[b"files"]));
    assert!(side.told().is_empty());
    assert!(side.sent().is_empty());
}

#[test]
fn text_of_any_length_comes_whole() {
    for length in [0, 1, 4000, 40_000, LIMIT - 1] {
        let characters: String = (0..length).map(|n| char::from((n * n % 91 + 33) as u8)).collect();
        let mut side = Side::default();
        side.hears(
            PROVIDE | TEXT,
            &provided(&[&[characters.as_bytes(), b"\0"].concat()]),
        );
        assert_eq!(side.told(), [text(&characters)]);
    }
}

#[test]
fn every_combination_of_actions_is_answered_as_if_each_had_come_by_itself() {
    for actions in 0_u32..32 {
        let flags = actions << 24 | TEXT | HTML;
        let mut side = Side::with_caps(ALL_ACTIONS | WRITTEN, &[0, 0, 0]);
        side.set(ClipboardContent::text("local"));
        side.sent();
        side.hears(flags, &provided(&[b"remote\0", b"<p>"]));
        let (mut sent, mut told) = (Vec::new(), Vec::new());
        if flags & CAPS != 0 {
            sent.push((ALL_ACTIONS | FORMATS, vec![0; 16]));
        } else {
            if flags & PROVIDE != 0 {
                told.push(Event::Clipboard(ClipboardContent {
                    html: Some("<p>".to_owned()),
                    ..ClipboardContent::text("remote")
                }));
            } else if flags & NOTIFY != 0 {
                sent.push((REQUEST | TEXT | HTML, vec![]));
            }
            if flags & PEEK != 0 {
                sent.push((NOTIFY | TEXT, vec![]));
            }
            if flags & REQUEST != 0 {
                told.push(Event::ClipboardRequested);
            }
        }
        assert_eq!(side.sent(), sent, "{flags:08x}");
        assert_eq!(side.told(), told, "{flags:08x}");
    }
}

#[test]
fn actions_and_formats_that_are_not_known_mean_nothing() {
    let mut side = Side::with_caps(ALL_ACTIONS | TEXT, &[0]);
    for flags in [0, 0xE0FF_FFFF, 0x00FF_0000, 7] {
        side.hears(flags, &[1, 2, 3]);
    }
    assert!(side.sent().is_empty());
    assert!(side.told().is_empty());
}

#[test]
fn a_message_without_flags_is_unreadable() {
    for length in 0..4 {
        let mut side = Side::default();
        side.clipboard
            .handle(&vec![0; length], LIMIT, &mut side.output, &mut side.events);
        let reason = "the message ends before it says what it is";
        assert_eq!(side.told(), [Event::ClipboardUnreadable { reason }]);
    }
}

#[test]
fn a_broken_stream_is_unreadable_and_what_came_before_is_told() {
    let unreadable = |reason| Event::ClipboardUnreadable { reason };
    let (corrupt, short) = ("its zlib stream is corrupt", "it ends too early");
    let mut side = Side::default();
    side.hears(PROVIDE | TEXT, b"no zlib at all");
    assert_eq!(side.told(), [unreadable(corrupt)]);
    for data in [&[][..], &compressed(&[]), &compressed(&[0, 0, 0])] {
        side.hears(PROVIDE | TEXT, data);
        assert_eq!(side.told(), [unreadable(short)]);
    }
    let whole = provided(&[&[b'x'; 50]]);
    side.hears(PROVIDE | TEXT, &whole[..whole.len() - 8]);
    assert_eq!(side.told(), [unreadable(short)]);
    // The second format is missing.
    side.hears(PROVIDE | TEXT | HTML, &provided(&[b"there\0"]));
    assert_eq!(side.told(), [text("there"), unreadable(short)]);
    // The second format is longer than it is.
    side.hears(PROVIDE | TEXT | RTF, &compressed(b"\0\0\0\x02a\0\0\0\0\x09b"));
    assert_eq!(side.told(), [text("a"), unreadable(short)]);
    assert!(side.sent().is_empty());
}

#[test]
fn what_inflates_beyond_the_limit_is_not_inflated() {
    let mut side = Side::default();
    let bomb = provided(&[&vec![b'x'; LIMIT + 1], b"{\\rtf}"]);
    assert!(bomb.len() < 400);
    let length = LIMIT as u32 + 1;
    side.hears(PROVIDE | TEXT | RTF, &bomb);
    assert_eq!(side.told(), [Event::ClipboardTooLong { length }]);
    side.hears(PROVIDE | TEXT | RTF, &provided(&[b"text\0", &vec![0; LIMIT + 1]]));
    assert_eq!(side.told(), [text("text"), Event::ClipboardTooLong { length }]);
    side.hears(PROVIDE | TEXT, &compressed(&[0xFF; 4]));
    assert_eq!(side.told(), [Event::ClipboardTooLong { length: u32::MAX }]);
    // At the limit it is read.
    side.hears(PROVIDE | TEXT, &provided(&[&vec![b'x'; LIMIT]]));
    assert_eq!(side.told(), [text(&"x".repeat(LIMIT))]);
}

#[test]
fn a_server_that_wants_nothing_unasked_is_told_of_a_change_and_then_asks() {
    let mut side = Side::with_caps(ALL_ACTIONS | TEXT | HTML, &[0, 0]);
    side.set(everything());
    assert_eq!(side.sent(), [(NOTIFY | TEXT | HTML, vec![])]);
    side.hears(REQUEST | TEXT | HTML, &[]);
    side.hears(REQUEST | TEXT, &[]);
    assert_eq!(
        side.told(),
        [Event::ClipboardRequested, Event::ClipboardRequested]
    );
    assert!(side.sent().is_empty());
    side.clipboard.provide(&mut side.output);
    let sent = side.sent();
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].0, PROVIDE | TEXT | HTML);
    let entries = read(sent[0].0, &sent[0].1);
    assert_eq!(
        entries,
        ["bold 字\0".as_bytes().to_vec(), html::wrap("<b>bold</b> 字")]
    );
    // It has been answered.
    side.clipboard.provide(&mut side.output);
    assert!(side.sent().is_empty());
}

#[test]
fn a_server_is_asked_back_when_it_asks_for_what_there_is_not() {
    let mut side = Side::with_caps(ALL_ACTIONS | TEXT, &[0]);
    side.hears(REQUEST | TEXT, &[]);
    side.set(ClipboardContent::text("x"));
    side.sent();
    side.hears(REQUEST | HTML, &[]);
    assert_eq!(side.sent(), [(NOTIFY | TEXT, vec![])]);
    assert!(side.told().is_empty());
    let mut side = Side::with_caps(CAPS | PROVIDE | TEXT, &[0]);
    side.hears(REQUEST | TEXT | PEEK, &[]);
    assert!(side.sent().is_empty());
}

#[test]
fn what_a_server_wants_unasked_is_sent_up_to_its_size() {
    let size = 1000;
    // Flags; zlib's header, a block's and the checksum; the size, the null and what stands behind it.
    let overhead = 4 + (2 + 5 + 4) + (4 + 1 + 1);
    let mut side = Side::with_caps(REQUEST | PEEK | PROVIDE | TEXT, &[size]);
    let fitting = "x".repeat(1000 - overhead);
    side.set(ClipboardContent::text(fitting.as_str()));
    let sent = side.sent_after(&fitting);
    assert_eq!(sent[0].0, PROVIDE | TEXT);
    assert_eq!(sent[0].1.len() + 4, 1000);
    assert_eq!(read(sent[0].0, &sent[0].1)[0].len(), 1000 - overhead + 1);
    // Beyond it: by asking where the server can, and not at all where it cannot.
    let long = ClipboardContent::text("x".repeat(1000 - overhead + 1));
    let mut side = Side::with_caps(ALL_ACTIONS | TEXT, &[size]);
    side.set(long.clone());
    assert_eq!(side.sent(), [(NOTIFY | TEXT, vec![])]);
    let mut side = Side::with_caps(REQUEST | PEEK | PROVIDE | TEXT, &[size]);
    side.set(long);
    assert!(side.sent_after(&(fitting + "x")).is_empty());
    assert_eq!(side.told(), [Event::ClipboardNotSent { limit: 1000 }]);
}

#[test]
fn formats_go_unasked_only_together() {
    let mut side = Side::with_caps(ALL_ACTIONS | WRITTEN, &[1000, 1000, 1000]);
    side.set(everything());
    assert_eq!(side.sent()[0].0, PROVIDE | WRITTEN);
    let mut side = Side::with_caps(ALL_ACTIONS | WRITTEN, &[1000, 0, 1000]);
    side.set(everything());
    assert_eq!(side.sent(), [(NOTIFY | WRITTEN, vec![])]);
    // A server that cannot be told that there is more gets what it takes.
    let mut side = Side::with_caps(CAPS | PROVIDE | WRITTEN, &[1000, 0, 1000]);
    side.set(everything());
    assert_eq!(side.sent_after("bold ?")[0].0, PROVIDE | TEXT | HTML);
    // The plain text may be all that arrives.
    assert_eq!(side.told(), [Event::ClipboardReduced]);
}

#[test]
fn no_message_is_longer_than_what_servers_bear() {
    let room = MOST_SENT - provide::message_length(1);
    let mut side = Side::with_caps(ALL_ACTIONS | WRITTEN, &[0, 0, 0]);
    side.set(ClipboardContent {
        rtf: Some(vec![b'r'; 100]),
        ..ClipboardContent::text("x".repeat(room - 100))
    });
    // Both would be too much.
    assert_eq!(side.sent(), [(NOTIFY | TEXT, vec![])]);
    side.set(ClipboardContent::text("x".repeat(MOST_SENT)));
    assert_eq!(side.sent(), [(NOTIFY, vec![])]);
    assert_eq!(side.told(), [Event::ClipboardNotSent { limit: MOST_SENT }]);
    // One that says that it takes more is given more.
    let mut side = Side::with_caps(ALL_ACTIONS | TEXT, &[3 << 20]);
    side.set(ClipboardContent::text("x".repeat(2 << 20)));
    let sent = side.sent();
    assert_eq!(sent[0].0, PROVIDE | TEXT);
    assert_eq!(read(sent[0].0, &sent[0].1)[0].len(), (2 << 20) + 1);
}

#[test]
fn a_server_that_takes_pictures_is_told_of_them_and_takes_longer_messages() {
    let picture = |length| ClipboardContent {
        dib: Some(vec![7; length]),
        ..ClipboardContent::default()
    };
    for (flags, sizes, offered) in [
        (ALL_ACTIONS | FORMATS, &[0; 4][..], true),
        (CAPS | PROVIDE | FORMATS, &[0, 0, 0, 9000], true),
        // Neither asked for nor taken unasked.
        (CAPS | PROVIDE | FORMATS, &[9000, 9000, 9000, 0], false),
        (ALL_ACTIONS | WRITTEN, &[0; 3], false),
    ] {
        let mut side = Side::default();
        let sizes: Vec<u8> = sizes.iter().flat_map(|size: &u32| size.to_be_bytes()).collect();
        side.hears(flags, &sizes);
        let told = if offered {
            vec![Event::ClipboardTakesPictures]
        } else {
            vec![]
        };
        assert_eq!(side.told(), told, "{flags:08x}");
        // Once.
        side.hears(flags, &sizes);
        assert!(side.told().is_empty());
    }
    let mut side = Side::with_caps(ALL_ACTIONS | FORMATS, &[0; 4]);
    side.set(picture(3 << 20));
    assert_eq!(side.sent(), [(NOTIFY | DIB, vec![])]);
    side.hears(REQUEST | FORMATS, &[]);
    assert_eq!(side.told(), [Event::ClipboardRequested]);
    side.clipboard.provide(&mut side.output);
    let sent = side.sent();
    assert_eq!(sent[0].0, PROVIDE | DIB);
    assert_eq!(read(sent[0].0, &sent[0].1), [vec![7; 3 << 20]]);
    // One that is too long, and what goes with it.
    side.set(picture(MOST_SENT_WITH_PICTURES));
    assert_eq!(side.sent(), [(NOTIFY, vec![])]);
    let limit = MOST_SENT_WITH_PICTURES;
    assert_eq!(side.told(), [Event::ClipboardNotSent { limit }]);
    side.set(ClipboardContent {
        dib: picture(MOST_SENT_WITH_PICTURES).dib,
        ..everything()
    });
    assert_eq!(side.sent(), [(NOTIFY | WRITTEN, vec![])]);
    assert!(side.told().is_empty());
    // To one that takes none it is as if there were none.
    let mut side = Side::with_caps(ALL_ACTIONS | WRITTEN, &[0; 3]);
    side.set(picture(9));
    assert_eq!(side.sent(), [(NOTIFY, vec![])]);
    assert!(side.told().is_empty());
}

#[test]
fn a_server_that_takes_only_other_formats_is_told_that_there_is_nothing() {
    let mut side = Side::with_caps(ALL_ACTIONS | 16, &[0]);
    side.set(everything());
    assert_eq!(side.sent(), [(NOTIFY, vec![])]);
    assert!(side.told().is_empty());
}

#[test]
fn without_caps_plain_text_is_sent_and_announced_again_once_they_come() {
    let mut side = Side::default();
    side.set(ClipboardContent::text("é\r\n字\r"));
    assert_eq!(side.output, [6, 0, 0, 0, 0, 0, 0, 4, 0xE9, b'\n', b'?', b'\n']);
    assert_eq!(side.told(), [Event::ClipboardReduced]);
    side.output.clear();
    side.hears(ALL_ACTIONS | TEXT, &[0; 4]);
    let sent = side.sent();
    assert_eq!(sent[1..], [(NOTIFY | TEXT, vec![]), (PEEK, vec![])]);
    // Caps that leave no other way.
    let mut side = Side::with_caps(CAPS | REQUEST | TEXT, &[0]);
    side.set(ClipboardContent::text("x"));
    assert_eq!(side.output, [6, 0, 0, 0, 0, 0, 0, 1, b'x']);
    // There is nothing plain in a clipboard that has no text.
    let mut side = Side::default();
    side.set(ClipboardContent {
        text: None,
        ..everything()
    });
    side.set(ClipboardContent::text("x".repeat(MOST_SENT + 1)));
    assert!(side.output.is_empty());
    assert_eq!(side.told(), [Event::ClipboardNotSent { limit: MOST_SENT }]);
}
