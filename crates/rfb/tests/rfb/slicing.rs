//! The invariant of the crate: the same bytes in any slicing give the same.

use porthole_rfb::Phase;
use proptest::prelude::*;

use crate::conversation::{Message, conversation, spoken};
use crate::oracle::{assert_same, outcome};

/// The bytes in pieces of these lengths, over and over. A piece may be empty.
fn cut<'a>(mut bytes: &'a [u8], lengths: &[usize]) -> Vec<&'a [u8]> {
    let mut pieces = Vec::new();
    for length in lengths.iter().cycle() {
        if bytes.is_empty() {
            break;
        }
        let (piece, rest) = bytes.split_at((*length).min(bytes.len()));
        pieces.push(piece);
        bytes = rest;
    }
    pieces
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_conversation_gives_the_same_in_any_slicing(
        messages in conversation(),
        seed in any::<u64>(),
        lengths in prop::collection::vec(0_usize..400, 1..20),
    ) {
        // Without a length above zero there would be no end.
        let lengths: Vec<usize> = lengths.into_iter().chain([1]).collect();
        let (bytes, server) = spoken(&messages, seed);
        let whole = outcome([&bytes[..]]);
        assert_same(&whole, &outcome(bytes.chunks(1)), "one byte at a time");
        assert_same(&whole, &outcome(cut(&bytes, &lengths)), "at random cuts");
        prop_assert_eq!(&whole.error, &None);
        let end = whole.end.unwrap();
        prop_assert_eq!(end.phase, Phase::Running);
        prop_assert_eq!((end.size.width, end.size.height), (server.screen.width, server.screen.height));
        if messages.iter().all(Message::is_lossless) {
            prop_assert!(end.pixels == server.screen.rgba(), "the pixels are not the server's");
        }
    }
}
