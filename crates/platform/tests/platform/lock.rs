//! A locked session gives nothing until it is unlocked.

use polder_platform::domains::{self, SecondStep};
use polder_platform::rights::OthersAccess;
use polder_wire::Code;
use polder_wire::rights::Role;
use polder_wire::session::{FRESH_SECONDS, PROOF_TRIES, Policy};
use serde_json::{Value, json};

use crate::support::people::{PASSWORD, text};
use crate::support::{Answer, Device, Person, Stage, code, on_both_engines};

on_both_engines! {
    a_locked_session_answers_nothing_but_what_unlocks_it,
    a_restart_does_not_unlock,
    unlocking_takes_the_password_and_five_wrong_ones_end_the_session,
    unlocking_takes_a_code_where_the_domain_wants_it,
    unlocking_without_a_code_is_no_fresh_sign_in_for_who_has_a_second_step,
    a_right_password_does_not_make_wrong_codes_forgotten,
    locking_locks_this_device_alone_and_ends_its_freshness,
    a_locked_session_does_not_tell_what_there_is,
    a_locked_device_can_be_signed_out,
}

fn access(grant: &Value) -> &str {
    text(grant, "access_token")
}

async fn aino(stage: &Stage) -> Person {
    let domain = stage.domain("Turku", SecondStep::Optional).await;
    stage.person(domain, "Aino Virtanen", Role::Editor).await
}

async fn post(device: &Device, grant: &Value, path: &str, body: &Value) -> Answer {
    device.call("POST", path, Some(access(grant)), Some(body.to_string())).await
}

async fn lock(device: &Device, grant: &Value) {
    assert_eq!(post(device, grant, "/api/v1/session/lock", &json!({})).await.good(), json!({}));
}

async fn unlock(device: &Device, grant: &Value, body: Value) -> Answer {
    post(device, grant, "/api/v1/session/unlock", &body).await
}

async fn a_locked_session_answers_nothing_but_what_unlocks_it(stage: Stage) {
    let aino = aino(&stage).await;
    let project = stage.project(&aino, "Market Square", OthersAccess::None).await;
    let (device, grant) = stage.signed_in(&aino).await;
    lock(&device, &grant).await;
    for path in [
        "/api/v1/me".to_owned(),
        "/api/v1/projects".to_owned(),
        format!("/api/v1/projects/{project}"),
        format!("/api/v1/projects/{project}/sketch"),
        format!("/api/v1/projects/{project}/versions/1/layers/trees"),
        "/api/v1/sessions".to_owned(),
    ] {
        assert_eq!(device.get(&path, access(&grant)).await.code(), Code::SessionLocked, "{path}");
    }
    let prove = post(&device, &grant, "/api/v1/session/prove", &json!({ "password": PASSWORD })).await;
    assert_eq!(prove.code(), Code::SessionLocked);
    let end = device.call("DELETE", "/api/v1/sessions", Some(access(&grant)), None).await;
    assert_eq!(end.code(), Code::SessionLocked);
    // Locking once more is no mistake.
    lock(&device, &grant).await;
    assert_eq!(
        unlock(&device, &grant, json!({ "password": PASSWORD })).await.good(),
        json!({ "fresh_seconds": FRESH_SECONDS })
    );
    device.me(access(&grant)).await.good();
}

async fn a_restart_does_not_unlock(stage: Stage) {
    let aino = aino(&stage).await;
    let (device, grant) = stage.signed_in(&aino).await;
    assert_eq!(grant["locked"], false);
    lock(&device, &grant).await;
    // What a client does at its start.
    let next = device.refresh(text(&grant, "refresh_token")).await.good();
    assert_eq!(next["locked"], true);
    assert_eq!(device.me(access(&next)).await.code(), Code::SessionLocked);
    unlock(&device, &next, json!({ "password": PASSWORD })).await.good();
    assert_eq!(device.refresh(text(&next, "refresh_token")).await.good()["locked"], false);
}

async fn unlocking_takes_the_password_and_five_wrong_ones_end_the_session(stage: Stage) {
    let aino = aino(&stage).await;
    let (device, grant) = stage.signed_in(&aino).await;
    lock(&device, &grant).await;
    for _ in 1..PROOF_TRIES {
        let wrong = unlock(&device, &grant, json!({ "password": "not it" })).await;
        assert_eq!(wrong.code(), Code::PasswordWrong);
        assert_eq!(device.me(access(&grant)).await.code(), Code::SessionLocked);
    }
    assert_eq!(unlock(&device, &grant, json!({ "password": "not it" })).await.code(), Code::SessionOver);
    assert_eq!(unlock(&device, &grant, json!({ "password": PASSWORD })).await.code(), Code::SessionOver);
    assert_eq!(device.refresh(text(&grant, "refresh_token")).await.code(), Code::SessionOver);
}

async fn with_second_step(stage: &Stage, unlock_code: bool) -> (Device, Value, Vec<u8>) {
    let domain = stage.domain("Turku", SecondStep::Required).await;
    let policy = Policy { unlock_code, ..Policy::default() };
    domains::set_policy(&stage.app, domain, policy).await.unwrap();
    let aino = stage.person_with_second_step(domain, "Aino Virtanen", Role::Editor).await;
    let key = aino.totp.clone().unwrap();
    let device = stage.device();
    let ticket = device.ticket(&aino, "code").await;
    let grant = device.code(&ticket, &code::at(&key, stage.now())).await.good();
    stage.wait(60);
    lock(&device, &grant).await;
    (device, grant, key)
}

async fn unlocking_takes_a_code_where_the_domain_wants_it(stage: Stage) {
    let (device, grant, key) = with_second_step(&stage, true).await;
    assert_eq!(unlock(&device, &grant, json!({ "password": PASSWORD })).await.code(), Code::CodeNeeded);
    let wrong = json!({ "password": PASSWORD, "code": code::wrong_at(&key, stage.now()) });
    assert_eq!(unlock(&device, &grant, wrong).await.code(), Code::CodeWrong);
    assert_eq!(device.me(access(&grant)).await.code(), Code::SessionLocked);
    let right = json!({ "password": PASSWORD, "code": code::at(&key, stage.now()) });
    assert_eq!(unlock(&device, &grant, right).await.good()["fresh_seconds"], FRESH_SECONDS);
    device.me(access(&grant)).await.good();
}

async fn unlocking_without_a_code_is_no_fresh_sign_in_for_who_has_a_second_step(stage: Stage) {
    let (device, grant, _) = with_second_step(&stage, false).await;
    assert_eq!(unlock(&device, &grant, json!({ "password": PASSWORD })).await.good()["fresh_seconds"], 0);
    device.me(access(&grant)).await.good();
    let end = device.call("DELETE", "/api/v1/sessions", Some(access(&grant)), None).await;
    assert_eq!(end.code(), Code::FreshSignInNeeded);
}

/// Whoever has the password of somebody with a second step would else guess at its codes for ever, unlocking in between.
async fn a_right_password_does_not_make_wrong_codes_forgotten(stage: Stage) {
    let (device, grant, key) = with_second_step(&stage, false).await;
    let wrong = json!({ "password": PASSWORD, "code": code::wrong_at(&key, stage.now()) });
    for n in 1..PROOF_TRIES {
        unlock(&device, &grant, json!({ "password": PASSWORD })).await.good();
        let answer = post(&device, &grant, "/api/v1/session/prove", &wrong).await;
        assert_eq!(answer.code(), Code::CodeWrong, "{n}");
    }
    unlock(&device, &grant, json!({ "password": PASSWORD })).await.good();
    let last = post(&device, &grant, "/api/v1/session/prove", &wrong).await;
    assert_eq!(last.code(), Code::SessionOver);
    assert_eq!(device.me(access(&grant)).await.code(), Code::SessionOver);

    // The right code does, and mistyped passwords are forgotten by a right one as ever.
    let aino = stage
        .person_with_second_step(stage.domain("Oulu", SecondStep::Required).await, "Oiva Laine", Role::Editor)
        .await;
    let key = aino.totp.clone().unwrap();
    let device = stage.device();
    let ticket = device.ticket(&aino, "code").await;
    let grant = device.code(&ticket, &code::at(&key, stage.now())).await.good();
    for _ in 0..3 {
        stage.wait(30);
        let wrong = json!({ "password": PASSWORD, "code": code::wrong_at(&key, stage.now()) });
        for _ in 1..PROOF_TRIES {
            assert_eq!(unlock(&device, &grant, wrong.clone()).await.code(), Code::CodeWrong);
        }
        let right = json!({ "password": PASSWORD, "code": code::at(&key, stage.now()) });
        post(&device, &grant, "/api/v1/session/prove", &right).await.good();
        for _ in 1..PROOF_TRIES {
            let mistyped = json!({ "password": "not the password" });
            assert_eq!(unlock(&device, &grant, mistyped).await.code(), Code::PasswordWrong);
        }
        unlock(&device, &grant, json!({ "password": PASSWORD })).await.good();
    }
}

async fn locking_locks_this_device_alone_and_ends_its_freshness(stage: Stage) {
    let aino = aino(&stage).await;
    let (desk, at_desk) = stage.signed_in(&aino).await;
    let (lap, at_lap) = stage.signed_in(&aino).await;
    lock(&desk, &at_desk).await;
    let devices = lap.get("/api/v1/sessions", access(&at_lap)).await.good();
    let locked: Vec<_> = devices["devices"].as_array().unwrap().iter().map(|d| d["locked"].clone()).collect();
    assert_eq!(locked, [json!(false), json!(true)]);
}

async fn a_locked_session_does_not_tell_what_there_is(stage: Stage) {
    let aino = aino(&stage).await;
    let project = stage.project(&aino, "Market Square", OthersAccess::None).await;
    let (device, grant) = stage.signed_in(&aino).await;
    lock(&device, &grant).await;
    let there = device.get(&format!("/api/v1/projects/{project}"), access(&grant)).await;
    let missing = device.get("/api/v1/projects/0123456789abcdef0123456789abcdef", access(&grant)).await;
    assert_eq!(there.body, missing.body);
}

async fn a_locked_device_can_be_signed_out(stage: Stage) {
    let aino = aino(&stage).await;
    let (device, grant) = stage.signed_in(&aino).await;
    lock(&device, &grant).await;
    let body = json!({ "refresh_token": text(&grant, "refresh_token") });
    device.post("/api/v1/session/end", &body).await.good();
    assert_eq!(unlock(&device, &grant, json!({ "password": PASSWORD })).await.code(), Code::SessionOver);
}
