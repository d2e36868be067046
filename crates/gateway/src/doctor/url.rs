//! The addresses that are looked at.

use anyhow::{Context, Result, bail};
use axum::http::Uri;
use porthole_doctor::{Address, Head};

/// A page's or a WebSocket's address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Url {
    pub(super) is_tls: bool,
    is_page: bool,
    /// In brackets where it is an IPv6 address.
    pub(super) host: String,
    port: u16,
    /// Path and query.
    pub(super) path: String,
    /// What its host has given to be shown again, as `Cookie` has it.
    cookies: String,
}

impl Url {
    pub(super) fn parse(text: &str) -> Result<Self> {
        let text = text.split('#').next().unwrap_or_default();
        let uri: Uri = text.parse().with_context(|| format!("{text:?} is no address"))?;
        let (is_tls, is_page) = match uri.scheme_str() {
            Some("ws") => (false, false),
            Some("wss") => (true, false),
            Some("http") => (false, true),
            Some("https") => (true, true),
            _ => bail!("{text:?} is no http://, https://, ws:// or wss:// address"),
        };
        let host = uri.host().filter(|host| !host.is_empty());
        let has_user = uri.authority().is_some_and(|it| it.as_str().contains('@'));
        let host = host
            .filter(|_| !has_user)
            .with_context(|| format!("{text:?} has no host, or more than that"))?;
        let path = uri.path_and_query().map_or("/", |it| it.as_str());
        let slash = if path.starts_with('/') { "" } else { "/" };
        Ok(Self {
            is_tls,
            is_page,
            host: host.to_owned(),
            port: uri.port_u16().unwrap_or(if is_tls { 443 } else { 80 }),
            path: format!("{slash}{path}"),
            cookies: String::new(),
        })
    }

    pub(super) fn authority(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }

    /// As `Host` and `Origin` have it.
    fn short_authority(&self) -> String {
        match (self.is_tls, self.port) {
            (false, 80) | (true, 443) => self.host.clone(),
            _ => self.authority(),
        }
    }

    /// As it is named to a person: without its query, which may hold a token.
    pub(super) fn address(&self) -> Address {
        let scheme = match (self.is_page, self.is_tls) {
            (true, false) => "http",
            (true, true) => "https",
            (false, false) => "ws",
            (false, true) => "wss",
        };
        let (path, _) = self.split();
        Address {
            shown: format!("{scheme}://{}{path}", self.short_authority()),
            is_tls: self.is_tls,
            path: self.path.clone(),
            ..Address::default()
        }
    }

    fn split(&self) -> (&str, &str) {
        let at = self.path.find('?').unwrap_or(self.path.len());
        self.path.split_at(at)
    }

    /// Whether an http address is a WebSocket's all the same.
    pub(super) fn is_websock(&self) -> bool {
        let (path, _) = self.split();
        let mut segments = path.trim_end_matches('/').rsplit('/');
        segments.next().is_some_and(|last| last.starts_with("websock"))
    }

    /// The WebSocket beside a page, as the page finds it.
    pub(super) fn websock(&self) -> Self {
        let (path, query) = self.split();
        let folder = ["/debug", "/debug/", "/index.html", "/vnc.html", "/vnc_lite.html"]
            .iter()
            .find_map(|page| path.strip_suffix(page))
            .unwrap_or(path);
        let slash = if folder.ends_with('/') { "" } else { "/" };
        // At noVNC's names for its pages it has noVNC's name.
        let name = match path.rsplit('/').next() {
            Some("vnc.html" | "vnc_lite.html") => "websockify",
            _ => "websock",
        };
        // A page's settings are nobody else's, but its token is the gateway's.
        let token = query
            .trim_start_matches('?')
            .split('&')
            .find(|part| part.starts_with("access_token="));
        let query = token.map(|token| format!("?{token}")).unwrap_or_default();
        Self {
            is_page: false,
            path: format!("{folder}{slash}{name}{query}"),
            ..self.clone()
        }
    }

    /// The same with a slash more or less at the path's end.
    pub(super) fn respelled(&self) -> Self {
        let (path, query) = self.split();
        let path = match path.strip_suffix('/') {
            Some(shorter) if !shorter.is_empty() => format!("{shorter}{query}"),
            _ => format!("{path}/{query}"),
        };
        Self { path, ..self.clone() }
    }

    /// Where a redirection leads, if that is on the same host.
    pub(super) fn on_same_host(&self, location: &str) -> Option<Self> {
        let location = location.split('#').next().unwrap_or_default();
        let has_scheme = location
            .split(['/', '?'])
            .next()
            .is_some_and(|it| it.contains(':'));
        let path = if has_scheme {
            let other = Self::parse(location).ok()?;
            if (other.is_tls, other.authority()) != (self.is_tls, self.authority()) {
                return None;
            }
            other.path
        } else if location.starts_with("//") {
            return None;
        } else if location.starts_with('/') {
            location.to_owned()
        } else {
            self.below_folder(location)
        };
        Some(Self { path, ..self.clone() })
    }

    /// A relative path from here (RFC 3986, 5.2), such as that of the gateway's page once it has a token.
    fn below_folder(&self, relative: &str) -> String {
        let (path, _) = self.split();
        if relative.starts_with('?') {
            return format!("{path}{relative}");
        }
        let above = |path: &str| path.rsplit_once('/').map_or("", |(above, _)| above).to_owned();
        let (mut folder, mut rest) = (above(path), relative);
        loop {
            if let Some(here) = rest.strip_prefix("./") {
                rest = here;
            } else if let Some(up) = rest.strip_prefix("../") {
                (folder, rest) = (above(&folder), up);
            } else {
                return format!("{folder}/{rest}");
            }
        }
    }

    /// Takes the cookies of an answer along to wherever that leads on this host, as a browser does.
    pub(super) fn take_cookies(&mut self, answer: &Head) {
        let given = answer.headers.iter().filter(|(name, _)| name == "set-cookie");
        for (_, cookie) in given {
            let pair = cookie.split(';').next().unwrap_or_default().trim();
            let separator = if self.cookies.is_empty() { "" } else { "; " };
            self.cookies = format!("{}{separator}{pair}", self.cookies);
        }
    }

    pub(super) fn plain_request(&self) -> String {
        format!("{}Accept: */*\r\nConnection: close\r\n\r\n", self.head())
    }

    /// The upgrade, with what a browser sends. No extension is offered, so that nobody may agree to one.
    pub(super) fn upgrade_request(&self, key: &str, with_subprotocol: bool) -> String {
        let scheme = if self.is_tls { "https" } else { "http" };
        let subprotocol = if with_subprotocol {
            "Sec-WebSocket-Protocol: binary\r\n"
        } else {
            ""
        };
        format!(
            "{}Connection: Upgrade\r\nUpgrade: websocket\r\nOrigin: {scheme}://{}\r\nSec-WebSocket-Version: 13\r\n\
             Sec-WebSocket-Key: {key}\r\n{subprotocol}\r\n",
            self.head(),
            self.short_authority()
        )
    }

    fn head(&self) -> String {
        let version = env!("CARGO_PKG_VERSION");
        let cookies = match self.cookies.as_str() {
            "" => String::new(),
            cookies => format!("Cookie: {cookies}\r\n"),
        };
        format!(
            "GET {} HTTP/1.1\r\nHost: {}\r\nUser-Agent: porthole-gateway/{version}\r\n{cookies}",
            self.path,
            self.short_authority()
        )
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn the_websocket_of_a_page_is_where_the_page_finds_it() {
        for (page, websock) in [
            ("http://a/x/novnc", "/x/novnc/websock"),
            ("http://a/x/novnc/?resize=off", "/x/novnc/websock"),
            ("http://a/x/novnc/debug", "/x/novnc/websock"),
            ("http://a/x/index.html#y", "/x/websock"),
            ("http://a/x/vnc.html?autoconnect=true", "/x/websockify"),
            ("http://a/vnc_lite.html", "/websockify"),
            ("http://a", "/websock"),
            ("http://a/x?access_token=t&debug", "/x/websock?access_token=t"),
        ] {
            assert_eq!(url(page).websock().path, websock, "{page}");
        }
    }

    #[test]
    fn another_spelling_differs_by_the_slash_alone() {
        for (one, other) in [
            ("ws://a/x", "/x/"),
            ("ws://a/x/", "/x"),
            ("ws://a/x?y=/", "/x/?y=/"),
            ("ws://a/", "//"),
        ] {
            assert_eq!(url(one).respelled().path, other, "{one}");
        }
    }

    #[test]
    fn an_address_is_shown_without_its_query() {
        assert_eq!(url("wss://a:443/x?token=1").address().shown, "wss://a/x");
        assert_eq!(url("http://[::1]:80/").address().shown, "http://[::1]/");
        assert_eq!(url("ws://a:81").authority(), "a:81");
        for text in ["ftp://a/", "http://user@a/", "http://", "a"] {
            assert!(Url::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn only_redirections_on_the_same_host_are_followed() {
        let page = url("http://a:8080/x");
        assert_eq!(page.on_same_host("/y?z").unwrap().path, "/y?z");
        assert_eq!(page.on_same_host("http://a:8080/y").unwrap().path, "/y");
        for other in [
            "https://a:8080/y",
            "http://b:8080/y",
            "//b/y",
            "ftp://a:8080/y",
            "http:",
        ] {
            assert_eq!(page.on_same_host(other), None, "{other}");
        }
    }

    #[test]
    fn a_redirection_may_be_relative() {
        for (page, location, path) in [
            ("http://a/x/novnc?t", "novnc", "/x/novnc"),
            ("http://a/x/novnc/?t", "./?y", "/x/novnc/?y"),
            ("http://a/x/cli/?t", "../cli?y#z", "/x/cli?y"),
            ("http://a/x", "../../y", "/y"),
            ("http://a", "y", "/y"),
            ("http://a/x?t", "?y", "/x?y"),
        ] {
            assert_eq!(
                url(page).on_same_host(location).unwrap().path,
                path,
                "{page} {location}"
            );
        }
    }
}
