//! Drawings: shapes, whose colours the style sheet knows.

use leptos::prelude::*;
use leptos::svg;

/// An icon of strokes, drawn on a grid of 24.
pub fn icon(path: &'static str) -> AnyView {
    drawing("icon", "0 0 24 24", &[("", path)])
}

/// The project's sign.
pub fn logo() -> AnyView {
    drawing(
        "logo",
        "0 0 64 64",
        &[
            ("logo-rim", "M3 32a29 29 0 1 0 58 0a29 29 0 1 0-58 0z"),
            ("logo-glass", "M12 32a20 20 0 1 0 40 0a20 20 0 1 0-40 0z"),
            (
                "logo-sea",
                "M12.6 37c5 0 5-4 9.7-4s4.9 4 9.7 4 5-4 9.7-4 4.7 4 9.7 4A20 20 0 0 1 12.6 37z",
            ),
        ],
    )
}

/// A drawing: shapes, each with its class and its path.
fn drawing(class: &'static str, view_box: &'static str, shapes: &[(&'static str, &'static str)]) -> AnyView {
    let shapes: Vec<_> = shapes
        .iter()
        .map(|(class, path)| svg::path().attr("class", *class).attr("d", *path))
        .collect();
    svg::svg()
        .attr("viewBox", view_box)
        .attr("class", class)
        .attr("aria-hidden", "true")
        .child(shapes)
        .into_any()
}
