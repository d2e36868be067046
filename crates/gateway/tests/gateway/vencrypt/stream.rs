//! What is carried behind the login, and how it ends.

use futures_util::{SinkExt, StreamExt};
use tokio::io::AsyncWriteExt;
use tokio_tungstenite::tungstenite::Message;

use super::{Server, Viewer, X509_NONE, accepted, acceptor, gateway, read, write};
use crate::certificates::Authority;
use crate::support::{closed, within};

#[tokio::test]
async fn bytes_go_both_ways_unchanged_inside_either_version_of_tls() {
    let authority = Authority::new();
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        let server = Server {
            acceptor: acceptor(authority.issues("127.0.0.1"), &[version]),
            ..Server::new(authority.issues("127.0.0.1"), X509_NONE)
        };
        let gateway = gateway(&authority, &server.serving(accepted).await, "").await;
        let mut viewer = Viewer::of(&gateway, usize::MAX).await;
        viewer.chooses(1).await;
        viewer.hears(&[0; 4]).await;
        let (mut sink, mut stream) = viewer.socket.split();
        let sent: Vec<u8> = (0..5_000_000)
            .map(|number| (number * 7 + number / 251) as u8)
            .collect();
        let expected = sent.clone();
        let sending = tokio::spawn(async move {
            let mut rest = &sent[..];
            for size in [1, 2, 3, 1000, 65_536, 300_000].into_iter().cycle() {
                let (now, later) = rest.split_at(rest.len().min(size));
                sink.send(Message::Binary(now.to_vec().into())).await.unwrap();
                rest = later;
                if rest.is_empty() {
                    return sink;
                }
            }
            unreachable!("the sizes go round for ever")
        });
        let mut received = Vec::new();
        while received.len() < expected.len() {
            if let Message::Binary(bytes) = within(stream.next()).await.unwrap().unwrap() {
                received.extend_from_slice(&bytes);
            }
        }
        assert!(received == expected);
        drop(sending.await.unwrap());
    }
}

#[tokio::test]
async fn a_target_that_leaves_tls_without_a_goodbye_has_closed_the_connection() {
    let authority = Authority::new();
    let server = Server::new(authority.issues("127.0.0.1"), X509_NONE);
    let address = server
        .serving(|mut stream, slice| async move {
            write(&mut stream, &[0; 4], slice).await;
            // ClientInit.
            read::<1>(&mut stream).await;
            write(&mut stream, b"bytes", slice).await;
            stream.into_inner().0.shutdown().await.unwrap();
        })
        .await;
    let gateway = gateway(&authority, &address, "").await;
    let mut viewer = Viewer::of(&gateway, usize::MAX).await;
    viewer.chooses(1).await;
    viewer.says(&[1]).await;
    let end = closed(&mut viewer.socket).await;
    assert_eq!(
        end,
        (1000, format!("vm {address} closed the connection after 5 bytes"))
    );
}
