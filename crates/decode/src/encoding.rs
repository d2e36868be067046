//! The numbers of encodings and pseudo-encodings (RFC 6143, 7.7 and 7.8; rfbproto, "Encodings").

use std::fmt;

/// The number of an encoding or a pseudo-encoding, as in `SetEncodings` and in a rectangle's header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Encoding(pub i32);

/// One table of the numbers that this client knows by name.
macro_rules! encodings {
    ($($(#[$doc:meta])* $constant:ident = $number:literal, $name:literal;)*) => {
        impl Encoding {
            $($(#[$doc])* pub const $constant: Self = Self($number);)*

            /// The name in the specification, or `None` for a number that is not known here.
            #[must_use]
            pub fn name(self) -> Option<&'static str> {
                match self {
                    $(Self::$constant => Some($name),)*
                    _ => None,
                }
            }
        }
    };
}

encodings! {
    /// Pixels as they are.
    RAW = 0, "Raw";
    /// Pixels copied from elsewhere in the framebuffer.
    COPY_RECT = 1, "CopyRect";
    /// A background and rectangles on it.
    RRE = 2, "RRE";
    /// RRE in rectangles of at most 255x255.
    CORRE = 4, "CoRRE";
    /// Tiles of 16x16.
    HEXTILE = 5, "Hextile";
    /// Raw pixels through one zlib stream.
    ZLIB = 6, "Zlib";
    /// Fill, palette, gradient, copy and JPEG, through four zlib streams.
    TIGHT = 7, "Tight";
    /// Hextile whose tiles may come through two zlib streams.
    ZLIB_HEX = 8, "ZlibHex";
    /// Tiles of 16x16: raw, of one colour, with a palette, or as runs.
    TRLE = 15, "TRLE";
    /// The same in tiles of 64x64 through one zlib stream.
    ZRLE = 16, "ZRLE";
    /// ZRLE whose tiles may be a wavelet transform's coefficients.
    ZYWRLE = 17, "ZYWRLE";
    /// One JPEG image a rectangle.
    JPEG = 21, "JPEG";
    /// Videos in H.264, decoded by the application.
    H264 = 50, "H.264";
    /// Tight whose lossless rectangles are PNG images.
    TIGHT_PNG = -260, "TightPNG";
    /// The framebuffer's size changes.
    DESKTOP_SIZE = -223, "DesktopSize";
    /// This rectangle ends the update.
    LAST_RECT = -224, "LastRect";
    /// The pointer's place.
    POINTER_POSITION = -232, "PointerPos";
    /// The cursor's shape and hot spot.
    CURSOR = -239, "Cursor";
    /// The same in two colours.
    X_CURSOR = -240, "XCursor";
    /// Whether pointer events tell places or ways.
    POINTER_MOTION_CHANGE = -257, "QEMUPointerMotionChange";
    /// Key events may carry the key's scancode.
    EXTENDED_KEY_EVENT = -258, "QEMUExtendedKeyEvent";
    /// Which lock keys are on.
    LED_STATE = -261, "LEDState";
    /// The desktop's name changes.
    DESKTOP_NAME = -307, "DesktopName";
    /// Size and screens, and the answer to asking for others.
    EXTENDED_DESKTOP_SIZE = -308, "ExtendedDesktopSize";
    /// The machine can be shut down, rebooted and reset.
    XVP = -309, "xvp";
    /// The server knows fences.
    FENCE = -312, "Fence";
    /// The server can send updates without being asked for each.
    CONTINUOUS_UPDATES = -313, "ContinuousUpdates";
    /// The cursor's shape, whose pixels may be half transparent.
    CURSOR_WITH_ALPHA = -314, "CursorWithAlpha";
    /// Pointer events may carry a ninth button.
    EXTENDED_MOUSE_BUTTONS = -316, "ExtendedMouseButtons";
    /// Clipboard messages may carry more than Latin-1 text.
    EXTENDED_CLIPBOARD = -1_063_131_698, "ExtendedClipboard";
    /// Tight's pixels need not be compressed.
    TIGHT_WITHOUT_ZLIB = -317, "TightWithoutZlib";
    /// The cursor's shape, as masks or with alpha.
    VMWARE_CURSOR = 0x574D_5664, "VMwareCursor";
    /// Whether the cursor is to be seen.
    VMWARE_CURSOR_STATE = 0x574D_5665, "VMwareCursorState";
    /// The pointer's place.
    VMWARE_CURSOR_POSITION = 0x574D_5666, "VMwareCursorPosition";
    /// Which lock keys are on.
    VMWARE_LED_STATE = 0x574D_5668, "VMwareLEDState";
}

impl Encoding {
    /// The pseudo-encoding that asks for this JPEG quality, 0 (worst) to 9.
    #[must_use]
    pub fn jpeg_quality(level: u8) -> Self {
        Self(-32 + i32::from(level.min(9)))
    }

    /// The pseudo-encoding that asks for this JPEG quality, 0 (worst) to 100.
    #[must_use]
    pub fn fine_jpeg_quality(quality: u8) -> Self {
        Self(-512 + i32::from(quality.min(100)))
    }

    /// The pseudo-encoding that asks for this chroma subsampling in JPEG images.
    #[must_use]
    pub fn jpeg_subsampling(subsampling: Subsampling) -> Self {
        Self(match subsampling {
            Subsampling::None => -768,
            Subsampling::Two => -766,
            Subsampling::Four => -767,
            Subsampling::Grey => -765,
        })
    }

    /// The pseudo-encoding that asks for this much compression, 0 (fastest) to 9 (smallest).
    #[must_use]
    pub fn compression_level(level: u8) -> Self {
        Self(-256 + i32::from(level.min(9)))
    }
}

/// How many pixels of a JPEG image share their colour; their brightness stays their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Subsampling {
    /// None do.
    None,
    /// Two.
    Two,
    /// Four.
    Four,
    /// There is none: the image is grey.
    Grey,
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "encoding {}", self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_stay_within_their_ten_numbers() {
        assert_eq!(Encoding::jpeg_quality(0), Encoding(-32));
        assert_eq!(Encoding::jpeg_quality(9), Encoding(-23));
        assert_eq!(Encoding::jpeg_quality(200), Encoding(-23));
        assert_eq!(Encoding::fine_jpeg_quality(0), Encoding(-512));
        assert_eq!(Encoding::fine_jpeg_quality(101), Encoding(-412));
        assert_eq!(Encoding::compression_level(0), Encoding(-256));
        assert_eq!(Encoding::compression_level(99), Encoding(-247));
    }

    #[test]
    fn an_unknown_number_is_shown_as_a_number() {
        assert_eq!(Encoding::TIGHT_PNG.to_string(), "TightPNG");
        assert_eq!(Encoding(4711).to_string(), "encoding 4711");
    }
}
