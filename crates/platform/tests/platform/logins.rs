//! Signing in, switched off at once (R57).

use polder_platform::domains::SecondStep;
use polder_platform::login::switch::{self, Scope};
use polder_wire::Code;
use polder_wire::rights::Role;
use serde_json::json;

use crate::support::people::{PASSWORD, text};
use crate::support::{Stage, code, on_both_engines};

on_both_engines! {
    a_switch_ends_sessions_and_refuses_sign_ins_for_those_it_is_about_and_for_nobody_else,
    a_sign_in_under_way_comes_to_nothing,
    who_does_not_bring_the_right_password_does_not_hear_of_it,
    a_manager_switches_somebody_off_and_on_and_never_themselves,
}

async fn a_switch_ends_sessions_and_refuses_sign_ins_for_those_it_is_about_and_for_nobody_else(stage: Stage) {
    let turku = stage.domain("Turku", SecondStep::Optional).await;
    let oulu = stage.domain("Oulu", SecondStep::Optional).await;
    let aino = stage.person(turku, "Aino Virtanen", Role::Editor).await;
    let eero = stage.person(turku, "Eero Korhonen", Role::Editor).await;
    let outi = stage.person(oulu, "Outi Outsider", Role::Editor).await;
    for (scope, about) in [
        (Scope::Person(aino.id), [true, false, false]),
        (Scope::Domain(turku), [true, true, false]),
        (Scope::Platform, [true, true, true]),
    ] {
        let mut sessions = Vec::new();
        for person in [&aino, &eero, &outi] {
            sessions.push((person, stage.signed_in(person).await));
        }
        assert!(switch::set(&stage.app, scope, false).await.unwrap());
        for ((person, (device, grant)), off) in sessions.iter().zip(about) {
            let me = device.me(text(grant, "access_token")).await;
            let refreshed = device.refresh(text(grant, "refresh_token")).await;
            let again = stage.device().password(person, PASSWORD).await;
            let statuses = (me.status, refreshed.status, again.status);
            if off {
                assert_eq!(statuses, (401, 401, 403), "{scope:?} {}", person.name);
                assert_eq!((me.code(), again.code()), (Code::SessionOver, Code::LoginsOff));
            } else {
                assert_eq!(statuses, (200, 200, 200), "{scope:?} {}", person.name);
            }
        }
        assert!(switch::set(&stage.app, scope, true).await.unwrap());
        for person in [&aino, &eero, &outi] {
            stage.signed_in(person).await;
        }
        // What was ended stays ended.
        let (device, grant) = &sessions[0].1;
        assert_eq!(device.me(text(grant, "access_token")).await.code(), Code::SessionOver);
    }
    let nobody = "0123456789abcdef0123456789abcdef";
    assert!(!switch::set(&stage.app, Scope::Domain(nobody.parse().unwrap()), false).await.unwrap());
    assert!(!switch::set(&stage.app, Scope::Person(nobody.parse().unwrap()), false).await.unwrap());
}

async fn a_sign_in_under_way_comes_to_nothing(stage: Stage) {
    let domain = stage.domain("Helsinki", SecondStep::Required).await;
    let aino = stage.person_with_second_step(domain, "Aino Virtanen", Role::Editor).await;
    let device = stage.device();
    let ticket = device.ticket(&aino, "code").await;
    switch::set(&stage.app, Scope::Person(aino.id), false).await.unwrap();
    let right = code::at(aino.totp.as_ref().unwrap(), stage.now());
    assert_eq!(device.code(&ticket, &right).await.code(), Code::LoginsOff);
    // Also where the switch comes between the last look and the session: as if it had been thrown a moment later.
    switch::set(&stage.app, Scope::Person(aino.id), true).await.unwrap();
    let grant = device.code(&ticket, &right).await.good();
    sqlx::query("UPDATE users SET logins_off_at = 1 WHERE id = $1")
        .bind(aino.id.to_string())
        .execute(stage.app.store.pool())
        .await
        .unwrap();
    assert_eq!(device.me(text(&grant, "access_token")).await.code(), Code::SessionOver);
    assert_eq!(device.refresh(text(&grant, "refresh_token")).await.code(), Code::SessionOver);
}

async fn who_does_not_bring_the_right_password_does_not_hear_of_it(stage: Stage) {
    let domain = stage.domain("Turku", SecondStep::Optional).await;
    let aino = stage.person(domain, "Aino Virtanen", Role::Editor).await;
    switch::set(&stage.app, Scope::Person(aino.id), false).await.unwrap();
    let device = stage.device();
    assert_eq!(device.password(&aino, "not the password").await.code(), Code::CredentialsWrong);
    // Nor is it a wrong try to bring the right one.
    for _ in 0..8 {
        assert_eq!(device.password(&aino, PASSWORD).await.code(), Code::LoginsOff);
    }
}

async fn a_manager_switches_somebody_off_and_on_and_never_themselves(stage: Stage) {
    let domain = stage.domain("Turku", SecondStep::Optional).await;
    let aino = stage.person(domain, "Aino Virtanen", Role::Editor).await;
    let manager = stage.person(domain, "Maija Manager", Role::Manager).await;
    let elsewhere = stage.domain("Oulu", SecondStep::Optional).await;
    let foreign = stage.person(elsewhere, "Outi Outsider", Role::Manager).await;
    let switch = async |by: &crate::support::Person, whose: &crate::support::Person, on: bool| {
        let (device, grant) = stage.signed_in(by).await;
        let path = format!("/api/v1/people/{}/logins", whose.id);
        let body = json!({ "on": on }).to_string();
        device.call("POST", &path, Some(text(&grant, "access_token")), Some(body)).await
    };
    assert_eq!(switch(&aino, &manager, false).await.code(), Code::NotAllowed);
    assert_eq!(switch(&foreign, &aino, false).await.code(), Code::NotFound);
    assert_eq!(switch(&manager, &manager, false).await.code(), Code::NotAllowed);
    let (device, grant) = stage.signed_in(&aino).await;
    switch(&manager, &aino, false).await.good();
    assert_eq!(device.me(text(&grant, "access_token")).await.code(), Code::SessionOver);
    assert_eq!(device.password(&aino, PASSWORD).await.code(), Code::LoginsOff);
    switch(&manager, &aino, true).await.good();
    device.password(&aino, PASSWORD).await.good();
}
