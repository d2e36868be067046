//! Takes down what Xtigervnc sends while a scene goes on.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use porthole_tests::desktop::{Display, Tigervnc};

use crate::scene::{Running, SIZE, Scene};
use crate::stream;
use crate::wire::{self, CURSOR, Stop};

#[derive(Debug)]
pub(crate) struct Options {
    pub(crate) to: PathBuf,
    /// The longest that a stream is recorded.
    pub(crate) seconds: u64,
    /// The most bytes that a stream has in its file, but that it has two updates in any case.
    pub(crate) bytes: usize,
    /// Words of which one is in the name of what is recorded; none for all.
    pub(crate) only: Vec<String>,
}

/// `CopyRect`, JPEG quality 6 and compression level 2, which is what noVNC asks for by itself.
const COPY_RECT: i32 = 1;
const QUALITY: i32 = -26;
const COMPRESSION: i32 = -254;

/// The ways to send it: a name and the encodings to ask for.
const WAYS: [(&str, &[i32]); 5] = [
    ("tight-jpeg", &[7, COPY_RECT, CURSOR, COMPRESSION, QUALITY]),
    ("tight", &[7, COPY_RECT, CURSOR, COMPRESSION]),
    ("zrle", &[16, COPY_RECT, CURSOR, COMPRESSION]),
    ("hextile", &[5, COPY_RECT, CURSOR]),
    ("raw", &[0, COPY_RECT, CURSOR]),
];

pub(crate) fn record_all(options: &Options) -> Result<()> {
    std::fs::create_dir_all(&options.to)?;
    let is_wanted =
        |name: &str| options.only.is_empty() || options.only.iter().any(|word| name.contains(word));
    for scene in Scene::ALL {
        let ways = WAYS.map(|(way, encodings)| (format!("{}-{way}", scene.name()), encodings));
        let wanted: Vec<_> = ways.iter().filter(|(name, _)| is_wanted(name)).collect();
        if wanted.is_empty() {
            continue;
        }
        let server = Tigervnc::start(SIZE);
        let mut running = scene.start(&server.display)?;
        go_on(&mut running, &server.display, scene.settling());
        for (name, encodings) in wanted {
            let updates = record(&server, &mut running, encodings, options)
                .with_context(|| format!("{name} was not recorded"))?;
            let kept = cut(&updates, options.bytes)?;
            let bytes = updates[..kept].concat();
            let file = stream::write(&options.to, name, SIZE, &bytes)?;
            println!(
                "{name}: {kept} of {} messages, {:.1} MB, {:.2} MB in its file",
                updates.len(),
                bytes.len() as f64 / 1e6,
                file as f64 / 1e6
            );
        }
    }
    Ok(())
}

/// So many of the messages are kept: as many as fit, but two at least.
fn cut(messages: &[Vec<u8>], most: usize) -> Result<usize> {
    let fits =
        |count: usize| Ok::<_, anyhow::Error>(stream::compressed(&messages[..count].concat())? <= most);
    let (mut kept, mut too_many) = (2, messages.len() + 1);
    while kept + 1 < too_many {
        let middle = usize::midpoint(kept, too_many);
        if fits(middle)? {
            kept = middle;
        } else {
            too_many = middle;
        }
    }
    Ok(kept)
}

fn go_on(running: &mut Running, display: &Display, time: Duration) {
    let start = Instant::now();
    while start.elapsed() < time {
        running.step(display);
        std::thread::sleep(STEP);
    }
}

/// A sixtieth of a second.
const STEP: Duration = Duration::from_micros(16_667);

/// The messages that the server sends to one who asks for the next update when the last is there, 60 times a second at
/// most. Asked without end, Xtigervnc sends thousands of updates with a few pixels each that it has sent as JPEG before.
fn record(
    server: &Tigervnc,
    running: &mut Running,
    encodings: &[i32],
    options: &Options,
) -> Result<Vec<Vec<u8>>> {
    let mut socket = log_in(server.port, encodings)?;
    socket.set_read_timeout(Some(Duration::from_millis(4)))?;
    let mut messages = Vec::new();
    let mut bytes: Vec<u8> = Vec::new();
    let mut total = 0;
    let mut buffer = vec![0; 1 << 20];
    let start = Instant::now();
    let (mut next_step, mut next_request) = (start, start);
    let mut is_owed = true;
    loop {
        if is_owed && Instant::now() >= next_request {
            socket.write_all(&request(next_request > start))?;
            is_owed = false;
            next_request = Instant::now() + STEP;
        }
        if Instant::now() >= next_step {
            running.step(&server.display);
            next_step += STEP;
        }
        match socket.read(&mut buffer) {
            Ok(0) => bail!("the server has closed the connection"),
            Ok(count) => bytes.extend_from_slice(&buffer[..count]),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
            Err(error) => return Err(error).context("the server cannot be read from"),
        }
        while !bytes.is_empty() {
            match wire::message(&bytes) {
                Ok(message) => {
                    total += message.length;
                    if message.is_update {
                        is_owed = true;
                        messages.push(bytes[..message.length].to_vec());
                    }
                    bytes.drain(..message.length);
                }
                Err(Stop::Incomplete) => break,
                Err(stop) => return Err(stop.into()),
            }
        }
        // Nothing compresses a hundred times: more than that is cut off anyway.
        let is_enough = start.elapsed() > Duration::from_secs(options.seconds)
            || total > options.bytes.saturating_mul(100).min(1_000_000_000);
        if is_enough && messages.len() >= 2 {
            return Ok(messages);
        }
    }
}

fn request(incremental: bool) -> Vec<u8> {
    let mut request = vec![3, u8::from(incremental), 0, 0, 0, 0];
    request.extend(SIZE.0.to_be_bytes());
    request.extend(SIZE.1.to_be_bytes());
    request
}

/// Up to the pixel format and the encodings.
fn log_in(port: u16, encodings: &[i32]) -> Result<TcpStream> {
    let mut socket = TcpStream::connect(("127.0.0.1", port))?;
    socket.set_nodelay(true)?;
    let take = |socket: &mut TcpStream, count: usize| -> Result<Vec<u8>> {
        let mut bytes = vec![0; count];
        socket.read_exact(&mut bytes)?;
        Ok(bytes)
    };
    take(&mut socket, 12)?;
    socket.write_all(b"RFB 003.008\n")?;
    let count = take(&mut socket, 1)?[0];
    if !take(&mut socket, count.into())?.contains(&1) {
        bail!("the server wants a login");
    }
    socket.write_all(&[1])?;
    take(&mut socket, 4)?;
    socket.write_all(&[1])?;
    let init = take(&mut socket, 24)?;
    let name = init[20..]
        .iter()
        .fold(0, |length, byte| length << 8 | usize::from(*byte));
    take(&mut socket, name)?;
    // SetPixelFormat: 32 bits, 24 of them used, the lowest byte first, red at 0, green at 8, blue at 16.
    let mut setup = vec![
        0, 0, 0, 0, 32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 0, 8, 16, 0, 0, 0,
    ];
    setup.extend([2, 0]);
    setup.extend((encodings.len() as u16).to_be_bytes());
    setup.extend(encodings.iter().flat_map(|encoding| encoding.to_be_bytes()));
    socket.write_all(&setup)?;
    Ok(socket)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::cut;

    #[test]
    fn a_recording_is_cut_to_what_fits_but_has_two_messages() {
        // Nothing that compresses.
        let mut state = 1_u32;
        let mut noise = || {
            (0..1000)
                .map(|_| {
                    state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    (state >> 24) as u8
                })
                .collect::<Vec<u8>>()
        };
        let messages: Vec<_> = (0..10).map(|_| noise()).collect();
        assert_eq!(cut(&messages, 100_000).unwrap(), 10);
        assert_eq!(cut(&messages, 5_500).unwrap(), 5);
        assert_eq!(cut(&messages, 100).unwrap(), 2);
    }
}
