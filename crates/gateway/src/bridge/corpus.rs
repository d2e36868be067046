//! The inputs of a fuzz target: its seeds are made and committed here, and replayed, as is what once broke its oracle.

use std::fs;
use std::path::{Path, PathBuf};

fn folder(kind: &str, target: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../fuzz")
        .join(kind)
        .join(target)
}

/// Checks that the committed seeds are these, and that the oracle holds for all inputs, for every cut of the seeds and for
/// every bit of them flipped. A seed that is missing or another one is written anew, to be committed.
pub(super) fn check(target: &str, seeds: &[(&str, Vec<u8>)], oracle: fn(&[u8])) {
    let mut written = Vec::new();
    for (name, bytes) in seeds {
        let path = folder("corpus", target).join(name);
        if fs::read(&path).ok().as_ref() != Some(bytes) {
            fs::create_dir_all(folder("corpus", target)).unwrap();
            fs::write(&path, bytes).unwrap();
            written.push(path);
        }
        for at in 0..bytes.len() {
            oracle(&bytes[..at]);
            for bit in 0..8 {
                let mut input = bytes.clone();
                input[at] ^= 1 << bit;
                oracle(&input);
            }
        }
    }
    assert!(
        written.is_empty(),
        "written anew, look at them and commit them: {written:?}"
    );
    let mut count = 0;
    for kind in ["corpus", "regressions"] {
        for entry in fs::read_dir(folder(kind, target)).into_iter().flatten() {
            oracle(&fs::read(entry.unwrap().path()).unwrap());
            count += 1;
        }
    }
    assert!(count >= seeds.len(), "{count} inputs");
}
