//! What a connection reports.

use std::fmt;

use super::screens::{ResizeStatus, Screen};
use crate::clipboard::ClipboardContent;
use crate::cursor::Cursor;
use crate::geometry::Size;
use crate::security::{Credential, SecurityType, ServerKey};
use crate::version::Version;
use crate::video::Video;

/// Something that happened on a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The version is agreed on.
    VersionAgreed {
        /// The version that both sides speak from here on.
        version: Version,
        /// The version as the server wrote it, such as `003.889`.
        server: String,
    },
    /// The security type is chosen, or what goes on inside of it.
    SecurityTypeChosen(SecurityType),
    /// The login of this security type is wanted, by [`crate::Client::provide_login`].
    LoginRequired(SecurityType),
    /// The server shows this key. The login waits for [`crate::Client::approve_server`].
    ServerKeyReceived(ServerKey),
    /// The login needs these, by [`crate::Client::provide_credentials`].
    CredentialsRequired(&'static [Credential]),
    /// The login is done and the desktop described. Pixels come next.
    Connected {
        /// The framebuffer's size.
        size: Size,
        /// The desktop's name.
        name: String,
    },
    /// A `FramebufferUpdate` has begun to arrive.
    UpdateStarted,
    /// All of a `FramebufferUpdate` has been decoded: a good moment to paint.
    UpdateCompleted {
        /// How many rectangles it had, pseudo-encodings among them.
        rectangles: u32,
    },
    /// This is to be decoded. Nothing goes on before [`crate::Client::provide_video`] says what came of it.
    VideoReceived(Video),
    /// These contexts of videos are over: [`Video::context`].
    VideoContextsClosed(Vec<u32>),
    /// The framebuffer has another size.
    Resized {
        /// The new size.
        size: Size,
    },
    /// The server has described the desktop's screens.
    ScreensChanged(Vec<Screen>),
    /// The server has answered [`crate::Client::request_desktop_size`].
    ResizeAnswered(ResizeStatus),
    /// The desktop has another name.
    NameChanged(String),
    /// The cursor has another shape.
    CursorChanged(Cursor),
    /// The pointer is elsewhere, moved by another client or by the desktop itself.
    PointerMoved {
        /// Column in the framebuffer.
        x: u16,
        /// Row in the framebuffer.
        y: u16,
    },
    /// The server wants to hear of the pointer in another way.
    PointerModeChanged {
        /// By [`crate::Client::pointer_motion`] instead of [`crate::Client::pointer`].
        relative: bool,
    },
    /// The server takes scancodes ([`crate::Client::key`]).
    ScancodesOffered,
    /// These lock keys are on.
    LockKeysChanged(LockKeys),
    /// The machine can be asked to shut down, reboot or reset ([`crate::Client::power`]).
    PowerOffered,
    /// The server could not, or would not, do what [`crate::Client::power`] asked for.
    PowerRefused,
    /// The remote clipboard takes pictures ([`ClipboardContent::dib`]).
    ClipboardTakesPictures,
    /// The remote clipboard holds this.
    Clipboard(ClipboardContent),
    /// The remote clipboard holds something beyond the limit. It was passed over.
    ClipboardTooLong {
        /// Its length in bytes.
        length: u32,
    },
    /// A clipboard message, or the rest of one, makes no sense. It was passed over.
    ClipboardUnreadable {
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The server asks for what [`crate::Client::clipboard`] was given: [`crate::Client::provide_clipboard`].
    ClipboardRequested,
    /// The text that [`crate::Client::clipboard`] was given is too long for the server, or the picture where there is
    /// no text.
    ClipboardNotSent {
        /// How many bytes a message may have.
        limit: usize,
    },
    /// The server, or its program, may take only Latin-1 text. It was sent question marks for what that has not.
    ClipboardReduced,
    /// The bell.
    Bell,
    /// The server can be sent fences ([`crate::Client::send_fence`]).
    FencesOffered,
    /// The server sends updates by itself from here on.
    ContinuousUpdatesEnabled,
    /// The answer to [`crate::Client::send_fence`].
    FenceAnswered(Vec<u8>),
}

/// Which lock keys are on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct LockKeys {
    /// Scroll Lock.
    pub scroll_lock: bool,
    /// Num Lock.
    pub num_lock: bool,
    /// Caps Lock.
    pub caps_lock: bool,
}

/// What a client is waiting for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// The server's greeting.
    Greeting,
    /// The desktop behind a repeater, which has been told which one.
    Repeater,
    /// The security types that it offers.
    SecurityTypes,
    /// From the application, what the login consists of.
    LoginRequired,
    /// Its part of the login.
    Login,
    /// Word from the application that the server's key is right.
    ServerKey,
    /// Credentials from the application.
    Credentials,
    /// Its verdict on the login.
    SecurityResult,
    /// Its words on why it refuses.
    Reason,
    /// The description of the desktop.
    ServerInit,
    /// Nothing in particular: the desktop is being used.
    Running,
    /// Nothing: the connection has ended.
    Ended,
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Greeting => "before its greeting",
            Self::Repeater => "before the repeater had found the desktop",
            Self::SecurityTypes => "before it offered a security type",
            Self::LoginRequired => "while the login was being prepared",
            Self::Login => "during the login",
            Self::ServerKey => "while the login waited for the server's key to be approved",
            Self::Credentials => "while the login waited for credentials",
            Self::SecurityResult => "before it accepted or refused the login",
            Self::Reason => "while it said why it refuses",
            Self::ServerInit => "before it described the desktop",
            Self::Running => "while the desktop was in use",
            Self::Ended => "after the end",
        })
    }
}
