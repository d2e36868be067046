//! From the greeting to `ServerInit` (RFC 6143, 7.1 to 7.3).

use super::{Event, Phase, Session};
use crate::error::{Error, MessageError};
use crate::geometry::Size;
use crate::input::{Collector, Input, u16_at};
use crate::pixel::{PixelFormat, WireFormat};
use crate::security::{Login, SecurityType, Step};
use crate::version::{self, Version};

#[derive(Debug)]
pub(super) struct Handshake {
    state: State,
    version: Version,
    security_type: SecurityType,
}

/// What is to be read next.
#[derive(Debug)]
enum State {
    Greeting,
    /// 3.3: the type that the server has picked.
    SecurityType,
    /// 3.7 and 3.8: how many are offered.
    SecurityTypeCount,
    SecurityTypes {
        count: usize,
    },
    Login {
        login: Login,
        asked: bool,
    },
    SecurityResult,
    ReasonLength {
        why: Why,
    },
    Reason {
        why: Why,
        text: Collector,
    },
    ServerInit,
    Name {
        size: Size,
        text: Collector,
    },
}

/// What a reason is for.
#[derive(Debug, Clone, Copy)]
enum Why {
    NoSecurityType,
    LoginFailed,
}

impl Why {
    /// The part of the handshake that a reason belongs to.
    fn message(self) -> &'static str {
        match self {
            Self::NoSecurityType => "Security",
            Self::LoginFailed => "SecurityResult",
        }
    }
}

/// Width, height, pixel format and the name's length.
const SERVER_INIT: usize = 24;

impl Default for Handshake {
    fn default() -> Self {
        Self {
            state: State::Greeting,
            version: Version::V3_8,
            security_type: SecurityType::NONE,
        }
    }
}

impl Handshake {
    pub(super) fn phase(&self) -> Phase {
        match self.state {
            State::Greeting => Phase::Greeting,
            State::SecurityType | State::SecurityTypeCount | State::SecurityTypes { .. } => {
                Phase::SecurityTypes
            }
            State::Login { asked: false, .. } => Phase::Login,
            State::Login { asked: true, .. } => Phase::Credentials,
            State::SecurityResult => Phase::SecurityResult,
            State::ReasonLength { .. } | State::Reason { .. } => Phase::Reason,
            State::ServerInit | State::Name { .. } => Phase::ServerInit,
        }
    }

    /// The credentials that a login waits for are there.
    pub(super) fn credentials_arrived(&mut self) {
        if let State::Login { asked, .. } = &mut self.state {
            *asked = false;
        }
    }

    /// Goes on as far as the input reaches. Says whether the handshake is done.
    pub(super) fn advance(&mut self, input: &mut Input<'_>, session: &mut Session) -> Result<bool, Error> {
        loop {
            let next = match &mut self.state {
                State::Greeting => {
                    let Some(greeting) = input.array() else { break };
                    self.greeting(&greeting, session)?
                }
                State::SecurityType => {
                    let Some(number) = input.u32() else { break };
                    // A number beyond a byte names no security type that there is.
                    self.offer(&[u8::try_from(number).unwrap_or(u8::MAX)], session)?
                }
                State::SecurityTypeCount => match input.u8() {
                    None => break,
                    Some(0) => State::ReasonLength {
                        why: Why::NoSecurityType,
                    },
                    Some(count) => State::SecurityTypes {
                        count: usize::from(count),
                    },
                },
                State::SecurityTypes { count } => {
                    let Some(offered) = input.take(*count) else { break };
                    self.offer(offered, session)?
                }
                State::Login { login, asked } => {
                    match login.advance(input, session.credentials.as_ref(), &mut session.output) {
                        Step::Done => self.login_done(session),
                        Step::NeedMore => break,
                        Step::NeedCredentials(credentials) => {
                            if !std::mem::replace(asked, true) {
                                session.event(Event::CredentialsRequired(credentials));
                            }
                            break;
                        }
                    }
                }
                State::SecurityResult => {
                    let Some(result) = input.u32() else { break };
                    self.security_result(result, session)?
                }
                State::ReasonLength { why } => {
                    let Some(length) = input.u32() else { break };
                    let mut text = Collector::default();
                    text.begin(checked(
                        length,
                        "the reason",
                        session.config.limits.text_bytes,
                        why.message(),
                    )?);
                    State::Reason { why: *why, text }
                }
                State::Reason { why, text } => {
                    let Some(text) = text.collect(input) else { break };
                    let reason = String::from_utf8_lossy(text).into_owned();
                    return Err(match why {
                        Why::NoSecurityType => Error::Refused { reason },
                        Why::LoginFailed => Error::AuthenticationFailed {
                            security_type: self.security_type,
                            reason: Some(reason),
                        },
                    });
                }
                State::ServerInit => {
                    let Some(init) = input.array::<SERVER_INIT>() else {
                        break;
                    };
                    server_init(&init, session)?
                }
                State::Name { size, text } => {
                    let Some(text) = text.collect(input) else { break };
                    let name = String::from_utf8_lossy(text).into_owned();
                    session.framebuffer.resize(*size);
                    session.event(Event::Connected { size: *size, name });
                    return Ok(true);
                }
            };
            self.state = next;
        }
        Ok(false)
    }

    fn greeting(&mut self, greeting: &[u8; Version::LENGTH], session: &mut Session) -> Result<State, Error> {
        let Some(numbers) = version::parse(greeting) else {
            return Err(Error::NotRfb {
                seen: greeting.to_vec(),
            });
        };
        let server = format!("{:03}.{:03}", numbers.0, numbers.1);
        let Some(version) = Version::from_greeting(greeting) else {
            return Err(Error::UnsupportedVersion { version: server });
        };
        self.version = version;
        session.output.extend_from_slice(version.greeting());
        session.event(Event::VersionAgreed { version, server });
        Ok(match version {
            Version::V3_3 => State::SecurityType,
            Version::V3_7 | Version::V3_8 => State::SecurityTypeCount,
        })
    }

    /// Picks the first type offered that is known here, in the server's order.
    fn offer(&mut self, offered: &[u8], session: &mut Session) -> Result<State, Error> {
        if self.version == Version::V3_3 && offered == [0] {
            return Ok(State::ReasonLength {
                why: Why::NoSecurityType,
            });
        }
        let mut offered = offered.iter().map(|&number| SecurityType(number));
        let Some((security_type, login)) = offered.clone().find_map(|it| Some((it, Login::new(it)?))) else {
            return Err(Error::NoSecurityTypeInCommon {
                offered: offered.by_ref().collect(),
            });
        };
        self.security_type = security_type;
        if self.version != Version::V3_3 {
            session.output.push(security_type.0);
        }
        session.event(Event::SecurityTypeChosen(security_type));
        Ok(State::Login { login, asked: false })
    }

    /// Before 3.8 there is no verdict on a login that there was not.
    fn login_done(&self, session: &mut Session) -> State {
        if self.security_type == SecurityType::NONE && self.version < Version::V3_8 {
            client_init(session)
        } else {
            State::SecurityResult
        }
    }

    fn security_result(&self, result: u32, session: &mut Session) -> Result<State, Error> {
        let failed = |reason: Option<&str>| Error::AuthenticationFailed {
            security_type: self.security_type,
            reason: reason.map(str::to_owned),
        };
        match result {
            0 => Ok(client_init(session)),
            1 | 2 if self.version == Version::V3_8 => Ok(State::ReasonLength {
                why: Why::LoginFailed,
            }),
            1 => Err(failed(None)),
            2 => Err(failed(Some("too many attempts"))),
            value => Err(Error::Message {
                message: "SecurityResult",
                reason: MessageError::Meaningless {
                    what: "the result",
                    value,
                },
            }),
        }
    }
}

fn client_init(session: &mut Session) -> State {
    session.output.push(u8::from(session.config.shared));
    State::ServerInit
}

/// The server's own pixel format counts only where the client asks for none.
fn server_init(init: &[u8; SERVER_INIT], session: &mut Session) -> Result<State, Error> {
    let failed = |reason| Error::Message {
        message: "ServerInit",
        reason,
    };
    let size = Size {
        width: u16_at(init, 0),
        height: u16_at(init, 2),
    };
    session.check_size(size).map_err(failed)?;
    let [_, _, _, _, format @ .., _, _, _, _] = init;
    let format = session
        .config
        .pixel_format
        .unwrap_or(PixelFormat::from_wire(format));
    format.check().map_err(failed)?;
    session.format = WireFormat::new(format);
    let [.., n0, n1, n2, n3] = *init;
    let length = u32::from_be_bytes([n0, n1, n2, n3]);
    let mut text = Collector::default();
    text.begin(checked(
        length,
        "the desktop's name",
        session.config.limits.text_bytes,
        "ServerInit",
    )?);
    Ok(State::Name { size, text })
}

fn checked(length: u32, what: &'static str, limit: usize, message: &'static str) -> Result<usize, Error> {
    match usize::try_from(length) {
        Ok(length) if length <= limit => Ok(length),
        _ => Err(Error::Message {
            message,
            reason: MessageError::TooLong { what, length, limit },
        }),
    }
}
