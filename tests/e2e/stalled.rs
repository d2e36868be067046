//! A browser that has stopped reading, while its desktop sends as much as it is let: the worst that a slow reader can be.

use std::io::Write as _;
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::SeqCst};
use std::thread;
use std::time::{Duration, Instant};

use porthole_tests::browser::{Browser, Stroke};
use porthole_tests::desktop::Tigervnc;
use porthole_tests::gateway::Gateway;
use porthole_tests::image::Image;
use porthole_tests::peer::{handshake, listener, serve};
use porthole_tests::wait::{LONG, until};

const SIZE: (u16, u16) = (320, 240);

/// How much more memory the gateway may have for a reader that has stalled, in KiB: the torrent sends that in an instant.
const MOST_KIB: u64 = 8 << 10;

/// A browser may answer no ping for a minute, or more where the machine has much to do.
const GIVEN_UP: Duration = Duration::from_secs(150);

fn gateway(torrent: &Torrent, desktop: &Tigervnc) -> Gateway {
    Gateway::with(&format!(
        "[sessions.torrent]\ntarget = 'tcp://127.0.0.1:{}'\n[sessions.vm]\ntarget = '{}'\n",
        torrent.port,
        desktop.target()
    ))
}

fn torrents_page(gateway: &Gateway) -> String {
    gateway.url("/api/auth/session/torrent/novnc/?resize=off&reconnect=true&reconnect_delay=500")
}

#[test]
fn a_reader_that_stalls_holds_back_its_own_desktop_and_nobody_else() {
    let (torrent, desktop) = (Torrent::start(), Tigervnc::start((640, 480)));
    let gateway = gateway(&torrent, &desktop);
    let (stalling, other) = Browser::start_two();
    other.open(&gateway.page("resize=off"));
    other.connected();
    stalling.open(&torrents_page(&gateway));
    stalling.connected();
    let before = gateway.memory();
    let held = stalling.asleep(|| {
        let held = torrent.stands_still();
        // Whoever sits at another desktop notices nothing.
        let window =
            desktop
                .display
                .window((10, 10), (300, 200), x11rb::protocol::xproto::EventMask::NO_EVENT);
        for seed in 1..4 {
            desktop.display.draw(window, seed);
            other.shows("what is painted on the other desktop", || {
                desktop.display.picture()
            });
        }
        other.keys(&[Stroke::Down("x")]);
        until("the other desktop's key", LONG, || match desktop.display.held() {
            (1, 0) => Ok(()),
            held => Err(format!("{held:?}")),
        });
        let grown = gateway.memory().saturating_sub(before);
        assert!(
            grown < MOST_KIB,
            "the gateway has {grown} KiB more for a reader that reads nothing"
        );
        assert_eq!(
            torrent.sent(),
            held,
            "the desktop is held back for as long as nobody reads"
        );
        held
    });
    until("the desktop goes on", LONG, || match torrent.sent() {
        sent if sent > held => Ok(()),
        sent => Err(format!("{sent} bytes")),
    });
    torrent.end();
    stalling.shows("the torrent's last frame", Torrent::last_frame);
    assert_eq!(stalling.text(".card.ended"), None);
    assert_eq!(torrent.connections(), 1, "all of it was one connection");
}

#[test]
fn a_reader_that_stalls_for_good_is_given_up_and_comes_back_by_itself() {
    let (torrent, desktop) = (Torrent::start(), Tigervnc::start((640, 480)));
    let gateway = gateway(&torrent, &desktop);
    let browser = Browser::start();
    browser.open(&torrents_page(&gateway));
    browser.connected();
    browser.asleep(|| {
        torrent.stands_still();
        until("the desktop is let go of", GIVEN_UP, || {
            match torrent.open_now() {
                0 => Ok(()),
                open => Err(format!("{open} connections are open")),
            }
        });
    });
    // Why it ended is shown for a moment alone.
    until("it comes back", LONG, || match torrent.connections() {
        1 => Err("it has not".to_owned()),
        _ => Ok(()),
    });
    browser.connected();
    torrent.end();
    browser.shows("the torrent's last frame", Torrent::last_frame);
}

// ---- the desktop -------------------------------------------------------------------------------------------

/// A VNC server that sends one frame after the other without being asked, as fast as they are taken, and then a last one.
struct Torrent {
    port: u16,
    flow: Arc<Flow>,
}

#[derive(Default)]
struct Flow {
    /// Bytes that somebody has taken.
    sent: AtomicU64,
    connections: AtomicUsize,
    open: AtomicUsize,
    is_over: AtomicBool,
}

impl Torrent {
    fn start() -> Self {
        let (listener, port) = listener();
        let flow = Arc::new(Flow::default());
        let shared = Arc::clone(&flow);
        serve(listener, move |mut stream| {
            shared.connections.fetch_add(1, SeqCst);
            shared.open.fetch_add(1, SeqCst);
            // It ends when the viewer goes.
            let _ = flood(&mut stream, &shared);
            shared.open.fetch_sub(1, SeqCst);
        });
        Self { port, flow }
    }

    fn sent(&self) -> u64 {
        self.flow.sent.load(SeqCst)
    }

    fn connections(&self) -> usize {
        self.flow.connections.load(SeqCst)
    }

    fn open_now(&self) -> usize {
        self.flow.open.load(SeqCst)
    }

    /// The next frame is the last.
    fn end(&self) {
        self.flow.is_over.store(true, SeqCst);
    }

    /// Waits until all that lies between here and the reader is full, so that nothing more has gone out for two seconds.
    fn stands_still(&self) -> u64 {
        let (mut sent, mut since) = (self.sent(), Instant::now());
        until("the desktop is held back", LONG, || {
            let now = self.sent();
            if now != sent {
                (sent, since) = (now, Instant::now());
            }
            if sent > 0 && since.elapsed() > Duration::from_secs(2) {
                Ok(sent)
            } else {
                Err(format!("{now} bytes were sent"))
            }
        })
    }

    fn last_frame() -> Image {
        let (width, height) = (usize::from(SIZE.0), usize::from(SIZE.1));
        let rgb = (0..height)
            .flat_map(|y| (0..width).flat_map(move |x| [x as u8, y as u8, (x ^ y) as u8]))
            .collect();
        Image { width, height, rgb }
    }
}

fn flood(stream: &mut TcpStream, flow: &Flow) -> std::io::Result<()> {
    handshake(stream, SIZE)?;
    // What the viewer says is of no interest, and must not pile up.
    let mut said = stream.try_clone()?;
    let hearing = thread::spawn(move || std::io::copy(&mut said, &mut std::io::sink()));
    let mut grey = 0_u8;
    while !flow.is_over.load(SeqCst) {
        grey = grey.wrapping_add(1);
        let area = usize::from(SIZE.0) * usize::from(SIZE.1);
        for piece in frame(vec![grey; area * 4]).chunks(1 << 14) {
            stream.write_all(piece)?;
            flow.sent.fetch_add(piece.len() as u64, SeqCst);
        }
    }
    let pixels = Torrent::last_frame()
        .rgb
        .chunks_exact(3)
        .flat_map(|rgb| [rgb[0], rgb[1], rgb[2], 0])
        .collect();
    stream.write_all(&frame(pixels))?;
    let _ = hearing.join();
    Ok(())
}

/// `FramebufferUpdate` with all of the screen in Raw.
fn frame(pixels: Vec<u8>) -> Vec<u8> {
    let mut update = vec![0, 0, 0, 1, 0, 0, 0, 0];
    update.extend(SIZE.0.to_be_bytes());
    update.extend(SIZE.1.to_be_bytes());
    update.extend([0; 4]);
    update.extend(pixels);
    update
}
