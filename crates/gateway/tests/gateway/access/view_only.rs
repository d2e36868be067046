//! Callers who may only look.

use futures_util::SinkExt;
use porthole_gateway::Config;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::Message;

use super::{PAGE, SECRET, WEBSOCK, token};
use crate::support::{Gateway, closed, peer, read, within};

const GREETING: &[u8] = b"RFB 003.008\n";
const UPDATE_REQUEST: [u8; 10] = [3, 1, 0, 0, 0, 0, 4, 0, 3, 0];
const KEY: [u8; 8] = [4, 1, 0, 0, 0, 0, 0, 0x61];
const POINTER: [u8; 6] = [5, 1, 0, 1, 0, 2];

/// A gateway to a desktop without a login, and all that this desktop hears after it.
async fn desktop() -> (Gateway, mpsc::UnboundedReceiver<u8>) {
    let (heard, hearing) = mpsc::unbounded_channel();
    let vm = peer(move |mut stream| {
        let heard = heard.clone();
        async move {
            stream.write_all(GREETING).await.unwrap();
            stream.read_exact(&mut [0; 12]).await.unwrap();
            // Tight and None.
            stream.write_all(&[2, 16, 1]).await.unwrap();
            stream.read_exact(&mut [0; 1]).await.unwrap();
            stream.write_all(&[0; 4]).await.unwrap();
            while let Ok(byte) = stream.read_u8().await {
                if heard.send(byte).is_err() {
                    return;
                }
            }
        }
    })
    .await;
    let text = format!("[tokens]\nsecret = '{SECRET}'\n[sessions.vm]\ntarget = 'tcp://{vm}'");
    (Gateway::start(Config::parse(&text).unwrap()).await, hearing)
}

/// Sends a viewer's whole part in messages of so many bytes, and gives the list of logins that it was offered.
async fn view(gateway: &Gateway, token: &str, said: &[u8], slice: usize) -> Vec<u8> {
    let mut socket = gateway
        .open(&format!("{WEBSOCK}?access_token={token}"), &[])
        .await
        .unwrap();
    assert_eq!(read(&mut socket, 12).await, GREETING);
    socket
        .send(Message::Binary(GREETING.to_vec().into()))
        .await
        .unwrap();
    let mut offered = read(&mut socket, 1).await;
    while offered.len() <= usize::from(offered[0]) {
        offered.extend(read(&mut socket, 1).await);
    }
    socket.send(Message::Binary(vec![1].into())).await.unwrap();
    assert_eq!(read(&mut socket, 4).await, [0; 4]);
    for part in said.chunks(slice) {
        socket.send(Message::Binary(part.to_vec().into())).await.unwrap();
    }
    if said.last() == Some(&99) {
        let (code, reason) = closed(&mut socket).await;
        assert_eq!(code, 1003);
        assert_eq!(
            reason,
            "the viewer sent message 99, which is unknown here, and may only look"
        );
    } else {
        socket.close(None).await.unwrap();
    }
    offered
}

async fn hear(hearing: &mut mpsc::UnboundedReceiver<u8>, count: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    while bytes.len() < count {
        bytes.push(within(hearing.recv()).await.unwrap());
    }
    bytes
}

#[tokio::test]
async fn no_input_of_a_view_only_token_reaches_the_desktop_in_any_slicing() {
    let said = [
        &[0][..],
        &KEY,
        &UPDATE_REQUEST,
        &POINTER,
        &[6, 0, 0, 0, 0, 0, 0, 2, b'h', b'i'],
        &UPDATE_REQUEST,
    ]
    .concat();
    for slice in [usize::MAX, 5, 1] {
        let (gateway, mut hearing) = desktop().await;
        // In whichever case: what a token takes away is not lost by its spelling.
        let says = if slice == 1 { "viewOnly" } else { "view_only" };
        let looking = token(json!({ says: true }));
        assert_eq!(view(&gateway, &looking, &said, slice).await, [1, 1]);
        let heard = hear(&mut hearing, 21).await;
        assert_eq!(
            heard,
            [&[1][..], &UPDATE_REQUEST, &UPDATE_REQUEST].concat(),
            "slices of {slice}"
        );
        gateway.stop().await;
        assert!(hearing.try_recv().is_err(), "nothing comes after it");
        // Anybody else's does.
        let (gateway, mut hearing) = desktop().await;
        assert_eq!(view(&gateway, &token(json!({})), &said, slice).await, [2, 16, 1]);
        assert_eq!(hear(&mut hearing, said.len()).await, said);
    }
}

#[tokio::test]
async fn a_message_that_is_unknown_ends_the_connection_in_words() {
    let (gateway, mut hearing) = desktop().await;
    let said = [&[1][..], &UPDATE_REQUEST, &[99]].concat();
    view(&gateway, &token(json!({ "view_only": true })), &said, 1).await;
    assert_eq!(hear(&mut hearing, 11).await, said[..11]);
    gateway.stop().await;
    assert!(hearing.try_recv().is_err());
}

#[tokio::test]
async fn the_page_is_told_that_it_may_only_look() {
    let (gateway, _hearing) = desktop().await;
    let token = token(json!({ "view_only": true }));
    for (settings, location) in [
        ("", "novnc?view_only=true"),
        ("&depth=8", "novnc?depth=8&view_only=true"),
    ] {
        let (status, head, _) = gateway
            .get(&format!("{PAGE}?access_token={token}{settings}"))
            .await;
        assert_eq!(status, 303);
        assert!(head.contains(&format!("\r\nlocation: {location}\r\n")), "{head}");
    }
    // Whoever may only look ends nothing, either.
    let path = format!("/api/auth/session/vm?access_token={token}");
    assert_eq!(gateway.request("DELETE", &path, "").await.0, 403);
}
