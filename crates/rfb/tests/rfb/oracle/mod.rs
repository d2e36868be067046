//! What must hold for any bytes that a server sends. The fuzz targets and the plain tests share it.

#![allow(unreachable_pub, reason = "the fuzz targets are another crate")]

pub(crate) mod formats;
pub(crate) mod target;

use std::sync::LazyLock;

use porthole_rfb::logins::{self, RsaKey};
use porthole_rfb::{
    Client, Config, Credentials, Error, Event, Limits, Login, Phase, SecurityType, Size, Statistics,
};
use target::Connection;
pub use target::Target;

/// The password that is given to whoever asks.
pub(crate) const PASSWORD: &str = "porthole";

/// The user's name.
pub(crate) const USERNAME: &str = "user";

/// The target.
pub(crate) const TARGET: &str = "vm";

/// What is random in a login, so that it is the same each time.
const SEED: [u8; 32] = [7; 32];

/// The client's key, which takes long to be made.
static KEY: LazyLock<RsaKey> = LazyLock::new(|| match RsaKey::from_seed(SEED) {
    Ok(key) => key,
    Err(error) => unreachable!("{error:?}"),
});

/// All that a connection gave.
#[derive(Debug, PartialEq)]
pub(crate) struct Outcome {
    pub(crate) events: Vec<Event>,
    /// What the client sent.
    pub(crate) sent: Vec<u8>,
    pub(crate) error: Option<Error>,
    /// What is there when no error was. After one, how far the last rectangle got depends on the slicing.
    pub(crate) end: Option<End>,
}

/// Where a connection without an error stands.
#[derive(Debug, PartialEq)]
pub(crate) struct End {
    pub(crate) phase: Phase,
    pub(crate) size: Size,
    pub(crate) pixels: Vec<u8>,
    pub(crate) statistics: Statistics,
}

/// Limits so low that no input of a reasonable size makes the client hold much.
pub(crate) fn config() -> Config {
    Config {
        limits: Limits {
            framebuffer_pixels: 1 << 16,
            text_bytes: 1 << 12,
            clipboard_bytes: 1 << 12,
            cursor_side: 64,
            image_bytes: 1 << 16,
        },
        ..Config::default()
    }
}

/// Lengths of the pieces in which bytes are fed.
pub const LENGTHS: [usize; 6] = [1, 2, 3, 7, 61, 1021];

/// The oracle for a whole connection.
pub(crate) fn check(input: &[u8]) {
    check_target(Target::Client, input, &LENGTHS);
}

/// The oracle: the bytes whole and in pieces of these lengths give the same, and nothing goes beyond its bounds on
/// the way.
pub fn check_target(target: Target, input: &[u8], lengths: &[usize]) {
    let Some(connection) = target.connection(input) else {
        return;
    };
    let Connection {
        config,
        logins,
        opening,
        rest,
    } = &connection;
    // What goes into a record is what there is to be sent when it is asked for.
    let is_sealed = [SecurityType::RA2, SecurityType::RA2_256]
        .map(Target::Login)
        .contains(&target);
    let feed = |length: usize| {
        let pieces = [&opening[..]].into_iter().chain(rest.chunks(length.max(1)));
        let mut outcome = outcome_of(config.clone(), *logins, pieces);
        if is_sealed {
            outcome.sent.clear();
        }
        outcome
    };
    let whole = feed(rest.len());
    for length in lengths {
        if *length < rest.len() {
            assert_same(&whole, &feed(*length), &format!("by {length}"));
        }
    }
}

/// What comes of a target's input, whole.
pub(crate) fn target_outcome(target: Target, input: &[u8]) -> Option<Outcome> {
    let Connection {
        config,
        logins,
        opening,
        rest,
    } = target.connection(input)?;
    Some(outcome_of(config, logins, [&opening[..], &rest]))
}

pub(crate) fn assert_same(whole: &Outcome, sliced: &Outcome, how: &str) {
    assert_eq!(whole.error, sliced.error, "the error, fed {how}");
    assert_eq!(whole.events, sliced.events, "the events, fed {how}");
    assert_eq!(whole.sent, sliced.sent, "what the client sent, fed {how}");
    assert!(whole.end == sliced.end, "pixels or statistics, fed {how}");
}

/// Feeds a client these pieces and drains it after each.
pub(crate) fn outcome<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Outcome {
    outcome_with(config(), pieces)
}

/// The same with a client that is to be like this.
pub(crate) fn outcome_with<'a>(config: Config, pieces: impl IntoIterator<Item = &'a [u8]>) -> Outcome {
    outcome_of(config, with_ciphers, pieces)
}

/// The logins that a client is handed when a server wants them.
type Logins = fn(SecurityType) -> Option<Box<dyn Login>>;

/// Those with ciphers.
fn with_ciphers(security_type: SecurityType) -> Option<Box<dyn Login>> {
    let is_rsa = ![SecurityType::DIFFIE_HELLMAN, SecurityType::MS_LOGON_II].contains(&security_type);
    logins::with_key(security_type, SEED, is_rsa.then(|| KEY.clone()))
}

fn outcome_of<'a>(config: Config, logins: Logins, pieces: impl IntoIterator<Item = &'a [u8]>) -> Outcome {
    let limits = config.limits.clone();
    let mut client = Client::new(config);
    let (mut events, mut sent) = (Vec::new(), Vec::new());
    let mut error = None;
    let mut canvas = Vec::new();
    for piece in pieces {
        let mut result = client.handle_input(piece);
        loop {
            let before = events.len();
            drain(&mut client, &mut events, &mut sent);
            let Some(next) = result
                .is_ok()
                .then(|| answer(&mut client, logins, &events[before..]))
                .flatten()
            else {
                break;
            };
            result = next;
        }
        repaint(&mut canvas, &mut client, &limits);
        if let Err(first) = result {
            check_ended(&mut client, &first);
            error = Some(first);
            break;
        }
        check_unparsed(&client, &limits);
    }
    let pixels = client.framebuffer().bytes();
    // A rectangle under way is damage when it is complete.
    let update = events
        .iter()
        .rev()
        .find(|event| matches!(event, Event::UpdateStarted | Event::UpdateCompleted { .. }));
    if error.is_none() && update != Some(&Event::UpdateStarted) {
        assert!(canvas == pixels, "the damage does not cover what has changed");
    }
    assert!(
        pixels.chunks_exact(4).all(|pixel| pixel[3] == 255),
        "a pixel that shines through"
    );
    let end = error.is_none().then(|| End {
        phase: client.phase(),
        size: client.framebuffer().size(),
        pixels: client.framebuffer().bytes().to_vec(),
        statistics: client.statistics().clone(),
    });
    Outcome {
        events,
        sent,
        error,
        end,
    }
}

/// Gives the client what it waits for that does not come from the server.
fn answer(client: &mut Client, logins: Logins, events: &[Event]) -> Option<Result<(), Error>> {
    if client.is_busy() {
        return Some(client.handle_input(&[]));
    }
    match client.phase() {
        Phase::Credentials => {
            let mut credentials = Credentials::with_user(USERNAME, PASSWORD);
            credentials.target = Some(TARGET.to_owned());
            Some(client.provide_credentials(credentials))
        }
        Phase::LoginRequired => {
            let wanted = events.iter().rev().find_map(|event| match event {
                Event::LoginRequired(security_type) => Some(*security_type),
                _ => None,
            })?;
            Some(client.provide_login(logins(wanted)?))
        }
        Phase::ServerKey => Some(client.approve_server(true)),
        _ => {
            let video = events.iter().find_map(|event| match event {
                Event::VideoReceived(video) => Some(video),
                _ => None,
            })?;
            // Every other one of them has no picture.
            let picture = video
                .context
                .is_multiple_of(2)
                .then(|| vec![7; video.rect.area() * 4]);
            Some(client.provide_video(picture))
        }
    }
}

/// Gives the client what it waits for, if it does.
pub(crate) fn answer_waiting(client: &mut Client) -> bool {
    let events: Vec<Event> = std::iter::from_fn(|| client.poll_event()).collect();
    answer(client, with_ciphers, &events).is_some_and(|result| result.is_ok())
}

fn drain(client: &mut Client, events: &mut Vec<Event>, sent: &mut Vec<u8>) {
    events.extend(std::iter::from_fn(|| client.poll_event()));
    sent.extend(std::iter::from_fn(|| client.poll_transmit()).flatten());
}

/// Paints what is damaged, as a viewer does, and looks at the bounds.
fn repaint(canvas: &mut Vec<u8>, client: &mut Client, limits: &Limits) {
    let damage = client.framebuffer_mut().take_damage();
    let framebuffer = client.framebuffer();
    let (size, bytes) = (framebuffer.size(), framebuffer.bytes());
    assert!(size.area() <= limits.framebuffer_pixels);
    assert_eq!(bytes.len(), size.area() * 4);
    canvas.resize(bytes.len(), 0);
    let stride = usize::from(size.width) * 4;
    for rect in damage {
        assert!(rect.fits(size), "damage {rect} in a framebuffer of {size}");
        for y in usize::from(rect.y)..rect.bottom() as usize {
            let row = y * stride + usize::from(rect.x) * 4..y * stride + rect.right() as usize * 4;
            canvas[row.clone()].copy_from_slice(&bytes[row]);
        }
    }
}

/// What waits for more bytes is at most a row of pixels, which is the largest unit there is.
fn check_unparsed(client: &Client, limits: &Limits) {
    assert!(client.unparsed().len() <= 4 * limits.framebuffer_pixels);
}

/// The first error is final, and nothing happens after it.
fn check_ended(client: &mut Client, error: &Error) {
    assert_eq!(client.phase(), Phase::Ended);
    assert_eq!(client.handle_input(&[2, 2, 2]).as_ref(), Err(error));
    assert_eq!(&client.handle_close(), error);
    client.key(0x61, 0, true);
    client.refresh();
    assert_eq!(client.poll_event(), None);
    assert_eq!(client.poll_transmit(), None);
    assert!(!error.to_string().is_empty());
}
