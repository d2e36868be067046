//! A client and a server that meet, and what comes of it.

use std::sync::LazyLock;

use porthole_rfb::logins::{self, RsaKey};
use porthole_rfb::{Client, Config, Credentials, Event, Phase, PointerButtons};
use porthole_rfb_mock::{Config as Mock, Message, Record, Server, picture};

pub(super) const USER: &str = "porthole";
pub(super) const PASSWORD: &str = "secret12";
pub(super) const TARGET: &str = "vm1";

/// The length of a piece that is everything.
pub(super) const WHOLE: usize = usize::MAX;

/// What came of it.
#[derive(Debug, PartialEq)]
pub(super) struct Meeting {
    pub(super) events: Vec<Event>,
    /// What ended it, in the client's words.
    pub(super) error: Option<String>,
    /// Whether the client waits for more.
    pub(super) phase: Phase,
    /// What the server saw.
    pub(super) record: Record,
    /// Whether the client's pixels are the server's last picture.
    is_shown: bool,
}

impl Meeting {
    pub(super) fn was_asked(&self) -> Vec<Event> {
        let is_question = |event: &Event| {
            matches!(
                event,
                Event::CredentialsRequired(_) | Event::LoginRequired(_) | Event::ServerKeyReceived(_)
            )
        };
        self.events
            .iter()
            .filter(|event| is_question(event))
            .cloned()
            .collect()
    }
}

/// Who is at the client.
#[derive(Debug, Clone)]
pub(super) struct Person {
    pub(super) credentials: Credentials,
    /// Whether the server's key is the right one.
    pub(super) approves: bool,
    /// What the client's random numbers come from.
    pub(super) seed: [u8; 32],
    pub(super) config: Config,
}

impl Person {
    pub(super) fn with(user: &str, password: &str) -> Self {
        let mut credentials = Credentials::with_user(user, password);
        credentials.target = Some(TARGET.to_owned());
        Self {
            credentials,
            approves: true,
            seed: [7; 32],
            config: Config::default(),
        }
    }
}

impl Default for Person {
    fn default() -> Self {
        Self::with(USER, PASSWORD)
    }
}

/// The client's key, which takes long to be made.
static KEY: LazyLock<RsaKey> = LazyLock::new(|| RsaKey::from_seed([9; 32]).unwrap());

const KEY_PRESSED: u32 = 0x61;

/// Lets them meet with bytes in each slicing, which must not matter.
pub(super) fn meet(mock: &Mock, person: &Person) -> Meeting {
    let whole = meet_in(mock, person, WHOLE);
    for length in [7, 1] {
        assert_eq!(whole, meet_in(mock, person, length), "in pieces of {length}");
    }
    whole
}

pub(super) fn meet_in(mock: &Mock, person: &Person, length: usize) -> Meeting {
    let mut client = Client::new(person.config.clone());
    let mut server = Server::new(mock.clone());
    let mut events = Vec::new();
    let mut error = None;
    let mut has_typed = false;
    loop {
        let bytes = server.poll_transmit();
        let is_quiet = bytes.is_empty();
        for piece in bytes.chunks(length.min(bytes.len().max(1))) {
            let mut result = client.handle_input(piece);
            events.extend(std::iter::from_fn(|| client.poll_event()));
            while result.is_ok()
                && let Some(answered) = answer(&mut client, person, &events)
            {
                result = answered;
                events.extend(std::iter::from_fn(|| client.poll_event()));
            }
            hand_over(&mut client, &mut server, length);
            if let Err(end) = result {
                error = Some(end.to_string());
                break;
            }
        }
        if error.is_some() {
            break;
        }
        if !is_quiet {
            continue;
        }
        if server.is_over() {
            error = Some(client.handle_close().to_string());
            break;
        }
        if client.phase() != Phase::Running || has_typed {
            break;
        }
        has_typed = true;
        client.key(KEY_PRESSED, 0x1E, true);
        client.key(KEY_PRESSED, 0x1E, false);
        client.pointer(12, 34, PointerButtons::RIGHT);
        hand_over(&mut client, &mut server, length);
    }
    let (width, height) = mock.size;
    let shown: Vec<u8> = client
        .framebuffer()
        .bytes()
        .chunks_exact(4)
        .flat_map(|pixel| [pixel[0], pixel[1], pixel[2]])
        .collect();
    Meeting {
        events,
        error,
        phase: client.phase(),
        record: server.record(),
        is_shown: shown == picture(width, height, KEY_PRESSED),
    }
}

fn hand_over(client: &mut Client, server: &mut Server, length: usize) {
    while let Some(bytes) = client.poll_transmit() {
        for piece in bytes.chunks(length) {
            server.handle_input(piece);
        }
    }
}

/// Gives the client what it waits for that does not come from the server.
fn answer(client: &mut Client, person: &Person, events: &[Event]) -> Option<Result<(), porthole_rfb::Error>> {
    match client.phase() {
        Phase::Credentials => Some(client.provide_credentials(person.credentials.clone())),
        Phase::LoginRequired => {
            let Some(Event::LoginRequired(wanted)) = events.last() else {
                unreachable!("{events:?}");
            };
            let login = logins::with_key(*wanted, person.seed, Some(KEY.clone()))?;
            Some(client.provide_login(login))
        }
        Phase::ServerKey => Some(client.approve_server(person.approves)),
        _ => None,
    }
}

pub(super) fn assert_works(meeting: &Meeting, what: &str) {
    assert_eq!(
        (&meeting.record.complaint, &meeting.error),
        (&None, &None),
        "{what}"
    );
    assert_eq!(meeting.phase, Phase::Running, "{what}");
    assert!(meeting.is_shown, "{what}: the picture after the key");
    let input: Vec<Message> = meeting
        .record
        .messages
        .iter()
        .filter(|message| matches!(message, Message::Key { .. } | Message::Pointer { .. }))
        .cloned()
        .collect();
    let key = |is_down| Message::Key {
        is_down,
        keysym: KEY_PRESSED,
    };
    let pointer = Message::Pointer {
        buttons: 4,
        place: (12, 34),
    };
    assert_eq!(input, [key(true), key(false), pointer], "{what}");
    assert_eq!(meeting.record.is_shared, Some(true), "{what}");
}
