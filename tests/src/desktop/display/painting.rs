//! What is drawn on a display.

use x11rb::connection::Connection;
use x11rb::protocol::xproto::{
    ChangeGCAux, ConnectionExt, CreateGCAux, Drawable, Gcontext, ImageFormat, Pixmap, Rectangle, Window,
};
use x11rb::wrapper::ConnectionExt as _;

use super::Display;
use crate::image::noise;

impl Display {
    /// Noise, a gradient, text, flat areas and lines: something for every way to encode.
    pub fn draw(&self, window: Window, seed: u32) {
        let connection = &self.connection;
        let size = connection.get_geometry(window).unwrap().reply().unwrap();
        let (width, height) = (usize::from(size.width), usize::from(size.height));
        let half = (width / 2, height / 2);
        self.put(window, (0, 0), half, noise(seed, half.0 * half.1));
        let gradient = (0..half.0 * half.1).map(|at| {
            let (x, y) = (at % half.0 * 255 / half.0, at / half.0 * 255 / half.1);
            ((x << 16) | (y << 8) | (255 - x)) as u32
        });
        self.put(window, (half.0, 0), half, gradient);
        let font = connection.generate_id().unwrap();
        connection.open_font(font, b"fixed").unwrap();
        let ink = CreateGCAux::new()
            .font(font)
            .foreground(0x00FF_F0C0)
            .background(0x0020_2030);
        self.with_context(window, &ink, |context| {
            for line in 0..(half.1 / 14) {
                let text = format!("{line} The quick brown fox jumps over the lazy dog {seed}");
                let y = (half.1 + 14 * line + 12) as i16;
                connection
                    .image_text8(window, context, 4, y, text.as_bytes())
                    .unwrap();
            }
            // Few colours, then rather more of them, as palettes and run lengths want it.
            for at in 0..60_u32 {
                let colour = (at.wrapping_mul(2_654_435_761).wrapping_add(seed) >> 8) & 0x00FF_FFFF;
                connection
                    .change_gc(context, &ChangeGCAux::new().foreground(colour))
                    .unwrap();
                let rectangle = Rectangle {
                    x: (half.0 + (at as usize * 37) % half.0) as i16,
                    y: (half.1 + (at as usize * 23) % half.1) as i16,
                    width: 3 + (at * 7 % 61) as u16,
                    height: 1 + (at * 5 % 43) as u16,
                };
                connection
                    .poly_fill_rectangle(window, context, &[rectangle])
                    .unwrap();
            }
        });
        connection.close_font(font).unwrap();
        connection.sync().unwrap();
    }

    /// Puts pixels into a window.
    fn put(
        &self,
        window: Window,
        (x, y): (usize, usize),
        (width, height): (usize, usize),
        pixels: impl Iterator<Item = u32>,
    ) {
        assert!(height > 0);
        let data: Vec<u8> = pixels.flat_map(u32::to_le_bytes).collect();
        // A request has at most 256 kB.
        let rows = (200_000 / (width * 4)).max(1);
        self.with_context(window, &CreateGCAux::new(), |context| {
            for (part, data) in data.chunks(rows * width * 4).enumerate() {
                let lines = data.len() / (width * 4);
                let top = y + part * rows;
                self.connection
                    .put_image(
                        ImageFormat::Z_PIXMAP,
                        window,
                        context,
                        width as u16,
                        lines as u16,
                        x as i16,
                        top as i16,
                        0,
                        24,
                        data,
                    )
                    .unwrap();
            }
        });
    }

    /// A picture that is kept beside the screen, drawn as by [`Self::draw`].
    pub fn pixmap(&self, (width, height): (u16, u16)) -> Pixmap {
        let pixmap = self.connection.generate_id().unwrap();
        self.connection
            .create_pixmap(24, pixmap, self.root, width, height)
            .unwrap();
        self.draw(pixmap, 1);
        pixmap
    }

    /// Repaints a whole window from this place of a larger picture: nothing of it is as it was before, and none of it
    /// is a copy of what was on the screen.
    pub fn repaint(&self, window: Window, from: Pixmap, (x, y): (i16, i16)) {
        let size = self.connection.get_geometry(window).unwrap().reply().unwrap();
        self.copy(from, window, (x, y), (size.width, size.height));
    }

    /// Scrolls what is in a window up by so many rows.
    pub fn scroll(&self, window: Window, rows: i16) {
        let size = self.connection.get_geometry(window).unwrap().reply().unwrap();
        self.copy(window, window, (0, rows), (size.width, size.height - rows as u16));
    }

    /// Copies so much from this place to the upper left corner.
    fn copy(&self, from: Drawable, to: Drawable, (x, y): (i16, i16), (width, height): (u16, u16)) {
        self.with_context(to, &CreateGCAux::new(), |context| {
            self.connection
                .copy_area(from, to, context, x, y, 0, 0, width, height)
                .unwrap();
        });
        self.connection.sync().unwrap();
    }

    fn with_context(&self, drawable: Drawable, how: &CreateGCAux, draw: impl FnOnce(Gcontext)) {
        let context = self.connection.generate_id().unwrap();
        self.connection.create_gc(context, drawable, how).unwrap();
        draw(context);
        self.connection.free_gc(context).unwrap();
    }
}
