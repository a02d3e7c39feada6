use polder_platform::account::{self, Email, NewPerson, PersonName};
use polder_platform::domains::SecondStep;
use polder_wire::rights::Role;
use polder_wire::{Code, DomainId, Language};
use serde_json::{Value, json};

use crate::support::people::{PASSWORD, text};
use crate::support::{Answer, Device, Stage, on_both_engines};

on_both_engines! {
    only_a_manager_makes_accounts,
    an_account_is_made_in_the_managers_own_domain,
    an_e_mail_has_one_account,
    a_manager_says_how_long_new_passwords_are,
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
