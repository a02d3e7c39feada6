//! How long the gate takes to refuse where nothing needs waiting, connection and handshake included: `cargo xtask bench
//! refusals`. Each kind of refusal meets a real server over loopback; the limit is 100 ms.

// What cannot be set up ends the measurement.
#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)]

#[path = "../tests/support/gate.rs"]
mod gate;
#[path = "../tests/support/mod.rs"]
mod support;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use gate::Bench;
use polder_client::gate::{Admission, Refusal};
use polder_client::proxy::{Choice, Manual, PasswordChange};
use polder_wire::Code;
use rcgen::{CertificateParams, ExtendedKeyUsagePurpose};
use support::proxy::{Manner, Proxy};
use support::server::{Reply, Server, closed_port};
use support::tls::{self, Authority, Identity};

const TIMES: usize = 11;
const LIMIT: Duration = Duration::from_millis(100);

/// What stands in the platform's place, or is wrong with it.
enum Against {
    Identity(fn(&Bench) -> Identity),
    Plain,
    Nobody,
    Says(fn() -> Reply),
    Release(fn(&mut Bench)),
    Proxy(Manner),
}

const CASES: &[(&str, Code, Against)] = &[
    ("another key", Code::PinMismatch, Against::Identity(|b| b.world.ca.issue("localhost", &tls::key()))),
    (
        "unknown CA",
        Code::UnknownIssuer,
        Against::Identity(|b| Authority::new("Elsewhere").issue("localhost", &b.world.server_key)),
    ),
    (
        "another name",
        Code::CertificateName,
        Against::Identity(|b| b.world.ca.issue("other.example", &b.world.server_key)),
    ),
    (
        "expired",
        Code::CertificateTime,
        Against::Identity(|b| {
            let mut params = tls::leaf("localhost");
            params.not_after = rcgen::date_time_ymd(2020, 1, 1);
            b.world.ca.issue_with(&params, &b.world.server_key)
        }),
    ),
    (
        "for clients",
        Code::CertificateInvalid,
        Against::Identity(|b| {
            let mut params = tls::leaf("localhost");
            params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
            b.world.ca.issue_with(&params, &b.world.server_key)
        }),
    ),
    (
        "self-signed",
        Code::UnknownIssuer,
        Against::Identity(|b| {
            Identity::self_signed(
                &CertificateParams::new(vec!["localhost".to_owned()]).unwrap(),
                &b.world.server_key,
            )
        }),
    ),
    ("plain HTTP", Code::NotSecure, Against::Plain),
    ("nobody there", Code::Unreachable, Against::Nobody),
    (
        "a redirect",
        Code::AnswerBroken,
        Against::Says(|| Reply::new(302, "").with("location", "https://polder.invalid/")),
    ),
    ("cut off", Code::AnswerBroken, Against::Says(|| Reply { cut_off: true, ..Reply::new(200, "{") })),
    ("too large", Code::AnswerBroken, Against::Says(|| Reply::new(200, vec![b' '; 2 << 20]))),
    ("no JSON", Code::MetadataInvalid, Against::Says(|| Reply::new(200, "hello"))),
    (
        "expired metadata",
        Code::MetadataExpired,
        Against::Release(|b| b.release.timestamp_expires = support::now() - 60),
    ),
    (
        "a newer release",
        Code::Outdated,
        Against::Release(|b| b.release.policy["newest"][gate::SYSTEM] = "0.3.0".into()),
    ),
    (
        "a proxy that asks for NTLM",
        Code::ProxyNtlm,
        Against::Proxy(Manner::Says("HTTP/1.1 407 x\r\nProxy-Authenticate: NTLM\r\n\r\n")),
    ),
    (
        "a proxy that does not connect",
        Code::ProxyRefused,
        Against::Proxy(Manner::Says("HTTP/1.1 403 x\r\n\r\n")),
    ),
];

async fn check(bench: &Bench, port: u16) -> (Result<Admission, Refusal>, Duration) {
    let gate = bench.gate(port);
    let begun = Instant::now();
    let checked = gate::check(&gate).await;
    (checked, begun.elapsed())
}

async fn once(against: &Against) -> (Result<Admission, Refusal>, Duration) {
    let mut bench = Bench::new();
    bench.publish();
    match against {
        Against::Identity(identity) => {
            let server = Server::start(identity(&bench), bench.handler()).await;
            check(&bench, server.port).await
        }
        Against::Plain => {
            let server = Server::start_plain(b"HTTP/1.1 400 no\r\n\r\n").await;
            check(&bench, server.port).await
        }
        Against::Nobody => check(&bench, closed_port().await).await,
        Against::Says(reply) => {
            let reply = *reply;
            let server = Server::start(bench.world.identity(), move |_| reply()).await;
            check(&bench, server.port).await
        }
        Against::Release(change) => {
            change(&mut bench);
            let server = bench.server().await;
            check(&bench, server.port).await
        }
        Against::Proxy(manner) => {
            let server = bench.server().await;
            let proxy = Proxy::start(manner.clone()).await;
            let way = Manual::parse("127.0.0.1", proxy.port.into(), None).unwrap();
            let gate = bench.gate(server.port);
            gate.network().set(Choice::Manual(way), PasswordChange::Keep).await.unwrap();
            let begun = Instant::now();
            let checked = gate::check(&gate).await;
            (checked, begun.elapsed())
        }
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    println!("{:32} {:>9} {:>9}   limit {} ms", "refusal", "median", "longest", LIMIT.as_millis());
    let mut within = true;
    for (name, code, against) in CASES {
        let mut taken = Vec::new();
        for _ in 0..TIMES {
            let (checked, time) = once(against).await;
            let refusal = checked.expect_err(name);
            assert_eq!(refusal.code(), *code, "{name}: {}", refusal.details());
            taken.push(time);
        }
        taken.sort_unstable();
        let (median, longest) = (taken[TIMES / 2], taken[TIMES - 1]);
        let kept = longest <= LIMIT;
        within &= kept;
        let ms = |time: Duration| time.as_secs_f64() * 1_000.0;
        println!(
            "{name:32} {:6.1} ms {:6.1} ms   {}",
            ms(median),
            ms(longest),
            if kept { "kept" } else { "MISSED" }
        );
    }
    if within { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
