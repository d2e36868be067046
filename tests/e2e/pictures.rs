//! Pictures of the desktop, outside of the page: a file, the clipboard, a small window; and the display that stays lit.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::json;
use tempfile::TempDir;
use x11rb::protocol::xproto::EventMask;

use porthole_tests::browser::{Browser, Stroke, key};
use porthole_tests::desktop::Tigervnc;
use porthole_tests::gateway::Gateway;
use porthole_tests::image::Image;
use porthole_tests::wait::{LONG, until};

/// Width, height and pixels of a PNG, as the browser reads it.
fn read_png(browser: &Browser, base64: &str) -> Image {
    let found = browser.run(
        "const bytes = Uint8Array.from(atob(arguments[0]), (letter) => letter.charCodeAt(0));
         return createImageBitmap(new Blob([bytes], { type: 'image/png' })).then((image) => {
             const canvas = new OffscreenCanvas(image.width, image.height);
             const context = canvas.getContext('2d');
             context.drawImage(image, 0, 0);
             const { data } = context.getImageData(0, 0, image.width, image.height);
             let text = '';
             for (let at = 0; at < data.length; at += 8192) text += String.fromCharCode(...data.subarray(at, at + 8192));
             return [image.width, image.height, btoa(text)];
         })",
        json!([base64]),
    );
    let side = |at: usize| usize::try_from(found[at].as_u64().unwrap()).unwrap();
    let rgba = BASE64_STANDARD.decode(found[2].as_str().unwrap()).unwrap();
    Image {
        width: side(0),
        height: side(1),
        rgb: rgba
            .chunks_exact(4)
            .flat_map(|pixel| [pixel[0], pixel[1], pixel[2]])
            .collect(),
    }
}

fn push(browser: &Browser, name: &str) {
    browser.run(
        "[...document.querySelectorAll('.panel button')].find((it) => it.textContent === arguments[0]).focus()",
        json!([name]),
    );
    // As a person's: some things a browser does for nobody else.
    browser.keys(&[Stroke::Tap(key::ENTER)]);
}

#[test]
fn a_picture_of_the_desktop_is_saved_and_copied() {
    let server = Tigervnc::start((320, 240));
    let window = server.display.window((20, 20), (200, 150), EventMask::NO_EVENT);
    server.display.draw(window, 4);
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    let folder = TempDir::new().unwrap();
    browser.chromium(
        "Browser.setDownloadBehavior",
        json!({ "behavior": "allow", "downloadPath": folder.path() }),
    );
    browser.open(&gateway.page("quality=lossless"));
    browser.connected();
    browser.shows("before the picture", || server.display.picture());
    browser.click(".handle");
    browser.click("#tools [aria-controls=screen]");
    push(&browser, "Save picture");
    let (name, bytes) = until("the file is there", LONG, || {
        let files = std::fs::read_dir(folder.path()).unwrap().filter_map(Result::ok);
        let file = files
            .map(|file| file.path())
            .find(|path| path.extension().is_some_and(|it| it == "png"));
        let file = file.ok_or("there is none")?;
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        Ok((name, std::fs::read(&file).map_err(|error| error.to_string())?))
    });
    assert!(name.contains("porthole test") && name.contains(" 20"), "{name}");
    assert!(
        read_png(&browser, &BASE64_STANDARD.encode(bytes)) == server.display.picture(),
        "the file is the desktop's picture"
    );

    for permission in ["clipboard-read", "clipboard-write"] {
        browser.chromium(
            "Browser.setPermission",
            json!({ "permission": { "name": permission }, "setting": "granted", "origin": gateway.url("") }),
        );
    }
    push(&browser, "Copy picture");
    browser.text_with(".notice", "Copied.", LONG);
    let copied = browser.run(
        "return navigator.clipboard.read()
             .then(([item]) => item.getType('image/png'))
             .then((blob) => blob.arrayBuffer())
             .then((buffer) => {
                 let text = '';
                 for (const byte of new Uint8Array(buffer)) text += String.fromCharCode(byte);
                 return btoa(text);
             })",
        json!([]),
    );
    assert!(
        read_png(&browser, copied.as_str().unwrap()) == server.display.picture(),
        "the clipboard has the desktop's picture"
    );
}

#[test]
fn the_desktop_is_seen_in_a_window_of_its_own() {
    let server = Tigervnc::start((320, 240));
    let window = server.display.window((0, 0), (320, 240), EventMask::NO_EVENT);
    server.display.draw(window, 1);
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    browser.open(&gateway.page("quality=lossless"));
    browser.connected();
    browser.click(".handle");
    browser.click("#tools [aria-controls=screen]");
    push(&browser, "In a small window");
    until("it is in a window of its own", LONG, || {
        match browser.run(
            "return document.pictureInPictureElement?.videoWidth ?? 0",
            json!([]),
        ) {
            found if found == json!(320) => Ok(()),
            found => Err(format!("{found}; the page says {:?}", browser.whole_text())),
        }
    });
    let its_button_is_pressed = |pressed: &str| {
        until(&format!("its button is pressed: {pressed}"), LONG, || {
            let found = browser.run(
                "return document.querySelector('#screen .halves > :nth-child(3)').ariaPressed",
                json!([]),
            );
            if found == json!(pressed) {
                Ok(())
            } else {
                Err(found.to_string())
            }
        });
    };
    its_button_is_pressed("true");
    browser.run(
        "globalThis.frames = 0;
         const film = document.pictureInPictureElement;
         const count = () => { frames++; film.requestVideoFrameCallback(count); };
         film.requestVideoFrameCallback(count)",
        json!([]),
    );
    server.display.draw(window, 2);
    until("what changes is seen there", LONG, || {
        match browser.run("return frames", json!([])) {
            found if found == json!(0) => Err("no frame has come".into()),
            _ => Ok(()),
        }
    });
    push(&browser, "In a small window");
    until("the window is closed", LONG, || {
        let found = browser.run("return document.pictureInPictureElement === null", json!([]));
        if found == json!(true) {
            Ok(())
        } else {
            Err(found.to_string())
        }
    });
    its_button_is_pressed("false");
}

/// Has the page write down how many locks it holds.
const COUNT_LOCKS: &str = "
    globalThis.locks = 0;
    WakeLock.prototype.request = function (kind) {
        locks++;
        return Promise.resolve({ kind, release() { locks--; return Promise.resolve(); } });
    };";

#[test]
fn the_display_stays_lit_while_a_desktop_is_shown_where_that_is_wanted() {
    let server = Tigervnc::start((320, 240));
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    // What the machine's display does is not to be seen here.
    browser.chromium(
        "Page.addScriptToEvaluateOnNewDocument",
        json!({ "source": COUNT_LOCKS }),
    );
    let holds = |count: u32| {
        until(&format!("{count} locks are held"), LONG, || {
            match browser.run("return locks", json!([])) {
                found if found == json!(count) => Ok(()),
                found => Err(found.to_string()),
            }
        });
    };
    browser.open(&gateway.page("keep_device_awake=true"));
    browser.connected();
    holds(1);
    browser.click(".handle");
    browser.click("#tools [aria-controls=settings]");
    push(&browser, "Keep this display lit");
    holds(0);
    push(&browser, "Keep this display lit");
    holds(1);
    browser.click("#tools [title=Disconnect]");
    browser.text_with(".card h1", "Disconnected", LONG);
    holds(0);
}

#[test]
fn quality_can_be_chosen_while_the_desktop_is_shown() {
    let server = Tigervnc::start((320, 240));
    let gateway = Gateway::to(&server.target());
    let browser = Browser::start();
    browser.open(&gateway.page("debug&quality=3"));
    browser.connected();
    browser.click(".handle");
    browser.click("#tools [aria-controls=settings]");
    let choose = |value: &str| browser.choose("#settings-quality", value);
    choose("lossless");
    let offered = browser.run(
        "return [...document.querySelector('#settings-quality').options].map((option) => option.value)",
        json!([]),
    );
    assert_eq!(
        offered,
        json!(["auto", "lossless", "9", "6", "2", "3"]),
        "what the address has named is among them"
    );
    browser.text_with(".log pre", "asking for quality None", LONG);
    choose("auto");
    browser.text_with(".log pre", "quality and compression follow the line", LONG);
    choose("9");
    browser.text_with(".log pre", "asking for quality Some(9)", LONG);
    assert_eq!(browser.complaints(), Vec::<String>::new());
}
