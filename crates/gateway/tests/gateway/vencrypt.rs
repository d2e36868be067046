//! Targets inside TLS: what the gateway says to them, and to the viewer in front.

use std::sync::Arc;

use futures_util::{SinkExt, StreamExt};
use porthole_gateway::Config;
use porthole_gateway::vencrypt::Fingerprint;
use rustls::crypto::ring;
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, SupportedProtocolVersion};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_tungstenite::tungstenite::Message;

use crate::certificates::{Authority, Identity};
use crate::support::{Gateway, Log, Socket, closed, http_peer, peer, within};

const V3_7: &[u8] = b"RFB 003.007\n";
const V3_8: &[u8] = b"RFB 003.008\n";

const X509_NONE: u32 = 260;
const X509_VNC: u32 = 261;
const X509_PLAIN: u32 = 262;

/// Bytes in any slicing: all at once, in parts, and one by one.
const SLICES: [usize; 3] = [usize::MAX, 5, 1];

// ---- a target ----------------------------------------------------------------------------------------------

/// A server up to its login.
#[derive(Clone)]
struct Server {
    version: &'static [u8],
    subtypes: Vec<u32>,
    /// Which of them is chosen.
    chosen: u32,
    acceptor: TlsAcceptor,
    slice: usize,
}

impl Server {
    fn new(identity: Identity, subtype: u32) -> Self {
        Self {
            version: V3_8,
            subtypes: vec![subtype],
            chosen: subtype,
            acceptor: acceptor(identity, rustls::ALL_VERSIONS),
            slice: usize::MAX,
        }
    }

    /// Goes through the handshake as a client should, until TLS or its failure.
    async fn accept(&self, mut stream: TcpStream) -> Option<TlsStream<TcpStream>> {
        stream.set_nodelay(true).unwrap();
        write(&mut stream, self.version, self.slice).await;
        assert_eq!(read::<12>(&mut stream).await, *self.version);
        write(&mut stream, &[3, 2, 19, 1], self.slice).await;
        assert_eq!(read(&mut stream).await, [19]);
        write(&mut stream, &[0, 2], self.slice).await;
        assert_eq!(read(&mut stream).await, [0, 2]);
        let mut list = vec![0, u8::try_from(self.subtypes.len()).unwrap()];
        list.extend(self.subtypes.iter().flat_map(|subtype| subtype.to_be_bytes()));
        write(&mut stream, &list, self.slice).await;
        assert_eq!(u32::from_be_bytes(read(&mut stream).await), self.chosen);
        write(&mut stream, &[1], self.slice).await;
        self.acceptor.accept(stream).await.ok()
    }

    /// Serves the login and what comes after it by this, and says where.
    async fn serving<F>(
        self,
        serve: impl Fn(TlsStream<TcpStream>, usize) -> F + Send + Sync + 'static,
    ) -> String
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let serve = Arc::new(serve);
        peer(move |stream| {
            let (server, serve) = (self.clone(), Arc::clone(&serve));
            async move {
                if let Some(stream) = server.accept(stream).await {
                    serve(stream, server.slice).await;
                }
            }
        })
        .await
    }
}

fn acceptor(identity: Identity, versions: &[&'static SupportedProtocolVersion]) -> TlsAcceptor {
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(versions)
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![identity.certificate], identity.key)
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
}

async fn write(stream: &mut (impl AsyncWrite + Unpin), bytes: &[u8], slice: usize) {
    for part in bytes.chunks(slice) {
        stream.write_all(part).await.unwrap();
        stream.flush().await.unwrap();
    }
}

async fn read<const COUNT: usize>(stream: &mut (impl AsyncRead + Unpin)) -> [u8; COUNT] {
    let mut bytes = [0; COUNT];
    stream.read_exact(&mut bytes).await.unwrap();
    bytes
}

async fn echo(stream: TlsStream<TcpStream>) {
    let (mut reader, mut writer) = tokio::io::split(stream);
    let mut buffer = vec![0; 1 << 16];
    while let Ok(count @ 1..) = reader.read(&mut buffer).await {
        if writer.write_all(&buffer[..count]).await.is_err() || writer.flush().await.is_err() {
            return;
        }
    }
}

/// A login that succeeds, and then an echo.
async fn accepted(mut stream: TlsStream<TcpStream>, slice: usize) {
    write(&mut stream, &[0; 4], slice).await;
    echo(stream).await;
}

// ---- a gateway and a viewer --------------------------------------------------------------------------------

/// One session with a target inside TLS, whose certificate the authority has issued.
async fn gateway(authority: &Authority, address: &str, more: &str) -> Gateway {
    with(address, &format!("ca = '{}'\n{more}", authority.file().display())).await
}

async fn with(address: &str, keys: &str) -> Gateway {
    let text = format!("[sessions.vm]\ntarget = 'vencrypt+tcp://{address}'\n{keys}");
    Gateway::start(Config::parse(&text).unwrap()).await
}

struct Viewer {
    socket: Socket,
    received: Vec<u8>,
    slice: usize,
}

impl Viewer {
    async fn of(gateway: &Gateway, slice: usize) -> Self {
        Self {
            socket: gateway.connect().await,
            received: Vec::new(),
            slice,
        }
    }

    async fn says(&mut self, bytes: &[u8]) {
        for part in bytes.chunks(self.slice) {
            self.socket
                .send(Message::Binary(part.to_vec().into()))
                .await
                .unwrap();
        }
    }

    async fn hears(&mut self, expected: &[u8]) {
        while self.received.len() < expected.len() {
            match within(self.socket.next()).await.unwrap().unwrap() {
                Message::Binary(more) => self.received.extend_from_slice(&more),
                Message::Ping(_) | Message::Pong(_) => {}
                other => panic!("{other:?} after {:x?}", self.received),
            }
        }
        let rest = self.received.split_off(expected.len());
        assert_eq!(std::mem::replace(&mut self.received, rest), expected);
    }

    /// The handshake of a server that is in 3.8 and has one security type.
    async fn chooses(&mut self, security_type: u8) {
        self.hears(V3_8).await;
        self.says(V3_8).await;
        self.hears(&[1, security_type]).await;
        self.says(&[security_type]).await;
    }

    /// Bytes come back unchanged.
    async fn is_through(&mut self) {
        self.says(b"hello, desktop").await;
        self.hears(b"hello, desktop").await;
    }
}

// ---- logins ------------------------------------------------------------------------------------------------

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

// ---- the stream --------------------------------------------------------------------------------------------

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

// ---- certificates ------------------------------------------------------------------------------------------

/// Tries a target with this certificate and these keys in the configuration: how that ends, and its line in the log.
async fn refused(identity: Identity, keys: &str) -> (String, String) {
    let (log, _guard) = Log::here();
    let address = Server::new(identity, X509_NONE).serving(accepted).await;
    let gateway = with(&address, keys).await;
    let (code, reason) = closed(&mut gateway.connect().await).await;
    assert_eq!(code, 4502, "{reason}");
    gateway.stop().await;
    let reason = reason.strip_prefix(&format!("vm {address} has ")).unwrap();
    (reason.to_owned(), log.text())
}

#[tokio::test]
async fn a_certificate_of_an_unknown_issuer_is_told_with_its_fingerprint_in_the_log() {
    let ours = Authority::new();
    for (issuer, expected) in [
        (Authority::named("another authority"), "its issuer is unknown"),
        // Of the same name, but with another key.
        (Authority::new(), "it bears a wrong signature"),
    ] {
        let identity = issuer.issues("127.0.0.1");
        let fingerprint = Fingerprint::of(&identity.certificate).to_string();
        let (reason, log) = refused(identity, &format!("ca = '{}'", ours.file().display())).await;
        assert_eq!(reason, format!("a certificate that is not trusted: {expected}"));
        assert!(log.contains(&fingerprint), "{log}");
    }
}

#[tokio::test]
async fn a_certificate_that_expired_is_told_with_the_day() {
    let authority = Authority::new();
    let identity = authority.issues_with("127.0.0.1", |params| {
        params.not_after = rcgen::date_time_ymd(2024, 2, 29);
    });
    let (reason, _) = refused(identity, &format!("ca = '{}'", authority.file().display())).await;
    assert_eq!(reason, "a certificate that expired on 2024-02-29");
}

#[tokio::test]
async fn a_certificate_of_the_future_is_told_with_the_day() {
    let authority = Authority::new();
    let identity = authority.issues_with("127.0.0.1", |params| {
        params.not_before = rcgen::date_time_ymd(3000, 1, 1);
    });
    let (reason, _) = refused(identity, &format!("ca = '{}'", authority.file().display())).await;
    assert_eq!(reason, "a certificate that only becomes valid on 3000-01-01");
}

#[tokio::test]
async fn a_certificate_for_another_name_is_told_with_both() {
    let authority = Authority::new();
    let ca = format!("ca = '{}'", authority.file().display());
    let (reason, _) = refused(authority.issues("vm.example"), &ca).await;
    assert_eq!(reason, "a certificate for vm.example, not for 127.0.0.1");
    let nameless = authority.issues_with("vm.example", |params| params.subject_alt_names.clear());
    let (reason, _) = refused(nameless, &ca).await;
    assert_eq!(reason, "a certificate for no name, not for 127.0.0.1");
}

#[tokio::test]
async fn a_server_name_is_what_the_certificate_has_to_be_for() {
    let authority = Authority::new();
    let server = Server::new(authority.issues("vm.example"), X509_NONE);
    let gateway = gateway(
        &authority,
        &server.serving(accepted).await,
        "server_name = 'vm.example'",
    )
    .await;
    let mut viewer = Viewer::of(&gateway, usize::MAX).await;
    viewer.chooses(1).await;
    viewer.hears(&[0; 4]).await;
    viewer.is_through().await;
}

#[tokio::test]
async fn an_authoritys_own_certificate_is_told_and_can_be_pinned() {
    let authority = Authority::new();
    let (reason, _) = refused(
        authority.itself(),
        &format!("ca = '{}'", authority.file().display()),
    )
    .await;
    assert_eq!(
        reason,
        "a certificate that is an authority's own, which only a fingerprint can trust"
    );
    is_pinned(authority.itself()).await;
}

async fn is_pinned(identity: Identity) {
    let fingerprint = Fingerprint::of(&identity.certificate);
    let address = Server::new(identity, X509_NONE).serving(accepted).await;
    let gateway = with(&address, &format!("fingerprint = '{fingerprint}'")).await;
    let mut viewer = Viewer::of(&gateway, usize::MAX).await;
    viewer.chooses(1).await;
    viewer.hears(&[0; 4]).await;
    viewer.is_through().await;
}

#[tokio::test]
async fn a_pinned_certificate_needs_neither_name_nor_date_nor_issuer() {
    let identity = Authority::new().issues_with("vm.example", |params| {
        params.not_after = rcgen::date_time_ymd(2024, 2, 29);
    });
    is_pinned(identity).await;
}

#[tokio::test]
async fn another_certificate_than_the_pinned_one_is_told_with_its_fingerprint_in_the_log() {
    let authority = Authority::new();
    let pinned = Fingerprint::of(&authority.issues("127.0.0.1").certificate);
    let identity = authority.issues("127.0.0.1");
    let seen = Fingerprint::of(&identity.certificate).to_string();
    let (reason, log) = refused(identity, &format!("fingerprint = '{pinned}'")).await;
    assert_eq!(reason, "another certificate than the pinned one");
    assert!(log.contains(&seen), "{log}");
}

#[tokio::test]
async fn without_a_ca_or_a_fingerprint_only_the_systems_authorities_are_trusted() {
    let address = Server::new(Authority::new().issues("127.0.0.1"), X509_NONE)
        .serving(accepted)
        .await;
    let gateway = with(&address, "").await;
    let (code, reason) = closed(&mut gateway.connect().await).await;
    assert_eq!(code, 4502);
    // A machine may have no authorities at all.
    assert!(reason.contains("trusted"), "{reason}");
}

#[tokio::test]
async fn a_target_that_wants_a_certificate_of_its_client_is_told() {
    let authority = Authority::new();
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        // Some say so in TLS, and some, as QEMU, just close the connection after the handshake.
        for says_so in [true, false] {
            let mut roots = RootCertStore::empty();
            roots.add(authority.itself().certificate).unwrap();
            let provider = Arc::new(ring::default_provider());
            let clients = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider));
            let clients = if says_so {
                clients
            } else {
                clients.allow_unauthenticated()
            };
            let identity = authority.issues("127.0.0.1");
            let config = ServerConfig::builder_with_provider(provider)
                .with_protocol_versions(&[version])
                .unwrap()
                .with_client_cert_verifier(clients.build().unwrap())
                .with_single_cert(vec![identity.certificate], identity.key)
                .unwrap();
            let server = Server {
                acceptor: TlsAcceptor::from(Arc::new(config)),
                ..Server::new(authority.issues("127.0.0.1"), X509_NONE)
            };
            let address = server
                .serving(|mut stream, _| async move { stream.shutdown().await.unwrap() })
                .await;
            let gateway = gateway(&authority, &address, "").await;
            let end = closed(&mut gateway.connect().await).await;
            let expected =
                format!("vm {address} wants a certificate of its client, and the gateway has none");
            assert_eq!(end, (4502, expected));
        }
    }
}

// ---- targets that are none ---------------------------------------------------------------------------------

#[tokio::test]
async fn what_a_target_says_instead_is_told() {
    let authority = Authority::new();
    let ca = format!("ca = '{}'", authority.file().display());
    let to_subtypes = |list: &[u8]| [V3_8, &[1, 19, 0, 2, 0], list].concat();
    let user = "username = 'alice'\npassword = 'secret'\n";
    for (says, keys, expected) in [
        (b"".to_vec(), "", "closed the connection before its greeting"),
        (
            b"SSH-2.0-OpenSSH_9.2\r\n".to_vec(),
            "",
            "does not speak RFB: it sent \"SSH-2.0-Open\"",
        ),
        (
            b"RFB 003.003\n\0\0\0\x02".to_vec(),
            "",
            "speaks RFB 3.3, which has no VeNCrypt",
        ),
        (
            b"RFB 003.003\n\0\0\0\0\0\0\0\x1AToo many security failures".to_vec(),
            "",
            "turned the connection away: Too many security failures",
        ),
        (
            [V3_8, b"\0\0\0\0\x04busy"].concat(),
            "",
            "turned the connection away: busy",
        ),
        (
            [V3_8, b"\0\xFF\xFF\xFF\xFF", &[b'x'; 2000]].concat(),
            "",
            "turned the connection away: xxxx",
        ),
        (
            [V3_8, &[3, 1, 2, 77]].concat(),
            "",
            "offers no VeNCrypt, which vencrypt+tcp:// is for; it offers None, VNC Authentication, type 77",
        ),
        (
            [V3_8, &[1, 19, 0, 1]].concat(),
            "",
            "speaks VeNCrypt 0.1, and 0.2 is needed",
        ),
        ([V3_8, &[1, 19, 0, 2, 1]].concat(), "", "refused VeNCrypt 0.2"),
        (to_subtypes(&[0]), "", "offers VeNCrypt without any subtype"),
        (
            to_subtypes(&[3, 0, 0, 1, 1, 0, 0, 1, 2, 0, 0, 1, 3]),
            "",
            "offers none of VeNCrypt's X509None, X509Vnc and X509Plain, only TLSNone, TLSVnc, TLSPlain",
        ),
        (
            to_subtypes(&[2, 0, 0, 0, 2, 0, 0, 1, 7]),
            "",
            "offers none of VeNCrypt's X509None, X509Vnc and X509Plain, only VNC Authentication, subtype 263",
        ),
        (
            to_subtypes(&[1, 0, 0, 1, 5]),
            user,
            "offers no X509Plain for the configured username, only X509Vnc",
        ),
        (
            to_subtypes(&[1, 0, 0, 1, 6]),
            "password = 'secret'\n",
            "offers no X509Vnc for the configured password, only X509Plain",
        ),
        (
            to_subtypes(&[255, 0, 0, 1, 4]),
            "",
            "closed the connection before its list of VeNCrypt's subtypes",
        ),
        (
            to_subtypes(&[1, 0, 0, 1, 4, 0]),
            "",
            "offers X509None and then refuses to begin it",
        ),
        (
            to_subtypes(&[1, 0, 0, 1, 4, 1]),
            "",
            "closed the connection in the TLS handshake",
        ),
        (
            [&to_subtypes(&[1, 0, 0, 1, 4, 1])[..], b"\0\0\0\0 is no TLS"].concat(),
            "",
            "does not speak TLS where VeNCrypt wants it",
        ),
    ] {
        let address = peer(move |mut stream| {
            let says = says.clone();
            async move {
                stream.write_all(&says).await.unwrap();
                stream.shutdown().await.unwrap();
                // It would be reset if something were left unread.
                let _ = stream.read_to_end(&mut Vec::new()).await;
            }
        })
        .await;
        let gateway = with(&address, &format!("{ca}\n{keys}")).await;
        let (code, reason) = closed(&mut gateway.connect().await).await;
        assert_eq!(code, 4502);
        let whole = format!("vm {address} {expected}");
        let beginning = &whole[..whole.len().min(123)];
        assert!(reason.starts_with(beginning), "{reason:?} is not {whole:?}");
    }
}

#[tokio::test]
async fn a_target_that_stops_in_the_middle_of_the_handshake_is_given_up() {
    let says = [V3_8, &[1, 19, 0, 2, 0, 1, 0, 0, 1, 4, 1]].concat();
    for length in [0, 5, 12, 14, 16, 17, 20, says.len()] {
        let says = says[..length].to_vec();
        let address = peer(move |mut stream| {
            let says = says.clone();
            async move {
                stream.write_all(&says).await.unwrap();
                let _ = stream.read_to_end(&mut Vec::new()).await;
            }
        })
        .await;
        let mut config =
            Config::parse(&format!("[sessions.vm]\ntarget = 'vencrypt+tcp://{address}'\n")).unwrap();
        config.timeouts.connect = std::time::Duration::from_millis(200);
        let gateway = Gateway::start(config).await;
        assert_eq!(closed(&mut gateway.connect().await).await.0, 4504);
    }
}
