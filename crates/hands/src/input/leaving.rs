//! The keys that lead out of the desktop: Ctrl, Alt and Shift, pressed together and let go without another key. All else
//! that is typed is the desktop's, so that who has no pointer would not get out of it.

use super::stroke::KeyStroke;

/// Follows the keys until these have been pressed.
#[derive(Debug, Default)]
pub(super) struct Leaving {
    /// The three are held, and no other key was pressed since the first of them.
    is_ready: bool,
    /// Another key was pressed since the first of them.
    is_spoilt: bool,
}

impl Leaving {
    /// A key went down.
    pub(super) fn press(&mut self, stroke: &KeyStroke<'_>) {
        let it = stroke.modifiers;
        // Its own event says how a modifier is after it on one system and before it on another.
        let [control, alt, shift] =
            ["Control", "Alt", "Shift"].map(|name| stroke.code.starts_with(name) && stroke.key != "AltGraph");
        let others = [(it.control, control), (it.alt, alt), (it.shift, shift)];
        if !(control || alt || shift) {
            self.is_spoilt = true;
        } else if !others.iter().any(|(is_held, is_this)| *is_held && !is_this) {
            // It is the first of them.
            self.is_spoilt = false;
        }
        let all = (it.control || control) && (it.alt || alt) && (it.shift || shift);
        self.is_ready = all && !self.is_spoilt;
    }

    /// A key went up. Whether that was the end of the three.
    pub(super) fn release(&mut self) -> bool {
        std::mem::take(&mut self.is_ready)
    }
}
