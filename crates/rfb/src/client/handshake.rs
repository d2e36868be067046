//! From the greeting to `ServerInit` (RFC 6143, 7.1 to 7.3).

use super::{Event, Phase, Session, SessionCipher, failed};
use crate::error::{Error, MessageError};
use crate::geometry::Size;
use crate::input::{Collector, Input, u16_at};
use crate::pixel::{PixelFormat, WireFormat};
use crate::security::{Credential, Credentials, Exchange, Known, Login, LoginStep, SecurityType, choose};
use crate::version::{self, Version};

#[derive(Debug)]
pub(super) struct Handshake {
    state: State,
    version: Version,
    security_type: SecurityType,
    /// A repeater has been told which desktop is wanted.
    repeater: bool,
    /// The server's key has been found right.
    is_approved: bool,
    /// Tight was chosen, so that `ServerInit` has more to it.
    is_tight: bool,
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
    /// The login that the application is asked for.
    LoginRequired,
    Login {
        login: Box<dyn Login>,
        waiting: Waiting,
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
    /// What a server with the security type Tight adds to `ServerInit`.
    TightCapabilities {
        size: Size,
        name: String,
    },
    /// So many more bytes of that, which are of no use here.
    SkipCapabilities {
        size: Size,
        name: String,
        left: usize,
    },
}

/// What a login waits for that does not come from the server.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Waiting {
    Nothing,
    Credentials(&'static [Credential]),
    Approval,
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

/// Code, vendor and signature (rfbproto, "Tight Security Type").
const TIGHT_CAPABILITY: usize = 16;

/// What a repeater is told begins so.
const REPEATER_PREFIX: &[u8] = b"ID:";

/// And is padded with zeros, of which there is at least one, to so many bytes.
const REPEATER_ID: usize = 250;

impl Default for Handshake {
    fn default() -> Self {
        Self {
            state: State::Greeting,
            version: Version::V3_8,
            security_type: SecurityType::NONE,
            repeater: false,
            is_approved: false,
            is_tight: false,
        }
    }
}

impl Handshake {
    pub(super) fn phase(&self) -> Phase {
        match self.state {
            State::Greeting if self.repeater => Phase::Repeater,
            State::Greeting => Phase::Greeting,
            State::SecurityType | State::SecurityTypeCount | State::SecurityTypes { .. } => {
                Phase::SecurityTypes
            }
            State::LoginRequired => Phase::LoginRequired,
            State::Login { waiting, .. } => match waiting {
                Waiting::Nothing => Phase::Login,
                Waiting::Credentials(_) => Phase::Credentials,
                Waiting::Approval => Phase::ServerKey,
            },
            State::SecurityResult => Phase::SecurityResult,
            State::ReasonLength { .. } | State::Reason { .. } => Phase::Reason,
            State::ServerInit
            | State::Name { .. }
            | State::TightCapabilities { .. }
            | State::SkipCapabilities { .. } => Phase::ServerInit,
        }
    }

    /// What has come of a text.
    pub(super) fn text(&self) -> &[u8] {
        match &self.state {
            State::Reason { text, .. } | State::Name { text, .. } => text.collected(),
            _ => &[],
        }
    }

    /// The credentials that a login waits for are there, or those that it may ask for.
    pub(super) fn credentials_arrived(&mut self, credentials: &mut Credentials) {
        if let State::Login { waiting, .. } = &mut self.state
            && let Waiting::Credentials(asked) = *waiting
        {
            credentials.complete(asked);
            *waiting = Waiting::Nothing;
        }
    }

    /// The login that was asked for is there.
    pub(super) fn login_arrived(&mut self, login: Box<dyn Login>) {
        if let State::LoginRequired = self.state {
            self.state = State::Login {
                login,
                waiting: Waiting::Nothing,
            };
        }
    }

    /// It is known whether the server's key is right.
    pub(super) fn approved(&mut self, is_right: bool) -> Result<(), Error> {
        if let State::Login { waiting, .. } = &mut self.state
            && *waiting == Waiting::Approval
        {
            if !is_right {
                return Err(Error::ServerNotApproved);
            }
            *waiting = Waiting::Nothing;
            self.is_approved = true;
        }
        Ok(())
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
                    let Ok(number) = u8::try_from(number) else {
                        return Err(Error::Message {
                            message: "Security",
                            reason: MessageError::Meaningless {
                                what: "the security type",
                                value: number,
                            },
                        });
                    };
                    self.offer(&[number], session)?
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
                State::LoginRequired => break,
                State::Login { login, waiting } => {
                    let mut exchange = Exchange::new(
                        input.peek(),
                        session.credentials.as_ref(),
                        self.is_approved,
                        &mut session.output,
                    );
                    let step = login.advance(&mut exchange);
                    let used = input.len() - exchange.peek().len();
                    input.take(used);
                    let (wanted, event) = match step.map_err(|error| failed(self.security_type, error))? {
                        LoginStep::NeedMore => break,
                        LoginStep::Continue(security_type) => {
                            self.state = self.begin_login(security_type, session)?;
                            continue;
                        }
                        LoginStep::Done => {
                            let cipher = login.cipher();
                            self.state = self.login_done(session);
                            if let Some(cipher) = cipher {
                                session.cipher = Some(SessionCipher {
                                    security_type: self.security_type,
                                    cipher,
                                    before: std::mem::take(&mut session.output),
                                });
                                // What comes next is encrypted.
                                break;
                            }
                            continue;
                        }
                        LoginStep::NeedCredentials(asked) => {
                            (Waiting::Credentials(asked), Event::CredentialsRequired(asked))
                        }
                        LoginStep::NeedApproval(key) => (Waiting::Approval, Event::ServerKeyReceived(key)),
                    };
                    if *waiting != wanted {
                        *waiting = wanted;
                        session.event(event);
                    }
                    break;
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
                        Why::LoginFailed => self.login_failed(Some(reason)),
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
                    let (size, name) = (*size, String::from_utf8_lossy(text).into_owned());
                    if self.is_tight {
                        State::TightCapabilities { size, name }
                    } else {
                        State::SkipCapabilities { size, name, left: 0 }
                    }
                }
                State::TightCapabilities { size, name } => {
                    let Some(header) = input.array::<8>() else { break };
                    // Messages of the server's, of the client's, and encodings; then padding.
                    let count: usize = [0, 2, 4].map(|at| usize::from(u16_at(&header, at))).iter().sum();
                    State::SkipCapabilities {
                        size: *size,
                        name: std::mem::take(name),
                        left: count * TIGHT_CAPABILITY,
                    }
                }
                State::SkipCapabilities { size, name, left } => {
                    *left -= input.take_up_to(*left).len();
                    if *left > 0 {
                        break;
                    }
                    session.framebuffer.resize(*size);
                    session.is_qemu = name.starts_with("QEMU");
                    session.event(Event::Connected {
                        size: *size,
                        name: std::mem::take(name),
                    });
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
        if numbers == (0, 0) {
            return self.repeater(session);
        }
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

    /// An UltraVNC repeater in the place of a server: it is told which desktop is wanted, and then there is one.
    fn repeater(&mut self, session: &mut Session) -> Result<State, Error> {
        let Some(id) = &session.config.repeater_id else {
            return Err(Error::RepeaterWithoutId);
        };
        if std::mem::replace(&mut self.repeater, true) {
            return Err(Error::RepeaterAsksAgain);
        }
        let limit = REPEATER_ID - REPEATER_PREFIX.len() - 1;
        if id.len() > limit {
            return Err(Error::RepeaterIdTooLong { limit });
        }
        let end = session.output.len() + REPEATER_ID;
        session.output.extend_from_slice(REPEATER_PREFIX);
        session.output.extend_from_slice(id.as_bytes());
        session.output.resize(end, 0);
        Ok(State::Greeting)
    }

    /// Picks one of the types offered.
    fn offer(&mut self, offered: &[u8], session: &mut Session) -> Result<State, Error> {
        if self.version == Version::V3_3 && offered == [0] {
            return Ok(State::ReasonLength {
                why: Why::NoSecurityType,
            });
        }
        let offered = offered.iter().map(|&number| SecurityType(number.into()));
        let allowed = session.config.security_types.as_deref();
        let possible = offered
            .clone()
            .filter(|it| allowed.is_none_or(|allowed| allowed.contains(it)));
        let Some(security_type) = choose(possible) else {
            return Err(Error::NoSecurityTypeInCommon {
                offered: offered.collect(),
            });
        };
        if self.version != Version::V3_3
            && let Ok(number) = u8::try_from(security_type.0)
        {
            session.output.push(number);
        }
        self.begin_login(security_type, session)
    }

    fn begin_login(&mut self, security_type: SecurityType, session: &mut Session) -> Result<State, Error> {
        self.security_type = security_type;
        self.is_tight |= security_type == SecurityType::TIGHT;
        session.event(Event::SecurityTypeChosen(security_type));
        match Known::new(security_type) {
            Some(Known::Here(login)) => Ok(State::Login {
                login,
                waiting: Waiting::Nothing,
            }),
            Some(Known::Elsewhere) => {
                session.event(Event::LoginRequired(security_type));
                Ok(State::LoginRequired)
            }
            None => Err(Error::NoSecurityTypeInCommon {
                offered: vec![security_type],
            }),
        }
    }

    /// Before 3.8 there is no verdict on a login that there was not.
    fn login_done(&self, session: &mut Session) -> State {
        if self.security_type == SecurityType::NONE && self.version < Version::V3_8 {
            client_init(session)
        } else {
            State::SecurityResult
        }
    }

    /// Where there was no login no other password mends it.
    fn login_failed(&self, reason: Option<String>) -> Error {
        match self.security_type {
            SecurityType::NONE => Error::Refused {
                reason: reason.unwrap_or_default(),
            },
            security_type => Error::AuthenticationFailed {
                security_type,
                reason,
            },
        }
    }

    fn security_result(&self, result: u32, session: &mut Session) -> Result<State, Error> {
        match result {
            0 => Ok(client_init(session)),
            1 | 2 if self.version == Version::V3_8 => Ok(State::ReasonLength {
                why: Why::LoginFailed,
            }),
            1 => Err(self.login_failed(None)),
            2 => Err(self.login_failed(Some("too many attempts".to_owned()))),
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
