//! Inflating a rectangle's zlib data in bounded steps.

use flate2::{Decompress, FlushDecompress, Status};

use crate::error::DecodeError;
use crate::input::Input;

/// A zlib stream, which goes on from rectangle to rectangle.
#[derive(Debug, Default)]
pub(super) struct Stream {
    /// Made when it is first needed: a stream has a window of 32 KiB, and most servers use few of them.
    stream: Option<Decompress>,
    has_ended: bool,
}

impl Stream {
    /// Forgets everything: what comes next is the beginning of a stream.
    pub(super) fn reset(&mut self) {
        if let Some(stream) = &mut self.stream {
            stream.reset(true);
        }
        self.has_ended = false;
    }

    /// Inflates as much of `input` into `output` as fits, and says how many bytes it took and gave.
    fn inflate(&mut self, input: &[u8], output: &mut [u8]) -> Result<(usize, usize), DecodeError> {
        if self.has_ended {
            if input.is_empty() {
                return Ok((0, 0));
            }
            // A server that ends its stream can only go on with another one.
            self.reset();
        }
        let stream = self.stream.get_or_insert_with(|| Decompress::new(true));
        let (total_in, total_out) = (stream.total_in(), stream.total_out());
        let status = stream.decompress(input, output, FlushDecompress::None);
        // No more than the lengths of two slices.
        let taken = (stream.total_in() - total_in) as usize;
        let given = (stream.total_out() - total_out) as usize;
        match status {
            Ok(status) => self.has_ended = status == Status::StreamEnd,
            // What lies before the corruption is used first, as it is when it arrives alone: in any slicing the
            // first wrong thing is the error. The stream gives this one again.
            Err(_) if given > 0 => {}
            Err(_) => return Err(DecodeError::CorruptZlib),
        }
        Ok((taken, given))
    }
}

/// How many inflated bytes are held at most.
const CAPACITY: usize = 64 << 10;

/// The inflated bytes of one rectangle on their way from the wire to the framebuffer: never more than
/// [`CAPACITY`] of them, whatever the rectangle's size.
#[derive(Debug, Default)]
pub(super) struct Inflate {
    /// Empty until it is first needed, then [`CAPACITY`] long.
    buffer: Vec<u8>,
    /// What of the buffer is inflated and not used yet.
    start: usize,
    end: usize,
    /// How many compressed bytes of the rectangle are not inflated yet.
    left: usize,
}

impl Inflate {
    /// Starts a rectangle with this many compressed bytes.
    pub(super) fn begin(&mut self, compressed: usize) {
        self.buffer.resize(CAPACITY, 0);
        self.start = 0;
        self.end = 0;
        self.left = compressed;
    }

    /// All bytes that are ready, once they are at least `wanted` (which is far less than [`CAPACITY`]);
    /// `None` if more input is needed for that.
    pub(super) fn ready(
        &mut self,
        stream: &mut Stream,
        input: &mut Input<'_>,
        wanted: usize,
    ) -> Result<Option<&[u8]>, DecodeError> {
        while self.end - self.start < wanted {
            match self.step(stream, input)? {
                Step::Gave => {}
                Step::NeedInput => return Ok(None),
                Step::Exhausted => return Err(DecodeError::ZlibLength("less")),
            }
        }
        Ok(self.buffer.get(self.start..self.end))
    }

    /// Takes note that so many of the bytes that were ready have been used.
    pub(super) fn used(&mut self, count: usize) {
        self.start = (self.start + count).min(self.end);
    }

    /// Takes what is left of the compressed bytes, such as the marker of a flush. There must be nothing more
    /// in them. Gives `false` if more input is needed for that.
    pub(super) fn finish(&mut self, stream: &mut Stream, input: &mut Input<'_>) -> Result<bool, DecodeError> {
        loop {
            if self.start < self.end {
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
        if self.start > 0 {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        loop {
            let available = input.peek();
            let compressed = available.get(..self.left).unwrap_or(available);
            let space = self.buffer.get_mut(self.end..).unwrap_or_default();
            let (taken, given) = stream.inflate(compressed, space)?;
            let has_more = taken < compressed.len();
            input.take_up_to(taken);
            self.left -= taken;
            self.end += given;
            if given > 0 {
                return Ok(Step::Gave);
            }
            if taken == 0 {
                return match (has_more, self.left) {
                    (true, _) => Err(DecodeError::CorruptZlib),
                    (false, 0) => Ok(Step::Exhausted),
                    (false, _) => Ok(Step::NeedInput),
                };
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
