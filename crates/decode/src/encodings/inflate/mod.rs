//! Inflating a rectangle's zlib data in bounded steps.

mod huffman;
mod stream;

use crate::error::DecodeError;
use crate::input::Input;

pub use stream::Stream;

/// The inflated bytes of one rectangle on their way from the wire to the framebuffer. They stay in the stream's own
/// buffer, so that never more than that are held, whatever the rectangle's size.
#[derive(Debug, Default)]
pub(super) struct Inflate {
    /// How many inflated bytes have not been used yet.
    unread: usize,
    /// How many compressed bytes of the rectangle have not been inflated yet.
    left: usize,
}

impl Inflate {
    /// Starts a rectangle with this many compressed bytes.
    pub(super) fn begin(&mut self, compressed: usize) {
        self.unread = 0;
        self.left = compressed;
    }

    /// All bytes that are ready, once they are at least `wanted` (which is at most 64 KiB); `None` if more input is
    /// needed for that.
    pub(super) fn ready<'a>(
        &mut self,
        stream: &'a mut Stream,
        input: &mut Input<'_>,
        wanted: usize,
    ) -> Result<Option<&'a [u8]>, DecodeError> {
        while self.unread < wanted {
            match self.step(stream, input)? {
                Step::Gave => {}
                Step::NeedInput => return Ok(None),
                Step::Exhausted => return Err(DecodeError::ZlibLength("less")),
            }
        }
        Ok(Some(stream.last(self.unread)))
    }

    /// Takes note that so many of the bytes that were ready have been used.
    pub(super) fn used(&mut self, count: usize) {
        self.unread = self.unread.saturating_sub(count);
    }

    /// Takes what is left of the compressed bytes, such as the marker of a flush. There must be nothing more
    /// in them. Gives `false` if more input is needed for that.
    pub(super) fn finish(&mut self, stream: &mut Stream, input: &mut Input<'_>) -> Result<bool, DecodeError> {
        loop {
            if self.unread > 0 {
                return Err(DecodeError::ZlibLength("more"));
            }
            match self.step(stream, input)? {
                Step::Gave => {}
                Step::NeedInput => return Ok(false),
                Step::Exhausted => return Ok(true),
            }
        }
    }

    /// Inflates until something has come of it. Every turn takes or gives something, so there is an end.
    fn step(&mut self, stream: &mut Stream, input: &mut Input<'_>) -> Result<Step, DecodeError> {
        loop {
            let available = input.peek();
            let compressed = available.get(..self.left).unwrap_or(available);
            let (taken, given) = stream.inflate(compressed, self.unread)?;
            input.take_up_to(taken);
            self.left -= taken;
            self.unread += given;
            if given > 0 {
                return Ok(Step::Gave);
            }
            if taken == 0 {
                return Ok(if self.left == 0 {
                    Step::Exhausted
                } else {
                    Step::NeedInput
                });
            }
        }
    }
}

/// What came of a step.
enum Step {
    /// At least one byte.
    Gave,
    /// Nothing before there is more input.
    NeedInput,
    /// Nothing any more: all of the rectangle's compressed bytes have been inflated.
    Exhausted,
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::super::testing::{Numbers, deflate};
    use super::*;
    use flate2::Compress;

    fn stream() -> Compress {
        Compress::new(flate2::Compression::new(6), true)
    }

    /// Reads all of it in units of `wanted` bytes; the input comes in slices of `slice` bytes.
    fn inflate(wire: &[u8], length: usize, wanted: usize, slice: usize) -> Result<Vec<u8>, DecodeError> {
        let (mut stream, mut inflate) = (Stream::default(), Inflate::default());
        inflate.begin(wire.len());
        let mut result = Vec::new();
        let mut slices = wire.chunks(slice);
        let mut input = Input::new(&[]);
        while result.len() < length {
            match inflate.ready(&mut stream, &mut input, wanted.min(length - result.len()))? {
                Some(ready) => {
                    let used = wanted.min(length - result.len());
                    result.extend_from_slice(&ready[..used]);
                    inflate.used(used);
                }
                None => {
                    assert_eq!(input.len(), 0);
                    input = Input::new(slices.next().unwrap());
                }
            }
        }
        while !inflate.finish(&mut stream, &mut input)? {
            input = Input::new(slices.next().unwrap());
        }
        assert_eq!(input.len(), 0);
        Ok(result)
    }

    #[test]
    fn any_amount_goes_through_the_buffer_in_any_slicing() {
        let mut data = vec![7; 300_000];
        data.extend(Numbers(3).bytes(50_000));
        let wire = deflate(&mut stream(), &data);
        for (wanted, slice) in [(1, 1 << 20), (3, 1), (20_000, 777), (61_000, 1 << 20)] {
            assert!(
                inflate(&wire, data.len(), wanted, slice).unwrap() == data,
                "{wanted} {slice}"
            );
        }
    }

    /// Data of the kinds that compressors treat differently: flat, repeating near and far, and noise.
    fn mixed(numbers: &mut Numbers) -> Vec<u8> {
        let mut data = Vec::new();
        while data.len() < 90_000 {
            let length = 1 + numbers.below(5000) as usize;
            let from = data.len() - data.len().min(1 + numbers.below(40_000) as usize);
            match numbers.below(4) {
                0 => data.extend(numbers.bytes(length)),
                1 => data.extend((0..length).map(|at| (at % 7 * 31) as u8)),
                2 => data.resize(data.len() + length, 9),
                _ => data.extend_from_within(from..(from + length).min(data.len())),
            }
        }
        data
    }

    #[test]
    fn what_any_level_of_compression_makes_comes_out_as_it_was() {
        let mut numbers = Numbers(11);
        for level in 0..=9 {
            let data = mixed(&mut numbers);
            let mut compress = Compress::new(flate2::Compression::new(level), true);
            let wire = deflate(&mut compress, &data);
            for slice in [1, 1 + numbers.below(900) as usize, wire.len()] {
                let wanted = 1 + numbers.below(30_000) as usize;
                assert!(
                    inflate(&wire, data.len(), wanted, slice).unwrap() == data,
                    "level {level}"
                );
            }
        }
    }

    #[test]
    fn corruption_is_found_where_another_decoder_finds_it() {
        let mut numbers = Numbers(12);
        let mut found = 0;
        for round in 0..400 {
            let data = numbers.bytes(40).repeat(1 + numbers.below(20) as usize);
            let mut compress = Compress::new(flate2::Compression::new(round % 10), true);
            let mut wire = deflate(&mut compress, &data);
            for _ in 0..1 + numbers.below(3) {
                let at = 2 + numbers.below(wire.len() as u32 - 2) as usize;
                wire[at] ^= 1 << numbers.below(8);
            }
            let mut expected = vec![0; 1 << 16];
            let mut other = flate2::Decompress::new(false);
            let status = other.decompress(&wire[2..], &mut expected, flate2::FlushDecompress::None);
            if matches!(status, Ok(flate2::Status::StreamEnd)) {
                // What follows an end is another stream here.
                continue;
            }
            expected.truncate(other.total_out() as usize);
            let mut given = Vec::new();
            let mut stream = Stream::default();
            let mut rest = &wire[..];
            let is_corrupt = loop {
                match stream.inflate(rest, 0) {
                    Err(_) => break true,
                    Ok((0, 0)) => break false,
                    Ok((taken, count)) => {
                        given.extend_from_slice(stream.last(count));
                        rest = &rest[taken..];
                    }
                }
            };
            assert_eq!(is_corrupt, status.is_err(), "round {round}");
            assert!(given == expected, "round {round}");
            found += u32::from(is_corrupt);
        }
        assert!(found > 50, "{found}");
    }

    #[test]
    fn too_little_and_too_much_are_told_apart() {
        let wire = deflate(&mut stream(), &[1; 100]);
        assert_eq!(inflate(&wire, 101, 1, 9), Err(DecodeError::ZlibLength("less")));
        assert_eq!(inflate(&wire, 99, 1, 9), Err(DecodeError::ZlibLength("more")));
        assert_eq!(inflate(&[], 1, 1, 9), Err(DecodeError::ZlibLength("less")));
        assert_eq!(inflate(&[], 0, 1, 9), Ok(vec![]));
    }

    #[test]
    fn a_corrupt_stream_is_an_error() {
        assert_eq!(inflate(&[0xFF; 20], 9, 1, 3), Err(DecodeError::CorruptZlib));
        let mut wire = deflate(&mut stream(), &Numbers(5).bytes(100));
        wire[2] = 0x07; // a block of the type that there is not
        assert_eq!(inflate(&wire, 100, 1, 3), Err(DecodeError::CorruptZlib));
    }

    #[test]
    fn after_the_end_of_a_stream_another_begins() {
        let mut ended = Vec::with_capacity(100);
        let mut compress = stream();
        compress
            .compress_vec(&[1, 2, 3], &mut ended, flate2::FlushCompress::Finish)
            .unwrap();
        assert_eq!(inflate(&ended, 3, 1, 1), Ok(vec![1, 2, 3]));
        assert_eq!(inflate(&ended, 4, 1, 1), Err(DecodeError::ZlibLength("less")));
        let twice = ended.repeat(2);
        for slice in [1, 100] {
            assert_eq!(inflate(&twice, 6, 1, slice), Ok(vec![1, 2, 3, 1, 2, 3]));
        }
        let garbage = [&ended[..], &[0; 5]].concat();
        assert_eq!(inflate(&garbage, 3, 1, 1), Err(DecodeError::CorruptZlib));
    }

    #[test]
    fn empty_flushes_give_nothing_and_are_taken() {
        let mut compress = stream();
        let mut wire = deflate(&mut compress, &[5; 10]);
        wire.extend([0, 0, 0, 0xFF, 0xFF].repeat(3));
        assert_eq!(inflate(&wire, 10, 10, 1), Ok(vec![5; 10]));
    }
}
