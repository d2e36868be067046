//! A gateway that is asked to end.

use std::time::Duration;

use futures_util::SinkExt;
use porthole_gateway::{Config, Shutdown};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;

use crate::support::{Gateway, Log, closed, peer, read, until};

async fn echo(mut stream: TcpStream) {
    let (mut reader, mut writer) = stream.split();
    let _ = tokio::io::copy(&mut reader, &mut writer).await;
}

async fn with_grace(drain: Duration) -> Gateway {
    let mut config = Config::parse(&format!("[sessions.vm]\ntarget = 'tcp://{}'", peer(echo).await)).unwrap();
    config.timeouts.drain = drain;
    Gateway::start(config).await
}

#[tokio::test]
async fn running_connections_go_on_for_a_grace_time_and_nobody_new_is_taken() {
    let gateway = with_grace(Duration::from_secs(3600)).await;
    let mut running = gateway.connect().await;
    gateway.ask(Shutdown::Drain);
    until(async || gateway.get("/health").await.0 == 503).await;
    let metrics = String::from_utf8(gateway.get("/metrics").await.2).unwrap();
    assert!(metrics.contains("\nporthole_draining 1\n"), "{metrics}");
    let shutting_down = (1012, "the gateway is shutting down".to_owned());
    assert_eq!(closed(&mut gateway.connect().await).await, shutting_down);
    let (status, text) = gateway.post("/api/auth/session", r#"{"provider":"p"}"#).await;
    assert_eq!((status, &text[..]), (503, "the gateway is shutting down\n"));
    running.send(Message::Binary(vec![7].into())).await.unwrap();
    assert_eq!(read(&mut running, 1).await, [7]);

    let gateway = with_grace(Duration::from_secs(1)).await;
    let mut running = gateway.connect().await;
    gateway.ask(Shutdown::Drain);
    assert_eq!(closed(&mut running).await, shutting_down);
    gateway.ended().await;
}

#[tokio::test]
async fn it_ends_as_soon_as_the_last_connection_does() {
    let gateway = with_grace(Duration::from_secs(3600)).await;
    let mut running = gateway.connect().await;
    gateway.ask(Shutdown::Drain);
    until(async || gateway.get("/health").await.0 == 503).await;
    running.close(None).await.unwrap();
    gateway.ended().await;
}

#[tokio::test]
async fn being_asked_again_ends_it_at_once() {
    let log = Log::here();
    let gateway = with_grace(Duration::from_secs(3600)).await;
    let mut running = gateway.connect().await;
    gateway.ask(Shutdown::Drain);
    until(async || gateway.get("/health").await.0 == 503).await;
    gateway.ask(Shutdown::Now);
    assert_eq!(closed(&mut running).await.0, 1012);
    gateway.ended().await;
    let told = "nobody new is taken connections=1 seconds=3600";
    assert!(log.text().contains(told), "{}", log.text());
}
