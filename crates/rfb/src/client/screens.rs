//! Screens and sizes of the desktop (rfbproto, "ExtendedDesktopSize Pseudo-encoding").

use std::fmt;

use crate::error::MessageError;
use crate::geometry::{Rect, Size};
use crate::input::u16_at;

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

    pub(crate) fn from_wire(bytes: &[u8; Self::LENGTH]) -> Self {
        let [i0, i1, i2, i3, place @ .., f0, f1, f2, f3] = *bytes;
        Self {
            id: u32::from_be_bytes([i0, i1, i2, i3]),
            rect: Rect::new(
                u16_at(&place, 0),
                u16_at(&place, 2),
                u16_at(&place, 4),
                u16_at(&place, 6),
            ),
            flags: u32::from_be_bytes([f0, f1, f2, f3]),
        }
    }
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

impl fmt::Display for ResizeStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Done => "the desktop has that size now",
            Self::Prohibited => "the server does not let this viewer change the desktop's size",
            Self::OutOfResources => "the server has no resources for that size",
            Self::InvalidLayout => "the server cannot have its screens like that",
            Self::Forwarded => "the server has passed the wish on to the desktop, which may follow it",
            Self::Unknown(status) => return write!(f, "the server refused the size with status {status}"),
        })
    }
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

/// The most screens that a `SetDesktopSize` can name.
const MOST: usize = u8::MAX as usize;

/// Finds what no server can be asked for: screens that there are none of, too many, or that reach beyond the desktop.
pub(crate) fn check(size: Size, screens: &[Screen]) -> Result<(), MessageError> {
    let meaningless = |what, value| Err(MessageError::Meaningless { what, value });
    if screens.is_empty() || screens.len() > MOST {
        return meaningless("the number of screens", screens.len() as u32);
    }
    match screens
        .iter()
        .find(|screen| screen.rect.is_empty() || !screen.rect.fits(size))
    {
        Some(screen) => meaningless("the place of screen", screen.id),
        None => Ok(()),
    }
}

/// The screens of a desktop that had the size `from`, in the size `to`: each keeps its number, its flags and its share
/// of the whole. Where that cannot be, or there is none, one screen covers all.
pub(crate) fn stretched(screens: &[Screen], from: Size, to: Size) -> Vec<Screen> {
    let stretched: Vec<Screen> = screens
        .iter()
        .map(|screen| Screen {
            rect: stretched_rect(screen.rect, from, to),
            ..*screen
        })
        .collect();
    if screens.len() > 1 && check(to, &stretched).is_ok() {
        return stretched;
    }
    let (id, flags) = screens.first().map_or((0, 0), |screen| (screen.id, screen.flags));
    vec![Screen {
        id,
        rect: to.rect(),
        flags,
    }]
}

/// The screens with the one at `index` in the size `to`, and the size of a desktop that holds them: what is beyond its right
/// or its lower edge goes along with that. None where there is no such screen, or no desktop is that large.
pub(crate) fn with_one_resized(screens: &[Screen], index: usize, to: Size) -> Option<(Size, Vec<Screen>)> {
    let from = screens.get(index)?.rect;
    let along = |start: u16, edge: u32, now: u16, before: u16| {
        let start = i64::from(start);
        let goes = start >= i64::from(edge);
        u16::try_from(if goes {
            start + i64::from(now) - i64::from(before)
        } else {
            start
        })
        .ok()
    };
    let mut moved = screens.to_vec();
    for (at, screen) in moved.iter_mut().enumerate() {
        if at == index {
            screen.rect = Rect::new(from.x, from.y, to.width, to.height);
        } else {
            screen.rect.x = along(screen.rect.x, from.right(), to.width, from.width)?;
            screen.rect.y = along(screen.rect.y, from.bottom(), to.height, from.height)?;
        }
    }
    let end = |of: fn(Rect) -> u32| moved.iter().map(|screen| of(screen.rect)).max();
    let size = Size {
        width: end(Rect::right)?.try_into().ok()?,
        height: end(Rect::bottom)?.try_into().ok()?,
    };
    Some((size, moved))
}

/// Both edges are moved, and not its length: neighbours stay neighbours.
fn stretched_rect(rect: Rect, from: Size, to: Size) -> Rect {
    let along = |edge: u32, from: u16, to: u16| {
        let moved = u64::from(edge) * u64::from(to) / u64::from(from.max(1));
        u16::try_from(moved).unwrap_or(u16::MAX)
    };
    let x = along(rect.x.into(), from.width, to.width);
    let y = along(rect.y.into(), from.height, to.height);
    let right = along(rect.right(), from.width, to.width);
    let bottom = along(rect.bottom(), from.height, to.height);
    Rect::new(x, y, right.saturating_sub(x), bottom.saturating_sub(y))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn screen(id: u32, rect: Rect) -> Screen {
        Screen { id, rect, flags: 3 }
    }

    const SIZE: Size = Size {
        width: 1000,
        height: 600,
    };

    #[test]
    fn screens_keep_their_number_and_their_shares() {
        let screens = [
            screen(7, Rect::new(0, 0, 333, 600)),
            screen(9, Rect::new(333, 100, 667, 500)),
        ];
        let to = Size {
            width: 500,
            height: 1200,
        };
        let expected = [
            screen(7, Rect::new(0, 0, 166, 1200)),
            screen(9, Rect::new(166, 200, 334, 1000)),
        ];
        assert_eq!(stretched(&screens, SIZE, to), expected);
    }

    #[test]
    fn one_screen_covers_all_and_so_it_is_where_several_cannot_be() {
        let whole = |id| vec![screen(id, SIZE.rect())];
        let part = Rect::new(5, 5, 10, 10);
        assert_eq!(stretched(&[screen(4, part)], SIZE, SIZE), whole(4));
        let beyond = [screen(1, part), screen(2, Rect::new(0, 0, 1001, 1))];
        assert_eq!(stretched(&beyond, SIZE, SIZE), whole(1));
        let tiny = Size { width: 1, height: 1 };
        let both = [screen(1, part), screen(2, SIZE.rect())];
        assert_eq!(stretched(&both, SIZE, tiny), [screen(1, tiny.rect())]);
        let none = [Screen {
            id: 0,
            rect: SIZE.rect(),
            flags: 0,
        }];
        assert_eq!(stretched(&[], Size::default(), SIZE), none);
    }

    #[test]
    fn a_screen_of_another_size_takes_along_what_is_beyond_its_edges() {
        let size = |width, height| Size { width, height };
        let at = |x, y| screen(0, Rect::new(x, y, 400, 300));
        // Two beside each other, and one below.
        let screens = [at(0, 0), at(400, 0), at(0, 300)];
        let resized = |index, width, height| with_one_resized(&screens, index, size(width, height));
        let one = |x, y, width, height| screen(0, Rect::new(x, y, width, height));
        assert_eq!(
            resized(0, 500, 200),
            Some((size(900, 500), vec![one(0, 0, 500, 200), at(500, 0), at(0, 200)]))
        );
        assert_eq!(
            resized(1, 100, 700),
            Some((size(500, 1000), vec![at(0, 0), one(400, 0, 100, 700), at(0, 700)])),
            "what is lower than its lower edge goes down, wherever it is"
        );
        assert_eq!(resized(0, 400, 300), Some((size(800, 600), screens.to_vec())));
        assert_eq!(resized(3, 100, 100), None, "there is no fourth");
        assert_eq!(resized(0, 65_300, 100), None, "no desktop is that large");
    }

    #[test]
    fn screens_that_cannot_be_are_named() {
        let good = screen(1, SIZE.rect());
        assert_eq!(check(SIZE, &[good; 255]), Ok(()));
        for (screens, words) in [
            (vec![], "the number of screens 0 has no meaning here"),
            (vec![good; 256], "the number of screens 256 has no meaning here"),
            (
                vec![good, screen(2, Rect::new(1, 0, 1000, 600))],
                "the place of screen 2 has no meaning here",
            ),
            (
                vec![screen(3, Rect::new(0, 0, 0, 600))],
                "the place of screen 3 has no meaning here",
            ),
        ] {
            let error = check(SIZE, &screens).map_err(|error| error.to_string());
            assert_eq!(error, Err(words.to_owned()));
        }
    }
}
