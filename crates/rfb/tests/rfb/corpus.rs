//! The fuzz target's seed corpus, `fuzz/corpus/client`: made by the mock server, committed, and replayed here.

use std::fs;
use std::path::PathBuf;

use porthole_rfb::{Encoding, Error, Event, Phase, Rect, Screen};

use crate::clipboard::provided;
use crate::encoders::{Jpeg, LOSSLESS, with_length, without_tables};
use crate::image::Picture;
use crate::oracle;
use crate::server::{self, PIXEL_FORMATS, Server};

/// The offer of the security type, and its challenge.
const VNC_AUTHENTICATION: &[u8] = b"\x01\x02challenge of 16!";

fn directory() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus/client")
}

/// A small file for each form of the handshake, each encoding and each message.
fn seeds() -> Vec<(String, Vec<u8>)> {
    let mut seeds = handshakes();
    for encoding in LOSSLESS {
        seeds.push((name(encoding), pixels(encoding)));
    }
    seeds.push(("jpeg".to_owned(), jpeg()));
    seeds.push(("tight-jpeg".to_owned(), tight_jpeg()));
    seeds.push(("copyrect".to_owned(), copy_rect()));
    seeds.push(("pseudo-encodings".to_owned(), pseudo_encodings()));
    seeds.push(("messages".to_owned(), messages()));
    seeds.push(("clipboard".to_owned(), clipboard()));
    seeds
}

fn name(encoding: Encoding) -> String {
    encoding.to_string().to_lowercase()
}

fn handshakes() -> Vec<(String, Vec<u8>)> {
    let init = server::server_init(3, 2, &PIXEL_FORMATS[2], b"desktop");
    let ok = [0; 4];
    let failed = [0, 0, 0, 1];
    let reason = with_length(b"because".to_vec());
    let seeds: [(&str, &[&[u8]]); 9] = [
        ("handshake-3.3-none", &[b"RFB 003.003\n", &[0, 0, 0, 1], &init]),
        (
            "handshake-3.3-vnc",
            &[
                b"RFB 003.003\n",
                &[0, 0, 0, 2],
                &VNC_AUTHENTICATION[2..],
                &ok,
                &init,
            ],
        ),
        ("handshake-3.3-refused", &[b"RFB 003.003\n", &[0; 4], &reason]),
        ("handshake-3.7-none", &[b"RFB 003.007\n", &[1, 1], &init]),
        (
            "handshake-3.7-vnc-failed",
            &[b"RFB 003.007\n", VNC_AUTHENTICATION, &failed],
        ),
        (
            "handshake-3.8-vnc",
            &[b"RFB 003.008\n", VNC_AUTHENTICATION, &ok, &init],
        ),
        (
            "handshake-3.8-vnc-failed",
            &[b"RFB 003.008\n", VNC_AUTHENTICATION, &failed, &reason],
        ),
        ("handshake-3.8-refused", &[b"RFB 003.008\n", &[0], &reason]),
        ("handshake-3.889-unknown", &[b"RFB 003.889\n", &[3, 36, 35, 33]]),
    ];
    seeds
        .map(|(name, parts)| (name.to_owned(), parts.concat()))
        .into()
}

/// A handshake for a small screen, and the server that had it.
fn session() -> (Vec<u8>, Server) {
    (server::handshake(33, 21, ""), Server::new(33, 21, 4))
}

/// Every picture once, in one encoding.
fn pixels(encoding: Encoding) -> Vec<u8> {
    let (mut bytes, mut server) = session();
    let mut rectangles = Vec::new();
    for (number, picture) in (0..).zip(Picture::ALL) {
        let rect = Rect::new(number, number, 23 - number, 11 - number);
        rectangles.push(server.paint(encoding, picture, rect));
    }
    bytes.extend(server::framebuffer_update(&rectangles));
    bytes
}

fn jpeg() -> Vec<u8> {
    let (mut bytes, mut server) = session();
    let image = Picture::Gradient.paint(9, 10, &mut server.dice);
    let jpeg = Jpeg {
        restart_interval: 1,
        ..Jpeg::default()
    }
    .encode(&image);
    let rectangles = [jpeg.clone(), without_tables(&jpeg)]
        .map(|content| server::rectangle(Rect::new(3, 4, 9, 10), Encoding::JPEG, &content));
    bytes.extend(server::framebuffer_update(&rectangles));
    bytes
}

fn tight_jpeg() -> Vec<u8> {
    let (mut bytes, mut server) = session();
    let image = Picture::Gradient.paint(9, 10, &mut server.dice);
    let content = server.encoders.tight_jpeg(&image);
    let rectangle = server::rectangle(Rect::new(3, 4, 9, 10), Encoding::TIGHT, &content);
    bytes.extend(server::framebuffer_update(&[rectangle]));
    bytes
}

fn copy_rect() -> Vec<u8> {
    let (mut bytes, mut server) = session();
    let rectangles = [
        server.paint(Encoding::RAW, Picture::Noise, Rect::new(0, 0, 12, 5)),
        server.copy((0, 0), Rect::new(2, 1, 10, 4)),
    ];
    bytes.extend(server::framebuffer_update(&rectangles));
    bytes
}

fn pseudo_encodings() -> Vec<u8> {
    let (mut bytes, mut server) = session();
    let screen = |id| Screen {
        id,
        rect: Rect::new(0, 0, 5, 4),
        flags: 0,
    };
    let screens = server::screens(&[screen(1), screen(2)]);
    let rectangles = [
        server.cursor((2, 1), 9, 3),
        server.resize(20, 30),
        server::rectangle(Rect::new(0, 0, 5, 4), Encoding::EXTENDED_DESKTOP_SIZE, &screens),
        server::rectangle(Rect::new(1, 3, 8, 8), Encoding::EXTENDED_DESKTOP_SIZE, &screens),
        server::rectangle(
            Rect::default(),
            Encoding::DESKTOP_NAME,
            &with_length(b"name".to_vec()),
        ),
        server::rectangle(Rect::default(), Encoding::EXTENDED_MOUSE_BUTTONS, &[]),
    ];
    bytes.extend(server::update_until_last_rect(&rectangles));
    bytes
}

fn messages() -> Vec<u8> {
    let (mut bytes, _) = session();
    bytes.extend(server::BELL);
    bytes.extend(server::server_cut_text(b"clipboard"));
    bytes.extend(server::set_colour_map_entries(0, 3));
    bytes.extend(server::server_fence(0x8000_0001, b"fence"));
    bytes.extend(server::END_OF_CONTINUOUS_UPDATES);
    bytes.extend(server::framebuffer_update(&[]));
    bytes
}

/// Caps, notify, peek and request together, provide, and one whose stream is cut off.
fn clipboard() -> Vec<u8> {
    let (mut bytes, _) = session();
    let provided = provided(&[b"text\0".to_vec(), b"{\\rtf1}".to_vec(), b"<b>html</b>".to_vec()]);
    bytes.extend(server::extended_cut_text(0x1F00_0007, &[0; 12]));
    bytes.extend(server::extended_cut_text(0x0800_0007, &[]));
    bytes.extend(server::extended_cut_text(0x0600_0007, &[]));
    bytes.extend(server::extended_cut_text(0x1000_0007, &provided));
    bytes.extend(server::extended_cut_text(0x1000_0007, &provided[..9]));
    bytes
}

/// The same in all but the compressed bytes themselves, which are other ones with another version of zlib or on
/// another processor. A seed that is missing or means something else is written anew, to be committed.
#[test]
fn the_committed_seeds_mean_what_the_mock_server_says() {
    let mut written = Vec::new();
    for (name, bytes) in seeds() {
        let path = directory().join(&name);
        if fs::read(&path).is_ok_and(|committed| meaning(&committed) == meaning(&bytes)) {
            continue;
        }
        fs::create_dir_all(directory()).unwrap();
        fs::write(&path, bytes).unwrap();
        written.push(name);
    }
    assert!(
        written.is_empty(),
        "written anew, look at them and commit them: {written:?}"
    );
}

fn meaning(bytes: &[u8]) -> (Vec<Event>, Vec<u8>, Option<Error>, Option<Vec<u8>>) {
    let outcome = oracle::outcome([bytes]);
    let pixels = outcome.end.map(|end| end.pixels);
    (outcome.events, outcome.sent, outcome.error, pixels)
}

#[test]
fn the_oracle_holds_for_the_committed_corpus() {
    let mut files = 0;
    for entry in fs::read_dir(directory()).unwrap() {
        let path = entry.unwrap().path();
        oracle::check(&fs::read(&path).unwrap());
        files += 1;
    }
    assert!(files > 0);
}

#[test]
fn every_seed_is_understood_to_its_end() {
    for (name, bytes) in seeds() {
        let is_refused = ["failed", "refused", "unknown"]
            .iter()
            .any(|end| name.ends_with(end));
        let outcome = oracle::outcome([&bytes[..]]);
        assert_eq!(outcome.error.is_some(), is_refused, "{name}: {:?}", outcome.error);
        if let Some(end) = outcome.end {
            assert_eq!(end.phase, Phase::Running, "{name}");
        }
    }
}
