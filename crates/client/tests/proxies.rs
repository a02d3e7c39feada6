//! Proxies over real sockets: which way is taken, that TLS holds end to end through one, and each way in which
//! one fails.

// A test that cannot go on fails.
#![allow(clippy::unwrap_used)]

mod support;

#[cfg(target_os = "linux")]
#[path = "proxies/desktop.rs"]
mod desktop;
#[path = "proxies/settings.rs"]
mod settings;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use base64::{Engine, engine::general_purpose::STANDARD};
use polder_client::deployment::Deployment;
use polder_client::gate::{Admission, Gate, Installed, Refusal};
use polder_client::keychain::Vault;
use polder_client::proxy::{Choice, Found, Manual, PasswordChange, PasswordKept, System};
use polder_wire::{Code, Secret, UnixSeconds};
use support::proxy::{Manner, Proxy};
use support::server::{Server, closed_port};
use support::tls::{self, Authority, Identity};
use support::{World, now};

const SYSTEM: &str = "linux-x86_64";
const PROGRAM: &[u8] = b"the program's own bytes";

/// A platform with one release, and the program that is to be admitted.
struct Bench {
    world: World,
    folder: tempfile::TempDir,
    server: Server,
}

impl Bench {
    async fn new() -> Self {
        let world = World::new();
        let identity = world.identity();
        Self::with(world, identity).await
    }

    async fn with(world: World, identity: Identity) -> Self {
        let files = world.release(PROGRAM, "0.2.0", SYSTEM).files(&world.keys);
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("polder"), PROGRAM).unwrap();
        let server = Server::start(identity, move |request| files.answer(&request.path)).await;
        Self { world, folder, server }
    }

    /// With an environment in which a proxy is set, and a keychain that forgets.
    fn gate_in(&self, environment: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Gate {
        self.gate_of(System::of_environment(environment), Vault::memory())
    }

    fn gate(&self) -> Gate {
        self.gate_in(|_| None)
    }

    fn gate_of(&self, system: System, vault: Vault) -> Gate {
        let deployment = Deployment::parse(&self.world.deployment(self.server.port)).unwrap();
        let installed = Installed {
            version: "0.2.0".parse().unwrap(),
            system: SYSTEM.to_owned(),
            program: self.folder.path().join("polder"),
        };
        Gate::new(deployment, installed, &self.folder.path().join("data")).with_network(system, vault)
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("data/local/network.json")
    }

    /// Through a proxy of this manner, without credentials.
    async fn through(&self, manner: Manner) -> (Result<Admission, Refusal>, Vec<String>) {
        let proxy = Proxy::start(manner).await;
        let gate = self.gate();
        gate.network().set(manual(proxy.port, None), PasswordChange::Keep).await.unwrap();
        (check(&gate).await, proxy.heads())
    }
}

fn manual(port: u16, user: Option<&str>) -> Choice {
    Choice::Manual(Manual::parse("127.0.0.1", port.into(), user).unwrap())
}

fn typed(password: &str) -> PasswordChange {
    PasswordChange::Set(Secret::new(password))
}

async fn check(gate: &Gate) -> Result<Admission, Refusal> {
    gate.check(UnixSeconds(now()), &|_| {}).await
}

#[track_caller]
fn refused(result: Result<Admission, Refusal>, code: Code) -> Refusal {
    let refusal = result.expect_err("the gate must stay shut");
    assert_eq!(refusal.code(), code, "{}", refusal.details());
    refusal
}

fn basic(user: &str, password: &str) -> String {
    format!("Proxy-Authorization: Basic {}", STANDARD.encode(format!("{user}:{password}")))
}

fn https_proxy(port: u16) -> impl Fn(&str) -> Option<String> + Send + Sync + 'static {
    move |name| (name == "https_proxy").then(|| format!("http://ada:env@127.0.0.1:{port}"))
}

#[tokio::test]
async fn by_default_the_systems_proxy_is_used() {
    let bench = Bench::new().await;
    let proxy = Proxy::start(Manner::Asks(basic("ada", "env"))).await;
    let gate = bench.gate_in(https_proxy(proxy.port));
    check(&gate).await.unwrap();
    assert!(!proxy.heads().is_empty());
    let found = gate.network().system().await;
    assert!(matches!(&found, Found::Proxy(found) if found.port.get() == proxy.port), "{found:?}");
    assert!(!format!("{found:?}").contains("env\""), "{found:?}");
}

#[tokio::test]
async fn direct_ignores_the_environment() {
    let bench = Bench::new().await;
    let proxy = Proxy::start(Manner::Tunnels).await;
    let gate = bench.gate_in(https_proxy(proxy.port));
    gate.network().set(Choice::Direct, PasswordChange::Keep).await.unwrap();
    check(&gate).await.unwrap();
    assert_eq!(proxy.heads(), Vec::<String>::new());
}

/// `reqwest` reads the process's own environment unless it is told not to; so this runs in a process that has a
/// proxy in it.
#[test]
fn no_variable_of_the_process_sneaks_in() {
    if std::env::var_os("POLDER_TEST_CHILD").is_some() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let bench = Bench::new().await;
            // With no proxy found, and with another one chosen.
            check(&bench.gate()).await.unwrap();
            bench.through(Manner::Tunnels).await.0.unwrap();
        });
        return;
    }
    let mut child = std::process::Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", "no_variable_of_the_process_sneaks_in"]).env("POLDER_TEST_CHILD", "1");
    for name in ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "http_proxy"] {
        child.env(name, "http://127.0.0.1:9");
    }
    let done = child.env_remove("no_proxy").env_remove("NO_PROXY").output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stdout));
}

#[tokio::test]
async fn a_manual_proxy_is_asked_for_the_platform_and_told_nothing_else() {
    let bench = Bench::new().await;
    let (admitted, heads) = bench.through(Manner::Tunnels).await;
    let admission = admitted.unwrap();
    let target = format!("localhost:{}", bench.server.port);
    assert_eq!(admission.origin(), format!("https://{target}"));
    for head in &heads {
        assert_eq!(*head, format!("CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n"));
    }
    assert!(!heads.is_empty());
    assert_eq!(bench.server.handshakes()[0].0, rustls::ProtocolVersion::TLSv1_3);
    for request in bench.server.requests() {
        assert!(!request.headers.keys().any(|name| name.starts_with("proxy-")), "{request:?}");
    }
}

#[tokio::test]
async fn a_proxy_that_asks_gets_the_password_and_the_platform_does_not() {
    let bench = Bench::new().await;
    let proxy = Proxy::start(Manner::Asks(basic("ada", "l:ösen"))).await;
    let gate = bench.gate();
    let network = gate.network();
    let set = network.set(manual(proxy.port, Some("ada")), typed("l:ösen")).await.unwrap();
    assert_eq!(set.password, PasswordKept::Keychain);
    check(&gate).await.unwrap();
    for request in bench.server.requests() {
        assert!(!request.headers.keys().any(|name| name.starts_with("proxy-")), "{request:?}");
    }
    // A user alone is no sign-in: nothing half goes out.
    network.set(manual(proxy.port, Some("ada")), PasswordChange::Forget).await.unwrap();
    refused(check(&gate).await, Code::ProxySignIn);
    assert!(!proxy.heads().last().unwrap().contains("Authorization"));
    network.set(manual(proxy.port, Some("ada")), typed("wrong")).await.unwrap();
    let refusal = refused(check(&gate).await, Code::ProxySignIn);
    assert!(!refusal.details().contains("wrong") && !format!("{refusal:?}").contains("wrong"));
}

#[tokio::test]
async fn a_change_counts_from_the_next_check_on() {
    let bench = Bench::new().await;
    let gate = bench.gate();
    check(&gate).await.unwrap();
    gate.network().set(manual(closed_port().await, None), PasswordChange::Keep).await.unwrap();
    refused(check(&gate).await, Code::ProxyUnreachable);
    // Another gate of the same deployment reads it from the file.
    refused(check(&bench.gate()).await, Code::ProxyUnreachable);
    gate.network().set(Choice::System, PasswordChange::Keep).await.unwrap();
    check(&gate).await.unwrap();
}

#[tokio::test]
async fn a_proxy_that_inspects_tls_is_refused_and_its_issuer_named() {
    let bench = Bench::new().await;
    let inspector = Authority::new("Inspect\u{202e} Oy");
    let other = Server::start(inspector.issue("localhost", &tls::key()), |_| unreachable!()).await;
    let (result, _) = bench.through(Manner::Intercepts(other.port)).await;
    let refusal = refused(result, Code::UnknownIssuer);
    assert_eq!(refusal.issuer(), Some("Inspect Oy"));
    assert!(refusal.details().ends_with("\nissuer: Inspect Oy"), "{}", refusal.details());
    assert_eq!(other.requests().len(), 0);
}

#[tokio::test]
async fn a_proxy_with_the_right_ca_and_another_key_is_refused() {
    let bench = Bench::new().await;
    let other = Server::start(bench.world.ca.issue("localhost", &tls::key()), |_| unreachable!()).await;
    let (result, _) = bench.through(Manner::Intercepts(other.port)).await;
    assert_eq!(refused(result, Code::PinMismatch).issuer(), None);
}

#[tokio::test]
async fn a_proxy_that_leads_to_another_name_is_refused() {
    let bench = Bench::new().await;
    let identity = bench.world.ca.issue("elsewhere", &bench.world.server_key);
    let other = Server::start(identity, |_| unreachable!()).await;
    refused(bench.through(Manner::Intercepts(other.port)).await.0, Code::CertificateName);
}

#[tokio::test]
async fn what_a_proxy_answers_is_told_apart() {
    let bench = Bench::new().await;
    for (answer, code) in [
        ("HTTP/1.1 407 x\r\nProxy-Authenticate: Basic realm=\"x\"\r\n\r\n", Code::ProxySignIn),
        ("HTTP/1.1 407 x\r\nProxy-Authenticate: NTLM\r\n\r\n", Code::ProxyNtlm),
        ("HTTP/1.1 407 x\r\nProxy-Authenticate: Negotiate\r\n\r\n", Code::ProxyNegotiate),
        (
            "HTTP/1.1 407 x\r\nProxy-Authenticate: ntlm\r\nPROXY-AUTHENTICATE: negotiate\r\n\r\n",
            Code::ProxyNegotiate,
        ),
        ("HTTP/1.1 407 x\r\nProxy-Authenticate: Negotiate, Basic\r\n\r\n", Code::ProxySignIn),
        ("HTTP/1.1 407 x\r\n\r\n", Code::ProxyRefused),
        ("HTTP/1.1 403 x\r\n\r\n", Code::ProxyRefused),
        ("HTTP/1.1 502 x\r\n\r\n", Code::ProxyRefused),
    ] {
        let (result, heads) = bench.through(Manner::Says(answer)).await;
        refused(result, code);
        let target = format!("localhost:{}", bench.server.port);
        for head in heads {
            assert_eq!(head, format!("CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n"));
        }
    }
    let (result, _) = bench.through(Manner::Says("HTTP/1.1 451 x\r\n\r\n")).await;
    let details = refused(result, Code::ProxyRefused).details();
    assert!(details.contains("451"), "{details}");
}

#[tokio::test]
async fn a_proxy_that_hangs_up_or_never_ends_is_refused() {
    let bench = Bench::new().await;
    refused(bench.through(Manner::HangsUp).await.0, Code::ProxyRefused);
    let begin = Instant::now();
    refused(bench.through(Manner::Rambles).await.0, Code::ProxyRefused);
    assert!(begin.elapsed() < Duration::from_secs(5), "it is cut off by its length, not by the time");
}

#[tokio::test]
async fn a_proxy_that_never_answers_is_given_up_on() {
    let bench = Bench::new().await;
    let begin = Instant::now();
    let (result, heads) = bench.through(Manner::Silent).await;
    refused(result, Code::ProxyUnreachable);
    assert_eq!(heads.len(), 2, "once by reqwest and once by hand");
    assert!(begin.elapsed() < Duration::from_secs(30));
}

#[tokio::test]
async fn a_proxy_that_connects_is_not_blamed_for_what_lies_behind() {
    let bench = Bench::new().await;
    let plain = Server::start_plain(b"HTTP/1.1 200 OK\r\n\r\n").await;
    refused(bench.through(Manner::Intercepts(plain.port)).await.0, Code::NotSecure);
}

#[tokio::test]
async fn a_proxy_whose_name_is_unknown_does_not_answer() {
    let bench = Bench::new().await;
    let gate = bench.gate();
    let choice = Choice::Manual(Manual::parse("proxy.invalid", 3128, None).unwrap());
    gate.network().set(choice, PasswordChange::Keep).await.unwrap();
    refused(check(&gate).await, Code::ProxyUnreachable);
}

#[tokio::test]
async fn a_socks_proxy_is_named_as_unsupported() {
    let bench = Bench::new().await;
    let gate = bench.gate_in(|name| (name == "ALL_PROXY").then(|| "socks5h://127.0.0.1:9".to_owned()));
    let details = refused(check(&gate).await, Code::ProxyRefused).details();
    assert!(details.contains("127.0.0.1:9") && details.contains("SOCKS"), "{details}");
    // The person can still go straight.
    gate.network().set(Choice::Direct, PasswordChange::Keep).await.unwrap();
    check(&gate).await.unwrap();
}
