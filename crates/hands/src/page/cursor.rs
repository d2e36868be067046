//! The desktop's pointer in the page: the browser's own in the desktop's shape, or an image of it where that is not, which
//! is a remote one's place, a finger's, or a captured mouse's.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Array, Uint8Array};
use porthole_viewer::CursorShape;
use porthole_viewer::page::layout::Area;
use porthole_viewer::page::{js_number, window};
use web_sys::{Blob, BlobPropertyBag, HtmlElement, Url};

use super::desktop::Desktop;
use super::drawn::Drawn;
use super::look::{self, Look};
use super::png;

/// Where the pointer is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whose {
    /// Where the browser's own is.
    Own,
    /// At this pixel of the desktop, and the browser's own is not.
    Drawn((u16, u16)),
    /// At this pixel of the desktop, and the browser's own is another one.
    Remote((u16, u16)),
}

/// The pointer over the desktop.
#[derive(Debug)]
pub(super) struct Cursor {
    desktop: Rc<Desktop>,
    state: RefCell<State>,
}

#[derive(Debug)]
struct State {
    /// What the desktop has told.
    shape: Option<CursorShape>,
    whose: Whose,
    /// Whether a dot is shown where the desktop hides its pointer.
    dot: bool,
    /// Scale of the view and fineness of the display that `image` was made for.
    fits: (f64, f64),
    image: Option<Image>,
    drawn: Option<Drawn>,
}

impl Cursor {
    /// The browser's own, as long as the desktop tells of none.
    pub(super) fn new(desktop: Rc<Desktop>) -> Self {
        Self {
            desktop,
            state: RefCell::new(State {
                shape: None,
                whose: Whose::Own,
                dot: false,
                fits: (0.0, 0.0),
                image: None,
                drawn: None,
            }),
        }
    }

    /// Takes this shape.
    pub(super) fn set(&self, shape: &CursorShape) {
        let mut state = self.state.borrow_mut();
        // Servers tell the same shape again and again.
        if state.shape.as_ref() != Some(shape) {
            state.shape = Some(shape.clone());
            self.show(&mut state);
        }
    }

    /// Whether a dot is shown where the desktop hides its pointer.
    pub(super) fn set_dot(&self, dot: bool) {
        let mut state = self.state.borrow_mut();
        state.dot = dot;
        self.show(&mut state);
    }

    /// It is the browser's own.
    pub(super) fn be_own(&self) {
        self.be(Whose::Own);
    }

    /// It is drawn at this pixel of the desktop.
    pub(super) fn be_at(&self, place: (u16, u16)) {
        self.be(Whose::Drawn(place));
    }

    /// It is at this pixel of the desktop if it is drawn; the browser's own is where it is.
    pub(super) fn be_moved(&self, place: (u16, u16)) {
        if matches!(self.state.borrow().whose, Whose::Drawn(_)) {
            self.be_at(place);
        }
    }

    /// The remote one is at this pixel of the desktop, and the browser's own has nothing to do with it.
    pub(super) fn be_remote(&self, place: (u16, u16)) {
        self.be(Whose::Remote(place));
    }

    /// The desktop tells of none any more.
    pub(super) fn reset(&self) {
        let mut state = self.state.borrow_mut();
        state.shape = None;
        state.whose = Whose::Own;
        self.show(&mut state);
    }

    /// The view may be another: of another scale, or elsewhere.
    pub(super) fn fit(&self) {
        let mut state = self.state.borrow_mut();
        if state.fits == self.fits() {
            self.place(&state);
        } else {
            self.show(&mut state);
        }
    }

    fn be(&self, whose: Whose) {
        let mut state = self.state.borrow_mut();
        let before = std::mem::replace(&mut state.whose, whose);
        if std::mem::discriminant(&before) != std::mem::discriminant(&whose) || state.fits != self.fits() {
            self.show(&mut state);
        } else if before != whose {
            self.place(&state);
        }
    }

    /// Scale of the view and fineness of the display.
    fn fits(&self) -> (f64, f64) {
        let ratio = window().map_or(1.0, |window| window.device_pixel_ratio());
        (self.desktop.scale().unwrap_or(1.0), ratio)
    }

    /// Makes the image anew and shows it where it is to be.
    fn show(&self, state: &mut State) {
        state.fits = self.fits();
        let (scale, ratio) = state.fits;
        let look = match &state.shape {
            Some(shape) if look::is_visible(shape) => Look::of(shape, scale, ratio),
            // Whose pointer is seen nowhere else is lost without it.
            _ if matches!(state.whose, Whose::Drawn(_)) => Look::of(&look::dot(), 1.0, ratio),
            Some(_) if state.dot => Look::of(&look::dot(), 1.0, ratio),
            _ => None,
        };
        // The one before is in use until it is replaced.
        let before = std::mem::replace(&mut state.image, look.and_then(Image::of));
        if let Some(canvas) = self.desktop.canvas() {
            match (state.whose, &state.image) {
                (Whose::Own, Some(image)) => image.point_with(&canvas),
                (Whose::Own, None) if state.shape.is_some() => put(&canvas, "none"),
                (Whose::Drawn(_), _) => put(&canvas, "none"),
                (Whose::Own | Whose::Remote(_), _) => put(&canvas, "default"),
            }
        }
        if state.whose == Whose::Own {
            state.drawn = None;
        } else {
            if state.drawn.is_none() {
                state.drawn = Drawn::new(self.desktop.surface()).ok();
            }
            if let Some(drawn) = &state.drawn {
                match &state.image {
                    Some(image) => drawn.set(&image.url, image.width()),
                    None => drawn.hide(),
                }
            }
            self.place(state);
        }
        drop(before);
    }

    /// Puts what is drawn where it is to be.
    fn place(&self, state: &State) {
        if let (Some(drawn), Some(image), Whose::Drawn(place) | Whose::Remote(place)) =
            (&state.drawn, &state.image, state.whose)
            && let (Some(shown), Some(point)) = (self.desktop.shown(), self.desktop.point_over(place))
        {
            let (surface, window) = (self.desktop.surface(), self.desktop.window());
            let layer = Area {
                left: shown.left - window.left + f64::from(surface.scroll_left()),
                top: shown.top - window.top + f64::from(surface.scroll_top()),
                ..shown
            };
            // In whole pixels, so that it is not blurred.
            let along = |at: f64, start: f64, hotspot: u16| (at - start).floor() - f64::from(hotspot);
            let Look { hotspot, .. } = image.look;
            let corner = (
                along(point.0, shown.left, hotspot.0),
                along(point.1, shown.top, hotspot.1),
            );
            drawn.put(layer, corner);
        }
    }
}

/// An image that has an address for as long as it is there.
#[derive(Debug)]
struct Image {
    look: Look,
    url: String,
}

impl Image {
    fn of(look: Look) -> Option<Self> {
        let png = png::encode(look.size.0, look.size.1, &look.rgba)?;
        let kind = BlobPropertyBag::new();
        kind.set_type("image/png");
        let parts = Array::of1(&Uint8Array::from(png.as_slice()));
        let blob = Blob::new_with_u8_array_sequence_and_options(&parts, &kind).ok()?;
        let url = Url::create_object_url_with_blob(&blob).ok()?;
        Some(Self { look, url })
    }

    /// In CSS pixels.
    fn width(&self) -> f64 {
        f64::from(self.look.size.0) / self.look.fineness
    }

    /// Has the browser's own pointer look like this over an element.
    fn point_with(&self, element: &HtmlElement) {
        let (x, y) = self.look.hotspot;
        let at = [" ", &x.to_string(), " ", &y.to_string(), ", default"].concat();
        if self.look.fineness == 1.0 {
            put(element, &["url(", &self.url, ")", &at].concat());
        } else {
            // Where a browser does not know that of cursors, it has its own.
            put(element, "default");
            let set = [
                "image-set(url(",
                &self.url,
                ") ",
                &js_number(self.look.fineness),
                "x)",
                &at,
            ];
            put(element, &set.concat());
        }
    }
}

impl Drop for Image {
    fn drop(&mut self) {
        // Fails only for an address that is none.
        let _ = Url::revoke_object_url(&self.url);
    }
}

fn put(element: &HtmlElement, cursor: &str) {
    // Fails only for a property that is none.
    let _ = element.style().set_property("cursor", cursor);
}
