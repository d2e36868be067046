//! The data of a provide message: a zlib stream of its own, in which each format has its size and then its bytes.

use std::collections::VecDeque;

use super::content::ClipboardContent;
use super::{ALL_FORMATS, zlib};
use crate::client::Event;
use crate::encodings::inflate::Stream;

/// A format and its data.
pub(super) type Entry = (u32, Vec<u8>);

/// What stands in the stream behind all formats. LibVNCServer 0.9.14 ends the connection where the stream ends with
/// the last of them, and QEMU takes no long text from a stream that does not end.
const REST: [u8; 1] = [0];

/// The stream of these formats, which are in order.
pub(super) fn write(entries: &[Entry]) -> Vec<u8> {
    let mut data = Vec::new();
    for (_, entry) in entries {
        data.extend_from_slice(&(entry.len() as u32).to_be_bytes());
        data.extend_from_slice(entry);
    }
    data.extend_from_slice(&REST);
    zlib::store(&data)
}

/// The length of a message that provides one format of so many bytes.
pub(super) fn message_length(length: usize) -> usize {
    4 + zlib::stored_length(4 + length + REST.len())
}

/// Reads those formats that are known. What was read before something is wrong is given all the same.
pub(super) fn read(flags: u32, data: &[u8], limit: usize, events: &mut VecDeque<Event>) {
    let mut reader = Reader {
        stream: Stream::default(),
        rest: data,
        unread: 0,
    };
    let mut content = ClipboardContent::default();
    let mut problem = None;
    // The formats come in the order of their bits, so those that are not known come after these.
    for format in ALL_FORMATS {
        if flags & format == 0 {
            continue;
        }
        match reader.format(limit) {
            Ok(data) => content.take(format, data),
            Err(event) => {
                problem = Some(event);
                break;
            }
        }
    }
    if content != ClipboardContent::default() {
        events.push_back(Event::Clipboard(content));
    }
    events.extend(problem);
}

/// Reads what is inflated, and never inflates more than is read.
struct Reader<'a> {
    stream: Stream,
    rest: &'a [u8],
    /// How many inflated bytes have not been read yet.
    unread: usize,
}

impl Reader<'_> {
    fn format(&mut self, limit: usize) -> Result<Vec<u8>, Event> {
        let mut size = Vec::new();
        self.read(4, &mut size)?;
        let length = size.first_chunk().map_or(0, |size| u32::from_be_bytes(*size));
        if length as usize > limit {
            return Err(Event::ClipboardTooLong { length });
        }
        let mut data = Vec::new();
        self.read(length as usize, &mut data)?;
        Ok(data)
    }

    /// Memory grows with what there is, not with what was said.
    fn read(&mut self, length: usize, data: &mut Vec<u8>) -> Result<(), Event> {
        while data.len() < length {
            if self.unread == 0 {
                let inflated = self.stream.inflate(self.rest, 0);
                let (taken, given) = inflated.map_err(|_| unreadable("its zlib stream is corrupt"))?;
                if taken == 0 && given == 0 {
                    return Err(unreadable("it ends too early"));
                }
                self.rest = self.rest.get(taken..).unwrap_or_default();
                self.unread = given;
            }
            let ready = self.stream.last(self.unread);
            let used = ready.len().min(length - data.len());
            data.extend_from_slice(ready.get(..used).unwrap_or_default());
            self.unread -= used;
        }
        Ok(())
    }
}

fn unreadable(reason: &'static str) -> Event {
    Event::ClipboardUnreadable { reason }
}
