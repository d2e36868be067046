//! The desktops: a VNC server that plays a recorded stream to each of its viewers, an update when it is asked for.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use anyhow::Result;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

use super::viewer::{POINTER, REQUEST, place};
use crate::stream::Stream;

#[derive(Debug)]
pub(super) struct Desks {
    pub(super) port: u16,
    counts: Arc<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    updates: AtomicU64,
    bytes: AtomicU64,
    moves: AtomicU64,
    /// Moves to another place than the next.
    astray: AtomicU64,
}

impl Desks {
    pub(super) async fn start(stream: Arc<Stream>) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let port = listener.local_addr()?.port();
        let counts = Arc::new(Counts::default());
        let counted = Arc::clone(&counts);
        tokio::spawn(async move {
            while let Ok((viewer, _)) = listener.accept().await {
                let (stream, counts) = (Arc::clone(&stream), Arc::clone(&counted));
                tokio::spawn(async move {
                    // It ends when the viewer goes.
                    serve(viewer, &stream, &counts).await
                });
            }
        });
        Ok(Self { port, counts })
    }

    /// Updates and their bytes so far.
    pub(super) fn sent(&self) -> (u64, u64) {
        (self.counts.updates.load(Relaxed), self.counts.bytes.load(Relaxed))
    }

    /// Moves of pointers so far, and how many of them went astray.
    pub(super) fn moves(&self) -> (u64, u64) {
        (self.counts.moves.load(Relaxed), self.counts.astray.load(Relaxed))
    }
}

/// The handshake without a login: what the server says, and what the viewer says to that.
pub(super) fn handshake(stream: &Stream) -> [(Vec<u8>, &'static [u8]); 4] {
    let (width, height) = stream.size;
    let mut init = [width.to_be_bytes(), height.to_be_bytes()].concat();
    init.extend([32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0, 0, 0, 0]);
    init.extend([0, 0, 0, 4]);
    init.extend(b"load");
    [
        (b"RFB 003.008\n".to_vec(), b"RFB 003.008\n"),
        (vec![1, 1], &[1]),
        (vec![0; 4], &[1]),
        (init, &[]),
    ]
}

async fn serve(viewer: TcpStream, stream: &Stream, counts: &Counts) -> Option<()> {
    viewer.set_nodelay(true).ok()?;
    let (reader, mut writer) = viewer.into_split();
    let mut reader = BufReader::new(reader);
    for (said, answer) in handshake(stream) {
        writer.write_all(&said).await.ok()?;
        reader.read_exact(&mut vec![0; answer.len()]).await.ok()?;
    }
    let mut updates = stream.replayed(usize::MAX);
    let mut moves = 0;
    loop {
        match reader.read_u8().await.ok()? {
            REQUEST => {
                reader.read_exact(&mut [0; 9]).await.ok()?;
                let update = updates.next()?;
                writer.write_all(update).await.ok()?;
                counts.updates.fetch_add(1, Relaxed);
                counts.bytes.fetch_add(update.len() as u64, Relaxed);
            }
            POINTER => {
                let mut at = [0; 5];
                reader.read_exact(&mut at).await.ok()?;
                counts.moves.fetch_add(1, Relaxed);
                counts
                    .astray
                    .fetch_add(u64::from(at[1..] != place(moves)), Relaxed);
                moves += 1;
            }
            _ => return None,
        }
    }
}
