//! The desktop's pointer in the page: the browser's own in the desktop's shape, or an image of it where that is not, which
//! is a remote one's place, a finger's, or a captured mouse's.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use porthole_viewer::CursorShape;
use porthole_viewer::page::layout::Area;
use porthole_viewer::page::window;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::HtmlElement;

use super::desktop::Desktop;
use super::drawn::Drawn;
use super::image::Image;
use super::look::{self, Look};

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
    me: Weak<Self>,
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
    image: Option<Rc<Image>>,
    /// What the browser's own looks like: the image, once that has been read, and the one before it until then.
    own: Option<Rc<Image>>,
    drawn: Option<Drawn>,
}

impl Cursor {
    /// The browser's own, as long as the desktop tells of none.
    pub(super) fn new(desktop: Rc<Desktop>) -> Rc<Self> {
        Rc::new_cyclic(|me: &Weak<Self>| Self {
            desktop,
            state: RefCell::new(State {
                shape: None,
                whose: Whose::Own,
                dot: false,
                fits: (0.0, 0.0),
                image: None,
                own: None,
                drawn: None,
            }),
            me: me.clone(),
        })
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
        self.desktop.look_anew();
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
        let before = std::mem::replace(&mut state.image, look.and_then(Image::of).map(Rc::new));
        match (state.whose, &state.image) {
            (Whose::Own, Some(image)) => self.read(image.clone()),
            (Whose::Own, None) if state.shape.is_some() => self.put(state, "none"),
            (Whose::Drawn(_), _) => self.put(state, "none"),
            (Whose::Own | Whose::Remote(_), _) => self.put(state, "default"),
        }
        if state.whose == Whose::Own {
            state.drawn = None;
        } else {
            if state.drawn.is_none() {
                state.drawn = Drawn::new(self.desktop.surface()).ok();
            }
            if let Some(drawn) = &state.drawn {
                match &state.image {
                    Some(image) => drawn.set(image.url(), image.width()),
                    None => drawn.hide(),
                }
            }
            self.place(state);
        }
        drop(before);
    }

    /// Has the browser's own look like this image once that has been read: WebKitGTK shows one that it reads later when the mouse
    /// moves again, and not before. The image is there until then, whatever comes after it, lest it cannot be read any more.
    fn read(&self, image: Rc<Image>) {
        let me = self.me.clone();
        let reading = image.read();
        spawn_local(async move {
            // Without it the browser has its own.
            let _ = JsFuture::from(reading).await;
            if let Some(cursor) = me.upgrade() {
                cursor.point(image);
            }
        });
    }

    /// Has the browser's own look like this image, unless another one has come since.
    fn point(&self, image: Rc<Image>) {
        let mut state = self.state.borrow_mut();
        let is_last = state.image.as_ref().is_some_and(|last| Rc::ptr_eq(last, &image));
        if let (Whose::Own, true, Some(canvas)) = (state.whose, is_last, self.desktop.canvas()) {
            // Where a browser does not know an image of several pixels in one, it has its own.
            put(&canvas, "default");
            put(&canvas, &image.style());
            // The one before it was in use up to here.
            state.own = Some(image);
        }
    }

    /// Has the browser's own be one of those that it has.
    fn put(&self, state: &mut State, cursor: &str) {
        if let Some(canvas) = self.desktop.canvas() {
            put(&canvas, cursor);
        }
        state.own = None;
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
            let hotspot = image.hotspot();
            let corner = (
                along(point.0, shown.left, hotspot.0),
                along(point.1, shown.top, hotspot.1),
            );
            drawn.put(layer, corner);
        }
    }
}

fn put(element: &HtmlElement, cursor: &str) {
    // Fails only for a property that is none.
    let _ = element.style().set_property("cursor", cursor);
}
