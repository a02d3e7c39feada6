use polder_platform::domains::SecondStep;
use polder_wire::Code;
use polder_wire::rights::Role;
use serde_json::json;

use crate::support::people::{PASSWORD, text};
use crate::support::{Stage, code, on_both_engines};

const PASSWORD_PATH: &str = "/api/v1/sign-in/password";

on_both_engines! {
    without_a_second_step_the_password_signs_in,
    the_email_is_found_in_any_letter_case,
    a_wrong_password_and_an_unknown_name_are_answered_with_the_same_bytes,
    a_password_takes_1_to_128_characters,
    password_and_code_sign_in,
    who_has_a_second_step_is_asked_for_it_where_it_is_optional,
    a_wrong_code_is_refused_and_after_five_the_sign_in_is_over,
    of_many_guesses_at_once_only_five_are_looked_at,
    a_code_used_twice_is_refused,
    of_many_devices_with_the_same_code_at_once_one_gets_in,
    a_ticket_works_once,
    a_ticket_lasts_five_minutes,
    a_ticket_of_another_device_is_worth_nothing,
    a_newcomer_enrols_with_a_first_code,
    of_two_enrolments_the_first_confirmed_one_stays,
    who_has_a_second_step_cannot_enrol_another_with_the_password_alone,
    old_tickets_and_sessions_are_swept_and_living_ones_stay,
}

async fn without_a_second_step_the_password_signs_in(stage: Stage) {
    let domain = stage.domain("Turku", SecondStep::Optional).await;
    let aino = stage.person(domain, "Aino Virtanen", Role::Editor).await;
    let (device, grant) = stage.signed_in(&aino).await;
    assert_eq!(grant["access_seconds"], 600);
    assert_eq!(grant["stay_seconds"], 604_800);
    assert_eq!(grant["stay"], true);
    let me = device.me(text(&grant, "access_token")).await.good();
    assert_eq!(me, grant["me"]);
    assert_eq!(me["name"], "Aino Virtanen");
    assert_eq!(me["email"], "aino.virtanen@example.fi");
    assert_eq!(me["domain_name"], "Turku");
    assert_eq!(me["role"], "editor");
    assert_eq!(me["second_step"], false);
}

async fn the_email_is_found_in_any_letter_case(stage: Stage) {
    let domain = stage.domain("Turku", SecondStep::Optional).await;
    stage.person(domain, "Aino Virtanen", Role::Editor).await;
    let body = json!({ "email": "  AINO.Virtanen@Example.FI ", "password": PASSWORD, "stay": false });
    assert_eq!(stage.device().post(PASSWORD_PATH, &body).await.good()["step"], "done");
}

async fn a_wrong_password_and_an_unknown_name_are_answered_with_the_same_bytes(stage: Stage) {
    let domain = stage.domain("Turku", SecondStep::Required).await;
    let aino = stage.person_with_second_step(domain, "Aino Virtanen", Role::Editor).await;
    let device = stage.device();
    let wrong = device.password(&aino, "not the password").await;
    let unknown = json!({ "email": "nobody@example.fi", "password": PASSWORD, "stay": true });
    let unknown = device.post(PASSWORD_PATH, &unknown).await;
    assert_eq!(wrong.code(), Code::CredentialsWrong);
    assert_eq!(wrong.body, unknown.body);
    assert_eq!(wrong.status, unknown.status);
    let names = |headers: &reqwest::header::HeaderMap| {
        headers
            .iter()
            .filter(|(name, _)| !["date", "dpop-nonce"].contains(&name.as_str()))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect::<Vec<_>>()
    };
    assert_eq!(names(&wrong.headers), names(&unknown.headers));
}

async fn a_password_takes_1_to_128_characters(stage: Stage) {
    let device = stage.device();
    for (password, code) in [
        ("", Code::Malformed),
        (&*"ä".repeat(128), Code::CredentialsWrong),
        (&*"ä".repeat(129), Code::Malformed),
    ] {
        let body = json!({ "email": "nobody@example.fi", "password": password, "stay": true });
        assert_eq!(device.post(PASSWORD_PATH, &body).await.code(), code);
    }
}

async fn password_and_code_sign_in(stage: Stage) {
    let domain = stage.domain("Helsinki", SecondStep::Required).await;
    let aino = stage.person_with_second_step(domain, "Aino Virtanen", Role::Editor).await;
    let device = stage.device();
    let answer = device.password(&aino, PASSWORD).await.good();
    assert_eq!(answer["step"], "code");
    assert_eq!(answer["domain_name"], "Helsinki");
    let right = code::at(aino.totp.as_ref().unwrap(), stage.now());
    let grant = device.code(text(&answer, "ticket"), &right).await.good();
    assert_eq!(grant["me"]["second_step"], true);
    device.me(text(&grant, "access_token")).await.good();
}

async fn who_has_a_second_step_is_asked_for_it_where_it_is_optional(stage: Stage) {
    let domain = stage.domain("Turku", SecondStep::Optional).await;
    let aino = stage.person_with_second_step(domain, "Aino Virtanen", Role::Editor).await;
    stage.device().ticket(&aino, "code").await;
}

async fn a_wrong_code_is_refused_and_after_five_the_sign_in_is_over(stage: Stage) {
    let domain = stage.domain("Helsinki", SecondStep::Required).await;
    let aino = stage.person_with_second_step(domain, "Aino Virtanen", Role::Editor).await;
    let key = aino.totp.clone().unwrap();
    let device = stage.device();
    let ticket = device.ticket(&aino, "code").await;
    for _ in 0..5 {
        assert_eq!(device.code(&ticket, &code::wrong_at(&key, stage.now())).await.code(), Code::CodeWrong);
    }
    assert_eq!(device.code(&ticket, &code::at(&key, stage.now())).await.code(), Code::SignInOver);
    stage.wait(30);
    let ticket = device.ticket(&aino, "code").await;
    device.code(&ticket, &code::at(&key, stage.now())).await.good();
}

async fn of_many_guesses_at_once_only_five_are_looked_at(stage: Stage) {
    let domain = stage.domain("Helsinki", SecondStep::Required).await;
    let aino = stage.person_with_second_step(domain, "Aino Virtanen", Role::Editor).await;
    let wrong = code::wrong_at(aino.totp.as_ref().unwrap(), stage.now());
    let device = stage.device();
    let ticket = device.ticket(&aino, "code").await;
    let guesses = futures_util::future::join_all((0..12).map(|_| device.code(&ticket, &wrong))).await;
    let codes: Vec<_> = guesses.iter().map(crate::support::Answer::code).collect();
    assert_eq!(codes.iter().filter(|&&code| code == Code::CodeWrong).count(), 5, "{codes:?}");
    // Whichever of the two counts is full first: the account's or the sign-in's.
    let late = |code: &Code| [Code::SignInOver, Code::TooManyTries].contains(code);
    assert_eq!(codes.iter().filter(|code| late(code)).count(), 7, "{codes:?}");
}

async fn a_code_used_twice_is_refused(stage: Stage) {
    let domain = stage.domain("Helsinki", SecondStep::Required).await;
    let aino = stage.person_with_second_step(domain, "Aino Virtanen", Role::Editor).await;
    let key = aino.totp.clone().unwrap();
    let right = code::at(&key, stage.now());
    let (one, other) = (stage.device(), stage.device());
    let (first, second) = (one.ticket(&aino, "code").await, other.ticket(&aino, "code").await);
    one.code(&first, &right).await.good();
    assert_eq!(other.code(&second, &right).await.code(), Code::CodeWrong);
    stage.wait(30);
    other.code(&second, &code::at(&key, stage.now())).await.good();
}

async fn of_many_devices_with_the_same_code_at_once_one_gets_in(stage: Stage) {
    let domain = stage.domain("Helsinki", SecondStep::Required).await;
    let aino = stage.person_with_second_step(domain, "Aino Virtanen", Role::Editor).await;
    let right = code::at(aino.totp.as_ref().unwrap(), stage.now());
    let devices: Vec<_> = (0..16).map(|_| stage.device()).collect();
    let mut tickets = Vec::new();
    for device in &devices {
        tickets.push(device.ticket(&aino, "code").await);
    }
    let all = devices.iter().zip(&tickets).map(|(device, ticket)| device.code(ticket, &right));
    let answers = futures_util::future::join_all(all).await;
    let signed_in = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(signed_in, 1);
    let late = |code: Code| [Code::CodeWrong, Code::TooManyTries].contains(&code);
    assert!(answers.iter().filter(|answer| answer.status != 200).all(|answer| late(answer.code())));
}

async fn a_ticket_works_once(stage: Stage) {
    let domain = stage.domain("Helsinki", SecondStep::Required).await;
    let aino = stage.person_with_second_step(domain, "Aino Virtanen", Role::Editor).await;
    let key = aino.totp.clone().unwrap();
    let device = stage.device();
    let ticket = device.ticket(&aino, "code").await;
    device.code(&ticket, &code::at(&key, stage.now())).await.good();
    stage.wait(30);
    assert_eq!(device.code(&ticket, &code::at(&key, stage.now())).await.code(), Code::SignInOver);
}

async fn a_ticket_lasts_five_minutes(stage: Stage) {
    let domain = stage.domain("Helsinki", SecondStep::Required).await;
    let aino = stage.person_with_second_step(domain, "Aino Virtanen", Role::Editor).await;
    let key = aino.totp.clone().unwrap();
    let device = stage.device();
    let ticket = device.ticket(&aino, "code").await;
    stage.wait(300);
    assert_eq!(device.code(&ticket, &code::at(&key, stage.now())).await.code(), Code::SignInOver);
    let ticket = device.ticket(&aino, "code").await;
    stage.wait(299);
    device.code(&ticket, &code::at(&key, stage.now())).await.good();
}

async fn a_ticket_of_another_device_is_worth_nothing(stage: Stage) {
    let domain = stage.domain("Helsinki", SecondStep::Required).await;
    let aino = stage.person_with_second_step(domain, "Aino Virtanen", Role::Editor).await;
    let newcomer = stage.person(domain, "Eero Korhonen", Role::Viewer).await;
    let right = code::at(aino.totp.as_ref().unwrap(), stage.now());
    let (device, thief) = (stage.device(), stage.device());
    let ticket = device.ticket(&aino, "code").await;
    assert_eq!(thief.code(&ticket, &right).await.code(), Code::SignInOver);
    // Nor does it cost the device its tries.
    for _ in 0..6 {
        thief.code(&ticket, &right).await;
    }
    device.code(&ticket, &right).await.good();
    let ticket = device.ticket(&newcomer, "enrol").await;
    let body = json!({ "ticket": ticket });
    assert_eq!(thief.post("/api/v1/sign-in/enrolment", &body).await.code(), Code::SignInOver);
}

async fn a_newcomer_enrols_with_a_first_code(stage: Stage) {
    let domain = stage.domain("Helsinki", SecondStep::Required).await;
    let eero = stage.person(domain, "Eero Korhonen", Role::Viewer).await;
    let device = stage.device();
    let ticket = device.ticket(&eero, "enrol").await;
    let confirm = async |code: &str| {
        let body = json!({ "ticket": ticket, "code": code });
        device.post("/api/v1/sign-in/enrolment/confirm", &body).await
    };
    assert_eq!(confirm("123456").await.code(), Code::EnrolmentNotOpen);

    let first = device.post("/api/v1/sign-in/enrolment", &json!({ "ticket": ticket })).await.good();
    let enrolment = device.post("/api/v1/sign-in/enrolment", &json!({ "ticket": ticket })).await.good();
    assert_ne!(first["key"], enrolment["key"], "asking again replaces the key");
    let key = code::from_base32(text(&enrolment, "key"));
    assert_eq!(key.len(), 20);
    let uri = url::Url::parse(text(&enrolment, "uri")).unwrap();
    assert_eq!((uri.scheme(), uri.host_str()), ("otpauth", Some("totp")));
    let secret = uri.query_pairs().find(|(name, _)| name == "secret").unwrap().1.into_owned();
    assert_eq!(secret, text(&enrolment, "key"));

    let replaced = code::at(&code::from_base32(text(&first, "key")), stage.now());
    assert_eq!(confirm(&replaced).await.code(), Code::CodeWrong);
    let right = code::at(&key, stage.now());
    let answer = confirm(&right).await.good();
    assert_eq!(answer["grant"]["me"]["second_step"], true);

    // The first code is spent, and from now on a code is asked.
    let ticket = device.ticket(&eero, "code").await;
    assert_eq!(device.code(&ticket, &right).await.code(), Code::CodeWrong);
    stage.wait(30);
    device.code(&ticket, &code::at(&key, stage.now())).await.good();
}

async fn of_two_enrolments_the_first_confirmed_one_stays(stage: Stage) {
    let domain = stage.domain("Helsinki", SecondStep::Required).await;
    let eero = stage.person(domain, "Eero Korhonen", Role::Viewer).await;
    let (one, other) = (stage.device(), stage.device());
    let mut enrolled = Vec::new();
    for device in [&one, &other] {
        let ticket = device.ticket(&eero, "enrol").await;
        let enrolment = device.post("/api/v1/sign-in/enrolment", &json!({ "ticket": ticket })).await.good();
        let code = code::at(&code::from_base32(text(&enrolment, "key")), stage.now());
        enrolled.push(json!({ "ticket": ticket, "code": code }));
    }
    let path = "/api/v1/sign-in/enrolment/confirm";
    one.post(path, &enrolled[0]).await.good();
    assert_eq!(other.post(path, &enrolled[1]).await.code(), Code::EnrolmentNotOpen);
}

async fn who_has_a_second_step_cannot_enrol_another_with_the_password_alone(stage: Stage) {
    let domain = stage.domain("Helsinki", SecondStep::Required).await;
    let aino = stage.person_with_second_step(domain, "Aino Virtanen", Role::Editor).await;
    let device = stage.device();
    let ticket = device.ticket(&aino, "code").await;
    let enrol = device.post("/api/v1/sign-in/enrolment", &json!({ "ticket": ticket })).await;
    assert_eq!(enrol.code(), Code::EnrolmentNotOpen);
    let body = json!({ "ticket": ticket, "code": "123456" });
    let confirm = device.post("/api/v1/sign-in/enrolment/confirm", &body).await;
    assert_eq!(confirm.code(), Code::EnrolmentNotOpen);
}

async fn old_tickets_and_sessions_are_swept_and_living_ones_stay(stage: Stage) {
    let domain = stage.domain("Helsinki", SecondStep::Required).await;
    let aino = stage.person_with_second_step(domain, "Aino Virtanen", Role::Editor).await;
    let key = aino.totp.clone().unwrap();
    let device = stage.device();
    device.ticket(&aino, "code").await;
    stage.wait(301);
    let ticket = device.ticket(&aino, "code").await;
    polder_platform::login::sweep(&stage.app).await.unwrap();
    let left = sqlx::query("SELECT hash FROM tickets").fetch_all(stage.app.store.pool()).await.unwrap();
    assert_eq!(left.len(), 1);
    device.code(&ticket, &code::at(&key, stage.now())).await.good();
    stage.wait(7 * 24 * 3600);
    polder_platform::login::sweep(&stage.app).await.unwrap();
    for table in ["SELECT id FROM sessions", "SELECT hash FROM refresh_tokens"] {
        assert!(sqlx::query(table).fetch_all(stage.app.store.pool()).await.unwrap().is_empty());
    }
}
