//! A line to the server that is long or narrow: each way takes its time, and all connections share what goes through.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Result;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, sleep_until};

/// What a line is like.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Line {
    /// Each way.
    pub(crate) delay: Duration,
    /// Bytes a second, each way; none for as many as there are.
    pub(crate) rate: Option<f64>,
}

/// As large as what a network carries at once, so that many connections share a narrow line evenly.
const PIECE: usize = 1 << 14;

/// So many pieces are under way in each direction of a connection.
const UNDER_WAY: usize = 1024;

/// A way through a line, with when it is free.
#[derive(Debug)]
struct Way {
    line: Line,
    free: Mutex<Instant>,
}

impl Way {
    fn new(line: Line) -> Arc<Self> {
        Arc::new(Self {
            line,
            free: Mutex::new(Instant::now()),
        })
    }

    /// When the last of so many bytes arrives that are sent now.
    fn arrival(&self, count: usize, now: Instant) -> Instant {
        let Some(rate) = self.line.rate else {
            return now + self.line.delay;
        };
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        *free = (*free).max(now) + Duration::from_secs_f64(count as f64 / rate);
        *free + self.line.delay
    }
}

impl Line {
    /// What connects to the address that is given back is carried to `server`.
    pub(crate) fn before(self, server: SocketAddr, runtime: &Runtime) -> Result<SocketAddr> {
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0"))?;
        let address = listener.local_addr()?;
        let (up, down) = (Way::new(self), Way::new(self));
        runtime.spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (up, down) = (Arc::clone(&up), Arc::clone(&down));
                tokio::spawn(carry(client, server, up, down));
            }
        });
        Ok(address)
    }
}

async fn carry(client: TcpStream, server: SocketAddr, up: Arc<Way>, down: Arc<Way>) -> std::io::Result<()> {
    client.set_nodelay(true)?;
    // TCP's own handshake takes a round trip.
    sleep(up.line.delay + down.line.delay).await;
    let server = TcpStream::connect(server).await?;
    server.set_nodelay(true)?;
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    tokio::join!(
        go_through(from_client, to_server, &up),
        go_through(from_server, to_client, &down)
    );
    Ok(())
}

/// Until one side has ended.
async fn go_through(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, way: &Way) {
    let (enter, mut under_way) = mpsc::channel::<(Instant, Vec<u8>)>(UNDER_WAY);
    let entering = async move {
        let mut buffer = vec![0; PIECE];
        while let Ok(count @ 1..) = from.read(&mut buffer).await {
            let arrival = way.arrival(count, Instant::now());
            if enter.send((arrival, buffer[..count].to_vec())).await.is_err() {
                break;
            }
        }
    };
    let leaving = async move {
        while let Some((arrival, bytes)) = under_way.recv().await {
            sleep_until(arrival).await;
            if to.write_all(&bytes).await.is_err() {
                break;
            }
        }
    };
    tokio::join!(entering, leaving);
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::Instant;

    use super::{Line, Way};

    #[test]
    fn what_is_sent_at_once_arrives_one_after_the_other() {
        let way = Way::new(Line {
            delay: Duration::from_millis(20),
            rate: Some(1000.0),
        });
        let now = Instant::now();
        let first = way.arrival(100, now).duration_since(now);
        let second = way.arrival(100, now).duration_since(now);
        assert!(first >= Duration::from_millis(120) && second >= first + Duration::from_millis(99));
    }

    #[test]
    fn a_wide_line_only_takes_its_time() {
        let way = Way::new(Line {
            delay: Duration::from_millis(50),
            rate: None,
        });
        let now = Instant::now();
        assert_eq!(
            way.arrival(1 << 30, now).duration_since(now),
            Duration::from_millis(50)
        );
    }
}
