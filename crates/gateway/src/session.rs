//! Sessions: what can be shown, and where it is.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use axum::http::Uri;
use serde::Serialize;

use crate::vencrypt::Vencrypt;

/// Where a session's desktop is. A browser never names one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// The gateway's own demo desktop.
    Demo,
    /// RFB over TCP: host and port.
    Tcp(String),
    /// RFB over a unix socket.
    Unix(PathBuf),
    /// RFB over a WebSocket: a `ws:` or `wss:` address.
    WebSocket {
        /// The address.
        url: String,
        /// Host and port in it.
        authority: String,
    },
    /// RFB over TCP, inside TLS as `VeNCrypt` has it.
    Vencrypt(Box<Vencrypt>),
}

/// Why a target's address cannot be one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is no target: expected tcp://HOST:PORT, vencrypt+tcp://HOST:PORT, unix:/PATH, ws://HOST[:PORT]/PATH, wss://… \
     or demo:"
)]
pub struct BadTarget(String);

impl FromStr for Target {
    type Err = BadTarget;

    fn from_str(text: &str) -> Result<Self, BadTarget> {
        let bad = || BadTarget(text.to_owned());
        if text == "demo:" {
            return Ok(Self::Demo);
        }
        if let Some(path) = text.strip_prefix("unix:") {
            return if path.starts_with('/') {
                Ok(Self::Unix(path.into()))
            } else {
                Err(bad())
            };
        }
        let uri: Uri = text.parse().map_err(|_| bad())?;
        if let Some(address) = text.strip_prefix("tcp://") {
            return match host_and_port(&uri, address) {
                Some(_) => Ok(Self::Tcp(address.to_owned())),
                None => Err(bad()),
            };
        }
        if let Some(address) = text.strip_prefix("vencrypt+tcp://") {
            let target = host_and_port(&uri, address).and_then(|host| Vencrypt::new(address, host));
            return target.map(|it| Self::Vencrypt(Box::new(it))).ok_or_else(bad);
        }
        let port = match uri.scheme_str() {
            Some("ws") => 80,
            Some("wss") => 443,
            _ => return Err(bad()),
        };
        let host = uri.host().filter(|host| !host.is_empty()).ok_or_else(bad)?;
        let authority = format!("{host}:{}", uri.port_u16().unwrap_or(port));
        Ok(Self::WebSocket {
            url: text.to_owned(),
            authority,
        })
    }
}

/// The host in an address that has a host and a port and nothing else.
fn host_and_port<'a>(uri: &'a Uri, address: &str) -> Option<&'a str> {
    let is_whole = uri.authority().is_some_and(|it| it.as_str() == address) && !address.contains('@');
    uri.host().filter(|_| is_whole && uri.port_u16().is_some())
}

/// Where it is, as it is named to a person: without a WebSocket's path, which may hold a token.
impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Demo => f.write_str("demo desktop"),
            Self::Tcp(authority) | Self::WebSocket { authority, .. } => write!(f, "vm {authority}"),
            Self::Unix(path) => write!(f, "vm {}", path.display()),
            Self::Vencrypt(vencrypt) => write!(f, "vm {}", vencrypt.authority),
        }
    }
}

/// One session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its name in addresses.
    pub id: String,
    /// Where its desktop is.
    pub target: Target,
    /// What runs it, such as a cloud.
    pub provider: Option<String>,
    /// The VM's name at its provider.
    pub vm_id: Option<String>,
    /// The VM's address, for people.
    pub vm_address: Option<String>,
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
    viewer_path: String,
}

impl Session {
    /// The demo desktop.
    #[must_use]
    pub fn demo() -> Self {
        Self {
            id: "demo".into(),
            target: Target::Demo,
            provider: None,
            vm_id: None,
            vm_address: None,
        }
    }

    /// The path of its page.
    #[must_use]
    pub fn viewer_path(&self) -> String {
        format!("/api/auth/session/{}/novnc", self.id)
    }

    /// What others may know of it; where the target is is not among it unless the configuration says so.
    #[must_use]
    pub fn description(&self) -> Description<'_> {
        Description {
            id: &self.id,
            provider: self
                .provider
                .as_deref()
                .or((self.target == Target::Demo).then_some("demo")),
            vm_id: self.vm_id.as_deref(),
            vm_address: self.vm_address.as_deref(),
            status: "ready",
            viewer_path: self.viewer_path(),
        }
    }
}

/// All sessions that there are, and the one that the root shows.
#[derive(Debug, Clone)]
pub struct Sessions {
    by_id: BTreeMap<String, Session>,
    default: Option<String>,
}

impl Sessions {
    /// These sessions. The root shows the named one, or the only one there is.
    #[must_use]
    pub fn new(sessions: Vec<Session>, default: Option<String>) -> Self {
        let by_id: BTreeMap<_, _> = sessions
            .into_iter()
            .map(|session| (session.id.clone(), session))
            .collect();
        let only = by_id.keys().next().filter(|_| by_id.len() == 1).cloned();
        Self {
            default: default.or(only),
            by_id,
        }
    }

    /// The session of that name.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Session> {
        self.by_id.get(id)
    }

    /// The one that the root shows.
    #[must_use]
    pub fn default_session(&self) -> Option<&Session> {
        self.get(self.default.as_deref()?)
    }

    /// All of them, by name.
    pub fn iter(&self) -> impl Iterator<Item = &Session> {
        self.by_id.values()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_read_and_named_without_their_secrets() {
        for (text, shown) in [
            ("demo:", "demo desktop"),
            ("tcp://192.0.2.7:5901", "vm 192.0.2.7:5901"),
            ("tcp://[::1]:5901", "vm [::1]:5901"),
            ("vencrypt+tcp://vm.example:5901", "vm vm.example:5901"),
            ("vencrypt+tcp://[::1]:5901", "vm [::1]:5901"),
            ("unix:/run/vnc", "vm /run/vnc"),
            ("ws://vm:6080/websockify?token=secret", "vm vm:6080"),
            ("wss://vm/websockify", "vm vm:443"),
        ] {
            assert_eq!(
                text.parse::<Target>().map(|target| target.to_string()),
                Ok(shown.to_owned())
            );
        }
    }

    #[test]
    fn what_is_no_target_is_refused() {
        for text in [
            "",
            "tcp://vm",
            "tcp://vm:5901/path",
            "vencrypt+tcp://vm",
            "vencrypt+tcp://user@vm:5901",
            "vencrypt+tcp://-:5901",
            "vencrypt+unix:/run/vnc",
            "unix:vnc",
            "http://vm/",
            "ws:///x",
            "vm:5901",
        ] {
            assert!(text.parse::<Target>().is_err(), "{text}");
        }
    }
}
