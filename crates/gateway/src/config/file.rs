//! The configuration file, as it is written.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use ipnet::IpNet;
use serde::Deserialize;

use super::{Config, NOT_AN_EDGES, Timeouts, Upstream, seconds};
use crate::access::{FileForwardAuth, FileTokens, ForwardAuth, Tokens};
use crate::limits::Limits;
use crate::origin;
use crate::session::Session;
use crate::sources::{Controller, FileController, FileProvider, FileSession, Listed, Provider};
use crate::tls::{FileTls, Tls};

/// All of it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    listen: Option<SocketAddr>,
    upstream: Option<String>,
    default_session: Option<String>,
    #[serde(default)]
    demo: bool,
    controller: Option<FileController>,
    #[serde(default)]
    providers: BTreeMap<String, FileProvider>,
    tokens: Option<FileTokens>,
    forward_auth: Option<FileForwardAuth>,
    #[serde(default)]
    allowed_origins: Vec<String>,
    frame_ancestors: Option<String>,
    #[serde(default)]
    trusted_proxies: Vec<IpNet>,
    tls: Option<FileTls>,
    max_connections: Option<usize>,
    max_connections_per_session: Option<usize>,
    max_connections_per_address: Option<usize>,
    max_http_connections: Option<usize>,
    max_http_connections_per_address: Option<usize>,
    connect_timeout_seconds: Option<NonZeroU32>,
    handshake_timeout_seconds: Option<NonZeroU32>,
    keep_alive_seconds: Option<NonZeroU32>,
    idle_timeout_seconds: Option<NonZeroU32>,
    total_timeout_seconds: Option<NonZeroU32>,
    drain_seconds: Option<u32>,
    #[serde(default)]
    sessions: BTreeMap<String, FileSession>,
}

impl File {
    /// Takes the text apart.
    pub(super) fn parse(text: &str) -> Result<Self> {
        toml::from_str(text).map_err(|error| without_source(&error, text))
    }

    /// What it means. The files that it names are in this folder.
    pub(super) fn read(self, folder: &Path) -> Result<Config> {
        let sessions: Vec<Session> = self
            .sessions
            .into_iter()
            .map(|(id, session)| session.read(folder, id))
            .collect::<Result<_>>()?;
        let providers: BTreeMap<String, Provider> = self
            .providers
            .into_iter()
            .map(|(id, provider)| {
                let read = Provider::read(&id, provider).with_context(|| format!("providers.{id}"))?;
                Ok((id, read))
            })
            .collect::<Result<_>>()?;
        let controller = self
            .controller
            .map(Controller::try_from)
            .transpose()
            .context("controller")?;
        let upstream = self
            .upstream
            .as_deref()
            .map(Upstream::from_str)
            .transpose()
            .context("upstream")?;
        let is_empty = sessions.is_empty() && providers.is_empty() && controller.is_none() && !self.demo;
        if upstream.is_some() && !(is_empty && self.tokens.is_none() && self.forward_auth.is_none()) {
            bail!("{NOT_AN_EDGES}");
        }
        if upstream.is_none() && is_empty {
            bail!("there is no [sessions.NAME], [providers.NAME] or [controller], nor demo = true");
        }
        if let Some(id) = &self.default_session
            && !sessions.iter().any(|session| &session.id == id)
        {
            bail!("default_session: there is no session {id:?}");
        }
        let usual = Config::default();
        Ok(Config {
            listen: self.listen,
            upstream,
            listed: Listed::new(sessions, self.default_session),
            demo: self.demo,
            providers,
            controller,
            tokens: self
                .tokens
                .map(|tokens| Tokens::read(folder, tokens))
                .transpose()
                .context("tokens")?,
            forward_auth: self
                .forward_auth
                .map(ForwardAuth::try_from)
                .transpose()
                .context("forward_auth")?,
            allowed_origins: origin::read_all(&self.allowed_origins).context("allowed_origins")?,
            frame_ancestors: match self.frame_ancestors {
                Some(ancestors) => origin::frame_ancestors(ancestors).context("frame_ancestors")?,
                None => usual.frame_ancestors,
            },
            trusted_proxies: self.trusted_proxies,
            tls: self
                .tls
                .map(|tls| Tls::read(folder, tls))
                .transpose()
                .context("tls")?,
            limits: Limits {
                connections: self.max_connections.or(usual.limits.connections),
                per_session: self.max_connections_per_session,
                per_address: self.max_connections_per_address,
            },
            http_limits: Limits {
                connections: self.max_http_connections.or(usual.http_limits.connections),
                per_session: None,
                per_address: self.max_http_connections_per_address,
            },
            timeouts: Timeouts {
                connect: seconds(self.connect_timeout_seconds).unwrap_or(usual.timeouts.connect),
                handshake: seconds(self.handshake_timeout_seconds).unwrap_or(usual.timeouts.handshake),
                keep_alive: seconds(self.keep_alive_seconds).unwrap_or(usual.timeouts.keep_alive),
                idle: seconds(self.idle_timeout_seconds),
                total: seconds(self.total_timeout_seconds),
                drain: self
                    .drain_seconds
                    .map_or(usual.timeouts.drain, |count| Duration::from_secs(count.into())),
                ..usual.timeouts
            },
            ..usual
        })
    }
}

/// TOML's errors quote the line that they are about, and that may hold a password.
fn without_source(error: &toml::de::Error, text: &str) -> anyhow::Error {
    let before = error.span().and_then(|span| text.get(..span.start));
    match before {
        Some(before) => anyhow!("line {}: {}", before.matches('\n').count() + 1, error.message()),
        None => anyhow!("{}", error.message()),
    }
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
        assert_eq!(config.listed.default_session(), Some("b"));
        assert_eq!(config.listed.get("b").unwrap().target(), Ok(&Target::Demo));
        assert_eq!(
            config.listed.get("a").unwrap().vm_address.as_deref(),
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
            (
                "[sessions.a]\ntarget = 'demo:'\nhealth = 'vm:8080'",
                "sessions.a.health: \"vm:8080\" is no http://",
            ),
            ("[providers.p]\ncommand = []", "providers.p: command"),
            (
                "[providers.p]\ncommand = ['x']\ntarget = 'vm'",
                "providers.p: target",
            ),
            (
                "[providers.p]\ncommand = ['x']\nhealth = '{dir}/health'\ntarget = 'tcp://vm:1'",
                "providers.p: health: ",
            ),
            (
                "[controller]\nbase = 'x'\ntarget = 'tcp://{vm_ip}:1'",
                "controller: base",
            ),
            ("[sessions.'a/b']\ntarget = 'demo:'", "a/b"),
            (
                "demo = true\n[forward_auth]\nurl = 'http://user:password@auth/'",
                "forward_auth: url: there may be no user",
            ),
            (
                "demo = true\ntotal_timeout_seconds = 9223372036854775807",
                "line 2: invalid value: integer `9223372036854775807`, expected a nonzero u32",
            ),
            (
                "demo = true\nidle_timeout_seconds = 0",
                "line 2: invalid value: integer `0`, expected a nonzero",
            ),
            (
                "[controller]\nbase = 'http://c'\ntarget = 'tcp://{vm_ip}:1'\ntimeout_seconds = 0",
                "line 4: invalid value: integer `0`, expected a nonzero",
            ),
            (
                "demo = true\n[forward_auth]\nurl = 'http://auth/'\ntimeout_seconds = 0",
                "line 4: invalid value: integer `0`, expected a nonzero",
            ),
            (
                "[providers.p]\ncommand = ['x']\nstart_timeout_seconds = 0",
                "line 3: invalid value: integer `0`, expected a nonzero",
            ),
            (
                "upstream = 'http://user:password@backend/'",
                "upstream: there may be no user",
            ),
            (
                "upstream = 'http://backend/?x'",
                "upstream: \"http://backend/?x\" has a query",
            ),
            (
                "default_session = 'x'\n[sessions.a]\ntarget = 'demo:'",
                "default_session",
            ),
            (
                "allowed_origins = ['dashboard.example']\ndemo = true",
                "allowed_origins: \"dashboard.example\" is no origin, such as https://",
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
