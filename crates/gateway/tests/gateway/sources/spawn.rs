//! Desktops that a command starts.

use std::path::Path;

use porthole_gateway::Config;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::process::GatewayProcess;
use crate::support::{Gateway, Log, closed, peer, read, until, within};

/// A desktop, as far as anybody here looks.
async fn greeting(mut stream: TcpStream) {
    stream.write_all(b"RFB 003.008\n").await.unwrap();
    let _ = stream.read(&mut [0; 16]).await;
}

/// A configuration with one provider, `p`, whose command is this script.
fn config(script: &str, keys: &str) -> String {
    format!("[providers.p]\nname = 'A provider'\ncommand = ['sh', '-c', '''{script}''']\n{keys}")
}

async fn with(script: &str, keys: &str) -> Gateway {
    Gateway::start(Config::parse(&config(script, keys)).unwrap()).await
}

async fn create(gateway: &Gateway) -> String {
    let (status, text) = gateway.post("/api/auth/session", r#"{"provider":"p"}"#).await;
    assert_eq!(status, 201, "{text}");
    let session: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(session["status"], "creating");
    assert!(session["since"].as_str().unwrap().ends_with('Z'), "{session}");
    session["id"].as_str().unwrap().to_owned()
}

/// Waits until a session is so far, and tells all of it.
async fn until_it_is(gateway: &Gateway, id: &str, status: &str) -> Value {
    let path = format!("/api/auth/session/{id}");
    until(async || {
        let (_, session) = gateway.json(&path).await;
        let now = session["status"].as_str().unwrap();
        let is_before = ["creating", "booting", "ready"].contains(&now);
        assert!(now == status || is_before, "{session}");
        now == status
    })
    .await;
    gateway.json(&path).await.1
}

fn is_running(pid: &str) -> bool {
    // One that has ended and was not waited for by its parent does not run.
    std::fs::read_to_string(format!("/proc/{pid}/stat"))
        .is_ok_and(|stat| !stat.rsplit_once(") ").unwrap().1.starts_with('Z'))
}

async fn pids(file: &Path) -> Vec<String> {
    until(async || std::fs::read_to_string(file).is_ok_and(|text| text.lines().count() == 2)).await;
    std::fs::read_to_string(file)
        .unwrap()
        .lines()
        .map(str::to_owned)
        .collect()
}

#[tokio::test]
async fn a_desktop_is_created_ready_and_ended_with_its_session() {
    let folder = tempfile::tempdir().unwrap();
    let started = folder.path().join("pids");
    // A command of two processes, the second of which does not listen to SIGTERM.
    let script = format!(
        "(trap \"\" TERM; exec sleep 1000) & echo $! > {0}; echo $$ >> {0}; echo tcp://{1}; wait",
        started.display(),
        peer(greeting).await
    );
    let gateway = with(&script, "").await;
    let (_, providers) = gateway.json("/api/auth/providers").await;
    assert_eq!(
        providers,
        serde_json::json!([{ "id": "p", "name": "A provider" }])
    );

    let id = create(&gateway).await;
    let session = until_it_is(&gateway, &id, "ready").await;
    assert_eq!(session["provider"], "A provider");
    assert!(session["since"].as_str().unwrap().ends_with('Z'), "{session}");
    let websock = format!("/api/auth/session/{id}/novnc/websock");
    let mut socket = gateway.open(&websock, &[]).await.unwrap();
    assert_eq!(read(&mut socket, 12).await, b"RFB 003.008\n");
    let pids = pids(&started).await;
    assert!(pids.iter().all(|pid| is_running(pid)));

    let (status, _, _) = gateway
        .request("DELETE", &format!("/api/auth/session/{id}"), "")
        .await;
    assert_eq!(status, 204);
    let ended = (4410, format!("session \"{id}\" has ended"));
    assert_eq!(closed(&mut socket).await, ended);
    until_it_is(&gateway, &id, "ended").await;
    assert_eq!(
        closed(&mut gateway.open(&websock, &[]).await.unwrap()).await,
        ended
    );
    until(async || !pids.iter().any(|pid| is_running(pid))).await;
}

#[tokio::test]
async fn a_session_that_is_coming_up_is_said_to_be() {
    let gateway = with("exec sleep 1000", "").await;
    let id = create(&gateway).await;
    until_it_is(&gateway, &id, "booting").await;
    let websock = format!("/api/auth/session/{id}/novnc/websock");
    let (code, reason) = closed(&mut gateway.open(&websock, &[]).await.unwrap()).await;
    assert_eq!(code, 4425);
    assert_eq!(
        reason,
        format!("the desktop of session \"{id}\" is still booting")
    );
    // Nobody learns of it who does not know its name.
    let (_, _, page) = gateway.get("/").await;
    assert!(!String::from_utf8(page).unwrap().contains(&id));
    gateway.stop().await;
}

#[tokio::test]
async fn a_desktop_that_fails_says_why() {
    for (script, keys, expected) in [
        (
            "echo the display is taken >&2; exit 3",
            "",
            "its command ended with exit status: 3: the display is taken",
        ),
        (
            "echo 5901; exec sleep 1000",
            "",
            "it did not say where its desktop is: \"5901\" is no target",
        ),
        (
            "echo demo:; exec sleep 1000",
            "",
            "it said that its desktop is the gateway's own",
        ),
        (
            "exec sleep 1000",
            "start_timeout_seconds = 1",
            "it said nothing within 1 s",
        ),
        ("kill -9 $$", "", "its command ended with exit status: 137"),
        // It is there first, and breaks then.
        (
            "echo tcp://127.0.0.1:1; echo out of memory >&2; exit 1",
            "",
            "exit status: 1: out of memory",
        ),
    ] {
        let gateway = with(script, keys).await;
        let id = create(&gateway).await;
        let session = until_it_is(&gateway, &id, "failed").await;
        let reason = session["reason"].as_str().unwrap();
        assert!(reason.contains(expected), "{reason:?} is not {expected:?}");
        let websock = format!("/api/auth/session/{id}/novnc/websock");
        let (code, words) = closed(&mut gateway.open(&websock, &[]).await.unwrap()).await;
        assert_eq!(code, 4502);
        assert!(
            words.starts_with(&format!("session \"{id}\" failed: ")),
            "{words}"
        );
    }
    let text = "[providers.p]\ncommand = ['/nowhere/desktop']\n";
    let gateway = Gateway::start(Config::parse(text).unwrap()).await;
    let id = create(&gateway).await;
    let session = until_it_is(&gateway, &id, "failed").await;
    let reason = session["reason"].as_str().unwrap();
    assert!(
        reason.contains("/nowhere/desktop cannot be started: No such file"),
        "{reason}"
    );
}

#[tokio::test]
async fn a_desktop_may_have_its_place_from_the_configuration_and_a_folder_of_its_own() {
    let gateway = with(
        "echo ready > {dir}/state; echo {dir}; exec sleep 1000",
        "target = 'unix:{line}/rfb'",
    )
    .await;
    let id = create(&gateway).await;
    until_it_is(&gateway, &id, "ready").await;
    let websock = format!("/api/auth/session/{id}/novnc/websock");
    let (code, reason) = closed(&mut gateway.open(&websock, &[]).await.unwrap()).await;
    let path = reason
        .strip_prefix("vm ")
        .and_then(|rest| rest.strip_suffix("/rfb does not exist"));
    assert_eq!(code, 4502);
    let folder = Path::new(path.unwrap_or_else(|| panic!("{reason}")));
    assert_eq!(std::fs::read_to_string(folder.join("state")).unwrap(), "ready\n");
    gateway.stop().await;
    assert!(!folder.exists());
}

#[tokio::test]
async fn there_are_no_more_desktops_than_the_provider_may_have() {
    let gateway = with("exec sleep 1000", "most = 2").await;
    let first = create(&gateway).await;
    create(&gateway).await;
    let wanted = r#"{"provider":"p"}"#;
    let (status, text) = gateway.post("/api/auth/session", wanted).await;
    assert_eq!(status, 429);
    assert_eq!(text, "the provider \"p\" has 2 desktops, and may have no more\n");
    gateway
        .request("DELETE", &format!("/api/auth/session/{first}"), "")
        .await;
    until_it_is(&gateway, &first, "ended").await;
    // There is room once its processes are gone.
    until(async || gateway.post("/api/auth/session", wanted).await.0 == 201).await;
    let (status, text) = gateway.post("/api/auth/session", r#"{"provider":"q"}"#).await;
    assert_eq!((status, &text[..]), (404, "there is no provider \"q\"\n"));
    gateway.stop().await;
}

#[tokio::test]
async fn no_page_of_another_origin_starts_or_ends_a_desktop() {
    let gateway = with("exec sleep 1000", "").await;
    let id = create(&gateway).await;
    let evil = "Origin: https://evil.example\r\n";
    let json = r#"{"provider":"p"}"#;
    let headers = format!(
        "{evil}Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{json}",
        json.len()
    );
    let (status, _, body) = gateway.request("POST", "/api/auth/session", &headers).await;
    assert_eq!(status, 403);
    assert!(String::from_utf8(body).unwrap().contains("https://evil.example"));
    let path = format!("/api/auth/session/{id}");
    assert_eq!(gateway.request("DELETE", &path, evil).await.0, 403);
    // What a form of such a page could send is no JSON.
    let headers = format!(
        "Content-Type: text/plain\r\nContent-Length: {}\r\n\r\n{json}",
        json.len()
    );
    assert_eq!(
        gateway.request("POST", "/api/auth/session", &headers).await.0,
        415
    );
    until_it_is(&gateway, &id, "booting").await;
    gateway.stop().await;
}

#[tokio::test]
async fn a_machine_is_named_as_the_configuration_says_or_by_what_is_known_of_it() {
    let vm = peer(greeting).await;
    let said = format!("echo {vm} i-7; exec sleep 1000");
    let keys = "target = 'tcp://{1}'\nvm_id = 'vm-{2}-of-{id}'\nvm_address = '{1}'";
    let gateway = with(&said, keys).await;
    let id = create(&gateway).await;
    let session = until_it_is(&gateway, &id, "ready").await;
    assert_eq!(session["vmId"], format!("vm-i-7-of-{id}"));
    assert_eq!(session["vmAddress"], vm);
    gateway.stop().await;

    let gateway = with(&format!("echo tcp://{vm}; exec sleep 1000"), "").await;
    let id = create(&gateway).await;
    let session = until_it_is(&gateway, &id, "ready").await;
    let process = session["vmId"].as_str().unwrap().strip_prefix("process-");
    assert!(is_running(process.unwrap()), "{session}");
    assert_eq!(session["vmAddress"], vm);
    gateway.stop().await;
}

#[tokio::test]
async fn a_desktop_that_nobody_is_connected_to_ends_after_a_while() {
    let folder = tempfile::tempdir().unwrap();
    // A file for each, since they begin at once.
    let started = |id: &str| folder.path().join(id);
    let script = format!(
        "sleep 1000 & echo $! > {0}; echo $$ >> {0}; echo tcp://{1}; wait",
        started("{id}").display(),
        peer(greeting).await
    );
    // Time enough to connect to one that is ready.
    let gateway = with(&script, "unused_timeout_seconds = 5").await;
    let (unused, used) = (create(&gateway).await, create(&gateway).await);
    until_it_is(&gateway, &used, "ready").await;
    let websock = format!("/api/auth/session/{used}/novnc/websock");
    let mut socket = gateway.open(&websock, &[]).await.unwrap();
    let session = until_it_is(&gateway, &unused, "ended").await;
    assert_eq!(session["reason"], "nobody was connected to it for 5 s");
    let mut processes = pids(&started(&unused)).await;
    processes.extend(pids(&started(&used)).await);
    // The other one was started no later, and goes on as long as somebody is connected.
    assert_eq!(
        gateway.json(&format!("/api/auth/session/{used}")).await.1["status"],
        "ready"
    );
    assert_eq!(read(&mut socket, 12).await, b"RFB 003.008\n");
    drop(socket);
    until_it_is(&gateway, &used, "ended").await;
    until(async || !processes.iter().any(|pid| is_running(pid))).await;
    let (code, reason) = closed(&mut gateway.open(&websock, &[]).await.unwrap()).await;
    assert_eq!(code, 4410);
    assert!(reason.contains("has ended: nobody was connected"), "{reason}");
}

#[tokio::test]
async fn a_desktop_may_be_left_alone_for_ever_where_the_configuration_says_so() {
    let said = format!("echo tcp://{}; exec sleep 1000", peer(greeting).await);
    let gateway = with(&said, "unused_timeout_seconds = 0").await;
    let id = create(&gateway).await;
    until_it_is(&gateway, &id, "ready").await;
    gateway.stop().await;
    let text = config("x", "unused_timeout_seconds = 0");
    assert!(format!("{:?}", Config::parse(&text).unwrap()).contains("unused_within: None"));
    let text = config("x", "");
    assert!(format!("{:?}", Config::parse(&text).unwrap()).contains("unused_within: Some(3600s)"));
}

#[tokio::test]
async fn what_is_no_wish_for_a_desktop_is_refused_in_words() {
    let log = Log::here();
    let gateway = with("exec sleep 1000", "most = 1").await;
    let long = format!(r#"{{"provider":"{}"}}"#, "p".repeat(20_000));
    for (json, status, words) in [
        ("", 400, "EOF"),
        ("{", 400, "EOF"),
        ("[]", 422, "invalid length 0"),
        (r#"{"provider":7}"#, 422, "expected a string"),
        (
            r#"{"provider":"p","target":"tcp://127.0.0.1:22"}"#,
            422,
            "unknown field `target`",
        ),
        (&long, 413, "length limit exceeded"),
        (r#"{"provider":"../p"}"#, 404, "there is no provider \"../p\""),
        (r#"{"provider":""}"#, 404, "there is no provider \"\""),
    ] {
        let (answered, text) = gateway.post("/api/auth/session", json).await;
        assert_eq!(answered, status, "{text}");
        assert!(text.contains(words), "{text:?} is not {words:?}");
    }
    let logged = r#"cause="there is no provider \"../p\"""#;
    assert!(log.text().contains(logged), "{}", log.text());
    // None of them started anything.
    create(&gateway).await;
    for path in [
        "/api/auth/session/..%2fproviders",
        "/api/auth/session/%2e%2e",
        "/api/auth/session/a%00b",
        "/api/auth/session/p",
    ] {
        for method in ["GET", "DELETE"] {
            assert_eq!(gateway.request(method, path, "").await.0, 404, "{method} {path}");
        }
    }
    gateway.stop().await;
}

#[tokio::test]
async fn a_gateway_that_starts_no_desktops_says_so() {
    let gateway = Gateway::start(Config::default()).await;
    assert_eq!(
        gateway.json("/api/auth/providers").await,
        (200, serde_json::json!([]))
    );
    let (status, text) = gateway.post("/api/auth/session", r#"{"provider":"p"}"#).await;
    assert_eq!(status, 501);
    assert!(
        text.contains("this gateway starts no desktops") && text.contains("[providers.NAME]"),
        "{text}"
    );
}

#[tokio::test]
async fn sessions_that_were_not_started_here_are_not_ended_here() {
    let gateway = Gateway::start(Config::default()).await;
    let (status, _, body) = gateway.request("DELETE", "/api/auth/session/demo", "").await;
    let text = String::from_utf8(body).unwrap();
    assert_eq!(status, 409, "{text}");
    assert!(text.contains("was not started by this gateway"), "{text}");
    assert_eq!(gateway.request("DELETE", "/api/auth/session/x", "").await.0, 404);
}

#[tokio::test]
async fn no_process_outlives_a_gateway_that_ends_or_is_killed() {
    for signal in ["TERM", "KILL"] {
        let folder = tempfile::tempdir().unwrap();
        let started = folder.path().join("pids");
        let script = format!(
            "sleep 1000 & echo $! > {0}; echo $$ >> {0}; wait",
            started.display()
        );
        let mut gateway = GatewayProcess::start(&config(&script, "")).await;
        let json = r#"{"provider":"p"}"#;
        let mut stream = TcpStream::connect(&gateway.address).await.unwrap();
        let request = format!(
            "POST /api/auth/session HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\n\r\n{json}",
            json.len()
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let pids = pids(&started).await;
        assert!(pids.iter().all(|pid| is_running(pid)));
        let pid = gateway.child.id().unwrap().to_string();
        tokio::process::Command::new("kill")
            .args(["-s", signal, &pid])
            .status()
            .await
            .unwrap();
        within(gateway.child.wait()).await.unwrap();
        until(async || !pids.iter().any(|pid| is_running(pid))).await;
    }
}
