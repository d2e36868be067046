//! The fuzz target's seeds, `fuzz/corpus/conversation`: made and committed here, and replayed, as are the inputs in
//! `fuzz/regressions/conversation` that broke the oracle once.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod oracle;

use std::fs;
use std::path::{Path, PathBuf};

use porthole_doctor::{End, Spoken};

/// The settings: who speaks, and that it ends without a word.
const STRANGER: u8 = 0;
const WITH_PASSWORD: u8 = 1;
const LOGGED_IN: u8 = 2;

fn folder(kind: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../fuzz")
        .join(kind)
        .join("conversation")
}

/// What a seed shows.
type Shows = fn(&Spoken) -> bool;

fn seeds() -> Vec<(&'static str, Vec<u8>, Shows)> {
    let mut desktop = vec![2, 128, 1, 224];
    desktop.extend([0; 16]);
    desktop.extend([0, 0, 0, 2, b'v', b'm']);
    let picture: &[u8] = &[0, 0, 0, 1];
    let between: &[u8] = &[
        2, 3, 0, 0, 0, 0, 0, 0, 1, b'c', 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0,
    ];
    let seed = |settings: u8, parts: &[&[u8]]| [&[settings][..], &parts.concat()].concat();
    let has_picture: Shows = |spoken| spoken.has_picture && spoken.end.is_none();
    vec![
        (
            "none-3.8",
            seed(
                STRANGER,
                &[b"RFB 003.008\n\x01\x01\0\0\0\0", &desktop, between, picture],
            ),
            has_picture,
        ),
        (
            "none-3.7",
            seed(STRANGER, &[b"RFB 003.007\n\x02\x10\x01", &desktop, picture]),
            has_picture,
        ),
        (
            "none-3.3",
            seed(STRANGER, &[b"RFB 003.003\n\0\0\0\x01", &desktop, picture]),
            has_picture,
        ),
        (
            "after-login",
            seed(LOGGED_IN, &[&desktop, between, picture]),
            has_picture,
        ),
        (
            "password",
            seed(
                WITH_PASSWORD,
                &[
                    b"RFB 003.008\n\x02\x05\x02challenge of 16!\0\0\0\0",
                    &desktop,
                    picture,
                ],
            ),
            has_picture,
        ),
        (
            "password-refused",
            seed(
                WITH_PASSWORD,
                &[b"RFB 003.008\n\x01\x02challenge of 16!\0\0\0\x01\0\0\0\x03bad"],
            ),
            |spoken| spoken.end == Some(End::LoginRefused("bad".into())),
        ),
        (
            "wants-login",
            seed(STRANGER, &[b"RFB 003.008\n\x02\x13\x02"]),
            |spoken| spoken.wants_login && spoken.end.is_none(),
        ),
        (
            "turned-away",
            seed(
                STRANGER,
                &[b"RFB 003.003\n\0\0\0\0\0\0\0\x1aToo many security failures"],
            ),
            |spoken| matches!(spoken.end, Some(End::TurnedAway(_))),
        ),
        (
            "no-server",
            seed(STRANGER, &[b"SSH-2.0-OpenSSH_9.2p1\r\n"]),
            |spoken| matches!(spoken.end, Some(End::NotRfb(_))),
        ),
        (
            "closed-with-a-reason",
            seed(STRANGER + 12, &[b"RFB 003"]),
            |spoken| matches!(spoken.end, Some(End::Closed { code: 4012, .. })),
        ),
        ("garbled", seed(LOGGED_IN, &[&desktop, &[9]]), |spoken| {
            matches!(spoken.end, Some(End::Garbled(_)))
        }),
    ]
}

#[test]
fn each_seed_shows_what_it_is_for() {
    for (name, bytes, shows) in seeds() {
        let spoken = oracle::outcome(&bytes).spoken;
        assert!(shows(&spoken), "{name}: {spoken:?}");
    }
}

/// A seed that is missing or another one is written anew, to be committed.
#[test]
fn the_committed_seeds_are_these() {
    let mut written = Vec::new();
    for (name, bytes, _) in seeds() {
        let path = folder("corpus").join(name);
        if fs::read(&path).ok().as_ref() != Some(&bytes) {
            fs::create_dir_all(folder("corpus")).unwrap();
            fs::write(&path, &bytes).unwrap();
            written.push(path);
        }
    }
    assert!(
        written.is_empty(),
        "written anew, look at them and commit them: {written:?}"
    );
}

#[test]
fn the_oracle_holds_for_all_inputs_that_are_committed() {
    let mut count = 0;
    for kind in ["corpus", "regressions"] {
        for entry in fs::read_dir(folder(kind)).into_iter().flatten() {
            oracle::check(&fs::read(entry.unwrap().path()).unwrap());
            count += 1;
        }
    }
    assert!(count >= seeds().len(), "{count} inputs");
}

#[test]
fn the_oracle_holds_for_every_cut_of_the_seeds_and_every_flipped_bit() {
    for (_, bytes, _) in seeds() {
        for settings in 0..15 {
            for at in 1..=bytes.len() {
                let mut input = bytes[..at].to_vec();
                input[0] = settings;
                oracle::check(&input);
            }
        }
        for at in 1..bytes.len() {
            for bit in 0..8 {
                let mut input = bytes.clone();
                input[at] ^= 1 << bit;
                oracle::check(&input);
            }
        }
    }
}
