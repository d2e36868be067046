//! A browser and a server, and what can be asked of a page that is open in it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Result;
use porthole_tests::browser::Browser;
use serde_json::{Value, json};

use crate::contender::Contender;
use crate::scene::SIZE;
use crate::server::Server;

/// Says that it is over when it is dropped, however that comes about: what goes on beside a measurement must not go on
/// without it.
pub(crate) struct Over<'a>(pub(crate) &'a AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

pub(crate) struct Arena {
    pub(crate) browser: Browser,
    pub(crate) server: Server,
}

impl Arena {
    pub(crate) fn new(server: Server) -> Self {
        Self {
            browser: browser(),
            server,
        }
    }

    /// With a browser that has seen nothing yet.
    pub(crate) fn renew(&mut self) {
        self.browser = browser();
    }

    /// Opens a contender's page, as it is by itself.
    pub(crate) fn open(&self, contender: Contender) {
        self.open_path(contender.path());
    }

    pub(crate) fn open_path(&self, path: &str) {
        // What was there is gone before anything is counted.
        self.browser.open("about:blank");
        self.browser
            .open(&format!("http://{}{path}", self.server.address));
    }

    /// How many seconds the page's thread has been busy since it is there.
    pub(crate) fn busy(&self) -> f64 {
        self.busy_and_time().0
    }

    /// The same, and when it was asked: a page that is busy answers late.
    pub(crate) fn busy_and_time(&self) -> (f64, f64) {
        self.browser.chromium("Performance.enable", json!({}));
        let answer = self.browser.chromium("Performance.getMetrics", json!({}));
        let metric = |name| metric(&answer, name).unwrap_or(f64::NAN);
        (metric("TaskDuration"), metric("Timestamp"))
    }

    /// Waits until the page's thread has next to nothing to do, but not for long.
    pub(crate) fn wait_until_quiet(&self) {
        const LOOK: Duration = Duration::from_millis(80);
        let mut before = self.busy();
        for _ in 0..25 {
            std::thread::sleep(LOOK);
            let now = self.busy();
            if now - before < 0.006 {
                break;
            }
            before = now;
        }
    }
}

/// A browser whose window is as large as the desktop.
fn browser() -> Browser {
    let browser = Browser::start();
    browser.set_size(SIZE.0.into(), SIZE.1.into());
    browser
}

fn metric(answer: &Value, name: &str) -> Option<f64> {
    let metrics = answer["metrics"].as_array()?;
    metrics
        .iter()
        .find(|metric| metric["name"] == name)
        .and_then(|metric| metric["value"].as_f64())
}

/// Which browser it is.
pub(crate) fn version(browser: &Browser) -> Result<String> {
    let answer = browser.chromium("Browser.getVersion", json!({}));
    Ok(answer["product"].as_str().unwrap_or_default().replace('/', " "))
}
