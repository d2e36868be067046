//! That nobody gets anywhere but to a session's own target.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use porthole_gateway::Config;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Error;

use crate::support::{Gateway, Log, http_peer, peer, within};

/// A server that is no session's, and how often somebody came to it.
async fn trap() -> (String, Arc<AtomicUsize>) {
    let caught = Arc::new(AtomicUsize::new(0));
    let counting = Arc::clone(&caught);
    let address = peer(move |_| {
        counting.fetch_add(1, Relaxed);
        async {}
    })
    .await;
    (address, caught)
}

/// Sends this as it stands, with an upgrade's headers, and waits for the end of what comes of it.
async fn attempt(gateway: &Gateway, request_line: &str, headers: &str) {
    let mut stream = TcpStream::connect(&gateway.address).await.unwrap();
    let text = format!(
        "{request_line} HTTP/1.1\r\n{headers}Upgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    );
    stream.write_all(text.as_bytes()).await.unwrap();
    // An answer that is no upgrade keeps the connection: its first bytes are all that is waited for. An upgraded one ends
    // with its target.
    let mut first = [0; 12];
    within(stream.read_exact(&mut first)).await.unwrap();
    if &first == b"HTTP/1.1 101" {
        within(stream.read_to_end(&mut Vec::new())).await.unwrap();
    }
}

#[tokio::test]
async fn nobody_reaches_anything_but_a_sessions_own_target() {
    let (trap, caught) = trap().await;
    let heads = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&heads);
    let vm = http_peer(move |head| {
        seen.lock().unwrap().push(head.to_owned());
        "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n".to_owned()
    })
    .await;
    // Without a path: what is added to it must not become a part of the host.
    let gateway = Gateway::with_target(&format!("ws://{vm}")).await;
    let websock = "/api/auth/session/vm/novnc/websock";
    let encoded = trap.replace(':', "%3a");
    let own = format!("Host: {}\r\n", gateway.address);
    for path in [
        format!(
            "{websock}?target=tcp://{trap}&url=ws://{trap}&path=ws://{trap}/&host=127.0.0.1&port=1&token={trap}"
        ),
        format!("{websock}@{trap}/"),
        format!("{websock}:1@{trap}/"),
        format!("{websock}.{trap}"),
        format!("{websock}//{trap}/"),
        format!("{websock}/%2f%2f{encoded}/"),
        format!("{websock}%23@{trap}/"),
        format!("{websock}/http://{trap}/"),
        format!("{websock}/..;/../../{trap}"),
        format!("{websock}/../../../{trap}"),
        format!("{websock}/%2e%2e/%2E%2E/{trap}"),
        format!("/api/auth/session/tcp:%2f%2f{encoded}/novnc/websock"),
        format!("/api/auth/session/{encoded}/novnc/websock"),
        format!("/api/auth/session/vm@{trap}/novnc/websock"),
        format!("/api/auth/session/vm%00{encoded}/novnc/websock"),
        format!("/websock@{trap}/"),
        format!("/websock?target=tcp://{trap}"),
        format!("/{trap}"),
        format!("//{trap}/"),
        // A proxy's form of a request.
        format!("http://{trap}/"),
        format!("http://{trap}{websock}"),
    ] {
        attempt(&gateway, &format!("GET {path}"), &own).await;
    }
    attempt(&gateway, &format!("CONNECT {trap}"), &own).await;
    for headers in [
        format!("Host: {trap}\r\n"),
        format!("{own}X-Forwarded-Host: {trap}\r\nOrigin: http://{trap}\r\n"),
        format!("{own}X-Forwarded-Server: {trap}\r\nX-Real-IP: {trap}\r\nForwarded: host={trap}\r\n"),
        format!("{own}X-Original-URL: http://{trap}/\r\nX-Rewrite-URL: http://{trap}/\r\n"),
    ] {
        attempt(&gateway, &format!("GET {websock}"), &headers).await;
    }
    gateway.stop().await;
    assert_eq!(caught.load(Relaxed), 0);
    let heads = heads.lock().unwrap();
    assert!(heads.len() > 5, "the session's own target is reached");
    for head in heads.iter() {
        let path = head.split(' ').nth(1).unwrap();
        assert!(path.starts_with('/'), "{head}");
        assert!(
            !path.contains("/../") && !path.to_ascii_lowercase().contains("%2e%2e"),
            "{head}"
        );
        assert!(
            head.to_ascii_lowercase().contains(&format!("\r\nhost: {vm}\r\n")),
            "{head}"
        );
    }
}

#[tokio::test]
async fn a_page_that_may_not_connect_is_named_with_the_setting_in_answer_and_log() {
    let log = Log::here();
    let gateway = Gateway::start(Config::default()).await;
    let error = gateway
        .open("/websock", &[("origin", "https://evil.example")])
        .await
        .unwrap_err();
    let Error::Http(response) = error else {
        panic!("{error}")
    };
    assert_eq!(response.status(), 403);
    let text = String::from_utf8(response.into_body().unwrap_or_default()).unwrap();
    for said in [text, log.text()] {
        for word in [
            "https://evil.example",
            &gateway.address,
            "allowed_origins",
            "X-Forwarded-Host",
        ] {
            assert!(said.contains(word), "{word:?} is not in {said}");
        }
    }
}
