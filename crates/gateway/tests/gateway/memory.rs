//! What a connection weighs on which nothing happens.

use futures_util::{SinkExt, StreamExt};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::Child;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{accept_async, connect_async};

use crate::process::GatewayProcess;
use crate::support::{Socket, peer, read};

/// More than is read at once, and than a message has.
const BURST: usize = 100_000;

#[tokio::test]
async fn an_idle_connection_weighs_less_than_40_kib() {
    let vm = peer(|mut stream| async move {
        stream.write_all(&vec![7; BURST]).await.unwrap();
        let _ = stream.read(&mut [0; 1]).await;
    })
    .await;
    weighs_less_than(40.0, &format!("tcp://{vm}")).await;
}

/// It has a buffer for each side.
#[tokio::test]
async fn one_to_another_gateway_weighs_less_than_80_kib() {
    let vm = peer(|stream| async move {
        let mut socket = accept_async(stream).await.unwrap();
        for piece in vec![7; BURST].chunks(24 << 10) {
            // The gateway leaves once, since no subprotocol is chosen here, and comes again.
            if socket.send(Message::Binary(piece.to_vec().into())).await.is_err() {
                return;
            }
        }
        while let Some(Ok(_)) = socket.next().await {}
    })
    .await;
    weighs_less_than(80.0, &format!("ws://{vm}/")).await;
}

/// A gateway's connections to this target, which sends a burst.
async fn weighs_less_than(most_kib: f64, target: &str) {
    // This process has the other ends.
    let gateway = GatewayProcess::start(&format!("[sessions.vm]\ntarget = '{target}'\n")).await;
    // What it takes at all is there after the first ones.
    let mut open = connections(&gateway.address, 50).await;
    let before = resident_kib(&gateway.child);
    open.extend(connections(&gateway.address, 250).await);
    let after = resident_kib(&gateway.child);
    let each = after.saturating_sub(before) as f64 / 250.0;
    assert!(
        each < most_kib,
        "{each:.1} KiB each, from {before} to {after} KiB"
    );
}

/// So many connections that have shown something and are idle now.
async fn connections(address: &str, count: usize) -> Vec<Socket> {
    let mut open = Vec::new();
    for _ in 0..count {
        let url = format!("ws://{address}/api/auth/session/vm/novnc/websock");
        let (mut socket, _) = connect_async(url).await.unwrap();
        read(&mut socket, BURST).await;
        open.push(socket);
    }
    open
}

fn resident_kib(process: &Child) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", process.id().unwrap())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}
