//! A session that is locked, told, and watched.

use std::time::Duration;

use polder_client::keychain::KeychainError;
use polder_client::session::{Backoff, Heard, Resumed};
use polder_wire::session::PROOF_TRIES;
use polder_wire::{Code, Secret};
use tokio::sync::mpsc;

use super::support::proxy::{Manner, Proxy};
use super::support::server::{Reply, Stop};
use super::{Bench, Session, code};

const QUICK: Backoff = Backoff { first: Duration::from_millis(2), most: Duration::from_millis(20) };

fn right() -> Secret {
    Secret::new("right")
}

/// An event stream that says this and then ends so.
fn says(lines: &[&str], then: Stop) -> Reply {
    let said: String = lines.iter().map(|event| format!("{{\"event\":\"{event}\"}}\n")).collect();
    let length = said.len();
    Reply::new(200, format!("{said}{}", " ".repeat(64)))
        .with("content-type", "application/x-ndjson")
        .stopping_at(length, then)
}

/// Listens in the background.
fn watch(session: &Session) -> (mpsc::UnboundedReceiver<Heard>, tokio::task::JoinHandle<Code>) {
    let (tell, heard) = mpsc::unbounded_channel();
    let session = session.clone();
    let watching = tokio::spawn(async move {
        let tell = move |what| {
            // The test may have heard enough.
            let _ = tell.send(what);
        };
        session.watch(QUICK, &tell).await.code
    });
    (heard, watching)
}

#[tokio::test]
async fn a_stream_that_breaks_is_opened_again_and_what_was_missed_is_said_to_be() {
    let bench = Bench::new().await;
    let session = bench.sign_in(false).await;
    let events = "/api/v1/events";
    bench.instead(events, says(&["alive", "rights-changed", "tea"], Stop::HangUp));
    // A platform that is away, in the ways that there are, does not end the session.
    for away in
        [Reply::problem(503, "busy"), Reply::new(502, "bad gateway"), Reply::problem(401, "access-expired")]
    {
        bench.instead(events, away);
    }
    bench.instead(events, says(&["alive", "update-ready"], Stop::HangUp));
    bench.instead(events, says(&["alive", "session-over"], Stop::HangUp));
    let (mut heard, watching) = watch(&session);
    assert_eq!(watching.await.unwrap(), Code::SessionOver);
    let mut all = Vec::new();
    while let Some(one) = heard.recv().await {
        all.push(one);
    }
    assert_eq!(all, [Heard::RightsChanged, Heard::Again, Heard::UpdateReady, Heard::Again]);
    assert_eq!(code(session.projects().await), Code::SessionOver, "and nothing is left of it");
}

#[tokio::test]
async fn the_word_that_a_session_is_over_clears_the_keychain() {
    let bench = Bench::new().await;
    let session = bench.sign_in(true).await;
    bench.instead("/api/v1/events", says(&["alive", "session-over"], Stop::Silent));
    let (_heard, watching) = watch(&session);
    assert_eq!(watching.await.unwrap(), Code::SessionOver);
    assert_eq!(bench.kept(), None);
}

#[tokio::test]
async fn a_stream_of_nonsense_or_without_end_is_let_go_and_ends_nothing() {
    let bench = Bench::new().await;
    let session = bench.sign_in(true).await;
    let endless = Reply::new(200, "x".repeat(64 * 1024)).with("content-type", "application/x-ndjson");
    bench.instead("/api/v1/events", endless);
    bench.instead("/api/v1/events", Reply::new(200, "<html>").with("content-type", "text/html"));
    bench.instead("/api/v1/events", says(&["alive", "locked"], Stop::Silent));
    let (mut heard, watching) = watch(&session);
    assert_eq!(heard.recv().await, Some(Heard::Again));
    assert_eq!(heard.recv().await, Some(Heard::Locked));
    assert!(session.is_locked());
    watching.abort();
    assert!(bench.kept().is_some());
}

#[tokio::test]
async fn the_events_come_through_a_proxy() {
    let proxy = Proxy::start(Manner::Tunnels).await;
    let bench = Bench::through(Some(proxy.port)).await;
    let session = bench.sign_in(false).await;
    bench.instead("/api/v1/events", says(&["alive", "rights-changed"], Stop::Silent));
    let (mut heard, watching) = watch(&session);
    assert_eq!(heard.recv().await, Some(Heard::RightsChanged));
    watching.abort();
    // All of it went that way, the stream on a connection of its own.
    assert!(proxy.heads().len() >= 2, "{:?}", proxy.heads());
    assert!(proxy.heads().iter().all(|head| head.starts_with("CONNECT localhost:")));
}

#[tokio::test]
async fn a_locked_session_asks_nothing_and_a_restart_does_not_unlock_it() {
    let bench = Bench::new().await;
    let session = bench.sign_in(true).await;
    session.lock().await.unwrap();
    let asked = bench.asked("/api/v1/projects");
    assert_eq!(code(session.projects().await), Code::SessionLocked);
    assert_eq!(code(session.devices().await), Code::SessionLocked);
    assert_eq!(bench.asked("/api/v1/projects"), asked, "nobody was asked");

    let Resumed::SignedIn(session) = bench.door().await.resume().await else { panic!("signed out") };
    assert!(session.is_locked());
    assert_eq!(code(session.projects().await), Code::SessionLocked);
    assert_eq!(code(session.unlock(Secret::new("wrong"), None).await), Code::PasswordWrong);
    assert!(session.is_locked());
    session.unlock(right(), None).await.unwrap();
    session.projects().await.unwrap();
    let Resumed::SignedIn(session) = bench.door().await.resume().await else { panic!("signed out") };
    assert!(!session.is_locked());
}

#[tokio::test]
async fn what_was_locked_while_the_platform_was_away_stays_locked_after_a_restart() {
    let bench = Bench::new().await;
    let session = bench.sign_in(true).await;
    bench.instead("/api/v1/session/lock", Reply::problem(503, "busy"));
    assert_eq!(code(session.lock().await), Code::Busy);
    assert!(session.is_locked(), "here at once");
    assert_eq!(code(session.projects().await), Code::SessionLocked);
    assert!(!bench.platform.change(|state| state.locked), "the platform does not know");

    let Resumed::SignedIn(session) = bench.door().await.resume().await else { panic!("signed out") };
    assert!(session.is_locked());
    assert!(bench.platform.change(|state| state.locked), "by now it does");
    session.unlock(right(), None).await.unwrap();
    session.projects().await.unwrap();
}

#[tokio::test]
async fn a_session_that_no_keychain_keeps_is_locked_and_unlocked_all_the_same() {
    let bench = Bench::new().await;
    bench.keychain.fail(Some(|| KeychainError::Absent(None)));
    let session = bench.sign_in(true).await;
    session.lock().await.unwrap();
    assert_eq!(code(session.projects().await), Code::SessionLocked);
    session.unlock(right(), None).await.unwrap();
    session.projects().await.unwrap();
}

#[tokio::test]
async fn a_session_that_was_locked_elsewhere_is_found_locked_by_the_next_call() {
    let bench = Bench::new().await;
    let session = bench.sign_in(true).await;
    bench.platform.change(|state| state.locked = true);
    assert_eq!(code(session.projects().await), Code::SessionLocked);
    assert!(session.is_locked());
}

#[tokio::test]
async fn too_many_wrong_passwords_end_the_session_here_too() {
    let bench = Bench::new().await;
    let session = bench.sign_in(true).await;
    session.lock().await.unwrap();
    for _ in 1..PROOF_TRIES {
        assert_eq!(code(session.unlock(Secret::new("wrong"), None).await), Code::PasswordWrong);
    }
    bench.instead("/api/v1/session/unlock", Reply::problem(401, "session-over"));
    assert_eq!(code(session.unlock(Secret::new("wrong"), None).await), Code::SessionOver);
    assert_eq!(bench.kept(), None);
}

#[tokio::test]
async fn the_device_says_what_it_is_called_and_lists_and_ends_others() {
    let bench = Bench::new().await;
    let session = bench.sign_in(true).await;
    let sent =
        bench.server.requests().into_iter().find(|request| request.path.ends_with("/password")).unwrap();
    let body: serde_json::Value = serde_json::from_slice(&sent.body).unwrap();
    assert!(!body["device"]["system"].as_str().unwrap().is_empty(), "{body}");

    let devices = session.devices().await.unwrap().devices;
    assert_eq!(devices.len(), 1);
    bench.instead("/api/v1/sessions", Reply::problem(403, "fresh-sign-in-needed"));
    assert_eq!(code(session.end_other_devices().await), Code::FreshSignInNeeded);
    assert_eq!(code(session.prove(Secret::new("wrong"), None).await), Code::PasswordWrong);
    session.prove(right(), None).await.unwrap();
    assert_eq!(session.end_other_devices().await.unwrap(), 2);
    session.end_device(devices[0].session).await.unwrap();
    let methods: Vec<_> =
        bench.server.requests().into_iter().filter(|request| request.method == "DELETE").collect();
    assert_eq!(methods.len(), 3);
}
