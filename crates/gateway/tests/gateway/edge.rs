//! A gateway in front of another one.

use std::sync::{Arc, Mutex};

use futures_util::{SinkExt, StreamExt};
use porthole_gateway::{Config, Shutdown};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::support::{Gateway, Log, closed, closed_port, http_peer, json_answer, peer, read, until, within};

const PAGE: &str = "/api/auth/session/vm/novnc";
const WEBSOCK: &str = "/api/auth/session/vm/novnc/websock";

async fn edge_of(address: &str) -> Gateway {
    Gateway::start(Config::parse(&format!("upstream = 'http://{address}'")).unwrap()).await
}

async fn echo(mut stream: TcpStream) {
    let (mut reader, mut writer) = stream.split();
    let _ = tokio::io::copy(&mut reader, &mut writer).await;
}

/// A gateway with the session `vm`, which echoes, and its edge.
async fn chain() -> (Gateway, Gateway) {
    let backend = Gateway::with_target(&format!("tcp://{}", peer(echo).await)).await;
    let edge = edge_of(&backend.address).await;
    (backend, edge)
}

#[tokio::test]
async fn page_assets_and_descriptions_come_through_as_they_are() {
    let (backend, edge) = chain().await;
    for path in [
        "/",
        PAGE,
        &format!("{PAGE}/"),
        &format!("{PAGE}/debug?x=1"),
        "/api/auth/session/vm",
        "/nothing",
    ] {
        for coding in ["", "Accept-Encoding: br\r\n"] {
            let (status, head, body) = backend.request("GET", path, coding).await;
            let (through, through_head, through_body) = edge.request("GET", path, coding).await;
            assert_eq!((through, &through_body), (status, &body), "{path}");
            for name in [
                "content-type",
                "content-encoding",
                "etag",
                "content-security-policy",
                "location",
                "cache-control",
            ] {
                let line = |head: &str| {
                    head.lines()
                        .find(|line| line.starts_with(name))
                        .map(str::to_owned)
                };
                assert_eq!(line(&through_head), line(&head), "{path}");
            }
        }
    }
    let (status, text) = edge.post("/api/auth/session", r#"{"provider":"p"}"#).await;
    assert_eq!(status, 501);
    assert!(text.starts_with("this gateway starts no desktops"), "{text}");
}

#[tokio::test]
async fn a_websocket_goes_through_both_with_the_pages_own_origin() {
    let (_backend, edge) = chain().await;
    // The page is of the edge's origin; the backend knows it by X-Forwarded-Host.
    let origin = format!("http://{}", edge.address);
    let mut socket = edge.open(WEBSOCK, &[("origin", &origin)]).await.unwrap();
    let sent: Vec<u8> = (0..300_000_u32).map(|number| number as u8).collect();
    socket.send(Message::Binary(sent.clone().into())).await.unwrap();
    assert!(read(&mut socket, sent.len()).await == sent);
}

#[tokio::test]
async fn the_backends_reasons_and_refusals_are_the_browsers() {
    let (backend, edge) = chain().await;
    let mut socket = edge.open("/api/auth/session/x/novnc/websock", &[]).await.unwrap();
    assert_eq!(closed(&mut socket).await, (4404, "no session \"x\"".into()));

    let error = edge
        .open(WEBSOCK, &[("origin", "https://evil.example")])
        .await
        .unwrap_err();
    let Error::Http(response) = error else {
        panic!("{error}")
    };
    assert_eq!(response.status(), 403);
    let text = String::from_utf8(response.into_body().unwrap_or_default()).unwrap();
    assert!(
        text.contains("https://evil.example") && text.contains("allowed_origins"),
        "{text}"
    );

    let mut socket = edge.open(WEBSOCK, &[]).await.unwrap();
    backend.stop().await;
    assert_eq!(
        closed(&mut socket).await,
        (1012, "the gateway is shutting down".into())
    );
}

#[tokio::test]
async fn the_browsers_close_code_goes_all_the_way() {
    let (ended, mut end) = tokio::sync::mpsc::unbounded_channel();
    let vm = peer(move |stream| {
        let ended = ended.clone();
        async move {
            let mut socket = tokio_tungstenite::accept_async(stream).await.unwrap();
            while let Some(Ok(message)) = socket.next().await {
                if let Message::Close(frame) = message {
                    let _ = ended.send(frame.map(|frame| (u16::from(frame.code), frame.reason.to_string())));
                }
            }
        }
    })
    .await;
    let backend = Gateway::with_target(&format!("ws://{vm}/")).await;
    let edge = edge_of(&backend.address).await;
    let mut socket = edge.open(WEBSOCK, &[]).await.unwrap();
    let frame = CloseFrame {
        code: 4001.into(),
        reason: "enough".into(),
    };
    socket.close(Some(frame)).await.unwrap();
    assert_eq!(within(end.recv()).await.unwrap(), Some((4001, "enough".into())));
}

#[tokio::test]
async fn the_upstream_gets_credentials_and_where_a_request_came_from() {
    let heads = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&heads);
    let upstream = http_peer(move |head| {
        seen.lock().unwrap().push(head.to_ascii_lowercase());
        json_answer("200 OK", "{}").replace(
            "\r\nConnection",
            "\r\nSet-Cookie: a=b\r\nKeep-Alive: x\r\nConnection",
        )
    })
    .await;
    let edge = Gateway::start(Config::parse(&format!("upstream = 'http://{upstream}/base/'")).unwrap()).await;
    let caller = "Cookie: login=1\r\nAuthorization: Bearer b\r\nX-Forwarded-Proto: https\r\n";
    let (status, head, body) = edge.request("GET", "/a%2Fb?c=d", caller).await;
    assert_eq!((status, &body[..]), (200, &b"{}"[..]));
    assert!(
        head.contains("\r\nset-cookie: a=b\r\n") && !head.contains("keep-alive"),
        "{head}"
    );
    let head = heads.lock().unwrap()[0].clone();
    for line in [
        "get /base/a%2fb?c=d http/1.1".to_owned(),
        "cookie: login=1".to_owned(),
        "authorization: bearer b".to_owned(),
        "x-forwarded-for: 127.0.0.1".to_owned(),
        "x-forwarded-proto: https".to_owned(),
        format!("x-forwarded-host: {}", edge.address),
        format!("host: {upstream}"),
    ] {
        assert!(head.lines().any(|it| it == line), "{line:?} is not in {head}");
    }
}

#[tokio::test]
async fn an_upstream_that_is_not_there_is_named() {
    let log = Log::here();
    let vnc = peer(|mut stream| async move { stream.write_all(b"RFB 003.008\n").await.unwrap() }).await;
    for (address, expected) in [
        (closed_port().await, "refused the connection"),
        (vnc, "does not speak HTTP"),
    ] {
        let edge = edge_of(&address).await;
        let expected = format!("upstream {address} {expected}");
        let (status, _, body) = edge.get(PAGE).await;
        assert_eq!(
            (status, String::from_utf8(body).unwrap()),
            (502, format!("{expected}\n"))
        );
        let end = closed(&mut edge.open(WEBSOCK, &[]).await.unwrap()).await;
        assert_eq!(end, (4502, expected.clone()));
        edge.stop().await;
        let text = log.text();
        let line = text
            .lines()
            .rfind(|line| line.contains("connection ended"))
            .unwrap();
        assert!(
            line.contains(&format!(
                "session=\"vm\" peer=127.0.0.1 who=\"\" hop=\"upstream {address}\""
            )),
            "{line}"
        );
        assert!(line.contains(&format!("cause=\"4502 {expected}")), "{line}");
    }
}

#[tokio::test]
async fn what_only_pretends_to_upgrade_is_said_to() {
    let upstream = http_peer(|_| {
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Accept: x\r\n\r\n"
            .to_owned()
    })
    .await;
    let edge = edge_of(&upstream).await;
    let end = closed(&mut edge.open(WEBSOCK, &[]).await.unwrap()).await;
    assert_eq!(
        end,
        (4502, format!("upstream {upstream} does not speak WebSocket"))
    );
}

#[tokio::test]
async fn an_edge_drains_by_itself() {
    let (_backend, edge) = chain().await;
    let mut running = edge.open(WEBSOCK, &[]).await.unwrap();
    edge.ask(Shutdown::Drain);
    until(async || edge.get("/health").await.0 == 503).await;
    assert_eq!(closed(&mut edge.open(WEBSOCK, &[]).await.unwrap()).await.0, 1012);
    running.send(Message::Binary(vec![7].into())).await.unwrap();
    assert_eq!(read(&mut running, 1).await, [7]);
    edge.ask(Shutdown::Now);
    assert_eq!(
        closed(&mut running).await,
        (1012, "the gateway is shutting down".into())
    );
    edge.ended().await;
}

#[tokio::test]
async fn an_edge_is_no_way_to_anywhere_else() {
    let (trap, mut caught) = tokio::sync::mpsc::unbounded_channel::<()>();
    let trap_address = peer(move |_| {
        let _ = trap.send(());
        async {}
    })
    .await;
    let (_backend, edge) = chain().await;
    for line in [
        format!("GET http://{trap_address}/ HTTP/1.1"),
        format!("GET //{trap_address}/ HTTP/1.1"),
        format!("GET /@{trap_address}/ HTTP/1.1"),
        format!("CONNECT {trap_address} HTTP/1.1"),
    ] {
        let mut stream = TcpStream::connect(&edge.address).await.unwrap();
        let request = format!("{line}\r\nHost: {trap_address}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        let _ = within(tokio::io::AsyncReadExt::read_to_end(&mut stream, &mut answer)).await;
        assert!(answer.starts_with(b"HTTP/1.1 "), "{line}");
    }
    assert!(caught.try_recv().is_err());
}
