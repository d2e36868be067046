//! Where the pointer is, which buttons are held, and what the server is told of them.

use super::wheel::Wheel;

/// What the server is to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PointerAction {
    /// Column in the framebuffer.
    pub x: u16,
    /// Row in the framebuffer.
    pub y: u16,
    /// Buttons held, by RFB's bits.
    pub buttons: u16,
}

/// More steps than this are never sent for one event, however far a wheel was spun.
const MAX_STEPS: i32 = 10;

const WHEEL_UP: u16 = 1 << 3;
const WHEEL_DOWN: u16 = 1 << 4;
const WHEEL_LEFT: u16 = 1 << 5;
const WHEEL_RIGHT: u16 = 1 << 6;

/// The pointer as the server believes it to be.
#[derive(Debug, Default)]
pub struct Pointer {
    x: u16,
    y: u16,
    buttons: u16,
    /// Moved since the server was last told.
    moved: bool,
    wheel_x: Wheel,
    wheel_y: Wheel,
}

impl Pointer {
    /// The pointer is here with these buttons held (`MouseEvent.buttons`). A change of buttons is told at once,
    /// a mere move when [`Self::take_move`] asks for it; so a move is never told after a later button.
    #[must_use]
    pub fn update(&mut self, x: u16, y: u16, dom_buttons: u16) -> Option<PointerAction> {
        self.moved |= (x, y) != (self.x, self.y);
        (self.x, self.y) = (x, y);
        let buttons = from_dom(dom_buttons);
        if buttons == self.buttons {
            return None;
        }
        self.buttons = buttons;
        Some(self.tell())
    }

    /// The move that has not been told yet. To be asked for once per animation frame.
    #[must_use]
    pub fn take_move(&mut self) -> Option<PointerAction> {
        self.moved.then(|| self.tell())
    }

    /// The buttons that are held, told anew.
    #[must_use]
    pub fn again(&mut self) -> PointerAction {
        self.tell()
    }

    /// The wheel turned by so many steps at this place, to the right and down.
    #[must_use]
    pub fn wheel(&mut self, x: u16, y: u16, steps: (f64, f64)) -> Vec<PointerAction> {
        let columns = self.wheel_x.turn(steps.0);
        let rows = self.wheel_y.turn(steps.1);
        if rows == 0 && columns == 0 {
            return Vec::new();
        }
        (self.x, self.y) = (x, y);
        let mut actions = Vec::new();
        for (steps, back, forth) in [(rows, WHEEL_UP, WHEEL_DOWN), (columns, WHEEL_LEFT, WHEEL_RIGHT)] {
            let button = if steps < 0 { back } else { forth };
            for _ in 0..steps.abs().min(MAX_STEPS) {
                let pressed = PointerAction {
                    x,
                    y,
                    buttons: self.buttons | button,
                };
                actions.extend([pressed, self.tell()]);
            }
        }
        actions
    }

    /// The pointer is gone: nothing is held any more, since no release will be seen.
    #[must_use]
    pub fn release_all(&mut self) -> Option<PointerAction> {
        (self.buttons != 0).then(|| {
            self.buttons = 0;
            self.tell()
        })
    }

    fn tell(&mut self) -> PointerAction {
        self.moved = false;
        PointerAction {
            x: self.x,
            y: self.y,
            buttons: self.buttons,
        }
    }
}

/// The DOM counts left, right, middle, back, forward, and the other end of a pen, which does what its tip does; RFB left,
/// middle, right, wheel (four), back, forward.
fn from_dom(buttons: u16) -> u16 {
    [
        (1, 1),
        (2, 1 << 2),
        (4, 1 << 1),
        (8, 1 << 7),
        (16, 1 << 8),
        (32, 1),
    ]
    .into_iter()
    .filter(|(dom, _)| buttons & dom != 0)
    .fold(0, |held, (_, rfb)| held | rfb)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(x: u16, y: u16, buttons: u16) -> PointerAction {
        PointerAction { x, y, buttons }
    }

    #[test]
    fn every_button_has_its_bit() {
        for (dom, rfb) in [
            (1, 1),
            (2, 4),
            (4, 2),
            (8, 128),
            (16, 256),
            (3, 5),
            (31, 0x187),
            (32, 1),
            (64, 0),
        ] {
            assert_eq!(from_dom(dom), rfb, "{dom}");
        }
    }

    #[test]
    fn moves_wait_and_buttons_do_not() {
        let mut pointer = Pointer::default();
        assert_eq!(pointer.update(5, 6, 0), None);
        assert_eq!(pointer.update(7, 8, 0), None);
        assert_eq!(pointer.take_move(), Some(at(7, 8, 0)));
        assert_eq!(pointer.take_move(), None);
        assert_eq!(pointer.update(9, 9, 0), None);
        assert_eq!(pointer.update(10, 10, 1), Some(at(10, 10, 1)));
        assert_eq!(pointer.take_move(), None, "the button has told the place");
        assert_eq!(pointer.update(11, 10, 0), Some(at(11, 10, 0)));
    }

    #[test]
    fn the_wheel_goes_all_four_ways_with_buttons_held() {
        let mut pointer = Pointer::default();
        let _ = pointer.update(3, 4, 1);
        for (steps, button) in [
            ((0.0, -1.0), WHEEL_UP),
            ((0.0, 1.0), WHEEL_DOWN),
            ((-1.0, 0.0), WHEEL_LEFT),
            ((1.0, 0.0), WHEEL_RIGHT),
        ] {
            assert_eq!(pointer.wheel(3, 4, steps), [at(3, 4, 1 | button), at(3, 4, 1)]);
        }
    }

    #[test]
    fn parts_of_a_step_are_told_when_they_are_one() {
        let mut pointer = Pointer::default();
        let step = [at(1, 2, WHEEL_DOWN), at(1, 2, 0)];
        assert_eq!(pointer.wheel(1, 2, (0.0, 0.75)), []);
        assert_eq!(pointer.wheel(1, 2, (0.0, 0.75)), step);
        assert_eq!(pointer.wheel(1, 2, (0.0, 0.5)), step);
    }

    #[test]
    fn a_spun_wheel_is_bounded_and_nonsense_is_nothing() {
        let mut pointer = Pointer::default();
        assert_eq!(pointer.wheel(0, 0, (0.0, 1e12)).len(), 20);
        assert_eq!(pointer.wheel(0, 0, (f64::NAN, f64::INFINITY)), []);
    }

    #[test]
    fn losing_the_pointer_releases_its_buttons_once() {
        let mut pointer = Pointer::default();
        let _ = pointer.update(3, 4, 2);
        assert_eq!(pointer.release_all(), Some(at(3, 4, 0)));
        assert_eq!(pointer.release_all(), None);
    }
}
