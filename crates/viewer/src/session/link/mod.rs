//! A connection without its socket and without a clock: what comes in goes to the RFB client, what comes out of
//! it becomes events and bytes to send. Times are milliseconds of one steady clock, handed in.

mod adaptation;
mod ahead;
mod commands;
mod log;
mod news;
mod options;
mod patience;
mod pulse;

use std::collections::VecDeque;

use porthole_rfb::{self as rfb, Client, Login, SecurityType, Video};

use super::ending;
use super::meter::Meter;
use crate::{Clipboard, ConnectOptions, Ending, Event, Stage, encode};
use adaptation::Adaptation;
use ahead::Ahead;
use commands::{Move, ScreensToGo};
use options::{answers, config};
use pulse::Pulse;

/// An update that takes longer than this is painted as far as it is.
const PATIENCE: f64 = 150.0;
/// With more bytes than this waiting in the socket, pointer moves and the clipboard are held back.
const CONGESTED: u32 = 4 << 10;
/// How often it is looked whether the socket has emptied. It has no event for it.
const CONGESTION_POLL: f64 = 20.0;

/// With more bytes than this waiting in the socket, the server does not listen any more.
const UNHEARD: u32 = 64 << 20;

/// How a connection ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum End {
    /// In a way that can be said in words.
    Known(Ending),
    /// The WebSocket did not open, and the browser does not say why: a plain request to the same address may.
    NeverOpened,
    /// The desktop has not answered for so many seconds: the same request shows whether it alone is silent.
    Silent(u32),
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
    pulse: Pulse,
    /// When its part of the handshake began, or went on after others had theirs.
    turn_began: f64,
    /// Until when the first picture is waited for.
    picture_due: Option<f64>,
    buttons: u16,
    /// A mere move of the pointer that waits for the socket.
    held_move: Option<Move>,
    screens_to_go: Option<ScreensToGo>,
    /// What the remote clipboard holds, where the page does not know yet, and when it may be told.
    clipboard: Option<Clipboard>,
    clipboard_due: f64,
    /// The server waits for the clipboard, which waits for the socket: it may be long.
    clipboard_requested: bool,
    /// How many updates are asked for in advance.
    ahead: Ahead,
    /// When the update that is arriving began.
    update_since: Option<f64>,
    /// An update has come that left something to paint.
    update_seen: bool,
    continuous_updates: bool,
    /// Somebody can see the desktop.
    is_seen: bool,
    /// Finds out the quality that suits the line, where none was chosen.
    adaptation: Option<Adaptation>,
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
            is_seen: true,
            adaptation: options
                .adaptive
                .then(|| Adaptation::new(options.compression.unwrap_or_default(), now)),
            meter: observed.then(|| Meter::new(client.statistics(), now)),
            client,
            options,
            stage: Stage::OpeningSocket,
            started: now,
            opened: now,
            heard: now,
            pulse: Pulse::default(),
            turn_began: now,
            picture_due: None,
            buttons: 0,
            held_move: None,
            screens_to_go: None,
            clipboard: None,
            clipboard_due: now,
            clipboard_requested: false,
            ahead: Ahead::default(),
            update_since: None,
            update_seen: false,
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
            self.pulse_due(),
            self.picture_due,
            self.meter.as_ref().map(Meter::due),
            self.clipboard.as_ref().map(|_| self.clipboard_due),
            self.adaptation.as_ref().and_then(Adaptation::due),
            self.request_due(),
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
        self.pulse.felt();
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

    /// Decoding took this long.
    pub(super) fn decoded(&mut self, milliseconds: f64) {
        if let Some(adaptation) = &mut self.adaptation {
            adaptation.decoded(milliseconds);
        }
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
            let quiet = patience::seconds(now - self.heard);
            End::Known(ending::closed(code, reason, &error, quiet))
        });
    }

    /// Time has passed.
    pub(super) fn tick(&mut self, now: f64) {
        if self.end.is_some() {
            return;
        }
        if let Some(ending) = self.impatience(now) {
            self.finish(ending);
            return;
        }
        self.feel_pulse(now);
        self.tell_clipboard(now);
        self.miss_picture(now);
        self.sharpen(now);
        self.request_more(now);
        if let Some(meter) = self.meter.as_mut().filter(|meter| meter.due() <= now) {
            let mut statistics = meter.take(self.client.statistics(), now);
            let size = self.client.framebuffer().size();
            statistics.size = (size.width, size.height);
            statistics.continuous_updates = self.continuous_updates;
            let setting = self.adaptation.as_ref().map(Adaptation::setting);
            statistics.adapted = setting.map(|setting| (setting.quality, setting.compression));
            statistics.screens = news::in_words(self.client.screens());
            if self.client.can_fence() {
                self.client.send_fence(meter.latency().sent(now));
            }
            self.events.push_back(Event::Statistics(encode(&statistics)));
        }
    }

    /// The end, for a reason that lies outside. It also ends the search for one that lies within.
    pub(super) fn finish(&mut self, ending: Ending) {
        if !matches!(self.end, Some(End::Known(_))) {
            self.end = Some(End::Known(ending));
        }
    }
}

// ---- what comes of it --------------------------------------------------------------------------------------

impl Link {
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
        self.stop_unasked();
    }
}

#[cfg(test)]
mod tests;
