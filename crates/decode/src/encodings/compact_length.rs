//! Tight's lengths (rfbproto, "Tight Encoding").

use crate::input::Input;

/// A length of one to three bytes: seven bits each and a bit that says whether there is another, but for the
/// third, which has eight.
#[derive(Debug, Default)]
pub(super) struct CompactLength {
    value: usize,
    bytes: u8,
}

impl CompactLength {
    /// The length, once all of its bytes are there.
    pub(super) fn read(&mut self, input: &mut Input<'_>) -> Option<usize> {
        loop {
            let byte = usize::from(input.u8()?);
            let is_last = match self.bytes {
                0 | 1 => {
                    self.value |= (byte & 0x7F) << (7 * self.bytes);
                    byte & 0x80 == 0
                }
                _ => {
                    self.value |= byte << 14;
                    true
                }
            };
            self.bytes += 1;
            if is_last {
                return Some(std::mem::take(self).value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_has_seven_bits_a_byte_and_eight_in_the_third() {
        for (wire, length) in [
            (&[0][..], 0),
            (&[0x7F], 127),
            (&[0x80, 0x01], 128),
            (&[0x90, 0x4E], 10_000),
            (&[0xFF, 0x7F], 16_383),
            (&[0x80, 0x80, 0x01], 16_384),
            (&[0xFF, 0xFF, 0xFF], 4_194_303),
        ] {
            let mut reader = CompactLength::default();
            assert_eq!(reader.read(&mut Input::new(wire)), Some(length));
            for (number, byte) in wire.iter().enumerate() {
                let expected = (number + 1 == wire.len()).then_some(length);
                assert_eq!(reader.read(&mut Input::new(&[*byte])), expected);
            }
        }
    }
}
