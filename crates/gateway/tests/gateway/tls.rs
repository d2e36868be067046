//! The gateway's own certificate.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use porthole_gateway::Config;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::certificates::Authority;
use crate::process::GatewayProcess;
use crate::support::{Gateway, Log, closed, open_at, read, request_at, until, within};

/// Writes a certificate for `localhost`, and its key.
fn write(folder: &Path, authority: &Authority) -> CertificateDer<'static> {
    let identity = authority.issues("localhost");
    std::fs::write(folder.join("cert.pem"), pem("CERTIFICATE", &identity.certificate)).unwrap();
    std::fs::write(
        folder.join("key.pem"),
        pem("PRIVATE KEY", identity.key.secret_der()),
    )
    .unwrap();
    identity.certificate
}

fn pem(label: &str, der: &[u8]) -> String {
    use base64::Engine;
    let text = base64::engine::general_purpose::STANDARD.encode(der);
    format!("-----BEGIN {label}-----\n{text}\n-----END {label}-----\n")
}

/// The demo desktop inside TLS, with the files in this folder.
fn config(folder: &TempDir) -> Config {
    let folder = folder.path().display();
    let text = format!("demo = true\n[tls]\ncertificate = '{folder}/cert.pem'\nkey = '{folder}/key.pem'");
    Config::parse(&text).unwrap()
}

async fn connect(gateway: &Gateway, authority: &Authority) -> TlsStream<TcpStream> {
    let mut roots = RootCertStore::empty();
    roots.add(authority.itself().certificate).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let stream = TcpStream::connect(&gateway.address).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    TlsConnector::from(Arc::new(config))
        .connect(name, stream)
        .await
        .unwrap()
}

fn presented(stream: &TlsStream<TcpStream>) -> CertificateDer<'static> {
    stream.get_ref().1.peer_certificates().unwrap()[0]
        .clone()
        .into_owned()
}

#[tokio::test]
async fn page_and_websocket_are_served_inside_tls() {
    let (folder, authority) = (TempDir::new().unwrap(), Authority::new());
    write(folder.path(), &authority);
    let gateway = Gateway::start(config(&folder)).await;
    let mut stream = connect(&gateway, &authority).await;
    stream
        .write_all(b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        .await
        .unwrap();
    let mut answer = [0; 15];
    within(stream.read_exact(&mut answer)).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200 OK");
    let url = "ws://localhost/api/auth/session/demo/novnc/websock";
    let stream = connect(&gateway, &authority).await;
    let (mut socket, _) = tokio_tungstenite::client_async(url, stream).await.unwrap();
    let first = within(futures_util::StreamExt::next(&mut socket))
        .await
        .unwrap()
        .unwrap();
    assert!(first.into_data().starts_with(b"RFB "));
    // Whoever speaks no TLS is not waited for.
    let mut stream = TcpStream::connect(&gateway.address).await.unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
    let mut answer = Vec::new();
    let _ = within(stream.read_to_end(&mut answer)).await;
    assert!(!answer.starts_with(b"HTTP"));
}

#[tokio::test]
async fn an_upstream_and_a_target_inside_tls_are_reached() {
    let (folder, authority) = (TempDir::new().unwrap(), Authority::new());
    let stranger = Authority::named("another");
    write(folder.path(), &authority);
    let behind = Gateway::start(config(&folder)).await;
    let host = behind.address.replace("127.0.0.1", "localhost");
    let path = "/api/auth/session/demo/novnc";
    let edge = format!("upstream = 'https://{host}'");
    let target = format!("[sessions.demo]\ntarget = 'wss://{host}{path}/websock'");
    for (config, name) in [(edge, "edge"), (target, "target")] {
        let gateway = GatewayProcess::trusting(&config, &authority.file()).await;
        let (status, _, page) = request_at(&gateway.address, "GET", path, "").await;
        assert!(status == 200 && !page.is_empty(), "{name}: {status}");
        let mut socket = open_at(&gateway.address, &format!("{path}/websock"), &[])
            .await
            .unwrap();
        assert_eq!(read(&mut socket, 12).await, b"RFB 003.008\n", "{name}");
        // Without the authority there is no way.
        let other = GatewayProcess::trusting(&config, &stranger.file()).await;
        let mut socket = open_at(&other.address, &format!("{path}/websock"), &[])
            .await
            .unwrap();
        let (code, reason) = closed(&mut socket).await;
        assert!(
            code == 4502 && reason.contains("certificate"),
            "{name}: {code} {reason}"
        );
    }
}

#[tokio::test]
async fn a_new_certificate_is_used_without_a_restart_and_a_broken_one_is_not() {
    let log = Log::here();
    let (folder, authority) = (TempDir::new().unwrap(), Authority::new());
    let first = write(folder.path(), &authority);
    let gateway = Gateway::start(config(&folder)).await;
    assert_eq!(presented(&connect(&gateway, &authority).await), first);
    std::fs::write(folder.path().join("key.pem"), "no key").unwrap();
    until(async || log.text().contains("the one before it stays")).await;
    assert_eq!(presented(&connect(&gateway, &authority).await), first);
    let second = write(folder.path(), &authority);
    assert_ne!(first, second);
    until(async || presented(&connect(&gateway, &authority).await) == second).await;
}

#[tokio::test]
async fn a_tls_handshake_that_does_not_come_is_not_waited_for() {
    let (folder, authority) = (TempDir::new().unwrap(), Authority::new());
    write(folder.path(), &authority);
    let mut config = config(&folder);
    config.timeouts.handshake = Duration::from_secs(1);
    let gateway = Gateway::start(config).await;
    let mut stream = TcpStream::connect(&gateway.address).await.unwrap();
    let _ = within(stream.read_to_end(&mut Vec::new())).await;
}

#[test]
fn what_is_wrong_with_the_files_is_said() {
    let (folder, authority) = (TempDir::new().unwrap(), Authority::new());
    let other = TempDir::new().unwrap();
    write(folder.path(), &authority);
    write(other.path(), &authority);
    let (here, there) = (folder.path().display(), other.path().display());
    for (certificate, key, expected) in [
        (
            format!("{here}/none.pem"),
            format!("{here}/key.pem"),
            "tls: certificate: cannot read",
        ),
        (
            format!("{here}/cert.pem"),
            format!("{here}/cert.pem"),
            "tls: key: cannot read",
        ),
        (
            "/dev/null".to_owned(),
            format!("{here}/key.pem"),
            "tls: certificate: there is none in /dev/null",
        ),
        (
            format!("{here}/cert.pem"),
            format!("{there}/key.pem"),
            "tls: certificate and key do not fit together",
        ),
    ] {
        let text = format!("demo = true\n[tls]\ncertificate = '{certificate}'\nkey = '{key}'");
        let error = format!("{:#}", Config::parse(&text).unwrap_err());
        assert!(error.starts_with(expected), "{error}");
    }
}
