//! The server's messages after the handshake (RFC 6143, 7.6; rfbproto, "Server to Client Messages").

use super::send;
use super::update::Update;
use super::{Event, Session};
use crate::clipboard::{ClipboardContent, line_ends};
use crate::encoding::Encoding;
use crate::encodings::Progress;
use crate::error::{Error, MessageError};
use crate::geometry::Rect;
use crate::input::{Collector, Input, u16_at};

/// Takes messages apart, one after the other.
#[derive(Debug, Default)]
pub(super) struct Receiver {
    state: State,
    update: Update,
}

/// What is to be read next.
#[derive(Debug, Default)]
enum State {
    #[default]
    Type,
    FramebufferUpdateHeader,
    FramebufferUpdate,
    ColourMapHeader,
    ColourMap {
        index: u16,
        left: u16,
        /// Whether pixels are indices into the map.
        is_used: bool,
    },
    CutTextHeader,
    CutText(Collector),
    ExtendedCutText(Collector),
    /// Bytes of no use, to be passed over.
    Skip(u64),
    FenceHeader,
    Fence {
        flags: u32,
        length: usize,
    },
    Xvp,
    TextChatHeader,
}

/// The longest payload of a fence (rfbproto, "ServerFence").
const MAX_FENCE: usize = 64;

impl Receiver {
    /// The rectangle that is arriving.
    pub(super) fn rectangle(&self) -> Option<(Encoding, Rect)> {
        self.update.current()
    }

    /// Goes on as far as the input reaches.
    pub(super) fn advance(&mut self, input: &mut Input<'_>, session: &mut Session) -> Result<(), Error> {
        loop {
            let next = match &mut self.state {
                State::Type => {
                    let Some(number) = input.u8() else { break };
                    message(number, session)?
                }
                State::FramebufferUpdateHeader => {
                    let Some(header) = input.array::<3>() else { break };
                    self.update.begin(u16_at(&header, 1));
                    session.event(Event::UpdateStarted);
                    session.update_began();
                    State::FramebufferUpdate
                }
                State::FramebufferUpdate => match self.update.advance(input, session)? {
                    Progress::NeedMore => break,
                    Progress::Busy => {
                        session.is_busy = true;
                        break;
                    }
                    Progress::Complete => {
                        session.statistics.updates += 1;
                        session.event(Event::UpdateCompleted {
                            rectangles: self.update.rectangles(),
                        });
                        State::Type
                    }
                },
                State::ColourMapHeader => {
                    // Padding, the first colour, how many.
                    let Some(header) = input.array::<5>() else { break };
                    colour_map(u16_at(&header, 1), u16_at(&header, 3))?
                }
                State::ColourMap { left: 0, is_used, .. } => {
                    // What has been drawn by the map before is drawn anew.
                    if *is_used {
                        session.request_update(false);
                    }
                    State::Type
                }
                State::ColourMap { index, left, is_used } => {
                    let Some(colour) = input.array::<6>() else { break };
                    let colour = [0, 2, 4].map(|at| u16_at(&colour, at));
                    *is_used |= session.format.set_colour(*index, colour);
                    *index = index.wrapping_add(1);
                    *left -= 1;
                    continue;
                }
                State::CutTextHeader => {
                    let Some([_, _, _, length @ ..]) = input.array::<7>() else {
                        break;
                    };
                    cut_text(i32::from_be_bytes(length), session)
                }
                State::CutText(text) => {
                    let Some(text) = text.collect(input) else { break };
                    let text = cut_text_as_string(text);
                    session.event(Event::Clipboard(ClipboardContent::text(line_ends(&text, "\n"))));
                    State::Type
                }
                State::ExtendedCutText(message) => {
                    let Some(message) = message.collect(input) else {
                        break;
                    };
                    session.clipboard.handle(
                        message,
                        session.config.limits.clipboard_bytes,
                        &mut session.output,
                        &mut session.events,
                    );
                    State::Type
                }
                State::Skip(left) => {
                    let most = usize::try_from(*left).unwrap_or(usize::MAX);
                    *left -= input.take_up_to(most).len() as u64;
                    if *left > 0 {
                        break;
                    }
                    State::Type
                }
                State::FenceHeader => {
                    let Some([_, _, _, f0, f1, f2, f3, length]) = input.array::<8>() else {
                        break;
                    };
                    fence_header(u32::from_be_bytes([f0, f1, f2, f3]), length)?
                }
                State::Fence { flags, length } => {
                    let Some(payload) = input.take(*length) else { break };
                    fence(*flags, payload, session);
                    State::Type
                }
                State::Xvp => {
                    // Padding, a version, a code.
                    let Some([_, _, code]) = input.array() else { break };
                    xvp(code, session);
                    State::Type
                }
                State::TextChatHeader => {
                    let Some([_, _, _, length @ ..]) = input.array::<7>() else {
                        break;
                    };
                    text_chat(u32::from_be_bytes(length))
                }
            };
            self.state = next;
        }
        Ok(())
    }
}

/// The table: what follows a message's type.
fn message(number: u8, session: &mut Session) -> Result<State, Error> {
    Ok(match number {
        0 => State::FramebufferUpdateHeader,
        1 => State::ColourMapHeader,
        2 => {
            session.event(Event::Bell);
            State::Type
        }
        3 => State::CutTextHeader,
        11 => State::TextChatHeader,
        150 => {
            end_of_continuous_updates(session);
            State::Type
        }
        248 => State::FenceHeader,
        250 => State::Xvp,
        number => return Err(Error::UnknownMessage { number }),
    })
}

/// All colours must have indices that a pixel can be.
fn colour_map(first: u16, count: u16) -> Result<State, Error> {
    if count > 0 && first.checked_add(count - 1).is_none() {
        return Err(Error::Message {
            message: "SetColourMapEntries",
            reason: MessageError::Meaningless {
                what: "the last colour's index",
                value: u32::from(first) + u32::from(count) - 1,
            },
        });
    }
    Ok(State::ColourMap {
        index: first,
        left: count,
        is_used: false,
    })
}

/// Latin-1 (RFC 6143, 7.6.4), or UTF-8, which some servers send instead: what somebody wrote in Latin-1 is not by
/// chance UTF-8 as well, unless it is ASCII, which is both.
fn cut_text_as_string(text: &[u8]) -> String {
    match str::from_utf8(text) {
        Ok(text) => text.to_owned(),
        Err(_) => text.iter().copied().map(char::from).collect(),
    }
}

/// A negative length says that what follows is a message of the extended clipboard (rfbproto, "ServerCutText").
fn cut_text(signed: i32, session: &mut Session) -> State {
    let length = signed.unsigned_abs();
    if length as usize > session.config.limits.clipboard_bytes {
        session.event(Event::ClipboardTooLong { length });
        return State::Skip(u64::from(length));
    }
    let mut data = Collector::default();
    data.begin(length as usize);
    if signed < 0 {
        State::ExtendedCutText(data)
    } else {
        State::CutText(data)
    }
}

/// The first one says that the server has continuous updates (rfbproto, "EndOfContinuousUpdates"). Later ones
/// answer a client that ends them for a while.
fn end_of_continuous_updates(session: &mut Session) {
    if !session.abilities.continuous_updates {
        session.abilities.continuous_updates = true;
        if !session.is_paused {
            session.enable_continuous_updates(true);
        }
        session.event(Event::ContinuousUpdatesEnabled);
    }
}

fn fence_header(flags: u32, length: u8) -> Result<State, Error> {
    let length = usize::from(length);
    if length > MAX_FENCE {
        let reason = MessageError::TooLong {
            what: "the payload",
            length: length as u32,
            limit: MAX_FENCE,
        };
        return Err(Error::Message {
            message: "ServerFence",
            reason,
        });
    }
    Ok(State::Fence { flags, length })
}

/// A request is answered with its own payload and with those of its flags that are known here. All before it
/// has been decoded by now and nothing after it has, so each of the flags holds.
fn fence(flags: u32, payload: &[u8], session: &mut Session) {
    if !session.abilities.fence {
        session.abilities.fence = true;
        session.event(Event::FencesOffered);
    }
    if flags & send::FENCE_REQUEST != 0 {
        let known = send::FENCE_BLOCK_BEFORE | send::FENCE_BLOCK_AFTER | send::FENCE_SYNC_NEXT;
        send::client_fence(&mut session.output, flags & known, payload);
    } else {
        session.event(Event::FenceAnswered(payload.to_vec()));
    }
}

/// rfbproto, "xvp Server Message": the first says that the server knows it, any other that it could not do something.
fn xvp(code: u8, session: &mut Session) {
    const FAIL: u8 = 0;
    const INIT: u8 = 1;
    match code {
        INIT if !session.abilities.xvp => {
            session.abilities.xvp = true;
            session.event(Event::PowerOffered);
        }
        FAIL => session.event(Event::PowerRefused),
        _ => {}
    }
}

/// UltraVNC's TextChat, which the server's side may begin without being asked: it is passed over, text and all. A
/// length of less than nothing says that a chat opens, closes or is over.
fn text_chat(length: u32) -> State {
    match i32::try_from(length) {
        Ok(_) => State::Skip(u64::from(length)),
        Err(_) => State::Type,
    }
}
