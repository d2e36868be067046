//! X servers.

use std::process::Command;

use x11rb::COPY_DEPTH_FROM_PARENT;
use x11rb::connection::Connection;
use x11rb::protocol::xfixes::ConnectionExt as _;
use x11rb::protocol::xproto::{
    AtomEnum, ChangeGCAux, ChangeWindowAttributesAux, ConfigureWindowAux, ConnectionExt, CreateGCAux,
    CreateWindowAux, EventMask, ImageFormat, InputFocus, MapState, Pixmap, PropMode, Rectangle, Window,
    WindowClass,
};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

use crate::image::{Image, noise};
use crate::process::Process;
use crate::wait::{LONG, until};

/// An X server, whichever way it is looked at.
#[derive(Debug)]
pub struct Display {
    pub(super) name: String,
    pub(super) connection: RustConnection,
    root: Window,
    // It is there until the connection above is gone.
    _server: Process,
}

impl Display {
    /// `-displayfd 1`: the server takes a free number and says on its standard output which.
    pub(super) fn start(command: &mut Command) -> Self {
        let mut server = Process::start(command.args(["-displayfd", "1", "-noreset"]));
        let name = server.first(|line| line.trim().parse::<u32>().ok().map(|number| format!(":{number}")));
        Self::of(server, name)
    }

    /// An X server that shows its screen to nobody.
    pub(super) fn virtual_one((width, height): (u16, u16)) -> Self {
        let screen = format!("{width}x{height}x24");
        Self::start(Command::new("Xvfb").args(["-screen", "0", &screen]))
    }

    /// The X server that has this name, once it is there.
    pub(super) fn of(server: Process, name: String) -> Self {
        let (connection, screen) = until(&format!("the display {name}"), LONG, || {
            x11rb::connect(Some(&name)).map_err(|error| error.to_string())
        });
        let root = connection.setup().roots[screen].root;
        Self {
            name,
            connection,
            root,
            _server: server,
        }
    }

    /// A program that shows itself on this display.
    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.env("DISPLAY", &self.name).env("LC_ALL", "C.UTF-8");
        command
    }

    /// The whole screen as it is.
    pub fn picture(&self) -> Image {
        let size = self.size();
        let picture = self
            .connection
            .get_image(ImageFormat::Z_PIXMAP, self.root, 0, 0, size.0, size.1, !0)
            .unwrap()
            .reply()
            .unwrap();
        Image {
            width: size.0.into(),
            height: size.1.into(),
            rgb: picture
                .data
                .chunks_exact(4)
                .flat_map(|pixel| [pixel[2], pixel[1], pixel[0]])
                .collect(),
        }
    }

    pub fn size(&self) -> (u16, u16) {
        let geometry = self.connection.get_geometry(self.root).unwrap().reply().unwrap();
        (geometry.width, geometry.height)
    }

    /// A window without a frame.
    pub fn window(&self, (x, y): (i16, i16), (width, height): (u16, u16), events: EventMask) -> Window {
        let window = self.connection.generate_id().unwrap();
        let how = CreateWindowAux::new()
            .override_redirect(1)
            .background_pixel(0x0030_5060)
            .event_mask(events);
        self.connection
            .create_window(
                COPY_DEPTH_FROM_PARENT,
                window,
                self.root,
                x,
                y,
                width,
                height,
                0,
                WindowClass::INPUT_OUTPUT,
                0,
                &how,
            )
            .unwrap();
        self.connection.map_window(window).unwrap();
        self.connection.sync().unwrap();
        window
    }

    pub fn move_window(&self, window: Window, x: i32, y: i32) {
        self.connection
            .configure_window(window, &ConfigureWindowAux::new().x(x).y(y))
            .unwrap();
        self.connection.sync().unwrap();
    }

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
        let context = connection.generate_id().unwrap();
        let font = connection.generate_id().unwrap();
        connection.open_font(font, b"fixed").unwrap();
        let ink = CreateGCAux::new()
            .font(font)
            .foreground(0x00FF_F0C0)
            .background(0x0020_2030);
        connection.create_gc(context, window, &ink).unwrap();
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
        connection.free_gc(context).unwrap();
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
        let connection = &self.connection;
        let context = connection.generate_id().unwrap();
        connection
            .create_gc(context, window, &CreateGCAux::new())
            .unwrap();
        let data: Vec<u8> = pixels.flat_map(u32::to_le_bytes).collect();
        // A request has at most 256 kB.
        let rows = (200_000 / (width * 4)).max(1);
        for (part, data) in data.chunks(rows * width * 4).enumerate() {
            let lines = data.len() / (width * 4);
            let top = y + part * rows;
            connection
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
        connection.free_gc(context).unwrap();
        assert!(height > 0);
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
        let connection = &self.connection;
        let size = connection.get_geometry(window).unwrap().reply().unwrap();
        let context = connection.generate_id().unwrap();
        connection
            .create_gc(context, window, &CreateGCAux::new())
            .unwrap();
        connection
            .copy_area(from, window, context, x, y, 0, 0, size.width, size.height)
            .unwrap();
        connection.free_gc(context).unwrap();
        connection.sync().unwrap();
    }

    /// Scrolls what is in a window up by so many rows.
    pub fn scroll(&self, window: Window, rows: i16) {
        let connection = &self.connection;
        let size = connection.get_geometry(window).unwrap().reply().unwrap();
        let context = connection.generate_id().unwrap();
        connection
            .create_gc(context, window, &CreateGCAux::new())
            .unwrap();
        let height = size.height - rows as u16;
        connection
            .copy_area(window, window, context, 0, rows, 0, 0, size.width, height)
            .unwrap();
        connection.free_gc(context).unwrap();
        connection.sync().unwrap();
    }

    /// Gives a window one of the X cursor font's shapes.
    pub fn set_cursor(&self, window: Window, glyph: u16) {
        let connection = &self.connection;
        let (font, cursor) = (
            connection.generate_id().unwrap(),
            connection.generate_id().unwrap(),
        );
        connection.open_font(font, b"cursor").unwrap();
        connection
            .create_glyph_cursor(cursor, font, font, glyph, glyph + 1, 0xFFFF, 0, 0, 0, 0, 0xFFFF)
            .unwrap();
        connection
            .change_window_attributes(window, &ChangeWindowAttributesAux::new().cursor(cursor))
            .unwrap();
        connection.close_font(font).unwrap();
        connection.sync().unwrap();
    }

    /// The cursor as it is: hotspot, size and ARGB pixels.
    pub fn cursor(&self) -> ([u16; 2], [u16; 2], Vec<u32>) {
        self.connection
            .xfixes_query_version(4, 0)
            .unwrap()
            .reply()
            .unwrap();
        let image = self
            .connection
            .xfixes_get_cursor_image()
            .unwrap()
            .reply()
            .unwrap();
        (
            [image.xhot, image.yhot],
            [image.width, image.height],
            image.cursor_image,
        )
    }

    /// Puts the pointer at a place of the screen.
    pub fn move_pointer(&self, (x, y): (i16, i16)) {
        self.connection
            .warp_pointer(x11rb::NONE, self.root, 0, 0, 0, 0, x, y)
            .unwrap();
        self.connection.sync().unwrap();
    }

    /// Has no cursor shown but over windows that have one of their own. Some servers paint it into the pixels.
    pub fn hide_cursor(&self) {
        let connection = &self.connection;
        let (nothing, cursor) = (
            connection.generate_id().unwrap(),
            connection.generate_id().unwrap(),
        );
        connection.create_pixmap(1, nothing, self.root, 1, 1).unwrap();
        let context = connection.generate_id().unwrap();
        connection
            .create_gc(context, nothing, &CreateGCAux::new().foreground(0))
            .unwrap();
        let all = Rectangle {
            x: 0,
            y: 0,
            width: 1,
            height: 1,
        };
        connection.poly_fill_rectangle(nothing, context, &[all]).unwrap();
        connection
            .create_cursor(cursor, nothing, nothing, 0, 0, 0, 0, 0, 0, 0, 0)
            .unwrap();
        connection
            .change_window_attributes(self.root, &ChangeWindowAttributesAux::new().cursor(cursor))
            .unwrap();
        connection.sync().unwrap();
    }

    /// The clipboard of before there were clipboards: Latin-1 on the root window.
    pub fn set_cut_buffer(&self, text: &str) {
        let text: Vec<u8> = text
            .chars()
            .filter_map(|letter| u8::try_from(letter).ok())
            .collect();
        self.connection
            .change_property8(
                PropMode::REPLACE,
                self.root,
                AtomEnum::CUT_BUFFE_R0,
                AtomEnum::STRING,
                &text,
            )
            .unwrap();
        self.connection.sync().unwrap();
    }

    pub fn cut_buffer(&self) -> String {
        let property = self
            .connection
            .get_property(
                false,
                self.root,
                AtomEnum::CUT_BUFFE_R0,
                AtomEnum::STRING,
                0,
                1_000,
            )
            .unwrap()
            .reply()
            .unwrap();
        property.value.into_iter().map(char::from).collect()
    }

    pub fn ring(&self) {
        self.connection.bell(100).unwrap();
        self.connection.sync().unwrap();
    }

    /// Gives the keyboard to the window of a program that has been started, once it is there.
    pub fn focus_program(&self) -> Window {
        let window = self.next_window(&[]);
        self.focus(window);
        window
    }

    /// The uppermost window that is shown and none of these, once there is one.
    pub fn next_window(&self, known: &[Window]) -> Window {
        until("the program's window", LONG, || {
            let children = self
                .connection
                .query_tree(self.root)
                .unwrap()
                .reply()
                .unwrap()
                .children;
            children
                .into_iter()
                .rev()
                .find(|child| !known.contains(child) && self.is_viewable(*child))
                .ok_or_else(String::new)
        })
    }

    fn is_viewable(&self, window: Window) -> bool {
        // It may have gone meanwhile.
        self.connection
            .get_window_attributes(window)
            .unwrap()
            .reply()
            .is_ok_and(|attributes| attributes.map_state == MapState::VIEWABLE)
    }

    pub(super) fn focus(&self, window: Window) {
        until("the window can have the focus", LONG, || {
            if self.is_viewable(window) {
                Ok(())
            } else {
                Err(String::new())
            }
        });
        self.connection
            .set_input_focus(InputFocus::POINTER_ROOT, window, 0_u32)
            .unwrap();
        self.connection.sync().unwrap();
    }
}
