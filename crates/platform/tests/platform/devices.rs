//! The list of a person's devices, ending them, and what a fresh sign-in is asked for.

use polder_platform::domains::{self, SecondStep};
use polder_wire::Code;
use polder_wire::rights::Role;
use polder_wire::session::{FRESH_SECONDS, PROOF_TRIES, Policy};
use serde_json::{Value, json};

use crate::support::people::{PASSWORD, text};
use crate::support::{Answer, Device, Person, Stage, code, on_both_engines};

on_both_engines! {
    the_list_says_what_each_device_is_and_where_and_when_it_was_last_seen,
    a_device_that_says_nothing_of_itself_is_listed_without_a_name,
    the_last_use_is_written_every_five_minutes_and_not_with_each_request,
    a_name_longer_than_a_name_may_be_is_refused,
    ending_a_device_ends_it_at_once_and_no_other,
    ending_all_others_leaves_the_one_that_asks,
    somebody_else_s_device_does_not_exist_and_goes_on,
    ending_a_device_takes_a_fresh_sign_in_which_lasts_five_minutes,
    a_fresh_sign_in_takes_the_code_where_there_is_a_second_step_and_a_code_works_once,
    five_wrong_passwords_end_the_session_and_guesses_made_at_once_are_counted_one_by_one,
    a_right_password_forgets_the_wrong_ones,
    a_refresh_does_not_make_a_sign_in_fresh,
    a_shorter_term_counts_for_devices_that_are_signed_in_already,
    where_a_domain_wants_it_nobody_stays_signed_in,
}

async fn named(stage: &Stage, person: &Person, name: &str, system: &str) -> (Device, Value) {
    let device = stage.device();
    let body = json!({
        "email": person.email, "password": PASSWORD, "stay": true, "device": { "name": name, "system": system },
    });
    let grant = device.post("/api/v1/sign-in/password", &body).await.good();
    (device, grant)
}

async fn aino(stage: &Stage) -> Person {
    let domain = stage.domain("Turku", SecondStep::Optional).await;
    stage.person(domain, "Aino Virtanen", Role::Editor).await
}

fn access(grant: &Value) -> &str {
    text(grant, "access_token")
}

fn session(grant: &Value) -> &str {
    text(&grant["me"], "session")
}

async fn list(device: &Device, grant: &Value) -> Vec<Value> {
    let listed = device.get("/api/v1/sessions", access(grant)).await.good();
    listed["devices"].as_array().unwrap().clone()
}

async fn delete(device: &Device, grant: &Value, path: &str) -> Answer {
    device.call("DELETE", path, Some(access(grant)), None).await
}

async fn prove(device: &Device, grant: &Value, body: &Value) -> Answer {
    device.call("POST", "/api/v1/session/prove", Some(access(grant)), Some(body.to_string())).await
}

async fn the_list_says_what_each_device_is_and_where_and_when_it_was_last_seen(stage: Stage) {
    let aino = aino(&stage).await;
    let (desk, at_desk) = named(&stage, &aino, " kontor-7 ", "Debian GNU/Linux 12").await;
    stage.wait(60);
    let (lap, at_lap) = named(&stage, &aino, "läppäri", "Windows 11").await;
    let listed = list(&desk, &at_desk).await;
    assert_eq!(listed.len(), 2);
    assert_eq!(listed[0]["session"], session(&at_desk));
    assert_eq!(listed[0]["current"], true);
    assert_eq!(listed[0]["name"], "kontor-7");
    assert_eq!(listed[0]["system"], "Debian GNU/Linux 12");
    assert_eq!(listed[0]["address"], "127.0.0.1");
    assert_eq!(listed[0]["stay"], true);
    assert_eq!(listed[1]["current"], false);
    assert_eq!(listed[1]["name"], "läppäri");
    assert_eq!(listed[1]["signed_in_at"], stage.now());
    // The other one sees it the other way round.
    assert_eq!(list(&lap, &at_lap).await[0]["name"], "läppäri");
}

async fn a_device_that_says_nothing_of_itself_is_listed_without_a_name(stage: Stage) {
    let aino = aino(&stage).await;
    let (device, grant) = stage.signed_in(&aino).await;
    let listed = list(&device, &grant).await;
    assert_eq!((&listed[0]["name"], &listed[0]["system"]), (&json!(""), &json!("")));
}

async fn the_last_use_is_written_every_five_minutes_and_not_with_each_request(stage: Stage) {
    let aino = aino(&stage).await;
    let (device, grant) = stage.signed_in(&aino).await;
    let begun = stage.now();
    device.me(access(&grant)).await.good();
    stage.wait(299);
    device.me(access(&grant)).await.good();
    assert_eq!(list(&device, &grant).await[0]["last_used_at"], begun);
    stage.wait(1);
    device.me(access(&grant)).await.good();
    assert_eq!(list(&device, &grant).await[0]["last_used_at"], begun + 300);
}

async fn a_name_longer_than_a_name_may_be_is_refused(stage: Stage) {
    let aino = aino(&stage).await;
    let body = json!({
        "email": aino.email, "password": PASSWORD, "stay": true,
        "device": { "name": "x".repeat(65), "system": "" },
    });
    assert_eq!(stage.device().post("/api/v1/sign-in/password", &body).await.code(), Code::Malformed);
}

async fn ending_a_device_ends_it_at_once_and_no_other(stage: Stage) {
    let aino = aino(&stage).await;
    let (desk, at_desk) = stage.signed_in(&aino).await;
    let (lap, at_lap) = stage.signed_in(&aino).await;
    let (third, at_third) = stage.signed_in(&aino).await;
    let path = format!("/api/v1/sessions/{}", session(&at_lap));
    assert_eq!(delete(&desk, &at_desk, &path).await.good(), json!({}));
    assert_eq!(lap.me(access(&at_lap)).await.code(), Code::SessionOver);
    assert_eq!(lap.refresh(text(&at_lap, "refresh_token")).await.code(), Code::SessionOver);
    assert_eq!(delete(&desk, &at_desk, &path).await.code(), Code::NotFound, "it is over already");
    assert_eq!(list(&desk, &at_desk).await.len(), 2);
    third.me(access(&at_third)).await.good();
}

async fn ending_all_others_leaves_the_one_that_asks(stage: Stage) {
    let aino = aino(&stage).await;
    let veikko = stage.person(aino.domain, "Veikko Vieras", Role::Editor).await;
    let (desk, at_desk) = stage.signed_in(&aino).await;
    let mut others = Vec::new();
    for _ in 0..3 {
        others.push(stage.signed_in(&aino).await);
    }
    let (theirs, at_theirs) = stage.signed_in(&veikko).await;
    assert_eq!(delete(&desk, &at_desk, "/api/v1/sessions").await.good(), json!({ "ended": 3 }));
    for (device, grant) in &others {
        assert_eq!(device.me(access(grant)).await.code(), Code::SessionOver);
    }
    assert_eq!(list(&desk, &at_desk).await.len(), 1);
    theirs.me(access(&at_theirs)).await.good();
}

async fn somebody_else_s_device_does_not_exist_and_goes_on(stage: Stage) {
    let aino = aino(&stage).await;
    let veikko = stage.person(aino.domain, "Veikko Vieras", Role::Manager).await;
    let (desk, at_desk) = stage.signed_in(&aino).await;
    let (theirs, at_theirs) = stage.signed_in(&veikko).await;
    let path = format!("/api/v1/sessions/{}", session(&at_desk));
    let foreign = delete(&theirs, &at_theirs, &path).await;
    let none = delete(&theirs, &at_theirs, "/api/v1/sessions/0123456789abcdef0123456789abcdef").await;
    assert_eq!(foreign.code(), Code::NotFound);
    assert_eq!(foreign.body, none.body, "the bytes of what does not exist");
    desk.me(access(&at_desk)).await.good();
}

async fn ending_a_device_takes_a_fresh_sign_in_which_lasts_five_minutes(stage: Stage) {
    let aino = aino(&stage).await;
    let (desk, at_desk) = stage.signed_in(&aino).await;
    stage.wait(i64::from(FRESH_SECONDS) - 1);
    assert_eq!(delete(&desk, &at_desk, "/api/v1/sessions").await.good(), json!({ "ended": 0 }));
    let (_, at_third) = stage.signed_in(&aino).await;
    let (lap, at_lap) = stage.signed_in(&aino).await;
    lap.me(access(&at_lap)).await.good();
    stage.wait(1);
    assert_eq!(delete(&desk, &at_desk, "/api/v1/sessions").await.code(), Code::FreshSignInNeeded);
    let path = format!("/api/v1/sessions/{}", session(&at_desk));
    assert_eq!(delete(&desk, &at_desk, &path).await.code(), Code::FreshSignInNeeded);
    let wrong = json!({ "password": "not it" });
    assert_eq!(prove(&desk, &at_desk, &wrong).await.code(), Code::PasswordWrong);
    assert_eq!(delete(&desk, &at_desk, "/api/v1/sessions").await.code(), Code::FreshSignInNeeded);
    let right = json!({ "password": PASSWORD });
    assert_eq!(prove(&desk, &at_desk, &right).await.good(), json!({ "fresh_seconds": FRESH_SECONDS }));
    delete(&desk, &at_desk, &format!("/api/v1/sessions/{}", session(&at_third))).await.good();
    // It is the session that is fresh, not the person: this one signed in a moment later.
    stage.wait(i64::from(FRESH_SECONDS) - 1);
    assert_eq!(delete(&lap, &at_lap, "/api/v1/sessions").await.code(), Code::FreshSignInNeeded);
}

async fn a_fresh_sign_in_takes_the_code_where_there_is_a_second_step_and_a_code_works_once(stage: Stage) {
    let domain = stage.domain("Turku", SecondStep::Required).await;
    let aino = stage.person_with_second_step(domain, "Aino Virtanen", Role::Editor).await;
    let key = aino.totp.clone().unwrap();
    let device = stage.device();
    let ticket = device.ticket(&aino, "code").await;
    let grant = device.code(&ticket, &code::at(&key, stage.now())).await.good();
    // Half an hour on the access token ran out as well.
    stage.wait(i64::from(FRESH_SECONDS) + 60);
    assert_eq!(prove(&device, &grant, &json!({ "password": PASSWORD })).await.code(), Code::CodeNeeded);
    let with = |code: String| json!({ "password": PASSWORD, "code": code });
    let wrong = with(code::wrong_at(&key, stage.now()));
    assert_eq!(prove(&device, &grant, &wrong).await.code(), Code::CodeWrong);
    let right = with(code::at(&key, stage.now()));
    prove(&device, &grant, &right).await.good();
    assert_eq!(prove(&device, &grant, &right).await.code(), Code::CodeWrong, "a code works once");
    delete(&device, &grant, "/api/v1/sessions").await.good();
}

async fn five_wrong_passwords_end_the_session_and_guesses_made_at_once_are_counted_one_by_one(stage: Stage) {
    let aino = aino(&stage).await;
    let (device, grant) = stage.signed_in(&aino).await;
    device.me(access(&grant)).await.good();
    let wrong = json!({ "password": "not it" });
    let guesses = (0..20).map(|_| prove(&device, &grant, &wrong));
    let answers = futures_util::future::join_all(guesses).await;
    let looked_at = answers.iter().filter(|answer| answer.code() == Code::PasswordWrong).count();
    assert!(looked_at < PROOF_TRIES as usize, "{looked_at} were told that they are wrong");
    let right = json!({ "password": PASSWORD });
    assert_eq!(prove(&device, &grant, &right).await.code(), Code::SessionOver);
    assert_eq!(device.refresh(text(&grant, "refresh_token")).await.code(), Code::SessionOver);
}

async fn a_right_password_forgets_the_wrong_ones(stage: Stage) {
    let aino = aino(&stage).await;
    let (device, grant) = stage.signed_in(&aino).await;
    for _ in 0..3 {
        for _ in 1..PROOF_TRIES {
            let wrong = json!({ "password": "not it" });
            assert_eq!(prove(&device, &grant, &wrong).await.code(), Code::PasswordWrong);
        }
        prove(&device, &grant, &json!({ "password": PASSWORD })).await.good();
    }
}

async fn a_refresh_does_not_make_a_sign_in_fresh(stage: Stage) {
    let aino = aino(&stage).await;
    let (device, grant) = stage.signed_in(&aino).await;
    stage.wait(3600);
    let next = device.refresh(text(&grant, "refresh_token")).await.good();
    assert_eq!(delete(&device, &next, "/api/v1/sessions").await.code(), Code::FreshSignInNeeded);
}

async fn a_shorter_term_counts_for_devices_that_are_signed_in_already(stage: Stage) {
    let aino = aino(&stage).await;
    let (device, grant) = stage.signed_in(&aino).await;
    assert_eq!(grant["policy"]["stay_seconds"], 604_800, "a week, where nobody said otherwise");
    let elsewhere = stage.domain("Oulu", SecondStep::Optional).await;
    for (seconds, allowed) in [(599, false), (600, true), (2_678_400, true), (2_678_401, false), (0, true)] {
        let policy = Policy { stay_seconds: seconds, ..Policy::default() };
        assert_eq!(domains::set_policy(&stage.app, elsewhere, policy).await.is_ok(), allowed, "{seconds}");
    }
    let policy = Policy { stay_seconds: 600, ..Policy::default() };
    domains::set_policy(&stage.app, aino.domain, policy).await.unwrap();
    let (lap, at_lap) = stage.signed_in(&aino).await;
    assert_eq!(at_lap["stay_seconds"], 600);
    stage.wait(599);
    let next = lap.refresh(text(&at_lap, "refresh_token")).await.good();
    assert_eq!(next["stay"], true);
    stage.wait(1);
    // It was signed in for a week.
    assert_eq!(device.refresh(text(&grant, "refresh_token")).await.code(), Code::SessionOver);
    // Not at all, from now on: who is signed in goes on until their client ends.
    domains::set_policy(&stage.app, aino.domain, Policy::default()).await.unwrap();
    assert_eq!(lap.refresh(text(&next, "refresh_token")).await.good()["stay"], false);
}

async fn where_a_domain_wants_it_nobody_stays_signed_in(stage: Stage) {
    let aino = aino(&stage).await;
    let policy = Policy { lock_after_seconds: 300, lock_on_leave: true, ..Policy::default() };
    domains::set_policy(&stage.app, aino.domain, policy).await.unwrap();
    let (_, grant) = stage.signed_in(&aino).await;
    assert_eq!(grant["stay"], false);
    assert_eq!(grant["stay_seconds"], 12 * 3600);
    assert_eq!(
        grant["policy"],
        json!({ "stay_seconds": 0, "lock_after_seconds": 300, "lock_on_leave": true, "unlock_code": false })
    );
}
