use std::sync::Mutex;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use polder_wire::{Code, Problem};
use reqwest::header::HeaderMap;
use serde_json::{Value, json};

/// A client device: a DPoP key, the last nonce, and an HTTP client that trusts the stage's CA.
pub(crate) struct Device {
    key: EcdsaKeyPair,
    nonce: Mutex<Option<String>>,
    pub(crate) http: reqwest::Client,
    /// `https://localhost:PORT`.
    pub(crate) base: String,
    /// What `htu` starts with.
    pub(crate) origin: String,
    /// The client that it says it is.
    pub(crate) client: Option<String>,
}

/// What came back.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    /// The body of an answer that must be good.
    pub(crate) fn good(&self) -> Value {
        assert_eq!(self.status, 200, "{self:?}");
        self.json()
    }

    /// The code of a problem, which must be a proper one.
    pub(crate) fn code(&self) -> Code {
        assert_eq!(self.headers["content-type"], polder_wire::PROBLEM_JSON, "{self:?}");
        let problem: Problem =
            serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no problem: {self:?}"));
        assert_eq!(self.status, problem.status);
        assert_eq!(self.status, problem.code.status());
        assert_eq!(problem.kind, format!("urn:polder:problem:{}", problem.code));
        problem.code
    }
}

impl Device {
    pub(crate) fn new(http: reqwest::Client, base: String, origin: String) -> Self {
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        Self { key, nonce: Mutex::default(), http, base, origin, client: Some("0.1.0 linux-x86_64".into()) }
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.call("POST", path, None, Some(body.to_string())).await
    }

    pub(crate) async fn get(&self, path: &str, access: &str) -> Answer {
        self.call("GET", path, Some(access), None).await
    }

    /// As a client does: a proof with the last nonce, and once more when another is needed.
    pub(crate) async fn call(
        &self,
        method: &str,
        path: &str,
        access: Option<&str>,
        body: Option<String>,
    ) -> Answer {
        let send = || async {
            let proof = self.proof(method, path, access);
            let request = self.request(method, path).header("dpop", proof);
            self.send(with_body(with_access(request, access), body.clone())).await
        };
        let answer = send().await;
        if answer.status == 401 && answer.code() == Code::ProofNeeded { send().await } else { answer }
    }

    /// A request without a proof.
    pub(crate) fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        let request = self.http.request(method.parse().unwrap(), format!("{}{path}", self.base));
        match &self.client {
            Some(client) => request.header("polder-client", client),
            None => request,
        }
    }

    /// Sends it and keeps the nonce.
    pub(crate) async fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        let response = request.send().await.expect("the platform answers");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let nonce = headers.get("dpop-nonce").expect("every answer brings a nonce").to_str().unwrap();
        *self.nonce.lock().unwrap() = Some(nonce.to_owned());
        Answer { status, headers, body: response.bytes().await.unwrap() }
    }

    /// A proof as it should be.
    pub(crate) fn proof(&self, method: &str, path: &str, access: Option<&str>) -> String {
        self.sign(&self.claims(method, path, access))
    }

    /// The claims of a proof as it should be.
    pub(crate) fn claims(&self, method: &str, path: &str, access: Option<&str>) -> Value {
        let mut jti = [0; 16];
        aws_lc_rs::rand::fill(&mut jti).unwrap();
        let mut claims = json!({
            "jti": URL_SAFE_NO_PAD.encode(jti),
            "htm": method,
            "htu": format!("{}{path}", self.origin),
            "iat": 1,
        });
        if let Some(nonce) = &*self.nonce.lock().unwrap() {
            claims["nonce"] = json!(nonce);
        }
        if let Some(access) = access {
            claims["ath"] = json!(URL_SAFE_NO_PAD.encode(digest(&SHA256, access.as_bytes())));
        }
        claims
    }

    /// A proof of these claims by this device.
    pub(crate) fn sign(&self, claims: &Value) -> String {
        let point = self.key.public_key().as_ref();
        let jwk = json!({
            "kty": "EC", "crv": "P-256",
            "x": URL_SAFE_NO_PAD.encode(&point[1..33]), "y": URL_SAFE_NO_PAD.encode(&point[33..]),
        });
        let header = json!({ "typ": "dpop+jwt", "alg": "ES256", "jwk": jwk });
        let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", encode(&header), encode(claims));
        let signature = self.key.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

pub(crate) fn with_access(request: reqwest::RequestBuilder, access: Option<&str>) -> reqwest::RequestBuilder {
    match access {
        Some(access) => request.header("authorization", format!("DPoP {access}")),
        None => request,
    }
}

pub(crate) fn with_body(request: reqwest::RequestBuilder, body: Option<String>) -> reqwest::RequestBuilder {
    match body {
        Some(body) => request.header("content-type", "application/json").body(body),
        None => request,
    }
}
