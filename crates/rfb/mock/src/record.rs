//! What a client did.

/// What one client did, as far as it came.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Record {
    /// What it told the repeater, without the zeros behind it.
    pub repeater_id: Option<String>,
    /// Its greeting, such as `RFB 003.008`.
    pub version: Option<String>,
    /// The security types and subtypes that it picked, the outermost first.
    pub chosen: Vec<u32>,
    /// The tunnel that it picked (Tight).
    pub tunnel: Option<u32>,
    /// The version of VeNCrypt that it picked.
    pub vencrypt: Option<(u8, u8)>,
    /// The name it logged in with.
    pub user: Option<String>,
    /// The password it logged in with, where the login shows that to the server.
    pub password: Option<String>,
    /// The machine it wanted (xvp).
    pub target: Option<String>,
    /// Its random public value or key, and all random padding: what must differ between two logins.
    pub chance: Vec<u8>,
    /// The length of its RSA key in bits.
    pub key_bits: Option<u32>,
    /// Whether the credentials were right.
    pub is_accepted: Option<bool>,
    /// `ClientInit`'s flag.
    pub is_shared: Option<bool>,
    /// Everything after that.
    pub messages: Vec<Message>,
    /// What the mock found wrong with what came. It closes the connection then.
    pub complaint: Option<String>,
}

/// A message of the client's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// The pixel format, as on the wire.
    SetPixelFormat([u8; 16]),
    /// Encodings and pseudo-encodings.
    SetEncodings(Vec<i32>),
    /// What part of the screen it wants to have.
    FramebufferUpdateRequest {
        /// Whether only what has changed.
        is_incremental: bool,
        /// x, y, width and height.
        rect: [u16; 4],
    },
    /// A key, by its keysym.
    Key {
        /// Pressed, not released.
        is_down: bool,
        /// The keysym.
        keysym: u32,
    },
    /// The pointer.
    Pointer {
        /// The buttons' bits.
        buttons: u8,
        /// Where it is.
        place: (u16, u16),
    },
    /// A text for the clipboard.
    CutText(Vec<u8>),
}
