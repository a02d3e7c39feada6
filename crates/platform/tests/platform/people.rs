use futures_util::{StreamExt, stream};
use polder_platform::account::lost::{By, take_away};
use polder_platform::account::{self, Email, NewPerson, PersonName};
use polder_platform::domains::SecondStep;
use polder_platform::login::switch::{self, Scope};
use polder_wire::people::PeoplePage;
use polder_wire::rights::Role;
use polder_wire::{Code, DomainId, Language};
use serde_json::{Value, json};
use std::collections::BTreeSet;

use crate::support::people::{PASSWORD, text};
use crate::support::{Answer, Device, Person, Stage, on_both_engines};

on_both_engines! {
    only_a_manager_makes_accounts,
    an_account_is_made_in_the_managers_own_domain,
    an_e_mail_has_one_account,
    a_manager_says_how_long_new_passwords_are,
    a_manager_sees_everybody_of_the_domain_and_how_they_stand,
    only_a_manager_sees_who_is_in_the_domain,
    a_list_of_more_than_a_thousand_comes_in_pages_that_hold_everybody_once,
    a_first_code_is_sent_anew_and_the_one_before_is_worth_nothing,
    who_has_a_password_is_sent_no_code_and_nobody_but_a_manager_sends_one,
    who_began_anew_and_lost_the_letter_is_not_welcomed_as_a_newcomer,
}

impl Stage {
    /// Somebody who has a letter with a code and no password yet; answers their e-mail.
    pub(crate) async fn invited(&self, domain: DomainId, name: &str) -> String {
        let email = format!("{}@example.fi", name.to_lowercase().replace(' ', "."));
        let new = NewPerson {
            email: Email::new(&email).unwrap(),
            name: PersonName::new(name).unwrap(),
            language: Language::En,
            password: None,
            second_step: None,
        };
        account::add(&self.app, domain, Role::Viewer, new).await.unwrap();
        email
    }
}

async fn post(device: &Device, path: &str, grant: &Value, body: &Value) -> Answer {
    device.call("POST", path, Some(text(grant, "access_token")), Some(body.to_string())).await
}

fn newcomer(email: &str) -> Value {
    json!({ "name": "Sanna Mäkinen", "email": email, "role": "viewer", "language": "en" })
}

async fn only_a_manager_makes_accounts(stage: Stage) {
    let domain = stage.domain("Turku", SecondStep::Optional).await;
    for (name, role) in [("Vera V", Role::Viewer), ("Hugo H", Role::Host), ("Elsa E", Role::Editor)] {
        let (device, grant) = stage.signed_in(&stage.person(domain, name, role).await).await;
        let answer = post(&device, "/api/v1/people", &grant, &newcomer("sanna@example.fi")).await;
        assert_eq!(answer.code(), Code::NotAllowed, "{role:?}");
        let answer = post(&device, "/api/v1/domain/passwords", &grant, &json!({ "minimum": 20 })).await;
        assert_eq!(answer.code(), Code::NotAllowed, "{role:?}");
    }
    assert!(stage.letters().await.is_empty());
}

async fn an_account_is_made_in_the_managers_own_domain(stage: Stage) {
    let domain = stage.domain("Turku", SecondStep::Optional).await;
    let (device, grant) = stage.signed_in(&stage.person(domain, "Leena K", Role::Manager).await).await;
    post(&device, "/api/v1/people", &grant, &newcomer("sanna@example.fi")).await.good();
    let code = stage.letter("first-password", "sanna@example.fi").await.code();
    let newcomer = stage.device();
    let body = json!({ "code": code, "password": PASSWORD, "stay": false, "language": "en" });
    let next = newcomer.post("/api/v1/password/set", &body).await.good();
    assert_eq!(next["me"]["domain"], domain.to_string());
    assert_eq!(next["me"]["role"], "viewer");
    for wrong in ["nonsense", "a@b@c", ""] {
        let answer = post(&device, "/api/v1/people", &grant, &self::newcomer(wrong)).await;
        assert_eq!(answer.code(), Code::Malformed, "{wrong}");
    }
}

async fn an_e_mail_has_one_account(stage: Stage) {
    let domain = stage.domain("Turku", SecondStep::Optional).await;
    let (device, grant) = stage.signed_in(&stage.person(domain, "Leena K", Role::Manager).await).await;
    post(&device, "/api/v1/people", &grant, &newcomer("sanna@example.fi")).await.good();
    let again = post(&device, "/api/v1/people", &grant, &newcomer("SANNA@example.fi")).await;
    assert_eq!(again.code(), Code::EmailTaken);
    assert_eq!(stage.letters().await.len(), 1, "nobody is written to about an account that was not made");
}

async fn a_manager_says_how_long_new_passwords_are(stage: Stage) {
    let domain = stage.domain("Turku", SecondStep::Optional).await;
    let elsewhere = stage.domain("Helsinki", SecondStep::Optional).await;
    let leena = stage.person(domain, "Leena K", Role::Manager).await;
    let aino = stage.person(elsewhere, "Aino Virtanen", Role::Manager).await;
    let (device, grant) = stage.signed_in(&leena).await;
    for wrong in [0, 7, 65, 1000] {
        let answer = post(&device, "/api/v1/domain/passwords", &grant, &json!({ "minimum": wrong })).await;
        assert_eq!(answer.code(), Code::Malformed, "{wrong}");
    }
    post(&device, "/api/v1/domain/passwords", &grant, &json!({ "minimum": 30 })).await.good();
    let rules = device.get("/api/v1/account/password", text(&grant, "access_token")).await.good();
    assert_eq!(rules["minimum"], 30);
    let short = json!({ "old": PASSWORD, "new": "nine herons over the ditch" });
    let answer = post(&device, "/api/v1/account/password", &grant, &short).await;
    assert_eq!(answer.code(), Code::PasswordTooShort);
    // The password that is set stays, and other domains have their own.
    stage.device().password(&leena, PASSWORD).await.good();
    let (other, grant) = stage.signed_in(&aino).await;
    assert_eq!(
        other.get("/api/v1/account/password", text(&grant, "access_token")).await.good()["minimum"],
        15
    );
}

async fn list(device: &Device, grant: &Value) -> Vec<Value> {
    let page = device.get("/api/v1/people", text(grant, "access_token")).await.good();
    let people = page["people"].as_array().unwrap().clone();
    assert_eq!((page["total"].as_u64(), &page["next"]), (Some(people.len() as u64), &Value::Null));
    people
}

fn of<'v>(people: &'v [Value], email: &str) -> &'v Value {
    people
        .iter()
        .find(|person| person["email"] == email)
        .unwrap_or_else(|| panic!("no {email} in {people:?}"))
}

async fn a_manager_sees_everybody_of_the_domain_and_how_they_stand(stage: Stage) {
    let domain = stage.domain("Turku", SecondStep::Optional).await;
    let elsewhere = stage.domain("Helsinki", SecondStep::Optional).await;
    stage.person(elsewhere, "Outi Outsider", Role::Editor).await;
    let leena = stage.person(domain, "Leena K", Role::Manager).await;
    let (device, grant) = stage.signed_in(&leena).await;
    let aino = stage.person_with_second_step(domain, "Aino Virtanen", Role::Editor).await;
    let eero = stage.person(domain, "Eero Korhonen", Role::Viewer).await;
    let sanna = stage.invited(domain, "Sanna Uusi").await;
    switch::set(&stage.app, Scope::Person(eero.id), false).await.unwrap();
    for _ in 0..6 {
        stage.device().password(&aino, "not the password").await;
    }

    let people = list(&device, &grant).await;
    // With the manager that each domain of a test is made with.
    assert_eq!(people.len(), 5);
    let now = stage.now();
    let plain = json!({
        "invited": false, "code_until": null, "off": false, "second_step": false, "closed": null, "last_seen": null,
    });
    for (email, id, name, role, differs) in [
        ("leena.k@example.fi", Some(&leena), "Leena K", "manager", json!({ "last_seen": now })),
        (
            "aino.virtanen@example.fi",
            Some(&aino),
            "Aino Virtanen",
            "editor",
            json!({ "second_step": true, "closed": { "until": now + 30 } }),
        ),
        ("eero.korhonen@example.fi", Some(&eero), "Eero Korhonen", "viewer", json!({ "off": true })),
        (&*sanna, None, "Sanna Uusi", "viewer", json!({ "invited": true, "code_until": now + 7 * 86_400 })),
    ] {
        let seen = of(&people, email);
        let mut wanted = plain.clone();
        wanted.as_object_mut().unwrap().extend(differs.as_object().unwrap().clone());
        for (key, value) in wanted.as_object().unwrap() {
            assert_eq!(&seen[key], value, "{key} of {name}: {seen}");
        }
        assert_eq!((text(seen, "name"), text(seen, "role")), (name, role));
        if let Some(person) = id {
            assert_eq!(text(seen, "user"), person.id.to_string());
        }
    }
    // What a time closed it opens; what only a manager opens has no time.
    stage.wait(30);
    assert_eq!(of(&list(&device, &grant).await, &aino.email)["closed"], Value::Null);
    sqlx::query("UPDATE guesses SET in_a_row = 100 WHERE subject LIKE 'account:%'")
        .execute(stage.app.store.pool())
        .await
        .unwrap();
    assert_eq!(of(&list(&device, &grant).await, &aino.email)["closed"], json!({ "until": null }));
    let unlock = format!("/api/v1/people/{}/unlock", aino.id);
    post(&device, &unlock, &grant, &json!({})).await.good();
    assert_eq!(of(&list(&device, &grant).await, &aino.email)["closed"], Value::Null);
    // A code whose time is over is none.
    stage.wait(7 * 86_400);
    let (device, grant) = stage.signed_in(&leena).await;
    assert_eq!(of(&list(&device, &grant).await, &sanna)["code_until"], Value::Null);
}

async fn only_a_manager_sees_who_is_in_the_domain(stage: Stage) {
    let domain = stage.domain("Turku", SecondStep::Optional).await;
    for (name, role) in [("Vera V", Role::Viewer), ("Hugo H", Role::Host), ("Elsa E", Role::Editor)] {
        let person = stage.person(domain, name, role).await;
        let (device, grant) = stage.signed_in(&person).await;
        for path in ["/api/v1/people".to_owned(), format!("/api/v1/people/after/{}", person.id)] {
            let answer = device.get(&path, text(&grant, "access_token")).await;
            assert_eq!(answer.code(), Code::NotAllowed, "{role:?} {path}");
        }
    }
}

async fn a_list_of_more_than_a_thousand_comes_in_pages_that_hold_everybody_once(stage: Stage) {
    let domain = stage.domain("Turku", SecondStep::Optional).await;
    let (device, grant) = stage.signed_in(&stage.person(domain, "Leena K", Role::Manager).await).await;
    let names = (0..1005).map(|n| format!("Person {n}"));
    stream::iter(names)
        .for_each_concurrent(8, async |name| {
            stage.invited(domain, &name).await;
        })
        .await;
    let access = text(&grant, "access_token");
    let (mut path, mut seen, mut sizes) = ("/api/v1/people".to_owned(), BTreeSet::new(), Vec::new());
    loop {
        let page: PeoplePage = serde_json::from_value(device.get(&path, access).await.good()).unwrap();
        assert_eq!(page.total, 1007);
        sizes.push(page.people.len());
        seen.extend(page.people.iter().map(|person| person.email.clone()));
        let Some(next) = page.next else { break };
        path = format!("/api/v1/people/after/{next}");
    }
    assert_eq!((sizes, seen.len()), (vec![1000, 7], 1007));
}

async fn a_first_code_is_sent_anew_and_the_one_before_is_worth_nothing(stage: Stage) {
    let domain = stage.domain("Turku", SecondStep::Optional).await;
    let (device, grant) = stage.signed_in(&stage.person(domain, "Leena K", Role::Manager).await).await;
    let added = post(&device, "/api/v1/people", &grant, &newcomer("sanna@example.fi")).await.good();
    let letter = format!("/api/v1/people/{}/letter", text(&added, "user"));
    let before = stage.letter("first-password", "sanna@example.fi").await.code();
    // Long after the first one ran out.
    stage.wait(30 * 86_400);
    let (device, grant) = stage.signed_in(&stage.person(domain, "Maija M", Role::Manager).await).await;
    post(&device, &letter, &grant, &json!({})).await.good();
    let letters = stage.letters().await;
    let codes: Vec<_> = letters
        .iter()
        .filter(|letter| letter.kind == "first-password")
        .map(crate::support::letters::Letter::code)
        .collect();
    let [newest] = codes.iter().filter(|code| **code != before).collect::<Vec<_>>()[..] else {
        panic!("{codes:?}")
    };
    let set = |code: &str| json!({ "code": code, "password": PASSWORD, "stay": false, "language": "en" });
    assert_eq!(
        stage.device().post("/api/v1/password/set", &set(&before)).await.code(),
        Code::PasswordCodeWrong
    );
    assert_eq!(stage.device().post("/api/v1/password/set", &set(newest)).await.good()["step"], "done");
    assert_eq!(post(&device, &letter, &grant, &json!({})).await.code(), Code::PasswordThere);
}

async fn who_has_a_password_is_sent_no_code_and_nobody_but_a_manager_sends_one(stage: Stage) {
    let domain = stage.domain("Turku", SecondStep::Optional).await;
    let elsewhere = stage.domain("Oulu", SecondStep::Optional).await;
    let leena = stage.person(domain, "Leena K", Role::Manager).await;
    let aino = stage.person(domain, "Aino Virtanen", Role::Editor).await;
    let foreign = stage.person(elsewhere, "Outi Outsider", Role::Manager).await;
    let letter = |whose: &Person| format!("/api/v1/people/{}/letter", whose.id);
    let (device, grant) = stage.signed_in(&leena).await;
    assert_eq!(post(&device, &letter(&aino), &grant, &json!({})).await.code(), Code::PasswordThere);
    assert_eq!(post(&device, &letter(&foreign), &grant, &json!({})).await.code(), Code::NotFound);
    stage.wait(300);
    assert_eq!(post(&device, &letter(&aino), &grant, &json!({})).await.code(), Code::FreshSignInNeeded);
    let (device, grant) = stage.signed_in(&aino).await;
    assert_eq!(post(&device, &letter(&leena), &grant, &json!({})).await.code(), Code::NotAllowed);
    assert!(stage.letters().await.is_empty());
}

async fn who_began_anew_and_lost_the_letter_is_not_welcomed_as_a_newcomer(stage: Stage) {
    let domain = stage.domain("Turku", SecondStep::Optional).await;
    let (device, grant) = stage.signed_in(&stage.person(domain, "Leena K", Role::Manager).await).await;
    let aino = stage.person_with_second_step(domain, "Aino Virtanen", Role::Editor).await;
    let there = stage.device();
    let ticket = there.ticket(&aino, "code").await;
    let right = crate::support::code::at(aino.totp.as_ref().unwrap(), stage.now());
    there.code(&ticket, &right).await.good();
    take_away(&stage.app, aino.id, By::ManagerOf(domain)).await.unwrap();
    post(&device, &format!("/api/v1/people/{}/letter", aino.id), &grant, &json!({})).await.good();
    let kinds: Vec<_> = stage.letters().await.into_iter().map(|letter| letter.kind).collect();
    assert_eq!(kinds, ["second-step-taken", "second-step-taken"]);
}
