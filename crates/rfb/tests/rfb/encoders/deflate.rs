//! A zlib stream that goes on from rectangle to rectangle.

use flate2::{Compress, Compression, FlushCompress, Status};

use crate::dice::Dice;

#[derive(Debug)]
pub(crate) struct Deflate {
    stream: Compress,
}

impl Deflate {
    /// One with a level of its own; 0 stores and does not compress.
    pub(crate) fn new(dice: &mut Dice) -> Self {
        let level = dice.pick(&[0, 1, 6, 9]);
        Self {
            stream: Compress::new(Compression::new(level), true),
        }
    }

    /// The next data of the stream, up to a flush that lets all of it be read.
    pub(crate) fn compress(&mut self, data: &[u8]) -> Vec<u8> {
        self.write(data, FlushCompress::Sync)
    }

    /// The last data of the stream: its end is marked.
    pub(crate) fn finish(mut self, data: &[u8]) -> Vec<u8> {
        self.write(data, FlushCompress::Finish)
    }

    fn write(&mut self, data: &[u8], flush: FlushCompress) -> Vec<u8> {
        let begin = self.stream.total_in();
        let mut bytes = Vec::new();
        loop {
            // Room is always left over when all is written.
            bytes.reserve(data.len() / 2 + 256);
            let done = (self.stream.total_in() - begin) as usize;
            let status = self
                .stream
                .compress_vec(&data[done..], &mut bytes, flush)
                .unwrap();
            let all_read = (self.stream.total_in() - begin) as usize == data.len();
            if status == Status::StreamEnd || all_read && bytes.len() < bytes.capacity() {
                return bytes;
            }
        }
    }
}
