//! Huffman codes (ITU-T T.81, annexes C and F) and the bits they are read from.

use super::bad;
use crate::error::DecodeError;

/// Codes of so many bits are found in one step, most with the coefficient behind them. With 9 bits a page of text takes a twelfth
/// longer, and 11 or 12 are no quicker. In wasm it takes a twelfth longer, too, with two coefficients in an entry, and a seventh
/// with the data copied without its stuffed bytes, so that the buffer is filled without a branch.
const FAST_BITS: u32 = 10;

/// Set in an entry of the fast table that has the coefficient's value, too.
const HAS_VALUE: u32 = 1 << 7;

/// How far a symbol goes that ends its block.
pub(super) const TO_THE_END: usize = 128;

/// A table of codes.
///
/// An entry of `fast` is 0 for a code that is longer; else bits 0 to 5 are how many bits to take and, with
/// [`HAS_VALUE`], bits 8 to 15 how far to go and bits 16 to 31 the coefficient, whose bits are taken with the code's; without,
/// bits 8 to 15 are the symbol.
#[derive(Debug)]
pub(super) struct Table {
    fast: [u32; 1 << FAST_BITS],
    /// For each length: the first code that is longer, aligned to 16 bits from the left.
    limits: [u32; 17],
    /// For each length: what a code of it has to be added to be the index of its symbol.
    offsets: [i32; 17],
    counts: [u8; 16],
    symbols: [u8; 256],
}

impl Table {
    /// From how many codes there are of each length from 1 to 16, and the symbols in the order of their codes.
    pub(super) fn new(counts: &[u8; 16], symbols: &[u8]) -> Result<Self, DecodeError> {
        let mut table = Self {
            fast: [0; 1 << FAST_BITS],
            limits: [0; 17],
            offsets: [0; 17],
            counts: *counts,
            symbols: [0; 256],
        };
        for (to, symbol) in table.symbols.iter_mut().zip(symbols) {
            *to = *symbol;
        }
        let mut code = 0_u32;
        let mut index = 0_usize;
        for (length, count) in (1_u32..).zip(counts) {
            let count = u32::from(*count);
            if code + count > 1 << length {
                return Err(bad("a Huffman table has more codes than fit"));
            }
            table.offsets[length as usize] = index as i32 - code as i32;
            for symbol in symbols.iter().skip(index).take(count as usize) {
                if length <= FAST_BITS {
                    table.add_fast(code, length, *symbol);
                }
                code += 1;
            }
            index += count as usize;
            table.limits[length as usize] = code << (16 - length);
            code <<= 1;
        }
        Ok(table)
    }

    /// Whether it has been made from these.
    pub(super) fn is_of(&self, counts: &[u8; 16], symbols: &[u8]) -> bool {
        self.counts == *counts && self.symbols.get(..symbols.len()) == Some(symbols)
    }

    /// Enters a short code for everything that can follow it, with the coefficient where that is short, too.
    fn add_fast(&mut self, code: u32, length: u32, symbol: u8) {
        let rest = FAST_BITS - length;
        let size = u32::from(symbol & 15);
        let first = (code << rest) as usize;
        let entries = self.fast.iter_mut().skip(first).take(1 << rest);
        for (following, entry) in (0_u32..).zip(entries) {
            *entry = if size <= rest {
                let value = extend(following >> (rest - size), size);
                (value as u32) << 16 | (way(symbol) as u32) << 8 | HAS_VALUE | (length + size)
            } else {
                u32::from(symbol) << 8 | length
            };
        }
    }

    /// The symbol of a code longer than [`FAST_BITS`] and its length, if there is such a code.
    #[cold]
    fn long_code(&self, bits: u32) -> Option<(u8, u32)> {
        let length = (FAST_BITS + 1..=16).find(|length| bits < self.limits[*length as usize])?;
        let index = (bits >> (16 - length)) as i32 + self.offsets[length as usize];
        Some((self.symbols[index as usize & 255], length))
    }
}

/// How far a symbol goes in its block: over a run of zeros to its coefficient. A run of 15 without one is sixteen zeros, and any
/// other the end of the block.
fn way(symbol: u8) -> usize {
    match (symbol >> 4, symbol & 15) {
        (0..15, 0) => TO_THE_END,
        (run, _) => usize::from(run) + 1,
    }
}

/// A coefficient of `size` bits (T.81, F.2.2.1, EXTEND): the lower half of the values is negative.
fn extend(bits: u32, size: u32) -> i32 {
    let value = bits as i32;
    // None for no bits.
    let is_negative = value >> size.saturating_sub(1) == 0;
    value - if is_negative { (1 << size) - 1 } else { 0 }
}

/// A step in a block: how far it goes, and the coefficient there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) way: usize,
    pub(super) value: i32,
}

/// The bits of a scan.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bits<'a> {
    data: &'a [u8],
    at: usize,
    /// The next bits, from the highest on.
    buffer: u64,
    /// How many bits of the buffer are filled.
    filled: u32,
    /// How many of those are zeros that stand in for data that is not there.
    made_up: u32,
    /// There was a code that is not in its table.
    is_unknown: bool,
}

impl<'a> Bits<'a> {
    pub(super) fn new(data: &'a [u8]) -> Self {
        Self {
            data,
            at: 0,
            buffer: 0,
            filled: 0,
            made_up: 0,
            is_unknown: false,
        }
    }

    /// Whether all symbols that were read were there: looked at now and then, so that reading one is quick.
    pub(super) fn check(&self) -> Result<(), DecodeError> {
        if self.is_unknown {
            return Err(bad("a code that is not in the Huffman table"));
        }
        if self.filled < self.made_up {
            return Err(bad("its data ends before the image does"));
        }
        Ok(())
    }

    /// The next symbol with its coefficient, and the end of the block for a code that is not in the table.
    #[inline(always)]
    pub(super) fn step(&mut self, table: &Table) -> Step {
        // A code has up to 16 bits and a coefficient up to 15.
        if self.filled < 31 {
            self.refill();
        }
        let entry = table.fast[(self.buffer >> (64 - FAST_BITS)) as usize];
        if entry & HAS_VALUE != 0 {
            self.skip(entry & 63);
            return Step {
                way: (entry >> 8) as usize & 255,
                value: entry as i32 >> 16,
            };
        }
        let (mut symbol, mut length) = ((entry >> 8) as u8, entry & 63);
        if entry == 0 {
            let found = table.long_code((self.buffer >> 48) as u32);
            self.is_unknown |= found.is_none();
            (symbol, length) = found.unwrap_or_default();
        }
        self.skip(length);
        let size = u32::from(symbol & 15);
        let value = match size {
            0 => 0,
            _ => extend((self.buffer >> (64 - size)) as u32, size),
        };
        self.skip(size);
        Step {
            way: way(symbol),
            value,
        }
    }

    #[inline(always)]
    fn skip(&mut self, count: u32) {
        self.buffer <<= count;
        self.filled -= count;
    }

    /// Fills the buffer up to at least 32 bits, with zeros beyond the end of the data.
    #[inline(always)]
    fn refill(&mut self) {
        if let Some(bytes) = self.data.get(self.at..).and_then(<[u8]>::first_chunk::<4>) {
            let word = u32::from_be_bytes(*bytes);
            // Without a byte of 255, which is the rule, all four are data.
            if !has_zero_byte(!word) {
                self.buffer |= u64::from(word) << (32 - self.filled);
                self.filled += 32;
                self.at += 4;
                return;
            }
        }
        // By value, so that all of this can stay in registers.
        *self = self.refilled_by_bytes();
    }

    #[cold]
    fn refilled_by_bytes(mut self) -> Self {
        while self.filled <= 56 {
            let byte = match (self.data.get(self.at), self.data.get(self.at + 1)) {
                (Some(255), Some(0)) => {
                    self.at += 2;
                    255
                }
                // A marker ends the data.
                (Some(255), _) | (None, _) => {
                    self.made_up += 8;
                    0
                }
                (Some(byte), _) => {
                    self.at += 1;
                    *byte
                }
            };
            self.buffer |= u64::from(byte) << (56 - self.filled);
            self.filled += 8;
        }
        self
    }

    /// Takes the restart marker of that number, which comes next (T.81, F.2.2.5).
    pub(super) fn restart(&mut self, number: u8) -> Result<(), DecodeError> {
        let rest = self.data.get(self.at..).unwrap_or_default();
        let fill = rest.iter().take_while(|byte| **byte == 255).count();
        if fill == 0 || rest.get(fill) != Some(&(0xD0 + number)) {
            return Err(bad("a restart marker is missing"));
        }
        *self = Self {
            at: self.at + fill + 1,
            ..Self::new(self.data)
        };
        Ok(())
    }
}

fn has_zero_byte(word: u32) -> bool {
    word.wrapping_sub(0x0101_0101) & !word & 0x8080_8080 != 0
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    /// 0 is symbol 0x02, 10 is 0x00, 110 is 0x15, and 1110 0000 0000 is 0x01.
    fn table() -> Table {
        let mut counts = [0; 16];
        counts[..3].fill(1);
        counts[11] = 1;
        Table::new(&counts, &[0x02, 0x00, 0x15, 0x01]).unwrap()
    }

    fn step(way: usize, value: i32) -> Step {
        Step { way, value }
    }

    #[test]
    fn codes_short_and_long_are_read_with_their_coefficients() {
        // 0 11, 0 00, 110 01010, 10, 1110 0000 0000 1
        let data = [0b0110_0011, 0b0010_1010, 0b1110_0000, 0b0000_1000];
        let mut bits = Bits::new(&data);
        let read: Vec<Step> = (0..5).map(|_| bits.step(&table())).collect();
        assert_eq!(
            read,
            [
                step(1, 3),
                step(1, -3),
                step(2, -21),
                step(TO_THE_END, 0),
                step(1, 1)
            ]
        );
        assert_eq!(bits.check(), Ok(()));
    }

    #[test]
    fn a_run_of_fifteen_without_a_coefficient_is_sixteen_zeros() {
        let mut counts = [0; 16];
        counts[1] = 3;
        let table = Table::new(&counts, &[0xF0, 0x50, 0xF1]).unwrap();
        let mut bits = Bits::new(&[0b0001_1000]);
        let read: Vec<Step> = (0..3).map(|_| bits.step(&table)).collect();
        assert_eq!(read, [step(16, 0), step(TO_THE_END, 0), step(16, -1)]);
    }

    #[test]
    fn stuffed_bytes_are_data_and_markers_end_it() {
        let mut bits = Bits::new(&[0xFF, 0x00, 0xFF, 0xD9]);
        assert_eq!(bits.step(&table()), step(TO_THE_END, 0));
        assert_eq!(bits.check(), Err(bad("a code that is not in the Huffman table")));
        let mut bits = Bits::new(&[0xFF, 0xD9]);
        bits.step(&table());
        assert_eq!(bits.check(), Err(bad("its data ends before the image does")));
    }

    #[test]
    fn a_table_is_known_by_what_it_was_made_from() {
        let table = table();
        let mut counts = [0; 16];
        counts[..3].fill(1);
        counts[11] = 1;
        assert!(table.is_of(&counts, &[0x02, 0x00, 0x15, 0x01]));
        assert!(!table.is_of(&counts, &[0x02, 0x00, 0x15, 0x11]));
        counts.swap(11, 12);
        assert!(!table.is_of(&counts, &[0x02, 0x00, 0x15, 0x01]));
    }

    #[test]
    fn a_table_of_too_many_codes_is_refused() {
        let mut counts = [0; 16];
        counts[0] = 3;
        assert!(Table::new(&counts, &[1, 2, 3]).is_err());
    }
}
