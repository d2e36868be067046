//! A WebSocket server that plays a trick on its clients until it is mended; in front of a gateway, whose page it passes
//! on, since a page may only connect to where it came from.

use std::io::{self, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use sha1::{Digest, Sha1};

use super::server::{Trick, hear_out};
use porthole_tests::peer::{listener, serve, take};

#[derive(Debug)]
pub(super) struct Front {
    /// `127.0.0.1` and a port.
    pub(super) address: String,
    is_mended: Arc<AtomicBool>,
}

impl Front {
    /// The trick is told nothing of the request: [`accept`] and [`answer`] begin one.
    pub(super) fn before(gateway: &str, trick: Trick) -> Self {
        let (listener, port) = listener();
        let is_mended = Arc::new(AtomicBool::new(false));
        let (gateway, mended) = (gateway.to_owned(), Arc::clone(&is_mended));
        serve(listener, move |mut stream| {
            // Ends when either side does.
            let _ = if is_for_page(&stream) || mended.load(Ordering::SeqCst) {
                pass_on(stream, &gateway)
            } else {
                trick(&mut stream)
            };
        });
        Self {
            address: format!("127.0.0.1:{port}"),
            is_mended,
        }
    }

    pub(super) fn mend(&self) {
        self.is_mended.store(true, Ordering::SeqCst);
    }
}

/// Whether the request that waits is for a part of the page, not for the WebSocket's address.
fn is_for_page(stream: &TcpStream) -> bool {
    let mut start = [0; 512];
    let length = stream.peek(&mut start).unwrap_or_default();
    let line = String::from_utf8_lossy(&start[..length]);
    !line.lines().next().unwrap_or_default().contains("/websock ")
}

/// One request of a connection's, and its answer. The page's further ones come on connections of their own.
fn pass_on(mut browser: TcpStream, gateway: &str) -> io::Result<()> {
    let mut behind = TcpStream::connect(gateway)?;
    let head = head(&mut browser)?;
    let head = if head.to_ascii_lowercase().contains("upgrade: websocket") {
        head
    } else {
        let lines: Vec<&str> = head
            .split("\r\n")
            .filter(|line| !line.to_ascii_lowercase().starts_with("connection:"))
            .collect();
        lines
            .join("\r\n")
            .replacen("\r\n", "\r\nConnection: close\r\n", 1)
    };
    behind.write_all(head.as_bytes())?;
    let (mut answers, mut back) = (behind.try_clone()?, browser.try_clone()?);
    let answering = thread::spawn(move || {
        let _ = io::copy(&mut answers, &mut back);
        let _ = back.shutdown(Shutdown::Both);
    });
    io::copy(&mut browser, &mut behind)?;
    let _ = behind.shutdown(Shutdown::Write);
    let _ = answering.join();
    Ok(())
}

/// A request's head.
fn head(stream: &mut TcpStream) -> io::Result<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.extend(take::<1>(stream)?);
    }
    Ok(String::from_utf8_lossy(&head).into_owned())
}

/// Accepts a WebSocket (RFC 6455, 4.2.2).
pub(super) fn accept(stream: &mut TcpStream) -> io::Result<()> {
    let head = head(stream)?;
    let header = |name: &str| {
        head.lines()
            .find_map(|line| {
                let (found, value) = line.split_once(':')?;
                found.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
            })
            .unwrap_or_default()
    };
    let seed = header("sec-websocket-key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    let answer = BASE64_STANDARD.encode(Sha1::digest(seed.as_bytes()));
    write!(
        stream,
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Accept: {answer}\r\nSec-WebSocket-Protocol: binary\r\n\r\n"
    )
}

/// The first byte of a frame: what it carries, and that it is the last of its message.
pub(super) const TEXT: u8 = 0x81;
pub(super) const BINARY: u8 = 0x82;
pub(super) const CLOSE: u8 = 0x88;

/// A frame.
pub(super) fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![first];
    match payload.len() {
        length @ ..=125 => frame.push(length as u8),
        length @ ..=0xFFFF => {
            frame.push(126);
            frame.extend((length as u16).to_be_bytes());
        }
        length => {
            frame.push(127);
            frame.extend((length as u64).to_be_bytes());
        }
    }
    frame.extend(payload);
    frame
}

/// A close frame.
pub(super) fn close(code: u16, reason: &[u8]) -> Vec<u8> {
    frame(CLOSE, &[&code.to_be_bytes(), reason].concat())
}

/// Accepts, sends these frames, and then nothing any more.
pub(super) fn sends(frames: impl Into<Vec<u8>>) -> Trick {
    let frames = frames.into();
    Arc::new(move |stream| {
        accept(stream)?;
        stream.write_all(&frames)?;
        hear_out(stream)
    })
}

/// The same, whose last frame is a close frame: the rest is TCP's.
pub(super) fn sends_and_closes(frames: impl Into<Vec<u8>>) -> Trick {
    let frames = frames.into();
    Arc::new(move |stream| {
        accept(stream)?;
        stream.write_all(&frames)?;
        stream.shutdown(Shutdown::Write)?;
        hear_out(stream)
    })
}

/// The same, which then cuts the connection.
pub(super) fn sends_and_cuts(frames: impl Into<Vec<u8>>) -> Trick {
    let frames = frames.into();
    Arc::new(move |stream| {
        accept(stream)?;
        stream.write_all(&frames)?;
        stream.shutdown(Shutdown::Both)
    })
}

/// Answers every request like this.
pub(super) fn answers(answer: &'static str) -> Trick {
    Arc::new(move |stream| {
        head(stream)?;
        write!(
            stream,
            "HTTP/1.1 {answer}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        )
    })
}

/// Accepts what no WebSocket client can take for an answer.
pub(super) fn answers_wrongly() -> Trick {
    Arc::new(|stream| {
        head(stream)?;
        stream.write_all(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
              Sec-WebSocket-Accept: bm90IHRoZSBhbnN3ZXI=\r\n\r\n",
        )
    })
}
