//! Speaks RFB with whatever is at the other end, by a stream or by a WebSocket.

use std::time::Duration;

use axum::body::Bytes;
use futures_util::{SinkExt, StreamExt};
use porthole_doctor::{Conversation, End, Spoken};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::{Instant, timeout, timeout_at};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::error::ProtocolError;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error, Message};

use super::Options;
use super::reach::Stream;

/// How RFB is carried.
pub(super) enum Line {
    Stream {
        stream: Stream,
        /// What has come already.
        first: Vec<u8>,
    },
    WebSocket(Box<WebSocketStream<Stream>>),
}

/// The largest message that is read.
const MOST_MESSAGE: usize = 1 << 20;

/// How long a few bytes may take to be taken.
const SEND_WITHIN: Duration = Duration::from_secs(1);

/// How long a farewell may take.
const CLOSE_WITHIN: Duration = Duration::from_secs(1);

/// How much of what a server says by itself is looked at.
const FIRST: usize = 64;

/// What a server says without being asked, within this time.
pub(super) async fn listen(stream: &mut Stream, within: Duration) -> Vec<u8> {
    let mut bytes = vec![0; FIRST];
    let length = match timeout(within, stream.read(&mut bytes)).await {
        Ok(Ok(length)) => length,
        _ => 0,
    };
    bytes.truncate(length);
    bytes
}

impl Line {
    pub(super) fn stream(stream: Stream, first: Vec<u8>) -> Self {
        Self::Stream { stream, first }
    }

    /// A WebSocket that is open, some of which has come with the answer.
    pub(super) async fn websocket(stream: Stream, rest: Vec<u8>) -> Self {
        let config = WebSocketConfig::default()
            .max_message_size(Some(MOST_MESSAGE))
            .max_frame_size(Some(MOST_MESSAGE));
        let socket = WebSocketStream::from_partially_read(stream, rest, Role::Client, Some(config)).await;
        Self::WebSocket(Box::new(socket))
    }

    /// What is said next: nothing, where that is only that the other end is there.
    async fn next(&mut self) -> Result<Bytes, End> {
        match self {
            Self::Stream { stream, first } => {
                let mut bytes = std::mem::take(first);
                if bytes.is_empty() {
                    let read = stream.read_buf(&mut bytes).await;
                    // Many servers leave TLS without its goodbye.
                    if read.is_err() || bytes.is_empty() {
                        return Err(End::Gone);
                    }
                }
                Ok(bytes.into())
            }
            Self::WebSocket(socket) => match socket.next().await {
                Some(Ok(Message::Binary(bytes))) => Ok(bytes),
                Some(Ok(Message::Text(_))) => Err(End::Text),
                Some(Ok(Message::Close(frame))) => Err(match frame {
                    Some(frame) => End::Closed {
                        code: frame.code.into(),
                        reason: frame.reason.to_string(),
                    },
                    None => End::Gone,
                }),
                Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => Ok(Bytes::new()),
                Some(Err(error)) => Err(broken(&error)),
                None => Err(End::Gone),
            },
        }
    }

    /// One who has gone may have said why before: what comes next tells.
    async fn send(&mut self, bytes: Vec<u8>) {
        let sending = async {
            match self {
                Self::Stream { stream, .. } => {
                    let written = async {
                        stream.write_all(&bytes).await?;
                        stream.flush().await
                    };
                    drop(written.await);
                }
                Self::WebSocket(socket) => drop(socket.send(Message::Binary(bytes.into())).await),
            }
        };
        let _ = timeout(SEND_WITHIN, sending).await;
    }

    /// It ends in any case.
    async fn close(&mut self) {
        let farewell = async {
            match self {
                Self::Stream { stream, .. } => drop(stream.shutdown().await),
                Self::WebSocket(socket) => drop(socket.close().await),
            }
        };
        let _ = timeout(CLOSE_WITHIN, farewell).await;
    }
}

fn broken(error: &Error) -> End {
    match error {
        Error::Protocol(ProtocolError::NonZeroReservedBits) => End::Compressed,
        Error::Protocol(ProtocolError::ResetWithoutClosingHandshake)
        | Error::Io(_)
        | Error::ConnectionClosed
        | Error::AlreadyClosed => End::Gone,
        other => End::Garbled(other.to_string()),
    }
}

/// Speaks as far as it goes, and then is quiet for as long as is wanted. Returned is what was spoken, and when the server
/// greeted.
pub(super) async fn speak(
    mut line: Line,
    mut conversation: Conversation,
    options: &Options,
) -> (Spoken, Option<Instant>) {
    let mut greeted = None;
    // A server that drips is not waited for any longer than one that is silent twice.
    let end = Instant::now() + options.patience * 2;
    loop {
        let output = conversation.poll_transmit();
        if !output.is_empty() {
            line.send(output).await;
        }
        if conversation.is_over() {
            break;
        }
        let wait = end.min(Instant::now() + options.patience);
        match timeout_at(wait, line.next()).await {
            Ok(Ok(bytes)) => conversation.handle_input(&bytes),
            Ok(Err(end)) => conversation.handle_end(end),
            Err(_) => conversation.handle_end(End::Silent),
        }
        if greeted.is_none() && conversation.spoken().greeting.is_some() {
            greeted = Some(Instant::now());
        }
    }
    let mut spoken = conversation.into_spoken();
    if let Some(quiet) = options.quiet.filter(|_| spoken.has_picture) {
        (spoken.quiet, spoken.end) = stay_quiet(&mut line, quiet).await;
    }
    line.close().await;
    (spoken, greeted)
}

/// Says nothing for a while: how long nothing was heard before it ended, or to the end of that while.
async fn stay_quiet(line: &mut Line, within: Duration) -> (Option<u32>, Option<End>) {
    let end = Instant::now() + within;
    let mut heard = Instant::now();
    let ended = loop {
        match timeout_at(end, line.next()).await {
            Ok(Ok(_)) => heard = Instant::now(),
            Ok(Err(end)) => break Some(end),
            Err(_) => break None,
        }
    };
    (Some(super::milliseconds(heard.elapsed())), ended)
}
