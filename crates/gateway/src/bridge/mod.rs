//! Carries one browser's WebSocket on to its target.
//!
//! Each direction is a loop of its own that reads only when what it read before has been taken, so that
//! back-pressure reaches from end to end and neither direction holds up the other.

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod corpus;
mod held;
mod offered;
#[cfg(test)]
#[allow(clippy::panic, reason = "tests")]
mod oracle;
mod said;
mod target;
mod view_only;
mod viewer;
mod websocket;

use std::future::pending;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::ws::{CloseFrame, Message, WebSocket};
use axum::http::{HeaderMap, HeaderValue};
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use tokio::sync::watch;
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep, timeout};
use tokio_tungstenite::tungstenite::{self, error::ProtocolError};

use crate::close::Close;
use crate::config::Timeouts;
use crate::sources::Visit;
use crate::vencrypt;
use held::Held;
pub(crate) use target::{Connected, connect};
use target::{Read, Reader, Writer};
use view_only::ViewOnly;
use viewer::Viewer;
pub(crate) use websocket::Way;

/// How a WebSocket is carried.
#[derive(Debug)]
pub(crate) struct Route {
    /// How the other end is called.
    pub(crate) name: String,
    /// Whether the viewer may only look.
    pub(crate) view_only: bool,
    pub(crate) timeouts: Timeouts,
}

/// What a WebSocket target gets of the browser's request.
#[derive(Debug, Default)]
pub(crate) struct Onward {
    /// What stood behind `websock` in the address: it is added to the target's.
    pub(crate) suffix: String,
    pub(crate) headers: HeaderMap,
    /// The subprotocols that the browser offers.
    pub(crate) protocols: Option<HeaderValue>,
}

/// How a connection went.
#[derive(Debug)]
pub(crate) struct Summary {
    /// How it ended.
    pub(crate) close: Close,
    /// Who ended it.
    pub(crate) by: Side,
    /// Bytes to the target.
    pub(crate) bytes_up: u64,
    /// Bytes from the target.
    pub(crate) bytes_down: u64,
}

/// Who may end a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Browser,
    Gateway,
    Target,
}

/// Which side ended it, and how.
#[derive(Debug)]
enum End {
    Browser(Close),
    Gateway(Close),
    Target(Close),
}

/// How long the other side's own close is waited for.
const CLOSE_WITHIN: Duration = Duration::from_secs(2);

/// What both directions share. Moments are milliseconds since `started`.
struct Shared {
    started: Instant,
    bytes_up: AtomicU64,
    bytes_down: AtomicU64,
    /// When the browser was last heard of: data or a pong.
    browser_heard: AtomicU64,
    /// When the target was: data or, of a WebSocket, a pong.
    target_heard: AtomicU64,
    /// When data last moved in either direction.
    moved: AtomicU64,
    /// Since when the target has been taking nothing of what is there for it; [`NEVER`] while it takes everything.
    /// Meanwhile nothing is read of the browser's, which is no fault of the browser.
    target_full: AtomicU64,
    /// The same for the browser.
    browser_full: AtomicU64,
    /// What stands between a viewer that may only look and its target.
    guard: Option<Mutex<ViewOnly>>,
    /// What a viewer that may do more holds.
    held: Mutex<Held>,
}

const NEVER: u64 = u64::MAX;

impl Shared {
    fn new(view_only: bool) -> Self {
        Self {
            started: Instant::now(),
            bytes_up: AtomicU64::new(0),
            bytes_down: AtomicU64::new(0),
            browser_heard: AtomicU64::new(0),
            target_heard: AtomicU64::new(0),
            moved: AtomicU64::new(0),
            target_full: AtomicU64::new(NEVER),
            browser_full: AtomicU64::new(NEVER),
            guard: view_only.then(Mutex::default),
            held: Mutex::default(),
        }
    }

    fn guard(&self) -> Option<MutexGuard<'_, ViewOnly>> {
        let guard = self.guard.as_ref()?;
        Some(guard.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What releases all that the viewer holds. Nothing can be said to a target that has taken something in part.
    fn release(&self) -> Bytes {
        match self.target_full.load(Relaxed) {
            NEVER => self.held().release(),
            _ => Bytes::new(),
        }
    }

    fn now(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn since(&self, moment: &AtomicU64) -> Duration {
        Duration::from_millis(self.now().saturating_sub(moment.load(Relaxed)))
    }

    fn mark(&self, moment: &AtomicU64) {
        moment.store(self.now(), Relaxed);
    }

    /// Hands something to a side, and remembers since when that takes it. The time in which nobody could be listened to
    /// counts for no silence.
    async fn hand<T>(&self, full: &AtomicU64, heard: &AtomicU64, handed: impl Future<Output = T>) -> T {
        let began = self.now();
        full.store(began, Relaxed);
        let done = handed.await;
        full.store(NEVER, Relaxed);
        heard.fetch_add(self.now() - began, Relaxed);
        done
    }

    fn count(&self, counter: &AtomicU64, bytes: usize) {
        counter.fetch_add(bytes as u64, Relaxed);
        self.mark(&self.moved);
    }
}

/// Carries a WebSocket until either side ends it, its session is over or the gateway shuts down.
pub(crate) async fn run(
    socket: WebSocket,
    route: &Route,
    connected: Connected,
    closing: &mut watch::Receiver<bool>,
    visit: Option<&Visit>,
) -> Summary {
    let shared = Shared::new(route.view_only);
    let (mut sink, mut stream) = socket.split();
    let mut end = carry(&mut sink, &mut stream, connected, route, &shared, closing, visit).await;
    if let (End::Target(close), Some(visit)) = (&end, visit)
        && let Some(over) = Box::pin(visit.is_over_too()).await
    {
        end = End::Gateway(over.with_detail(Some(close.to_string())));
    }
    let (close, by) = match end {
        End::Browser(close) => (close, Side::Browser),
        End::Gateway(close) => (close, Side::Gateway),
        End::Target(close) => (close, Side::Target),
    };
    farewell(&mut sink, &mut stream, &close).await;
    Summary {
        close,
        by,
        bytes_up: shared.bytes_up.load(Relaxed),
        bytes_down: shared.bytes_down.load(Relaxed),
    }
}

/// Tells a browser why there is nothing to be carried.
pub(crate) async fn refuse(socket: WebSocket, close: &Close) {
    let (mut sink, mut stream) = socket.split();
    farewell(&mut sink, &mut stream, close).await;
}

async fn carry(
    sink: &mut SplitSink<WebSocket, Message>,
    stream: &mut SplitStream<WebSocket>,
    connected: Connected,
    route: &Route,
    shared: &Shared,
    closing: &mut watch::Receiver<bool>,
    visit: Option<&Visit>,
) -> End {
    let name = &route.name;
    let Connected {
        mut reader,
        mut writer,
        offer,
        ..
    } = connected;
    let answers_pings = matches!(reader, Reader::WebSocket(_));
    let carried = async {
        if let Some(offer) = offer {
            let mut viewer = Viewer::new(sink, stream, &route.timeouts, name, shared);
            let rest = match vencrypt::viewer::negotiate(&mut viewer, offer).await {
                Ok(rest) => rest,
                Err(end) => return end,
            };
            let handed = writer.send(rest.into());
            let handed = shared.hand(&shared.target_full, &shared.browser_heard, handed);
            if let Err(error) = handed.await {
                return broken(name, &error.to_string());
            }
        }
        tokio::select! {
            end = up(stream, &mut writer, &route.timeouts, name, shared) => end,
            end = down(&mut reader, sink, &route.timeouts, name, shared) => end,
        }
    };
    let over = async {
        match visit {
            Some(visit) => visit.over().await,
            None => pending().await,
        }
    };
    let end = tokio::select! {
        // What is known of an end before what it looks like: with a gateway end sessions, and with a session its server.
        biased;
        _ = closing.wait_for(|closing| *closing) => End::Gateway(Close::shutting_down()),
        close = over => End::Gateway(close),
        end = carried => end,
        end = watchdog(&route.timeouts, name, answers_pings, shared) => end,
    };
    let (End::Browser(close) | End::Gateway(close) | End::Target(close)) = &end;
    let parting = async {
        // Where the target has gone nobody is there to be told.
        let is_there = !matches!(end, End::Target(_));
        let release = shared.release();
        if !release.is_empty() && is_there {
            let is_sent = writer.send(release).await.is_ok();
            if is_sent && answers_pings {
                passed_on(&mut reader, &mut writer).await;
            }
        }
        writer.close(close).await;
        if is_there && !answers_pings {
            heard_out(&mut reader).await;
        }
    };
    let _ = timeout(CLOSE_WITHIN, parting).await;
    end
}

/// Waits until a WebSocket's server has passed on what it was sent. websockify forgets what it has not when it is closed: by the
/// time that it answers a ping it has read what came before, and by the next it has written that.
async fn passed_on(reader: &mut Reader, writer: &mut Writer) {
    for _ in 0..2 {
        if writer.ping().await.is_err() {
            return;
        }
        loop {
            match reader.next().await {
                Ok(Some(Read::Bytes(_))) => {}
                Ok(Some(Read::Sign)) => break,
                Ok(None) | Err(_) => return,
            }
        }
    }
}

/// Waits until a stream's server has ended its side, too: it has read all by then. QEMU reads nothing any more of a unix socket
/// whose other end is gone altogether.
async fn heard_out(reader: &mut Reader) {
    while let Ok(Some(_)) = reader.next().await {}
}

/// From the browser to the target, with the target's pings in between.
async fn up(
    stream: &mut SplitStream<WebSocket>,
    writer: &mut Writer,
    timeouts: &Timeouts,
    name: &str,
    shared: &Shared,
) -> End {
    let mut pings = pings(timeouts.ping);
    loop {
        let written = tokio::select! {
            received = receive(stream, shared) => match received {
                Ok(Some(bytes)) => {
                    shared.count(&shared.bytes_up, bytes.len());
                    let handed = writer.send(bytes);
                    shared.hand(&shared.target_full, &shared.browser_heard, handed).await
                }
                Ok(None) => Ok(()),
                Err(end) => return end,
            },
            _ = pings.tick() => {
                shared.hand(&shared.target_full, &shared.browser_heard, writer.ping()).await
            }
            payload = writer.pinged() => {
                let handed = writer.pong(&payload);
                shared.hand(&shared.target_full, &shared.browser_heard, handed).await
            }
        };
        if let Err(error) = written {
            return broken(name, &error.to_string());
        }
    }
}

/// What the browser has sent next; none where that was for the WebSocket alone.
async fn receive(stream: &mut SplitStream<WebSocket>, shared: &Shared) -> Result<Option<Bytes>, End> {
    let message = stream.next().await;
    shared.mark(&shared.browser_heard);
    match message {
        Some(Ok(Message::Binary(bytes))) => {
            let passed = match shared.guard() {
                Some(mut guard) => guard.handle_client(&bytes),
                None => {
                    shared.held().hear(&bytes);
                    Ok(bytes)
                }
            };
            match passed {
                Ok(bytes) => Ok(Some(bytes).filter(|bytes| !bytes.is_empty())),
                Err(why) => Err(refused(&why)),
            }
        }
        Some(Ok(Message::Ping(_) | Message::Pong(_))) => Ok(None),
        Some(Ok(Message::Text(_))) => Err(End::Browser(Close::new(
            Close::UNSUPPORTED,
            "RFB has no text messages",
        ))),
        Some(Ok(Message::Close(frame))) => Err(End::Browser(closed_by_browser(frame))),
        Some(Err(error)) => Err(End::Browser(misspoken(error))),
        None => Err(End::Browser(Close::new(Close::BROKEN, "the browser went away"))),
    }
}

/// What is wrong with a browser's WebSocket, by the code for it (RFC 6455, 7.4.1).
fn misspoken(error: axum::Error) -> Close {
    let words = error.to_string();
    let code = match error.into_inner().downcast_ref() {
        Some(tungstenite::Error::Capacity(_)) => Close::TOO_BIG,
        Some(tungstenite::Error::Protocol(ProtocolError::ResetWithoutClosingHandshake)) => Close::BROKEN,
        Some(tungstenite::Error::Protocol(_)) => Close::PROTOCOL,
        _ => Close::BROKEN,
    };
    Close::new(code, words)
}

/// What the viewer gets of what its server sent, which may be nothing.
fn deliver(bytes: Bytes, name: &str, shared: &Shared) -> Result<Bytes, End> {
    let passed = match shared.guard() {
        Some(mut guard) => guard.handle_server(bytes),
        None => {
            shared.held().hear_server(&bytes);
            return Ok(bytes);
        }
    };
    passed.map_err(|why| End::Target(Close::new(Close::UNREACHABLE, format!("{name} {why}"))))
}

/// The viewer does not keep to the protocol, or to what it may: a sentence whose subject it is.
fn refused(why: &str) -> End {
    End::Browser(Close::new(Close::UNSUPPORTED, format!("the viewer {why}")))
}

/// From the target to the browser, with the browser's pings in between.
async fn down(
    reader: &mut Reader,
    sink: &mut SplitSink<WebSocket, Message>,
    timeouts: &Timeouts,
    name: &str,
    shared: &Shared,
) -> End {
    let mut pings = pings(timeouts.ping);
    loop {
        let bytes = tokio::select! {
            read = reader.next() => match read {
                Ok(Some(Read::Sign)) => {
                    shared.mark(&shared.target_heard);
                    continue;
                }
                Ok(Some(Read::Bytes(bytes))) => {
                    shared.mark(&shared.target_heard);
                    shared.count(&shared.bytes_down, bytes.len());
                    match deliver(bytes, name, shared) {
                        Ok(bytes) if bytes.is_empty() => continue,
                        Ok(bytes) => Some(bytes),
                        Err(end) => return end,
                    }
                }
                Ok(None) => {
                    let bytes = shared.bytes_down.load(Relaxed);
                    let reason = format!("{name} closed the connection after {bytes} bytes");
                    return End::Target(Close::new(Close::NORMAL, reason));
                }
                Err(target::Ended::Closed(close)) => return End::Target(close),
                Err(target::Ended::Broken(error)) => return broken(name, &error),
            },
            _ = pings.tick() => None,
        };
        let handed = async {
            match bytes {
                Some(bytes) => in_pieces(sink, bytes).await,
                None => sink.send(Message::Ping(Bytes::new())).await,
            }
        };
        let sent = shared
            .hand(&shared.browser_full, &shared.target_heard, handed)
            .await;
        if let Err(error) = sent {
            return gone(error);
        }
    }
}

/// The longest message that is sent. A WebSocket keeps a buffer as large as its longest message was, which is the most that
/// an idle connection weighs; and RFB over WebSockets is a stream, whose messages mean nothing. Much shorter ones would be
/// many for a browser.
const LONGEST_MESSAGE: usize = 24 << 10;

/// Sends bytes in messages that are not too long.
async fn in_pieces(sink: &mut SplitSink<WebSocket, Message>, mut bytes: Bytes) -> Result<(), axum::Error> {
    while !bytes.is_empty() {
        let piece = bytes.split_to(bytes.len().min(LONGEST_MESSAGE));
        sink.send(Message::Binary(piece)).await?;
    }
    Ok(())
}

/// Ends a connection one side of which is not there any more, on which nothing moves for too long, or which has lasted
/// as long as it may. Its browser is not to blame while its target takes nothing, nor the other way round.
async fn watchdog(timeouts: &Timeouts, name: &str, answers_pings: bool, shared: &Shared) -> End {
    // What is told is what was waited for: a machine with much to do looks later.
    let patience = timeouts.pong.as_secs();
    loop {
        let is_full = |full: &AtomicU64| full.load(Relaxed) != NEVER;
        let mut wait = timeouts.pong;
        if is_full(&shared.target_full) {
            let full = shared.since(&shared.target_full);
            if full >= timeouts.pong {
                let reason = format!("{name} took nothing of what was sent to it for {patience} s");
                return End::Target(Close::new(Close::NO_PONG, reason));
            }
            wait = wait.min(timeouts.pong - full);
        } else {
            let silent = shared.since(&shared.browser_heard);
            if silent >= timeouts.pong {
                let reason = format!("the browser answered no ping for {patience} s");
                return End::Browser(Close::new(Close::NO_PONG, reason));
            }
            wait = wait.min(timeouts.pong - silent);
        }
        if answers_pings && !is_full(&shared.browser_full) {
            let silent = shared.since(&shared.target_heard);
            if silent >= timeouts.pong {
                let reason = format!("{name} answered no ping for {patience} s");
                return End::Target(Close::new(Close::NO_PONG, reason));
            }
            wait = wait.min(timeouts.pong - silent);
        }
        if let Some(most) = timeouts.idle {
            let idle = shared.since(&shared.moved);
            if idle >= most {
                let reason = format!("nothing was sent either way for {} s", most.as_secs());
                return End::Gateway(Close::new(Close::IDLE, reason));
            }
            wait = wait.min(most - idle);
        }
        if let Some(most) = timeouts.total {
            let lasted = shared.started.elapsed();
            if lasted >= most {
                let reason = format!("a connection may last {} s here, and no longer", most.as_secs());
                return End::Gateway(Close::new(Close::OVER, reason));
            }
            wait = wait.min(most - lasted);
        }
        sleep(wait + Duration::from_millis(1)).await;
    }
}

fn pings(every: Duration) -> tokio::time::Interval {
    let mut pings = interval_at(Instant::now() + every, every);
    pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
    pings
}

fn gone(error: axum::Error) -> End {
    End::Browser(Close::new(
        Close::BROKEN,
        format!("the browser went away: {error}"),
    ))
}

fn broken(name: &str, error: &str) -> End {
    End::Target(Close::new(
        Close::BROKEN,
        format!("{name} broke the connection: {error}"),
    ))
}

fn closed_by_browser(frame: Option<CloseFrame>) -> Close {
    frame.map_or_else(
        || Close::new(Close::NORMAL, "the browser closed the connection"),
        |frame| Close::from_peer(Some(frame.code), &frame.reason),
    )
}

/// Says why, and takes what the browser has still sent until it has closed: bytes left unread would have TCP reset
/// the connection, and the reason be lost with it. A browser that has closed gets the answer that RFC 6455 wants (5.5.1) from
/// the WebSocket itself, when more is to be read.
async fn farewell(
    sink: &mut SplitSink<WebSocket, Message>,
    stream: &mut SplitStream<WebSocket>,
    close: &Close,
) {
    let frame = CloseFrame {
        code: close.code,
        reason: close.reason.as_str().into(),
    };
    let _ = timeout(CLOSE_WITHIN, async {
        let _ = sink.send(Message::Close(Some(frame))).await;
        while let Some(Ok(_)) = stream.next().await {}
    })
    .await;
}
