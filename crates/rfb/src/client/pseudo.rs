//! The rectangles of pseudo-encodings (RFC 6143, 7.8; rfbproto, "Pseudo-encodings"), which carry anything but pixels.

use super::Session;
use super::event::{Event, LockKeys};
use super::screens::{ResizeStatus, Screen};
use crate::cursor::{Cursor, alpha, rich, vmware, x_cursor};
use crate::encoding::Encoding;
use crate::encodings::{Context, Decoders, Progress};
use crate::error::{DecodeError, MessageError};
use crate::framebuffer::Framebuffer;
use crate::geometry::Rect;
use crate::input::{Collector, Input, u16_at};
use crate::pixel::WireFormat;

/// What this client can make use of besides encodings. What few servers have stands last, since not all of it can be asked
/// for besides many encodings.
const ASKED_FOR: &[Encoding] = &[
    Encoding::CURSOR_WITH_ALPHA,
    Encoding::VMWARE_CURSOR,
    Encoding::CURSOR,
    Encoding::X_CURSOR,
    Encoding::POINTER_POSITION,
    Encoding::DESKTOP_SIZE,
    Encoding::EXTENDED_DESKTOP_SIZE,
    Encoding::LAST_RECT,
    Encoding::DESKTOP_NAME,
    Encoding::FENCE,
    Encoding::CONTINUOUS_UPDATES,
    Encoding::EXTENDED_MOUSE_BUTTONS,
    Encoding::EXTENDED_KEY_EVENT,
    Encoding::POINTER_MOTION_CHANGE,
    Encoding::LED_STATE,
    Encoding::XVP,
    Encoding::EXTENDED_CLIPBOARD,
    Encoding::VMWARE_CURSOR_STATE,
    Encoding::VMWARE_CURSOR_POSITION,
    Encoding::VMWARE_LED_STATE,
    Encoding::TIGHT_WITHOUT_ZLIB,
];

/// The forms of a cursor. Servers send the best that they are asked for.
const CURSORS: [Encoding; 4] = [
    Encoding::CURSOR_WITH_ALPHA,
    Encoding::VMWARE_CURSOR,
    Encoding::CURSOR,
    Encoding::X_CURSOR,
];

/// What to ask for besides these encodings. Where there are forms of a cursor among them, they are the only ones.
pub(super) fn besides(encodings: &[Encoding], is_qemu: bool) -> impl Iterator<Item = Encoding> {
    let has_cursor = encodings.iter().any(|encoding| CURSORS.contains(encoding));
    let is_asked_for = move |encoding: &Encoding| match *encoding {
        _ if CURSORS.contains(encoding) && has_cursor => false,
        // QEMU has the bytes of such cursors in another order.
        Encoding::CURSOR_WITH_ALPHA => !is_qemu,
        _ => true,
    };
    ASKED_FOR.iter().copied().filter(is_asked_for)
}

/// A pseudo-encoding's rectangle under way.
#[derive(Debug)]
pub(super) enum Pseudo {
    /// Nothing more has to be read.
    Done,
    /// So many bytes, and what is made of them: the end, or what comes next.
    Collect(Collector, Take),
    /// A cursor's pixels, in any encoding.
    AlphaPixels(Encoding, Framebuffer),
}

type Take = fn(Rect, &[u8], &mut Session) -> Result<Pseudo, DecodeError>;

impl Pseudo {
    /// Makes ready for what a rectangle of this encoding carries; `None` if that are pixels.
    pub(super) fn start(
        rect: Rect,
        encoding: Encoding,
        session: &mut Session,
    ) -> Result<Option<Self>, DecodeError> {
        Ok(Some(match encoding {
            Encoding::CURSOR => {
                let length = rich::length(cursor(rect, session)?, session.format.pixel());
                Self::collect(length, |rect, content, session| {
                    session.set_cursor(rich::read(rect, content, session.format.pixel()))
                })
            }
            Encoding::X_CURSOR => {
                let length = x_cursor::length(cursor(rect, session)?);
                Self::collect(length, |rect, content, session| {
                    session.set_cursor(x_cursor::read(rect, content))
                })
            }
            Encoding::CURSOR_WITH_ALPHA => {
                cursor(rect, session)?;
                Self::collect(4, alpha_encoding)
            }
            Encoding::VMWARE_CURSOR => {
                cursor(rect, session)?;
                Self::collect(vmware::HEADER, vmware_type)
            }
            Encoding::VMWARE_CURSOR_STATE => Self::collect(2, |_, state, session| {
                session.hide_cursor(u16_at(state, 0) & VISIBLE == 0)
            }),
            Encoding::POINTER_POSITION | Encoding::VMWARE_CURSOR_POSITION => {
                session.move_pointer(rect);
                Self::Done
            }
            Encoding::DESKTOP_SIZE => {
                session.resize(rect.size())?;
                Self::Done
            }
            Encoding::EXTENDED_DESKTOP_SIZE => Self::collect(SCREEN_COUNT, |_, header, _| {
                let count = header.first().copied().unwrap_or_default();
                Ok(Self::collect(
                    usize::from(count) * Screen::LENGTH,
                    extended_desktop_size,
                ))
            }),
            // UltraVNC sends another size by this number, as if it were DesktopSize's. A name has neither place nor size.
            Encoding::DESKTOP_NAME if !rect.is_empty() => {
                session.resize(rect.size())?;
                Self::Done
            }
            Encoding::DESKTOP_NAME => Self::collect(4, name_length),
            Encoding::LED_STATE => Self::collect(1, set_locks),
            // The same bits in four bytes.
            Encoding::VMWARE_LED_STATE => Self::collect(4, set_locks),
            Encoding::POINTER_MOTION_CHANGE => {
                session.set_relative_pointer(rect.x == 0);
                Self::Done
            }
            Encoding::EXTENDED_KEY_EVENT => {
                if !std::mem::replace(&mut session.abilities.extended_key_events, true) {
                    session.event(Event::ScancodesOffered);
                }
                Self::Done
            }
            Encoding::EXTENDED_MOUSE_BUTTONS => {
                session.abilities.extended_mouse_buttons = true;
                Self::Done
            }
            Encoding::LAST_RECT => Self::Done,
            _ => return Ok(None),
        }))
    }

    fn collect(length: usize, take: Take) -> Self {
        let mut bytes = Collector::default();
        bytes.begin(length);
        Self::Collect(bytes, take)
    }

    /// Goes on as far as the input reaches. A cursor's pixels go through the connection's own decoders, as all others.
    pub(super) fn advance(
        &mut self,
        rect: Rect,
        input: &mut Input<'_>,
        decoders: &mut Decoders,
        session: &mut Session,
    ) -> Result<Progress, DecodeError> {
        loop {
            let next = match self {
                Self::Done => return Ok(Progress::Complete),
                Self::Collect(bytes, take) => {
                    let Some(content) = bytes.collect(input) else {
                        return Ok(Progress::NeedMore);
                    };
                    match take(rect, content, session)? {
                        Self::AlphaPixels(encoding, pixels) => {
                            let decoder = decoders.get(encoding).ok_or(unknown(encoding))?;
                            decoder.begin(pixels.size().rect());
                            Self::AlphaPixels(encoding, pixels)
                        }
                        next => next,
                    }
                }
                Self::AlphaPixels(encoding, pixels) => {
                    let decoder = decoders.get(*encoding).ok_or(unknown(*encoding))?;
                    let context = Context {
                        format: &WireFormat::with_alpha(),
                        jpeg_quality: session.config.jpeg_quality,
                        limits: &session.config.limits,
                    };
                    let progress = decoder.decode(input, pixels, &context)?;
                    if progress != Progress::Complete {
                        return Ok(progress);
                    }
                    session.set_cursor(alpha::read(rect, pixels))?
                }
            };
            *self = next;
        }
    }
}

// ---- cursors and the pointer -------------------------------------------------------------------------------

/// A cursor's rectangle, which has a hot spot where others have a place.
fn cursor(rect: Rect, session: &Session) -> Result<Rect, DecodeError> {
    let limit = session.config.limits.cursor_side;
    let side = rect.width.max(rect.height);
    if side > limit {
        return Err(DecodeError::TooLarge {
            what: "a side",
            value: usize::from(side),
            limit: usize::from(limit),
        });
    }
    Ok(rect)
}

fn alpha_encoding(rect: Rect, number: &[u8], _: &mut Session) -> Result<Pseudo, DecodeError> {
    let number = number.first_chunk().copied().unwrap_or_default();
    let mut pixels = Framebuffer::default();
    pixels.resize(rect.size());
    Ok(Pseudo::AlphaPixels(Encoding(i32::from_be_bytes(number)), pixels))
}

fn unknown(encoding: Encoding) -> DecodeError {
    DecodeError::UnknownCursorEncoding(encoding)
}

/// How long a type is that is not known here cannot be told. None is in use; what has none of the known types' data is
/// taken to have none at all, and what comes after it is the next rectangle.
fn vmware_type(rect: Rect, header: &[u8], session: &mut Session) -> Result<Pseudo, DecodeError> {
    Ok(match header.first() {
        Some(&vmware::CLASSIC) => {
            let length = vmware::classic_length(rect, session.format.pixel());
            Pseudo::collect(length, |rect, content, session| {
                session.set_cursor(vmware::classic(rect, content, session.format.pixel()))
            })
        }
        Some(&vmware::ALPHA) => Pseudo::collect(vmware::alpha_length(rect), |rect, content, session| {
            session.set_cursor(vmware::alpha(rect, content))
        }),
        _ => Pseudo::Done,
    })
}

/// VMware cursor state: the bit that says that it is to be seen.
const VISIBLE: u16 = 1;

impl Session {
    /// Whichever form came last is the cursor.
    fn set_cursor(&mut self, cursor: Cursor) -> Result<Pseudo, DecodeError> {
        if !self.cursor_hidden {
            self.event(Event::CursorChanged(cursor.clone()));
        }
        self.cursor = cursor;
        Ok(Pseudo::Done)
    }

    fn hide_cursor(&mut self, hide: bool) -> Result<Pseudo, DecodeError> {
        if self.cursor_hidden != hide {
            self.cursor_hidden = hide;
            let cursor = if hide {
                Cursor::default()
            } else {
                self.cursor.clone()
            };
            // Two bytes can bring back megabytes.
            self.work = self.work.saturating_add(cursor.size.area());
            self.event(Event::CursorChanged(cursor));
        }
        Ok(Pseudo::Done)
    }

    fn move_pointer(&mut self, rect: Rect) {
        let size = self.framebuffer.size();
        self.event(Event::PointerMoved {
            x: rect.x.min(size.width.saturating_sub(1)),
            y: rect.y.min(size.height.saturating_sub(1)),
        });
    }

    fn set_relative_pointer(&mut self, relative: bool) {
        if self.abilities.relative_pointer != relative {
            self.abilities.relative_pointer = relative;
            self.event(Event::PointerModeChanged { relative });
        }
    }
}

// ---- keys --------------------------------------------------------------------------------------------------

/// The last byte has all of the bits that there are.
fn set_locks(_: Rect, state: &[u8], session: &mut Session) -> Result<Pseudo, DecodeError> {
    let state = state.last().copied().unwrap_or_default();
    session.event(Event::LockKeysChanged(LockKeys {
        scroll_lock: state & 1 != 0,
        num_lock: state & 1 << 1 != 0,
        caps_lock: state & 1 << 2 != 0,
    }));
    Ok(Pseudo::Done)
}

// ---- the desktop -------------------------------------------------------------------------------------------

fn name_length(_: Rect, length: &[u8], session: &mut Session) -> Result<Pseudo, DecodeError> {
    let length = u32::from_be_bytes(length.first_chunk().copied().unwrap_or_default());
    let limit = session.config.limits.text_bytes;
    if length as usize > limit {
        return Err(MessageError::TooLong {
            what: "the name",
            length,
            limit,
        }
        .into());
    }
    Ok(Pseudo::collect(length as usize, |_, name, session| {
        session.event(Event::NameChanged(String::from_utf8_lossy(name).into_owned()));
        Ok(Pseudo::Done)
    }))
}

/// How many screens there are, and padding.
const SCREEN_COUNT: usize = 4;

/// The header's x says who has changed the size (0: the server, 1: this client, 2: another), its y what became of it.
fn extended_desktop_size(rect: Rect, screens: &[u8], session: &mut Session) -> Result<Pseudo, DecodeError> {
    const THIS_CLIENT: u16 = 1;
    let is_first = !std::mem::replace(&mut session.abilities.extended_desktop_size, true);
    let status = ResizeStatus::from_wire(rect.y);
    // Only a change that was done carries the size and screens that now are.
    if rect.x != THIS_CLIENT || status == ResizeStatus::Done {
        session.resize(rect.size())?;
        let screens: Vec<Screen> = screens.as_chunks().0.iter().map(Screen::from_wire).collect();
        if is_first || session.screens != screens {
            session.screens.clone_from(&screens);
            session.event(Event::ScreensChanged(screens));
        }
    }
    if rect.x == THIS_CLIENT {
        session.event(Event::ResizeAnswered(status));
    }
    Ok(Pseudo::Done)
}
