//! A thousand sessions through one gateway.

use futures_util::stream::{self, StreamExt};
use futures_util::{SinkExt, future};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::connect_async_with_config;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;

use crate::process::GatewayProcess;
use crate::support::{Socket, peer, read, request_at, until, within};

const SESSIONS: usize = 1000;
const BUSY: usize = 200;

/// What is asked for at a time, as many bytes as a small update has.
const BLOCK: usize = 10_000;

/// How often a busy session asks before memory is looked at, and how often after that.
const ROUNDS: u32 = 20;

/// How much memory may grow by while nothing but the same goes on, in KiB.
const FLAT: u64 = 4 << 10;

/// The block with this number: no two neighbours are alike.
fn block(number: u32) -> Vec<u8> {
    (0..BLOCK as u32)
        .map(|at| (number.wrapping_mul(31) ^ at.wrapping_mul(7) ^ (at >> 8)) as u8)
        .collect()
}

/// Answers each number with its block, as long as they come in order.
async fn blocks(mut stream: TcpStream) {
    let mut next = 0;
    while let Ok(number) = stream.read_u32().await {
        assert_eq!(number, next, "something was lost on the way up");
        stream.write_all(&block(number)).await.unwrap();
        next += 1;
    }
}

/// Asks for the blocks with these numbers, one after the other.
async fn ask(socket: &mut Socket, numbers: std::ops::Range<u32>) {
    for number in numbers {
        let message = Message::Binary(number.to_be_bytes().to_vec().into());
        socket.send(message).await.unwrap();
        assert!(read(socket, BLOCK).await == block(number), "block {number}");
    }
}

async fn open(address: &str, session: usize) -> Socket {
    let url = format!("ws://{address}/api/auth/session/s{session}/novnc/websock");
    let config = WebSocketConfig::default().read_buffer_size(4 << 10);
    let (mut socket, _) = within(connect_async_with_config(url, Some(config), true))
        .await
        .unwrap();
    ask(&mut socket, 0..1).await;
    socket
}

async fn all_ask(sockets: &mut [Socket], numbers: std::ops::Range<u32>) {
    future::join_all(sockets.iter_mut().map(|socket| ask(socket, numbers.clone()))).await;
}

#[tokio::test]
async fn a_thousand_sessions_lose_nothing_and_take_no_more_memory_with_time() {
    // This process has two ends of each.
    porthole_gateway::open_files::raise();
    let vm = peer(blocks).await;
    let config: String = (0..SESSIONS)
        .map(|number| format!("[sessions.s{number}]\ntarget = 'tcp://{vm}'\n"))
        .collect();
    // By itself the gateway may open fewer files than it needs.
    let gateway = GatewayProcess::with_open_files(&config, 1024).await;
    let mut sockets: Vec<Socket> = stream::iter(0..SESSIONS)
        .map(|number| open(&gateway.address, number))
        .buffered(16)
        .collect()
        .await;
    assert!(connections(&gateway.address, SESSIONS).await);

    all_ask(&mut sockets[..BUSY], 1..ROUNDS).await;
    let before = gateway.resident_kib();
    all_ask(&mut sockets[..BUSY], ROUNDS..3 * ROUNDS).await;
    let after = gateway.resident_kib();
    assert!(after < before + FLAT, "from {before} to {after} KiB");

    // Nobody has lost anything, and the idle ones are still there.
    all_ask(&mut sockets[..BUSY], 3 * ROUNDS..3 * ROUNDS + 1).await;
    all_ask(&mut sockets[BUSY..], 1..2).await;
    drop(sockets);
    until(async || connections(&gateway.address, 0).await).await;
}

/// Whether the gateway counts so many.
async fn connections(address: &str, count: usize) -> bool {
    let (_, _, body) = request_at(address, "GET", "/metrics", "").await;
    String::from_utf8(body)
        .unwrap()
        .contains(&format!("\nporthole_connections {count}\n"))
}

#[tokio::test]
async fn a_command_has_the_limit_of_open_files_that_the_gateway_was_started_with() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("limit");
    let config = format!(
        "[providers.p]\nname = 'A provider'\ncommand = ['sh', '-c', 'ulimit -Sn > {0}.new; mv {0}.new {0}; exec sleep 1000']\n",
        file.display()
    );
    let gateway = GatewayProcess::with_open_files(&config, 777).await;
    let json = r#"{"provider":"p"}"#;
    let headers = format!(
        "Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{json}",
        json.len()
    );
    let (status, ..) = request_at(&gateway.address, "POST", "/api/auth/session", &headers).await;
    assert_eq!(status, 201);
    until(async || file.exists()).await;
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "777\n");
    let own = std::fs::read_to_string(format!("/proc/{}/limits", gateway.child.id().unwrap())).unwrap();
    let line = own
        .lines()
        .find(|line| line.starts_with("Max open files"))
        .unwrap();
    let limits: Vec<&str> = line.split_whitespace().collect();
    assert_eq!(limits[3], limits[4], "the gateway has all that the system allows");
}
