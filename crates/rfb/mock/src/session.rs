//! After the login: the desktop's description, what the client sends, and updates in Raw.

use crate::config::Lists;
use crate::handshake::Talk;
use crate::picture::picture;
use crate::record::Message;
use crate::wire::Result;

/// 32 bits with red on top, little-endian: the server's own.
const PIXEL_FORMAT: [u8; 16] = [32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0, 0, 0, 0];

/// More than any text that a test sends.
const LONGEST_TEXT: u32 = 1 << 20;

pub(crate) async fn run(talk: &Talk, lists: Option<&Lists>) -> Result<()> {
    let wire = &talk.wire;
    let is_shared = wire.u8().await? != 0;
    talk.record.borrow_mut().is_shared = Some(is_shared);
    wire.put(&server_init(talk, lists));
    let mut screen = Screen {
        number: 0,
        is_changed: true,
        is_wanted: false,
        format: PIXEL_FORMAT,
    };
    loop {
        let message = message(talk).await?;
        match &message {
            Message::SetPixelFormat(format) => screen.format = *format,
            Message::FramebufferUpdateRequest { is_incremental, .. } => {
                screen.is_wanted = true;
                screen.is_changed |= !is_incremental;
            }
            Message::Key {
                is_down: true,
                keysym,
            } => {
                screen.number = *keysym;
                screen.is_changed = true;
            }
            _ => {}
        }
        talk.record.borrow_mut().messages.push(message);
        if screen.is_wanted && screen.is_changed {
            (screen.is_wanted, screen.is_changed) = (false, false);
            wire.put(&screen.update(talk.config.size)?);
        }
    }
}

fn server_init(talk: &Talk, lists: Option<&Lists>) -> Vec<u8> {
    let (width, height) = talk.config.size;
    let mut init = [width.to_be_bytes(), height.to_be_bytes()].concat();
    init.extend(PIXEL_FORMAT);
    init.extend((talk.config.name.len() as u32).to_be_bytes());
    init.extend(talk.config.name.bytes());
    if let Some(lists) = lists {
        let lists = [&lists.server_messages, &lists.client_messages, &lists.encodings];
        for list in lists {
            init.extend((list.len() as u16).to_be_bytes());
        }
        init.extend([0; 2]);
        for capability in lists.into_iter().flatten() {
            init.extend(capability.wire());
        }
    }
    init
}

async fn message(talk: &Talk) -> Result<Message> {
    let wire = &talk.wire;
    Ok(match wire.u8().await? {
        0 => {
            wire.bytes(3).await?;
            Message::SetPixelFormat(wire.array().await?)
        }
        2 => {
            wire.bytes(1).await?;
            let mut encodings = Vec::new();
            for _ in 0..wire.u16().await? {
                encodings.push(i32::from_be_bytes(wire.array().await?));
            }
            Message::SetEncodings(encodings)
        }
        3 => Message::FramebufferUpdateRequest {
            is_incremental: wire.u8().await? != 0,
            rect: [
                wire.u16().await?,
                wire.u16().await?,
                wire.u16().await?,
                wire.u16().await?,
            ],
        },
        4 => {
            let is_down = wire.u8().await? != 0;
            wire.bytes(2).await?;
            let keysym = wire.u32().await?;
            Message::Key { is_down, keysym }
        }
        5 => Message::Pointer {
            buttons: wire.u8().await?,
            place: (wire.u16().await?, wire.u16().await?),
        },
        6 => {
            wire.bytes(3).await?;
            let length = wire.u32().await?;
            if length > LONGEST_TEXT {
                return Err(format!("ClientCutText of {length} bytes"));
            }
            Message::CutText(wire.bytes(length as usize).await?)
        }
        other => return Err(format!("message {other} was not offered")),
    })
}

struct Screen {
    /// Which picture is on it.
    number: u32,
    is_changed: bool,
    is_wanted: bool,
    format: [u8; 16],
}

impl Screen {
    /// A `FramebufferUpdate` of one Raw rectangle with everything.
    fn update(&self, (width, height): (u16, u16)) -> Result<Vec<u8>> {
        let mut update = vec![0, 0, 0, 1, 0, 0, 0, 0];
        update.extend(width.to_be_bytes());
        update.extend(height.to_be_bytes());
        update.extend([0; 4]);
        for rgb in picture(width, height, self.number).chunks_exact(3) {
            update.extend(self.pixel(rgb)?);
        }
        Ok(update)
    }

    /// One pixel as the client wants it (rfbproto, ServerInit: PIXEL_FORMAT).
    fn pixel(&self, rgb: &[u8]) -> Result<Vec<u8>> {
        let [bits, _, is_big_endian, is_true_colour, rest @ ..] = self.format;
        let (maxima, shifts) = (&rest[..6], &rest[6..9]);
        if is_true_colour == 0 {
            return Err("the client wants a colour map".to_owned());
        }
        let mut value = 0;
        for ((colour, maximum), shift) in rgb.iter().zip(maxima.chunks_exact(2)).zip(shifts) {
            let maximum = u32::from(maximum[0]) << 8 | u32::from(maximum[1]);
            value |= ((u32::from(*colour) * maximum + 127) / 255) << shift;
        }
        let length = usize::from(bits / 8);
        Ok(if is_big_endian == 0 {
            value.to_le_bytes()[..length].to_vec()
        } else {
            value.to_be_bytes()[4 - length..].to_vec()
        })
    }
}
