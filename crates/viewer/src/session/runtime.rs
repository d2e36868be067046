//! What joins a connection to the browser: messages of the page, the socket, animation frames and timers.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::{Rc, Weak};

use js_sys::{Array, Uint8Array};
use porthole_rfb::{Login, Size};
use wasm_bindgen::prelude::*;
use web_sys::{DedicatedWorkerGlobalScope, MessageChannel, MessageEvent};
use zeroize::Zeroizing;

use super::ending::{self, Probe};
use super::link::{End, Link};
use super::login;
use super::presenter::Presenter;
use super::probe::probe;
use super::scope::{Port, Scope, Surface};
use super::socket::{SUBPROTOCOL, Socket, SocketEvent};
use super::video;
use crate::{Command, ConnectOptions, Event, Unreadable, decode, encode};

/// How much is decoded before it is looked at the clock again. Compressed, this much can be many megabytes.
const SLICE: u32 = 16 << 10;
/// After so many milliseconds of decoding other events get their turn.
const TURN: f64 = 8.0;
/// The same where more than [`FULL`] bytes wait. A browser goes on taking in what a server sends for as long as nothing
/// else happens here: what it finds no time to take in, the server cannot send.
const LONG_TURN: f64 = 100.0;
const FULL: u32 = 16 << 20;
/// With more bytes than this waiting it is too much. A sound server never has more than an update under way.
const FLOODED: u32 = 512 << 20;
/// The page is told what has happened no more often than this.
const TELLING: f64 = 33.0;
/// The time between frames where there are no animation frames, in milliseconds.
const FRAME: i32 = 16;

/// Runs a session on the page, which hears commands on `port` and paints on `surface`.
///
/// # Errors
/// What the browser says if the canvas cannot be drawn on.
pub(crate) fn run_on_page(port: Port, surface: Surface) -> Result<(), JsValue> {
    report_panics(port.clone());
    run(port.clone(), surface)?;
    post(&port, &Event::Ready);
    Ok(())
}

/// The same in a worker, whose first message, after it has said that it is ready, is the canvas to paint on.
pub fn run_in_worker(scope: DedicatedWorkerGlobalScope) {
    let port: Port = scope.unchecked_into();
    report_panics(port.clone());
    let scope = port.clone();
    let on_canvas = Closure::once_into_js(move |event: MessageEvent| {
        if let Err(error) = run(scope.clone(), event.data().unchecked_into()) {
            post(&scope, &Event::Disconnected(ending::fault(&super::words(&error))));
        }
    });
    port.set_onmessage(Some(on_canvas.unchecked_ref()));
    post(&port, &Event::Ready);
}

fn run(port: Port, surface: Surface) -> Result<(), JsValue> {
    let runtime = Runtime::new(port.clone(), Presenter::new(surface)?)?;
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        runtime.handle_message(&event.data());
    });
    port.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    // A session lives as long as its worker or its page.
    on_message.forget();
    Ok(())
}

/// A session: at most one connection at a time.
#[derive(Debug)]
struct Runtime {
    me: Weak<Self>,
    scope: Scope,
    port: Port,
    state: RefCell<State>,
    callbacks: Callbacks,
    /// Posting to it runs `pump` after other events have had their turn.
    turn: MessageChannel,
}

/// What the browser calls again and again.
#[derive(Debug)]
struct Callbacks {
    frame: Closure<dyn FnMut()>,
    timer: Closure<dyn FnMut()>,
    pump: Closure<dyn FnMut()>,
}

#[derive(Debug)]
struct State {
    presenter: Presenter,
    connection: Option<Connection>,
    /// Counts connections, so that what is heard of an earlier one is known for it.
    generation: u32,
    observed: bool,
    /// Nobody can see the desktop.
    unseen: bool,
    frame_requested: bool,
    pump_requested: bool,
    timer: Option<Timer>,
    /// What is being decoded, copied from the browser's memory.
    slice: Vec<u8>,
}

/// A timer that is running.
#[derive(Debug)]
struct Timer {
    id: i32,
    /// When it calls.
    due: f64,
}

#[derive(Debug)]
struct Connection {
    link: Link,
    /// None while it is being found out why it did not open.
    socket: Option<Socket>,
    subprotocol_offered: bool,
    inbox: VecDeque<Uint8Array>,
    /// How many bytes that are.
    waiting: u32,
    /// It has ended, and what came before that is still to be heard.
    closed: Option<(u16, String)>,
    /// When the page was told something last.
    told: f64,
    has_video: bool,
    /// An animation frame came while nothing complete was there to paint: paint as soon as there is.
    frame_due: bool,
    first_frame_told: bool,
    /// The size that the canvas has.
    size: Size,
}

impl Runtime {
    fn new(port: Port, presenter: Presenter) -> Result<Rc<Self>, JsValue> {
        let turn = MessageChannel::new()?;
        let runtime = Rc::new_cyclic(|me: &Weak<Self>| Self {
            me: me.clone(),
            scope: Scope::current(),
            port,
            state: RefCell::new(State {
                presenter,
                connection: None,
                generation: 0,
                observed: false,
                unseen: false,
                frame_requested: false,
                pump_requested: false,
                timer: None,
                slice: vec![0; SLICE as usize],
            }),
            callbacks: Callbacks {
                frame: callback(me, Self::handle_frame),
                timer: callback(me, Self::handle_timer),
                pump: callback(me, Self::pump),
            },
            turn,
        });
        let pump = runtime.callbacks.pump.as_ref().unchecked_ref();
        runtime.turn.port2().set_onmessage(Some(pump));
        Ok(runtime)
    }

    fn now(&self) -> f64 {
        self.scope.now()
    }
}

// ---- what happens ------------------------------------------------------------------------------------------

impl Runtime {
    fn handle_message(&self, message: &JsValue) {
        let now = self.now();
        let state = &mut *self.state.borrow_mut();
        let bytes = message.dyn_ref::<Uint8Array>().map(Uint8Array::to_vec);
        // It may be a password.
        let bytes = Zeroizing::new(bytes.unwrap_or_default());
        match decode(&bytes) {
            Err(Unreadable) => {
                let ending = ending::fault("page and worker are of different builds.");
                post(&self.port, &Event::Disconnected(ending));
            }
            Ok(Command::Connect(options)) => {
                if let Some(mut before) = state.connection.take() {
                    before.link.finish(ending::asked_for());
                    self.tell(&mut before, now);
                    self.close_videos(&before);
                }
                self.connect(state, *options, now);
            }
            Ok(command) => {
                match command {
                    Command::Observe(on) => state.observed = on,
                    Command::Seen(on) => state.unseen = !on,
                    _ => {}
                }
                if let Some(connection) = &mut state.connection {
                    connection.link.command(command, now);
                }
            }
        }
        self.settle(state, now);
    }

    fn connect(&self, state: &mut State, options: ConnectOptions, now: f64) {
        state.generation += 1;
        let mut link = Link::new(options, self.scope.can_decode_video(), state.observed, now);
        if state.unseen {
            link.command(Command::Seen(false), now);
        }
        state.connection = Some(Connection {
            link,
            socket: None,
            subprotocol_offered: true,
            inbox: VecDeque::new(),
            waiting: 0,
            closed: None,
            told: f64::NEG_INFINITY,
            has_video: false,
            frame_due: false,
            first_frame_told: false,
            size: Size::default(),
        });
        self.open_socket(state, true);
    }

    fn open_socket(&self, state: &mut State, offer_subprotocol: bool) {
        let Some(connection) = &mut state.connection else {
            return;
        };
        connection.subprotocol_offered = offer_subprotocol;
        let (me, generation) = (self.me.clone(), state.generation);
        let opened = Socket::open(connection.link.url(), offer_subprotocol, move |event| {
            if let Some(runtime) = me.upgrade() {
                runtime.handle_socket(generation, event);
            }
        });
        match opened {
            Ok(socket) => connection.socket = Some(socket),
            Err(why) => {
                let ending = ending::not_openable(connection.link.url(), &why);
                connection.link.finish(ending);
            }
        }
    }

    fn handle_socket(&self, generation: u32, event: SocketEvent) {
        let now = self.now();
        let state = &mut *self.state.borrow_mut();
        let Some(connection) = state.connection(generation) else {
            return;
        };
        match event {
            SocketEvent::Opened(subprotocol) => connection.link.handle_open(&subprotocol, now),
            SocketEvent::Text => connection.link.finish(ending::text_received()),
            SocketEvent::Message(buffer) => {
                let message = Uint8Array::new(&buffer);
                connection.waiting = connection.waiting.saturating_add(message.length());
                connection.inbox.push_back(message);
                if connection.waiting > FLOODED {
                    connection.link.finish(ending::flooded(FLOODED >> 20));
                }
                self.decode(state, now);
            }
            SocketEvent::Closed { code, reason } => {
                connection.closed = Some((code, reason));
                self.decode(state, now);
            }
        }
        self.settle(state, now);
    }

    /// The socket has closed, and all that came before has been heard: often it is the server's reason.
    fn handle_close(&self, state: &mut State, code: u16, reason: &str, now: f64) {
        let Some(connection) = &mut state.connection else {
            return;
        };
        if connection.link.is_opening() && connection.subprotocol_offered {
            // Some servers refuse a subprotocol that they do not know, and some answer none where one was
            // offered, which browsers refuse. The browser does not say which, so it is tried without, once.
            connection.link.log(now, |_| {
                format!("the WebSocket did not open with the subprotocol {SUBPROTOCOL}; trying without")
            });
            return self.open_socket(state, false);
        }
        connection.link.handle_close(code, reason, now);
    }

    /// A login has been loaded, or could not be.
    fn handle_login(&self, generation: u32, login: Result<Box<dyn Login>, String>) {
        let now = self.now();
        let state = &mut *self.state.borrow_mut();
        if let Some(connection) = state.connection(generation) {
            connection.link.handle_login(login, now);
            self.settle(state, now);
        }
    }

    /// What came of a piece of video. What has come after it is taken up again.
    fn handle_video(&self, generation: u32, picture: Result<Option<Vec<u8>>, String>) {
        let now = self.now();
        let state = &mut *self.state.borrow_mut();
        if let Some(connection) = state.connection(generation) {
            connection.link.handle_video(picture, now);
            self.paint_if_due(state, now);
            self.decode(state, now);
            self.settle(state, now);
        }
    }

    fn handle_timer(&self) {
        let now = self.now();
        let state = &mut *self.state.borrow_mut();
        state.timer = None;
        if let Some(connection) = &mut state.connection {
            connection.link.tick(now);
        }
        self.settle(state, now);
    }

    fn handle_frame(&self) {
        let now = self.now();
        let state = &mut *self.state.borrow_mut();
        state.frame_requested = false;
        if let Some(connection) = &mut state.connection {
            connection.frame_due = true;
        }
        self.paint_if_due(state, now);
        self.settle(state, now);
    }

    fn pump(&self) {
        let now = self.now();
        let state = &mut *self.state.borrow_mut();
        state.pump_requested = false;
        self.decode(state, now);
        self.settle(state, now);
    }
}

// ---- pixels ------------------------------------------------------------------------------------------------

impl Runtime {
    /// Decodes what has come, for as long as it is this session's turn, and then hears of the end, if there is one.
    fn decode(&self, state: &mut State, began: f64) {
        if state.pump_requested {
            return;
        }
        while self.decode_slice(state) {
            let Some(connection) = &state.connection else {
                return;
            };
            let turn = if connection.waiting > FULL {
                LONG_TURN
            } else {
                TURN
            };
            let has_more = connection.waiting > 0 || connection.link.is_busy();
            if has_more && self.now() - began > turn {
                state.pump_requested = true;
                // A plain message to a port of this very scope can be sent.
                let _ = self.turn.port1().post_message(&JsValue::NULL);
                return;
            }
        }
        if let Some(connection) = &mut state.connection
            && !connection.link.awaits_video()
            && let Some((code, reason)) = connection.closed.take()
        {
            self.handle_close(state, code, &reason, began);
        }
    }

    /// Decodes one slice of what has come. Says whether there was one.
    fn decode_slice(&self, state: &mut State) -> bool {
        let Some(connection) = &mut state.connection else {
            return false;
        };
        if connection.link.awaits_video() || connection.link.end().is_some() {
            return false;
        }
        let slice = if connection.link.is_busy() {
            &[]
        } else {
            let Some(message) = connection.inbox.pop_front() else {
                return false;
            };
            let length = message.length();
            let taken = length.min(SLICE);
            let Some(slice) = state.slice.get_mut(..taken as usize) else {
                return false;
            };
            message.subarray(0, taken).copy_to(slice);
            if taken < length {
                connection.inbox.push_front(message.subarray(taken, length));
            }
            connection.waiting = connection.waiting.saturating_sub(taken);
            &*slice
        };
        let began = self.now();
        let updates = connection.link.client().statistics().updates;
        connection.link.handle_input(slice, began);
        connection.link.decoded(self.now() - began);
        // The answer to an update must not wait for those that are still in the inbox.
        connection.transmit();
        if connection.link.client().statistics().updates != updates {
            self.paint_if_due(state, began);
        }
        true
    }

    /// Paints, once per animation frame, and only what is complete.
    fn paint_if_due(&self, state: &mut State, now: f64) {
        self.follow_size(state);
        let Some(connection) = &mut state.connection else {
            return;
        };
        let link = &mut connection.link;
        let damaged = link.client().framebuffer().is_damaged();
        if !connection.frame_due || !damaged || !link.is_presentable(now) || link.end().is_some() {
            return;
        }
        connection.frame_due = false;
        let began = self.now();
        if let Err(error) = state.presenter.paint(link.client_mut().framebuffer_mut()) {
            link.finish(ending::fault(&super::words(&error)));
            return;
        }
        link.painted(self.now() - began);
        if !connection.first_frame_told {
            connection.first_frame_told = true;
            // What led to the frame is told before it.
            self.tell(connection, now);
            post(&self.port, &Event::FirstFrame);
        }
    }

    /// Gives the canvas a new size at once, with what is known of its pixels, so that it never flashes.
    fn follow_size(&self, state: &mut State) {
        let Some(connection) = &mut state.connection else {
            return;
        };
        let framebuffer = connection.link.client_mut().framebuffer_mut();
        let size = framebuffer.size();
        if connection.size == size {
            return;
        }
        connection.size = size;
        state.presenter.resize(size);
        if connection.first_frame_told {
            framebuffer.damage_all();
            if let Err(error) = state.presenter.paint(framebuffer) {
                connection.link.finish(ending::fault(&super::words(&error)));
            }
        }
    }
}

// ---- what follows from it ----------------------------------------------------------------------------------

impl Runtime {
    /// After anything has happened: sends, tells, and asks to be called again.
    fn settle(&self, state: &mut State, now: f64) {
        self.follow_size(state);
        let Some(connection) = &mut state.connection else {
            return;
        };
        connection.transmit();
        self.load_login(connection, state.generation);
        self.decode_videos(connection, state.generation);
        let telling = connection.told + TELLING;
        if telling <= now || connection.link.end().is_some() {
            self.tell(connection, now);
        }
        match connection.link.end() {
            None => {}
            Some(End::Known(_)) => {
                self.close_videos(connection);
                state.connection = None;
                return;
            }
            Some(End::NeverOpened | End::Silent(_)) => {
                if connection.socket.take().is_some() {
                    self.find_out_why(state);
                }
                return;
            }
        }
        let framebuffer = connection.link.client().framebuffer();
        let wants_frame = framebuffer.is_damaged() && !state.frame_requested;
        let wake = [
            connection.link.deadline().map(|deadline| deadline - now),
            connection.link.congestion_poll(),
            connection.link.has_event().then_some(telling - now),
        ];
        let wake = wake.into_iter().flatten().min_by(f64::total_cmp);
        if wants_frame {
            state.frame_requested = true;
            self.request_frame();
        }
        if let Some(wait) = wake {
            self.wake(state, wait, now);
        }
    }

    /// Has the timer call within so many milliseconds. One that calls earlier is left alone and does nothing then: deadlines
    /// move with every message, and a timer for each would cost more than the message.
    fn wake(&self, state: &mut State, wait: f64, now: f64) {
        let wait = wait.max(0.0).ceil();
        let due = now + wait;
        match &state.timer {
            Some(timer) if timer.due <= due => return,
            Some(timer) => self.scope.clear_timeout(timer.id),
            None => {}
        }
        let callback = self.callbacks.timer.as_ref().unchecked_ref();
        state.timer = Some(Timer {
            id: self.scope.set_timeout(callback, wait as i32),
            due,
        });
    }

    fn load_login(&self, connection: &mut Connection, generation: u32) {
        let Some(security_type) = connection.link.take_wanted_login() else {
            return;
        };
        let scope = self.scope.clone();
        self.hear(
            async move { login::load(&scope, security_type).await },
            move |runtime, login| runtime.handle_login(generation, login),
        );
    }

    fn decode_videos(&self, connection: &mut Connection, generation: u32) {
        let closed = connection.link.take_closed_videos();
        if !closed.is_empty() {
            video::close(&self.scope, closed);
        }
        let Some(video) = connection.link.take_video() else {
            return;
        };
        connection.has_video = true;
        let scope = self.scope.clone();
        self.hear(
            async move { video::decode(&scope, video).await },
            move |runtime, picture| runtime.handle_video(generation, picture),
        );
    }

    /// The next connection counts its contexts anew.
    fn close_videos(&self, connection: &Connection) {
        if connection.has_video {
            video::close_all(&self.scope);
        }
    }

    fn request_frame(&self) {
        let callback = self.callbacks.frame.as_ref().unchecked_ref();
        if self.scope.request_animation_frame(callback).is_err() {
            self.scope.set_timeout(callback, FRAME);
        }
    }

    /// Tells the page what has happened, and how it ended if it has.
    fn tell(&self, connection: &mut Connection, now: f64) {
        connection.told = now;
        while let Some(event) = connection.link.poll_event() {
            post(&self.port, &event);
        }
        if let Some(End::Known(ending)) = connection.link.end() {
            post(&self.port, &Event::Disconnected(ending.clone()));
        }
    }

    fn find_out_why(&self, state: &State) {
        let Some(connection) = &state.connection else {
            return;
        };
        let (generation, url) = (state.generation, connection.link.url().to_owned());
        let scope = self.scope.clone();
        self.hear(
            async move { (probe(&scope, &url).await, url) },
            move |runtime, (found, url)| runtime.handle_probe(generation, &url, found),
        );
    }

    fn handle_probe(&self, generation: u32, url: &str, found: Probe) {
        let state = &mut *self.state.borrow_mut();
        let Some(connection) = state.connection(generation) else {
            return;
        };
        let ending = match connection.link.end() {
            Some(End::Silent(seconds)) => ending::lost(*seconds, found),
            _ => ending::never_opened(url, found),
        };
        self.close_videos(connection);
        state.connection = None;
        post(&self.port, &Event::Disconnected(ending));
    }

    /// Has the browser do something, and hears what came of it, unless the session is gone by then.
    fn hear<T: 'static>(
        &self,
        doing: impl Future<Output = T> + 'static,
        outcome: impl FnOnce(&Self, T) + 'static,
    ) {
        let me = self.me.clone();
        wasm_bindgen_futures::spawn_local(async move {
            let came = doing.await;
            if let Some(runtime) = me.upgrade() {
                outcome(&runtime, came);
            }
        });
    }
}

impl State {
    /// The connection of this number, unless it is over or another one has taken its place.
    fn connection(&mut self, generation: u32) -> Option<&mut Connection> {
        let is_same = self.generation == generation;
        self.connection.as_mut().filter(|_| is_same)
    }
}

impl Connection {
    fn transmit(&mut self) {
        if let Some(socket) = &self.socket
            && let Some(bytes) = self.link.poll_transmit(socket.buffered())
        {
            socket.send(&bytes);
        }
    }
}

fn callback(me: &Weak<Runtime>, call: fn(&Runtime)) -> Closure<dyn FnMut()> {
    let me = me.clone();
    Closure::new(move || {
        if let Some(runtime) = me.upgrade() {
            call(&runtime);
        }
    })
}

fn post(port: &Port, event: &Event) {
    let message = Uint8Array::from(encode(event).as_slice());
    let transfer = Array::of1(&message.buffer());
    // Bytes can be posted, and their buffer is fresh.
    let _ = port.post_message(&message, &transfer);
}

/// After a panic nothing of the session can be relied upon: it says so, once, and that is the last of it.
fn report_panics(port: Port) {
    thread_local! {
        static PORT: RefCell<Option<Port>> = const { RefCell::new(None) };
        static PANICKED: Cell<bool> = const { Cell::new(false) };
    }
    PORT.set(Some(port));
    std::panic::set_hook(Box::new(|info| {
        if !PANICKED.replace(true) {
            let ending = Event::Disconnected(ending::fault(&info.to_string()));
            PORT.with_borrow(|port| {
                if let Some(port) = port {
                    post(port, &ending);
                }
            });
        }
    }));
}
