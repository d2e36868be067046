//! One of many viewers, which compares every byte with what its desktop plays.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use axum::body::Bytes;
use futures_util::{SinkExt as _, StreamExt as _};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::{sleep, sleep_until, timeout};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

use super::desk::handshake;
use crate::stream::Stream;

/// `FramebufferUpdateRequest` and `PointerEvent`.
pub(super) const REQUEST: u8 = 3;
pub(super) const POINTER: u8 = 5;

/// What is waited for takes no longer than this, or it is lost.
const LIMIT: Duration = Duration::from_secs(60);

/// What all of them do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Phase {
    Idle,
    /// Some are busy.
    Busy,
    /// Each asks for an update and goes.
    Ending,
}

/// What one has seen.
#[derive(Debug)]
pub(super) struct Seen {
    /// From asking for an update to all of its bytes, in milliseconds, while it was busy.
    pub(super) took: Vec<f64>,
    /// How often it has moved its pointer.
    pub(super) moves: u64,
}

#[derive(Debug)]
pub(super) struct Viewer {
    socket: WebSocketStream<TcpStream>,
    /// What has come and is not looked at yet.
    inbox: Bytes,
    stream: Arc<Stream>,
    /// How many updates it has shown.
    shown: usize,
    moves: u64,
}

/// Where the pointer is moved to at this time of many.
pub(super) fn place(moves: u64) -> [u8; 4] {
    (moves as u32).to_be_bytes()
}

impl Viewer {
    /// Connects and shows a first update.
    pub(super) async fn open(url: String, stream: Arc<Stream>) -> Result<Self> {
        timeout(LIMIT, Self::connect(&url, stream))
            .await
            .unwrap_or_else(|_| bail!("it does not open"))
            .with_context(|| url)
    }

    async fn connect(url: &str, stream: Arc<Stream>) -> Result<Self> {
        let host = url.split('/').nth(2).context("it has no host")?;
        let tcp = TcpStream::connect(host).await?;
        tcp.set_nodelay(true)?;
        let config = WebSocketConfig::default().read_buffer_size(1 << 14);
        let (socket, _) = client_async_with_config(url, tcp, Some(config)).await?;
        let mut viewer = Self {
            socket,
            inbox: Bytes::new(),
            stream,
            shown: 0,
            moves: 0,
        };
        for (said, answer) in handshake(&viewer.stream) {
            viewer.expect(&said).await?;
            if !answer.is_empty() {
                viewer.say(answer.to_vec()).await?;
            }
        }
        viewer.update().await?;
        Ok(viewer)
    }

    /// Nothing comes until it is over.
    pub(super) async fn live_idly(mut self, mut phase: watch::Receiver<Phase>) -> Result<Seen> {
        self.rest_until(Phase::Ending, &mut phase).await?;
        self.leave(Vec::new()).await
    }

    /// One update after the other, the first after a while.
    pub(super) async fn live_busily(
        mut self,
        mut phase: watch::Receiver<Phase>,
        after: Duration,
        period: Duration,
    ) -> Result<Seen> {
        self.rest_until(Phase::Busy, &mut phase).await?;
        sleep(after).await;
        let mut took = Vec::new();
        let mut due = tokio::time::Instant::now();
        while *phase.borrow() == Phase::Busy {
            took.push(self.update().await?.as_secs_f64() * 1e3);
            due = (due + period).max(tokio::time::Instant::now());
            sleep_until(due).await;
        }
        self.leave(took).await
    }

    /// Answers pings meanwhile.
    async fn rest_until(&mut self, end: Phase, phase: &mut watch::Receiver<Phase>) -> Result<()> {
        loop {
            tokio::select! {
                over = phase.wait_for(|phase| *phase >= end) => {
                    over?;
                    return Ok(());
                }
                message = self.message() => ensure!(message?.is_empty(), "something came that nobody has asked for"),
            }
        }
    }

    async fn leave(mut self, took: Vec<f64>) -> Result<Seen> {
        self.update().await?;
        self.socket.close(None).await?;
        Ok(Seen {
            took,
            moves: self.moves,
        })
    }

    /// Moves the pointer, asks for an update and waits for all of it.
    async fn update(&mut self) -> Result<Duration> {
        let start = Instant::now();
        let mut said = vec![POINTER, 0];
        said.extend(place(self.moves));
        said.extend([REQUEST, 1, 0, 0, 0, 0]);
        said.extend([self.stream.size.0.to_be_bytes(), self.stream.size.1.to_be_bytes()].concat());
        self.moves += 1;
        self.say(said).await?;
        let stream = Arc::clone(&self.stream);
        let update = stream.message(self.shown).context("the stream is empty")?;
        self.shown += 1;
        timeout(LIMIT, self.expect(update))
            .await
            .unwrap_or_else(|_| bail!("an update does not come"))?;
        Ok(start.elapsed())
    }

    async fn say(&mut self, bytes: Vec<u8>) -> Result<()> {
        Ok(self.socket.send(Message::Binary(bytes.into())).await?)
    }

    /// Reads these very bytes.
    async fn expect(&mut self, mut bytes: &[u8]) -> Result<()> {
        while !bytes.is_empty() {
            if self.inbox.is_empty() {
                self.inbox = self.message().await?;
                continue;
            }
            let here = bytes.len().min(self.inbox.len());
            let (expected, rest) = bytes.split_at(here);
            ensure!(
                self.inbox.split_to(here) == expected,
                "other bytes came than were sent"
            );
            bytes = rest;
        }
        Ok(())
    }

    /// The next message: nothing where it is only for the WebSocket.
    async fn message(&mut self) -> Result<Bytes> {
        match self.socket.next().await.context("it ended")?? {
            Message::Binary(bytes) => Ok(bytes),
            Message::Close(frame) => bail!("it was closed: {frame:?}"),
            _ => Ok(Bytes::new()),
        }
    }
}
