//! Targets inside TLS: what the gateway says to them, and to the viewer in front.

mod logins;
mod refusals;
mod stream;
mod trust;

use std::sync::Arc;

use futures_util::{SinkExt, StreamExt};
use porthole_gateway::Config;
use rustls::crypto::ring;
use rustls::{ServerConfig, SupportedProtocolVersion};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_tungstenite::tungstenite::Message;

use crate::certificates::{Authority, Identity};
use crate::support::{Gateway, Socket, peer, within};

const V3_7: &[u8] = b"RFB 003.007\n";
const V3_8: &[u8] = b"RFB 003.008\n";

const X509_NONE: u32 = 260;
const X509_VNC: u32 = 261;
const X509_PLAIN: u32 = 262;

/// Bytes in any slicing: all at once, in parts, and one by one.
const SLICES: [usize; 3] = [usize::MAX, 5, 1];

/// A server up to its login.
#[derive(Clone)]
struct Server {
    version: &'static [u8],
    subtypes: Vec<u32>,
    /// Which of them is chosen.
    chosen: u32,
    acceptor: TlsAcceptor,
    slice: usize,
}

impl Server {
    fn new(identity: Identity, subtype: u32) -> Self {
        Self {
            version: V3_8,
            subtypes: vec![subtype],
            chosen: subtype,
            acceptor: acceptor(identity, rustls::ALL_VERSIONS),
            slice: usize::MAX,
        }
    }

    /// Goes through the handshake as a client should, until TLS or its failure.
    async fn accept(&self, mut stream: TcpStream) -> Option<TlsStream<TcpStream>> {
        stream.set_nodelay(true).unwrap();
        write(&mut stream, self.version, self.slice).await;
        assert_eq!(read::<12>(&mut stream).await, *self.version);
        write(&mut stream, &[3, 2, 19, 1], self.slice).await;
        assert_eq!(read(&mut stream).await, [19]);
        write(&mut stream, &[0, 2], self.slice).await;
        assert_eq!(read(&mut stream).await, [0, 2]);
        let mut list = vec![0, u8::try_from(self.subtypes.len()).unwrap()];
        list.extend(self.subtypes.iter().flat_map(|subtype| subtype.to_be_bytes()));
        write(&mut stream, &list, self.slice).await;
        assert_eq!(u32::from_be_bytes(read(&mut stream).await), self.chosen);
        write(&mut stream, &[1], self.slice).await;
        self.acceptor.accept(stream).await.ok()
    }

    /// Serves the login and what comes after it by this, and says where.
    async fn serving<F>(
        self,
        serve: impl Fn(TlsStream<TcpStream>, usize) -> F + Send + Sync + 'static,
    ) -> String
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let serve = Arc::new(serve);
        peer(move |stream| {
            let (server, serve) = (self.clone(), Arc::clone(&serve));
            async move {
                if let Some(stream) = server.accept(stream).await {
                    serve(stream, server.slice).await;
                }
            }
        })
        .await
    }
}

fn acceptor(identity: Identity, versions: &[&'static SupportedProtocolVersion]) -> TlsAcceptor {
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(versions)
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![identity.certificate], identity.key)
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
}

async fn write(stream: &mut (impl AsyncWrite + Unpin), bytes: &[u8], slice: usize) {
    for part in bytes.chunks(slice) {
        stream.write_all(part).await.unwrap();
        stream.flush().await.unwrap();
    }
}

async fn read<const COUNT: usize>(stream: &mut (impl AsyncRead + Unpin)) -> [u8; COUNT] {
    let mut bytes = [0; COUNT];
    stream.read_exact(&mut bytes).await.unwrap();
    bytes
}

async fn echo(stream: TlsStream<TcpStream>) {
    let (mut reader, mut writer) = tokio::io::split(stream);
    let mut buffer = vec![0; 1 << 16];
    while let Ok(count @ 1..) = reader.read(&mut buffer).await {
        if writer.write_all(&buffer[..count]).await.is_err() || writer.flush().await.is_err() {
            return;
        }
    }
}

/// A login that succeeds, and then an echo.
async fn accepted(mut stream: TlsStream<TcpStream>, slice: usize) {
    write(&mut stream, &[0; 4], slice).await;
    echo(stream).await;
}

/// One session with a target inside TLS, whose certificate the authority has issued.
async fn gateway(authority: &Authority, address: &str, more: &str) -> Gateway {
    with(address, &format!("ca = '{}'\n{more}", authority.file().display())).await
}

async fn with(address: &str, keys: &str) -> Gateway {
    let text = format!("[sessions.vm]\ntarget = 'vencrypt+tcp://{address}'\n{keys}");
    Gateway::start(Config::parse(&text).unwrap()).await
}

struct Viewer {
    socket: Socket,
    received: Vec<u8>,
    slice: usize,
}

impl Viewer {
    async fn of(gateway: &Gateway, slice: usize) -> Self {
        Self {
            socket: gateway.connect().await,
            received: Vec::new(),
            slice,
        }
    }

    async fn says(&mut self, bytes: &[u8]) {
        for part in bytes.chunks(self.slice) {
            self.socket
                .send(Message::Binary(part.to_vec().into()))
                .await
                .unwrap();
        }
    }

    async fn hears(&mut self, expected: &[u8]) {
        while self.received.len() < expected.len() {
            match within(self.socket.next()).await.unwrap().unwrap() {
                Message::Binary(more) => self.received.extend_from_slice(&more),
                Message::Ping(_) | Message::Pong(_) => {}
                other => panic!("{other:?} after {:x?}", self.received),
            }
        }
        let rest = self.received.split_off(expected.len());
        assert_eq!(std::mem::replace(&mut self.received, rest), expected);
    }

    /// The handshake of a server that is in 3.8 and has one security type.
    async fn chooses(&mut self, security_type: u8) {
        self.hears(V3_8).await;
        self.says(V3_8).await;
        self.hears(&[1, security_type]).await;
        self.says(&[security_type]).await;
    }

    /// Bytes come back unchanged.
    async fn is_through(&mut self) {
        self.says(b"hello, desktop").await;
        self.hears(b"hello, desktop").await;
    }
}
