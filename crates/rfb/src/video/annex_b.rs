//! A byte stream of NAL units (ITU-T H.264, annex B), taken apart into pictures.

use super::VideoFrame;
use crate::error::DecodeError;

/// `nal_unit_type` (ITU-T H.264, table 7-1).
mod nal_unit_type {
    pub(super) const SLICE: u8 = 1;
    pub(super) const IDR_SLICE: u8 = 5;
    pub(super) const SEI: u8 = 6;
    pub(super) const SEQUENCE_PARAMETERS: u8 = 7;
    pub(super) const DELIMITER: u8 = 9;
}

const START_CODE: [u8; 3] = [0, 0, 1];

/// How many pictures a stream has at most. Only its last one is shown, and servers send one.
const MOST: usize = 256;

/// The pictures in a stream, and its codec, if it says which that is.
pub(super) fn frames(stream: &[u8]) -> Result<(Option<String>, Vec<VideoFrame>), DecodeError> {
    let mut codec = None;
    let mut frames: Vec<VideoFrame> = Vec::new();
    // Whether the last of them has its picture, so that what comes may belong to the next.
    let mut has_picture = true;
    for unit in units(stream) {
        let [_, _, _, header, payload @ ..] = unit.trim_start() else {
            continue;
        };
        let kind = header & 0x1F;
        let is_picture = (nal_unit_type::SLICE..=nal_unit_type::IDR_SLICE).contains(&kind);
        // `first_mb_in_slice` is 0 where its first bit is set.
        let begins_picture = is_picture && payload.first().is_some_and(|byte| byte & 0x80 != 0);
        let begins_frame = begins_picture || (nal_unit_type::SEI..=nal_unit_type::DELIMITER).contains(&kind);
        if has_picture && begins_frame || frames.is_empty() {
            if frames.len() == MOST {
                return Err(DecodeError::TooLarge {
                    what: "a number of pictures",
                    value: MOST + 1,
                    limit: MOST,
                });
            }
            frames.push(VideoFrame {
                is_key: false,
                data: Vec::new(),
            });
            has_picture = false;
        }
        if let (nal_unit_type::SEQUENCE_PARAMETERS, [profile, constraints, level, ..]) = (kind, payload) {
            codec = Some(format!("avc1.{profile:02X}{constraints:02X}{level:02X}"));
        }
        if let Some(frame) = frames.last_mut() {
            frame.data.extend_from_slice(unit.0);
            frame.is_key |= kind == nal_unit_type::IDR_SLICE;
        }
        has_picture |= is_picture;
    }
    // What has no picture yet cannot be decoded.
    if !has_picture {
        frames.pop();
    }
    Ok((codec, frames))
}

/// A NAL unit with all that precedes it.
#[derive(Debug, Clone, Copy)]
struct Unit<'a>(&'a [u8]);

impl<'a> Unit<'a> {
    /// From its start code on.
    fn trim_start(self) -> &'a [u8] {
        let zeros = self.0.iter().take_while(|byte| **byte == 0).count();
        self.0.get(zeros.saturating_sub(2)..).unwrap_or_default()
    }
}

/// The units of a stream, each from its start code, with the zeros before it, up to the next. What comes before the
/// first is none of them.
fn units(stream: &[u8]) -> impl Iterator<Item = Unit<'_>> {
    let mut rest = start(stream, 0)
        .and_then(|at| stream.get(at..))
        .unwrap_or_default();
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let own = rest.iter().position(|byte| *byte == 1).unwrap_or_default();
        let end = start(rest, own + 1).unwrap_or(rest.len());
        let (unit, others) = rest.split_at_checked(end)?;
        rest = others;
        Some(Unit(unit))
    })
}

/// Where the next start code begins, from `from` on: at the zeros before it.
fn start(stream: &[u8], from: usize) -> Option<usize> {
    let searched = stream.get(from..)?;
    let code = searched
        .windows(START_CODE.len())
        .position(|it| it == START_CODE)?;
    let zeros = searched
        .get(..code)?
        .iter()
        .rev()
        .take_while(|byte| **byte == 0)
        .count();
    Some(from + code - zeros)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn data(stream: &[u8]) -> Vec<Vec<u8>> {
        frames(stream)
            .unwrap()
            .1
            .into_iter()
            .map(|frame| frame.data)
            .collect()
    }

    #[test]
    fn a_picture_may_have_several_slices() {
        let first = [
            &[0, 0, 1, 0x65, 0x88][..],
            &[0, 0, 1, 0x65, 0x40],
            &[0, 0, 1, 0x65, 0x20],
        ]
        .concat();
        let second = [&[0, 0, 1, 0x41, 0x9A][..], &[0, 0, 1, 0x41, 0x40]].concat();
        let stream = [&first[..], &second].concat();
        assert_eq!(data(&stream), [first, second]);
        let keys: Vec<bool> = frames(&stream)
            .unwrap()
            .1
            .iter()
            .map(|frame| frame.is_key)
            .collect();
        assert_eq!(keys, [true, false]);
    }

    #[test]
    fn parameters_and_messages_belong_to_the_picture_after_them() {
        let first = [
            &[0, 0, 0, 1, 9, 0x10][..],
            &[0, 0, 0, 1, 0x67, 0x64, 0, 0x0A],
            &[0, 0, 1, 0x65, 0x80],
        ]
        .concat();
        let second = [&[0, 0, 0, 0, 1, 6, 1][..], &[0, 0, 1, 0x41, 0x80]].concat();
        let stream = [&first[..], &second].concat();
        assert_eq!(data(&stream), [first, second]);
        assert_eq!(frames(&stream).unwrap().0.as_deref(), Some("avc1.64000A"));
    }

    #[test]
    fn there_may_be_so_many_pictures_and_no_more() {
        let picture = [0, 0, 1, 0x65, 0x80];
        assert_eq!(data(&picture.repeat(MOST)).len(), MOST);
        let error = frames(&picture.repeat(MOST + 1)).unwrap_err();
        assert_eq!(error.to_string(), "a number of pictures of 257 is more than 256");
    }

    #[test]
    fn what_is_no_picture_gives_none() {
        for stream in [
            &[][..],
            &[0],
            &[0, 0, 1],
            &[0, 0, 0, 0, 0],
            &[1, 2, 3, 4, 5, 6],
            &[0, 0, 1, 0x67, 0x42],
            &[0, 0, 1, 0x67, 0x42, 0xC0, 0x1E],
            &[0, 0, 1, 0, 0, 1, 0, 0, 1],
        ] {
            assert_eq!(data(stream), Vec::<Vec<u8>>::new(), "{stream:?}");
        }
        // What comes before the first start code is passed over.
        assert_eq!(data(&[7, 7, 0, 0, 1, 0x65, 0x80]), [[0, 0, 1, 0x65, 0x80]]);
    }
}
