//! What is behind a WebSocket that opens.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use porthole_doctor::{Cause, Check};
use porthole_gateway::Config;
use tokio::io::AsyncWriteExt;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role};

use super::{
    BINARY, PATIENCE, UPGRADES, WEBSOCK, diagnosed_with, gateway, is_sound, names, nginx, says,
    silence_names, websocket, websockify,
};
use crate::support::{Gateway, closed_port, peer};

#[tokio::test]
async fn a_vm_that_is_gone_is_named_with_the_reason_that_the_hop_before_it_gave() {
    let websockify = websocket(
        |_| Ok(BINARY.into()),
        |stream| async move {
            let mut socket = WebSocketStream::from_raw_socket(stream, Role::Server, None).await;
            let frame = CloseFrame {
                code: 1011.into(),
                reason: "Failed to connect to downstream server".into(),
            };
            let _ = socket.close(Some(frame)).await;
            let _ = socket.next().await;
        },
    )
    .await;
    let report = names(&format!("ws://{websockify}/"), Cause::VmGone).await;
    assert!(report.to_string().contains("downstream server"), "{report}");
    let gone = closed_port().await;
    let gateway = Gateway::with_target(&format!("tcp://{gone}")).await;
    let nginx = nginx(&gateway.address, UPGRADES).await;
    for address in [&gateway.address, &nginx.address] {
        let report = names(&format!("ws://{address}{WEBSOCK}"), Cause::VmGone).await;
        assert!(report.to_string().contains(&gone), "{report}");
    }
}

#[tokio::test]
async fn what_the_gateway_closes_with_is_told_by_its_code() {
    let text = "max_connections_per_session = 0\n[sessions.vm]\ntarget = 'demo:'";
    let full = Gateway::start(Config::parse(text).unwrap()).await;
    names(&format!("ws://{}{WEBSOCK}", full.address), Cause::TooMany).await;
    let gateway = gateway().await;
    let other = WEBSOCK.replace("/vm/", "/other/");
    names(&format!("ws://{}{other}", gateway.address), Cause::NoSession).await;
    let text = "[tokens]\nsecret = 'a secret of more than thirty-two bytes'\n[sessions.vm]\ntarget = 'demo:'";
    let closed = Gateway::start(Config::parse(text).unwrap()).await;
    names(&format!("ws://{}{WEBSOCK}", closed.address), Cause::NotAllowed).await;
    names(
        &format!("http://{}/api/auth/session/vm/novnc", closed.address),
        Cause::AuthWall,
    )
    .await;
}

#[tokio::test]
async fn a_server_that_turns_everybody_away_for_too_many_failures_is_blacklisted_with() {
    let server = peer(|mut stream| async move {
        let said = b"RFB 003.003\n\0\0\0\0\0\0\0\x1aToo many security failures";
        let _ = stream.write_all(said).await;
        let _ = stream.shutdown().await;
        let _ = tokio::io::copy(&mut stream, &mut tokio::io::sink()).await;
    })
    .await;
    let gateway = Gateway::with_target(&format!("tcp://{server}")).await;
    for address in [
        format!("tcp://{server}"),
        format!("ws://{}{WEBSOCK}", gateway.address),
    ] {
        let report = names(&address, Cause::Blacklisted).await;
        assert!(
            report.to_string().contains("Too many security failures"),
            "{report}"
        );
    }
}

#[tokio::test]
async fn a_server_that_is_silent_refuses_or_breaks_off_is_named() {
    for (said, cause) in [
        (&b""[..], Cause::ServerSilent),
        (b"RFB 003.008\n\0\0\0\0\x02no", Cause::TurnedAway),
        (
            b"RFB 003.008\n\x01\x01\0\0\0\x01\0\0\0\x02no",
            Cause::LoginRefused,
        ),
        (b"RFB 003.008\n\x01\x01", Cause::BrokenOff),
        // A desktop, and then a message that there is not.
        (
            b"RFB 003.008\n\x01\x01\0\0\0\0\0\x01\0\x01\x20\x18\0\x01\0\xff\0\xff\0\xff\0\x08\x10\0\0\0\0\0\0\x02vm\x09",
            Cause::Garbled,
        ),
    ] {
        let server = says(said).await;
        silence_names(&format!("tcp://{server}"), cause).await;
        let gateway = Gateway::with_target(&format!("tcp://{server}")).await;
        silence_names(&format!("ws://{}{WEBSOCK}", gateway.address), cause).await;
    }
    let server = peer(|stream| async move { drop(stream) }).await;
    let gateway = Gateway::with_target(&format!("tcp://{server}")).await;
    names(&format!("ws://{}{WEBSOCK}", gateway.address), Cause::ClosedEarly).await;
}

#[tokio::test]
async fn a_websocket_that_carries_text_is_named() {
    let old = websocket(
        |_| Ok(BINARY.into()),
        |stream| async move {
            let mut socket = WebSocketStream::from_raw_socket(stream, Role::Server, None).await;
            let _ = socket.send(Message::Text("UkZCIDAwMy4wMDgK".into())).await;
            let _ = socket.next().await;
        },
    )
    .await;
    names(&format!("ws://{old}/"), Cause::Text).await;
}

#[tokio::test]
async fn a_hop_that_ends_quiet_connections_is_named_when_one_is_held() {
    let own = websocket(|_| Ok(BINARY.into()), websockify).await;
    let impatient = nginx(&own, &format!("{UPGRADES} proxy_read_timeout 4s;")).await;
    let address = format!("ws://{}/websockify", impatient.address);
    let report = diagnosed_with(&address, PATIENCE, Some(Duration::from_secs(15))).await;
    assert_eq!(report.cause, Some(Cause::IdleTimeout), "{report}");
    // Without such a timeout it holds; so does any that is just looked at.
    is_sound(&address).await;
    let address = format!("ws://{own}/websockify");
    let report = diagnosed_with(&address, PATIENCE, Some(Duration::from_secs(2))).await;
    assert_eq!(report.cause, None, "{report}");
    assert!(
        report.lines.iter().any(|line| line.check == Check::Quiet),
        "{report}"
    );
}
