//! When an update is shown.

use super::*;

#[test]
fn an_update_is_shown_when_it_is_complete_or_takes_its_time() {
    let mut link = drained(ConnectOptions {
        encodings: Some(vec![0]),
        ..options()
    });
    assert!(!link.is_presentable(0.0), "black is no frame");
    assert!(!link.client().framebuffer().is_damaged());
    link.handle_input(&UPDATE, 1_000.0);
    assert!(!link.is_presentable(1_000.0 + PATIENCE));
    assert!(link.is_presentable(1_001.0 + PATIENCE));
    link.handle_input(&[1], 1_001.0 + PATIENCE);
    assert!(
        link.client().framebuffer().is_damaged(),
        "a part is better than nothing"
    );
    link.client_mut().framebuffer_mut().take_damage();
    link.handle_input(&[2, 3, 0], 1_010.0);
    assert!(link.is_presentable(1_010.0));
    assert!(link.client().framebuffer().is_damaged());
    let request = sent(&mut link, 0);
    assert_eq!(
        request[..2],
        [3, 1],
        "the next update is asked for when this one is decoded"
    );
}

#[test]
fn an_update_that_comes_with_the_desktops_description_is_shown() {
    let mut link = Link::new(options(), false, false, 0.0);
    link.handle_open("", 0.0);
    let all = [
        &b"RFB 003.008\n\x01\x01\0\0\0\0"[..],
        &SERVER_INIT,
        &UPDATE,
        &[1, 2, 3, 0],
    ]
    .concat();
    link.handle_input(&all, 0.0);
    assert!(link.is_presentable(0.0) && link.client().framebuffer().is_damaged());
}
