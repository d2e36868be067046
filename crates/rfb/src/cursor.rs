//! The cursor's shape.

use crate::geometry::Size;

/// A cursor that the server sent, to be drawn by the client at the pointer's place.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cursor {
    /// Its size; one without pixels means that no cursor is shown.
    pub size: Size,
    /// The pixel that is at the pointer's place, from the upper left corner.
    pub hotspot: (u16, u16),
    /// Its pixels, row by row: four bytes each, R, G, B and alpha, not premultiplied.
    pub rgba: Vec<u8>,
}
