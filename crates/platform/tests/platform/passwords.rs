use polder_platform::domains::SecondStep;
use polder_platform::login::hashing::Cost;
use polder_wire::Code;
use polder_wire::rights::Role;
use polder_wire::session::FRESH_SECONDS;
use serde_json::{Value, json};
use sqlx::Row;

use crate::support::people::{PASSWORD, text};
use crate::support::{Answer, Device, Person, Stage, code, on_both_engines};

const NEW: &str = "nine herons over the ditch";

on_both_engines! {
    a_first_code_sets_a_password_and_the_second_step_is_enrolled,
    a_forgotten_password_is_set_anew_and_the_second_step_is_still_asked,
    a_new_password_ends_every_session_and_every_sign_in_under_way,
    asking_for_a_code_is_the_same_work_and_the_same_words_whether_there_is_an_account,
    a_code_works_once,
    of_fifty_with_the_same_code_at_once_exactly_one_wins,
    a_first_code_lasts_seven_days_and_another_an_hour,
    asking_again_and_again_sends_five_letters_an_hour_and_kills_no_code,
    a_password_that_is_refused_leaves_the_code_good,
    without_a_second_step_a_password_has_fifteen_characters,
    a_password_is_the_same_however_the_keyboard_composed_it,
    changing_takes_the_old_password_and_ends_the_other_sessions,
    who_has_no_password_yet_cannot_sign_in_with_any,
    a_password_is_hashed_anew_when_hashing_costs_more,
    old_codes_are_swept,
    a_new_password_opens_what_a_stranger_closed,
    guesses_at_the_old_password_end_the_session_at_the_fifth,
    changing_a_password_takes_the_old_one_and_no_sign_in_before_it,
    with_a_second_step_a_stale_sign_in_changes_a_password_by_old_one_and_code,
    guesses_at_the_code_of_a_change_end_the_session_at_the_fifth,
    wrong_codes_of_letters_block_their_address_for_a_time_and_nobody_elses,
    who_guesses_at_codes_of_letters_and_at_names_is_counted_once,
}

impl Device {
    async fn forgot(&self, email: &str) -> Answer {
        self.post("/api/v1/password/forgotten", &json!({ "email": email })).await
    }

    async fn look(&self, code: &str) -> Answer {
        self.post("/api/v1/password/code", &json!({ "code": code })).await
    }

    async fn set(&self, code: &str, password: &str) -> Answer {
        let body = json!({ "code": code, "password": password, "stay": true, "language": "nl" });
        self.post("/api/v1/password/set", &body).await
    }

    async fn change(&self, access: &str, old: &str, new: &str) -> Answer {
        self.change_by(access, json!({ "old": old, "new": new })).await
    }

    async fn change_by(&self, access: &str, body: Value) -> Answer {
        self.call("POST", "/api/v1/account/password", Some(access), Some(body.to_string())).await
    }
}

/// A code that came because the password was forgotten.
async fn reset_code(stage: &Stage, person: &Person) -> String {
    stage.device().forgot(&person.email).await.good();
    stage.letter("reset", &person.email).await.code()
}

async fn a_first_code_sets_a_password_and_the_second_step_is_enrolled(stage: Stage) {
    let domain = stage.domain("Helsinki", SecondStep::Required).await;
    let leena = stage.person_with_second_step(domain, "Leena Korhonen", Role::Manager).await;
    let device = stage.device();
    let ticket = device.ticket(&leena, "code").await;
    let grant = device.code(&ticket, &code::at(leena.totp.as_ref().unwrap(), stage.now())).await.good();
    let body =
        json!({ "name": "Sanna Mäkinen", "email": "Sanna@Example.fi", "role": "editor", "language": "nl" });
    let added = device
        .call("POST", "/api/v1/people", Some(text(&grant, "access_token")), Some(body.to_string()))
        .await
        .good();

    let letter = stage.letter("first-password", "sanna@example.fi").await;
    assert!(letter.text.contains("Subject: De eerste keer aanmelden bij Polder"), "{letter:?}");
    assert!(letter.text.contains("Auto-Submitted: auto-generated"));
    assert!(letter.text.contains("Helsinki"));
    let newcomer = stage.device();
    let rules = newcomer.look(&letter.code()).await.good();
    assert_eq!(
        rules,
        json!({ "name": "Sanna Mäkinen", "email": "sanna@example.fi", "domain_name": "Helsinki", "minimum": 8, "score": 2 })
    );
    // As people type it.
    let typed = letter.code().to_lowercase().replace('-', " ");
    let next = newcomer.set(&typed, NEW).await.good();
    assert_eq!(next["step"], "enrol");
    let ticket = text(&next, "ticket");
    let enrolment = newcomer.post("/api/v1/sign-in/enrolment", &json!({ "ticket": ticket })).await.good();
    let key = code::from_base32(text(&enrolment, "key"));
    let body = json!({ "ticket": ticket, "code": code::at(&key, stage.now()) });
    let enrolled = newcomer.post("/api/v1/sign-in/enrolment/confirm", &body).await.good();
    let me = newcomer.me(text(&enrolled["grant"], "access_token")).await.good();
    assert_eq!(me["user"], added["user"]);
    assert_eq!((&me["role"], &me["second_step"]), (&json!("editor"), &json!(true)));
    // A first password is no news to whoever just chose it.
    assert!(stage.letters().await.iter().all(|letter| letter.kind != "password-changed"));
}

async fn a_forgotten_password_is_set_anew_and_the_second_step_is_still_asked(stage: Stage) {
    let domain = stage.domain("Helsinki", SecondStep::Required).await;
    let aino = stage.person_with_second_step(domain, "Aino Virtanen", Role::Editor).await;
    let device = stage.device();
    device.forgot(" AINO.Virtanen@example.fi ").await.good();
    let letter = stage.letter("reset", &aino.email).await;
    assert!(letter.text.contains("Subject: Your code for a new password"), "{letter:?}");
    let next = device.set(&letter.code(), NEW).await.good();
    assert_eq!(next["step"], "code", "the second step stays");
    let key = aino.totp.as_ref().unwrap();
    let grant = device.code(text(&next, "ticket"), &code::at(key, stage.now())).await.good();
    device.me(text(&grant, "access_token")).await.good();

    assert_eq!(stage.device().password(&aino, PASSWORD).await.code(), Code::CredentialsWrong);
    assert_eq!(stage.device().password(&aino, NEW).await.good()["step"], "code");
    // In the language that was spoken where it was set.
    let told = stage.letter("password-changed", &aino.email).await;
    assert!(told.text.contains("Subject: Je wachtwoord is gewijzigd"), "{told:?}");
}

async fn a_new_password_ends_every_session_and_every_sign_in_under_way(stage: Stage) {
    let domain = stage.domain("Helsinki", SecondStep::Required).await;
    let aino = stage.person_with_second_step(domain, "Aino Virtanen", Role::Editor).await;
    let key = aino.totp.clone().unwrap();
    let (thief, half_way) = (stage.device(), stage.device());
    let ticket = thief.ticket(&aino, "code").await;
    let stolen = thief.code(&ticket, &code::at(&key, stage.now())).await.good();
    let waiting = half_way.ticket(&aino, "code").await;
    let letter = reset_code(&stage, &aino).await;
    stage.device().set(&letter, NEW).await.good();
    assert_eq!(thief.me(text(&stolen, "access_token")).await.code(), Code::SessionOver);
    assert_eq!(thief.refresh(text(&stolen, "refresh_token")).await.code(), Code::SessionOver);
    stage.wait(30);
    assert_eq!(half_way.code(&waiting, &code::at(&key, stage.now())).await.code(), Code::SignInOver);
}

/// How many rows there are that asking could have made.
async fn rows(stage: &Stage) -> Vec<i64> {
    let mut counts = Vec::new();
    for table in ["reset_requests", "password_codes", "outbox", "tickets", "sessions"] {
        let query = sqlx::AssertSqlSafe(format!("SELECT COUNT(*) AS rows_there FROM {table}"));
        let row = sqlx::query(query).fetch_one(stage.app.store.pool()).await.unwrap();
        counts.push(row.get::<i64, _>("rows_there"));
    }
    counts
}

async fn asking_for_a_code_is_the_same_work_and_the_same_words_whether_there_is_an_account(stage: Stage) {
    let domain = stage.domain("Helsinki", SecondStep::Required).await;
    let aino = stage.person_with_second_step(domain, "Aino Virtanen", Role::Editor).await;
    let device = stage.device();
    let known = device.forgot(&aino.email).await;
    let after_known = rows(&stage).await;
    let unknown = device.forgot("nobody@example.fi").await;
    let after_unknown = rows(&stage).await;
    assert_eq!((known.status, &known.body), (200, &unknown.body));
    assert_eq!(unknown.status, 200);
    // One row each, in the same table; whether there is an account was asked of nobody yet.
    assert_eq!(after_known, [1, 0, 0, 0, 0]);
    assert_eq!(after_unknown, [2, 0, 0, 0, 0]);
    assert_eq!(device.forgot(&"a".repeat(321)).await.code(), Code::Malformed);

    let letters = stage.letters().await;
    assert_eq!(letters.len(), 1, "{letters:?}");
    assert!(letters[0].is_to(&aino.email));
    assert_eq!(rows(&stage).await, [0, 1, 0, 0, 0]);
    // A wrong code and a used one are told alike as well.
    let wrong = device.set("00000-00000-00000-00000", NEW).await;
    let nonsense = device.set("no code", NEW).await;
    assert_eq!(wrong.code(), Code::PasswordCodeWrong);
    assert_eq!(wrong.body, nonsense.body);
}

async fn a_code_works_once(stage: Stage) {
    let domain = stage.domain("Turku", SecondStep::Optional).await;
    let aino = stage.person(domain, "Aino Virtanen", Role::Editor).await;
    let letter = reset_code(&stage, &aino).await;
    let device = stage.device();
    assert_eq!(device.set(&letter, NEW).await.good()["step"], "done");
    assert_eq!(device.look(&letter).await.code(), Code::PasswordCodeWrong);
    assert_eq!(device.set(&letter, "ten swans under the dike").await.code(), Code::PasswordCodeWrong);
    device.password(&aino, NEW).await.good();
}

async fn of_fifty_with_the_same_code_at_once_exactly_one_wins(stage: Stage) {
    let domain = stage.domain("Turku", SecondStep::Optional).await;
    let aino = stage.person(domain, "Aino Virtanen", Role::Editor).await;
    let letter = reset_code(&stage, &aino).await;
    let devices: Vec<_> = (0..50).map(|_| stage.device()).collect();
    let tries = devices.iter().enumerate().map(|(n, device)| {
        let (letter, password) = (letter.clone(), format!("{n:02} herons over the ditch"));
        async move {
            // When too many wait for a hash, a client comes again.
            loop {
                let answer = device.set(&letter, &password).await;
                if answer.status != 503 {
                    return (password, answer);
                }
            }
        }
    });
    let answers = futures_util::future::join_all(tries).await;
    let won: Vec<_> = answers.iter().filter(|(_, answer)| answer.status == 200).collect();
    assert_eq!(won.len(), 1);
    for (_, lost) in answers.iter().filter(|(_, answer)| answer.status != 200) {
        assert_eq!(lost.code(), Code::PasswordCodeWrong);
    }
    stage.device().password(&aino, &won[0].0).await.good();
}

async fn a_first_code_lasts_seven_days_and_another_an_hour(stage: Stage) {
    let domain = stage.domain("Turku", SecondStep::Optional).await;
    let aino = stage.person(domain, "Aino Virtanen", Role::Editor).await;
    let eero = stage.invited(domain, "Eero Korhonen").await;
    let first = stage.letter("first-password", &eero).await.code();
    let reset = reset_code(&stage, &aino).await;
    let device = stage.device();
    stage.wait(3599);
    device.look(&reset).await.good();
    stage.wait(1);
    assert_eq!(device.look(&reset).await.code(), Code::PasswordCodeWrong);
    assert_eq!(device.set(&reset, NEW).await.code(), Code::PasswordCodeWrong);
    stage.wait(7 * 24 * 3600 - 3601);
    device.look(&first).await.good();
    stage.wait(1);
    assert_eq!(device.set(&first, NEW).await.code(), Code::PasswordCodeWrong);
    // And there is a way on.
    stage.device().forgot(&eero).await.good();
    let again = stage.letter("reset", &eero).await.code();
    assert_eq!(device.set(&again, NEW).await.good()["step"], "done");
}

async fn asking_again_and_again_sends_five_letters_an_hour_and_kills_no_code(stage: Stage) {
    let domain = stage.domain("Turku", SecondStep::Optional).await;
    let aino = stage.person(domain, "Aino Virtanen", Role::Editor).await;
    let first = reset_code(&stage, &aino).await;
    for _ in 0..9 {
        stage.wait(1);
        stage.device().forgot(&aino.email).await.good();
        stage.letters().await;
    }
    assert_eq!(stage.delivered().len(), 5);
    stage.device().look(&first).await.good();
    stage.wait(3600);
    stage.device().forgot(&aino.email).await.good();
    assert_eq!(stage.letters().await.len(), 6);
}

async fn a_password_that_is_refused_leaves_the_code_good(stage: Stage) {
    let domain = stage.domain("Helsinki", SecondStep::Required).await;
    let aino = stage.person_with_second_step(domain, "Aino Virtanen", Role::Editor).await;
    let letter = reset_code(&stage, &aino).await;
    let device = stage.device();
    for (password, code) in [
        ("xk7!qpz", Code::PasswordTooShort),
        ("", Code::PasswordTooShort),
        (&*"ö水 ".repeat(43), Code::PasswordTooShort),
        ("trustno1", Code::PasswordCommon),
        ("TrustNo1", Code::PasswordCommon),
        ("aino.virtanen", Code::PasswordWeak),
        ("helsinkihelsinki", Code::PasswordWeak),
    ] {
        assert_eq!(device.set(&letter, password).await.code(), code, "{password}");
    }
    // Eight characters are enough with a second step.
    device.set(&letter, "xk7!qpzw").await.good();
}

async fn without_a_second_step_a_password_has_fifteen_characters(stage: Stage) {
    let domain = stage.domain("Turku", SecondStep::Optional).await;
    let aino = stage.person(domain, "Aino Virtanen", Role::Editor).await;
    let letter = reset_code(&stage, &aino).await;
    let device = stage.device();
    assert_eq!(device.look(&letter).await.good()["minimum"], 15);
    assert_eq!(device.set(&letter, "xk7!qpzw 93bt#").await.code(), Code::PasswordTooShort);
    device.set(&letter, "xk7!qpzw 93bt#m").await.good();
}

async fn a_password_is_the_same_however_the_keyboard_composed_it(stage: Stage) {
    let domain = stage.domain("Turku", SecondStep::Optional).await;
    let aino = stage.person(domain, "Aino Virtanen", Role::Editor).await;
    let letter = reset_code(&stage, &aino).await;
    stage.device().set(&letter, "Zwa\u{308}ne u\u{308}ber dem Deich 水").await.good();
    stage.device().password(&aino, "Zwäne über dem Deich 水").await.good();
    let longest = "🦢 ö水q7".repeat(22).chars().take(128).collect::<String>();
    let letter = reset_code(&stage, &aino).await;
    stage.device().set(&letter, &longest).await.good();
    stage.device().password(&aino, &longest).await.good();
}

async fn changing_takes_the_old_password_and_ends_the_other_sessions(stage: Stage) {
    let domain = stage.domain("Turku", SecondStep::Optional).await;
    let aino = stage.person(domain, "Aino Virtanen", Role::Editor).await;
    let (other, elsewhere) = stage.signed_in(&aino).await;
    let (device, grant) = stage.signed_in(&aino).await;
    let access = text(&grant, "access_token");
    let rules = device.get("/api/v1/account/password", access).await.good();
    assert_eq!(rules["minimum"], 15);
    assert_eq!(device.change(access, "not the password", NEW).await.code(), Code::OldPasswordWrong);
    assert_eq!(device.change(access, PASSWORD, "xk7!qpzw").await.code(), Code::PasswordTooShort);
    device.me(access).await.good();
    device.change(access, PASSWORD, NEW).await.good();
    device.me(access).await.good();
    assert_eq!(other.me(text(&elsewhere, "access_token")).await.code(), Code::SessionOver);
    assert_eq!(stage.device().password(&aino, PASSWORD).await.code(), Code::CredentialsWrong);
    stage.device().password(&aino, NEW).await.good();
    stage.letter("password-changed", &aino.email).await;
}

async fn who_has_no_password_yet_cannot_sign_in_with_any(stage: Stage) {
    let domain = stage.domain("Turku", SecondStep::Optional).await;
    let eero = stage.invited(domain, "Eero Korhonen").await;
    for password in ["nobody", PASSWORD, " "] {
        let body = json!({ "email": eero, "password": password, "stay": false });
        let answer = stage.device().post("/api/v1/sign-in/password", &body).await;
        assert_eq!(answer.code(), Code::CredentialsWrong);
    }
}

async fn a_password_is_hashed_anew_when_hashing_costs_more(stage: Stage) {
    let domain = stage.domain("Turku", SecondStep::Optional).await;
    let aino = stage.person(domain, "Aino Virtanen", Role::Editor).await;
    let stored = async || {
        let row = sqlx::query("SELECT password_hash FROM users WHERE id = $1")
            .bind(aino.id.to_string())
            .fetch_one(stage.app.store.pool())
            .await
            .unwrap();
        row.get::<String, _>("password_hash")
    };
    let (_app, device) = stage.another_node(Cost::FULL).await;
    assert!(stored().await.starts_with("$argon2id$v=19$m=8,t=1,"));
    assert_eq!(device.password(&aino, "not the password").await.code(), Code::CredentialsWrong);
    assert!(stored().await.starts_with("$argon2id$v=19$m=8,t=1,"), "only the right one can be hashed");
    device.password(&aino, PASSWORD).await.good();
    let anew = stored().await;
    assert!(anew.starts_with("$argon2id$v=19$m=19456,t=2,"), "{anew}");
    device.password(&aino, PASSWORD).await.good();
    // At a lower cost nothing is hashed anew.
    stage.device().password(&aino, PASSWORD).await.good();
    assert_eq!(stored().await, anew);
}

async fn old_codes_are_swept(stage: Stage) {
    let domain = stage.domain("Turku", SecondStep::Optional).await;
    let aino = stage.person(domain, "Aino Virtanen", Role::Editor).await;
    stage.invited(domain, "Eero Korhonen").await;
    reset_code(&stage, &aino).await;
    stage.wait(3600);
    polder_platform::login::sweep(&stage.app).await.unwrap();
    let left =
        sqlx::query("SELECT kind FROM password_codes").fetch_all(stage.app.store.pool()).await.unwrap();
    let kinds: Vec<Value> = left.iter().map(|row| json!(row.get::<String, _>("kind"))).collect();
    assert_eq!(kinds, [json!("first")]);
}

async fn a_new_password_opens_what_a_stranger_closed(stage: Stage) {
    let domain = stage.domain("Turku", SecondStep::Optional).await;
    let aino = stage.person(domain, "Aino Virtanen", Role::Editor).await;
    for _ in 0..5 {
        assert_eq!(stage.device().password(&aino, "a stranger's guess").await.code(), Code::CredentialsWrong);
    }
    assert_eq!(stage.device().password(&aino, PASSWORD).await.code(), Code::TooManyTries);
    let code = reset_code(&stage, &aino).await;
    stage.device().set(&code, NEW).await.good();
    stage.device().password(&aino, NEW).await.good();
}

/// Whoever finds an open computer does not guess on for ever (B15).
async fn guesses_at_the_old_password_end_the_session_at_the_fifth(stage: Stage) {
    let domain = stage.domain("Turku", SecondStep::Optional).await;
    let aino = stage.person(domain, "Aino Virtanen", Role::Editor).await;
    let (device, grant) = stage.signed_in(&aino).await;
    let access = text(&grant, "access_token");
    for _ in 0..4 {
        assert_eq!(device.change(access, "not the password", NEW).await.code(), Code::OldPasswordWrong);
    }
    // A right one in between pays its own try back, and no other; a new one that is refused costs none.
    assert_eq!(device.change(access, PASSWORD, "xk7!qpzw").await.code(), Code::PasswordTooShort);
    device.change(access, PASSWORD, NEW).await.good();
    assert_eq!(device.change(access, "not the password", NEW).await.code(), Code::SessionOver);
    assert_eq!(device.me(access).await.code(), Code::SessionOver);
}

/// The old password is what a fresh sign-in would have been asked for (B15).
async fn changing_a_password_takes_the_old_one_and_no_sign_in_before_it(stage: Stage) {
    let domain = stage.domain("Turku", SecondStep::Optional).await;
    let aino = stage.person(domain, "Aino Virtanen", Role::Editor).await;
    let (device, grant) = stage.signed_in(&aino).await;
    let access = text(&grant, "access_token");
    stage.wait(i64::from(FRESH_SECONDS));
    let others = async || device.call("DELETE", "/api/v1/sessions", Some(access), None).await;
    assert_eq!(others().await.code(), Code::FreshSignInNeeded);
    assert_eq!(device.change(access, "not the password", NEW).await.code(), Code::OldPasswordWrong);
    assert_eq!(others().await.code(), Code::FreshSignInNeeded);
    device.change(access, PASSWORD, NEW).await.good();
    others().await.good();
    stage.device().password(&aino, NEW).await.good();
}

/// Somebody with a second step who signed in longer ago than is fresh.
async fn stale_with_second_step(stage: &Stage) -> (Person, Device, String) {
    let domain = stage.domain("Helsinki", SecondStep::Required).await;
    let aino = stage.person_with_second_step(domain, "Aino Virtanen", Role::Editor).await;
    let device = stage.device();
    let ticket = device.ticket(&aino, "code").await;
    let grant = device.code(&ticket, &code::at(aino.totp.as_ref().unwrap(), stage.now())).await.good();
    stage.wait(i64::from(FRESH_SECONDS));
    (aino, device, text(&grant, "access_token").to_owned())
}

async fn with_a_second_step_a_stale_sign_in_changes_a_password_by_old_one_and_code(stage: Stage) {
    let (aino, device, access) = stale_with_second_step(&stage).await;
    let key = aino.totp.as_ref().unwrap();
    let right = code::at(key, stage.now());
    let change = async |old: &str, new: &str, code: &str| {
        device.change_by(&access, json!({ "old": old, "new": new, "code": code })).await
    };
    assert_eq!(device.change(&access, PASSWORD, NEW).await.code(), Code::CodeNeeded);
    assert_eq!(change(PASSWORD, NEW, &"1".repeat(65)).await.code(), Code::Malformed);
    assert_eq!(change(PASSWORD, NEW, &code::wrong_at(key, stage.now())).await.code(), Code::CodeWrong);
    // Neither a new one that is refused nor a wrong old one uses the code up.
    assert_eq!(change(PASSWORD, "trustno1", &right).await.code(), Code::PasswordCommon);
    assert_eq!(change("not the password", NEW, &right).await.code(), Code::OldPasswordWrong);
    change(PASSWORD, NEW, &right).await.good();
    // It showed all that a fresh sign-in takes; while that lasts, the old password is enough.
    device.call("DELETE", "/api/v1/sessions", Some(&access), None).await.good();
    device.change(&access, NEW, "ten swans under the dike").await.good();
    // And the code is used up, for the door as well.
    let door = stage.device();
    let next = door.password(&aino, "ten swans under the dike").await.good();
    assert_eq!(door.code(text(&next, "ticket"), &right).await.code(), Code::CodeWrong);
}

/// Who has a stolen session and the password does not get past the second step by it.
async fn guesses_at_the_code_of_a_change_end_the_session_at_the_fifth(stage: Stage) {
    let (aino, device, access) = stale_with_second_step(&stage).await;
    let wrong = code::wrong_at(aino.totp.as_ref().unwrap(), stage.now());
    let body = json!({ "old": PASSWORD, "new": NEW, "code": wrong });
    for _ in 0..4 {
        assert_eq!(device.change_by(&access, body.clone()).await.code(), Code::CodeWrong);
    }
    assert_eq!(device.change_by(&access, body).await.code(), Code::SessionOver);
    assert_eq!(device.me(&access).await.code(), Code::SessionOver);
}

const NO_CODE: &str = "00000-00000-00000-00000";

async fn wrong_codes_of_letters_block_their_address_for_a_time_and_nobody_elses(stage: Stage) {
    let domain = stage.domain("Turku", SecondStep::Optional).await;
    let aino = stage.person(domain, "Aino Virtanen", Role::Editor).await;
    let letter = reset_code(&stage, &aino).await;
    let guesser = stage.device_at(std::net::Ipv4Addr::new(127, 0, 0, 9).into());
    for n in 0..51 {
        // Whether it is looked at or used, and whether or not it can be a code.
        let answer = match n % 3 {
            0 => guesser.look(NO_CODE).await,
            1 => guesser.set(NO_CODE, NEW).await,
            _ => guesser.look("no code").await,
        };
        assert_eq!(answer.code(), Code::PasswordCodeWrong);
        assert_eq!(answer.json()["retry_after"].as_u64(), (n == 50).then_some(900), "{n}");
    }
    for answer in [guesser.look(&letter).await, guesser.set(&letter, NEW).await, guesser.look(NO_CODE).await]
    {
        assert_eq!(answer.code(), Code::AddressBlocked);
        assert_eq!(answer.json()["retry_after"], 900);
    }
    // Whoever has the letter elsewhere goes on, and so does whoever waits.
    stage.device().look(&letter).await.good();
    stage.wait(900);
    guesser.look(&letter).await.good();
    assert_eq!(guesser.look(NO_CODE).await.json()["retry_after"], 1800, "and whoever goes on waits longer");
    stage.device().set(&letter, NEW).await.good();
}

async fn who_guesses_at_codes_of_letters_and_at_names_is_counted_once(stage: Stage) {
    let domain = stage.domain("Turku", SecondStep::Optional).await;
    let aino = stage.person(domain, "Aino Virtanen", Role::Editor).await;
    let guesser = stage.device_at(std::net::Ipv4Addr::new(127, 0, 0, 9).into());
    for n in 0..25 {
        assert_eq!(guesser.look(NO_CODE).await.code(), Code::PasswordCodeWrong);
        let nobody = Person { email: format!("somebody{n}@example.fi"), ..aino.clone() };
        assert_eq!(guesser.password(&nobody, "a guess").await.code(), Code::CredentialsWrong);
    }
    assert_eq!(guesser.look(NO_CODE).await.json()["retry_after"], 900);
    assert_eq!(guesser.password(&aino, PASSWORD).await.code(), Code::AddressBlocked);
    stage.device().password(&aino, PASSWORD).await.good();
}
