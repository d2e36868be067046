//! From the framebuffer to the canvas.

use js_sys::{ArrayBuffer, Object, Reflect, Uint8ClampedArray, WebAssembly};
use porthole_rfb::{Framebuffer, Size};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::ImageData;

use super::scope::{Context, Scope, Surface};

/// Paints the damaged parts of a framebuffer on a canvas.
#[derive(Debug)]
pub(super) struct Presenter {
    surface: Surface,
    context: Context,
    image: Option<Image>,
}

/// An `ImageData` that looks at the framebuffer's own memory.
#[derive(Debug)]
struct Image {
    data: ImageData,
    /// The wasm memory as it was: growing detaches it.
    memory: ArrayBuffer,
    /// Where the framebuffer lay in it.
    address: *const u8,
    size: Size,
}

impl Presenter {
    /// # Errors
    /// What the browser says if the canvas cannot be drawn on.
    pub(super) fn new(surface: Surface) -> Result<Self, JsValue> {
        let options = Object::new();
        // A remote screen has no transparency, and blending it would cost.
        Reflect::set(&options, &"alpha".into(), &JsValue::FALSE)?;
        // Painted by the GPU there, the first frame ends the whole page now and then: Skia compiles a shader for it in the
        // worker, and takes a number in that for too large where a signal of the garbage collector comes between. Where there
        // is no GPU this is faster as well.
        if Scope::current().is_webkit_on_linux() {
            Reflect::set(&options, &"willReadFrequently".into(), &JsValue::TRUE)?;
        }
        let context = surface
            .get_context("2d", &options)?
            .ok_or_else(|| JsValue::from_str("the canvas has no 2D context"))?;
        Ok(Self {
            surface,
            context,
            image: None,
        })
    }

    /// Gives the canvas the framebuffer's size, which leaves it black.
    pub(super) fn resize(&mut self, size: Size) {
        self.image = None;
        self.surface.set_width(u32::from(size.width));
        self.surface.set_height(u32::from(size.height));
    }

    /// Paints what has changed since the last call.
    ///
    /// # Errors
    /// What the browser says if it does not paint.
    pub(super) fn paint(&mut self, framebuffer: &mut Framebuffer) -> Result<(), JsValue> {
        let damage = framebuffer.take_damage();
        if damage.is_empty() || framebuffer.bytes().is_empty() {
            return Ok(());
        }
        let image = match self.image.take().filter(|image| image.shows(framebuffer)) {
            Some(image) => image,
            None => Image::of(framebuffer)?,
        };
        for rect in damage {
            self.context.put_image_data(
                &image.data,
                0,
                0,
                i32::from(rect.x),
                i32::from(rect.y),
                i32::from(rect.width),
                i32::from(rect.height),
            )?;
        }
        self.image = Some(image);
        Ok(())
    }
}

impl Image {
    fn of(framebuffer: &Framebuffer) -> Result<Self, JsValue> {
        let bytes = framebuffer.bytes();
        let size = framebuffer.size();
        let memory = memory();
        // In wasm32 an address is an offset into the memory, and neither it nor a length exceeds 32 bits. The view is
        // only read, and only by `putImageData` within `paint`, after `shows` has made sure that it is still the
        // framebuffer that it looks at. (`Uint8ClampedArray::view` gives an array that is not clamped.)
        let view = Uint8ClampedArray::new_with_byte_offset_and_length(
            &memory,
            bytes.as_ptr() as u32,
            bytes.len() as u32,
        );
        Ok(Self {
            data: ImageData::new_with_js_u8_clamped_array_and_sh(
                &view,
                u32::from(size.width),
                u32::from(size.height),
            )?,
            memory,
            address: bytes.as_ptr(),
            size,
        })
    }

    fn shows(&self, framebuffer: &Framebuffer) -> bool {
        self.size == framebuffer.size()
            && self.address == framebuffer.bytes().as_ptr()
            && Object::is(&self.memory, &memory())
    }
}

/// The wasm memory of this module.
fn memory() -> ArrayBuffer {
    wasm_bindgen::memory()
        .unchecked_into::<WebAssembly::Memory>()
        .buffer()
        .unchecked_into()
}
