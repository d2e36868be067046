//! How fast each encoding is decoded: a whole 1920x1080 screen, as windows and as a photograph, through the client's
//! public interface. Figures are in pixels a second, and compared with those of the last run.

#![allow(missing_docs, reason = "a benchmark")]

use criterion::{Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use porthole_rfb_bench::cases;
use porthole_rfb_bench::receiver::{HEIGHT, Receiver, WIDTH};

fn decode(criterion: &mut Criterion) {
    for (name, picture) in cases::pictures() {
        if !matches!(name, "windows" | "photograph") {
            continue;
        }
        let mut group = criterion.benchmark_group(name);
        group.throughput(Throughput::Elements((WIDTH * HEIGHT) as u64));
        group.sampling_mode(SamplingMode::Flat).sample_size(10);
        for case in cases::of(name, &picture) {
            let mut receiver = Receiver::default();
            let title = format!("{}{}, {} KB", case.encoding, case.part, case.wire.len() / 1000);
            group.bench_function(title, |bencher| bencher.iter(|| receiver.receive(&case.wire)));
        }
        group.finish();
    }
}

criterion_group!(benches, decode);
criterion_main!(benches);
