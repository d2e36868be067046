//! Sessions: what can be shown, and how far it is.

mod target;

use serde::Serialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::close::Close;
use crate::health::{Health, HealthAddress};

pub use target::{BadTarget, Target};

/// One session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its name in addresses.
    pub id: String,
    /// How far it is.
    pub state: State,
    /// Since when it has been so, where that is known.
    pub since: Option<OffsetDateTime>,
    /// What runs it, such as a cloud.
    pub provider: Option<String>,
    /// The VM's name at its provider.
    pub vm_id: Option<String>,
    /// The VM's address, for people.
    pub vm_address: Option<String>,
    /// Where the VM's own agent says how it is.
    pub health: Option<HealthAddress>,
}

/// How far a session is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// Its machine is being made.
    Creating,
    /// Its machine is there, its desktop not yet.
    Booting,
    /// Its desktop is here.
    Ready(Target),
    /// Its desktop could not be made, or broke: why.
    Failed(String),
    /// Its desktop was there once; and why it no longer is, where that is more than that somebody ended it.
    Ended(Option<String>),
}

/// A session as `GET /api/auth/session/{id}` shows it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Description<'a> {
    id: &'a str,
    provider: Option<&'a str>,
    vm_id: Option<&'a str>,
    vm_address: Option<&'a str>,
    status: &'static str,
    /// RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    health: Option<&'a Health>,
    viewer_path: String,
}

impl Session {
    /// One whose desktop is at this target, and of which no more is known.
    #[must_use]
    pub fn ready(id: &str, target: Target) -> Self {
        Self {
            id: id.to_owned(),
            state: State::Ready(target),
            since: None,
            provider: None,
            vm_id: None,
            vm_address: None,
            health: None,
        }
    }

    /// The path of its page.
    #[must_use]
    pub fn viewer_path(&self) -> String {
        format!("/api/auth/session/{}/novnc", self.id)
    }

    /// Where its desktop is.
    ///
    /// # Errors
    /// That it is not there now, as a viewer is to be told.
    pub fn target(&self) -> Result<&Target, Close> {
        let id = &self.id;
        match &self.state {
            State::Ready(target) => Ok(target),
            State::Creating => Err(Close::new(
                Close::NOT_READY,
                format!("the desktop of session \"{id}\" is still being created"),
            )),
            State::Booting => Err(Close::new(
                Close::NOT_READY,
                format!("the desktop of session \"{id}\" is still booting"),
            )),
            State::Failed(why) => Err(Close::new(
                Close::UNREACHABLE,
                format!("session \"{id}\" failed: {why}"),
            )),
            State::Ended(why) => {
                let why = why.as_deref().map(|why| format!(": {why}")).unwrap_or_default();
                Err(Close::new(
                    Close::ENDED,
                    format!("session \"{id}\" has ended{why}"),
                ))
            }
        }
    }

    /// What others may know of it, and how its agent says that it is; where the target is is not among it unless its
    /// source says so.
    #[must_use]
    pub fn description<'a>(&'a self, health: Option<&'a Health>) -> Description<'a> {
        let (status, reason) = match &self.state {
            State::Creating => ("creating", None),
            State::Booting => ("booting", None),
            State::Ready(_) => ("ready", None),
            State::Failed(why) => ("failed", Some(why.as_str())),
            State::Ended(why) => ("ended", why.as_deref()),
        };
        Description {
            id: &self.id,
            provider: self.provider.as_deref(),
            vm_id: self.vm_id.as_deref(),
            vm_address: self.vm_address.as_deref(),
            status,
            since: self.since.and_then(|since| since.format(&Rfc3339).ok()),
            reason,
            health,
            viewer_path: self.viewer_path(),
        }
    }
}

/// Whether this can be a session's name: one that needs no quoting and means nothing else in an address, so that it is
/// the same everywhere.
#[must_use]
pub fn is_name(text: &str) -> bool {
    !matches!(text, "" | "." | "..")
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_without_a_desktop_says_how_far_it_is() {
        let mut session = Session::ready("a", Target::Demo);
        assert_eq!(session.target(), Ok(&Target::Demo));
        for (state, code, words) in [
            (State::Creating, 4425, "still being created"),
            (State::Failed("no room".into()), 4502, "failed: no room"),
            (State::Booting, 4425, "still booting"),
            (State::Ended(None), 4410, "has ended"),
            (State::Ended(Some("why".into())), 4410, "has ended: why"),
        ] {
            session.state = state;
            let close = session.target().err().unwrap_or_else(|| Close::new(0, ""));
            assert_eq!(close.code, code);
            assert!(close.reason.contains(words), "{close}");
        }
    }

    #[test]
    fn names_mean_nothing_else_in_an_address() {
        for (text, expected) in [
            ("build-42", true),
            ("a.b~c_d", true),
            ("", false),
            (".", false),
            ("..", false),
            ("a/b", false),
            ("a%2fb", false),
            ("a?b", false),
            ("ä", false),
        ] {
            assert_eq!(is_name(text), expected, "{text}");
        }
    }
}
