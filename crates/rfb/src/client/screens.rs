//! Screens and sizes of the desktop (rfbproto, "ExtendedDesktopSize Pseudo-encoding").

use crate::geometry::{Rect, Size};

/// One screen of a desktop that may have several.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Screen {
    /// The server's number for it.
    pub id: u32,
    /// The part of the framebuffer that it shows.
    pub rect: Rect,
    /// The server's flags; none is in use.
    pub flags: u32,
}

impl Screen {
    /// Bytes on the wire.
    pub(crate) const LENGTH: usize = 16;
}

/// The server's answer to a request for another size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResizeStatus {
    /// It has been done.
    Done,
    /// This client may not change the size.
    Prohibited,
    /// The server has not the resources for it.
    OutOfResources,
    /// The screens asked for cannot be.
    InvalidLayout,
    /// It was passed on to whoever decides, and may still be done.
    Forwarded,
    /// A status that no specification has.
    Unknown(u16),
}

impl ResizeStatus {
    pub(crate) fn from_wire(status: u16) -> Self {
        match status {
            0 => Self::Done,
            1 => Self::Prohibited,
            2 => Self::OutOfResources,
            3 => Self::InvalidLayout,
            4 => Self::Forwarded,
            other => Self::Unknown(other),
        }
    }
}

/// The one screen that covers a desktop of this size: the server's first screen, where it has described one,
/// keeps its number and flags.
pub(crate) fn covering(screens: &[Screen], size: Size) -> Screen {
    let (id, flags) = screens.first().map_or((0, 0), |screen| (screen.id, screen.flags));
    Screen {
        id,
        rect: size.rect(),
        flags,
    }
}
