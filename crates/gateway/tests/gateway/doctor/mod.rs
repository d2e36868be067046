//! The doctor: each fault is built, and it is named; and where nothing is wrong nothing is.

mod behind;
mod command;
mod gateway;
mod host;
mod upgrade;

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use porthole_doctor::{Cause, Check, Report, Verdict};
use porthole_gateway::Config;
use porthole_gateway::doctor::{Options, examine};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::Role;

use crate::access::{SECRET, token};
use crate::nginx::Nginx;
use crate::support::{DEADLINE, Gateway, json_answer, peer, read_head, within};

const WEBSOCK: &str = "/api/auth/session/vm/novnc/websock";

/// Nobody who answers takes nearly as long.
const PATIENCE: Duration = DEADLINE.checked_div(2).unwrap();

/// Who says nothing is waited for as long as this, some more than once.
const SHORT_PATIENCE: Duration = Duration::from_secs(2);

pub(crate) async fn diagnosed(address: &str) -> Report {
    diagnosed_with(address, PATIENCE, None).await
}

async fn diagnosed_with(address: &str, patience: Duration, quiet: Option<Duration>) -> Report {
    let options = Options {
        patience,
        quiet,
        password: None,
    };
    within(examine(address, &options)).await.unwrap()
}

/// Looks at an address, and finds this.
async fn names(address: &str, cause: Cause) -> Report {
    named(diagnosed(address).await, cause)
}

/// The same where somebody on the way says nothing.
async fn silence_names(address: &str, cause: Cause) -> Report {
    named(diagnosed_with(address, SHORT_PATIENCE, None).await, cause)
}

fn named(report: Report, cause: Cause) -> Report {
    assert_eq!(report.cause, Some(cause), "{report}");
    report
}

async fn is_sound(address: &str) -> Report {
    let report = diagnosed(address).await;
    assert_eq!(report.cause, None, "{report}");
    assert!(
        report.lines.iter().all(|line| line.verdict == Verdict::Sound),
        "{report}"
    );
    assert!(
        report.lines.iter().any(|line| line.check == Check::Picture),
        "{report}"
    );
    report
}

// ---- what stands on the way --------------------------------------------------------------------------------

/// A VNC server without a login, and a desktop of one pixel.
async fn vnc() -> String {
    peer(|mut stream| async move {
        let _ = serve_vnc(&mut stream).await;
    })
    .await
}

async fn serve_vnc(stream: &mut TcpStream) -> std::io::Result<()> {
    stream.write_all(b"RFB 003.008\n").await?;
    stream.read_exact(&mut [0; 12]).await?;
    stream.write_all(&[1, 1]).await?;
    stream.read_exact(&mut [0; 1]).await?;
    stream.write_all(&[0; 4]).await?;
    stream.read_exact(&mut [0; 1]).await?;
    let mut init = vec![
        0, 1, 0, 1, 32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 0, 8, 16, 0, 0, 0,
    ];
    init.extend([0, 0, 0, 2, b'v', b'm']);
    stream.write_all(&init).await?;
    stream.read_exact(&mut [0; 10]).await?;
    let mut update = vec![0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0];
    update.extend([0; 4]);
    stream.write_all(&update).await?;
    // Until the other side has had enough.
    tokio::io::copy(stream, &mut tokio::io::sink()).await.map(drop)
}

/// A VNC server that says this and then nothing any more.
async fn says(bytes: &'static [u8]) -> String {
    peer(move |mut stream| async move {
        let _ = stream.write_all(bytes).await;
        let _ = tokio::io::copy(&mut stream, &mut tokio::io::sink()).await;
    })
    .await
}

/// A gateway to a desktop, its session being `vm`.
async fn gateway() -> Gateway {
    Gateway::with_target(&format!("tcp://{}", vnc().await)).await
}

/// nginx with these directives for all paths, in front of a backend.
async fn nginx(backend: &str, directives: &str) -> Nginx {
    nginx_at("/", backend, directives).await
}

async fn nginx_at(path: &str, backend: &str, directives: &str) -> Nginx {
    let pass = if backend.is_empty() {
        String::new()
    } else {
        format!("proxy_pass http://{backend};")
    };
    Nginx::start(&format!(
        "events {{}}\nhttp {{\nserver {{ listen 8080; location {path} {{ {pass} {directives} }} }} }}"
    ))
    .await
}

/// What nginx needs to pass an upgrade on.
const UPGRADES: &str = "proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; \
                        proxy_set_header Connection $http_connection; proxy_set_header Host $http_host;";

/// A server that answers the upgrade with these headers besides the usual ones, where this lets it, and then does this.
async fn websocket<F>(
    answer: impl Fn(&str) -> Result<String, String> + Clone + Send + 'static,
    serve: impl Fn(TcpStream) -> F + Clone + Send + 'static,
) -> String
where
    F: Future<Output = ()> + Send + 'static,
{
    peer(move |mut stream| {
        let (answer, serve) = (answer.clone(), serve.clone());
        async move {
            let Some(head) = read_head(&mut stream).await else {
                return;
            };
            // websockify, too, makes do with the one of the two headers.
            let is_upgrade = head.contains("\r\nUpgrade: websocket\r\n");
            let key = head
                .lines()
                .find_map(|line| line.strip_prefix("Sec-WebSocket-Key: "))
                .filter(|_| is_upgrade);
            let answered = match key {
                None => Err(json_answer("405 Method Not Allowed", "{}")),
                Some(key) => answer(&head).map(|more| {
                    let accept = derive_accept_key(key.as_bytes());
                    format!(
                        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
                         Sec-WebSocket-Accept: {accept}\r\n{more}\r\n"
                    )
                }),
            };
            let (Ok(text) | Err(text)) = &answered;
            if stream.write_all(text.as_bytes()).await.is_ok() && answered.is_ok() {
                serve(stream).await;
            }
        }
    })
    .await
}

const BINARY: &str = "Sec-WebSocket-Protocol: binary\r\n";

/// RFB inside a WebSocket's messages, as websockify has it, with a VNC server of the test's own behind it.
async fn websockify(stream: TcpStream) {
    let target = vnc().await;
    let mut target = TcpStream::connect(target).await.unwrap();
    let mut socket = WebSocketStream::from_raw_socket(stream, Role::Server, None).await;
    let mut bytes = [0; 1024];
    loop {
        tokio::select! {
            read = target.read(&mut bytes) => match read {
                Ok(length @ 1..) => {
                    let message = Message::Binary(bytes[..length].to_vec().into());
                    if socket.send(message).await.is_err() {
                        return;
                    }
                }
                _ => return,
            },
            message = socket.next() => match message {
                Some(Ok(Message::Binary(bytes))) => target.write_all(&bytes).await.unwrap(),
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                _ => return,
            },
        }
    }
}

/// The configuration of a gateway to this VNC server that wants a token.
fn tokens(vnc: &str) -> String {
    format!("[tokens]\nsecret = '{SECRET}'\n[sessions.vm]\ntarget = 'tcp://{vnc}'")
}

// ---- sound chains ------------------------------------------------------------------------------------------

#[tokio::test]
async fn where_nothing_is_wrong_nothing_is_named() {
    let vnc = vnc().await;
    is_sound(&format!("tcp://{vnc}")).await;
    is_sound("demo:").await;
    let gateway = Gateway::with_target(&format!("tcp://{vnc}")).await;
    let own = websocket(|_| Ok(BINARY.into()), websockify).await;
    is_sound(&format!("ws://{own}/websockify")).await;
    let edge =
        Gateway::start(Config::parse(&format!("upstream = 'http://{}'", gateway.address)).unwrap()).await;
    let nginx = nginx(&gateway.address, UPGRADES).await;
    for address in [&gateway.address, &edge.address, &nginx.address] {
        is_sound(&format!("ws://{address}{WEBSOCK}")).await;
        for page in ["", "/", "/debug", "/?resize=off"] {
            is_sound(&format!("http://{address}/api/auth/session/vm/novnc{page}")).await;
        }
    }
    // A token moves from a page's address into a cookie, by a redirect.
    let closed = Gateway::start(Config::parse(&tokens(&vnc)).unwrap()).await;
    let token = token(json!({}));
    for page in ["", "/"] {
        is_sound(&format!(
            "http://{}/api/auth/session/vm/novnc{page}?access_token={token}",
            closed.address
        ))
        .await;
    }
    // The root leads to the page.
    let demo = Gateway::start(Config::default()).await;
    is_sound(&format!("http://{}/", demo.address)).await;
}
