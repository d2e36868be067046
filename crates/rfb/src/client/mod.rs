//! The client: what an application does with a connection.
//!
//! [`config`] is what it is to be like and [`session`] what its parts share; [`handshake`] goes from the greeting to `ServerInit`, [`receiver`] takes the messages after it apart,
//! [`update`] the rectangles of a `FramebufferUpdate`, [`pseudo`] those of pseudo-encodings, and [`send`] writes the
//! client's own messages.

mod config;
mod event;
mod handshake;
mod pseudo;
mod receiver;
mod screens;
pub(crate) mod send;
mod session;
mod update;

pub use config::Config;
pub use event::{Event, LockKeys, Phase};
pub use screens::{ResizeStatus, Screen};
pub use send::{PointerButtons, PowerAction};

use crate::clipboard::ClipboardContent;
use crate::encoding::Encoding;
use crate::error::{Error, MessageError};
use crate::framebuffer::Framebuffer;
use crate::geometry::{Rect, Size};
use crate::input::Input;
use crate::security::{Credentials, Login};
use crate::statistics::Statistics;
use handshake::Handshake;
use receiver::Receiver;
use session::{Session, SessionCipher, failed};

#[derive(Debug)]
enum State {
    Handshake(Handshake),
    Running(Box<Receiver>),
    Failed(Error),
}

/// One connection to a VNC server.
///
/// After every call that changes something, drain [`Self::poll_event`] and send what
/// [`Self::poll_transmit`] gives.
#[derive(Debug)]
pub struct Client {
    state: State,
    session: Session,
    /// What has arrived but is less than the unit it belongs to.
    unparsed: Vec<u8>,
}

// ---- what can be asked -------------------------------------------------------------------------------------

impl Client {
    /// A client that waits for the server's greeting.
    #[must_use]
    pub fn new(config: Config) -> Self {
        Self {
            state: State::Handshake(Handshake::default()),
            session: Session::new(config),
            unparsed: Vec::new(),
        }
    }

    /// The remote screen as far as it is decoded.
    #[must_use]
    pub fn framebuffer(&self) -> &Framebuffer {
        &self.session.framebuffer
    }

    /// The same, to take its damage.
    pub fn framebuffer_mut(&mut self) -> &mut Framebuffer {
        &mut self.session.framebuffer
    }

    /// Marks the rectangle that is arriving as changed, as far as it is, for showing an update that takes its time.
    pub fn damage_unfinished(&mut self) {
        if let State::Running(receiver) = &self.state
            && let Some((_, rect)) = receiver.rectangle()
        {
            self.session.framebuffer.mark(rect);
        }
    }

    /// Counts of what has arrived.
    #[must_use]
    pub fn statistics(&self) -> &Statistics {
        &self.session.statistics
    }

    /// The first part of the screen that came with a loss, of about so many pixels and at least a tile of 64x64.
    #[must_use]
    pub fn lossy_part(&self, most_pixels: usize) -> Option<Rect> {
        let session = &self.session;
        session.lossy.first(session.framebuffer.size(), most_pixels)
    }

    /// Whether the application has to ask for updates: not while nobody wants them, and not where the server sends them by
    /// itself.
    #[must_use]
    pub fn is_to_request(&self) -> bool {
        self.is_running() && self.session.is_to_request()
    }

    /// Whether an update has been asked for that has not begun yet.
    #[must_use]
    pub fn is_update_requested(&self) -> bool {
        self.session.is_requested
    }

    /// The encodings that it asks for, the best first.
    #[must_use]
    pub fn encodings(&self) -> &[Encoding] {
        &self.session.config.encodings
    }

    /// What the client is waiting for.
    #[must_use]
    pub fn phase(&self) -> Phase {
        match &self.state {
            State::Handshake(handshake) => handshake.phase(),
            State::Running(_) => Phase::Running,
            State::Failed(_) => Phase::Ended,
        }
    }

    /// What has arrived of the unit that is not complete yet: for saying what a silent server did send.
    #[must_use]
    pub fn unparsed(&self) -> &[u8] {
        match &self.state {
            State::Handshake(handshake) if self.unparsed.is_empty() => handshake.text(),
            _ => &self.unparsed,
        }
    }

    /// Whether there is more to do with what has arrived: [`Self::handle_input`] with nothing does it. It gives control
    /// back in between, since a few bytes can be work for many pixels.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        self.session.is_busy
    }

    /// The remote's screens, where the server has described them (`ExtendedDesktopSize`).
    #[must_use]
    pub fn screens(&self) -> &[Screen] {
        &self.session.screens
    }

    /// Whether [`Self::request_desktop_size`] would be sent.
    #[must_use]
    pub fn can_resize(&self) -> bool {
        self.session.abilities.extended_desktop_size
    }

    /// Whether [`Self::power`] would be sent.
    #[must_use]
    pub fn can_power(&self) -> bool {
        self.session.abilities.xvp
    }

    /// Whether [`Self::send_fence`] would be sent.
    #[must_use]
    pub fn can_fence(&self) -> bool {
        self.session.abilities.fence
    }
}

// ---- what comes in -----------------------------------------------------------------------------------------

/// How much of an unfinished unit an error shows.
const SHOWN_BYTES: usize = 64;

impl Client {
    /// Takes bytes from the server, in any slicing. All of them are taken, but see [`Self::is_busy`].
    ///
    /// # Errors
    /// The first thing that cannot be. It is final: every later call gives it again.
    pub fn handle_input(&mut self, bytes: &[u8]) -> Result<(), Error> {
        if let State::Failed(error) = &self.state {
            return Err(error.clone());
        }
        self.session.statistics.bytes += bytes.len() as u64;
        self.session.work = 0;
        self.session.is_busy = false;
        let result = self.decrypt(bytes);
        self.ending(result)
    }

    /// Opens what is encrypted, and goes on with it.
    fn decrypt(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let Some(cipher) = &mut self.session.cipher else {
            self.parse(bytes)?;
            if self.session.cipher.is_some() {
                // The login has ended in here: what came after it is encrypted.
                let rest = std::mem::take(&mut self.unparsed);
                return self.decrypt(&rest);
            }
            return Ok(());
        };
        let mut plain = Vec::new();
        let opened = cipher.cipher.open(bytes, &mut plain);
        let security_type = cipher.security_type;
        self.parse(&plain)?;
        opened.map_err(|error| failed(security_type, error))
    }

    fn parse(&mut self, bytes: &[u8]) -> Result<(), Error> {
        if self.unparsed.is_empty() {
            let mut input = Input::new(bytes);
            let result = self.advance(&mut input);
            self.unparsed.extend_from_slice(input.peek());
            result
        } else {
            let mut unparsed = std::mem::take(&mut self.unparsed);
            unparsed.extend_from_slice(bytes);
            let mut input = Input::new(&unparsed);
            let result = self.advance(&mut input);
            let used = unparsed.len() - input.len();
            unparsed.drain(..used);
            self.unparsed = unparsed;
            result
        }
    }

    /// Takes note that the server has closed the connection, and says in words what that means: there is no
    /// closing in RFB that is not an end in the middle of something.
    pub fn handle_close(&mut self) -> Error {
        if let State::Failed(error) = &self.state {
            return error.clone();
        }
        let cut_off = match &self.state {
            State::Running(receiver) => receiver.rectangle(),
            State::Handshake(_) | State::Failed(_) => None,
        };
        let error = match cut_off {
            Some((encoding, rect)) => Error::CutOff { encoding, rect },
            None => Error::Closed {
                phase: self.phase(),
                unparsed: self.unparsed().iter().copied().take(SHOWN_BYTES).collect(),
            },
        };
        self.fail(&error);
        error
    }

    fn ending(&mut self, result: Result<(), Error>) -> Result<(), Error> {
        if let Err(error) = &result {
            self.fail(error);
        }
        result
    }

    fn fail(&mut self, error: &Error) {
        self.session.is_busy = false;
        self.session.credentials = None;
        self.state = State::Failed(error.clone());
    }

    fn advance(&mut self, input: &mut Input<'_>) -> Result<(), Error> {
        if let State::Handshake(handshake) = &mut self.state {
            if !handshake.advance(input, &mut self.session)? {
                return Ok(());
            }
            self.session.credentials = None;
            self.session.begin();
            self.state = State::Running(Box::default());
        }
        match &mut self.state {
            State::Running(receiver) => receiver.advance(input, &mut self.session),
            State::Handshake(_) | State::Failed(_) => Ok(()),
        }
    }
}

// ---- what the application wants ----------------------------------------------------------------------------

impl Client {
    /// Answers [`Event::CredentialsRequired`]. They may also be given before they are asked for. They are
    /// wiped when the login is over.
    ///
    /// # Errors
    /// As [`Self::handle_input`]: what the server had already sent is taken up again.
    pub fn provide_credentials(&mut self, mut credentials: Credentials) -> Result<(), Error> {
        if let State::Handshake(handshake) = &mut self.state {
            handshake.credentials_arrived(&mut credentials);
            self.session.credentials = Some(credentials);
        }
        self.handle_input(&[])
    }

    /// Answers [`Event::LoginRequired`] with a login of that security type.
    ///
    /// # Errors
    /// As [`Self::provide_credentials`].
    pub fn provide_login(&mut self, login: Box<dyn Login>) -> Result<(), Error> {
        if let State::Handshake(handshake) = &mut self.state {
            handshake.login_arrived(login);
        }
        self.handle_input(&[])
    }

    /// Answers [`Event::ServerKeyReceived`]: whether that key is the server's.
    ///
    /// # Errors
    /// As [`Self::provide_credentials`], and [`Error::ServerNotApproved`] where it is not.
    pub fn approve_server(&mut self, is_right: bool) -> Result<(), Error> {
        if let State::Handshake(handshake) = &mut self.state {
            let result = handshake.approved(is_right);
            self.ending(result)?;
        }
        self.handle_input(&[])
    }

    /// Presses or releases a key, by its X keysym and, for servers that want to know which key it was, by its scancode.
    ///
    /// A scancode is XT's; of one of two bytes, which begins with 0xE0, the second byte with the highest bit set; 0
    /// where there is none. Without a keysym, 0, it is told only to servers that know scancodes.
    pub fn key(&mut self, keysym: u32, scancode: u8, down: bool) {
        if !self.is_running() {
            return;
        }
        let output = &mut self.session.output;
        if self.session.abilities.extended_key_events && scancode != 0 {
            send::extended_key_event(output, keysym, scancode, down);
        } else if keysym != 0 {
            send::key_event(output, keysym, down);
        }
    }

    /// Moves the pointer, with these buttons held.
    pub fn pointer(&mut self, x: u16, y: u16, buttons: PointerButtons) {
        if self.is_running() {
            let extended = self.session.abilities.extended_mouse_buttons;
            send::pointer_event(&mut self.session.output, x, y, buttons, extended);
        }
    }

    /// Moves the pointer by this much, to the right and down, with these buttons held: for servers that want to hear of
    /// it in this way ([`Event::PointerModeChanged`]). To others nothing is sent.
    pub fn pointer_motion(&mut self, right: i16, down: i16, buttons: PointerButtons) {
        if self.session.abilities.relative_pointer {
            // All ways lie between 0 and 65,534; the one that does not is a pixel shorter.
            let place = |way: i16| (i32::from(send::NO_MOTION) + i32::from(way)).max(0) as u16;
            self.pointer(place(right), place(down), buttons);
        }
    }

    /// Asks the machine to shut down, reboot or reset. Nothing is sent to a server that has not offered it. One that
    /// cannot answers with [`Event::PowerRefused`].
    pub fn power(&mut self, action: PowerAction) {
        if self.is_running() && self.can_power() {
            send::xvp(&mut self.session.output, action);
        }
    }

    /// Tells the server what the local clipboard holds. It may ask for it: [`Event::ClipboardRequested`]. A server
    /// without the extended clipboard is sent the text, in which question marks stand for what Latin-1 has not.
    pub fn clipboard(&mut self, content: ClipboardContent) {
        if self.is_running() {
            let session = &mut self.session;
            session
                .clipboard
                .set(content, &mut session.output, &mut session.events);
        }
    }

    /// Answers [`Event::ClipboardRequested`], and all others before it. What is sent may be long, so it is for the
    /// application to say when.
    pub fn provide_clipboard(&mut self) {
        if self.is_running() {
            self.session.clipboard.provide(&mut self.session.output);
        }
    }

    /// Asks for another size of the desktop, in which its screens keep their shares of it. Nothing is sent to a server
    /// that has not offered it. The answer is [`Event::ResizeAnswered`].
    pub fn request_desktop_size(&mut self, size: Size) {
        let now = self.session.framebuffer.size();
        let screens = screens::stretched(&self.session.screens, now, size);
        // Screens that reach beyond the size were made into one that does not.
        let _ = self.request_layout(size, &screens);
    }

    /// The same of one of several screens, by its place in [`Self::screens`]: the others keep their sizes, and what is beyond
    /// it stays beyond it. Nothing is sent where there is no such screen, or no desktop is that large.
    pub fn request_screen_size(&mut self, index: usize, size: Size) {
        if let Some((size, screens)) = screens::with_one_resized(&self.session.screens, index, size) {
            // A screen without pixels is no size to ask for.
            let _ = self.request_layout(size, &screens);
        }
    }

    /// Asks for another size of the desktop with these screens.
    ///
    /// # Errors
    /// What no server can be asked for: no screen or more than 255, one without pixels, one beyond the size.
    pub fn request_layout(&mut self, size: Size, screens: &[Screen]) -> Result<(), MessageError> {
        screens::check(size, screens)?;
        if self.is_running() && self.can_resize() {
            send::set_desktop_size(&mut self.session.output, size, screens);
        }
        Ok(())
    }

    /// Asks for another JPEG quality and compression level from the next update on; see [`Config`].
    pub fn set_quality(&mut self, jpeg_quality: Option<u8>, compression_level: Option<u8>) {
        self.session.config.jpeg_quality = jpeg_quality;
        self.session.config.compression_level = compression_level;
        if self.is_running() {
            self.session.set_encodings();
        }
    }

    /// Sends a fence that the server answers when all before it is done: a round trip that can be timed. The
    /// answer is [`Event::FenceAnswered`] with the same payload. Nothing is sent to a server without fences.
    pub fn send_fence(&mut self, payload: [u8; 8]) {
        if self.is_running() && self.can_fence() {
            send::client_fence(
                &mut self.session.output,
                send::FENCE_REQUEST | send::FENCE_BLOCK_BEFORE,
                &payload,
            );
        }
    }

    /// Says what came of [`Event::VideoReceived`]: the picture, if there is one already, as R, G, B and a byte
    /// without meaning for each pixel of the video's rectangle. Without one the rectangle stays as it is.
    ///
    /// # Errors
    /// As [`Self::handle_input`]: what the server has sent meanwhile is taken up.
    pub fn provide_video(&mut self, picture: Option<Vec<u8>>) -> Result<(), Error> {
        self.session.video = Some(picture);
        self.handle_input(&[])
    }

    /// Gives up on videos: asks the server for other encodings, and for all of the screen in them. What it still
    /// sends of them is passed over.
    ///
    /// # Errors
    /// As [`Self::provide_video`].
    pub fn refuse_video(&mut self) -> Result<(), Error> {
        self.session
            .config
            .encodings
            .retain(|encoding| *encoding != Encoding::H264);
        self.session.videos.refuse();
        if self.is_running() {
            self.session.set_encodings();
            self.refresh();
        }
        self.provide_video(None)
    }

    /// Asks for what changes next, where that has to be asked for.
    pub fn request_update(&mut self) {
        if self.is_to_request() {
            self.session.request_update(true);
        }
    }

    /// Asks for the whole framebuffer anew.
    pub fn refresh(&mut self) {
        if self.is_running() {
            self.session.request_update(false);
        }
    }

    /// Asks for a part of the framebuffer anew.
    pub fn refresh_part(&mut self, rect: Rect) {
        if self.is_running() {
            self.session.request(false, rect);
        }
    }

    /// Asks for what a part of the framebuffer has that has not been sent: where the answer to [`Self::refresh_part`] was
    /// an update without it, as TigerVNC's is when it has to tell its cursor or its screens first.
    pub fn request_part(&mut self, rect: Rect) {
        if self.is_running() {
            self.session.request(true, rect);
        }
    }

    /// Says whether updates are wanted, as they are at first. While they are not, none is asked for, but for the first
    /// one and for all of a framebuffer of another size; one that was asked for before may still come. Everything else
    /// goes on. When they are wanted again, what has changed meanwhile is asked for.
    pub fn want_updates(&mut self, wanted: bool) {
        let is_running = self.is_running();
        let session = &mut self.session;
        let was_paused = std::mem::replace(&mut session.is_paused, !wanted);
        if !is_running || was_paused != wanted {
            return;
        }
        if session.abilities.continuous_updates {
            session.enable_continuous_updates(wanted);
        } else if wanted && !session.is_requested {
            session.request_update(true);
        }
    }

    fn is_running(&self) -> bool {
        matches!(self.state, State::Running(_))
    }
}

// ---- what goes out -----------------------------------------------------------------------------------------

impl Client {
    /// The next thing that happened, in order.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.session.events.pop_front()
    }

    /// Bytes for the server, if there are any.
    pub fn poll_transmit(&mut self) -> Option<Vec<u8>> {
        let mut output = std::mem::take(&mut self.session.output);
        if let Some(cipher) = &mut self.session.cipher {
            let mut sealed = std::mem::take(&mut cipher.before);
            if !output.is_empty() {
                cipher.cipher.seal(&output, &mut sealed);
            }
            output = sealed;
        }
        (!output.is_empty()).then_some(output)
    }
}
