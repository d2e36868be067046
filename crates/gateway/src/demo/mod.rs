//! The demo desktop: an RFB server inside the gateway that needs nothing installed.
//!
//! [`rfb`] speaks to the client, [`desktop`] is what it shows, made of [`windows`] and drawn with [`paint`].
//! Every connection has a desktop of its own, and nothing of it outlives the connection.

mod cursor;
mod desktop;
mod geometry;
mod paint;
mod rfb;
mod windows;

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::{Instant as Deadline, sleep_until};

use desktop::Moment;
use rfb::{Error, Session};

/// A client that does not get through the handshake in this time is not one.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(15);

/// Serves one client until it leaves.
///
/// # Errors
/// When the stream fails or the client says something that is not RFB.
pub(crate) async fn serve<S: AsyncRead + AsyncWrite + Unpin>(mut stream: S) -> Result<(), Error> {
    let start = Instant::now();
    let now = || Moment {
        uptime: start.elapsed(),
        unix: SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default(),
    };
    let mut session = Session::new(now());
    let mut input = vec![0; 16 * 1024];
    loop {
        // What was sent must have left before the desktop moves on: a slow client gets fewer frames, not older ones.
        stream.write_all(&session.poll_transmit()).await?;
        stream.flush().await?;
        let timeout = if session.is_handshaking() {
            Some(HANDSHAKE_TIMEOUT)
        } else {
            session.next_timeout()
        };
        let timer = async {
            match timeout {
                Some(uptime) => sleep_until(Deadline::from_std(start + uptime)).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            read = stream.read(&mut input) => match read? {
                0 => return Ok(()),
                length => session.handle_input(&input[..length], now())?,
            },
            () = timer => {}
        }
        if session.is_handshaking() && start.elapsed() >= HANDSHAKE_TIMEOUT {
            return Err(Error::HandshakeTimeout(HANDSHAKE_TIMEOUT.as_secs()));
        }
        session.handle_timeout(now())?;
    }
}
