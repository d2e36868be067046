//! Where sessions come from.
//!
//! A source is a [`Source`] in a file of its own: [`file`] (what the configuration has [`listed`], read again when it changes),
//! [`demo`], [`spawn`] (a command that starts a desktop) and [`http`] (a controller that knows them). A configuration
//! may have several; they are asked in this order.

mod answers;
mod demo;
mod file;
mod http;
mod listed;
mod spawn;
mod visit;

use std::fmt;
use std::sync::Arc;

use anyhow::Result;
use axum::http::HeaderMap;
use futures_util::future::{BoxFuture, join_all, pending, ready};
use serde::Serialize;

use crate::config::Config;
use crate::health::{Agents, Health};
use crate::http_client::HttpClient;
use crate::session::{Session, is_name};

pub use demo::Demo;
pub use http::Controller;
pub(crate) use http::FileController;
pub(crate) use listed::FileSession;
pub use listed::Listed;
pub(crate) use spawn::FileProvider;
pub use spawn::Provider;
pub(crate) use visit::Visit;

use file::FileSource;
use http::HttpSource;
use spawn::SpawnSource;

/// Why there is no session to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Absent {
    /// The source knows none of that name.
    Unknown,
    /// The source does not let this caller have it; in words.
    Forbidden(String),
    /// The source cannot say; in words.
    Failed(String),
}

/// A place that knows sessions.
pub trait Source: fmt::Debug + Send + Sync {
    /// The session of that name, for a caller whose request had these headers.
    fn find<'a>(&'a self, id: &'a str, caller: &'a HeaderMap) -> BoxFuture<'a, Result<Session, Absent>>;

    /// Waits from now on until sessions may be others than before. Those of most sources never are.
    fn changed(&self) -> BoxFuture<'static, ()> {
        Box::pin(pending())
    }

    /// Waits until what this source says of a session is from after its desktop has just ended a connection: that may be the
    /// first that is seen of the session's own end.
    fn settled<'a>(&'a self, _id: &'a str) -> BoxFuture<'a, ()> {
        Box::pin(ready(()))
    }

    /// The sessions that anybody may know of.
    fn listed(&self) -> Vec<Session> {
        Vec::new()
    }

    /// The name of the session that the root shows.
    fn default_session(&self) -> Option<String> {
        None
    }
}

/// Why a desktop is not started.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotStarted {
    /// There is none at all.
    #[error(
        "this gateway starts no desktops: its configuration has no [providers.NAME]. Its sessions are made where they \
         come from"
    )]
    NoProviders,
    /// There is no such provider.
    #[error("there is no provider {0:?}")]
    NoProvider(String),
    /// It has as many desktops as it may.
    #[error("the provider {name:?} has {most} desktops, and may have no more")]
    Full {
        /// The provider.
        name: String,
        /// How many desktops it may have.
        most: usize,
    },
    /// The gateway is shutting down.
    #[error("the gateway is shutting down")]
    Closing,
    /// Something that the machine lacks.
    #[error("{0}")]
    Failed(String),
}

/// A provider, as it can be chosen.
#[derive(Debug, Serialize)]
pub struct Choice {
    /// How it is asked for.
    id: String,
    /// How it is called.
    name: String,
}

/// All sources that the configuration has.
#[derive(Debug)]
pub(crate) struct Sessions {
    sources: Vec<Arc<dyn Source>>,
    file: Arc<FileSource>,
    spawn: Arc<SpawnSource>,
    agents: Agents,
}

impl Sessions {
    pub(crate) fn new(config: &Config, client: &HttpClient) -> Self {
        let file = Arc::new(FileSource::new(config.listed.clone()));
        let spawn = Arc::new(SpawnSource::new(config));
        let mut sources: Vec<Arc<dyn Source>> = vec![Arc::clone(&file) as _];
        if config.demo {
            sources.push(Arc::new(Demo));
        }
        sources.push(Arc::clone(&spawn) as _);
        if let Some(controller) = &config.controller {
            sources.push(Arc::new(HttpSource::new(controller.clone(), client.clone())));
        }
        Self {
            sources,
            file,
            spawn,
            agents: Agents::new(client.clone()),
        }
    }

    /// Follows the configuration's file, for ever.
    pub(crate) async fn follow(&self, config: Config) {
        self.file.follow(config).await;
    }

    /// The session of that name.
    pub(crate) async fn find(&self, id: &str, caller: &HeaderMap) -> Result<Session, Absent> {
        // Whatever cannot be a name is not even asked for: it might mean something in a controller's address.
        if !is_name(id) {
            return Err(Absent::Unknown);
        }
        match self.locate(id, caller).await {
            Some((_, found)) => found,
            None => Err(Absent::Unknown),
        }
    }

    /// What is found of a session, and the place of the source that says so; none where all of them know nothing of it.
    async fn locate(&self, id: &str, caller: &HeaderMap) -> Option<(usize, Result<Session, Absent>)> {
        for (place, source) in self.sources.iter().enumerate() {
            match source.find(id, caller).await {
                Err(Absent::Unknown) => {}
                found => return Some((place, found)),
            }
        }
        None
    }

    /// The same with what its VM's agent says, which may take seconds. Only then is it ready for those who wait for that;
    /// who connects may try before.
    pub(crate) async fn examine(
        &self,
        id: &str,
        caller: &HeaderMap,
    ) -> Result<(Session, Option<Health>), Absent> {
        Ok(self.agents.examine(self.find(id, caller).await?).await)
    }

    /// The name of the session that the root shows.
    pub(crate) fn default_session(&self) -> Option<String> {
        self.sources.iter().find_map(|source| source.default_session())
    }

    /// Those that anybody may know of.
    pub(crate) fn listed(&self) -> Vec<Session> {
        self.sources.iter().flat_map(|source| source.listed()).collect()
    }

    /// What desktops can be had of.
    pub(crate) fn providers(&self) -> Vec<Choice> {
        self.spawn.choices()
    }

    /// Begins to start a desktop.
    pub(crate) fn start(&self, provider: &str) -> Result<Session, NotStarted> {
        self.spawn.start(provider)
    }

    /// For each source, in its place, what waits from now on until sessions of it may be others than before.
    fn changes(&self) -> Vec<BoxFuture<'static, ()>> {
        self.sources.iter().map(|source| source.changed()).collect()
    }

    /// Waits until what is found of a session is from after its desktop has just ended a connection.
    async fn settled(&self, id: &str) {
        join_all(self.sources.iter().map(|source| source.settled(id))).await;
    }

    /// Ends a session that was started here; false where there is none of that name.
    pub(crate) fn end(&self, id: &str) -> bool {
        self.spawn.end(id)
    }

    /// Ends all that was started here, and waits for it.
    pub(crate) async fn shut_down(&self) {
        self.spawn.shut_down().await;
    }
}
