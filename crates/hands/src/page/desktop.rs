//! The desktop that hands are at: where it is on the page, whether it takes what they do, and the way to it.

use std::cell::Cell;
use std::fmt;

use porthole_viewer::Command;
use porthole_viewer::page::layout::{self, Area};
use porthole_viewer::page::window;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, Event, HtmlCanvasElement, HtmlElement};

use super::field::Field;
use super::frames;
use super::per_frame::PerFrame;
use crate::input::aim;

/// Less than any display's pixel, in CSS pixels.
const BELOW: f64 = 1e-3;

/// What all hands share.
pub(super) struct Desktop {
    surface: HtmlElement,
    field: Field,
    send: Box<dyn Fn(&Command)>,
    /// The framebuffer's size, while there is a connection.
    size: Cell<Option<(u16, u16)>>,
    view_only: Cell<bool>,
    seen: PerFrame<Seen>,
}

/// Where it is seen.
#[derive(Debug, Clone, Copy)]
struct Seen {
    canvas: Area,
    /// All of the canvas, or one of several screens.
    shown: Area,
    /// How many times as large as it is the page is shown by the frames that it is in.
    times: f64,
}

impl Desktop {
    pub(super) fn new(
        surface: HtmlElement,
        view_only: bool,
        send: impl Fn(&Command) + 'static,
    ) -> Result<Self, JsValue> {
        Ok(Self {
            field: Field::new(&surface)?,
            surface,
            send: Box::new(send),
            size: Cell::new(None),
            view_only: Cell::new(view_only),
            seen: PerFrame::new(),
        })
    }

    /// The field that has the focus while the desktop has the keyboard.
    pub(super) fn field(&self) -> &Field {
        &self.field
    }

    /// The element that the canvas is in. It stays, while each session has a canvas of its own.
    pub(super) fn surface(&self) -> &HtmlElement {
        &self.surface
    }

    pub(super) fn canvas(&self) -> Option<HtmlCanvasElement> {
        let canvas = self.surface.query_selector("canvas").ok().flatten()?;
        canvas.dyn_into().ok()
    }

    /// Whether something happened to the desktop itself, and not to what the surface has around it.
    pub(super) fn is_target_of(&self, event: &Event) -> bool {
        event
            .target()
            .is_some_and(|target| target.has_type::<HtmlCanvasElement>())
    }

    /// How many CSS pixels one pixel of the framebuffer is wide.
    pub(super) fn scale(&self) -> Option<f64> {
        let (width, _) = self.size.get()?;
        Some(self.seen()?.canvas.width / f64::from(width))
    }

    /// How many times as large as it is the page is shown by the frames that it is in.
    pub(super) fn times(&self) -> f64 {
        self.seen().map_or(1.0, |seen| seen.times)
    }

    /// It may be elsewhere, or larger, than it was a moment ago.
    pub(super) fn look_anew(&self) {
        self.seen.forget();
    }

    /// The framebuffer's size, while there is a connection.
    pub(super) fn size(&self) -> Option<(u16, u16)> {
        self.size.get()
    }

    /// The pixel of the framebuffer at this point of the window, in CSS pixels.
    pub(super) fn pixel_at(&self, point: (f64, f64)) -> Option<(u16, u16)> {
        // Of the canvas it may show but one of several screens.
        let Seen { canvas, shown, times } = self.seen()?;
        let ratio = window().ok()?.device_pixel_ratio();
        let pixel = 1.0 / (ratio * times);
        let scale = self.scale()?;
        let within = |at: f64, start: f64, length: f64| {
            aim(at, (start, length), pixel, scale)
                .min(start + length - BELOW)
                .max(start)
        };
        let point = (
            within(point.0, shown.left, shown.width),
            within(point.1, shown.top, shown.height),
        );
        Some(layout::pixel_at(point, canvas, self.size.get()?))
    }

    /// The point of the window over the middle of a pixel of the framebuffer.
    pub(super) fn point_over(&self, pixel: (u16, u16)) -> Option<(f64, f64)> {
        let canvas = self.canvas()?;
        let (area, scale) = (area(&canvas), self.scale()?);
        let along = |start: f64, pixel: u16| start + (f64::from(pixel) + 0.5) * scale;
        Some((along(area.left, pixel.0), along(area.top, pixel.1)))
    }

    /// Where the surface is in the window.
    pub(super) fn window(&self) -> Area {
        area(&self.surface)
    }

    /// Where it is shown in the window: all of it, or one of several screens.
    pub(super) fn shown(&self) -> Option<Area> {
        Some(area(&self.canvas()?.parent_element()?))
    }

    /// Whether there is more of it than the surface has room for.
    pub(super) fn overflows(&self) -> bool {
        let surface = area(&self.surface);
        self.shown().is_some_and(|shown| {
            // A pixel is what rounding makes of none.
            shown.width > surface.width + 1.0 || shown.height > surface.height + 1.0
        })
    }

    fn seen(&self) -> Option<Seen> {
        self.seen.get(|| {
            let canvas = self.canvas()?;
            Some(Seen {
                canvas: area(&canvas),
                shown: self.shown()?,
                times: frames::scale(),
            })
        })
    }

    pub(super) fn focus(&self) {
        self.field.focus();
    }

    pub(super) fn connected(&self, size: (u16, u16)) {
        self.look_anew();
        self.size.set(Some(size));
    }

    pub(super) fn resized(&self, size: (u16, u16)) {
        self.look_anew();
        if self.size.get().is_some() {
            self.size.set(Some(size));
        }
    }

    pub(super) fn disconnected(&self) {
        self.size.set(None);
    }

    pub(super) fn is_view_only(&self) -> bool {
        self.view_only.get()
    }

    pub(super) fn set_view_only(&self, view_only: bool) {
        self.view_only.set(view_only);
    }

    /// Whether what is typed and pointed at goes anywhere.
    pub(super) fn takes_input(&self) -> bool {
        self.size.get().is_some() && !self.view_only.get()
    }

    /// Sends what was typed or pointed at.
    pub(super) fn input(&self, command: &Command) {
        if self.takes_input() {
            (self.send)(command);
        }
    }
}

fn area(element: &Element) -> Area {
    let rect = element.get_bounding_client_rect();
    Area {
        left: rect.left(),
        top: rect.top(),
        width: rect.width(),
        height: rect.height(),
    }
}

impl fmt::Debug for Desktop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Desktop")
            .field("size", &self.size)
            .field("view_only", &self.view_only)
            .finish_non_exhaustive()
    }
}
