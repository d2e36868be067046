//! Times and spans of time, for people.

use js_sys::Date;
use wasm_bindgen::JsValue;

/// A span as a stop-watch shows it.
pub(crate) fn stopwatch(milliseconds: f64) -> String {
    let seconds = whole_seconds(milliseconds);
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{seconds:02}")
    } else {
        format!("{minutes}:{seconds:02}")
    }
}

/// A span as one speaks of it.
pub(crate) fn spoken(milliseconds: f64) -> String {
    match whole_seconds(milliseconds) {
        seconds @ 0..60 => format!("{seconds} s"),
        seconds @ 60..3600 => format!("{} min", seconds / 60),
        seconds => format!("{} h {} min", seconds / 3600, seconds / 60 % 60),
    }
}

/// What is negative is a clock's fault.
fn whole_seconds(milliseconds: f64) -> u64 {
    (milliseconds / 1000.0).max(0.0) as u64
}

/// How long ago a time in RFC 3339 is, in milliseconds; none where it is no time.
pub(crate) fn age(time: &str) -> Option<f64> {
    let age = Date::now() - Date::parse(time);
    age.is_finite().then_some(age)
}

/// A time in RFC 3339 as the clock on the wall shows it, with the day if that is another one.
pub(crate) fn clock(time: &str) -> String {
    let (then, now) = (Date::new(&JsValue::from_str(time)), Date::new_0());
    let day = |date: &Date| (date.get_full_year(), date.get_month() + 1, date.get_date());
    let clock = format!(
        "{:02}:{:02}:{:02}",
        then.get_hours(),
        then.get_minutes(),
        then.get_seconds()
    );
    let (year, month, date) = day(&then);
    if day(&then) == day(&now) {
        clock
    } else {
        format!("{year}-{month:02}-{date:02} {clock}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_shown_in_whole_seconds() {
        for (milliseconds, stopwatch_shows, one_says) in [
            (-5.0, "0:00", "0 s"),
            (999.0, "0:00", "0 s"),
            (59_999.0, "0:59", "59 s"),
            (61_000.0, "1:01", "1 min"),
            (3_723_000.0, "1:02:03", "1 h 2 min"),
            (f64::NAN, "0:00", "0 s"),
        ] {
            assert_eq!(stopwatch(milliseconds), stopwatch_shows);
            assert_eq!(spoken(milliseconds), one_says);
        }
    }
}
