//! Videos. What decodes them, `h264.js`, is loaded when there is one.

use js_sys::{Array, Promise, Uint8Array};
use porthole_rfb::Video;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use super::scope::Scope;
use super::words;

#[wasm_bindgen]
extern "C" {
    /// What `h264.js` exports.
    type Decoders;

    #[wasm_bindgen(method, structural, catch)]
    fn decode(
        this: &Decoders,
        context: u32,
        codec: &str,
        width: u16,
        height: u16,
        frames: &Array,
    ) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, structural)]
    fn close(this: &Decoders, context: u32);

    #[wasm_bindgen(method, structural, js_name = closeAll)]
    fn close_all(this: &Decoders);
}

/// Decodes it. There may be no picture yet.
pub(super) async fn decode(scope: &Scope, video: Video) -> Result<Option<Vec<u8>>, String> {
    let picture = async {
        let frames = Array::new();
        for frame in video.frames {
            let data = Uint8Array::from(frame.data.as_slice());
            frames.push(&Array::of2(&frame.is_key.into(), &data));
        }
        let (width, height) = (video.rect.width, video.rect.height);
        let decoding = decoders(scope)
            .await?
            .decode(video.context, &video.codec, width, height, &frames)?;
        JsFuture::from(decoding).await
    };
    let picture = picture.await.map_err(|error| words(&error))?;
    Ok(picture
        .dyn_into::<Uint8Array>()
        .ok()
        .map(|pixels| pixels.to_vec()))
}

/// Closes the decoders of these contexts.
pub(super) fn close(scope: &Scope, contexts: Vec<u32>) {
    with_decoders(scope, move |decoders| {
        for context in contexts {
            decoders.close(context);
        }
    });
}

/// Closes all of them.
pub(super) fn close_all(scope: &Scope) {
    with_decoders(scope, |decoders| decoders.close_all());
}

fn with_decoders(scope: &Scope, act: impl FnOnce(Decoders) + 'static) {
    let scope = scope.clone();
    wasm_bindgen_futures::spawn_local(async move {
        // What cannot be loaded has no decoders open.
        if let Ok(decoders) = decoders(&scope).await {
            act(decoders);
        }
    });
}

async fn decoders(scope: &Scope) -> Result<Decoders, JsValue> {
    Ok(JsFuture::from(scope.part("h264")?).await?.unchecked_into())
}
