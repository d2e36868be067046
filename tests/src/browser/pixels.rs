//! The desktop's pixels, as the page shows them.

use std::time::Instant;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::json;

use super::Browser;
use crate::image::Image;
use crate::process::keep;
use crate::wait::{LONG, until};

/// The canvas as the page shows it, which needs no access to where it is painted. It is copied without the GPU, which in
/// WebKitGTK ends the page now and then, as in the viewer's presenter.
const PIXELS: &str = "
    const canvas = document.querySelector('#desktop canvas');
    if (!canvas || !canvas.width || !canvas.height) return null;
    const copy = globalThis.portholeCopy ??= document.createElement('canvas');
    copy.width = canvas.width;
    copy.height = canvas.height;
    const context = copy.getContext('2d', { willReadFrequently: true });
    context.drawImage(canvas, 0, 0);
    const pixels = context.getImageData(0, 0, copy.width, copy.height);
";

impl Browser {
    /// Size and hash of what the canvas shows.
    pub fn canvas_hash(&self) -> Option<(usize, usize, u32)> {
        let script = format!(
            "{PIXELS}
            let hash = 0x811C9DC5;
            for (const pixel of new Uint32Array(pixels.data.buffer)) hash = Math.imul(hash ^ pixel, 16777619);
            return [copy.width, copy.height, hash >>> 0];"
        );
        let answer = self.run(&script, json!([]));
        let number = |at: usize| answer[at].as_u64();
        Some((
            usize::try_from(number(0)?).ok()?,
            usize::try_from(number(1)?).ok()?,
            u32::try_from(number(2)?).ok()?,
        ))
    }

    /// What the canvas shows.
    pub fn canvas(&self) -> Option<Image> {
        let script = format!(
            "{PIXELS}
            const bytes = pixels.data;
            let text = '';
            for (let at = 0; at < bytes.length; at += 8192)
                text += String.fromCharCode(...bytes.subarray(at, at + 8192));
            return [copy.width, copy.height, btoa(text)];"
        );
        let answer = self.run(&script, json!([]));
        let bytes = BASE64_STANDARD.decode(answer[2].as_str()?).unwrap();
        Some(Image {
            width: usize::try_from(answer[0].as_u64()?).unwrap(),
            height: usize::try_from(answer[1].as_u64()?).unwrap(),
            rgb: bytes
                .chunks_exact(4)
                .flat_map(|pixel| [pixel[0], pixel[1], pixel[2]])
                .collect(),
        })
    }

    /// Waits until the canvas shows what the server has, pixel for pixel.
    pub fn shows(&self, what: &str, truth: impl Fn() -> Image) {
        let start = Instant::now();
        until(what, LONG, || {
            let expected = truth();
            let found = self.canvas_hash();
            if found == Some((expected.width, expected.height, expected.hash())) {
                Ok(())
            } else if start.elapsed() < LONG {
                Err(String::new())
            } else {
                // Looked at closer only where it is told.
                self.explain(what, &expected)
            }
        });
    }

    fn explain(&self, what: &str, expected: &Image) -> Result<(), String> {
        let Some(shown) = self.canvas() else {
            return Err(format!(
                "there is no canvas; the page says {:?}",
                self.whole_text()
            ));
        };
        if shown == *expected {
            return Ok(());
        }
        let name: String = what
            .chars()
            .map(|letter| if letter.is_alphanumeric() { letter } else { '-' })
            .collect();
        // What differs counts, whether or not pictures of it can be kept.
        let kept = keep(&format!("{name}-server.ppm"), &expected.to_ppm())
            .and_then(|()| keep(&format!("{name}-page.ppm"), &shown.to_ppm()))
            .and_then(|()| self.try_screenshot(&format!("{name}-differs")));
        let unkept = kept.err().map_or_else(String::new, |error| format!("; {error}"));
        Err(expected.difference(&shown) + &unkept)
    }
}
