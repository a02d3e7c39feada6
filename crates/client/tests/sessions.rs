//! Signing in, resuming, refreshing and signing out, over real TLS, against a platform that verifies each
//! proof.

// A test that cannot go on fails.
#![allow(clippy::unwrap_used)]

#[path = "sessions/live.rs"]
mod live;
#[path = "sessions/people.rs"]
mod people;
mod support;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use polder_client::api::Client;
use polder_client::deployment::Deployment;
use polder_client::gate::{Gate, Installed};
use polder_client::keychain::{Keychain, KeychainError, LIMIT, MAX_ITEM, MemoryKeychain, Vault};
use polder_client::proxy::System;
use polder_client::session::{Door, Failure, Next, Remembered, Resumed, Session};
use polder_client::surroundings::Surroundings;
use polder_wire::{Code, ProjectId, Secret, UnixSeconds};
use support::platform::{LAYER, PROJECT, Platform};
use support::server::{Reply, Server};
use support::tls;
use support::tuf::Release;
use support::{World, now};
use zeroize::Zeroizing;

const SYSTEM: &str = "linux-x86_64";

/// A running platform and what the client keeps between two starts.
struct Bench {
    world: World,
    platform: Platform,
    server: Server,
    gate: Gate,
    keychain: Shared,
    clock: Arc<Mutex<i64>>,
    _folder: tempfile::TempDir,
}

impl Bench {
    async fn new() -> Self {
        Self::with(|_| {}).await
    }

    async fn with(change: impl FnOnce(&mut Release)) -> Self {
        Self::made(change, None).await
    }

    /// Reached through a proxy at this port.
    async fn through(proxy: Option<u16>) -> Self {
        Self::made(|_| {}, proxy).await
    }

    async fn made(change: impl FnOnce(&mut Release), proxy: Option<u16>) -> Self {
        let world = World::new();
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("polder");
        std::fs::write(&program, b"program").unwrap();
        let mut release = world.release(b"program", "1.0.0", SYSTEM);
        change(&mut release);
        let platform = Platform::new(release.files(&world.keys));
        let server = Server::start(world.identity(), platform.handler()).await;
        platform.change(|state| state.origin = format!("https://localhost:{}", server.port));
        let installed = Installed { version: "1.0.0".parse().unwrap(), system: SYSTEM.to_owned(), program };
        let deployment = Deployment::parse(&world.deployment(server.port)).unwrap();
        let gate = Gate::new(deployment, installed, &folder.path().join("data")).with_network(
            System::of_environment(move |name| {
                proxy.filter(|_| name == "https_proxy").map(|port| format!("http://127.0.0.1:{port}"))
            }),
            Vault::memory(),
        );
        let clock = Arc::new(Mutex::new(now()));
        Self { world, platform, server, gate, keychain: Shared::default(), clock, _folder: folder }
    }

    /// As after a start of the program.
    async fn door(&self) -> Door {
        Door::new(self.client().await, Vault::new(self.keychain.clone(), LIMIT))
    }

    async fn client(&self) -> Client {
        let admission = self.gate.check(UnixSeconds(now()), &|_| {}).await.unwrap();
        let clock = Arc::clone(&self.clock);
        let random = aws_lc_rs::rand::SystemRandom::new();
        Client::new(admission, Surroundings::new(move || UnixSeconds(*clock.lock().unwrap()), random))
    }

    async fn sign_in(&self, stay: bool) -> Session {
        let next = self.door().await.password("done@x", Secret::new("right"), stay).await.unwrap();
        let Next::Done(session) = next else { panic!("{next:?}") };
        session
    }

    fn kept(&self) -> Option<String> {
        let item = self.keychain.0.lock().unwrap().store.load().unwrap()?;
        Some(String::from_utf8(item.to_vec()).unwrap())
    }

    fn asked(&self, path: &str) -> usize {
        self.server.requests().iter().filter(|request| request.path == path).count()
    }

    fn instead(&self, path: &str, reply: Reply) {
        self.platform.change(|state| state.instead.entry(path.to_owned()).or_default().push(reply));
    }
}

/// A keychain that outlives the program and can be made to fail.
#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Failing>>);

#[derive(Default)]
struct Failing {
    store: MemoryKeychain,
    fail: Option<fn() -> KeychainError>,
}

impl Shared {
    fn fail(&self, error: Option<fn() -> KeychainError>) {
        self.0.lock().unwrap().fail = error;
    }

    fn with<T>(
        &self,
        act: impl FnOnce(&mut MemoryKeychain) -> Result<T, KeychainError>,
    ) -> Result<T, KeychainError> {
        let mut inner = self.0.lock().unwrap();
        match inner.fail {
            Some(error) => Err(error()),
            None => act(&mut inner.store),
        }
    }
}

impl Keychain for Shared {
    fn load(&mut self) -> Result<Option<Zeroizing<Vec<u8>>>, KeychainError> {
        self.with(Keychain::load)
    }
    fn save(&mut self, item: &[u8]) -> Result<(), KeychainError> {
        self.with(|store| store.save(item))
    }
    fn delete(&mut self) -> Result<(), KeychainError> {
        self.with(Keychain::delete)
    }
}

fn project() -> ProjectId {
    PROJECT.parse().unwrap()
}

#[track_caller]
fn code<T: std::fmt::Debug>(result: Result<T, Failure>) -> Code {
    result.expect_err("must fail").code
}

fn why(resumed: &Resumed) -> Option<Code> {
    match resumed {
        Resumed::SignedOut { why } => *why,
        Resumed::SignedIn(_) => panic!("signed in"),
    }
}

#[tokio::test]
async fn password_and_code_open_a_session() {
    let bench = Bench::new().await;
    let next = bench.door().await.password("code@x", Secret::new("right"), true).await.unwrap();
    let Next::Code(step) = next else { panic!("{next:?}") };
    assert_eq!(step.domain_name(), "Helsinki");
    assert_eq!(code(step.code(Secret::new("000000")).await), Code::CodeWrong);
    let session = step.code(Secret::new("123456")).await.unwrap();
    assert_eq!(session.me().name, "Ada");
    assert_eq!(session.remembered(), Remembered::Kept);
    assert_eq!(session.projects().await.unwrap().projects.len(), 1);
    let opened = session.open(project()).await.unwrap();
    assert_eq!(session.layer(project(), 1, &opened.manifest.layers[0]).await.unwrap(), LAYER);
}

#[tokio::test]
async fn a_second_step_is_set_up_where_the_domain_asks() {
    let bench = Bench::new().await;
    let next = bench.door().await.password("enrol@x", Secret::new("right"), false).await.unwrap();
    let Next::Enrol(step) = next else { panic!("{next:?}") };
    assert_eq!(step.key().await.unwrap().key.expose(), "ABCD");
    assert_eq!(code(step.confirm(Secret::new("1")).await), Code::CodeWrong);
    let (session, recovery) = step.confirm(Secret::new("123456")).await.unwrap();
    assert_eq!(session.remembered(), Remembered::ThisRunOnly(None));
    assert_eq!(recovery.codes[0].expose(), "aaaa-bbbb-cccc-dddd");
}

#[tokio::test]
async fn a_recovery_code_opens_a_session_and_says_how_many_are_left() {
    let bench = Bench::new().await;
    let next = bench.door().await.password("code@x", Secret::new("right"), true).await.unwrap();
    let Next::Code(step) = next else { panic!("{next:?}") };
    assert_eq!(code(step.recover(Secret::new("wrong")).await), Code::RecoveryCodeWrong);
    let (session, left) = step.recover(Secret::new("aaaa-bbbb-cccc-dddd")).await.unwrap();
    assert_eq!((left, session.remembered()), (9, Remembered::Kept));
    session.projects().await.unwrap();
}

#[tokio::test]
async fn wrong_credentials_are_said_so() {
    let bench = Bench::new().await;
    let result = bench.door().await.password("done@x", Secret::new("wrong"), false).await;
    assert_eq!(code(result), Code::CredentialsWrong);
}

#[tokio::test]
async fn a_restart_stays_signed_in_with_the_same_device_key() {
    let bench = Bench::new().await;
    bench.sign_in(true).await;
    assert!(bench.kept().unwrap().len() < MAX_ITEM);
    let Resumed::SignedIn(session) = bench.door().await.resume().await else { panic!("signed out") };
    assert_eq!(session.remembered(), Remembered::Kept);
    assert!(bench.kept().unwrap().contains("refresh-2"), "the successor is kept");
    session.projects().await.unwrap();
}

#[tokio::test]
async fn who_does_not_want_to_stay_leaves_nothing_in_the_keychain() {
    let bench = Bench::new().await;
    bench.sign_in(true).await;
    let session = bench.sign_in(false).await;
    assert_eq!(session.remembered(), Remembered::ThisRunOnly(None));
    assert_eq!(bench.kept(), None, "nor does what an earlier sign-in left");
    assert_eq!(why(&bench.door().await.resume().await), None);
}

#[tokio::test]
async fn an_expired_access_token_is_renewed_once_for_all_who_wait() {
    let bench = Bench::new().await;
    let session = bench.sign_in(true).await;
    bench.platform.change(|state| state.access.clear());
    let (a, b, c) = tokio::join!(session.projects(), session.projects(), session.open(project()));
    a.unwrap();
    b.unwrap();
    c.unwrap();
    let refreshes: Vec<_> = bench
        .server
        .requests()
        .into_iter()
        .filter(|request| request.path == "/api/v1/session/refresh")
        .map(|request| String::from_utf8(request.body).unwrap())
        .collect();
    assert!(refreshes.iter().all(|body| body.contains("refresh-1\"")), "{refreshes:?}");
    assert!(bench.kept().unwrap().contains("refresh-2"));
}

#[tokio::test]
async fn a_lost_refresh_answer_does_not_end_the_session() {
    let bench = Bench::new().await;
    let session = bench.sign_in(true).await;
    bench.platform.change(|state| state.access.clear());
    let lost = Reply { cut_off: true, ..Reply::new(200, "{") };
    bench.instead("/api/v1/session/refresh", lost);
    assert_eq!(code(session.projects().await), Code::AnswerBroken);
    assert!(bench.kept().unwrap().contains("refresh-1"), "the old token is dropped only for a new one");
    session.projects().await.unwrap();
}

#[tokio::test]
async fn a_crash_before_the_keychain_write_is_not_a_theft() {
    let bench = Bench::new().await;
    let session = bench.sign_in(true).await;
    let before = bench.kept().unwrap();
    bench.platform.change(|state| state.access.clear());
    session.projects().await.unwrap();
    bench.keychain.clone().save(before.as_bytes()).unwrap();
    assert!(matches!(bench.door().await.resume().await, Resumed::SignedIn(_)));
}

#[tokio::test]
async fn offline_at_resume_keeps_the_item() {
    let bench = Bench::new().await;
    bench.sign_in(true).await;
    let before = bench.kept();
    let door = bench.door().await;
    for (reply, expected) in [
        (Reply::problem(503, "busy"), Code::Busy),
        (Reply::new(500, "<html>"), Code::AnswerBroken),
        (Reply::problem(401, "proof-wrong"), Code::ProofWrong),
    ] {
        bench.instead("/api/v1/session/refresh", reply);
        assert_eq!(why(&door.resume().await), Some(expected));
        assert_eq!(bench.kept(), before);
    }
    drop(bench.server);
    assert!(why(&door.resume().await).is_some());
    assert_eq!(bench.keychain.clone().load().unwrap().map(|item| item.len()), before.map(|item| item.len()));
}

#[tokio::test]
async fn a_session_that_is_over_is_deleted() {
    let bench = Bench::new().await;
    let session = bench.sign_in(true).await;
    bench.platform.change(|state| state.refresh.clear());
    assert_eq!(why(&bench.door().await.resume().await), Some(Code::SessionOver));
    assert_eq!(bench.kept(), None);
    bench.platform.change(|state| state.access.clear());
    assert_eq!(code(session.projects().await), Code::SessionOver);
    let asked = bench.server.requests().len();
    assert_eq!(code(session.projects().await), Code::SessionOver);
    assert_eq!(bench.server.requests().len(), asked, "a session that is over does not ask again");
}

#[tokio::test]
async fn a_locked_keychain_is_not_an_empty_one() {
    let bench = Bench::new().await;
    bench.sign_in(true).await;
    bench.keychain.fail(Some(|| KeychainError::Locked(None)));
    assert_eq!(why(&bench.door().await.resume().await), Some(Code::KeychainLocked));
    bench.keychain.fail(None);
    assert!(matches!(bench.door().await.resume().await, Resumed::SignedIn(_)));
}

#[tokio::test]
async fn without_a_keychain_the_session_lasts_this_run_and_says_why() {
    let bench = Bench::new().await;
    bench.keychain.fail(Some(|| KeychainError::Absent(None)));
    let session = bench.sign_in(true).await;
    assert_eq!(session.remembered(), Remembered::ThisRunOnly(Some(Code::KeychainAbsent)));
    session.projects().await.unwrap();
}

#[tokio::test]
async fn a_damaged_item_is_said_so_and_stays_until_replaced() {
    let bench = Bench::new().await;
    for damage in [&b"\xff"[..], b"{}", br#"{"schema":1,"refresh_token":"x","key":"AAAA"}"#] {
        bench.keychain.clone().save(damage).unwrap();
        assert_eq!(why(&bench.door().await.resume().await), Some(Code::KeychainDamaged));
        assert_eq!(bench.keychain.clone().load().unwrap().unwrap().as_slice(), damage);
    }
    assert_eq!(bench.sign_in(true).await.remembered(), Remembered::Kept);
}

#[tokio::test]
async fn an_item_of_another_deployment_is_damaged_and_its_token_goes_nowhere() {
    let bench = Bench::new().await;
    drop(bench.sign_in(true).await);
    let origin = format!("https://localhost:{}", bench.server.port);
    let moved = bench.kept().unwrap().replace(&origin, "https://polder.elsewhere.example");
    assert!(moved.contains("elsewhere"));
    bench.keychain.clone().save(moved.as_bytes()).unwrap();
    assert_eq!(why(&bench.door().await.resume().await), Some(Code::KeychainDamaged));
    assert_eq!(bench.asked("/api/v1/session/refresh"), 0);
}

#[tokio::test]
async fn signing_out_clears_keychain_memory_and_platform() {
    let bench = Bench::new().await;
    let session = bench.sign_in(true).await;
    session.sign_out().await.unwrap();
    assert_eq!(bench.kept(), None);
    assert_eq!(bench.platform.change(|state| state.refresh.len()), 0);
    assert_eq!(code(session.projects().await), Code::SessionOver);
    assert_eq!(why(&bench.door().await.resume().await), None);
    session.sign_out().await.unwrap();
}

#[tokio::test]
async fn signing_out_tries_the_platform_even_when_the_keychain_fails() {
    let bench = Bench::new().await;
    let session = bench.sign_in(true).await;
    bench.keychain.fail(Some(|| KeychainError::Locked(None)));
    assert_eq!(code(session.sign_out().await), Code::KeychainLocked);
    assert_eq!(bench.platform.change(|state| state.refresh.len()), 0);
    assert_eq!(code(session.projects().await), Code::SessionOver);
}

#[tokio::test]
async fn signing_out_offline_clears_keychain_and_memory() {
    let bench = Bench::new().await;
    let session = bench.sign_in(true).await;
    bench.instead("/api/v1/session/end", Reply::problem(503, "busy"));
    assert_eq!(code(session.sign_out().await), Code::Busy);
    assert_eq!(bench.kept(), None);
    assert_eq!(code(session.projects().await), Code::SessionOver);
}

#[tokio::test]
async fn a_layer_whose_bytes_are_not_the_manifests_is_refused() {
    let bench = Bench::new().await;
    let session = bench.sign_in(false).await;
    let opened = session.open(project()).await.unwrap();
    let layer = &opened.manifest.layers[0];
    for wrong in [LAYER.to_ascii_uppercase(), LAYER[1..].to_vec(), [LAYER, b" "].concat()] {
        bench.platform.change(|state| state.layer = wrong);
        assert_eq!(code(session.layer(project(), 1, layer).await), Code::AnswerBroken);
    }
}

#[tokio::test]
async fn a_layer_name_cannot_lead_elsewhere() {
    let bench = Bench::new().await;
    let session = bench.sign_in(false).await;
    let mut layer = session.open(project()).await.unwrap().manifest.layers.remove(0);
    let asked = bench.server.requests().len();
    layer.id = "../../../me".to_owned();
    assert_eq!(code(session.layer(project(), 1, &layer).await), Code::AnswerBroken);
    assert_eq!(bench.server.requests().len(), asked);
}

#[tokio::test]
async fn only_known_problems_with_their_own_status_are_believed() {
    let bench = Bench::new().await;
    let session = bench.sign_in(false).await;
    for (reply, expected) in [
        (Reply::problem(404, "not-found"), Code::NotFound),
        (Reply::problem(404, "no-such-code"), Code::AnswerBroken),
        (Reply::problem(500, "session-over"), Code::AnswerBroken),
        (Reply::problem(400, "altered"), Code::AnswerBroken),
        (Reply::new(404, Reply::problem(404, "not-found").body), Code::AnswerBroken),
        (Reply::new(302, "").with("location", "/api/v1/me"), Code::AnswerBroken),
        (Reply::new(200, "{").with("content-type", "application/json"), Code::AnswerBroken),
        (Reply::new(200, r#"{"projects":[]}"#), Code::AnswerBroken),
        (Reply::new(200, r#"{"projects":[]}"#).with("content-type", "text/html"), Code::AnswerBroken),
    ] {
        bench.instead("/api/v1/projects", reply);
        assert_eq!(code(session.projects().await), expected);
    }
    let good = Reply::new(200, r#"{"projects":[]}"#).with("content-type", "application/json; charset=utf-8");
    bench.instead("/api/v1/projects", good);
    session.projects().await.unwrap();
    let mut busy = Reply::problem(503, "busy");
    busy.body = br#"{"type":"","title":"","status":503,"code":"busy","retry_after":7}"#.to_vec();
    bench.instead("/api/v1/projects", busy);
    let failure = session.projects().await.unwrap_err();
    assert_eq!(failure, Failure { code: Code::Busy, retry_after: Some(7), clock: None });
}

#[tokio::test]
async fn a_platform_that_never_accepts_a_proof_is_asked_twice_and_no_more() {
    let bench = Bench::new().await;
    let door = bench.door().await;
    for _ in 0..3 {
        bench
            .instead("/api/v1/sign-in/password", Reply::problem(401, "proof-needed").with("dpop-nonce", "x"));
    }
    assert_eq!(code(door.password("done@x", Secret::new("right"), false).await), Code::ProofNeeded);
    assert_eq!(bench.asked("/api/v1/sign-in/password"), 2);
}

#[tokio::test]
async fn the_answer_426_ends_the_admission_for_all_clones() {
    let bench = Bench::new().await;
    let session = bench.sign_in(false).await;
    bench.instead("/api/v1/projects", Reply::problem(426, "client-outdated"));
    assert_eq!(code(session.clone().projects().await), Code::ClientOutdated);
    let asked = bench.server.requests().len();
    assert_eq!(code(session.open(project()).await), Code::ClientOutdated);
    assert_eq!(bench.server.requests().len(), asked);
}

#[tokio::test]
async fn an_admission_ends_when_its_metadata_expires_and_no_clock_revives_it() {
    let bench = Bench::new().await;
    let session = bench.sign_in(false).await;
    let start = *bench.clock.lock().unwrap();
    *bench.clock.lock().unwrap() = start + 3 * 24 * 3600;
    assert_eq!(code(session.projects().await), Code::MetadataExpired);
    *bench.clock.lock().unwrap() = start;
    assert_eq!(code(session.projects().await), Code::MetadataExpired);
}

#[tokio::test]
async fn a_platform_that_takes_up_its_next_key_is_still_spoken_to() {
    let next = tls::key();
    let pins = serde_json::json!([tls::pin(&next)]);
    let mut bench = Bench::with(|release| release.policy["next_pins"] = pins).await;
    let session = bench.sign_in(false).await;
    let both = [&rustls::version::TLS13, &rustls::version::TLS12];
    let identity = bench.world.ca.issue("localhost", &next);
    let port = bench.server.port;
    bench.server.stop().await;
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await.unwrap();
    bench.server = Server::start_on(listener, identity, &both, bench.platform.handler());
    session.projects().await.unwrap();
}

#[tokio::test]
async fn a_wrong_clock_does_no_harm_to_proofs() {
    let bench = Bench::new().await;
    *bench.clock.lock().unwrap() = 0;
    bench.sign_in(false).await.projects().await.unwrap();
}

#[tokio::test]
async fn nothing_secret_prints() {
    let bench = Bench::new().await;
    let door = bench.door().await;
    let next = door.password("code@x", Secret::new("right"), true).await.unwrap();
    let Next::Code(step) = &next else { panic!("{next:?}") };
    let session = step.code(Secret::new("123456")).await.unwrap();
    let printed = format!("{door:?} {next:?} {session:?}");
    for secret in ["ticket-0", "access-1", "refresh-1", "right", "123456"] {
        assert!(!printed.contains(secret), "{printed}");
    }
}

#[tokio::test]
async fn what_the_window_awaits_can_move_between_threads() {
    fn is_send<T: Send>(value: T) -> T {
        value
    }
    let bench = Bench::new().await;
    let door = bench.door().await;
    is_send(bench.gate.check(UnixSeconds(now()), &|_| {})).await.unwrap();
    is_send(door.resume()).await;
    let next = is_send(door.password("done@x", Secret::new("right"), true)).await.unwrap();
    let Next::Done(session) = next else { panic!("{next:?}") };
    is_send(session.projects()).await.unwrap();
    is_send(session.sign_out()).await.unwrap();
}

#[test]
fn the_keychains_time_limit_is_ten_seconds() {
    assert_eq!(LIMIT, Duration::from_secs(10));
}
