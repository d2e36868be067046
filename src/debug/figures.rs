//! Live figures of the connection.

use leptos::prelude::*;
use porthole_viewer::{EncodingFigures, LockKeys, RoundTrip, Statistics};

use crate::element::{Element, element};
use crate::session::Session;

pub(crate) fn figures(session: Session) -> Element {
    element("section")
        .class("figures")
        .attr("aria-labelledby", "figures-title")
        .child(element("h2").id("figures-title").text("Figures"))
        .child_with(move || {
            Some(match session.statistics.get() {
                Some(statistics) => shown(&statistics, session.lock_keys.get()),
                None => element("div")
                    .class("nothing")
                    .text("Nothing yet: they come once a second from a desktop that is connected."),
            })
        })
}

fn shown(statistics: &Statistics, keys: Option<LockKeys>) -> Element {
    let (width, height) = statistics.size;
    let updates = if statistics.continuous_updates {
        " /s, sent by the server"
    } else {
        " /s, asked for one by one"
    };
    let round_trip = statistics
        .round_trip
        .map_or("the server has no fences".to_owned(), |round_trip| {
            let RoundTrip {
                minimum,
                median,
                jitter,
            } = round_trip;
            let [minimum, median, jitter] = [minimum, median, jitter].map(decimal);
            [&minimum, " ms, median ", &median, ", jitter ", &jitter].concat()
        });
    let quality = statistics
        .adapted
        .map_or("as chosen".to_owned(), |(quality, compression)| {
            [
                &quality.to_string(),
                ", compression ",
                &compression.to_string(),
                ", as the line is",
            ]
            .concat()
        });
    let lock_keys = keys.map_or("the server does not say".to_owned(), lock_keys);
    let screens = if statistics.screens.is_empty() {
        "the server does not say".to_owned()
    } else {
        statistics.screens.clone()
    };
    let figures = [
        (
            "Frames painted",
            "frames",
            [&decimal(statistics.frames_per_second.into()), " /s"].concat(),
        ),
        (
            "Updates",
            "updates",
            [&decimal(statistics.updates_per_second.into()), updates].concat(),
        ),
        (
            "Throughput",
            "throughput",
            [&bytes(statistics.bytes_per_second), "/s"].concat(),
        ),
        ("Quality", "quality", quality),
        ("Received", "received", bytes(statistics.bytes as f64)),
        ("Decoding", "decoding", percent(statistics.decode_load)),
        ("Painting", "painting", percent(statistics.paint_load)),
        ("Round trip", "round-trip", round_trip),
        (
            "Screen",
            "screen",
            [&width.to_string(), " × ", &height.to_string()].concat(),
        ),
        ("Screens", "screens", screens),
        ("Lock keys", "lock-keys", lock_keys),
    ];
    let figures = figures.map(|(name, id, value)| {
        element("div")
            .class("figure")
            .attr("data-figure", id)
            .child(element("dt").text(name))
            .child(element("dd").text(value))
    });
    element("div")
        .child(element("dl").children(figures))
        .children((!statistics.encodings.is_empty()).then(|| encodings(&statistics.encodings)))
}

fn lock_keys(keys: LockKeys) -> String {
    let keys = [
        (keys.caps_lock, "Caps Lock"),
        (keys.num_lock, "Num Lock"),
        (keys.scroll_lock, "Scroll Lock"),
    ];
    let on: Vec<&str> = keys
        .into_iter()
        .filter_map(|(on, name)| on.then_some(name))
        .collect();
    if on.is_empty() {
        "none is on".to_owned()
    } else {
        on.join(", ")
    }
}

fn encodings(encodings: &[EncodingFigures]) -> Element {
    let rows = encodings.iter().map(|figures| {
        let per_pixel = if figures.pixels == 0 {
            String::new()
        } else {
            decimal(figures.bytes as f64 * 8.0 / figures.pixels as f64)
        };
        let cells = [
            figures.rectangles.to_string(),
            bytes(figures.bytes as f64),
            per_pixel,
        ];
        element("tr")
            .child(element("th").attr("scope", "row").text(figures.name.clone()))
            .children(cells.map(|cell| element("td").text(cell)))
    });
    let head = ["Encoding", "Rectangles", "Bytes", "Bits per pixel"];
    let head = head.map(|text| element("th").attr("scope", "col").text(text));
    element("table")
        .child(element("thead").child(element("tr").children(head)))
        .child(element("tbody").children(rows))
}

/// With one digit after the point, which is cheaper in wasm than the formatting of floats.
fn decimal(value: f64) -> String {
    let tenths = (value * 10.0).round().max(0.0) as u64;
    [&(tenths / 10).to_string(), ".", &(tenths % 10).to_string()].concat()
}

fn percent(share: f32) -> String {
    [&decimal(f64::from(share) * 100.0), " %"].concat()
}

fn bytes(count: f64) -> String {
    let units = ["B", "kB", "MB", "GB"];
    let mut count = count;
    let mut unit = 0;
    while count >= 1000.0 && unit + 1 < units.len() {
        count /= 1000.0;
        unit += 1;
    }
    let name = units.get(unit).copied().unwrap_or_default();
    // There is no tenth of a byte.
    let number = if unit == 0 {
        (count as u64).to_string()
    } else {
        decimal(count)
    };
    [&number, " ", name].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_short() {
        assert_eq!(decimal(16.649), "16.6");
        assert_eq!(decimal(-1.0), "0.0");
        assert_eq!(bytes(999.0), "999 B");
        assert_eq!(bytes(1_234_567.0), "1.2 MB");
        assert_eq!(percent(0.256), "25.6 %");
    }

    #[test]
    fn lock_keys_are_named() {
        let mut keys = LockKeys::default();
        assert_eq!(lock_keys(keys), "none is on");
        (keys.caps_lock, keys.scroll_lock) = (true, true);
        assert_eq!(lock_keys(keys), "Caps Lock, Scroll Lock");
    }
}
