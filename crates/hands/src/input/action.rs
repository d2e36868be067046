//! What the server is to be told of a key.

use xkeysym::key;

/// What the server is to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyAction {
    /// The X keysym; 0 for a key that has none.
    pub keysym: u32,
    /// Which key it is on an XT keyboard; 0 if that is not known.
    pub scancode: u8,
    /// Whether the key went down.
    pub down: bool,
}

/// A key that goes down and up.
pub(super) fn tap(keysym: u32, scancode: u8) -> [KeyAction; 2] {
    [true, false].map(|down| KeyAction {
        keysym,
        scancode,
        down,
    })
}

/// Whether it changes what other keys mean for as long as it is held.
pub(super) fn is_modifier(keysym: u32) -> bool {
    matches!(
        keysym,
        key::Shift_L..=key::Hyper_R | key::ISO_Level3_Shift | key::Mode_switch
    )
}
