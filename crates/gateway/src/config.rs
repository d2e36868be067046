//! The configuration file.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::session::{Session, Sessions};

/// What the gateway is to do.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where to listen, unless the command line says so.
    pub listen: Option<SocketAddr>,
    /// What can be shown.
    pub sessions: Sessions,
    /// Origins whose pages may open WebSockets besides the gateway's own, such as `https://dashboard.example`.
    pub allowed_origins: Vec<String>,
    /// Who may embed the page (CSP, `frame-ancestors`).
    pub frame_ancestors: String,
    /// Bounds in time.
    pub timeouts: Timeouts,
}

/// Bounds in time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timeouts {
    /// For reaching a target, its WebSocket handshake among it.
    pub connect: Duration,
    /// Between pings to either side.
    pub ping: Duration,
    /// How long a side may answer no ping.
    pub pong: Duration,
    /// How long nothing may be sent either way; none for ever.
    pub idle: Option<Duration>,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            // Less than the ten seconds of silence that the page puts up with: the one who knows the cause is to say it.
            connect: Duration::from_secs(8),
            ping: Duration::from_secs(20),
            pong: Duration::from_secs(60),
            idle: None,
        }
    }
}

impl Default for Config {
    /// The demo desktop alone.
    fn default() -> Self {
        Self {
            listen: None,
            sessions: Sessions::new(vec![Session::demo()], None),
            allowed_origins: Vec::new(),
            frame_ancestors: "'self'".into(),
            timeouts: Timeouts::default(),
        }
    }
}

/// The file, as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    listen: Option<SocketAddr>,
    default_session: Option<String>,
    #[serde(default)]
    allowed_origins: Vec<String>,
    frame_ancestors: Option<String>,
    connect_timeout_seconds: Option<u64>,
    idle_timeout_seconds: Option<u64>,
    #[serde(default)]
    sessions: BTreeMap<String, FileSession>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileSession {
    target: String,
    provider: Option<String>,
    vm_id: Option<String>,
    vm_address: Option<String>,
}

impl Config {
    /// Reads a file.
    ///
    /// # Errors
    /// What is wrong with it, and where.
    pub fn load(path: &Path) -> Result<Self> {
        let text =
            std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        Self::parse(&text).with_context(|| format!("in {}", path.display()))
    }

    /// Reads a file's text.
    ///
    /// # Errors
    /// What is wrong with it, and where.
    pub fn parse(text: &str) -> Result<Self> {
        let file: File = toml::from_str(text)?;
        let sessions: Vec<Session> = file
            .sessions
            .into_iter()
            .map(|(id, session)| read_session(id, session))
            .collect::<Result<_>>()?;
        if sessions.is_empty() {
            bail!("there is no [sessions.NAME]");
        }
        if let Some(id) = &file.default_session
            && !sessions.iter().any(|session| &session.id == id)
        {
            bail!("default_session: there is no session {id:?}");
        }
        let usual = Timeouts::default();
        Ok(Self {
            listen: file.listen,
            sessions: Sessions::new(sessions, file.default_session),
            allowed_origins: file.allowed_origins,
            frame_ancestors: frame_ancestors(file.frame_ancestors)?,
            timeouts: Timeouts {
                connect: file
                    .connect_timeout_seconds
                    .map_or(usual.connect, Duration::from_secs),
                idle: file.idle_timeout_seconds.map(Duration::from_secs),
                ..usual
            },
        })
    }
}

/// A name that needs no quoting in an address, so that it is the same everywhere.
fn read_session(id: String, session: FileSession) -> Result<Session> {
    if id.is_empty()
        || !id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte))
    {
        bail!("sessions.{id:?}: a name has letters, digits and -_.~ only");
    }
    let target = session
        .target
        .parse()
        .with_context(|| format!("sessions.{id}.target"))?;
    Ok(Session {
        id,
        target,
        provider: session.provider,
        vm_id: session.vm_id,
        vm_address: session.vm_address,
    })
}

/// It becomes part of a header: it may neither end the directive nor the header.
fn frame_ancestors(value: Option<String>) -> Result<String> {
    let Some(value) = value else {
        return Ok("'self'".into());
    };
    if value.is_empty()
        || !value
            .bytes()
            .all(|byte| (0x20..0x7F).contains(&byte) && byte != b';' && byte != b',')
    {
        bail!("frame_ancestors: {value:?} is no list of origins");
    }
    Ok(value)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::session::Target;

    #[test]
    fn a_full_file_is_read() {
        let config = Config::parse(
            "listen = '127.0.0.1:0'\n\
             default_session = 'b'\n\
             allowed_origins = ['https://dashboard.example']\n\
             frame_ancestors = 'https://dashboard.example'\n\
             connect_timeout_seconds = 3\n\
             idle_timeout_seconds = 600\n\
             [sessions.a]\ntarget = 'tcp://127.0.0.1:5901'\nprovider = 'p'\nvm_id = 'v'\nvm_address = '192.0.2.7'\n\
             [sessions.b]\ntarget = 'demo:'\n",
        )
        .unwrap();
        assert_eq!(config.sessions.default_session().unwrap().target, Target::Demo);
        assert_eq!(
            config.sessions.get("a").unwrap().vm_address.as_deref(),
            Some("192.0.2.7")
        );
        assert_eq!(config.timeouts.connect, Duration::from_secs(3));
        assert_eq!(config.timeouts.idle, Some(Duration::from_secs(600)));
    }

    #[test]
    fn an_error_names_the_key() {
        for (text, key) in [
            ("", "[sessions.NAME]"),
            ("sesions = 1", "sesions"),
            ("[sessions.a]\ntarget = 'vm:5901'", "sessions.a.target"),
            ("[sessions.a]\ntarget = 'demo:'\ncolour = 1", "colour"),
            ("[sessions.'a/b']\ntarget = 'demo:'", "a/b"),
            (
                "default_session = 'x'\n[sessions.a]\ntarget = 'demo:'",
                "default_session",
            ),
            (
                "frame_ancestors = \"*; x\"\n[sessions.a]\ntarget = 'demo:'",
                "frame_ancestors",
            ),
        ] {
            let error = format!("{:#}", Config::parse(text).unwrap_err());
            assert!(error.contains(key), "{error}");
        }
    }
}
