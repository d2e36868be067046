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
/// browser to reach a desktop. What sends no `Origin` is no browser. Those allowed are written as browsers do.
///
/// # Errors
/// Where the origin is another one and is not among those allowed.
pub fn check(headers: &HeaderMap, allowed: &[String]) -> Result<(), Refused> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let Some(origin) = headers.get(header::ORIGIN) else {
        return Ok(());
    };
    let said = String::from_utf8_lossy(origin.as_bytes());
    let origin = read(&said);
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
    let may = origin.is_some_and(|origin| {
        let scheme = origin.split_once("://").map(|(scheme, _)| scheme);
        let own_origin = |host: &str| read(&format!("{}://{host}", scheme?));
        let mut own = own.into_iter().flatten().filter_map(own_origin);
        own.any(|it| it == origin) || allowed.contains(&origin)
    });
    if may {
        return Ok(());
    }
    Err(Refused {
        origin: said.into_owned(),
        host: host.to_owned(),
    })
}

/// An origin as browsers write it: in lower case, without the port that its scheme has anyway, and without a slash at its
/// end. None where it is none.
pub(crate) fn read(text: &str) -> Option<String> {
    // That of a page in a sandbox.
    if text == "null" {
        return Some(text.to_owned());
    }
    let text = text.to_ascii_lowercase();
    let (scheme, host) = text.split_once("://")?;
    let port = match scheme {
        "http" => ":80",
        "https" => ":443",
        _ => "",
    };
    let host = host.strip_suffix('/').unwrap_or(host);
    let host = host.strip_suffix(port).unwrap_or(host);
    let is_one =
        !scheme.is_empty() && !host.is_empty() && !host.contains(['/', '?', '#', '@', '*', ',', ' ']);
    is_one.then(|| format!("{scheme}://{host}"))
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
        let allowed: Vec<String> = allowed.iter().map(|it| read(it).unwrap()).collect();
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
        for allowed in ["https://a/", "HTTPS://A", "https://a:443"] {
            assert_eq!(
                checked(&[("host", "b"), ("origin", "https://a")], &[allowed]),
                Ok(())
            );
        }
        assert_eq!(checked(&[("host", "b"), ("origin", "null")], &["null"]), Ok(()));
    }

    #[test]
    fn the_port_that_a_scheme_has_anyway_makes_no_other_origin() {
        for (origin, host) in [
            ("https://a", "a:443"),
            ("http://a", "a:80"),
            ("http://[::1]", "[::1]:80"),
        ] {
            assert_eq!(checked(&[("host", host), ("origin", origin)], &[]), Ok(()));
            let proxied = [("host", "b"), ("origin", origin), ("x-forwarded-host", host)];
            assert_eq!(checked(&proxied, &[]), Ok(()));
        }
        for (origin, host) in [
            ("https://a", "a:80"),
            ("http://a", "a:443"),
            ("http://a", "a:8080"),
        ] {
            assert!(checked(&[("host", host), ("origin", origin)], &[]).is_err());
        }
    }

    #[test]
    fn what_is_no_origin_is_not_read_as_one() {
        for text in [
            "",
            "a",
            "a.example:80",
            "*",
            "https://*.a",
            "https://a/b",
            "https://",
            "://a",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
        let header = HeaderMap::from_iter([(header::ORIGIN, "https://\u{e9}".parse().unwrap())]);
        assert!(check(&header, &[]).is_err());
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
