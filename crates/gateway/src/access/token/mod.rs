//! Signed tokens that are bound to a session: JSON Web Tokens (RFC 7519).
//!
//! | claim | what it says |
//! |---|---|
//! | `session` | the session's name; `*` for all of them, and to start one |
//! | `exp` | until when it holds: there is none without |
//! | `nbf`, `iss`, `aud` | as RFC 7519 has them, where the configuration names issuer and audience |
//! | `sub` | who it is for, as the log names it |
//! | `view_only` | whether its bearer may only look |

mod verifier;

use std::fmt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde::Deserialize;

use super::{Caller, Denied, Request};
use crate::secret::Secret;

/// Which tokens hold.
#[derive(Clone, PartialEq, Eq)]
pub struct Tokens {
    /// For HS256.
    secret: Option<Vec<u8>>,
    /// For EdDSA: Ed25519's.
    public_key: Option<Vec<u8>>,
    issuer: Option<String>,
    audience: Option<String>,
}

/// Keys are not shown.
impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens")
            .field("issuer", &self.issuer)
            .field("audience", &self.audience)
            .finish_non_exhaustive()
    }
}

/// The table `[tokens]`, as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FileTokens {
    secret: Option<Secret>,
    secret_file: Option<PathBuf>,
    public_key: Option<PathBuf>,
    issuer: Option<String>,
    audience: Option<String>,
}

/// What a token says.
#[derive(Debug, Deserialize)]
struct Claims {
    session: String,
    sub: Option<String>,
    /// Other things are in camel case here: a restriction must not be lost by its spelling.
    #[serde(default, alias = "viewOnly")]
    view_only: bool,
}

/// HS256 wants a key as long as its hash (RFC 7518, 3.2).
const SHORTEST_SECRET: usize = 32;

/// By how many seconds clocks may differ.
const LEEWAY: u64 = 10;

const COOKIE: &str = "porthole_token";
const PARAMETER: &str = "access_token=";
const ALL_SESSIONS: &str = "*";

impl Tokens {
    /// Reads the table. Files that it names are looked for in this folder.
    pub(crate) fn read(folder: &Path, file: FileTokens) -> Result<Self> {
        let read = |key: &'static str, path: PathBuf| {
            let path = folder.join(path);
            std::fs::read(&path).with_context(|| format!("{key}: cannot read {}", path.display()))
        };
        let secret = match (file.secret, file.secret_file) {
            (Some(secret), None) => Some(secret.reveal().as_bytes().to_vec()),
            (None, Some(path)) => Some(read("secret_file", path)?.trim_ascii().to_vec()),
            (None, None) => None,
            (Some(_), Some(_)) => bail!("secret, secret_file: one of them is enough"),
        };
        if let Some(secret) = &secret
            && secret.len() < SHORTEST_SECRET
        {
            bail!(
                "secret: it has {} bytes, and {SHORTEST_SECRET} are needed",
                secret.len()
            );
        }
        let public_key = match file.public_key {
            Some(path) => Some(ed25519(&read("public_key", path)?).context("public_key")?),
            None => None,
        };
        if secret.is_none() && public_key.is_none() {
            bail!("there is neither a secret nor a public_key");
        }
        Ok(Self {
            secret,
            public_key,
            issuer: file.issuer,
            audience: file.audience,
        })
    }

    /// Whom the first of these tokens that holds lets in to this session, or into all of them; or why the first one does not.
    pub(super) fn check_any(&self, tokens: &[String], session: Option<&str>) -> Result<Caller, Denied> {
        let mut checked = tokens.iter().map(|token| self.check(token, session));
        let first = checked.next().unwrap_or_else(|| Err(Denied::no_token()));
        first.or_else(|denied| checked.find_map(Result::ok).ok_or(denied))
    }

    fn check(&self, token: &str, session: Option<&str>) -> Result<Caller, Denied> {
        let claims = self
            .claims(token)
            .map_err(|reason| Denied::new(StatusCode::UNAUTHORIZED, reason))?;
        if claims.session != ALL_SESSIONS && Some(claims.session.as_str()) != session {
            let wanted = session.map_or_else(
                || "what concerns them all".to_owned(),
                |id| format!("session {id:?}"),
            );
            return Err(Denied::new(
                StatusCode::FORBIDDEN,
                format!("the token is for session {:?}, not for {wanted}", claims.session),
            ));
        }
        Ok(Caller {
            who: claims.sub,
            view_only: claims.view_only,
        })
    }

    fn claims(&self, token: &str) -> Result<Claims, String> {
        verifier::install();
        let header = decode_header(token).map_err(|error| words(error.kind()))?;
        let key = match header.alg {
            Algorithm::HS256 => self.secret.as_deref().map(DecodingKey::from_secret),
            Algorithm::EdDSA => self.public_key.as_deref().map(DecodingKey::from_ed_der),
            _ => None,
        };
        let key = key.ok_or_else(|| {
            let algorithm = header.alg;
            format!("the token is signed by {algorithm:?}, for which the gateway has no key")
        })?;
        let mut validation = Validation::new(header.alg);
        validation.leeway = LEEWAY;
        validation.validate_nbf = true;
        let mut required = vec!["exp"];
        match &self.audience {
            Some(audience) => {
                validation.set_audience(&[audience]);
                required.push("aud");
            }
            None => validation.validate_aud = false,
        }
        if let Some(issuer) = &self.issuer {
            validation.set_issuer(&[issuer]);
            required.push("iss");
        }
        validation.set_required_spec_claims(&required);
        decode::<Claims>(token, &key, &validation)
            .map(|data| data.claims)
            .map_err(|error| words(error.kind()))
    }
}

/// The 32 bytes of a public key in PEM.
fn ed25519(pem: &[u8]) -> Result<Vec<u8>> {
    let key = DecodingKey::from_ed_pem(pem).context("it is no public key of Ed25519 in PEM")?;
    Ok(key.try_get_as_bytes()?.to_vec())
}

fn words(kind: &ErrorKind) -> String {
    match kind {
        ErrorKind::ExpiredSignature => "the token has expired".to_owned(),
        ErrorKind::ImmatureSignature => "the token does not hold yet".to_owned(),
        ErrorKind::InvalidSignature => "the token's signature is wrong".to_owned(),
        ErrorKind::InvalidIssuer => "the token is of another issuer".to_owned(),
        ErrorKind::InvalidAudience => "the token is for another audience".to_owned(),
        ErrorKind::MissingRequiredClaim(claim) => format!("the token says nothing of {claim:?}"),
        ErrorKind::Json(error) => format!("the token does not say what it should: {error}"),
        _ => "the token is none".to_owned(),
    }
}

/// The tokens that a request brings: the one in its address, or else in its headers, or else those in cookies that came of
/// the former. There may be several of these, since each has the path that its page had, and an old one may stand before one
/// that holds.
pub(super) fn find(request: Request<'_>) -> Vec<String> {
    if let (Some(token), _) = split(request.uri.query().unwrap_or_default()) {
        return vec![token];
    }
    let bearer = request
        .headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    if let Some((_, token)) = bearer {
        return vec![token.trim().to_owned()];
    }
    request
        .headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(name, _)| *name == COOKIE)
        .map(|(_, token)| token.to_owned())
        .collect()
}

/// A query's token, and the rest of it. A token needs no escapes.
pub(super) fn split(query: &str) -> (Option<String>, String) {
    let (tokens, rest): (Vec<&str>, Vec<&str>) = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .partition(|pair| pair.starts_with(PARAMETER));
    let token = tokens.first().and_then(|pair| pair.strip_prefix(PARAMETER));
    (token.map(str::to_owned), rest.join("&"))
}

/// See [`super::Access::take_token`].
pub(super) fn into_cookie(request: Request<'_>, caller: &Caller) -> Option<Response<Body>> {
    let (token, mut rest) = split(request.uri.query().unwrap_or_default());
    let token = token?;
    // So that the page does not promise what is not to be had.
    if caller.view_only && !rest.contains("view_only=") {
        let separator = if rest.is_empty() { "" } else { "&" };
        rest = format!("{rest}{separator}view_only=true");
    }
    let query = if rest.is_empty() {
        String::new()
    } else {
        format!("?{rest}")
    };
    // Relative, since a proxy in front may have put the page elsewhere.
    let location = match request.uri.path().rsplit('/').next() {
        None | Some("") => format!("./{query}"),
        Some(name) => format!("{name}{query}"),
    };
    let is_secure = request.is_tls
        || request
            .headers
            .get("x-forwarded-proto")
            .is_some_and(|scheme| scheme.as_bytes().starts_with(b"https"));
    // Without a path of its own it holds for the page's folder, wherever that is; one for what concerns all sessions
    // is needed at all of their addresses. In an iframe of another site only a secure one is kept.
    let attributes = if is_secure {
        "HttpOnly; Secure; SameSite=None; Partitioned"
    } else {
        "HttpOnly; SameSite=Lax"
    };
    let path = if request.session.is_none() { "Path=/; " } else { "" };
    let cookie = HeaderValue::try_from(format!("{COOKIE}={token}; {path}{attributes}")).ok()?;
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SEE_OTHER;
    let headers = response.headers_mut();
    headers.insert(header::LOCATION, HeaderValue::try_from(location).ok()?);
    headers.insert(header::SET_COOKIE, cookie);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    Some(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_taken_out_of_a_query() {
        for (query, token, rest) in [
            ("", None, ""),
            ("a=b&c", None, "a=b&c"),
            ("access_token=t.t.t", Some("t.t.t"), ""),
            ("a=b&access_token=t&c=d", Some("t"), "a=b&c=d"),
            ("access_token=t&access_token=u", Some("t"), ""),
        ] {
            assert_eq!(
                split(query),
                (token.map(str::to_owned), rest.to_owned()),
                "{query}"
            );
        }
    }
}
