//! What is fuzzed. Each target is one part of what a server sends: what comes before it is given, so that every
//! byte of an input is for that part.

use porthole_rfb::{
    Cipher, Config, Encoding, Exchange, Login, LoginError, LoginStep, PixelFormat, SecurityType,
};

use super::Logins;
use super::formats::{self, MAPS, TRUE_COLOUR};

/// A part of what a server sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// All of a connection.
    Client,
    /// What comes after `ServerInit`.
    Messages,
    /// The text of `ServerCutText` and what comes after it.
    Clipboard,
    /// Rectangles of any encoding, headers and all.
    Rectangles,
    /// A rectangle of this encoding, then any others.
    Pixels(Encoding),
    /// The same of Tight with its data not compressed.
    TightWithoutZlib,
    /// A rectangle of one of the pseudo-encodings for the pointer.
    Cursors,
    /// A login, then the rest of a connection.
    Login(SecurityType),
    /// What comes after a login that encrypts everything, in records without a seal: with one, no change of a byte
    /// would get past it.
    Sealed,
    /// What comes after a repeater's greeting.
    Repeater,
}

impl Target {
    /// Every target and its name, which is that of its program and of its folder of inputs.
    pub const ALL: [(&str, Self); 33] = [
        ("client", Self::Client),
        ("messages", Self::Messages),
        ("clipboard", Self::Clipboard),
        ("rectangles", Self::Rectangles),
        ("cursors", Self::Cursors),
        ("raw", Self::Pixels(Encoding::RAW)),
        ("copyrect", Self::Pixels(Encoding::COPY_RECT)),
        ("rre", Self::Pixels(Encoding::RRE)),
        ("corre", Self::Pixels(Encoding::CORRE)),
        ("hextile", Self::Pixels(Encoding::HEXTILE)),
        ("zlib", Self::Pixels(Encoding::ZLIB)),
        ("zlibhex", Self::Pixels(Encoding::ZLIB_HEX)),
        ("trle", Self::Pixels(Encoding::TRLE)),
        ("zrle", Self::Pixels(Encoding::ZRLE)),
        ("zywrle", Self::Pixels(Encoding::ZYWRLE)),
        ("tight", Self::Pixels(Encoding::TIGHT)),
        ("tight-without-zlib", Self::TightWithoutZlib),
        ("tightpng", Self::Pixels(Encoding::TIGHT_PNG)),
        ("jpeg", Self::Pixels(Encoding::JPEG)),
        ("h264", Self::Pixels(Encoding::H264)),
        ("security-none", Self::Login(SecurityType::NONE)),
        ("security-vnc", Self::Login(SecurityType::VNC_AUTHENTICATION)),
        ("security-ra2", Self::Login(SecurityType::RA2)),
        ("security-ra2ne", Self::Login(SecurityType::RA2NE)),
        ("security-ra2-256", Self::Login(SecurityType::RA2_256)),
        ("security-ra2ne-256", Self::Login(SecurityType::RA2NE_256)),
        ("security-tight", Self::Login(SecurityType::TIGHT)),
        ("security-vencrypt", Self::Login(SecurityType::VENCRYPT)),
        ("security-xvp", Self::Login(SecurityType::XVP)),
        (
            "security-diffie-hellman",
            Self::Login(SecurityType::DIFFIE_HELLMAN),
        ),
        ("security-mslogon2", Self::Login(SecurityType::MS_LOGON_II)),
        ("security-sealed", Self::Sealed),
        ("security-repeater", Self::Repeater),
    ];

    /// The target with this name.
    ///
    /// # Panics
    /// There is none.
    #[must_use]
    pub fn named(name: &str) -> Self {
        match Self::ALL.iter().find(|(it, _)| *it == name) {
            Some((_, target)) => *target,
            None => unreachable!("no target is named {name}"),
        }
    }

    /// The connection that an input stands for. None where it is too short for its settings.
    pub(super) fn connection(self, input: &[u8]) -> Option<Connection> {
        match self {
            Self::Client => Some(Connection::new(&[], input)),
            Self::Login(security_type) => login(security_type, input),
            Self::Sealed => Some(Connection {
                logins: |_| Some(Box::new(Unsealed)),
                ..login(SecurityType::RA2, input)?
            }),
            Self::Repeater => {
                let mut connection = Connection::new(b"RFB 000.000\n", input);
                connection.config.repeater_id = Some("ID:4711".to_owned());
                Some(connection)
            }
            _ => {
                let (settings, rest) = input.split_first_chunk()?;
                Some(Settings::read(settings).connection(self, rest))
            }
        }
    }
}

/// What a client is fed.
pub(super) struct Connection {
    pub(super) config: Config,
    /// The logins that the client has not itself.
    pub(super) logins: Logins,
    /// What is given.
    pub(super) opening: Vec<u8>,
    /// What is fuzzed.
    pub(super) rest: Vec<u8>,
}

impl Connection {
    fn new(opening: &[u8], rest: &[u8]) -> Self {
        Self {
            config: super::config(),
            logins: super::with_ciphers,
            opening: opening.to_vec(),
            rest: rest.to_vec(),
        }
    }
}

/// A side of the framebuffer: more than one of ZRLE's tiles.
const SIDE: u16 = 80;

/// What the first bytes of an input say.
struct Settings {
    format: PixelFormat,
    /// The format is the server's own, and not asked for by the client.
    is_own: bool,
    jpeg_quality: Option<u8>,
    /// The rest of the input is what is compressed.
    is_stored: bool,
    /// Which pseudo-encoding it is.
    which: usize,
    width: u16,
    height: u16,
}

impl Settings {
    fn read([flags, format, width, height]: &[u8; 4]) -> Self {
        let formats: Vec<PixelFormat> = TRUE_COLOUR.into_iter().chain(MAPS).collect();
        let side = |byte: u8| u16::from(byte) % (SIDE - 2);
        Self {
            format: formats[usize::from(*format) % formats.len()],
            is_own: flags & 1 != 0,
            is_stored: flags & 2 != 0,
            jpeg_quality: [None, Some(9), Some(4), Some(0)][usize::from(flags >> 2 & 3)],
            which: usize::from(flags >> 4),
            width: side(*width),
            height: side(*height),
        }
    }

    fn connection(&self, target: Target, rest: &[u8]) -> Connection {
        let mut opening = b"RFB 003.008\n\x01\x01\0\0\0\0".to_vec();
        let own = if self.is_own { self.format } else { TRUE_COLOUR[1] };
        opening.extend(server_init(own));
        if !self.format.true_colour {
            opening.extend(colour_map());
        }
        let mut rest = rest.to_vec();
        // Nothing says how many rectangles there are: the next follows until there are no more bytes.
        let update = [0, 0, 0xFF, 0xFF];
        match target {
            Target::Client | Target::Login(_) | Target::Sealed | Target::Repeater | Target::Messages => {}
            Target::Clipboard => {
                opening.extend([3, 0, 0, 0]);
                if self.is_stored {
                    rest = provided(&rest);
                }
            }
            Target::Rectangles => opening.extend(update),
            Target::Pixels(encoding) => {
                opening.extend(update);
                opening.extend(self.header(encoding));
                if self.is_stored && [Encoding::ZLIB, Encoding::ZRLE, Encoding::ZYWRLE].contains(&encoding) {
                    rest = stored(&rest);
                    rest.splice(..0, (rest.len() as u32).to_be_bytes());
                }
            }
            Target::TightWithoutZlib => {
                opening.extend(update);
                opening.extend(self.header(Encoding::TIGHT));
                opening.push(if self.which & 1 == 0 { 0xA0 } else { 0xE0 });
            }
            Target::Cursors => {
                opening.extend(update);
                opening.extend(self.header(CURSORS[self.which % CURSORS.len()]));
            }
        }
        let mut connection = Connection::new(&opening, &rest);
        connection.config.pixel_format = (!self.is_own).then_some(self.format);
        connection.config.jpeg_quality = self.jpeg_quality;
        connection
    }

    /// A rectangle's header.
    fn header(&self, encoding: Encoding) -> Vec<u8> {
        let mut bytes = [1, 2, self.width, self.height].map(u16::to_be_bytes).concat();
        bytes.extend(encoding.0.to_be_bytes());
        bytes
    }
}

/// What is said of the pointer. Their places in here are in the inputs.
pub(crate) const CURSORS: [Encoding; 7] = [
    Encoding::CURSOR,
    Encoding::X_CURSOR,
    Encoding::CURSOR_WITH_ALPHA,
    Encoding::VMWARE_CURSOR,
    Encoding::VMWARE_CURSOR_STATE,
    Encoding::VMWARE_CURSOR_POSITION,
    Encoding::POINTER_POSITION,
];

fn server_init(format: PixelFormat) -> Vec<u8> {
    let size = [SIDE, SIDE].map(u16::to_be_bytes).concat();
    [size, formats::bytes(format).into(), vec![0; 4]].concat()
}

/// `SetColourMapEntries` of 256 colours.
fn colour_map() -> Vec<u8> {
    let mut bytes = vec![1, 0, 0, 0, 1, 0];
    for index in 0..=u8::MAX {
        bytes.extend([index, 0, !index, 0, index.reverse_bits(), 0]);
    }
    bytes
}

/// What follows the padding of a `ServerCutText` that provides text, RTF, HTML and a picture (rfbproto, "Extended Clipboard
/// Pseudo-Encoding").
fn provided(bytes: &[u8]) -> Vec<u8> {
    let stream = stored(bytes);
    let length = -(stream.len() as i32 + 4);
    [&length.to_be_bytes()[..], &[0x10, 0, 0, 15], &stream].concat()
}

/// A zlib stream of these bytes in blocks that are not compressed.
fn stored(bytes: &[u8]) -> Vec<u8> {
    let mut stream = vec![0x78, 0x01];
    for block in bytes.chunks(0xFFFF) {
        let length = block.len() as u16;
        stream.push(0);
        stream.extend(length.to_le_bytes());
        stream.extend((!length).to_le_bytes());
        stream.extend(block);
    }
    stream
}

/// The first byte of an input is for the version.
fn login(security_type: SecurityType, input: &[u8]) -> Option<Connection> {
    let (version, rest) = input.split_first()?;
    let number = security_type.0 as u8;
    let opening = match version % 3 {
        0 => [&b"RFB 003.008\n\x01"[..], &[number]].concat(),
        1 => [&b"RFB 003.007\n\x01"[..], &[number]].concat(),
        _ => [&b"RFB 003.003\n"[..], &[0, 0, 0, number]].concat(),
    };
    Some(Connection::new(&opening, rest))
}

/// A login that is over at once.
#[derive(Debug)]
struct Unsealed;

impl Login for Unsealed {
    fn advance(&mut self, _: &mut Exchange<'_, '_>) -> Result<LoginStep, LoginError> {
        Ok(LoginStep::Done)
    }

    fn cipher(&mut self) -> Option<Box<dyn Cipher>> {
        Some(Box::new(Records { left: 0 }))
    }
}

/// Records of a length in one byte and as many bytes, as they are. The greatest length is that of a broken one.
#[derive(Debug)]
struct Records {
    left: u8,
}

impl Cipher for Records {
    fn open(&mut self, sealed: &[u8], plain: &mut Vec<u8>) -> Result<(), LoginError> {
        for byte in sealed {
            if self.left > 0 {
                self.left -= 1;
                plain.push(*byte);
            } else if *byte == u8::MAX {
                return Err("a record is broken".into());
            } else {
                self.left = *byte;
            }
        }
        Ok(())
    }

    fn seal(&mut self, plain: &[u8], sealed: &mut Vec<u8>) {
        sealed.extend(plain);
    }
}
