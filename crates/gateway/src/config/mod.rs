//! What the gateway is told to do: by a file ([`file`]), or by nothing.

mod file;
mod upstream;

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use ipnet::IpNet;

use crate::access::{ForwardAuth, Tokens};
use crate::limits::Limits;
use crate::sources::{Controller, Listed, Provider};
use crate::tls::Tls;

pub use upstream::Upstream;

use file::File;

/// What the gateway is to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The file that this is from.
    pub file: Option<PathBuf>,
    /// Where to listen, unless the command line says so.
    pub listen: Option<SocketAddr>,
    /// The gateway behind this one, whose edge it is then.
    pub upstream: Option<Upstream>,
    /// The sessions that it lists.
    pub listed: Listed,
    /// Whether the demo desktop is a session, too.
    pub demo: bool,
    /// What starts desktops, by name.
    pub providers: BTreeMap<String, Provider>,
    /// The program that keeps the processes of desktops: this one.
    pub keeper: PathBuf,
    /// Who else knows sessions.
    pub controller: Option<Controller>,
    /// Which tokens let in.
    pub tokens: Option<Tokens>,
    /// Who is asked whether somebody may in.
    pub forward_auth: Option<ForwardAuth>,
    /// Origins whose pages may open WebSockets besides the gateway's own, such as `https://dashboard.example`, as browsers
    /// write them.
    pub allowed_origins: Vec<String>,
    /// Who may embed the page (CSP, `frame-ancestors`).
    pub frame_ancestors: String,
    /// Proxies whose X-Forwarded-For is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// The gateway's own certificate; none for plain HTTP.
    pub tls: Option<Tls>,
    /// Bounds in the number of WebSockets.
    pub limits: Limits,
    /// Bounds in that of other connections. They are of no session.
    pub http_limits: Limits,
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
    /// How long a connection may last; none for ever.
    pub total: Option<Duration>,
    /// For a browser's TLS handshake, and again for its request.
    pub handshake: Duration,
    /// How long a connection without a WebSocket is kept for the next request.
    pub keep_alive: Duration,
    /// How long a browser may take nothing of what is there for it.
    pub stalled: Duration,
    /// How long connections may go on when the gateway is asked to drain.
    pub drain: Duration,
    /// How long a command may go on after its desktop has ended a connection, to be taken for ending with it.
    pub ends_with_desktop: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            // Less than the ten seconds of silence that the page puts up with: the one who knows the cause is to say it.
            connect: Duration::from_secs(8),
            ping: Duration::from_secs(20),
            pong: Duration::from_secs(60),
            idle: None,
            total: None,
            handshake: Duration::from_secs(10),
            // Longer than proxies do, so that none of them sends a request along a connection that is just being closed.
            keep_alive: Duration::from_secs(75),
            // WebSockets have their pings, and end before.
            stalled: Duration::from_secs(90),
            drain: Duration::from_secs(20),
            ends_with_desktop: Duration::from_secs(1),
        }
    }
}

impl Default for Config {
    /// The demo desktop alone.
    fn default() -> Self {
        Self {
            file: None,
            listen: None,
            upstream: None,
            listed: Listed::default(),
            demo: true,
            providers: BTreeMap::new(),
            keeper: this_program(),
            controller: None,
            tokens: None,
            forward_auth: None,
            allowed_origins: Vec::new(),
            frame_ancestors: "'self'".into(),
            trusted_proxies: Vec::new(),
            tls: None,
            limits: usual_limits(),
            http_limits: usual_limits(),
            timeouts: Timeouts::default(),
        }
    }
}

/// What an edge's configuration has no room for.
const NOT_AN_EDGES: &str = "upstream: sessions, and who may have them, are its own business";

/// Less than the files that a process may have open, of which each connection takes two, on most systems that are set
/// up for a server.
fn usual_limits() -> Limits {
    Limits {
        connections: Some(10_000),
        ..Limits::default()
    }
}

/// This program, of which the keeper is a command.
fn this_program() -> PathBuf {
    std::env::current_exe().unwrap_or_else(|_| "porthole-gateway".into())
}

impl Config {
    /// Reads a file.
    ///
    /// # Errors
    /// What is wrong with it, and where.
    pub fn load(path: &Path) -> Result<Self> {
        let text =
            std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        let folder = path.parent().unwrap_or(Path::new(""));
        let config = Self::parse_in(folder, &text).with_context(|| format!("in {}", path.display()))?;
        Ok(Self {
            file: Some(path.to_owned()),
            ..config
        })
    }

    /// Reads a file's text. Files that it names are looked for in the working directory.
    ///
    /// # Errors
    /// What is wrong with it, and where.
    pub fn parse(text: &str) -> Result<Self> {
        Self::parse_in(Path::new(""), text)
    }

    /// As the edge of this gateway.
    ///
    /// # Errors
    /// That a file has sessions of its own.
    pub fn for_edge(self, upstream: Upstream) -> Result<Self> {
        if self.file.is_some() && self.upstream.is_none() {
            bail!("{NOT_AN_EDGES}; the file has to have upstream in it instead");
        }
        Ok(Self {
            upstream: Some(upstream),
            demo: false,
            ..self
        })
    }

    /// The same of a file in this folder, in which the files that it names are.
    fn parse_in(folder: &Path, text: &str) -> Result<Self> {
        File::parse(text)?.read(folder)
    }

    /// Whether this is the address of a proxy whose X-Forwarded-For is believed.
    pub(crate) fn trusts(&self, address: &IpAddr) -> bool {
        self.trusted_proxies
            .iter()
            .any(|network| network.contains(address))
    }

    /// Whether the sessions that are listed are all that differs.
    pub(crate) fn differs_in_sessions_alone(&self, other: &Self) -> bool {
        Self {
            listed: other.listed.clone(),
            ..self.clone()
        } == *other
    }
}

/// Some time, and no more than any clock can count on to.
pub(crate) fn seconds(count: Option<NonZeroU32>) -> Option<Duration> {
    count.map(|count| Duration::from_secs(count.get().into()))
}
