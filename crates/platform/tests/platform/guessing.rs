//! Guessing at the door: what it costs, whom it locks out, and who opens again (R47, R55, R56, B7).

use std::net::{IpAddr, Ipv4Addr};

use futures_util::{StreamExt, stream};
use polder_platform::domains::SecondStep;
use polder_platform::login::hashing::Cost;
use polder_wire::Code;
use polder_wire::rights::Role;
use serde_json::{Value, json};
use sqlx::Row;

use crate::support::people::{PASSWORD, text};
use crate::support::{Answer, Device, Person, Stage, code, on_both_engines};

on_both_engines! {
    after_five_wrong_passwords_the_next_try_waits_and_the_wait_doubles,
    a_right_password_forgets_the_wrong_ones_before,
    a_name_that_nobody_has_is_locked_in_the_same_way_with_the_same_bytes,
    of_fifty_guesses_at_once_five_are_looked_at,
    a_thousand_addresses_get_no_more_guesses_than_one,
    one_address_that_guesses_at_many_names_is_blocked_and_nobody_else_is,
    a_hundred_wrong_tries_in_a_row_close_an_account_to_strangers_for_good,
    a_strangers_guesses_do_not_lock_out_a_known_device,
    a_known_device_that_guesses_waits_by_itself_and_after_twenty_is_a_stranger,
    what_a_device_calls_itself_helps_at_no_other_account_and_is_no_credential,
    codes_count_as_well_and_a_right_password_in_between_forgets_nothing,
    wrong_tries_outlast_a_restart_and_count_on_every_node,
    a_manager_opens_a_locked_account_and_nobody_else_does,
    the_person_is_told_once_that_somebody_guesses,
}

const PASSWORD_PATH: &str = "/api/v1/sign-in/password";
/// What a device calls itself.
const KNOWN_AS: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

fn retry_after(answer: &Answer) -> Option<u64> {
    let after = answer.json()["retry_after"].as_u64();
    let header = answer.headers.get("retry-after").map(|value| value.to_str().unwrap().parse().unwrap());
    assert_eq!(after, header);
    after
}

async fn aino(stage: &Stage) -> Person {
    let domain = stage.domain("Turku", SecondStep::Optional).await;
    stage.person(domain, "Aino Virtanen", Role::Editor).await
}

async fn wrong(device: &Device, person: &Person) -> Answer {
    device.password(person, "not the password").await
}

async fn as_known(device: &Device, person: &Person, password: &str) -> Answer {
    let body = json!({ "email": person.email, "password": password, "stay": true, "known_as": KNOWN_AS });
    device.post(PASSWORD_PATH, &body).await
}

async fn letters(stage: &Stage, person: &Person) -> i64 {
    sqlx::query("SELECT COUNT(*) AS n FROM outbox WHERE user_id = $1")
        .bind(person.id.to_string())
        .fetch_one(stage.app.store.pool())
        .await
        .unwrap()
        .get("n")
}

async fn after_five_wrong_passwords_the_next_try_waits_and_the_wait_doubles(stage: Stage) {
    let aino = aino(&stage).await;
    let device = stage.device();
    for _ in 0..4 {
        let answer = wrong(&device, &aino).await;
        assert_eq!((answer.code(), retry_after(&answer)), (Code::CredentialsWrong, None));
    }
    for wait in [30, 60, 120] {
        let answer = wrong(&device, &aino).await;
        assert_eq!((answer.code(), retry_after(&answer)), (Code::CredentialsWrong, Some(wait)));
        // Not even the right one is looked at.
        stage.wait(10);
        let answer = device.password(&aino, PASSWORD).await;
        assert_eq!((answer.code(), retry_after(&answer)), (Code::TooManyTries, Some(wait - 10)));
        stage.wait(i64::try_from(wait).unwrap() - 10);
    }
    device.password(&aino, PASSWORD).await.good();
}

async fn a_right_password_forgets_the_wrong_ones_before(stage: Stage) {
    let aino = aino(&stage).await;
    let device = stage.device();
    for _ in 0..3 {
        for _ in 0..4 {
            assert_eq!(retry_after(&wrong(&device, &aino).await), None);
        }
        device.password(&aino, PASSWORD).await.good();
    }
}

async fn a_name_that_nobody_has_is_locked_in_the_same_way_with_the_same_bytes(stage: Stage) {
    let aino = aino(&stage).await;
    let nobody = Person { email: "nobody@example.fi".into(), ..aino.clone() };
    let (one, other) = (stage.device(), stage.device());
    let mut seen = Vec::new();
    for _ in 0..130 {
        let known = wrong(&one, &aino).await;
        let unknown = wrong(&other, &nobody).await;
        assert_eq!((known.status, &known.body), (unknown.status, &unknown.body));
        seen.push(known.code());
        stage.wait(i64::try_from(retry_after(&known).unwrap_or(0)).unwrap());
    }
    assert_eq!(seen.iter().filter(|&&code| code == Code::CredentialsWrong).count(), 100);
    assert_eq!(seen[100..], [Code::TriesUsedUp; 30]);
}

async fn of_fifty_guesses_at_once_five_are_looked_at(stage: Stage) {
    let aino = aino(&stage).await;
    let devices: Vec<_> = (0..50).map(|_| stage.device()).collect();
    let all = devices.iter().map(|device| wrong(device, &aino));
    let codes: Vec<_> = futures_util::future::join_all(all).await.iter().map(Answer::code).collect();
    assert_eq!(codes.iter().filter(|&&code| code == Code::CredentialsWrong).count(), 5, "{codes:?}");
    assert_eq!(codes.iter().filter(|&&code| code == Code::TooManyTries).count(), 45, "{codes:?}");
}

async fn a_thousand_addresses_get_no_more_guesses_than_one(stage: Stage) {
    let aino = aino(&stage).await;
    let codes: Vec<_> = stream::iter(1..=1000_u16)
        .map(|n| {
            let [high, low] = n.to_be_bytes();
            let device = stage.device_at(Ipv4Addr::new(127, 1, high, low).into());
            let aino = &aino;
            async move { wrong(&device, aino).await.code() }
        })
        .buffer_unordered(20)
        .collect()
        .await;
    assert_eq!(codes.iter().filter(|&&code| code == Code::CredentialsWrong).count(), 5);
    assert_eq!(codes.iter().filter(|&&code| code == Code::TooManyTries).count(), 995);
}

async fn one_address_that_guesses_at_many_names_is_blocked_and_nobody_else_is(stage: Stage) {
    let aino = aino(&stage).await;
    let here: IpAddr = Ipv4Addr::new(127, 0, 0, 9).into();
    let (guesser, neighbour) = (stage.device_at(here), stage.device_at(here));
    as_known(&neighbour, &aino, PASSWORD).await.good();
    for n in 0..51 {
        let nobody = Person { email: format!("somebody{n}@example.fi"), ..aino.clone() };
        assert_eq!(wrong(&guesser, &nobody).await.code(), Code::CredentialsWrong);
    }
    let answer = guesser.password(&aino, PASSWORD).await;
    assert_eq!((answer.code(), retry_after(&answer)), (Code::AddressBlocked, Some(900)));
    // Who signed in from there before, and whoever comes from elsewhere, is let in.
    as_known(&neighbour, &aino, PASSWORD).await.good();
    stage.device().password(&aino, PASSWORD).await.good();
    stage.wait(900);
    guesser.password(&aino, PASSWORD).await.good();
    let nobody = Person { email: "one.more@example.fi".into(), ..aino.clone() };
    wrong(&guesser, &nobody).await;
    assert_eq!(retry_after(&guesser.password(&aino, PASSWORD).await), Some(1800));
}

/// As long as it takes, one guess as soon as it may come.
async fn guess_on(stage: &Stage, person: &Person, times: usize) {
    let device = stage.device();
    for _ in 0..times {
        let answer = wrong(&device, person).await;
        assert_eq!(answer.code(), Code::CredentialsWrong);
        stage.wait(i64::try_from(retry_after(&answer).unwrap_or(0)).unwrap());
    }
}

async fn a_hundred_wrong_tries_in_a_row_close_an_account_to_strangers_for_good(stage: Stage) {
    let aino = aino(&stage).await;
    let known = stage.device();
    as_known(&known, &aino, PASSWORD).await.good();
    guess_on(&stage, &aino, 100).await;
    stage.wait(30 * 86_400);
    let stranger = stage.device().password(&aino, PASSWORD).await;
    assert_eq!((stranger.code(), retry_after(&stranger)), (Code::TriesUsedUp, None));
    as_known(&known, &aino, PASSWORD).await.good();
    assert_eq!(stage.device().password(&aino, PASSWORD).await.code(), Code::TriesUsedUp);
}

async fn a_strangers_guesses_do_not_lock_out_a_known_device(stage: Stage) {
    let domain = stage.domain("Helsinki", SecondStep::Required).await;
    let aino = stage.person_with_second_step(domain, "Aino Virtanen", Role::Editor).await;
    let key = aino.totp.clone().unwrap();
    let device = stage.device();
    let ticket = as_known(&device, &aino, PASSWORD).await.good();
    // Only a whole sign-in makes a device known: the password alone may be stolen.
    let thief = stage.device();
    guess_on(&stage, &aino, 4).await;
    assert_eq!(retry_after(&as_known(&thief, &aino, "wrong").await), Some(30));
    stage.wait(30);
    device.code(text(&ticket, "ticket"), &code::at(&key, stage.now())).await.good();

    guess_on(&stage, &aino, 4).await;
    let stranger = stage.device();
    wrong(&stranger, &aino).await;
    assert_eq!(stranger.password(&aino, PASSWORD).await.code(), Code::TooManyTries);
    let ticket = as_known(&device, &aino, PASSWORD).await.good();
    assert_eq!(stranger.password(&aino, PASSWORD).await.code(), Code::TooManyTries);
    stage.wait(29);
    device.code(text(&ticket, "ticket"), &code::at(&key, stage.now() + 30)).await.good();
}

async fn a_known_device_that_guesses_waits_by_itself_and_after_twenty_is_a_stranger(stage: Stage) {
    let aino = aino(&stage).await;
    let device = stage.device();
    as_known(&device, &aino, PASSWORD).await.good();
    for n in 0..20 {
        let answer = as_known(&device, &aino, "wrong").await;
        assert_eq!(answer.code(), Code::CredentialsWrong, "{n}");
        assert_eq!(retry_after(&answer).is_some(), n >= 4, "{n}");
        // Nobody else is kept waiting by it.
        stage.wait(i64::try_from(retry_after(&answer).unwrap_or(0)).unwrap());
    }
    assert_eq!(retry_after(&wrong(&stage.device(), &aino).await), None);
    // Now it shares the strangers' count, which has one by now.
    for _ in 0..3 {
        assert_eq!(retry_after(&as_known(&device, &aino, "wrong").await), None);
    }
    assert_eq!(retry_after(&as_known(&device, &aino, "wrong").await), Some(30));
    assert_eq!(stage.device().password(&aino, PASSWORD).await.code(), Code::TooManyTries);
}

async fn what_a_device_calls_itself_helps_at_no_other_account_and_is_no_credential(stage: Stage) {
    let aino = aino(&stage).await;
    let eero = stage.person(aino.domain, "Eero Korhonen", Role::Viewer).await;
    let device = stage.device();
    as_known(&device, &aino, PASSWORD).await.good();
    assert_eq!(as_known(&device, &aino, "wrong").await.code(), Code::CredentialsWrong);
    guess_on(&stage, &eero, 4).await;
    wrong(&stage.device(), &eero).await;
    assert_eq!(as_known(&device, &eero, PASSWORD).await.code(), Code::TooManyTries);
    for damaged in ["", "short", &"A".repeat(44), &"!".repeat(43)] {
        let body = json!({ "email": aino.email, "password": PASSWORD, "stay": true, "known_as": damaged });
        assert_eq!(device.post(PASSWORD_PATH, &body).await.code(), Code::Malformed, "{damaged}");
    }
}

async fn codes_count_as_well_and_a_right_password_in_between_forgets_nothing(stage: Stage) {
    let domain = stage.domain("Helsinki", SecondStep::Required).await;
    let aino = stage.person_with_second_step(domain, "Aino Virtanen", Role::Editor).await;
    let key = aino.totp.clone().unwrap();
    let device = stage.device();
    for n in 0..5 {
        // Each with a ticket of its own, so that the ticket's tries do not matter.
        let ticket = device.ticket(&aino, "code").await;
        let answer = if n % 2 == 0 {
            device.code(&ticket, &code::wrong_at(&key, stage.now())).await
        } else {
            let body = json!({ "ticket": ticket, "recovery_code": "0000-0000-0000-0000" });
            device.post("/api/v1/sign-in/recovery", &body).await
        };
        let expected = if n % 2 == 0 { Code::CodeWrong } else { Code::RecoveryCodeWrong };
        assert_eq!((answer.code(), retry_after(&answer)), (expected, (n == 4).then_some(30)));
    }
    assert_eq!(device.password(&aino, PASSWORD).await.code(), Code::TooManyTries);
    stage.wait(30);
    let ticket = device.ticket(&aino, "code").await;
    assert_eq!(retry_after(&device.code(&ticket, &code::wrong_at(&key, stage.now())).await), Some(60));
    assert_eq!(device.code(&ticket, &code::at(&key, stage.now())).await.code(), Code::TooManyTries);
    stage.wait(60);
    device.code(&ticket, &code::at(&key, stage.now())).await.good();
    // A whole sign-in does.
    let ticket = device.ticket(&aino, "code").await;
    assert_eq!(retry_after(&device.code(&ticket, &code::wrong_at(&key, stage.now())).await), None);
}

async fn wrong_tries_outlast_a_restart_and_count_on_every_node(stage: Stage) {
    let aino = aino(&stage).await;
    guess_on(&stage, &aino, 3).await;
    let (node, there) = stage.another_node(Cost::CHEAP_FOR_TESTS).await;
    assert_eq!(retry_after(&wrong(&there, &aino).await), None);
    assert_eq!(retry_after(&wrong(&there, &aino).await), Some(30));
    assert_eq!(stage.device().password(&aino, PASSWORD).await.code(), Code::TooManyTries);
    // The node that counted the last ones ends; another one begins and knows.
    node.store.close().await;
    let (_next, there) = stage.another_node(Cost::CHEAP_FOR_TESTS).await;
    assert_eq!(there.password(&aino, PASSWORD).await.code(), Code::TooManyTries);
    stage.wait(30);
    there.password(&aino, PASSWORD).await.good();
}

async fn a_manager_opens_a_locked_account_and_nobody_else_does(stage: Stage) {
    let aino = aino(&stage).await;
    let manager = stage.person(aino.domain, "Maija Manager", Role::Manager).await;
    let editor = stage.person(aino.domain, "Eero Korhonen", Role::Editor).await;
    let elsewhere = stage.domain("Oulu", SecondStep::Optional).await;
    let stranger = stage.person(elsewhere, "Outi Outsider", Role::Manager).await;
    guess_on(&stage, &aino, 100).await;
    let closed = async || stage.device().password(&aino, PASSWORD).await.status == 429;
    assert!(closed().await);
    let path = format!("/api/v1/people/{}/unlock", aino.id);
    for (who, expected) in [(&editor, Code::NotAllowed), (&stranger, Code::NotFound)] {
        let (device, grant) = stage.signed_in(who).await;
        let answer = device.call("POST", &path, Some(text(&grant, "access_token")), Some("{}".into())).await;
        assert_eq!(answer.code(), expected, "{}", who.name);
        assert!(closed().await);
    }
    let (device, grant) = stage.signed_in(&manager).await;
    stage.wait(301);
    let unlock = || device.call("POST", &path, Some(text(&grant, "access_token")), Some("{}".into()));
    assert_eq!(unlock().await.code(), Code::FreshSignInNeeded);
    let (device, grant) = stage.signed_in(&manager).await;
    device.call("POST", &path, Some(text(&grant, "access_token")), Some("{}".into())).await.good();
    stage.device().password(&aino, PASSWORD).await.good();
}

async fn the_person_is_told_once_that_somebody_guesses(stage: Stage) {
    let aino = aino(&stage).await;
    guess_on(&stage, &aino, 4).await;
    assert_eq!(letters(&stage, &aino).await, 0);
    guess_on(&stage, &aino, 6).await;
    assert_eq!(letters(&stage, &aino).await, 1);
    stage.wait(86_400);
    guess_on(&stage, &aino, 5).await;
    assert_eq!(letters(&stage, &aino).await, 2, "and once more the next day");
    let before: Value = json!(letters(&stage, &aino).await);
    let device = stage.device();
    as_known(&device, &aino, "wrong").await;
    assert_eq!(json!(letters(&stage, &aino).await), before);
}
