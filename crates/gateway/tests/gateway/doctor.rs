//! The doctor: each fault is built, and it is named; and where nothing is wrong nothing is.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use porthole_doctor::{Cause, Check, Report, Verdict};
use porthole_gateway::doctor::{Options, examine};
use porthole_gateway::{Config, Shutdown};
use serde_json::Value;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream, UnixListener};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};
use tokio_tungstenite::tungstenite::protocol::frame::{Frame, FrameHeader};
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role};

use futures_util::{SinkExt, StreamExt};

use crate::certificates::Authority;
use crate::nginx::Nginx;
use crate::support::{Gateway, Hanging, closed_port, http_peer, json_answer, peer, read_head, within};

const WEBSOCK: &str = "/api/auth/session/vm/novnc/websock";

/// A hop that says nothing is what most of this is about.
const PATIENCE: Duration = Duration::from_secs(1);

async fn diagnosed(address: &str) -> Report {
    diagnosed_with(address, None).await
}

async fn diagnosed_with(address: &str, quiet: Option<Duration>) -> Report {
    let options = Options {
        patience: PATIENCE,
        quiet,
        password: None,
    };
    within(examine(address, &options)).await.unwrap()
}

/// Looks at an address, and finds this.
async fn names(address: &str, cause: Cause) -> Report {
    let report = diagnosed(address).await;
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
    // The root leads to the page.
    let demo = Gateway::start(Config::default()).await;
    is_sound(&format!("http://{}/", demo.address)).await;
}

// ---- the way to the host -----------------------------------------------------------------------------------

#[tokio::test]
async fn a_name_that_nobody_knows_is_named() {
    names("ws://no-such-host.invalid/websock", Cause::NameUnknown).await;
}

#[tokio::test]
async fn a_backend_that_is_down_is_named_at_its_own_address_and_behind_a_proxy() {
    let gone = closed_port().await;
    for scheme in ["ws", "tcp"] {
        names(&format!("{scheme}://{gone}"), Cause::NothingListens).await;
    }
    let nginx = nginx(&gone, UPGRADES).await;
    names(&format!("ws://{}{WEBSOCK}", nginx.address), Cause::BackendDown).await;
}

#[tokio::test]
async fn a_backend_that_accepts_and_closes_is_a_socket_that_hangs_up() {
    let rude = peer(|stream| async move { drop(stream) }).await;
    for scheme in ["ws", "http", "tcp"] {
        names(&format!("{scheme}://{rude}"), Cause::HangUp).await;
    }
    // One that reads before it closes.
    let reads = peer(|mut stream| async move {
        let _ = stream.read(&mut [0; 4096]).await;
    })
    .await;
    names(&format!("ws://{reads}/websock"), Cause::HangUp).await;
    // A proxy like http-proxy tells it by doing the same, nginx by 502.
    let nginx = nginx(&rude, UPGRADES).await;
    names(&format!("ws://{}{WEBSOCK}", nginx.address), Cause::BackendDown).await;
}

#[tokio::test]
async fn a_raw_vnc_port_is_named_and_its_login_is_finished() {
    let vnc = vnc().await;
    let report = names(&format!("ws://{vnc}/websockify"), Cause::RawVnc).await;
    assert!(
        report.lines.iter().any(|line| line.check == Check::Picture),
        "it counts who leaves without a login: {report}"
    );
    // nginx waits for an answer, and the VNC server for its client.
    let nginx = nginx(&vnc, UPGRADES).await;
    let report = names(
        &format!("ws://{}/websockify", nginx.address),
        Cause::BackendSilent,
    )
    .await;
    assert!(report.to_string().contains("VNC server's own port"), "{report}");
}

#[tokio::test]
async fn another_service_is_named_with_what_it_said() {
    let ssh = says(b"SSH-2.0-OpenSSH_9.2\r\n").await;
    let report = names(&format!("ws://{ssh}/"), Cause::NotHttp).await;
    assert!(report.to_string().contains("SSH-2.0-OpenSSH_9.2"), "{report}");
    names(&format!("tcp://{ssh}"), Cause::NotVnc).await;
}

#[tokio::test]
async fn a_host_that_takes_no_connection_is_named() {
    let full = TcpSocket::new_v4().unwrap();
    full.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = full.listen(0).unwrap();
    let address = listener.local_addr().unwrap();
    // Nobody takes them up; and when there is no room for more, a connection is not even answered.
    let mut waiting = Vec::new();
    while let Ok(connected) = tokio::time::timeout(PATIENCE, TcpStream::connect(address)).await {
        waiting.push(connected.unwrap());
    }
    for scheme in ["ws", "tcp"] {
        names(&format!("{scheme}://{address}"), Cause::Unreachable).await;
    }
}

#[tokio::test]
async fn a_unix_socket_where_nobody_is_taken_up_is_named_whether_there_is_room_to_wait_or_not() {
    let hanging = Hanging::new().await;
    let address = format!("unix:{}", hanging.path());
    names(&address, Cause::NotTakenUp).await;
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("vnc");
    let _listener = UnixListener::bind(&path).unwrap();
    names(&format!("unix:{}", path.display()), Cause::ServerSilent).await;
}

// ---- TLS ---------------------------------------------------------------------------------------------------

#[tokio::test]
async fn tls_where_there_is_none_and_none_where_there_is_are_named() {
    let plain = gateway().await;
    names(&format!("wss://{}{WEBSOCK}", plain.address), Cause::WssToPlain).await;
    let folder = TempDir::new().unwrap();
    let authority = Authority::new();
    write_identity(folder.path(), &authority);
    let text = format!(
        "demo = true\n[tls]\ncertificate = '{0}/cert.pem'\nkey = '{0}/key.pem'",
        folder.path().display()
    );
    let tls = Gateway::start(Config::parse(&text).unwrap()).await;
    names(&format!("ws://{}/websock", tls.address), Cause::PlainToTls).await;
    let report = names(&format!("wss://{}/websock", tls.address), Cause::BadCertificate).await;
    assert!(report.to_string().contains("issuer is unknown"), "{report}");
    // Neither TLS nor plain HTTP.
    let ssh = says(b"SSH-2.0-OpenSSH_9.2\r\n").await;
    names(&format!("wss://{ssh}/websock"), Cause::TlsFailed).await;
}

fn write_identity(folder: &Path, authority: &Authority) {
    use base64::Engine;
    let identity = authority.issues("127.0.0.1");
    for (name, label, der) in [
        ("cert.pem", "CERTIFICATE", identity.certificate.as_ref()),
        ("key.pem", "PRIVATE KEY", identity.key.secret_der()),
    ] {
        let text = base64::engine::general_purpose::STANDARD.encode(der);
        let pem = format!("-----BEGIN {label}-----\n{text}\n-----END {label}-----\n");
        std::fs::write(folder.join(name), pem).unwrap();
    }
}

// ---- the upgrade -------------------------------------------------------------------------------------------

#[tokio::test]
async fn nginx_without_the_upgrades_headers_is_named_with_what_it_needs() {
    let gateway = gateway().await;
    let own = websocket(|_| Ok(BINARY.into()), websockify).await;
    // Neither of them, one of the two, and both by HTTP 1.0, which has no upgrades.
    for directives in [
        "",
        "proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade;",
        &UPGRADES.replace("proxy_http_version 1.1; ", ""),
    ] {
        let nginx = nginx(&gateway.address, directives).await;
        let report = names(&format!("ws://{}{WEBSOCK}", nginx.address), Cause::UpgradeLost).await;
        assert!(
            report.to_string().contains("proxy_set_header Upgrade"),
            "{report}"
        );
    }
    let nginx = nginx(&own, "").await;
    names(&format!("ws://{}/websockify", nginx.address), Cause::UpgradeLost).await;
}

#[tokio::test]
async fn a_wrong_path_is_named() {
    let gateway = gateway().await;
    names(
        &format!("ws://{}/vnc/websockify", gateway.address),
        Cause::WrongPath,
    )
    .await;
    let nginx = nginx_at("/vnc/", &gateway.address, UPGRADES).await;
    names(&format!("ws://{}{WEBSOCK}", nginx.address), Cause::WrongPath).await;
    names(
        &format!("http://{}/nothing/there", gateway.address),
        Cause::WrongPath,
    )
    .await;
}

#[tokio::test]
async fn a_slash_too_few_is_named_whether_the_hop_redirects_or_is_silent() {
    let gateway = gateway().await;
    let nginx = nginx_at("/vnc/", &gateway.address, UPGRADES).await;
    names(&format!("ws://{}/vnc", nginx.address), Cause::TrailingSlash).await;
    // As Next.js does: the page is led on, the upgrade is not answered.
    let next = next("308 Permanent Redirect\r\nLocation: /websock/").await;
    names(&format!("ws://{next}/websock"), Cause::TrailingSlash).await;
    // And where only one of the spellings opens.
    let own = websocket(
        |head| match head.starts_with("GET /websockify/ ") {
            true => Ok(BINARY.into()),
            false => Err(json_answer("404 Not Found", "{}")),
        },
        websockify,
    )
    .await;
    names(&format!("ws://{own}/websockify"), Cause::TrailingSlash).await;
}

/// A hop that answers ordinary requests with this, and upgrades never.
async fn next(answer: &'static str) -> String {
    peer(move |mut stream| async move {
        let mut head = vec![0; 4096];
        let length = stream.read(&mut head).await.unwrap_or(0);
        if !String::from_utf8_lossy(&head[..length]).contains("Upgrade: websocket") {
            let text = format!("HTTP/1.1 {answer}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            let _ = stream.write_all(text.as_bytes()).await;
            return;
        }
        let _ = tokio::io::copy(&mut stream, &mut tokio::io::sink()).await;
    })
    .await
}

#[tokio::test]
async fn a_hop_that_never_answers_the_upgrade_is_named() {
    for answer in ["200 OK", "404 Not Found"] {
        let next = next(answer).await;
        names(&format!("ws://{next}/websock"), Cause::SilentHop).await;
    }
}

#[tokio::test]
async fn a_redirect_is_told_from_a_login() {
    let away = nginx("", "return 301 https://other.example$request_uri;").await;
    names(&format!("ws://{}{WEBSOCK}", away.address), Cause::Redirected).await;
    names(&format!("http://{}/", away.address), Cause::Redirected).await;
    for login in [
        nginx("", "return 302 /login?next=$request_uri;").await,
        nginx("", "return 401;").await,
        nginx("", "return 403;").await,
    ] {
        names(&format!("ws://{}{WEBSOCK}", login.address), Cause::AuthWall).await;
        names(&format!("http://{}/", login.address), Cause::AuthWall).await;
    }
    // As Next.js does: a middleware leads the page to a login, and the upgrade is not answered.
    for answer in ["401 Unauthorized", "307 Temporary Redirect\r\nLocation: /hello"] {
        let next = next(answer).await;
        names(&format!("ws://{next}/websock"), Cause::AuthWall).await;
    }
}

#[tokio::test]
async fn an_origin_that_may_not_connect_is_named_with_its_setting() {
    let gateway = gateway().await;
    // Host is the backend's, and nothing says what the browser asked for.
    let directives = UPGRADES.replace("$http_host", "backend:4000");
    let nginx = nginx(&gateway.address, &directives).await;
    let report = names(&format!("ws://{}{WEBSOCK}", nginx.address), Cause::OriginRefused).await;
    let text = report.to_string();
    assert!(
        text.contains(&nginx.address) && text.contains("allowed_origins"),
        "{text}"
    );
}

#[tokio::test]
async fn a_subprotocol_that_is_refused_or_not_answered_is_named() {
    let refuses = websocket(
        |head| match head.contains("Sec-WebSocket-Protocol") {
            true => Err(json_answer("400 Bad Request", "Invalid protocol selected")),
            false => Ok(String::new()),
        },
        websockify,
    )
    .await;
    names(&format!("ws://{refuses}/"), Cause::SubprotocolRefused).await;
    let ignores = websocket(|_| Ok(String::new()), websockify).await;
    let report = names(&format!("ws://{ignores}/"), Cause::SubprotocolMissing).await;
    assert!(report.is_sound(), "the viewer tries without: {report}");
}

#[tokio::test]
async fn compression_that_nobody_asked_for_is_named() {
    let agrees = websocket(
        |_| {
            Ok(format!(
                "{BINARY}Sec-WebSocket-Extensions: permessage-deflate\r\n"
            ))
        },
        websockify,
    )
    .await;
    names(&format!("ws://{agrees}/"), Cause::Deflate).await;
    let compresses = websocket(
        |_| Ok(BINARY.into()),
        |stream| async move {
            let mut socket = WebSocketStream::from_raw_socket(stream, Role::Server, None).await;
            let header = FrameHeader {
                is_final: true,
                rsv1: true,
                opcode: OpCode::Data(Data::Binary),
                ..FrameHeader::default()
            };
            let frame = Frame::from_payload(header, b"\x0a\x72\x73\x52".to_vec().into());
            let _ = socket.send(Message::Frame(frame)).await;
            let _ = socket.next().await;
        },
    )
    .await;
    names(&format!("ws://{compresses}/"), Cause::Deflate).await;
}

#[tokio::test]
async fn an_upgrade_that_is_agreed_to_with_the_wrong_key_is_named() {
    let cache = http_peer(|head| match head.contains("Sec-WebSocket-Key") {
        true => "HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: x\r\n\r\n".to_owned(),
        false => json_answer("200 OK", "{}"),
    })
    .await;
    names(&format!("ws://{cache}/"), Cause::WrongAccept).await;
}

#[tokio::test]
async fn a_refusal_that_is_nothing_else_is_named_with_its_words() {
    for (answer, cause) in [
        ("418 I'm a teapot", Cause::RequestRefused),
        ("300 Multiple Choices", Cause::NotOpened),
    ] {
        let server = http_peer(move |head| match head.contains("Sec-WebSocket-Key") {
            true => json_answer(answer, "{}"),
            false => json_answer("200 OK", "{}"),
        })
        .await;
        let report = names(&format!("ws://{server}/"), cause).await;
        assert!(report.to_string().contains(answer), "{report}");
    }
}

#[tokio::test]
async fn a_page_where_a_websocket_should_be_is_named() {
    let web = http_peer(|_| json_answer("200 OK", "{}")).await;
    names(&format!("ws://{web}/"), Cause::NoWebSocket).await;
    let broken = http_peer(|_| json_answer("500 Internal Server Error", "{}")).await;
    names(&format!("ws://{broken}/"), Cause::ServerError).await;
}

// ---- behind the WebSocket ----------------------------------------------------------------------------------

#[tokio::test]
async fn a_vm_that_is_gone_is_named_with_the_reason_that_the_hop_before_it_gave() {
    let websockify = websocket(
        |_| Ok(BINARY.into()),
        |stream| async move {
            let mut socket = WebSocketStream::from_raw_socket(stream, Role::Server, None).await;
            let frame = CloseFrame {
                code: 1011.into(),
                reason: "Failed to connect to downstream server".into(),
            };
            let _ = socket.close(Some(frame)).await;
            let _ = socket.next().await;
        },
    )
    .await;
    let report = names(&format!("ws://{websockify}/"), Cause::VmGone).await;
    assert!(report.to_string().contains("downstream server"), "{report}");
    let gone = closed_port().await;
    let gateway = Gateway::with_target(&format!("tcp://{gone}")).await;
    let nginx = nginx(&gateway.address, UPGRADES).await;
    for address in [&gateway.address, &nginx.address] {
        let report = names(&format!("ws://{address}{WEBSOCK}"), Cause::VmGone).await;
        assert!(report.to_string().contains(&gone), "{report}");
    }
}

#[tokio::test]
async fn what_the_gateway_closes_with_is_told_by_its_code() {
    let text = "max_connections_per_session = 0\n[sessions.vm]\ntarget = 'demo:'";
    let full = Gateway::start(Config::parse(text).unwrap()).await;
    names(&format!("ws://{}{WEBSOCK}", full.address), Cause::TooMany).await;
    let gateway = gateway().await;
    let other = WEBSOCK.replace("/vm/", "/other/");
    names(&format!("ws://{}{other}", gateway.address), Cause::NoSession).await;
    let text = "[tokens]\nsecret = 'a secret of more than thirty-two bytes'\n[sessions.vm]\ntarget = 'demo:'";
    let closed = Gateway::start(Config::parse(text).unwrap()).await;
    names(&format!("ws://{}{WEBSOCK}", closed.address), Cause::NotAllowed).await;
    names(
        &format!("http://{}/api/auth/session/vm/novnc", closed.address),
        Cause::AuthWall,
    )
    .await;
}

#[tokio::test]
async fn a_server_that_turns_everybody_away_for_too_many_failures_is_blacklisted_with() {
    let server = peer(|mut stream| async move {
        let said = b"RFB 003.003\n\0\0\0\0\0\0\0\x1aToo many security failures";
        let _ = stream.write_all(said).await;
        let _ = stream.shutdown().await;
        let _ = tokio::io::copy(&mut stream, &mut tokio::io::sink()).await;
    })
    .await;
    let gateway = Gateway::with_target(&format!("tcp://{server}")).await;
    for address in [
        format!("tcp://{server}"),
        format!("ws://{}{WEBSOCK}", gateway.address),
    ] {
        let report = names(&address, Cause::Blacklisted).await;
        assert!(
            report.to_string().contains("Too many security failures"),
            "{report}"
        );
    }
}

#[tokio::test]
async fn a_server_that_is_silent_refuses_or_breaks_off_is_named() {
    for (said, cause) in [
        (&b""[..], Cause::ServerSilent),
        (b"RFB 003.008\n\0\0\0\0\x02no", Cause::TurnedAway),
        (
            b"RFB 003.008\n\x01\x01\0\0\0\x01\0\0\0\x02no",
            Cause::LoginRefused,
        ),
        (b"RFB 003.008\n\x01\x01", Cause::BrokenOff),
        // A desktop, and then a message that there is not.
        (
            b"RFB 003.008\n\x01\x01\0\0\0\0\0\x01\0\x01\x20\x18\0\x01\0\xff\0\xff\0\xff\0\x08\x10\0\0\0\0\0\0\x02vm\x09",
            Cause::Garbled,
        ),
    ] {
        let server = says(said).await;
        names(&format!("tcp://{server}"), cause).await;
        let gateway = Gateway::with_target(&format!("tcp://{server}")).await;
        names(&format!("ws://{}{WEBSOCK}", gateway.address), cause).await;
    }
    let server = peer(|stream| async move { drop(stream) }).await;
    let gateway = Gateway::with_target(&format!("tcp://{server}")).await;
    names(&format!("ws://{}{WEBSOCK}", gateway.address), Cause::ClosedEarly).await;
}

#[tokio::test]
async fn a_websocket_that_carries_text_is_named() {
    let old = websocket(
        |_| Ok(BINARY.into()),
        |stream| async move {
            let mut socket = WebSocketStream::from_raw_socket(stream, Role::Server, None).await;
            let _ = socket.send(Message::Text("UkZCIDAwMy4wMDgK".into())).await;
            let _ = socket.next().await;
        },
    )
    .await;
    names(&format!("ws://{old}/"), Cause::Text).await;
}

#[tokio::test]
async fn a_hop_that_ends_quiet_connections_is_named_when_one_is_held() {
    let own = websocket(|_| Ok(BINARY.into()), websockify).await;
    let impatient = nginx(&own, &format!("{UPGRADES} proxy_read_timeout 1s;")).await;
    let address = format!("ws://{}/websockify", impatient.address);
    let report = diagnosed_with(&address, Some(Duration::from_secs(15))).await;
    assert_eq!(report.cause, Some(Cause::IdleTimeout), "{report}");
    // Without such a timeout it holds; so does any that is just looked at.
    is_sound(&address).await;
    let address = format!("ws://{own}/websockify");
    let report = diagnosed_with(&address, Some(Duration::from_secs(2))).await;
    assert_eq!(report.cause, None, "{report}");
    assert!(
        report.lines.iter().any(|line| line.check == Check::Quiet),
        "{report}"
    );
}

// ---- by the gateway ----------------------------------------------------------------------------------------

const DIAGNOSE: &str = "/api/auth/session/vm/novnc/diagnose";

fn cause(report: &Value) -> &str {
    report["cause"]["name"].as_str().unwrap_or("none")
}

#[tokio::test]
async fn the_gateway_tells_of_its_own_way_to_a_desktop() {
    let gateway = gateway().await;
    let (status, report) = gateway.json(DIAGNOSE).await;
    assert_eq!(
        (status, &report["sound"], cause(&report)),
        (200, &true.into(), "none")
    );
    let checks: Vec<&str> = report["lines"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line["check"].as_str().unwrap())
        .collect();
    assert_eq!(
        checks,
        ["session", "connection", "greeting", "login", "first picture"]
    );
    // And what is in front passes it on.
    let edge =
        Gateway::start(Config::parse(&format!("upstream = 'http://{}'", gateway.address)).unwrap()).await;
    assert_eq!(edge.json(DIAGNOSE).await.1["sound"], true);
    // At the root it is about the default session.
    let demo = Gateway::start(Config::default()).await;
    assert_eq!(demo.json("/diagnose").await.1["sound"], true);
}

#[tokio::test]
async fn the_gateway_names_what_is_wrong_with_a_target() {
    let gone = closed_port().await;
    let silent = says(b"").await;
    let vnc = vnc().await;
    let plain = websocket(|_| Ok(BINARY.into()), websockify).await;
    for (target, expected) in [
        (format!("tcp://{gone}"), "nothing-listens"),
        (format!("ws://{gone}/websockify?token=secret"), "nothing-listens"),
        ("tcp://no-such-host.invalid:5900".to_owned(), "name-unknown"),
        (format!("tcp://{silent}"), "server-silent"),
        (format!("ws://{vnc}/websockify"), "raw-vnc"),
        (format!("wss://{plain}/websockify"), "wss-to-plain"),
        (format!("vencrypt+tcp://{vnc}"), "vencrypt-failed"),
        ("unix:/nowhere/vnc".to_owned(), "nothing-listens"),
        (format!("ws://{plain}/websockify"), "none"),
    ] {
        let text = format!("connect_timeout_seconds = 1\n[sessions.vm]\ntarget = '{target}'");
        let gateway = Gateway::start(Config::parse(&text).unwrap()).await;
        let (status, report) = gateway.json(DIAGNOSE).await;
        assert_eq!((status, cause(&report)), (200, expected), "{target}: {report}");
        assert!(!report.to_string().contains("secret"), "{report}");
    }
}

#[tokio::test]
async fn how_a_session_stands_is_named() {
    for (status, by_websocket, by_gateway) in [
        ("creating", Cause::NotReady, "not-ready"),
        ("ended", Cause::SessionEnded, "session-ended"),
        // A WebSocket is closed with why.
        ("failed", Cause::VmGone, "session-failed"),
    ] {
        let session = format!(r#"{{"id": "vm", "status": "{status}", "reason": "the disk is full"}}"#);
        let controller = http_peer(move |_| json_answer("200 OK", &session)).await;
        let text = format!("[controller]\nbase = 'http://{controller}'\ntarget = 'tcp://127.0.0.1:1'");
        let gateway = Gateway::start(Config::parse(&text).unwrap()).await;
        names(&format!("ws://{}{WEBSOCK}", gateway.address), by_websocket).await;
        let (_, report) = gateway.json(DIAGNOSE).await;
        assert_eq!(cause(&report), by_gateway, "{report}");
    }
}

#[tokio::test]
async fn a_report_is_for_who_may_use_the_session_and_counts_as_a_connection() {
    let text = "[tokens]\nsecret = 'a secret of more than thirty-two bytes'\n[sessions.vm]\ntarget = 'demo:'";
    let closed = Gateway::start(Config::parse(text).unwrap()).await;
    assert_eq!(closed.get(DIAGNOSE).await.0, 401);
    let gateway = gateway().await;
    let evil = "Origin: https://evil.example\r\n";
    assert_eq!(gateway.request("GET", DIAGNOSE, evil).await.0, 403);
    let other = DIAGNOSE.replace("/vm/", "/other/");
    assert_eq!(cause(&gateway.json(&other).await.1), "no-session");
    let text = "max_connections_per_session = 0\n[sessions.vm]\ntarget = 'demo:'";
    let full = Gateway::start(Config::parse(text).unwrap()).await;
    assert_eq!(cause(&full.json(DIAGNOSE).await.1), "too-many-connections");
}

#[tokio::test]
async fn a_gateway_that_drains_says_so_and_connects_nowhere() {
    let gateway = gateway().await;
    let _held = gateway.connect().await;
    gateway.ask(Shutdown::Drain);
    crate::support::until(async || gateway.get("/health").await.0 == 503).await;
    assert_eq!(cause(&gateway.json(DIAGNOSE).await.1), "shutting-down");
}

// ---- by the command line -----------------------------------------------------------------------------------

async fn command(arguments: &[&str]) -> (Option<i32>, String) {
    let output = tokio::process::Command::new(env!("CARGO_BIN_EXE_porthole-gateway"))
        .arg("diagnose")
        .args(arguments)
        .stdin(Stdio::null())
        .output();
    let output = within(output).await.unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(said).unwrap())
}

#[tokio::test]
async fn the_command_prints_each_step_and_ends_with_0_when_all_is_sound() {
    let gateway = gateway().await;
    let url = format!("http://{}/api/auth/session/vm/novnc", gateway.address);
    let (code, text) = command(&[&url]).await;
    assert_eq!(code, Some(0), "{text}");
    for step in [
        "page",
        "connection",
        "upgrade",
        "greeting",
        "login",
        "first picture",
        "sound",
    ] {
        assert!(text.contains(step), "{step} is not in {text}");
    }
    let gone = closed_port().await;
    let (code, text) = command(&["--timeout", "1", &format!("tcp://{gone}")]).await;
    assert_eq!(code, Some(1), "{text}");
    assert!(
        text.contains("✗ connection") && text.contains("nothing-listens: "),
        "{text}"
    );
    let (code, text) = command(&["no address"]).await;
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("no address"), "{text}");
}

#[tokio::test]
async fn with_a_password_a_login_is_finished() {
    let server = peer(|mut stream| async move {
        let talk = async {
            stream.write_all(b"RFB 003.008\n").await?;
            stream.read_exact(&mut [0; 12]).await?;
            stream.write_all(&[1, 2]).await?;
            stream.read_exact(&mut [0; 1]).await?;
            stream.write_all(&[0; 16]).await?;
            let mut response = [0; 16];
            stream.read_exact(&mut response).await?;
            // What DES makes of zeros is not zeros.
            let verdict = u32::from(response == [0; 16]);
            stream.write_all(&verdict.to_be_bytes()).await?;
            stream.read_exact(&mut [0; 1]).await
        };
        let _ = talk.await;
    })
    .await;
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("password");
    std::fs::write(&file, "secret12\n").unwrap();
    let (_, text) = command(&[
        "--password-file",
        file.to_str().unwrap(),
        &format!("tcp://{server}"),
    ])
    .await;
    assert!(text.contains("VNC Authentication: done"), "{text}");
    let (code, text) = command(&[&format!("tcp://{server}")]).await;
    assert!(text.contains("wants a login"), "{text}");
    assert_eq!(code, Some(0), "all hops are sound: {text}");
}
