//! What a connection looks like from the page: which of a few things is being shown.

use porthole_viewer::{Credential, Ending, Event, Hop, Stage};

use crate::server_key::Key;

/// Where a connection is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Nobody has asked for one.
    Idle,
    /// It is being made. Without a stage, the viewer itself is still loading.
    Connecting(Option<Stage>),
    /// A login needs something of the person.
    Credentials {
        /// The login's name, if it is known.
        login: String,
        asked: Vec<Credential>,
        /// Why what was given last was refused.
        refused: Option<String>,
    },
    /// The server shows a key that is not known.
    ServerKey {
        key: Key,
        /// The SHA-256 of the one that was known.
        known: Option<String>,
    },
    /// The desktop is there.
    Connected,
    /// It is over.
    Ended(Ending),
}

impl Phase {
    /// What comes after an event, or `None` where it changes nothing here.
    pub(crate) fn after(&self, event: &Event) -> Option<Self> {
        match event {
            Event::Progress(stage) => Some(Self::Connecting(Some(*stage))),
            Event::CredentialsRequired { login, asked } => Some(Self::Credentials {
                login: login.clone(),
                asked: asked.clone(),
                refused: None,
            }),
            // The card goes when there is something to see behind it.
            Event::FirstFrame => Some(Self::Connected),
            // What it asked for is asked for again.
            Event::Disconnected(ending) if ending.login_failed => None,
            Event::Disconnected(ending) => Some(Self::Ended(ending.clone())),
            _ => None,
        }
    }

    /// Whether it ended in a way that trying again by itself may mend. A session that has ended does not come back.
    pub(crate) fn may_mend_itself(&self) -> bool {
        matches!(self, Self::Ended(ending) if !ending.clean && ending.code != Some(SESSION_ENDED))
    }

    /// Whether there is a connection, or one being made, that can be ended.
    pub(crate) fn is_under_way(&self) -> bool {
        matches!(
            self,
            Self::Connecting(Some(_))
                | Self::Credentials { refused: None, .. }
                | Self::ServerKey { .. }
                | Self::Connected
        )
    }
}

/// The close code by which the gateway says so.
const SESSION_ENDED: u16 = 4410;

/// The stations on the way to a desktop, as a person sees them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Station {
    Page,
    Gateway,
    Desktop,
}

impl Station {
    /// Where a connection has ended. Of what a gateway says, some is of the desktop behind it: that it is gone, not there yet,
    /// or not to be reached. The rest is why the gateway itself lets nobody on.
    pub(crate) fn of(ending: &Ending) -> Self {
        match (ending.hop, ending.code) {
            (Hop::Page, _) => Self::Page,
            (Hop::Server, _) | (Hop::Gateway, Some(1011 | 4408 | 4410 | 4425 | 4502 | 4504)) => Self::Desktop,
            (Hop::WebSocket | Hop::Gateway, _) => Self::Gateway,
        }
    }
}

/// What is being done, for a person.
pub(crate) fn words(stage: Option<Stage>) -> &'static str {
    match stage {
        None => "Loading the viewer",
        Some(Stage::OpeningSocket) => "Opening the connection",
        Some(Stage::AwaitingServer) => "Waiting for the desktop to answer",
        Some(Stage::LoggingIn) => "Logging in",
        Some(Stage::PreparingLogin) => "Preparing an encrypted login",
        Some(Stage::StartingDesktop) => "Starting the desktop",
    }
}

/// How far that is, of [`STEPS`].
pub(crate) fn step(stage: Option<Stage>) -> usize {
    match stage {
        None => 0,
        Some(Stage::OpeningSocket) => 1,
        Some(Stage::AwaitingServer) => 2,
        Some(Stage::LoggingIn | Stage::PreparingLogin) => 3,
        Some(Stage::StartingDesktop) => 4,
    }
}

/// The steps of a connection.
pub(crate) const STEPS: usize = 5;

#[cfg(test)]
mod tests {
    use super::*;

    fn ending(clean: bool, login_failed: bool) -> Ending {
        Ending {
            hop: Hop::Server,
            clean,
            reason: "why".into(),
            advice: None,
            code: None,
            login_failed,
        }
    }

    #[test]
    fn a_gateway_that_lets_nobody_on_is_no_fault_of_the_desktops() {
        for (hop, code, station) in [
            (Hop::Page, None, Station::Page),
            (Hop::WebSocket, Some(1006), Station::Gateway),
            (Hop::Gateway, None, Station::Gateway),
            (Hop::Gateway, Some(1012), Station::Gateway),
            (Hop::Gateway, Some(4401), Station::Gateway),
            (Hop::Gateway, Some(4404), Station::Gateway),
            (Hop::Gateway, Some(4424), Station::Gateway),
            (Hop::Gateway, Some(4503), Station::Gateway),
            (Hop::Gateway, Some(1011), Station::Desktop),
            (Hop::Gateway, Some(4410), Station::Desktop),
            (Hop::Gateway, Some(4425), Station::Desktop),
            (Hop::Gateway, Some(4502), Station::Desktop),
            (Hop::Gateway, Some(4504), Station::Desktop),
            (Hop::Server, Some(1000), Station::Desktop),
        ] {
            let ending = Ending {
                hop,
                code,
                ..ending(false, false)
            };
            assert_eq!(Station::of(&ending), station, "{hop:?} {code:?}");
        }
    }

    #[test]
    fn a_connection_goes_from_loading_to_the_first_frame() {
        let mut phase = Phase::Connecting(None);
        for (event, next) in [
            (
                Event::Progress(Stage::OpeningSocket),
                Phase::Connecting(Some(Stage::OpeningSocket)),
            ),
            (
                Event::CredentialsRequired {
                    login: "RA2".into(),
                    asked: vec![Credential::Password],
                },
                question(None),
            ),
            (
                Event::Progress(Stage::StartingDesktop),
                Phase::Connecting(Some(Stage::StartingDesktop)),
            ),
            (Event::FirstFrame, Phase::Connected),
            (
                Event::Disconnected(ending(false, false)),
                Phase::Ended(ending(false, false)),
            ),
        ] {
            phase = phase.after(&event).unwrap_or(Phase::Idle);
            assert_eq!(phase, next);
        }
        assert_eq!(phase.after(&Event::Bell), None);
    }

    fn question(refused: Option<String>) -> Phase {
        Phase::Credentials {
            login: "RA2".into(),
            asked: vec![Credential::Password],
            refused,
        }
    }

    #[test]
    fn a_question_is_under_way_until_what_was_given_was_refused() {
        assert!(question(None).is_under_way());
        assert!(!question(Some("why".into())).is_under_way());
    }

    #[test]
    fn only_an_end_that_nobody_wanted_is_mended_by_trying_again() {
        assert!(Phase::Ended(ending(false, false)).may_mend_itself());
        assert!(!Phase::Ended(ending(true, false)).may_mend_itself());
        assert!(!question(Some("why".into())).may_mend_itself());
        let over = Ending {
            code: Some(SESSION_ENDED),
            ..ending(false, false)
        };
        assert!(!Phase::Ended(over).may_mend_itself());
    }
}
