//! The way to a host: its name, a connection, TLS.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use porthole_doctor::{Answer, Reached, Tls};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout, timeout_at};
use tokio_rustls::TlsConnector;

use super::request;
use super::url::Url;
use crate::bridge::Way;
use crate::http_client;
use crate::vencrypt;
use crate::vencrypt::tls::{certificate, tls_error};

/// A way that is open.
pub(super) type Stream = Box<dyn Way>;

/// Connects to the first of a name's addresses that answers.
pub(super) async fn tcp(authority: &str, within: Duration) -> (Reached, Option<TcpStream>) {
    let end = Instant::now() + within;
    let addresses: Vec<SocketAddr> = match timeout_at(end, tokio::net::lookup_host(authority)).await {
        Ok(Ok(addresses)) => addresses.collect(),
        _ => Vec::new(),
    };
    let mut last = Reached::NoName;
    for address in addresses {
        last = match timeout_at(end, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => return (Reached::Yes(address.to_string()), Some(stream)),
            Ok(Err(error)) => failed(&error),
            Err(_) => Reached::Silent,
        };
    }
    (last, None)
}

/// Why there is no connection.
pub(super) fn failed(error: &io::Error) -> Reached {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => Reached::Refused("the connection is refused".to_owned()),
        io::ErrorKind::NotFound => Reached::Refused("there is no such socket".to_owned()),
        // A unix socket has nobody wait longer than there is room.
        io::ErrorKind::WouldBlock => Reached::Full,
        _ => Reached::Unreachable(error.to_string()),
    }
}

/// Goes through TLS's handshake. Where that fails, another connection shows whether plain HTTP is spoken there.
pub(super) async fn tls(stream: TcpStream, url: &Url, within: Duration) -> (Tls, Option<Stream>) {
    let config = match http_client::tls_config() {
        Ok(config) => Arc::new(config),
        Err(error) => return (Tls::Failed(error.to_string()), None),
    };
    let Some(name) = vencrypt::server_name(&url.host) else {
        let why = format!("{} is no name that a certificate can be for", url.host);
        return (Tls::Failed(why), None);
    };
    let connected = timeout(within, TlsConnector::from(config).connect(name, stream)).await;
    let why = match connected {
        Ok(Ok(stream)) => return (Tls::Done, Some(Box::new(stream))),
        Ok(Err(error)) => match tls_error(&error) {
            Some(rustls::Error::InvalidCertificate(error)) => {
                return (Tls::Untrusted(certificate(error)), None);
            }
            _ => error.to_string(),
        },
        Err(_) => "the handshake is not answered in time".to_owned(),
    };
    if let (_, Some(stream)) = tcp(&url.authority(), within).await {
        let mut stream: Stream = Box::new(stream);
        if let (Answer::Http(_), _) = request::ask(&mut stream, &url.plain_request(), within).await {
            return (Tls::Plain, None);
        }
    }
    (Tls::Failed(why), None)
}
