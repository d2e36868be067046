//! What is measured.

use porthole_rfb::{Client, Config};

pub const WIDTH: usize = 1920;
pub const HEIGHT: usize = 1080;

/// Bytes that a WebSocket message may well have.
const SLICE: usize = 64 << 10;

/// A client of which the handshake is done.
pub struct Receiver(Client);

impl Default for Receiver {
    fn default() -> Self {
        let mut client = Client::new(Config::default());
        let mut server = b"RFB 003.008\n\x01\x01\0\0\0\0".to_vec();
        server.extend((WIDTH as u16).to_be_bytes());
        server.extend((HEIGHT as u16).to_be_bytes());
        server.extend([0; 16 + 4]);
        client.handle_input(&server).expect("a handshake");
        Self(client)
    }
}

impl Receiver {
    /// Takes a server's messages in, as the session in a page does.
    pub fn receive(&mut self, wire: &[u8]) {
        for slice in wire.chunks(SLICE) {
            self.0.handle_input(slice).expect("an update");
            while self.0.is_busy() {
                self.0.handle_input(&[]).expect("an update");
            }
        }
        while self.0.poll_event().is_some() {}
        self.0.poll_transmit();
        self.0.framebuffer_mut().take_damage();
    }

    /// The screen's pixels: R, G, B, 255.
    pub fn pixels(&self) -> &[u8] {
        self.0.framebuffer().bytes()
    }
}

/// As many bytes as a screen has, copied: what no decoder is faster than.
pub fn copy(from: &[u8], to: &mut [u8]) {
    std::hint::black_box(to).copy_from_slice(std::hint::black_box(from));
}
