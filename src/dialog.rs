//! A question that stands before everything else.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlDialogElement;

use crate::element::{Element, Node, element};

/// A modal dialog, named by the element `title`. Escape is `cancel`.
pub fn dialog(class: &'static str, title: &'static str, cancel: impl Fn() + 'static) -> Element {
    let node = Node::new();
    node.on_load(|element| {
        // It is not in the document before the next turn of the event loop.
        request_animation_frame(move || {
            let _ = element.unchecked_ref::<HtmlDialogElement>().show_modal();
        });
    });
    element("dialog")
        .class(class)
        .attr("aria-labelledby", title)
        .node(node)
        .on("cancel", move |event| {
            event.prevent_default();
            cancel();
        })
}
