//! Starting a session, in a worker or on the page, and talking to it.

use std::cell::{Cell, RefCell};

use js_sys::{Array, Function, Object, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::{
    Document, ErrorEvent, EventTarget, HtmlCanvasElement, MessageChannel, MessageEvent, OffscreenCanvas, Url,
    WorkerOptions, WorkerType,
};
use zeroize::Zeroize;

use super::listener::Listener;
use super::{document, window};
use crate::session::{self, Port};
use crate::{Command, Ending, Event, Hop, decode, encode};

#[wasm_bindgen]
extern "C" {
    /// A worker. Its address may be a `TrustedScriptURL`, which web-sys does not know of.
    #[derive(Debug, Clone)]
    #[wasm_bindgen(extends = EventTarget)]
    type Worker;

    #[wasm_bindgen(constructor, catch)]
    fn new(url: &JsValue, options: &WorkerOptions) -> Result<Worker, JsValue>;

    #[wasm_bindgen(method)]
    fn terminate(this: &Worker);
}

/// How long a session may take to start, in milliseconds.
const STARTING: i32 = 15_000;

/// A running session, or one that is being started. Dropping it ends it.
#[derive(Debug)]
pub(super) struct Channel {
    port: Port,
    worker: Option<Worker>,
    /// What the worker's first message carries.
    canvas: RefCell<Option<OffscreenCanvas>>,
    /// Commands that wait for the session to be ready; none once it is.
    waiting: RefCell<Option<Vec<Uint8Array>>>,
    start_timer: Cell<Option<i32>>,
    _too_late: Closure<dyn FnMut()>,
    _listeners: Vec<Listener>,
}

impl Channel {
    /// Starts a session that paints on `canvas`. `hear` is told its events, and its failing as the end of a
    /// connection.
    ///
    /// # Errors
    /// What the browser says if it cannot even be begun.
    pub(super) fn start(
        canvas: &HtmlCanvasElement,
        on_page: bool,
        hear: impl Fn(Event) + Clone + 'static,
    ) -> Result<Self, JsValue> {
        let url = worker_address(&document()?)?;
        let can_transfer = Reflect::has(canvas, &"transferControlToOffscreen".into())?;
        let (port, worker, listeners, canvas): (Port, _, _, _) = if on_page || !can_transfer {
            let channel = MessageChannel::new()?;
            let port = channel.port1();
            let listeners = vec![on_message(&port, hear.clone())];
            port.start();
            session::run_on_page(channel.port2().unchecked_into(), canvas.clone().unchecked_into())?;
            (port.unchecked_into(), None, listeners, None)
        } else {
            let options = WorkerOptions::new();
            options.set_type(WorkerType::Module);
            let worker = Worker::new(&trusted(&url)?, &options)?;
            let listeners = vec![
                on_message(&worker, hear.clone()),
                on_error(&worker, url.clone(), hear.clone()),
            ];
            let canvas = canvas.transfer_control_to_offscreen()?;
            let port: Port = worker.clone().unchecked_into();
            // The worker runs the very module that this is: compiled once, it starts at once.
            port.post_message(&wasm_bindgen::module(), &JsValue::UNDEFINED)?;
            (port, Some(worker), listeners, Some(canvas))
        };
        let too_late = Closure::<dyn FnMut()>::new(move || {
            let reason = ["The viewer's session did not start: ", &url].concat();
            hear(Event::Disconnected(failure(reason)));
        });
        let timer = window()?.set_timeout_with_callback_and_timeout_and_arguments_0(
            too_late.as_ref().unchecked_ref(),
            STARTING,
        )?;
        Ok(Self {
            port,
            worker,
            canvas: RefCell::new(canvas),
            waiting: RefCell::new(Some(Vec::new())),
            start_timer: Cell::new(Some(timer)),
            _too_late: too_late,
            _listeners: listeners,
        })
    }

    /// The session is ready: it gets its canvas, if that is not on the page, and what has waited.
    pub(super) fn ready(&self) {
        self.stop_timer();
        if let Some(canvas) = self.canvas.take() {
            // Fails only for a canvas that has been transferred before.
            let _ = self.port.post_message(&canvas, &Array::of1(&canvas));
        }
        for message in self.waiting.take().into_iter().flatten() {
            self.post(&message);
        }
    }

    pub(super) fn send(&self, command: &Command) {
        let mut bytes = encode(command);
        let message = Uint8Array::from(bytes.as_slice());
        // It may be a password.
        bytes.zeroize();
        match &mut *self.waiting.borrow_mut() {
            Some(waiting) => waiting.push(message),
            None => self.post(&message),
        }
    }

    fn post(&self, message: &Uint8Array) {
        // Bytes can be posted, and their buffer is fresh.
        let _ = self.port.post_message(message, &Array::of1(&message.buffer()));
    }

    fn stop_timer(&self) {
        if let (Some(timer), Ok(window)) = (self.start_timer.take(), window()) {
            window.clear_timeout_with_handle(timer);
        }
    }
}

impl Drop for Channel {
    fn drop(&mut self) {
        self.stop_timer();
        match &self.worker {
            Some(worker) => worker.terminate(),
            // On the page the session goes on running, without a connection.
            None => {
                self.send(&Command::Disconnect);
            }
        }
    }
}

fn on_message(target: &EventTarget, hear: impl Fn(Event) + 'static) -> Listener {
    Listener::new(target, "message", move |message: MessageEvent| {
        let bytes = message
            .data()
            .dyn_into::<Uint8Array>()
            .map(|bytes| bytes.to_vec());
        hear(match decode(&bytes.unwrap_or_default()) {
            Ok(event) => event,
            Err(_) => Event::Disconnected(failure("Page and worker are of different builds.".into())),
        });
    })
}

/// A worker that cannot be loaded, or that has thrown.
fn on_error(worker: &Worker, url: String, hear: impl Fn(Event) + 'static) -> Listener {
    Listener::new(worker, "error", move |event: JsValue| {
        let said = event
            .dyn_ref::<ErrorEvent>()
            .map(ErrorEvent::message)
            .filter(|said| !said.is_empty());
        let reason = match said {
            Some(said) => ["The viewer's worker has failed: ", &said].concat(),
            None => ["The viewer's worker could not be loaded: ", &url].concat(),
        };
        hear(Event::Disconnected(failure(reason)));
    })
}

/// Where the worker's script is, as the page's `<meta name="porthole-worker">` says.
fn worker_address(document: &Document) -> Result<String, JsValue> {
    let base = document.base_uri()?.unwrap_or_default();
    let named = document
        .query_selector("meta[name=porthole-worker]")?
        .and_then(|meta| meta.get_attribute("content"))
        .ok_or_else(|| JsValue::from_str("the page does not name the viewer's worker"))?;
    Ok(Url::new_with_base(&named, &base)?.href())
}

/// The address in the form that the browser wants for a worker: where the page requires Trusted Types, made by a
/// policy of the name `porthole`, which lets only this address through.
fn trusted(url: &str) -> Result<JsValue, JsValue> {
    thread_local! {
        /// A policy can be made once only.
        static POLICY: RefCell<Option<JsValue>> = const { RefCell::new(None) };
    }
    let types = Reflect::get(&js_sys::global(), &"trustedTypes".into())?;
    if types.is_undefined() {
        return Ok(url.into());
    }
    let policy = match POLICY.with_borrow(Clone::clone) {
        Some(policy) => policy,
        None => {
            let allowed = url.to_owned();
            let check = Closure::<dyn Fn(String) -> JsValue>::new(move |asked: String| {
                if asked == allowed {
                    asked.into()
                } else {
                    JsValue::NULL
                }
            });
            let rules = Object::new();
            Reflect::set(&rules, &"createScriptURL".into(), &check.into_js_value())?;
            let create: Function = Reflect::get(&types, &"createPolicy".into())?.dyn_into()?;
            let policy = create.call2(&types, &"porthole".into(), &rules)?;
            POLICY.set(Some(policy.clone()));
            policy
        }
    };
    let create: Function = Reflect::get(&policy, &"createScriptURL".into())?.dyn_into()?;
    create.call1(&policy, &url.into())
}

/// The end of whatever connection there is, because the session is gone.
pub(super) fn failure(reason: String) -> Ending {
    Ending {
        hop: Hop::Page,
        clean: false,
        reason,
        advice: Some("Reload the page.".into()),
        code: None,
        login_failed: false,
    }
}
