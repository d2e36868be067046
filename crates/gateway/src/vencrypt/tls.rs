//! TLS with a target: which certificates are trusted, and what went wrong in words.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, OnceLock};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{ResolvesClientCert, Resumption, WebPkiServerVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::sign::CertifiedKey;
use rustls::{
    AlertDescription, CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore,
    SignatureScheme,
};
use time::OffsetDateTime;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::target::Failure;
use super::{Fingerprint, Trust, Vencrypt};

/// The most names of a certificate that an error lists.
const MOST_NAMES: usize = 3;

/// Goes through the handshake with a target. What it wanted of its client besides may explain what comes then.
pub(super) async fn connect<S>(
    stream: S,
    target: &Vencrypt,
) -> Result<(TlsStream<S>, Arc<ClientCertificate>), Failure>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let provider = Arc::new(ring::default_provider());
    let verifier = Arc::new(Verifier::new(&target.trust, &provider)?);
    let client_certificate = Arc::new(ClientCertificate::default());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| Failure::new(format!("cannot be spoken to in TLS: {error}")))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::clone(&verifier) as Arc<dyn ServerCertVerifier>)
        .with_client_cert_resolver(Arc::clone(&client_certificate) as Arc<dyn ResolvesClientCert>);
    // Each connection has a configuration of its own, so there is nothing to be resumed.
    config.resumption = Resumption::disabled();
    let connected = TlsConnector::from(Arc::new(config))
        .connect(target.server_name.clone(), stream)
        .await;
    match connected {
        Ok(stream) => Ok((stream, client_certificate)),
        Err(error) => Err(match (tls_error(&error), verifier.seen.get()) {
            (Some(error @ Error::InvalidCertificate(_)), Some(seen)) => {
                failure(error).with_detail(format!("the fingerprint of its certificate is {seen}"))
            }
            (Some(error), _) => client_certificate.explain(failure(error)),
            (None, _) if error.kind() == io::ErrorKind::UnexpectedEof => {
                client_certificate.explain(Failure::ended("closed the connection in the TLS handshake"))
            }
            (None, _) => Failure::ended(format!("broke the connection in the TLS handshake: {error}")),
        }),
    }
}

/// The error of TLS's that stands behind one of a stream's, if it is one.
pub(crate) fn tls_error(error: &io::Error) -> Option<&Error> {
    error.get_ref()?.downcast_ref()
}

/// What went wrong, be it in the handshake or when something was read after it.
pub(super) fn failure(error: &Error) -> Failure {
    let reason = match error {
        Error::InvalidCertificate(error) => certificate(error),
        Error::AlertReceived(
            AlertDescription::HandshakeFailure
            | AlertDescription::ProtocolVersion
            | AlertDescription::InsufficientSecurity,
        )
        | Error::PeerIncompatible(_) => {
            "has no way of TLS in common with the gateway, which has 1.3, and 1.2 with ECDHE".to_owned()
        }
        Error::InvalidMessage(_) => "does not speak TLS where VeNCrypt wants it".to_owned(),
        _ => return Failure::ended(format!("failed at TLS: {error}")),
    };
    Failure::ended(reason).with_detail(error.to_string())
}

/// What is wrong with a certificate: words that follow upon the server's name.
pub(crate) fn certificate(error: &CertificateError) -> String {
    let date = |time: &UnixTime| {
        i64::try_from(time.as_secs())
            .ok()
            .and_then(|seconds| OffsetDateTime::from_unix_timestamp(seconds).ok())
            .map_or_else(String::new, |time| format!(" on {}", time.date()))
    };
    match error {
        CertificateError::UnknownIssuer => {
            "has a certificate that is not trusted: its issuer is unknown".to_owned()
        }
        CertificateError::BadSignature => {
            "has a certificate that is not trusted: it bears a wrong signature".to_owned()
        }
        CertificateError::ExpiredContext { not_after, .. } => {
            format!("has a certificate that expired{}", date(not_after))
        }
        CertificateError::NotValidYetContext { not_before, .. } => {
            format!("has a certificate that only becomes valid{}", date(not_before))
        }
        CertificateError::NotValidForNameContext { expected, presented } => {
            let expected = expected.to_str();
            if presented.is_empty() {
                return format!("has a certificate for no name, not for {expected}");
            }
            let names: Vec<&str> = presented
                .iter()
                .take(MOST_NAMES)
                .map(|it| bare_name(it))
                .collect();
            format!("has a certificate for {}, not for {expected}", names.join(", "))
        }
        CertificateError::ApplicationVerificationFailure => {
            "has another certificate than the pinned one".to_owned()
        }
        // What `openssl req -x509` makes where it is told nothing.
        CertificateError::Other(error)
            if matches!(error.0.downcast_ref(), Some(webpki::Error::CaUsedAsEndEntity)) =>
        {
            "has a certificate that is an authority's own, which only a fingerprint can trust".to_owned()
        }
        // What `openssl x509 -req` makes where it is told nothing.
        CertificateError::Other(error)
            if matches!(
                error.0.downcast_ref(),
                Some(webpki::Error::UnsupportedCertVersion)
            ) =>
        {
            "has a certificate of X.509 version 1, and version 3 is needed".to_owned()
        }
        _ => format!("has a certificate that is not trusted: {error}"),
    }
}

/// The name in `DnsName("vm.example")`, which is how names that a certificate has are told.
fn bare_name(shown: &str) -> &str {
    shown
        .split_once('(')
        .and_then(|(_, rest)| rest.strip_suffix(')'))
        .unwrap_or(shown)
        .trim_matches('"')
}

/// The certificate that the gateway, as a client, has not; and whether it was asked for.
#[derive(Debug, Default)]
pub(super) struct ClientCertificate {
    asked: AtomicBool,
}

impl ClientCertificate {
    /// Most targets that insist on one just close the connection.
    pub(super) fn explain(&self, failure: Failure) -> Failure {
        if failure.is_end && self.asked.load(Relaxed) {
            Failure::ended("wants a certificate of its client, and the gateway has none")
                .with_detail(format!("it {}", failure.reason))
        } else {
            failure
        }
    }
}

impl ResolvesClientCert for ClientCertificate {
    fn resolve(&self, _issuers: &[&[u8]], _schemes: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.asked.store(true, Relaxed);
        None
    }

    fn has_certs(&self) -> bool {
        false
    }
}

/// Checks a target's certificate, and remembers which it was.
#[derive(Debug)]
struct Verifier {
    check: Check,
    provider: Arc<CryptoProvider>,
    seen: OnceLock<Fingerprint>,
}

#[derive(Debug)]
enum Check {
    Chain(Arc<WebPkiServerVerifier>),
    Pinned(Fingerprint),
}

impl Verifier {
    fn new(trust: &Trust, provider: &Arc<CryptoProvider>) -> Result<Self, Failure> {
        let check = match trust {
            Trust::Pinned(fingerprint) => Check::Pinned(*fingerprint),
            Trust::Authorities(authorities) => chain(authorities.clone(), provider)?,
            Trust::System => chain(rustls_native_certs::load_native_certs().certs, provider)?,
        };
        Ok(Self {
            check,
            provider: Arc::clone(provider),
            seen: OnceLock::new(),
        })
    }
}

fn chain(
    authorities: Vec<CertificateDer<'static>>,
    provider: &Arc<CryptoProvider>,
) -> Result<Check, Failure> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(authorities);
    WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider))
        .build()
        .map(Check::Chain)
        .map_err(|_| Failure::new("cannot be trusted: the gateway's system knows no authorities"))
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let seen = self.seen.get_or_init(|| Fingerprint::of(end_entity));
        match &self.check {
            Check::Chain(chain) => {
                chain.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
            }
            Check::Pinned(pinned) if pinned == seen => Ok(ServerCertVerified::assertion()),
            Check::Pinned(_) => Err(CertificateError::ApplicationVerificationFailure.into()),
        }
    }

    // That the target has the certificate's key is checked however the certificate came to be trusted.

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signed, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use rustls::{OtherError, PeerIncompatible};

    use super::*;

    #[test]
    fn what_goes_wrong_has_words_and_the_rest_is_for_the_log() {
        let other = |error| Error::InvalidCertificate(CertificateError::Other(OtherError(Arc::new(error))));
        let nothing_in_common =
            "has no way of TLS in common with the gateway, which has 1.3, and 1.2 with ECDHE";
        for (error, expected) in [
            (
                Error::AlertReceived(AlertDescription::HandshakeFailure),
                nothing_in_common,
            ),
            (
                PeerIncompatible::ServerDoesNotSupportTls12Or13.into(),
                nothing_in_common,
            ),
            (
                other(webpki::Error::CaUsedAsEndEntity),
                "has a certificate that is an authority's own, which only a fingerprint can trust",
            ),
            (
                other(webpki::Error::UnsupportedCertVersion),
                "has a certificate of X.509 version 1, and version 3 is needed",
            ),
        ] {
            let failure = failure(&error);
            assert_eq!(failure.reason, expected);
            assert_eq!(failure.detail, Some(error.to_string()));
        }
    }
}
