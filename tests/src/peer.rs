//! Peers that are no VNC servers, or very simple ones, and a proxy that counts.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use crate::wait::{LONG, until};

/// Accepts every connection and has it served by a thread of its own. They end with the process.
pub fn serve(listener: TcpListener, each: impl Fn(TcpStream) + Send + Sync + 'static) {
    let each = Arc::new(each);
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let each = Arc::clone(&each);
            thread::spawn(move || each(stream));
        }
    });
}

pub fn listener() -> (TcpListener, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, port)
}

/// A target that sends this, and then nothing any more.
pub fn says(bytes: &'static [u8]) -> String {
    let (listener, port) = listener();
    serve(listener, move |mut stream| {
        let _ = stream.write_all(bytes);
        // Until the other side has had enough.
        let _ = std::io::copy(&mut stream, &mut std::io::sink());
    });
    format!("tcp://127.0.0.1:{port}")
}

/// A target that sends this and closes the connection.
pub fn says_and_closes(bytes: &'static [u8]) -> String {
    let (listener, port) = listener();
    serve(listener, move |mut stream| {
        let _ = stream.write_all(bytes);
        let _ = stream.shutdown(Shutdown::Write);
        let _ = std::io::copy(&mut stream, &mut std::io::sink());
    });
    format!("tcp://127.0.0.1:{port}")
}

/// Sends this and then breaks the connection, as no closing does: bytes that nobody has read by then make the system
/// send a reset.
pub fn reset(stream: &mut TcpStream, bytes: &[u8]) -> std::io::Result<()> {
    stream.write_all(bytes)?;
    stream.peek(&mut [0]).map(drop)
}

/// Answers a request with this content, whatever it asks for.
pub fn answers(mut stream: TcpStream, kind: &str, content: &str) {
    let mut request = [0; 4096];
    let _ = stream.read(&mut request);
    let _ = write!(
        stream,
        "HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{content}",
        content.len()
    );
}

/// A web server with one page.
pub fn web_page(html: String) -> String {
    let (listener, port) = listener();
    serve(listener, move |stream| answers(stream, "text/html", &html));
    format!("http://127.0.0.1:{port}")
}

// ---- a VM's agent ------------------------------------------------------------------------------------------

/// Answers health checks: that it is starting, until it is told to be well.
#[derive(Debug)]
pub struct Agent {
    /// The address to ask.
    pub url: String,
    answer: Arc<Mutex<&'static str>>,
}

impl Agent {
    pub fn starting() -> Self {
        let answer = Arc::new(Mutex::new(r#"{"status":"starting"}"#));
        let (listener, port) = listener();
        let now = Arc::clone(&answer);
        serve(listener, move |stream| {
            let json = *now.lock().unwrap();
            answers(stream, "application/json", json);
        });
        Self {
            url: format!("http://127.0.0.1:{port}/health"),
            answer,
        }
    }

    /// From now on it has one session, and all is well.
    pub fn is_well(&self) {
        *self.answer.lock().unwrap() = r#"{"status":"ok","activeSessions":1}"#;
    }
}

// ---- a VNC server that writes down what it is told ---------------------------------------------------------

/// Buttons by RFB's bits, and the place.
pub type PointerMessage = (u16, (u16, u16));

/// A VNC server with one picture.
#[derive(Debug)]
pub struct MockServer {
    port: u16,
    told: Arc<Mutex<Vec<PointerMessage>>>,
}

impl MockServer {
    /// With `extended` it knows the ninth button (ExtendedMouseButtons), if it is asked for.
    pub fn start(extended: bool) -> Self {
        let (listener, port) = listener();
        let told = Arc::new(Mutex::new(Vec::new()));
        let all = Arc::clone(&told);
        serve(listener, move |stream| {
            // An end in the middle is the end of the test.
            let _ = mock_session(stream, extended, &all);
        });
        Self { port, told }
    }

    pub fn target(&self) -> String {
        format!("tcp://127.0.0.1:{}", self.port)
    }

    /// All pointer messages until now.
    pub fn told(&self) -> Vec<PointerMessage> {
        self.told.lock().unwrap().clone()
    }

    /// Those until now do not count.
    pub fn forget(&self) {
        self.told.lock().unwrap().clear();
    }

    /// Waits until the presses and releases, without what only moved, are these.
    pub fn gets(&self, what: &str, expected: &[PointerMessage]) {
        let buttons = || {
            let mut held = 0;
            let mut told = self.told();
            told.retain(|(buttons, _)| std::mem::replace(&mut held, *buttons) != *buttons);
            told
        };
        is(what, expected, buttons);
    }

    /// Waits until all messages are these.
    pub fn is_told(&self, what: &str, expected: &[PointerMessage]) {
        is(what, expected, || self.told());
    }
}

fn is(what: &str, expected: &[PointerMessage], told: impl Fn() -> Vec<PointerMessage>) {
    until(what, LONG, || match told() {
        told if told == expected => Ok(()),
        other => Err(format!("expected {expected:?}, got {other:?}")),
    });
}

fn mock_session(
    mut stream: TcpStream,
    extended: bool,
    told: &Mutex<Vec<PointerMessage>>,
) -> std::io::Result<()> {
    const SIDE: u16 = 64;
    handshake(&mut stream, (SIDE, SIDE))?;
    let (mut is_extended, mut sent) = (false, false);
    loop {
        match take::<1>(&mut stream)?[0] {
            0 => {
                take::<19>(&mut stream)?;
            }
            2 => {
                let asked = encodings(&mut stream)?;
                if extended && asked.contains(&-316) && !is_extended {
                    is_extended = true;
                    let mut update = vec![0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0];
                    update.extend((-316_i32).to_be_bytes());
                    stream.write_all(&update)?;
                }
            }
            3 => {
                take::<9>(&mut stream)?;
                if !sent {
                    sent = true;
                    let mut update = vec![0, 0, 0, 1, 0, 0, 0, 0];
                    update.extend(SIDE.to_be_bytes());
                    update.extend(SIDE.to_be_bytes());
                    update.extend([0; 4]);
                    update.resize(update.len() + usize::from(SIDE) * usize::from(SIDE) * 4, 99);
                    stream.write_all(&update)?;
                }
            }
            4 => {
                take::<7>(&mut stream)?;
            }
            5 => {
                let [mask, x1, x0, y1, y0] = take::<5>(&mut stream)?;
                let mut buttons = u16::from(mask);
                if is_extended && mask & 0x80 != 0 {
                    buttons = buttons & 0x7F | u16::from(take::<1>(&mut stream)?[0]) << 7;
                }
                let place = (u16::from_be_bytes([x1, x0]), u16::from_be_bytes([y1, y0]));
                told.lock().unwrap().push((buttons, place));
            }
            6 => {
                let [_, _, _, a, b, c, d] = take::<7>(&mut stream)?;
                for _ in 0..u32::from_be_bytes([a, b, c, d]) {
                    take::<1>(&mut stream)?;
                }
            }
            other => return Err(std::io::Error::other(format!("message {other}"))),
        }
    }
}

/// RFB 3.8 without a login, up to `ServerInit`.
pub fn handshake(stream: &mut TcpStream, (width, height): (u16, u16)) -> std::io::Result<()> {
    stream.write_all(b"RFB 003.008\n")?;
    take::<12>(stream)?;
    stream.write_all(&[1, 1])?;
    take::<1>(stream)?;
    stream.write_all(&[0; 4])?;
    take::<1>(stream)?;
    let mut init = Vec::new();
    init.extend(width.to_be_bytes());
    init.extend(height.to_be_bytes());
    init.extend([32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 0, 8, 16, 0, 0, 0]);
    init.extend(4_u32.to_be_bytes());
    init.extend(b"mock");
    stream.write_all(&init)
}

/// What a `SetEncodings` asks for, after its type.
pub(crate) fn encodings(stream: &mut TcpStream) -> std::io::Result<Vec<i32>> {
    let [_, high, low] = take::<3>(stream)?;
    (0..u16::from_be_bytes([high, low]))
        .map(|_| Ok(i32::from_be_bytes(take::<4>(stream)?)))
        .collect()
}

/// A VNC server that answers requests for updates with these, one after the other.
#[derive(Debug)]
pub struct Script {
    port: u16,
    /// The encodings that it was last asked for.
    asked: Arc<Mutex<Vec<i32>>>,
}

impl Script {
    /// Each update is its rectangles; a screen of this size has room for them.
    pub fn start(size: (u16, u16), updates: Vec<Vec<Rectangle>>) -> Self {
        let (listener, port) = listener();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let last = Arc::clone(&asked);
        serve(listener, move |mut stream| {
            // An end in the middle is the end of the test.
            let _ = handshake(&mut stream, size).and_then(|()| follow(&mut stream, &updates, &last));
        });
        Self { port, asked }
    }

    pub fn target(&self) -> String {
        format!("tcp://127.0.0.1:{}", self.port)
    }

    pub fn asked(&self) -> Vec<i32> {
        self.asked.lock().unwrap().clone()
    }
}

/// A rectangle of an update: x, y, width, height, the encoding's number and what follows.
pub type Rectangle = ([u16; 4], i32, Vec<u8>);

fn follow(
    stream: &mut TcpStream,
    updates: &[Vec<Rectangle>],
    asked: &Mutex<Vec<i32>>,
) -> std::io::Result<()> {
    let mut updates = updates.iter();
    loop {
        match take::<1>(stream)?[0] {
            0 => {
                take::<19>(stream)?;
            }
            2 => *asked.lock().unwrap() = encodings(stream)?,
            3 => {
                take::<9>(stream)?;
                if let Some(rectangles) = updates.next() {
                    stream.write_all(&[0, 0, 0, rectangles.len() as u8])?;
                    for (place, encoding, content) in rectangles {
                        let header: Vec<u8> = place.iter().flat_map(|field| field.to_be_bytes()).collect();
                        stream.write_all(&[&header, &encoding.to_be_bytes()[..], content].concat())?;
                    }
                }
            }
            4 => {
                take::<7>(stream)?;
            }
            5 => {
                take::<5>(stream)?;
            }
            // QEMU's extended key event, and xvp.
            255 => {
                take::<11>(stream)?;
            }
            250 => {
                take::<3>(stream)?;
            }
            other => return Err(std::io::Error::other(format!("message {other}"))),
        }
    }
}

pub fn take<const N: usize>(stream: &mut TcpStream) -> std::io::Result<[u8; N]> {
    let mut bytes = [0; N];
    stream.read_exact(&mut bytes)?;
    Ok(bytes)
}

// ---- a proxy -----------------------------------------------------------------------------------------------

/// One request that went through, and how many bytes of content came back.
#[derive(Debug, Clone)]
pub struct Request {
    pub path: String,
    pub bytes: usize,
}

/// A proxy in front of a gateway.
#[derive(Debug)]
pub struct Proxy {
    /// `127.0.0.1` and a port.
    pub address: String,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Proxy {
    /// What is asked for below `from` is asked for below `to` behind it. Answers come as gzip.
    pub fn before(gateway: &str, from: &str, to: &str) -> Self {
        let (listener, port) = listener();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (gateway, from, to) = (gateway.to_owned(), from.to_owned(), to.to_owned());
        let written = Arc::clone(&requests);
        serve(listener, move |stream| {
            // Ends when either side does.
            let _ = pass_on(stream, &gateway, (&from, &to), &written);
        });
        Self {
            address: format!("127.0.0.1:{port}"),
            requests,
        }
    }

    pub fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }
}

fn pass_on(
    mut browser: TcpStream,
    gateway: &str,
    (from, to): (&str, &str),
    requests: &Arc<Mutex<Vec<Request>>>,
) -> std::io::Result<()> {
    let mut behind = TcpStream::connect(gateway)?;
    let current = Arc::new(Mutex::new(None::<usize>));
    let (mut answers, mut back) = (behind.try_clone()?, browser.try_clone()?);
    let (counted, counts) = (Arc::clone(&current), Arc::clone(requests));
    thread::spawn(move || {
        let mut buffer = [0; 65_536];
        let (mut answered, mut head) = (None, Vec::new());
        while let Ok(count @ 1..) = answers.read(&mut buffer) {
            let current = *counted.lock().unwrap();
            if current != answered {
                (answered, head) = (current, Vec::new());
            }
            // Up to the empty line it is the header, which does not count.
            let had_body = head.ends_with(b"\r\n\r\n");
            let of_head = if had_body {
                0
            } else {
                let mut rest = buffer[..count].iter();
                while !head.ends_with(b"\r\n\r\n")
                    && let Some(byte) = rest.next()
                {
                    head.push(*byte);
                }
                count - rest.len()
            };
            if let Some(at) = answered {
                counts.lock().unwrap()[at].bytes += count - of_head;
            }
            if back.write_all(&buffer[..count]).is_err() {
                break;
            }
        }
        let _ = back.shutdown(Shutdown::Both);
    });
    let mut head = Vec::new();
    loop {
        // One byte at a time is fast enough for a few requests.
        head.extend(take::<1>(&mut browser)?);
        if !head.ends_with(b"\r\n\r\n") {
            continue;
        }
        let text = String::from_utf8_lossy(&head).into_owned();
        let path = text.split(' ').nth(1).unwrap_or_default().to_owned();
        let is_socket = text.to_ascii_lowercase().contains("upgrade: websocket");
        let lines: Vec<String> = text
            .replacen(&format!(" {from}"), &format!(" {to}"), 1)
            .split("\r\n")
            .map(|line| {
                if line.to_ascii_lowercase().starts_with("accept-encoding:") {
                    "Accept-Encoding: gzip".to_owned()
                } else {
                    line.to_owned()
                }
            })
            .collect();
        if is_socket {
            *current.lock().unwrap() = None;
        } else {
            let mut requests = requests.lock().unwrap();
            requests.push(Request { path, bytes: 0 });
            *current.lock().unwrap() = Some(requests.len() - 1);
        }
        behind.write_all(lines.join("\r\n").as_bytes())?;
        head.clear();
        if is_socket {
            std::io::copy(&mut browser, &mut behind)?;
            return behind.shutdown(Shutdown::Both);
        }
    }
}
