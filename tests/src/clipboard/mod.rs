//! A VNC server whose clipboard has every format, as none of the real ones here has; and a viewer that has nothing else.

mod viewer;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::{Arc, Mutex};

use flate2::Compression;
use flate2::read::{ZlibDecoder, ZlibEncoder};

pub use viewer::ClipboardViewer;

use crate::peer::{encodings, handshake, listener, serve, take};
use crate::wait::{LONG, until};

/// Formats by their bits (rfbproto, "Extended Clipboard Pseudo-Encoding").
pub const TEXT: u32 = 1;
pub const RTF: u32 = 1 << 1;
pub const HTML: u32 = 1 << 2;
pub const DIB: u32 = 1 << 3;
const FORMATS: [u32; 4] = [TEXT, RTF, HTML, DIB];

pub const CAPS: u32 = 1 << 24;
pub const REQUEST: u32 = 1 << 25;
pub const PEEK: u32 = 1 << 26;
pub const NOTIFY: u32 = 1 << 27;
pub const PROVIDE: u32 = 1 << 28;

const EXTENDED_CLIPBOARD: i32 = -1_063_131_698;

/// A format and its data.
pub type Format = (u32, Vec<u8>);

/// A VNC server with one picture. It asks for whatever its client announces.
#[derive(Debug)]
pub struct ClipboardServer {
    port: u16,
    /// What it was given, the last at the end.
    given: Arc<Mutex<Vec<Vec<Format>>>>,
}

impl ClipboardServer {
    /// Its clipboard holds this. When its client has said what it takes, it sends these messages, flags and data,
    /// and then that it has something.
    pub fn start(holds: Vec<Format>, first: Vec<(u32, Vec<u8>)>) -> Self {
        let (listener, port) = listener();
        let given = Arc::new(Mutex::new(Vec::new()));
        let told = Arc::clone(&given);
        serve(listener, move |stream| {
            // An end in the middle is the end of the test.
            let _ = session(stream, &holds, &first, &told);
        });
        Self { port, given }
    }

    pub fn target(&self) -> String {
        format!("tcp://127.0.0.1:{}", self.port)
    }

    /// Waits until what it was given last is this text, and perhaps other formats.
    pub fn gets(&self, text: &str) -> Vec<Format> {
        self.gets_format(TEXT, &[text.as_bytes(), b"\0"].concat())
    }

    /// The same of another format.
    pub fn gets_format(&self, wanted: u32, data: &[u8]) -> Vec<Format> {
        let what = format!("the server is given {}", data.escape_ascii());
        until(&what, LONG, || {
            let given = self.given().pop().unwrap_or_default();
            if given.contains(&(wanted, data.to_vec())) {
                Ok(given)
            } else {
                Err(format!("it has {given:?}"))
            }
        })
    }

    /// What it was given since it began, the last at the end.
    pub fn given(&self) -> Vec<Vec<Format>> {
        self.given.lock().unwrap().clone()
    }
}

/// The zlib stream of a provide message.
pub fn provided(formats: &[Format]) -> Vec<u8> {
    let mut data = Vec::new();
    for (_, format) in formats {
        data.extend((format.len() as u32).to_be_bytes());
        data.extend_from_slice(format);
    }
    let mut stream = Vec::new();
    ZlibEncoder::new(&data[..], Compression::best())
        .read_to_end(&mut stream)
        .unwrap();
    stream
}

fn session(
    mut stream: TcpStream,
    holds: &[Format],
    first: &[(u32, Vec<u8>)],
    given: &Mutex<Vec<Vec<Format>>>,
) -> std::io::Result<()> {
    const SIDE: u16 = 64;
    handshake(&mut stream, (SIDE, SIDE))?;
    let all = FORMATS.iter().fold(0, |all, format| all | format);
    let (mut is_painted, mut is_introduced) = (false, false);
    loop {
        match take::<1>(&mut stream)?[0] {
            0 => drop(take::<19>(&mut stream)?),
            2 => {
                if encodings(&mut stream)?.contains(&EXTENDED_CLIPBOARD) {
                    let actions = CAPS | REQUEST | PEEK | NOTIFY | PROVIDE;
                    send(&mut stream, actions | all, &[0; 16])?;
                }
            }
            3 => {
                take::<9>(&mut stream)?;
                if !std::mem::replace(&mut is_painted, true) {
                    let mut update = vec![0, 0, 0, 1, 0, 0, 0, 0, 0, SIDE as u8, 0, SIDE as u8, 0, 0, 0, 0];
                    update.resize(update.len() + usize::from(SIDE) * usize::from(SIDE) * 4, 99);
                    stream.write_all(&update)?;
                }
            }
            4 => drop(take::<7>(&mut stream)?),
            5 => drop(take::<5>(&mut stream)?),
            6 => {
                let [_, _, _, length @ ..] = take::<7>(&mut stream)?;
                let mut message = vec![0; i32::from_be_bytes(length).unsigned_abs() as usize];
                stream.read_exact(&mut message)?;
                let flags = u32::from_be_bytes(*message.first_chunk().unwrap());
                if flags & CAPS != 0 && !std::mem::replace(&mut is_introduced, true) {
                    for (flags, data) in first {
                        send(&mut stream, *flags, data)?;
                    }
                    send(&mut stream, NOTIFY | formats(holds), &[])?;
                } else if flags & REQUEST != 0 {
                    let wanted: Vec<Format> = holds
                        .iter()
                        .filter(|(format, _)| flags & format != 0)
                        .cloned()
                        .collect();
                    send(&mut stream, PROVIDE | formats(&wanted), &provided(&wanted))?;
                } else if flags & NOTIFY != 0 && flags & all != 0 {
                    send(&mut stream, REQUEST | flags & all, &[])?;
                } else if flags & PROVIDE != 0 {
                    given.lock().unwrap().push(read(flags, &message[4..])?);
                }
            }
            other => return Err(std::io::Error::other(format!("message {other}"))),
        }
    }
}

fn formats(formats: &[Format]) -> u32 {
    formats.iter().fold(0, |all, (format, _)| all | format)
}

fn send(stream: &mut TcpStream, flags: u32, data: &[u8]) -> std::io::Result<()> {
    stream.write_all(&message(3, flags, data))
}

/// A message of the extended clipboard, of a server's or a client's kind.
fn message(kind: u8, flags: u32, data: &[u8]) -> Vec<u8> {
    let length = -4 - data.len() as i32;
    let header = [&[kind, 0, 0, 0], &length.to_be_bytes()[..], &flags.to_be_bytes()].concat();
    [&header, data].concat()
}

/// What a provide message holds.
fn read(flags: u32, data: &[u8]) -> std::io::Result<Vec<Format>> {
    let mut stream = ZlibDecoder::new(data);
    let mut formats = Vec::new();
    for format in FORMATS {
        if flags & format != 0 {
            let mut size = [0; 4];
            stream.read_exact(&mut size)?;
            let mut data = vec![0; u32::from_be_bytes(size) as usize];
            stream.read_exact(&mut data)?;
            formats.push((format, data));
        }
    }
    Ok(formats)
}
