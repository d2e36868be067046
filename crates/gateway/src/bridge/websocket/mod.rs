//! A WebSocket whose client the gateway is (RFC 6455): the way to a target that speaks it, and to another gateway.
//!
//! RFB over WebSockets is a stream, whose messages mean nothing. So of a frame is passed on what has come of it: no browser
//! waits for the rest, and nothing keeps a buffer as large as the largest message was, which is the most that an idle
//! connection would weigh.

mod frames;
mod handshake;
#[cfg(test)]
mod oracle;

use std::io;

use axum::body::Bytes;
use ring::rand::{SystemRandom, generate};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadHalf, WriteHalf};
use tokio::sync::watch;

use super::LONGEST_MESSAGE;
use super::target::{Ended, Read, read_some};
use crate::close::Close;
use frames::{Frames, Inbound, Opcode};
pub(super) use handshake::open;

/// A way that is open in both directions.
pub(crate) trait Way: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Way for T {}

/// What a target says.
pub(super) struct Reader {
    stream: ReadHalf<Box<dyn Way>>,
    frames: Frames,
    /// What its latest ping has in it, which the writer answers: of several the latest is enough (RFC 6455, 5.5.3).
    pinged: watch::Sender<Bytes>,
}

/// What is said to it.
pub(super) struct Writer {
    stream: WriteHalf<Box<dyn Way>>,
    pinged: watch::Receiver<Bytes>,
    /// Whether a frame has gone out in part: then nothing can be said any more.
    within_frame: bool,
}

/// Both directions of one that is open; `first` came with the answer to the upgrade.
pub(super) fn split(stream: Box<dyn Way>, first: Bytes) -> (Reader, Writer) {
    let (reader, writer) = tokio::io::split(stream);
    let (pings, pinged) = watch::channel(Bytes::new());
    let mut frames = Frames::default();
    frames.feed(first);
    (
        Reader {
            stream: reader,
            frames,
            pinged: pings,
        },
        Writer {
            stream: writer,
            pinged,
            within_frame: false,
        },
    )
}

impl Reader {
    /// What it says next.
    pub(super) async fn next(&mut self) -> Result<Read, Ended> {
        loop {
            match self.frames.next().map_err(Ended::Broken)? {
                Some(Inbound::Data(bytes)) => return Ok(Read::Bytes(bytes)),
                Some(Inbound::Ping(payload)) => {
                    self.pinged.send_replace(payload);
                    return Ok(Read::Sign);
                }
                Some(Inbound::Pong) => return Ok(Read::Sign),
                Some(Inbound::Close(code, reason)) => {
                    return Err(Ended::Closed(Close::from_peer(code, &reason)));
                }
                None => {
                    let bytes = read_some(&mut self.stream)
                        .await
                        .map_err(|error| Ended::Broken(error.to_string()))?;
                    if bytes.is_empty() {
                        return Err(Ended::Broken("it went away".to_owned()));
                    }
                    self.frames.feed(bytes);
                }
            }
        }
    }
}

impl Writer {
    /// Sends bytes in messages that are not too long: what a server reads at once is up to its own buffer.
    pub(super) async fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        for piece in bytes.chunks(LONGEST_MESSAGE) {
            self.write(Opcode::Binary, piece).await?;
        }
        Ok(())
    }

    pub(super) async fn ping(&mut self) -> io::Result<()> {
        self.write(Opcode::Ping, &[]).await
    }

    /// Waits for a ping, and gives what its answer has to have in it.
    pub(super) async fn pinged(&mut self) -> Bytes {
        match self.pinged.changed().await {
            Ok(()) => self.pinged.borrow_and_update().clone(),
            // Nobody listens to the target any more.
            Err(_) => std::future::pending().await,
        }
    }

    pub(super) async fn pong(&mut self, payload: &[u8]) -> io::Result<()> {
        self.write(Opcode::Pong, payload).await
    }

    pub(super) async fn close(&mut self, close: &Close) -> io::Result<()> {
        if self.within_frame {
            return Ok(());
        }
        let payload = [&close.code.to_be_bytes()[..], close.reason.as_bytes()].concat();
        self.write(Opcode::Close, &payload).await
    }

    async fn write(&mut self, opcode: Opcode, payload: &[u8]) -> io::Result<()> {
        let mask = generate(&SystemRandom::new())
            .map_err(|_| io::Error::other("the system has no random numbers"))?
            .expose();
        self.within_frame = true;
        self.stream
            .write_all(&frames::frame(opcode, payload, mask))
            .await?;
        self.within_frame = false;
        // TLS keeps what did not go out at once.
        self.stream.flush().await
    }
}
