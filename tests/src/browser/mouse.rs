//! A real mouse over a page: that of the screen which the browser shows itself on.

use serde_json::json;

use super::Browser;
use crate::desktop::Display;
use crate::wait::{LONG, until};

/// A mouse, and where on its screen the page begins.
#[derive(Debug)]
pub struct Mouse {
    display: Display,
    page: (i32, i32),
}

impl Mouse {
    /// Over the page that is open, which hears of it. The browser is to be one that is shown ([`Browser::start_shown`]).
    pub fn over(browser: &Browser) -> Self {
        let display = browser.display().unwrap();
        browser.run(
            "const { dataset } = document.documentElement;
             dataset.seen = '';
             addEventListener('pointermove', ({ clientX, clientY }) => {
                 dataset.seen += `${Math.floor(clientX)} ${Math.floor(clientY)},`;
             }, true)",
            json!([]),
        );
        // Two places that are so far from each other are those where it was put, whatever else the page is told of, and when.
        let (place, before) = ((600_i16, 500_i16), (700, 607));
        let seen = until("the mouse is over the page", LONG, || {
            display.move_pointer(before);
            display.move_pointer(place);
            let text = browser.run("return document.documentElement.dataset.seen", json!([]));
            let seen: Vec<(i32, i32)> = text
                .as_str()
                .into_iter()
                .flat_map(|text| text.split(','))
                .filter_map(|at| at.split_once(' '))
                .filter_map(|(x, y)| Some((x.parse().ok()?, y.parse().ok()?)))
                .collect();
            let is_there = |(x, y): &&(i32, i32)| seen.contains(&(x + 100, y + 107));
            seen.iter().find(is_there).copied().ok_or(format!("{seen:?}"))
        });
        Self {
            display,
            page: (i32::from(place.0) - seen.0, i32::from(place.1) - seen.1),
        }
    }

    /// Puts it at a point of the page's window, in CSS pixels; it may be outside of it.
    pub fn go(&self, (x, y): (i32, i32)) {
        self.display
            .move_pointer(((self.page.0 + x) as i16, (self.page.1 + y) as i16));
    }

    /// Presses a button, as X counts them: left, middle, right, the wheel up, down, left and right.
    pub fn press(&self, button: u8) {
        self.display.press(button);
    }

    pub fn release(&self, button: u8) {
        self.display.release(button);
    }

    /// What is shown where it is: hotspot, size and ARGB pixels.
    pub fn cursor(&self) -> ([u16; 2], [u16; 2], Vec<u32>) {
        self.display.cursor()
    }
}
