//! The line between a gateway and a VNC server: it may be slow and long, and it writes down what the viewer says.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use crate::peer::{listener, serve, take};

/// What a line is like.
#[derive(Debug, Clone, Copy, Default)]
pub struct Shape {
    /// Bytes a second towards the viewer; none for as many as there are.
    pub rate: Option<u32>,
    /// How long a byte takes from one end to the other, in each direction.
    pub delay: Duration,
}

/// A line to a server on this machine.
#[derive(Debug)]
pub struct Line {
    port: u16,
    messages: Arc<Mutex<Vec<Vec<u8>>>>,
}

/// How much is on its way at most, whatever the delay: a router's queue has an end, too.
const IN_FLIGHT: usize = 512;
/// A sleep may end so late, and what follows is sent at once. Else a fast line would be slower than it says.
const LATENESS: Duration = Duration::from_millis(5);
/// What is sent at once.
const PIECE: usize = 4 << 10;

impl Line {
    /// To the server that `tcp://` address is of, which wants no login.
    pub fn to(target: &str, shape: Shape) -> Self {
        let (listener, port) = listener();
        let messages = Arc::new(Mutex::new(Vec::new()));
        let (target, written) = (target.replace("tcp://", ""), Arc::clone(&messages));
        serve(listener, move |viewer| {
            if let Ok(server) = TcpStream::connect(&target) {
                // Each ends when either side does.
                let _ = run(viewer, server, shape, &written);
            }
        });
        Self { port, messages }
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn target(&self) -> String {
        format!("tcp://127.0.0.1:{}", self.port)
    }

    /// The messages of viewers so far, after the handshake, each with its type.
    pub fn messages(&self) -> Vec<Vec<u8>> {
        self.messages.lock().unwrap().clone()
    }

    /// How many of them are of this type.
    pub fn count(&self, kind: u8) -> usize {
        self.messages()
            .iter()
            .filter(|message| message[0] == kind)
            .count()
    }
}

fn run(
    viewer: TcpStream,
    server: TcpStream,
    shape: Shape,
    messages: &Mutex<Vec<Vec<u8>>>,
) -> std::io::Result<()> {
    for stream in [&viewer, &server] {
        stream.set_nodelay(true)?;
    }
    let (mut from_server, to_viewer) = (server.try_clone()?, viewer.try_clone()?);
    thread::spawn(move || {
        let (pieces, arriving) = sync_channel(IN_FLIGHT);
        let far_end = thread::spawn(move || deliver(&arriving, to_viewer));
        let mut free = Instant::now();
        loop {
            let mut piece = vec![0; PIECE];
            let Ok(length @ 1..) = from_server.read(&mut piece) else {
                break;
            };
            piece.truncate(length);
            if let Some(rate) = shape.rate {
                let earliest = Instant::now().checked_sub(LATENESS).unwrap_or(free);
                free = free.max(earliest) + Duration::from_secs_f64(length as f64 / f64::from(rate));
                thread::sleep(free.saturating_duration_since(Instant::now()));
            }
            if pieces.send((Instant::now() + shape.delay, piece)).is_err() {
                break;
            }
        }
        drop(pieces);
        far_end.join()
    });
    let (said, arriving) = sync_channel(IN_FLIGHT);
    thread::spawn(move || deliver(&arriving, server));
    let mut viewer = viewer;
    let say = |bytes: Vec<u8>| said.send((Instant::now() + shape.delay, bytes)).is_ok();
    // Version, security type, whether others may stay.
    let mut goes_on = say(take::<12>(&mut viewer)?.to_vec())
        && say(take::<1>(&mut viewer)?.to_vec())
        && say(take::<1>(&mut viewer)?.to_vec());
    while goes_on {
        let message = read_message(&mut viewer)?;
        messages.lock().unwrap().push(message.clone());
        goes_on = say(message);
    }
    Ok(())
}

/// Writes each piece when its time has come.
fn deliver(arriving: &Receiver<(Instant, Vec<u8>)>, mut to: TcpStream) {
    for (due, piece) in arriving {
        thread::sleep(due.saturating_duration_since(Instant::now()));
        if to.write_all(&piece).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Both);
}

/// One message of a viewer, type and all.
fn read_message(from: &mut TcpStream) -> std::io::Result<Vec<u8>> {
    let message = &mut Vec::new();
    let mut more = |message: &mut Vec<u8>, count: usize| {
        let start = message.len();
        message.resize(start + count, 0);
        from.read_exact(&mut message[start..])
    };
    more(message, 1)?;
    match message[0] {
        0 => more(message, 19),
        2 => {
            more(message, 3)?;
            let count = u16::from_be_bytes([message[2], message[3]]);
            more(message, 4 * usize::from(count))
        }
        3 | 150 => more(message, 9),
        4 => more(message, 7),
        5 => more(message, 5),
        6 => {
            more(message, 7)?;
            let length = i32::from_be_bytes([message[4], message[5], message[6], message[7]]);
            more(message, length.unsigned_abs() as usize)
        }
        248 => {
            more(message, 8)?;
            let length = usize::from(message[8]);
            more(message, length)
        }
        250 => more(message, 3),
        251 => {
            more(message, 7)?;
            let screens = usize::from(message[6]);
            more(message, 16 * screens)
        }
        255 => more(message, 11),
        other => Err(std::io::Error::new(
            ErrorKind::InvalidData,
            format!("message {other}"),
        )),
    }?;
    Ok(std::mem::take(message))
}
