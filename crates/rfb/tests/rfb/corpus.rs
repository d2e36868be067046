//! The fuzz targets' seeds, `fuzz/corpus`: made by the mock server, committed, and replayed here, as are the inputs
//! in `fuzz/regressions` that broke an oracle once.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use porthole_rfb::{Client, Encoding, Phase, PixelFormat, Rect, Screen};
use porthole_rfb_mock::{
    Capability, DiffieHellman, Lists, Login, MsLogonII, RsaAes, ServerKey, Tight, VeNCrypt,
};

use crate::clipboard::provided;
use crate::encoders::{Format, Jpeg, LOSSLESS, grey_jpeg, with_length, without_tables};
use crate::image::Picture;
use crate::oracle::formats::{MAPS, TRUE_COLOUR};
use crate::oracle::target::CURSORS;
use crate::oracle::{self, Outcome, Target};
use crate::server::{self, CursorForm, PIXEL_FORMATS, Server};

/// The offer of the security type, and its challenge.
const VNC_AUTHENTICATION: &[u8] = b"\x01\x02challenge of 16!";

fn fuzz() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fuzz")
}

/// An input of a target.
struct Seed {
    target: String,
    name: String,
    bytes: Vec<u8>,
}

impl Seed {
    fn new(target: &str, name: &str, bytes: Vec<u8>) -> Self {
        Self {
            target: target.to_owned(),
            name: name.to_owned(),
            bytes,
        }
    }

    fn path(&self) -> PathBuf {
        fuzz().join("corpus").join(&self.target).join(&self.name)
    }

    fn outcome(&self, bytes: &[u8]) -> Option<Outcome> {
        oracle::target_outcome(Target::named(&self.target), bytes)
    }
}

fn seeds() -> Vec<Seed> {
    let mut seeds: Vec<Seed> = connections()
        .into_iter()
        .map(|(name, bytes)| Seed::new("client", &name, bytes))
        .collect();
    for encoding in LOSSLESS.into_iter().chain([Encoding::ZYWRLE]) {
        for (index, name) in FORMATS {
            seeds.push(Seed::new(&name_of(encoding), name, rectangles(encoding, index)));
        }
    }
    for (index, name) in FORMATS {
        seeds.push(Seed::new("tight-without-zlib", name, tight_without_zlib(index)));
    }
    let empty = settings(0, 0, (0, 0));
    let tail = |connection: Vec<u8>| [&empty[..], &connection[session().0.len()..]].concat();
    let within_update = |connection: Vec<u8>| [&empty[..], &connection[session().0.len() + 4..]].concat();
    seeds.extend([
        Seed::new("messages", "all", tail(messages())),
        Seed::new(
            "rectangles",
            "pseudo-encodings",
            within_update(pseudo_encodings()),
        ),
        Seed::new("rectangles", "copyrect", within_update(copy_rect())),
        Seed::new(
            "clipboard",
            "text",
            [&empty[..], &with_length(b"clip\xE9board".into())].concat(),
        ),
        Seed::new(
            "clipboard",
            "extended",
            [&empty[..], &clipboard()[session().0.len() + 4..]].concat(),
        ),
        Seed::new("clipboard", "provided", provided_clipboard()),
        Seed::new(
            "copyrect",
            "right",
            [&settings(0, 0, (9, 9))[..], &[0, 0, 0, 0]].concat(),
        ),
        Seed::new(
            "copyrect",
            "left",
            [&settings(0, 0, (60, 70))[..], &[0, 9, 0, 9]].concat(),
        ),
        Seed::new("tight", "jpeg", tight_jpeg_rectangle()),
        Seed::new("h264", "key-frame", h264()),
    ]);
    seeds.extend(cursors());
    seeds.extend(jpegs());
    seeds.extend(logins());
    seeds.extend(logins_with_ciphers());
    seeds
}

/// What comes before the bytes that a target is about: flags, and the number of the format and the size of the
/// rectangle.
fn settings(flags: u8, format: u8, (width, height): (u8, u8)) -> [u8; 4] {
    [flags, format, width, height]
}

/// The server's own pixels.
const OWN: u8 = 1;
/// What follows is what is compressed.
const STORED: u8 = 2;
/// Not asking for JPEG of any quality, and asking for the three kinds of it.
const QUALITIES: [u8; 4] = [0, 1 << 2, 2 << 2, 3 << 2];

/// Some of the formats that there are.
const FORMATS: [(u8, &str); 6] = [
    (0, "rgb888"),
    (2, "bgr888-big-endian"),
    (13, "rgb565"),
    (17, "bgr233"),
    (20, "map-of-8-bits"),
    (22, "map-of-16-bits"),
];

fn server_with(format: u8) -> Server {
    let layouts: Vec<PixelFormat> = TRUE_COLOUR.into_iter().chain(MAPS).collect();
    let mut server = Server::new(80, 80, format.into());
    server.encoders.format = Format::true_colour(layouts[usize::from(format)]);
    if !server.encoders.format.layout.true_colour {
        let map = (0..=u8::MAX).map(|index| [index, !index, index.reverse_bits()]);
        server.encoders.format.set_map(map.collect());
    }
    server
}

/// A few pictures, the first one without its header.
fn rectangles(encoding: Encoding, format: u8) -> Vec<u8> {
    let mut server = server_with(format);
    let quality = usize::from(format) % 4;
    server.encoders.zywrle_level = [1, 1, 2, 3][quality];
    // More than a tile, so that something is carried over.
    let first = server.paint(encoding, Picture::Text, Rect::new(1, 2, 66, 9));
    let mut bytes = settings((format % 2 * OWN) | QUALITIES[quality], format, (66, 9)).to_vec();
    bytes.extend(&first[12..]);
    for (number, picture) in (0..).zip(Picture::ALL) {
        bytes.extend(server.paint(encoding, picture, Rect::new(number, number, 9, 5 + number % 4)));
    }
    bytes
}

fn tight_without_zlib(format: u8) -> Vec<u8> {
    let mut server = server_with(format);
    let picture = Picture::ALL[usize::from(format) % Picture::ALL.len()];
    let image = picture.paint(20, 5, &mut server.dice);
    loop {
        let (content, _) = server.encoders.encode(Encoding::TIGHT, &image);
        // Whether there is a filter's number is a flag; the rest of the byte is given.
        let flags = match content[0] & 0xF0 {
            0xA0 => 0,
            0xE0 => 1 << 4,
            _ => continue,
        };
        break [&settings(flags, format, (20, 5))[..], &content[1..]].concat();
    }
}

fn jpegs() -> Vec<Seed> {
    let mut server = Server::new(80, 80, 4);
    let image = Picture::Gradient.paint(19, 18, &mut server.dice);
    let header = settings(0, 0, (19, 18));
    let restarts = Jpeg {
        restart_interval: 1,
        ..Jpeg::default()
    };
    let halved = Jpeg {
        sampling: jpeg_encoder::SamplingFactor::R_4_2_0,
        ..Jpeg::default()
    };
    let first = restarts.encode(&image);
    let second = server::rectangle(Rect::new(3, 4, 19, 18), Encoding::JPEG, &without_tables(&first));
    [
        ("without-tables", [first, second].concat()),
        ("halved", halved.encode(&image)),
        ("grey", grey_jpeg(&image)),
    ]
    .map(|(name, content)| Seed::new("jpeg", name, [&header[..], &content].concat()))
    .into()
}

fn tight_jpeg_rectangle() -> Vec<u8> {
    let mut server = Server::new(80, 80, 4);
    let image = Picture::Gradient.paint(9, 10, &mut server.dice);
    [&settings(0, 0, (9, 10))[..], &server.encoders.tight_jpeg(&image)].concat()
}

/// A cursor of the settings' size in each form, and others with a header.
fn cursors() -> Vec<Seed> {
    let mut server = server_with(0);
    let forms = [
        ("x-cursor", CursorForm::X),
        ("with-alpha", CursorForm::Alpha),
        ("vmware", CursorForm::VmwareClassic),
        ("vmware-with-alpha", CursorForm::VmwareAlpha),
        ("vmware-of-unknown-type", CursorForm::VmwareUnknown),
    ];
    let mut rectangles = vec![("cursor", server.cursor((2, 1), 9, 3))];
    rectangles.extend(forms.map(|(name, form)| (name, server.other_cursor(form, (2, 1), 9, 3))));
    rectangles
        .into_iter()
        .map(|(name, first)| {
            let number = CURSORS
                .iter()
                .position(|encoding| first[8..12] == encoding.0.to_be_bytes());
            let next = [
                server.cursor((0, 0), 17, 2),
                server.other_cursor(CursorForm::Alpha, (3, 3), 4, 4),
                server::rectangle(Rect::new(4, 5, 0, 0), Encoding::POINTER_POSITION, &[]),
                server::rectangle(Rect::default(), Encoding::VMWARE_CURSOR_STATE, &[0, 1]),
            ];
            let settings = settings((number.unwrap() as u8) << 4, 0, (9, 3));
            Seed::new(
                "cursors",
                name,
                [&settings[..], &first[12..], &next.concat()].concat(),
            )
        })
        .collect()
}

/// A key frame, and another after it.
fn h264() -> Vec<u8> {
    let key = [
        0, 0, 0, 1, 0x67, 0x42, 0xC0, 0x0A, 7, 0, 0, 0, 1, 0x68, 7, 0, 0, 1, 0x65, 0x88, 7,
    ];
    let next = [0, 0, 1, 0x41, 0x9A, 7];
    let content = |flags: u8, data: &[u8]| [&[0, 0, 0, data.len() as u8, 0, 0, 0, flags][..], data].concat();
    let place = Rect::new(1, 2, 16, 16);
    [
        settings(0, 0, (16, 16)).to_vec(),
        content(0, &key),
        server::rectangle(place, Encoding::H264, &content(0, &next)),
        server::rectangle(place, Encoding::H264, &content(1, &[])),
        server::rectangle(Rect::new(9, 9, 8, 8), Encoding::H264, &content(2, &key)),
    ]
    .concat()
}

/// The version, and what comes after the offer.
fn logins() -> Vec<Seed> {
    let init = server::server_init(3, 2, &PIXEL_FORMATS[2], b"desktop");
    let ok = [0; 4];
    let failed = [0, 0, 0, 1];
    let reason = with_length(b"because".to_vec());
    let challenge = &VNC_AUTHENTICATION[2..];
    let seeds: [(&str, &str, &[&[u8]]); 8] = [
        ("security-none", "3.8", &[&[0], &ok, &init]),
        ("security-none", "3.7", &[&[1], &init]),
        ("security-none", "3.3", &[&[2], &init]),
        ("security-vnc", "3.8", &[&[0], challenge, &ok, &init]),
        ("security-vnc", "3.8-failed", &[&[0], challenge, &failed, &reason]),
        ("security-vnc", "3.7", &[&[1], challenge, &ok, &init]),
        ("security-vnc", "3.7-failed", &[&[1], challenge, &failed]),
        ("security-vnc", "3.3", &[&[2], challenge, &ok, &init]),
    ];
    seeds
        .map(|(target, name, parts)| Seed::new(target, name, parts.concat()))
        .into()
}

/// What the mock server with the logins says to the oracle's client.
fn logins_with_ciphers() -> Vec<Seed> {
    let with_small_key = |kind: RsaAes| RsaAes {
        key: ServerKey::bits_1024(),
        record_length: 90,
        ..kind
    };
    let [ra2, ra2ne, ra2_256, ra2ne_256] = RsaAes::all().map(|kind| Login::RsaAes(with_small_key(kind)));
    let tight = |logins| {
        Login::Tight(Tight {
            tunnels: vec![Capability::NO_TUNNEL],
            logins,
            lists: Lists {
                encodings: vec![Capability(7, *b"TGHT", *b"TIGHT___")],
                ..Lists::default()
            },
            ..Tight::default()
        })
    };
    let vencrypt = |login| Login::VeNCrypt(VeNCrypt::with(vec![Login::Unknown(261), login]));
    let logins = [
        ("security-ra2", "right", ra2),
        ("security-ra2ne", "right", ra2ne),
        ("security-ra2-256", "right", ra2_256),
        ("security-ra2ne-256", "right", ra2ne_256),
        ("security-tight", "none", tight(vec![])),
        ("security-tight", "vnc", tight(vec![Login::VncAuthentication])),
        ("security-tight", "unix", tight(vec![Login::Plain])),
        ("security-vencrypt", "plain", vencrypt(Login::Plain)),
        ("security-vencrypt", "vnc", vencrypt(Login::VncAuthentication)),
        ("security-xvp", "right", Login::Xvp),
        (
            "security-diffie-hellman",
            "right",
            Login::DiffieHellman(DiffieHellman::default()),
        ),
        (
            "security-mslogon2",
            "right",
            Login::MsLogonII(MsLogonII::default()),
        ),
    ];
    let mut seeds: Vec<Seed> = logins
        .into_iter()
        .map(|(target, name, login)| {
            let said = said_by_mock(login);
            // All but the greeting and the offer of one type; before it, the version.
            Seed::new(
                target,
                name,
                [&[0][..], &said[b"RFB 003.008\n\x01\x01".len()..]].concat(),
            )
        })
        .collect();
    let (session, _) = session();
    let rest = [&session[b"RFB 003.008\n\x01\x01".len()..], &server::BELL].concat();
    let records = rest
        .chunks(20)
        .flat_map(|piece| [&[piece.len() as u8], piece].concat());
    seeds.push(Seed::new(
        "security-sealed",
        "records",
        [0].into_iter().chain(records).collect(),
    ));
    seeds.push(Seed::new("security-repeater", "server", session));
    seeds
}

/// All that a mock with this login says until nothing more comes from either side.
fn said_by_mock(login: Login) -> Vec<u8> {
    let mut mock = porthole_rfb_mock::Server::new(porthole_rfb_mock::Config {
        user: oracle::USERNAME.to_owned(),
        password: oracle::PASSWORD.to_owned(),
        size: (5, 4),
        ..porthole_rfb_mock::Config::with(login)
    });
    let mut client = Client::new(oracle::config());
    let mut said = Vec::new();
    loop {
        let bytes = mock.poll_transmit();
        client.handle_input(&bytes).unwrap();
        while oracle::answer_waiting(&mut client) {}
        said.extend(&bytes);
        match client.poll_transmit() {
            Some(sent) => mock.handle_input(&sent),
            None if bytes.is_empty() => break,
            None => {}
        }
    }
    assert_eq!(mock.record().complaint, None);
    said
}

/// A small file for each form of the handshake, each encoding and each message.
fn connections() -> Vec<(String, Vec<u8>)> {
    let mut seeds = handshakes();
    for encoding in LOSSLESS {
        seeds.push((name_of(encoding), pixels(encoding)));
    }
    seeds.push(("jpeg".to_owned(), jpeg()));
    seeds.push(("tight-jpeg".to_owned(), tight_jpeg()));
    seeds.push(("copyrect".to_owned(), copy_rect()));
    seeds.push(("pseudo-encodings".to_owned(), pseudo_encodings()));
    seeds.push(("messages".to_owned(), messages()));
    seeds.push(("clipboard".to_owned(), clipboard()));
    seeds
}

fn name_of(encoding: Encoding) -> String {
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
        server::rectangle(Rect::default(), Encoding::EXTENDED_KEY_EVENT, &[]),
        server::rectangle(Rect::new(1, 0, 0, 0), Encoding::POINTER_MOTION_CHANGE, &[]),
        server::rectangle(Rect::default(), Encoding::LED_STATE, &[5]),
        server::rectangle(Rect::default(), Encoding::VMWARE_LED_STATE, &[0, 0, 0, 2]),
        // Another size, as UltraVNC tells it.
        server::rectangle(Rect::new(3, 4, 20, 10), Encoding::DESKTOP_NAME, &[]),
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
    bytes.extend(server::xvp(1));
    bytes.extend(server::text_chat(-1, &[]));
    bytes.extend(server::text_chat(5, b"hello"));
    bytes.extend(server::framebuffer_update(&[]));
    bytes
}

/// Text, RTF, HTML and a picture as they are before they are compressed.
fn provided_clipboard() -> Vec<u8> {
    let parts =
        [&b"text\0"[..], b"{\\rtf1}\0", b"<b>html</b>\0", b"picture"].map(|part| with_length(part.to_vec()));
    [&settings(STORED, 0, (0, 0))[..], &parts.concat()].concat()
}

/// Caps, notify, peek and request together, provide, and one whose stream is cut off.
fn clipboard() -> Vec<u8> {
    let (mut bytes, _) = session();
    let provided = provided(&[
        b"text\0".to_vec(),
        b"{\\rtf1}".to_vec(),
        b"<b>html</b>".to_vec(),
        b"picture".to_vec(),
    ]);
    bytes.extend(server::extended_cut_text(0x1F00_000F, &[0; 16]));
    bytes.extend(server::extended_cut_text(0x0800_000F, &[]));
    bytes.extend(server::extended_cut_text(0x0600_000F, &[]));
    bytes.extend(server::extended_cut_text(0x1000_000F, &provided));
    bytes.extend(server::extended_cut_text(0x1000_000F, &provided[..9]));
    bytes
}

/// The same in all but the compressed bytes themselves, which are other ones with another version of zlib or on
/// another processor. A seed that is missing or means something else is written anew, to be committed.
#[test]
fn the_committed_seeds_mean_what_the_mock_server_says() {
    let mut written = Vec::new();
    for seed in seeds() {
        let path = seed.path();
        let committed = fs::read(&path).ok();
        if committed.is_some_and(|committed| {
            seed.outcome(&committed).map(meaning) == seed.outcome(&seed.bytes).map(meaning)
        }) {
            continue;
        }
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, seed.bytes).unwrap();
        written.push(path);
    }
    assert!(
        written.is_empty(),
        "written anew, look at them and commit them: {written:?}"
    );
}

/// All but how many bytes it took.
fn meaning(mut outcome: Outcome) -> Outcome {
    if let Some(end) = &mut outcome.end {
        end.statistics = Default::default();
    }
    outcome
}

#[test]
fn the_oracles_hold_for_all_inputs_that_are_committed() {
    for (name, target) in Target::ALL {
        let seeds = files(&fuzz().join("corpus").join(name));
        assert!(!seeds.is_empty(), "{name} has no seeds");
        for path in seeds
            .into_iter()
            .chain(files(&fuzz().join("regressions").join(name)))
        {
            oracle::check_target(target, &fs::read(&path).unwrap(), &oracle::LENGTHS);
        }
    }
}

#[test]
fn every_target_has_a_program_and_every_input_a_target() {
    let mut names: BTreeSet<String> = Target::ALL.map(|(name, _)| name.to_owned()).into();
    // The doctor's and the gateway's, whose own tests replay them.
    names.extend(["conversation", "frames", "viewer"].map(str::to_owned));
    let stems = |folder: &str| -> BTreeSet<String> {
        files(&fuzz().join(folder))
            .iter()
            .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(stems("src/bin"), names);
    assert_eq!(stems("corpus"), names);
    assert!(stems("regressions").is_subset(&names));
}

/// What is in a folder, if there is one.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    entries.map(|entry| entry.unwrap().path()).collect()
}

#[test]
fn every_seed_is_understood_to_its_end() {
    for seed in seeds() {
        let (target, name) = (&seed.target, &seed.name);
        let is_refused = ["failed", "refused", "unknown"]
            .iter()
            .any(|end| name.ends_with(end));
        let outcome = seed.outcome(&seed.bytes).unwrap();
        assert_eq!(
            outcome.error.is_some(),
            is_refused,
            "{target} {name}: {:?}",
            outcome.error
        );
        if let Some(end) = outcome.end {
            assert_eq!(end.phase, Phase::Running, "{target} {name}");
        }
    }
}
