//! What an open client is told, as it happens.

use std::time::Duration;

use polder_platform::domains::SecondStep;
use polder_platform::events::{self, Event, PER_SESSION};
use polder_platform::login::hashing::Cost;
use polder_wire::rights::Role;
use polder_wire::session::{Maintenance, Told};
use polder_wire::{Code, UnixSeconds};
use serde_json::{Value, json};

use crate::support::device::with_access;
use crate::support::people::{PASSWORD, text};
use crate::support::stage::START;
use crate::support::{Device, Person, Stage, on_both_engines};

/// Far less than the twenty seconds after which a heartbeat would find out, and more than a busy machine takes for what
/// should be felt within one.
const SOON: Duration = Duration::from_secs(8);

on_both_engines! {
    a_client_hears_that_another_device_ended_it,
    a_client_hears_that_it_was_locked_and_what_is_unlocked_by_then_is_not_said,
    a_client_hears_that_rights_changed_and_nobody_else_does,
    maintenance_is_told_to_whoever_is_there_and_whoever_comes,
    a_newer_release_is_told,
    what_happens_on_one_node_is_heard_on_another,
    one_more_than_a_session_may_have_takes_the_place_of_the_first,
    a_platform_that_stops_ends_what_is_open_and_does_not_wait_for_it,
    a_session_that_is_over_or_unproven_hears_nothing,
    a_reused_refresh_token_is_heard_of_by_the_one_who_had_it,
}

fn access(grant: &Value) -> &str {
    text(grant, "access_token")
}

async fn aino(stage: &Stage) -> Person {
    let domain = stage.domain("Turku", SecondStep::Optional).await;
    stage.person(domain, "Aino Virtanen", Role::Editor).await
}

/// A stream that was opened.
struct Heard {
    response: reqwest::Response,
    rest: Vec<u8>,
}

impl Heard {
    async fn open(device: &Device, grant: &Value) -> Self {
        // Any call brings the node's nonce.
        device.send(device.request("GET", "/api/v1/openapi.json")).await;
        let path = "/api/v1/events";
        let request =
            device.request("GET", path).header("dpop", device.proof("GET", path, Some(access(grant))));
        let response = with_access(request, Some(access(grant))).send().await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "application/x-ndjson");
        let mut heard = Self { response, rest: Vec::new() };
        assert_eq!(heard.next().await, Some(Told::Alive), "the first thing it says");
        heard
    }

    /// The next thing; none when nothing more comes.
    async fn next(&mut self) -> Option<Told> {
        loop {
            if let Some(end) = self.rest.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.rest.drain(..=end).collect();
                return Some(serde_json::from_slice(&line).unwrap());
            }
            let piece = tokio::time::timeout(SOON, self.response.chunk()).await.expect("it is said soon");
            match piece {
                Ok(Some(piece)) => self.rest.extend_from_slice(&piece),
                Ok(None) | Err(_) => return None,
            }
        }
    }
}

/// What of maintenance is said first to a client that comes now.
pub(crate) async fn maintenance_told(stage: &Stage, device: &Device, grant: &Value) -> Option<Told> {
    let mut heard = Heard::open(device, grant).await;
    // Whatever stands is said before what happens from here on.
    tell(stage, Event::update_ready()).await;
    heard.next().await.filter(|told| *told != Told::UpdateReady)
}

async fn tell(stage: &Stage, event: Event) {
    let mut write = stage.app.store.write().await.unwrap();
    events::tell(&stage.app, write.on(), event).await.unwrap();
    write.commit().await.unwrap();
}

async fn a_client_hears_that_another_device_ended_it(stage: Stage) {
    let aino = aino(&stage).await;
    let (desk, at_desk) = stage.signed_in(&aino).await;
    let (lap, at_lap) = stage.signed_in(&aino).await;
    let mut on_lap = Heard::open(&lap, &at_lap).await;
    let mut on_desk = Heard::open(&desk, &at_desk).await;
    desk.call("DELETE", "/api/v1/sessions", Some(access(&at_desk)), None).await.good();
    assert_eq!(on_lap.next().await, Some(Told::SessionOver));
    assert_eq!(on_lap.next().await, None, "nothing follows");
    // The one that asked hears the next thing and not that.
    tell(&stage, Event::rights_changed(aino.domain, None)).await;
    assert_eq!(on_desk.next().await, Some(Told::RightsChanged));
}

async fn a_client_hears_that_it_was_locked_and_what_is_unlocked_by_then_is_not_said(stage: Stage) {
    let aino = aino(&stage).await;
    let (device, grant) = stage.signed_in(&aino).await;
    let post = |path: &'static str, body: Value| {
        let (device, grant) = (&device, &grant);
        async move { device.call("POST", path, Some(access(grant)), Some(body.to_string())).await.good() }
    };
    let mut heard = Heard::open(&device, &grant).await;
    post("/api/v1/session/lock", json!({})).await;
    assert_eq!(heard.next().await, Some(Told::Locked));
    // A locked client listens, too, and is told at once how it stands.
    let mut again = Heard::open(&device, &grant).await;
    assert_eq!(again.next().await, Some(Told::Locked));
    post("/api/v1/session/unlock", json!({ "password": PASSWORD })).await;
    // The rows of the last minute are still there for whoever comes now.
    let mut late = Heard::open(&device, &grant).await;
    tell(&stage, Event::update_ready()).await;
    assert_eq!(late.next().await, Some(Told::UpdateReady));
}

async fn a_client_hears_that_rights_changed_and_nobody_else_does(stage: Stage) {
    let aino = aino(&stage).await;
    let veikko = stage.person(aino.domain, "Veikko Vieras", Role::Viewer).await;
    let elsewhere = stage.domain("Oulu", SecondStep::Optional).await;
    let olli = stage.person(elsewhere, "Olli Oululainen", Role::Manager).await;
    let mut all = Vec::new();
    for person in [&aino, &veikko, &olli] {
        let (device, grant) = stage.signed_in(person).await;
        all.push(Heard::open(&device, &grant).await);
    }
    tell(&stage, Event::rights_changed(aino.domain, Some(aino.id))).await;
    assert_eq!(all[0].next().await, Some(Told::RightsChanged));
    stage.wait(10);
    tell(&stage, Event::rights_changed(aino.domain, None)).await;
    tell(&stage, Event::update_ready()).await;
    let mut heard = Vec::new();
    for one in &mut all {
        let mut said = vec![one.next().await.unwrap()];
        while said.last() != Some(&Told::UpdateReady) {
            said.push(one.next().await.unwrap());
        }
        heard.push(said.len());
    }
    assert_eq!(heard, [2, 2, 1]);
}

async fn maintenance_is_told_to_whoever_is_there_and_whoever_comes(stage: Stage) {
    let aino = aino(&stage).await;
    let (device, grant) = stage.signed_in(&aino).await;
    let mut there = Heard::open(&device, &grant).await;
    let maintenance = Maintenance { from: UnixSeconds(START + 3600), until: UnixSeconds(START + 2 * 3600) };
    tell(&stage, Event::maintenance(maintenance)).await;
    assert_eq!(there.next().await, Some(Told::Maintenance(maintenance)));
    // Long after the rows of the minute are read by nobody any more, and after they were swept.
    stage.wait(3000);
    polder_platform::login::sweep(&stage.app).await.unwrap();
    let (device, grant) = stage.signed_in(&aino).await;
    let mut later = Heard::open(&device, &grant).await;
    assert_eq!(later.next().await, Some(Told::Maintenance(maintenance)));
    stage.wait(2 * 3600);
    polder_platform::login::sweep(&stage.app).await.unwrap();
    let (device, grant) = stage.signed_in(&aino).await;
    let mut after = Heard::open(&device, &grant).await;
    tell(&stage, Event::update_ready()).await;
    assert_eq!(after.next().await, Some(Told::UpdateReady), "it is over");
}

async fn a_newer_release_is_told(stage: Stage) {
    let aino = aino(&stage).await;
    let (device, grant) = stage.signed_in(&aino).await;
    let mut heard = Heard::open(&device, &grant).await;
    stage.releases.publish(stage.folder.path(), 2, "0.1.0", START + 1);
    // The files are looked at every ten seconds.
    stage.wait(10);
    assert_eq!(heard.next().await, Some(Told::UpdateReady));
}

async fn what_happens_on_one_node_is_heard_on_another(stage: Stage) {
    let aino = aino(&stage).await;
    let (node, other) = stage.another_node(Cost::CHEAP_FOR_TESTS).await;
    let (desk, at_desk) = stage.signed_in(&aino).await;
    let (mut lap, at_lap) = stage.signed_in(&aino).await;
    lap.base.clone_from(&other.base);
    lap.me(access(&at_lap)).await.good();
    let mut on_lap = Heard::open(&lap, &at_lap).await;
    assert_eq!((stage.app.events.listening(), node.events.listening()), (0, 1));
    desk.call("DELETE", "/api/v1/sessions", Some(access(&at_desk)), None).await.good();
    assert_eq!(on_lap.next().await, Some(Told::SessionOver));
}

async fn one_more_than_a_session_may_have_takes_the_place_of_the_first(stage: Stage) {
    let aino = aino(&stage).await;
    let (device, grant) = stage.signed_in(&aino).await;
    let mut open = Vec::new();
    for _ in 0..=PER_SESSION {
        open.push(Heard::open(&device, &grant).await);
    }
    assert_eq!(open[0].next().await, None);
    tell(&stage, Event::update_ready()).await;
    for heard in &mut open[1..] {
        assert_eq!(heard.next().await, Some(Told::UpdateReady));
    }
    assert_eq!(stage.app.events.listening(), PER_SESSION);
}

async fn a_platform_that_stops_ends_what_is_open_and_does_not_wait_for_it(mut stage: Stage) {
    let aino = aino(&stage).await;
    let (device, grant) = stage.signed_in(&aino).await;
    let mut heard = Heard::open(&device, &grant).await;
    let began = std::time::Instant::now();
    let (_, told) = tokio::join!(stage.stop(), heard.next());
    assert_eq!(told, None);
    // Ten seconds is what it gives requests that are under way.
    assert!(began.elapsed() < SOON, "{:?}", began.elapsed());
}

async fn a_session_that_is_over_or_unproven_hears_nothing(stage: Stage) {
    let aino = aino(&stage).await;
    let (device, grant) = stage.signed_in(&aino).await;
    let thief = stage.device();
    assert_eq!(thief.get("/api/v1/events", access(&grant)).await.code(), Code::ProofWrong);
    let bare = device.send(with_access(device.request("GET", "/api/v1/events"), Some(access(&grant)))).await;
    assert_eq!(bare.code(), Code::ProofNeeded);
    device
        .post("/api/v1/session/end", &json!({ "refresh_token": text(&grant, "refresh_token") }))
        .await
        .good();
    assert_eq!(device.get("/api/v1/events", access(&grant)).await.code(), Code::SessionOver);
}

async fn a_reused_refresh_token_is_heard_of_by_the_one_who_had_it(stage: Stage) {
    let aino = aino(&stage).await;
    let (device, grant) = stage.signed_in(&aino).await;
    let mut heard = Heard::open(&device, &grant).await;
    let thief = stage.device();
    assert_eq!(thief.refresh(text(&grant, "refresh_token")).await.code(), Code::SessionOver);
    assert_eq!(heard.next().await, Some(Told::SessionOver));
}
