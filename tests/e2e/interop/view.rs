//! A page that shows a server's screen.

use std::cell::Cell;

use porthole_tests::browser::Browser;
use porthole_tests::desktop::{Display, Qemu, Rustvncserver, Wayvnc};
use porthole_tests::gateway::Gateway;
use porthole_tests::image::Image;
use x11rb::protocol::xproto::{EventMask, Pixmap, Window};

/// What a server shows.
pub(super) trait Screen {
    /// All of it, as it is.
    fn picture(&self) -> Image;

    /// Changes it. Steps count up, and no two in a row show the same.
    fn change(&self, step: u32);
}

/// A browser, and how it gets to a server.
pub(super) struct View<'a> {
    pub(super) browser: &'a Browser,
    pub(super) screen: &'a dyn Screen,
    gateway: Gateway,
    password: Option<&'a str>,
    steps: Cell<u32>,
}

impl<'a> View<'a> {
    pub(super) fn of(
        browser: &'a Browser,
        screen: &'a dyn Screen,
        target: &str,
        password: Option<&'a str>,
    ) -> Self {
        Self {
            browser,
            screen,
            gateway: Gateway::to(target),
            password,
            steps: Cell::new(0),
        }
    }

    /// Connects anew.
    pub(super) fn open(&self, settings: &str) {
        self.try_to_open(settings);
        self.browser.connected();
    }

    /// The same, whatever comes of it.
    pub(super) fn try_to_open(&self, settings: &str) {
        // An address that differs only in its fragment would not be gone to.
        let visit = self.step();
        let fragment = self
            .password
            .map_or_else(String::new, |password| format!("#password={password}"));
        self.browser
            .open(&self.gateway.page(&format!("{settings}&visit={visit}{fragment}")));
    }

    /// Has the screen show something else.
    pub(super) fn change(&self) {
        self.screen.change(self.step());
    }

    /// Waits until the page shows what the server does.
    pub(super) fn shows(&self, what: &str) {
        self.browser.shows(what, || self.screen.picture());
    }

    fn step(&self) -> u32 {
        self.steps.set(self.steps.get() + 1);
        self.steps.get()
    }
}

/// A window that is drawn into, moved and scrolled on a screen of X's.
pub(super) struct Painter<'a> {
    display: &'a Display,
    window: Window,
    /// What is shown of it is drawn here first.
    aside: Option<Pixmap>,
}

impl<'a> Painter<'a> {
    pub(super) fn on(display: &'a Display) -> Self {
        display.hide_cursor();
        // Where the least is seen of what some paint there all the same.
        let (width, height) = display.size();
        display.move_pointer((width as i16 - 1, height as i16 - 1));
        Self {
            display,
            window: display.window((40, 30), (600, 420), EventMask::NO_EVENT),
            aside: None,
        }
    }

    /// One that changes as much as it can at once, for servers that lose some of many changes.
    pub(super) fn at_once_on(display: &'a Display) -> Self {
        Self {
            aside: Some(display.pixmap((600, 420))),
            ..Self::on(display)
        }
    }
}

impl Screen for Painter<'_> {
    fn picture(&self) -> Image {
        self.display.picture()
    }

    fn change(&self, step: u32) {
        if let Some(picture) = self.aside {
            self.display.draw(picture, step * 7_919);
            self.display.repaint(self.window, picture, (0, 0));
            return;
        }
        match step % 3 {
            0 => self.display.draw(self.window, step * 7_919),
            1 => self
                .display
                .move_window(self.window, i32::from(step as u16) * 37 % 190, 60),
            _ => self.display.scroll(self.window, 33),
        }
    }
}

impl Screen for Qemu {
    fn picture(&self) -> Image {
        Self::picture(self)
    }

    fn change(&self, step: u32) {
        let letters = 'z' as u32 - 'a' as u32;
        self.paint(char::from_u32('a' as u32 + step % letters).unwrap());
    }
}

impl Screen for Wayvnc {
    fn picture(&self) -> Image {
        Self::picture(self)
    }

    fn change(&self, step: u32) {
        self.show(step);
    }
}

impl Screen for Rustvncserver {
    fn picture(&self) -> Image {
        Self::picture(self)
    }

    fn change(&self, step: u32) {
        self.show(step);
    }
}
