//! This computer's clipboard, as somebody uses it who copies and pastes in a page.

use serde_json::{Value, json};

use super::Stroke::{Down, Tap, Up};
use super::{Browser, key};
use crate::wait::{LONG, until};

/// A field beside the page's own, to copy from and paste into. It takes what is pasted to the letter, which a field does not.
const FIELD: &str = "
    let field = document.getElementById('beside');
    if (!field) {
        field = document.createElement('textarea');
        field.id = 'beside';
        field.setAttribute('aria-label', 'Beside the page');
        field.style.position = 'fixed';
        field.style.insetBlockStart = field.style.insetInlineEnd = '0';
        field.addEventListener('copy', (event) => {
            for (const [format, data] of Object.entries(field.holds)) event.clipboardData.setData(format, data);
            field.holds = null;
            event.preventDefault();
        });
        field.addEventListener('paste', (event) => {
            const got = { files: event.clipboardData.files.length };
            for (const format of ['text/plain', 'text/html']) got[format] = event.clipboardData.getData(format);
            const [file] = event.clipboardData.files;
            if (file) createImageBitmap(file).then((picture) => {
                const context = new OffscreenCanvas(picture.width, picture.height).getContext('2d', { willReadFrequently: true });
                context.drawImage(picture, 0, 0);
                const { width, height, data } = context.getImageData(0, 0, picture.width, picture.height);
                got.picture = [width, height, [...data]];
            });
            field.got = got;
            event.preventDefault();
        });
        (document.querySelector('main') ?? document.body).append(field);
    }
    field.value = 'x';
    field.focus();
    field.select();
";

impl Browser {
    /// Copies this text, or in these formats.
    pub fn copy_here(&self, text: &str) {
        self.copy_formats_here(json!({ "text/plain": text }));
    }

    pub fn copy_formats_here(&self, formats: Value) {
        self.run(&format!("{FIELD} field.holds = arguments[0];"), json!([formats]));
        self.control("c");
        until("something is copied", LONG, || {
            match self.run("return document.getElementById('beside').holds", json!([])) {
                Value::Null => Ok(()),
                _ => Err(String::new()),
            }
        });
    }

    /// What is pasted here: by format, the number of `files`, and of the first one the `picture`'s width, height and RGBA.
    pub fn pasted_here(&self) -> Value {
        self.run(&format!("{FIELD} field.got = null;"), json!([]));
        self.control("v");
        until("something is pasted", LONG, || {
            let got = self.run(
                "const { got } = document.getElementById('beside');
                 return got && (!got.files || got.picture) ? got : null",
                json!([]),
            );
            if got.is_null() {
                Err(String::new())
            } else {
                Ok(got)
            }
        })
    }

    /// Waits until this text can be pasted here.
    pub fn has_here(&self, text: &str) {
        let what = format!(
            "{:?} can be pasted here",
            text.chars().take(60).collect::<String>()
        );
        until(&what, LONG, || {
            let got = self.pasted_here();
            match got["text/plain"].as_str() {
                Some(found) if found.replace("\r\n", "\n") == text.replace("\r\n", "\n") => Ok(()),
                found => Err(format!(
                    "it is {:?}",
                    found.map(|found| found.chars().take(60).collect::<String>())
                )),
            }
        });
    }

    /// Copies a picture of this width and height, R, G, B and alpha in rows.
    pub fn copy_picture_here(&self, (width, height): (u32, u32), rgba: &[u8]) {
        self.run(
            "document.getElementById('copies')?.remove();
             const button = document.createElement('button');
             button.id = 'copies';
             button.textContent = 'Copy';
             button.style.position = 'fixed';
             button.style.insetBlockStart = button.style.insetInlineStart = '0';
             const [width, height, rgba] = arguments, canvas = new OffscreenCanvas(width, height);
             const pixels = new ImageData(Uint8ClampedArray.from(rgba), width, height);
             canvas.getContext('2d', { willReadFrequently: true }).putImageData(pixels, 0, 0);
             const png = canvas.convertToBlob();
             button.onclick = () => navigator.clipboard.write([new ClipboardItem({ 'image/png': png })])
                 .then(() => { button.textContent = 'Copied'; }, (error) => { button.textContent = `${error}`; });
             document.body.append(button);",
            json!([width, height, rgba]),
        );
        self.click("#copies");
        self.text_with("#copies", "Copied", LONG);
        self.run("document.getElementById('copies').remove()", json!([]));
    }

    /// Presses a key together with Control.
    pub fn control(&self, key: &str) {
        self.keys(&[Down(key::CONTROL), Tap(key), Up(key::CONTROL)]);
    }
}
