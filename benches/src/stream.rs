//! Recorded streams: what a server has sent after `ServerInit`, and the size of its screen.

use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;

use anyhow::{Context, Result};
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;

use crate::wire::{self, Message, ZlibStream};

/// The end of a stream's file name.
const SUFFIX: &str = ".rfb.gz";

/// The two bytes that a zlib stream begins with.
const ZLIB_HEADER: usize = 2;

/// A stream that can be replayed any number of times on one connection.
#[derive(Debug)]
pub(crate) struct Stream {
    /// What was shown and how, such as `terminal-zrle`.
    pub(crate) name: String,
    pub(crate) size: (u16, u16),
    /// Whole messages, each in its form for the first time and for every time after that.
    messages: Vec<[Vec<u8>; 2]>,
    /// How many pixels are painted each time.
    pub(crate) pixels: u64,
    /// How many bytes come each time.
    pub(crate) bytes: usize,
}

impl Stream {
    /// Whole messages of a server that has this screen. A zlib stream of the connection goes on with what it began with:
    /// there it must not have its header again. All that refers to what is before it finds the same there again.
    pub(crate) fn new(name: &str, size: (u16, u16), bytes: &[u8]) -> Result<Self> {
        let mut stream = Self {
            name: name.to_owned(),
            size,
            messages: Vec::new(),
            pixels: 0,
            bytes: bytes.len(),
        };
        let mut begun = Begun::default();
        let mut rest = bytes;
        while !rest.is_empty() {
            let message = wire::message(rest).with_context(|| format!("in the stream {name}"))?;
            let (first, after) = rest.split_at(message.length);
            stream.pixels += message.pixels;
            stream
                .messages
                .push([first.to_vec(), begun.again(first, &message)]);
            rest = after;
        }
        Ok(stream)
    }

    /// Whether no pixel is other than the server's.
    pub(crate) fn is_lossless(&self) -> bool {
        !self.name.ends_with("-jpeg")
    }

    /// The messages, replayed so many times.
    pub(crate) fn replayed(&self, passes: usize) -> impl Iterator<Item = &[u8]> + Send {
        (0..passes).flat_map(|pass| self.messages.iter().map(move |forms| &*forms[pass.min(1)]))
    }

    /// The message with this number where they are replayed without end.
    pub(crate) fn message(&self, number: usize) -> Option<&[u8]> {
        let pass = number.checked_div(self.messages.len())?;
        let forms = self.messages.get(number % self.messages.len())?;
        Some(&forms[pass.min(1)])
    }

    fn read(path: &Path, name: &str) -> Result<Self> {
        let file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
        let mut bytes = Vec::new();
        GzDecoder::new(file)
            .read_to_end(&mut bytes)
            .with_context(|| format!("in {}", path.display()))?;
        let (&[w1, w0, h1, h0], rest) = bytes.split_first_chunk().context("there is no header")?;
        Self::new(
            name,
            (u16::from_be_bytes([w1, w0]), u16::from_be_bytes([h1, h0])),
            rest,
        )
    }
}

/// Which of the connection's zlib streams have been begun.
#[derive(Debug, Default)]
struct Begun(Vec<ZlibStream>);

impl Begun {
    /// A message in the form in which it can come again.
    fn again(&mut self, bytes: &[u8], message: &Message) -> Vec<u8> {
        let mut again = Vec::with_capacity(bytes.len());
        let mut rest = 0;
        for piece in &message.zlib {
            if self.0.contains(&piece.stream) {
                continue;
            }
            self.0.push(piece.stream);
            again.extend_from_slice(&bytes[rest..piece.field.start]);
            again.extend(
                piece
                    .stream
                    .length_field(piece.length.saturating_sub(ZLIB_HEADER)),
            );
            rest = piece.field.end + ZLIB_HEADER.min(piece.length);
        }
        again.extend_from_slice(&bytes[rest..]);
        again
    }
}

/// Writes a stream, and tells how large its file is.
pub(crate) fn write(folder: &Path, name: &str, (width, height): (u16, u16), bytes: &[u8]) -> Result<u64> {
    let path = folder.join(format!("{name}{SUFFIX}"));
    let file = File::create(&path).with_context(|| format!("cannot write {}", path.display()))?;
    let mut writer = GzEncoder::new(file, Compression::best());
    writer.write_all(&width.to_be_bytes())?;
    writer.write_all(&height.to_be_bytes())?;
    writer.write_all(bytes)?;
    Ok(writer.finish()?.metadata()?.len())
}

/// How many bytes these are in a file.
pub(crate) fn compressed(bytes: &[u8]) -> Result<usize> {
    let mut writer = GzEncoder::new(Vec::new(), Compression::best());
    writer.write_all(bytes)?;
    Ok(writer.finish()?.len())
}

/// The streams in a folder whose names have one of these words in them, or all where there is none.
pub(crate) fn read_all(folder: &Path, words: &[String]) -> Result<Vec<Stream>> {
    let mut streams = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let path = entry?.path();
        let file = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let Some(name) = file.strip_suffix(SUFFIX) else {
            continue;
        };
        if words.is_empty() || words.iter().any(|word| name.contains(word)) {
            streams.push(Stream::read(&path, name)?);
        }
    }
    streams.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(streams)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use tempfile::TempDir;

    use super::{Stream, read_all, write};
    use crate::wire::tests::update;

    fn replayed(bytes: &[u8]) -> Vec<u8> {
        let stream = Stream::new("any", (9, 9), bytes).unwrap();
        let numbered = (0..).map_while(|number| stream.message(number));
        assert!(stream.replayed(2).eq(numbered.take(stream.replayed(2).count())));
        stream.replayed(2).flatten().copied().collect()
    }

    #[test]
    fn a_stream_without_zlib_comes_again_as_it_was() {
        let raw = update(1, 1, 0, &[1, 2, 3, 4]);
        assert_eq!(replayed(&raw), [&raw[..], &raw].concat());
    }

    #[test]
    fn each_of_tights_streams_goes_on_without_its_header() {
        let first = update(9, 9, 7, &[0x10, 4, 0x78, 1, 5, 6]);
        let second = update(9, 9, 7, &[0x10, 2, 6, 6]);
        let other = update(9, 9, 7, &[0x20, 3, 0x78, 1, 7]);
        let again = [
            update(9, 9, 7, &[0x10, 2, 5, 6]),
            second.clone(),
            update(9, 9, 7, &[0x20, 1, 7]),
        ];
        let all = replayed(&[&first[..], &second, &other].concat());
        assert_eq!(all, [&first[..], &second, &other, &again.concat()].concat());
    }

    #[test]
    fn zrle_goes_on_without_the_header() {
        let first = update(9, 9, 16, &[0, 0, 0, 4, 0x78, 1, 5, 6]);
        let second = update(9, 9, 16, &[0, 0, 0, 1, 7]);
        let stripped = update(9, 9, 16, &[0, 0, 0, 2, 5, 6]);
        let all = replayed(&[&first[..], &second].concat());
        assert_eq!(all, [&first[..], &second, &stripped, &second].concat());
    }

    #[test]
    fn a_stream_is_read_as_it_was_written() {
        let folder = TempDir::new().unwrap();
        let raw = update(1, 1, 0, &[1, 2, 3, 4]);
        write(folder.path(), "photographs-tight-jpeg", (640, 480), &raw).unwrap();
        let streams = read_all(folder.path(), &["tight".into()]).unwrap();
        let [stream] = &streams[..] else {
            unreachable!("there is one")
        };
        assert_eq!((stream.size, stream.pixels, stream.bytes), ((640, 480), 1, 20));
        assert!(!stream.is_lossless());
        assert!(read_all(folder.path(), &["hextile".into()]).unwrap().is_empty());
    }
}
