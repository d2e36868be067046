//! What was seen on the way to a desktop.

use crate::answer::Answer;

/// What was seen. What nobody has looked at is as it is by default.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seen {
    /// The page that looks; none where it is no page.
    pub page: Option<Page>,
    /// What the page's own address answered, where somebody else looks at it.
    pub page_answer: Answer,
    /// How the session stands, where a gateway looks.
    pub session: Option<Standing>,
    /// What is looked at.
    pub address: Address,
    /// The way to its host.
    pub reached: Reached,
    /// TLS with it.
    pub tls: Tls,
    /// To an ordinary request.
    pub plain: Answer,
    /// To the WebSocket's upgrade, with the subprotocol `binary`.
    pub upgrade: Answer,
    /// That the upgrade was agreed to with the wrong key, by something that does not know what it says.
    pub accept_is_wrong: bool,
    /// To the same without a subprotocol.
    pub without_subprotocol: Answer,
    /// To the same at the same path with a slash more or less at its end.
    pub respelled: Answer,
    /// What was spoken once the way was open.
    pub spoken: Spoken,
    /// How many milliseconds that took.
    pub took: Vec<(Check, u32)>,
}

/// What is looked at, in the order of the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Check {
    /// The page itself.
    Page,
    /// The session, as the gateway knows it.
    Session,
    /// The host's name.
    Name,
    /// The TCP connection, or the unix socket's.
    Connection,
    /// TLS.
    Tls,
    /// An ordinary request.
    Plain,
    /// The WebSocket's upgrade.
    Upgrade,
    /// What comes first once the way is open.
    Greeting,
    /// The security types and the login.
    Login,
    /// The first picture.
    Picture,
    /// A connection on which nothing is said for a while.
    Quiet,
}

/// A page in a browser.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// Its address, without what may be secret in it.
    pub address: String,
    /// What addresses in it are relative to.
    pub base: String,
    /// Whether it came by https.
    pub is_https: bool,
    /// Whether the browser takes it for a secure context.
    pub is_secure: bool,
}

/// How a session stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// Its desktop is there.
    Ready,
    /// There is none of that name.
    Unknown,
    /// Its desktop is being made.
    Creating,
    /// Whoever would know of it cannot be asked: why.
    Unanswered(String),
    /// Its desktop could not be made: why.
    Failed(String),
    /// It has ended.
    Ended,
    /// There is no room for a connection: why.
    Full(String),
    /// The gateway is shutting down.
    Draining,
}

/// An address that is looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Address {
    /// As it is named to a person.
    pub shown: String,
    /// Whether it is spoken to inside TLS.
    pub is_tls: bool,
    /// Whether it is on the machine of whoever looks.
    pub is_loopback: bool,
    /// Whether RFB is spoken there as it is, without HTTP.
    pub is_stream: bool,
    /// Path and query.
    pub path: String,
}

/// How the way to a host went.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Reached {
    /// Nobody has tried.
    #[default]
    Untried,
    /// It takes connections, at this address.
    Yes(String),
    /// Its name cannot be resolved.
    NoName,
    /// Nothing listens there; in words.
    Refused(String),
    /// It cannot be reached; in words.
    Unreachable(String),
    /// Somebody listens there, and takes up nobody of those who wait.
    Full,
    /// It did not answer in time.
    Silent,
}

/// How TLS went.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Tls {
    /// There was none to be spoken.
    #[default]
    Untried,
    /// It is spoken.
    Done,
    /// The certificate is not trusted; in words that follow upon the host's name.
    Untrusted(String),
    /// It failed; in words.
    Failed(String),
    /// It failed, and plain HTTP is answered there.
    Plain,
    /// RFB's handshake around it failed (`VeNCrypt`); in words whose subject is the server.
    Vencrypt(String),
}

/// What was spoken once the way was open.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Spoken {
    /// Whether the way was open.
    pub is_open: bool,
    /// The server's greeting, without its end of line.
    pub greeting: Option<String>,
    /// The security types that it offers, by number.
    pub security_types: Vec<u8>,
    /// Whether somebody is logged in.
    pub is_logged_in: bool,
    /// That the login wants what whoever looks does not have.
    pub wants_login: bool,
    /// The desktop's width, height and name.
    pub desktop: Option<(u16, u16, String)>,
    /// Whether a picture has come.
    pub has_picture: bool,
    /// How it ended, other than by whoever looked.
    pub end: Option<End>,
    /// How long nothing was said before that end, or until nobody waited any longer, in milliseconds.
    pub quiet: Option<u32>,
}

/// How a conversation ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// With a WebSocket's close frame.
    Closed {
        /// Its code.
        code: u16,
        /// Its reason.
        reason: String,
    },
    /// Without a word.
    Gone,
    /// Nothing came for too long.
    Silent,
    /// What was sent is compressed, which nobody had agreed on.
    Compressed,
    /// Text was sent, where there are only bytes.
    Text,
    /// What was sent is none of what was to come: its first bytes.
    NotRfb(Vec<u8>),
    /// The server has nobody in: why.
    TurnedAway(String),
    /// The login was refused: why, if that was said.
    LoginRefused(String),
    /// What was sent cannot be; in words.
    Garbled(String),
}

impl Seen {
    /// What this address answered, page, plain request and upgrade.
    pub(crate) fn answers(&self) -> [&Answer; 3] {
        [&self.page_answer, &self.plain, &self.upgrade]
    }

    /// Whether the way by HTTP is closed: the page is not had, or the WebSocket does not open.
    pub(crate) fn is_denied(&self) -> bool {
        let page_is_had = |status| matches!(status, 200..=299);
        self.page_answer.status().is_some_and(|it| !page_is_had(it))
            || matches!(
                self.page_answer,
                Answer::Silent | Answer::Ended | Answer::Bytes(_)
            )
            || self.upgrade.denies() && !self.without_subprotocol.opens()
    }

    /// Whether a page or an upgrade was answered with a status like this. A browser says only what an ordinary request
    /// was answered with.
    pub(crate) fn is_denied_with(&self, statuses: impl Fn(u16) -> bool) -> bool {
        let answer = match self.upgrade {
            Answer::Failed => &self.plain,
            Answer::Untried => &self.page_answer,
            ref upgrade => upgrade,
        };
        self.is_denied() && answer.status().is_some_and(statuses)
    }

    /// Whether that is a gateway's own refusal, with this status and these words.
    pub(crate) fn is_denied_saying(&self, status: u16, words: &str) -> bool {
        self.is_denied() && self.answers().iter().any(|answer| answer.says(status, words))
    }

    /// Whether the WebSocket was closed with one of these codes before the desktop was seen.
    pub(crate) fn is_closed_with(&self, codes: &[u16]) -> bool {
        matches!(&self.spoken.end, Some(End::Closed { code, .. }) if codes.contains(code))
    }

    /// How long that took, in milliseconds.
    #[must_use]
    pub fn took(&self, check: Check) -> Option<u32> {
        let found = self.took.iter().find(|(own, _)| *own == check);
        found.map(|(_, milliseconds)| *milliseconds)
    }
}
