use std::time::Duration;

use polder_wire::{Code, Method, UnixSeconds};
use tokio::net::TcpListener;

use super::{Limits, Pins, Request, Transport, TransportError};
use crate::deployment::{Deployment, Pin};
use crate::proxy::Route;
use crate::support::World;
use crate::support::server::{Reply, Server};
use crate::support::tls;

fn transport(world: &World, port: u16) -> Transport {
    let deployment = Deployment::parse(&world.deployment(port)).unwrap();
    Transport::new(&deployment, pins(&deployment, &[]), UnixSeconds(0), "1.0.0 linux-x86_64", Route::Direct)
        .unwrap()
}

fn pins(deployment: &Deployment, next: &[Pin]) -> Pins {
    Pins::new(deployment, next, None)
}

const SMALL: Limits = Limits { bytes: 10, time: Duration::from_secs(5) };

async fn fetch(transport: &Transport, limits: Limits) -> Result<usize, TransportError> {
    let request = Request { method: Method::Get, path: "/", proof: None, access_token: None, json: None };
    transport.send(request, limits).await.map(|answer| answer.body.len())
}

async fn ask(reply: Reply) -> Result<usize, TransportError> {
    let world = World::new();
    let server = Server::start(world.identity(), move |_| reply.clone()).await;
    fetch(&transport(&world, server.port), SMALL).await
}

#[tokio::test]
async fn an_answer_of_the_allowed_size_is_read() {
    assert_eq!(ask(Reply::new(200, "0123456789")).await.unwrap(), 10);
}

#[tokio::test]
async fn an_answer_that_announces_too_much_is_not_read() {
    assert!(matches!(ask(Reply::new(200, "0123456789a")).await, Err(TransportError::TooLarge(10))));
}

#[tokio::test]
async fn an_answer_of_unknown_length_is_cut_off_at_the_limit() {
    let chunked = Reply::new(200, "8\r\n01234567\r\n8\r\n01234567\r\n0\r\n\r\n");
    let chunked = Reply { chunked: true, ..chunked };
    assert!(matches!(ask(chunked).await, Err(TransportError::TooLarge(10))));
}

#[tokio::test]
async fn every_redirect_is_an_error() {
    for status in [300, 301, 302, 303, 304, 307, 308] {
        let reply = Reply::new(status, "").with("location", "/elsewhere");
        assert!(matches!(ask(reply).await, Err(TransportError::Redirect(s)) if s == status));
    }
}

#[tokio::test]
async fn a_body_that_ends_early_is_broken() {
    let reply = Reply { cut_off: true, ..Reply::new(200, "") };
    let limits = Limits { bytes: 1_000, ..SMALL };
    let world = World::new();
    let server = Server::start(world.identity(), move |_| reply.clone()).await;
    let result = fetch(&transport(&world, server.port), limits).await;
    assert!(matches!(result, Err(TransportError::Broken(_))), "{result:?}");
}

#[tokio::test]
async fn a_server_that_never_answers_is_timed_out() {
    // It takes the connection, in the system's queue, and never says a word.
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let limits = Limits { bytes: 10, time: Duration::from_millis(300) };
    let result = fetch(&transport(&World::new(), silent.local_addr().unwrap().port()), limits).await;
    assert_eq!(result.unwrap_err().code(), Code::TimedOut);
}

#[tokio::test]
async fn compression_is_neither_asked_for_nor_undone() {
    let world = World::new();
    let reply = Reply::new(200, "\x1f\u{8b}not gzip").with("content-encoding", "gzip");
    let server = Server::start(world.identity(), move |_| reply.clone()).await;
    fetch(&transport(&world, server.port), Limits { bytes: 100, ..SMALL }).await.unwrap();
    assert!(!server.requests()[0].headers.contains_key("accept-encoding"));
}

#[tokio::test]
async fn a_pin_of_signed_policy_is_accepted_beside_the_built_in_ones() {
    let world = World::new();
    let next = tls::key();
    let pin = crate::deployment::Pin::parse(&tls::pin(&next)).unwrap();
    let server = Server::start(world.ca.issue("localhost", &next), |_| Reply::new(200, "")).await;
    let deployment = Deployment::parse(&world.deployment(server.port)).unwrap();
    let without = transport(&world, server.port);
    assert!(matches!(fetch(&without, SMALL).await, Err(TransportError::PinMismatch(_))));
    let with =
        Transport::new(&deployment, pins(&deployment, &[pin]), UnixSeconds(0), "x", Route::Direct).unwrap();
    fetch(&with, SMALL).await.unwrap();
    assert!(deployment.pins()[1..].iter().chain([&pin]).all(|pin| with.pins().accepts(*pin)));
}

#[tokio::test]
async fn a_certificate_is_never_judged_at_a_time_that_has_passed_for_certain() {
    let world = World::new();
    let mut params = tls::leaf("localhost");
    params.not_after = rcgen::date_time_ymd(2090, 1, 1);
    let identity = world.ca.issue_with(&params, &world.server_key);
    let server = Server::start(identity, |_| Reply::new(200, "")).await;
    let deployment = Deployment::parse(&world.deployment(server.port)).unwrap();
    let in_2100 = UnixSeconds(4_102_444_800);
    let late = Transport::new(&deployment, pins(&deployment, &[]), in_2100, "x", Route::Direct).unwrap();
    assert!(matches!(fetch(&late, SMALL).await, Err(TransportError::CertificateTime(_))));
    fetch(&transport(&world, server.port), SMALL).await.unwrap();
}

#[test]
fn the_post_quantum_group_is_offered_first() {
    let provider = rustls::crypto::aws_lc_rs::default_provider();
    assert_eq!(provider.kx_groups[0].name(), rustls::NamedGroup::X25519MLKEM768);
}

#[test]
fn a_larger_file_may_take_longer_but_not_for_ever() {
    assert_eq!(Limits::file(0).time, Duration::from_secs(20));
    assert_eq!(Limits::file(16 * 1024 * 100).time, Duration::from_secs(120));
}
