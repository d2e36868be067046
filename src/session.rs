//! The viewer and what is known of its connection: what all parts of the page share.

use std::collections::VecDeque;
use std::time::Duration;

use leptos::prelude::*;
use porthole_hands::input::{KeyAction, Latch, Latches, chord};
use porthole_hands::{Hands, View};
use porthole_viewer::page::{Presentation, Scaling, address, part};
use porthole_viewer::settings::{Settings, Touch};
use porthole_viewer::{
    Command, Credential, Credentials, Ending, Event, Hop, LockKeys, LogLine, Screen, Stage, Statistics,
    decode,
};
use zeroize::Zeroize;

use crate::bar::{self, Place};
use crate::clipboard::{self, Clipboards};
use crate::doctor::{self, Diagnosis};
use crate::embedding::{self, Embedder, Outgoing};
use crate::panel::Panel;
use crate::phase::Phase;
use crate::retry;
use crate::server_key::{self, Key};
use crate::viewer::Viewer;
use crate::{mouse, touch};

/// A handle that parts of the page pass around. What it shows are signals, what it does are methods.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Session {
    pub(crate) phase: RwSignal<Phase>,
    pub(crate) settings: RwSignal<Settings>,
    /// The desktop's name.
    pub(crate) name: RwSignal<String>,
    /// The remote screen's size in pixels.
    pub(crate) size: RwSignal<(u16, u16)>,
    /// How it is shown.
    pub(crate) presentation: RwSignal<Presentation>,
    /// How large that is, in percent of its own size.
    pub(crate) percent: RwSignal<f64>,
    /// The screens that the desktop has told of.
    pub(crate) screens: RwSignal<Vec<Screen>>,
    /// Whether the pointer drags the view, instead of what it shows.
    pub(crate) drags: RwSignal<bool>,
    /// Whether it is also in a small window in front of all others.
    pub(crate) in_small_window: RwSignal<bool>,
    /// Whether the server can be asked for another size.
    pub(crate) can_resize: RwSignal<bool>,
    /// The lock keys that are on at the desktop, where the server says so.
    pub(crate) lock_keys: RwSignal<Option<LockKeys>>,
    /// Whether the machine can be asked to shut down, reboot or reset.
    pub(crate) can_power: RwSignal<bool>,
    pub(crate) clipboards: Clipboards,
    /// The panel that is open.
    pub(crate) panel: RwSignal<Option<Panel>>,
    /// Where the handle of the control bar is.
    pub(crate) handle: RwSignal<Place>,
    /// A short word to the person, gone after a while.
    pub(crate) notice: RwSignal<Option<String>>,
    /// What ends it.
    notice_timer: StoredValue<Option<TimeoutHandle>>,
    /// How often the bell has rung.
    pub(crate) bells: RwSignal<u32>,
    /// Seconds until it tries again by itself.
    pub(crate) retry_in: RwSignal<Option<u32>>,
    /// How often it has tried so since there was a desktop.
    tries: StoredValue<u32>,
    /// What counts down to it.
    timer: StoredValue<Option<TimeoutHandle>>,
    pub(crate) statistics: RwSignal<Option<Statistics>>,
    pub(crate) log: RwSignal<VecDeque<LogLine>>,
    /// What is known of the way to the desktop.
    pub(crate) diagnosis: RwSignal<Diagnosis>,
    viewer: StoredValue<Viewer, LocalStorage>,
    /// What fingers on the desktop do.
    pub(crate) touch: RwSignal<Touch>,
    /// Whether there are any.
    pub(crate) has_touch: RwSignal<bool>,
    /// Whether what they do is explained.
    pub(crate) touch_help: RwSignal<bool>,
    /// Which modifiers are down by themselves.
    pub(crate) latches: RwSignal<Latches>,
    /// How many characters of a text are still to be typed.
    pub(crate) left_to_type: RwSignal<usize>,
    /// Whether the system's own keyboard is wanted on the screen.
    pub(crate) on_screen_keyboard: RwSignal<bool>,
    /// Keyboard and pointer at the desktop.
    hands: StoredValue<Option<Hands>, LocalStorage>,
    /// The page around this one, where it may hear of the session.
    embedder: StoredValue<Option<Embedder>, LocalStorage>,
    /// What was given to log in with: for the next connection, which is made without asking.
    credentials: StoredValue<Credentials>,
    /// What the login asked for last, and its name.
    question: StoredValue<(String, Vec<Credential>)>,
    /// The WebSocket's address, and the key that was trusted there: where the browser does not remember it.
    trusted: StoredValue<Option<(String, String)>>,
}

/// The most lines of the protocol log that are kept.
const MAX_LOG: usize = 500;

/// How long a notice stands.
const NOTICE: Duration = Duration::from_secs(6);

impl Session {
    /// Around a viewer that has begun to connect by itself, if the settings want that.
    pub(crate) fn new(settings: Settings, viewer: Viewer) -> Self {
        let phase = if settings.autoconnect {
            Phase::Connecting(None)
        } else {
            Phase::Idle
        };
        Self {
            phase: RwSignal::new(phase),
            name: RwSignal::new(String::new()),
            size: RwSignal::new((0, 0)),
            presentation: RwSignal::new(settings.presentation),
            percent: RwSignal::new(100.0),
            screens: RwSignal::new(Vec::new()),
            drags: RwSignal::new(false),
            in_small_window: RwSignal::new(false),
            can_resize: RwSignal::new(false),
            lock_keys: RwSignal::new(None),
            can_power: RwSignal::new(false),
            clipboards: Clipboards::new(settings.share_clipboard),
            panel: RwSignal::new(None),
            handle: RwSignal::new(Place::remembered()),
            notice: RwSignal::new(Some(settings.complaints.join(" ")).filter(|words| !words.is_empty())),
            notice_timer: StoredValue::new(None),
            bells: RwSignal::new(0),
            retry_in: RwSignal::new(None),
            tries: StoredValue::new(0),
            timer: StoredValue::new(None),
            statistics: RwSignal::new(None),
            log: RwSignal::new(VecDeque::new()),
            diagnosis: RwSignal::new(Diagnosis::None),
            viewer: StoredValue::new_local(viewer),
            touch: RwSignal::new(settings.touch.or_else(touch::remembered).unwrap_or_default()),
            has_touch: RwSignal::new(false),
            touch_help: RwSignal::new(false),
            latches: RwSignal::new(Latches::default()),
            left_to_type: RwSignal::new(0),
            on_screen_keyboard: RwSignal::new(false),
            hands: StoredValue::new_local(None),
            embedder: StoredValue::new_local(None),
            credentials: StoredValue::new(settings.credentials.clone().unwrap_or_default()),
            question: StoredValue::new(Default::default()),
            trusted: StoredValue::new(None),
            settings: RwSignal::new(settings),
        }
    }

    /// Hears what the viewer has told and will tell, and tells it to the page around this one.
    pub(crate) fn start(self) {
        embedding::start(self);
        mouse::watch(self);
        touch::watch(self);
        clipboard::start(self);
        let viewer = self.viewer.get_value();
        let view_only = self.settings.with_untracked(|it| it.view_only);
        match Hands::new(viewer.surface(), view_only, self, move |command| {
            viewer.send(command);
        }) {
            Ok(hands) => {
                hands.set_touch(self.touch.get_untracked());
                hands.set_dot(self.settings.with_untracked(|it| it.show_dot));
                hands.on_leave(bar::focus);
                hands.on_latches(move |latches| self.latches.set(latches));
                hands.on_typed(move |left| self.left_to_type.set(left));
                hands.set_command_is_control(self.settings.with_untracked(|it| it.command_is_control));
                hands.on_paste(move |event, pasting| clipboard::pasted(self, event, pasting));
                self.hands.set_value(Some(hands));
            }
            Err(_) => self.tell("This browser does not tell this page of keyboard and pointer."),
        }
        self.with_viewer(|viewer| viewer.attach(move |event| self.handle(event)));
    }

    /// Connects with the settings as they are now.
    pub(crate) fn connect(self) {
        self.diagnosis.set(Diagnosis::None);
        self.connect_again();
    }

    /// The same, after an end whose cause is looked for, or known.
    fn connect_again(self) {
        self.retry_in.set(None);
        let settings = self.settings.get_untracked();
        let url = match address::websocket(&settings.path) {
            Ok(url) => url,
            Err(reason) => return self.fail(&reason),
        };
        self.phase.set(Phase::Connecting(None));
        self.log.update(VecDeque::clear);
        self.statistics.set(None);
        self.can_resize.set(false);
        self.screens.set(Vec::new());
        self.can_power.set(false);
        self.lock_keys.set(None);
        self.clipboards.reset();
        let options = settings.connect_options(url, Some(self.credentials.get_value()));
        self.send(Command::Connect(Box::new(options)));
    }

    /// Ends the connection, and the waiting for the next one.
    pub(crate) fn disconnect(self) {
        self.retry_in.set(None);
        self.send(Command::Disconnect);
    }

    /// Answers the question of a login: of the one that waits for it, or else of a new one.
    pub(crate) fn log_in(self, credentials: Credentials) {
        self.credentials.set_value(credentials.clone());
        if self.phase.get_untracked().is_under_way() {
            self.phase.set(Phase::Connecting(Some(Stage::LoggingIn)));
            self.send(Command::Credentials(credentials));
        } else {
            self.connect();
        }
    }

    /// Gives up on what a login asked for.
    pub(crate) fn cancel_login(self) {
        self.credentials.set_value(Credentials::default());
        if self.phase.get_untracked().is_under_way() {
            self.disconnect();
        } else {
            self.phase.set(Phase::Idle);
        }
    }

    /// Something of what was given to log in with before.
    pub(crate) fn given(self, of: impl FnOnce(&Credentials) -> Option<String>) -> Option<String> {
        self.credentials.with_value(of)
    }

    /// The server's key is the right one, now and later.
    pub(crate) fn trust_server(self, key: &Key) {
        let url = self.url();
        server_key::remember(&url, &key.sha256);
        self.trusted.set_value(Some((url, key.sha256.clone())));
        self.approve_server(true);
    }

    /// The server's key is not the right one.
    pub(crate) fn refuse_server(self) {
        self.approve_server(false);
    }

    fn approve_server(self, is_right: bool) {
        self.phase.set(Phase::Connecting(Some(Stage::PreparingLogin)));
        self.send(Command::ApproveServer(is_right));
    }

    /// The server shows a key: it is known, or a person has to say whether it is right.
    fn meet_server(self, key: Key) {
        let url = self.url();
        let trusted = self.trusted.get_value().filter(|(at, _)| *at == url);
        let known = server_key::known(&url).or(trusted.map(|(_, sha256)| sha256));
        if known.as_ref() == Some(&key.sha256) {
            self.approve_server(true);
        } else {
            self.phase.set(Phase::ServerKey { key, known });
        }
    }

    /// The WebSocket's address; empty where the settings have none.
    pub(crate) fn url(self) -> String {
        address::websocket(&self.settings.with_untracked(|it| it.path.clone())).unwrap_or_default()
    }

    /// A login has failed: what it asked for is asked for again, but for what was right, perhaps.
    fn ask_again(self, reason: String) {
        self.credentials.update_value(|it| {
            it.password.zeroize();
            it.password = None;
        });
        let (login, mut asked) = self.question.get_value();
        if asked.is_empty() {
            // It was given before it was asked for.
            if self.given(|it| it.username.clone()).is_some() {
                asked.push(Credential::Username);
            }
            asked.push(Credential::Password);
        }
        self.phase.set(Phase::Credentials {
            login,
            asked,
            refused: Some(reason),
        });
    }

    pub(crate) fn send_ctrl_alt_del(self) {
        let keys = [
            ("Control", "ControlLeft"),
            ("Alt", "AltLeft"),
            ("Delete", "Delete"),
        ];
        self.send_keys(chord(&keys).unwrap_or_default());
        self.focus();
    }

    /// Presses and releases keys by their names in the DOM, `key` and `code`.
    ///
    /// # Errors
    /// The first name that is no key's.
    pub(crate) fn press<'a>(self, keys: &[(&'a str, &str)]) -> Result<(), &'a str> {
        self.send_keys(chord(keys)?);
        Ok(())
    }

    /// A modifier that stays down by itself is pressed.
    pub(crate) fn latch(self, latch: Latch) {
        self.with_hands(|hands| hands.latch(latch));
    }

    /// A modifier that stays down by itself is let go.
    pub(crate) fn unlatch(self, latch: Latch) {
        self.with_hands(|hands| hands.unlatch(latch));
    }

    /// Types a text key by key.
    pub(crate) fn type_text(self, text: Option<&str>) {
        match text {
            None | Some("") => self.tell("There is no text to type."),
            Some(text) => self.with_hands(|hands| hands.type_text(text)),
        }
    }

    /// Types no more of it.
    pub(crate) fn stop_typing(self) {
        self.with_hands(Hands::stop_typing);
    }

    /// Brings the system's own keyboard to the screen, or takes it away.
    pub(crate) fn toggle_on_screen_keyboard(self) {
        let on = !self.on_screen_keyboard.get_untracked();
        self.on_screen_keyboard.set(on);
        self.with_hands(|hands| hands.set_on_screen_keyboard(on));
    }

    /// Presses and releases keys.
    pub(crate) fn send_keys(self, actions: Vec<KeyAction>) {
        self.with_hands(|hands| hands.press(actions));
    }

    /// Fits the desktop in another way, no larger and no smaller than that.
    pub(crate) fn set_scaling(self, scaling: Scaling) {
        self.show_as(scaling, 100);
    }

    /// The same, so many percent as large.
    pub(crate) fn show_as(self, scaling: Scaling, zoom: u16) {
        self.presentation
            .update(|it| (it.scaling, it.zoom) = (scaling, zoom));
        self.apply_presentation(true);
    }

    /// Shows the desktop in another way, as far zoomed in as it is.
    pub(crate) fn present(self, change: impl FnOnce(&mut Presentation)) {
        self.presentation.update(change);
        self.apply_presentation(false);
    }

    fn apply_presentation(self, zoomed_anew: bool) {
        let presentation = self.presentation.get_untracked();
        self.with_viewer(|viewer| viewer.present(presentation, zoomed_anew));
        self.measure();
    }

    /// Takes note of how large the desktop is shown by now.
    pub(crate) fn measure(self) {
        let device_pixels = self.presentation.with_untracked(|it| it.device_pixels);
        let ratio = if device_pixels {
            window().device_pixel_ratio()
        } else {
            1.0
        };
        self.with_viewer(|viewer| self.percent.set(viewer.scale() * ratio * 100.0));
    }

    /// The display's pixels have another size.
    pub(crate) fn refit(self) {
        self.apply_presentation(false);
    }

    /// Moves what is shown by so many CSS pixels, as a hand moves paper. Says whether there was more of it.
    pub(crate) fn pan(self, right: f64, down: f64) -> bool {
        self.viewer.with_value(|viewer| viewer.pan(right, down))
    }

    /// Somebody sees the desktop elsewhere, even while this page is hidden.
    pub(crate) fn keep_seen(self, keep: bool) {
        self.with_viewer(|viewer| viewer.keep_seen(keep));
    }

    /// The part of the framebuffer that is shown: its first column and row, width and height.
    pub(crate) fn part(self) -> (u16, u16, u16, u16) {
        let size = self.size.get_untracked();
        let number = self.presentation.with_untracked(|it| it.screen);
        self.screens.with_untracked(|screens| part(screens, number, size))
    }

    /// Whether the desktop's size and screens can be changed from here.
    pub(crate) fn may_resize(self) -> bool {
        self.can_resize.get() && !self.settings.with(|settings| settings.view_only)
    }

    pub(crate) fn set_view_only(self, on: bool) {
        self.with_hands(|hands| hands.set_view_only(on));
        self.send(Command::ViewOnly(on));
    }

    /// What fingers on the desktop do from now on.
    pub(crate) fn set_touch(self, touch: Touch) {
        self.touch.set(touch);
        self.with_hands(|hands| hands.set_touch(touch));
    }

    /// Whether fingers that slide move the view, and not what is in it.
    pub(crate) fn set_drags_view(self, on: bool) {
        self.with_hands(|hands| hands.set_drags_view(on));
    }

    /// Whether the Command key of Apple's keyboards is Control at the desktop.
    pub(crate) fn set_command_is_control(self, on: bool) {
        self.settings.update(|it| it.command_is_control = on);
        self.with_hands(|hands| hands.set_command_is_control(on));
    }

    /// Whether a dot is shown where the desktop hides its pointer.
    pub(crate) fn set_dot(self, dot: bool) {
        self.with_hands(|hands| hands.set_dot(dot));
    }

    /// Gives the mouse to the desktop.
    pub(crate) fn capture_mouse(self) {
        self.with_hands(Hands::capture_mouse);
    }

    /// Goes from the panel that is open to the desktop.
    pub(crate) fn close_panel(self) {
        self.panel.set(None);
        self.focus();
    }

    /// Gives the keyboard to the desktop.
    pub(crate) fn focus(self) {
        self.with_hands(Hands::focus);
    }

    pub(crate) fn send(self, command: Command) {
        self.with_viewer(|viewer| viewer.send(&command));
    }

    /// Tells the person something that does not stand in the way.
    pub(crate) fn tell(self, text: impl Into<String>) {
        self.notice.set(Some(text.into()));
        // That of the notice before would end this one early.
        if let Some(before) = self.notice_timer.get_value() {
            before.clear();
        }
        let timer = set_timeout_with_handle(move || self.notice.set(None), NOTICE);
        self.notice_timer.set_value(timer.ok());
    }

    /// From here on this page hears of the session.
    pub(crate) fn embedded_by(self, embedder: Embedder) {
        self.embedder.set_value(Some(embedder));
    }

    /// Tells the page around this one something, if it may hear of the session.
    pub(crate) fn tell_embedder(self, message: impl FnOnce() -> Option<Outgoing>) {
        self.embedder.with_value(|embedder| {
            if let Some(embedder) = embedder
                && let Some(message) = message()
            {
                embedder.tell(&message);
            }
        });
    }

    fn with_viewer(self, act: impl FnOnce(&Viewer)) {
        self.viewer.with_value(act);
    }

    fn with_hands(self, act: impl FnOnce(&Hands)) {
        self.hands.with_value(|hands| {
            if let Some(hands) = hands {
                act(hands);
            }
        });
    }

    /// Ends before there was a connection.
    fn fail(self, reason: &str) {
        let ending = Ending {
            hop: Hop::Page,
            clean: false,
            reason: reason.to_owned(),
            advice: None,
            code: None,
            login_failed: false,
        };
        self.phase.set(Phase::Ended(ending.clone()));
        self.tell_embedder(|| embedding::told(&Event::Disconnected(ending), self));
    }

    fn handle(self, event: Event) {
        self.with_hands(|hands| hands.hear(&event));
        if let Some(phase) = self.phase.with_untracked(|phase| phase.after(&event)) {
            let connected = phase == Phase::Connected;
            self.phase.set(phase);
            if connected {
                self.tries.set_value(0);
                self.focus();
            }
        }
        self.tell_embedder(|| embedding::told(&event, self));
        match event {
            Event::Connected { width, height, name } => {
                self.size.set((width, height));
                self.name.set(name);
            }
            Event::Resized { width, height } => {
                self.size.set((width, height));
                self.measure();
            }
            Event::Screens(screens) => {
                self.can_resize.set(true);
                self.screens.set(screens);
            }
            Event::PowerOffered => self.can_power.set(true),
            Event::LockKeys(keys) => self.lock_keys.set(Some(keys)),
            Event::PointerMode { relative: true } if !self.settings.with_untracked(|it| it.view_only) => {
                self.tell("Click the desktop to give it your mouse. Esc gives it back.");
            }
            Event::ResizeRefused(words) | Event::Notice(words) => self.tell(words),
            Event::Name(name) => self.name.set(name),
            Event::PicturesOffered => self.clipboards.takes_pictures.set(true),
            Event::Clipboard(content) => clipboard::heard(self, content),
            Event::ClipboardTrouble(trouble) => self.tell(clipboard::words(&trouble)),
            Event::Bell => self.bells.update(|bells| *bells = bells.wrapping_add(1)),
            Event::Statistics(statistics) => self.statistics.set(decode(&statistics).ok()),
            Event::Log(line) => self.log.update(|log| {
                if log.len() == MAX_LOG {
                    log.pop_front();
                }
                log.push_back(line);
            }),
            Event::Disconnected(ending) => {
                if ending.login_failed {
                    self.ask_again(ending.reason);
                } else {
                    // Once: what keeps failing fails of the same, and servers count who comes and goes.
                    if !ending.clean && self.diagnosis.with_untracked(|it| *it == Diagnosis::None) {
                        doctor::look(self, Some(ending));
                    }
                    self.retry_later();
                }
            }
            Event::CredentialsRequired { login, asked } => self.question.set_value((login, asked)),
            Event::ServerKey { sha256, fingerprint } => self.meet_server(Key::new(&sha256, &fingerprint)),
            Event::FirstFrame => self.diagnosis.set(Diagnosis::None),
            Event::Ready
            | Event::Progress(_)
            | Event::Cursor(_)
            | Event::KeysByPlace
            | Event::PointerMode { .. }
            | Event::PointerMoved { .. } => {}
        }
    }

    /// Counts down to the next try, where the settings want one and it may help.
    fn retry_later(self) {
        let settings = self.settings.get_untracked();
        if settings.reconnect && self.phase.get_untracked().may_mend_itself() {
            let tries = self.tries.get_value();
            if retry::is_enough(tries, settings.reconnect_tries) {
                let words = ["Tried as often as is set (", &tries.to_string(), "), in vain."];
                return self.tell(words.concat());
            }
            let wait = retry::wait(settings.reconnect_delay, tries, js_sys::Math::random());
            self.tries.set_value(tries.saturating_add(1));
            self.retry_in.set(Some(wait.div_ceil(1000)));
            let first = wait % 1000;
            self.count_down(Duration::from_millis(if first == 0 {
                1000
            } else {
                first.into()
            }));
        }
    }

    fn count_down(self, wait: Duration) {
        // Of an earlier end there may be one still.
        if let Some(before) = self.timer.get_value() {
            before.clear();
        }
        let timer = set_timeout_with_handle(
            move || match self.retry_in.get_untracked() {
                // Somebody has connected, or does not want to.
                None => {}
                Some(0 | 1) => self.connect_again(),
                Some(seconds) => {
                    self.retry_in.set(Some(seconds - 1));
                    self.count_down(Duration::from_secs(1));
                }
            },
            wait,
        );
        self.timer.set_value(timer.ok());
    }
}

impl View for Session {
    fn zoom(&self, factor: f64, (x, y): (f64, f64)) {
        self.with_viewer(|viewer| viewer.zoom(factor, x, y));
        self.measure();
    }

    fn pan(&self, (right, down): (f64, f64)) {
        Self::pan(*self, right, down);
    }
}
