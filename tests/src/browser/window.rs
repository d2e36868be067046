//! The window that a page is in: how large it is, and what is in front of it.

use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::processes::{descendants, signal};
use super::{Browser, Engine};
use crate::wait::LONG;

/// What a page has to itself where nothing else is said.
pub(super) const USUAL: (u32, u32) = (1100, 900);

impl Browser {
    /// The same as [`Self::set_size`] on a display of which so many pixels are as wide as one of CSS. Chromium's own.
    pub fn set_display(&self, width: u32, height: u32, ratio: f64) {
        self.chromium(
            "Emulation.setDeviceMetricsOverride",
            json!({ "width": width, "height": height, "deviceScaleFactor": ratio, "mobile": false }),
        );
    }

    /// What the page has to itself, in CSS pixels.
    pub fn set_size(&self, width: u32, height: u32) {
        if self.engine == Engine::Chromium {
            return self.set_display(width, height, 1.0);
        }
        let wanted = [width, height].map(i64::from);
        let start = Instant::now();
        // What is asked of a window may show in its page much later, and nothing tells when.
        let mut patience = Duration::from_millis(250);
        let mut inside = self.inside();
        while inside != wanted {
            assert!(
                start.elapsed() < LONG,
                "the window's size: {inside:?} for {wanted:?}"
            );
            let around = self.around.get();
            let asked = [0, 1].map(|side| wanted[side] + around[side]);
            self.post("window/rect", json!({ "width": asked[0], "height": asked[1] }));
            inside = self.inside_after(wanted, patience);
            self.around.set([0, 1].map(|side| asked[side] - inside[side]));
            patience *= 2;
        }
    }

    /// What the page has to itself, in CSS pixels, once that is what is wanted or has not changed for so long.
    fn inside_after(&self, wanted: [i64; 2], patience: Duration) -> [i64; 2] {
        let mut inside = self.inside();
        let mut since = Instant::now();
        while inside != wanted && since.elapsed() < patience {
            sleep(Duration::from_millis(20));
            let now = self.inside();
            if now != inside {
                (inside, since) = (now, Instant::now());
            }
        }
        inside
    }

    fn inside(&self) -> [i64; 2] {
        let inside = self.run("return [innerWidth, innerHeight]", json!([]));
        [0, 1].map(|side| inside[side].as_i64().unwrap())
    }

    /// Has Chromium be one on a phone: small, fine, and touched.
    pub fn be_a_phone(&self) {
        self.chromium(
            "Emulation.setDeviceMetricsOverride",
            json!({ "width": 360, "height": 640, "deviceScaleFactor": 3, "mobile": true }),
        );
        self.chromium(
            "Emulation.setTouchEmulationEnabled",
            json!({ "enabled": true, "maxTouchPoints": 5 }),
        );
    }

    /// Opens another tab and goes to it.
    pub fn open_tab(&self) {
        let tab = self.post("window/new", json!({ "type": "tab" }));
        self.post("window", json!({ "handle": tab["handle"] }));
    }

    /// Stops all of the browser's processes meanwhile, as a laptop does that is closed.
    pub fn asleep<T>(&self, meanwhile: impl FnOnce() -> T) -> T {
        let processes = descendants(self.process());
        signal("STOP", &processes);
        let result = meanwhile();
        signal("CONT", &processes);
        result
    }

    /// Opens another tab in front of this one, for as long as this takes. Commands go to it meanwhile.
    pub fn behind_another_tab<T>(&self, meanwhile: impl FnOnce() -> T) -> T {
        let url = format!("{}/window", self.session);
        let own: Value = self
            .agent
            .get(&url)
            .call()
            .unwrap()
            .body_mut()
            .read_json()
            .unwrap();
        self.open_tab();
        let found = meanwhile();
        self.agent.delete(&url).call().unwrap();
        self.post("window", json!({ "handle": own["value"] }));
        found
    }
}
