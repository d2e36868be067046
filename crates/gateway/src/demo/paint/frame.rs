//! A rectangle of pixels.

use crate::demo::geometry::{Rect, Size};

/// Pixels in rows from the top, each 0x00RRGGBB.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Frame {
    size: Size,
    pixels: Vec<u32>,
}

impl Frame {
    /// A frame of one colour; a size that is not positive gives an empty frame.
    pub(crate) fn new(size: Size, pixel: u32) -> Self {
        let size = Size::new(size.width.max(0), size.height.max(0));
        Self {
            size,
            pixels: vec![pixel; size.width as usize * size.height as usize],
        }
    }

    pub(crate) fn size(&self) -> Size {
        self.size
    }

    pub(crate) fn bounds(&self) -> Rect {
        Rect::of_size(self.size)
    }

    /// The pixels of row `y` from column `x` on, `width` of them; the caller stays inside the frame.
    pub(crate) fn row(&self, x: i32, y: i32, width: i32) -> &[u32] {
        let start = y as usize * self.size.width as usize + x as usize;
        &self.pixels[start..start + width as usize]
    }

    /// The same as [`row`](Self::row), to write to.
    pub(crate) fn row_mut(&mut self, x: i32, y: i32, width: i32) -> &mut [u32] {
        let start = y as usize * self.size.width as usize + x as usize;
        &mut self.pixels[start..start + width as usize]
    }
}
