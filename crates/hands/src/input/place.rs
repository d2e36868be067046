//! The place of a pointer that is not a mouse's own: fingers on a trackpad, or a captured mouse, push it about.

use super::gesture::Point;

/// A place on a desktop, between its pixels.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Place {
    x: f64,
    y: f64,
}

impl Place {
    /// In the middle of this pixel.
    #[must_use]
    pub fn of(pixel: (u16, u16)) -> Self {
        Self {
            x: f64::from(pixel.0) + 0.5,
            y: f64::from(pixel.1) + 0.5,
        }
    }

    /// After so many pixels to the right and down, on a desktop of this size, which it does not leave.
    #[must_use]
    pub fn after(self, by: Point, size: (u16, u16)) -> Self {
        let along = |from: f64, by: f64, pixels: u16| {
            // At the end of the last pixel and not behind it.
            let end = (f64::from(pixels) - 0.01).max(0.0);
            if by.is_finite() {
                (from + by).clamp(0.0, end)
            } else {
                from
            }
        };
        Self {
            x: along(self.x, by.0, size.0),
            y: along(self.y, by.1, size.1),
        }
    }

    /// The pixel that it is in.
    #[must_use]
    pub fn pixel(self) -> (u16, u16) {
        // Casting saturates.
        (self.x as u16, self.y as u16)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_ways_add_up() {
        let mut place = Place::of((10, 10));
        for _ in 0..10 {
            place = place.after((0.3, -0.3), (100, 100));
        }
        assert_eq!(place.pixel(), (13, 7));
    }

    #[test]
    fn it_stays_on_the_desktop_and_comes_back_at_once() {
        let size = (100, 50);
        let far = Place::of((10, 10)).after((1e9, -1e9), size);
        assert_eq!(far.pixel(), (99, 0));
        assert_eq!(far.after((-1.0, 1.0), size).pixel(), (98, 1));
        assert_eq!(far.after((f64::NAN, f64::INFINITY), size), far);
        assert_eq!(far.after((5.0, 5.0), (0, 0)).pixel(), (0, 0));
        // The desktop has become smaller.
        assert_eq!(Place::of((99, 49)).after((0.0, 0.0), (20, 20)).pixel(), (19, 19));
    }
}
