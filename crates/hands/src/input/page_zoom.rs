//! How far a page is zoomed in, which no browser tells.
//!
//! Chromium divides the ticks of a wheel by it, so that a notch is a part of a step, or several. A screen's places it measures in a
//! unit that has nothing to do with the zoom, so that the way of a mouse shows how large that is.

use super::gesture::{Point, length};

/// A way that is shorter, in CSS pixels or the screen's, says too little: not all browsers tell of parts of pixels.
const FAR: f64 = 64.0;

/// Displays have as many pixels in one of CSS without a zoom as a multiple of this, nearly all of them.
const QUARTER: f64 = 0.25;
/// A way is off by no more than this, by its ends having been rounded.
const ROUNDED: f64 = 0.03;

/// How far the page is zoomed in, as far as that is known.
#[derive(Debug, Default)]
pub struct PageZoom {
    /// Where a mouse was, in the window and on the screen.
    before: Option<(Point, Point, Shown)>,
    zoom: Option<f64>,
}

/// How the page is shown.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shown {
    /// How many of the display's pixels are in one of CSS, as the browser says it (`devicePixelRatio`).
    pub ratio: f64,
    /// How many times as large as it is the frames that it is in show it.
    pub times: f64,
}

impl PageZoom {
    /// A mouse is here in the window, which is shown so, and there on the screen.
    pub fn pointed(&mut self, here: Point, there: Point, shown: Shown) {
        let Some((was_here, was_there, was)) = self.before else {
            self.before = Some((here, there, shown));
            return;
        };
        if shown != was {
            // Either that is the zoom, or the display is another one, and then the next way says so.
            self.zoom = self.zoom.map(|zoom| zoom * shown.ratio / was.ratio);
            self.before = Some((here, there, shown));
            return;
        }
        let way = |from: Point, to: Point| length((to.0 - from.0, to.1 - from.1));
        let (far, on_screen) = (way(was_here, here), way(was_there, there));
        if far.min(on_screen) >= FAR {
            self.zoom = Some(exact(on_screen / (far * shown.times), shown.ratio));
            self.before = Some((here, there, shown));
        }
    }

    /// How many times as large as without a zoom the page is.
    #[must_use]
    pub fn get(&self) -> f64 {
        // As far as browsers go. A window that was moved is no zoom.
        self.zoom.filter(|zoom| (0.2..=6.0).contains(zoom)).unwrap_or(1.0)
    }
}

/// A zoom that a way has shown, as the browser has it: a notch is to be a whole step.
fn exact(zoom: f64, ratio: f64) -> f64 {
    let display = ratio / zoom;
    let whole = (display / QUARTER).round() * QUARTER;
    if (display - whole).abs() <= whole * ROUNDED {
        ratio / whole
    } else {
        zoom
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Shown = Shown {
        ratio: 1.0,
        times: 1.0,
    };

    /// A mouse is here in a page that is so many times as large by a zoom, and by the frames that it is in.
    fn within(zoom: &mut PageZoom, (x, y): Point, zoomed: f64, times: f64) {
        let there = (30.0 + x * zoomed * times, 90.0 + y * zoomed * times);
        let ratio = 2.0 * zoomed;
        zoom.pointed((x, y), there, Shown { ratio, times });
    }

    fn at(zoom: &mut PageZoom, here: Point, zoomed: f64) {
        within(zoom, here, zoomed, 1.0);
    }

    #[test]
    fn the_way_of_a_mouse_shows_it() {
        let mut zoom = PageZoom::default();
        assert_eq!(zoom.get(), 1.0);
        at(&mut zoom, (10.0, 10.0), 3.0);
        at(&mut zoom, (40.0, 10.0), 3.0);
        assert_eq!(zoom.get(), 1.0, "that is not far enough");
        at(&mut zoom, (10.0, 110.0), 3.0);
        assert_eq!(zoom.get(), 3.0);
        // It is zoomed out.
        at(&mut zoom, (10.0, 110.0), 0.5);
        assert_eq!(zoom.get(), 0.5);
        at(&mut zoom, (210.0, 110.0), 0.5);
        assert_eq!(zoom.get(), 0.5);
    }

    #[test]
    fn frames_that_show_the_page_smaller_or_larger_are_no_zoom() {
        for (zoomed, times) in [(1.0, 0.5), (1.0, 3.0), (1.1, 0.5), (0.5, 1.5)] {
            let mut zoom = PageZoom::default();
            within(&mut zoom, (0.0, 0.0), zoomed, times);
            within(&mut zoom, (300.0, 0.0), zoomed, times);
            assert!((zoom.get() - zoomed).abs() < 1e-9, "{zoomed} {times}");
            // They show it in another size, and then it is pointed at elsewhere without a way.
            within(&mut zoom, (600.0, 0.0), zoomed, times / 2.0);
            assert!((zoom.get() - zoomed).abs() < 1e-9, "{zoomed} {times}");
        }
    }

    #[test]
    fn a_short_way_whose_ends_were_rounded_says_it_exactly() {
        for (zoomed, display) in [(0.8, 1.0), (1.1, 1.0), (1.5, 1.25), (0.33, 2.0), (0.9, 3.0)] {
            for off in [-1.0, 0.0, 1.0] {
                let mut zoom = PageZoom::default();
                let ratio = zoomed * display;
                let shown = Shown { ratio, ..PLAIN };
                zoom.pointed((0.0, 0.0), (0.0, 0.0), shown);
                zoom.pointed((200.0, 0.0), (200.0 * zoomed + off, 0.0), shown);
                assert!(
                    (zoom.get() - zoomed).abs() < 1e-9,
                    "{zoomed} {display} {off}: {}",
                    zoom.get()
                );
            }
        }
        // A display of its own kind.
        let mut zoom = PageZoom::default();
        let shown = Shown {
            ratio: 2.625,
            ..PLAIN
        };
        zoom.pointed((0.0, 0.0), (0.0, 0.0), shown);
        zoom.pointed((200.0, 0.0), (201.0, 0.0), shown);
        assert!((zoom.get() - 1.005).abs() < 1e-9, "{}", zoom.get());
    }

    #[test]
    fn what_can_be_no_zoom_is_none() {
        let mut zoom = PageZoom::default();
        zoom.pointed((0.0, 0.0), (0.0, 0.0), PLAIN);
        for there in [(9000.0, 0.0), (0.0, 0.0), (f64::NAN, 0.0)] {
            zoom.pointed((100.0, 0.0), there, PLAIN);
            assert_eq!(zoom.get(), 1.0, "{there:?}");
            zoom.pointed((0.0, 0.0), (0.0, 0.0), PLAIN);
        }
    }
}
