//! The site inside the binary, and how it is served.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};

/// One file of the site.
pub(crate) struct File {
    name: &'static str,
    /// The content's hash.
    etag: &'static str,
    plain: &'static [u8],
    brotli: &'static [u8],
    gzip: &'static [u8],
}

include!(concat!(env!("OUT_DIR"), "/site.rs"));

/// The file of that name.
pub(crate) fn file(name: &str) -> Option<&'static File> {
    FILES.iter().find(|file| file.name == name)
}

/// The policy that the page runs under. It needs nothing but its own origin, one inline script, whose hash is
/// fixed, and one Trusted Types policy.
pub(crate) fn content_security_policy(frame_ancestors: &str) -> String {
    let script = if SCRIPT_HASH.is_empty() {
        String::new()
    } else {
        format!(" 'sha256-{SCRIPT_HASH}'")
    };
    format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'{script}; style-src 'self'; img-src 'self' blob:; \
         connect-src 'self'; worker-src 'self'; base-uri 'self'; form-action 'none'; \
         frame-ancestors {frame_ancestors}; require-trusted-types-for 'script'; trusted-types porthole"
    )
}

/// The same for a page that has pages of its own origin in frames.
pub(crate) fn with_frames(policy: &str) -> String {
    format!("{policy}; frame-src 'self'")
}

/// Answers a request for a file, compressed as the browser likes, or with nothing if it has it.
pub(crate) fn respond(file: &'static File, request: &HeaderMap, policy: &HeaderValue) -> Response<Body> {
    let (encoding, content) = file.preferred(request);
    let mut response = Response::new(Body::empty());
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, policy.clone());
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static(file.cache_control()),
    );
    let etag = format!("\"{}-{}\"", file.etag, encoding.unwrap_or("plain"));
    let is_known = request
        .get(header::IF_NONE_MATCH)
        .is_some_and(|known| known.as_bytes() == etag.as_bytes());
    if let Ok(etag) = HeaderValue::try_from(etag) {
        headers.insert(header::ETAG, etag);
    }
    if is_known {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        return response;
    }
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(file.media_type()));
    if let Some(encoding) = encoding {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    *response.body_mut() = Body::from(content);
    response
}

impl File {
    /// The best of what the browser takes, and its content coding.
    fn preferred(&self, request: &HeaderMap) -> (Option<&'static str>, &'static [u8]) {
        if accepts(request, "br") {
            (Some("br"), self.brotli)
        } else if accepts(request, "gzip") {
            (Some("gzip"), self.gzip)
        } else {
            (None, self.plain)
        }
    }

    /// A name with the hash of its content is for ever; another one is asked for anew each time.
    fn cache_control(&self) -> &'static str {
        let stem = self.name.rsplit_once('.').map_or(self.name, |(stem, _)| stem);
        let hash = stem.rsplit_once('-').map_or("", |(_, hash)| hash);
        if hash.len() == 16 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            "public, max-age=31536000, immutable"
        } else {
            "no-cache"
        }
    }

    fn media_type(&self) -> &'static str {
        match self.name.rsplit_once('.').map_or("", |(_, extension)| extension) {
            "html" => "text/html; charset=utf-8",
            "js" => "text/javascript; charset=utf-8",
            "css" => "text/css; charset=utf-8",
            "wasm" => "application/wasm",
            "svg" => "image/svg+xml",
            "png" => "image/png",
            "json" | "webmanifest" => "application/json",
            _ => "application/octet-stream",
        }
    }
}

/// Whether `Accept-Encoding` has a coding and does not rule it out.
fn accepts(request: &HeaderMap, coding: &str) -> bool {
    let values = request
        .get_all(header::ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|item| {
        let (name, parameters) = item.split_once(';').unwrap_or((item, ""));
        let weight = parameters
            .trim()
            .strip_prefix("q=")
            .map_or(Some(1.0), |q| q.trim().parse().ok());
        name.trim().eq_ignore_ascii_case(coding) && weight.is_some_and(|weight: f32| weight > 0.0)
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn named(name: &'static str) -> File {
        File {
            name,
            etag: "x",
            plain: b"plain",
            brotli: b"b",
            gzip: b"g",
        }
    }

    fn headers(name: header::HeaderName, value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_static(value))])
    }

    #[test]
    fn the_best_coding_that_is_accepted_is_sent() {
        let file = named("a.js");
        for (accepted, content) in [
            ("gzip, deflate, br", &b"b"[..]),
            ("GZIP;q=0.5", b"g"),
            ("br;q=0, gzip", b"g"),
            ("identity", b"plain"),
            ("br;q=x", b"plain"),
        ] {
            assert_eq!(
                file.preferred(&headers(header::ACCEPT_ENCODING, accepted)).1,
                content,
                "{accepted}"
            );
        }
        assert_eq!(file.preferred(&HeaderMap::new()), (None, &b"plain"[..]));
    }

    #[test]
    fn only_names_with_a_hash_are_kept_for_ever() {
        assert!(
            named("worker-0123456789abcdef.js")
                .cache_control()
                .contains("immutable")
        );
        for name in ["index.html", "a-b.js", "worker-0123456789abcdeg.js"] {
            assert_eq!(named(name).cache_control(), "no-cache", "{name}");
        }
    }

    #[test]
    fn what_a_browser_has_is_not_sent_again() {
        static FILE: File = File {
            name: "a.js",
            etag: "x",
            plain: b"p",
            brotli: b"b",
            gzip: b"g",
        };
        let policy = HeaderValue::from_static("default-src 'none'");
        let response = respond(&FILE, &HeaderMap::new(), &policy);
        let etag = response.headers()[header::ETAG].clone();
        assert_eq!(response.status(), StatusCode::OK);
        let known = HeaderMap::from_iter([(header::IF_NONE_MATCH, etag)]);
        assert_eq!(respond(&FILE, &known, &policy).status(), StatusCode::NOT_MODIFIED);
    }
}
