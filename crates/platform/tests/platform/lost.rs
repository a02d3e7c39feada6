//! A second step that somebody lost (B17): who takes it away, and that nobody gets in by that who should not.

use polder_platform::account::lost::{By, take_away};
use polder_platform::domains::SecondStep;
use polder_platform::login::hashing::Cost;
use polder_wire::rights::Role;
use polder_wire::{Code, DomainId};
use serde_json::{Value, json};

use crate::support::people::{PASSWORD, text};
use crate::support::{Answer, Device, Person, Stage, code, on_both_engines};

on_both_engines! {
    with_a_lost_second_step_the_password_goes_and_the_letter_alone_leads_to_a_new_one,
    neither_the_manager_nor_a_thief_of_the_password_gets_in_by_it,
    where_no_second_step_is_asked_the_letter_leads_to_a_password_and_in,
    nobody_takes_a_second_step_from_a_manager_or_of_another_domain_and_no_one_but_a_manager_does,
    it_takes_a_fresh_sign_in_and_a_second_step_to_take,
    an_operator_takes_a_managers_second_step_and_the_letter_is_the_same,
    codes_that_were_sent_before_are_worth_nothing,
    a_sign_in_that_is_just_being_looked_at_comes_to_nothing,
}

const NEW: &str = "nine herons over the ditch";

/// A manager who is signed in, and somebody of the same domain with a second step.
struct Scene {
    domain: DomainId,
    manager: Person,
    desk: Device,
    access: String,
    aino: Person,
}

impl Scene {
    async fn set(stage: &Stage, second_step: SecondStep) -> Self {
        let domain = stage.domain("Helsinki", second_step).await;
        let manager = stage.person_with_second_step(domain, "Leena Korhonen", Role::Manager).await;
        let aino = stage.person_with_second_step(domain, "Aino Virtanen", Role::Editor).await;
        let (desk, access) = with_code(stage, &manager).await;
        Self { domain, manager, desk, access, aino }
    }

    async fn take(&self, whose: &Person) -> Answer {
        let path = format!("/api/v1/people/{}/second-step/remove", whose.id);
        self.desk.call("POST", &path, Some(&self.access), Some("{}".into())).await
    }
}

/// Signs in somebody who has a second step; answers device and access token.
async fn with_code(stage: &Stage, person: &Person) -> (Device, String) {
    let device = stage.device();
    let ticket = device.ticket(person, "code").await;
    let right = code::at(person.totp.as_ref().unwrap(), stage.now());
    let grant = device.code(&ticket, &right).await.good();
    (device, text(&grant, "access_token").to_owned())
}

async fn set_password(device: &Device, code: &str) -> Answer {
    let body = json!({ "code": code, "password": NEW, "stay": false, "language": "en" });
    device.post("/api/v1/password/set", &body).await
}

async fn enrol(stage: &Stage, device: &Device, ticket: &str) -> Value {
    let enrolment = device.post("/api/v1/sign-in/enrolment", &json!({ "ticket": ticket })).await.good();
    let key = code::from_base32(text(&enrolment, "key"));
    let body = json!({ "ticket": ticket, "code": code::at(&key, stage.now()) });
    device.post("/api/v1/sign-in/enrolment/confirm", &body).await.good()
}

async fn with_a_lost_second_step_the_password_goes_and_the_letter_alone_leads_to_a_new_one(stage: Stage) {
    let scene = Scene::set(&stage, SecondStep::Required).await;
    let (there, access) = with_code(&stage, &scene.aino).await;
    scene.take(&scene.aino).await.good();
    assert_eq!(there.me(&access).await.code(), Code::SessionOver);
    assert_eq!(stage.device().password(&scene.aino, PASSWORD).await.code(), Code::CredentialsWrong);

    let letter = stage.letter("second-step-taken", &scene.aino.email).await;
    let device = stage.device();
    let next = set_password(&device, &letter.code()).await.good();
    assert_eq!(next["step"], "enrol", "{next}");
    let enrolled = enrol(&stage, &device, text(&next, "ticket")).await;
    device.me(text(&enrolled["grant"], "access_token")).await.good();
    // Once, as any code.
    assert_eq!(set_password(&stage.device(), &letter.code()).await.code(), Code::PasswordCodeWrong);
    // And the next sign-in asks for the new second step.
    let body = json!({ "email": scene.aino.email, "password": NEW, "stay": false });
    let next = stage.device().post("/api/v1/sign-in/password", &body).await.good();
    assert_eq!(next["step"], "code");
}

async fn neither_the_manager_nor_a_thief_of_the_password_gets_in_by_it(stage: Stage) {
    let scene = Scene::set(&stage, SecondStep::Required).await;
    // The thief has come as far as a password leads, and so has Aino on another computer.
    let thief = stage.device();
    let ticket = thief.ticket(&scene.aino, "code").await;
    let taken = scene.take(&scene.aino).await;
    assert_eq!(taken.good(), json!({}), "the manager is told nothing that opens anything");
    // Not with the code of the old authenticator, not with an authenticator of the thief's own.
    let old = code::at(scene.aino.totp.as_ref().unwrap(), stage.now());
    assert_eq!(thief.code(&ticket, &old).await.code(), Code::SignInOver);
    let body = json!({ "ticket": ticket, "recovery_code": "0000-0000-0000-0000" });
    assert_eq!(thief.post("/api/v1/sign-in/recovery", &body).await.code(), Code::SignInOver);
    let enrolment = thief.post("/api/v1/sign-in/enrolment", &json!({ "ticket": ticket })).await;
    assert_eq!(enrolment.code(), Code::SignInOver);
    assert_eq!(thief.password(&scene.aino, PASSWORD).await.code(), Code::CredentialsWrong);
    // Who begins anew begins it alone: the letter goes to Aino, and nothing of it to the manager.
    let letters = stage.letters().await;
    assert!(letters.iter().any(|letter| letter.is_to(&scene.aino.email)));
    assert!(!letters.iter().any(|letter| letter.is_to(&scene.manager.email)), "{letters:?}");
}

async fn where_no_second_step_is_asked_the_letter_leads_to_a_password_and_in(stage: Stage) {
    let scene = Scene::set(&stage, SecondStep::Optional).await;
    scene.take(&scene.aino).await.good();
    let letter = stage.letter("second-step-taken", &scene.aino.email).await;
    let next = set_password(&stage.device(), &letter.code()).await.good();
    assert_eq!(next["step"], "done", "{next}");
    assert_eq!(next["me"]["second_step"], false);
}

async fn nobody_takes_a_second_step_from_a_manager_or_of_another_domain_and_no_one_but_a_manager_does(
    stage: Stage,
) {
    let scene = Scene::set(&stage, SecondStep::Required).await;
    let other = stage.person_with_second_step(scene.domain, "Maija Manager", Role::Manager).await;
    let elsewhere = stage.domain("Oulu", SecondStep::Required).await;
    let foreign = stage.person_with_second_step(elsewhere, "Outi Outsider", Role::Viewer).await;
    assert_eq!(scene.take(&other).await.code(), Code::NotAllowed);
    assert_eq!(scene.take(&scene.manager).await.code(), Code::NotAllowed);
    assert_eq!(scene.take(&foreign).await.code(), Code::NotFound);
    let nobody = Person { id: "0123456789abcdef0123456789abcdef".parse().unwrap(), ..foreign.clone() };
    assert_eq!(scene.take(&nobody).await.code(), Code::NotFound);
    for (name, role) in [("Vera V", Role::Viewer), ("Hugo H", Role::Host), ("Elsa E", Role::Editor)] {
        let person = stage.person_with_second_step(scene.domain, name, role).await;
        let (device, access) = with_code(&stage, &person).await;
        // Whether or not there is such a person, the answer is the same.
        for whose in [&scene.aino, &foreign, &nobody, &person] {
            let path = format!("/api/v1/people/{}/second-step/remove", whose.id);
            let answer = device.call("POST", &path, Some(&access), Some("{}".into())).await;
            assert_eq!(answer.code(), Code::NotAllowed, "{role:?}");
        }
    }
    // Nor where the rules are gone past.
    let within = By::ManagerOf(scene.domain);
    let refused = take_away(&stage.app, other.id, within).await.map_err(polder_platform::http::Refused::code);
    assert_eq!(refused, Err(Code::NotAllowed));
    for untouched in [&other, &scene.manager, &scene.aino, &foreign] {
        stage.device().ticket(untouched, "code").await;
    }
    assert!(stage.letters().await.is_empty());
}

async fn it_takes_a_fresh_sign_in_and_a_second_step_to_take(stage: Stage) {
    let scene = Scene::set(&stage, SecondStep::Optional).await;
    let without = stage.person(scene.domain, "Eero Korhonen", Role::Viewer).await;
    assert_eq!(scene.take(&without).await.code(), Code::SecondStepAbsent);
    stage.device().password(&without, PASSWORD).await.good();
    stage.wait(300);
    assert_eq!(scene.take(&scene.aino).await.code(), Code::FreshSignInNeeded);
    stage.device().ticket(&scene.aino, "code").await;
}

async fn an_operator_takes_a_managers_second_step_and_the_letter_is_the_same(stage: Stage) {
    let scene = Scene::set(&stage, SecondStep::Required).await;
    take_away(&stage.app, scene.manager.id, By::Operator).await.unwrap();
    assert_eq!(scene.desk.me(&scene.access).await.code(), Code::SessionOver);
    let letter = stage.letter("second-step-taken", &scene.manager.email).await;
    let device = stage.device();
    let next = set_password(&device, &letter.code()).await.good();
    enrol(&stage, &device, text(&next, "ticket")).await;
}

async fn codes_that_were_sent_before_are_worth_nothing(stage: Stage) {
    let scene = Scene::set(&stage, SecondStep::Required).await;
    let email = json!({ "email": scene.aino.email });
    stage.device().post("/api/v1/password/forgotten", &email).await.good();
    let before = stage.letter("reset", &scene.aino.email).await.code();
    scene.take(&scene.aino).await.good();
    assert_eq!(set_password(&stage.device(), &before).await.code(), Code::PasswordCodeWrong);
    // Time over: whoever forgot to use the letter asks for another.
    let letter = stage.letter("second-step-taken", &scene.aino.email).await;
    stage.wait(8 * 86_400);
    assert_eq!(set_password(&stage.device(), &letter.code()).await.code(), Code::PasswordCodeWrong);
    stage.device().post("/api/v1/password/forgotten", &email).await.good();
    let reset = stage.letters().await.into_iter().rev().find(|letter| letter.kind == "reset").unwrap();
    assert_eq!(set_password(&stage.device(), &reset.code()).await.good()["step"], "enrol");
}

/// The password was right when it was read; by the time that it is known to be right it is worth nothing, and there is no
/// second step any more that would be asked for.
async fn a_sign_in_that_is_just_being_looked_at_comes_to_nothing(stage: Stage) {
    let scene = Scene::set(&stage, SecondStep::Required).await;
    let (_node, slow) = stage.another_node(Cost::FULL).await;
    // Hashes for names that nobody has go before this one, and each costs the node its time.
    let base = slow.base.clone();
    let others: Vec<_> = (0..40).map(|n| (n, stage.device())).collect();
    let busy = others.into_iter().map(|(n, mut device)| {
        let nobody = Person { email: format!("nobody-{n}@example.fi"), ..scene.aino.clone() };
        device.base.clone_from(&base);
        device.http = slow.http.clone();
        async move { device.password(&nobody, PASSWORD).await.code() }
    });
    let busy = futures_util::future::join_all(busy);
    let tried = async {
        while guesses(&stage).await < 40 {
            tokio::task::yield_now().await;
        }
        slow.password(&scene.aino, PASSWORD).await
    };
    let taken = async {
        while guesses(&stage).await < 41 {
            tokio::task::yield_now().await;
        }
        take_away(&stage.app, scene.aino.id, By::ManagerOf(scene.domain)).await.unwrap();
    };
    let (_, answer, ()) = tokio::join!(busy, tried, taken);
    assert_eq!(answer.code(), Code::CredentialsWrong, "{answer:?}");
}

/// How many accounts somebody is trying to sign in to; one that does not exist counts as one.
async fn guesses(stage: &Stage) -> i64 {
    use sqlx::Row;
    sqlx::query("SELECT COUNT(*) AS n FROM guesses WHERE subject LIKE 'account:%'")
        .fetch_one(stage.app.store.pool())
        .await
        .unwrap()
        .get("n")
}
