//! How a connection ends, and what is told of it.

use super::*;

#[test]
fn the_first_end_is_the_one_that_counts() {
    let mut link = drained(options());
    link.handle_close(4502, "vm went away", 0.0);
    assert_eq!(ending(&link).reason, "vm went away");
    assert_eq!(ending(&link).hop, Hop::Gateway);
    link.command(Command::Disconnect, 0.0);
    assert!(!ending(&link).clean);

    let mut link = drained(options());
    link.command(Command::Disconnect, 0.0);
    link.handle_close(1006, "", 0.0);
    assert!(ending(&link).clean);
    link.command(KEY, 0.0);
    assert_eq!(sent(&mut link, 0), []);
    assert_eq!(errand(&link), None);
}

#[test]
fn a_connection_that_breaks_without_a_word_is_told_with_how_long_nothing_had_come() {
    for (at, words) in [
        (1_000.0, "was lost."),
        (61_000.0, "nothing had come for 61 seconds."),
    ] {
        let mut link = drained(options());
        link.handle_close(1006, "", at);
        assert!(ending(&link).reason.ends_with(words), "{}", ending(&link).reason);
    }
}

#[test]
fn a_server_that_takes_nothing_any_more_is_given_up() {
    let mut link = drained(options());
    link.command(clipboard("x"), 0.0);
    assert_eq!(sent(&mut link, UNHEARD).len(), 9);
    assert_eq!(sent(&mut link, UNHEARD + 1), []);
    let reason = &ending(&link).reason;
    assert!(reason.contains("too slowly"), "{reason}");
}
