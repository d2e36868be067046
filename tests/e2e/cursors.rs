//! The desktop's cursor, in every form in which servers send it, and the remote pointer's place.

use serde_json::{Value, json};
use x11rb::protocol::xproto::EventMask;

use porthole_tests::browser::{Browser, Engine, Mouse, go};
use porthole_tests::desktop::{Tigervnc, X11vnc};
use porthole_tests::gateway::Gateway;
use porthole_tests::peer::{Rectangle, Script};
use porthole_tests::wait::{LONG, until};

/// The cursor that the page sets on the canvas: its hotspot, its size and its pixels, as premultiplied ARGB.
pub(crate) const CURSOR: &str = r#"
    const style = getComputedStyle(document.querySelector('#desktop canvas')).cursor;
    const [, address, x, y] = /url\("([^"]*)"\) (\d+) (\d+)/.exec(style) ?? [];
    if (!address) return { style };
    const image = new Image();
    image.src = address;
    return image.decode().then(() => {
        const copy = document.createElement('canvas');
        copy.width = image.naturalWidth;
        copy.height = image.naturalHeight;
        const context = copy.getContext('2d', { willReadFrequently: true });
        context.drawImage(image, 0, 0);
        const pixels = context.getImageData(0, 0, copy.width, copy.height).data;
        return { hotspot: [+x, +y], size: [copy.width, copy.height], pixels: [...pixels] };
    }, () => ({ style }));
"#;

/// Waits until the canvas has this cursor: hot spot, size and pixels, of which those that cannot be seen have no colour.
pub(crate) fn is_shown(
    browser: &Browser,
    what: &str,
    hotspot: [u16; 2],
    size: [u16; 2],
    expected: &[[u8; 4]],
) {
    until(what, LONG, || {
        let found = browser.run(CURSOR, json!([]));
        if found["hotspot"] != json!(hotspot) || found["size"] != json!(size) {
            return Err(format!(
                "expected {hotspot:?} in {size:?}, got {} {} {}",
                found["hotspot"], found["size"], found["style"]
            ));
        }
        let pixels = found["pixels"].as_array().unwrap();
        let differs = pixels.chunks_exact(4).zip(expected).filter(|(found, expected)| {
            found
                .iter()
                .zip(*expected)
                .any(|(a, b)| a.as_u64() != Some((*b).into()))
        });
        match differs.count() {
            0 => Ok(()),
            count => Err(format!("{count} of its {} pixels differ", expected.len())),
        }
    });
}

/// What the server's own cursor is to look like in the page.
pub(crate) fn seen(argb: &[u32]) -> Vec<[u8; 4]> {
    argb.iter()
        .map(|pixel| match pixel.to_be_bytes() {
            [0, ..] => [0; 4],
            [alpha, red, green, blue] => [red, green, blue, alpha],
        })
        .collect()
}

/// Settings for each form in which Xtigervnc tells of its cursor; first the one that it has by itself.
const FORMS: [&str; 5] = [
    "resize=off",
    "resize=off&encodings=zrle,alphacursor",
    "resize=off&encodings=zrle,vmwarecursor",
    "resize=off&encodings=zrle,cursor",
    "resize=off&encodings=zrle,xcursor",
];

/// A desktop of two halves, and where in each of them there is a cursor of its own.
fn two_cursors() -> (Tigervnc, [(u16, u16); 2]) {
    let server = Tigervnc::start((640, 480));
    let places = [(0_u16, 152), (320, 34)].map(|(x, glyph)| {
        let window = server
            .display
            .window((x as i16, 0), (320, 480), EventMask::NO_EVENT);
        server.display.set_cursor(window, glyph);
        (x + 100, 100)
    });
    (server, places)
}

/// The desktop's cursor, once it has one.
fn cursor_of(server: &Tigervnc) -> ([u16; 2], [u16; 2], Vec<u32>) {
    until("the pointer is there", LONG, || match server.display.cursor() {
        cursor if cursor.2.iter().any(|pixel| *pixel != 0) => Ok(cursor),
        _ => Err(String::new()),
    })
}

/// Two colours are all that an XCursor has, and not which: of its pixels what can be seen of them counts.
fn from_channel(form: &str) -> usize {
    if form.ends_with("xcursor") { 3 } else { 0 }
}

#[test]
fn the_local_cursor_is_the_desktops_in_every_form_that_the_server_has() {
    let (server, places) = two_cursors();
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    for form in FORMS {
        browser.open(&gateway.page(form));
        browser.connected();
        for place in places {
            browser.mouse(&[go(browser.point_over(place))]);
            cursor_of(&server);
            until(&format!("the cursor is the server's, as {form:?}"), LONG, || {
                let (hotspot, size, pixels) = server.display.cursor();
                let found = browser.run(CURSOR, json!([]));
                if found["hotspot"] != json!(hotspot) || found["size"] != json!(size) {
                    return Err(format!("expected {hotspot:?} in {size:?}, got {found}"));
                }
                let found: Vec<u64> = found["pixels"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .flat_map(Value::as_u64)
                    .collect();
                let is_same = found.chunks_exact(4).zip(seen(&pixels)).all(|(found, expected)| {
                    let from = from_channel(form);
                    found[from..]
                        .iter()
                        .zip(&expected[from..])
                        .all(|(a, b)| *a == u64::from(*b))
                });
                if is_same {
                    Ok(())
                } else {
                    Err(format!("its pixels differ: {found:?}"))
                }
            });
        }
    }
    assert_eq!(browser.complaints(), Vec::<String>::new());
}

/// What the screen that the browser is on shows under a real mouse is what the desktop shows under its own.
fn the_screen_shows_it(browser: &Browser) {
    let (server, places) = two_cursors();
    let gateway = Gateway::to(&server.target());
    for form in FORMS {
        browser.open(&gateway.page(form));
        browser.connected();
        let mouse = Mouse::over(browser);
        for place in places {
            mouse.go(browser.point_over(place));
            cursor_of(&server);
            // Without another move of the mouse.
            until(
                &format!("the screen's cursor is the desktop's, as {form:?}"),
                LONG,
                || {
                    let bytes = |pixels: &[u32]| -> Vec<u8> {
                        let from = from_channel(form);
                        // Red, green, blue and alpha.
                        let bytes = pixels.iter().map(|pixel| pixel.rotate_left(8).to_be_bytes());
                        bytes.flat_map(|bytes| bytes[from..].to_vec()).collect()
                    };
                    let [expected, found] = [server.display.cursor(), mouse.cursor()]
                        .map(|(hotspot, size, pixels)| (hotspot, size, bytes(&pixels)));
                    if found == expected {
                        Ok(())
                    } else {
                        Err(format!("expected {expected:?}, got {found:?}"))
                    }
                },
            );
        }
    }
}

const RED: [u8; 4] = [255, 0, 0, 255];
const BLACK: [u8; 4] = [0, 0, 0, 255];
const WHITE: [u8; 4] = [255; 4];
const NOTHING: [u8; 4] = [0; 4];

const RICH: i32 = -239;
const X: i32 = -240;
const ALPHA: i32 = -314;
const VMWARE: i32 = 0x574D_5664;

fn grey() -> Rectangle {
    ([0, 0, 64, 48], 0, vec![99; 64 * 48 * 4])
}

/// A page that shows what a server says in its first update, after a picture.
fn open(browser: &Browser, rectangles: Vec<Rectangle>) -> (Script, Gateway) {
    let updates = vec![[vec![grey()], rectangles].concat()];
    let server = Script::start((64, 48), updates);
    let gateway = Gateway::to(&server.target());
    browser.open(&gateway.page("resize=off"));
    browser.connected();
    (server, gateway)
}

fn every_form_is_shown(browser: &Browser) {
    let place = [1, 0, 3, 1];
    let [red, none, all] = [[255, 0, 0, 0], [0; 4], [255; 4]];
    let rich = (place, RICH, [&red[..], &none, &red, &[0b1100_0000]].concat());
    let x = (place, X, vec![255, 0, 0, 0, 0, 0, 0b1000_0000, 0b1100_0000]);
    // Half of it is seen, and its colours are multiplied by that.
    let alpha = (
        place,
        ALPHA,
        [[0; 4], [255, 0, 0, 255], [128, 0, 0, 128], none].concat(),
    );
    // A colour; nothing; what would invert the screen.
    let classic = [&[0, 0], &none[..], &all, &all, &red, &none, &all].concat();
    let forms = [
        (rich, [RED, BLACK, NOTHING]),
        (x, [RED, BLACK, NOTHING]),
        (alpha, [RED, [255, 0, 0, 128], NOTHING]),
        ((place, VMWARE, classic), [RED, WHITE, BLACK]),
        (
            (
                place,
                VMWARE,
                [&[1, 0], &RED[..], &[0, 0, 0, 255], &none].concat(),
            ),
            [RED, BLACK, NOTHING],
        ),
    ];
    for number in 0..forms.len() {
        // The others come before it.
        let mut rectangles: Vec<Rectangle> = forms.iter().map(|(rectangle, _)| rectangle.clone()).collect();
        rectangles.rotate_left(number + 1);
        let _server = open(browser, rectangles);
        is_shown(
            browser,
            &format!("form {number}"),
            [1, 0],
            [3, 1],
            &forms[number].1,
        );
    }
}

fn cursors_in(engine: Engine) {
    let browser = match engine {
        Engine::Chromium => Browser::start(),
        Engine::Firefox | Engine::WebKitGtk => Browser::start_shown(engine),
    };
    every_form_is_shown(&browser);
    a_hidden_one_is_hidden_or_a_dot(&browser);
    if engine != Engine::Chromium {
        the_screen_shows_it(&browser);
    }
    it_is_scaled_with_the_desktop(&browser);
    the_remote_one_is_seen_where_one_may_only_look(&browser);
}

#[test]
fn cursors_are_the_desktops_in_chromium() {
    cursors_in(Engine::Chromium);
}

#[test]
fn cursors_are_the_desktops_in_firefox() {
    cursors_in(Engine::Firefox);
}

#[test]
fn cursors_are_the_desktops_in_webkitgtk() {
    cursors_in(Engine::WebKitGtk);
}

/// What stalls noVNC, silently: where the data of a type that nobody knows end cannot be told.
#[test]
fn a_cursor_of_a_type_that_nobody_knows_stops_nothing() {
    let browser = Browser::start();
    let updates = vec![
        vec![grey(), ([0, 0, 16, 16], VMWARE, vec![2, 0])],
        vec![([0, 0, 64, 48], 0, vec![44; 64 * 48 * 4])],
    ];
    let server = Script::start((64, 48), updates);
    let gateway = Gateway::to(&server.target());
    browser.open(&gateway.page("resize=off"));
    browser.connected();
    until("what comes after it", LONG, || {
        match browser.canvas().map(|image| image.rgb[0]) {
            Some(44) => Ok(()),
            other => Err(format!("{other:?}")),
        }
    });
}

/// Three pixels, of which the middle one points.
fn three() -> Rectangle {
    let [red, none] = [[255, 0, 0, 0], [0; 4]];
    (
        [1, 0, 3, 1],
        RICH,
        [&red[..], &none, &red, &[0b1100_0000]].concat(),
    )
}

fn it_is_scaled_with_the_desktop(browser: &Browser) {
    // No window of Firefox's is much smaller.
    const SIZE: (u16, u16) = (500, 300);
    let picture = (
        [0, 0, SIZE.0, SIZE.1],
        0,
        vec![99; usize::from(SIZE.0) * usize::from(SIZE.1) * 4],
    );
    let server = Script::start(SIZE, vec![vec![picture, three()]]);
    let gateway = Gateway::to(&server.target());
    browser.open(&gateway.page("resize=scale"));
    browser.connected();
    for (scale, hotspot) in [(3, [4, 1]), (2, [3, 1]), (1, [1, 0])] {
        browser.set_size(u32::from(SIZE.0) * scale, u32::from(SIZE.1) * scale);
        let times = scale as usize;
        let row: Vec<_> = [RED, BLACK, NOTHING]
            .into_iter()
            .flat_map(|pixel| vec![pixel; times])
            .collect();
        let size = [3 * scale as u16, scale as u16];
        is_shown(
            browser,
            &format!("{scale} times as large"),
            hotspot,
            size,
            &row.repeat(times),
        );
    }
}

#[test]
fn the_cursor_has_the_pixels_of_a_fine_display_in_every_browser() {
    for engine in [Engine::Chromium, Engine::Firefox, Engine::WebKitGtk] {
        let browser = Browser::start_fine(engine);
        let _server = open(&browser, vec![three()]);
        until(
            &format!("an image of twice as many pixels in {engine:?}"),
            LONG,
            || {
                let found = browser.run(
                r#"const style = getComputedStyle(document.querySelector('#desktop canvas')).cursor;
                   const [, address, fineness, x, y] =
                       /image-set\(url\("([^"]*)"\) ([\d.]+)(?:x|dppx)[^)]*\) (\d+) (\d+)/.exec(style) ?? [];
                   if (!address) return style;
                   const image = new Image();
                   image.src = address;
                   return image.decode().then(() => [image.naturalWidth, image.naturalHeight, +fineness, +x, +y]);"#,
                json!([]),
            );
                if found == json!([6, 2, 2, 1, 0]) {
                    Ok(())
                } else {
                    Err(found.to_string())
                }
            },
        );
        if engine == Engine::Chromium {
            assert_eq!(browser.complaints(), Vec::<String>::new());
        }
    }
}

fn a_hidden_one_is_hidden_or_a_dot(browser: &Browser) {
    let hidden = || ([0, 0, 3, 1], RICH, vec![0; 13]);
    let _server = open(browser, vec![three(), hidden()]);
    until("it is hidden", LONG, || match browser.run(CURSOR, json!([])) {
        found if found["style"] == json!("none") => Ok(()),
        found => Err(found.to_string()),
    });
    let server = Script::start((64, 48), vec![vec![grey(), three(), hidden()]]);
    let gateway = Gateway::to(&server.target());
    browser.open(&gateway.page("resize=off&show_dot=true"));
    browser.connected();
    let edge = [NOTHING, NOTHING, BLACK, BLACK, BLACK, NOTHING, NOTHING];
    is_shown(browser, "a dot", [3, 3], [7, 7], &edge);
}

fn the_remote_one_is_seen_where_one_may_only_look(browser: &Browser) {
    let server = X11vnc::start((640, 480));
    let gateway = Gateway::to(&format!("tcp://127.0.0.1:{}", server.port));
    browser.set_size(1280, 960);
    browser.open(&gateway.page("resize=scale&view_only=true"));
    browser.connected();
    // Where the pixel that points is in the image that x11vnc sends, none of which is larger.
    let mut hotspot = None;
    for place in [(100, 50), (639, 479), (333, 222)] {
        server.display.move_pointer(place);
        until(&format!("the remote pointer is at {place:?}"), LONG, || {
            let found = browser.run(
                "const image = document.querySelector('#desktop img');
                 if (!image?.naturalWidth) return null;
                 const [box, canvas] = [image, document.querySelector('#desktop canvas')]
                     .map((element) => element.getBoundingClientRect());
                 return [box.left - canvas.left, box.top - canvas.top];",
                json!([]),
            );
            // Each pixel of the desktop is two wide here, and so are the pointer's.
            let off = [place.0, place.1].map(|at| f64::from(at) * 2.0 + 1.0);
            let found = [0, 1].map(|axis| found[axis].as_f64().map(|found| off[axis] - found));
            let [Some(x), Some(y)] = found else {
                return Err("it is not shown".to_owned());
            };
            let [known_x, known_y] = hotspot.unwrap_or([x, y]);
            let is_there = (x - known_x).abs() < 2.0 && (y - known_y).abs() < 2.0;
            if is_there && (-1.0..32.0).contains(&x) && (-1.0..32.0).contains(&y) {
                hotspot = Some([x, y]);
                Ok(())
            } else {
                Err(format!("its image begins {x}, {y} before it"))
            }
        });
    }
    // Who may move the pointer knows where it is.
    browser.open(&gateway.page("resize=scale"));
    browser.connected();
    server.display.move_pointer((10, 10));
    browser.shows("the desktop without it", || server.display.picture());
    assert_eq!(browser.text("#desktop img"), None);
}

#[test]
fn the_remote_pointer_is_not_seen_beside_the_one_screen_that_is_shown() {
    const POINTER_POSITION: i32 = -232;
    const EXTENDED_DESKTOP_SIZE: i32 = -308;
    // Two of 32 columns.
    let screen = |id: u8, x: u8| [[0, 0, 0, id], [0, x, 0, 0], [0, 32, 0, 48], [0; 4]].concat();
    let screens = [vec![2, 0, 0, 0], screen(0, 0), screen(1, 32)].concat();
    let browser = Browser::start();
    browser.set_size(900, 480);
    for (place, is_seen) in [((10, 20), true), ((50, 20), false)] {
        let pointer = ([place.0, place.1, 0, 0], POINTER_POSITION, vec![]);
        let told = vec![
            grey(),
            ([0, 0, 64, 48], EXTENDED_DESKTOP_SIZE, screens.clone()),
            three(),
            pointer,
        ];
        let server = Script::start((64, 48), vec![told]);
        let gateway = Gateway::to(&server.target());
        browser.open(&gateway.page("resize=scale&screen=1&view_only"));
        browser.connected();
        until(&format!("the pointer at {place:?}"), LONG, || {
            let found = browser.run(
                "const image = document.querySelector('#desktop img'), canvas = document.querySelector('#desktop canvas');
                 if (!image?.naturalWidth) return null;
                 const [box, layer, shown] = [image, image.parentElement, canvas.parentElement]
                     .map((element) => element.getBoundingClientRect());
                 return [box.right > layer.left && box.left < layer.right,
                     getComputedStyle(image.parentElement).overflow,
                     layer.left - shown.left, layer.right - shown.right, shown.width]",
                json!([]),
            );
            if found == json!([is_seen, "hidden", 0, 0, 320]) {
                Ok(())
            } else {
                Err(found.to_string())
            }
        });
        browser.screenshot(&format!("remote-pointer-{}", place.0));
    }
}
