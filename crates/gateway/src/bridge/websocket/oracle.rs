//! What must hold for any bytes that a target sends as frames. The fuzz target and the plain tests share it.

use bytes::Bytes;

use super::frames::{Frames, Inbound, Opcode, frame};

/// Lengths of the pieces in which bytes are fed.
const LENGTHS: [usize; 6] = [1, 2, 3, 7, 61, 1021];

/// RFC 6455, 5.5: the most that a ping has in it.
const MOST_IN_A_PING: usize = 125;

/// The same for a close's reason, of which each byte that is no UTF-8 is told by three.
const LONGEST_REASON: usize = (125 - 2) * 3;

/// What comes of a target's bytes.
#[derive(Debug, PartialEq, Eq)]
struct Outcome {
    /// Neighbouring data are one.
    inbound: Vec<Inbound>,
    /// What it did wrong, by which it is over.
    error: Option<String>,
}

/// What comes of these bytes, in pieces of this length.
fn outcome(bytes: &[u8], length: usize) -> Outcome {
    let mut frames = Frames::default();
    let mut inbound: Vec<Inbound> = Vec::new();
    for piece in bytes.chunks(length.max(1)) {
        frames.feed(Bytes::copy_from_slice(piece));
        loop {
            match (frames.next(), inbound.last_mut()) {
                (Ok(Some(Inbound::Data(more))), Some(Inbound::Data(data))) => {
                    *data = [&data[..], &more].concat().into();
                }
                (Ok(Some(more)), _) => inbound.push(more),
                (Ok(None), _) => break,
                (Err(error), _) => {
                    return Outcome {
                        inbound,
                        error: Some(error),
                    };
                }
            }
        }
    }
    Outcome { inbound, error: None }
}

/// The oracle: the bytes whole and in pieces give the same, nothing is told that did not come, and what is written is read
/// again.
pub(crate) fn check(bytes: &[u8]) {
    let whole = outcome(bytes, bytes.len());
    let mut told = 0;
    for inbound in &whole.inbound {
        told += match inbound {
            Inbound::Data(data) => data.len(),
            Inbound::Ping(payload) => {
                assert!(payload.len() <= MOST_IN_A_PING, "{inbound:?}");
                payload.len()
            }
            Inbound::Close(_, reason) => {
                assert!(reason.len() <= LONGEST_REASON, "{inbound:?}");
                0
            }
            Inbound::Pong => 0,
        };
    }
    assert!(told <= bytes.len(), "{told} bytes of {}", bytes.len());
    for length in LENGTHS {
        if length < bytes.len() {
            assert_eq!(outcome(bytes, length), whole, "fed by {length}");
        }
    }
    check_written(bytes);
}

/// A message of these bytes, as a server would send it, is read as they are.
fn check_written(bytes: &[u8]) {
    let mask = [0x5A, 0, 0xFF, 1];
    let mut written = frame(Opcode::Binary, bytes, mask);
    let head = written.len() - bytes.len();
    let (front, payload) = written.split_at_mut(head);
    assert_eq!(front[head - mask.len()..], mask);
    for (byte, key) in payload.iter_mut().zip(mask.iter().cycle()) {
        *byte ^= key;
    }
    // Servers do not mask.
    front[1] &= 0x7F;
    written.drain(head - mask.len()..head);
    let expected = (!bytes.is_empty()).then(|| Inbound::Data(Bytes::copy_from_slice(bytes)));
    let read = outcome(&written, written.len());
    assert_eq!(read.error, None);
    assert!(read.inbound.iter().eq(expected.iter()), "{read:?}");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bridge::corpus;

    /// What a seed shows.
    type Shows = fn(&Outcome) -> bool;

    fn seeds() -> Vec<(&'static str, Vec<u8>, Shows)> {
        let is_wrong: Shows = |seen| seen.error.is_some();
        vec![
            (
                "greeting",
                [&[0x82, 12][..], b"RFB 003.008\n"].concat(),
                |seen| matches!(&seen.inbound[..], [Inbound::Data(data)] if data.len() == 12),
            ),
            (
                "in-parts-with-pings",
                vec![0x02, 2, 1, 2, 0x89, 2, 3, 4, 0x00, 1, 5, 0x8A, 0, 0x80, 1, 6],
                |seen| seen.inbound.len() == 5 && seen.error.is_none(),
            ),
            (
                "length-in-two-bytes",
                vec![0x82, 126, 0, 3, 7, 7, 7, 0x89, 0],
                |seen| seen.inbound.len() == 2,
            ),
            (
                "length-in-eight-bytes",
                vec![0x82, 127, 0, 0, 0, 0, 0, 0, 0, 3, 7, 7, 7],
                |seen| seen.inbound.len() == 1,
            ),
            (
                "closed-with-a-reason",
                [&[0x88, 8, 3, 243][..], b"no \xFFvm"].concat(),
                |seen| matches!(&seen.inbound[..], [Inbound::Close(Some(1011), _)]),
            ),
            ("closed-without", vec![0x88, 0], |seen| {
                seen.inbound == [Inbound::Close(None, String::new())]
            }),
            ("compressed", vec![0xC2, 1, 0], is_wrong),
            ("masked", vec![0x82, 0x81, 1, 2, 3, 4, 5], is_wrong),
            ("text", vec![0x81, 2, b'h', b'i'], is_wrong),
            ("a-ping-too-long", vec![0x89, 126, 0, 126], is_wrong),
            (
                "beyond-all-memory",
                vec![0x82, 127, 255, 0, 0, 0, 0, 0, 0, 0, 1],
                is_wrong,
            ),
        ]
    }

    #[test]
    fn each_seed_shows_what_it_is_for() {
        for (name, bytes, shows) in seeds() {
            let seen = outcome(&bytes, bytes.len());
            assert!(shows(&seen), "{name}: {seen:?}");
        }
    }

    #[test]
    fn the_oracle_holds_for_all_inputs_and_what_is_near_to_them() {
        let seeds: Vec<_> = seeds()
            .into_iter()
            .map(|(name, bytes, _)| (name, bytes))
            .collect();
        corpus::check("frames", &seeds, check);
    }
}
