//! What the page around this one lets it do (Permissions Policy).

use js_sys::{Function, Reflect};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;

/// Whether this page may use a feature: asking for one that it may not use is an error in the browser's console. A browser
/// that does not tell may have it.
pub(super) fn allows(feature: &str) -> bool {
    told(feature).unwrap_or(JsValue::TRUE) != JsValue::FALSE
}

fn told(feature: &str) -> Result<JsValue, JsValue> {
    let policy = Reflect::get(&document(), &"featurePolicy".into())?;
    let allows: Function = Reflect::get(&policy, &"allowsFeature".into())?.dyn_into()?;
    allows.call1(&policy, &feature.into())
}
