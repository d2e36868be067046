//! What the dashboard knows and does: what all parts of the page share.

use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use crate::api::{self, Provider, Session, Status};
use crate::failure::{Failure, sentence};
use crate::place;
use crate::progress::Progress;
use crate::since::age;
use crate::timer::{now, sleep};

/// A handle that parts of the page pass around. What it shows are signals, what it does are methods.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Dashboard {
    pub(crate) phase: RwSignal<Phase>,
    /// The session, as it was described last.
    pub(crate) session: RwSignal<Option<Session>>,
    /// The name of what is being started.
    pub(crate) provider: RwSignal<String>,
    pub(crate) progress: RwSignal<Progress>,
    /// The page's clock, as far as it is shown.
    pub(crate) now: RwSignal<f64>,
    /// What goes wrong at the moment, and may come right by itself.
    pub(crate) trouble: RwSignal<Option<Failure>>,
    /// Why the session was not ended that somebody wanted ended.
    pub(crate) refused: RwSignal<Option<Failure>>,
    /// How the viewer's connection is, in words.
    pub(crate) connection: RwSignal<String>,
    /// Whether a person is asked if the session is to end.
    pub(crate) is_asking: RwSignal<bool>,
    /// Whether it is being ended.
    pub(crate) is_ending: RwSignal<bool>,
    /// Which watch is the one that counts: those before it are over.
    watch: StoredValue<u32>,
}

/// What is in the middle of the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Phase {
    /// There is no session; and what became of the one before.
    Start(Option<End>),
    /// A provider is being chosen; none are known while they are asked for.
    Choosing(Option<Vec<Provider>>),
    /// The machine is coming up.
    ComingUp,
    /// The desktop of the session of this name is there.
    Shown(String),
}

/// How something has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct End {
    pub(crate) title: &'static str,
    pub(crate) words: String,
    pub(crate) advice: &'static str,
    /// Whether that is as somebody wanted it.
    pub(crate) is_wanted: bool,
}

impl End {
    fn failed(title: &'static str, failure: Failure) -> Self {
        Self {
            title,
            words: failure.words,
            advice: failure.advice,
            is_wanted: false,
        }
    }

    /// Of a session that the gateway says is over.
    fn of(session: &Session, is_wanted: bool) -> Self {
        let reason = session.reason.as_deref().map(sentence);
        if session.status == Status::Failed {
            return Self {
                title: "The desktop failed",
                words: reason.unwrap_or_default(),
                advice: "Connect again for another one. If it fails again, whoever runs the gateway has to look at its \
                         provider.",
                is_wanted: false,
            };
        }
        Self {
            title: "The session has ended",
            words: reason.unwrap_or_default(),
            advice: "",
            is_wanted,
        }
    }
}

/// Milliseconds until a session is asked about again: while it comes up, and while its desktop is there.
const SOON: i32 = 500;
const LATER: i32 = 3_000;

impl Dashboard {
    pub(crate) fn new() -> Self {
        Self {
            phase: RwSignal::new(Phase::Start(None)),
            session: RwSignal::new(None),
            provider: RwSignal::new(String::new()),
            progress: RwSignal::new(Progress::default()),
            now: RwSignal::new(now()),
            trouble: RwSignal::new(None),
            refused: RwSignal::new(None),
            connection: RwSignal::new(String::new()),
            is_asking: RwSignal::new(false),
            is_ending: RwSignal::new(false),
            watch: StoredValue::new(0),
        }
    }

    /// Goes on with the session that the address names, if it names one.
    pub(crate) fn resume(self) {
        if let Some(id) = place::session() {
            self.provider.set("the session".to_owned());
            self.phase.set(Phase::ComingUp);
            self.watch(id);
        }
    }

    /// Asks what there is to choose.
    pub(crate) fn choose(self) {
        self.phase.set(Phase::Choosing(None));
        spawn_local(async move {
            let providers = api::providers().await;
            // It may have been given up meanwhile.
            if self.phase.get_untracked() != Phase::Choosing(None) {
                return;
            }
            self.phase.set(match providers {
                Ok(providers) => Phase::Choosing(Some(providers)),
                Err(failure) => Phase::Start(Some(End::failed("No provider can be chosen", failure))),
            });
        });
    }

    /// Goes back to where there is no session.
    pub(crate) fn give_up(self) {
        self.leave(None);
    }

    /// Starts a desktop of this provider's, and watches it.
    pub(crate) fn connect(self, provider: Provider) {
        self.provider.set(provider.name);
        self.session.set(None);
        self.progress.set(Progress::default());
        self.reached(Status::Creating, now());
        self.phase.set(Phase::ComingUp);
        let is_over = self.another_watch();
        spawn_local(async move {
            match api::create(&provider.id).await {
                // It was given up before its name was known.
                Ok(session) if is_over() => {
                    let _ = api::end(&session.id).await;
                }
                Err(_) if is_over() => {}
                Ok(session) => {
                    let id = session.id.clone();
                    place::remember(Some(&id));
                    self.is_now(session);
                    self.watch(id);
                }
                Err(failure) => self.leave(Some(End::failed("No desktop was started", failure))),
            }
        });
    }

    /// Ends the session. What comes of it is seen by watching it.
    pub(crate) fn end(self) {
        self.is_asking.set(false);
        let Some(id) = self
            .session
            .with_untracked(|it| it.as_ref().map(|it| it.id.clone()))
        else {
            // Nothing is known of it yet.
            return self.give_up();
        };
        self.is_ending.set(true);
        self.refused.set(None);
        let is_over = self.this_watch();
        spawn_local(async move {
            match api::end(&id).await {
                // It was seen to have ended before the answer came, and what is on the page by now is something else.
                _ if is_over() => {}
                // Somebody else may have ended it.
                Err(failure) if !failure.is_gone => {
                    self.refused.set(Some(failure));
                    self.is_ending.set(false);
                }
                _ => self.watch(id),
            }
        });
    }

    /// Asks about a session from now until it is over, or another one is watched.
    fn watch(self, id: String) {
        let is_over = self.another_watch();
        spawn_local(async move {
            loop {
                let asked = api::session(&id).await;
                if is_over() {
                    return;
                }
                match asked {
                    Ok(session) => {
                        self.trouble.set(None);
                        self.is_now(session);
                    }
                    Err(failure) if failure.is_gone => {
                        self.leave(Some(End::failed("The session is not there any more", failure)));
                    }
                    Err(failure) => self.trouble.set(Some(failure)),
                }
                let is_shown = matches!(self.phase.get_untracked(), Phase::Shown(_));
                let pause = if is_shown && !self.is_ending.get_untracked() {
                    LATER
                } else {
                    SOON
                };
                sleep(pause).await;
                if is_over() {
                    return;
                }
            }
        });
    }

    /// Ends the watch before, and tells when this one is over.
    fn another_watch(self) -> impl Fn() -> bool + Copy {
        self.stop_watching();
        self.this_watch()
    }

    /// Tells when the watch that counts now is over.
    fn this_watch(self) -> impl Fn() -> bool + Copy {
        let own = self.watch.get_value();
        move || self.watch.get_value() != own
    }

    fn stop_watching(self) {
        self.watch.update_value(|watch| *watch = watch.wrapping_add(1));
    }

    fn is_now(self, session: Session) {
        let (id, status) = (session.id.clone(), session.status);
        // One that this page has not started was so before. Otherwise the gateway's clock has no say.
        let before = match &session.since {
            Some(since) if self.progress.with_untracked(Progress::is_empty) => age(since),
            _ => None,
        };
        self.reached(status, now() - before.unwrap_or_default().max(0.0));
        if let Some(provider) = &session.provider {
            self.provider.set(provider.clone());
        }
        match status {
            Status::Creating | Status::Booting => self.show(Phase::ComingUp),
            Status::Ready => self.show(Phase::Shown(id)),
            Status::Failed | Status::Ended => {
                return self.leave(Some(End::of(&session, self.is_ending.get_untracked())));
            }
        }
        self.session.set(Some(session));
    }

    /// What was shown once stays until it is over: a desktop is not taken away from who works at it.
    fn show(self, phase: Phase) {
        let shown = self.phase.get_untracked();
        if shown != phase && !matches!(shown, Phase::Shown(_)) {
            self.phase.set(phase);
        }
    }

    fn reached(self, status: Status, at: f64) {
        self.progress.update(|progress| progress.reached(status, at));
    }

    /// Goes to the start, with what became of the session.
    fn leave(self, end: Option<End>) {
        self.stop_watching();
        place::remember(None);
        self.is_asking.set(false);
        self.is_ending.set(false);
        self.trouble.set(None);
        self.refused.set(None);
        self.session.set(None);
        self.progress.set(Progress::default());
        self.phase.set(Phase::Start(end));
    }
}
