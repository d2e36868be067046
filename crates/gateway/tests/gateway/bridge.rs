//! What the gateway carries, and how it ends.

use std::time::Duration;

use crate::support::{
    Gateway, Hanging, Log, closed, closed_port, come_back, numbered, peer, read, until, within,
};
use futures_util::{SinkExt, StreamExt};
use porthole_gateway::{Config, Shutdown};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UnixListener};
use tokio::sync::mpsc;
use tokio_tungstenite::accept_hdr_async;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{Request, Response};
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;

async fn echo(mut stream: TcpStream) {
    let (mut reader, mut writer) = stream.split();
    let _ = tokio::io::copy(&mut reader, &mut writer).await;
}

#[tokio::test]
async fn bytes_go_both_ways_unchanged_in_any_slicing() {
    let gateway = Gateway::with_target(&format!("tcp://{}", peer(echo).await)).await;
    come_back(gateway.connect().await, &numbered(10 << 20), 100_000).await;
}

/// A VNC server without a login, all that it hears after that, and none at the end.
async fn hearing_desktop() -> (String, mpsc::UnboundedReceiver<Option<u8>>) {
    let (heard, hearing) = mpsc::unbounded_channel();
    let address = peer(move |mut stream| {
        let heard = heard.clone();
        async move {
            stream.write_all(b"RFB 003.008\n").await.unwrap();
            stream.read_exact(&mut [0; 12]).await.unwrap();
            stream.write_all(&[1, 1]).await.unwrap();
            stream.read_exact(&mut [0; 1]).await.unwrap();
            stream.write_all(&[0; 4]).await.unwrap();
            while let Ok(byte) = stream.read_u8().await {
                heard.send(Some(byte)).unwrap();
            }
            heard.send(None).unwrap();
        }
    })
    .await;
    (address, hearing)
}

#[tokio::test]
async fn what_somebody_holds_who_is_gone_is_let_go_of() {
    let held = [&[4, 1, 0, 0, 0, 0, 0, 0x61][..], &[5, 1, 0, 1, 0, 2]].concat();
    let released = [&[4, 0, 0, 0, 0, 0, 0, 0x61][..], &[5, 0, 0, 1, 0, 2]].concat();
    for leaves in ["with a word", "without one", "for a gateway that ends"] {
        let (desktop, mut hearing) = hearing_desktop().await;
        // To the one in front the desktop is a WebSocket.
        let behind = Gateway::with_target(&format!("tcp://{desktop}")).await;
        let websock = format!("ws://{}/api/auth/session/vm/novnc/websock", behind.address);
        for gateway in [&behind, &Gateway::with_target(&websock).await] {
            let mut socket = gateway.connect().await;
            read(&mut socket, 12).await;
            let said = [&b"RFB 003.008\n\x01\x01"[..], &held].concat();
            socket.send(Message::Binary(said.into())).await.unwrap();
            let mut heard = Vec::new();
            while heard.len() < 1 + held.len() {
                heard.extend(within(hearing.recv()).await.flatten());
            }
            match leaves {
                "with a word" => socket.close(None).await.unwrap(),
                "without one" => drop(socket),
                _ => gateway.ask(Shutdown::Now),
            }
            while let Some(byte) = within(hearing.recv()).await.unwrap() {
                heard.push(byte);
            }
            assert_eq!(heard[1..], [&held[..], &released].concat(), "{leaves}");
            if leaves.starts_with("for") {
                break;
            }
        }
    }
}

#[tokio::test]
async fn a_unix_socket_is_a_target() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("vnc");
    let listener = UnixListener::bind(&path).unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(b"RFB 003.008\n").await.unwrap();
        let _ = stream.read(&mut [0; 16]).await;
    });
    let gateway = Gateway::with_target(&format!("unix:{}", path.display())).await;
    assert_eq!(read(&mut gateway.connect().await, 12).await, b"RFB 003.008\n");
}

/// A WebSocket server that answers with its request's path and headers, and then echoes.
#[expect(
    clippy::result_large_err,
    reason = "the type of the callback is tungstenite's"
)]
async fn websocket_server(stream: TcpStream) {
    let mut seen = String::new();
    let callback = |request: &Request, mut response: Response| {
        let header = |name| {
            request
                .headers()
                .get(name)
                .and_then(|it| it.to_str().ok())
                .unwrap_or("-")
                .to_owned()
        };
        seen = format!(
            "{} {} {}",
            request.uri(),
            header("origin"),
            header("sec-websocket-protocol")
        );
        response
            .headers_mut()
            .insert("sec-websocket-protocol", HeaderValue::from_static("binary"));
        Ok(response)
    };
    let mut socket = accept_hdr_async(stream, callback).await.unwrap();
    socket
        .send(Message::Binary(seen.into_bytes().into()))
        .await
        .unwrap();
    while let Some(Ok(message)) = socket.next().await {
        if message.is_binary() {
            socket.send(message).await.unwrap();
        }
    }
}

#[tokio::test]
async fn a_websocket_target_gets_suffix_origin_and_subprotocol() {
    let address = peer(websocket_server).await;
    let gateway = Gateway::with_target(&format!("ws://{address}/websockify?token=t")).await;
    let origin = format!("http://{}", gateway.address);
    let path = "/api/auth/session/vm/novnc/websock/extra?a=b";
    let mut socket = gateway.open(path, &[("origin", &origin)]).await.unwrap();
    let expected = format!("/websockify/extra?token=t&a=b {origin} binary");
    assert_eq!(
        String::from_utf8(read(&mut socket, expected.len()).await).unwrap(),
        expected
    );
    let sent = numbered(300_000);
    socket.send(Message::Binary(sent.clone().into())).await.unwrap();
    assert!(read(&mut socket, sent.len()).await == sent);
}

#[tokio::test]
async fn the_subprotocol_binary_is_taken_when_offered_and_not_needed() {
    let gateway = Gateway::start(Config::default()).await;
    let path = "/api/auth/session/demo/novnc/websock";
    let mut socket = gateway
        .open(path, &[("sec-websocket-protocol", "binary")])
        .await
        .unwrap();
    assert_eq!(read(&mut socket, 12).await[..4], *b"RFB ");
    let mut socket = gateway.open("/websock", &[]).await.unwrap();
    assert_eq!(read(&mut socket, 12).await[..4], *b"RFB ");
}

#[tokio::test]
async fn a_target_that_takes_no_subprotocol_is_asked_again_without() {
    for answer in ["HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n", ""] {
        let address = peer(move |mut stream| async move {
            let mut bytes = vec![0; 4096];
            let mut head = String::new();
            while !head.ends_with("\r\n\r\n") {
                let length = stream.peek(&mut bytes).await.unwrap();
                head = String::from_utf8_lossy(&bytes[..length]).to_ascii_lowercase();
                tokio::task::yield_now().await;
            }
            if head.contains("sec-websocket-protocol") {
                stream.read_exact(&mut bytes[..head.len()]).await.unwrap();
                stream.write_all(answer.as_bytes()).await.unwrap();
                return;
            }
            let mut socket = tokio_tungstenite::accept_async(stream).await.unwrap();
            socket.send(Message::Binary(vec![1].into())).await.unwrap();
            let _ = socket.next().await;
        })
        .await;
        let gateway = Gateway::with_target(&format!("ws://{address}/")).await;
        let binary = [("sec-websocket-protocol", "binary")];
        let path = "/api/auth/session/vm/novnc/websock";
        let mut socket = gateway.open(path, &binary).await.unwrap();
        assert_eq!(read(&mut socket, 1).await, [1], "{answer:?}");
    }
}

#[tokio::test]
async fn a_target_that_refuses_is_named_in_the_close_reason() {
    for (scheme, path) in [("tcp", ""), ("ws", "/websockify")] {
        let address = closed_port().await;
        let gateway = Gateway::with_target(&format!("{scheme}://{address}{path}")).await;
        let end = closed(&mut gateway.connect().await).await;
        assert_eq!(end, (4502, format!("vm {address} refused the connection")));
    }
    let gateway = Gateway::with_target("unix:/nowhere/vnc").await;
    let end = closed(&mut gateway.connect().await).await;
    assert_eq!(end, (4502, "vm /nowhere/vnc does not exist".into()));
}

#[tokio::test]
async fn a_name_without_an_address_is_said_to_be_one() {
    let gateway = Gateway::with_target("tcp://nowhere.invalid:5900").await;
    let end = closed(&mut gateway.connect().await).await;
    assert_eq!(
        end,
        (
            4502,
            "vm nowhere.invalid:5900 has a name that cannot be resolved".into()
        )
    );
}

#[tokio::test]
async fn a_websocket_target_that_never_answers_is_given_up() {
    let address = peer(|stream| async move {
        std::future::pending::<()>().await;
        drop(stream);
    })
    .await;
    let text = format!("connect_timeout_seconds = 1\n[sessions.vm]\ntarget = 'ws://{address}/'");
    let gateway = Gateway::start(Config::parse(&text).unwrap()).await;
    let end = closed(&mut gateway.connect().await).await;
    assert_eq!(end, (4504, format!("vm {address} did not answer within 1 s")));
}

#[tokio::test]
async fn a_websocket_target_that_is_none_is_said_to_be_what_it_is() {
    for (answer, expected) in [
        (
            &b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"[..],
            "answered 404 Not Found to the WebSocket upgrade",
        ),
        (b"", "closed the connection before the upgrade"),
        (
            b"RFB 003.008\n",
            "does not speak WebSocket; a plain VNC server wants tcp:// for a target",
        ),
    ] {
        let address = peer(move |mut stream| async move {
            let mut request = [0; 4096];
            let _ = stream.read(&mut request).await;
            stream.write_all(answer).await.unwrap();
        })
        .await;
        let gateway = Gateway::with_target(&format!("ws://{address}/")).await;
        let end = closed(&mut gateway.connect().await).await;
        assert_eq!(end, (4502, format!("vm {address} {expected}")));
    }
}

#[tokio::test]
async fn a_session_that_there_is_not_is_said_on_an_open_websocket() {
    let gateway = Gateway::start(Config::default()).await;
    let mut socket = gateway
        .open("/api/auth/session/x/novnc/websock", &[])
        .await
        .unwrap();
    assert_eq!(closed(&mut socket).await, (4404, "no session \"x\"".into()));
}

#[tokio::test]
async fn a_target_that_closes_later_is_named_with_its_bytes() {
    let address = peer(|mut stream| async move { stream.write_all(b"RFB 003.008\n").await.unwrap() }).await;
    let gateway = Gateway::with_target(&format!("tcp://{address}")).await;
    let mut socket = gateway.connect().await;
    assert_eq!(read(&mut socket, 12).await, b"RFB 003.008\n");
    assert_eq!(
        closed(&mut socket).await,
        (1000, format!("vm {address} closed the connection after 12 bytes"))
    );
}

#[tokio::test]
async fn a_websocket_targets_close_code_and_reason_are_passed_on() {
    let address = peer(|stream| async move {
        let mut socket = tokio_tungstenite::accept_async(stream).await.unwrap();
        let frame = CloseFrame {
            code: 1011.into(),
            reason: "Failed to connect to downstream server".into(),
        };
        socket.close(Some(frame)).await.unwrap();
        while let Some(Ok(_)) = socket.next().await {}
    })
    .await;
    let gateway = Gateway::with_target(&format!("ws://{address}/")).await;
    let end = closed(&mut gateway.connect().await).await;
    // The answer to the subprotocol that was offered is missing: no reason to refuse the connection.
    assert_eq!(end, (1011, "Failed to connect to downstream server".into()));
}

/// What comes of a target's frames, which are sent as they stand; and what it gets of an answer, up to its close frame.
async fn frames_of_a_target(frames: &'static [u8]) -> (Vec<u8>, (u16, String), Vec<Message>) {
    let (answered, mut answers) = mpsc::unbounded_channel();
    let address = peer(move |stream| {
        let answered = answered.clone();
        async move {
            let mut socket = tokio_tungstenite::accept_async(stream).await.unwrap();
            // The gateway leaves once, since no subprotocol is chosen here, and comes again.
            let _ = socket.get_mut().write_all(frames).await;
            while let Some(Ok(message)) = socket.next().await {
                let _ = answered.send(message);
            }
        }
    })
    .await;
    let gateway = Gateway::with_target(&format!("ws://{address}/")).await;
    let mut socket = gateway.connect().await;
    let mut bytes = Vec::new();
    let close = loop {
        match within(socket.next()).await.unwrap().unwrap() {
            Message::Binary(more) => bytes.extend_from_slice(&more),
            Message::Close(Some(frame)) => break (frame.code.into(), frame.reason.to_string()),
            _ => {}
        }
    };
    let mut told = Vec::new();
    while let Some(message) = within(answers.recv()).await {
        told.push(message);
        if told.last().is_some_and(Message::is_close) {
            break;
        }
    }
    (bytes, close, told)
}

#[tokio::test]
async fn a_websocket_target_is_answered_and_its_messages_may_come_in_parts() {
    let (bytes, close, told) =
        frames_of_a_target(b"\x02\x03abc\x89\x02hi\x00\x00\x80\x02de\x82\x01f\x88\x06\x0f\xa1done").await;
    assert_eq!(bytes, b"abcdef");
    assert_eq!(close, (4001, "done".into()));
    let close = CloseFrame {
        code: 4001.into(),
        reason: "done".into(),
    };
    // Of a ping that a close follows at once nobody needs an answer any more.
    let told: Vec<Message> = told.into_iter().filter(|message| !message.is_pong()).collect();
    assert_eq!(told, [Message::Close(Some(close))]);
}

#[tokio::test]
async fn a_websocket_targets_ping_is_answered() {
    let address = peer(|stream| async move {
        let mut socket = tokio_tungstenite::accept_async(stream).await.unwrap();
        // The gateway leaves once, since no subprotocol is chosen here, and comes again.
        let _ = socket.send(Message::Ping(b"are you there"[..].into())).await;
        while let Some(Ok(message)) = socket.next().await {
            if let Message::Pong(payload) = message {
                socket.send(Message::Binary(payload)).await.unwrap();
            }
        }
    })
    .await;
    let gateway = Gateway::with_target(&format!("ws://{address}/")).await;
    assert_eq!(read(&mut gateway.connect().await, 13).await, b"are you there");
}

#[tokio::test]
async fn a_websocket_target_that_breaks_the_protocol_is_told_of() {
    for (frames, why) in [
        (&b"\x81\x02hi"[..], "it sent text"),
        (
            b"\xc2\x01x",
            "it sent a frame with reserved bits, as if compression had been agreed on",
        ),
        (b"\x82\x81abcdx", "it sent a masked frame, as only clients do"),
    ] {
        let (bytes, (code, reason), _) = frames_of_a_target(frames).await;
        assert!(bytes.is_empty() && code == 1011, "{bytes:?} {code}");
        assert!(
            reason.ends_with(&format!("broke the connection: {why}")),
            "{reason}"
        );
    }
}

#[tokio::test]
async fn the_browsers_close_reaches_the_target() {
    let (ended, mut end) = mpsc::unbounded_channel();
    let address = peer(move |stream| {
        let ended = ended.clone();
        async move {
            let mut socket = tokio_tungstenite::accept_async(stream).await.unwrap();
            socket.send(Message::Binary(vec![1].into())).await.unwrap();
            while let Some(Ok(message)) = socket.next().await {
                if let Message::Close(frame) = message {
                    let _ = ended.send(frame.map(|frame| (u16::from(frame.code), frame.reason.to_string())));
                    return;
                }
            }
        }
    })
    .await;
    let gateway = Gateway::with_target(&format!("ws://{address}/")).await;
    let mut socket = gateway.connect().await;
    read(&mut socket, 1).await;
    socket
        .close(Some(CloseFrame {
            code: 4001.into(),
            reason: "enough".into(),
        }))
        .await
        .unwrap();
    assert_eq!(within(end.recv()).await.unwrap(), Some((4001, "enough".into())));
}

#[tokio::test]
async fn a_browsers_close_is_answered_by_the_same() {
    let vm = peer(echo).await;
    for target in ["demo:".to_owned(), format!("tcp://{vm}")] {
        let gateway = Gateway::with_target(&target).await;
        for (code, reason) in [(1000, ""), (4001, "enough")] {
            let mut socket = gateway.connect().await;
            let frame = CloseFrame {
                code: code.into(),
                reason: reason.into(),
            };
            socket.close(Some(frame)).await.unwrap();
            assert_eq!(closed(&mut socket).await, (code, reason.into()), "{target}");
        }
    }
}

#[tokio::test]
async fn text_is_refused_with_a_reason() {
    let gateway = Gateway::with_target(&format!("tcp://{}", peer(echo).await)).await;
    let mut socket = gateway.connect().await;
    socket.send(Message::text("hello")).await.unwrap();
    assert_eq!(
        closed(&mut socket).await,
        (1003, "RFB has no text messages".into())
    );
}

#[tokio::test]
async fn a_browser_that_breaks_the_protocol_is_told_so_by_its_code() {
    let gateway = Gateway::with_target(&format!("tcp://{}", peer(echo).await)).await;
    // A message without end, reserved bits, and a frame that nothing hides.
    for (frame, code, why) in [
        (&b"\x82\xff\x7f\0\0\0\0\0\0\0abcd"[..], 1009, "Message too long"),
        (b"\xc2\x81abcdx", 1002, "Reserved bits"),
        (b"\x82\x01x", 1002, "unmasked"),
    ] {
        let mut socket = gateway.connect().await;
        socket.get_mut().write_all(frame).await.unwrap();
        let (told, reason) = closed(&mut socket).await;
        assert!(told == code && reason.contains(why), "{told} {reason}");
    }
}

#[tokio::test]
async fn a_browser_that_does_not_read_holds_the_target_back_and_not_the_other_direction() {
    let (written, mut progress) = tokio::sync::watch::channel((0_u64, 0_u64));
    let address = peer(move |stream| {
        let (mut reader, mut writer) = stream.into_split();
        let (written, written_too) = (written.clone(), written.clone());
        let upwards = async move {
            let mut buffer = vec![0; 1 << 16];
            while let Ok(count @ 1..) = reader.read(&mut buffer).await {
                written_too.send_modify(|(_, up)| *up += count as u64);
            }
        };
        let downwards = async move {
            let chunk = vec![0; 1 << 16];
            while writer.write_all(&chunk).await.is_ok() {
                written.send_modify(|(down, _)| *down += chunk.len() as u64);
            }
        };
        async move {
            tokio::join!(upwards, downwards);
        }
    })
    .await;
    let gateway = Gateway::with_target(&format!("tcp://{address}")).await;
    let mut socket = gateway.connect().await;
    // The target writes until every buffer on the way is full: then nothing more goes for a while.
    let stalled = within(async {
        loop {
            let before = progress.borrow_and_update().0;
            if tokio::time::timeout(Duration::from_millis(500), progress.changed())
                .await
                .is_err()
                && before > 0
            {
                return before;
            }
        }
    })
    .await;
    assert!(
        stalled < 64 << 20,
        "{stalled} bytes were taken from the target for a browser that reads none"
    );
    // Upwards all is well meanwhile.
    socket
        .send(Message::Binary(vec![1; 100_000].into()))
        .await
        .unwrap();
    within(progress.wait_for(|(_, up)| *up == 100_000)).await.unwrap();
}

#[tokio::test]
async fn an_idle_connection_ends_after_the_configured_time() {
    let text = format!(
        "idle_timeout_seconds = 1\n[sessions.vm]\ntarget = 'tcp://{}'",
        peer(echo).await
    );
    let gateway = Gateway::start(Config::parse(&text).unwrap()).await;
    assert_eq!(
        closed(&mut gateway.connect().await).await,
        (4441, "nothing was sent either way for 1 s".into())
    );
}

#[tokio::test]
async fn a_browser_is_pinged_and_one_that_answers_none_is_given_up() {
    let mut config = Config::parse(&format!("[sessions.vm]\ntarget = 'tcp://{}'", peer(echo).await)).unwrap();
    config.timeouts.ping = Duration::from_millis(100);
    config.timeouts.pong = Duration::from_millis(1500);
    let gateway = Gateway::start(config).await;
    let mut socket = gateway.connect().await;
    // A client that is read from answers pings by itself. This one is read from once and then no more.
    assert!(matches!(within(socket.next()).await, Some(Ok(Message::Ping(_)))));
    within(async {
        while !String::from_utf8(gateway.get("/metrics").await.2)
            .unwrap()
            .contains("\nporthole_connections 0\n")
        {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    })
    .await;
}

/// A gateway to this target that gives a side up after three seconds without an answer.
async fn impatient(target: &str) -> Gateway {
    let mut config = Config::parse(&format!("[sessions.vm]\ntarget = '{target}'")).unwrap();
    config.timeouts.ping = Duration::from_millis(100);
    config.timeouts.pong = Duration::from_secs(3);
    Gateway::start(config).await
}

/// Takes a connection and nothing of what comes by it.
async fn deaf(stream: TcpStream) {
    std::future::pending::<()>().await;
    drop(stream);
}

/// What a browser is told that sends pieces of this size to a target, which takes none.
async fn told_by_a_deaf_target(target: &str, size: usize) -> (u16, String) {
    let gateway = impatient(target).await;
    let (mut sink, mut stream) = gateway.connect().await.split();
    // More than all buffers on the way hold. Pings are answered meanwhile, as a browser does.
    let sending = tokio::spawn(async move {
        let message = Message::Binary(vec![0; size].into());
        while sink.send(message.clone()).await.is_ok() {}
    });
    let frame = loop {
        if let Message::Close(frame) = within(stream.next()).await.unwrap().unwrap() {
            break frame.unwrap();
        }
    };
    drop(stream);
    within(sending).await.unwrap();
    (frame.code.into(), frame.reason.to_string())
}

#[tokio::test]
async fn a_target_that_takes_nothing_is_blamed_for_it_and_not_the_browser() {
    let address = peer(deaf).await;
    assert_eq!(
        told_by_a_deaf_target(&format!("tcp://{address}"), 1 << 20).await,
        (
            4408,
            format!("vm {address} took nothing of what was sent to it for 3 s")
        )
    );
}

/// There is no probing a unix socket, whose other end is a process of the same machine: one that ends is heard of at once,
/// and one that hangs has few moves of a pointer pile up.
#[tokio::test]
async fn a_unix_target_that_hangs_is_named_by_what_piles_up() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("vnc");
    let listener = UnixListener::bind(&path).unwrap();
    tokio::spawn(async move {
        let hanging = listener.accept().await;
        std::future::pending::<()>().await;
        drop(hanging);
    });
    let pointer_event = 6;
    assert_eq!(
        told_by_a_deaf_target(&format!("unix:{}", path.display()), pointer_event).await,
        (
            4408,
            format!(
                "vm {} took nothing of what was sent to it for 3 s",
                path.display()
            )
        )
    );
}

#[tokio::test]
async fn a_unix_target_that_takes_up_nobody_is_named_at_once() {
    let hanging = Hanging::new().await;
    let gateway = Gateway::with_target(&format!("unix:{}", hanging.path())).await;
    assert_eq!(
        closed(&mut gateway.connect().await).await,
        (
            4502,
            format!(
                "vm {} hangs: it takes up none of the connections that wait",
                hanging.path()
            )
        )
    );
}

#[tokio::test]
async fn a_browser_that_takes_nothing_of_a_flood_is_given_up_and_its_target_let_go() {
    let log = Log::here();
    let (ended, mut end) = mpsc::unbounded_channel();
    let address = peer(move |mut stream| {
        let ended = ended.clone();
        async move {
            while stream.write_all(&[7; 1 << 16]).await.is_ok() {}
            let _ = ended.send(());
        }
    })
    .await;
    let gateway = impatient(&format!("tcp://{address}")).await;
    let socket = gateway.connect().await;
    within(end.recv()).await.unwrap();
    until(async || log.text().contains("4408 the browser answered no ping for 3 s")).await;
    drop(socket);
}

#[tokio::test]
async fn a_websocket_target_that_answers_no_ping_is_named() {
    let address = peer(|stream| async move {
        let socket = tokio_tungstenite::accept_async(stream).await.unwrap();
        std::future::pending::<()>().await;
        drop(socket);
    })
    .await;
    let gateway = impatient(&format!("ws://{address}/")).await;
    let end = closed(&mut gateway.connect().await).await;
    assert_eq!(end, (4408, format!("vm {address} answered no ping for 3 s")));
}

#[tokio::test]
async fn a_connection_lasts_no_longer_than_it_may() {
    let text = format!(
        "total_timeout_seconds = 1\n[sessions.vm]\ntarget = 'tcp://{}'",
        peer(echo).await
    );
    let gateway = Gateway::start(Config::parse(&text).unwrap()).await;
    assert_eq!(
        closed(&mut gateway.connect().await).await,
        (4440, "a connection may last 1 s here, and no longer".into())
    );
}

#[tokio::test]
async fn shutting_down_tells_those_who_are_connected() {
    let gateway = Gateway::with_target(&format!("tcp://{}", peer(echo).await)).await;
    let mut socket = gateway.connect().await;
    socket.send(Message::Binary(vec![1].into())).await.unwrap();
    assert_eq!(read(&mut socket, 1).await, [1]);
    let stopping = tokio::spawn(gateway.stop());
    assert_eq!(
        closed(&mut socket).await,
        (1012, "the gateway is shutting down".into())
    );
    stopping.await.unwrap();
}
