use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex};

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::server::{Reply, Request};
use super::tuf::sha256;

pub const LAYER: &[u8] = br#"{"type":"FeatureCollection","features":[]}"#;
pub const PROJECT: &str = "00000000000000000000000000000001";

/// Plays the platform: update files, sign-in, and one project. Proofs are verified for real.
#[derive(Clone)]
pub struct Platform(Arc<Mutex<State>>);

pub struct State {
    pub files: super::tuf::Files,
    pub origin: String,
    nonce: u64,
    seen: HashSet<String>,
    /// By token: the key that it is bound to.
    pub access: BTreeMap<String, String>,
    pub refresh: BTreeMap<String, String>,
    /// By refresh token: the one that it replaced, good until its successor is used.
    predecessors: BTreeMap<String, String>,
    tickets: BTreeMap<String, (String, bool)>,
    issued: u32,
    /// Answers given instead of the real ones, once each, by path.
    pub instead: BTreeMap<String, Vec<Reply>>,
    pub layer: Vec<u8>,
    /// Whether the session is locked.
    pub locked: bool,
}

impl Platform {
    pub fn new(files: super::tuf::Files) -> Self {
        Self(Arc::new(Mutex::new(State {
            files,
            origin: String::new(),
            nonce: 0,
            seen: HashSet::new(),
            access: BTreeMap::new(),
            refresh: BTreeMap::new(),
            predecessors: BTreeMap::new(),
            tickets: BTreeMap::new(),
            issued: 0,
            instead: BTreeMap::new(),
            layer: LAYER.to_vec(),
            locked: false,
        })))
    }

    pub fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.0.lock().unwrap())
    }

    pub fn handler(&self) -> impl Fn(&Request) -> Reply + Send + Sync + 'static {
        let state = Arc::clone(&self.0);
        move |request| state.lock().unwrap().answer(request)
    }
}

impl State {
    fn answer(&mut self, request: &Request) -> Reply {
        if request.path.starts_with("/updates/") {
            return self.files.answer(&request.path);
        }
        if let Some(replies) = self.instead.get_mut(&request.path)
            && !replies.is_empty()
        {
            return replies.remove(0);
        }
        let reply = match self.verify(request) {
            Ok(key) => self.call(request, &key),
            Err(code) => Reply::problem(401, code),
        };
        self.nonce += 1;
        reply.with("dpop-nonce", self.nonce.to_string())
    }

    /// RFC 9449, section 4.3. Gives the key's thumbprint, more or less.
    fn verify(&mut self, request: &Request) -> Result<String, &'static str> {
        let proof = request.headers.get("dpop").ok_or("proof-wrong")?;
        let parts: Vec<_> = proof.split('.').collect();
        let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).unwrap();
        let header: Value = serde_json::from_slice(&decode(parts[0])).unwrap();
        let claims: Value = serde_json::from_slice(&decode(parts[1])).unwrap();
        assert_eq!(header["typ"], "dpop+jwt");
        assert_eq!(header["alg"], "ES256");
        assert!(header["jwk"].get("d").is_none(), "the private key must stay at home");
        let mut point = vec![4];
        point.extend(decode(header["jwk"]["x"].as_str().unwrap()));
        point.extend(decode(header["jwk"]["y"].as_str().unwrap()));
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &point)
            .verify(format!("{}.{}", parts[0], parts[1]).as_bytes(), &decode(parts[2]))
            .map_err(|_| "proof-wrong")?;
        assert_eq!(claims["htm"], request.method.as_str());
        assert_eq!(claims["htu"], format!("{}{}", self.origin, request.path));
        assert!(self.seen.insert(claims["jti"].as_str().unwrap().to_owned()), "a proof was used twice");
        let key = hex::encode(&point);
        if let Some(token) = request.headers.get("authorization") {
            let token = token.strip_prefix("DPoP ").unwrap();
            assert_eq!(claims["ath"], URL_SAFE_NO_PAD.encode(digest(&SHA256, token.as_bytes())));
            match self.access.get(token) {
                Some(bound) if *bound == key => {}
                Some(_) => return Err("proof-wrong"),
                None => return Err("access-expired"),
            }
        }
        let nonce = claims.get("nonce").and_then(Value::as_str).and_then(|text| text.parse::<u64>().ok());
        if !nonce.is_some_and(|nonce| (1..=self.nonce).contains(&nonce)) {
            return Err("proof-needed");
        }
        Ok(key)
    }

    fn call(&mut self, request: &Request, key: &str) -> Reply {
        let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
        match request.path.as_str() {
            "/api/v1/sign-in/password" => self.password(&body, key),
            "/api/v1/sign-in/enrolment" => Reply::json(&json!({"key": "ABCD", "uri": "otpauth://totp/x"})),
            "/api/v1/sign-in/code" => self.code(&body, key),
            "/api/v1/sign-in/enrolment/confirm" => match self.try_code(&body, key) {
                Ok(grant) => {
                    Reply::json(&json!({"grant": grant, "recovery": {"codes": ["aaaa-bbbb-cccc-dddd"]}}))
                }
                Err(reply) => reply,
            },
            "/api/v1/sign-in/recovery" => match self.tickets.get(body["ticket"].as_str().unwrap()).cloned() {
                Some((bound, stay)) if bound == key && body["recovery_code"] == "aaaa-bbbb-cccc-dddd" => {
                    Reply::json(&json!({"grant": self.grant(key, stay), "left": 9}))
                }
                _ => Reply::problem(401, "recovery-code-wrong"),
            },
            "/api/v1/session/refresh" => self.refresh(&body, key),
            "/api/v1/session/end" => match self.refresh.remove(body["refresh_token"].as_str().unwrap()) {
                Some(_) => {
                    self.access.clear();
                    Reply::json(&json!({}))
                }
                None => Reply::problem(401, "session-over"),
            },
            _ if !request.headers.contains_key("authorization") => Reply::problem(401, "access-expired"),
            "/api/v1/session/lock" => {
                self.locked = true;
                Reply::json(&json!({}))
            }
            "/api/v1/session/unlock" | "/api/v1/session/prove" if body["password"] != "right" => {
                Reply::problem(403, "password-wrong")
            }
            "/api/v1/session/unlock" => {
                self.locked = false;
                Reply::json(&json!({"fresh_seconds": 300}))
            }
            _ if self.locked => Reply::problem(423, "session-locked"),
            "/api/v1/session/prove" => Reply::json(&json!({"fresh_seconds": 300})),
            "/api/v1/sessions" if request.method == "DELETE" => Reply::json(&json!({"ended": 2})),
            "/api/v1/sessions" => Reply::json(&json!({"devices": [{
                "session": PROJECT, "current": true, "name": "kontor", "system": "Debian", "address": null,
                "signed_in_at": 1, "last_used_at": 2, "stay": true, "locked": false}]})),
            path if path == format!("/api/v1/sessions/{PROJECT}") => Reply::json(&json!({})),
            "/api/v1/projects" => Reply::json(&json!({"projects": [summary()]})),
            path if path == format!("/api/v1/projects/{PROJECT}") => Reply::json(&json!({
                "project": summary(),
                "manifest": {"area": [0.0, 0.0, 1.0, 1.0], "attribution": "us", "layers": [{
                    "id": "trees", "title": "Trees", "theme": "trees", "features": 0,
                    "bytes": LAYER.len(), "sha256": sha256(LAYER)}]},
            })),
            path if path == format!("/api/v1/projects/{PROJECT}/versions/1/layers/trees") => {
                Reply::new(200, self.layer.clone())
            }
            _ => Reply::problem(404, "not-found"),
        }
    }

    fn password(&mut self, body: &Value, key: &str) -> Reply {
        let stay = body["stay"].as_bool().unwrap();
        let step = match (body["email"].as_str(), body["password"].as_str()) {
            (Some("code@x"), Some("right")) => "code",
            (Some("enrol@x"), Some("right")) => "enrol",
            (Some("done@x"), Some("right")) => {
                let mut grant = self.grant(key, stay);
                grant["step"] = "done".into();
                return Reply::json(&grant);
            }
            _ => return Reply::problem(401, "credentials-wrong"),
        };
        let ticket = format!("ticket-{}", self.tickets.len());
        self.tickets.insert(ticket.clone(), (key.to_owned(), stay));
        Reply::json(&json!({"step": step, "ticket": ticket, "domain_name": "Helsinki"}))
    }

    fn code(&mut self, body: &Value, key: &str) -> Reply {
        self.try_code(body, key).map_or_else(|reply| reply, |grant| Reply::json(&grant))
    }

    fn try_code(&mut self, body: &Value, key: &str) -> Result<Value, Reply> {
        match self.tickets.get(body["ticket"].as_str().unwrap()).cloned() {
            Some((bound, stay)) if bound == key => match body["code"].as_str() {
                Some("123456") => Ok(self.grant(key, stay)),
                _ => Err(Reply::problem(401, "code-wrong")),
            },
            _ => Err(Reply::problem(401, "sign-in-over")),
        }
    }

    fn refresh(&mut self, body: &Value, key: &str) -> Reply {
        let token = body["refresh_token"].as_str().unwrap().to_owned();
        match self.refresh.get(&token) {
            Some(bound) if bound == key => {
                // Its predecessor is dead from now on.
                if let Some(old) = self.predecessors.remove(&token) {
                    self.refresh.remove(&old);
                }
                let grant = self.grant(key, true);
                self.predecessors.insert(grant["refresh_token"].as_str().unwrap().to_owned(), token);
                Reply::json(&grant)
            }
            _ => Reply::problem(401, "session-over"),
        }
    }

    fn grant(&mut self, key: &str, stay: bool) -> Value {
        self.issued += 1;
        let (access, refresh) = (format!("access-{}", self.issued), format!("refresh-{}", self.issued));
        self.access.insert(access.clone(), key.to_owned());
        self.refresh.insert(refresh.clone(), key.to_owned());
        json!({
            "access_token": access, "access_seconds": 600, "refresh_token": refresh,
            "stay_seconds": 1_209_600, "stay": stay, "locked": self.locked,
            "me": {"user": PROJECT, "session": PROJECT, "name": "Ada", "email": "ada@x", "domain": PROJECT,
                "domain_name": "Helsinki", "role": "editor", "second_step": true},
        })
    }
}

fn summary() -> Value {
    let person = json!({"id": PROJECT, "name": "Ada"});
    json!({
        "id": PROJECT, "name": "Centre", "description": "", "owner": person, "access": "write",
        "latest": {"number": 1, "author": person, "saved_at": 1_700_000_000, "note": "", "bytes": LAYER.len()},
    })
}
