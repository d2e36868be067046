//! A zlib stream whose blocks are stored (RFC 1950; RFC 1951, 3.2.4).
//!
//! Nothing is compressed. What people copy is short, many servers take a megabyte at most whatever it is compressed
//! to, and code that finds matches would weigh on the page's first load.

/// The longest stored block.
const BLOCK: usize = 0xFFFF;

/// The length of the stream for so many bytes: its header, a header of five bytes for each block, and the checksum.
pub(super) fn stored_length(length: usize) -> usize {
    2 + length.div_ceil(BLOCK).max(1) * 5 + length + 4
}

pub(super) fn store(data: &[u8]) -> Vec<u8> {
    let mut stream = Vec::with_capacity(stored_length(data.len()));
    // Deflate with a window of 32 KB; no dictionary; the header is a multiple of 31.
    stream.extend_from_slice(&[0x78, 0x01]);
    let mut rest = data;
    loop {
        let (block, tail) = rest.split_at(rest.len().min(BLOCK));
        let length = block.len() as u16;
        stream.push(u8::from(tail.is_empty()));
        stream.extend_from_slice(&length.to_le_bytes());
        stream.extend_from_slice(&(!length).to_le_bytes());
        stream.extend_from_slice(block);
        if tail.is_empty() {
            break;
        }
        rest = tail;
    }
    stream.extend_from_slice(&adler_32(data).to_be_bytes());
    stream
}

/// The checksum (RFC 1950, 9).
fn adler_32(data: &[u8]) -> u32 {
    let (mut a, mut b) = (1_u32, 0_u32);
    // The sums of so many bytes do not overflow.
    for piece in data.chunks(5552) {
        for byte in piece {
            a += u32::from(*byte);
            b += a;
        }
        a %= 65_521;
        b %= 65_521;
    }
    b << 16 | a
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use flate2::{Decompress, FlushDecompress, Status};

    #[test]
    fn another_decoder_reads_what_was_stored_and_checks_it() {
        for length in [
            0,
            1,
            5,
            5552,
            5553,
            BLOCK - 1,
            BLOCK,
            BLOCK + 1,
            3 * BLOCK,
            400_000,
        ] {
            for byte in [0, 0xFF] {
                let data = vec![byte; length];
                let stream = store(&data);
                assert_eq!(stream.len(), stored_length(length));
                let mut read = Vec::with_capacity(length + 1);
                let mut decoder = Decompress::new(true);
                let status = decoder.decompress_vec(&stream, &mut read, FlushDecompress::Finish);
                assert_eq!(status.unwrap(), Status::StreamEnd);
                assert_eq!(decoder.total_in(), stream.len() as u64);
                assert!(read == data, "{length} times {byte}");
            }
        }
    }
}
