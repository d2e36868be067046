//! Looks at every hop on the way to a desktop, byte for byte, which no browser lets a page do.
//!
//! [`reach`] goes to a host, [`request`] asks it by HTTP, [`talk`] speaks RFB with what is behind it; what all of it means
//! is for `porthole_doctor` to say, which the page asks, too. Everything is bounded in time and in bytes, and there is never
//! more than one conversation with a VNC server, since some of them turn away who comes often and leaves.

mod reach;
mod request;
mod talk;
mod url;

use std::time::Duration;

use anyhow::{Context, Result, bail};
use porthole_doctor::{Address, Answer, Check, Conversation, Reached, Report, Seen, Tls};
use porthole_rfb::vnc_authentication;
use serde_json::{Value, json};
use tokio::net::UnixStream;
use tokio::time::{Instant, timeout};

use crate::demo;
use crate::secret::Secret;
use crate::session::Target;
use crate::vencrypt::{self, Vencrypt};
use reach::Stream;
use talk::Line;
use url::Url;

/// How something is looked at.
#[derive(Debug, Clone)]
pub struct Options {
    /// How long each step may take.
    pub patience: Duration,
    /// How long a connection is then held on which nothing is said, to see whether somebody ends it.
    pub quiet: Option<Duration>,
    /// A password for VNC Authentication.
    pub password: Option<Secret>,
}

/// How long a server is listened to before it is spoken to: a VNC server speaks first.
const LISTEN: Duration = Duration::from_millis(500);

/// How many redirections of a page are followed.
const MOST_REDIRECTS: usize = 3;

/// How many bytes wait between the gateway and its own demo desktop.
const DEMO_BUFFER: usize = 64 << 10;

/// Looks at an address: a page's or a WebSocket's, by http(s) or ws(s), or what a session may have for a target.
///
/// # Errors
/// That it is no such address.
pub async fn examine(address: &str, options: &Options) -> Result<Report> {
    let mut examination = Examination::new(options);
    match address.split_once("://").map(|(scheme, _)| scheme) {
        Some("ws" | "wss") => examination.websocket(Url::parse(address)?).await,
        Some("http" | "https") => {
            let url = Url::parse(address)?;
            if url.is_websock() {
                examination.websocket(url).await;
            } else {
                examination.page(url).await;
            }
        }
        _ => {
            let target: Target = address.parse().with_context(|| {
                format!("{address:?} is no http://, https://, ws:// or wss:// address, and no target")
            })?;
            examination.target(&target).await?;
        }
    }
    Ok(examination.seen.report())
}

/// Looks at a session's target, as the gateway would go to it.
pub(crate) async fn examine_target(target: &Target, options: &Options) -> Seen {
    let mut examination = Examination::new(options);
    // What the configuration has is an address.
    let _ = examination.target(target).await;
    examination.seen
}

/// A report for machines.
pub(crate) fn document(report: &Report) -> Value {
    let lines: Vec<Value> = report
        .lines
        .iter()
        .map(|line| {
            json!({
                "check": line.check.name(),
                "verdict": line.verdict.name(),
                "seen": line.seen,
                "milliseconds": line.milliseconds,
            })
        })
        .collect();
    let cause = report
        .cause
        .map(|cause| json!({ "name": cause.name(), "says": cause.says(), "mend": cause.mend() }));
    json!({ "of": report.of, "sound": report.is_sound(), "cause": cause, "lines": lines })
}

/// What is being looked at, and what was seen so far.
struct Examination<'a> {
    options: &'a Options,
    seen: Seen,
}

impl<'a> Examination<'a> {
    fn new(options: &'a Options) -> Self {
        Self {
            options,
            seen: Seen::default(),
        }
    }

    /// A page, and the WebSocket beside it.
    async fn page(&mut self, mut url: Url) {
        for _ in 0..=MOST_REDIRECTS {
            self.seen.address = url.address();
            let start = Instant::now();
            let Some(mut stream) = self.open(&url).await else {
                return;
            };
            let (answer, _) = request::ask(&mut stream, &url.plain_request(), self.options.patience).await;
            self.took(Check::Page, start);
            if let Some(head) = answer.head() {
                url.take_cookies(head);
            }
            // A login is not what was asked for, though it may be on the same host.
            let next = answer
                .location()
                .filter(|_| !answer.leads_to_login(&url.path))
                .and_then(|to| url.on_same_host(to));
            self.seen.page_answer = answer;
            match next {
                Some(next) => url = next,
                None => break,
            }
        }
        if matches!(self.seen.page_answer.status(), Some(200..=299)) {
            self.websocket(url.websock()).await;
        }
    }

    async fn websocket(&mut self, url: Url) {
        self.seen.address = url.address();
        self.websocket_at(&url).await;
    }

    async fn websocket_at(&mut self, url: &Url) {
        let patience = self.options.patience;
        let Some(mut stream) = self.open(url).await else {
            return;
        };
        let first = talk::listen(&mut stream, LISTEN).await;
        if first.starts_with(b"RFB ") {
            self.seen.plain = Answer::Bytes(first.clone());
            return self.speak(Line::stream(stream, first), self.conversation()).await;
        }
        let start = Instant::now();
        self.seen.plain = if first.is_empty() {
            request::ask(&mut stream, &url.plain_request(), patience).await.0
        } else {
            Answer::Bytes(first)
        };
        self.took(Check::Plain, start);
        drop(stream);

        let start = Instant::now();
        let mut upgraded = request::upgrade(url, true, patience).await;
        self.took(Check::Upgrade, start);
        self.seen.accept_is_wrong = upgraded.accept_is_wrong;
        self.seen.upgrade = upgraded.answer;
        if may_differ(&self.seen.upgrade) {
            let bare = request::upgrade(url, false, patience).await;
            (self.seen.without_subprotocol, upgraded.way) = (bare.answer, bare.way);
            if upgraded.way.is_none() {
                let respelled = request::upgrade(&url.respelled(), true, patience).await;
                (self.seen.respelled, upgraded.way) = (respelled.answer, respelled.way);
            }
        }
        if let Some((stream, rest)) = upgraded.way {
            self.speak(Line::websocket(stream, rest).await, self.conversation())
                .await;
        }
    }

    async fn target(&mut self, target: &Target) -> Result<()> {
        let shown = target.to_string();
        if let Target::WebSocket { url, .. } = target {
            let url = Url::parse(url)?;
            // Without the path, which may hold a token.
            self.seen.address = Address {
                shown,
                ..url.address()
            };
            self.websocket_at(&url).await;
            return Ok(());
        }
        self.seen.address = Address {
            shown,
            is_stream: true,
            ..Address::default()
        };
        match target {
            Target::Demo => {
                let (ours, theirs) = tokio::io::duplex(DEMO_BUFFER);
                tokio::spawn(demo::serve(theirs));
                let line = Line::stream(Box::new(ours), Vec::new());
                self.speak(line, self.conversation()).await;
            }
            Target::Tcp(authority) => {
                if let Some(stream) = self.connect(authority).await {
                    let line = Line::stream(Box::new(stream), Vec::new());
                    self.speak(line, self.conversation()).await;
                }
            }
            Target::Unix(path) => match UnixStream::connect(path).await {
                Ok(stream) => {
                    self.seen.reached = Reached::Yes(path.display().to_string());
                    let line = Line::stream(Box::new(stream), Vec::new());
                    self.speak(line, self.conversation()).await;
                }
                Err(error) => self.seen.reached = reach::failed(&error),
            },
            Target::Vencrypt(target) => self.vencrypt(target).await,
            Target::WebSocket { .. } => bail!("a WebSocket is no stream"),
        }
        Ok(())
    }

    async fn vencrypt(&mut self, target: &Vencrypt) {
        let Some(stream) = self.connect(&target.authority).await else {
            return;
        };
        let start = Instant::now();
        let connected = timeout(self.options.patience, vencrypt::target::connect(stream, target)).await;
        self.took(Check::Tls, start);
        match connected {
            Ok(Ok((stream, offer))) => {
                self.seen.tls = Tls::Done;
                if offer.is_logged_in() {
                    let line = Line::stream(Box::new(stream), Vec::new());
                    self.speak(line, Conversation::after_login()).await;
                }
            }
            Ok(Err(failure)) => {
                let detail = failure.detail.map(|detail| format!(" ({detail})"));
                self.seen.tls = Tls::Vencrypt(failure.reason + &detail.unwrap_or_default());
            }
            Err(_) => self.seen.tls = Tls::Vencrypt("does not go on with it in time".to_owned()),
        }
    }

    /// A connection to a host by TCP; what came of it has been seen.
    async fn connect(&mut self, authority: &str) -> Option<tokio::net::TcpStream> {
        let start = Instant::now();
        let (reached, stream) = reach::tcp(authority, self.options.patience).await;
        self.seen.reached = reached;
        self.took(Check::Connection, start);
        stream
    }

    /// The same, and TLS where the address is for that.
    async fn open(&mut self, url: &Url) -> Option<Stream> {
        let stream = self.connect(&url.authority()).await?;
        if !url.is_tls {
            return Some(Box::new(stream));
        }
        let start = Instant::now();
        let (tls, stream) = reach::tls(stream, url, self.options.patience).await;
        self.took(Check::Tls, start);
        self.seen.tls = tls;
        stream
    }

    fn conversation(&self) -> Conversation {
        match self.options.password.clone() {
            Some(password) => Conversation::with_password(move |challenge| {
                vnc_authentication::response(challenge, password.reveal())
            }),
            None => Conversation::new(),
        }
    }

    async fn speak(&mut self, line: Line, conversation: Conversation) {
        let start = Instant::now();
        let (spoken, greeted) = talk::speak(line, conversation, self.options).await;
        if let Some(greeted) = greeted {
            self.seen
                .took
                .push((Check::Greeting, milliseconds(greeted - start)));
        }
        self.seen.spoken = spoken;
    }

    /// What is looked at more than once counts once.
    fn took(&mut self, check: Check, start: Instant) {
        if self.seen.took(check).is_none() {
            self.seen.took.push((check, milliseconds(start.elapsed())));
        }
    }
}

fn milliseconds(time: Duration) -> u32 {
    u32::try_from(time.as_millis()).unwrap_or(u32::MAX)
}

/// Whether another spelling or no subprotocol may be answered in another way.
fn may_differ(answer: &Answer) -> bool {
    match answer {
        Answer::Silent | Answer::Ended => true,
        Answer::Http(head) => !matches!(head.status, 101 | 401 | 403 | 500..),
        _ => false,
    }
}
