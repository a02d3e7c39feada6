use polder_platform::domains::SecondStep;
use polder_wire::Code;
use polder_wire::rights::Role;
use serde_json::{Value, json};

use crate::support::device::{Answer, with_access};
use crate::support::people::text;
use crate::support::{Device, Stage, on_both_engines};

const ME: &str = "/api/v1/me";

async fn signed_in(stage: &Stage) -> (Device, String) {
    let domain = stage.domain("Turku", SecondStep::Optional).await;
    let aino = stage.person(domain, "Aino Virtanen", Role::Editor).await;
    let (device, grant) = stage.signed_in(&aino).await;
    let access = text(&grant, "access_token").to_owned();
    (device, access)
}

/// `GET /api/v1/me` with a proof of these claims.
async fn ask(device: &Device, access: &str, claims: &Value) -> Answer {
    let request = device.request("GET", ME).header("dpop", device.sign(claims));
    device.send(with_access(request, Some(access))).await
}

on_both_engines! {
    without_a_proof_or_a_nonce_the_answer_brings_a_nonce,
    sign_in_and_session_calls_need_a_proof_too,
    a_nonce_of_another_node_or_time_is_asked_for_anew,
    a_replayed_proof_is_refused,
    a_proof_for_another_method_path_host_or_token_is_refused,
    a_proof_of_another_key_is_refused,
    a_damaged_proof_is_refused,
    two_proofs_or_two_tokens_are_malformed,
    no_token_and_a_bearer_token_are_no_session,
}

async fn without_a_proof_or_a_nonce_the_answer_brings_a_nonce(stage: Stage) {
    let (device, access) = signed_in(&stage).await;
    let bare = device.send(with_access(device.request("GET", ME), Some(&access))).await;
    assert_eq!(bare.code(), Code::ProofNeeded);
    assert!(bare.headers["www-authenticate"].to_str().unwrap().contains("use_dpop_nonce"));

    let mut claims = device.claims("GET", ME, Some(&access));
    claims.as_object_mut().unwrap().remove("nonce");
    assert_eq!(ask(&device, &access, &claims).await.code(), Code::ProofNeeded);
    ask(&device, &access, &device.claims("GET", ME, Some(&access))).await.json();
}

async fn sign_in_and_session_calls_need_a_proof_too(stage: Stage) {
    let device = stage.device();
    for path in [
        "/api/v1/sign-in/password",
        "/api/v1/sign-in/enrolment",
        "/api/v1/sign-in/enrolment/confirm",
        "/api/v1/sign-in/code",
        "/api/v1/session/refresh",
        "/api/v1/session/end",
    ] {
        let request = device.request("POST", path).header("content-type", "application/json").body("{}");
        assert_eq!(device.send(request).await.code(), Code::ProofNeeded, "{path}");
    }
}

async fn a_nonce_of_another_node_or_time_is_asked_for_anew(stage: Stage) {
    let (device, access) = signed_in(&stage).await;
    let mut claims = device.claims("GET", ME, Some(&access));
    claims["nonce"] = json!("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    assert_eq!(ask(&device, &access, &claims).await.code(), Code::ProofNeeded);
    let old = device.claims("GET", ME, Some(&access));
    stage.wait(3600);
    assert_eq!(ask(&device, &access, &old).await.code(), Code::ProofNeeded);
}

async fn a_replayed_proof_is_refused(stage: Stage) {
    let (device, access) = signed_in(&stage).await;
    let proof = device.proof("GET", ME, Some(&access));
    let send = async || {
        let request = device.request("GET", ME).header("dpop", proof.as_str());
        device.send(with_access(request, Some(&access))).await
    };
    send().await.good();
    assert_eq!(send().await.code(), Code::ProofWrong);
}

async fn a_proof_for_another_method_path_host_or_token_is_refused(stage: Stage) {
    let (device, access) = signed_in(&stage).await;
    for (claim, value) in [
        ("htm", json!("POST")),
        ("htu", json!("https://platform.test/api/v1/projects")),
        ("htu", json!("https://elsewhere.test/api/v1/me")),
        ("htu", json!("http://platform.test/api/v1/me")),
        ("ath", json!("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")),
        ("ath", Value::Null),
    ] {
        let mut claims = device.claims("GET", ME, Some(&access));
        claims[claim] = value.clone();
        assert_eq!(ask(&device, &access, &claims).await.code(), Code::ProofWrong, "{claim} {value}");
    }
    let mut claims = device.claims("GET", ME, Some(&access));
    claims.as_object_mut().unwrap().remove("ath");
    assert_eq!(ask(&device, &access, &claims).await.code(), Code::ProofWrong);
}

async fn a_proof_of_another_key_is_refused(stage: Stage) {
    let (device, access) = signed_in(&stage).await;
    let other = stage.device();
    assert_eq!(other.me(&access).await.code(), Code::ProofWrong);
    // Nor does another key's signature under the right key's name pass.
    let mine = device.proof("GET", ME, Some(&access));
    let theirs = other.sign(&device.claims("GET", ME, Some(&access)));
    let mixed = format!("{}.{}", mine.rsplit_once('.').unwrap().0, theirs.rsplit_once('.').unwrap().1);
    let request = device.request("GET", ME).header("dpop", mixed);
    assert_eq!(device.send(with_access(request, Some(&access))).await.code(), Code::ProofWrong);
}

async fn a_damaged_proof_is_refused(stage: Stage) {
    let (device, access) = signed_in(&stage).await;
    let good = device.proof("GET", ME, Some(&access));
    for damaged in ["", "x", "a.b.c", &good[1..], &good[..good.len() - 4], &format!("{good}.x")] {
        let request = device.request("GET", ME).header("dpop", damaged);
        assert_eq!(
            device.send(with_access(request, Some(&access))).await.code(),
            Code::ProofWrong,
            "{damaged}"
        );
    }
}

async fn two_proofs_or_two_tokens_are_malformed(stage: Stage) {
    let (device, access) = signed_in(&stage).await;
    let proof = || device.proof("GET", ME, Some(&access));
    let request = device.request("GET", ME).header("dpop", proof()).header("dpop", proof());
    assert_eq!(device.send(with_access(request, Some(&access))).await.code(), Code::Malformed);
    let request = with_access(device.request("GET", ME).header("dpop", proof()), Some(&access));
    assert_eq!(device.send(with_access(request, Some(&access))).await.code(), Code::Malformed);
}

async fn no_token_and_a_bearer_token_are_no_session(stage: Stage) {
    let (device, access) = signed_in(&stage).await;
    let request = device.request("GET", ME).header("dpop", device.proof("GET", ME, None));
    assert_eq!(device.send(request).await.code(), Code::SessionOver);
    let request = device.request("GET", ME).header("dpop", device.proof("GET", ME, Some(&access)));
    let request = request.header("authorization", format!("Bearer {access}"));
    assert_eq!(device.send(request).await.code(), Code::SessionOver);
    for no_token in ["", "DPoP", "x"] {
        let request = device.request("GET", ME).header("dpop", device.proof("GET", ME, Some(&access)));
        let request = request.header("authorization", no_token);
        assert_eq!(device.send(request).await.code(), Code::SessionOver, "{no_token:?}");
    }
}
