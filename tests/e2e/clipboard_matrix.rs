//! Each server in each browser: all that people copy, both ways, without the panel.

use serde_json::{Value, json};
use tempfile::TempDir;

use porthole_tests::browser::{Browser, Engine, report};
use porthole_tests::clipboard::{ClipboardServer, ClipboardViewer, DIB, HTML, TEXT};
use porthole_tests::desktop::{Qemu, Tigervnc, X11vnc};
use porthole_tests::gateway::Gateway;
use porthole_tests::wait::{LONG, until};

use crate::clipboard::{TEXTS, copy, cut_buffer, desktop_has, megabyte, shown};
use crate::sharing::{RGBA, header, paste, to_desktop, to_desktop_by_keys};

#[test]
fn all_that_people_copy_goes_both_ways_in_chromium() {
    goes_both_ways_in(Engine::Chromium);
}

#[test]
fn all_that_people_copy_goes_both_ways_in_firefox() {
    goes_both_ways_in(Engine::Firefox);
}

#[test]
fn all_that_people_copy_goes_both_ways_in_webkitgtk() {
    goes_both_ways_in(Engine::WebKitGtk);
}

fn goes_both_ways_in(engine: Engine) {
    if !engine.is_installed() {
        report(&format!("{engine:?} is not installed"));
        return;
    }
    let browser = match engine {
        // Without a display its clipboard has no pictures.
        Engine::Firefox => Browser::start_shown(engine),
        _ => Browser::start_in(engine),
    };
    let mut seen = Seen {
        engine,
        browser,
        rows: Vec::new(),
        cases: 0,
    };
    seen.with_tigervnc();
    seen.with_qemu();
    seen.with_x11vnc();
    seen.formatted();
    seen.pictures();
    let Seen { rows, cases, .. } = seen;
    report(&format!("{engine:?}: {cases} cases\n{}", rows.join("\n")));
}

/// What went over in one browser.
struct Seen {
    engine: Engine,
    browser: Browser,
    rows: Vec<String>,
    cases: usize,
}

const HERE: &str = "from the desktop";
const THERE: &str = "to the desktop";

impl Seen {
    fn note(&mut self, server: &str, direction: &str, contents: &[&str]) {
        let names: Vec<String> = contents.iter().map(|content| shown(content)).collect();
        self.rows
            .push(format!("  {server}, {direction}: {}", names.join("; ")));
        self.cases += contents.len();
    }

    fn open(&self, gateway: &Gateway) {
        self.browser.open(&gateway.page("resize=off"));
        self.browser.connected();
    }

    fn with_tigervnc(&mut self) {
        let server = Tigervnc::with_long_clipboard((320, 240));
        let gateway = Gateway::to(&server.target());
        self.open(&gateway);
        let long = megabyte();
        let texts: Vec<&str> = TEXTS.into_iter().chain([&long[..]]).collect();
        for text in &texts {
            paste(&self.browser, text);
            desktop_has(&server.display, text);
        }
        self.note("Xtigervnc", THERE, &texts);
        for text in &texts {
            // What is copied there is copied by a key here.
            to_desktop(&self.browser);
            self.browser.control("c");
            let _owner = copy(&server.display, text);
            self.browser.has_here(text);
        }
        self.note("Xtigervnc", HERE, &texts);
    }

    /// It has no clipboard of its own, but gives other viewers what one has.
    fn with_qemu(&mut self) {
        let server = Qemu::start();
        let gateway = Gateway::to(&server.target());
        self.open(&gateway);
        let other = ClipboardViewer::of(server.port);
        let long = megabyte();
        let texts: Vec<&str> = TEXTS.into_iter().chain([&long[..]]).collect();
        for text in &texts {
            self.browser.copy_here(text);
            to_desktop_by_keys(&self.browser);
            self.browser.control("v");
            let text = text.replace("\r\n", "\n");
            until(
                &format!("the other viewer has {}", shown(&text)),
                LONG,
                || match other.pasted() {
                    found if found == text => Ok(()),
                    found => Err(format!("it has {}", shown(&found))),
                },
            );
        }
        self.note("QEMU", THERE, &texts);
        for text in &texts {
            to_desktop_by_keys(&self.browser);
            self.browser.control("c");
            other.copy(text);
            self.browser.has_here(text);
        }
        self.note("QEMU", HERE, &texts);
    }

    /// It has Latin-1 alone and breaks what is copied there and longer than 64 KB. The desktop comes first: see the test of
    /// the panel.
    fn with_x11vnc(&mut self) {
        let server = X11vnc::start((320, 240));
        let gateway = Gateway::to(&server.target());
        self.open(&gateway);
        let folder = TempDir::new().unwrap();
        let file = folder.path().join("text");
        // Fourteen bytes there.
        let line = "Grüße, größer\n";
        let long = line.repeat(60_000 / 14);
        let texts = ["plain", "Grüße\nzwei\n", "Windows\r\nlines\r\n", &long];
        for text in texts {
            std::fs::write(&file, latin_1(text)).unwrap();
            to_desktop(&self.browser);
            self.browser.control("c");
            let copied = cut_buffer(&server.display, "-in").arg(&file).status().unwrap();
            assert!(copied.success());
            self.browser.has_here(text);
        }
        self.note("x11vnc", HERE, &texts);
        let long = line.repeat(1_000_000 / 14);
        let texts = [
            "plain",
            "Grüße\nzwei\n",
            "Windows\r\nlines\r\n",
            &long,
            "剪贴板 é",
            "😀",
        ];
        for text in texts {
            let is_carried = text.chars().all(|letter| u8::try_from(letter).is_ok());
            paste(&self.browser, text);
            let bytes = latin_1(&text.replace("\r\n", "\n"));
            until(
                &format!("{} is in the cut buffer", shown(text)),
                LONG,
                || match cut_buffer(&server.display, "-out").output().unwrap().stdout {
                    found if found == bytes => Ok(()),
                    found => Err(shown(&found.escape_ascii().to_string())),
                },
            );
            // What is lost is said.
            if is_carried {
                let said = self.browser.text(".notice-place").unwrap_or_default();
                assert!(!said.contains("Western European"), "{said}");
            } else {
                let lost = "Western European letters only";
                self.browser.text_with(".notice-place", lost, LONG);
            }
        }
        self.note("x11vnc", THERE, &texts);
    }

    /// No real server here has HTML.
    fn formatted(&mut self) {
        let holds = vec![(TEXT, b"bold!\0".to_vec()), (HTML, b"<b>bold</b>!".to_vec())];
        let server = ClipboardServer::start(holds, vec![]);
        let gateway = Gateway::to(&server.target());
        self.open_by_hand(&gateway);
        self.browser.has_here("bold!");
        let pasted = self.browser.pasted_here();
        let html = pasted["text/html"].as_str().unwrap();
        assert!(html.contains("bold</b>"), "{html}");
        self.note("of HTML", HERE, &["bold!"]);
        self.browser
            .copy_formats_here(json!({ "text/plain": "it", "text/html": "<i>it</i>" }));
        to_desktop(&self.browser);
        self.browser.control("v");
        let given = server.gets("it");
        let html = given.iter().find(|(format, _)| *format == HTML);
        let html = String::from_utf8_lossy(&html.unwrap().1).into_owned();
        assert!(html.contains("it</i>"), "{html}");
        self.note("of HTML", THERE, &["it"]);
    }

    /// Nor pictures.
    fn pictures(&mut self) {
        let pixels = RGBA.as_chunks::<4>().0;
        // As a screenshot is: 32 bits, from above.
        let bgrx: Vec<u8> = pixels.iter().flat_map(|[r, g, b, _]| [*b, *g, *r, 0]).collect();
        let holds = vec![(DIB, [header(-2, 32), bgrx].concat())];
        let server = ClipboardServer::start(holds, vec![]);
        let gateway = Gateway::to(&server.target());
        self.open_by_hand(&gateway);
        until("the picture can be pasted here", LONG, || {
            match self.picture_here() {
                picture if picture == json!([3, 2, RGBA]) => Ok(()),
                other => Err(format!("it is {other}")),
            }
        });
        self.note("of pictures", HERE, &["3x2"]);
        // What came from there does not go back.
        to_desktop(&self.browser);
        self.browser.control("v");

        let mut other = RGBA;
        other[0] = 7;
        self.browser.copy_picture_here((3, 2), &other);
        to_desktop(&self.browser);
        self.browser.control("v");
        if self.engine == Engine::WebKitGtk {
            // It gives pages no pictures.
            let nothing = "has given the page nothing to paste";
            self.browser.text_with(".notice-place", nothing, LONG);
            return;
        }
        let row = |pixels: &[[u8; 4]]| -> Vec<u8> {
            let bgr = pixels.iter().flat_map(|[r, g, b, _]| [*b, *g, *r]);
            bgr.chain([0; 3]).collect()
        };
        let (upper, lower) = other.as_chunks::<4>().0.split_at(3);
        let given = server.gets_format(DIB, &[header(2, 24), row(lower), row(upper)].concat());
        assert_eq!(given.len(), 1);
        assert_eq!(server.given().len(), 1);
        self.note("of pictures", THERE, &["3x2"]);
    }

    /// Width, height and RGBA of the picture that can be pasted here.
    fn picture_here(&self) -> Value {
        if self.engine != Engine::WebKitGtk {
            return self.browser.pasted_here()["picture"].take();
        }
        // It gives pages no pictures, but other programs.
        self.browser.control("c");
        let display = self.browser.display().unwrap();
        let png = display
            .command("xclip")
            .args(["-out", "-selection", "clipboard", "-target", "image/png"])
            .output()
            .unwrap()
            .stdout;
        self.browser.run(
            "const [png] = arguments;
             return createImageBitmap(new Blob([Uint8Array.from(png)])).then((picture) => {
                 const context = new OffscreenCanvas(picture.width, picture.height).getContext('2d', { willReadFrequently: true });
                 context.drawImage(picture, 0, 0);
                 const { width, height, data } = context.getImageData(0, 0, picture.width, picture.height);
                 return [width, height, [...data]];
             }, () => null);",
            json!([png]),
        )
    }

    /// So that somebody is there when what the desktop has already comes.
    fn open_by_hand(&self, gateway: &Gateway) {
        self.browser.open(&gateway.page("autoconnect=false&resize=off"));
        self.browser.click(".card .primary");
        self.browser.connected();
    }
}

/// What is left of a text where there are no other letters.
fn latin_1(text: &str) -> Vec<u8> {
    text.chars()
        .map(|letter| u8::try_from(letter).unwrap_or(b'?'))
        .collect()
}
