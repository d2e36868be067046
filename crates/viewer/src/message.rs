//! What page and session say to each other.

use std::fmt;

use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// What the page wants of the session.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Command {
    /// Connect. A connection that there is ends first.
    Connect(Box<ConnectOptions>),
    /// The answer to [`Event::CredentialsRequired`].
    Credentials(Credentials),
    /// The answer to [`Event::ServerKey`]: whether that is the desktop's key.
    ApproveServer(bool),
    /// A key went down or up.
    Key {
        /// Its X keysym; 0 for a key that has none.
        keysym: u32,
        /// Which key it is, as an XT keyboard counts them; 0 if that is not known.
        scancode: u8,
        /// Whether it went down.
        down: bool,
    },
    /// The pointer moved, or a button went down or up.
    Pointer {
        /// Column in the framebuffer, in pixels.
        x: u16,
        /// Row in the framebuffer, in pixels.
        y: u16,
        /// The buttons held, by RFB's bits: left, middle, right, wheel up, down, left, right, back, forward.
        buttons: u16,
    },
    /// The pointer moved by so much, or a button went down or up, where [`Event::PointerMode`] wants it told in this way.
    Motion {
        /// Pixels to the right.
        right: i16,
        /// Pixels down.
        down: i16,
        /// As [`Self::Pointer`]'s.
        buttons: u16,
    },
    /// What the local clipboard holds, for the remote one.
    Clipboard(Clipboard),
    /// Ask the server for a framebuffer, or one of its screens, of this size.
    RequestSize {
        /// Which of several screens, from 1 on; 0 for the whole.
        screen: u8,
        /// Width in pixels.
        width: u16,
        /// Height in pixels.
        height: u16,
    },
    /// Ask the server to divide the desktop into this many screens, side by side.
    RequestScreens(u8),
    /// Ask the machine to do this, where [`Event::PowerOffered`] has said that it can be asked.
    Power(PowerAction),
    /// Other quality settings, see [`ConnectOptions`].
    Quality {
        /// They follow the line; of the others the compression level is the least then.
        adaptive: bool,
        /// JPEG quality, 0 to 9.
        quality: Option<u8>,
        /// Compression level, 0 to 9.
        compression: Option<u8>,
    },
    /// Whether somebody can see the desktop. While nobody can, no updates are asked for.
    Seen(bool),
    /// Nothing of what is typed or pointed at is sent while this is on.
    ViewOnly(bool),
    /// Report [`Event::Statistics`] once a second, and [`Event::Log`] for every protocol step, or stop it.
    Observe(bool),
    /// End the connection.
    Disconnect,
}

/// What a machine can be asked to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum PowerAction {
    /// Shut down in an orderly way.
    Shutdown,
    /// Reboot in an orderly way.
    Reboot,
    /// Reset at once.
    Reset,
}

/// How to connect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectOptions {
    /// The WebSocket's address, `ws:` or `wss:`.
    pub url: String,
    /// Whether others may stay connected.
    pub shared: bool,
    /// Nothing of what is typed or pointed at is sent.
    pub view_only: bool,
    /// Quality and compression follow the line. The two below are what it begins with, and the least compression.
    pub adaptive: bool,
    /// JPEG quality, 0 (worst) to 9; none for lossless pixels only.
    pub quality: Option<u8>,
    /// The same on a scale of 0 (worst) to 100, for servers that know it.
    pub fine_quality: Option<u8>,
    /// How many pixels of a JPEG image share their colour: 1, 2 or 4; or 0 for none of it.
    pub subsampling: Option<u8>,
    /// Compression level, 0 (fastest) to 9 (smallest).
    pub compression: Option<u8>,
    /// The colours of a pixel.
    pub depth: Depth,
    /// The only encodings to ask for, by number; none for the usual ones.
    pub encodings: Option<Vec<i32>>,
    /// What to log in with, without asking first.
    pub credentials: Option<Credentials>,
    /// Which desktop to ask an UltraVNC repeater for.
    pub repeater_id: Option<String>,
    /// The only security types to use, by number; none for all that are known.
    pub security_types: Option<Vec<u32>>,
}

/// One thing that a login may ask a person for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Credential {
    /// A user's name.
    Username,
    /// A password.
    Password,
    /// The system behind the server that is to be connected to.
    Target,
}

/// What a person answered. It is wiped from memory when it is dropped.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub struct Credentials {
    /// The user's name.
    pub username: Option<String>,
    /// The password.
    pub password: Option<String>,
    /// The system to connect to.
    pub target: Option<String>,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials")
    }
}

/// The colours of a pixel on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Depth {
    /// Whatever the server has.
    Server,
    /// 8 bits.
    Low,
    /// 16 bits.
    High,
    /// 24 bits.
    True,
}

/// What the session tells the page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Event {
    /// The session runs and takes commands.
    Ready,
    /// A connection has come this far.
    Progress(Stage),
    /// The login needs something of a person: [`Command::Credentials`].
    CredentialsRequired {
        /// The login's name.
        login: String,
        /// What it needs.
        asked: Vec<Credential>,
    },
    /// The login waits for word that this is the desktop's key: [`Command::ApproveServer`].
    ServerKey {
        /// The key's SHA-256.
        sha256: Vec<u8>,
        /// The first bytes of its SHA-1, which other viewers show.
        fingerprint: Vec<u8>,
    },
    /// The desktop is there; its first pixels are on their way.
    Connected {
        /// Width of the framebuffer in pixels.
        width: u16,
        /// Height of the framebuffer in pixels.
        height: u16,
        /// The desktop's name.
        name: String,
    },
    /// The first frame is on the canvas.
    FirstFrame,
    /// The framebuffer has another size, and so has the canvas.
    Resized {
        /// Width in pixels.
        width: u16,
        /// Height in pixels.
        height: u16,
    },
    /// The desktop has these screens, and can be asked for another size.
    Screens(Vec<Screen>),
    /// A request for another size was refused, in words.
    ResizeRefused(String),
    /// A sentence for the person, about something that goes on all the same.
    Notice(String),
    /// The desktop has another name.
    Name(String),
    /// The pointer has another shape.
    Cursor(CursorShape),
    /// The remote pointer is elsewhere, and it was not this viewer that moved it.
    PointerMoved {
        /// Column in the framebuffer, in pixels.
        x: u16,
        /// Row in the framebuffer, in pixels.
        y: u16,
    },
    /// How the server wants to be told of the pointer.
    PointerMode {
        /// By [`Command::Motion`] instead of [`Command::Pointer`].
        relative: bool,
    },
    /// The server goes by the places of keys, not by what they mean here.
    KeysByPlace,
    /// Which lock keys are on at the desktop.
    LockKeys(LockKeys),
    /// The machine can be shut down, rebooted and reset: [`Command::Power`].
    PowerOffered,
    /// The desktop's clipboard takes pictures.
    PicturesOffered,
    /// What the remote clipboard holds.
    Clipboard(Clipboard),
    /// Something of a clipboard could not be carried over.
    ClipboardTrouble(ClipboardTrouble),
    /// The bell.
    Bell,
    /// [`Statistics`], encoded; see [`Command::Observe`]. The page has no use for them, and does without what reads them.
    Statistics(Vec<u8>),
    /// A line of the protocol log; see [`Command::Observe`].
    Log(LogLine),
    /// The connection has ended, or could not be made.
    Disconnected(Ending),
}

/// One of a desktop's screens: the part of the framebuffer that it shows. It is as the server says it, and may lie beyond
/// the framebuffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Screen {
    /// Its first column.
    pub x: u16,
    /// Its first row.
    pub y: u16,
    /// Width in pixels.
    pub width: u16,
    /// Height in pixels.
    pub height: u16,
}

/// What a clipboard holds, in every format that it has it in.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Clipboard {
    /// Plain text.
    pub text: Option<String>,
    /// A fragment of HTML.
    pub html: Option<String>,
    /// Rich Text Format, as it is.
    pub rtf: Option<Vec<u8>>,
    /// A picture, as it is: a BMP file without its file header.
    pub dib: Option<Vec<u8>>,
}

/// Why something of a clipboard was not carried over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ClipboardTrouble {
    /// What the remote clipboard holds is too long to be taken.
    TooLong {
        /// Its length in bytes.
        bytes: u32,
    },
    /// What the server sent of it makes no sense, and why.
    Unreadable(String),
    /// The local clipboard's text, or its picture where it has no text, is too long for the server.
    NotSent {
        /// How many bytes it takes.
        limit: u32,
    },
    /// The server may take only Latin-1 text, where what that has not became question marks.
    Reduced,
}

/// How far a connection has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    /// The WebSocket is being opened.
    OpeningSocket,
    /// It is open; the server's greeting is awaited.
    AwaitingServer,
    /// The server is there; the login is under way.
    LoggingIn,
    /// A login that has to be loaded, and makes a key of its own.
    PreparingLogin,
    /// The login is done; the desktop is being described.
    StartingDesktop,
}

/// The pointer's shape.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CursorShape {
    /// Width in pixels; a shape without pixels hides the pointer.
    pub width: u16,
    /// Height in pixels.
    pub height: u16,
    /// Column of the pixel that points.
    pub hotspot_x: u16,
    /// Row of the pixel that points.
    pub hotspot_y: u16,
    /// Its pixels: R, G, B, alpha.
    pub rgba: Vec<u8>,
}

/// Which lock keys are on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct LockKeys {
    /// Scroll Lock.
    pub scroll_lock: bool,
    /// Num Lock.
    pub num_lock: bool,
    /// Caps Lock.
    pub caps_lock: bool,
}

/// Where on the way to the desktop a connection ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Hop {
    /// In this page: asked for by the user, or a fault of the viewer.
    Page,
    /// Between this page and the gateway: the WebSocket.
    WebSocket,
    /// Between the gateway and the desktop, as the gateway says.
    Gateway,
    /// At the VNC server.
    Server,
}

/// Why a connection has ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ending {
    /// Where.
    pub hop: Hop,
    /// Whether it ended as the user wanted.
    pub clean: bool,
    /// What happened, as a sentence for a person.
    pub reason: String,
    /// What the person can do about it, where there is something.
    pub advice: Option<String>,
    /// The WebSocket's close code, where there was one.
    pub code: Option<u16>,
    /// Whether it was the login that failed: another password may help, the same one will not.
    pub login_failed: bool,
}

/// Live figures of a connection.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Statistics {
    /// Frames painted in the last second.
    pub frames_per_second: f32,
    /// Framebuffer updates received in the last second.
    pub updates_per_second: f32,
    /// Bytes received in the last second.
    pub bytes_per_second: f64,
    /// Bytes received in all.
    pub bytes: u64,
    /// Share of the last second that was spent decoding, 0 to 1.
    pub decode_load: f32,
    /// Share of the last second that was spent painting, 0 to 1.
    pub paint_load: f32,
    /// The latest round trips to the server, where the server has fences.
    pub round_trip: Option<RoundTrip>,
    /// By encoding, since the connection began.
    pub encodings: Vec<EncodingFigures>,
    /// Width and height of the framebuffer.
    pub size: (u16, u16),
    /// Whether the server sends updates by itself.
    pub continuous_updates: bool,
    /// JPEG quality and compression level that are asked for now, where they follow the line.
    pub adapted: Option<(u8, u8)>,
    /// The desktop's screens in words, where the server has described them.
    pub screens: String,
}

/// What the latest round trips took, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct RoundTrip {
    /// The shortest: the way itself, without what stood in it.
    pub minimum: f64,
    /// Half of them took longer.
    pub median: f64,
    /// How far the others are from the shortest (root mean square), as in NTP.
    pub jitter: f64,
}

/// What has arrived in one encoding since the connection began.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EncodingFigures {
    /// The encoding's name.
    pub name: String,
    /// Rectangles.
    pub rectangles: u64,
    /// Bytes on the wire.
    pub bytes: u64,
    /// Pixels.
    pub pixels: u64,
}

/// One line of the protocol log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogLine {
    /// Milliseconds since the connection began.
    pub milliseconds: u32,
    /// What happened.
    pub text: String,
}

/// A message that cannot be read: page and worker are of different builds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unreadable;

/// A message as bytes, for `postMessage`.
pub fn encode<T: Serialize>(message: &T) -> Vec<u8> {
    // Serialising these types into memory cannot fail; were it to, the other half reports an empty message.
    postcard::to_allocvec(message).unwrap_or_default()
}

/// A message from its bytes.
///
/// # Errors
/// [`Unreadable`] where the bytes are none of this build's messages.
pub fn decode<T: for<'a> Deserialize<'a>>(bytes: &[u8]) -> Result<T, Unreadable> {
    postcard::from_bytes(bytes).map_err(|_| Unreadable)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn messages_survive_the_way_to_the_other_half() {
        let command = Command::Connect(Box::new(ConnectOptions {
            url: "ws://localhost/websock".into(),
            shared: true,
            view_only: false,
            adaptive: true,
            quality: Some(6),
            fine_quality: Some(90),
            subsampling: Some(1),
            compression: None,
            depth: Depth::High,
            encodings: Some(vec![16, -260]),
            credentials: None,
            repeater_id: None,
            security_types: Some(vec![129]),
        }));
        assert_eq!(decode(&encode(&command)), Ok(command));
        let event = Event::Resized {
            width: 65_535,
            height: 1,
        };
        assert_eq!(decode(&encode(&event)), Ok(event));
        assert_eq!(decode::<Event>(&[]), Err(Unreadable));
        assert_eq!(decode::<Event>(&[0xFF, 0xFF, 0xFF, 0xFF, 0x0F]), Err(Unreadable));
    }
}
