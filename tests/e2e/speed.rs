//! What is measured.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;
use x11rb::protocol::xproto::EventMask;

use porthole_tests::browser::{Browser, report};
use porthole_tests::desktop::Tigervnc;
use porthole_tests::gateway::Gateway;
use porthole_tests::peer::{Proxy, Request};
use porthole_tests::wait::{LONG, until};

/// How late the page's own timer is meanwhile is reported only: that is the machine's as much as the page's, and measured
/// by `cargo xtask bench`.
#[test]
fn the_page_goes_on_while_a_large_desktop_repaints_as_fast_as_it_can() {
    let server = Tigervnc::start((1920, 1080));
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start_alone();
    browser.set_size(1920, 1080);
    browser.open(&gateway.page("debug"));
    browser.connected();
    let window = server.display.window((0, 0), (1920, 1080), EventMask::NO_EVENT);
    let picture = server.display.pixmap((1920 + 64, 1080 + 64));
    let is_over = AtomicBool::new(false);
    let (found, painted, frames) = std::thread::scope(|scope| {
        let over = Over(&is_over);
        let painter = scope.spawn(|| {
            let mut painted = 0_u32;
            while !is_over.load(Ordering::Relaxed) {
                let place = [7, 13].map(|step| (painted * step % 64) as i16);
                server.display.repaint(window, picture, place.into());
                painted += 1;
            }
            painted
        });
        // Under way before it is measured.
        std::thread::sleep(Duration::from_secs(1));
        browser.run(
            "const measured = globalThis.measured = { late: 0, ticks: 0, long: [] };
             let last = performance.now();
             measured.timer = setInterval(() => {
                 const now = performance.now();
                 measured.late = Math.max(measured.late, now - last - 5);
                 measured.ticks++;
                 last = now;
             }, 5);
             new PerformanceObserver((list) => {
                 for (const entry of list.getEntries()) measured.long.push(Math.round(entry.duration));
             }).observe({ type: 'longtask' });",
            json!([]),
        );
        std::thread::sleep(Duration::from_secs(5));
        let found = until("the timer runs", LONG, || {
            let found = browser.run("return measured", json!([]));
            match found["ticks"].as_u64() {
                Some(300..) => Ok(found),
                _ => Err(found.to_string()),
            }
        });
        // Of the last second.
        let frames = until("the desktop is shown meanwhile", LONG, || {
            match browser.text("[data-figure=frames] dd") {
                Some(frames) if !frames.starts_with("0.0 ") => Ok(frames),
                frames => Err(format!("{frames:?}")),
            }
        });
        drop(over);
        (found, painter.join().unwrap(), frames)
    });
    report(&format!(
        "1920x1080 repainted {painted} times, {frames} frames shown; the page's own timer: {found}"
    ));
    // It is JPEG: close to it, while any other place of the picture is far from it.
    let truth = server.display.picture();
    until("the last picture is shown", LONG, || {
        match browser.canvas().ok_or("no canvas")?.mean_error(&truth) {
            Some(error) if error < 10.0 => Ok(()),
            error => Err(format!("the mean error is {error:?}")),
        }
    });
}

/// Ends what goes on until then, also where the test fails: else that would be waited for in vain.
struct Over<'a>(&'a AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// What a page may take until it shows the first frame.
const BYTES: usize = 140_000;
const REQUESTS: usize = 8;

/// The user interface is no part of that: it is asked for when the frame is there, or when it takes long.
#[test]
fn the_first_frame_needs_at_most_140_kb_and_8_requests() {
    let server = Tigervnc::start((640, 480));
    let gateway = Gateway::to(&server.target());
    let proxy = Proxy::before(&gateway.address, "/", "/");
    let browser = Browser::start_alone();
    let start = Instant::now();
    browser.open(&format!("http://{}/api/auth/session/vm/novnc/", proxy.address));
    browser.connected();
    let took = start.elapsed();
    let first_frame = browser.run(
        "return performance.getEntriesByName('porthole-first-frame')[0].startTime",
        json!([]),
    );
    let (after, before): (Vec<_>, Vec<_>) = proxy.requests().into_iter().partition(|request| {
        request.path.contains("/porthole-") && request.path.ends_with(".js")
            || request.path.contains("/porthole_bg-")
            || request.path.contains("/app-")
    });
    assert_eq!(after.len(), 3, "the user interface is three files: {after:?}");
    let bytes = |requests: &[Request]| requests.iter().map(|request| request.bytes).sum::<usize>();
    let mut lines: Vec<String> = before
        .iter()
        .chain(&after)
        .map(|request| format!("{:>8} {}", request.bytes, request.path))
        .collect();
    lines.push(format!(
        "{:>8} bytes of gzip in {} requests before the first frame at {first_frame} ms, {} in {} after it; the \
         user interface was there after {} ms",
        bytes(&before),
        before.len(),
        bytes(&after),
        after.len(),
        took.as_millis()
    ));
    report(&lines.join("\n"));
    assert!(before.len() <= REQUESTS, "{} requests", before.len());
    assert!(bytes(&before) <= BYTES, "{} bytes", bytes(&before));
}

#[test]
fn a_second_visit_fetches_nothing_that_is_known() {
    let server = Tigervnc::start((640, 480));
    let gateway = Gateway::to(&server.target());
    let proxy = Proxy::before(&gateway.address, "/", "/");
    let browser = Browser::start();
    let url = format!("http://{}/api/auth/session/vm/novnc/", proxy.address);
    browser.open(&url);
    browser.connected();
    let first = proxy.requests().len();
    browser.open(&url);
    browser.connected();
    let again: usize = proxy.requests()[first..]
        .iter()
        .map(|request| request.bytes)
        .sum();
    report(&format!("a second visit takes {again} bytes"));
    assert!(again < 10_000, "{again} bytes");
}
