//! Both clipboards have what was copied last, without anybody's doing, as far as the browser lets them.
//!
//! What is copied on the desktop is put into this computer's clipboard at once, or, where the browser wants somebody to have
//! done something just before, with the next thing that is done in the page. What was copied on this computer is found when
//! it is pasted on the desktop, and, where a person has permitted that, when they come to the desktop. At no other time is
//! it looked for, and never while the page is not being used, or nobody has been there yet.

use leptos::prelude::*;
use porthole_hands::{Pasting, activation};
use porthole_viewer::{Clipboard, Command};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::ClipboardEvent;

use super::exchange::{Exchange, is_empty};
use super::{picture, read, write};
use crate::phase::Phase;
use crate::session::Session;

/// What a session knows of clipboards.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clipboards {
    /// What the desktop's holds.
    pub(super) remote: RwSignal<Clipboard>,
    /// Whether the desktop's takes pictures.
    pub(crate) takes_pictures: RwSignal<bool>,
    /// Whether anything is carried over without anybody's doing.
    pub(super) is_shared: RwSignal<bool>,
    /// Whether this computer's may be looked at when somebody comes to the desktop.
    pub(super) may_look: RwSignal<bool>,
    exchange: StoredValue<Exchange>,
    /// Whether the browser has refused to have its clipboard written in the better way.
    is_refused: StoredValue<bool>,
    /// Whether it is being written because of what somebody has done. WebKit gives that up when it is asked to write anew.
    is_writing: StoredValue<bool>,
    /// Whether this computer's is to be looked at as soon as somebody is there: the page was opened at the desktop.
    is_look_due: StoredValue<bool>,
    /// How often the desktop's has changed.
    changes: StoredValue<u32>,
}

impl Clipboards {
    pub(crate) fn new(is_shared: bool) -> Self {
        Self {
            remote: RwSignal::new(Clipboard::default()),
            takes_pictures: RwSignal::new(false),
            is_shared: RwSignal::new(is_shared),
            may_look: RwSignal::new(false),
            exchange: StoredValue::new(Exchange::default()),
            is_refused: StoredValue::new(false),
            is_writing: StoredValue::new(false),
            is_look_due: StoredValue::new(false),
            changes: StoredValue::new(0),
        }
    }

    /// Another desktop, or the same one after a while.
    pub(crate) fn reset(self) {
        self.takes_pictures.set(false);
        self.exchange.set_value(Exchange::default());
    }

    /// Finds out whether this computer's clipboard may be looked at. Nobody is asked.
    pub(super) fn ask_permission(self) {
        spawn_local(async move { self.may_look.set(read::is_permitted().await) });
    }

    fn change<T>(self, change: impl FnOnce(&mut Exchange) -> T) -> Option<T> {
        self.exchange.try_update_value(change)
    }
}

/// Listens to what is done in the page, for as long as it is there.
pub(crate) fn start(session: Session) {
    // Whatever is done with them comes to the desktop, or to a button, after it has been here.
    for name in ["keydown", "keyup", "pointerdown", "pointerup"] {
        listen(name, move |event| {
            if event.is_trusted() {
                put_here(session, true);
                if session.clipboards.is_look_due.get_value() {
                    look(session);
                }
            }
        });
    }
    // Other things are copied in the page, too.
    for name in ["copy", "cut"] {
        listen(name, move |_| give_up(session));
    }
    let _ = window_event_listener_untyped("blur", move |_| give_up(session));
    listen("focusin", move |event| {
        let target = event
            .target()
            .and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        if target.is_some_and(|target| matches!(target.closest("#desktop"), Ok(Some(_)))) {
            look(session);
        }
    });
}

fn listen(name: &str, hear: impl Fn(web_sys::Event) + 'static) {
    let hear = wasm_bindgen::closure::Closure::<dyn Fn(web_sys::Event)>::new(hear);
    // Fails only for a callback that is none.
    let _ = document().add_event_listener_with_callback_and_bool(
        name,
        hear.into_js_value().unchecked_ref(),
        true,
    );
}

/// Whether there is anything to share, and somebody who wants it.
fn is_on(session: Session) -> bool {
    is_wanted(session) && session.phase.get_untracked() == Phase::Connected
}

fn is_wanted(session: Session) -> bool {
    session.clipboards.is_shared.get_untracked()
        && !session.settings.with_untracked(|settings| settings.view_only)
}

/// Something was copied on the desktop.
pub(crate) fn heard(session: Session, mut content: Clipboard) {
    let change = session.clipboards.changes.try_update_value(|changes| {
        *changes = changes.wrapping_add(1);
        *changes
    });
    let Some(dib) = content.dib.take() else {
        return arrived(session, content);
    };
    spawn_local(async move {
        match picture::usual(&dib).await {
            Ok(dib) => content.dib = Some(dib),
            Err(reason) => session.tell(super::words::unreadable(&reason)),
        }
        // Meanwhile something else may have been copied.
        if change == Some(session.clipboards.changes.get_value()) {
            arrived(session, content);
        }
    });
}

fn arrived(session: Session, content: Clipboard) {
    session
        .clipboards
        .change(|exchange| exchange.copied_there(&content));
    session.clipboards.remote.set(content);
    // It may come before the first frame, and waits then.
    if !is_wanted(session) || !document().has_focus().unwrap_or(false) {
        // Once somebody is back, they may have copied something else.
        return give_up(session);
    }
    put_here(session, false);
}

fn give_up(session: Session) {
    session.clipboards.change(Exchange::give_up);
}

/// Puts what waits into this computer's clipboard, if the browser lets the page; `by_hand` while somebody does something.
fn put_here(session: Session, by_hand: bool) {
    let clipboards = session.clipboards;
    let waiting = clipboards
        .exchange
        .with_value(|exchange| exchange.waiting().cloned());
    // Not everything counts that is done by hand: browsers leave out Shift and Escape, for example.
    let has_chance = !by_hand || (activation::is_active() && !clipboards.is_writing.get_value());
    let Some(content) = waiting.filter(|_| has_chance && is_on(session)) else {
        return;
    };
    let written = if clipboards.is_refused.get_value() {
        None
    } else {
        write::write(&content).ok()
    };
    let Some(promise) = written else {
        if by_hand && write::write_by_command(&content) {
            clipboards.change(|exchange| exchange.put_here(&content));
        }
        return;
    };
    clipboards.is_writing.set_value(by_hand);
    spawn_local(async move {
        let is_written = JsFuture::from(promise).await.is_ok();
        if by_hand {
            clipboards.is_writing.set_value(false);
        }
        let still_waits = clipboards
            .exchange
            .with_value(|exchange| exchange.waiting() == Some(&content));
        if is_written {
            clipboards.change(|exchange| exchange.put_here(&content));
        } else if by_hand && still_waits {
            // As in a frame that may not, whatever is done in it.
            clipboards.is_refused.set_value(true);
        }
    });
}

/// Somebody comes to the desktop: what they have copied elsewhere, they may want to paste there, by whatever menu.
fn look(session: Session) {
    let is_due = is_on(session) && !activation::has_been_active();
    session.clipboards.is_look_due.set_value(is_due);
    if is_due || !is_on(session) {
        return;
    }
    spawn_local(async move {
        if !read::is_permitted().await || !document().has_focus().unwrap_or(false) {
            return;
        }
        let Ok(promise) = read::look() else { return };
        // It may have been forbidden meanwhile.
        if let Ok(found) = read::seen(promise).await {
            found_here(session, found.decoded().await);
        }
    });
}

/// Somebody pastes on the desktop, which is told their key when `pasting` is over.
pub(crate) fn pasted(session: Session, event: &ClipboardEvent, pasting: Pasting) {
    if !is_on(session) {
        return;
    }
    // It can be read now or never.
    let mut found = read::pasted(event);
    let takes_pictures = session.clipboards.takes_pictures.get_untracked();
    let had_picture = found.picture.take_if(|_| !takes_pictures).is_some();
    if found.picture.is_none() {
        if is_empty(&found.content) && had_picture {
            session.tell(super::words::NO_PICTURES);
        } else if is_empty(&found.content) && takes_pictures {
            session.tell(super::words::NOTHING);
        }
        return found_here(session, found.content);
    }
    spawn_local(async move {
        found_here(session, found.decoded().await);
        drop(pasting);
    });
}

fn found_here(session: Session, content: Clipboard) {
    let is_news = session
        .clipboards
        .change(|exchange| exchange.found_here(&content));
    if is_news == Some(true) && is_on(session) {
        send(session, content);
    }
}

/// Gives the desktop this.
pub(crate) fn send(session: Session, content: Clipboard) {
    session.clipboards.change(|exchange| exchange.sent(&content));
    session.send(Command::Clipboard(content));
}

/// Puts this into this computer's clipboard, as somebody has just said, and says what came of it.
pub(crate) fn copy(session: Session, content: Clipboard) {
    if is_empty(&content) {
        return session.tell("There is nothing to copy.");
    }
    let promise = write::write(&content);
    spawn_local(async move {
        let done = match promise {
            Ok(promise) => JsFuture::from(promise).await.is_ok(),
            Err(_) => false,
        };
        if done || write::write_by_command(&content) {
            session.clipboards.change(|exchange| exchange.put_here(&content));
            session.tell("Copied.");
        } else {
            session.tell("This page has no access to your clipboard: select the text and copy it.");
        }
    });
}
