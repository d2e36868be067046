//! How many connections there may be.

use std::time::Duration;

use porthole_doctor::Cause;
use porthole_gateway::Config;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::doctor::diagnosed;
use crate::support::{Gateway, Log, closed, open_at, read, until, within};

const WEBSOCK: &str = "/api/auth/session/demo/novnc/websock";

async fn with(keys: &str) -> Gateway {
    Gateway::start(Config::parse(&format!("demo = true\n{keys}")).unwrap()).await
}

#[tokio::test]
async fn a_connection_too_many_is_told_so_until_another_has_ended() {
    for (key, what) in [
        ("max_connections", "the gateway"),
        ("max_connections_per_session", "this session"),
        ("max_connections_per_address", "your address"),
    ] {
        let gateway = with(&format!("{key} = 1")).await;
        let mut first = gateway.open(WEBSOCK, &[]).await.unwrap();
        assert_eq!(read(&mut first, 12).await[..4], *b"RFB ");
        let end = closed(&mut gateway.open(WEBSOCK, &[]).await.unwrap()).await;
        assert_eq!(
            end,
            (
                4503,
                format!("{what} has 1 connections, and may have 1 at a time")
            )
        );
        drop(first);
        until(async || {
            let mut next = gateway.open(WEBSOCK, &[]).await.unwrap();
            matches!(
                within(futures_util::StreamExt::next(&mut next)).await,
                Some(Ok(tokio_tungstenite::tungstenite::Message::Binary(_)))
            )
        })
        .await;
    }
}

#[tokio::test]
async fn an_address_is_believed_of_a_proxy_that_is_trusted_and_of_nobody_else() {
    let one = [("x-forwarded-for", "192.0.2.1")];
    let other = [("x-forwarded-for", "192.0.2.1, 192.0.2.2:4711")];
    let gateway = with("max_connections_per_address = 1\ntrusted_proxies = ['127.0.0.0/8']").await;
    let mut first = gateway.open(WEBSOCK, &one).await.unwrap();
    read(&mut first, 12).await;
    read(&mut gateway.open(WEBSOCK, &other).await.unwrap(), 12).await;
    assert_eq!(
        closed(&mut gateway.open(WEBSOCK, &one).await.unwrap()).await.0,
        4503
    );

    let gateway = with("max_connections_per_address = 1").await;
    let mut first = gateway.open(WEBSOCK, &one).await.unwrap();
    read(&mut first, 12).await;
    assert_eq!(
        closed(&mut gateway.open(WEBSOCK, &other).await.unwrap()).await.0,
        4503
    );
}

#[tokio::test]
async fn an_address_is_the_same_however_it_is_written() {
    // Of IPv4, and come to a socket for both.
    let config =
        Config::parse("demo = true\nmax_connections_per_address = 1\ntrusted_proxies = ['127.0.0.0/8']")
            .unwrap();
    let gateway = Gateway::listening("[::]:0", config).await;
    let address = format!("127.0.0.1:{}", gateway.address.rsplit_once(':').unwrap().1);
    let mut open = Vec::new();
    for (number, code) in [(1, None), (2, None), (1, Some(4503))] {
        let client = format!("192.0.2.{number}");
        let mut socket = open_at(&address, WEBSOCK, &[("x-forwarded-for", &client)])
            .await
            .unwrap();
        match code {
            None => assert_eq!(read(&mut socket, 12).await[..4], *b"RFB "),
            Some(code) => assert_eq!(closed(&mut socket).await.0, code),
        }
        open.push(socket);
    }
}

/// A connection on which a request was answered, and which is kept for another one; none where it is one too many.
async fn kept(gateway: &Gateway) -> Option<TcpStream> {
    let mut stream = TcpStream::connect(&gateway.address).await.ok()?;
    // It may have ended already.
    let _ = stream.write_all(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n").await;
    let mut answer = [0; 15];
    within(stream.read_exact(&mut answer)).await.ok()?;
    match &answer {
        b"HTTP/1.1 200 OK" => Some(stream),
        _ => {
            assert_eq!(&answer, b"HTTP/1.1 503 Se");
            None
        }
    }
}

#[tokio::test]
async fn there_are_no_more_connections_without_a_websocket_than_there_may_be() {
    for (key, what) in [
        ("max_http_connections", "the gateway"),
        ("max_http_connections_per_address", "your address"),
    ] {
        let log = Log::here();
        let gateway = with(&format!("{key} = 2")).await;
        // WebSockets are none of them.
        let mut sockets = Vec::new();
        for _ in 0..3 {
            sockets.push(gateway.open(WEBSOCK, &[]).await.unwrap());
            read(sockets.last_mut().unwrap(), 12).await;
        }
        let mut open = Vec::new();
        within(async {
            // That the last of them has become a WebSocket may be known here first.
            while open.len() < 2 {
                open.extend(kept(&gateway).await);
            }
        })
        .await;
        // One more is told so, and ends, whatever it asks for.
        let reason = format!("{what} has 2 connections, and may have 2 at a time");
        for (method, path) in [
            ("GET", "/health"),
            ("POST", "/api/auth/session"),
            ("GET", "/none"),
        ] {
            let mut stream = TcpStream::connect(&gateway.address).await.unwrap();
            let request = format!("{method} {path} HTTP/1.1\r\nHost: x\r\n\r\n");
            stream.write_all(request.as_bytes()).await.unwrap();
            let mut answer = String::new();
            within(stream.read_to_string(&mut answer)).await.unwrap();
            assert!(answer.starts_with("HTTP/1.1 503 "), "{key}: {answer}");
            assert!(answer.contains("\r\nretry-after: 5\r\n"), "{key}: {answer}");
            let text = format!("There are too many connections: {reason}. Please try again in a moment.\n");
            assert!(answer.ends_with(&text), "{key}: {answer}");
        }
        let report = diagnosed(&format!("http://{}/", gateway.address)).await;
        assert_eq!(report.cause, Some(Cause::TooMany), "{report}");
        assert!(
            log.text().contains(&format!("cause=\"{reason}\"")),
            "{}",
            log.text()
        );
        open.pop();
        until(async || kept(&gateway).await.is_some()).await;
    }
}

#[tokio::test]
async fn no_more_are_told_that_they_are_too_many_than_there_is_room_for() {
    let gateway = with("max_http_connections = 0").await;
    // They say nothing, so that they are not told yet.
    let mut open = Vec::new();
    for _ in 0..64 {
        open.push(TcpStream::connect(&gateway.address).await.unwrap());
    }
    let mut stream = TcpStream::connect(&gateway.address).await.unwrap();
    let mut answer = Vec::new();
    let _ = within(stream.read_to_end(&mut answer)).await;
    assert!(answer.is_empty());
    open.clear();
    until(async || answers_503(&gateway).await).await;
}

async fn answers_503(gateway: &Gateway) -> bool {
    let mut stream = TcpStream::connect(&gateway.address).await.unwrap();
    let _ = stream.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").await;
    let mut answer = Vec::new();
    let _ = within(stream.read_to_end(&mut answer)).await;
    answer.starts_with(b"HTTP/1.1 503 ")
}

#[tokio::test]
async fn the_connections_of_a_trusted_proxy_are_not_those_of_one_address() {
    let gateway = with("max_http_connections_per_address = 1\ntrusted_proxies = ['127.0.0.0/8']").await;
    let (one, other) = (kept(&gateway).await, kept(&gateway).await);
    assert!(one.is_some() && other.is_some());
}

#[tokio::test]
async fn a_connection_is_not_kept_for_ever_for_the_next_request() {
    let gateway = with("keep_alive_seconds = 1").await;
    let mut stream = kept(&gateway).await.unwrap();
    within(stream.read_to_end(&mut Vec::new())).await.unwrap();
}

#[tokio::test]
async fn a_connection_of_http_2_is_told_that_it_has_no_use_and_ends() {
    const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    const SETTINGS: &[u8] = b"\0\0\0\x04\0\0\0\0\0";
    // GET / of http, by the static table (RFC 7541, appendix A), on stream 1, which ends with it.
    const GET: &[u8] = b"\0\0\x03\x01\x05\0\0\0\x01\x82\x84\x86";
    let gateway = Gateway::start(Config::default()).await;
    let mut stream = TcpStream::connect(&gateway.address).await.unwrap();
    stream
        .write_all(&[PREFACE, SETTINGS, GET].concat())
        .await
        .unwrap();
    // Whoever answers nothing from here on is not waited for either.
    let mut answer = Vec::new();
    let _ = within(stream.read_to_end(&mut answer)).await;
    let words = b"The gateway speaks HTTP/1.1, which WebSockets need.\n";
    assert!(answer.windows(words.len()).any(|window| window == words));
}

#[tokio::test]
async fn who_does_not_read_what_it_asks_for_is_not_waited_for() {
    let mut config = Config::parse("demo = true\nmax_http_connections = 1").unwrap();
    config.timeouts.stalled = Duration::from_secs(1);
    let gateway = Gateway::start(config).await;
    let stalled = TcpStream::connect(&gateway.address).await.unwrap();
    let (_answers, mut requests) = stalled.into_split();
    // The gateway takes no more at some time, since nobody takes its answers.
    let asking = tokio::spawn(async move {
        let many = b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n".repeat(1000);
        while requests.write_all(&many).await.is_ok() {}
    });
    within(asking).await.unwrap();
    until(async || kept(&gateway).await.is_some()).await;
}

#[tokio::test]
async fn a_request_that_does_not_come_is_not_waited_for() {
    let mut config = Config::default();
    config.timeouts.handshake = Duration::from_secs(1);
    let gateway = Gateway::start(config).await;
    for said in ["", "GET / HTTP/1.1\r\nHost: x\r\n"] {
        let mut stream = TcpStream::connect(&gateway.address).await.unwrap();
        stream.write_all(said.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        let _ = within(stream.read_to_end(&mut answer)).await;
        assert!(!answer.starts_with(b"HTTP/1.1 200"));
    }
}

#[tokio::test]
async fn a_body_that_does_not_come_is_not_waited_for() {
    let mut config = Config::parse("[providers.desk]\ncommand = ['false']").unwrap();
    config.timeouts.handshake = Duration::from_secs(1);
    let gateway = Gateway::start(config).await;
    let headers = "Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{";
    let (status, _, text) = gateway.request("POST", "/api/auth/session", headers).await;
    let text = String::from_utf8(text).unwrap();
    assert_eq!(
        (status, text.as_str()),
        (408, "The request's body did not come within 1 s.\n")
    );
}
