//! The dashboard's page.

use porthole_gateway::Config;
use serde_json::json;

use crate::access::{SECRET, token};
use crate::support::{Gateway, http_peer, json_answer};

const PAGE: &str = "/dashboard/remote-cli";
const PROVIDER: &str = "[providers.p]\ncommand = ['sleep', '1000']\n";

async fn with(text: &str) -> Gateway {
    Gateway::start(Config::parse(text).unwrap()).await
}

#[tokio::test]
async fn the_dashboard_comes_under_a_policy_that_lets_it_have_the_viewer_in_a_frame() {
    let gateway = Gateway::start(Config::default()).await;
    let (status, head, _) = gateway.get(PAGE).await;
    assert_eq!(status, 200);
    assert!(head.contains("content-type: text/html"), "{head}");
    let policy = |head: &str| {
        head.lines()
            .find_map(|line| line.strip_prefix("content-security-policy: "))
            .unwrap()
            .to_owned()
    };
    let own = policy(&head);
    for directive in [
        "default-src 'none'",
        "frame-src 'self'",
        "frame-ancestors 'self'",
        "require-trusted-types-for 'script'",
    ] {
        assert!(
            own.split("; ").any(|it| it == directive),
            "{directive} is not in {own}"
        );
    }
    assert!(!own.contains("unsafe-inline"), "{own}");
    let (_, head, _) = gateway.get("/api/auth/session/demo/novnc/").await;
    assert!(!policy(&head).contains("frame-src"), "{head}");
}

#[tokio::test]
async fn the_dashboard_has_one_address() {
    let gateway = with(PROVIDER).await;
    for (path, location) in [
        (format!("{PAGE}/"), "../remote-cli"),
        (format!("{PAGE}/?a=b"), "../remote-cli?a=b"),
        ("/".to_owned(), PAGE),
    ] {
        let (status, head, _) = gateway.get(&path).await;
        assert!((307..=308).contains(&status), "{head}");
        assert!(head.contains(&format!("\r\nlocation: {location}\r\n")), "{head}");
    }
    for path in ["/dashboard.html", "/dashboard/other", "/dashboard/remote-cli/x"] {
        assert_eq!(gateway.get(path).await.0, 404, "{path}");
    }
}

#[tokio::test]
async fn nobody_gets_the_dashboard_who_may_not_have_all_sessions() {
    let gateway = with(&format!("[tokens]\nsecret = '{SECRET}'\n{PROVIDER}")).await;
    let all = token(json!({ "session": "*" }));
    for (token, status) in [("x.y.z", 401), (&token(json!({})), 403)] {
        assert_eq!(
            gateway.get(&format!("{PAGE}?access_token={token}")).await.0,
            status
        );
    }
    let (status, head, _) = gateway.get(&format!("{PAGE}?access_token={all}")).await;
    assert_eq!(status, 303);
    assert!(head.contains("\r\nlocation: remote-cli\r\n"), "{head}");
    // It holds for the sessions' addresses, too.
    assert!(head.contains("; path=/; httponly; samesite=lax"), "{head}");
    let cookie = format!("Cookie: porthole_token={all}\r\n");
    for path in [PAGE, "/api/auth/providers"] {
        assert_eq!(gateway.get(path).await.0, 401);
        assert_eq!(gateway.request("GET", path, &cookie).await.0, 200);
    }
    let looks = token(json!({ "session": "*", "view_only": true }));
    let path = format!("/api/auth/session?access_token={looks}");
    assert_eq!(
        gateway.post(&path, r#"{"provider":"p"}"#).await,
        (403, "You may only look.\n".to_owned())
    );
}

#[tokio::test]
async fn who_has_to_log_in_first_is_led_there_from_the_dashboard() {
    let auth = http_peer(|head| {
        assert!(
            head.to_ascii_lowercase()
                .contains("x-forwarded-uri: /dashboard/remote-cli\r\n"),
            "{head}"
        );
        json_answer("302 Found", "").replace("Content-Type", "Location: /login\r\nContent-Type")
    })
    .await;
    let gateway = with(&format!("[forward_auth]\nurl = 'http://{auth}/'\n{PROVIDER}")).await;
    let (status, head, _) = gateway.get(PAGE).await;
    assert_eq!(status, 302);
    assert!(head.contains("location: /login"), "{head}");
}
