//! The way to the host: its name, the connection, and TLS.

use std::path::Path;

use porthole_doctor::{Cause, Check};
use porthole_gateway::Config;
use tempfile::TempDir;
use tokio::io::AsyncReadExt;
use tokio::net::{TcpSocket, TcpStream, UnixListener};

use super::{SHORT_PATIENCE, UPGRADES, WEBSOCK, gateway, names, nginx, says, silence_names, vnc};
use crate::certificates::Authority;
use crate::support::{Gateway, Hanging, closed_port, peer};

#[tokio::test]
async fn a_name_that_nobody_knows_is_named() {
    names("ws://no-such-host.invalid/websock", Cause::NameUnknown).await;
}

#[tokio::test]
async fn a_backend_that_is_down_is_named_at_its_own_address_and_behind_a_proxy() {
    let gone = closed_port().await;
    for scheme in ["ws", "tcp"] {
        names(&format!("{scheme}://{gone}"), Cause::NothingListens).await;
    }
    let nginx = nginx(&gone, UPGRADES).await;
    names(&format!("ws://{}{WEBSOCK}", nginx.address), Cause::BackendDown).await;
}

#[tokio::test]
async fn a_backend_that_accepts_and_closes_is_a_socket_that_hangs_up() {
    let rude = peer(|stream| async move { drop(stream) }).await;
    for scheme in ["ws", "http", "tcp"] {
        names(&format!("{scheme}://{rude}"), Cause::HangUp).await;
    }
    // One that reads before it closes.
    let reads = peer(|mut stream| async move {
        let _ = stream.read(&mut [0; 4096]).await;
    })
    .await;
    names(&format!("ws://{reads}/websock"), Cause::HangUp).await;
    // A proxy like http-proxy tells it by doing the same, nginx by 502.
    let nginx = nginx(&rude, UPGRADES).await;
    names(&format!("ws://{}{WEBSOCK}", nginx.address), Cause::BackendDown).await;
}

#[tokio::test]
async fn a_raw_vnc_port_is_named_and_its_login_is_finished() {
    let vnc = vnc().await;
    let report = names(&format!("ws://{vnc}/websockify"), Cause::RawVnc).await;
    assert!(
        report.lines.iter().any(|line| line.check == Check::Picture),
        "it counts who leaves without a login: {report}"
    );
    // nginx waits for an answer, and the VNC server for its client.
    let nginx = nginx(&vnc, UPGRADES).await;
    let report = silence_names(
        &format!("ws://{}/websockify", nginx.address),
        Cause::BackendSilent,
    )
    .await;
    assert!(report.to_string().contains("VNC server's own port"), "{report}");
}

#[tokio::test]
async fn another_service_is_named_with_what_it_said() {
    let ssh = says(b"SSH-2.0-OpenSSH_9.2\r\n").await;
    let report = names(&format!("ws://{ssh}/"), Cause::NotHttp).await;
    assert!(report.to_string().contains("SSH-2.0-OpenSSH_9.2"), "{report}");
    names(&format!("tcp://{ssh}"), Cause::NotVnc).await;
}

#[tokio::test]
async fn a_host_that_takes_no_connection_is_named() {
    let full = TcpSocket::new_v4().unwrap();
    full.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = full.listen(0).unwrap();
    let address = listener.local_addr().unwrap();
    // Nobody takes them up; and when there is no room for more, a connection is not even answered.
    let mut waiting = Vec::new();
    while let Ok(connected) = tokio::time::timeout(SHORT_PATIENCE, TcpStream::connect(address)).await {
        waiting.push(connected.unwrap());
    }
    for scheme in ["ws", "tcp"] {
        silence_names(&format!("{scheme}://{address}"), Cause::Unreachable).await;
    }
}

#[tokio::test]
async fn a_unix_socket_where_nobody_is_taken_up_is_named_whether_there_is_room_to_wait_or_not() {
    let hanging = Hanging::new().await;
    let address = format!("unix:{}", hanging.path());
    names(&address, Cause::NotTakenUp).await;
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("vnc");
    let _listener = UnixListener::bind(&path).unwrap();
    silence_names(&format!("unix:{}", path.display()), Cause::ServerSilent).await;
}

#[tokio::test]
async fn tls_where_there_is_none_and_none_where_there_is_are_named() {
    let plain = gateway().await;
    names(&format!("wss://{}{WEBSOCK}", plain.address), Cause::WssToPlain).await;
    let folder = TempDir::new().unwrap();
    let authority = Authority::new();
    write_identity(folder.path(), &authority);
    let text = format!(
        "demo = true\n[tls]\ncertificate = '{0}/cert.pem'\nkey = '{0}/key.pem'",
        folder.path().display()
    );
    let tls = Gateway::start(Config::parse(&text).unwrap()).await;
    names(&format!("ws://{}/websock", tls.address), Cause::PlainToTls).await;
    let report = names(&format!("wss://{}/websock", tls.address), Cause::BadCertificate).await;
    assert!(report.to_string().contains("issuer is unknown"), "{report}");
    // Neither TLS nor plain HTTP.
    let ssh = says(b"SSH-2.0-OpenSSH_9.2\r\n").await;
    names(&format!("wss://{ssh}/websock"), Cause::TlsFailed).await;
}

fn write_identity(folder: &Path, authority: &Authority) {
    use base64::Engine;
    let identity = authority.issues("127.0.0.1");
    for (name, label, der) in [
        ("cert.pem", "CERTIFICATE", identity.certificate.as_ref()),
        ("key.pem", "PRIVATE KEY", identity.key.secret_der()),
    ] {
        let text = base64::engine::general_purpose::STANDARD.encode(der);
        let pem = format!("-----BEGIN {label}-----\n{text}\n-----END {label}-----\n");
        std::fs::write(folder.join(name), pem).unwrap();
    }
}
