//! Codes of variable length (RFC 1951, 3.2.2): tables to decode them with.

use crate::error::DecodeError;

/// No code is longer.
pub(super) const MAX_LENGTH: u32 = 15;

/// What a code stands for, packed so that decoding takes one look:
/// bits 0 to 3 are the code's length, 4 to 7 how many extra bits follow it, 8 and 9 the [`Kind`], and 16 to 31 the
/// literal or the value that the extra bits are added to. An entry of 0 is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Entry(u32);

/// What a symbol is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Literal = 0,
    /// A length or a distance, or in the code of code lengths a length.
    Value = 1,
    EndOfBlock = 2,
    /// A symbol that no stream may have.
    Reserved = 3,
}

impl Entry {
    pub(super) const fn new(kind: Kind, value: u16, extra: u32) -> Self {
        Self((value as u32) << 16 | (kind as u32) << 8 | extra << 4)
    }

    const fn with_length(self, length: u32) -> Self {
        Self(self.0 | length)
    }

    /// The length of its code in bits; 0 if it is none.
    #[inline]
    pub(super) const fn length(self) -> u32 {
        self.0 & 15
    }

    #[inline]
    pub(super) const fn extra(self) -> u32 {
        self.0 >> 4 & 15
    }

    #[inline]
    pub(super) const fn value(self) -> u32 {
        self.0 >> 16
    }

    /// Whether it is a literal whose code is in the table.
    #[inline]
    pub(super) const fn is_short_literal(self) -> bool {
        self.0 & 0x300 == 0 && self.0 & 15 != 0
    }

    pub(super) const fn kind(self) -> Kind {
        match self.0 >> 8 & 3 {
            0 => Kind::Literal,
            1 => Kind::Value,
            2 => Kind::EndOfBlock,
            _ => Kind::Reserved,
        }
    }
}

/// A table of `SIZE` entries, which holds the codes of up to log2 of `SIZE` bits; the few that are longer are found
/// by comparing. Sized for screens: a larger one takes longer to build than a small rectangle to decode.
#[derive(Debug)]
pub(super) struct Table<const SIZE: usize> {
    short: [Entry; SIZE],
    /// For each length: the first code that is longer, aligned to 16 bits from the left.
    limits: [u32; MAX_LENGTH as usize + 1],
    /// For each length: what a code of it has to be added to be its place in `long`.
    offsets: [i32; MAX_LENGTH as usize + 1],
    /// The entries in the order of their codes.
    ordered: [Entry; 288],
}

impl<const SIZE: usize> Table<SIZE> {
    const BITS: u32 = SIZE.trailing_zeros();

    pub(super) const EMPTY: Self = Self {
        short: [Entry(0); SIZE],
        limits: [0; MAX_LENGTH as usize + 1],
        offsets: [0; MAX_LENGTH as usize + 1],
        ordered: [Entry(0); 288],
    };

    /// Makes the table for codes of these lengths, 0 for a symbol without a code. Codes must use up all the bits
    /// there are, but for a single code of one bit or none at all, where `may_be_incomplete`.
    pub(super) fn build(
        &mut self,
        lengths: &[u8],
        entries: &[Entry],
        may_be_incomplete: bool,
    ) -> Result<(), DecodeError> {
        let mut counts = [0_u32; 16];
        for length in lengths {
            counts[usize::from(length & 15)] += 1;
        }
        counts[0] = 0;
        let mut codes = [0_u32; 16];
        let (mut code, mut index, mut longest) = (0, 0, 0);
        for length in 1..=MAX_LENGTH {
            let count = counts[length as usize];
            code <<= 1;
            codes[length as usize] = code;
            self.offsets[length as usize] = index - code as i32;
            code += count;
            index += count as i32;
            if code > 1 << length {
                return Err(DecodeError::CorruptZlib);
            }
            if count > 0 {
                longest = length;
            }
            self.limits[length as usize] = code << (16 - length);
        }
        let is_complete = code == 1 << MAX_LENGTH;
        if !(is_complete || may_be_incomplete && longest <= 1) {
            return Err(DecodeError::CorruptZlib);
        }
        if !is_complete {
            self.short.fill(Entry(0));
        }
        for (length, entry) in lengths.iter().zip(entries) {
            let length = u32::from(*length);
            if length == 0 {
                continue;
            }
            let code = codes[length as usize & 15];
            codes[length as usize & 15] += 1;
            let entry = entry.with_length(length);
            let place = code as i32 + self.offsets[length as usize & 15];
            if let Some(to) = self.ordered.get_mut(place as usize) {
                *to = entry;
            }
            // Codes come from their highest bit on, everything else from its lowest.
            let reversed = (code << (32 - length)).reverse_bits() as usize;
            if length <= Self::BITS {
                self.short[reversed..]
                    .iter_mut()
                    .step_by(1 << length)
                    .for_each(|to| *to = entry);
            } else {
                self.short[reversed & (SIZE - 1)] = Entry(0);
            }
        }
        Ok(())
    }

    /// The entry of a short code that `bits` begin with; none if the code is longer.
    #[inline]
    pub(super) fn short(&self, bits: u64) -> Entry {
        self.short[bits as usize & (SIZE - 1)]
    }

    /// The entry of the code that `bits` begin with; none if there is no such code.
    #[inline]
    pub(super) fn find(&self, bits: u64) -> Entry {
        let entry = self.short(bits);
        if entry.length() > 0 {
            entry
        } else {
            self.find_long(bits)
        }
    }

    #[cold]
    fn find_long(&self, bits: u64) -> Entry {
        let code = u32::from((bits as u16).reverse_bits());
        let length = (Self::BITS + 1..=MAX_LENGTH).find(|length| code < self.limits[*length as usize]);
        let entry = length.and_then(|length| {
            let place = (code >> (16 - length)) as i32 + self.offsets[length as usize];
            self.ordered
                .get(place as usize)
                .filter(|entry| entry.length() == length)
        });
        entry.copied().unwrap_or_default()
    }
}

/// What literals and lengths stand for (RFC 1951, 3.2.5).
pub(super) const LITERALS_AND_LENGTHS: [Entry; 288] = literals_and_lengths();

/// What distances stand for.
pub(super) const DISTANCES: [Entry; 32] = distances();

/// What the code of code lengths stands for: plain numbers.
pub(super) const CODE_LENGTHS: [Entry; 19] = code_lengths();

const fn literals_and_lengths() -> [Entry; 288] {
    let mut entries = [Entry::new(Kind::Reserved, 0, 0); 288];
    let mut symbol = 0;
    while symbol < 256 {
        entries[symbol] = Entry::new(Kind::Literal, symbol as u16, 0);
        symbol += 1;
    }
    entries[256] = Entry::new(Kind::EndOfBlock, 0, 0);
    let mut base = 3;
    symbol = 257;
    while symbol < 285 {
        let extra = if symbol < 265 {
            0
        } else {
            (symbol as u32 - 261) / 4
        };
        entries[symbol] = Entry::new(Kind::Value, base, extra);
        base += 1 << extra;
        symbol += 1;
    }
    entries[285] = Entry::new(Kind::Value, 258, 0);
    entries
}

const fn distances() -> [Entry; 32] {
    let mut entries = [Entry::new(Kind::Reserved, 0, 0); 32];
    let mut base = 1_u32;
    let mut symbol = 0;
    while symbol < 30 {
        let extra = if symbol < 2 { 0 } else { (symbol as u32 - 2) / 2 };
        entries[symbol] = Entry::new(Kind::Value, base as u16, extra);
        base += 1 << extra;
        symbol += 1;
    }
    entries
}

const fn code_lengths() -> [Entry; 19] {
    let mut entries = [Entry(0); 19];
    let mut symbol = 0;
    while symbol < 19 {
        entries[symbol] = Entry::new(Kind::Value, symbol as u16, 0);
        symbol += 1;
    }
    entries
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn symbols_stand_for_what_the_specification_lists() {
        let told = |entry: Entry| (entry.value(), entry.extra());
        assert_eq!(told(LITERALS_AND_LENGTHS[257]), (3, 0));
        assert_eq!(told(LITERALS_AND_LENGTHS[265]), (11, 1));
        assert_eq!(told(LITERALS_AND_LENGTHS[284]), (227, 5));
        assert_eq!(told(LITERALS_AND_LENGTHS[285]), (258, 0));
        assert_eq!(LITERALS_AND_LENGTHS[286].kind(), Kind::Reserved);
        assert_eq!(told(DISTANCES[3]), (4, 0));
        assert_eq!(told(DISTANCES[4]), (5, 1));
        assert_eq!(told(DISTANCES[29]), (24577, 13));
    }

    #[test]
    fn codes_are_those_of_the_specifications_example() {
        // RFC 1951, 3.2.2: the symbols A to H have the lengths 3, 3, 3, 3, 3, 2, 4 and 4, and so the codes
        // 010, 011, 100, 101, 110, 00, 1110 and 1111.
        let lengths = [3, 3, 3, 3, 3, 2, 4, 4];
        let codes = ["010", "011", "100", "101", "110", "00", "1110", "1111"];
        let mut tables = (Table::<8>::EMPTY, Table::<64>::EMPTY);
        tables.0.build(&lengths, &CODE_LENGTHS, false).unwrap();
        tables.1.build(&lengths, &CODE_LENGTHS, false).unwrap();
        for (symbol, code) in (0..).zip(codes) {
            let bits = code
                .bytes()
                .rev()
                .fold(0, |bits, digit| bits << 1 | u64::from(digit == b'1'));
            for entry in [tables.0.find(bits), tables.1.find(bits)] {
                assert_eq!(
                    (entry.value(), entry.length()),
                    (symbol, code.len() as u32),
                    "{code}"
                );
            }
        }
    }

    #[test]
    fn codes_that_do_not_fit_or_leave_something_over_are_refused() {
        let mut table = Table::<64>::EMPTY;
        assert!(table.build(&[1, 1, 1], &CODE_LENGTHS, true).is_err());
        assert!(table.build(&[2, 2, 2], &CODE_LENGTHS, true).is_err());
        assert!(table.build(&[1], &CODE_LENGTHS, false).is_err());
        assert!(table.build(&[1], &CODE_LENGTHS, true).is_ok());
        assert_eq!(table.find(1).length(), 0);
        assert!(table.build(&[0], &CODE_LENGTHS, true).is_ok());
        assert_eq!(table.find(0).length(), 0);
    }
}
