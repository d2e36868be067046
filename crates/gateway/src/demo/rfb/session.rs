//! One client and its desktop: what it says goes to the desktop, what changes there goes to it.

use std::time::Duration;

use super::Error;
use super::client_message::{ClientMessage, Decoder, Screen};
use super::encoding::{Encoder, Encoding};
use super::flow::Flow;
use super::handshake::{Handshake, PROTOCOL_VERSION, Step};
use super::pixel_format::PixelFormat;
use super::update::{self, Update};
use crate::demo::desktop::{Desktop, Effect, MAX_SIZE, MIN_SIZE, Moment};
use crate::demo::geometry::{Rect, Region, Size};

/// The size a desktop has until its client asks for another.
const INITIAL_SIZE: Size = Size::new(1280, 800);
/// At most some sixty updates a second.
const FRAME_INTERVAL: Duration = Duration::from_millis(16);

const FENCE_REQUEST: u32 = 1 << 31;
/// The fence flags that are understood: BlockBefore, BlockAfter and SyncNext all hold by themselves here,
/// since messages are answered in order.
const FENCE_FLAGS: u32 = 0b111;

const REASON_SERVER: u8 = 0;
const REASON_THIS_CLIENT: u8 = 1;
const STATUS_OK: u8 = 0;
const STATUS_OUT_OF_RESOURCES: u8 = 2;
const STATUS_INVALID_LAYOUT: u8 = 3;

/// What the client can be told besides pixels.
#[derive(Clone, Copy, Debug, Default)]
struct Features {
    desktop_size: bool,
    extended_desktop_size: bool,
    fence: bool,
    continuous_updates: bool,
    cursor: bool,
    extended_mouse_buttons: bool,
}

/// An ExtendedDesktopSize that is due with the next update.
#[derive(Clone, Copy, Debug)]
struct SizeReport {
    reason: u8,
    status: u8,
}

/// The server's state for one connection.
#[derive(Debug)]
pub(crate) struct Session {
    input: Decoder,
    output: Vec<u8>,
    handshake: Option<Handshake>,
    pub(super) desktop: Desktop,
    /// What the client does not have yet.
    owed: Region,
    flow: Flow,
    features: Features,
    format: PixelFormat,
    encoding: Encoding,
    encoder: Encoder,
    screen: Screen,
    size_reports: Vec<SizeReport>,
    resized: bool,
    cursor_owed: bool,
    buttons_owed: bool,
    last_update: Option<Duration>,
    now: Moment,
}

impl Session {
    pub(crate) fn new(now: Moment) -> Self {
        Self {
            input: Decoder::default(),
            output: PROTOCOL_VERSION.to_vec(),
            handshake: Some(Handshake::Version),
            desktop: Desktop::new(INITIAL_SIZE, now),
            owed: Region::default(),
            flow: Flow::default(),
            features: Features::default(),
            format: PixelFormat::SERVER,
            encoding: Encoding::Raw,
            encoder: Encoder::new(),
            screen: Screen {
                id: 0,
                area: Rect::of_size(INITIAL_SIZE),
                flags: 0,
            },
            size_reports: Vec::new(),
            resized: false,
            cursor_owed: false,
            buttons_owed: false,
            last_update: None,
            now,
        }
    }

    /// Whether the client has still to get through the handshake.
    pub(crate) fn is_handshaking(&self) -> bool {
        self.handshake.is_some()
    }

    /// Takes bytes from the client, in any slicing.
    ///
    /// # Errors
    /// Whatever makes the rest of the stream meaningless; the connection should be closed.
    pub(crate) fn handle_input(&mut self, bytes: &[u8], now: Moment) -> Result<(), Error> {
        self.now = now;
        self.input.push(bytes);
        while let Some(handshake) = self.handshake {
            match handshake.advance(&mut self.input, self.desktop.size(), &mut self.output)? {
                Step::Wait => return Ok(()),
                Step::Next(next) => self.handshake = Some(next),
                Step::Done => self.handshake = None,
            }
        }
        while let Some(message) = self.input.next()? {
            self.handle_message(message);
        }
        Ok(())
    }

    /// Lets the desktop move on and sends what is due. To be called after input and at [`next_timeout`](Self::next_timeout);
    /// only while everything sent before has left, so that a slow client gets fewer frames and not older ones.
    ///
    /// # Errors
    /// When the compressor fails.
    pub(crate) fn handle_timeout(&mut self, now: Moment) -> Result<(), Error> {
        self.now = now;
        if self.handshake.is_some() {
            return Ok(());
        }
        self.desktop.tick(now);
        self.take_effects();
        if self.update_due().is_none_or(|due| due > now.uptime) {
            return Ok(());
        }
        self.send_update()
    }

    /// The next time, counted as [`Moment::uptime`], at which there is something to do without input.
    pub(crate) fn next_timeout(&self) -> Option<Duration> {
        if self.handshake.is_some() {
            return None;
        }
        // A client that takes nothing now is not worth animating for.
        let tick = self.flow.area().map(|_| self.desktop.next_tick());
        tick.into_iter().chain(self.update_due()).min()
    }

    /// The bytes to send since the last call.
    pub(crate) fn poll_transmit(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.output)
    }

    fn handle_message(&mut self, message: ClientMessage) {
        match message {
            ClientMessage::SetPixelFormat(format) => {
                self.format = format;
                self.cursor_owed = self.features.cursor;
            }
            ClientMessage::SetEncodings(listed) => self.set_encodings(&listed),
            ClientMessage::FramebufferUpdateRequest { incremental, area } => {
                let area = area.intersection(Rect::of_size(self.desktop.size()));
                if !incremental {
                    self.owed.add(area);
                }
                self.flow.request(incremental, area);
            }
            ClientMessage::KeyEvent { down, keysym } => self.desktop.key(keysym, down),
            ClientMessage::PointerEvent { buttons, position } => self.desktop.pointer(position, buttons),
            ClientMessage::ClientCutText(text) => self.desktop.clipboard(text),
            ClientMessage::EnableContinuousUpdates { enable, area } => {
                if !enable && self.flow.is_continuous() {
                    self.output.extend(update::end_of_continuous_updates());
                }
                self.flow.set_continuous(enable.then_some(area));
            }
            ClientMessage::ClientFence { flags, payload } if flags & FENCE_REQUEST != 0 => {
                self.output
                    .extend(update::server_fence(flags & FENCE_FLAGS, &payload));
            }
            ClientMessage::ClientFence { payload, .. } => self.flow.confirm(&payload),
            ClientMessage::SetDesktopSize { size, screens } => self.set_desktop_size(size, &screens),
        }
        self.take_effects();
    }

    fn set_encodings(&mut self, listed: &[i32]) {
        let before = self.features;
        self.encoding = Encoding::choose(listed);
        self.features = Features {
            desktop_size: listed.contains(&update::DESKTOP_SIZE),
            extended_desktop_size: listed.contains(&update::EXTENDED_DESKTOP_SIZE),
            fence: listed.contains(&update::FENCE),
            continuous_updates: listed.contains(&update::CONTINUOUS_UPDATES),
            cursor: listed.contains(&update::CURSOR),
            extended_mouse_buttons: listed.contains(&update::EXTENDED_MOUSE_BUTTONS),
        };
        let now = self.features;
        // Each of these tells the client that the server has the extension, too.
        if now.fence && !before.fence {
            self.output.extend(update::server_fence(FENCE_REQUEST | 1, &[]));
            self.flow.use_fences();
        }
        if now.continuous_updates && !before.continuous_updates {
            self.output.extend(update::end_of_continuous_updates());
        }
        if now.extended_desktop_size && !before.extended_desktop_size {
            self.size_reports.push(SizeReport {
                reason: REASON_SERVER,
                status: STATUS_OK,
            });
        }
        self.buttons_owed |= now.extended_mouse_buttons && !before.extended_mouse_buttons;
        self.input.extended_mouse_buttons = now.extended_mouse_buttons;
        self.cursor_owed |= now.cursor && !before.cursor;
        self.desktop.set_draws_cursor(!now.cursor);
        self.desktop
            .set_resizable(now.desktop_size || now.extended_desktop_size);
    }

    fn set_desktop_size(&mut self, size: Size, screens: &[Screen]) {
        let status = check_layout(size, screens);
        if status == STATUS_OK {
            if let [screen] = screens {
                self.screen = *screen;
            }
            self.resize(size);
        }
        self.size_reports.push(SizeReport {
            reason: REASON_THIS_CLIENT,
            status,
        });
    }

    fn resize(&mut self, size: Size) {
        self.resized |= size != self.desktop.size();
        self.desktop.resize(size);
        let whole = Rect::of_size(size);
        self.owed = Region::from(whole);
        self.flow.resized(whole);
    }

    fn take_effects(&mut self) {
        for effect in self.desktop.take_effects() {
            match effect {
                Effect::Bell => self.output.extend(update::bell()),
                Effect::Clipboard(text) => self.output.extend(update::server_cut_text(&text)),
                Effect::Cursor => self.cursor_owed = self.features.cursor,
                Effect::Resize(size) => {
                    self.resize(size);
                    if self.features.extended_desktop_size {
                        self.size_reports.push(SizeReport {
                            reason: REASON_SERVER,
                            status: STATUS_OK,
                        });
                    }
                }
            }
        }
    }

    /// When the next update should go out, if one should.
    fn update_due(&self) -> Option<Duration> {
        let area = self.flow.area()?;
        let news = self.resized
            || self.cursor_owed
            || self.buttons_owed
            || !self.size_reports.is_empty()
            || !self.owed.within(area).is_empty()
            || !self.desktop.damage().within(area).is_empty();
        news.then(|| {
            self.last_update
                .map_or(Duration::ZERO, |last| last + FRAME_INTERVAL)
        })
    }

    fn send_update(&mut self) -> Result<(), Error> {
        let painted = self.desktop.paint();
        self.owed.add_all(&painted);
        let mut update = Update::new();
        if self.announce(&mut update) {
            // What a client does with pixels that share an update with a new size is not sure.
            self.owed = Region::from(Rect::of_size(self.desktop.size()));
        } else {
            let region = self.flow.sendable(&self.owed);
            update.pixels(
                &region,
                self.desktop.frame(),
                &mut self.encoder,
                self.encoding,
                self.format,
            )?;
            for piece in region.pieces() {
                self.owed.subtract(*piece);
            }
        }
        if !update.is_empty() {
            self.last_update = Some(self.now.uptime);
            self.output.extend(update.finish());
            if let Some(payload) = self.flow.update_sent() {
                self.output
                    .extend(update::server_fence(FENCE_REQUEST | 1, &payload));
            }
        }
        Ok(())
    }

    /// Adds the pseudo-encodings that are due; says whether the framebuffer's size is among them.
    fn announce(&mut self, update: &mut Update) -> bool {
        let size = self.desktop.size();
        if std::mem::take(&mut self.cursor_owed) {
            update.cursor(self.desktop.cursor().image(), self.format);
        }
        if std::mem::take(&mut self.buttons_owed) {
            update.extended_mouse_buttons();
        }
        let resized = std::mem::take(&mut self.resized);
        for report in std::mem::take(&mut self.size_reports) {
            update.extended_desktop_size(size, report.reason, report.status, self.screen);
        }
        if resized && !self.features.extended_desktop_size && self.features.desktop_size {
            update.desktop_size(size);
        }
        resized
    }
}

/// The status of a SetDesktopSize: any sensible size with screens inside it.
fn check_layout(size: Size, screens: &[Screen]) -> u8 {
    let whole = Rect::of_size(size);
    let inside = |screen: &Screen| !screen.area.is_empty() && screen.area.intersection(whole) == screen.area;
    if size.width > MAX_SIZE.width || size.height > MAX_SIZE.height {
        STATUS_OUT_OF_RESOURCES
    } else if size.width < MIN_SIZE.width
        || size.height < MIN_SIZE.height
        || screens.is_empty()
        || !screens.iter().all(inside)
    {
        STATUS_INVALID_LAYOUT
    } else {
        STATUS_OK
    }
}
