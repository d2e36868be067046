//! Goes on to a real VNC server.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use axum::body::Bytes;
use axum::extract::ws::WebSocket;
use futures_util::{SinkExt as _, StreamExt as _};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::Told;
use super::client::{Inbox, REQUEST, binary};

const CONTINUOUS_UPDATES: i32 = -313;

/// Version, security type and `ClientInit`.
const HANDSHAKE: usize = 12 + 1 + 1;

/// Until one of them ends. Without continuous updates, the server is not told that the client knows them.
pub(super) async fn bridge(
    socket: WebSocket,
    port: u16,
    has_continuous_updates: bool,
    requests: &AtomicU64,
    tell: impl Fn(Told),
) -> Option<()> {
    let server = TcpStream::connect(("127.0.0.1", port)).await.ok()?;
    server.set_nodelay(true).ok()?;
    let (mut from_server, mut to_server) = server.into_split();
    let (mut outbox, inbox) = socket.split();
    let mut inbox = Inbox::new(inbox);
    let down = async {
        let mut buffer = vec![0; 1 << 16];
        loop {
            let count = from_server
                .read(&mut buffer)
                .await
                .ok()
                .filter(|count| *count > 0)?;
            let message = binary(Bytes::copy_from_slice(&buffer[..count]));
            outbox.send(message).await.ok()?;
        }
    };
    let up = async {
        for _ in 0..HANDSHAKE {
            let byte = inbox.take(1).await?;
            to_server.write_all(&byte).await.ok()?;
        }
        let mut is_ready = false;
        loop {
            let message = inbox.message().await?;
            if let Some(place) = message.pointer() {
                tell(Told::Pointer(Instant::now(), place));
            }
            if message.kind == REQUEST {
                requests.fetch_add(1, Ordering::SeqCst);
                if !std::mem::replace(&mut is_ready, true) {
                    tell(Told::Ready);
                }
            }
            let bytes = if has_continuous_updates {
                message.bytes
            } else {
                message.without(CONTINUOUS_UPDATES)
            };
            to_server.write_all(&bytes).await.ok()?;
        }
    };
    tokio::select! {
        end = down => end,
        end = up => end,
    }
}
