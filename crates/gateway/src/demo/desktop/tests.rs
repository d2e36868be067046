use super::*;

const SIZE: Size = Size::new(1280, 800);

fn desktop() -> Desktop {
    let mut desktop = Desktop::new(SIZE, Moment::default());
    desktop.paint();
    desktop.take_effects();
    desktop
}

fn type_line(desktop: &mut Desktop, text: &str) {
    for keysym in text.chars().map(u32::from).chain([0xff0d]) {
        desktop.key(keysym, true);
        desktop.key(keysym, false);
    }
}

/// The frame as it would be if everything were painted at once.
fn painted_afresh(desktop: &mut Desktop) -> Frame {
    desktop.damage = Region::from(Rect::of_size(desktop.size()));
    desktop.paint();
    desktop.frame.clone()
}

#[test]
fn what_is_painted_piece_by_piece_is_what_is_painted_at_once() {
    let mut desktop = desktop();
    let title = desktop.windows[3].title_bar().origin();
    let mut uptime = Duration::ZERO;
    for step in 0..40 {
        uptime += Duration::from_millis(40);
        desktop.tick(Moment { uptime, unix: uptime });
        desktop.pointer(
            Point::new(title.x + 30 + step * 11, title.y + 9 + step * 7),
            u16::from(step > 3),
        );
        desktop.key(0x61 + step as u32 % 26, true);
        desktop.key(0x61 + step as u32 % 26, false);
        desktop.paint();
    }
    let frame = desktop.frame.clone();
    assert!(frame == painted_afresh(&mut desktop));
}

#[test]
fn a_window_is_dragged_by_its_title_and_stays_reachable() {
    let mut desktop = desktop();
    let before = desktop.windows[3].area();
    desktop.pointer(Point::new(before.x + 40, before.y + 10), 1);
    assert_eq!(desktop.cursor(), Cursor::Move);
    desktop.pointer(Point::new(before.x + 140, before.y + 60), 1);
    assert_eq!(desktop.windows[3].area(), before.translated(Point::new(100, 50)));
    desktop.pointer(Point::new(0, 0), 1);
    desktop.pointer(Point::new(0, 0), 0);
    let title = desktop.windows[3].title_bar().intersection(Rect::of_size(SIZE));
    assert!(title.width >= 40 && title.y >= panel::HEIGHT, "{title:?}");
}

#[test]
fn a_press_raises_a_window_and_gives_it_the_keyboard() {
    let mut desktop = desktop();
    let sketch = desktop.windows[0].content();
    desktop.pointer(Point::new(sketch.x + 50, sketch.y + 90), 1);
    // Clients merge movements: the release may come from somewhere else than the last of them.
    desktop.pointer(Point::new(sketch.x + 90, sketch.y + 95), 0);
    assert_eq!(desktop.windows[3].content(), sketch);
    assert_eq!(desktop.cursor(), Cursor::Cross);
    desktop.paint();
    let stroke = desktop.frame.row(sketch.x + 70, sketch.y + 92, 1)[0];
    assert_eq!(stroke, super::super::paint::theme::ACCENT.pixel());
}

#[test]
fn a_desktop_resizes_only_for_a_client_that_can_follow() {
    let mut desktop = desktop();
    type_line(&mut desktop, "size 640 480");
    assert!(desktop.take_effects().is_empty());
    desktop.set_resizable(true);
    type_line(&mut desktop, "size 640 480");
    assert_eq!(desktop.take_effects(), [Effect::Resize(Size::new(640, 480))]);
}

#[test]
fn every_size_can_be_painted() {
    let mut desktop = desktop();
    for size in [
        MIN_SIZE,
        Size::new(360, 640),
        Size::new(2560, 1440),
        Size::new(161, 4000),
    ] {
        desktop.resize(size);
        desktop.pointer(Point::new(30_000, 30_000), 1);
        desktop.pointer(Point::new(0, 0), 0);
        assert_eq!(desktop.paint().pieces(), [Rect::of_size(size)]);
    }
}
