//! Which pages may open a WebSocket.

use axum::http::{HeaderMap, header};

/// Why a page may not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "a page of the origin {origin} may not connect here: this host is {host}. Add the origin to allowed_origins, or have \
     the proxy in front send X-Forwarded-Host"
)]
pub struct Refused {
    origin: String,
    host: String,
}

/// Checks `Origin` against the host that was asked for, so that no page of another site can use a person's
/// browser to reach a desktop. What sends no `Origin` is no browser.
///
/// # Errors
/// Where the origin is another one and is not among those allowed.
pub fn check(headers: &HeaderMap, allowed: &[String]) -> Result<(), Refused> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let Some(origin) = text("origin") else {
        return Ok(());
    };
    let host = text(header::HOST.as_str()).unwrap_or_default();
    // A proxy may list one value for each hop; the first is what the browser asked for.
    let first = |name| text(name).and_then(|it| it.split(',').next()).map(str::trim);
    let forwarded = first("x-forwarded-host");
    // nginx's $host, for one, has no port.
    let with_port = match (forwarded, first("x-forwarded-port")) {
        (Some(host), Some(port)) => Some(format!("{host}:{port}")),
        _ => None,
    };
    let own = [Some(host), forwarded, with_port.as_deref()];
    let origin_host = origin.split_once("://").map(|(_, host)| host);
    let is_own = origin_host.is_some_and(|it| {
        own.into_iter()
            .flatten()
            .any(|host| it.eq_ignore_ascii_case(host))
    });
    if is_own
        || allowed
            .iter()
            .any(|it| it.trim_end_matches('/').eq_ignore_ascii_case(origin))
    {
        return Ok(());
    }
    Err(Refused {
        origin: origin.to_owned(),
        host: host.to_owned(),
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn checked(headers: &[(&'static str, &'static str)], allowed: &[&str]) -> Result<(), Refused> {
        let headers = headers
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect();
        let allowed: Vec<String> = allowed.iter().map(ToString::to_string).collect();
        check(&headers, &allowed)
    }

    #[test]
    fn the_own_origin_and_those_allowed_may_connect() {
        assert_eq!(checked(&[("host", "vm.example:6080")], &[]), Ok(()));
        assert_eq!(checked(&[("host", "a:1"), ("origin", "http://a:1")], &[]), Ok(()));
        let proxied = [
            ("host", "backend:4000"),
            ("origin", "https://a"),
            ("x-forwarded-host", "a, b"),
        ];
        assert_eq!(checked(&proxied, &[]), Ok(()));
        let with_port = [
            ("host", "backend:4000"),
            ("origin", "https://a:8443"),
            ("x-forwarded-host", "A"),
            ("x-forwarded-port", "8443"),
        ];
        assert_eq!(checked(&with_port, &[]), Ok(()));
        assert_eq!(
            checked(&[("host", "b"), ("origin", "https://a")], &["https://a/"]),
            Ok(())
        );
    }

    #[test]
    fn any_other_is_refused_by_name() {
        for origin in ["https://evil.example", "null", "https://a:2"] {
            let error = checked(&[("host", "a"), ("origin", origin)], &[])
                .unwrap_err()
                .to_string();
            assert!(
                error.contains(origin) && error.contains("allowed_origins"),
                "{error}"
            );
        }
    }
}
