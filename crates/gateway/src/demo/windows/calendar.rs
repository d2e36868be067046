//! Date and time in words, UTC.

use std::time::Duration;

use time::OffsetDateTime;

fn utc(unix: Duration) -> OffsetDateTime {
    let seconds = i64::try_from(unix.as_secs()).unwrap_or_default();
    OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

/// `14:05:09 UTC`
pub(crate) fn time_of_day(unix: Duration) -> String {
    let now = utc(unix);
    format!("{:02}:{:02}:{:02} UTC", now.hour(), now.minute(), now.second())
}

/// `Sunday, 9 September 2001, 01:46:40 UTC`
pub(crate) fn date_and_time(unix: Duration) -> String {
    let now = utc(unix);
    format!(
        "{}, {} {} {}, {}",
        now.weekday(),
        now.day(),
        now.month(),
        now.year(),
        time_of_day(unix)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_billion_seconds_are_a_sunday_in_2001() {
        let moment = Duration::from_secs(1_000_000_000);
        assert_eq!(date_and_time(moment), "Sunday, 9 September 2001, 01:46:40 UTC");
    }
}
