//! What a connection weighs on which nothing happens.

use futures_util::{SinkExt, StreamExt};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
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

/// However large its messages are: those of websockify have 64 KiB.
#[tokio::test]
async fn one_to_a_websocket_weighs_no_more() {
    let vm = peer(|stream| async move {
        let mut socket = accept_async(stream).await.unwrap();
        for piece in vec![7; BURST].chunks(64 << 10) {
            // The gateway leaves once, since no subprotocol is chosen here, and comes again.
            if socket.send(Message::Binary(piece.to_vec().into())).await.is_err() {
                return;
            }
        }
        while let Some(Ok(_)) = socket.next().await {}
    })
    .await;
    weighs_less_than(40.0, &format!("ws://{vm}/")).await;
}

/// A gateway's connections to this target, which sends a burst.
async fn weighs_less_than(most_kib: f64, target: &str) {
    // This process has the other ends.
    let gateway = GatewayProcess::start(&format!("[sessions.vm]\ntarget = '{target}'\n")).await;
    // What it takes at all is there after the first ones.
    let mut open = connections(&gateway.address, 50).await;
    let before = gateway.resident_kib();
    open.extend(connections(&gateway.address, 250).await);
    let after = gateway.resident_kib();
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
