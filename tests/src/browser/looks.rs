//! Pictures of the page, and how it looks to everybody.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::Value;

use super::Browser;
use super::window::USUAL;
use crate::process::keep;

impl Browser {
    /// Keeps a picture of the page.
    pub fn screenshot(&self, name: &str) {
        self.try_screenshot(name)
            .unwrap_or_else(|error| panic!("no screenshot: {error}"));
    }

    /// Keeps pictures of the page by day and by night, on a small screen and on a wall. Everybody can use it in all of
    /// them, and where there are few colours.
    pub fn looks(&self, name: &str) {
        self.screenshot(name);
        self.is_accessible(name);
        self.prefers(&[("forced-colors", "active")]);
        self.screenshot(&format!("{name}-forced"));
        self.is_accessible(&format!("{name}-forced"));
        self.prefers(&[("prefers-color-scheme", "dark")]);
        for (size, (width, height)) in [("dark", USUAL), ("360", (360, 640)), ("4k", (3840, 2160))] {
            self.set_size(width, height);
            let name = format!("{name}-{size}");
            self.screenshot(&name);
            if size != "4k" {
                self.is_accessible(&name);
            }
        }
        self.prefers(&[("prefers-color-scheme", "light")]);
        self.set_size(USUAL.0, USUAL.1);
    }

    pub(super) fn try_screenshot(&self, name: &str) -> Result<(), String> {
        let mut answer = self
            .agent
            .get(format!("{}/screenshot", self.session))
            .call()
            .map_err(|error| error.to_string())?;
        let picture: Value = answer
            .body_mut()
            .with_config()
            .limit(100_000_000)
            .read_json()
            .map_err(|error| error.to_string())?;
        let png = BASE64_STANDARD
            .decode(picture["value"].as_str().unwrap_or_default())
            .map_err(|error| error.to_string())?;
        keep(&format!("{name}.png"), &png)
    }
}
