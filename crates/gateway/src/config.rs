//! The configuration file.

use std::collections::BTreeMap;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use axum::http::Uri;
use ipnet::IpNet;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use serde::Deserialize;

use crate::access::{FileForwardAuth, FileTokens, ForwardAuth, Tokens};
use crate::health::HealthAddress;
use crate::limits::Limits;
use crate::origin;
use crate::secret::Secret;
use crate::session::{Session, State, Target, is_name};
use crate::sources::{Controller, FileController, FileProvider, Listed, Provider};
use crate::tls::{FileTls, Tls};
use crate::vencrypt::{self, Login, Trust};

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
}

/// Another gateway: `http://` or `https://`, a host, and perhaps a path that all of its addresses begin with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upstream {
    base: String,
    authority: String,
}

impl FromStr for Upstream {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self> {
        let base = text.trim_end_matches('/').to_owned();
        let uri: Uri = base.parse().with_context(|| format!("{text:?} is no address"))?;
        let authority = uri.authority().map_or("", |it| it.as_str()).to_owned();
        let is_http = matches!(uri.scheme_str(), Some("http" | "https"));
        if !is_http || uri.query().is_some() || authority.contains('@') {
            bail!("{text:?} is no http:// or https:// address without a query");
        }
        Ok(Self { base, authority })
    }
}

impl Upstream {
    /// The address there of what is asked for here. None where a path is no path.
    pub(crate) fn uri(&self, asked: &Uri) -> Option<Uri> {
        let path = asked.path_and_query()?.as_str();
        let whole = path.starts_with('/').then(|| format!("{}{path}", self.base))?;
        whole.parse().ok()
    }
}

/// As it is named to a person.
impl fmt::Display for Upstream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "upstream {}", self.authority)
    }
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

/// The file, as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
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

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileSession {
    target: String,
    ca: Option<PathBuf>,
    fingerprint: Option<String>,
    server_name: Option<String>,
    username: Option<String>,
    password: Option<Secret>,
    provider: Option<String>,
    vm_id: Option<String>,
    vm_address: Option<String>,
    health: Option<String>,
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

    /// Reads the text of a file in this folder, in which the files that it names are.
    fn parse_in(folder: &Path, text: &str) -> Result<Self> {
        let file: File = toml::from_str(text).map_err(|error| without_source(&error, text))?;
        let sessions: Vec<Session> = file
            .sessions
            .into_iter()
            .map(|(id, session)| read_session(folder, id, session))
            .collect::<Result<_>>()?;
        let providers: BTreeMap<String, Provider> = file
            .providers
            .into_iter()
            .map(|(id, provider)| {
                let read = Provider::read(&id, provider).with_context(|| format!("providers.{id}"))?;
                Ok((id, read))
            })
            .collect::<Result<_>>()?;
        let controller = file
            .controller
            .map(Controller::try_from)
            .transpose()
            .context("controller")?;
        let upstream = file
            .upstream
            .as_deref()
            .map(Upstream::from_str)
            .transpose()
            .context("upstream")?;
        let is_empty = sessions.is_empty() && providers.is_empty() && controller.is_none() && !file.demo;
        if upstream.is_some() && !(is_empty && file.tokens.is_none() && file.forward_auth.is_none()) {
            bail!("{NOT_AN_EDGES}");
        }
        if upstream.is_none() && is_empty {
            bail!("there is no [sessions.NAME], [providers.NAME] or [controller], nor demo = true");
        }
        if let Some(id) = &file.default_session
            && !sessions.iter().any(|session| &session.id == id)
        {
            bail!("default_session: there is no session {id:?}");
        }
        let usual = Timeouts::default();
        Ok(Self {
            file: None,
            listen: file.listen,
            upstream,
            listed: Listed::new(sessions, file.default_session),
            demo: file.demo,
            providers,
            keeper: this_program(),
            controller,
            tokens: file
                .tokens
                .map(|tokens| Tokens::read(folder, tokens))
                .transpose()
                .context("tokens")?,
            forward_auth: file
                .forward_auth
                .map(ForwardAuth::try_from)
                .transpose()
                .context("forward_auth")?,
            allowed_origins: allowed_origins(&file.allowed_origins)?,
            frame_ancestors: frame_ancestors(file.frame_ancestors)?,
            trusted_proxies: file.trusted_proxies,
            tls: file
                .tls
                .map(|tls| Tls::read(folder, tls))
                .transpose()
                .context("tls")?,
            limits: Limits {
                connections: file.max_connections.or(usual_limits().connections),
                per_session: file.max_connections_per_session,
                per_address: file.max_connections_per_address,
            },
            http_limits: Limits {
                connections: file.max_http_connections.or(usual_limits().connections),
                per_session: None,
                per_address: file.max_http_connections_per_address,
            },
            timeouts: Timeouts {
                connect: seconds(file.connect_timeout_seconds).unwrap_or(usual.connect),
                handshake: seconds(file.handshake_timeout_seconds).unwrap_or(usual.handshake),
                keep_alive: seconds(file.keep_alive_seconds).unwrap_or(usual.keep_alive),
                idle: seconds(file.idle_timeout_seconds),
                total: seconds(file.total_timeout_seconds),
                drain: file
                    .drain_seconds
                    .map_or(usual.drain, |count| Duration::from_secs(count.into())),
                ..usual
            },
        })
    }
}

/// Some time, and no more than any clock can count on to.
fn seconds(count: Option<NonZeroU32>) -> Option<Duration> {
    count.map(|count| Duration::from_secs(count.get().into()))
}

fn read_session(folder: &Path, id: String, session: FileSession) -> Result<Session> {
    if !is_name(&id) {
        bail!("sessions.{id:?}: a name has letters, digits and -_.~ only");
    }
    let mut target = session
        .target
        .parse()
        .with_context(|| format!("sessions.{id}.target"))?;
    read_vencrypt(folder, &session, &mut target).with_context(|| format!("sessions.{id}"))?;
    let health = session
        .health
        .as_deref()
        .map(HealthAddress::from_str)
        .transpose()
        .with_context(|| format!("sessions.{id}.health"))?;
    Ok(Session {
        id,
        state: State::Ready(target),
        since: None,
        provider: session.provider,
        vm_id: session.vm_id,
        vm_address: session.vm_address,
        health,
    })
}

/// The keys that are for targets inside TLS alone.
fn read_vencrypt(folder: &Path, session: &FileSession, target: &mut Target) -> Result<()> {
    let FileSession {
        ca,
        fingerprint,
        server_name,
        username,
        password,
        ..
    } = session;
    let Target::Vencrypt(target) = target else {
        let given = [
            ("ca", ca.is_some()),
            ("fingerprint", fingerprint.is_some()),
            ("server_name", server_name.is_some()),
            ("username", username.is_some()),
            ("password", password.is_some()),
        ];
        if let Some((key, _)) = given.into_iter().find(|(_, given)| *given) {
            bail!("{key}: only a vencrypt+tcp:// target has a use for it");
        }
        return Ok(());
    };
    if let Some(name) = server_name {
        target.server_name = vencrypt::server_name(name)
            .with_context(|| format!("server_name: {name:?} is no host's name"))?;
    }
    target.trust = match (ca, fingerprint) {
        (None, None) => Trust::System,
        (Some(file), None) => Trust::Authorities(certificates(&folder.join(file)).context("ca")?),
        (None, Some(text)) => Trust::Pinned(text.parse().context("fingerprint")?),
        (Some(_), Some(_)) => bail!("ca, fingerprint: a pinned certificate needs no authority"),
    };
    target.login = match (username, password) {
        (None, None) => Login::Viewer,
        (None, Some(password)) => Login::Password(password.clone()),
        (Some(username), Some(password)) => Login::User {
            username: username.clone(),
            password: password.clone(),
        },
        (Some(_), None) => bail!("username: it needs a password with it"),
    };
    Ok(())
}

/// The certificates in a PEM file.
fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>> {
    let read = || format!("cannot read {}", file.display());
    let text = std::fs::read(file).with_context(read)?;
    let certificates: Vec<_> = CertificateDer::pem_slice_iter(&text)
        .collect::<Result<_, _>>()
        .with_context(read)?;
    if certificates.is_empty() {
        bail!("there is no certificate in {}", file.display());
    }
    for certificate in &certificates {
        RootCertStore::empty()
            .add(certificate.clone())
            .with_context(|| format!("a certificate in {} cannot be an authority's", file.display()))?;
    }
    Ok(certificates)
}

/// TOML's errors quote the line that they are about, and that may hold a password.
fn without_source(error: &toml::de::Error, text: &str) -> anyhow::Error {
    let before = error.span().and_then(|span| text.get(..span.start));
    match before {
        Some(before) => anyhow!("line {}: {}", before.matches('\n').count() + 1, error.message()),
        None => anyhow!("{}", error.message()),
    }
}

/// One that is written as no browser does would never be one that asks.
fn allowed_origins(origins: &[String]) -> Result<Vec<String>> {
    let read = |text: &String| {
        origin::read(text).with_context(|| {
            format!("allowed_origins: {text:?} is no origin, such as https://dashboard.example or http://localhost:3000")
        })
    };
    origins.iter().map(read).collect()
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
#[allow(clippy::unwrap_used, clippy::panic, reason = "tests")]
mod tests {
    use super::*;

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

    fn session(target: &str, keys: &str) -> Result<Session> {
        let config = Config::parse(&format!("[sessions.a]\ntarget = '{target}:5900'\n{keys}"))?;
        Ok(config.listed.get("a").unwrap().clone())
    }

    fn vencrypt(keys: &str) -> vencrypt::Vencrypt {
        match session("vencrypt+tcp://[::1]", keys).unwrap().state {
            State::Ready(Target::Vencrypt(vencrypt)) => *vencrypt,
            other => panic!("{other:?}"),
        }
    }

    const FINGERPRINT: &str = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    #[test]
    fn a_target_inside_tls_has_keys_of_its_own() {
        let usual = vencrypt("");
        assert_eq!(usual.server_name.to_str(), "::1");
        assert_eq!((usual.trust, usual.login), (Trust::System, Login::Viewer));
        let keys = format!("fingerprint = '{FINGERPRINT}'\nserver_name = 'vm.example'\npassword = 'p'");
        let pinned = vencrypt(&keys);
        assert_eq!(pinned.server_name.to_str(), "vm.example");
        assert_eq!(pinned.trust, Trust::Pinned(FINGERPRINT.parse().unwrap()));
        assert_eq!(pinned.login, Login::Password("p".into()));
        let login = Login::User {
            username: "u".into(),
            password: "p".into(),
        };
        assert_eq!(vencrypt("username = 'u'\npassword = 'p'").login, login);
    }

    #[test]
    fn what_is_wrong_with_the_keys_for_tls_is_said() {
        for (scheme, keys, expected) in [
            ("tcp", "ca = 'x'", "sessions.a: ca: only a vencrypt+tcp:// target"),
            (
                "tcp",
                "password = 'x'",
                "sessions.a: password: only a vencrypt+tcp:// target",
            ),
            (
                "vencrypt+tcp",
                "ca = '/nowhere/ca.pem'",
                "sessions.a: ca: cannot read /nowhere/ca.pem",
            ),
            (
                "vencrypt+tcp",
                "ca = '/dev/null'",
                "sessions.a: ca: there is no certificate in /dev/null",
            ),
            (
                "vencrypt+tcp",
                "fingerprint = 'sha256:00'",
                "sessions.a: fingerprint: expected \"sha256:\"",
            ),
            (
                "vencrypt+tcp",
                "server_name = '-'",
                "sessions.a: server_name: \"-\"",
            ),
            (
                "vencrypt+tcp",
                "username = 'u'",
                "sessions.a: username: it needs a password",
            ),
            (
                "vencrypt+tcp",
                &format!("ca = 'x'\nfingerprint = '{FINGERPRINT}'"),
                "sessions.a: ca, fingerprint: ",
            ),
        ] {
            let error = format!("{:#}", session(&format!("{scheme}://vm"), keys).unwrap_err());
            assert!(error.starts_with(expected), "{error:?} is not {expected:?}");
        }
    }

    #[test]
    fn a_ca_is_looked_for_beside_the_configuration() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("gateway.toml");
        std::fs::write(
            &file,
            "[sessions.a]\ntarget = 'vencrypt+tcp://vm:5900'\nca = 'ca.pem'",
        )
        .unwrap();
        let params = rcgen::CertificateParams::default();
        let ca = params.self_signed(&rcgen::KeyPair::generate().unwrap()).unwrap();
        std::fs::write(folder.path().join("ca.pem"), ca.pem()).unwrap();
        let state = Config::load(&file)
            .unwrap()
            .listed
            .get("a")
            .unwrap()
            .state
            .clone();
        let State::Ready(Target::Vencrypt(target)) = state else {
            panic!("{state:?}");
        };
        assert_eq!(target.trust, Trust::Authorities(vec![ca.der().clone()]));
    }

    #[test]
    fn a_password_is_never_shown() {
        let shown = session("vencrypt+tcp://vm", "username = 'u'\npassword = '31415926'").unwrap();
        let description = serde_json::to_string(&shown.description(None)).unwrap();
        for text in [format!("{shown:?}"), description] {
            assert!(!text.contains("31415926"), "{text}");
        }
        // Nor where something is wrong with it.
        for keys in [
            "password = 31415926",
            "password = x31415926",
            "password = '31415926",
            "password = ['31415926']",
        ] {
            let error = format!("{:?}", session("vencrypt+tcp://vm", keys).unwrap_err());
            assert!(!error.contains("31415926") && error.contains("line 3"), "{error}");
        }
    }
}
