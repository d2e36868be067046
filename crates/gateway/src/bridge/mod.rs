//! Carries one browser's WebSocket on to its target.
//!
//! Each direction is a loop of its own that reads only when what it read before has been taken, so that
//! back-pressure reaches from end to end and neither direction holds up the other.

mod target;
mod view_only;
mod viewer;

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::ws::{CloseFrame, Message, WebSocket};
use axum::http::HeaderValue;
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use tokio::sync::watch;
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep, timeout};

use crate::close::Close;
use crate::config::Timeouts;
use crate::session::Target;
use crate::vencrypt;
use target::{Connected, Reader, Writer};
use view_only::ViewOnly;
use viewer::Viewer;

/// Where to carry a WebSocket.
#[derive(Debug)]
pub struct Route {
    /// The target, or why there is none.
    pub target: Result<Target, Close>,
    /// What stood behind `websock` in the address: it is added to a WebSocket target's.
    pub suffix: String,
    /// The page's origin, for WebSocket targets that want one.
    pub origin: Option<HeaderValue>,
    /// Whether the viewer may only look.
    pub view_only: bool,
    /// Bounds in time.
    pub timeouts: Timeouts,
}

/// How a connection went.
#[derive(Debug)]
pub struct Summary {
    /// How it ended.
    pub close: Close,
    /// Whether it was the browser's end.
    pub by_browser: bool,
    /// Whether the target was reached.
    pub reached: bool,
    /// Bytes to the target.
    pub bytes_up: u64,
    /// Bytes from the target.
    pub bytes_down: u64,
    /// From opening to ending.
    pub duration: Duration,
}

/// Which side ended it, and how.
#[derive(Debug)]
enum End {
    Browser(Close),
    Target(Close),
}

/// How long the other side's own close is waited for.
const CLOSE_WITHIN: Duration = Duration::from_secs(2);

/// What both directions share.
struct Shared {
    started: Instant,
    bytes_up: AtomicU64,
    bytes_down: AtomicU64,
    /// Milliseconds since `started` at which the browser was last heard of: data or a pong.
    heard: AtomicU64,
    /// The same for data in either direction.
    moved: AtomicU64,
    /// What stands between a viewer that may only look and its target.
    guard: Option<Mutex<ViewOnly>>,
}

impl Shared {
    fn new(view_only: bool) -> Self {
        Self {
            started: Instant::now(),
            bytes_up: AtomicU64::new(0),
            bytes_down: AtomicU64::new(0),
            heard: AtomicU64::new(0),
            moved: AtomicU64::new(0),
            guard: view_only.then(Mutex::default),
        }
    }

    fn guard(&self) -> Option<MutexGuard<'_, ViewOnly>> {
        let guard = self.guard.as_ref()?;
        Some(guard.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn now(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn since(&self, moment: &AtomicU64) -> Duration {
        Duration::from_millis(self.now().saturating_sub(moment.load(Relaxed)))
    }

    fn count(&self, counter: &AtomicU64, bytes: usize) {
        counter.fetch_add(bytes as u64, Relaxed);
        self.moved.store(self.now(), Relaxed);
    }
}

/// Carries a WebSocket until either side ends it or the gateway shuts down.
pub async fn run(socket: WebSocket, route: Route, closing: watch::Receiver<bool>) -> Summary {
    let shared = Shared::new(route.view_only);
    let (mut sink, mut stream) = socket.split();
    let connected = match &route.target {
        Ok(target) => {
            // A browser that leaves while its target is being reached is not waited for.
            tokio::select! {
                connected = target::connect(target, &route) => connected.map_err(End::Target),
                close = left(&mut stream) => Err(End::Browser(close)),
            }
        }
        Err(close) => Err(End::Target(close.clone())),
    };
    let reached = connected.is_ok();
    let end = match connected {
        Ok(connected) => carry(&mut sink, &mut stream, connected, &route, &shared, closing).await,
        Err(end) => end,
    };
    let (close, by_browser) = match end {
        End::Browser(close) => (close, true),
        End::Target(close) => (close, false),
    };
    // A browser that has closed gets the answer that RFC 6455 wants from the WebSocket itself.
    if !by_browser || close.code != Close::NORMAL {
        farewell(&mut sink, &mut stream, &close).await;
    }
    Summary {
        close,
        by_browser,
        reached,
        bytes_up: shared.bytes_up.load(Relaxed),
        bytes_down: shared.bytes_down.load(Relaxed),
        duration: shared.started.elapsed(),
    }
}

/// Waits until the browser goes away. It has nothing to say before the target does: RFB's server speaks first.
async fn left(stream: &mut SplitStream<WebSocket>) -> Close {
    loop {
        match stream.next().await {
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
            Some(Ok(Message::Close(frame))) => return closed_by_browser(frame),
            Some(Ok(_)) => return Close::new(Close::BROKEN, "the browser spoke before the desktop did"),
            Some(Err(_)) | None => return Close::new(Close::BROKEN, "the browser went away"),
        }
    }
}

async fn carry(
    sink: &mut SplitSink<WebSocket, Message>,
    stream: &mut SplitStream<WebSocket>,
    connected: Connected,
    route: &Route,
    shared: &Shared,
    mut closing: watch::Receiver<bool>,
) -> End {
    let name = route
        .target
        .as_ref()
        .map_or_else(|close| close.reason.clone(), Target::to_string);
    let Connected {
        mut reader,
        mut writer,
        offer,
    } = connected;
    let carried = async {
        if let Some(offer) = offer {
            let mut viewer = Viewer::new(sink, stream, &route.timeouts, &name, shared);
            let rest = match vencrypt::viewer::negotiate(&mut viewer, offer).await {
                Ok(rest) => rest,
                Err(end) => return end,
            };
            if let Err(error) = writer.send(rest.into()).await {
                return broken(&name, &error);
            }
        }
        tokio::select! {
            end = up(stream, &mut writer, &route.timeouts, &name, shared) => end,
            end = down(&mut reader, sink, &route.timeouts, &name, shared) => end,
        }
    };
    let end = tokio::select! {
        end = carried => end,
        close = watchdog(&route.timeouts, shared) => End::Browser(close),
        _ = closing.wait_for(|closing| *closing) => {
            End::Target(Close::new(Close::RESTART, "the gateway is shutting down"))
        }
    };
    if let End::Browser(close) = &end {
        let _ = timeout(CLOSE_WITHIN, writer.close(close)).await;
    }
    end
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
                    writer.send(bytes).await
                }
                Ok(None) => Ok(()),
                Err(end) => return end,
            },
            _ = pings.tick() => writer.ping().await,
        };
        if let Err(error) = written {
            return broken(name, &error);
        }
    }
}

/// What the browser has sent next; none where that was for the WebSocket alone.
async fn receive(stream: &mut SplitStream<WebSocket>, shared: &Shared) -> Result<Option<Bytes>, End> {
    let message = stream.next().await;
    shared.heard.store(shared.now(), Relaxed);
    match message {
        Some(Ok(Message::Binary(bytes))) => {
            let passed = match shared.guard() {
                Some(mut guard) => guard.handle_client(&bytes),
                None => Ok(bytes),
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
        Some(Err(error)) => Err(End::Browser(Close::new(Close::BROKEN, error.to_string()))),
        None => Err(End::Browser(Close::new(Close::BROKEN, "the browser went away"))),
    }
}

/// What the viewer gets of what its server sent, which may be nothing.
fn deliver(bytes: Bytes, name: &str, shared: &Shared) -> Result<Bytes, End> {
    let passed = match shared.guard() {
        Some(mut guard) => guard.handle_server(bytes),
        None => return Ok(bytes),
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
        let message = tokio::select! {
            read = reader.next() => match read {
                Ok(Some(bytes)) => {
                    shared.count(&shared.bytes_down, bytes.len());
                    match deliver(bytes, name, shared) {
                        Ok(bytes) if bytes.is_empty() => continue,
                        Ok(bytes) => Message::Binary(bytes),
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
            _ = pings.tick() => Message::Ping(Default::default()),
        };
        if let Err(error) = sink.send(message).await {
            return gone(error);
        }
    }
}

/// Ends a connection whose browser answers no ping, or on which nothing moves for too long.
async fn watchdog(timeouts: &Timeouts, shared: &Shared) -> Close {
    loop {
        let silent = shared.since(&shared.heard);
        if silent >= timeouts.pong {
            return Close::new(
                Close::NO_PONG,
                format!("the browser answered no ping for {} s", silent.as_secs()),
            );
        }
        let idle = shared.since(&shared.moved);
        if timeouts.idle.is_some_and(|most| idle >= most) {
            return Close::new(
                Close::IDLE,
                format!("nothing was sent either way for {} s", idle.as_secs()),
            );
        }
        let wait = timeouts
            .idle
            .map_or(Duration::MAX, |most| most - idle)
            .min(timeouts.pong - silent);
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
/// the connection, and the reason be lost with it.
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
        if sink.send(Message::Close(Some(frame))).await.is_ok() {
            while let Some(Ok(_)) = stream.next().await {}
        }
    })
    .await;
}
