//! Pictures of the desktop: into a file, and into this computer's clipboard.

use js_sys::{Array, Date, Object, Promise, Reflect};
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    Blob, CanvasRenderingContext2d, ClipboardItem, HtmlAnchorElement, HtmlCanvasElement, HtmlElement, Url,
};

use crate::session::Session;

/// How long a browser may take to begin with a file that it was given.
const TAKEN: std::time::Duration = std::time::Duration::from_secs(60);

/// Keeps what is shown as a file.
pub(super) fn save(session: Session) {
    spawn_local(async move {
        let saved = match picture(session) {
            Ok(picture) => JsFuture::from(picture).await.and_then(|blob| {
                let name = session.name.get_untracked();
                download(&blob.unchecked_into(), &file_name(&name))
            }),
            Err(error) => Err(error),
        };
        if saved.is_err() {
            session.tell("The picture could not be saved.");
        }
    });
}

/// Puts it into the clipboard.
pub(super) fn copy(session: Session) {
    // Within the click: a browser that lets a page do this only then would not wait for the picture.
    let written = write(session);
    spawn_local(async move {
        let done = match written {
            Ok(promise) => JsFuture::from(promise).await,
            Err(error) => Err(error),
        };
        session.tell(match done {
            Ok(_) => "Copied.",
            Err(_) => "This page has no access to your clipboard: save the picture instead.",
        });
    });
}

fn write(session: Session) -> Result<Promise, JsValue> {
    let clipboard = window().navigator().clipboard();
    // Only secure pages have it, and not every browser takes pictures.
    if clipboard.is_undefined() || !Reflect::has(&window(), &"ClipboardItem".into())? {
        return Err(JsValue::UNDEFINED);
    }
    let formats = Object::new();
    Reflect::set(&formats, &"image/png".into(), &picture(session)?.into())?;
    let item = ClipboardItem::new_with_record_from_str_to_blob_promise(&formats)?;
    Ok(clipboard.write(&Array::of1(&item)))
}

/// What is shown of the desktop, in its own pixels, as PNG.
fn picture(session: Session) -> Result<Promise, JsValue> {
    let canvas: HtmlCanvasElement = document()
        .query_selector("#desktop canvas")?
        .ok_or("there is no desktop")?
        .unchecked_into();
    let (x, y, width, height) = session.part();
    let copy: HtmlCanvasElement = document().create_element("canvas")?.unchecked_into();
    copy.set_width(width.into());
    copy.set_height(height.into());
    // Its pixels are read at once, so that a GPU would be a detour.
    let options = Object::new();
    Reflect::set(&options, &"willReadFrequently".into(), &JsValue::TRUE)?;
    let context: CanvasRenderingContext2d = copy
        .get_context_with_context_options("2d", &options)?
        .ok_or("the canvas has no 2D context")?
        .unchecked_into();
    context.draw_image_with_html_canvas_element(&canvas, -f64::from(x), -f64::from(y))?;
    Ok(Promise::new(&mut |resolve, reject| {
        let failed = reject.clone();
        let done = Closure::once_into_js(move |blob: JsValue| {
            let _ = if blob.is_null() {
                failed.call0(&JsValue::UNDEFINED)
            } else {
                resolve.call1(&JsValue::UNDEFINED, &blob)
            };
        });
        if let Err(error) = copy.to_blob(done.unchecked_ref()) {
            let _ = reject.call1(&JsValue::UNDEFINED, &error);
        }
    }))
}

fn download(blob: &Blob, name: &str) -> Result<(), JsValue> {
    let url = Url::create_object_url_with_blob(blob)?;
    let link: HtmlAnchorElement = document().create_element("a")?.unchecked_into();
    link.set_href(&url);
    link.set_download(name);
    link.unchecked_ref::<HtmlElement>().click();
    set_timeout(
        move || {
            // Fails only for an address that is none.
            let _ = Url::revoke_object_url(&url);
        },
        TAKEN,
    );
    Ok(())
}

/// By the desktop's name and this computer's time.
fn file_name(desktop: &str) -> String {
    let now = Date::new_0();
    let local = Date::new(&(now.get_time() - now.get_timezone_offset() * 60_000.0).into());
    let time = String::from(local.to_iso_string());
    named(desktop, &time)
}

/// `time` is as in ISO 8601, of which the seconds' fractions are left out.
fn named(desktop: &str, time: &str) -> String {
    let time: String = time
        .chars()
        .take("2026-01-31T23:59:59".len())
        .map(|letter| match letter {
            'T' => ' ',
            ':' => '.',
            letter => letter,
        })
        .collect();
    let name: String = desktop
        .chars()
        .map(|letter| match letter {
            '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' => '-',
            letter if letter.is_control() => '-',
            letter => letter,
        })
        .take(80)
        .collect();
    let name = name.trim().trim_start_matches('.');
    [if name.is_empty() { "Desktop" } else { name }, " ", &time, ".png"].concat()
}

#[cfg(test)]
mod tests {
    use super::named;

    #[test]
    fn a_picture_is_named_by_desktop_and_time() {
        for (desktop, name) in [
            ("build-42", "build-42 2026-01-31 23.59.59.png"),
            ("", "Desktop 2026-01-31 23.59.59.png"),
            (" ../x:1\n", "-x-1- 2026-01-31 23.59.59.png"),
            ("桌面", "桌面 2026-01-31 23.59.59.png"),
        ] {
            assert_eq!(named(desktop, "2026-01-31T23:59:59.123Z"), name);
        }
    }
}
