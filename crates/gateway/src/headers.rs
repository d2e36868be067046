//! Which headers go on to the next hop.

use std::net::IpAddr;

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

/// Those that are about one hop alone (RFC 9110, 7.6.1), and those that each hop makes anew.
const HOP_BY_HOP: [HeaderName; 14] = [
    header::CONNECTION,
    HeaderName::from_static("keep-alive"),
    header::PROXY_AUTHENTICATE,
    header::PROXY_AUTHORIZATION,
    HeaderName::from_static("proxy-connection"),
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
    header::HOST,
    header::SEC_WEBSOCKET_KEY,
    header::SEC_WEBSOCKET_VERSION,
    header::SEC_WEBSOCKET_EXTENSIONS,
    header::SEC_WEBSOCKET_PROTOCOL,
];

/// Those that a caller proves itself with.
pub(crate) const CREDENTIALS: [HeaderName; 2] = [header::AUTHORIZATION, header::COOKIE];

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// Those that are for whoever stands at the other end.
pub(crate) fn end_to_end(headers: &HeaderMap) -> HeaderMap {
    let of_this_hop: Vec<HeaderName> = headers
        .get_all(header::CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|name| name.trim().parse().ok())
        .collect();
    headers
        .iter()
        .filter(|(name, _)| !HOP_BY_HOP.contains(name) && !of_this_hop.contains(name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

/// What a caller proves itself with, and no more of its headers.
pub(crate) fn credentials(headers: &HeaderMap) -> HeaderMap {
    let given = |name: HeaderName| {
        headers
            .get_all(&name)
            .iter()
            .map(move |value| (name.clone(), value.clone()))
    };
    CREDENTIALS.into_iter().flat_map(given).collect()
}

/// Adds where a request came from, to what the hops before have said of it.
pub(crate) fn add_forwarded(onward: &mut HeaderMap, request: &HeaderMap, peer: IpAddr, is_tls: bool) {
    // Some proxies add a header of their own to the one that has come.
    let before = request.get_all(FORWARDED_FOR).iter();
    let by: String = before
        .filter_map(|value| value.to_str().ok())
        .map(|hop| format!("{hop}, "))
        .chain([peer.to_string()])
        .collect();
    if let Ok(by) = HeaderValue::try_from(by) {
        onward.insert(FORWARDED_FOR, by);
    }
    if let Some(host) = request.get(header::HOST)
        && !onward.contains_key(FORWARDED_HOST)
    {
        onward.insert(FORWARDED_HOST, host.clone());
    }
    if !onward.contains_key(FORWARDED_PROTO) {
        let scheme = if is_tls { "https" } else { "http" };
        onward.insert(FORWARDED_PROTO, HeaderValue::from_static(scheme));
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn headers(list: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in list {
            headers.append(*name, value.parse().unwrap());
        }
        headers
    }

    #[test]
    fn what_is_about_one_hop_stays_there() {
        let request = headers(&[
            ("host", "a"),
            ("connection", "Upgrade, X-Mine"),
            ("upgrade", "websocket"),
            ("sec-websocket-key", "k"),
            ("x-mine", "m"),
            ("cookie", "c"),
            ("user-agent", "u"),
        ]);
        assert_eq!(
            end_to_end(&request),
            headers(&[("cookie", "c"), ("user-agent", "u")])
        );
    }

    #[test]
    fn each_hop_adds_where_a_request_came_from() {
        let request = headers(&[
            ("host", "a:1"),
            ("x-forwarded-for", "192.0.2.1"),
            ("x-forwarded-for", "192.0.2.2"),
            ("x-forwarded-proto", "https"),
        ]);
        let mut onward = end_to_end(&request);
        add_forwarded(&mut onward, &request, "::1".parse().unwrap(), false);
        assert_eq!(
            onward,
            headers(&[
                ("x-forwarded-for", "192.0.2.1, 192.0.2.2, ::1"),
                ("x-forwarded-host", "a:1"),
                ("x-forwarded-proto", "https"),
            ])
        );
    }
}
