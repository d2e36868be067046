//! A zlib stream (RFC 1950 and 1951), inflated as its bytes come.
//!
//! What is inflated stays where it is written, in one buffer, as the history that later matches refer to: neither
//! is copied anywhere else. That, and having no CRC-32 tables for gzip's sake, is why this is not a library's: zlib-rs
//! was 16 KB of gzip in the page's first load. On screen content this has 0.8 to 1.0 times its speed (x86-64).

use super::huffman::{CODE_LENGTHS, DISTANCES, Entry, Kind, LITERALS_AND_LENGTHS, MAX_LENGTH, Table};
use crate::error::DecodeError;

/// How far back a match may refer.
const WINDOW: usize = 32 << 10;
/// Room for the history, for as much again that has not been used yet, and for what comes.
const BUFFER: usize = 4 * WINDOW;
/// Matches are copied in pieces of this size.
const PIECE: usize = 16;
/// The longest match, and what copying may write beyond it.
const LONGEST: usize = 258 + PIECE;
/// While there are so many bytes of input, the bits can be filled twice without looking.
const FAST_INPUT: usize = 16;

/// A zlib stream, which goes on from rectangle to rectangle.
#[derive(Debug, Default)]
pub struct Stream {
    /// Made when it is first needed: most servers use few of their streams.
    inner: Option<Box<Inner>>,
}

#[derive(Debug)]
struct Inner {
    buffer: Vec<u8>,
    /// Up to where the buffer is written.
    end: usize,
    /// From where on it is written by the stream that is being read: no match refers to anything before.
    origin: usize,
    /// Bits that have been taken from the input and not been used, from the lowest on.
    bits: u64,
    /// How many.
    count: u32,
    state: State,
    /// The block now being read is the last one.
    is_last: bool,
    /// The tables are those of the fixed codes, which small rectangles often have.
    has_fixed_codes: bool,
    lengths: Lengths,
    literals: Table<1024>,
    distances: Table<512>,
}

/// What comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// The two bytes of zlib's header.
    Header,
    /// A block's three bits.
    Block,
    /// The length of a stored block.
    StoredLength,
    /// So many bytes as they are.
    Stored(usize),
    /// The sizes of a dynamic block's codes.
    Sizes,
    /// The lengths of the code of code lengths.
    CodeLengths,
    /// The lengths of the other two codes.
    SymbolLengths,
    /// A literal or a length.
    Symbol,
    /// The distance of a match of this length.
    Distance(usize),
    /// What a match refers to.
    Match { length: usize, distance: usize },
    /// The checksum at the end.
    Checksum,
    /// Nothing that could be understood.
    Corrupt,
}

/// The lengths of a dynamic block's codes as far as they have been read.
#[derive(Debug)]
struct Lengths {
    literals: usize,
    distances: usize,
    code_lengths: usize,
    read: usize,
    lengths: [u8; 320],
    table: Table<128>,
}

/// The order in which the lengths of the code of code lengths come (RFC 1951, 3.2.7).
const ORDER: [u8; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

impl Stream {
    /// Forgets everything: what comes next is the beginning of a stream.
    pub(in super::super) fn reset(&mut self) {
        if let Some(inner) = &mut self.inner {
            inner.begin();
            (inner.bits, inner.count) = (0, 0);
        }
    }

    /// Inflates as much of `input` as there is room for, and says how many bytes it took and gave. The last `unread`
    /// bytes that it gave before are kept. Input that is corrupt is an error once all before it has been given.
    pub fn inflate(&mut self, input: &[u8], unread: usize) -> Result<(usize, usize), DecodeError> {
        let inner = self.inner.get_or_insert_with(|| Box::new(Inner::new()));
        inner.make_room(unread);
        let (mut rest, start) = (input, inner.end);
        let outcome = inner.run(&mut rest);
        let given = inner.end - start;
        if outcome.is_err() {
            inner.state = State::Corrupt;
            if given == 0 {
                return Err(DecodeError::CorruptZlib);
            }
        }
        Ok((input.len() - rest.len(), given))
    }

    /// The last `count` bytes that it gave.
    pub fn last(&self, count: usize) -> &[u8] {
        let last = self
            .inner
            .as_deref()
            .and_then(|inner| inner.buffer.get(inner.end - count..inner.end));
        last.unwrap_or_default()
    }
}

impl Inner {
    fn new() -> Self {
        Self {
            buffer: vec![0; BUFFER],
            end: 0,
            origin: 0,
            bits: 0,
            count: 0,
            state: State::Header,
            is_last: false,
            has_fixed_codes: false,
            lengths: Lengths {
                literals: 0,
                distances: 0,
                code_lengths: 0,
                read: 0,
                lengths: [0; 320],
                table: Table::EMPTY,
            },
            literals: Table::EMPTY,
            distances: Table::EMPTY,
        }
    }

    /// Begins a stream anew, with the bits that are there.
    fn begin(&mut self) {
        self.state = State::Header;
        self.is_last = false;
        self.origin = self.end;
    }

    /// Moves history and what is unread to the front when there is little room behind them.
    fn make_room(&mut self, unread: usize) {
        if self.buffer.len() - self.end < WINDOW {
            let keep = unread.max(WINDOW).min(self.end);
            self.buffer.copy_within(self.end - keep..self.end, 0);
            self.origin = self.origin.saturating_sub(self.end - keep);
            self.end = keep;
        }
    }

    /// Goes on until the input or the room is used up.
    fn run(&mut self, input: &mut &[u8]) -> Result<(), DecodeError> {
        while self.buffer.len() - self.end >= LONGEST {
            self.fill(input);
            let went_on = match self.state {
                State::Header => self.header()?,
                State::Block => self.block()?,
                State::StoredLength => self.stored_length()?,
                State::Stored(left) => self.stored(left, input),
                State::Sizes => self.sizes()?,
                State::CodeLengths => self.code_lengths()?,
                State::SymbolLengths => self.symbol_lengths()?,
                State::Symbol => {
                    self.symbols_fast(input)?;
                    self.fill(input);
                    self.symbol()?
                }
                State::Distance(length) => self.distance(length)?,
                State::Match { length, distance } => {
                    copy_match(&mut self.buffer, self.end, distance, length);
                    self.end += length;
                    self.state = State::Symbol;
                    true
                }
                State::Checksum => self.checksum(),
                State::Corrupt => return Err(DecodeError::CorruptZlib),
            };
            if !went_on {
                break;
            }
        }
        Ok(())
    }

    /// Takes bytes until there are at least 56 bits, or no more bytes.
    fn fill(&mut self, input: &mut &[u8]) {
        while self.count < 56
            && let Some((byte, rest)) = input.split_first()
        {
            self.bits |= u64::from(*byte) << self.count;
            self.count += 8;
            *input = rest;
        }
    }

    fn skip(&mut self, count: u32) {
        self.bits >>= count;
        self.count -= count;
    }

    /// The next so many bits, once they are there.
    fn take(&mut self, count: u32) -> Option<usize> {
        if self.count < count {
            return None;
        }
        let value = self.bits & ((1 << count) - 1);
        self.skip(count);
        Some(value as usize)
    }

    /// zlib's header (RFC 1950, 2.2).
    fn header(&mut self) -> Result<bool, DecodeError> {
        let Some(header) = self.take(16) else {
            return Ok(false);
        };
        let (method, flags) = (header & 255, header >> 8);
        let is_deflate = method & 15 == 8 && method >> 4 <= 7;
        let has_dictionary = flags & 32 != 0;
        if !is_deflate || has_dictionary || !(method << 8 | flags).is_multiple_of(31) {
            return Err(DecodeError::CorruptZlib);
        }
        self.state = State::Block;
        Ok(true)
    }

    /// A block's beginning (RFC 1951, 3.2.3).
    fn block(&mut self) -> Result<bool, DecodeError> {
        if self.is_last {
            // The checksum begins with a byte of its own.
            self.skip(self.count % 8);
            self.state = State::Checksum;
            return Ok(true);
        }
        let Some(block) = self.take(3) else {
            return Ok(false);
        };
        self.is_last = block & 1 != 0;
        match block >> 1 {
            0 => {
                self.skip(self.count % 8);
                self.state = State::StoredLength;
            }
            1 if self.has_fixed_codes => self.state = State::Symbol,
            1 => {
                let lengths = std::array::from_fn::<u8, 288, _>(|symbol| match symbol {
                    0..144 => 8,
                    144..256 => 9,
                    256..280 => 7,
                    _ => 8,
                });
                self.literals.build(&lengths, &LITERALS_AND_LENGTHS, false)?;
                self.distances.build(&[5; 32], &DISTANCES, false)?;
                self.has_fixed_codes = true;
                self.state = State::Symbol;
            }
            2 => self.state = State::Sizes,
            _ => return Err(DecodeError::CorruptZlib),
        }
        Ok(true)
    }

    fn stored_length(&mut self) -> Result<bool, DecodeError> {
        let Some(lengths) = self.take(32) else {
            return Ok(false);
        };
        let (length, complement) = (lengths & 0xFFFF, lengths >> 16);
        if length != complement ^ 0xFFFF {
            return Err(DecodeError::CorruptZlib);
        }
        self.state = State::Stored(length);
        Ok(true)
    }

    /// Bytes as they are: first those among the bits, then those of the input.
    fn stored(&mut self, left: usize, input: &mut &[u8]) -> bool {
        let mut left = left;
        while left > 0
            && self.end < self.buffer.len()
            && let Some(byte) = self.take(8)
        {
            self.buffer[self.end] = byte as u8;
            self.end += 1;
            left -= 1;
        }
        let room = self.buffer.get_mut(self.end..).unwrap_or_default();
        let length = left.min(room.len()).min(input.len());
        let (bytes, rest) = input.split_at(length);
        room[..length].copy_from_slice(bytes);
        *input = rest;
        self.end += length;
        left -= length;
        self.state = if left == 0 {
            State::Block
        } else {
            State::Stored(left)
        };
        left == 0
    }

    /// How many codes a dynamic block has of each kind (RFC 1951, 3.2.7).
    fn sizes(&mut self) -> Result<bool, DecodeError> {
        let Some(sizes) = self.take(14) else {
            return Ok(false);
        };
        let lengths = &mut self.lengths;
        lengths.literals = (sizes & 31) + 257;
        lengths.distances = (sizes >> 5 & 31) + 1;
        lengths.code_lengths = (sizes >> 10) + 4;
        lengths.read = 0;
        lengths.lengths.fill(0);
        if lengths.literals > 286 || lengths.distances > 30 {
            return Err(DecodeError::CorruptZlib);
        }
        self.state = State::CodeLengths;
        Ok(true)
    }

    fn code_lengths(&mut self) -> Result<bool, DecodeError> {
        while self.lengths.read < self.lengths.code_lengths {
            let Some(length) = self.take(3) else {
                return Ok(false);
            };
            let symbol = ORDER.get(self.lengths.read).copied().unwrap_or_default();
            self.lengths.lengths[usize::from(symbol)] = length as u8;
            self.lengths.read += 1;
        }
        let lengths = &mut self.lengths;
        let (code_lengths, _) = lengths.lengths.split_at(ORDER.len());
        lengths.table.build(code_lengths, &CODE_LENGTHS, false)?;
        lengths.read = 0;
        self.state = State::SymbolLengths;
        Ok(true)
    }

    fn symbol_lengths(&mut self) -> Result<bool, DecodeError> {
        let wanted = self.lengths.literals + self.lengths.distances;
        while self.lengths.read < wanted {
            let entry = self.lengths.table.find(self.bits);
            let (extra, base) = match entry.value() {
                16 => (2, 3),
                17 => (3, 3),
                18 => (7, 11),
                _ => (0, 1),
            };
            let length = entry.length();
            if self.count < length + extra || (length == 0 && self.count < MAX_LENGTH) {
                return Ok(false);
            }
            if length == 0 {
                return Err(DecodeError::CorruptZlib);
            }
            self.skip(length);
            let times = base + (self.bits & ((1 << extra) - 1)) as usize;
            self.skip(extra);
            let lengths = &mut self.lengths;
            let value = match entry.value() {
                16 => *lengths
                    .read
                    .checked_sub(1)
                    .and_then(|last| lengths.lengths.get(last))
                    .ok_or(DecodeError::CorruptZlib)?,
                17 | 18 => 0,
                value => value as u8,
            };
            if lengths.read + times > wanted {
                return Err(DecodeError::CorruptZlib);
            }
            lengths.lengths[lengths.read..lengths.read + times].fill(value);
            lengths.read += times;
            if self.count < 14 {
                // More bits may be had.
                return Ok(self.lengths.read < wanted || self.end_lengths()?);
            }
        }
        self.end_lengths()
    }

    /// Makes the tables of a dynamic block, whose lengths are all there.
    fn end_lengths(&mut self) -> Result<bool, DecodeError> {
        let lengths = &self.lengths;
        let (literals, rest) = lengths.lengths.split_at(lengths.literals);
        // A block that could never end.
        if literals.get(256) == Some(&0) {
            return Err(DecodeError::CorruptZlib);
        }
        self.has_fixed_codes = false;
        self.literals.build(literals, &LITERALS_AND_LENGTHS, true)?;
        self.distances
            .build(&rest[..lengths.distances], &DISTANCES, true)?;
        self.state = State::Symbol;
        Ok(true)
    }

    /// A literal or length, at the edges of input and room.
    fn symbol(&mut self) -> Result<bool, DecodeError> {
        let Some((entry, value)) = self.coded(self.literals.find(self.bits))? else {
            return Ok(false);
        };
        match entry.kind() {
            Kind::Literal => {
                self.buffer[self.end] = value as u8;
                self.end += 1;
            }
            Kind::Value => self.state = State::Distance(value),
            Kind::EndOfBlock => self.state = State::Block,
            Kind::Reserved => return Err(DecodeError::CorruptZlib),
        }
        Ok(true)
    }

    fn distance(&mut self, length: usize) -> Result<bool, DecodeError> {
        let Some((entry, distance)) = self.coded(self.distances.find(self.bits))? else {
            return Ok(false);
        };
        if entry.kind() != Kind::Value || distance > self.end - self.origin {
            return Err(DecodeError::CorruptZlib);
        }
        self.state = State::Match { length, distance };
        Ok(true)
    }

    /// Takes a code and its extra bits, once all are there; gives its value.
    fn coded(&mut self, entry: Entry) -> Result<Option<(Entry, usize)>, DecodeError> {
        if entry.length() == 0 && self.count >= MAX_LENGTH {
            return Err(DecodeError::CorruptZlib);
        }
        if entry.length() == 0 || self.count < entry.length() + entry.extra() {
            return Ok(None);
        }
        self.skip(entry.length());
        let value = entry.value() as usize + (self.bits & ((1 << entry.extra()) - 1)) as usize;
        self.skip(entry.extra());
        Ok(Some((entry, value)))
    }

    /// Literals and matches while there is plenty of input and room; leaves anything else to [`Self::symbol`].
    fn symbols_fast(&mut self, input: &mut &[u8]) -> Result<(), DecodeError> {
        let (mut bits, mut count, mut end) = (self.bits, self.count, self.end);
        let buffer = self.buffer.as_mut_slice();
        let mut result = Ok(());
        while input.len() >= FAST_INPUT && buffer.len() - end >= LONGEST + 3 {
            refill(&mut bits, &mut count, input);
            let mut entry = self.literals.short(bits);
            if entry.is_short_literal() {
                // Up to three codes of at most 10 bits, and still enough for a length's.
                // Written out: as a loop a photograph takes 10 % longer (bench `decode`).
                bits >>= entry.length();
                count -= entry.length();
                buffer[end] = entry.value() as u8;
                end += 1;
                entry = self.literals.short(bits);
                if entry.is_short_literal() {
                    bits >>= entry.length();
                    count -= entry.length();
                    buffer[end] = entry.value() as u8;
                    end += 1;
                    entry = self.literals.short(bits);
                    if entry.is_short_literal() {
                        bits >>= entry.length();
                        count -= entry.length();
                        buffer[end] = entry.value() as u8;
                        end += 1;
                        continue;
                    }
                }
                refill(&mut bits, &mut count, input);
            }
            let entry = self.literals.find(bits);
            if entry.kind() != Kind::Value {
                if entry.length() > 0 && entry.kind() == Kind::Literal {
                    bits >>= entry.length();
                    count -= entry.length();
                    buffer[end] = entry.value() as u8;
                    end += 1;
                    continue;
                }
                // The end of the block, or a code that there is not.
                break;
            }
            // A length and a distance are at most 48 bits, and 56 are there.
            let mut ahead = bits >> entry.length();
            let length = entry.value() as usize + (ahead & ((1 << entry.extra()) - 1)) as usize;
            ahead >>= entry.extra();
            let far = self.distances.find(ahead);
            if far.length() == 0 || far.kind() != Kind::Value {
                result = Err(DecodeError::CorruptZlib);
                break;
            }
            ahead >>= far.length();
            let distance = far.value() as usize + (ahead & ((1 << far.extra()) - 1)) as usize;
            if distance > end - self.origin {
                result = Err(DecodeError::CorruptZlib);
                break;
            }
            bits = ahead >> far.extra();
            count -= entry.length() + entry.extra() + far.length() + far.extra();
            copy_match(buffer, end, distance, length);
            end += length;
        }
        // Beyond the count there may be bits of bytes that have not been taken.
        self.bits = bits & ((1 << count) - 1);
        self.count = count;
        self.end = end;
        result
    }

    /// The checksum at a stream's end. It is passed over: whatever carries RFB sees to it that bytes stay what they
    /// are, and summing up all that is inflated would cost a tenth of the time. Another stream may follow.
    fn checksum(&mut self) -> bool {
        if self.take(32).is_none() {
            return false;
        }
        self.begin();
        true
    }
}

/// Fills the bits up to at least 56 of them; there are at least 8 bytes of input.
#[inline]
fn refill(bits: &mut u64, count: &mut u32, input: &mut &[u8]) {
    if let Some(bytes) = input.first_chunk::<8>() {
        // Bits beyond the count are those of the bytes that come next: to set them once more changes nothing.
        *bits |= u64::from_le_bytes(*bytes) << *count;
        *input = &input[(63 - *count) as usize / 8..];
        *count |= 56;
    }
}

/// Repeats what was written `distance` bytes ago. Up to [`PIECE`] bytes behind the match are written, too.
#[inline]
fn copy_match(buffer: &mut [u8], end: usize, distance: usize, length: usize) {
    let Some(from) = end.checked_sub(distance) else {
        return;
    };
    let Some(area) = buffer.get_mut(from..end + length + PIECE) else {
        return;
    };
    if distance >= PIECE {
        for at in (0..length).step_by(PIECE) {
            let mut piece = [0; PIECE];
            piece.copy_from_slice(&area[at..at + PIECE]);
            area[distance + at..distance + at + PIECE].copy_from_slice(&piece);
        }
    } else if distance == 1 {
        let byte = area[0];
        area[1..=length].fill(byte);
    } else {
        for at in 0..length {
            area[distance + at] = area[at];
        }
    }
}
