//! Live figures of the connection.

use leptos::html::{dd, div, dl, dt, h2, section, table, tbody, td, th, thead, tr};
use leptos::prelude::*;
use porthole_viewer::{EncodingFigures, Statistics};

use crate::session::Session;

pub(crate) fn figures(session: Session) -> impl IntoView {
    section()
        .class("figures")
        .attr("aria-labelledby", "figures-title")
        .child((h2().id("figures-title").child("Figures"), move || {
            match session.statistics.get() {
                Some(statistics) => shown(&statistics).into_any(),
                None => div()
                    .class("nothing")
                    .child("Nothing yet: they come once a second from a desktop that is connected.")
                    .into_any(),
            }
        }))
}

fn shown(statistics: &Statistics) -> impl IntoView + use<> {
    let (width, height) = statistics.size;
    let updates = if statistics.continuous_updates {
        "sent by the server"
    } else {
        "asked for one by one"
    };
    let round_trip = statistics
        .round_trip
        .map_or("the server has no fences".to_owned(), |milliseconds| {
            [&decimal(milliseconds), " ms"].concat()
        });
    (
        dl().child((
            figure(
                "Frames painted",
                "frames",
                [&decimal(f64::from(statistics.frames_per_second)), " /s"].concat(),
            ),
            figure(
                "Updates",
                "updates",
                [
                    &decimal(f64::from(statistics.updates_per_second)),
                    " /s, ",
                    updates,
                ]
                .concat(),
            ),
            figure(
                "Throughput",
                "throughput",
                [&bytes(statistics.bytes_per_second), "/s"].concat(),
            ),
            figure("Received", "received", bytes(statistics.bytes as f64)),
            figure("Decoding", "decoding", percent(statistics.decode_load)),
            figure("Painting", "painting", percent(statistics.paint_load)),
            figure("Round trip", "round-trip", round_trip),
            figure(
                "Screen",
                "screen",
                [&width.to_string(), " x ", &height.to_string()].concat(),
            ),
        )),
        (!statistics.encodings.is_empty()).then(|| encodings(&statistics.encodings)),
    )
}

fn figure(name: &'static str, id: &'static str, value: String) -> impl IntoView {
    div()
        .class("figure")
        .attr("data-figure", id)
        .child((dt().child(name), dd().child(value)))
}

fn encodings(encodings: &[EncodingFigures]) -> impl IntoView + use<> {
    let rows: Vec<_> = encodings
        .iter()
        .map(|figures| {
            let per_pixel = if figures.pixels == 0 {
                String::new()
            } else {
                decimal(figures.bytes as f64 * 8.0 / figures.pixels as f64)
            };
            tr().child((
                th().attr("scope", "row").child(figures.name.clone()),
                td().child(figures.rectangles.to_string()),
                td().child(bytes(figures.bytes as f64)),
                td().child(per_pixel),
            ))
        })
        .collect();
    let head = ["Encoding", "Rectangles", "Bytes", "Bits per pixel"]
        .map(|text| th().attr("scope", "col").child(text));
    table().child((
        thead().child(tr().child(head.into_iter().collect::<Vec<_>>())),
        tbody().child(rows),
    ))
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
    [&decimal(count), " ", name].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_short() {
        assert_eq!(decimal(16.649), "16.6");
        assert_eq!(decimal(-1.0), "0.0");
        assert_eq!(bytes(999.0), "999.0 B");
        assert_eq!(bytes(1_234_567.0), "1.2 MB");
        assert_eq!(percent(0.256), "25.6 %");
    }
}
