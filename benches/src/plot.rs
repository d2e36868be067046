//! Plots, as SVG.

use std::fmt::Write as _;

const FONT: &str = "font-family=\"DejaVu Sans, Arial, sans-serif\"";
const COLOURS: [&str; 4] = ["#0b6e8c", "#c8743a", "#7aa95c", "#8a6fb0"];
const INK: &str = "#222222";

/// Bars to the right, some to each row.
pub(crate) struct Bars<'a> {
    pub(crate) title: &'a str,
    pub(crate) series: &'a [&'a str],
    pub(crate) rows: Vec<(String, Vec<f64>)>,
}

pub(crate) fn bars(bars: &Bars<'_>) -> String {
    const LEFT: f64 = 200.0;
    const WIDTH: f64 = 480.0;
    const BAR: f64 = 11.0;
    const GAP: f64 = 7.0;
    let row = BAR * bars.series.len() as f64 + GAP;
    let height = 66.0 + row * bars.rows.len() as f64;
    let values = bars.rows.iter().flat_map(|(_, values)| values);
    let longest = values.copied().fold(f64::MIN_POSITIVE, f64::max);
    let mut svg = head(LEFT + WIDTH + 80.0, height, bars.title);
    legend(&mut svg, bars.series, LEFT);
    for (number, (label, values)) in bars.rows.iter().enumerate() {
        let top = 60.0 + row * number as f64;
        text(&mut svg, (LEFT - 8.0, top + row / 2.0 + 1.0), "end", label);
        for (at, value) in values.iter().enumerate() {
            let y = top + BAR * at as f64;
            let length = (value / longest * WIDTH).max(1.0);
            let colour = COLOURS[at % COLOURS.len()];
            rect(&mut svg, [LEFT, y, length, BAR - 1.0], colour);
            text(&mut svg, (LEFT + length + 4.0, y + 9.0), "start", &shown(*value));
        }
    }
    svg.push_str("</svg>\n");
    svg
}

/// Lines over time, from nothing up.
pub(crate) struct Lines<'a> {
    pub(crate) title: &'a str,
    /// What the times are in.
    pub(crate) unit: &'a str,
    /// A name, and times and values.
    pub(crate) series: Vec<(&'a str, Vec<(f64, f64)>)>,
}

pub(crate) fn lines(lines: &Lines<'_>) -> String {
    const LEFT: f64 = 60.0;
    const TOP: f64 = 60.0;
    const WIDTH: f64 = 600.0;
    const HEIGHT: f64 = 220.0;
    let points = || lines.series.iter().flat_map(|(_, points)| points.iter().copied());
    let last = points().map(|(time, _)| time).fold(f64::MIN_POSITIVE, f64::max);
    let highest = points().map(|(_, value)| value).fold(f64::MIN_POSITIVE, f64::max) * 1.1;
    let place = |(time, value): (f64, f64)| {
        (
            LEFT + time / last * WIDTH,
            TOP + HEIGHT - value / highest * HEIGHT,
        )
    };
    let mut svg = head(LEFT + WIDTH + 40.0, TOP + HEIGHT + 40.0, lines.title);
    let names: Vec<&str> = lines.series.iter().map(|(name, _)| *name).collect();
    legend(&mut svg, &names, LEFT);
    for part in 0..=4 {
        let value = highest * f64::from(part) / 4.0;
        let (_, y) = place((0.0, value));
        rect(&mut svg, [LEFT, y, WIDTH, 0.5], "#bbbbbb");
        text(&mut svg, (LEFT - 6.0, y + 4.0), "end", &shown(value));
    }
    let (x, y) = place((last, 0.0));
    text(
        &mut svg,
        (x, y + 16.0),
        "end",
        &format!("{} {}", shown(last), lines.unit),
    );
    for (at, (_, points)) in lines.series.iter().enumerate() {
        let points: Vec<String> = points
            .iter()
            .map(|point| place(*point))
            .map(|(x, y)| format!("{x:.1},{y:.1}"))
            .collect();
        let (points, colour) = (points.join(" "), COLOURS[at % COLOURS.len()]);
        let _ = writeln!(
            svg,
            "<polyline points=\"{points}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>"
        );
    }
    svg.push_str("</svg>\n");
    svg
}

fn head(width: f64, height: f64, title: &str) -> String {
    let title = escaped(title);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:.0}\" height=\"{height:.0}\" viewBox=\"0 0 {width:.0} {height:.0}\" {FONT} font-size=\"10\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n\
         <text x=\"12\" y=\"22\" font-size=\"14\" fill=\"{INK}\">{title}</text>\n"
    )
}

fn legend(svg: &mut String, series: &[&str], left: f64) {
    for (at, name) in series.iter().enumerate() {
        let x = left + 130.0 * at as f64;
        rect(svg, [x, 34.0, 10.0, 10.0], COLOURS[at % COLOURS.len()]);
        text(svg, (x + 15.0, 43.0), "start", name);
    }
}

fn rect(svg: &mut String, [x, y, width, height]: [f64; 4], colour: &str) {
    // Writing into a string cannot fail.
    let _ = writeln!(
        svg,
        "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" fill=\"{colour}\"/>"
    );
}

fn text(svg: &mut String, (x, y): (f64, f64), anchor: &str, words: &str) {
    let words = escaped(words);
    let _ = writeln!(
        svg,
        "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\" fill=\"{INK}\">{words}</text>"
    );
}

/// Three digits, or all of a larger number.
fn shown(value: f64) -> String {
    match value {
        value if value >= 100.0 => format!("{value:.0}"),
        value if value >= 10.0 => format!("{value:.1}"),
        value => format!("{value:.2}"),
    }
}

fn escaped(words: &str) -> String {
    words
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::{Bars, Lines, bars, lines, shown};

    #[test]
    fn the_longest_bar_takes_the_width_and_others_their_part() {
        let svg = bars(&Bars {
            title: "a < b",
            series: &["one", "two"],
            rows: vec![("row".into(), vec![100.0, 25.0])],
        });
        assert!(svg.contains("a &lt; b"));
        assert!(svg.contains("width=\"480.0\""));
        assert!(svg.contains("width=\"120.0\""));
        assert!(svg.ends_with("</svg>\n"));
    }

    #[test]
    fn a_line_ends_at_the_right_and_the_highest_point_is_below_the_top() {
        let svg = lines(&Lines {
            title: "memory",
            unit: "s",
            series: vec![("one", vec![(0.0, 0.0), (10.0, 100.0)])],
        });
        assert!(svg.contains("points=\"60.0,280.0 660.0,80.0\""), "{svg}");
    }

    #[test]
    fn a_figure_is_shown_with_three_digits() {
        assert_eq!(["1.23", "12.3", "1234"], [1.234, 12.34, 1234.4].map(shown));
    }
}
