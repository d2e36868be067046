//! The target's side of a bridge: reaching it, and its two directions.

use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Bytes;
use axum::http::{HeaderValue, StatusCode, Uri, header};
use socket2::{SockRef, TcpKeepalive};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpStream, UnixStream};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::error::{ProtocolError, SubProtocolError};

use super::{Onward, Way, websocket};
use crate::close::Close;
use crate::demo;
use crate::session::Target;
use crate::vencrypt::{self, Offer};

/// What comes from a target.
pub(super) enum Reader {
    Stream(Box<dyn AsyncRead + Send + Unpin>),
    WebSocket(websocket::Reader),
}

/// What a target has to say.
pub(super) enum Read {
    Bytes(Bytes),
    /// That it is there.
    Sign,
}

/// What goes to a target.
pub(super) enum Writer {
    Stream(Box<dyn AsyncWrite + Send + Unpin>),
    WebSocket(websocket::Writer),
}

/// How a target ended the connection other than by closing a stream.
pub(super) enum Ended {
    /// With a close frame.
    Closed(Close),
    /// In the middle of things.
    Broken(String),
}

/// How much is read at once: a message.
const CHUNK: usize = super::LONGEST_MESSAGE;

/// A target that has been reached.
pub(crate) struct Connected {
    pub(super) reader: Reader,
    pub(super) writer: Writer,
    /// What the viewer is to be told first, where the gateway has spoken with the target already.
    pub(super) offer: Option<Offer>,
    /// The subprotocol that it has chosen.
    pub(crate) protocol: Option<HeaderValue>,
}

impl Connected {
    /// By a WebSocket that is open, some of which has come with the answer, with the subprotocol that was chosen.
    pub(crate) fn by_websocket(stream: Box<dyn Way>, first: Bytes, protocol: Option<HeaderValue>) -> Self {
        let (reader, writer) = websocket::split(stream, first);
        Self {
            reader: Reader::WebSocket(reader),
            writer: Writer::WebSocket(writer),
            offer: None,
            protocol,
        }
    }
}

/// How long a TCP connection on which nothing moves is taken for sound, and how long one may answer nothing.
const KEEPALIVE: Duration = Duration::from_secs(20);
#[cfg(target_os = "linux")]
const NO_ANSWER: Duration = Duration::from_secs(60);

/// How many bytes wait between the gateway and its own demo desktop.
const DEMO_BUFFER: usize = 256 << 10;

/// Reaches a target within this time.
///
/// # Errors
/// What the browser is to be told where it cannot be reached.
pub(crate) async fn connect(target: &Target, onward: &Onward, within: Duration) -> Result<Connected, Close> {
    match timeout(within, reach(target, onward)).await {
        Ok(reached) => reached,
        Err(_) => {
            let reason = format!("{target} did not answer within {} s", within.as_secs());
            Err(Close::new(Close::TIMEOUT, reason))
        }
    }
}

async fn reach(target: &Target, onward: &Onward) -> Result<Connected, Close> {
    let unreachable = |what: String| Close::new(Close::UNREACHABLE, format!("{target} {what}"));
    match target {
        Target::Demo => {
            let (ours, theirs) = tokio::io::duplex(DEMO_BUFFER);
            tokio::spawn(async move {
                if let Err(error) = demo::serve(theirs).await {
                    tracing::debug!(%error, "demo desktop ended");
                }
            });
            Ok(stream(tokio::io::split(ours)))
        }
        Target::Tcp(authority) => Ok(stream(tcp(authority).await.map_err(unreachable)?.into_split())),
        Target::Unix(path) => {
            let connected = UnixStream::connect(path)
                .await
                .map_err(|error| unreachable(refusal(&error)))?;
            Ok(stream(connected.into_split()))
        }
        Target::WebSocket { url, authority } => upgrade(url, authority, onward).await.map_err(unreachable),
        Target::Vencrypt(vencrypt) => {
            let connected = tcp(&vencrypt.authority).await.map_err(unreachable)?;
            let (tls, offer) = vencrypt::target::connect(connected, vencrypt)
                .await
                .map_err(|failure| unreachable(failure.reason).with_detail(failure.detail))?;
            Ok(Connected {
                offer: Some(offer),
                ..stream(tokio::io::split(tls))
            })
        }
    }
}

/// Offers what the browser does, or else the subprotocol `binary`, since some servers want it; asks again without where that
/// may be what a server does not take.
async fn upgrade(url: &str, authority: &str, onward: &Onward) -> Result<Connected, String> {
    let try_once = async |with_protocols: bool| {
        let request = request(url, onward, with_protocols)?;
        Ok::<_, String>(websocket::open(request, tcp(authority).await?).await)
    };
    let upgraded = match try_once(true).await? {
        Err(error) if may_be_the_subprotocol(&error) => try_once(false).await?,
        upgraded => upgraded,
    };
    let (stream, first, response) = upgraded.map_err(|error| handshake(&error))?;
    let protocol = response.headers().get(header::SEC_WEBSOCKET_PROTOCOL).cloned();
    Ok(Connected::by_websocket(stream, first, protocol))
}

/// Whether a server may take the same without a subprotocol. Many choose none of those that are offered, which is a breach of
/// RFC 6455 for one that was offered only to be polite; others answer 400, and libwebsockets hangs up.
fn may_be_the_subprotocol(error: &tungstenite::Error) -> bool {
    use tungstenite::Error::{Http, Protocol};
    match error {
        Http(response) => response.status() == StatusCode::BAD_REQUEST,
        Protocol(ProtocolError::SecWebSocketSubProtocolError(error)) => {
            *error == SubProtocolError::NoSubProtocol
        }
        error => hangs_up(error),
    }
}

fn hangs_up(error: &tungstenite::Error) -> bool {
    match error {
        tungstenite::Error::Protocol(ProtocolError::HandshakeIncomplete) => true,
        tungstenite::Error::Io(error) => error.kind() == io::ErrorKind::UnexpectedEof,
        _ => false,
    }
}

fn stream<R, W>((reader, writer): (R, W)) -> Connected
where
    R: AsyncRead + Send + Unpin + 'static,
    W: AsyncWrite + Send + Unpin + 'static,
{
    Connected {
        reader: Reader::Stream(Box::new(reader)),
        writer: Writer::Stream(Box::new(writer)),
        offer: None,
        protocol: None,
    }
}

/// Connects to the first of a name's addresses that answers.
async fn tcp(authority: &str) -> Result<TcpStream, String> {
    let addresses: Vec<SocketAddr> = tokio::net::lookup_host(authority)
        .await
        .map_err(|_| "has a name that cannot be resolved".to_owned())?
        .collect();
    let mut last = "has a name without addresses".to_owned();
    for address in addresses {
        match TcpStream::connect(address).await {
            Ok(stream) => {
                // Keys and pointer moves are small and must not wait for one another.
                stream.set_nodelay(true).map_err(|error| refusal(&error))?;
                notice_silence(&stream).map_err(|error| refusal(&error))?;
                return Ok(stream);
            }
            Err(error) => last = refusal(&error),
        }
    }
    Err(last)
}

/// A machine that is gone without a word answers nothing. RFB has no pings, but TCP has, and WebSockets have their own
/// besides. A unix socket needs none: its other end is a process of this machine, and ends with it.
fn notice_silence(stream: &TcpStream) -> io::Result<()> {
    let socket = SockRef::from(stream);
    let keepalive = TcpKeepalive::new()
        .with_time(KEEPALIVE)
        .with_interval(KEEPALIVE / 2);
    socket.set_tcp_keepalive(&keepalive)?;
    #[cfg(target_os = "linux")]
    socket.set_tcp_user_timeout(Some(NO_ANSWER))?;
    Ok(())
}

fn refusal(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => "refused the connection".to_owned(),
        io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => "cannot be reached".to_owned(),
        io::ErrorKind::NotFound => "does not exist".to_owned(),
        // A unix socket has nobody wait longer than there is room.
        io::ErrorKind::WouldBlock => "hangs: it takes up none of the connections that wait".to_owned(),
        io::ErrorKind::PermissionDenied => "may not be opened by the gateway".to_owned(),
        _ => format!("could not be reached: {error}"),
    }
}

/// The upgrade request, with the browser's headers: some servers refuse one without an origin.
fn request(
    url: &str,
    onward: &Onward,
    with_protocols: bool,
) -> Result<tungstenite::handshake::client::Request, String> {
    let invalid = |_| "has an invalid address".to_owned();
    let uri: Uri = with_suffix(url, &onward.suffix)
        .parse()
        .map_err(|_| "has an invalid address".to_owned())?;
    let mut request = uri.into_client_request().map_err(invalid)?;
    let headers = request.headers_mut();
    // Several of one name stay several.
    for name in onward.headers.keys() {
        headers.remove(name);
        for value in onward.headers.get_all(name) {
            headers.append(name, value.clone());
        }
    }
    if with_protocols {
        let protocols = onward.protocols.clone();
        let protocols = protocols.unwrap_or_else(|| HeaderValue::from_static("binary"));
        headers.insert(header::SEC_WEBSOCKET_PROTOCOL, protocols);
    }
    Ok(request)
}

/// Adds what stood behind `websock` to the path and the query of a target's address.
fn with_suffix(url: &str, suffix: &str) -> String {
    let (path, query) = url.split_once('?').unwrap_or((url, ""));
    let (more_path, more_query) = suffix.split_once('?').unwrap_or((suffix, ""));
    let queries: Vec<&str> = [query, more_query]
        .into_iter()
        .filter(|query| !query.is_empty())
        .collect();
    let mark = if queries.is_empty() { "" } else { "?" };
    format!("{path}{more_path}{mark}{}", queries.join("&"))
}

fn handshake(error: &tungstenite::Error) -> String {
    use tungstenite::Error::{Http, Io, Protocol, Tls};
    match error {
        Http(response) => format!("answered {} to the WebSocket upgrade", response.status()),
        error if hangs_up(error) => "closed the connection before the upgrade".to_owned(),
        Io(error) => format!("broke the connection before the upgrade: {error}"),
        Tls(error) => format!("failed at TLS: {error}"),
        Protocol(ProtocolError::SecWebSocketSubProtocolError(_)) => {
            "answered the WebSocket upgrade with a subprotocol that was not offered".to_owned()
        }
        _ => "does not speak WebSocket; a plain VNC server wants tcp:// for a target".to_owned(),
    }
}

impl Reader {
    /// What it says next; `None` at a stream's end.
    pub(super) async fn next(&mut self) -> Result<Option<Read>, Ended> {
        match self {
            Self::Stream(stream) => match read_some(stream).await {
                Ok(bytes) if bytes.is_empty() => Ok(None),
                Ok(bytes) => Ok(Some(Read::Bytes(bytes))),
                // Many servers leave TLS without its goodbye. RFB's messages know their own lengths, so that one which
                // somebody cut off does not pass for whole.
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
                Err(error) => Err(Ended::Broken(error.to_string())),
            },
            Self::WebSocket(reader) => reader.next().await.map(Some),
        }
    }
}

/// Reads into a buffer that is there only while there is something to read: most of the connections are waiting most
/// of the time. There is nothing at the end.
pub(super) async fn read_some(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<Bytes> {
    poll_fn(|context| poll_read(stream, context)).await
}

fn poll_read(stream: &mut (impl AsyncRead + Unpin), context: &mut Context<'_>) -> Poll<io::Result<Bytes>> {
    let mut buffer = Vec::with_capacity(CHUNK);
    let read = pin!(stream.read_buf(&mut buffer)).poll(context);
    read.map_ok(|_| Bytes::from(buffer))
}

impl Writer {
    pub(super) async fn send(&mut self, bytes: Bytes) -> io::Result<()> {
        match self {
            Self::Stream(stream) => {
                stream.write_all(&bytes).await?;
                // TLS keeps what did not go out at once; the others have nothing to do here.
                stream.flush().await
            }
            Self::WebSocket(writer) => writer.send(&bytes).await,
        }
    }

    /// Keeps proxies on the way from taking the connection for dead. A plain stream has no such thing.
    pub(super) async fn ping(&mut self) -> io::Result<()> {
        match self {
            Self::Stream(_) => Ok(()),
            Self::WebSocket(writer) => writer.ping().await,
        }
    }

    /// Waits for a ping of the target's, and gives what its answer has to have in it.
    pub(super) async fn pinged(&mut self) -> Bytes {
        match self {
            Self::Stream(_) => std::future::pending().await,
            Self::WebSocket(writer) => writer.pinged().await,
        }
    }

    /// Answers a ping of the target's.
    pub(super) async fn pong(&mut self, payload: &[u8]) -> io::Result<()> {
        match self {
            Self::Stream(_) => Ok(()),
            Self::WebSocket(writer) => writer.pong(payload).await,
        }
    }

    /// Ends it as the browser did, or answers that the target has. It ends in any case: an error here says nothing that
    /// matters.
    pub(super) async fn close(&mut self, close: &Close) {
        let _ = match self {
            Self::Stream(stream) => stream.shutdown().await,
            Self::WebSocket(writer) => writer.close(close).await,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::with_suffix;

    #[test]
    fn a_suffix_adds_to_path_and_query() {
        for (url, suffix, whole) in [
            ("ws://vm/websockify", "", "ws://vm/websockify"),
            ("ws://vm/websockify", "/a?b=c", "ws://vm/websockify/a?b=c"),
            ("ws://vm/ws?token=t", "?b=c", "ws://vm/ws?token=t&b=c"),
            ("ws://vm/ws?token=t", "", "ws://vm/ws?token=t"),
        ] {
            assert_eq!(with_suffix(url, suffix), whole);
        }
    }
}
