//! The page's elements and what they say.

use std::time::Duration;

use serde_json::json;

use super::Browser;
use crate::wait::{LONG, until};

/// By this name WebDriver refers to an element (section 12.2).
pub(super) const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

impl Browser {
    /// The element, once it is there.
    pub(super) fn element(&self, selector: &str) -> String {
        until(&format!("an element {selector}"), LONG, || {
            let found = self.try_post("element", &json!({ "using": "css selector", "value": selector }))?;
            Ok(found[ELEMENT].as_str().unwrap_or_default().to_owned())
        })
    }

    /// Clicks on it, once it is there and can be clicked on.
    pub fn click(&self, selector: &str) {
        until(&format!("a click on {selector}"), LONG, || {
            let element = self.element(selector);
            self.try_post(&format!("element/{element}/click"), &json!({}))
        });
    }

    /// Chooses the option with this value.
    pub fn choose(&self, selector: &str, value: &str) {
        self.run(
            "const select = document.querySelector(arguments[0]);
             select.value = arguments[1];
             select.dispatchEvent(new Event('change'))",
            json!([selector, value]),
        );
    }

    /// Types into it, once it is there.
    pub fn fill(&self, selector: &str, text: &str) {
        until(&format!("typing into {selector}"), LONG, || {
            let element = self.element(selector);
            self.try_post(&format!("element/{element}/clear"), &json!({}))?;
            self.try_post(&format!("element/{element}/value"), &json!({ "text": text }))
        });
    }

    /// The text of an element, or `None` while there is none.
    pub fn text(&self, selector: &str) -> Option<String> {
        self.run(
            "return document.querySelector(arguments[0])?.textContent ?? null",
            json!([selector]),
        )
        .as_str()
        .map(str::to_owned)
    }

    /// The text of the element once it has these words in it.
    pub fn text_with(&self, selector: &str, words: &str, limit: Duration) -> String {
        until(&format!("{selector} with {words:?}"), limit, || {
            let text = self.text(selector);
            match text {
                Some(text) if text.contains(words) => Ok(text),
                Some(text) => Err(format!("it says {text:?}")),
                None => Err(format!("there is none; the page says {:?}", self.whole_text())),
            }
        })
    }

    pub fn whole_text(&self) -> String {
        self.run("return document.body?.innerText ?? ''", json!([]))
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    /// Waits until the desktop is shown.
    pub fn connected(&self) {
        until("the desktop is shown", LONG, || {
            let shown = self.run(
                "return !!document.querySelector('.bar:not(.is-hidden)')",
                json!([]),
            );
            if shown == json!(true) {
                Ok(())
            } else {
                Err(format!("the page says {:?}", self.whole_text()))
            }
        });
    }

    /// The card that says why it ended: the hop, and its whole text.
    pub fn ended(&self, limit: Duration) -> (String, String) {
        until("the card that says why it ended", limit, || {
            let card = self.run(
                "const card = document.querySelector('.card.ended');
                 return card && [card.dataset.hop, card.innerText]",
                json!([]),
            );
            match (card[0].as_str(), card[1].as_str()) {
                (Some(hop), Some(text)) => Ok((hop.to_owned(), text.to_owned())),
                _ => Err(format!("the page says {:?}", self.whole_text())),
            }
        })
    }
}
