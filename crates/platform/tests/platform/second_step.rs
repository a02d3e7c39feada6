//! Second step and recovery codes (B3, B4, B5, B17).

use polder_platform::domains::SecondStep;
use polder_wire::Code;
use polder_wire::rights::Role;
use serde_json::{Value, json};
use sqlx::Row;

use crate::support::people::{PASSWORD, text};
use crate::support::{Answer, Device, Person, Stage, code, on_both_engines};

on_both_engines! {
    enrolment_gives_ten_recovery_codes_and_each_signs_in_once,
    using_a_recovery_code_is_told_by_mail_with_how_many_are_left,
    of_fifty_devices_with_the_same_recovery_code_at_once_one_gets_in,
    of_fifty_devices_with_the_same_code_at_once_one_gets_in,
    new_recovery_codes_make_the_old_ones_worthless,
    a_recovery_code_is_of_one_person_alone,
    recovery_codes_do_not_lie_in_the_database,
    the_last_second_step_cannot_be_removed_where_the_domain_asks_for_one,
    where_it_is_optional_it_can_be_removed_and_its_recovery_codes_are_gone,
    another_second_step_takes_the_place_of_the_one_before,
    a_key_that_waits_for_its_first_code_does_so_for_a_quarter_of_an_hour_and_ten_tries,
    a_change_of_the_second_step_takes_a_fresh_sign_in,
    a_wrong_code_tells_the_platforms_time,
    two_codes_of_a_clock_that_is_wrong_tell_how_far_and_one_tells_nothing,
}

const RECOVERY: &str = "/api/v1/sign-in/recovery";

/// Somebody who set up the second step at the first sign-in: their key, their recovery codes, their device and session.
struct Enrolled {
    person: Person,
    key: Vec<u8>,
    codes: Vec<String>,
    device: Device,
    access: String,
}

async fn enrolled(stage: &Stage, name: &str) -> Enrolled {
    let domain = stage.domain("Helsinki", SecondStep::Required).await;
    let person = stage.person(domain, name, Role::Editor).await;
    enrol(stage, person).await
}

async fn enrol(stage: &Stage, person: Person) -> Enrolled {
    let device = stage.device();
    let ticket = device.ticket(&person, "enrol").await;
    let enrolment = device.post("/api/v1/sign-in/enrolment", &json!({ "ticket": ticket })).await.good();
    let key = code::from_base32(text(&enrolment, "key"));
    let body = json!({ "ticket": ticket, "code": code::at(&key, stage.now()) });
    let answer = device.post("/api/v1/sign-in/enrolment/confirm", &body).await.good();
    let access = text(&answer["grant"], "access_token").to_owned();
    Enrolled { person, key, codes: codes(&answer["recovery"]), device, access }
}

fn codes(recovery: &Value) -> Vec<String> {
    recovery["codes"].as_array().unwrap().iter().map(|code| code.as_str().unwrap().to_owned()).collect()
}

async fn recover(device: &Device, person: &Person, recovery_code: &str) -> Answer {
    let ticket = device.ticket(person, "code").await;
    device.post(RECOVERY, &json!({ "ticket": ticket, "recovery_code": recovery_code })).await
}

impl Enrolled {
    async fn post(&self, path: &str, body: Value) -> Answer {
        self.device.call("POST", path, Some(&self.access), Some(body.to_string())).await
    }

    async fn standing(&self) -> Value {
        self.device.get("/api/v1/me/second-step", &self.access).await.good()
    }
}

async fn letters(stage: &Stage, person: &Person) -> i64 {
    sqlx::query("SELECT COUNT(*) AS n FROM outbox WHERE user_id = $1")
        .bind(person.id.to_string())
        .fetch_one(stage.app.store.pool())
        .await
        .unwrap()
        .get("n")
}

async fn enrolment_gives_ten_recovery_codes_and_each_signs_in_once(stage: Stage) {
    let aino = enrolled(&stage, "Aino Virtanen").await;
    assert_eq!(aino.codes.len(), 10);
    assert_eq!(aino.codes.iter().collect::<std::collections::HashSet<_>>().len(), 10);
    let standing = aino.standing().await;
    assert_eq!(standing, json!({ "since": stage.now(), "required": true, "recovery_left": 10 }));
    for (n, recovery_code) in aino.codes.iter().enumerate() {
        let device = stage.device();
        // However it is written.
        let typed = if n % 2 == 0 { recovery_code.to_uppercase() } else { recovery_code.replace('-', " ") };
        let answer = recover(&device, &aino.person, &typed).await.good();
        assert_eq!(answer["left"], 9 - n);
        device.me(text(&answer["grant"], "access_token")).await.good();
        assert_eq!(recover(&device, &aino.person, recovery_code).await.code(), Code::RecoveryCodeWrong);
    }
    assert_eq!(aino.standing().await["recovery_left"], 0);
}

async fn using_a_recovery_code_is_told_by_mail_with_how_many_are_left(stage: Stage) {
    let aino = enrolled(&stage, "Aino Virtanen").await;
    let before = letters(&stage, &aino.person).await;
    assert!(before >= 1, "that there is a second step now is told as well");
    assert_eq!(
        recover(&stage.device(), &aino.person, "0000-0000-0000-0000").await.code(),
        Code::RecoveryCodeWrong
    );
    assert_eq!(letters(&stage, &aino.person).await, before);
    recover(&stage.device(), &aino.person, &aino.codes[3]).await.good();
    assert!(letters(&stage, &aino.person).await > before);
}

async fn of_fifty_devices_with_the_same_recovery_code_at_once_one_gets_in(stage: Stage) {
    let aino = enrolled(&stage, "Aino Virtanen").await;
    let devices: Vec<_> = (0..50).map(|_| stage.device()).collect();
    let mut bodies = Vec::new();
    for device in &devices {
        let ticket = device.ticket(&aino.person, "code").await;
        bodies.push(json!({ "ticket": ticket, "recovery_code": aino.codes[0] }));
    }
    let all = devices.iter().zip(&bodies).map(|(device, body)| device.post(RECOVERY, body));
    one_of(&futures_util::future::join_all(all).await, Code::RecoveryCodeWrong);
    assert_eq!(aino.standing().await["recovery_left"], 9);
}

async fn of_fifty_devices_with_the_same_code_at_once_one_gets_in(stage: Stage) {
    let aino = enrolled(&stage, "Aino Virtanen").await;
    stage.wait(60);
    let right = code::at(&aino.key, stage.now());
    let devices: Vec<_> = (0..50).map(|_| stage.device()).collect();
    let mut tickets = Vec::new();
    for device in &devices {
        tickets.push(device.ticket(&aino.person, "code").await);
    }
    let all = devices.iter().zip(&tickets).map(|(device, ticket)| device.code(ticket, &right));
    one_of(&futures_util::future::join_all(all).await, Code::CodeWrong);
}

/// Exactly one went through; the others were too late, or had to wait because so many came.
fn one_of(answers: &[Answer], late: Code) {
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    let others = answers.iter().filter(|answer| answer.status != 200).map(Answer::code);
    assert!(others.into_iter().all(|code| code == late || code == Code::TooManyTries));
}

async fn new_recovery_codes_make_the_old_ones_worthless(stage: Stage) {
    let aino = enrolled(&stage, "Aino Virtanen").await;
    let new = codes(&aino.post("/api/v1/me/recovery-codes", json!({})).await.good());
    assert_eq!(new.len(), 10);
    assert_eq!(recover(&stage.device(), &aino.person, &aino.codes[0]).await.code(), Code::RecoveryCodeWrong);
    recover(&stage.device(), &aino.person, &new[0]).await.good();
    assert_eq!(aino.standing().await["recovery_left"], 9);
}

async fn a_recovery_code_is_of_one_person_alone(stage: Stage) {
    let aino = enrolled(&stage, "Aino Virtanen").await;
    let eero = stage.person(aino.person.domain, "Eero Korhonen", Role::Viewer).await;
    let eero = enrol(&stage, eero).await;
    let stolen = recover(&stage.device(), &eero.person, &aino.codes[0]).await;
    assert_eq!(stolen.code(), Code::RecoveryCodeWrong);
    // And of one that is enrolling it opens nothing.
    let device = stage.device();
    let new = stage.person(aino.person.domain, "Uusi Tulokas", Role::Viewer).await;
    let ticket = device.ticket(&new, "enrol").await;
    let body = json!({ "ticket": ticket, "recovery_code": aino.codes[0] });
    assert_eq!(device.post(RECOVERY, &body).await.code(), Code::SignInOver);
    assert_eq!(aino.standing().await["recovery_left"], 10);
}

async fn recovery_codes_do_not_lie_in_the_database(stage: Stage) {
    let aino = enrolled(&stage, "Aino Virtanen").await;
    let rows =
        sqlx::query("SELECT hash FROM recovery_codes").fetch_all(stage.app.store.pool()).await.unwrap();
    assert_eq!(rows.len(), 10);
    for code in &aino.codes {
        let bare = code.replace('-', "");
        let plain = hex::encode(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bare.as_bytes()));
        for row in &rows {
            let hash: String = row.get("hash");
            assert!(!hash.contains(&bare) && hash != plain, "a hash without a key could be tried");
        }
    }
}

async fn the_last_second_step_cannot_be_removed_where_the_domain_asks_for_one(stage: Stage) {
    let aino = enrolled(&stage, "Aino Virtanen").await;
    let refused = aino.post("/api/v1/me/second-step/remove", json!({})).await;
    assert_eq!(refused.code(), Code::SecondStepRequired);
    assert_eq!(aino.standing().await["recovery_left"], 10);
    stage.device().ticket(&aino.person, "code").await;
}

async fn where_it_is_optional_it_can_be_removed_and_its_recovery_codes_are_gone(stage: Stage) {
    let domain = stage.domain("Turku", SecondStep::Optional).await;
    let person = stage.person(domain, "Aino Virtanen", Role::Editor).await;
    let (device, grant) = stage.signed_in(&person).await;
    let access = text(&grant, "access_token").to_owned();
    let mut aino = Enrolled { person, key: Vec::new(), codes: Vec::new(), device, access };
    assert_eq!(aino.post("/api/v1/me/recovery-codes", json!({})).await.code(), Code::SecondStepAbsent);
    assert_eq!(aino.post("/api/v1/me/second-step/remove", json!({})).await.code(), Code::SecondStepAbsent);
    let enrolment = aino.post("/api/v1/me/second-step/enrolment", json!({})).await.good();
    aino.key = code::from_base32(text(&enrolment, "key"));
    let body = json!({ "code": code::at(&aino.key, stage.now()) });
    aino.codes = codes(&aino.post("/api/v1/me/second-step/confirm", body).await.good());
    let ticket = stage.device().ticket(&aino.person, "code").await;
    aino.post("/api/v1/me/second-step/remove", json!({})).await.good();
    assert_eq!(aino.standing().await, json!({ "since": null, "required": false, "recovery_left": 0 }));
    assert_eq!(stage.device().password(&aino.person, PASSWORD).await.good()["step"], "done");
    // A sign-in that waited for the code begins anew.
    let body = json!({ "ticket": ticket, "recovery_code": aino.codes[0] });
    assert_eq!(stage.device().post(RECOVERY, &body).await.code(), Code::SignInOver);
}

async fn another_second_step_takes_the_place_of_the_one_before(stage: Stage) {
    let aino = enrolled(&stage, "Aino Virtanen").await;
    let enrolment = aino.post("/api/v1/me/second-step/enrolment", json!({})).await.good();
    let key = code::from_base32(text(&enrolment, "key"));
    assert_ne!(key, aino.key);
    // The old one stays until the new one proved itself.
    stage.wait(60);
    let device = stage.device();
    let ticket = device.ticket(&aino.person, "code").await;
    device.code(&ticket, &code::at(&aino.key, stage.now())).await.good();

    let first = code::at(&key, stage.now());
    let new = codes(&aino.post("/api/v1/me/second-step/confirm", json!({ "code": first })).await.good());
    stage.wait(30);
    let ticket = device.ticket(&aino.person, "code").await;
    assert_eq!(device.code(&ticket, &code::at(&aino.key, stage.now())).await.code(), Code::CodeWrong);
    assert_eq!(device.code(&ticket, &first).await.code(), Code::CodeWrong, "the first code is spent");
    assert_eq!(recover(&device, &aino.person, &aino.codes[0]).await.code(), Code::RecoveryCodeWrong);
    device.code(&ticket, &code::at(&key, stage.now())).await.good();
    recover(&device, &aino.person, &new[0]).await.good();
    let again =
        aino.post("/api/v1/me/second-step/confirm", json!({ "code": code::at(&key, stage.now()) })).await;
    assert_eq!(again.code(), Code::EnrolmentNotOpen);
}

async fn a_key_that_waits_for_its_first_code_does_so_for_a_quarter_of_an_hour_and_ten_tries(stage: Stage) {
    let aino = enrolled(&stage, "Aino Virtanen").await;
    let confirm =
        async |code: String| aino.post("/api/v1/me/second-step/confirm", json!({ "code": code })).await;
    let enrolment = aino.post("/api/v1/me/second-step/enrolment", json!({})).await.good();
    let key = code::from_base32(text(&enrolment, "key"));
    for _ in 0..10 {
        assert_eq!(confirm(code::wrong_at(&key, stage.now())).await.code(), Code::CodeWrong);
    }
    assert_eq!(confirm(code::at(&key, stage.now())).await.code(), Code::EnrolmentNotOpen);
    assert_eq!(aino.standing().await["recovery_left"], 10, "the one in force stays");
}

async fn a_change_of_the_second_step_takes_a_fresh_sign_in(stage: Stage) {
    let aino = enrolled(&stage, "Aino Virtanen").await;
    stage.wait(300);
    for path in
        ["/api/v1/me/second-step/enrolment", "/api/v1/me/second-step/remove", "/api/v1/me/recovery-codes"]
    {
        assert_eq!(aino.post(path, json!({})).await.code(), Code::FreshSignInNeeded, "{path}");
    }
    let confirm = aino.post("/api/v1/me/second-step/confirm", json!({ "code": "123456" })).await;
    assert_eq!(confirm.code(), Code::FreshSignInNeeded);
    aino.standing().await;
}

async fn a_wrong_code_tells_the_platforms_time(stage: Stage) {
    let aino = enrolled(&stage, "Aino Virtanen").await;
    let device = stage.device();
    let ticket = device.ticket(&aino.person, "code").await;
    let answer = device.code(&ticket, &code::wrong_at(&aino.key, stage.now())).await;
    assert_eq!(answer.code(), Code::CodeWrong);
    assert_eq!(answer.json()["clock"], json!({ "platform": stage.now() }));
}

async fn two_codes_of_a_clock_that_is_wrong_tell_how_far_and_one_tells_nothing(stage: Stage) {
    let aino = enrolled(&stage, "Aino Virtanen").await;
    let device = stage.device();
    for off in [-11 * 3600, -300, 90, 3600] {
        let ticket = device.ticket(&aino.person, "code").await;
        let typed =
            async |at: i64| device.code(&ticket, &code::at(&aino.key, at)).await.json()["clock"].clone();
        // One code that was right once tells as much as one that never was: nothing.
        assert_eq!(typed(stage.now() + off).await, json!({ "platform": stage.now() }));
        assert_eq!(typed(stage.now() + off).await, json!({ "platform": stage.now() }), "the same once more");
        assert_eq!(
            typed(stage.now() + off + 600).await,
            json!({ "platform": stage.now() }),
            "and one of another time"
        );
        typed(stage.now() + off).await;
        stage.wait(30);
        let told = typed(stage.now() + off).await;
        assert_eq!(told["authenticator_ahead"], off, "{told}");
        // What is wrong with the clock is not to be learnt by waiting.
        sqlx::query("DELETE FROM guesses").execute(stage.app.store.pool()).await.unwrap();
    }
}
