//! Conversations of any kind: what a server may say after the handshake, in any order.

use porthole_rfb::{Encoding, Rect, Screen};
use proptest::prelude::*;

use crate::encoders::LOSSLESS;
use crate::image::Picture;
use crate::server::{self, CursorForm, Server};

/// A message of the server.
#[derive(Debug, Clone)]
pub(crate) enum Message {
    Update { parts: Vec<Part>, is_counted: bool },
    Bell,
    CutText(Vec<u8>),
    Clipboard { flags: u32, data: Vec<u8> },
    ColourMap(u16),
    Fence { flags: u32, payload: Vec<u8> },
    EndOfContinuousUpdates,
    Xvp(u8),
    Chat { opens: bool, text: Vec<u8> },
}

/// A rectangle of an update.
#[derive(Debug, Clone)]
pub(crate) enum Part {
    Pixels {
        encoding: Encoding,
        picture: Picture,
        place: Place,
    },
    Jpeg {
        encoding: Encoding,
        place: Place,
    },
    Copy {
        from: (u16, u16),
        place: Place,
    },
    Resize {
        width: u16,
        height: u16,
    },
    Extended {
        reason: u16,
        status: u16,
        width: u16,
        height: u16,
        screens: u8,
    },
    Cursor {
        hotspot: (u16, u16),
        width: u16,
        height: u16,
    },
    OtherCursor {
        form: CursorForm,
        hotspot: (u16, u16),
        width: u16,
        height: u16,
    },
    Name(String),
    /// A rectangle of any place and no size, of which its header is the message.
    Bare {
        encoding: Encoding,
        place: (u16, u16),
    },
    Locks {
        is_vmware: bool,
        state: u8,
    },
    CursorState(u16),
    /// Another size, as UltraVNC tells it.
    ViewSize {
        width: u16,
        height: u16,
    },
}

/// Numbers that become a rectangle of whatever size the screen has by then.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    left: u16,
    top: u16,
    width: u16,
    height: u16,
}

impl Place {
    fn on(self, server: &Server) -> Rect {
        let (width, height) = (server.screen.width, server.screen.height);
        let (x, y) = (self.left % width, self.top % height);
        let (width, height) = (self.width % (width - x), self.height % (height - y));
        Rect::new(x, y, width + 1, height + 1)
    }
}

pub(crate) fn conversation() -> impl Strategy<Value = Vec<Message>> {
    prop::collection::vec(message(), 0..8)
}

/// The bytes of a conversation, with its handshake, and the server afterwards.
pub(crate) fn spoken(messages: &[Message], seed: u64) -> (Vec<u8>, Server) {
    let mut server = Server::new(40, 30, seed);
    let mut bytes = server::handshake(40, 30, "a mock server");
    for message in messages {
        bytes.extend(message.bytes(&mut server));
    }
    (bytes, server)
}

impl Message {
    /// Whether the client ends up with exactly the server's pixels.
    pub(crate) fn is_lossless(&self) -> bool {
        let Self::Update { parts, .. } = self else {
            return true;
        };
        !parts.iter().any(|part| matches!(part, Part::Jpeg { .. }))
    }

    fn bytes(&self, server: &mut Server) -> Vec<u8> {
        match self {
            Self::Update { parts, is_counted } => {
                let rectangles: Vec<_> = parts.iter().map(|part| part.bytes(server)).collect();
                if *is_counted {
                    server::framebuffer_update(&rectangles)
                } else {
                    server::update_until_last_rect(&rectangles)
                }
            }
            Self::Bell => server::BELL.to_vec(),
            Self::CutText(text) => server::server_cut_text(text),
            Self::Clipboard { flags, data } => server::extended_cut_text(*flags, data),
            Self::ColourMap(colours) => server::set_colour_map_entries(0, *colours),
            Self::Fence { flags, payload } => server::server_fence(*flags, payload),
            Self::EndOfContinuousUpdates => server::END_OF_CONTINUOUS_UPDATES.to_vec(),
            Self::Xvp(code) => server::xvp(*code),
            Self::Chat { opens: true, .. } => server::text_chat(-1, &[]),
            Self::Chat { text, .. } => server::text_chat(text.len() as i32, text),
        }
    }
}

impl Part {
    fn bytes(&self, server: &mut Server) -> Vec<u8> {
        match *self {
            Self::Pixels {
                encoding,
                picture,
                place,
            } => server.paint(encoding, picture, place.on(server)),
            Self::Jpeg { encoding, place } => {
                let rect = place.on(server);
                let image = Picture::Gradient.paint(rect.width, rect.height, &mut server.dice);
                server.screen.paste(rect.x, rect.y, &image);
                let content = if encoding == Encoding::TIGHT {
                    server.encoders.tight_jpeg(&image)
                } else {
                    server.encoders.encode(encoding, &image).0
                };
                server::rectangle(rect, encoding, &content)
            }
            Self::Copy { from, place } => {
                let to = place.on(server);
                let x = from.0 % (server.screen.width - to.width + 1);
                let y = from.1 % (server.screen.height - to.height + 1);
                server.copy((x, y), to)
            }
            Self::Resize { width, height } => server.resize(width, height),
            Self::Extended {
                reason,
                status,
                width,
                height,
                screens,
            } => {
                // An answer that says that nothing was done changes nothing.
                if reason != 1 || status == 0 {
                    server.screen = server.screen.resized(width, height);
                }
                let screens: Vec<Screen> = (0..screens)
                    .map(|id| Screen {
                        id: u32::from(id) << 24 | 5,
                        rect: Rect::new(0, 0, width, height),
                        flags: 1 << id,
                    })
                    .collect();
                let rect = Rect::new(reason, status, width, height);
                server::rectangle(rect, Encoding::EXTENDED_DESKTOP_SIZE, &server::screens(&screens))
            }
            Self::Cursor {
                hotspot,
                width,
                height,
            } => server.cursor(hotspot, width, height),
            Self::Name(ref name) => {
                let content = crate::encoders::with_length(name.as_bytes().to_vec());
                server::rectangle(Rect::default(), Encoding::DESKTOP_NAME, &content)
            }
            Self::OtherCursor {
                form,
                hotspot,
                width,
                height,
            } => server.other_cursor(form, hotspot, width, height),
            Self::Bare { encoding, place } => {
                server::rectangle(Rect::new(place.0, place.1, 0, 0), encoding, &[])
            }
            Self::Locks {
                is_vmware: true,
                state,
            } => server::rectangle(Rect::default(), Encoding::VMWARE_LED_STATE, &[0, 0, 0, state]),
            Self::Locks { state, .. } => server::rectangle(Rect::default(), Encoding::LED_STATE, &[state]),
            Self::CursorState(state) => {
                let state = state.to_be_bytes();
                server::rectangle(Rect::default(), Encoding::VMWARE_CURSOR_STATE, &state)
            }
            Self::ViewSize { width, height } => {
                server.screen = server.screen.resized(width, height);
                server::rectangle(Rect::new(3, 4, width, height), Encoding::DESKTOP_NAME, &[])
            }
        }
    }
}

fn message() -> impl Strategy<Value = Message> {
    let update = (prop::collection::vec(part(), 0..5), any::<bool>())
        .prop_map(|(parts, is_counted)| Message::Update { parts, is_counted });
    let fence = (
        any::<u32>(),
        any::<bool>(),
        prop::collection::vec(any::<u8>(), 0..=64),
    )
        .prop_map(|(flags, is_request, payload)| Message::Fence {
            flags: flags & 0x7FFF_FFFF | u32::from(is_request) << 31,
            payload,
        });
    prop_oneof![
        6 => update,
        1 => Just(Message::Bell),
        1 => prop::collection::vec(any::<u8>(), 0..40).prop_map(Message::CutText),
        2 => clipboard(),
        1 => (0_u16..300).prop_map(Message::ColourMap),
        1 => fence,
        1 => Just(Message::EndOfContinuousUpdates),
        1 => (0_u8..4).prop_map(Message::Xvp),
        1 => (any::<bool>(), prop::collection::vec(any::<u8>(), 0..40))
            .prop_map(|(opens, text)| Message::Chat { opens, text }),
    ]
}

/// Any actions for any formats, with data that a provide message has or with anything.
fn clipboard() -> impl Strategy<Value = Message> {
    let entry = prop::collection::vec(any::<u8>(), 0..60);
    let provided =
        prop::collection::vec(entry, 0..5).prop_map(|entries| crate::clipboard::provided(&entries));
    let data = prop_oneof![
        4 => provided,
        1 => prop::collection::vec(any::<u8>(), 0..40),
    ];
    (any::<u32>(), data).prop_map(|(flags, data)| Message::Clipboard { flags, data })
}

fn part() -> impl Strategy<Value = Part> {
    let side = || 1_u16..150;
    // What ZYWRLE loses is known beforehand.
    let encodings: Vec<Encoding> = LOSSLESS.into_iter().chain([Encoding::ZYWRLE]).collect();
    prop_oneof![
        12 => (prop::sample::select(encodings), prop::sample::select(&Picture::ALL[..]), place())
            .prop_map(|(encoding, picture, place)| Part::Pixels { encoding, picture, place }),
        1 => (prop::sample::select(&[Encoding::TIGHT, Encoding::JPEG][..]), place())
            .prop_map(|(encoding, place)| Part::Jpeg { encoding, place }),
        2 => (any::<(u16, u16)>(), place()).prop_map(|(from, place)| Part::Copy { from, place }),
        1 => (side(), side()).prop_map(|(width, height)| Part::Resize { width, height }),
        1 => (0_u16..3, 0_u16..6, side(), side(), 0_u8..4).prop_map(
            |(reason, status, width, height, screens)| Part::Extended { reason, status, width, height, screens }
        ),
        1 => (any::<(u16, u16)>(), 0_u16..20, 0_u16..20)
            .prop_map(|(hotspot, width, height)| Part::Cursor { hotspot, width, height }),
        1 => "\\PC{0,12}".prop_map(Part::Name),
        2 => (prop::sample::select(&CURSOR_FORMS[..]), any::<(u16, u16)>(), 0_u16..20, 0_u16..20).prop_map(
            |(form, hotspot, width, height)| Part::OtherCursor { form, hotspot, width, height }
        ),
        2 => (prop::sample::select(&BARE[..]), any::<(u16, u16)>())
            .prop_map(|(encoding, place)| Part::Bare { encoding, place }),
        1 => any::<(bool, u8)>().prop_map(|(is_vmware, state)| Part::Locks { is_vmware, state }),
        1 => any::<u16>().prop_map(Part::CursorState),
        1 => (side(), side()).prop_map(|(width, height)| Part::ViewSize { width, height }),
    ]
}

const CURSOR_FORMS: [CursorForm; 5] = [
    CursorForm::X,
    CursorForm::Alpha,
    CursorForm::VmwareClassic,
    CursorForm::VmwareAlpha,
    CursorForm::VmwareUnknown,
];

const BARE: [Encoding; 5] = [
    Encoding::EXTENDED_MOUSE_BUTTONS,
    Encoding::EXTENDED_KEY_EVENT,
    Encoding::POINTER_MOTION_CHANGE,
    Encoding::POINTER_POSITION,
    Encoding::VMWARE_CURSOR_POSITION,
];

fn place() -> impl Strategy<Value = Place> {
    any::<(u16, u16, u16, u16)>().prop_map(|(left, top, width, height)| Place {
        left,
        top,
        width,
        height,
    })
}
