use polder_platform::domains::SecondStep;
use polder_wire::Code;
use polder_wire::rights::Role;
use serde_json::{Value, json};

use crate::support::device::with_body;
use crate::support::people::{PASSWORD, text};
use crate::support::{Device, Person, Stage, on_both_engines};

async fn somebody(stage: &Stage) -> (Person, Device, Value) {
    let domain = stage.domain("Turku", SecondStep::Optional).await;
    let aino = stage.person(domain, "Aino Virtanen", Role::Editor).await;
    let (device, grant) = stage.signed_in(&aino).await;
    (aino, device, grant)
}

fn refresh(grant: &Value) -> &str {
    text(grant, "refresh_token")
}

fn access(grant: &Value) -> &str {
    text(grant, "access_token")
}

on_both_engines! {
    an_access_token_lasts_ten_minutes,
    a_refresh_replaces_both_tokens_and_keeps_the_session,
    until_the_successor_is_used_the_predecessor_may_be_exchanged_again,
    once_the_successor_s_access_token_was_used_the_predecessor_ends_the_session,
    once_the_successor_was_exchanged_the_predecessor_ends_the_session,
    a_stolen_refresh_token_does_not_work_on_another_device_and_ends_the_session,
    a_stolen_access_token_does_not_work_on_another_device,
    of_fifty_connections_with_the_same_refresh_token_one_is_left_with_a_living_successor,
    signing_out_ends_the_session_at_once_and_only_this_one,
    signing_out_works_when_the_access_token_ran_out,
    a_token_that_was_never_given_out_is_of_no_session,
    staying_signed_in_lasts_seven_days_from_the_last_use,
    not_staying_signed_in_lasts_twelve_hours_from_the_sign_in,
    a_changed_role_counts_at_once,
}

async fn an_access_token_lasts_ten_minutes(stage: Stage) {
    let (_, device, grant) = somebody(&stage).await;
    stage.wait(599);
    device.me(access(&grant)).await.good();
    stage.wait(1);
    assert_eq!(device.me(access(&grant)).await.code(), Code::AccessExpired);
    let next = device.refresh(refresh(&grant)).await.good();
    device.me(access(&next)).await.good();
}

async fn a_refresh_replaces_both_tokens_and_keeps_the_session(stage: Stage) {
    let (_, device, grant) = somebody(&stage).await;
    let next = device.refresh(refresh(&grant)).await.good();
    assert_ne!(refresh(&grant), refresh(&next));
    assert_ne!(access(&grant), access(&next));
    assert_eq!(grant["me"], next["me"]);
    assert_eq!(device.me(access(&grant)).await.code(), Code::AccessExpired);
    device.me(access(&next)).await.good();
}

async fn until_the_successor_is_used_the_predecessor_may_be_exchanged_again(stage: Stage) {
    let (_, device, first) = somebody(&stage).await;
    let lost = device.refresh(refresh(&first)).await.good();
    let again = device.refresh(refresh(&first)).await.good();
    assert_ne!(refresh(&lost), refresh(&again));
    // The lost access token is dead, and so is the lost refresh token: whoever shows it ends it all.
    assert_eq!(device.me(access(&lost)).await.code(), Code::AccessExpired);
    let once_more = device.refresh(refresh(&first)).await.good();
    device.me(access(&once_more)).await.good();
    assert_eq!(device.refresh(refresh(&lost)).await.code(), Code::SessionOver);
    assert_eq!(device.me(access(&once_more)).await.code(), Code::SessionOver);
}

async fn once_the_successor_s_access_token_was_used_the_predecessor_ends_the_session(stage: Stage) {
    let (_, device, first) = somebody(&stage).await;
    let second = device.refresh(refresh(&first)).await.good();
    device.me(access(&second)).await.good();
    assert_eq!(device.refresh(refresh(&first)).await.code(), Code::SessionOver);
    assert_eq!(device.me(access(&second)).await.code(), Code::SessionOver);
    assert_eq!(device.refresh(refresh(&second)).await.code(), Code::SessionOver);
}

async fn once_the_successor_was_exchanged_the_predecessor_ends_the_session(stage: Stage) {
    let (_, device, first) = somebody(&stage).await;
    let second = device.refresh(refresh(&first)).await.good();
    let third = device.refresh(refresh(&second)).await.good();
    assert_eq!(device.refresh(refresh(&first)).await.code(), Code::SessionOver);
    assert_eq!(device.me(access(&third)).await.code(), Code::SessionOver);
    assert_eq!(device.refresh(refresh(&third)).await.code(), Code::SessionOver);
}

async fn a_stolen_refresh_token_does_not_work_on_another_device_and_ends_the_session(stage: Stage) {
    let (_, device, grant) = somebody(&stage).await;
    let thief = stage.device();
    assert_eq!(thief.refresh(refresh(&grant)).await.code(), Code::SessionOver);
    assert_eq!(device.me(access(&grant)).await.code(), Code::SessionOver);
}

async fn a_stolen_access_token_does_not_work_on_another_device(stage: Stage) {
    let (_, device, grant) = somebody(&stage).await;
    let thief = stage.device();
    assert_eq!(thief.me(access(&grant)).await.code(), Code::ProofWrong);
    device.me(access(&grant)).await.good();
}

async fn of_fifty_connections_with_the_same_refresh_token_one_is_left_with_a_living_successor(stage: Stage) {
    let (_, device, grant) = somebody(&stage).await;
    // Each is a connection of its own, with a proof of its own by the same key.
    let all = (0..50).map(|_| {
        let body = json!({ "refresh_token": refresh(&grant) }).to_string();
        let (device, http) = (&device, stage.connection());
        async move {
            let path = "/api/v1/session/refresh";
            let request = http.post(format!("{}{path}", device.base));
            let request = request.header("polder-client", "0.1.0 linux-x86_64");
            let request = request.header("dpop", device.proof("POST", path, None));
            device.send(with_body(request, Some(body))).await
        }
    });
    let grants: Vec<_> =
        futures_util::future::join_all(all).await.into_iter().map(|answer| answer.good()).collect();
    let mut alive = Vec::new();
    for grant in &grants {
        let answer = device.me(access(grant)).await;
        if answer.status == 200 { alive.push(grant) } else { assert_eq!(answer.code(), Code::AccessExpired) }
    }
    let [alive] = alive[..] else { panic!("{} are alive", alive.len()) };
    // It goes on, and whoever shows one of the dead ends it all.
    let next = device.refresh(refresh(alive)).await.good();
    let dead = grants.iter().find(|grant| refresh(grant) != refresh(alive)).unwrap();
    assert_eq!(device.refresh(refresh(dead)).await.code(), Code::SessionOver);
    assert_eq!(device.me(access(&next)).await.code(), Code::SessionOver);
}

async fn signing_out_ends_the_session_at_once_and_only_this_one(stage: Stage) {
    let (aino, device, grant) = somebody(&stage).await;
    let (other, other_grant) = stage.signed_in(&aino).await;
    let body = json!({ "refresh_token": refresh(&grant) });
    assert_eq!(device.post("/api/v1/session/end", &body).await.good(), json!({}));
    assert_eq!(device.me(access(&grant)).await.code(), Code::SessionOver);
    assert_eq!(device.refresh(refresh(&grant)).await.code(), Code::SessionOver);
    // Asking again is no mistake.
    device.post("/api/v1/session/end", &body).await.good();
    other.me(access(&other_grant)).await.good();
}

async fn signing_out_works_when_the_access_token_ran_out(stage: Stage) {
    let (_, device, grant) = somebody(&stage).await;
    stage.wait(3600);
    device.post("/api/v1/session/end", &json!({ "refresh_token": refresh(&grant) })).await.good();
    assert_eq!(device.refresh(refresh(&grant)).await.code(), Code::SessionOver);
}

async fn a_token_that_was_never_given_out_is_of_no_session(stage: Stage) {
    let device = stage.device();
    let body = json!({ "refresh_token": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" });
    assert_eq!(device.post("/api/v1/session/refresh", &body).await.code(), Code::SessionOver);
    assert_eq!(device.post("/api/v1/session/end", &body).await.code(), Code::SessionOver);
}

async fn staying_signed_in_lasts_seven_days_from_the_last_use(stage: Stage) {
    let (_, device, grant) = somebody(&stage).await;
    stage.wait(7 * 24 * 3600 - 1);
    let next = device.refresh(refresh(&grant)).await.good();
    assert_eq!(next["stay_seconds"], 604_800);
    stage.wait(7 * 24 * 3600 - 1);
    let next = device.refresh(refresh(&next)).await.good();
    stage.wait(7 * 24 * 3600);
    assert_eq!(device.refresh(refresh(&next)).await.code(), Code::SessionOver);
}

async fn not_staying_signed_in_lasts_twelve_hours_from_the_sign_in(stage: Stage) {
    let (aino, _, _) = somebody(&stage).await;
    let device = stage.device();
    let body = json!({ "email": aino.email, "password": PASSWORD, "stay": false });
    let grant = device.post("/api/v1/sign-in/password", &body).await.good();
    assert_eq!(grant["stay"], false);
    assert_eq!(grant["stay_seconds"], 12 * 3600);
    stage.wait(11 * 3600);
    let next = device.refresh(refresh(&grant)).await.good();
    assert_eq!(next["stay_seconds"], 3600);
    stage.wait(3600);
    assert_eq!(device.me(access(&next)).await.code(), Code::SessionOver);
    assert_eq!(device.refresh(refresh(&next)).await.code(), Code::SessionOver);
}

async fn a_changed_role_counts_at_once(stage: Stage) {
    let (aino, device, grant) = somebody(&stage).await;
    let mut write = stage.app.store.write().await.unwrap();
    sqlx::query("UPDATE users SET role = 'viewer' WHERE id = $1")
        .bind(aino.id.to_string())
        .execute(write.on())
        .await
        .unwrap();
    write.commit().await.unwrap();
    assert_eq!(device.me(access(&grant)).await.good()["role"], "viewer");
}
