//! A VNC server that plays a recorded stream.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use axum::body::Bytes;
use axum::extract::ws::{Message, WebSocket};
use futures_util::stream::SplitSink;
use futures_util::{SinkExt as _, StreamExt as _};
use tokio::sync::watch;
use tokio::time::timeout;

use super::Told;
use super::client::{Inbox, REQUEST, binary};
use crate::stream::Stream;

/// So many bytes are sent in one message, as a proxy in front of a VNC server does that reads into a buffer of this size.
const MESSAGE: usize = 1 << 16;

/// A client has settled when it has asked for pixels and then this long for nothing else.
const SETTLING: Duration = Duration::from_millis(250);

/// The payload of the fence at a stream's end.
const END: &[u8] = b"the end";

type Outbox = SplitSink<WebSocket, Message>;

/// Plays it as fast as the client takes it, once it is the turn.
pub(super) async fn drain(
    socket: WebSocket,
    stream: &Stream,
    passes: usize,
    (turn, mut go): (u64, watch::Receiver<u64>),
    tell: impl Fn(Told),
) -> Option<()> {
    let (mut outbox, mut inbox) = greet(socket, stream.size).await?;
    // It has asked for pixels, and says nothing more.
    while inbox.message().await?.kind != REQUEST {}
    while let Ok(message) = timeout(SETTLING, inbox.message()).await {
        message?;
    }
    // Cut into messages before the clock runs.
    let messages = cut(stream.replayed(passes).chain([&ending()[..]]));
    tell(Told::Ready);
    go.wait_for(|now| *now >= turn).await.ok()?;

    let start = Instant::now();
    let playing = async {
        for message in messages {
            outbox.send(message).await.ok()?;
        }
        Some(())
    };
    let answered = async {
        while inbox.message().await?.fence() != Some(END) {}
        Some(start.elapsed())
    };
    let (played, took) = tokio::join!(playing, answered);
    played?;
    tell(Told::Drained(took?));
    // It stays open until the page goes, lest its end is measured, too.
    while inbox.message().await.is_some() {}
    None
}

/// A pixel in an update of its own, since noVNC finishes the pictures of an update before it begins the next, and a fence.
fn ending() -> Vec<u8> {
    let mut ending = vec![0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 1, 2, 3, 0];
    ending.extend([248, 0, 0, 0, 0x80, 0, 0, 1, END.len() as u8]);
    ending.extend(END);
    ending
}

/// These bytes in pieces of [`MESSAGE`] and a last one.
fn cut<'a>(messages: impl Iterator<Item = &'a [u8]>) -> VecDeque<Message> {
    let mut pieces = VecDeque::new();
    let mut piece = Vec::with_capacity(MESSAGE);
    for mut message in messages {
        while !message.is_empty() {
            let (fits, rest) = message.split_at(message.len().min(MESSAGE - piece.len()));
            piece.extend_from_slice(fits);
            message = rest;
            if piece.len() == MESSAGE {
                pieces.push_back(binary(std::mem::replace(&mut piece, Vec::with_capacity(MESSAGE))));
            }
        }
    }
    pieces.push_back(binary(piece));
    pieces
}

/// Plays it over and over, each message when the one before has been asked for and it is time.
pub(super) async fn paced(
    socket: WebSocket,
    stream: &Stream,
    rate: f64,
    updates: &AtomicU64,
    tell: impl Fn(Told),
) -> Option<()> {
    let (mut outbox, mut inbox) = greet(socket, stream.size).await?;
    let mut messages = stream.replayed(usize::MAX);
    let period = Duration::from_secs_f64(1.0 / rate);
    let mut due = tokio::time::Instant::now();
    let mut is_wanted = false;
    tell(Told::Ready);
    loop {
        tokio::select! {
            message = inbox.message() => {
                let message = message?;
                is_wanted |= message.kind == REQUEST;
                if let Some(place) = message.pointer() {
                    tell(Told::Pointer(Instant::now(), place));
                }
            }
            () = tokio::time::sleep_until(due), if is_wanted => {
                is_wanted = false;
                let message = Bytes::copy_from_slice(messages.next()?);
                for at in (0..message.len()).step_by(MESSAGE) {
                    let piece = message.slice(at..message.len().min(at + MESSAGE));
                    outbox.send(binary(piece)).await.ok()?;
                }
                updates.fetch_add(1, Ordering::SeqCst);
                due = (due + period).max(tokio::time::Instant::now());
            }
        }
    }
}

/// From the greeting to `ServerInit`.
async fn greet(socket: WebSocket, (width, height): (u16, u16)) -> Option<(Outbox, Inbox)> {
    let (mut outbox, inbox) = socket.split();
    let mut inbox = Inbox::new(inbox);
    outbox.send(binary(&b"RFB 003.008\n"[..])).await.ok()?;
    inbox.take(12).await?;
    // No login.
    outbox.send(binary(&[1, 1][..])).await.ok()?;
    inbox.take(1).await?;
    outbox.send(binary(&[0; 4][..])).await.ok()?;
    inbox.take(1).await?;
    let mut init = [width.to_be_bytes(), height.to_be_bytes()].concat();
    init.extend([32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0, 0, 0, 0]);
    init.extend([0, 0, 0, 6]);
    init.extend(b"replay");
    outbox.send(binary(init)).await.ok()?;
    Some((outbox, inbox))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::{MESSAGE, cut, ending};
    use crate::wire;

    #[test]
    fn messages_are_cut_into_pieces_of_one_size() {
        let (long, short) = (vec![1; MESSAGE * 2 - 1], vec![2; 3]);
        let pieces = cut([&long[..], &short].into_iter());
        let lengths: Vec<usize> = pieces.into_iter().map(|piece| piece.into_data().len()).collect();
        assert_eq!(lengths, [MESSAGE, MESSAGE, 2]);
    }

    #[test]
    fn a_stream_ends_with_one_pixel_and_a_fence() {
        let ending = ending();
        let update = wire::message(&ending).unwrap();
        assert_eq!(
            (update.length, update.pixels, ending[update.length]),
            (20, 1, 248)
        );
    }
}
