//! Which login becomes which: what the target asks for, what the configuration has, what is left for the viewer.

use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;

use super::{
    SLICES, Server, V3_7, V3_8, Viewer, X509_NONE, X509_PLAIN, X509_VNC, accepted, gateway, read, write,
};
use crate::certificates::Authority;
use crate::support::{closed, http_peer};

#[tokio::test]
async fn x509none_is_no_login_to_the_viewer() {
    let authority = Authority::new();
    for slice in SLICES {
        let server = Server {
            slice,
            ..Server::new(authority.issues("127.0.0.1"), X509_NONE)
        };
        let gateway = gateway(&authority, &server.serving(accepted).await, "").await;
        let mut viewer = Viewer::of(&gateway, slice).await;
        viewer.chooses(1).await;
        viewer.hears(&[0; 4]).await;
        viewer.is_through().await;
    }
}

#[tokio::test]
async fn what_a_viewer_sends_ahead_reaches_the_target() {
    let authority = Authority::new();
    let server = Server::new(authority.issues("127.0.0.1"), X509_NONE);
    let gateway = gateway(&authority, &server.serving(accepted).await, "").await;
    let mut viewer = Viewer::of(&gateway, usize::MAX).await;
    viewer.hears(V3_8).await;
    viewer.says(b"RFB 003.008\n\x01and then some").await;
    viewer.hears(b"\x01\x01\0\0\0\0and then some").await;
}

#[tokio::test]
async fn a_viewer_that_may_only_look_may_do_no_more_inside_tls() {
    let endpoint = http_peer(|_| {
        "HTTP/1.1 204 No Content\r\nX-Porthole-View-Only: true\r\nConnection: close\r\n\r\n".to_owned()
    })
    .await;
    let keys = format!("[forward_auth]\nurl = 'http://{endpoint}/'");
    let authority = Authority::new();
    for slice in SLICES {
        let server = Server::new(authority.issues("127.0.0.1"), X509_NONE);
        let gateway = gateway(&authority, &server.serving(accepted).await, &keys).await;
        let mut viewer = Viewer::of(&gateway, slice).await;
        viewer.chooses(1).await;
        viewer.hears(&[0; 4]).await;
        let update_request = [3, 1, 0, 0, 0, 0, 4, 0, 3, 0];
        let key = [4, 1, 0, 0, 0, 0, 0, 0x61];
        viewer
            .says(&[&[0][..], &key, &update_request, &key].concat())
            .await;
        viewer.says(&update_request).await;
        // Of all this, its desktop echoes what reached it.
        viewer
            .hears(&[&[1][..], &update_request, &update_request].concat())
            .await;
    }
}

#[tokio::test]
async fn a_viewer_of_3_7_gets_no_verdict_on_no_login() {
    let authority = Authority::new();
    for version in [V3_7, V3_8] {
        let server = Server {
            version,
            ..Server::new(authority.issues("127.0.0.1"), X509_NONE)
        };
        let gateway = gateway(&authority, &server.serving(accepted).await, "").await;
        let mut viewer = Viewer::of(&gateway, usize::MAX).await;
        viewer.hears(version).await;
        viewer.says(V3_7).await;
        viewer.hears(&[1, 1]).await;
        viewer.says(&[1]).await;
        viewer.is_through().await;
    }
}

#[tokio::test]
async fn a_viewer_that_keeps_to_no_protocol_is_refused_in_words() {
    let authority = Authority::new();
    for (subtype, says, expected) in [
        (
            X509_NONE,
            vec![b"RFB 003.003\n".to_vec()],
            "the viewer answered RFB 3.8 with \"RFB 003.003\", and 3.7 or 3.8 is needed",
        ),
        (
            X509_NONE,
            vec![V3_8.to_vec(), vec![2]],
            "the viewer chose security type 2 where 1 alone was offered",
        ),
        (
            X509_PLAIN,
            vec![V3_8.to_vec(), vec![19], vec![0, 1]],
            "the viewer speaks VeNCrypt 0.1, and 0.2 is needed",
        ),
        (
            X509_PLAIN,
            vec![V3_8.to_vec(), vec![19], vec![0, 2], vec![0, 0, 1, 2]],
            "the viewer chose VeNCrypt's subtype 258 where 256 alone was offered",
        ),
    ] {
        let server = Server::new(authority.issues("127.0.0.1"), subtype);
        let gateway = gateway(&authority, &server.serving(accepted).await, "").await;
        let mut viewer = Viewer::of(&gateway, usize::MAX).await;
        viewer.hears(V3_8).await;
        for bytes in says {
            viewer.says(&bytes).await;
        }
        assert_eq!(closed(&mut viewer.socket).await, (1003, expected.into()));
    }
}

#[tokio::test]
async fn x509vnc_is_vnc_authentication_to_the_viewer() {
    let authority = Authority::new();
    for slice in SLICES {
        let server = Server {
            slice,
            ..Server::new(authority.issues("127.0.0.1"), X509_VNC)
        };
        let address = server
            .serving(|mut stream, slice| async move {
                write(&mut stream, b"sixteen  letters", slice).await;
                if &read(&mut stream).await == b"SIXTEEN  LETTERS" {
                    accepted(stream, slice).await;
                } else {
                    write(&mut stream, b"\0\0\0\x01\0\0\0\x0Ano, not so", slice).await;
                }
            })
            .await;
        let gateway = gateway(&authority, &address, "").await;
        let mut viewer = Viewer::of(&gateway, slice).await;
        viewer.chooses(2).await;
        viewer.hears(b"sixteen  letters").await;
        viewer.says(b"SIXTEEN  LETTERS").await;
        viewer.hears(&[0; 4]).await;
        viewer.is_through().await;
        // A verdict and its reason are the target's own.
        let mut viewer = Viewer::of(&gateway, slice).await;
        viewer.chooses(2).await;
        viewer.hears(b"sixteen  letters").await;
        viewer.says(&[0; 16]).await;
        viewer.hears(b"\0\0\0\x01\0\0\0\x0Ano, not so").await;
        assert_eq!(closed(&mut viewer.socket).await.0, 1000);
    }
}

#[tokio::test]
async fn x509vnc_with_a_configured_password_is_no_login_to_the_viewer() {
    let authority = Authority::new();
    for slice in SLICES {
        let server = Server {
            slice,
            // None would be a way in, too: the password is there to be used.
            subtypes: vec![X509_NONE, X509_VNC, X509_PLAIN],
            chosen: X509_VNC,
            ..Server::new(authority.issues("127.0.0.1"), X509_VNC)
        };
        let address = server
            .serving(|mut stream, slice| async move {
                // DES's classic worked example, twice.
                let challenge = 0x0123_4567_89AB_CDEF_u64.to_be_bytes().repeat(2);
                write(&mut stream, &challenge, slice).await;
                let response: [u8; 16] = read(&mut stream).await;
                assert_eq!(response[..], 0x85E8_1354_0F0A_B405_u64.to_be_bytes().repeat(2));
                accepted(stream, slice).await;
            })
            .await;
        let gateway = gateway(&authority, &address, "password = \"H,j\\u001EY={\\u000F\"").await;
        let mut viewer = Viewer::of(&gateway, slice).await;
        viewer.chooses(1).await;
        viewer.hears(&[0; 4]).await;
        viewer.is_through().await;
    }
}

const CREDENTIALS: &[u8] = b"\0\0\0\x05\0\0\0\x0Ealice s\xC3\xA9same, open";

/// Takes those credentials and no others.
async fn plain(mut stream: TlsStream<TcpStream>, slice: usize) {
    let mut credentials = vec![0; CREDENTIALS.len()];
    stream.read_exact(&mut credentials).await.unwrap();
    if credentials == CREDENTIALS {
        accepted(stream, slice).await;
    } else {
        write(&mut stream, b"\0\0\0\x01\0\0\0\x0Bno, \x1Bnot so", slice).await;
    }
}

#[tokio::test]
async fn x509plain_is_plain_to_the_viewer() {
    let authority = Authority::new();
    for slice in SLICES {
        let server = Server {
            slice,
            ..Server::new(authority.issues("127.0.0.1"), X509_PLAIN)
        };
        let gateway = gateway(&authority, &server.serving(plain).await, "").await;
        let mut viewer = Viewer::of(&gateway, slice).await;
        viewer.chooses(19).await;
        viewer.hears(&[0, 2]).await;
        viewer.says(&[0, 2]).await;
        viewer.hears(&[0, 1, 0, 0, 1, 0]).await;
        viewer.says(&[0, 0, 1, 0]).await;
        viewer.says(CREDENTIALS).await;
        viewer.hears(&[0; 4]).await;
        viewer.is_through().await;
    }
}

#[tokio::test]
async fn x509plain_with_a_configured_user_is_no_login_to_the_viewer() {
    let authority = Authority::new();
    for slice in SLICES {
        let server = Server {
            slice,
            subtypes: vec![X509_VNC, X509_NONE, X509_PLAIN],
            chosen: X509_PLAIN,
            ..Server::new(authority.issues("127.0.0.1"), X509_PLAIN)
        };
        let keys = "username = 'alice'\npassword = ' sésame, open'";
        let gateway = gateway(&authority, &server.serving(plain).await, keys).await;
        let mut viewer = Viewer::of(&gateway, slice).await;
        viewer.chooses(1).await;
        viewer.hears(&[0; 4]).await;
        viewer.is_through().await;
    }
}

#[tokio::test]
async fn a_configured_login_that_is_wrong_is_told_with_the_targets_reason() {
    let authority = Authority::new();
    for (version, reason) in [(V3_8, ": no,  not so"), (V3_7, "")] {
        let server = Server {
            version,
            ..Server::new(authority.issues("127.0.0.1"), X509_PLAIN)
        };
        let address = server.serving(plain).await;
        let keys = "username = 'alice'\npassword = 'sesame, closed'";
        let gateway = gateway(&authority, &address, keys).await;
        let end = closed(&mut gateway.connect().await).await;
        assert_eq!(
            end,
            (4502, format!("vm {address} refused the configured login{reason}"))
        );
    }
}

#[tokio::test]
async fn without_a_configured_login_the_targets_order_decides() {
    let authority = Authority::new();
    let server = Server {
        subtypes: vec![258, X509_PLAIN, X509_NONE, X509_VNC],
        chosen: X509_PLAIN,
        ..Server::new(authority.issues("127.0.0.1"), X509_PLAIN)
    };
    let gateway = gateway(&authority, &server.serving(plain).await, "").await;
    Viewer::of(&gateway, usize::MAX).await.chooses(19).await;
}
