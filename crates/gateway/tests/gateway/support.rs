//! A gateway in this process, and peers for it.

use std::io::Write;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, Once};
use std::time::Duration;

use porthole_gateway::{Config, Shutdown, serve};
use socket2::{Domain, SockAddr, Socket as Socket2, Type};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use futures_util::{SinkExt, StreamExt};

pub(crate) type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Bytes that tell where they are from.
pub(crate) fn numbered(count: usize) -> Vec<u8> {
    (0..count)
        .map(|number| (number * 7 + number / 251) as u8)
        .collect()
}

/// Sends all of it in messages of many sizes, and sees the same bytes come from who sends back what comes.
pub(crate) async fn come_back(socket: Socket, expected: &[u8], largest: usize) {
    let (mut sink, mut stream) = socket.split();
    let sent = expected.to_vec();
    let sending = tokio::spawn(async move {
        let mut rest = &sent[..];
        for size in [1, 2, 3, 1000, 65_536, largest].into_iter().cycle() {
            let (now, later) = rest.split_at(rest.len().min(size));
            sink.send(Message::Binary(now.to_vec().into())).await.unwrap();
            rest = later;
            if rest.is_empty() {
                break;
            }
        }
        sink
    });
    let mut received = Vec::new();
    while received.len() < expected.len() {
        if let Message::Binary(bytes) = within(stream.next()).await.unwrap().unwrap() {
            received.extend_from_slice(&bytes);
        }
    }
    assert!(received == expected);
    drop(sending.await.unwrap());
}

/// Nothing in these tests takes nearly as long.
pub(crate) const DEADLINE: Duration = Duration::from_secs(20);

/// A gateway that listens on a free port.
pub(crate) struct Gateway {
    pub(crate) address: String,
    shutdown: watch::Sender<Shutdown>,
    serving: JoinHandle<anyhow::Result<()>>,
}

impl Gateway {
    pub(crate) async fn start(config: Config) -> Self {
        Self::listening("127.0.0.1:0", config).await
    }

    /// A gateway that listens there.
    pub(crate) async fn listening(on: &str, mut config: Config) -> Self {
        Log::listen();
        // This very program is the tests', and keeps no processes.
        config.keeper = env!("CARGO_BIN_EXE_porthole-gateway").into();
        let listener = TcpListener::bind(on).await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (shutdown, asked) = watch::channel(Shutdown::No);
        let serving = tokio::spawn(serve(listener, config, asked));
        Self {
            address,
            shutdown,
            serving,
        }
    }

    /// One session, named `vm`.
    pub(crate) async fn with_target(target: &str) -> Self {
        Self::start(Config::parse(&format!("[sessions.vm]\ntarget = '{target}'")).unwrap()).await
    }

    /// Opens the WebSocket of the session `vm`.
    pub(crate) async fn connect(&self) -> Socket {
        self.open("/api/auth/session/vm/novnc/websock", &[])
            .await
            .unwrap()
    }

    pub(crate) async fn open(
        &self,
        path: &str,
        headers: &[(&'static str, &str)],
    ) -> Result<Socket, tokio_tungstenite::tungstenite::Error> {
        open_at(&self.address, path, headers).await
    }

    /// A request as it stands on the wire, and the whole answer: status, header and body.
    pub(crate) async fn request(&self, method: &str, path: &str, headers: &str) -> (u16, String, Vec<u8>) {
        request_at(&self.address, method, path, headers).await
    }

    /// A request with JSON, and the answer's status and text.
    pub(crate) async fn post(&self, path: &str, json: &str) -> (u16, String) {
        let length = json.len();
        let headers = format!("Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{json}");
        let (status, _, body) = self.request("POST", path, &headers).await;
        (status, String::from_utf8(body).unwrap())
    }

    /// The answer's status and its JSON.
    pub(crate) async fn json(&self, path: &str) -> (u16, serde_json::Value) {
        let (status, _, body) = self.get(path).await;
        (status, serde_json::from_slice(&body).unwrap_or_default())
    }

    pub(crate) async fn get(&self, path: &str) -> (u16, String, Vec<u8>) {
        self.request("GET", path, "").await
    }

    /// Asks it to end.
    pub(crate) fn ask(&self, how: Shutdown) {
        self.shutdown.send_replace(how);
    }

    /// Shuts it down and waits for its end.
    pub(crate) async fn stop(self) {
        self.ask(Shutdown::Now);
        self.ended().await;
    }

    /// Waits for its end.
    pub(crate) async fn ended(self) {
        within(self.serving).await.unwrap().unwrap();
    }
}

/// Opens a WebSocket at an address, which may be a proxy's.
pub(crate) async fn open_at(
    address: &str,
    path: &str,
    headers: &[(&'static str, &str)],
) -> Result<Socket, tokio_tungstenite::tungstenite::Error> {
    let mut request = format!("ws://{address}{path}").into_client_request().unwrap();
    for (name, value) in headers {
        request
            .headers_mut()
            .insert(*name, HeaderValue::from_str(value).unwrap());
    }
    connect_async(request).await.map(|(socket, _)| socket)
}

/// A request to an address, and the whole answer: status, header and body.
pub(crate) async fn request_at(
    address: &str,
    method: &str,
    path: &str,
    headers: &str,
) -> (u16, String, Vec<u8>) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let text = format!("{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n{headers}\r\n");
    stream.write_all(text.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    within(stream.read_to_end(&mut answer)).await.unwrap();
    let split = answer
        .windows(4)
        .position(|window| window == b"\r\n\r\n")
        .unwrap();
    let head = String::from_utf8(answer[..split].to_vec())
        .unwrap()
        .to_ascii_lowercase();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, head, answer[split + 4..].to_vec())
}

/// A peer on a free port that does this with each connection; and its address.
pub(crate) async fn peer<F>(serve: impl Fn(TcpStream) -> F + Send + 'static) -> String
where
    F: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            tokio::spawn(serve(stream));
        }
    });
    address
}

/// A unix socket where somebody listens and takes up nobody, and no more may wait.
pub(crate) struct Hanging {
    folder: TempDir,
    _listener: Socket2,
    _waiting: Vec<UnixStream>,
}

impl Hanging {
    pub(crate) async fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let listener = Socket2::new(Domain::UNIX, Type::STREAM, None).unwrap();
        let path = folder.path().join("vnc");
        listener.bind(&SockAddr::unix(&path).unwrap()).unwrap();
        listener.listen(0).unwrap();
        let mut waiting = Vec::new();
        while let Ok(stream) = within(UnixStream::connect(&path)).await {
            waiting.push(stream);
        }
        Self {
            folder,
            _listener: listener,
            _waiting: waiting,
        }
    }

    pub(crate) fn path(&self) -> String {
        self.folder.path().join("vnc").display().to_string()
    }
}

/// The head of a request, with the empty line behind it; none where the connection ends before that.
pub(crate) async fn read_head(stream: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    Some(String::from_utf8(head).unwrap())
}

/// A server that answers each request, of which it is told the head, with what this gives it to send.
pub(crate) async fn http_peer(answer: impl Fn(&str) -> String + Clone + Send + 'static) -> String {
    peer(move |mut stream| {
        let answer = answer.clone();
        async move {
            let Some(head) = read_head(&mut stream).await else {
                return;
            };
            let text = answer(&head);
            let _ = stream.write_all(text.as_bytes()).await;
        }
    })
    .await
}

/// An HTTP answer with JSON, after which the connection ends.
pub(crate) fn json_answer(status: &str, json: &str) -> String {
    let length = json.len();
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n\
         {json}"
    )
}

/// Waits until something is so.
pub(crate) async fn until<F: Future<Output = bool>>(mut is_so: impl FnMut() -> F) {
    within(async {
        while !is_so().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await;
}

/// A port that nobody gets who asks for any, and what keeps it. One who asks for this one, as nginx does, shares it.
pub(crate) fn kept_port() -> (String, Socket2) {
    let socket = Socket2::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.set_reuse_address(true).unwrap();
    let any: SocketAddr = "127.0.0.1:0".parse().unwrap();
    socket.bind(&any.into()).unwrap();
    let address = socket.local_addr().unwrap().as_socket().unwrap();
    (address.to_string(), socket)
}

/// A port on which nothing listens.
pub(crate) async fn closed_port() -> String {
    let (address, socket) = kept_port();
    // As long as it is bound nobody else gets it, to listen there.
    std::mem::forget(socket);
    address
}

pub(crate) async fn within<F: Future>(future: F) -> F::Output {
    tokio::time::timeout(DEADLINE, future)
        .await
        .expect("this takes too long")
}

/// Reads messages until this many bytes are there.
pub(crate) async fn read(socket: &mut Socket, count: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    while bytes.len() < count {
        match within(socket.next()).await.unwrap().unwrap() {
            Message::Binary(more) => bytes.extend_from_slice(&more),
            Message::Ping(_) | Message::Pong(_) => {}
            other => panic!("unexpected {other:?}"),
        }
    }
    bytes
}

/// Reads until the close frame: its code and reason.
pub(crate) async fn closed(socket: &mut Socket) -> (u16, String) {
    loop {
        match within(socket.next()).await {
            Some(Ok(Message::Close(Some(frame)))) => return (frame.code.into(), frame.reason.to_string()),
            Some(Ok(Message::Close(None))) => return (1005, String::new()),
            Some(Ok(_)) => {}
            other => panic!("ended without a close frame: {other:?}"),
        }
    }
}

/// What the gateway says in the log of one test's thread, on which all of a test's tasks run.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<u8>>>);

thread_local! {
    static LOG: Log = Log::default();
}

impl Log {
    /// What this test's thread logs from now on.
    pub(crate) fn here() -> Self {
        Self::listen();
        let log = LOG.with(Self::clone);
        log.0.lock().unwrap().clear();
        log
    }

    /// Listens to all threads, before the first of them says anything. Whether anybody wants a line of the log is asked on the
    /// thread that comes to it first, and remembered for all: so none may have a listener of its own.
    fn listen() {
        static LISTENING: Once = Once::new();
        LISTENING.call_once(|| {
            tracing_subscriber::fmt()
                .with_ansi(false)
                .with_writer(|| LOG.with(Self::clone))
                .init();
        });
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
