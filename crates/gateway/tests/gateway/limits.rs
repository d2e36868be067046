//! How many connections there may be.

use std::time::Duration;

use porthole_gateway::Config;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::{Gateway, closed, read, until, within};

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
    let other = [("x-forwarded-for", "192.0.2.1, 192.0.2.2")];
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
