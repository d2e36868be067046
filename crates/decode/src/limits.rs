//! How much a server may make the client hold.

/// The most that a server may make the client hold of anything. What goes beyond ends the connection with an
/// error that names the limit, but for clipboard text, which is passed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Pixels of the framebuffer; four bytes each.
    pub framebuffer_pixels: usize,
    /// Bytes of a text that names something: the desktop's name, the reason for a failure.
    pub text_bytes: usize,
    /// Bytes of a clipboard message, and of each format in it once it is inflated. What is longer is passed over and
    /// reported.
    pub clipboard_bytes: usize,
    /// Width and height of a cursor in pixels.
    pub cursor_side: u16,
    /// Bytes of one compressed image (JPEG, PNG) or piece of video in a rectangle.
    pub image_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            framebuffer_pixels: 64 << 20,
            text_bytes: 64 << 10,
            clipboard_bytes: 16 << 20,
            cursor_side: 1024,
            image_bytes: 32 << 20,
        }
    }
}
