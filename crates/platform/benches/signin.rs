//! What `cargo xtask bench signin` runs: how many people sign in a second beside what argon2 alone reaches on the same
//! threads, what that does to somebody who reads meanwhile, what the check of a token and its proof costs, and whether the
//! time of an answer tells that there is an account (B6). Over real TLS, on SQLite, with hashes as expensive as in earnest.
//! By hand, on a quiet machine.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    dead_code,
    unused_macros,
    unused_imports,
    reason = "it measures, with the tests' own stage"
)]

#[path = "../tests/platform/support/mod.rs"]
mod support;

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use argon2::password_hash::PasswordVerifier;
use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, Version};
use polder_platform::domains::SecondStep;
use polder_platform::login;
use polder_platform::login::hashing::Cost;
use polder_platform::store::Engine;
use polder_wire::rights::Role;
use support::compared::compare;
use support::people::{PASSWORD, text};
use support::{Device, Person, Stage};

/// How long each part is measured.
const PART: Duration = Duration::from_secs(8);
/// How many people sign in at once: more than hash at once, and fewer than are told to come back.
const CROWD: usize = 24;
/// The part of argon2's own speed that must be reached.
const SHARE: f64 = 0.9;
/// How much slower the slowest reads may become.
const SLOWER: f64 = 2.0;
const CHECK: Duration = Duration::from_micros(200);
/// How many pairs of a name that somebody has and one that nobody has.
const PAIRS: usize = 600;
/// By how much one may take longer than the other.
const APART: f64 = 0.03;

fn main() -> ExitCode {
    // Those who ask have threads of their own, as they would have computers of their own.
    let load = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let platform = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let workers = cores.saturating_sub(1).max(1);
    println!("{cores} cores, {workers} of them hash; each part {} s", PART.as_secs());

    let alone = argon2_alone(workers);
    println!("  argon2 alone                       {alone:8.1} hashes a second");

    let stage = platform.block_on(Stage::begin_at(Engine::Sqlite, "", Cost::FULL));
    let (people, reader) = platform.block_on(async {
        let domain = stage.domain("Turku", SecondStep::Optional).await;
        let mut people = Vec::new();
        for n in 0..CROWD {
            people.push(stage.person(domain, &format!("Person {n}"), Role::Viewer).await);
        }
        (people, stage.person(domain, "Aino Reader", Role::Editor).await)
    });
    let (device, grant) = load.block_on(stage.signed_in(&reader));
    let access = text(&grant, "access_token").to_owned();

    let quiet = load.block_on(reads(&device, &access, PART));
    let crowd = Crowd::enter(&load, &stage, &people);
    // Until the queue is what it will be.
    std::thread::sleep(Duration::from_secs(1));
    let before = crowd.done();
    let began = Instant::now();
    let busy = load.block_on(reads(&device, &access, PART));
    let rate = (crowd.done() - before) as f64 / began.elapsed().as_secs_f64();
    let told_to_wait = crowd.leave(&load);

    println!("  password sign-ins                  {rate:8.1} a second ({told_to_wait} told to come back)");
    let mut kept = say("share of argon2 alone", rate / alone, SHARE, rate / alone >= SHARE);
    println!(
        "  reads, p99 quiet                   {:8.2} ms   (median {:.2})",
        ms(p(&quiet, 99)),
        ms(p(&quiet, 50))
    );
    println!(
        "  reads, p99 while they sign in      {:8.2} ms   (median {:.2})",
        ms(p(&busy, 99)),
        ms(p(&busy, 50))
    );
    let slower = p(&busy, 99).as_secs_f64() / p(&quiet, 99).as_secs_f64();
    kept &= say("times slower", slower, SLOWER, slower <= SLOWER);

    let checks = platform.block_on(checks(&stage, &device, &access));
    let median = p(&checks, 50);
    println!(
        "  check of token and proof           {:8.1} µs   (p99 {:.1})",
        median.as_secs_f64() * 1e6,
        p(&checks, 99).as_secs_f64() * 1e6
    );
    kept &= say("of the limit", median.as_secs_f64() / CHECK.as_secs_f64(), 1.0, median < CHECK);

    let asker = stage.device();
    kept &= load.block_on(names(&stage, &reader, "wrong password", async |email| {
        let body = serde_json::json!({ "email": email, "password": "not the password", "stay": false });
        let asked = Instant::now();
        let answer = asker.post("/api/v1/sign-in/password", &body).await;
        let took = asked.elapsed();
        assert_eq!(answer.status, 401, "{answer:?}");
        took
    }));
    kept &= load.block_on(names(&stage, &reader, "forgotten password", async |email| {
        let asked = Instant::now();
        asker.post("/api/v1/password/forgotten", &serde_json::json!({ "email": email })).await.good();
        asked.elapsed()
    }));
    if kept { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Asks in turns for a name that somebody has and for one that nobody has, each time as if for the first.
async fn names(stage: &Stage, known: &Person, what: &str, ask: impl AsyncFn(&str) -> Duration) -> bool {
    let mut times = [Vec::new(), Vec::new()];
    for pair in 0..PAIRS {
        // Whoever is asked first finds everything as the pair before left it.
        for turn in 0..2 {
            let which = (pair + turn) % 2;
            for counts in ["DELETE FROM guesses", "DELETE FROM reset_requests"] {
                sqlx::query(counts).execute(stage.app.store.pool()).await.unwrap();
            }
            let nobody = format!("nobody.{pair}@example.fi");
            times[which].push(ask(if which == 0 { &known.email } else { &nobody }).await);
        }
    }
    let compared = compare(&times[0], &times[1]);
    println!(
        "  {what}, name known / unknown   {:.2} / {:.2} ms   (Welch's t {:.2}, Mann-Whitney p {:.3})",
        compared.medians[0] * 1e3,
        compared.medians[1] * 1e3,
        compared.welch_t,
        compared.p
    );
    let (longer, give_or_take) = (compared.longer * 100.0, compared.give_or_take * 100.0);
    println!("  the unknown one takes longer by    {longer:8.2} %    (give or take {give_or_take:.2})");
    say("of it, for sure", compared.longer.abs() + compared.give_or_take, APART, compared.within(APART))
}

fn say(what: &str, reached: f64, limit: f64, kept: bool) -> bool {
    println!("  {what:34} {reached:8.2}   limit {limit:.2}: {}", if kept { "kept" } else { "MISSED" });
    kept
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// The time below which so many of a hundred are.
fn p(times: &[Duration], hundredth: usize) -> Duration {
    let mut sorted = times.to_vec();
    sorted.sort();
    sorted[(sorted.len() * hundredth / 100).min(sorted.len() - 1)]
}

/// What the threads of the pool reach when they have nothing else to do, at the same priority.
fn argon2_alone(workers: usize) -> f64 {
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(19_456, 2, 1, None).unwrap());
    let stored = argon2.hash_password(PASSWORD.as_bytes()).unwrap().to_string();
    let done = AtomicUsize::new(0);
    let began = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                #[cfg(target_os = "linux")]
                let _ = rustix::process::setpriority_process(None, 10);
                while began.elapsed() < PART {
                    let stored = PasswordHash::new(&stored).unwrap();
                    argon2.verify_password(PASSWORD.as_bytes(), &stored).unwrap();
                    done.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
    });
    done.load(Ordering::Relaxed) as f64 / began.elapsed().as_secs_f64()
}

/// An ordinary read with leave, one after the other with a little rest, as somebody's client does.
async fn reads(device: &Device, access: &str, time: Duration) -> Vec<Duration> {
    let began = Instant::now();
    let mut times = Vec::new();
    while began.elapsed() < time {
        let asked = Instant::now();
        device.get("/api/v1/projects", access).await.good();
        times.push(asked.elapsed());
        tokio::time::sleep(Duration::from_millis(4)).await;
    }
    times
}

/// People who sign in one after the other as fast as they are let.
struct Crowd {
    done: Arc<AtomicUsize>,
    waited: Arc<AtomicUsize>,
    stop: Arc<AtomicBool>,
    all: Vec<tokio::task::JoinHandle<()>>,
}

impl Crowd {
    fn enter(load: &tokio::runtime::Runtime, stage: &Stage, people: &[Person]) -> Self {
        let (done, waited) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let stop = Arc::new(AtomicBool::new(false));
        let all = people
            .iter()
            .map(|person| {
                let (device, person) = (stage.device(), person.clone());
                let (done, waited, stop) = (Arc::clone(&done), Arc::clone(&waited), Arc::clone(&stop));
                load.spawn(async move {
                    while !stop.load(Ordering::Relaxed) {
                        let answer = device.password(&person, PASSWORD).await;
                        match answer.status {
                            200 => done.fetch_add(1, Ordering::Relaxed),
                            503 => waited.fetch_add(1, Ordering::Relaxed),
                            _ => panic!("a right password is not taken: {answer:?}"),
                        };
                    }
                })
            })
            .collect();
        Self { done, waited, stop, all }
    }

    fn done(&self) -> usize {
        self.done.load(Ordering::Relaxed)
    }

    /// Answers how many were told to come back.
    fn leave(self, load: &tokio::runtime::Runtime) -> usize {
        self.stop.store(true, Ordering::Relaxed);
        load.block_on(async {
            for one in self.all {
                one.await.unwrap();
            }
        });
        self.waited.load(Ordering::Relaxed)
    }
}

/// What the platform does before a handler runs: the proof, the token, who it is, in what state the session is.
async fn checks(stage: &Stage, device: &Device, access: &str) -> Vec<Duration> {
    let mut times = Vec::new();
    for _ in 0..3000 {
        let request = http::Request::get("/api/v1/projects")
            .header("dpop", device.proof("GET", "/api/v1/projects", Some(access)))
            .header("authorization", format!("DPoP {access}"));
        let (parts, ()) = request.body(()).unwrap().into_parts();
        let asked = Instant::now();
        login::person(&stage.app, &parts).await.unwrap();
        times.push(asked.elapsed());
    }
    times
}
