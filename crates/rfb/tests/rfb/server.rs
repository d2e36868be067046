//! A VNC server without a socket: it has a screen of its own and writes what it would send.

use porthole_rfb::{Encoding, Rect, Screen};

use crate::dice::Dice;
use crate::encoders::{Encoders, with_length};
use crate::image::{Image, Picture, Rgb};
use crate::oracle::formats;

/// `RFB 003.008` and the rest of a handshake without a login, up to `ServerInit` for this screen.
pub(crate) fn handshake(width: u16, height: u16, name: &str) -> Vec<u8> {
    handshake_with(width, height, &PIXEL_FORMATS[0], name)
}

/// The same of a server with pixels of its own.
fn handshake_with(width: u16, height: u16, pixel_format: &[u8; 16], name: &str) -> Vec<u8> {
    let mut bytes = b"RFB 003.008\n\x01\x01".to_vec();
    bytes.extend([0; 4]);
    bytes.extend(server_init(width, height, pixel_format, name.as_bytes()));
    bytes
}

/// RFC 6143, 7.3.2.
pub(crate) fn server_init(width: u16, height: u16, pixel_format: &[u8; 16], name: &[u8]) -> Vec<u8> {
    let mut bytes = [width.to_be_bytes(), height.to_be_bytes()].concat();
    bytes.extend(pixel_format);
    bytes.extend(with_length(name.to_vec()));
    bytes
}

/// What servers say of their own pixels, which the client answers with a format of its own: 32 bits with red on
/// top, the same in big-endian, 16 bits, 8 bits of true colour and 8 bits with a colour map.
pub(crate) const PIXEL_FORMATS: [[u8; 16]; 5] = [
    [32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0, 0, 0, 0],
    [32, 24, 1, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0, 0, 0, 0],
    [16, 16, 0, 1, 0, 31, 0, 63, 0, 31, 11, 5, 0, 0, 0, 0],
    [8, 8, 0, 1, 0, 7, 0, 7, 0, 3, 0, 3, 6, 0, 0, 0],
    [8, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
];

/// A rectangle with its header.
pub(crate) fn rectangle(rect: Rect, encoding: Encoding, content: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for field in [rect.x, rect.y, rect.width, rect.height] {
        bytes.extend_from_slice(&field.to_be_bytes());
    }
    bytes.extend_from_slice(&encoding.0.to_be_bytes());
    bytes.extend_from_slice(content);
    bytes
}

/// A `FramebufferUpdate` of these rectangles.
pub(crate) fn framebuffer_update(rectangles: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = vec![0, 0];
    bytes.extend_from_slice(&(rectangles.len() as u16).to_be_bytes());
    bytes.extend(rectangles.concat());
    bytes
}

/// The same of a server that did not know how many they would be.
pub(crate) fn update_until_last_rect(rectangles: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = vec![0, 0, 0xFF, 0xFF];
    bytes.extend(rectangles.concat());
    bytes.extend(rectangle(Rect::default(), Encoding::LAST_RECT, &[]));
    bytes
}

pub(crate) const BELL: [u8; 1] = [2];

pub(crate) const END_OF_CONTINUOUS_UPDATES: [u8; 1] = [150];

pub(crate) fn server_cut_text(text: &[u8]) -> Vec<u8> {
    let mut bytes = vec![3, 0, 0, 0];
    bytes.extend(with_length(text.to_vec()));
    bytes
}

/// A message of the extended clipboard: flags and what follows them.
pub(crate) fn extended_cut_text(flags: u32, data: &[u8]) -> Vec<u8> {
    let mut bytes = vec![3, 0, 0, 0];
    bytes.extend((-(data.len() as i32) - 4).to_be_bytes());
    bytes.extend(flags.to_be_bytes());
    bytes.extend_from_slice(data);
    bytes
}

/// RFC 6143, 7.6.2: three intensities of two bytes a colour.
pub(crate) fn set_colour_map_entries(first: u16, colours: u16) -> Vec<u8> {
    let mut bytes = vec![1, 0];
    bytes.extend(first.to_be_bytes());
    bytes.extend(colours.to_be_bytes());
    bytes.extend((0..usize::from(colours) * 6).map(|number| number as u8));
    bytes
}

/// The same of a map with these colours from its beginning.
pub(crate) fn set_colour_map(map: &[Rgb]) -> Vec<u8> {
    let mut bytes = vec![1, 0, 0, 0];
    bytes.extend((map.len() as u16).to_be_bytes());
    for intensity in map.as_flattened() {
        bytes.extend((u16::from(*intensity) * 0x0101).to_be_bytes());
    }
    bytes
}

pub(crate) fn server_fence(flags: u32, payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![248, 0, 0, 0];
    bytes.extend(flags.to_be_bytes());
    bytes.push(payload.len() as u8);
    bytes.extend_from_slice(payload);
    bytes
}

/// rfbproto, "xvp Server Message".
pub(crate) fn xvp(code: u8) -> Vec<u8> {
    vec![250, 0xAA, 1, code]
}

/// UltraVNC's chat, of which the length may be negative.
pub(crate) fn text_chat(length: i32, text: &[u8]) -> Vec<u8> {
    [&[11, 0xAA, 0xBB, 0xCC], &length.to_be_bytes()[..], text].concat()
}

/// What an `ExtendedDesktopSize` rectangle carries.
pub(crate) fn screens(screens: &[Screen]) -> Vec<u8> {
    let mut bytes = vec![screens.len() as u8, 0xAA, 0xBB, 0xCC];
    for screen in screens {
        bytes.extend(screen.id.to_be_bytes());
        for field in [
            screen.rect.x,
            screen.rect.y,
            screen.rect.width,
            screen.rect.height,
        ] {
            bytes.extend_from_slice(&field.to_be_bytes());
        }
        bytes.extend(screen.flags.to_be_bytes());
    }
    bytes
}

/// The server's side of a connection after the handshake: the screen as the client is to have it.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) screen: Image,
    pub(crate) encoders: Encoders,
    pub(crate) dice: Dice,
}

impl Server {
    pub(crate) fn new(width: u16, height: u16, seed: u64) -> Self {
        Self {
            screen: Image::new(width, height),
            encoders: Encoders::new(seed),
            dice: Dice::new(!seed),
        }
    }

    /// The handshake for its screen as it is, and its colours where its pixels are indices.
    pub(crate) fn handshake(&self) -> Vec<u8> {
        let format = &self.encoders.format;
        let mut bytes = handshake_with(
            self.screen.width,
            self.screen.height,
            &formats::bytes(format.layout),
            "",
        );
        if !format.layout.true_colour {
            bytes.extend(set_colour_map(&format.map));
        }
        bytes
    }

    /// Puts a picture on the screen and gives the rectangle that shows it.
    pub(crate) fn paint(&mut self, encoding: Encoding, picture: Picture, rect: Rect) -> Vec<u8> {
        let image = picture.paint(rect.width, rect.height, &mut self.dice);
        self.show(encoding, &image, rect.x, rect.y)
    }

    /// Puts an image on the screen and gives the rectangle that shows it.
    pub(crate) fn show(&mut self, encoding: Encoding, image: &Image, x: u16, y: u16) -> Vec<u8> {
        let (content, shown) = self.encoders.encode(encoding, image);
        self.screen.paste(x, y, &shown);
        rectangle(Rect::new(x, y, image.width, image.height), encoding, &content)
    }

    /// Copies a part of the screen and gives the CopyRect rectangle for it.
    pub(crate) fn copy(&mut self, from: (u16, u16), to: Rect) -> Vec<u8> {
        let image = self.screen.cut(Rect::new(from.0, from.1, to.width, to.height));
        self.screen.paste(to.x, to.y, &image);
        let content = [from.0.to_be_bytes(), from.1.to_be_bytes()].concat();
        rectangle(to, Encoding::COPY_RECT, &content)
    }

    /// Changes the screen's size and gives the DesktopSize rectangle for it.
    pub(crate) fn resize(&mut self, width: u16, height: u16) -> Vec<u8> {
        self.screen = self.screen.resized(width, height);
        rectangle(Rect::new(0, 0, width, height), Encoding::DESKTOP_SIZE, &[])
    }

    /// A Cursor rectangle: pixels of noise and a mask of chance, whose padding bits may be anything.
    pub(crate) fn cursor(&mut self, hotspot: (u16, u16), width: u16, height: u16) -> Vec<u8> {
        let stride = usize::from(width).div_ceil(8);
        let length = (usize::from(width) * 4 + stride) * usize::from(height);
        let content: Vec<u8> = (0..length).map(|_| self.dice.byte()).collect();
        rectangle(
            Rect::new(hotspot.0, hotspot.1, width, height),
            Encoding::CURSOR,
            &content,
        )
    }

    /// The same in another form, all of noise.
    pub(crate) fn other_cursor(
        &mut self,
        form: CursorForm,
        hotspot: (u16, u16),
        width: u16,
        height: u16,
    ) -> Vec<u8> {
        let rect = Rect::new(hotspot.0, hotspot.1, width, height);
        let (columns, rows) = (usize::from(width), usize::from(height));
        let (area, mask) = (columns * rows, columns.div_ceil(8) * rows);
        let mut noise = |length: usize| -> Vec<u8> { (0..length).map(|_| self.dice.byte()).collect() };
        let (encoding, content) = match form {
            CursorForm::X if area == 0 => (Encoding::X_CURSOR, vec![]),
            CursorForm::X => (Encoding::X_CURSOR, noise(6 + 2 * mask)),
            CursorForm::Alpha => (
                Encoding::CURSOR_WITH_ALPHA,
                [vec![0; 4], noise(4 * area)].concat(),
            ),
            CursorForm::VmwareClassic => (Encoding::VMWARE_CURSOR, [vec![0, 9], noise(8 * area)].concat()),
            CursorForm::VmwareAlpha => (Encoding::VMWARE_CURSOR, [vec![1, 9], noise(4 * area)].concat()),
            CursorForm::VmwareUnknown => (Encoding::VMWARE_CURSOR, vec![2, 9]),
        };
        rectangle(rect, encoding, &content)
    }
}

/// The forms of a cursor besides the Cursor pseudo-encoding's.
#[derive(Debug, Clone, Copy)]
pub(crate) enum CursorForm {
    X,
    Alpha,
    VmwareClassic,
    VmwareAlpha,
    VmwareUnknown,
}
