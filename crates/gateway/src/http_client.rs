//! Asks other servers by HTTP: a controller, who may in, the next hop.

use std::error::Error;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Request, Response, StatusCode, Uri};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};
use tokio::time::timeout;

/// A client that keeps connections for the next request.
#[derive(Debug, Clone)]
pub(crate) struct HttpClient {
    inner: Client<HttpsConnector<HttpConnector>, Body>,
}

/// A whole answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// How long an address may take to take a connection.
const CONNECT_WITHIN: Duration = Duration::from_secs(5);

/// How long a connection that nobody uses is kept.
const KEEP: Duration = Duration::from_secs(30);

impl HttpClient {
    /// One that trusts the system's authorities.
    ///
    /// # Errors
    /// Where TLS cannot be set up.
    pub(crate) fn new() -> anyhow::Result<Self> {
        let tls = tls_config()?;
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_keepalive(Some(KEEP));
        tcp.set_connect_timeout(Some(CONNECT_WITHIN));
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls)
            .https_or_http()
            .enable_http1()
            .wrap_connector(tcp);
        let inner = Client::builder(TokioExecutor::new())
            .pool_idle_timeout(KEEP)
            .pool_timer(TokioTimer::new())
            .build(connector);
        Ok(Self { inner })
    }

    /// Sends a request and waits for the answer's head.
    ///
    /// # Errors
    /// What went wrong, in words that follow upon the server's name.
    pub(crate) async fn send(&self, request: Request<Body>) -> Result<Response<Incoming>, String> {
        self.inner.request(request).await.map_err(|error| words(&error))
    }

    /// Asks for a document of at most so many bytes, within that time.
    ///
    /// # Errors
    /// What went wrong, in words that follow upon the server's name.
    pub(crate) async fn get(
        &self,
        uri: Uri,
        headers: HeaderMap,
        within: Duration,
        most: usize,
    ) -> Result<Answer, String> {
        let mut request = Request::new(Body::empty());
        *request.uri_mut() = uri;
        *request.headers_mut() = headers;
        let asked = async {
            let (head, body) = self.send(request).await?.into_parts();
            let body = Limited::new(body, most).collect().await.map_err(|error| {
                if error.is::<LengthLimitError>() {
                    format!("answered with more than {most} bytes")
                } else {
                    format!("broke off in its answer: {error}")
                }
            })?;
            Ok(Answer {
                status: head.status,
                headers: head.headers,
                body: body.to_bytes(),
            })
        };
        timeout(within, asked)
            .await
            .unwrap_or_else(|_| Err(format!("did not answer within {} s", within.as_secs_f32())))
    }
}

/// The address of a server to ask. A user and a password in it would be in what callers are told, and in no request.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn address(text: &str) -> anyhow::Result<Uri> {
    let is_none = || format!("{text:?} is no http:// or https:// address");
    let uri: Uri = text.parse().with_context(is_none)?;
    if uri.authority().is_some_and(|it| it.as_str().contains('@')) {
        bail!("there may be no user and no password in it");
    }
    if !matches!(uri.scheme_str(), Some("http" | "https")) {
        bail!(is_none());
    }
    Ok(uri)
}

/// TLS with servers whose certificates come from the system's authorities.
///
/// # Errors
/// Where TLS cannot be set up.
pub(crate) fn tls_config() -> anyhow::Result<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    Ok(
        ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth(),
    )
}

/// What stands at the bottom of an error says the most.
fn words(error: &(dyn Error + 'static)) -> String {
    let mut deepest = error;
    loop {
        let inner = deepest
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref)
            .map(|error| error as &(dyn Error + 'static));
        match inner.or_else(|| deepest.source()) {
            Some(source) => deepest = source,
            None => break,
        }
    }
    match deepest.downcast_ref::<io::Error>().map(io::Error::kind) {
        Some(io::ErrorKind::ConnectionRefused) => "refused the connection".to_owned(),
        Some(io::ErrorKind::ConnectionReset) => "broke the connection".to_owned(),
        Some(_) => format!("could not be reached: {deepest}"),
        None => {
            let hyper = deepest.downcast_ref::<hyper::Error>();
            if hyper.is_some_and(hyper::Error::is_incomplete_message) {
                "closed the connection before it answered".to_owned()
            } else if hyper.is_some_and(|error| error.is_parse() || is_unasked(error)) {
                "does not speak HTTP".to_owned()
            } else {
                format!("could not be asked: {deepest}")
            }
        }
    }
}

/// Whether the server has spoken before it was asked, as one of VNC does: the request may come just before that or just after.
/// The error has no other mark than its words.
fn is_unasked(error: &hyper::Error) -> bool {
    error.to_string() == "received unexpected message from connection"
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use hyper_util::rt::TokioIo;
    use tokio::io::AsyncWriteExt;

    use super::*;

    #[tokio::test]
    async fn a_server_that_speaks_before_it_is_asked_does_not_speak_http() {
        let (ours, mut theirs) = tokio::io::duplex(64);
        theirs.write_all(b"RFB 003.008\n").await.unwrap();
        let handshake = hyper::client::conn::http1::handshake::<_, Body>(TokioIo::new(ours));
        let (_requests, connection) = handshake.await.unwrap();
        assert_eq!(words(&connection.await.unwrap_err()), "does not speak HTTP");
    }
}
