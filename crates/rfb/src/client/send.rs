//! The client's messages (RFC 6143, 7.5; rfbproto, "Client to Server Messages").

use super::screens::Screen;
use crate::encoding::Encoding;
use crate::geometry::{Rect, Size};
use crate::pixel::PixelFormat;

/// The pointer buttons that are held. Wheel steps are presses of buttons of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct PointerButtons(pub u16);

impl PointerButtons {
    /// None.
    pub const NONE: Self = Self(0);
    /// The left button.
    pub const LEFT: Self = Self(1);
    /// The middle button.
    pub const MIDDLE: Self = Self(1 << 1);
    /// The right button.
    pub const RIGHT: Self = Self(1 << 2);
    /// A wheel step up.
    pub const WHEEL_UP: Self = Self(1 << 3);
    /// A wheel step down.
    pub const WHEEL_DOWN: Self = Self(1 << 4);
    /// A wheel step to the left.
    pub const WHEEL_LEFT: Self = Self(1 << 5);
    /// A wheel step to the right.
    pub const WHEEL_RIGHT: Self = Self(1 << 6);
    /// The back button.
    pub const BACK: Self = Self(1 << 7);
    /// The forward button. Only servers with extended mouse buttons can be told of it.
    pub const FORWARD: Self = Self(1 << 8);
}

/// What a machine can be asked to do (rfbproto, "xvp Client Message").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PowerAction {
    /// Shut down in an orderly way.
    Shutdown,
    /// Reboot in an orderly way.
    Reboot,
    /// Reset at once, as by a button.
    Reset,
}

/// Fence flags (rfbproto, "ServerFence").
pub(crate) const FENCE_BLOCK_BEFORE: u32 = 1;
pub(crate) const FENCE_BLOCK_AFTER: u32 = 1 << 1;
pub(crate) const FENCE_SYNC_NEXT: u32 = 1 << 2;
pub(crate) const FENCE_REQUEST: u32 = 1 << 31;

pub(crate) fn set_pixel_format(output: &mut Vec<u8>, format: PixelFormat) {
    put(output, &[0, 0, 0, 0]);
    put(output, &format.to_wire());
}

pub(crate) fn set_encodings(output: &mut Vec<u8>, encodings: &[Encoding]) {
    // The count is two bytes; no list comes near it, and `take` keeps count and list in step.
    let count = u16::try_from(encodings.len()).unwrap_or(u16::MAX);
    put(output, &[2, 0]);
    put(output, &count.to_be_bytes());
    for encoding in encodings.iter().take(usize::from(count)) {
        put(output, &encoding.0.to_be_bytes());
    }
}

pub(crate) fn framebuffer_update_request(output: &mut Vec<u8>, incremental: bool, rect: Rect) {
    put(output, &[3, u8::from(incremental)]);
    put_rect(output, rect);
}

pub(crate) fn key_event(output: &mut Vec<u8>, keysym: u32, down: bool) {
    put(output, &[4, u8::from(down), 0, 0]);
    put(output, &keysym.to_be_bytes());
}

/// rfbproto, "QEMU Extended Key Event Message". The scancode is of XT's first set; of a code of two bytes, which
/// begins with 0xE0, it is the second one with the highest bit set.
pub(crate) fn extended_key_event(output: &mut Vec<u8>, keysym: u32, scancode: u8, down: bool) {
    put(output, &[255, 0, 0, u8::from(down)]);
    put(output, &keysym.to_be_bytes());
    put(output, &u32::from(scancode).to_be_bytes());
}

/// rfbproto, "QEMU Pointer Motion Change": no way at all is told as this place.
pub(crate) const NO_MOTION: i16 = 0x7FFF;

/// A classic event has eight buttons. The extended one (rfbproto, "Extended Mouse Buttons") marks itself by
/// the highest bit of the first mask and has two more of them in a second mask.
pub(crate) fn pointer_event(output: &mut Vec<u8>, x: u16, y: u16, buttons: PointerButtons, extended: bool) {
    let [high, low] = buttons.0.to_be_bytes();
    let more = high << 1 | low >> 7;
    let is_extended = extended && more != 0;
    put(
        output,
        &[
            5,
            if is_extended {
                low & 0x7F | 0x80
            } else if extended {
                low & 0x7F
            } else {
                low
            },
        ],
    );
    put(output, &x.to_be_bytes());
    put(output, &y.to_be_bytes());
    if is_extended {
        output.push(more);
    }
}

/// Text, or, where the length is negative, the beginning of a message of the extended clipboard.
pub(crate) fn client_cut_text(output: &mut Vec<u8>, length: i32, data: &[u8]) {
    put(output, &[6, 0, 0, 0]);
    put(output, &length.to_be_bytes());
    put(output, data);
}

pub(crate) fn enable_continuous_updates(output: &mut Vec<u8>, on: bool, rect: Rect) {
    put(output, &[150, u8::from(on)]);
    put_rect(output, rect);
}

/// The payload is at most 64 bytes, as the protocol wants; `receiver` sees to it for answers.
pub(crate) fn client_fence(output: &mut Vec<u8>, flags: u32, payload: &[u8]) {
    put(output, &[248, 0, 0, 0]);
    put(output, &flags.to_be_bytes());
    output.push(u8::try_from(payload.len()).unwrap_or(u8::MAX));
    output.extend(payload.iter().take(usize::from(u8::MAX)));
}

pub(crate) fn xvp(output: &mut Vec<u8>, action: PowerAction) {
    const VERSION: u8 = 1;
    let code = match action {
        PowerAction::Shutdown => 2,
        PowerAction::Reboot => 3,
        PowerAction::Reset => 4,
    };
    put(output, &[250, 0, VERSION, code]);
}

pub(crate) fn set_desktop_size(output: &mut Vec<u8>, size: Size, screens: &[Screen]) {
    put(output, &[251, 0]);
    put(output, &size.width.to_be_bytes());
    put(output, &size.height.to_be_bytes());
    let count = u8::try_from(screens.len()).unwrap_or(u8::MAX);
    put(output, &[count, 0]);
    for screen in screens.iter().take(usize::from(count)) {
        put(output, &screen.id.to_be_bytes());
        put_rect(output, screen.rect);
        put(output, &screen.flags.to_be_bytes());
    }
}

/// One copy of what makes room, for messages none of which is sent often.
#[inline(never)]
fn put(output: &mut Vec<u8>, bytes: &[u8]) {
    output.extend_from_slice(bytes);
}

fn put_rect(output: &mut Vec<u8>, rect: Rect) {
    for field in [rect.x, rect.y, rect.width, rect.height] {
        put(output, &field.to_be_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(write: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
        let mut output = Vec::new();
        write(&mut output);
        output
    }

    #[test]
    fn a_pointer_event_is_extended_only_where_the_server_knows_it_and_a_ninth_button_needs_it() {
        let both = PointerButtons(PointerButtons::LEFT.0 | PointerButtons::FORWARD.0);
        let event = |buttons, extended| written(|output| pointer_event(output, 258, 3, buttons, extended));
        assert_eq!(event(PointerButtons::LEFT, false), [5, 1, 1, 2, 0, 3]);
        assert_eq!(event(PointerButtons::LEFT, true), [5, 1, 1, 2, 0, 3]);
        assert_eq!(event(PointerButtons::BACK, false), [5, 128, 1, 2, 0, 3]);
        assert_eq!(event(PointerButtons::BACK, true), [5, 128, 1, 2, 0, 3, 1]);
        assert_eq!(event(both, true), [5, 129, 1, 2, 0, 3, 2]);
        assert_eq!(event(both, false), [5, 1, 1, 2, 0, 3]);
    }

    #[test]
    fn a_desktop_size_carries_its_screens() {
        let screen = Screen {
            id: 7,
            rect: Rect::new(0, 0, 800, 600),
            flags: 9,
        };
        let message = written(|output| {
            set_desktop_size(
                output,
                Size {
                    width: 800,
                    height: 600,
                },
                &[screen],
            )
        });
        let expected = [
            251, 0, 3, 32, 2, 88, 1, 0, //
            0, 0, 0, 7, 0, 0, 0, 0, 3, 32, 2, 88, 0, 0, 0, 9,
        ];
        assert_eq!(message, expected);
    }

    #[test]
    fn encodings_are_counted_and_signed() {
        let message = written(|output| set_encodings(output, &[Encoding::ZRLE, Encoding::CURSOR]));
        assert_eq!(message, [2, 0, 0, 2, 0, 0, 0, 16, 0xFF, 0xFF, 0xFF, 0x11]);
    }
}
