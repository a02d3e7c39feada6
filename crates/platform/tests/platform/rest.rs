use std::fs;
use std::path::Path;

use polder_platform::account::{Email, PersonName};
use polder_platform::domains::SecondStep;
use polder_platform::operators;
use polder_platform::rights::OthersAccess;
use polder_platform::store::Engine;
use polder_wire::Secret;
use polder_wire::rights::Role;
use serde_json::json;

use crate::support::people::{PASSWORD, STREET, text};
use crate::support::{Stage, code, database, on_both_engines};

/// All bytes of all files below a folder.
fn files(folder: &Path, into: &mut Vec<u8>) -> usize {
    let mut count = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            count += files(&path, into);
        } else {
            into.extend(path.to_string_lossy().as_bytes());
            into.extend(fs::read(&path).unwrap());
            count += 1;
        }
    }
    count
}

fn holds(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}

on_both_engines! {
    nothing_personal_lies_in_the_database_or_the_blobs,
    a_sealed_value_does_not_open_in_another_row,
}

async fn nothing_personal_lies_in_the_database_or_the_blobs(stage: Stage) {
    let mut stage = stage;
    let domain = stage.domain("Helsinki City Planning", SecondStep::Required).await;
    let aino = stage.person_with_second_step(domain, "Aino Virtanen", Role::Editor).await;
    let eero = stage.person(domain, "Eero Korhonen", Role::Viewer).await;
    operators::add(
        &stage.app,
        &Email::new("operator@polder.fi").unwrap(),
        &PersonName::new("Olga Operator").unwrap(),
        Secret::new(PASSWORD),
    )
    .await
    .unwrap();
    stage.project(&aino, "Market square", OthersAccess::None).await;

    // One enrolment that is confirmed and one that is under way.
    let device = stage.device();
    let ticket = device.ticket(&aino, "code").await;
    let key = aino.totp.clone().unwrap();
    let grant = device.code(&ticket, &code::at(&key, stage.now())).await.good();
    device.get("/api/v1/projects", text(&grant, "access_token")).await.good();
    let pending = device.ticket(&eero, "enrol").await;
    let enrolment = device.post("/api/v1/sign-in/enrolment", &json!({ "ticket": pending })).await.good();
    let pending_key = text(&enrolment, "key").to_owned();

    let mut bytes = Vec::new();
    let mut collect = |folder: &Path| {
        let count = files(folder, &mut bytes);
        assert!(count > 0);
    };
    // With the write-ahead log as it is in use, and again when it is folded in.
    collect(&stage.config.data);
    if stage.engine == Engine::Postgres {
        bytes.extend(database::everything(&stage.config.database_url).await);
        bytes.extend(database::everything(&stage.config.keys.url).await);
    }
    stage.stop().await;
    files(&stage.config.data, &mut bytes);

    // The search finds what is there.
    assert!(holds(&bytes, domain.to_string().as_bytes()));
    assert!(holds(&bytes, aino.id.to_string().as_bytes()));

    let base32 = code::base32(&key);
    let raw_pending = code::from_base32(&pending_key);
    let wanted: &[(&str, &[u8])] = &[
        ("e-mail", b"aino.virtanen@example.fi"),
        ("e-mail's host", b"example.fi"),
        ("name", b"Virtanen"),
        ("another name", b"Korhonen"),
        ("operator's e-mail", b"operator@polder.fi"),
        ("operator's name", b"Olga"),
        ("domain's name", b"City Planning"),
        ("project's name", b"Market square"),
        ("project's description", b"market to the station"),
        ("attribution", "© somebody".as_bytes()),
        ("layer's title", b"Streets"),
        ("street's name", STREET.as_bytes()),
        ("GeoJSON", b"FeatureCollection"),
        ("TOTP key", &key),
        ("TOTP key in Base32", base32.as_bytes()),
        ("TOTP key in hexadecimal", &hex::encode(&key).into_bytes()),
        ("pending TOTP key", &raw_pending),
        ("pending TOTP key in Base32", pending_key.as_bytes()),
        ("password", PASSWORD.as_bytes()),
        ("access token", text(&grant, "access_token").as_bytes()),
        ("refresh token", text(&grant, "refresh_token").as_bytes()),
        ("ticket", pending.as_bytes()),
    ];
    for (what, wanted) in wanted {
        assert!(!holds(&bytes, wanted), "the {what} lies in the clear");
    }
    let master = fs::read(&stage.config.keys.master).unwrap();
    assert!(!holds(&bytes, &master));
}

async fn a_sealed_value_does_not_open_in_another_row(stage: Stage) {
    let domain = stage.domain("Turku", SecondStep::Optional).await;
    let aino = stage.person(domain, "Aino Virtanen", Role::Editor).await;
    let eero = stage.person(domain, "Eero Korhonen", Role::Editor).await;
    let (device, grant) = stage.signed_in(&eero).await;
    let mut write = stage.app.store.write().await.unwrap();
    sqlx::query("UPDATE users SET name = (SELECT name FROM users WHERE id = $1) WHERE id = $2")
        .bind(aino.id.to_string())
        .bind(eero.id.to_string())
        .execute(write.on())
        .await
        .unwrap();
    write.commit().await.unwrap();
    let answer = device.me(text(&grant, "access_token")).await;
    assert_eq!(answer.code(), polder_wire::Code::Internal);
    assert!(!holds(&answer.body, b"Aino"));
}
