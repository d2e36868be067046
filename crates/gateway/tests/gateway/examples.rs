//! What stands in `examples/` and in the README, as it stands there.

use std::path::{Path, PathBuf};

use futures_util::SinkExt;
use porthole_gateway::{Config, Shutdown};
use tokio::io::AsyncWriteExt;
use tokio_tungstenite::tungstenite::Message;

use crate::certificates::Authority;
use crate::nginx::{Instead, Nginx};
use crate::support::{Gateway, Socket, closed, open_at, peer, read, request_at, until};

const WEBSOCK: &str = "/api/auth/session/vm/novnc/websock";

fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples")
}

#[test]
fn every_configuration_is_one() {
    for name in ["kubernetes", "next-dashboard", "systemd"] {
        let path = examples().join(name).join("gateway.toml");
        if let Err(error) = Config::load(&path) {
            panic!("{error:#}");
        }
    }
}

/// The README shows one configuration in parts.
#[test]
fn the_parts_of_the_readmes_configuration_are_one_together() {
    let readme = include_str!("../../../../README.md");
    let parts: Vec<&str> = readme
        .split("```toml\n")
        .skip(1)
        .filter_map(|part| part.split("```").next())
        .collect();
    assert_eq!(parts.len(), 3, "sessions, where others come from, who may in");
    let authority = Authority::new();
    let key = rcgen::KeyPair::generate_for(&rcgen::PKCS_ED25519).unwrap();
    let configuration = authority.file().with_file_name("gateway.toml");
    for (name, content) in [
        ("gateway.toml", parts.concat()),
        ("token.key", "k".repeat(32)),
        ("ed25519.pem", key.public_key_pem()),
    ] {
        std::fs::write(configuration.with_file_name(name), content).unwrap();
    }
    if let Err(error) = Config::load(&configuration) {
        panic!("{error:#}");
    }
}

// ---- nginx -------------------------------------------------------------------------------------------------

/// nginx with the example's configuration in front of these gateways.
async fn before(gateways: [&Gateway; 2], change: impl Fn(String) -> String) -> Nginx {
    let text = std::fs::read_to_string(examples().join("nginx/nginx.conf")).unwrap();
    let text = change(text)
        .instead("127.0.0.1:6081", &gateways[0].address)
        .instead("127.0.0.1:6082", &gateways[1].address);
    Nginx::start(&text).await
}

async fn open(nginx: &Nginx) -> Socket {
    let origin = format!("http://{}", nginx.address);
    open_at(&nginx.address, WEBSOCK, &[("origin", &origin)])
        .await
        .unwrap()
}

/// A gateway whose desktop says its name first, and then what it is told.
async fn gateway(name: u8) -> Gateway {
    let vm = peer(move |mut stream| async move {
        let (mut reader, mut writer) = stream.split();
        if writer.write_all(&[name]).await.is_ok() {
            let _ = tokio::io::copy(&mut reader, &mut writer).await;
        }
    })
    .await;
    Gateway::with_target(&format!("tcp://{vm}")).await
}

async fn echoes(socket: &mut Socket, count: usize) {
    let sent: Vec<u8> = (0..count).map(|number| (number * 7) as u8).collect();
    socket.send(Message::Binary(sent.clone().into())).await.unwrap();
    assert!(read(socket, count).await == sent);
}

#[tokio::test]
async fn behind_nginx_the_page_is_the_same_and_its_websocket_goes_through() {
    for change in [
        |text: String| text,
        // nginx's own choice of a Host is that of the gateway: then X-Forwarded-Host says what the browser asked for.
        |text: String| text.instead("proxy_set_header Host $http_host;", ""),
    ] {
        let gateway = gateway(b'a').await;
        let nginx = before([&gateway, &gateway], change).await;
        for path in [
            "/api/auth/session/vm/novnc",
            "/api/auth/session/vm/novnc/debug",
            "/api/auth/session/vm",
        ] {
            let (status, _, page) = gateway.get(path).await;
            let (through, _, body) = request_at(&nginx.address, "GET", path, "").await;
            assert_eq!((through, body), (status, page), "{path}");
        }
        let mut socket = open(&nginx).await;
        assert_eq!(read(&mut socket, 1).await, b"a");
        echoes(&mut socket, 1_000_000).await;
        // A page of another site is refused all the same.
        let evil = [("origin", "https://evil.example")];
        assert!(open_at(&nginx.address, WEBSOCK, &evil).await.is_err());
        gateway.stop().await;
        assert_eq!(
            closed(&mut socket).await,
            (1012, "the gateway is shutting down".into())
        );
    }
}

#[tokio::test]
async fn two_gateways_behind_one_nginx_share_the_work_and_one_of_them_may_go() {
    let (first, second) = (gateway(b'a').await, gateway(b'b').await);
    let nginx = before([&first, &second], |text| text).await;
    let (mut of_first, mut of_second) = (Vec::new(), Vec::new());
    for _ in 0..6 {
        let mut socket = open(&nginx).await;
        match read(&mut socket, 1).await[0] {
            b'a' => of_first.push(socket),
            _ => of_second.push(socket),
        }
    }
    assert_eq!((of_first.len(), of_second.len()), (3, 3));

    // One drains. Who is there stays; who is sent away from it comes to the other one the next time.
    first.ask(Shutdown::Drain);
    until(async || first.get("/health").await.0 == 503).await;
    for _ in 0..4 {
        let mut socket = open(&nginx).await;
        let mut byte = first_byte_or_close(&mut socket).await;
        if byte.is_none() {
            socket = open(&nginx).await;
            byte = first_byte_or_close(&mut socket).await;
        }
        assert_eq!(byte, Some(b'b'));
        of_second.push(socket);
    }
    for socket in of_first.iter_mut().chain(&mut of_second) {
        echoes(socket, 1000).await;
    }

    // It ends, and tells those who are still there. Nobody else notices.
    first.stop().await;
    for socket in &mut of_first {
        assert_eq!(
            closed(socket).await,
            (1012, "the gateway is shutting down".into())
        );
        *socket = open(&nginx).await;
        assert_eq!(read(socket, 1).await, b"b");
    }
    for socket in of_first.iter_mut().chain(&mut of_second) {
        echoes(socket, 1000).await;
    }
}

/// What a desktop says first; none where the gateway says that it drains.
async fn first_byte_or_close(socket: &mut Socket) -> Option<u8> {
    loop {
        match crate::support::within(futures_util::StreamExt::next(socket))
            .await
            .unwrap()
            .unwrap()
        {
            Message::Binary(bytes) => return bytes.first().copied(),
            Message::Close(frame) => {
                assert_eq!(u16::from(frame.unwrap().code), 1012);
                return None;
            }
            _ => {}
        }
    }
}
