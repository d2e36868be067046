//! Sizes and places, without the DOM.

use serde::{Deserialize, Serialize};

use crate::Screen;

/// How the remote screen is fitted into the container.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Scaling {
    /// One pixel of it is one CSS pixel, or one of the display's; what does not fit is scrolled to.
    Native,
    /// As large as the container lets it be.
    #[default]
    Fit,
    /// As large as the container lets it be with each of its pixels covering a whole number of the display's. Where it
    /// does not fit with one, as `Fit`.
    Whole,
    /// The remote screen is asked to take the container's size; where it cannot, as `Fit`.
    Remote,
}

/// What becomes of pixels that are shown larger or smaller than they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Smoothing {
    /// They are sharp where each covers a whole number of the display's, and smooth elsewhere.
    #[default]
    Auto,
    /// They run into each other.
    Smooth,
    /// They stay squares.
    Sharp,
}

/// How the remote screen is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Presentation {
    /// How it is fitted into the container.
    pub scaling: Scaling,
    /// How much larger than that it is shown, in percent.
    pub zoom: u16,
    /// What becomes of its pixels.
    pub smoothing: Smoothing,
    /// Its pixels are measured in the display's, and not in those of CSS, of which a fine display has several in one.
    pub device_pixels: bool,
    /// What does not fit has no scroll bars.
    pub clipped: bool,
    /// The only one of its screens that is shown, from 1 on; or 0 for all of them.
    pub screen: u8,
}

impl Default for Presentation {
    fn default() -> Self {
        Self {
            scaling: Scaling::default(),
            zoom: 100,
            smoothing: Smoothing::default(),
            device_pixels: false,
            clipped: false,
            screen: 0,
        }
    }
}

/// However far somebody zooms, a pixel is shown at least and at most so many times as large as it is.
const LEAST: f64 = 0.1;
const MOST: f64 = 10.0;

/// How a canvas is shown.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Layout {
    /// CSS pixels per pixel of the framebuffer.
    pub(super) scale: f64,
    /// How many times as large that is as the presentation's scaling alone would have it.
    pub(super) zoom: f64,
    /// Whether each pixel is shown as a square, and is not blurred.
    pub(super) sharp: bool,
    /// Whether there is more of it than the container shows.
    pub(super) overflows: bool,
}

/// How a framebuffer of `size` is shown, `zoom` times as large as it is fitted, in `available` CSS pixels, of which each
/// is `device_ratio` of the display's wide. `refused` says that the remote screen does not change its size.
pub(super) fn layout(
    Presentation {
        scaling,
        smoothing,
        device_pixels,
        ..
    }: Presentation,
    zoom: f64,
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
    let own = if device_pixels { 1.0 / device_ratio } else { 1.0 };
    let fitted = match scaling {
        Scaling::Native => own,
        // Until the remote screen has taken the size it is not blown up.
        Scaling::Remote if !refused => fitting.min(own),
        Scaling::Fit | Scaling::Remote => fitting,
        Scaling::Whole => match (fitting * device_ratio + TINY).floor() {
            whole if whole >= 1.0 => whole / device_ratio,
            _ => fitting,
        },
    };
    let least = match scaling {
        Scaling::Native => fitting.min(own * LEAST),
        // All of it can be seen.
        Scaling::Fit | Scaling::Whole | Scaling::Remote => fitted,
    };
    let scale = (fitted * zoom).max(least).min(fitted.max(own * MOST));
    let on_display = scale * device_ratio;
    let is_whole = on_display >= 1.0 && (on_display - on_display.round()).abs() < TINY;
    Layout {
        scale,
        zoom: scale / fitted,
        sharp: match smoothing {
            Smoothing::Auto => is_whole,
            Smoothing::Smooth => false,
            Smoothing::Sharp => true,
        },
        overflows: scale > fitting * (1.0 + TINY),
    }
}

/// What two scales may differ by and be the same.
const TINY: f64 = 1e-3;

/// The size that the remote screen is asked for, in its pixels, so that it fills `container`, in CSS pixels.
pub(super) fn wanted(container: (i32, i32), device_pixels: bool, device_ratio: f64) -> (u16, u16) {
    let ratio = if device_pixels { device_ratio } else { 1.0 };
    // Casting saturates. What is left over is no whole pixel.
    let pixels = |length: i32| (f64::from(length) * ratio + TINY).floor() as u16;
    (pixels(container.0), pixels(container.1))
}

/// The part of a framebuffer of `size` that is shown: its first column and row, width and height. It is that of the screen
/// of this number, from 1 on, or all of it for 0, for a screen that there is not, and for one beyond the framebuffer.
#[must_use]
pub fn part(screens: &[Screen], number: u8, size: (u16, u16)) -> (u16, u16, u16, u16) {
    let screen = numbered(screens, number);
    let fits = |from: u16, length: u16, whole: u16| length > 0 && length <= whole && from <= whole - length;
    match screen {
        Some(it) if fits(it.x, it.width, size.0) && fits(it.y, it.height, size.1) => {
            (it.x, it.y, it.width, it.height)
        }
        _ => (0, 0, size.0, size.1),
    }
}

/// The screen of this number, from 1 on, where there are others beside it.
pub(super) fn one_of_several(screens: &[Screen], number: u8) -> Option<&Screen> {
    numbered(screens, number).filter(|_| screens.len() > 1)
}

fn numbered(screens: &[Screen], number: u8) -> Option<&Screen> {
    usize::from(number).checked_sub(1).and_then(|at| screens.get(at))
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
        // In this order a point on the edge of a pixel is exactly there.
        let position = (offset * f64::from(pixels) / length).floor();
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

    fn presentation(scaling: Scaling) -> Presentation {
        Presentation {
            scaling,
            ..Presentation::default()
        }
    }

    fn shown(scaling: Scaling, size: (u16, u16), available: (f64, f64), ratio: f64, refused: bool) -> Layout {
        layout(presentation(scaling), 1.0, size, available, ratio, refused)
    }

    #[test]
    fn fitting_keeps_the_shape_and_fills_one_side() {
        let fit = |size, available| shown(Scaling::Fit, size, available, 1.0, false).scale;
        assert_eq!(fit((1000, 500), (500.0, 500.0)), 0.5);
        assert_eq!(fit((1000, 500), (2000.0, 250.0)), 0.5);
        assert_eq!(fit((100, 100), (300.0, 400.0)), 3.0);
        assert_eq!(fit((0, 0), (300.0, 400.0)), 1.0);
        assert_eq!(fit((100, 100), (0.0, 0.0)), 1.0);
    }

    #[test]
    fn native_is_one_to_one_and_scrolls() {
        let native = shown(Scaling::Native, (4000, 3000), (300.0, 200.0), 2.0, false);
        assert_eq!(
            native,
            Layout {
                scale: 1.0,
                zoom: 1.0,
                sharp: true,
                overflows: true
            }
        );
        assert!(!shown(Scaling::Native, (300, 200), (300.0, 200.0), 2.0, false).overflows);
    }

    #[test]
    fn native_is_one_pixel_of_the_display_where_that_is_wanted() {
        let fine = Presentation {
            device_pixels: true,
            ..presentation(Scaling::Native)
        };
        for (ratio, scale) in [(1.0, 1.0), (2.0, 0.5), (1.25, 0.8)] {
            let found = layout(fine, 1.0, (400, 300), (300.0, 200.0), ratio, false);
            assert_eq!((found.scale, found.sharp), (scale, true), "{ratio}");
        }
    }

    #[test]
    fn a_remote_size_is_shown_as_it_is_until_it_is_refused() {
        let remote = |refused| shown(Scaling::Remote, (100, 100), (200.0, 200.0), 1.0, refused);
        assert_eq!(remote(false).scale, 1.0);
        assert_eq!(remote(true).scale, 2.0);
        assert!(!remote(true).overflows);
        let large = shown(Scaling::Remote, (400, 100), (200.0, 200.0), 1.0, false);
        assert_eq!(large.scale, 0.5);
        let fine = Presentation {
            device_pixels: true,
            ..presentation(Scaling::Remote)
        };
        let found = layout(fine, 1.0, (400, 400), (200.0, 200.0), 2.0, false);
        assert_eq!((found.scale, found.sharp, found.overflows), (0.5, true, false));
    }

    #[test]
    fn whole_steps_are_those_of_the_display() {
        let whole =
            |available, ratio| shown(Scaling::Whole, (100, 100), (available, available), ratio, false);
        for (available, ratio, scale, sharp) in [
            (100.0, 1.0, 1.0, true),
            (299.0, 1.0, 2.0, true),
            (300.0, 1.0, 3.0, true),
            (299.0, 2.0, 2.5, true),
            (120.0, 1.25, 0.8, true),
            (160.0, 1.25, 1.6, true),
            (50.0, 2.0, 0.5, true),
            (49.0, 2.0, 0.49, false),
        ] {
            let found = whole(available, ratio);
            assert!(
                (found.scale - scale).abs() < 1e-9,
                "{available} {ratio}: {found:?}"
            );
            assert_eq!(
                (found.sharp, found.overflows),
                (sharp, false),
                "{available} {ratio}"
            );
        }
    }

    #[test]
    fn pixels_are_sharp_where_they_cover_whole_ones_of_the_display() {
        let sharp =
            |available, ratio| shown(Scaling::Fit, (100, 100), (available, available), ratio, false).sharp;
        assert!(sharp(100.0, 1.0));
        assert!(sharp(200.0, 1.0));
        assert!(!sharp(150.0, 1.0));
        assert!(sharp(150.0, 2.0));
        assert!(!sharp(50.0, 1.0));
        assert!(sharp(50.0, 2.0));
        for (smoothing, expected) in [(Smoothing::Smooth, false), (Smoothing::Sharp, true)] {
            let chosen = Presentation {
                smoothing,
                ..presentation(Scaling::Fit)
            };
            for available in [100.0, 150.0] {
                let found = layout(chosen, 1.0, (100, 100), (available, available), 1.0, false);
                assert_eq!(found.sharp, expected, "{smoothing:?} {available}");
            }
        }
    }

    #[test]
    fn zooming_ends_where_pixels_are_tiny_or_huge_or_where_all_is_seen_of_what_is_fitted() {
        let zoomed =
            |scaling, zoom| layout(presentation(scaling), zoom, (100, 100), (50.0, 80.0), 1.0, false);
        for (scaling, zoom, scale, real) in [
            (Scaling::Fit, 1.0, 0.5, 1.0),
            (Scaling::Fit, 3.0, 1.5, 3.0),
            (Scaling::Fit, 0.5, 0.5, 1.0),
            (Scaling::Fit, 1e9, 10.0, 20.0),
            (Scaling::Native, 0.75, 0.75, 0.75),
            (Scaling::Native, 0.5, 0.5, 0.5),
            (Scaling::Native, 0.01, 0.1, 0.1),
            (Scaling::Whole, 0.9, 0.5, 1.0),
            (Scaling::Remote, 2.0, 1.0, 2.0),
            (Scaling::Native, 20.0, 10.0, 10.0),
        ] {
            let found = zoomed(scaling, zoom);
            assert_eq!((found.scale, found.zoom), (scale, real), "{scaling:?} {zoom}");
            assert_eq!(found.overflows, scale > 0.5, "{scaling:?} {zoom}");
        }
        // What is fitted may be larger than that by itself.
        let large = layout(
            presentation(Scaling::Fit),
            1.0,
            (10, 10),
            (500.0, 500.0),
            1.0,
            false,
        );
        assert_eq!((large.scale, large.zoom), (50.0, 1.0));
    }

    #[test]
    fn the_size_to_ask_for_is_the_windows_in_the_pixels_that_are_wanted() {
        for (container, device_pixels, ratio, expected) in [
            ((901, 633), false, 2.0, (901, 633)),
            ((901, 633), true, 2.0, (1802, 1266)),
            ((901, 633), true, 1.25, (1126, 791)),
            ((1000, 700), true, 1.1, (1100, 770)),
            ((70_000, -1), false, 1.0, (65_535, 0)),
        ] {
            assert_eq!(
                wanted(container, device_pixels, ratio),
                expected,
                "{container:?} {ratio}"
            );
        }
    }

    #[test]
    fn a_screen_is_shown_where_there_is_one_of_that_number_within_the_desktop() {
        let screen = |x, width| Screen {
            x,
            y: 10,
            width,
            height: 590,
        };
        let screens = [screen(0, 400), screen(400, 600), screen(401, 600), screen(0, 0)];
        let shown = |number| part(&screens, number, (1000, 600));
        let all = (0, 0, 1000, 600);
        assert_eq!(shown(1), (0, 10, 400, 590));
        assert_eq!(shown(2), (400, 10, 600, 590));
        for number in [0, 3, 4, 5, 255] {
            assert_eq!(shown(number), all, "{number}");
        }
        assert_eq!(part(&screens, 2, (999, 600)), (0, 0, 999, 600));
        assert_eq!(part(&screens, 2, (600, 1)), (0, 0, 600, 1));
        assert_eq!(part(&[], 1, (0, 0)), (0, 0, 0, 0));
    }

    #[test]
    fn one_of_several_is_one_beside_others() {
        let screens = [0, 400].map(|x| Screen {
            x,
            y: 0,
            width: 400,
            height: 300,
        });
        assert_eq!(one_of_several(&screens, 2), Some(&screens[1]));
        assert_eq!(one_of_several(&screens, 0), None, "all of them");
        assert_eq!(one_of_several(&screens, 3), None);
        assert_eq!(one_of_several(&screens[..1], 1), None);
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
        for width in [640, 1366, 1920, 3840] {
            let area = Area {
                left: 0.0,
                top: 0.0,
                width: f64::from(width),
                height: 1.0,
            };
            for x in 0..width {
                assert_eq!(pixel_at((f64::from(x), 0.0), area, (width, 1)), (x, 0), "{width}");
            }
        }
        let nothing = Area {
            width: 0.0,
            height: 0.0,
            ..area(1.0)
        };
        assert_eq!(pixel_at((10.0, 20.0), nothing, (100, 50)), (0, 0));
        assert_eq!(pixel_at((10.0, 20.0), nothing, (0, 0)), (0, 0));
    }
}
