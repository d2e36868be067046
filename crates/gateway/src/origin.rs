//! Which pages may open a WebSocket, and which may embed the viewer's.

use anyhow::{Context, Result, bail};
use axum::http::{HeaderMap, header};

/// Why a page may not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "a page of the origin {origin} may not connect here: this host is {host}{}. Add the origin to allowed_origins, or have \
     the proxy in front say in X-Forwarded-Host what the browser asked for", and_says(.forwarded.as_deref())
)]
pub struct Refused {
    origin: String,
    host: String,
    /// What a proxy says that the browser asked for.
    forwarded: Option<String>,
}

fn and_says(forwarded: Option<&str>) -> String {
    forwarded.map_or_else(String::new, |host| format!(", and X-Forwarded-Host says {host}"))
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
        forwarded: forwarded.map(str::to_owned),
    })
}

/// An origin as browsers write it: in lower case, without the port that its scheme has anyway, and without a slash at its
/// end. None where it is none.
fn read(text: &str) -> Option<String> {
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

/// The origins of a configuration. One that is written as no browser does would never be one that asks.
pub(crate) fn read_all(origins: &[String]) -> Result<Vec<String>> {
    let read = |text: &String| {
        read(text).with_context(|| {
            format!("{text:?} is no origin, such as https://dashboard.example or http://localhost:3000")
        })
    };
    origins.iter().map(read).collect()
}

/// A configuration's list for the policy's `frame-ancestors`. It becomes part of a header: it may neither end the
/// directive nor the header.
pub(crate) fn frame_ancestors(list: String) -> Result<String> {
    let may_be_in_it = |byte: u8| (0x20..0x7F).contains(&byte) && byte != b';' && byte != b',';
    if list.is_empty() || !list.bytes().all(may_be_in_it) {
        bail!("{list:?} is no list of origins");
    }
    Ok(list)
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
    fn a_list_of_ancestors_ends_neither_its_directive_nor_its_header() {
        for list in ["'none'", "'self' https://dashboard.example https://*.example:*"] {
            assert_eq!(frame_ancestors(list.into()).unwrap(), list);
        }
        for list in [
            "",
            "* ; script-src *",
            "https://a, https://b",
            "*\r\nX: y",
            "https://\u{e9}",
        ] {
            assert!(frame_ancestors(list.into()).is_err(), "{list:?}");
        }
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
            assert!(!error.contains("says"), "{error}");
        }
        let proxied = [
            ("host", "backend:4000"),
            ("origin", "https://a"),
            ("x-forwarded-host", "b, c"),
        ];
        let error = checked(&proxied, &[]).unwrap_err().to_string();
        let said = "this host is backend:4000, and X-Forwarded-Host says b.";
        assert!(error.contains(said), "{error}");
    }
}
