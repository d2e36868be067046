//! The upgrade to a WebSocket.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use axum::body::Bytes;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_tungstenite::client_async_with_config;
use tokio_tungstenite::tungstenite::handshake::client::{Request, Response};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{self, error::UrlError};

use super::Way;
use crate::http_client;
use crate::vencrypt;

/// Asks for a WebSocket by this request, by TLS where its address says so. Given are the way, what has come behind the
/// answer, and the answer.
///
/// # Errors
/// What went wrong before there was one.
pub(in crate::bridge) async fn open(
    request: Request,
    stream: TcpStream,
) -> Result<(Box<dyn Way>, Bytes, Response), tungstenite::Error> {
    let way: Box<dyn Way> = match request.uri().scheme_str() {
        Some("wss") => {
            let host = request.uri().host().unwrap_or_default();
            let name = vencrypt::server_name(host).ok_or(UrlError::NoHostName)?;
            let config = http_client::tls_config().map_err(io::Error::other)?;
            Box::new(TlsConnector::from(Arc::new(config)).connect(name, stream).await?)
        }
        _ => Box::new(stream),
    };
    // Only the handshake is its part, which needs no buffers.
    let config = WebSocketConfig::default().read_buffer_size(0);
    let (socket, response) = client_async_with_config(request, HeadFirst::new(way), Some(config)).await?;
    let HeadFirst { stream, behind, .. } = socket.into_inner();
    Ok((stream, behind.into(), response))
}

/// Reads no further than to the end of an HTTP answer's head, and keeps what has come behind it.
#[derive(Debug)]
struct HeadFirst<S> {
    stream: S,
    behind: Vec<u8>,
    /// Whether there was nothing in the line so far: an empty one is the end.
    line_is_empty: bool,
}

impl<S> HeadFirst<S> {
    fn new(stream: S) -> Self {
        Self {
            stream,
            behind: Vec::new(),
            // Before the first one nothing has ended.
            line_is_empty: false,
        }
    }

    /// How many of these bytes belong to the head, if it ends with them.
    fn end(&mut self, bytes: &[u8]) -> Option<usize> {
        for (at, byte) in bytes.iter().enumerate() {
            match byte {
                b'\n' if self.line_is_empty => return Some(at + 1),
                b'\n' => self.line_is_empty = true,
                b'\r' => {}
                _ => self.line_is_empty = false,
            }
        }
        None
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for HeadFirst<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buffer.filled().len();
        ready!(Pin::new(&mut this.stream).poll_read(context, buffer))?;
        if let Some(end) = this.end(&buffer.filled()[before..]) {
            this.behind.extend_from_slice(&buffer.filled()[before + end..]);
            buffer.set_filled(before + end);
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for HeadFirst<S> {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write(context, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(context)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use std::io::Cursor;

    use tokio::io::AsyncReadExt;

    use super::HeadFirst;

    #[tokio::test]
    async fn what_comes_behind_a_head_is_kept() {
        let head = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n";
        let bytes = [&head[..], b"\x82\x0cRFB 003.008\n\n\n"].concat();
        // As much as is asked for at once, down to a byte.
        for size in [1, 7, head.len(), head.len() + 3, 4096] {
            let mut stream = HeadFirst::new(Cursor::new(bytes.clone()));
            let mut read = Vec::new();
            while read.len() < head.len() {
                let mut buffer = vec![0; size];
                let count = stream.read(&mut buffer).await.unwrap();
                read.extend_from_slice(&buffer[..count]);
            }
            assert_eq!(read, head);
            stream.stream.read_to_end(&mut stream.behind).await.unwrap();
            assert_eq!(stream.behind, b"\x82\x0cRFB 003.008\n\n\n", "by {size}");
        }
    }
}
