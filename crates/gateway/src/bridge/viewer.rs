//! The viewer's side of a bridge while the gateway itself is its server.

use axum::body::Bytes;
use axum::extract::ws::{Message, WebSocket};
use futures_util::SinkExt;
use futures_util::stream::{SplitSink, SplitStream};
use tokio::time::Interval;

use super::{End, Shared, deliver, gone, pings, receive, refused};
use crate::config::Timeouts;
use crate::vencrypt::viewer::Connection;

pub(super) struct Viewer<'a> {
    sink: &'a mut SplitSink<WebSocket, Message>,
    stream: &'a mut SplitStream<WebSocket>,
    pings: Interval,
    /// How the target is called.
    name: &'a str,
    shared: &'a Shared,
}

impl<'a> Viewer<'a> {
    pub(super) fn new(
        sink: &'a mut SplitSink<WebSocket, Message>,
        stream: &'a mut SplitStream<WebSocket>,
        timeouts: &Timeouts,
        name: &'a str,
        shared: &'a Shared,
    ) -> Self {
        Self {
            sink,
            stream,
            pings: pings(timeouts.ping),
            name,
            shared,
        }
    }
}

impl Connection for Viewer<'_> {
    type Ended = End;

    async fn send(&mut self, bytes: Bytes) -> Result<(), End> {
        let bytes = deliver(bytes, self.name, self.shared)?;
        if bytes.is_empty() {
            return Ok(());
        }
        self.sink.send(Message::Binary(bytes)).await.map_err(gone)
    }

    async fn receive(&mut self) -> Result<Bytes, End> {
        loop {
            tokio::select! {
                received = receive(self.stream, self.shared) => {
                    if let Some(bytes) = received? {
                        return Ok(bytes);
                    }
                }
                _ = self.pings.tick() => {
                    self.sink.send(Message::Ping(Bytes::new())).await.map_err(gone)?;
                }
            }
        }
    }

    fn refuse(&self, why: String) -> End {
        refused(&why)
    }
}
