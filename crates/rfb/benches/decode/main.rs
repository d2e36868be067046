//! How fast each encoding is decoded: a whole 1920x1080 screen, as a desktop and as a photograph, through the
//! client's public interface. Figures are in pixels a second.

#![allow(missing_docs, clippy::expect_used, reason = "a benchmark")]

mod encoders;
mod pictures;

use criterion::{Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use porthole_rfb::{Client, Config, Encoding};

use encoders::Rectangles;
use pictures::{HEIGHT, Picture, WIDTH};

/// A client of which the handshake is done.
fn connected() -> Client {
    let mut client = Client::new(Config::default());
    let mut server = b"RFB 003.008\n\x01\x01\0\0\0\0".to_vec();
    server.extend((WIDTH as u16).to_be_bytes());
    server.extend((HEIGHT as u16).to_be_bytes());
    server.extend([0; 16 + 4]);
    client.handle_input(&server).expect("a handshake");
    client
}

/// A `FramebufferUpdate`.
fn update(encoding: Encoding, rectangles: &Rectangles) -> Vec<u8> {
    let mut wire = vec![0, 0];
    wire.extend((rectangles.len() as u16).to_be_bytes());
    for (place, content) in rectangles {
        for number in place {
            wire.extend((*number as u16).to_be_bytes());
        }
        wire.extend(encoding.0.to_be_bytes());
        wire.extend(content);
    }
    wire
}

/// Bytes that a WebSocket message may well have.
const SLICE: usize = 64 << 10;

fn receive(client: &mut Client, wire: &[u8]) {
    for slice in wire.chunks(SLICE) {
        client.handle_input(slice).expect("an update");
    }
    while client.poll_event().is_some() {}
    client.poll_transmit();
    client.framebuffer_mut().take_damage();
}

/// An encoding, what of it is used, and how it is made.
type Case = (Encoding, &'static str, fn(&Picture) -> Rectangles);

fn decode(criterion: &mut Criterion) {
    let pictures = [
        ("desktop", pictures::desktop()),
        ("photograph", pictures::photograph()),
    ];
    let cases: [Case; 11] = [
        (Encoding::RAW, "", encoders::raw),
        (Encoding::RRE, "", encoders::rre),
        (Encoding::HEXTILE, "", encoders::hextile),
        (Encoding::ZLIB, "", encoders::zlib),
        (Encoding::ZRLE, "", encoders::zrle),
        (Encoding::TIGHT, " palette", encoders::tight_palette),
        (Encoding::TIGHT, " copy", encoders::tight_copy),
        (Encoding::TIGHT, " gradient", encoders::tight_gradient),
        (Encoding::TIGHT, " JPEG", encoders::tight_jpeg),
        (Encoding::TIGHT_PNG, "", encoders::tight_png),
        (Encoding::JPEG, "", encoders::jpeg),
    ];
    for (name, picture) in pictures {
        let mut group = criterion.benchmark_group(name);
        group.throughput(Throughput::Elements((WIDTH * HEIGHT) as u64));
        group.sampling_mode(SamplingMode::Flat).sample_size(10);
        for (encoding, part, encode) in cases {
            let wire = update(encoding, &encode(&picture));
            let mut client = connected();
            receive(&mut client, &wire);
            if !part.contains("JPEG") && encoding != Encoding::JPEG {
                assert!(
                    client.framebuffer().bytes() == bytes(&picture),
                    "{encoding}{part} is lossless"
                );
            }
            let title = format!("{encoding}{part}, {} KB", wire.len() / 1000);
            group.bench_function(title, |bencher| bencher.iter(|| receive(&mut client, &wire)));
        }
        group.finish();
    }
}

fn bytes(picture: &Picture) -> Vec<u8> {
    picture.iter().flat_map(|[r, g, b]| [*r, *g, *b, 255]).collect()
}

criterion_group!(benches, decode);
criterion_main!(benches);
