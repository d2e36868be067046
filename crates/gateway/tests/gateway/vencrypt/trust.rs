//! Which certificates are trusted, and what is said of the others.

use std::sync::Arc;

use porthole_gateway::vencrypt::Fingerprint;
use rustls::crypto::ring;
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use tokio::io::AsyncWriteExt;
use tokio_rustls::TlsAcceptor;

use super::{Server, Viewer, X509_NONE, accepted, gateway, with};
use crate::certificates::{Authority, Identity};
use crate::support::{Log, closed};

/// Tries a target with this certificate and these keys in the configuration: how that ends, and its line in the log.
async fn refused(identity: Identity, keys: &str) -> (String, String) {
    let log = Log::here();
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
