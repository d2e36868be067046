//! The configuration, while it changes.

use porthole_gateway::Config;

use crate::support::{Gateway, Log, until};

#[tokio::test]
async fn a_file_that_changes_changes_the_sessions_and_a_broken_one_says_so_and_does_not() {
    let log = Log::here();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("gateway.toml");
    std::fs::write(&path, "[sessions.a]\ntarget = 'demo:'\n").unwrap();
    let gateway = Gateway::start(Config::load(&path).unwrap()).await;
    let status = async |id: &str| gateway.get(&format!("/api/auth/session/{id}")).await.0;
    assert_eq!((status("a").await, status("b").await), (200, 404));

    std::fs::write(&path, "[sessions.b]\ntarget = 'nowhere'\n").unwrap();
    until(async || log.text().contains("the sessions stay as they were")).await;
    assert!(log.text().contains("sessions.b.target"), "{}", log.text());
    assert_eq!((status("a").await, status("b").await), (200, 404));

    std::fs::write(
        &path,
        "allowed_origins = ['https://x']\n[sessions.b]\ntarget = 'demo:'\n",
    )
    .unwrap();
    until(async || log.text().contains("after a restart")).await;
    assert_eq!((status("a").await, status("b").await), (404, 200));
    let (_, head, _) = gateway.get("/").await;
    assert!(head.contains("location: /api/auth/session/b/novnc"), "{head}");
}
