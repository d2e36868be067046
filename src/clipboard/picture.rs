//! Pictures from one clipboard's form into the other's, by the browser's own decoders.

use js_sys::{Array, Object, Promise, Reflect, Uint8Array};
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, future_to_promise};
use web_sys::{Blob, BlobPropertyBag, ImageBitmap, OffscreenCanvas, OffscreenCanvasRenderingContext2d};

use super::dib;

/// The bitmap of a file that the browser can decode.
///
/// # Errors
/// What the browser says of the file.
pub(super) async fn bitmap(file: &Blob) -> Result<Vec<u8>, JsValue> {
    let canvas = decode(file).await?;
    let (width, height) = (canvas.width(), canvas.height());
    let pixels = context(&canvas)?.get_image_data(0.0, 0.0, width.into(), height.into())?;
    Ok(dib::from_rgba(width, height, &pixels.data()))
}

/// A bitmap of whatever kind as one of the kind that [`bitmap`] makes, so that the same picture is the same bytes.
///
/// # Errors
/// What is wrong with it.
pub(super) async fn usual(dib: &[u8]) -> Result<Vec<u8>, String> {
    let file = bmp(dib)?;
    let bitmap = bitmap(&file).await;
    bitmap.map_err(|_| "the browser cannot decode the picture".to_owned())
}

/// A BMP file with the picture in it.
pub(super) fn bmp(dib: &[u8]) -> Result<Blob, String> {
    let bytes = dib::to_bmp(dib)?;
    let options = BlobPropertyBag::new();
    options.set_type("image/bmp");
    let blob =
        Blob::new_with_u8_array_sequence_and_options(&Array::of1(&Uint8Array::from(&*bytes)), &options);
    blob.map_err(|_| "there is no memory for the picture".to_owned())
}

/// Becomes a PNG file with the picture in it.
pub(super) fn png(dib: &[u8]) -> Promise {
    let file = bmp(dib);
    future_to_promise(async move {
        let canvas = decode(&file.map_err(JsValue::from)?).await?;
        // PNG, where nothing else is said.
        JsFuture::from(canvas.convert_to_blob()?).await
    })
}

/// The picture on a white ground: a bitmap has no alpha.
async fn decode(file: &Blob) -> Result<OffscreenCanvas, JsValue> {
    let decoded = JsFuture::from(window().create_image_bitmap_with_blob(file)?).await?;
    let picture: ImageBitmap = decoded.unchecked_into();
    let (width, height) = (picture.width(), picture.height());
    if u64::from(width) * u64::from(height) > dib::MOST_PIXELS {
        return Err("the picture has too many pixels".into());
    }
    let canvas = OffscreenCanvas::new(width, height)?;
    let context = context(&canvas)?;
    context.set_fill_style_str("white");
    context.fill_rect(0.0, 0.0, width.into(), height.into());
    context.draw_image_with_image_bitmap(&picture, 0.0, 0.0)?;
    picture.close();
    Ok(canvas)
}

fn context(canvas: &OffscreenCanvas) -> Result<OffscreenCanvasRenderingContext2d, JsValue> {
    // Its pixels are read at once, so that a GPU would be a detour.
    let options = Object::new();
    Reflect::set(&options, &"willReadFrequently".into(), &JsValue::TRUE)?;
    let context = canvas
        .get_context_with_context_options("2d", &options)?
        .ok_or("there is no canvas")?;
    Ok(context.unchecked_into())
}
