//! A request, as far as it matters who asks for what.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, FromRequestParts, OriginalUri};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, Uri};

use super::Gateway;
use crate::access::{self, Caller, Denied, Request};

/// The address of a hop, which some proxies write with its port.
fn address(hop: &str) -> Option<IpAddr> {
    let with_port = || hop.parse().map(|address: SocketAddr| address.ip());
    hop.parse().or_else(|_| with_port()).ok()
}

/// A request's head, and whose it is.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) method: Method,
    pub(super) uri: Uri,
    pub(super) headers: HeaderMap,
    /// Whose connection it came by.
    pub(super) peer: IpAddr,
    /// Whether that is TLS.
    pub(super) is_tls: bool,
}

impl FromRequestParts<Arc<Gateway>> for Asked {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, gateway: &Arc<Gateway>) -> Result<Self, Infallible> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let uri = parts.extensions.get::<OriginalUri>().map(|it| it.0.clone());
        Ok(Self {
            method: parts.method.clone(),
            uri: uri.unwrap_or_else(|| parts.uri.clone()),
            headers: parts.headers.clone(),
            // Every connection has a peer.
            peer: peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |it| it.0.ip().to_canonical()),
            is_tls: gateway.config.tls.is_some(),
        })
    }
}

impl Asked {
    pub(super) fn request<'a>(&'a self, session: Option<&'a str>) -> Request<'a> {
        Request {
            method: &self.method,
            uri: &self.uri,
            headers: &self.headers,
            peer: self.peer,
            is_tls: self.is_tls,
            session,
        }
    }

    /// The address of whoever asks, as far as proxies on the way can be believed: the last one in their list that is
    /// none of theirs.
    pub(super) fn client(&self, gateway: &Gateway) -> IpAddr {
        let mut client = self.peer;
        let lists = self.headers.get_all("x-forwarded-for").iter().rev();
        let hops = lists
            .filter_map(|value| value.to_str().ok())
            .flat_map(|list| list.rsplit(','));
        for hop in hops {
            if !gateway.config.trusts(&client) {
                break;
            }
            match address(hop.trim()) {
                Some(address) => client = address.to_canonical(),
                None => break,
            }
        }
        client
    }

    /// Who asks, if that one may have this session, or all of them.
    pub(super) async fn admitted(&self, gateway: &Gateway, session: Option<&str>) -> Result<Caller, Denied> {
        let admitted = gateway.access.admit(self.request(session)).await;
        if let Err(denied) = &admitted {
            gateway.refuse("access", session.unwrap_or_default(), &denied.reason);
        }
        admitted
    }

    /// What follows `websock` in the path below so many of its segments; none where that is not what is asked for.
    /// Nothing of it is decoded, since it is to go on as it came.
    pub(super) fn after_websock(&self, segments: usize) -> Option<&str> {
        let below = self.uri.path().splitn(segments + 2, '/').nth(segments + 1)?;
        ["websockify", "websock"]
            .iter()
            .find_map(|name| below.strip_prefix(name))
    }

    /// What a target's address gets of this one: path and query behind `websock`. None where it could climb out of the
    /// target's path.
    pub(super) fn suffix(&self, gateway: &Gateway, path: &str) -> Option<String> {
        let is_dots = |segment: &str| {
            matches!(
                segment.to_ascii_lowercase().replace("%2e", ".").as_str(),
                "." | ".."
            )
        };
        if path.split('/').any(is_dots) {
            return None;
        }
        let query = self.uri.query().unwrap_or_default();
        let query = match gateway.config.tokens {
            Some(_) => access::without_token(query),
            None => query.to_owned(),
        };
        let mark = if query.is_empty() { "" } else { "?" };
        Some(format!("{path}{mark}{query}"))
    }
}
