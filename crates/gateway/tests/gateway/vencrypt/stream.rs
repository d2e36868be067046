//! What is carried behind the login, and how it ends.

use tokio::io::AsyncWriteExt;

use super::{Server, Viewer, X509_NONE, accepted, acceptor, gateway, read, write};
use crate::certificates::Authority;
use crate::support::{closed, come_back, numbered};

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
        come_back(viewer.socket, &numbered(5_000_000), 300_000).await;
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
