//! Typed calls to the platform, for whoever was admitted.

mod failure;

pub use failure::{Clocks, Failure};

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use polder_wire::{Code, Endpoint, Method, PROBLEM_JSON, Problem, Secret, UnixSeconds};
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use crate::chain::chain;
use crate::device::{DeviceKey, Proof};
use crate::gate::Admission;
use crate::surroundings::Surroundings;
pub(crate) use crate::transport::Lines;
use crate::transport::{Answer, Limits, Opened, Request, TransportError};

/// The way to the platform. It takes an [`Admission`], which only the gate makes:
///
/// ```
/// use polder_client::{api::Client, gate::{Gate, Refusal}, surroundings::Surroundings};
/// use polder_wire::UnixSeconds;
///
/// async fn admitted(gate: &Gate) -> Result<Client, Refusal> {
///     let admission = gate.check(UnixSeconds::from_clock(), &|_| {}).await?;
///     Ok(Client::new(admission, Surroundings::system()))
/// }
/// ```
///
/// So code that talks to the platform without having passed the gate does not compile:
///
/// ```compile_fail,E0061
/// use polder_client::{api::Client, surroundings::Surroundings};
///
/// fn unadmitted() -> Client {
///     Client::new(Surroundings::system())
/// }
/// ```
///
/// Nor can a client be put together by hand:
///
/// ```compile_fail,E0603
/// let forge = polder_client::api::Client;
/// ```
///
/// Cheap to clone; all clones end together, when the admission does.
#[derive(Clone)]
pub struct Client(Arc<Inner>);

struct Inner {
    admission: Admission,
    surroundings: Surroundings,
    /// The platform's last nonce. One is enough: each answer brings the next.
    nonce: Mutex<Option<String>>,
    /// The latest time that was seen: an admission does not live longer because a clock is set back.
    latest: AtomicI64,
    outdated: AtomicBool,
}

/// Who calls: the device, and what it was given.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Caller<'a> {
    pub(crate) key: &'a DeviceKey,
    pub(crate) access_token: Option<&'a Secret>,
}

impl Client {
    /// A client for as long as the admission counts.
    pub fn new(admission: Admission, surroundings: Surroundings) -> Self {
        let latest = AtomicI64::new(admission.checked_at().0);
        let (nonce, outdated) = (Mutex::default(), AtomicBool::new(false));
        Self(Arc::new(Inner { admission, surroundings, nonce, latest, outdated }))
    }

    /// What it was made with.
    pub fn admission(&self) -> &Admission {
        &self.0.admission
    }

    pub(crate) fn surroundings(&self) -> &Surroundings {
        &self.0.surroundings
    }

    /// One call with an answer in JSON.
    pub(crate) async fn call<E: Endpoint>(
        &self,
        endpoint: &E,
        body: &E::Body,
        caller: Caller<'_>,
    ) -> Result<E::Answer, Failure>
    where
        E::Answer: DeserializeOwned,
    {
        let body = match E::METHOD {
            Method::Get | Method::Delete => None,
            Method::Post => Some(json(body)?),
        };
        let answer = self.send(E::METHOD, &endpoint.path(), body, caller, Limits::JSON).await?;
        // `Nothing` may come as nothing at all; anything else says that it is JSON, which a page in between does not.
        if !answer.body.is_empty() && !is(&answer, "application/json") {
            tracing::warn!(at = E::TEMPLATE, "an answer that does not say that it is JSON");
            return Err(Failure::of(Code::AnswerBroken));
        }
        let text: &[u8] = if answer.body.is_empty() { b"{}" } else { &answer.body };
        serde_json::from_slice(text).map_err(|error| Failure::logged(Code::AnswerBroken, E::TEMPLATE, &error))
    }

    /// One call whose answer is a file of exactly so many bytes.
    pub(crate) async fn file<E: Endpoint<Answer = polder_wire::Raw>>(
        &self,
        endpoint: &E,
        length: u64,
        caller: Caller<'_>,
    ) -> Result<Bytes, Failure> {
        Ok(self.send(E::METHOD, &endpoint.path(), None, caller, Limits::file(length)).await?.body)
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<Bytes>,
        caller: Caller<'_>,
        limits: Limits,
    ) -> Result<Answer, Failure> {
        let last = self.nonce().clone();
        let mut answer = self.send_once(method, path, body.clone(), caller, limits, last.as_deref()).await?;
        if is_proof_needed(&answer) {
            // Once more with this very answer's nonce: meanwhile another call may have met another node.
            let nonce = answer.nonce.take();
            answer = self.send_once(method, path, body, caller, limits, nonce.as_deref()).await?;
        }
        match answer.status {
            200 | 204 => Ok(answer),
            _ => Err(self.refusal(&answer)),
        }
    }

    /// One call whose answer stays open.
    pub(crate) async fn lines<E: Endpoint<Answer = polder_wire::Raw>>(
        &self,
        endpoint: &E,
        caller: Caller<'_>,
    ) -> Result<Lines, Failure> {
        let path = endpoint.path();
        let mut nonce = self.nonce().clone();
        let mut again = true;
        loop {
            let request = self.request(E::METHOD, &path, None, caller, nonce.as_deref())?;
            let answer =
                match self.0.admission.transport().open(request).await.map_err(|error| no_answer(&error))? {
                    Opened::Lines(lines) => {
                        self.remember(lines.nonce().as_ref());
                        return Ok(lines);
                    }
                    Opened::Answer(answer) => answer,
                };
            self.remember(answer.nonce.as_ref());
            if !again || !is_proof_needed(&answer) {
                return Err(self.refusal(&answer));
            }
            (again, nonce) = (false, answer.nonce);
        }
    }

    fn refusal(&self, answer: &Answer) -> Failure {
        if answer.status == Code::ClientOutdated.status() {
            self.0.outdated.store(true, Ordering::SeqCst);
            return Failure::of(Code::ClientOutdated);
        }
        failure_of(answer, self.0.surroundings.now())
    }

    async fn send_once(
        &self,
        method: Method,
        path: &str,
        json: Option<Bytes>,
        caller: Caller<'_>,
        limits: Limits,
        nonce: Option<&str>,
    ) -> Result<Answer, Failure> {
        let request = self.request(method, path, json, caller, nonce)?;
        let answer =
            self.0.admission.transport().send(request, limits).await.map_err(|error| no_answer(&error))?;
        self.remember(answer.nonce.as_ref());
        Ok(answer)
    }

    fn request<'r>(
        &self,
        method: Method,
        path: &'r str,
        json: Option<Bytes>,
        caller: Caller<'r>,
        nonce: Option<&str>,
    ) -> Result<Request<'r>, Failure> {
        self.still_admitted()?;
        let proof = Proof {
            method,
            url: &format!("{}{path}", self.0.admission.origin()),
            access_token: caller.access_token,
            nonce,
            issued_at: self.0.surroundings.now(),
        };
        let proof = caller
            .key
            .prove(proof, self.0.surroundings.random())
            .map_err(|error| Failure::logged(Code::Unexpected, path, &error))?;
        let access_token = caller.access_token.map(Secret::expose);
        Ok(Request { method, path, proof: Some(proof), access_token, json })
    }

    fn remember(&self, nonce: Option<&String>) {
        if let Some(nonce) = nonce {
            *self.nonce() = Some(nonce.clone());
        }
    }

    /// Whether the admission still counts.
    fn still_admitted(&self) -> Result<(), Failure> {
        if self.0.outdated.load(Ordering::SeqCst) {
            return Err(Failure::of(Code::ClientOutdated));
        }
        let now = self.0.surroundings.now().0;
        let latest = self.0.latest.fetch_max(now, Ordering::SeqCst).max(now);
        if UnixSeconds(latest) >= self.0.admission.expires() {
            return Err(Failure::of(Code::MetadataExpired));
        }
        Ok(())
    }

    fn nonce(&self) -> std::sync::MutexGuard<'_, Option<String>> {
        // It is only ever replaced as a whole.
        self.0.nonce.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Client({})", self.0.admission.origin())
    }
}

fn no_answer(error: &TransportError) -> Failure {
    tracing::warn!(code = %error.code(), error = %chain(error), "no usable answer");
    Failure::of(error.code())
}

/// The body, in memory that is wiped when it was sent: it may carry a password.
fn json(body: &impl serde::Serialize) -> Result<Bytes, Failure> {
    // Room for any body of ours, so that growing does not leave copies behind.
    let mut text = Zeroizing::new(Vec::with_capacity(8 * 1024));
    serde_json::to_writer(&mut *text, body)
        .map_err(|error| Failure::logged(Code::Unexpected, "request body", &error))?;
    Ok(Bytes::from_owner(text))
}

fn is_proof_needed(answer: &Answer) -> bool {
    answer.status == Code::ProofNeeded.status()
        && answer.nonce.is_some()
        && failure_of(answer, UnixSeconds(0)).code == Code::ProofNeeded
}

/// Whether the answer says that it is of this kind, whatever it says about letters.
fn is(answer: &Answer, kind: &str) -> bool {
    let said = answer.content_type.as_deref().and_then(|text| text.split(';').next());
    said.is_some_and(|said| said.trim().eq_ignore_ascii_case(kind))
}

/// Only what an answer's own code says counts, and only a code that a platform may say with that status.
fn failure_of(answer: &Answer, here: UnixSeconds) -> Failure {
    match serde_json::from_slice::<Problem>(&answer.body) {
        Ok(problem) if is(answer, PROBLEM_JSON) && problem.code.status() == answer.status => {
            let clock = problem.clock.map(|polder_wire::Clock { platform, authenticator_ahead }| Clocks {
                platform,
                here,
                authenticator_ahead,
            });
            Failure { code: problem.code, retry_after: problem.retry_after, clock }
        }
        _ => {
            tracing::warn!(status = answer.status, "an error without a known code");
            Failure::of(Code::AnswerBroken)
        }
    }
}
