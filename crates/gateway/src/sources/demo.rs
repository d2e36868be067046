//! The gateway's own demo desktop.

use axum::http::HeaderMap;
use futures_util::future::{BoxFuture, ready};

use super::{Absent, Source};
use crate::session::{Session, Target};

/// One session, `demo`.
#[derive(Debug)]
pub struct Demo;

const ID: &str = "demo";

fn session() -> Session {
    Session {
        provider: Some("demo".to_owned()),
        ..Session::ready(ID, Target::Demo)
    }
}

impl Source for Demo {
    fn find<'a>(&'a self, id: &'a str, _caller: &'a HeaderMap) -> BoxFuture<'a, Result<Session, Absent>> {
        let found = if id == ID {
            Ok(session())
        } else {
            Err(Absent::Unknown)
        };
        Box::pin(ready(found))
    }

    fn listed(&self) -> Vec<Session> {
        vec![session()]
    }

    fn default_session(&self) -> Option<String> {
        Some(ID.to_owned())
    }
}
