//! Elements of one type.
//!
//! Leptos's builder gives each element a type of its own, made of the types of all its attributes and children,
//! and compiles the code that builds and updates it anew for each. Here every element, attribute and child is
//! erased at once, so that there is one copy of that code: the page's module shrinks by half, and what it costs,
//! a few virtual calls when a card opens, cannot be measured.

use leptos::attr::any_attribute::{AnyAttribute, IntoAnyAttribute};
use leptos::attr::custom::custom_attribute;
use leptos::ev;
use leptos::html::{Custom, custom};
use leptos::prelude::*;
use leptos::tachys::html::node_ref::node_ref;
use leptos::tachys::html::property::prop;
use web_sys::Event;

/// A reference to an element, once it is built.
pub type Node = NodeRef<Custom<&'static str>>;

/// An element while it is put together.
pub struct Element {
    tag: &'static str,
    attributes: Vec<AnyAttribute>,
    children: Vec<AnyView>,
}

/// An HTML element of that name.
pub fn element(tag: &'static str) -> Element {
    Element {
        tag,
        attributes: Vec::new(),
        children: Vec::new(),
    }
}

/// A button that says `text` and does something.
pub fn button(class: &'static str, text: &'static str, act: impl FnMut() + 'static) -> Element {
    icon_button(class, act).text(text)
}

/// A button that has yet to say something.
pub fn icon_button(class: &'static str, mut act: impl FnMut() + 'static) -> Element {
    element("button")
        .class(class)
        .attr("type", "button")
        .on("click", move |_| act())
}

impl Element {
    /// With this class, or these.
    pub fn class(self, class: &'static str) -> Self {
        self.attr("class", class)
    }

    /// With this id.
    pub fn id(self, id: &'static str) -> Self {
        self.attr("id", id)
    }

    /// With this attribute.
    pub fn attr(self, name: &'static str, value: &'static str) -> Self {
        self.attribute(custom_attribute(name, value).into_any_attr())
    }

    /// An attribute that follows the signals that `value` reads; without a value it is not there.
    pub fn attr_with(self, name: &'static str, value: impl Fn() -> Option<String> + Send + 'static) -> Self {
        let value: Box<dyn FnMut() -> Option<String> + Send> = Box::new(value);
        self.attribute(custom_attribute(name, value).into_any_attr())
    }

    /// A property of the DOM's object that follows the signals that `value` reads.
    pub fn prop_with(self, name: &'static str, value: impl Fn() -> String + Send + 'static) -> Self {
        let value: Box<dyn FnMut() -> String + Send> = Box::new(value);
        self.attribute(prop(name, value).into_any_attr())
    }

    /// Does something when an event of that name comes.
    pub fn on(self, event: &'static str, act: impl FnMut(Event) + 'static) -> Self {
        let act: Box<dyn FnMut(Event)> = Box::new(act);
        self.attribute(ev::on(ev::Custom::<Event>::new(event), act).into_any_attr())
    }

    /// Has `node` refer to it.
    pub fn node(self, node: Node) -> Self {
        self.attribute(node_ref(node).into_any_attr())
    }

    /// With a text behind what is in it already.
    pub fn text(self, text: impl Into<String>) -> Self {
        self.view(text.into().into_any())
    }

    /// A text that follows the signals that `text` reads.
    pub fn text_with(self, text: impl Fn() -> String + Send + 'static) -> Self {
        self.view(dynamic(move || text().into_any()))
    }

    /// With something behind what is in it already.
    pub fn child(self, child: impl Into<AnyView>) -> Self {
        self.view(child.into())
    }

    /// With elements behind what is in it already.
    pub fn children(mut self, children: impl IntoIterator<Item = Element>) -> Self {
        self.children.extend(children.into_iter().map(AnyView::from));
        self
    }

    /// A child that follows the signals that `child` reads.
    pub fn child_with(self, child: impl Fn() -> Option<Element> + Send + 'static) -> Self {
        self.view(dynamic(move || {
            child().map_or_else(|| ().into_any(), AnyView::from)
        }))
    }

    fn view(mut self, view: AnyView) -> Self {
        self.children.push(view);
        self
    }

    fn attribute(mut self, attribute: AnyAttribute) -> Self {
        self.attributes.push(attribute);
        self
    }
}

impl From<Element> for AnyView {
    fn from(element: Element) -> Self {
        custom(element.tag)
            .add_any_attr(element.attributes)
            .child(element.children)
            .into_any()
    }
}

fn dynamic(view: impl Fn() -> AnyView + Send + 'static) -> AnyView {
    let view: Box<dyn FnMut() -> AnyView + Send> = Box::new(view);
    view.into_any()
}
