//! Desktops that a command starts, one for each session.
//!
//! A provider is a command. It runs until its session is ended, or nobody has used that for long, says on its standard
//! output where its desktop is, and has its processes kept by [`crate::keep`], so that none of them outlives the gateway.

use std::collections::{BTreeMap, HashMap};
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use axum::http::HeaderMap;
use futures_util::future::{BoxFuture, ready};
use ring::rand::{SecureRandom, SystemRandom};
use serde::Deserialize;
use tempfile::TempDir;
use time::OffsetDateTime;
use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncRead, AsyncReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{debug, info, warn};

use super::{Absent, Choice, NotStarted, Source};
use crate::config::{Config, seconds};
use crate::health::HealthAddress;
use crate::open_files;
use crate::session::{Session, State, Target};

/// What starts desktops of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provider {
    /// How it is called.
    name: String,
    /// The command and its arguments, with `{id}` and `{dir}` in them.
    command: Vec<String>,
    /// Where the desktop is, with `{id}`, `{dir}`, `{line}` and that line's words; otherwise the command says it.
    target: Option<String>,
    /// What the machine is called, where it is and where its agent is asked, with the same in it.
    vm_id: Option<String>,
    vm_address: Option<String>,
    health: Option<String>,
    /// How long it may take to start.
    start_within: Duration,
    /// How long nobody may be connected to it; none for ever.
    unused_within: Option<Duration>,
    /// How many desktops of it there may be.
    most: usize,
}

/// A table `[providers.NAME]`, as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FileProvider {
    name: Option<String>,
    command: Vec<String>,
    target: Option<String>,
    vm_id: Option<String>,
    vm_address: Option<String>,
    health: Option<String>,
    start_timeout_seconds: Option<NonZeroU32>,
    unused_timeout_seconds: Option<u32>,
    most: Option<usize>,
}

const USUAL_START: Duration = Duration::from_secs(60);

/// Whoever has closed its page has lost the session's name with it.
const USUAL_UNUSED: Duration = Duration::from_secs(3600);
const USUAL_MOST: usize = 8;

/// How long a session that is over can still be asked about.
const REMEMBERED: Duration = Duration::from_secs(300);

/// The longest line of a command's output that is looked at.
const LONGEST_LINE: u64 = 4096;

/// How many of its words templates can have.
const MOST_WORDS: usize = 9;

/// How much of a command's last words are told.
const LAST_WORDS: usize = 200;

impl Provider {
    pub(crate) fn read(id: &str, file: FileProvider) -> Result<Self> {
        if file.command.first().is_none_or(String::is_empty) {
            bail!("command: there is none");
        }
        let provider = Self {
            name: file.name.unwrap_or_else(|| id.to_owned()),
            command: file.command,
            target: file.target,
            vm_id: file.vm_id,
            vm_address: file.vm_address,
            health: file.health,
            start_within: seconds(file.start_timeout_seconds).unwrap_or(USUAL_START),
            unused_within: match file.unused_timeout_seconds {
                None => Some(USUAL_UNUSED),
                Some(0) => None,
                Some(seconds) => Some(Duration::from_secs(seconds.into())),
            },
            most: file.most.unwrap_or(USUAL_MOST),
        };
        if let Some(target) = provider.target.as_deref().and_then(before_it_runs) {
            target.parse::<Target>().context("target")?;
        }
        if let Some(health) = provider.health.as_deref().and_then(before_it_runs) {
            health.parse::<HealthAddress>().context("health")?;
        }
        Ok(provider)
    }
}

/// A template filled for a try; none where all depends on what the command will say.
fn before_it_runs(template: &str) -> Option<String> {
    let filled = fill(template, "id", "/dir", "");
    (filled == fill(template, "id", "/dir", "1 1 1 1 1 1 1 1 1")).then_some(filled)
}

fn fill(template: &str, id: &str, dir: &str, line: &str) -> String {
    let filled = template
        .replace("{id}", id)
        .replace("{dir}", dir)
        .replace("{line}", line);
    let words = line.split_whitespace().zip(1..=MOST_WORDS);
    words.fold(filled, |filled, (word, number)| {
        filled.replace(&format!("{{{number}}}"), word)
    })
}

/// A desktop that was started here, or was.
#[derive(Debug)]
struct Desktop {
    session: Session,
    provider: String,
    stop: CancellationToken,
    users: Users,
    /// Whether it may still have processes.
    is_running: bool,
}

impl Desktop {
    fn is_over(&self) -> bool {
        matches!(self.session.state, State::Failed(_) | State::Ended(_))
    }
}

/// How many are connected to a desktop.
type Users = watch::Sender<usize>;

/// One of those, until it is dropped.
#[derive(Debug)]
pub(crate) struct User(Users);

impl User {
    fn of(users: &Users) -> Self {
        users.send_modify(|count| *count += 1);
        Self(users.clone())
    }
}

impl Drop for User {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count -= 1);
    }
}

/// All of them, by the names of their sessions. Who waits for one to change waits here.
type Desktops = Arc<watch::Sender<HashMap<String, Desktop>>>;

#[derive(Debug)]
pub(super) struct SpawnSource {
    providers: BTreeMap<String, Provider>,
    /// The program that keeps a desktop's processes: this one, by its command `keep`.
    keeper: PathBuf,
    /// How long a command may go on after its desktop has ended a connection, to be taken for ending with it.
    ends_with_desktop: Duration,
    desktops: Desktops,
    stop: CancellationToken,
    running: TaskTracker,
}

impl SpawnSource {
    pub(super) fn new(config: &Config) -> Self {
        Self {
            providers: config.providers.clone(),
            keeper: config.keeper.clone(),
            ends_with_desktop: config.timeouts.ends_with_desktop,
            desktops: Desktops::default(),
            stop: CancellationToken::new(),
            running: TaskTracker::new(),
        }
    }

    pub(super) fn choices(&self) -> Vec<Choice> {
        let choice = |(id, provider): (&String, &Provider)| Choice {
            id: id.clone(),
            name: provider.name.clone(),
        };
        self.providers.iter().map(choice).collect()
    }

    /// Begins to start a desktop.
    pub(super) fn start(&self, name: &str) -> Result<Session, NotStarted> {
        if self.providers.is_empty() {
            return Err(NotStarted::NoProviders);
        }
        let provider = self
            .providers
            .get(name)
            .ok_or_else(|| NotStarted::NoProvider(name.to_owned()))?;
        if self.stop.is_cancelled() {
            return Err(NotStarted::Closing);
        }
        let session = Session {
            id: new_id()?,
            state: State::Creating,
            since: Some(OffsetDateTime::now_utc()),
            provider: Some(provider.name.clone()),
            vm_id: None,
            vm_address: None,
            health: None,
        };
        let stop = self.stop.child_token();
        let users = Users::new(0);
        let desktop = Desktop {
            session: session.clone(),
            provider: name.to_owned(),
            stop: stop.clone(),
            users: users.clone(),
            is_running: true,
        };
        let has_room = self.desktops.send_if_modified(|desktops| {
            let running = desktops
                .values()
                .filter(|it| it.provider == name && it.is_running);
            let has_room = running.count() < provider.most;
            if has_room {
                desktops.insert(session.id.clone(), desktop);
            }
            has_room
        });
        if !has_room {
            return Err(NotStarted::Full {
                name: name.to_owned(),
                most: provider.most,
            });
        }
        let running = Running {
            id: session.id.clone(),
            provider: provider.clone(),
            keeper: self.keeper.clone(),
            desktops: Arc::clone(&self.desktops),
            stop,
            users,
        };
        self.running.spawn(running.run());
        Ok(session)
    }

    pub(super) fn end(&self, id: &str) -> bool {
        let desktops = self.desktops.borrow();
        desktops.get(id).map(|desktop| desktop.stop.cancel()).is_some()
    }

    /// Counts somebody who connects to a desktop, as long as that lasts.
    pub(super) fn user(&self, id: &str) -> Option<User> {
        let desktops = self.desktops.borrow();
        desktops.get(id).map(|desktop| User::of(&desktop.users))
    }

    pub(super) async fn shut_down(&self) {
        self.stop.cancel();
        self.running.close();
        self.running.wait().await;
    }
}

impl Source for SpawnSource {
    fn find<'a>(&'a self, id: &'a str, _caller: &'a HeaderMap) -> BoxFuture<'a, Result<Session, Absent>> {
        let desktops = self.desktops.borrow();
        let found = desktops.get(id).map(|desktop| desktop.session.clone());
        Box::pin(ready(found.ok_or(Absent::Unknown)))
    }

    fn changed(&self) -> BoxFuture<'static, ()> {
        let mut desktops = self.desktops.subscribe();
        Box::pin(async move {
            let _ = desktops.changed().await;
        })
    }

    /// A server is often the first of its command's processes to end.
    fn settled<'a>(&'a self, id: &'a str) -> BoxFuture<'a, ()> {
        let mut desktops = self.desktops.subscribe();
        let within = self.ends_with_desktop;
        Box::pin(async move {
            let is_over = desktops.wait_for(|desktops| desktops.get(id).is_none_or(Desktop::is_over));
            let _ = timeout(within, is_over).await;
        })
    }
}

/// A name that nobody guesses: whoever knows it may see the desktop, unless the gateway is told to ask for more.
fn new_id() -> Result<String, NotStarted> {
    let mut bytes = [0; 16];
    SystemRandom::new()
        .fill(&mut bytes)
        .map_err(|_| NotStarted::Failed("the system has no random numbers".to_owned()))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// A desktop's command, from its start to its end.
struct Running {
    id: String,
    provider: Provider,
    keeper: PathBuf,
    desktops: Desktops,
    stop: CancellationToken,
    users: Users,
}

impl Running {
    async fn run(self) {
        if let Err(why) = self.desktop().await {
            self.is_now(State::Failed(why));
        }
        self.change(|desktop| desktop.is_running = false);
        // It is not waited for: the tracker is there for processes.
        let Self { id, desktops, .. } = self;
        tokio::spawn(async move {
            sleep(REMEMBERED).await;
            desktops.send_modify(|desktops| {
                desktops.remove(&id);
            });
        });
    }

    /// Starts the desktop and waits until all of it has ended; says what went wrong, in words.
    async fn desktop(&self) -> Result<(), String> {
        let folder = TempDir::with_prefix("porthole-")
            .map_err(|error| format!("no folder could be made for it: {error}"))?;
        let dir = folder.path().to_string_lossy().into_owned();
        let mut child = self.spawn(&dir)?;
        self.is_now(State::Booting);
        // The keeper ends what it keeps when this is dropped.
        let lifeline = child.stdin.take();
        let last_words = LastWords::default();
        let (output, errors) = (child.stdout.take(), child.stderr.take());
        let heard = last_words.clone();
        let listening = tokio::spawn(async move {
            if let Some(errors) = errors {
                heard.listen(errors).await;
            }
        });
        let end = tokio::select! {
            () = self.stop.cancelled() => Ok(None),
            end = self.attend(&dir, output, &mut child) => end,
        };
        if let Ok(why) = &end {
            // Whoever is connected is to hear of that, and not that the server has gone.
            self.is_now(State::Ended(why.clone()));
        }
        drop(lifeline);
        if let Err(error) = child.wait().await {
            warn!(session = self.id, %error, "the keeper of a desktop cannot be waited for");
        }
        // Its errors end with it, unless a process that left the group holds on to them.
        let _ = timeout(Duration::from_secs(1), listening).await;
        match end {
            Err(End::Exited(status)) => Err(last_words.after(&format!("its command ended with {status}"))),
            Err(End::Wrong(why)) => Err(last_words.after(&why)),
            Ok(_) => Ok(()),
        }
    }

    fn spawn(&self, dir: &str) -> Result<Child, String> {
        let words = self
            .provider
            .command
            .iter()
            .map(|word| fill(word, &self.id, dir, ""));
        Command::new(&self.keeper)
            .arg("keep")
            .args(open_files::before().map(|files| format!("--open-files={files}")))
            .arg("--")
            .args(words)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            // A Ctrl-C at the gateway's terminal is the gateway's alone.
            .process_group(0)
            .spawn()
            .map_err(|error| format!("{} cannot be started: {error}", self.keeper.display()))
    }

    /// Waits until the desktop is there, and then for its end.
    async fn attend(
        &self,
        dir: &str,
        output: Option<impl AsyncRead + Unpin>,
        child: &mut Child,
    ) -> Result<Option<String>, End> {
        let mut output = BufReader::new(output.ok_or_else(|| End::Wrong("it has no output".to_owned()))?);
        let within = self.provider.start_within;
        let process = child.id();
        timeout(within, async {
            match line(&mut output).await {
                Some(line) => self.is_ready(dir, &line, process).map_err(End::Wrong),
                None => Err(exited(child).await),
            }
        })
        .await
        .unwrap_or_else(|_| {
            let within = within.as_secs();
            Err(End::Wrong(format!("it said nothing within {within} s")))
        })?;
        // A full pipe would stop the command.
        let read_on = async {
            while let Some(line) = line(&mut output).await {
                debug!(session = self.id, "{line}");
            }
            std::future::pending().await
        };
        let end = tokio::select! {
            end = exited(child) => end,
            end = read_on => end,
            why = self.unused() => return Ok(Some(why)),
        };
        match end {
            End::Exited(status) if status.success() => Ok(None),
            end => Err(end),
        }
    }

    /// Waits until nobody has been connected for as long as that may be; says so.
    async fn unused(&self) -> String {
        let Some(within) = self.provider.unused_within else {
            return std::future::pending().await;
        };
        let mut users = self.users.subscribe();
        loop {
            let came = async {
                let _ = users.wait_for(|count| *count > 0).await;
            };
            if timeout(within, came).await.is_err() {
                return format!("nobody was connected to it for {} s", within.as_secs());
            }
            let _ = users.wait_for(|count| *count == 0).await;
        }
    }

    /// Takes over what a command's line says of its desktop, which is there now.
    fn is_ready(&self, dir: &str, line: &str, process: Option<u32>) -> Result<(), String> {
        let target = self.target(dir, line)?;
        let filled = |template: &Option<String>| {
            template
                .as_ref()
                .map(|template| fill(template, &self.id, dir, line))
        };
        let health = filled(&self.provider.health)
            .map(|text| text.parse())
            .transpose()
            .map_err(|error| format!("it did not say where its agent is: {error}"))?;
        info!(session = self.id, %target, "the desktop is ready");
        self.change(|desktop| {
            let session = &mut desktop.session;
            session.since = Some(OffsetDateTime::now_utc());
            session.vm_id =
                filled(&self.provider.vm_id).or_else(|| process.map(|process| format!("process-{process}")));
            session.vm_address = filled(&self.provider.vm_address).or_else(|| Some(target.place()));
            session.health = health;
            session.state = State::Ready(target);
        });
        Ok(())
    }

    fn target(&self, dir: &str, line: &str) -> Result<Target, String> {
        let text = match &self.provider.target {
            Some(template) => fill(template, &self.id, dir, line),
            None => line.to_owned(),
        };
        match text.parse() {
            Ok(Target::Demo) => Err("it said that its desktop is the gateway's own".to_owned()),
            Ok(target) => Ok(target),
            Err(error) => Err(format!("it did not say where its desktop is: {error}")),
        }
    }

    fn is_now(&self, state: State) {
        match &state {
            State::Failed(why) => warn!(session = self.id, cause = why, "the desktop has failed"),
            State::Ended(why) => info!(session = self.id, cause = why, "the desktop has ended"),
            State::Creating | State::Booting | State::Ready(_) => {}
        }
        self.change(|desktop| {
            desktop.session.since = Some(OffsetDateTime::now_utc());
            desktop.session.state = state;
        });
    }

    fn change(&self, change: impl FnOnce(&mut Desktop)) {
        self.desktops.send_modify(|desktops| {
            if let Some(desktop) = desktops.get_mut(&self.id) {
                change(desktop);
            }
        });
    }
}

/// How a desktop ended that nobody had asked to.
enum End {
    Exited(std::process::ExitStatus),
    Wrong(String),
}

async fn exited(child: &mut Child) -> End {
    match child.wait().await {
        Ok(status) => End::Exited(status),
        Err(error) => End::Wrong(format!("its command cannot be waited for: {error}")),
    }
}

/// The next line that is not empty, or as much of it as is looked at; none at the end.
async fn line(output: &mut (impl AsyncBufRead + Unpin)) -> Option<String> {
    let mut bytes = Vec::new();
    loop {
        bytes.clear();
        match AsyncReadExt::take(&mut *output, LONGEST_LINE)
            .read_until(b'\n', &mut bytes)
            .await
        {
            Ok(0) | Err(_) => return None,
            Ok(_) => {
                let line = String::from_utf8_lossy(&bytes).trim().to_owned();
                if !line.is_empty() {
                    return Some(line);
                }
            }
        }
    }
}

/// The last line that a command wrote: most say there why they end.
#[derive(Debug, Clone, Default)]
struct LastWords(Arc<Mutex<String>>);

impl LastWords {
    async fn listen(&self, errors: impl AsyncRead + Unpin) {
        let mut errors = BufReader::new(errors);
        while let Some(line) = line(&mut errors).await {
            debug!("{line}");
            self.set(&line);
        }
    }

    fn set(&self, line: &str) {
        let line = &line[..line.floor_char_boundary(LAST_WORDS)];
        line.clone_into(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }

    fn after(&self, what: &str) -> String {
        let words = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if words.is_empty() {
            what.to_owned()
        } else {
            format!("{what}: {words}")
        }
    }
}
