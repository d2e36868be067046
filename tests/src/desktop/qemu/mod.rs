//! QEMU.

mod ati;

use std::cell::RefCell;
use std::ffi::OsString;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::certificates::Certificates;
use crate::image::Image;
use crate::process::{Process, free_port, listening};
use crate::wait::{LONG, until};

/// QEMU with nothing to boot from: what it shows is its BIOS's screen. It has a PS/2 mouse, and can be shut down, rebooted
/// and reset.
#[derive(Debug)]
pub struct Qemu {
    pub port: u16,
    /// Of its own WebSocket.
    pub websocket: u16,
    monitor: RefCell<BufReader<UnixStream>>,
    /// What it has told unasked.
    events: RefCell<Vec<String>>,
    folder: TempDir,
    _server: Process,
}

/// A program without a system below it, in machine code: it writes down each key that the BIOS gives it, two bytes from
/// [`KEYS_AT`] on, and adds up the way of the mouse at [`MOUSE_AT`], buttons, right and up in two bytes each.
const RECORDER: &[u8] = &[
    0x31, 0xC0, 0x8E, 0xD8, 0x8E, 0xC0, // ax, ds and es are 0
    0xB8, 0x05, 0xC2, 0xB7, 0x03, 0xCD,
    0x15, // the BIOS is to take the mouse, whose packets have three bytes,
    0xB8, 0x07, 0xC2, 0xBB, 0x2B, 0x7C, 0xCD, 0x15, // give them to what begins at 0x7C2B
    0xB8, 0x00, 0xC2, 0xB7, 0x01, 0xCD, 0x15, // and begin with that
    0xFB, 0xBF, 0x00, 0x05, // di is where the first key goes
    0xB4, 0x00, 0xCD, 0x16, 0x89, 0x05, 0x83, 0xC7, 0x02, 0xEB,
    0xF5, // a key, its place, the next place, again
    0x55, 0x89, 0xE5, 0x50, 0x1E, 0x31, 0xC0, 0x8E, 0xD8, // 0x7C2B: bp is where the arguments are
    0x8A, 0x46, 0x0C, 0xA2, 0x00, 0x06, // buttons
    0x8A, 0x46, 0x0A, 0x98, 0x01, 0x06, 0x02, 0x06, // right
    0x8A, 0x46, 0x08, 0x98, 0x01, 0x06, 0x04, 0x06, // up
    0x1F, 0x58, 0x5D, 0xCB,
];
const KEYS_AT: u32 = 0x500;
const MOUSE_AT: u32 = 0x600;

/// In the graphics mode 320x200, with 144 colours in a row, it draws a picture, noise above and a gradient below, writes
/// the picture's number to the port E9, waits for a key, and begins again with the key's letter as the number. QEMU thinks
/// of JPEG where it sees more than 96 colours, and where it sees 256 in a rectangle of Tight it writes the last of them as
/// the first.
///
/// ```text
///       mov ax, 13h    ; int 10h     ; mov ax, A000h ; mov es, ax
///       mov dx, 3C8h   ; xor ax, ax  ; out dx, al    ; inc dx
/// map:  mov al, ah     ; shr al, 2   ; out dx, al    ; not al      ; out dx, al ; or al, ah  ; out dx, al
///       inc ah         ; jnz map     ; xor bx, bx
/// draw: xor di, di     ; xor si, si
/// row:  mov cx, 320
/// dot:  mov ax, di     ; cmp si, 100 ; jae low
///       add ax, bx     ; mul ax      ; xor al, dl    ; xor al, ah  ; jmp put
/// low:  mov ax, cx     ; shr ax, 1   ; add ax, si    ; add ax, bx
/// put:  stosb          ; loop dot    ; inc si        ; cmp si, 200 ; jb row
///       mov al, bl     ; out E9h, al ; xor ax, ax    ; int 16h     ; mov bl, al ; jmp draw
/// ```
const PAINTER: [u8; 89] = [
    0xB8, 0x13, 0x00, 0xCD, 0x10, 0xB8, 0x00, 0xA0, 0x8E, 0xC0, 0xBA, 0xC8, 0x03, 0x31, 0xC0, 0xEE, 0x42,
    0x88, 0xE0, 0xC0, 0xE8, 0x02, 0xEE, 0xF6, 0xD0, 0xEE, 0x08, 0xE0, 0xEE, 0xFE, 0xC4, 0x75, 0xF0, 0x31,
    0xDB, 0x31, 0xFF, 0x31, 0xF6, 0xB9, 0x40, 0x01, 0x89, 0xF8, 0x83, 0xFE, 0x64, 0x73, 0x0A, 0x01, 0xD8,
    0xF7, 0xE0, 0x30, 0xD0, 0x30, 0xE0, 0xEB, 0x08, 0x89, 0xC8, 0xD1, 0xE8, 0x01, 0xF0, 0x01, 0xD8, 0xAA,
    0xE2, 0xE4, 0x46, 0x81, 0xFE, 0xC8, 0x00, 0x72, 0xDA, 0x88, 0xD8, 0xE6, 0xE9, 0x31, 0xC0, 0xCD, 0x16,
    0x88, 0xC3, 0xEB, 0xCA,
];

impl Qemu {
    pub fn start() -> Self {
        Self::start_with("", |_| vec![])
    }

    /// With something to boot from that writes down what is typed and how the mouse moves, and with a unix socket besides.
    pub fn recording() -> Self {
        let qemu = Self::start_with("", |folder| {
            let mut all = boot_from(folder, RECORDER);
            all.extend(["-vnc".into(), unix_socket(folder).into()]);
            all
        });
        until("the recorder runs", LONG, || match qemu.memory(0x7C00, 2)[..] {
            [0xC031, _] => Ok(()),
            ref other => Err(format!("{other:x?}")),
        });
        qemu
    }

    /// With something to boot from that draws a picture for each key; and with these options of its VNC server's.
    pub fn painting(options: &str) -> Self {
        Self::painting_with(options, |_| vec![])
    }

    /// The same with a password.
    pub fn with_password(password: &str) -> Self {
        Self::painting_with(",password-secret=password", |_| {
            vec!["-object".into(), secret(password).into()]
        })
    }

    /// With nothing to boot from, and a login by VeNCrypt's X509Vnc.
    pub fn with_tls(password: &str, certificates: &Certificates) -> Self {
        let credentials = format!(
            "tls-creds-x509,id=tls,dir={},endpoint=server,verify-peer=off",
            certificates.folder().display()
        );
        Self::start_with(",tls-creds=tls,password-secret=password", |_| {
            ["-object", &credentials, "-object", &secret(password)]
                .map(OsString::from)
                .into()
        })
    }

    /// With a graphics card that has a cursor, see [`Self::define_cursor`].
    pub fn with_ati() -> Self {
        // The last card counts.
        Self::start_with("", |_| {
            ["-vga", "none", "-device", "ati-vga"].map(OsString::from).into()
        })
    }

    fn painting_with(options: &str, more: impl Fn(&Path) -> Vec<OsString>) -> Self {
        let qemu = Self::start_with(options, |folder| {
            let port = format!("file:{}", folder.join("painted").display());
            let mut all = boot_from(folder, &PAINTER);
            all.extend(["-debugcon".into(), port.into()]);
            all.extend(more(folder));
            all
        });
        qemu.has_painted(&[0]);
        qemu
    }

    fn start_with(vnc: &str, options: impl Fn(&Path) -> Vec<OsString>) -> Self {
        let folder = TempDir::new().unwrap();
        let monitor = folder.path().join("monitor");
        let (port, websocket) = (free_port(), free_port());
        // QEMU counts from VNC's first port.
        let display = port - 5900;
        let server = Process::start(
            Command::new("qemu-system-x86_64")
                .args([
                    "-M",
                    "pc",
                    "-m",
                    "64",
                    "-nodefaults",
                    "-vga",
                    "std",
                    "-display",
                    "none",
                ])
                .args([
                    "-vnc",
                    &format!("127.0.0.1:{display},websocket=127.0.0.1:{websocket},power-control=on{vnc}"),
                ])
                .arg("-qmp")
                .arg(format!("unix:{},server=on,wait=off", monitor.display()))
                .args(options(folder.path())),
        );
        listening(port);
        let stream = until("QEMU's monitor", LONG, || {
            UnixStream::connect(&monitor).map_err(|error| error.to_string())
        });
        let qemu = Self {
            port,
            websocket,
            monitor: RefCell::new(BufReader::new(stream)),
            events: RefCell::default(),
            folder,
            _server: server,
        };
        qemu.command(json!({ "execute": "qmp_capabilities" }));
        qemu
    }

    pub fn target(&self) -> String {
        format!("tcp://127.0.0.1:{}", self.port)
    }

    /// By its unix socket, if it has one.
    pub fn unix_target(&self) -> String {
        unix_socket(self.folder.path())
    }

    /// By its own WebSocket.
    pub fn websocket_target(&self) -> String {
        format!("ws://127.0.0.1:{}/", self.websocket)
    }

    fn command(&self, command: Value) -> Value {
        let mut monitor = self.monitor.borrow_mut();
        writeln!(monitor.get_mut(), "{command}").unwrap();
        loop {
            let mut line = String::new();
            assert_ne!(monitor.read_line(&mut line).unwrap(), 0, "QEMU has ended");
            let mut answer: Value = serde_json::from_str(&line).unwrap();
            assert!(answer.get("error").is_none(), "{answer}");
            if let Some(event) = answer["event"].as_str() {
                self.events.borrow_mut().push(event.to_owned());
            }
            if answer.get("return").is_some() {
                return answer["return"].take();
            }
        }
    }

    /// What the monitor for people says to this.
    fn ask_monitor(&self, line: &str) -> String {
        let arguments = json!({ "command-line": line });
        let said = self.command(json!({ "execute": "human-monitor-command", "arguments": arguments }));
        said.as_str().unwrap().to_owned()
    }

    /// Whether it has told this by now: `RESET`, `POWERDOWN` and the like.
    pub fn has_told(&self, event: &str) -> bool {
        // Whatever there is comes before the answer.
        self.command(json!({ "execute": "query-status" }));
        self.events.borrow().iter().any(|told| told == event)
    }

    /// Numbers of two bytes in the machine's memory.
    fn memory(&self, address: u32, count: usize) -> Vec<u16> {
        let dump = self.ask_monitor(&format!("xp /{count}xh {address}"));
        let numbers = dump.lines().flat_map(|line| {
            let (_, numbers) = line.split_once(':').unwrap_or_default();
            numbers.split_whitespace()
        });
        numbers
            .map(|number| u16::from_str_radix(number.trim_start_matches("0x"), 16).unwrap())
            .collect()
    }

    /// The scancodes of the keys that its recorder was given, and the characters that the BIOS makes of them.
    pub fn keys(&self) -> Vec<(u8, u8)> {
        self.memory(KEYS_AT, 32)
            .into_iter()
            .take_while(|key| *key != 0)
            .map(|key| ((key >> 8) as u8, key as u8))
            .collect()
    }

    /// The mouse's buttons and its way to the right and down, as its recorder has added it up.
    pub fn mouse(&self) -> (u16, i16, i16) {
        let told = self.memory(MOUSE_AT, 3);
        (told[0] & 7, told[1] as i16, -(told[2] as i16))
    }

    /// The screen as it is.
    pub fn picture(&self) -> Image {
        let file = self.folder.path().join("screen.ppm");
        self.command(json!({ "execute": "screendump", "arguments": { "filename": file } }));
        Image::from_ppm(&std::fs::read(&file).unwrap()).expect("a PPM")
    }

    /// The keys that its painter was given, each of which it answered by a picture; the first picture is nobody's.
    pub fn painted(&self) -> Vec<u8> {
        std::fs::read(self.folder.path().join("painted")).unwrap_or_default()
    }

    /// Waits until these were the last pictures.
    pub fn has_painted(&self, last: &[u8]) {
        until(&format!("QEMU has painted {last:?}"), LONG, || {
            match self.painted() {
                painted if painted.ends_with(last) => Ok(()),
                other => Err(format!("it has painted {other:?}")),
            }
        });
    }

    /// Has it paint another picture, one for each small letter.
    pub fn paint(&self, letter: char) {
        let before = self.painted();
        let key = json!({ "type": "qcode", "data": letter.to_string() });
        self.command(json!({ "execute": "send-key", "arguments": { "keys": [key] } }));
        self.has_painted(&[&before[..], &[letter as u8]].concat());
    }
}

fn secret(password: &str) -> String {
    format!("secret,id=password,data={password}")
}

fn unix_socket(folder: &Path) -> String {
    format!("unix:{}", folder.join("vnc").display())
}

/// A disk whose first sector is this program.
fn boot_from(folder: &Path, program: &[u8]) -> Vec<OsString> {
    let image = folder.join("disk.img");
    let mut sector = program.to_vec();
    sector.resize(510, 0);
    // What marks a sector as one to boot from.
    sector.extend([0x55, 0xAA]);
    std::fs::write(&image, sector).unwrap();
    let drive = format!("file={},format=raw,if=ide", image.display());
    vec!["-drive".into(), drive.into()]
}
