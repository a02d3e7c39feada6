use polder_platform::domains::SecondStep;
use polder_platform::rights::OthersAccess;
use polder_wire::Code;
use polder_wire::rights::{Access, Role};

use crate::support::people::{streets, text, trees};
use crate::support::{Stage, on_both_engines};

const MISSING: &str = "0123456789abcdef0123456789abcdef";

on_both_engines! {
    a_project_opens_with_its_manifest_and_its_layers_byte_for_byte,
    a_project_that_is_not_mine_is_answered_with_the_bytes_of_a_missing_one,
    a_project_of_another_domain_does_not_exist_even_for_its_manager,
    shared_granted_and_managed_projects_open_with_the_right_access,
    a_version_or_layer_that_is_not_there_is_not_found,
    a_project_comes_with_a_small_drawing_of_its_own_layers,
}

async fn a_project_opens_with_its_manifest_and_its_layers_byte_for_byte(stage: Stage) {
    let domain = stage.domain("Helsinki", SecondStep::Optional).await;
    let aino = stage.person(domain, "Aino Virtanen", Role::Editor).await;
    let id = stage.project(&aino, "Market square", OthersAccess::None).await;
    let (device, grant) = stage.signed_in(&aino).await;
    let access = text(&grant, "access_token");

    let listed = device.get("/api/v1/projects", access).await.good();
    assert_eq!(listed["projects"].as_array().unwrap().len(), 1);
    let summary = &listed["projects"][0];
    assert_eq!(summary["id"], id.to_string());
    assert_eq!(summary["name"], "Market square");
    assert_eq!(summary["description"], "From the market to the station");
    assert_eq!(summary["owner"]["name"], "Aino Virtanen");
    assert_eq!(summary["access"], "write");
    assert_eq!(summary["latest"]["number"], 1);
    assert_eq!(summary["latest"]["saved_at"], stage.now());
    assert_eq!(summary["latest"]["bytes"], streets().len() + trees().len());

    let opened = device.get(&format!("/api/v1/projects/{id}"), access).await.good();
    assert_eq!(&opened["project"], summary);
    let manifest = &opened["manifest"];
    assert_eq!(manifest["area"], serde_json::json!([24.93, 60.168, 24.952, 60.17]));
    assert_eq!(manifest["attribution"], "© somebody");
    let ids: Vec<_> = manifest["layers"].as_array().unwrap().iter().map(|l| text(l, "id")).collect();
    assert_eq!(ids, ["streets", "trees"]);
    assert_eq!(manifest["layers"][1]["features"], 2);

    for (layer, bytes) in manifest["layers"].as_array().unwrap().iter().zip([streets(), trees()]) {
        let path = format!("/api/v1/projects/{id}/versions/1/layers/{}", text(layer, "id"));
        let answer = device.get(&path, access).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.headers["content-type"], "application/geo+json");
        assert_eq!(answer.headers["cache-control"], "no-store");
        assert_eq!(answer.body, bytes);
        let sha256 = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &bytes);
        assert_eq!(text(layer, "sha256"), hex::encode(sha256));
        assert_eq!(layer["bytes"], bytes.len());
    }
}

async fn a_project_that_is_not_mine_is_answered_with_the_bytes_of_a_missing_one(stage: Stage) {
    let domain = stage.domain("Helsinki", SecondStep::Optional).await;
    let aino = stage.person(domain, "Aino Virtanen", Role::Editor).await;
    let eero = stage.person(domain, "Eero Korhonen", Role::Editor).await;
    let id = stage.project(&aino, "Market square", OthersAccess::None).await.to_string();
    let (device, grant) = stage.signed_in(&eero).await;
    let access = text(&grant, "access_token");
    for path in
        ["/api/v1/projects/ID", "/api/v1/projects/ID/sketch", "/api/v1/projects/ID/versions/1/layers/streets"]
    {
        let hidden = device.get(&path.replace("ID", &id), access).await;
        let missing = device.get(&path.replace("ID", MISSING), access).await;
        assert_eq!(hidden.code(), Code::NotFound);
        assert_eq!(hidden.body, missing.body);
        assert_eq!(hidden.headers.len(), missing.headers.len());
    }
    let listed = device.get("/api/v1/projects", access).await.good();
    assert_eq!(listed["projects"].as_array().unwrap().len(), 0);
}

async fn a_project_of_another_domain_does_not_exist_even_for_its_manager(stage: Stage) {
    let helsinki = stage.domain("Helsinki", SecondStep::Optional).await;
    let turku = stage.domain("Turku", SecondStep::Optional).await;
    let aino = stage.person(helsinki, "Aino Virtanen", Role::Manager).await;
    let eero = stage.person(turku, "Eero Korhonen", Role::Manager).await;
    let all = OthersAccess::Some(Access::Write);
    let id = stage.project(&aino, "Market square", all).await;
    let (device, grant) = stage.signed_in(&eero).await;
    let access = text(&grant, "access_token");
    let answer = device.get(&format!("/api/v1/projects/{id}"), access).await;
    let missing = device.get(&format!("/api/v1/projects/{MISSING}"), access).await;
    assert_eq!((answer.code(), &answer.body), (Code::NotFound, &missing.body));
    for of_it in ["sketch", "versions/1/layers/streets"] {
        let path = format!("/api/v1/projects/{id}/{of_it}");
        assert_eq!(device.get(&path, access).await.code(), Code::NotFound);
    }
    assert_eq!(device.get("/api/v1/projects", access).await.good()["projects"].as_array().unwrap().len(), 0);
}

async fn shared_granted_and_managed_projects_open_with_the_right_access(stage: Stage) {
    let domain = stage.domain("Helsinki", SecondStep::Optional).await;
    let owner = stage.person(domain, "Aino Virtanen", Role::Editor).await;
    let editor = stage.person(domain, "Eero Korhonen", Role::Editor).await;
    let viewer = stage.person(domain, "Liisa Niemi", Role::Viewer).await;
    let manager = stage.person(domain, "Matti Laine", Role::Manager).await;
    let shared = stage.project(&owner, "Shared", OthersAccess::Some(Access::Write)).await;
    stage.wait(1);
    let granted = stage.project(&owner, "Granted", OthersAccess::None).await;
    let mut write = stage.app.store.write().await.unwrap();
    sqlx::query(
        "INSERT INTO project_grants (domain_id, project_id, user_id, access) VALUES ($1, $2, $3, 'read')",
    )
    .bind(domain.to_string())
    .bind(granted.to_string())
    .bind(editor.id.to_string())
    .execute(write.on())
    .await
    .unwrap();
    write.commit().await.unwrap();

    for (person, expected) in [
        (&editor, vec![(granted, "read"), (shared, "write")]),
        (&viewer, vec![(shared, "read")]),
        (&manager, vec![(granted, "read"), (shared, "write")]),
    ] {
        let (device, grant) = stage.signed_in(person).await;
        let access = text(&grant, "access_token");
        let listed = device.get("/api/v1/projects", access).await.good();
        let found: Vec<_> = listed["projects"]
            .as_array()
            .unwrap()
            .iter()
            .map(|project| (text(project, "id").parse().unwrap(), text(project, "access")))
            .collect();
        assert_eq!(found, expected, "{}", person.name);
        for (id, what) in expected {
            let opened = device.get(&format!("/api/v1/projects/{id}"), access).await.good();
            assert_eq!(opened["project"]["access"], what);
            device.get(&format!("/api/v1/projects/{id}/versions/1/layers/trees"), access).await.json();
        }
    }
}

async fn a_version_or_layer_that_is_not_there_is_not_found(stage: Stage) {
    let domain = stage.domain("Helsinki", SecondStep::Optional).await;
    let aino = stage.person(domain, "Aino Virtanen", Role::Editor).await;
    let id = stage.project(&aino, "Market square", OthersAccess::None).await;
    let (device, grant) = stage.signed_in(&aino).await;
    let access = text(&grant, "access_token");
    for (rest, code) in [
        ("versions/2/layers/streets", Code::NotFound),
        ("versions/0/layers/streets", Code::NotFound),
        ("versions/1/layers/houses", Code::NotFound),
        ("versions/-1/layers/streets", Code::Malformed),
        ("versions/1/layers/STREETS", Code::Malformed),
        ("versions/1/layers/..%2f..", Code::Malformed),
        ("versions/1/layers/%ff", Code::Malformed),
        ("versions/4294967296/layers/streets", Code::Malformed),
        ("versions/1/layers", Code::NotFound),
    ] {
        let answer = device.get(&format!("/api/v1/projects/{id}/{rest}"), access).await;
        assert_eq!(answer.code(), code, "{rest}");
    }
    assert_eq!(device.get("/api/v1/projects/nonsense", access).await.code(), Code::Malformed);
}

async fn a_project_comes_with_a_small_drawing_of_its_own_layers(stage: Stage) {
    let domain = stage.domain("Helsinki", SecondStep::Optional).await;
    let aino = stage.person(domain, "Aino Virtanen", Role::Editor).await;
    let id = stage.project(&aino, "Market square", OthersAccess::None).await;
    let (device, grant) = stage.signed_in(&aino).await;
    let access = text(&grant, "access_token");
    let path = format!("/api/v1/projects/{id}/sketch");
    let sketch = device.get(&path, access).await.good();
    assert_eq!((&sketch["width"], &sketch["height"]), (&640.into(), &400.into()));
    let drawn: Vec<_> = sketch["parts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|part| (text(part, "theme"), text(part, "shape")))
        .collect();
    // The tree stands where the area ends, outside of its middle.
    assert_eq!(drawn, [("streets", "line")]);
    for path in sketch["parts"].as_array().unwrap().iter().flat_map(|part| part["paths"].as_array().unwrap())
    {
        let numbers = path.as_array().unwrap();
        assert!(numbers.len() % 2 == 0 && numbers.iter().all(serde_json::Value::is_i64), "{path}");
    }

    // A version from before there were any opens all the same.
    let mut write = stage.app.store.write().await.unwrap();
    sqlx::query("UPDATE versions SET sketch = NULL").execute(write.on()).await.unwrap();
    write.commit().await.unwrap();
    let sketch = device.get(&path, access).await.good();
    assert_eq!(sketch["parts"], serde_json::json!([]));
}
