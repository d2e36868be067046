//! Where a session's desktop is.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use axum::http::Uri;

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
        let (scheme, port) = match uri.scheme_str() {
            Some("ws") => ("ws", 80),
            Some("wss") => ("wss", 443),
            _ => return Err(bad()),
        };
        let host = uri.host().filter(|host| !host.is_empty()).ok_or_else(bad)?;
        let whole = uri.authority().map_or(host, |it| it.as_str());
        if whole.contains('@') {
            return Err(bad());
        }
        // With a path in any case, so that nothing that is added to that becomes a part of the host.
        let path = uri.path_and_query().map_or("/", |it| it.as_str());
        let slash = if path.starts_with('/') { "" } else { "/" };
        Ok(Self::WebSocket {
            url: format!("{scheme}://{whole}{slash}{path}"),
            authority: format!("{host}:{}", uri.port_u16().unwrap_or(port)),
        })
    }
}

/// The host in an address that has a host and a port and nothing else.
fn host_and_port<'a>(uri: &'a Uri, address: &str) -> Option<&'a str> {
    let is_whole = uri.authority().is_some_and(|it| it.as_str() == address) && !address.contains('@');
    uri.host().filter(|_| is_whole && uri.port_u16().is_some())
}

impl Target {
    /// Host and port, or a socket's path; no WebSocket's path, which may hold a token.
    #[must_use]
    pub fn place(&self) -> String {
        match self {
            Self::Demo => "demo desktop".to_owned(),
            Self::Tcp(authority) | Self::WebSocket { authority, .. } => authority.clone(),
            Self::Unix(path) => path.display().to_string(),
            Self::Vencrypt(vencrypt) => vencrypt.authority.clone(),
        }
    }
}

/// As it is named to a person.
impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = if *self == Self::Demo { "" } else { "vm " };
        write!(f, "{kind}{}", self.place())
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
            "ws://user:password@vm/",
            "vm:5901",
        ] {
            assert!(text.parse::<Target>().is_err(), "{text}");
        }
    }
}
