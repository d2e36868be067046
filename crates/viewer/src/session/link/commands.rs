//! What the page wants, and pointer moves that wait for the socket.

use porthole_rfb::{self as rfb, PointerButtons, Rect, Screen, Size};

use super::options::answers;
use super::{Link, ending};
use crate::session::meter::Meter;
use crate::{Clipboard, Command, PowerAction};

/// A move of the pointer alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Move {
    /// To this place.
    To(u16, u16),
    /// By this much.
    By(i16, i16),
}

impl Link {
    /// The page wants something. Connecting is not this connection's business.
    pub(in crate::session) fn command(&mut self, command: Command, now: f64) {
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
            Command::Seen(on) => {
                self.set_seen(on, now);
                if on {
                    // Who begins to look has the picture painted for them, even where nothing of it changes.
                    self.client.framebuffer_mut().damage_all();
                }
                self.log(now, |_| match on {
                    true => "the desktop can be seen".into(),
                    false => "nobody can see the desktop: no updates are asked for".into(),
                });
            }
            Command::Observe(on) => {
                let counted = self.client.statistics();
                self.meter = match self.meter.take() {
                    _ if !on => None,
                    None => Some(Meter::new(counted, now)),
                    meter => meter,
                };
            }
            Command::Quality {
                adaptive: true,
                compression,
                ..
            } => self.begin_to_adapt(compression.unwrap_or_default(), now),
            Command::Quality {
                quality, compression, ..
            } => {
                if self.adaptation.take().is_some() {
                    // It may have been sharpening.
                    self.client.want_updates(self.is_seen);
                }
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
                self.stir(now);
                // What is pointed at has to be known before what is typed.
                self.flush_move();
                self.client.key(keysym, scancode, down);
            }
            Command::Pointer { x, y, buttons } if buttons == self.buttons => {
                self.held_move = Some(Move::To(x, y));
            }
            Command::Pointer { x, y, buttons } => {
                self.stir(now);
                self.buttons = buttons;
                self.held_move = None;
                self.client.pointer(x, y, PointerButtons(buttons));
            }
            Command::Motion { right, down, buttons } => self.motion(right, down, buttons),
            Command::Clipboard(Clipboard { text, html, rtf, dib }) => {
                self.client
                    .clipboard(rfb::ClipboardContent { text, html, rtf, dib });
                self.after_input(Ok(()), now);
            }
            Command::RequestSize {
                screen,
                width,
                height,
            } => {
                let size = Size { width, height };
                match usize::from(screen).checked_sub(1) {
                    None => self.client.request_desktop_size(size),
                    Some(index) => self.client.request_screen_size(index, size),
                }
                self.log(now, |_| match screen {
                    0 => format!("asking for a desktop of {size}"),
                    screen => format!("asking for {size} of screen {screen}"),
                });
            }
            Command::RequestScreens(count) => self.request_screens(count, now),
            Command::Power(action) => self.client.power(match action {
                PowerAction::Shutdown => rfb::PowerAction::Shutdown,
                PowerAction::Reboot => rfb::PowerAction::Reboot,
                PowerAction::Reset => rfb::PowerAction::Reset,
            }),
        }
    }

    /// Asks for so many screens side by side. Of those that are too many one goes at a time: Xtigervnc 1.12 keeps some of them
    /// otherwise, finds that these are not the ones that were asked for, and ends the connection.
    fn request_screens(&mut self, count: u8, now: f64) {
        let size = self.client.framebuffer().size();
        let screens = self.client.screens();
        let one_less = screens.len().saturating_sub(1).try_into().unwrap_or(u8::MAX);
        let next = if count == 0 { count } else { count.max(one_less) };
        let asked = self
            .client
            .request_layout(size, &side_by_side(size, next, screens));
        self.log(now, |_| match &asked {
            Ok(()) => format!("asking for {next} screens"),
            Err(error) => error.to_string(),
        });
        self.screens_to_go = (asked.is_ok() && next > count).then_some(ScreensToGo { next, count });
    }

    /// Goes on with what [`Self::request_screens`] began, once that is answered.
    pub(super) fn screens_answered(&mut self, status: rfb::ResizeStatus, now: f64) {
        let Some(ScreensToGo { next, count }) = self.screens_to_go.take() else {
            return;
        };
        if status == rfb::ResizeStatus::Done && self.client.screens().len() == usize::from(next) {
            self.request_screens(count, now);
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

    pub(super) fn flush_move(&mut self) {
        let buttons = PointerButtons(self.buttons);
        match self.held_move.take() {
            Some(Move::To(x, y)) => self.client.pointer(x, y, buttons),
            Some(Move::By(right, down)) => self.client.pointer_motion(right, down, buttons),
            None => {}
        }
    }
}

/// Screens of which some are still to be given up.
#[derive(Debug, Clone, Copy)]
pub(super) struct ScreensToGo {
    /// How many have been asked for.
    next: u8,
    /// How many are to be left in the end.
    count: u8,
}

/// A desktop divided into so many screens of one height. Those that there are already keep their numbers, as they must.
fn side_by_side(size: Size, count: u8, screens: &[Screen]) -> Vec<Screen> {
    let edge = |number: u8| (u32::from(size.width) * u32::from(number) / u32::from(count.max(1))) as u16;
    let known = screens.iter().map(|screen| (screen.id, screen.flags));
    let unused = (0..).filter(|id| screens.iter().all(|screen| screen.id != *id));
    (0..count)
        .zip(known.chain(unused.map(|id| (id, 0))))
        .map(|(number, (id, flags))| Screen {
            id,
            rect: Rect::new(edge(number), 0, edge(number + 1) - edge(number), size.height),
            flags,
        })
        .collect()
}
