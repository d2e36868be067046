//! A connection without its socket and without a clock: what comes in goes to the RFB client, what comes out of
//! it becomes events and bytes to send. Times are milliseconds of one steady clock, handed in.

use std::collections::VecDeque;
use std::mem::discriminant;

use porthole_rfb::{
    self as rfb, Client, Config, Encoding, Login, PixelFormat, PointerButtons, Rect, ResizeStatus, Screen,
    SecurityType, Size, Subsampling, Video,
};

use super::ending;
use super::meter::Meter;
use crate::{
    Clipboard, ClipboardTrouble, Command, ConnectOptions, Credential, Credentials, CursorShape, Depth,
    Ending, Event, LockKeys, LogLine, PowerAction, Stage,
};

/// How long the WebSocket may take to open.
const OPENING: f64 = 10_000.0;
/// How long the server may say nothing during the handshake.
const SILENCE: f64 = 10_000.0;
/// How long the server may take for all of its part of the handshake.
const HANDSHAKE: f64 = 30_000.0;
/// How long the first picture may take before the desktop is shown without one.
const PICTURE: f64 = 10_000.0;
/// The server's greeting must be there this long after the connection was asked for, however long the WebSocket
/// took to open.
const GREETING: f64 = 14_000.0;
/// But once the WebSocket is open the server has at least this long.
const GREETING_AFTER_OPENING: f64 = 4_000.0;
/// An update that takes longer than this is painted as far as it is.
const PATIENCE: f64 = 150.0;
/// With more bytes than this waiting in the socket, pointer moves and the clipboard are held back.
const CONGESTED: u32 = 4 << 10;
/// The page is told of a clipboard at most once in this time.
const CLIPBOARD_PAUSE: f64 = 250.0;
/// How often it is looked whether the socket has emptied. It has no event for it.
const CONGESTION_POLL: f64 = 20.0;

/// With more bytes than this waiting in the socket, the server does not listen any more.
const UNHEARD: u32 = 64 << 20;
/// The log has no more lines than this in a second.
const LINES: u32 = 50;

/// How a connection ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum End {
    /// In a way that can be said in words.
    Known(Ending),
    /// The WebSocket did not open, and the browser does not say why: a plain request to the same address may.
    NeverOpened,
}

/// A move of the pointer alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Move {
    /// To this place.
    To(u16, u16),
    /// By this much.
    By(i16, i16),
}

/// One connection.
#[derive(Debug)]
pub(super) struct Link {
    client: Client,
    options: ConnectOptions,
    stage: Stage,
    started: f64,
    opened: f64,
    /// When the server last said something, or was last given something to answer.
    heard: f64,
    /// When its part of the handshake began, or went on after others had theirs.
    turn_began: f64,
    /// Until when the first picture is waited for.
    picture_due: Option<f64>,
    buttons: u16,
    /// A mere move of the pointer that waits for the socket.
    held_move: Option<Move>,
    /// What the remote clipboard holds, where the page does not know yet, and when it may be told.
    clipboard: Option<Clipboard>,
    clipboard_due: f64,
    /// The server waits for the clipboard, which waits for the socket: it may be long.
    clipboard_requested: bool,
    /// When the update that is arriving began.
    update_since: Option<f64>,
    /// An update has come that left something to paint.
    update_seen: bool,
    resize_offered: bool,
    continuous_updates: bool,
    /// Runs while figures and log are wanted.
    meter: Option<Meter>,
    /// The login that is being done.
    security_type: SecurityType,
    /// What a person was asked for.
    asked: &'static [rfb::Credential],
    /// The login that is to be loaded.
    wanted_login: Option<SecurityType>,
    /// What is to be decoded before anything goes on, and then whether it still is.
    video: Option<Video>,
    awaits_video: bool,
    /// Contexts of videos whose decoders are to be closed.
    closed_videos: Vec<u32>,
    /// How many lines the log has since a second began.
    lines: u32,
    second_began: f64,
    events: VecDeque<Event>,
    end: Option<End>,
}

// ---- what can be asked -------------------------------------------------------------------------------------

impl Link {
    /// A connection whose WebSocket is being opened.
    /// `can_decode_video` says whether the server may be asked for it.
    pub(super) fn new(options: ConnectOptions, can_decode_video: bool, observed: bool, now: f64) -> Self {
        let mut options = options;
        let mut client = Client::new(config(&options, can_decode_video));
        if let Some(credentials) = options.credentials.take() {
            // Nothing has arrived yet that could be wrong.
            let _ = client.provide_credentials(answers(credentials));
        }
        let mut link = Self {
            meter: observed.then(|| Meter::new(client.statistics(), now)),
            client,
            options,
            stage: Stage::OpeningSocket,
            started: now,
            opened: now,
            heard: now,
            turn_began: now,
            picture_due: None,
            buttons: 0,
            held_move: None,
            clipboard: None,
            clipboard_due: now,
            clipboard_requested: false,
            update_since: None,
            update_seen: false,
            resize_offered: false,
            continuous_updates: false,
            security_type: SecurityType::NONE,
            asked: &[],
            wanted_login: None,
            video: None,
            awaits_video: false,
            closed_videos: Vec::new(),
            lines: 0,
            second_began: now,
            events: VecDeque::from([Event::Progress(Stage::OpeningSocket)]),
            end: None,
        };
        link.log(now, |link| format!("opening {}", link.options.url));
        link
    }

    pub(super) fn url(&self) -> &str {
        &self.options.url
    }

    pub(super) fn client(&self) -> &Client {
        &self.client
    }

    pub(super) fn client_mut(&mut self) -> &mut Client {
        &mut self.client
    }

    /// Whether the WebSocket is still being opened.
    pub(super) fn is_opening(&self) -> bool {
        self.stage == Stage::OpeningSocket
    }

    /// Whether a piece of video has to be decoded before anything goes on.
    pub(super) fn awaits_video(&self) -> bool {
        self.awaits_video
    }

    /// Whether there is more to do with what has come: [`Self::handle_input`] with nothing does it.
    pub(super) fn is_busy(&self) -> bool {
        self.client.is_busy()
    }

    /// How it ended, once it has. From then on nothing changes any more.
    pub(super) fn end(&self) -> Option<&End> {
        self.end.as_ref()
    }

    /// Whether what there is of the framebuffer may be shown: an update is complete, or takes its time.
    pub(super) fn is_presentable(&self, now: f64) -> bool {
        match self.update_since {
            Some(since) => now - since > PATIENCE,
            None => self.update_seen,
        }
    }

    /// When [`Self::tick`] is to be called.
    pub(super) fn deadline(&self) -> Option<f64> {
        if self.end.is_some() {
            return None;
        }
        [
            self.patience_ends(),
            self.picture_due,
            self.meter.as_ref().map(Meter::due),
            self.clipboard.as_ref().map(|_| self.clipboard_due),
        ]
        .into_iter()
        .flatten()
        .min_by(f64::total_cmp)
    }

    /// How long to wait before [`Self::poll_transmit`] is to be asked again though nothing else happens.
    pub(super) fn congestion_poll(&self) -> Option<f64> {
        let waits = self.held_move.is_some() || self.clipboard_requested;
        waits.then_some(CONGESTION_POLL)
    }

    /// When the handshake has lasted too long, unless it goes on before.
    fn patience_ends(&self) -> Option<f64> {
        match (self.stage, self.client.phase()) {
            (Stage::OpeningSocket, _) => Some(self.started + OPENING),
            (_, rfb::Phase::Greeting) => Some(
                (self.started + GREETING)
                    .max(self.opened + GREETING_AFTER_OPENING)
                    .min(self.heard + SILENCE),
            ),
            // A person may take as long as they like, and so may a desktop that a repeater waits for; one that rests
            // says nothing.
            (
                _,
                rfb::Phase::Credentials
                | rfb::Phase::ServerKey
                | rfb::Phase::LoginRequired
                | rfb::Phase::Repeater
                | rfb::Phase::Running
                | rfb::Phase::Ended,
            ) => None,
            _ => Some((self.heard + SILENCE).min(self.turn_began + HANDSHAKE)),
        }
    }
}

// ---- what happens to it ------------------------------------------------------------------------------------

impl Link {
    /// The WebSocket is open.
    pub(super) fn handle_open(&mut self, subprotocol: &str, now: f64) {
        if self.end.is_some() {
            return;
        }
        self.opened = now;
        self.heard = now;
        self.turn_began = now;
        self.enter(Stage::AwaitingServer);
        self.log(now, |_| match subprotocol {
            "" => "WebSocket open, without a subprotocol".into(),
            name => format!("WebSocket open, subprotocol {name}"),
        });
    }

    /// Bytes came.
    pub(super) fn handle_input(&mut self, bytes: &[u8], now: f64) {
        if self.end.is_some() {
            return;
        }
        self.heard = now;
        let result = self.client.handle_input(bytes);
        self.after_input(result, now);
        if self.update_since.is_some_and(|since| now - since > PATIENCE) {
            self.client.damage_unfinished();
        }
    }

    /// A video's picture is there, or the next piece has to come first; or it cannot be decoded, and why.
    pub(super) fn handle_video(&mut self, picture: Result<Option<Vec<u8>>, String>, now: f64) {
        if self.end.is_some() {
            return;
        }
        self.awaits_video = false;
        let result = match picture {
            Ok(picture) => self.client.provide_video(picture),
            Err(reason) => {
                let words = [
                    "The desktop's H.264 video cannot be shown here (",
                    &reason,
                    "). Other encodings are used.",
                ];
                self.tell(Event::Notice(words.concat()));
                self.client.refuse_video()
            }
        };
        self.after_input(result, now);
    }

    /// The login that was to be loaded is there, or cannot be.
    pub(super) fn handle_login(&mut self, login: Result<Box<dyn Login>, String>, now: f64) {
        if self.end.is_some() {
            return;
        }
        self.heard = now;
        self.turn_began = now;
        match login {
            Ok(login) => {
                let result = self.client.provide_login(login);
                self.after_input(result, now);
            }
            Err(why) => self.finish(ending::login_not_loaded(self.security_type, &why)),
        }
    }

    /// Decoding took this long, for the figures.
    pub(super) fn decoded(&mut self, milliseconds: f64) {
        if let Some(meter) = &mut self.meter {
            meter.decoded(milliseconds);
        }
    }

    /// A frame was painted in this time, for the figures.
    pub(super) fn painted(&mut self, milliseconds: f64) {
        self.picture_due = None;
        if let Some(meter) = &mut self.meter {
            meter.painted(milliseconds);
        }
    }

    /// The WebSocket was closed, or could not be opened.
    pub(super) fn handle_close(&mut self, code: u16, reason: &str, now: f64) {
        if self.end.is_some() {
            return;
        }
        self.log(now, |_| format!("WebSocket closed with {code} \"{reason}\""));
        self.end = Some(if self.stage == Stage::OpeningSocket {
            End::NeverOpened
        } else {
            let error = self.client.handle_close();
            End::Known(ending::closed(code, reason, &error))
        });
    }

    /// Time has passed.
    pub(super) fn tick(&mut self, now: f64) {
        if self.end.is_some() {
            return;
        }
        if self.patience_ends().is_some_and(|end| end <= now) {
            let ending = if self.stage == Stage::OpeningSocket {
                ending::socket_timed_out(&self.options.url, seconds(now - self.started))
            } else {
                let (phase, unparsed) = (self.client.phase(), self.client.unparsed());
                let silence = now - self.heard;
                let has_said = phase != rfb::Phase::Greeting || !unparsed.is_empty();
                if silence < SILENCE && has_said {
                    ending::slow(phase, unparsed, seconds(now - self.turn_began))
                } else {
                    ending::silent(phase, unparsed, seconds(silence))
                }
            };
            self.finish(ending);
            return;
        }
        self.tell_clipboard(now);
        if self.picture_due.is_some_and(|due| due <= now) {
            self.picture_due = None;
            // What has come may not be painted yet: a page that nobody looks at paints nothing, and one on a busy machine
            // takes its time.
            if !self.client.framebuffer().is_damaged() {
                let words = "The desktop has sent no picture yet. Its screen may be off: move the pointer or press a key.";
                self.tell(Event::Notice(words.to_owned()));
            }
            self.tell(Event::FirstFrame);
        }
        if let Some(meter) = self.meter.as_mut().filter(|meter| meter.due() <= now) {
            let mut statistics = meter.take(self.client.statistics(), now);
            let size = self.client.framebuffer().size();
            statistics.size = (size.width, size.height);
            statistics.continuous_updates = self.continuous_updates;
            statistics.screens = in_words(self.client.screens());
            if self.client.can_fence() {
                self.client.send_fence(meter.latency().sent(now));
            }
            self.events.push_back(Event::Statistics(Box::new(statistics)));
        }
    }

    /// The page wants something. Connecting is not this connection's business.
    pub(super) fn command(&mut self, command: Command, now: f64) {
        if command == Command::Disconnect {
            self.finish(ending::asked_for());
        }
        if self.end.is_some() {
            return;
        }
        match command {
            Command::Connect(_) | Command::Disconnect => {}
            Command::Credentials(credentials) => {
                self.heard = now;
                self.turn_began = now;
                let result = self.client.provide_credentials(answers(credentials));
                self.after_input(result, now);
            }
            Command::ApproveServer(is_right) => {
                self.heard = now;
                self.turn_began = now;
                let result = self.client.approve_server(is_right);
                self.after_input(result, now);
            }
            Command::ViewOnly(on) => self.options.view_only = on,
            Command::Observe(on) => {
                let counted = self.client.statistics();
                self.meter = match self.meter.take() {
                    _ if !on => None,
                    None => Some(Meter::new(counted, now)),
                    meter => meter,
                };
            }
            Command::Quality { quality, compression } => {
                self.client.set_quality(quality, compression);
                self.log(now, |_| {
                    format!("asking for quality {quality:?}, compression {compression:?}")
                });
            }
            _ if self.options.view_only => {}
            Command::Key {
                keysym,
                scancode,
                down,
            } => {
                // What is pointed at has to be known before what is typed.
                self.flush_move();
                self.client.key(keysym, scancode, down);
            }
            Command::Pointer { x, y, buttons } if buttons == self.buttons => {
                self.held_move = Some(Move::To(x, y));
            }
            Command::Pointer { x, y, buttons } => {
                self.buttons = buttons;
                self.held_move = None;
                self.client.pointer(x, y, PointerButtons(buttons));
            }
            Command::Motion { right, down, buttons } => self.motion(right, down, buttons),
            Command::Clipboard(Clipboard { text, html, rtf }) => {
                self.client.clipboard(rfb::ClipboardContent { text, html, rtf });
                self.after_input(Ok(()), now);
            }
            Command::RequestSize { width, height } => {
                self.client.request_desktop_size(Size { width, height });
                self.log(now, |_| format!("asking for a desktop of {width}x{height}"));
            }
            Command::RequestScreens(count) => {
                let size = self.client.framebuffer().size();
                let asked = self.client.request_layout(size, &side_by_side(size, count));
                self.log(now, |_| match asked {
                    Ok(()) => format!("asking for {count} screens"),
                    Err(error) => error.to_string(),
                });
            }
            Command::Power(action) => self.client.power(match action {
                PowerAction::Shutdown => rfb::PowerAction::Shutdown,
                PowerAction::Reboot => rfb::PowerAction::Reboot,
                PowerAction::Reset => rfb::PowerAction::Reset,
            }),
        }
    }

    /// Ways add up while they are held back, and none of them is lost.
    fn motion(&mut self, right: i16, down: i16, buttons: u16) {
        let (mut right, mut down) = (right, down);
        if let Some(Move::By(before_right, before_down)) = self.held_move.take() {
            right = right.saturating_add(before_right);
            down = down.saturating_add(before_down);
        }
        if buttons == self.buttons {
            self.held_move = Some(Move::By(right, down));
        } else {
            self.buttons = buttons;
            self.client.pointer_motion(right, down, PointerButtons(buttons));
        }
    }

    /// The end, for a reason that lies outside. It also ends the search for why the WebSocket did not open.
    pub(super) fn finish(&mut self, ending: Ending) {
        if !matches!(self.end, Some(End::Known(_))) {
            self.end = Some(End::Known(ending));
        }
    }

    /// Writes a line of the log, if somebody reads it.
    pub(super) fn log(&mut self, now: f64, text: impl FnOnce(&Self) -> String) {
        if self.meter.is_none() {
            return;
        }
        if now - self.second_began > 1_000.0 {
            self.second_began = now;
            self.lines = 0;
        }
        self.lines = self.lines.saturating_add(1);
        if self.lines <= LINES {
            let line = LogLine {
                milliseconds: (now - self.started).max(0.0) as u32,
                text: if self.lines < LINES {
                    text(self)
                } else {
                    "more happens than can be told".into()
                },
            };
            self.events.push_back(Event::Log(line));
        }
    }
}

// ---- what comes of it --------------------------------------------------------------------------------------

impl Link {
    /// Of what only tells the news, the last is enough where the page has not been told the one before: a server may
    /// say it faster than a page can hear it.
    fn tell(&mut self, event: Event) {
        match event {
            Event::Bell
            | Event::Clipboard(_)
            | Event::Cursor(_)
            | Event::LockKeys(_)
            | Event::Name(_)
            | Event::Notice(_)
            | Event::PointerMode { .. }
            | Event::PointerMoved { .. }
            | Event::Resized { .. }
            | Event::ResizeRefused(_) => {
                let kind = discriminant(&event);
                self.events.retain(|waiting| discriminant(waiting) != kind);
            }
            Event::ClipboardTrouble(_) => self.events.retain(|waiting| *waiting != event),
            _ => {}
        }
        self.events.push_back(event);
    }

    /// Whether there is something to tell the page.
    pub(super) fn has_event(&self) -> bool {
        !self.events.is_empty()
    }

    /// The next thing to tell the page.
    pub(super) fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// The contexts whose decoders are to be closed.
    pub(super) fn take_closed_videos(&mut self) -> Vec<u32> {
        std::mem::take(&mut self.closed_videos)
    }

    /// The login that is to be loaded.
    pub(super) fn take_wanted_login(&mut self) -> Option<SecurityType> {
        self.wanted_login.take()
    }

    /// The piece of video that is to be decoded.
    pub(super) fn take_video(&mut self) -> Option<Video> {
        self.video.take()
    }

    /// Bytes to send, where `buffered` bytes wait in the socket already.
    pub(super) fn poll_transmit(&mut self, buffered: u32) -> Option<Vec<u8>> {
        if self.end.is_some() {
            return None;
        }
        if buffered <= CONGESTED {
            self.flush_move();
            if std::mem::take(&mut self.clipboard_requested) {
                self.client.provide_clipboard();
            }
        } else if buffered > UNHEARD {
            self.finish(ending::unheard(UNHEARD >> 20));
            return None;
        }
        self.client.poll_transmit()
    }

    fn flush_move(&mut self) {
        let buttons = PointerButtons(self.buttons);
        match self.held_move.take() {
            Some(Move::To(x, y)) => self.client.pointer(x, y, buttons),
            Some(Move::By(right, down)) => self.client.pointer_motion(right, down, buttons),
            None => {}
        }
    }

    fn after_input(&mut self, result: Result<(), rfb::Error>, now: f64) {
        while let Some(event) = self.client.poll_event() {
            self.take_event(event, now);
        }
        if self.client.phase() == rfb::Phase::ServerInit {
            self.enter(Stage::StartingDesktop);
        }
        if let Err(error) = result {
            self.log(now, |_| error.to_string());
            self.finish(ending::server(&error, self.asked));
        }
    }

    fn enter(&mut self, stage: Stage) {
        if self.stage != stage {
            self.stage = stage;
            self.tell(Event::Progress(stage));
        }
    }

    fn take_event(&mut self, event: rfb::Event, now: f64) {
        self.log_event(&event, now);
        let event = match event {
            rfb::Event::VersionAgreed { .. } => {
                // Before it there may have been a repeater, which waits for a server as long as it likes.
                self.turn_began = now;
                self.enter(Stage::LoggingIn);
                return;
            }
            rfb::Event::FencesOffered => return,
            rfb::Event::SecurityTypeChosen(security_type) => {
                // xvp's ends as VNC Authentication.
                if self.security_type != SecurityType::XVP {
                    self.security_type = security_type;
                }
                return;
            }
            rfb::Event::LoginRequired(security_type) => {
                self.wanted_login = Some(security_type);
                self.enter(Stage::PreparingLogin);
                return;
            }
            rfb::Event::ServerKeyReceived(key) => Event::ServerKey {
                sha256: key.sha256.to_vec(),
                fingerprint: key.fingerprint.to_vec(),
            },
            rfb::Event::CredentialsRequired(asked) => {
                self.asked = asked;
                Event::CredentialsRequired {
                    login: self.security_type.to_string(),
                    asked: asked.iter().map(credential).collect(),
                }
            }
            rfb::Event::Connected { size, name } => {
                // All of it is black until the first update, which may be there already: nothing to paint.
                if self.client.statistics().updates == 0 {
                    self.client.framebuffer_mut().take_damage();
                }
                self.enter(Stage::StartingDesktop);
                self.picture_due = Some(now + PICTURE);
                Event::Connected {
                    width: size.width,
                    height: size.height,
                    name,
                }
            }
            rfb::Event::UpdateStarted => {
                self.update_since = Some(now);
                return;
            }
            rfb::Event::UpdateCompleted { .. } => {
                self.update_since = None;
                self.update_seen = true;
                return;
            }
            rfb::Event::VideoReceived(video) => {
                self.awaits_video = true;
                self.video = Some(video);
                return;
            }
            rfb::Event::VideoContextsClosed(contexts) => {
                self.closed_videos.extend(contexts);
                return;
            }
            rfb::Event::Resized { size } => Event::Resized {
                width: size.width,
                height: size.height,
            },
            rfb::Event::ScreensChanged(_) if self.resize_offered => return,
            rfb::Event::ScreensChanged(_) => {
                self.resize_offered = true;
                Event::ResizeOffered
            }
            rfb::Event::ResizeAnswered(status) => match refusal(status) {
                Some(words) => Event::ResizeRefused(words),
                None => return,
            },
            rfb::Event::NameChanged(name) => Event::Name(name),
            rfb::Event::CursorChanged(cursor) => Event::Cursor(CursorShape {
                width: cursor.size.width,
                height: cursor.size.height,
                hotspot_x: cursor.hotspot.0,
                hotspot_y: cursor.hotspot.1,
                rgba: cursor.rgba,
            }),
            rfb::Event::PointerMoved { x, y } => Event::PointerMoved { x, y },
            rfb::Event::PointerModeChanged { relative } => Event::PointerMode { relative },
            rfb::Event::LockKeysChanged(rfb::LockKeys {
                scroll_lock,
                num_lock,
                caps_lock,
            }) => Event::LockKeys(LockKeys {
                scroll_lock,
                num_lock,
                caps_lock,
            }),
            rfb::Event::PowerOffered => Event::PowerOffered,
            rfb::Event::PowerRefused => Event::Notice("The machine cannot do that, or would not.".into()),
            rfb::Event::Clipboard(rfb::ClipboardContent { text, html, rtf }) => {
                self.clipboard = Some(Clipboard { text, html, rtf });
                self.tell_clipboard(now);
                return;
            }
            rfb::Event::ClipboardTooLong { length } => {
                Event::ClipboardTrouble(ClipboardTrouble::TooLong { bytes: length })
            }
            rfb::Event::ClipboardUnreadable { reason } => {
                Event::ClipboardTrouble(ClipboardTrouble::Unreadable(reason.to_owned()))
            }
            rfb::Event::ClipboardNotSent { limit } => {
                let limit = u32::try_from(limit).unwrap_or(u32::MAX);
                Event::ClipboardTrouble(ClipboardTrouble::NotSent { limit })
            }
            rfb::Event::ClipboardReduced => Event::ClipboardTrouble(ClipboardTrouble::Reduced),
            rfb::Event::ClipboardRequested => {
                self.clipboard_requested = true;
                return;
            }
            rfb::Event::Bell => Event::Bell,
            rfb::Event::ContinuousUpdatesEnabled => {
                self.continuous_updates = true;
                return;
            }
            rfb::Event::FenceAnswered(payload) => {
                self.fence_answered(&payload, now);
                return;
            }
        };
        self.tell(event);
    }

    /// A few bytes can become a clipboard of megabytes: the page is told of the last one, after a while.
    fn tell_clipboard(&mut self, now: f64) {
        if now >= self.clipboard_due
            && let Some(clipboard) = self.clipboard.take()
        {
            self.clipboard_due = now + CLIPBOARD_PAUSE;
            self.events.push_back(Event::Clipboard(clipboard));
        }
    }

    fn fence_answered(&mut self, payload: &[u8], now: f64) {
        if let Some(meter) = &mut self.meter {
            meter.latency().answered(payload, now);
        }
    }

    fn log_event(&mut self, event: &rfb::Event, now: f64) {
        // Updates, fences and moves are too many to be told one by one.
        if let rfb::Event::UpdateStarted
        | rfb::Event::UpdateCompleted { .. }
        | rfb::Event::VideoReceived(_)
        | rfb::Event::PointerMoved { .. }
        | rfb::Event::FenceAnswered(_) = event
        {
            return;
        }
        self.log(now, |link| match event {
            rfb::Event::VersionAgreed { version, server } => {
                format!("the server speaks RFB {server}, the viewer {version}")
            }
            rfb::Event::SecurityTypeChosen(security_type) => format!("security type {security_type}"),
            rfb::Event::LoginRequired(security_type) => format!("{security_type} is being loaded"),
            rfb::Event::ServerKeyReceived(_) => "the server shows its key".into(),
            rfb::Event::CredentialsRequired(_) => "the login needs something of the person".into(),
            rfb::Event::Connected { size, name } => {
                let encodings = link.client.encodings();
                let names: Vec<String> = encodings.iter().map(ToString::to_string).collect();
                format!("desktop \"{name}\" of {size}; asking for {}", names.join(", "))
            }
            rfb::Event::VideoContextsClosed(contexts) => format!("{} videos end", contexts.len()),
            rfb::Event::Resized { size } => format!("the desktop is {size} now"),
            rfb::Event::ScreensChanged(screens) => ["screens: ", &in_words(screens)].concat(),
            rfb::Event::ResizeAnswered(status) => status.to_string(),
            rfb::Event::NameChanged(name) => format!("the desktop is called \"{name}\""),
            rfb::Event::CursorChanged(cursor) => format!("cursor of {}", cursor.size),
            rfb::Event::PointerModeChanged { relative: true } => "the pointer is told by its way".into(),
            rfb::Event::PointerModeChanged { relative: false } => "the pointer is told by its place".into(),
            rfb::Event::LockKeysChanged(_) => "other lock keys are on".into(),
            rfb::Event::PowerOffered => "the machine can be shut down, rebooted and reset".into(),
            rfb::Event::PowerRefused => "the server refused".into(),
            rfb::Event::Clipboard(content) => {
                let length = |bytes: Option<usize>| bytes.unwrap_or_default();
                format!(
                    "clipboard: {} bytes of text, {} of HTML, {} of RTF",
                    length(content.text.as_ref().map(String::len)),
                    length(content.html.as_ref().map(String::len)),
                    length(content.rtf.as_ref().map(Vec::len)),
                )
            }
            rfb::Event::ClipboardTooLong { length } => format!("clipboard, too long: {length} bytes"),
            rfb::Event::ClipboardUnreadable { reason } => format!("clipboard, unreadable: {reason}"),
            rfb::Event::ClipboardRequested => "the server asks for the clipboard".into(),
            rfb::Event::ClipboardNotSent { limit } => format!("clipboard, not sent: the limit is {limit}"),
            rfb::Event::ClipboardReduced => "clipboard, sent as Latin-1".into(),
            rfb::Event::Bell => "bell".into(),
            rfb::Event::FencesOffered => "the server has fences".into(),
            rfb::Event::ContinuousUpdatesEnabled => "the server sends updates by itself".into(),
            rfb::Event::UpdateStarted
            | rfb::Event::UpdateCompleted { .. }
            | rfb::Event::VideoReceived(_)
            | rfb::Event::PointerMoved { .. }
            | rfb::Event::FenceAnswered(_) => String::new(),
        });
    }
}

fn config(options: &ConnectOptions, can_decode_video: bool) -> Config {
    let mut usual = Config::default();
    // A video loses something, and a server that has it prefers it where it comes before other encodings.
    if can_decode_video && options.quality.is_some() {
        usual.encodings.insert(0, Encoding::H264);
    }
    Config {
        shared: options.shared,
        repeater_id: options.repeater_id.clone(),
        security_types: options
            .security_types
            .as_ref()
            .map(|numbers| numbers.iter().copied().map(SecurityType).collect()),
        encodings: match &options.encodings {
            Some(numbers) => numbers.iter().copied().map(Encoding).collect(),
            None => usual.encodings,
        },
        jpeg_quality: options.quality,
        fine_jpeg_quality: options.fine_quality,
        jpeg_subsampling: options.subsampling.and_then(subsampling),
        compression_level: options.compression,
        pixel_format: match options.depth {
            Depth::Server => None,
            Depth::Low => Some(PixelFormat::BGR233),
            Depth::High => Some(PixelFormat::RGB565),
            Depth::True => usual.pixel_format,
        },
        ..usual
    }
}

/// What a person answered, in the protocol's own type. Nothing of it is copied.
fn answers(mut credentials: Credentials) -> rfb::Credentials {
    let mut answers = rfb::Credentials::default();
    std::mem::swap(&mut answers.username, &mut credentials.username);
    std::mem::swap(&mut answers.password, &mut credentials.password);
    std::mem::swap(&mut answers.target, &mut credentials.target);
    answers
}

fn credential(credential: &rfb::Credential) -> Credential {
    match credential {
        rfb::Credential::Username => Credential::Username,
        rfb::Credential::Password => Credential::Password,
        rfb::Credential::Target => Credential::Target,
    }
}

fn subsampling(factor: u8) -> Option<Subsampling> {
    Some(match factor {
        0 => Subsampling::Grey,
        1 => Subsampling::None,
        2 => Subsampling::Two,
        4 => Subsampling::Four,
        _ => return None,
    })
}

/// Why the size did not change, or `None` where it did or may.
fn refusal(status: ResizeStatus) -> Option<String> {
    let is_refused = !matches!(status, ResizeStatus::Done | ResizeStatus::Forwarded);
    is_refused.then(|| status.to_string())
}

fn in_words(screens: &[Screen]) -> String {
    let places: Vec<String> = screens.iter().map(|screen| screen.rect.to_string()).collect();
    places.join("; ")
}

/// A desktop divided into so many screens of one height.
fn side_by_side(size: Size, count: u8) -> Vec<Screen> {
    let edge = |number: u8| (u32::from(size.width) * u32::from(number) / u32::from(count.max(1))) as u16;
    (0..count)
        .map(|number| Screen {
            id: number.into(),
            rect: Rect::new(edge(number), 0, edge(number + 1) - edge(number), size.height),
            flags: 0,
        })
        .collect()
}

/// Whole seconds, for a sentence.
fn seconds(milliseconds: f64) -> u32 {
    (milliseconds / 1000.0).round() as u32
}

#[cfg(test)]
mod tests;
