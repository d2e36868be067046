//! The display stays lit while a desktop is shown, where that is wanted.

use js_sys::{Function, Promise, Reflect};
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};

use crate::phase::Phase;
use crate::session::Session;

#[wasm_bindgen]
extern "C" {
    /// What keeps the display lit.
    #[derive(Debug, Clone)]
    type WakeLockSentinel;

    #[wasm_bindgen(method, structural)]
    fn release(this: &WakeLockSentinel) -> Promise;
}

pub(super) fn start(session: Session) {
    let wanted = Memo::new(move |_| {
        session.phase.get() == Phase::Connected && session.settings.with(|settings| settings.keep_awake)
    });
    let held = StoredValue::new_local(None::<WakeLockSentinel>);
    let hold = move |sentinel: Option<WakeLockSentinel>| {
        let before = held
            .try_update_value(|held| std::mem::replace(held, sentinel))
            .flatten();
        if let Some(before) = before {
            let _ = before.release();
        }
    };
    let follow = move || {
        // On a page in the background there is nothing to keep lit, and it is refused there.
        let is_wanted = move || wanted.get_untracked() && !document().hidden();
        if !is_wanted() {
            return hold(None);
        }
        spawn_local(async move {
            let sentinel = request().await.ok();
            hold(sentinel);
            if !is_wanted() {
                hold(None);
            }
        });
    };
    Effect::new(move |_| {
        wanted.track();
        follow();
    });
    // The browser takes it back when the page goes into the background.
    let listener = Closure::<dyn Fn()>::new(follow).into_js_value();
    // Fails only for names that are none.
    let _ = document().add_event_listener_with_callback("visibilitychange", listener.unchecked_ref());
}

/// Whether this browser lets this page ask for it.
pub(crate) fn is_possible() -> bool {
    wake_lock().is_some()
}

fn wake_lock() -> Option<JsValue> {
    let found = Reflect::get(&window().navigator(), &"wakeLock".into()).ok()?;
    found.is_object().then_some(found)
}

/// A browser whose battery is low refuses, and that is right.
async fn request() -> Result<WakeLockSentinel, JsValue> {
    let wake_lock = wake_lock().ok_or(JsValue::UNDEFINED)?;
    let request: Function = Reflect::get(&wake_lock, &"request".into())?.dyn_into()?;
    let promise: Promise = request.call1(&wake_lock, &"screen".into())?.dyn_into()?;
    Ok(JsFuture::from(promise).await?.unchecked_into())
}
