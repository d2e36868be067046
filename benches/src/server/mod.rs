//! One server for both contenders: their files, and a WebSocket below each of their pages that plays a stream or goes on
//! to a real VNC server.

mod bridge;
mod client;
mod files;
mod play;

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::time::{Duration, Instant, SystemTime};

use anyhow::{Context, Result};
use axum::Router;
use axum::extract::State;
use axum::extract::ws::{WebSocket, WebSocketUpgrade};
use axum::response::Response;
use axum::routing::get;
use tokio::runtime::Runtime;
use tokio::sync::watch;

pub(crate) use files::{Files, Folder};

use crate::stream::Stream;

/// What whoever connects is given.
#[derive(Debug, Clone)]
pub(crate) enum Part {
    /// A stream, as fast as it is taken, so many times, and a fence at its end.
    Drain { stream: Arc<Stream>, passes: usize },
    /// A stream over and over, an update when it is asked for but no more than so many a second.
    Paced { stream: Arc<Stream>, rate: f64 },
    /// A real VNC server at this port.
    Real { port: u16, has_continuous_updates: bool },
}

/// What happened.
#[derive(Debug)]
pub(crate) enum Told {
    /// A client has asked for pixels.
    Ready,
    /// From a stream's first byte to the answer to the fence at its end.
    Drained(Duration),
    /// The pointer is at this place.
    Pointer(Instant, (u16, u16)),
}

#[derive(Debug)]
struct Shared {
    files: Files,
    part: Mutex<Option<Part>>,
    /// Each part has a number, lest what one who is late says is taken for the next one's.
    turn: AtomicU64,
    go: watch::Sender<u64>,
    told: mpsc::Sender<(u64, Told)>,
    served: Mutex<Vec<Served>>,
    /// Updates that were sent at a pace, or asked for.
    updates: AtomicU64,
}

/// A file that was asked for.
#[derive(Debug, Clone)]
pub(crate) struct Served {
    pub(crate) at: SystemTime,
    pub(crate) bytes: usize,
}

#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    shared: Arc<Shared>,
    told: mpsc::Receiver<(u64, Told)>,
    runtime: Runtime,
}

impl Server {
    pub(crate) fn start(files: Files) -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()?;
        let (tell, told) = mpsc::channel();
        let shared = Arc::new(Shared {
            files,
            part: Mutex::new(None),
            turn: AtomicU64::new(0),
            go: watch::Sender::new(0),
            told: tell,
            served: Mutex::default(),
            updates: AtomicU64::new(0),
        });
        let app = Router::new()
            .route("/{contender}/websock", get(websocket))
            .fallback(files::answer)
            .with_state(Arc::clone(&shared));
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))?;
        let address = listener.local_addr()?;
        runtime.spawn(async move { axum::serve(listener, app).await });
        Ok(Self {
            address,
            shared,
            told,
            runtime,
        })
    }

    /// For what else is to run beside it.
    pub(crate) fn runtime(&self) -> &Runtime {
        &self.runtime
    }

    /// What those who connect from here on are given. Counting begins anew.
    pub(crate) fn set(&self, part: Part) {
        *lock(&self.shared.part) = Some(part);
        self.shared.turn.fetch_add(1, Ordering::SeqCst);
        lock(&self.shared.served).clear();
        self.shared.updates.store(0, Ordering::SeqCst);
    }

    /// Has those who wait for a stream be given it.
    pub(crate) fn go(&self) {
        self.shared.go.send_replace(self.turn());
    }

    fn turn(&self) -> u64 {
        self.shared.turn.load(Ordering::SeqCst)
    }

    /// The next that happens in this turn.
    pub(crate) fn next(&self, limit: Duration) -> Result<Told> {
        let end = Instant::now() + limit;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            let (turn, told) = self
                .told
                .recv_timeout(left)
                .with_context(|| format!("nothing was heard of the client in {} s", limit.as_secs()))?;
            if turn == self.turn() {
                return Ok(told);
            }
        }
    }

    /// The files that were asked for in this turn.
    pub(crate) fn served(&self) -> Vec<Served> {
        lock(&self.shared.served).clone()
    }

    /// How many updates were sent in this turn, at a pace, or asked a real server for.
    pub(crate) fn updates(&self) -> u64 {
        self.shared.updates.load(Ordering::SeqCst)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn websocket(State(shared): State<Arc<Shared>>, upgrade: WebSocketUpgrade) -> Response {
    upgrade.protocols(["binary"]).on_upgrade(async move |socket| {
        // A client that goes away is one whose turn is over.
        let _ = serve(socket, &shared).await;
    })
}

async fn serve(socket: WebSocket, shared: &Shared) -> Option<()> {
    let part = lock(&shared.part).clone()?;
    let turn = shared.turn.load(Ordering::SeqCst);
    let tell = |told| {
        // Nobody listens only when it is over.
        let _ = shared.told.send((turn, told));
    };
    match part {
        Part::Drain { stream, passes } => {
            let go = shared.go.subscribe();
            play::drain(socket, &stream, passes, (turn, go), tell).await
        }
        Part::Paced { stream, rate } => play::paced(socket, &stream, rate, &shared.updates, tell).await,
        Part::Real {
            port,
            has_continuous_updates,
        } => bridge::bridge(socket, port, has_continuous_updates, &shared.updates, tell).await,
    }
}
