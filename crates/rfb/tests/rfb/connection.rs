//! A client on a mock server, whose pixels can be compared.

use porthole_rfb::{Client, Config, Encoding, Rect};

use crate::image::Picture;
use crate::server::{self, Server};

/// A client that is connected to a server, and what it has painted by the damage it was told of.
pub(crate) struct Connection {
    pub(crate) server: Server,
    pub(crate) client: Client,
    pub(crate) canvas: Vec<u8>,
}

impl Connection {
    pub(crate) fn new(width: u16, height: u16, seed: u64) -> Self {
        Self::with(Config::default(), Server::new(width, height, seed))
    }

    /// One whose client wants this of this server.
    pub(crate) fn with(config: Config, server: Server) -> Self {
        let mut client = Client::new(config);
        client.handle_input(&server.handshake()).unwrap();
        Self {
            server,
            client,
            canvas: Vec::new(),
        }
    }

    pub(crate) fn send(&mut self, bytes: &[u8]) {
        let result = self.client.handle_input(bytes);
        assert_eq!(result.map_err(|error| error.to_string()), Ok(()));
    }

    pub(crate) fn paint(&mut self, encoding: Encoding, picture: Picture, rect: Rect) {
        let rectangle = self.server.paint(encoding, picture, rect);
        self.send(&server::framebuffer_update(&[rectangle]));
        self.assert_exact(&format!("{encoding} {picture:?} {rect}"));
    }

    pub(crate) fn assert_exact(&mut self, what: &str) {
        let truth = self.server.screen.rgba();
        assert!(self.client.framebuffer().bytes() == truth, "{what}: other pixels");
        self.repaint();
        assert!(
            self.canvas == truth,
            "{what}: the damage does not cover what has changed"
        );
    }

    /// Paints what is damaged, as a viewer does.
    pub(crate) fn repaint(&mut self) {
        let damage = self.client.framebuffer_mut().take_damage();
        let framebuffer = self.client.framebuffer();
        let stride = usize::from(framebuffer.size().width) * 4;
        self.canvas.resize(framebuffer.bytes().len(), 0);
        for rect in damage {
            for y in usize::from(rect.y)..rect.bottom() as usize {
                let row = y * stride + usize::from(rect.x) * 4..y * stride + rect.right() as usize * 4;
                self.canvas[row.clone()].copy_from_slice(&framebuffer.bytes()[row]);
            }
        }
    }

    /// The largest difference of a component between the server's pixels and the client's.
    pub(crate) fn difference(&self) -> u8 {
        let truth = self.server.screen.rgba();
        let pixels = self.client.framebuffer().bytes().iter();
        pixels.zip(&truth).map(|(a, b)| a.abs_diff(*b)).max().unwrap()
    }
}
