//! How far a page is zoomed in, which no browser tells.
//!
//! Chromium divides the ticks of a wheel by it, so that a notch is a part of a step, or several. A screen's places it measures
//! in a unit that has nothing to do with the zoom, so that the way of a mouse shows how large that is.

use super::gesture::{Point, length};

/// A way that is shorter, in CSS pixels, says too little: not all browsers tell of parts of pixels.
const FAR: f64 = 64.0;

/// How far the page is zoomed in, as far as that is known.
#[derive(Debug, Default)]
pub struct PageZoom {
    /// Where a mouse was, in the window and on the screen, and how many of the display's pixels were in one of CSS.
    before: Option<(Point, Point, f64)>,
    zoom: Option<f64>,
}

impl PageZoom {
    /// A mouse is here in the window, and there on the screen, where so many of the display's pixels are in one of CSS.
    pub fn pointed(&mut self, here: Point, there: Point, ratio: f64) {
        let Some((was_here, was_there, was)) = self.before else {
            self.before = Some((here, there, ratio));
            return;
        };
        if ratio != was {
            // Either that is the zoom, or the display is another one, and then the next way says so.
            self.zoom = self.zoom.map(|zoom| zoom * ratio / was);
            self.before = Some((here, there, ratio));
            return;
        }
        let way = |from: Point, to: Point| length((to.0 - from.0, to.1 - from.1));
        let (far, on_screen) = (way(was_here, here), way(was_there, there));
        if far >= FAR {
            self.zoom = Some(on_screen / far);
            self.before = Some((here, there, ratio));
        }
    }

    /// How many times as large as without a zoom the page is.
    #[must_use]
    pub fn get(&self) -> f64 {
        // As far as browsers go. A window that was moved is no zoom.
        self.zoom.filter(|zoom| (0.2..=6.0).contains(zoom)).unwrap_or(1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(zoom: &mut PageZoom, (x, y): Point, times: f64) {
        let there = (30.0 + x * times, 90.0 + y * times);
        zoom.pointed((x, y), there, 2.0 * times);
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
    fn what_can_be_no_zoom_is_none() {
        let mut zoom = PageZoom::default();
        zoom.pointed((0.0, 0.0), (0.0, 0.0), 1.0);
        for there in [(9000.0, 0.0), (0.0, 0.0), (f64::NAN, 0.0)] {
            zoom.pointed((100.0, 0.0), there, 1.0);
            assert_eq!(zoom.get(), 1.0, "{there:?}");
            zoom.pointed((0.0, 0.0), (0.0, 0.0), 1.0);
        }
    }
}
