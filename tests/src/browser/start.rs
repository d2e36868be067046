//! How a browser is started, and on what.

use std::cell::Cell;
use std::time::Duration;

use serde_json::json;

use super::engine::{Engine, Sight};
use super::input_method::InputMethod;
use super::permit::{BROWSERS, Permit};
use super::window::USUAL;
use super::{Browser, post};

impl Browser {
    pub fn start() -> Self {
        Self::start_in(Engine::Chromium)
    }

    pub fn start_in(engine: Engine) -> Self {
        Self::start_with(Permit::wait_for(1), engine, Sight::Unseen)
    }

    /// On an X display of its own, for hands that are no driver's: see [`Self::display`]. Not for Chromium, which on a
    /// display without a window manager is told of a mouse or not, as it happens.
    pub fn start_shown(engine: Engine) -> Self {
        assert_ne!(engine, Engine::Chromium);
        Self::start_with(Permit::wait_for(1), engine, Sight::Shown)
    }

    /// On a display of which two pixels are as wide as one of CSS.
    pub fn start_fine(engine: Engine) -> Self {
        let browser = Self::start_with(Permit::wait_for(1), engine, Sight::Fine);
        if engine == Engine::Chromium {
            browser.set_display(USUAL.0, USUAL.1, 2.0);
        }
        browser
    }

    /// On a computer whose programs are dark. Not for Chromium, which is told so while it runs ([`Self::prefers`]).
    pub fn start_dark(engine: Engine) -> Self {
        assert_ne!(engine, Engine::Chromium);
        Self::start_with(Permit::wait_for(1), engine, Sight::Dark)
    }

    /// Chromium with pages that are zoomed in to 300 %.
    pub fn start_zoomed() -> Self {
        Self::start_with(Permit::wait_for(1), Engine::Chromium, Sight::Zoomed)
    }

    /// The same with a window manager, for hands on its keyboard ([`hand`](crate::desktop::Display::hand)).
    pub fn start_seen(engine: Engine) -> Self {
        Self::start_with(Permit::wait_for(1), engine, Sight::Managed(None))
    }

    /// The same with an input method.
    pub fn start_with_input_method(engine: Engine, method: InputMethod) -> Self {
        Self::start_with(Permit::wait_for(1), engine, Sight::Managed(Some(method)))
    }

    /// Two at once. To start one after the other would be for both to wait for somebody else's second one.
    pub fn start_two() -> (Self, Self) {
        let permit = Permit::wait_for(BROWSERS);
        let second = Self::start_with(Permit(0), Engine::Chromium, Sight::Unseen);
        (Self::start_with(permit, Engine::Chromium, Sight::Unseen), second)
    }

    /// The only one at its time, for what is measured.
    pub fn start_alone() -> Self {
        Self::start_with(Permit::wait_for(BROWSERS), Engine::Chromium, Sight::Unseen)
    }

    fn start_with(permit: Permit, engine: Engine, sight: Sight) -> Self {
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(90)))
            .build()
            .into();
        let driver = engine.driver(&agent, sight);
        let url = format!("{}/session", driver.address);
        let body = json!({ "capabilities": { "alwaysMatch": engine.capabilities(sight) } });
        let answer =
            post(&agent, &url, &body).unwrap_or_else(|error| panic!("{engine:?} does not start: {error}"));
        let id = answer["sessionId"].as_str().unwrap();
        let capability = |name: &str| answer["capabilities"][name].as_str().unwrap_or_default();
        let browser = Self {
            engine,
            name: format!("{} {}", capability("browserName"), capability("browserVersion")),
            session: format!("{url}/{id}"),
            agent,
            debugger: answer["capabilities"]["goog:chromeOptions"]["debuggerAddress"]
                .as_str()
                .map(str::to_owned),
            driver,
            around: Cell::default(),
            _permit: permit,
        };
        // What a driver says of a display's pixels is another thing than a zoom.
        if !sight.is_managed() && sight != Sight::Zoomed {
            browser.set_size(USUAL.0, USUAL.1);
        }
        browser
    }
}
