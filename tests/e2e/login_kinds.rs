//! The logins that no VNC server here has: the real page logs in to a mock, which was written from the specification,
//! shows its pixels and sends it a key, in the open or sealed. The page comes by plain HTTP from what browsers do not
//! take for a secure place, where they have no ciphers of their own.

use serde_json::json;

use porthole_rfb_mock::{
    Capability, Config, DiffieHellman, Front, Lists, Login, Message, MsLogonII, Record, RsaAes, ServerKey,
    Tight, VeNCrypt, Version, picture,
};
use porthole_tests::browser::{Browser, Stroke};
use porthole_tests::gateway::Gateway;
use porthole_tests::image::Image;
use porthole_tests::wait::{LONG, until};

const USERNAME: &str = "porthole";
const PASSWORD: &str = "secret12";

pub(crate) fn shows_picture(browser: &Browser, config: &Config, number: u32, what: &str) {
    let (width, height) = config.size;
    browser.shows(what, || Image {
        width: width.into(),
        height: height.into(),
        rgb: picture(width, height, number),
    });
}

/// Fails to log in, logs in, looks at the picture, presses a key, and looks at the picture that the mock answers with. Leaves
/// with a key held, which the gateway lets go of, where it is not sealed. Gives what the mock saw of the login that was right.
fn goes_all_the_way(browser: &Browser, what: &str, config: Config) -> Record {
    let front = Front::start(config.clone());
    let gateway = Gateway::to(&front.target());
    let page = gateway.page("resize=off").replace("127.0.0.1", "desktop.test");
    browser.open(&format!("{page}#username={USERNAME}&password=secret13"));
    if let [Login::RsaAes(_)] = config.logins[..] {
        // A new key, which is trusted from here on.
        browser.text_with("dialog h1", "Is this the right desktop?", LONG);
        browser.click("dialog [type=submit]");
    }
    let reason = match config.version {
        Version::V3_8 => "the mock does not know you",
        _ => "the server gave no reason",
    };
    browser.text_with("dialog .refused", reason, LONG);
    browser.fill("#password", PASSWORD);
    browser.click("dialog [type=submit]");
    browser.connected();
    assert_eq!(browser.run("return isSecureContext", json!([])), json!(false));
    shows_picture(browser, &config, 0, &format!("the first picture after {what}"));
    browser.keys(&[Stroke::Tap("a")]);
    shows_picture(
        browser,
        &config,
        0x61,
        &format!("the picture of a key after {what}"),
    );
    let saw = |keys: &[(bool, u32)]| {
        until(&format!("{keys:x?} after {what}"), LONG, || {
            let record = front.records().pop().ok_or("nobody came")?;
            let is_key = |message: &Message| match *message {
                Message::Key { is_down, keysym } => Some((is_down, keysym)),
                _ => None,
            };
            let seen: Vec<(bool, u32)> = record.messages.iter().filter_map(is_key).collect();
            if seen == keys {
                Ok(record)
            } else {
                Err(format!("{seen:x?}"))
            }
        })
    };
    let both = [(true, 0x61), (false, 0x61)];
    saw(&both);
    browser.keys(&[Stroke::Down("b")]);
    let held = [&both[..], &[(true, 0x62)]].concat();
    let record = saw(&held);
    browser.open("about:blank");
    let is_sealed = matches!(
        &config.logins[..],
        [Login::RsaAes(RsaAes {
            is_session_sealed: true,
            ..
        })]
    );
    if !is_sealed {
        saw(&[&held[..], &[(false, 0x62)]].concat());
    }
    browser.keys(&[Stroke::Up("b")]);
    let records = front.records();
    assert_eq!(records.len(), 2, "{what}: one login was wrong and one right");
    assert_eq!(records[0].is_accepted, Some(false), "{what}");
    for record in records {
        assert_eq!(record.complaint, None, "{what}");
    }
    record
}

#[test]
fn rsa_aes_of_every_kind_logs_in_and_goes_on() {
    let browser = Browser::start();
    let names = ["RA2", "RA2ne", "RA2-256", "RA2ne-256"];
    for ((rsa_aes, what), chosen) in RsaAes::all().into_iter().zip(names).zip([5, 6, 129, 130]) {
        let record = goes_all_the_way(&browser, what, Config::with(Login::RsaAes(rsa_aes)));
        assert_eq!(record.chosen, [chosen]);
        assert_eq!(record.user.as_deref(), Some(USERNAME));
        assert_eq!(record.password.as_deref(), Some(PASSWORD));
    }
    let small = RsaAes {
        subtype: 2,
        key: ServerKey::bits_1024(),
        record_length: 100,
        ..RsaAes::ra2_256()
    };
    let record = goes_all_the_way(
        &browser,
        "RA2-256 of a password",
        Config::with(Login::RsaAes(small)),
    );
    assert_eq!(record.user, None);
    assert_eq!(record.password.as_deref(), Some(PASSWORD));
}

#[test]
fn both_diffie_hellmans_log_in() {
    let browser = Browser::start();
    let record = goes_all_the_way(
        &browser,
        "Apple's",
        Config::with(Login::DiffieHellman(DiffieHellman::default())),
    );
    assert_eq!(record.chosen, [30]);
    assert_eq!(record.user.as_deref(), Some(USERNAME));
    let record = goes_all_the_way(
        &browser,
        "MSLogonII",
        Config::with(Login::MsLogonII(MsLogonII::default())),
    );
    assert_eq!(record.chosen, [113]);
    assert_eq!(record.user.as_deref(), Some(USERNAME));
}

#[test]
fn tight_and_vencrypt_log_in_by_what_is_inside_of_them() {
    let browser = Browser::start();
    let lists = Lists {
        encodings: vec![Capability(7, *b"TGHT", *b"TIGHT___"); 20],
        ..Lists::default()
    };
    let tight = |tunnels, login| {
        Config::with(Login::Tight(Tight {
            tunnels,
            logins: vec![login],
            lists: lists.clone(),
            ..Tight::default()
        }))
    };
    let record = goes_all_the_way(
        &browser,
        "Tight with a user",
        tight(vec![Capability::SIEMENS], Login::Plain),
    );
    assert_eq!(record.chosen, [16, 129]);
    let record = goes_all_the_way(
        &browser,
        "Tight with a password",
        tight(vec![], Login::VncAuthentication),
    );
    assert_eq!(record.chosen, [16, 2]);
    let vencrypt = |login| Config::with(Login::VeNCrypt(VeNCrypt::with(vec![login])));
    let record = goes_all_the_way(&browser, "VeNCrypt Plain", vencrypt(Login::Plain));
    assert_eq!(record.chosen, [19, 256]);
    let record = goes_all_the_way(
        &browser,
        "VeNCrypt with a password",
        vencrypt(Login::VncAuthentication),
    );
    assert_eq!(record.chosen, [19, 2]);
}

#[test]
fn vnc_authentication_is_the_same_in_every_version() {
    let browser = Browser::start();
    for version in Version::ALL {
        let record = goes_all_the_way(
            &browser,
            &format!("{version:?}"),
            Config {
                version,
                ..Config::with(Login::VncAuthentication)
            },
        );
        let greeting = version.greeting();
        assert_eq!(record.version.unwrap().as_bytes(), &greeting[..11]);
    }
}
