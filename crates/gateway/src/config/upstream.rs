//! The gateway behind an edge.

use std::fmt;
use std::str::FromStr;

use anyhow::{Result, bail};
use axum::http::Uri;

use crate::http_client::address;

/// Another gateway: `http://` or `https://`, a host, and perhaps a path that all of its addresses begin with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upstream {
    base: String,
    authority: String,
}

impl FromStr for Upstream {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self> {
        let base = text.trim_end_matches('/').to_owned();
        let uri = address(&base)?;
        if uri.query().is_some() {
            bail!("{text:?} has a query, and paths are to follow it");
        }
        let authority = uri.authority().map_or("", |it| it.as_str()).to_owned();
        Ok(Self { base, authority })
    }
}

impl Upstream {
    /// The address there of what is asked for here. None where a path is no path.
    pub(crate) fn uri(&self, asked: &Uri) -> Option<Uri> {
        let path = asked.path_and_query()?.as_str();
        let whole = path.starts_with('/').then(|| format!("{}{path}", self.base))?;
        whole.parse().ok()
    }
}

/// As it is named to a person.
impl fmt::Display for Upstream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "upstream {}", self.authority)
    }
}
