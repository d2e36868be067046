//! Sizes and places, without the DOM.

use serde::{Deserialize, Serialize};

/// How the remote screen is fitted into the container.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Scaling {
    /// One pixel of it is one CSS pixel; what does not fit is scrolled to.
    Native,
    /// As large as the container lets it be.
    #[default]
    Fit,
    /// The remote screen is asked to take the container's size; where it cannot, as `Fit`.
    Remote,
}

/// How a canvas is shown.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Layout {
    /// CSS pixels per pixel of the framebuffer.
    pub(super) scale: f64,
    /// Whether each pixel covers a whole number of the display's, so that it need not be blurred.
    pub(super) sharp: bool,
    /// Whether there can be more of it than the container shows.
    pub(super) scrolls: bool,
}

/// How a framebuffer of `size` is shown in `available` CSS pixels, of which each is `device_ratio` of the display's
/// wide. `refused` says that the remote screen does not change its size.
pub(super) fn layout(
    scaling: Scaling,
    size: (u16, u16),
    available: (f64, f64),
    device_ratio: f64,
    refused: bool,
) -> Layout {
    let fitting = (available.0 / f64::from(size.0)).min(available.1 / f64::from(size.1));
    let fitting = if fitting.is_finite() && fitting > 0.0 {
        fitting
    } else {
        1.0
    };
    let scale = match scaling {
        Scaling::Native => 1.0,
        // Until the remote screen has taken the size it is not blown up.
        Scaling::Remote if !refused => fitting.min(1.0),
        Scaling::Fit | Scaling::Remote => fitting,
    };
    let on_display = scale * device_ratio;
    Layout {
        scale,
        sharp: on_display >= 1.0 && (on_display - on_display.round()).abs() < 1e-3,
        scrolls: scaling == Scaling::Native,
    }
}

/// A rectangle of the page, in CSS pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Area {
    /// Its left edge, from the window's.
    pub left: f64,
    /// Its top edge, from the window's.
    pub top: f64,
    /// How wide it is.
    pub width: f64,
    /// How high it is.
    pub height: f64,
}

/// The pixel of a framebuffer of `size`, shown in `area`, that is at this point of the page. A point outside gives
/// the nearest pixel.
#[must_use]
pub fn pixel_at(point: (f64, f64), area: Area, size: (u16, u16)) -> (u16, u16) {
    let along = |offset: f64, length: f64, pixels: u16| {
        let position = (offset / length * f64::from(pixels)).floor();
        // Casting saturates, and makes 0 of what is not a number.
        (position as u16).min(pixels.saturating_sub(1))
    };
    (
        along(point.0 - area.left, area.width, size.0),
        along(point.1 - area.top, area.height, size.1),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fitting_keeps_the_shape_and_fills_one_side() {
        let fit = |size, available| layout(Scaling::Fit, size, available, 1.0, false).scale;
        assert_eq!(fit((1000, 500), (500.0, 500.0)), 0.5);
        assert_eq!(fit((1000, 500), (2000.0, 250.0)), 0.5);
        assert_eq!(fit((100, 100), (300.0, 400.0)), 3.0);
        assert_eq!(fit((0, 0), (300.0, 400.0)), 1.0);
        assert_eq!(fit((100, 100), (0.0, 0.0)), 1.0);
    }

    #[test]
    fn native_is_one_to_one_and_scrolls() {
        let native = layout(Scaling::Native, (4000, 3000), (300.0, 200.0), 2.0, false);
        assert_eq!(
            native,
            Layout {
                scale: 1.0,
                sharp: true,
                scrolls: true
            }
        );
    }

    #[test]
    fn a_remote_size_is_shown_as_it_is_until_it_is_refused() {
        let remote = |refused| layout(Scaling::Remote, (100, 100), (200.0, 200.0), 1.0, refused);
        assert_eq!(remote(false).scale, 1.0);
        assert_eq!(remote(true).scale, 2.0);
        assert!(!remote(true).scrolls);
        let large = layout(Scaling::Remote, (400, 100), (200.0, 200.0), 1.0, false);
        assert_eq!(large.scale, 0.5);
    }

    #[test]
    fn pixels_are_sharp_where_they_cover_whole_ones_of_the_display() {
        let sharp =
            |available, ratio| layout(Scaling::Fit, (100, 100), (available, available), ratio, false).sharp;
        assert!(sharp(100.0, 1.0));
        assert!(sharp(200.0, 1.0));
        assert!(!sharp(150.0, 1.0));
        assert!(sharp(150.0, 2.0));
        assert!(!sharp(50.0, 1.0));
        assert!(sharp(50.0, 2.0));
    }

    #[test]
    fn a_point_is_the_pixel_under_it_in_every_scale() {
        let area = |scale: f64| Area {
            left: 10.0,
            top: 20.0,
            width: 100.0 * scale,
            height: 50.0 * scale,
        };
        for scale in [0.5, 1.0, 1.5, 3.0] {
            let point = (10.0 + 42.5 * scale, 20.0 + 7.5 * scale);
            assert_eq!(pixel_at(point, area(scale), (100, 50)), (42, 7), "{scale}");
        }
        assert_eq!(pixel_at((10.0, 20.0), area(1.0), (100, 50)), (0, 0));
        assert_eq!(pixel_at((109.9, 69.9), area(1.0), (100, 50)), (99, 49));
        assert_eq!(pixel_at((-500.0, 1e9), area(1.0), (100, 50)), (0, 49));
        let nothing = Area {
            width: 0.0,
            height: 0.0,
            ..area(1.0)
        };
        assert_eq!(pixel_at((10.0, 20.0), nothing, (100, 50)), (0, 0));
        assert_eq!(pixel_at((10.0, 20.0), nothing, (0, 0)), (0, 0));
    }
}
