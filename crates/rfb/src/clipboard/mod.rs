//! The clipboard, both ways (rfbproto, "Extended Clipboard Pseudo-encoding").
//!
//! Each side says what it can take (caps), then that its clipboard has changed (notify), and is asked for what is in it
//! (request, provide). A server that has not said what it can take is sent plain Latin-1 text.
//!
//! The specification lets a message have one action. What has several is taken as one message for each, because
//! what it means is clear: what it provides first, then that there is more, then what it wants to know, then to have.

mod content;
mod html;
mod provide;
mod zlib;

use std::collections::VecDeque;

pub use content::ClipboardContent;
pub(crate) use content::line_ends;
use provide::Entry;

use crate::client::{Event, send};

const TEXT: u32 = 1;
const RTF: u32 = 1 << 1;
const HTML: u32 = 1 << 2;
const DIB: u32 = 1 << 3;
/// All formats that this client takes and gives, in the order of their bits. Others are passed over.
const ALL_FORMATS: [u32; 4] = [TEXT, RTF, HTML, DIB];
const FORMATS: u32 = TEXT | RTF | HTML | DIB;

const CAPS: u32 = 1 << 24;
const REQUEST: u32 = 1 << 25;
const PEEK: u32 = 1 << 26;
const NOTIFY: u32 = 1 << 27;
const PROVIDE: u32 = 1 << 28;

/// The longest message that is sent to a server that does not say that it takes more. LibVNCServer and QEMU end the
/// connection at one that is longer.
const MOST_SENT: usize = 1 << 20;

/// The same for a server that takes pictures, which neither of those does: as much as this client takes itself.
const MOST_SENT_WITH_PICTURES: usize = 16 << 20;

/// What both sides have said of their clipboards.
#[derive(Debug, Default)]
pub(crate) struct Clipboard {
    server: Option<Caps>,
    local: ClipboardContent,
    /// The formats of the local clipboard that the server waits for.
    requested: u32,
}

/// What a server has said that it can take.
#[derive(Debug, Clone, Copy)]
struct Caps {
    flags: u32,
    /// The size up to which each of [`ALL_FORMATS`] may be sent unasked.
    sizes: [u32; ALL_FORMATS.len()],
}

impl Clipboard {
    /// Takes another content of the local clipboard and tells the server.
    pub(crate) fn set(
        &mut self,
        content: ClipboardContent,
        output: &mut Vec<u8>,
        events: &mut VecDeque<Event>,
    ) {
        self.local = content;
        match self.server {
            Some(caps) => self.announce(caps, output, events),
            None => self.send_plain(output, events),
        }
    }

    /// Sends what the server has asked for and there is.
    pub(crate) fn provide(&mut self, output: &mut Vec<u8>) {
        let requested = std::mem::take(&mut self.requested);
        let entries = self.entries(requested);
        if !entries.is_empty() {
            put_provide(output, &entries);
        }
    }

    /// A message whose length is known to be within the limit.
    pub(crate) fn handle(
        &mut self,
        message: &[u8],
        limit: usize,
        output: &mut Vec<u8>,
        events: &mut VecDeque<Event>,
    ) {
        let Some((flags, data)) = message.split_first_chunk() else {
            events.push_back(Event::ClipboardUnreadable {
                reason: "the message ends before it says what it is",
            });
            return;
        };
        let flags = u32::from_be_bytes(*flags);
        // The other actions are then those that the server can take.
        if flags & CAPS != 0 {
            self.handle_caps(flags, data, output, events);
            return;
        }
        if flags & PROVIDE != 0 {
            provide::read(flags, data, limit, events);
        } else if flags & NOTIFY != 0 && flags & FORMATS != 0 && self.takes(REQUEST) {
            // All of it at once, so that it is there when it is wanted.
            put(output, flags & FORMATS | REQUEST, &[]);
        }
        let available = self.local.formats();
        if flags & PEEK != 0 && self.takes(NOTIFY) {
            put(output, available | NOTIFY, &[]);
        }
        if flags & REQUEST != 0 {
            match flags & available {
                0 if self.takes(NOTIFY) => put(output, available | NOTIFY, &[]),
                0 => {}
                formats => {
                    self.requested |= formats;
                    events.push_back(Event::ClipboardRequested);
                }
            }
        }
    }

    fn handle_caps(&mut self, flags: u32, data: &[u8], output: &mut Vec<u8>, events: &mut VecDeque<Event>) {
        let mut given = data.as_chunks().0.iter().map(|size| u32::from_be_bytes(*size));
        // A size for each format, in their order. One that is missing is none.
        let sizes = ALL_FORMATS.map(|format| match flags & format {
            0 => 0,
            _ => given.next().unwrap_or_default(),
        });
        let caps = Caps { flags, sizes };
        let is_first = self.server.replace(caps).is_none();
        // Nothing unasked: so there is no doubt whether a message replaces what came before or adds to it.
        let actions = CAPS | REQUEST | PEEK | NOTIFY | PROVIDE;
        put(output, FORMATS | actions, &[0; 4 * ALL_FORMATS.len()]);
        if is_first {
            if flags & DIB != 0 && (flags & NOTIFY != 0 || caps.size(DIB) > 0) {
                events.push_back(Event::ClipboardTakesPictures);
            }
            if self.local.formats() != 0 {
                // What it was sent as plain text may have lost something.
                self.announce(caps, output, events);
            }
            if flags & PEEK != 0 {
                put(output, PEEK, &[]);
            }
        }
    }

    /// Whether a server knows an action. One that has not said so knows those that it uses itself.
    fn takes(&self, action: u32) -> bool {
        self.server.is_none_or(|caps| caps.flags & action != 0)
    }

    /// Tells the server of the local clipboard: by sending all of it where the server wants that, or else its formats.
    fn announce(&self, caps: Caps, output: &mut Vec<u8>, events: &mut VecDeque<Event>) {
        let can = |action| caps.flags & action != 0;
        let entries = self.entries(caps.flags);
        let available = formats(&entries);
        let unasked: Vec<Entry> = entries
            .into_iter()
            .filter(|(format, data)| provide::message_length(data.len()) <= caps.size(*format))
            .collect();
        let is_complete = available != 0 && formats(&unasked) == available;
        if can(PROVIDE) && !can(NOTIFY) {
            // LibVNCServer 0.9.14 takes Unicode for programs that do not, x11vnc among them, and drops it. Others take
            // what comes after this in its place, which nobody tells; what is too long is told below.
            let mut told = VecDeque::new();
            self.send_plain(output, &mut told);
            events.extend(told.into_iter().filter(|event| *event == Event::ClipboardReduced));
        }
        let sent = if can(PROVIDE) && (is_complete || !can(NOTIFY)) {
            if !unasked.is_empty() {
                put_provide(output, &unasked);
            }
            formats(&unasked)
        } else if can(NOTIFY) {
            put(output, available | NOTIFY, &[]);
            available
        } else {
            return self.send_plain(output, events);
        };
        // What matters most of it.
        let first = if self.local.text.is_some() { TEXT } else { DIB };
        if self.local.formats() & caps.flags & first & !sent != 0 {
            let limit = if can(NOTIFY) {
                self.most_sent()
            } else {
                caps.size(first)
            };
            events.push_back(Event::ClipboardNotSent { limit });
        }
    }

    /// Plain text, whose end of line is a line feed (RFC 6143, 7.5.6).
    fn send_plain(&self, output: &mut Vec<u8>, events: &mut VecDeque<Event>) {
        let Some(text) = &self.local.text else { return };
        let mut is_reduced = false;
        let text: Vec<u8> = line_ends(text, "\n")
            .chars()
            .map(|c| {
                u8::try_from(c).unwrap_or_else(|_| {
                    is_reduced = true;
                    b'?'
                })
            })
            .collect();
        if text.len() > MOST_SENT {
            events.push_back(Event::ClipboardNotSent { limit: MOST_SENT });
            return;
        }
        if is_reduced {
            events.push_back(Event::ClipboardReduced);
        }
        send::client_cut_text(output, text.len() as i32, &text);
    }

    /// The local clipboard in those of these formats that go into one message together, the most useful first.
    fn entries(&self, formats: u32) -> Vec<Entry> {
        let mut room = self.most_sent();
        let mut entries = Vec::new();
        for format in [TEXT, HTML, RTF, DIB] {
            if let Some(data) = self.local.data(formats & format)
                && let Some(left) = room.checked_sub(provide::message_length(data.len()))
            {
                room = left;
                // They are sent in the order of their bits, in which RTF comes before HTML.
                let later = entries.iter().position(|(other, _)| *other > format);
                entries.insert(later.unwrap_or(entries.len()), (format, data));
            }
        }
        entries
    }

    fn most_sent(&self) -> usize {
        let Some(Caps { flags, sizes }) = self.server else {
            return MOST_SENT;
        };
        // No message can have more bytes than this.
        let largest = sizes.into_iter().max().unwrap_or_default().min(i32::MAX as u32);
        (largest as usize).max(match flags & DIB {
            0 => MOST_SENT,
            _ => MOST_SENT_WITH_PICTURES,
        })
    }
}

impl Caps {
    fn size(&self, format: u32) -> usize {
        let place = ALL_FORMATS.iter().position(|known| *known == format);
        place
            .and_then(|place| self.sizes.get(place))
            .map_or(0, |size| *size as usize)
    }
}

fn formats(entries: &[Entry]) -> u32 {
    entries.iter().fold(0, |formats, (format, _)| formats | format)
}

/// A message, whose length is negative to say which kind it is.
fn put(output: &mut Vec<u8>, flags: u32, data: &[u8]) {
    // Whatever is sent has been made to fit.
    let length = i32::try_from(data.len() + 4).unwrap_or(i32::MAX);
    send::client_cut_text(output, -length, &flags.to_be_bytes());
    output.extend_from_slice(data);
}

fn put_provide(output: &mut Vec<u8>, entries: &[Entry]) {
    put(output, formats(entries) | PROVIDE, &provide::write(entries));
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests;
