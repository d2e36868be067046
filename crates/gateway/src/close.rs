//! The close codes that the gateway ends a browser's WebSocket with, and their reasons.
//!
//! A browser tells its page nothing about a handshake that failed, so the gateway accepts the WebSocket in any case
//! and says by close code and reason what is wrong behind it. Codes from 4000 on are for applications to define
//! (RFC 6455, 7.4.2); these are HTTP's statuses with 4000 added, but for those beyond 4440, which HTTP has no status for.
//!
//! | code | what it means |
//! |---|---|
//! | 1000 | the target closed the connection in good order |
//! | 1002 | the browser does not keep to the WebSocket protocol |
//! | 1003 | the browser sent text, which RFB has none of |
//! | 1009 | the browser sent a message beyond the limit |
//! | 1011 | the connection to the target broke |
//! | 1012 | the gateway is shutting down |
//! | 4401 | a token or a login is needed |
//! | 4403 | the session's source does not let this caller have it |
//! | 4404 | there is no such session |
//! | 4408 | the browser, or the target, answered no ping |
//! | 4410 | the session has ended |
//! | 4424 | whoever the gateway has to ask is down: the controller, or the endpoint that decides who may in |
//! | 4425 | the session's desktop is still being created |
//! | 4429 | the endpoint that decides who may in is asked too often |
//! | 4440 | the connection has lasted as long as it may |
//! | 4441 | nothing was sent either way for too long |
//! | 4502 | the target could not be reached, or did not speak what was expected |
//! | 4503 | there are as many connections as there may be |
//! | 4504 | the target did not answer in time |

use std::fmt;

/// A close code and its reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Close {
    /// The code.
    pub code: u16,
    /// What happened, in words for a person.
    pub reason: String,
    /// More of it for the log alone: a frame has no room for it, and the person in front of the page no use.
    pub detail: Option<String>,
}

/// The most bytes that a close frame's reason may have (RFC 6455, 5.5).
const MAX_REASON: usize = 123;

impl Close {
    /// In good order.
    pub const NORMAL: u16 = 1000;
    /// The browser does not keep to the WebSocket protocol.
    pub const PROTOCOL: u16 = 1002;
    /// The browser sent text.
    pub const UNSUPPORTED: u16 = 1003;
    /// The browser sent a message beyond the limit.
    pub const TOO_BIG: u16 = 1009;
    /// The connection to the target broke.
    pub const BROKEN: u16 = 1011;
    /// The gateway is shutting down.
    pub const RESTART: u16 = 1012;
    /// A token or a login is needed.
    pub const UNAUTHORIZED: u16 = 4401;
    /// This caller may not have the session.
    pub const FORBIDDEN: u16 = 4403;
    /// There is no such session.
    pub const NO_SESSION: u16 = 4404;
    /// A ping was not answered.
    pub const NO_PONG: u16 = 4408;
    /// The session has ended.
    pub const ENDED: u16 = 4410;
    /// Whoever the gateway has to ask does not answer.
    pub const FAILED_DEPENDENCY: u16 = 4424;
    /// The session's desktop is not there yet.
    pub const NOT_READY: u16 = 4425;
    /// Whoever decides who may in is asked too often.
    pub const TOO_OFTEN: u16 = 4429;
    /// It has lasted as long as it may.
    pub const OVER: u16 = 4440;
    /// Idle for too long.
    pub const IDLE: u16 = 4441;
    /// There are as many connections as there may be.
    pub const TOO_MANY: u16 = 4503;
    /// The target could not be reached.
    pub const UNREACHABLE: u16 = 4502;
    /// The target did not answer in time.
    pub const TIMEOUT: u16 = 4504;

    /// A code and what happened.
    pub fn new(code: u16, reason: impl Into<String>) -> Self {
        let mut reason = reason.into();
        // The log has room for all of it.
        let detail = (reason.len() > MAX_REASON).then(|| reason.clone());
        reason.truncate(reason.floor_char_boundary(MAX_REASON));
        Self { code, reason, detail }
    }

    /// That the gateway ends.
    pub(crate) fn shutting_down() -> Self {
        Self::new(Self::RESTART, "the gateway is shutting down")
    }

    /// With more of it for the log.
    #[must_use]
    pub fn with_detail(mut self, detail: Option<String>) -> Self {
        self.detail = match (self.detail, detail) {
            (Some(reason), Some(detail)) => Some(format!("{reason}; {detail}")),
            (reason, detail) => reason.or(detail),
        };
        self
    }

    /// What a peer closed with, to be passed on. Codes that no frame may carry (RFC 6455, 7.4.1) become 1000 or
    /// 1011.
    pub fn from_peer(code: Option<u16>, reason: &str) -> Self {
        let code = match code {
            None | Some(1005) => Self::NORMAL,
            Some(1004 | 1006 | 1015) => Self::BROKEN,
            Some(code @ (1000..=1014 | 3000..=4999)) => code,
            Some(_) => Self::BROKEN,
        };
        Self::new(code, reason)
    }
}

/// As the log has it.
impl fmt::Display for Close {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.code, self.reason)?;
        match &self.detail {
            Some(detail) => write!(f, " ({detail})"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_cut_to_what_a_frame_can_carry() {
        let close = Close::new(Close::BROKEN, "ü".repeat(100));
        assert_eq!(close.reason, "ü".repeat(61));
        let close = close.with_detail(Some("and more".into()));
        assert!(close.to_string().contains(&"ü".repeat(100)), "{close}");
        assert!(close.to_string().contains("and more"), "{close}");
    }

    #[test]
    fn reserved_codes_are_never_passed_on() {
        for (code, passed) in [
            (None, 1000),
            (Some(1005), 1000),
            (Some(1006), 1011),
            (Some(1015), 1011),
            (Some(999), 1011),
        ] {
            assert_eq!(Close::from_peer(code, "").code, passed);
        }
        assert_eq!(
            Close::from_peer(Some(4001), "why"),
            Close {
                code: 4001,
                reason: "why".into(),
                detail: None,
            }
        );
    }
}
