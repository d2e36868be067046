//! Another viewer of a desktop, which has a clipboard and nothing else.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::{Arc, Mutex};
use std::thread;

use super::{
    CAPS, EXTENDED_CLIPBOARD, Format, NOTIFY, PEEK, PROVIDE, REQUEST, TEXT, message, provided, read,
};
use crate::peer::take;

/// The viewer. Its connection ends with the process.
#[derive(Debug)]
pub struct ClipboardViewer {
    stream: TcpStream,
    known: Arc<Mutex<Known>>,
}

#[derive(Debug, Default)]
struct Known {
    /// What it has to give.
    own: Vec<u8>,
    /// What the desktop has.
    given: Vec<Format>,
}

const CLIENT_CUT_TEXT: u8 = 6;

impl ClipboardViewer {
    /// Of the desktop at this port, which asks for no login and has the extended clipboard.
    pub fn of(port: u16) -> Self {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        take::<12>(&mut stream).unwrap();
        stream.write_all(b"RFB 003.008\n").unwrap();
        let [count] = take(&mut stream).unwrap();
        stream.read_exact(&mut vec![0; count.into()]).unwrap();
        // No login, and not alone.
        stream.write_all(&[1]).unwrap();
        assert_eq!(take(&mut stream).unwrap(), [0; 4]);
        stream.write_all(&[1]).unwrap();
        let [.., a, b, c, d] = take::<24>(&mut stream).unwrap();
        let name = u32::from_be_bytes([a, b, c, d]);
        stream.read_exact(&mut vec![0; name as usize]).unwrap();
        let encodings = [&[2, 0, 0, 1], &EXTENDED_CLIPBOARD.to_be_bytes()[..]].concat();
        stream.write_all(&encodings).unwrap();

        let known = Arc::new(Mutex::new(Known::default()));
        let (hearing, knowing) = (stream.try_clone().unwrap(), Arc::clone(&known));
        thread::spawn(move || {
            let _ = hear(hearing, &knowing);
        });
        Self { stream, known }
    }

    pub fn copy(&self, text: &str) {
        self.known.lock().unwrap().own = [&text.replace("\r\n", "\n").replace('\n', "\r\n"), "\0"]
            .concat()
            .into_bytes();
        let notify = message(CLIENT_CUT_TEXT, NOTIFY | TEXT, &[]);
        (&self.stream).write_all(&notify).unwrap();
    }

    /// What can be pasted.
    pub fn pasted(&self) -> String {
        let known = self.known.lock().unwrap();
        let text = known.given.iter().find(|(format, _)| *format == TEXT);
        let text = text.map(|(_, text)| String::from_utf8_lossy(text).into_owned());
        text.unwrap_or_default()
            .trim_end_matches('\0')
            .replace("\r\n", "\n")
    }
}

fn hear(mut stream: TcpStream, known: &Mutex<Known>) -> std::io::Result<()> {
    loop {
        let [kind, _, _, _, length @ ..] = take::<8>(&mut stream)?;
        assert_eq!(kind, 3, "nothing but clipboards was asked for");
        let length = i32::from_be_bytes(length);
        let mut body = vec![0; length.unsigned_abs() as usize];
        stream.read_exact(&mut body)?;
        // Text as servers send it who do not know better.
        let Some((flags, data)) = body.split_first_chunk().filter(|_| length < 0) else {
            continue;
        };
        let flags = u32::from_be_bytes(*flags);
        let answer = if flags & CAPS != 0 {
            message(
                CLIENT_CUT_TEXT,
                CAPS | REQUEST | PEEK | NOTIFY | PROVIDE | TEXT,
                &[0; 4],
            )
        } else if flags & PROVIDE != 0 {
            known.lock().unwrap().given = read(flags, data)?;
            continue;
        } else if flags & REQUEST != 0 {
            let own = known.lock().unwrap().own.clone();
            message(CLIENT_CUT_TEXT, PROVIDE | TEXT, &provided(&[(TEXT, own)]))
        } else if flags & NOTIFY != 0 && flags & TEXT != 0 {
            message(CLIENT_CUT_TEXT, REQUEST | TEXT, &[])
        } else {
            continue;
        };
        stream.write_all(&answer)?;
    }
}
