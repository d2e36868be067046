//! How a session begins, and what is asked for then.

use porthole_rfb::{Client, ClipboardContent, Config, Encoding, PointerButtons, Subsampling};

use super::{connected, sent};

#[test]
fn a_session_begins_with_a_pixel_format_the_encodings_and_a_request_for_all() {
    let (_, sent) = connected(Config {
        encodings: vec![Encoding::ZRLE, Encoding::TIGHT_PNG, Encoding::RAW],
        jpeg_quality: Some(6),
        fine_jpeg_quality: Some(77),
        jpeg_subsampling: Some(Subsampling::Two),
        compression_level: Some(2),
        ..Config::default()
    });
    // 32 bits, depth 24, little-endian, true colour, red in the lowest byte.
    let (format, rest) = sent.split_at(20);
    assert_eq!(
        format,
        [
            0, 0, 0, 0, 32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 0, 8, 16, 0, 0, 0
        ]
    );
    let (encodings, request) = rest.split_at(rest.len() - 10);
    assert_eq!(request, [3, 0, 0, 0, 0, 0, 0x02, 0x80, 0x01, 0xE0]);
    assert_eq!(encodings[..2], [2, 0]);
    let numbers: Vec<i32> = encodings[4..]
        .chunks(4)
        .map(|number| i32::from_be_bytes(number.try_into().unwrap()))
        .collect();
    assert_eq!(
        usize::from(u16::from_be_bytes([encodings[2], encodings[3]])),
        numbers.len()
    );
    assert_eq!(numbers[..7], [16, -260, 0, -26, -435, -766, -254]);
    let mut pseudos = vec![
        -239,
        -240,
        -314,
        0x574D_5664,
        0x574D_5665,
        0x574D_5666,
        0x574D_5668,
        -232,
    ];
    pseudos.extend([
        -223,
        -308,
        -224,
        -307,
        -309,
        -312,
        -313,
        -316,
        -317,
        -257,
        -258,
        -261,
        -1_063_131_698,
    ]);
    for pseudo in pseudos {
        assert!(numbers.contains(&pseudo), "{pseudo} is not asked for");
    }
}

#[test]
fn without_a_quality_none_is_asked_for_until_it_is_set() {
    let has_quality = |sent: &[u8]| {
        sent.windows(4)
            .any(|number| number[..3] == [0xFF; 3] && (0xE0..=0xE9).contains(&number[3]))
    };
    let (mut client, begin) = connected(Config::default());
    assert!(!has_quality(&begin));
    client.set_quality(Some(9), None);
    let sent = sent(&mut client);
    assert_eq!(sent[0], 2);
    assert!(has_quality(&sent));
}

#[test]
fn no_more_encodings_are_asked_for_than_wayvnc_takes() {
    let mut encodings = Config::default().encodings;
    encodings.insert(0, Encoding::H264);
    let (_, sent) = connected(Config {
        encodings,
        jpeg_quality: Some(6),
        fine_jpeg_quality: Some(77),
        jpeg_subsampling: Some(Subsampling::Two),
        compression_level: Some(2),
        ..Config::default()
    });
    let [2, 0, high, low, encodings @ ..] = &sent[20..] else {
        unreachable!("{sent:?}");
    };
    assert_eq!(u16::from_be_bytes([*high, *low]), 32);
    let (numbers, request) = encodings.split_at(4 * 32);
    assert_eq!(request[0], 3);
    let asked_for = |encoding: Encoding| numbers.chunks(4).any(|number| number == encoding.0.to_be_bytes());
    // What is left out is what servers send unasked, and what few of them have.
    for encoding in [
        Encoding::H264,
        Encoding::TIGHT,
        Encoding::RRE,
        Encoding::EXTENDED_CLIPBOARD,
    ] {
        assert!(asked_for(encoding), "{encoding}");
    }
    assert!(!asked_for(Encoding::RAW) && !asked_for(Encoding::TIGHT_WITHOUT_ZLIB));
}

#[test]
fn nothing_is_sent_before_the_desktop_is_described() {
    let mut client = Client::new(Config::default());
    client.key(0x61, 0, true);
    client.pointer(1, 1, PointerButtons::LEFT);
    client.clipboard(ClipboardContent::text("text"));
    client.provide_clipboard();
    client.refresh();
    client.set_quality(Some(1), Some(1));
    assert_eq!(client.poll_transmit(), None);
}
