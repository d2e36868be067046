//! A VNC server that plays a trick on its clients until it is mended.

use std::io::{self, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use porthole_tests::image::Image;
use porthole_tests::peer::{Rectangle, handshake, listener, serve, take};

/// What is done with a connection. It is over when this returns.
pub(super) type Trick = Arc<dyn Fn(&mut TcpStream) -> io::Result<()> + Send + Sync>;

/// The size of the desktops here.
pub(super) const SIZE: (u16, u16) = (64, 48);

#[derive(Debug)]
pub(super) struct Server {
    port: u16,
    is_mended: Arc<AtomicBool>,
}

impl Server {
    pub(super) fn start(trick: Trick) -> Self {
        let (listener, port) = listener();
        let is_mended = Arc::new(AtomicBool::new(false));
        let mended = Arc::clone(&is_mended);
        serve(listener, move |mut stream| {
            // An end in the middle is what most tricks lead to.
            let _ = if mended.load(Ordering::SeqCst) {
                be_sound(&mut stream)
            } else {
                trick(&mut stream)
            };
        });
        Self { port, is_mended }
    }

    pub(super) fn sound() -> Self {
        Self::start(Arc::new(be_sound))
    }

    pub(super) fn target(&self) -> String {
        format!("tcp://127.0.0.1:{}", self.port)
    }

    pub(super) fn mend(&self) {
        self.is_mended.store(true, Ordering::SeqCst);
    }
}

// ---- a sound server ----------------------------------------------------------------------------------------

/// What a sound server shows.
pub(super) fn picture() -> Image {
    let (width, height) = (usize::from(SIZE.0), usize::from(SIZE.1));
    let rgb = (0..height)
        .flat_map(|y| (0..width).flat_map(move |x| [x as u8 * 4, y as u8 * 5, (x ^ y) as u8]))
        .collect();
    Image { width, height, rgb }
}

/// The same as a message.
pub(super) fn whole_picture() -> Vec<u8> {
    let pixels = picture()
        .rgb
        .chunks_exact(3)
        .flat_map(|rgb| [rgb[0], rgb[1], rgb[2], 0])
        .collect();
    update(&[([0, 0, SIZE.0, SIZE.1], RAW, pixels)])
}

fn be_sound(stream: &mut TcpStream) -> io::Result<()> {
    handshake(stream, SIZE)?;
    loop {
        if asks_for_all(stream)? {
            stream.write_all(&whole_picture())?;
        }
    }
}

/// Reads one message of the client's. Says whether it asks for the whole screen.
fn asks_for_all(stream: &mut TcpStream) -> io::Result<bool> {
    let length = match take::<1>(stream)?[0] {
        0 => 19,
        2 => {
            let [_, high, low] = take::<3>(stream)?;
            4 * usize::from(u16::from_be_bytes([high, low]))
        }
        3 => return Ok(take::<9>(stream)?[0] == 0),
        4 => 7,
        5 => 5,
        6 => {
            let [_, _, _, length @ ..] = take::<7>(stream)?;
            u32::from_be_bytes(length) as usize
        }
        other => return Err(io::Error::other(format!("message {other}"))),
    };
    for _ in 0..length {
        take::<1>(stream)?;
    }
    Ok(false)
}

// ---- tricks ------------------------------------------------------------------------------------------------

/// Sends this, and then nothing any more.
pub(super) fn says(bytes: impl Into<Vec<u8>>) -> Trick {
    let bytes = bytes.into();
    Arc::new(move |stream| {
        stream.write_all(&bytes)?;
        hear_out(stream)
    })
}

/// Sends this and closes.
pub(super) fn says_and_closes(bytes: impl Into<Vec<u8>>) -> Trick {
    let bytes = bytes.into();
    Arc::new(move |stream| {
        stream.write_all(&bytes)?;
        stream.shutdown(Shutdown::Write)?;
        hear_out(stream)
    })
}

/// Sends this, and then one byte after the other of the rest for ever, the last one again and again.
pub(super) fn drips(first: impl Into<Vec<u8>>, rest: impl Into<Vec<u8>>, every: Duration) -> Trick {
    let (first, rest) = (first.into(), rest.into());
    Arc::new(move |stream| {
        stream.write_all(&first)?;
        let mut rest = rest.iter();
        let mut byte = 0;
        loop {
            thread::sleep(every);
            byte = rest.next().copied().unwrap_or(byte);
            stream.write_all(&[byte])?;
        }
    })
}

/// A desktop that answers the first request with this, and says nothing more.
pub(super) fn desktop(bytes: impl Into<Vec<u8>>) -> Trick {
    desktop_of(SIZE, bytes)
}

pub(super) fn desktop_of(size: (u16, u16), bytes: impl Into<Vec<u8>>) -> Trick {
    let bytes = bytes.into();
    Arc::new(move |stream| {
        begin(stream, size)?;
        stream.write_all(&bytes)?;
        hear_out(stream)
    })
}

/// The same, which then closes.
pub(super) fn desktop_that_closes(bytes: impl Into<Vec<u8>>) -> Trick {
    let bytes = bytes.into();
    Arc::new(move |stream| {
        begin(stream, SIZE)?;
        stream.write_all(&bytes)?;
        stream.shutdown(Shutdown::Write)?;
        hear_out(stream)
    })
}

/// A desktop that shows its picture, and then sends this over and over, as fast as it goes.
pub(super) fn floods(bytes: impl Into<Vec<u8>>) -> Trick {
    let bytes = many(&bytes.into());
    Arc::new(move |stream| {
        begin(stream, SIZE)?;
        stream.write_all(&whole_picture())?;
        let mut ears = stream.try_clone()?;
        thread::spawn(move || {
            let _ = hear_out(&mut ears);
        });
        loop {
            stream.write_all(&bytes)?;
        }
    })
}

/// The same, which reads nothing of what it is sent.
pub(super) fn floods_and_reads_nothing(bytes: impl Into<Vec<u8>>) -> Trick {
    let bytes = many(&bytes.into());
    Arc::new(move |stream| {
        begin(stream, SIZE)?;
        stream.write_all(&whole_picture())?;
        loop {
            stream.write_all(&bytes)?;
        }
    })
}

/// So many that writing them costs little.
fn many(bytes: &[u8]) -> Vec<u8> {
    bytes.repeat((64_usize << 10).div_ceil(bytes.len()))
}

/// Up to the first request for the whole screen.
pub(super) fn begin(stream: &mut TcpStream, size: (u16, u16)) -> io::Result<()> {
    handshake(stream, size)?;
    while !asks_for_all(stream)? {}
    Ok(())
}

/// Takes what comes until the other side has had enough.
pub(super) fn hear_out(stream: &mut TcpStream) -> io::Result<()> {
    io::copy(stream, &mut io::sink()).map(drop)
}

// ---- messages ----------------------------------------------------------------------------------------------

pub(super) const RAW: i32 = 0;

/// All of the desktop.
pub(super) const WHOLE: [u16; 4] = [0, 0, SIZE.0, SIZE.1];

pub(super) const BELL: [u8; 1] = [2];

/// A `FramebufferUpdate`.
pub(super) fn update(rectangles: &[Rectangle]) -> Vec<u8> {
    let mut message = vec![0, 0];
    message.extend((rectangles.len() as u16).to_be_bytes());
    for (place, encoding, content) in rectangles {
        message.extend(rectangle(*place, *encoding, content));
    }
    message
}

/// One rectangle of an update.
pub(super) fn rectangle(place: [u16; 4], encoding: i32, content: &[u8]) -> Vec<u8> {
    let header = place.iter().flat_map(|field| field.to_be_bytes());
    header
        .chain(encoding.to_be_bytes())
        .chain(content.iter().copied())
        .collect()
}

/// An update of one rectangle.
pub(super) fn one(place: [u16; 4], encoding: i32, content: impl Into<Vec<u8>>) -> Vec<u8> {
    update(&[(place, encoding, content.into())])
}

/// A Raw rectangle of one colour.
pub(super) fn plain(place: [u16; 4], colour: [u8; 3]) -> Rectangle {
    let [_, _, width, height] = place;
    let [red, green, blue] = colour;
    let pixels = [red, green, blue, 0].repeat(usize::from(width) * usize::from(height));
    (place, RAW, pixels)
}
