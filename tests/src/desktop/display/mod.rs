//! X servers.

mod keyboard;
mod painting;

use std::process::Command;

use x11rb::COPY_DEPTH_FROM_PARENT;
use x11rb::connection::Connection;
use x11rb::protocol::xfixes::ConnectionExt as _;
use x11rb::protocol::xkb::{self, ConnectionExt as _};
use x11rb::protocol::xproto::{
    AtomEnum, BUTTON_PRESS_EVENT, BUTTON_RELEASE_EVENT, ChangeWindowAttributesAux, ConfigureWindowAux,
    ConnectionExt, CreateGCAux, CreateWindowAux, EventMask, ImageFormat, InputFocus, MapState, PropMode,
    Rectangle, Window, WindowClass,
};
use x11rb::protocol::xtest::ConnectionExt as _;
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

use crate::image::Image;
use crate::process::Process;
use crate::wait::{LONG, until};

/// The number of the virtual core keyboard on every X server.
const KEYBOARD: xkb::DeviceSpec = 3;

/// An X server, whichever way it is looked at.
#[derive(Debug)]
pub struct Display {
    pub(super) name: String,
    pub(super) connection: RustConnection,
    root: Window,
    // It is there until the connection above is gone; none where somebody else has started it.
    _server: Option<Process>,
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
        Self {
            _server: Some(server),
            ..Self::named(name)
        }
    }

    /// The same of one that was not started here.
    pub fn named(name: String) -> Self {
        let (connection, screen) = until(&format!("the display {name}"), LONG, || {
            x11rb::connect(Some(&name)).map_err(|error| error.to_string())
        });
        let root = connection.setup().roots[screen].root;
        Self {
            name,
            connection,
            root,
            _server: None,
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

    /// How many keys and which buttons are held here, by whomever: of buttons the first is the lowest bit.
    pub fn held(&self) -> (u32, u16) {
        let keys = self.connection.query_keymap().unwrap().reply().unwrap().keys;
        let pointer = self.connection.query_pointer(self.root).unwrap().reply().unwrap();
        let buttons = u16::from(pointer.mask) >> 8;
        (keys.iter().map(|keys| keys.count_ones()).sum(), buttons)
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

    /// Presses and releases a button as a mouse of the display's own.
    pub fn click(&self, button: u8) {
        self.press(button);
        self.release(button);
    }

    pub fn press(&self, button: u8) {
        self.fake(BUTTON_PRESS_EVENT, button);
    }

    pub fn release(&self, button: u8) {
        self.fake(BUTTON_RELEASE_EVENT, button);
    }

    fn fake(&self, event: u8, detail: u8) {
        self.connection
            .xtest_fake_input(event, detail, x11rb::CURRENT_TIME, self.root, 0, 0, 0)
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

    /// Rings the bell, once: the core protocol's request rings those of all keyboards that a server has.
    pub fn ring(&self) {
        let (class, id) = (xkb::BellClass::DFLT_XI_CLASS.into(), xkb::ID::DFLT_XI_ID.into());
        self.connection.xkb_use_extension(1, 0).unwrap().reply().unwrap();
        self.connection
            .xkb_bell(KEYBOARD, class, id, 100, false, false, 0, 0, 0, 0)
            .unwrap()
            .check()
            .unwrap();
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
        self.repeat_no_key();
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
