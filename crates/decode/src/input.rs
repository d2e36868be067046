//! Reading from what has arrived so far.

/// What has arrived and has not been used. A method that takes something either gives all that was asked for or leaves
/// everything where it is and gives `None`: then the caller keeps its place and goes on when more is there.
/// Numbers are big-endian, as everywhere in RFB.
#[derive(Debug)]
pub struct Input<'a> {
    bytes: &'a [u8],
}

impl<'a> Input<'a> {
    /// What has arrived.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes }
    }

    /// How many bytes are left.
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether none is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// All that is left, without taking it.
    pub fn peek(&self) -> &'a [u8] {
        self.bytes
    }

    /// Takes `count` bytes, or nothing if fewer are there.
    pub fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.bytes.split_at_checked(count)?;
        self.bytes = rest;
        Some(taken)
    }

    /// Takes as many bytes as are there, `most` at most.
    pub fn take_up_to(&mut self, most: usize) -> &'a [u8] {
        let (taken, rest) = self.bytes.split_at(most.min(self.bytes.len()));
        self.bytes = rest;
        taken
    }

    /// Takes `N` bytes, or nothing if fewer are there.
    pub fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.bytes.split_first_chunk::<N>()?;
        self.bytes = rest;
        Some(*taken)
    }

    /// Takes a byte.
    pub fn u8(&mut self) -> Option<u8> {
        self.array().map(|[byte]: [u8; 1]| byte)
    }

    /// Takes a number of four bytes.
    pub fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_be_bytes)
    }
}

/// A number of two bytes in a header whose bytes are all there; 0 beyond its end.
pub fn u16_at(bytes: &[u8], offset: usize) -> u16 {
    match bytes.get(offset..).and_then(<[u8]>::first_chunk) {
        Some(field) => u16::from_be_bytes(*field),
        None => 0,
    }
}

/// Collects a run of bytes whose length the wire has named, in whatever slicing it arrives. The caller checks
/// the length against a limit first; memory grows with what arrives, not with what was named.
#[derive(Debug, Default)]
pub struct Collector {
    bytes: Vec<u8>,
    length: usize,
}

impl Collector {
    /// Starts anew for `length` bytes.
    pub fn begin(&mut self, length: usize) {
        self.bytes.clear();
        self.length = length;
    }

    /// Those that are there.
    pub fn collected(&self) -> &[u8] {
        &self.bytes
    }

    /// All of them, once they are there.
    pub fn collect(&mut self, input: &mut Input<'_>) -> Option<&[u8]> {
        let missing = self.length.saturating_sub(self.bytes.len());
        self.bytes.extend_from_slice(input.take_up_to(missing));
        (self.bytes.len() == self.length).then_some(self.bytes.as_slice())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn taking_more_than_there_is_takes_nothing() {
        let mut input = Input::new(&[1, 2, 3]);
        assert_eq!(input.take(4), None);
        assert_eq!(input.u32(), None);
        assert_eq!(input.len(), 3);
        assert_eq!(input.u8(), Some(1));
        assert_eq!(input.take_up_to(9), &[2, 3]);
        assert_eq!(input.len(), 0);
    }

    #[test]
    fn a_collector_waits_until_all_is_there() {
        let mut collector = Collector::default();
        collector.begin(3);
        assert_eq!(collector.collect(&mut Input::new(&[1, 2])), None);
        let mut rest = Input::new(&[3, 4]);
        assert_eq!(collector.collect(&mut rest), Some(&[1, 2, 3][..]));
        assert_eq!(rest.peek(), &[4]);
    }
}
