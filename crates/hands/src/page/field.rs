//! The field that has the focus while the desktop has the keyboard. It is editable, so that the browser tells it what input
//! methods, keyboards on the screen and the clipboard write; and it is not seen.

use porthole_viewer::page::document;
use wasm_bindgen::prelude::*;
use web_sys::{FocusOptions, HtmlElement, HtmlTextAreaElement};

/// What stands in it before something is written, so that there is something to delete: keyboards on the screen tell of
/// nothing else.
const PADDING: &str = "  ";

/// How the field is shown: not at all. It is in the middle of the window, whatever is scrolled: browsers scroll to what is
/// written, and input methods show their words beside it.
const STYLE: [(&str, &str); 14] = [
    ("position", "fixed"),
    ("left", "50%"),
    ("top", "50%"),
    ("width", "1px"),
    ("height", "1px"),
    ("margin", "0"),
    ("padding", "0"),
    ("border", "0"),
    ("min-height", "0"),
    ("opacity", "0"),
    ("resize", "none"),
    ("overflow", "hidden"),
    ("pointer-events", "none"),
    // A smaller one has the page zoomed on some telephones.
    ("font-size", "16px"),
];

const LABEL: &str = "Remote desktop. Press Control, Alt and Shift together to leave it.";

/// The field.
#[derive(Debug)]
pub(super) struct Field(HtmlTextAreaElement);

impl Field {
    /// Puts it into the surface.
    pub(super) fn new(surface: &HtmlElement) -> Result<Self, JsValue> {
        let field: HtmlTextAreaElement = document()?.create_element("textarea")?.unchecked_into();
        for (name, value) in [
            ("aria-label", LABEL),
            ("autocapitalize", "none"),
            ("autocomplete", "off"),
            ("autocorrect", "off"),
            ("spellcheck", "false"),
            // The system's own keyboard comes up on the screen only when it is asked for.
            ("inputmode", "none"),
            ("rows", "1"),
        ] {
            field.set_attribute(name, value)?;
        }
        for (property, value) in STYLE {
            field.style().set_property(property, value)?;
        }
        surface.append_child(&field)?;
        let field = Self(field);
        field.clear();
        Ok(field)
    }

    pub(super) fn element(&self) -> &HtmlTextAreaElement {
        &self.0
    }

    pub(super) fn focus(&self) {
        let options = FocusOptions::new();
        options.set_prevent_scroll(true);
        // Fails only for an element that cannot have the focus.
        let _ = self.0.focus_with_options(&options);
    }

    /// Whether the system's own keyboard comes up on the screen with the focus.
    pub(super) fn set_on_screen_keyboard(&self, on: bool) {
        // Fails only for a name that is none.
        let _ = self
            .0
            .set_attribute("inputmode", if on { "text" } else { "none" });
        // It comes and goes with the focus.
        self.blur();
        self.focus();
    }

    pub(super) fn blur(&self) {
        let _ = self.0.blur();
    }

    /// Forgets what was written.
    pub(super) fn clear(&self) {
        if self.0.value() != PADDING {
            self.0.set_value(PADDING);
        }
        let end = PADDING.len() as u32;
        // Fails only for fields without a cursor.
        let _ = self.0.set_selection_range(end, end);
    }
}

impl Drop for Field {
    fn drop(&mut self) {
        self.0.remove();
    }
}
