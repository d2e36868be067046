//! The frame header (ITU-T T.81, B.2.2): the image's size and what its components are.

use super::bad;
use crate::error::DecodeError;

/// One of an image's components: luma, chroma, or a colour.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Component {
    pub(super) id: u8,
    /// How many blocks of it a unit has across and down.
    pub(super) across: usize,
    pub(super) down: usize,
    /// The number of its quantization table, which there may not be.
    pub(super) quantization: usize,
}

/// The image's size and components.
#[derive(Debug, Clone)]
pub(super) struct Frame {
    pub(super) width: usize,
    pub(super) height: usize,
    /// One or three.
    pub(super) components: Vec<Component>,
}

impl Frame {
    /// From a frame header's content.
    pub(super) fn parse(segment: &[u8]) -> Result<Self, DecodeError> {
        let Some(([precision, h1, h0, w1, w0, count], rest)) = segment.split_first_chunk::<6>() else {
            return Err(bad("its frame header is cut off"));
        };
        if *precision != 8 {
            return Err(bad("samples of other than 8 bits are not supported"));
        }
        if !matches!(count, 1 | 3) || rest.len() != usize::from(*count) * 3 {
            return Err(bad(
                "images of other than one or three components are not supported",
            ));
        }
        let components = rest.chunks_exact(3).map(|fields| Component {
            id: fields[0],
            across: usize::from(fields[1] >> 4),
            down: usize::from(fields[1] & 15),
            quantization: usize::from(fields[2]),
        });
        let mut frame = Self {
            width: usize::from(u16::from_be_bytes([*w1, *w0])),
            height: usize::from(u16::from_be_bytes([*h1, *h0])),
            components: components.collect(),
        };
        if let [only] = frame.components.as_mut_slice() {
            // A component by itself is not interleaved: its blocks come one by one, whatever its factors.
            (only.across, only.down) = (1, 1);
        }
        let (across, down) = (frame.across(), frame.down());
        let fits = |component: &Component| {
            matches!(component.across, 1 | 2 | 4)
                && matches!(component.down, 1 | 2 | 4)
                && across % component.across == 0
                && down % component.down == 0
        };
        if !frame.components.iter().all(fits) {
            return Err(bad("its sampling factors are not supported"));
        }
        Ok(frame)
    }

    /// How many blocks a unit has across, in the component that has the most.
    pub(super) fn across(&self) -> usize {
        self.components
            .iter()
            .map(|component| component.across)
            .max()
            .unwrap_or(1)
    }

    /// The same downwards.
    pub(super) fn down(&self) -> usize {
        self.components
            .iter()
            .map(|component| component.down)
            .max()
            .unwrap_or(1)
    }
}
