//! Everybody can use the page: whatever they see, hear and type with. `Browser::looks` has axe-core look at all of the
//! pages that other tests go through; here are those that are left.

use serde_json::json;

use porthole_tests::browser::{Browser, Engine, Stroke, key};
use porthole_tests::desktop::Tigervnc;
use porthole_tests::gateway::Gateway;
use porthole_tests::peer::{says, web_page};
use porthole_tests::wait::{LONG, until};

const PANELS: [&str; 3] = ["clipboard", "screen", "settings"];

#[test]
fn everybody_can_use_the_bar_and_its_panels() {
    let server = Tigervnc::start((640, 480));
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    browser.open(&gateway.page(""));
    browser.connected();
    browser.looks("connected");
    browser.click(".handle");
    browser.looks("bar");
    for panel in PANELS {
        browser.click(&format!("#tools [aria-controls={panel}]"));
        browser.text_with(&format!("#{panel} h2"), "", LONG);
        browser.looks(&format!("panel-{panel}"));
    }
    browser.click("#tools [title=Disconnect]");
    browser.text_with(".card h1", "Disconnected", LONG);
    browser.looks("disconnected");
    browser.open(&gateway.page("view_only"));
    browser.connected();
    browser.click(".handle");
    browser.looks("bar-view-only");
    browser.open(&gateway.page("autoconnect=0&quality=11"));
    browser.text_with(".card h1", "Not connected", LONG);
    browser.text_with(".notice", "quality=11", LONG);
    browser.looks("idle");
}

#[test]
fn everybody_can_use_the_page_before_there_is_a_desktop_and_in_a_frame() {
    let silent = Gateway::to(&says(b""));
    let server = Tigervnc::start((640, 480));
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    browser.open(&silent.page("debug"));
    browser.text_with(".card h1", "Waiting for the desktop to answer", LONG);
    browser.looks("connecting-debug");

    browser.chromium("Network.enable", json!({}));
    browser.chromium(
        "Network.setBlockedURLs",
        json!({ "urls": ["*/viewer-*.js", "*/viewer_bg*"] }),
    );
    browser.open(&gateway.page(""));
    browser.text_with(".loading h1.failed-text", "could not be loaded", LONG);
    until("it is said", LONG, || match browser.whole_text() {
        text if text.contains("could not be loaded") => Ok(()),
        text => Err(text),
    });
    browser.looks("not-loaded");
    browser.chromium("Network.setBlockedURLs", json!({ "urls": [] }));

    browser.open(&gateway.url("/health"));
    browser.run(
        "document.title = 'A page';
         document.documentElement.lang = 'en';
         document.body.innerHTML = '<main><h1>A page</h1><iframe title=Desktop width=800 height=600></iframe></main>';
         document.querySelector('iframe').src = arguments[0]",
        json!([gateway.page("")]),
    );
    browser.enter_frame("iframe");
    browser.connected();
    browser.click(".handle");
    browser.click("#tools [aria-controls=screen]");
    browser.is_accessible("in-a-frame");
    browser.leave_frame();
    browser.is_accessible("around-a-frame");
}

#[test]
fn other_browsers_find_the_page_as_accessible() {
    let server = Tigervnc::start((640, 480));
    let gateway = Gateway::to(&server.target());
    for engine in [Engine::Firefox, Engine::WebKitGtk] {
        let browser = Browser::start_in(engine);
        browser.open(&gateway.page("debug"));
        browser.connected();
        browser.click(".handle");
        browser.is_accessible(&format!("{engine:?}-bar"));
        for panel in PANELS {
            browser.click(&format!("#tools [aria-controls={panel}]"));
            browser.text_with(&format!("#{panel} h2"), "", LONG);
            browser.is_accessible(&format!("{engine:?}-{panel}"));
        }
    }
}

/// What of a panel is not in the window, not in the panel, or wider than its place; but a button whose picture ends where the
/// panel's contents do.
const CUT_OFF: &str = "
    const panel = document.querySelector('.panel'), box = panel.getBoundingClientRect();
    const isBeyond = box.left < 0 || box.top < 0 || box.right > innerWidth || box.bottom > innerHeight;
    const scrolls = panel.scrollWidth > panel.clientWidth + 1 && getComputedStyle(panel).overflowX !== 'hidden';
    const others = 'select, option, .stepping, .panel-head, .visually-hidden';
    const parts = [...panel.querySelectorAll('*')].filter((it) => it.clientWidth > 0 && !it.matches(others));
    const cut = parts.filter((it) => {
        const { left, right } = it.getBoundingClientRect();
        return it.scrollWidth > it.clientWidth + 1 || left < box.left || right > box.right;
    });
    return [...(isBeyond || scrolls ? ['the panel itself'] : []), ...cut.map((it) => it.outerHTML.slice(0, 120))]";

#[test]
fn other_browsers_show_all_of_the_panels_by_day_and_by_night_and_on_small_screens() {
    let server = Tigervnc::start((640, 480));
    let gateway = Gateway::with(&format!(
        "frame_ancestors = \"'self' http://127.0.0.1:*\"\n[sessions.vm]\ntarget = '{}'\n",
        server.target()
    ));
    let around = web_page("<!doctype html><title>A page</title><body>".to_owned());
    for engine in [Engine::Firefox, Engine::WebKitGtk] {
        for is_dark in [false, true] {
            let browser = if is_dark {
                Browser::start_dark(engine)
            } else {
                Browser::start_in(engine)
            };
            for (width, height) in [(1280, 800), (360, 640)] {
                // In a frame, since not every browser's window can be as small.
                browser.set_size(1280, 800);
                browser.open(&around);
                // Its page has come before a script runs there: Firefox's driver fails one whose document is replaced meanwhile.
                browser.run(
                    "document.body.style.margin = 0;
                     const frame = document.createElement('iframe');
                     [frame.width, frame.height, frame.src] = arguments;
                     frame.style.border = 0;
                     const loaded = new Promise((done) => { frame.onload = () => done(); });
                     document.body.append(frame);
                     return loaded",
                    json!([width, height, gateway.page("")]),
                );
                browser.enter_frame("iframe");
                browser.connected();
                let dark = browser.run(
                    "return matchMedia('(prefers-color-scheme: dark)').matches",
                    json!([]),
                );
                assert_eq!(dark, json!(is_dark), "{engine:?}");
                let name = |what: &str| {
                    let light = if is_dark { "dark" } else { "light" };
                    format!("{engine:?}-{what}-{width}-{light}")
                };
                browser.click(".handle");
                browser.screenshot(&name("bar"));
                for panel in ["keys", "clipboard", "screen", "settings"] {
                    browser.click(&format!("#tools [aria-controls={panel}]"));
                    browser.text_with(&format!("#{panel} h2"), "", LONG);
                    browser.frames();
                    browser.screenshot(&name(panel));
                    browser.is_accessible(&name(panel));
                    assert_eq!(browser.run(CUT_OFF, json!([])), json!([]), "{}", name(panel));
                    browser.click(&format!("#{panel} [aria-label=Close]"));
                }
                browser.leave_frame();
            }
        }
    }
}

/// What has the focus, by its label or its words.
fn focused(browser: &Browser) -> String {
    let found = browser.run(
        "const it = document.activeElement;
         return it.getAttribute('aria-label') ?? it.id + it.textContent.trim().slice(0, 24)",
        json!([]),
    );
    found.as_str().unwrap_or_default().to_owned()
}

#[test]
fn the_bar_and_its_panels_are_used_by_keyboard_alone() {
    let server = Tigervnc::start((640, 480));
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    browser.open(&gateway.page("resize=scale"));
    browser.connected();
    browser.run("document.querySelector('.handle').focus()", json!([]));
    let tap = |key: &str| browser.keys(&[Stroke::Tap(key)]);
    let goes_to = |name: &str| {
        until(&format!("the focus is on {name}"), LONG, || {
            match focused(&browser) {
                found if found.contains(name) => Ok(()),
                found => Err(found),
            }
        });
    };
    tap(key::ENTER);
    goes_to("Hide controls");
    let mut passed = Vec::new();
    while !passed.iter().any(|name: &String| name.contains("Screen")) {
        assert!(passed.len() < 20, "{passed:?}");
        tap(key::TAB);
        passed.push(focused(&browser));
    }
    assert!(
        passed[0].contains("Ctrl-Alt-Del"),
        "in the order in which they are seen: {passed:?}"
    );
    tap(key::ENTER);
    goes_to("screen");
    tap(key::TAB);
    goes_to("Close");
    tap(key::TAB);
    goes_to("Smaller");
    tap(key::TAB);
    goes_to("Larger");
    tap(key::ENTER);
    let percent = browser.text(".percent").unwrap();
    assert_ne!(percent, "100 %", "it was used");
    // What has the focus is seen to have it.
    let outline = browser.run(
        "return getComputedStyle(document.activeElement).outlineStyle",
        json!([]),
    );
    assert_eq!(outline, json!("solid"));
    // Who closes a panel by keys goes on where they opened it.
    browser.run(
        "document.querySelector('#screen [aria-label=Close]').focus()",
        json!([]),
    );
    tap(key::ENTER);
    until(
        "the focus is back on the panel's button",
        LONG,
        || match focused(&browser) {
            found if found == "Screen" => Ok(()),
            found => Err(found),
        },
    );
    tap(key::ENTER);
    goes_to("screen");
    tap(key::ESCAPE);
    until("all is closed", LONG, || match browser.text("#tools") {
        None => Ok(()),
        Some(text) => Err(text),
    });
    let in_desktop = browser.run(
        "return document.activeElement.closest('#desktop') !== null",
        json!([]),
    );
    assert_eq!(in_desktop, json!(true), "the desktop has the keyboard again");
}

/// Goes on by Tab from the handle to the desktop and back to it, and finds everything that has the focus on the way seen,
/// not covered, and marked.
fn is_seen_by_whoever_tabs(browser: &Browser, what: &str) -> Vec<String> {
    let mut passed: Vec<String> = Vec::new();
    loop {
        browser.keys(&[Stroke::Tap(key::TAB)]);
        let found = browser.run(
            "const it = document.activeElement;
             if (it === document.body) return null;
             const name = it.getAttribute('aria-label') ?? it.id + it.textContent.trim().slice(0, 24);
             const desktop = document.querySelector('#desktop');
             if (desktop.contains(it))
                 return [name, getComputedStyle(desktop, '::after').borderTopStyle === 'solid' && 'desktop'];
             const box = it.getBoundingClientRect(), { outlineStyle, outlineWidth } = getComputedStyle(it);
             const points = [[0.5, 0.5], [0.1, 0.5], [0.9, 0.5], [0.5, 0.2], [0.5, 0.8]];
             const top = points.map(([x, y]) =>
                 document.elementFromPoint(box.left + x * box.width, box.top + y * box.height));
             return [name, outlineStyle === 'solid' && parseFloat(outlineWidth) >= 2
                 && top.every((found) => it.contains(found) || found?.contains(it) && found.localName === 'label')]",
            json!([]),
        );
        let name = found[0].as_str().unwrap_or_default().to_owned();
        assert!(
            found.is_null() || found[1] == json!(true) || found[1] == json!("desktop"),
            "{what}: {name} has the focus and is not seen to have it: {found}, after {passed:?}"
        );
        assert!(passed.len() < 80, "{what}: it leads nowhere: {passed:?}");
        if found[1] == json!("desktop") || passed.contains(&name) {
            return passed;
        }
        passed.push(name);
    }
}

#[test]
fn whoever_goes_by_keys_sees_where_they_are() {
    let server = Tigervnc::start((640, 480));
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    browser.open(&gateway.page("resize=scale"));
    browser.connected();
    for size in [(1100, 900), (360, 640)] {
        browser.set_size(size.0, size.1);
        for panel in [
            None,
            Some("keys"),
            Some("clipboard"),
            Some("screen"),
            Some("settings"),
        ] {
            let what = format!("{panel:?} at {size:?}");
            browser.click(".handle");
            if let Some(panel) = panel {
                browser.click(&format!("#tools [aria-controls={panel}]"));
                browser.text_with(&format!("#{panel} h2"), "", LONG);
            }
            let start = panel.map_or(".handle".to_owned(), |panel| format!("#{panel} button"));
            browser.run("document.querySelector(arguments[0]).focus()", json!([start]));
            let passed = is_seen_by_whoever_tabs(&browser, &what);
            assert!(passed.len() >= 3, "{what}: {passed:?}");
            browser.run("document.querySelector(arguments[0]).focus()", json!([start]));
            browser.keys(&[Stroke::Tap(key::ESCAPE)]);
            until(&format!("{what} is closed"), LONG, || match focused(&browser) {
                found if found.starts_with("Remote desktop") && browser.text("#tools").is_none() => Ok(()),
                found => Err(found),
            });
        }
    }
}

/// The elements are in the window, and nothing covers their middle.
fn are_seen(browser: &Browser, what: &str, selectors: &[&str]) {
    until(&format!("{selectors:?} are seen {what}"), LONG, || {
        let hidden = browser.run(
            "return arguments[0].filter((selector) => {
                 const it = document.querySelector(selector);
                 if (it === null) return true;
                 const { left, top, right, bottom } = it.getBoundingClientRect();
                 const seen = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
                 return top < 0 || bottom > innerHeight || !it.contains(seen);
             })",
            json!([selectors]),
        );
        match hidden.as_array() {
            Some(none) if none.is_empty() => Ok(()),
            _ => Err(format!("hidden: {hidden}")),
        }
    });
}

#[test]
fn what_matters_is_in_sight_in_a_small_window() {
    let server = Tigervnc::start((640, 480));
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    browser.set_size(640, 360);
    browser.open(&gateway.page("resize=scale"));
    browser.connected();
    browser.click(".handle");
    for panel in ["keys", "screen"] {
        browser.click(&format!("#tools [aria-controls={panel}]"));
        let close = format!("#{panel} [aria-label=Close]");
        are_seen(&browser, "in a panel", &[&close]);
        browser.run(
            "const panel = document.getElementById(arguments[0]);
             panel.scrollTo(0, panel.scrollHeight)",
            json!([panel]),
        );
        are_seen(&browser, "in a panel that is scrolled to its end", &[&close]);
        browser.screenshot(&format!("low-{panel}"));
        browser.click(&close);
    }

    browser.set_size(360, 640);
    let odd = "autoconnect=0&quality=77&resize=odd&zoom=9&touch=x&smoothing=odd&depth=3";
    browser.open(&gateway.page(odd));
    browser.text_with(".notice", "depth=3", LONG);
    are_seen(&browser, "beside a long notice", &[".card h1", ".card .primary"]);
    browser.screenshot("long-notice");

    drop(server);
    browser.set_size(800, 300);
    browser.open(&gateway.page(""));
    browser.text_with(".doctor", "What went wrong", LONG);
    until("its button has the focus", LONG, || match focused(&browser) {
        found if found == "Try again" => Ok(()),
        found => Err(found),
    });
    are_seen(
        &browser,
        "in a low window",
        &[".card h1", ".card .reason", ".card .primary"],
    );
    browser.screenshot("low-ended");
}

#[test]
fn all_is_mirrored_where_one_reads_from_right_to_left() {
    let server = Tigervnc::start((640, 480));
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    browser.set_size(1300, 750);
    browser.open(&gateway.page("resize=off&zoom=300&debug"));
    browser.connected();
    browser.run("document.documentElement.dir = 'rtl'", json!([]));
    browser.click(".handle");
    for panel in PANELS {
        browser.click(&format!("#tools [aria-controls={panel}]"));
        browser.text_with(&format!("#{panel} h2"), "", LONG);
        let places = browser.run(
            "const place = (selector) => {
                 const { left, right } = document.querySelector(selector).getBoundingClientRect();
                 return [Math.round(left), Math.round(right)];
             };
             return [place('.stage'), place('#tools'), place('.handle'), place('.panel')]",
            json!([]),
        );
        let at = |element: usize, side: usize| places[element][side].as_i64().unwrap();
        assert_eq!(at(0, 1), at(1, 1), "the bar is at the right: {places}");
        assert!(
            at(2, 1) <= at(1, 0) && at(3, 1) <= at(2, 0),
            "and opens to the left: {places}"
        );
        assert!(at(3, 0) >= at(0, 0), "within the window: {places}");
    }
    browser.looks("right-to-left");
    // What is scrolled to of the desktop is the same as ever.
    browser.run(
        "document.querySelector('#desktop > div').scrollTo(1e4, 0)",
        json!([]),
    );
    let [left, _, width, _] = crate::screen::place(&browser);
    let stage = browser.run("return document.querySelector('.stage').clientWidth", json!([]));
    assert!(
        left < -500.0 && left + width <= stage.as_f64().unwrap() + 600.0,
        "{left} {width}"
    );
}

#[test]
fn nothing_moves_by_itself_where_that_is_not_wanted() {
    let gateway = Gateway::to(&says(b""));
    let browser = Browser::start();
    browser.prefers(&[("prefers-reduced-motion", "reduce")]);
    browser.open(&gateway.page(""));
    browser.text_with(".card h1", "Waiting for the desktop to answer", LONG);
    let moving = browser.run(
        "return document.getAnimations()
             .filter((it) => it.playState === 'running' && it.effect.getComputedTiming().activeDuration > 100)
             .map((it) => `${it.animationName} of ${it.effect.target.className}`)",
        json!([]),
    );
    assert_eq!(moving, json!([]));
}

#[test]
fn who_does_not_see_the_page_hears_what_happens() {
    let server = Tigervnc::start((640, 480));
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    browser.open(&gateway.page(""));
    browser.connected();
    let said = |words: &str| {
        until(&format!("it is said: {words}"), LONG, || {
            let regions = browser.run(
                "return [...document.querySelectorAll('[aria-live], [role=status], [role=alert]')]
                     .map((it) => it.textContent).join(' ')",
                json!([]),
            );
            let regions = regions.as_str().unwrap();
            if regions.contains(words) {
                Ok(())
            } else {
                Err(regions.to_owned())
            }
        });
    };
    said("Connected to porthole test");
    // What comes into such an element together with it is not read out, and what comes twice is a nuisance.
    browser.open(&gateway.page("autoconnect=0"));
    browser.text_with(".card h1", "Not connected", LONG);
    browser.run(
        "globalThis.heard = [];
         const look = (changes) => {
             for (const { target, addedNodes } of changes)
                 for (const node of addedNodes) {
                     const region = (target.closest ? target : target.parentElement)
                         ?.closest('[aria-live], [role=status], [role=alert]');
                     if (region && node.textContent.trim()) heard.push(node.textContent.trim());
                 }
         };
         new MutationObserver(look).observe(document.body, { subtree: true, childList: true });",
        json!([]),
    );
    browser.click(".card .primary");
    browser.connected();
    said("Connected to porthole test");
    let heard = browser.run("return heard", json!([]));
    let times = |words: &str| {
        let heard = heard.as_array().unwrap().iter();
        heard.filter(|it| it.as_str().unwrap().contains(words)).count()
    };
    assert_eq!(times("Connected to"), 1, "{heard}");
    server.display.ring();
    said("The bell");
    browser.click(".handle");
    browser.click("#tools [title=Disconnect]");
    said("Disconnected");
}
