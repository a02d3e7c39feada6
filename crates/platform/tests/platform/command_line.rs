use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Output, Stdio};

use polder_platform::domains::SecondStep;
use polder_platform::rights::OthersAccess;
use polder_wire::rights::Role;
use polder_wire::session::{Maintenance, Told};
use polder_wire::{Code, DomainId, UnixSeconds};
use serde_json::json;

use crate::support::people::{PASSWORD, Person, text};
use crate::support::{Stage, code, on_both_engines};

fn run(stage: &Stage, arguments: &[&str], input: &str) -> Output {
    let mut child = command(stage, arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that refuses its arguments ends without reading.
    match child.stdin.take().unwrap().write_all(input.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => panic!("{error}"),
        _ => {}
    }
    child.wait_with_output().unwrap()
}

fn command(stage: &Stage, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_polder-platform"));
    command.arg("--config").arg(stage.folder.path().join("platform.toml")).args(arguments);
    command
}

/// The one line that a command prints when it worked.
fn id(output: &Output) -> String {
    let [id] = ids(output);
    id
}

/// The lines that a command prints when it worked.
fn ids<const N: usize>(output: &Output) -> [String; N] {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let printed = String::from_utf8(output.stdout.clone()).unwrap();
    printed.lines().map(str::to_owned).collect::<Vec<_>>().try_into().expect(&printed)
}

/// What adds a domain with a manager.
const DOMAIN_ADD: [&str; 11] = [
    "domain",
    "add",
    "--password-stdin",
    "--name",
    "Helsinki",
    "--second-step",
    "required",
    "--manager-email",
    "leena@example.fi",
    "--manager-name",
    "Leena Korhonen",
];

fn complaint(output: &Output) -> String {
    assert!(!output.status.success());
    assert!(output.stdout.is_empty());
    String::from_utf8(output.stderr.clone()).unwrap()
}

on_both_engines! {
    what_the_command_line_adds_can_be_used_while_the_platform_runs,
    there_is_no_domain_without_a_manager,
    what_does_not_fit_is_refused_with_its_reason,
    what_a_stranger_sends_does_not_reach_the_log,
    logins_are_switched_off_and_on_and_an_account_is_unlocked,
    a_managers_lost_second_step_is_taken_away_by_an_operator,
    maintenance_is_announced_to_whoever_comes_and_withdrawn,
    the_log_tells_that_somebody_guesses_and_from_where,
    serving_says_where_logs_no_secret_and_stops_at_sigterm,
    a_first_code_comes_by_mail_and_stands_in_no_log,
    a_lost_master_key_is_not_made_anew_beside_data,
}

async fn what_the_command_line_adds_can_be_used_while_the_platform_runs(stage: Stage) {
    let key = [7; 20];
    let secrets = format!("long enough a password\n{}\n", code::base32(&key));
    let [domain, leena] = ids(&run(&stage, &DOMAIN_ADD, &secrets));
    let user = [
        "user",
        "add",
        "--password-stdin",
        "--domain",
        &domain,
        "--email",
        "Liisa@Example.fi",
        "--name",
        "Liisa Niemi",
        "--role",
        "editor",
    ];
    let liisa = id(&run(&stage, &user, &secrets));
    let file = stage.project_files("By hand");
    let import = [
        "project",
        "import",
        "--domain",
        &domain,
        "--owner",
        &liisa,
        "--others",
        "read",
        file.to_str().unwrap(),
    ];
    let project = id(&run(&stage, &import, ""));
    id(&run(
        &stage,
        &["operator", "add", "--email", "o@polder.fi", "--name", "Olga"],
        "long enough a password\n",
    ));

    let person = Person {
        id: liisa.parse().unwrap(),
        domain: domain.parse::<DomainId>().unwrap(),
        email: "liisa@example.fi".into(),
        name: "Liisa Niemi".into(),
        totp: Some(key.to_vec()),
    };
    let device = stage.device();
    let answer = device.password(&person, "long enough a password").await.good();
    let grant = device.code(text(&answer, "ticket"), &code::at(&key, stage.now())).await.good();
    let opened =
        device.get(&format!("/api/v1/projects/{project}"), text(&grant, "access_token")).await.good();
    assert_eq!(opened["project"]["name"], "By hand");

    // The domain came with its manager (R62), who sees what is nobody else's business.
    let manager = Person { id: leena.parse().unwrap(), email: "leena@example.fi".into(), ..person };
    let device = stage.device();
    let answer = device.password(&manager, "long enough a password").await.good();
    let grant = device.code(text(&answer, "ticket"), &code::at(&key, stage.now())).await.good();
    assert_eq!(device.me(text(&grant, "access_token")).await.good()["role"], "manager");

    assert!(
        complaint(&run(&stage, &user, "long enough a password\n"))
            .contains("there is an account with this e-mail")
    );
}

async fn there_is_no_domain_without_a_manager(stage: Stage) {
    for (left_out, why) in [("--manager-email", "--manager-email"), ("--manager-name", "--manager-name")] {
        let at = DOMAIN_ADD.iter().position(|argument| *argument == left_out).unwrap();
        let arguments = [&DOMAIN_ADD[..at], &DOMAIN_ADD[at + 2..]].concat();
        assert!(complaint(&run(&stage, &arguments, "long enough a password\n")).contains(why));
    }
    assert!(complaint(&run(&stage, &DOMAIN_ADD, "short\n")).contains("the manager: a password"));
    let [_, _] = ids(&run(&stage, &DOMAIN_ADD, "long enough a password\n"));
    // A second one with the same manager is refused whole.
    let taken = complaint(&run(&stage, &DOMAIN_ADD, "long enough a password\n"));
    assert!(taken.contains("the manager: there is an account with this e-mail"), "{taken}");
    let rows = sqlx::query("SELECT id FROM domains").fetch_all(stage.app.store.pool()).await.unwrap();
    assert_eq!(rows.len(), 1);
}

/// What comes from outside cannot write lines of its own, colour a terminal, or stand in a log at all (R83).
async fn what_a_stranger_sends_does_not_reach_the_log(stage: Stage) {
    let mut serve = command(&stage, &["--log", "text", "serve"]);
    serve.env("POLDER_LOG", "debug").stdout(Stdio::piped()).stderr(Stdio::piped());
    let (mut child, port, log) = serving(&mut serve);
    let mut device = stage.device();
    device.base = format!("https://localhost:{port}");
    let mark = "FORGED";
    let forged = format!("{mark}%0a2026-01-01T00:00:00Z  INFO answered status=200 \u{1b}[31m");
    for path in
        [format!("/{mark}%0d%0a"), format!("/api/v1/projects/{mark}"), format!("/updates/{mark}%1b[2J")]
    {
        for header in ["user-agent", "x-forwarded-for", "authorization", "dpop", "polder-client", "referer"] {
            device.send(device.request("GET", &path).header(header, forged.replace('\u{1b}', "\t"))).await;
        }
    }
    let body = json!({ "email": forged, "password": forged, "stay": true, (forged.as_str()): forged });
    device.post("/api/v1/sign-in/password", &body).await;
    device.post("/api/v1/sign-in/code", &json!({ "ticket": forged, "code": forged })).await;
    stop(&mut child);
    let log = log.join().unwrap();
    assert!(log.iter().filter(|line| line.contains("answered")).count() >= 20, "{log:?}");
    assert!(!log.iter().any(|line| line.contains(mark)), "{log:?}");
}

async fn logins_are_switched_off_and_on_and_an_account_is_unlocked(stage: Stage) {
    let domain = stage.domain("Turku", SecondStep::Optional).await;
    let aino = stage.person(domain, "Aino Virtanen", Role::Editor).await;
    let (domain, user) = (domain.to_string(), aino.id.to_string());
    for whose in [&[][..], &["--domain", &domain], &["--user", &user]] {
        let (device, grant) = stage.signed_in(&aino).await;
        let switch = |to: &str| id(&run(&stage, &[&["logins", to], whose].concat(), ""));
        assert!(switch("off").starts_with("signing in is off for "));
        // Felt by the platform that runs, at once.
        assert_eq!(device.me(text(&grant, "access_token")).await.code(), Code::SessionOver);
        assert_eq!(device.password(&aino, PASSWORD).await.code(), Code::LoginsOff);
        assert!(switch("on").starts_with("signing in is on for "));
        device.password(&aino, PASSWORD).await.good();
    }
    let nobody = ["--user", "0123456789abcdef0123456789abcdef"];
    complaint(&run(&stage, &[&["logins", "off"], &nobody[..]].concat(), ""));
    complaint(&run(&stage, &[&["unlock"], &nobody[..]].concat(), ""));

    let device = stage.device();
    for _ in 0..5 {
        device.password(&aino, "not the password").await;
    }
    assert_eq!(device.password(&aino, PASSWORD).await.code(), Code::TooManyTries);
    assert_eq!(id(&run(&stage, &["unlock", "--user", &user], "")), "unlocked");
    device.password(&aino, PASSWORD).await.good();
}

async fn a_managers_lost_second_step_is_taken_away_by_an_operator(stage: Stage) {
    let domain = stage.domain("Turku", SecondStep::Required).await;
    let leena = stage.person_with_second_step(domain, "Leena Korhonen", Role::Manager).await;
    let user = leena.id.to_string();
    let remove = ["second-step", "remove", "--user", &user];
    // The command reads the machine's own clock.
    stage.wait(UnixSeconds::from_clock().0 - stage.now());
    assert_eq!(id(&run(&stage, &remove, "")), "taken away; a letter with a code is on its way");
    stage.wait(60);
    assert_eq!(stage.device().password(&leena, PASSWORD).await.code(), Code::CredentialsWrong);
    let code = stage.letter("second-step-taken", &leena.email).await.code();
    let body = json!({ "code": code, "password": PASSWORD, "stay": false, "language": "en" });
    assert_eq!(stage.device().post("/api/v1/password/set", &body).await.good()["step"], "enrol");
    assert!(complaint(&run(&stage, &remove, "")).contains("no second step"));
    let nobody = ["second-step", "remove", "--user", "0123456789abcdef0123456789abcdef"];
    assert!(complaint(&run(&stage, &nobody, "")).contains("no such person"));
}

async fn maintenance_is_announced_to_whoever_comes_and_withdrawn(stage: Stage) {
    let domain = stage.domain("Turku", SecondStep::Optional).await;
    let aino = stage.person(domain, "Aino Virtanen", Role::Editor).await;
    let announce = |from: &str, until: &str| {
        run(&stage, &["maintenance", "announce", "--from", from, "--until", until], "")
    };
    for (from, until, why) in [
        ("2099-01-01T20:00:00Z", "2099-01-01T20:00:00Z", "ends after it begins"),
        ("2020-01-01T20:00:00Z", "2020-01-01T22:00:00Z", "over already"),
        ("tonight", "2099-01-01T22:00:00Z", "--from"),
    ] {
        let said = complaint(&announce(from, until));
        assert!(said.contains(why), "{said}");
    }
    let told = async || {
        let (device, grant) = stage.signed_in(&aino).await;
        crate::events::maintenance_told(&stage, &device, &grant).await
    };
    assert_eq!(told().await, None);
    // In the operator's own time.
    let said = id(&announce("2099-01-01T22:00:00+02:00", "2099-01-01T23:30:00+02:00"));
    assert_eq!(said, "announced from 2099-01-01T20:00:00Z until 2099-01-01T21:30:00Z");
    let maintenance = Maintenance { from: UnixSeconds(4_070_980_800), until: UnixSeconds(4_070_986_200) };
    assert_eq!(told().await, Some(Told::Maintenance(maintenance)));
    assert_eq!(id(&run(&stage, &["maintenance", "withdraw"], "")), "withdrawn: 1");
    assert_eq!(told().await, None);
}

/// An operator hears of it; a name that was tried, or a password, is not in it (R70).
async fn the_log_tells_that_somebody_guesses_and_from_where(stage: Stage) {
    let domain = stage.domain("Turku", SecondStep::Optional).await;
    let aino = stage.person(domain, "Aino Virtanen", Role::Editor).await;
    let mut serve = command(&stage, &["--log", "text", "serve"]);
    serve.stdout(Stdio::piped()).stderr(Stdio::piped());
    let (mut child, port, log) = serving(&mut serve);
    let mut device = stage.device();
    device.base = format!("https://localhost:{port}");
    for _ in 0..5 {
        device.password(&aino, "guessed-word").await;
    }
    for n in 0..46 {
        let nobody = Person { email: format!("tried-name-{n}@example.fi"), ..aino.clone() };
        device.password(&nobody, "guessed-word").await;
    }
    stop(&mut child);
    let log = log.join().unwrap();
    let guessed = log.iter().find(|line| line.contains("somebody guesses at an account")).unwrap();
    assert!(guessed.contains("WARN") && guessed.contains(&aino.id.to_string()), "{guessed}");
    let blocked = log.iter().find(|line| line.contains("an address is blocked for a time")).unwrap();
    assert!(blocked.contains("WARN") && blocked.contains("127.0.0.1"), "{blocked}");
    for secret in ["tried-name", "guessed-word", &aino.email] {
        assert!(!log.iter().any(|line| line.contains(secret)), "{secret}");
    }
}

/// Starts the program and reads its log all the while, so that it never waits for a full pipe.
fn serving(serve: &mut Command) -> (Ended, String, std::thread::JoinHandle<Vec<String>>) {
    let mut child = Ended(serve.spawn().unwrap());
    let mut line = String::new();
    BufReader::new(child.0.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let port = line.trim().strip_prefix("listening on 127.0.0.1:").expect(&line).to_owned();
    let log = BufReader::new(child.0.stderr.take().unwrap());
    let log = std::thread::spawn(move || log.lines().map(Result::unwrap).collect::<Vec<_>>());
    (child, port, log)
}

fn stop(child: &mut Ended) {
    let pid = rustix::process::Pid::from_child(&child.0);
    rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
    assert_eq!(child.0.wait().unwrap().code(), Some(0));
}

async fn what_does_not_fit_is_refused_with_its_reason(stage: Stage) {
    let domain = stage.domain("Turku", SecondStep::Optional).await;
    let aino = stage.person(domain, "Aino Virtanen", Role::Editor).await;
    let domain = domain.to_string();
    let user = |email: &'static str, name: &'static str| {
        [
            "user",
            "add",
            "--password-stdin",
            "--domain",
            &domain,
            "--email",
            email,
            "--name",
            name,
            "--role",
            "viewer",
        ]
        .map(str::to_owned)
    };
    let add = |arguments: [String; 11], input: &str| {
        let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
        complaint(&run(&stage, &arguments, input))
    };
    assert!(add(user("nonsense", "A"), "long enough\n").contains("e-mail"));
    assert!(add(user("a@b.fi", " "), "long enough\n").contains("name"));
    assert!(add(user("a@b.fi", "A"), "short\n").contains("password"));
    assert!(add(user("a@b.fi", "A"), "").contains("password"));
    assert!(add(user("a@b.fi", "A"), "long enough\nnot base32!\n").contains("second step"));
    let nowhere = "0123456789abcdef0123456789abcdef";
    let mut elsewhere = user("a@b.fi", "A");
    elsewhere[4] = nowhere.to_owned();
    assert!(add(elsewhere, "long enough\n").contains("no such domain"));

    let import = |owner: &str, change: &dyn Fn(&mut serde_json::Value)| {
        let file = stage.project_files("By hand");
        let mut described: serde_json::Value =
            serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
        change(&mut described);
        std::fs::write(&file, described.to_string()).unwrap();
        complaint(&run(
            &stage,
            &["project", "import", "--domain", &domain, "--owner", owner, file.to_str().unwrap()],
            "",
        ))
    };
    let owner = aino.id.to_string();
    assert!(import(nowhere, &|_| {}).contains("no such user"));
    assert!(import(&owner, &|d| d["name"] = json!("")).contains("name"));
    assert!(import(&owner, &|d| d["layers"][1]["id"] = json!("streets")).contains("\"streets\""));
    assert!(import(&owner, &|d| d["layers"][1]["id"] = json!("../x")).contains("\"../x\""));
    assert!(import(&owner, &|d| d["layers"][0]["file"] = json!("none.geojson")).contains("none.geojson"));
    assert!(
        import(&owner, &|d| d["layers"][0]["file"] = json!("project.json")).contains("FeatureCollection")
    );
    assert!(import(&owner, &|d| d["more"] = json!(1)).contains("unknown field"));
    let left = sqlx::query("SELECT id FROM projects").fetch_all(stage.app.store.pool()).await.unwrap();
    assert!(left.is_empty());
}

/// A whole sign-in against the program itself, at its most talkative.
async fn serving_says_where_logs_no_secret_and_stops_at_sigterm(stage: Stage) {
    let domain = stage.domain("Helsinki", SecondStep::Required).await;
    let aino = stage.person_with_second_step(domain, "Aino Virtanen", Role::Editor).await;
    let project = stage.project(&aino, "Market square", OthersAccess::None).await;
    let mut serve = command(&stage, &["--log", "json", "serve"]);
    serve.env("POLDER_LOG", "debug").stdout(Stdio::piped()).stderr(Stdio::piped());
    let (mut child, port, log) = serving(&mut serve);

    let mut device = stage.device();
    device.base = format!("https://localhost:{port}");
    let wrong = device.password(&aino, "a wrong password").await;
    assert_eq!(wrong.code(), Code::CredentialsWrong);
    let ticket = device.ticket(&aino, "code").await;
    let code = code::at(aino.totp.as_ref().unwrap(), polder_wire::UnixSeconds::from_clock().0);
    let grant = device.code(&ticket, &code).await.good();
    device.get(&format!("/api/v1/projects/{project}"), text(&grant, "access_token")).await.good();

    stop(&mut child);
    let log = log.join().unwrap();
    for line in &log {
        assert!(serde_json::from_str::<serde_json::Value>(line).is_ok(), "no JSON: {line}");
    }
    let log = log.join("\n");
    assert!(log.contains("\"route\":\"/api/v1/projects/{project}\""), "{log}");
    assert!(!log.contains(&format!("/projects/{project}")));
    for (what, secret) in [
        ("e-mail", aino.email.as_str()),
        ("name", "Virtanen"),
        ("password", PASSWORD),
        ("wrong password", "a wrong password"),
        ("ticket", &ticket),
        ("code", &format!("\"{code}\"")),
        ("access token", text(&grant, "access_token")),
        ("refresh token", text(&grant, "refresh_token")),
        ("project's name", "Market square"),
        ("TOTP key", &code::base32(aino.totp.as_ref().unwrap())),
    ] {
        assert!(!log.contains(secret), "the {what} stands in the log");
    }
}

/// Added by the command line, sent by the program that serves, typed by the person.
async fn a_first_code_comes_by_mail_and_stands_in_no_log(stage: Stage) {
    let without: Vec<_> = DOMAIN_ADD.into_iter().filter(|argument| *argument != "--password-stdin").collect();
    let [_, _] = ids(&run(&stage, &[&without[..], &["--language", "nl"]].concat(), ""));
    let mut serve = command(&stage, &["--log", "json", "serve"]);
    serve.env("POLDER_LOG", "trace,sqlx=info,h2=info").stdout(Stdio::piped()).stderr(Stdio::piped());
    let (mut child, port, log) = serving(&mut serve);
    let arrived = async |count: usize| {
        while stage.delivered().len() < count {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    arrived(1).await;
    let letter = stage.delivered().remove(0);
    assert!(letter.is_to("leena@example.fi") && letter.text.contains("Ik heb een code"), "{letter:?}");
    let mut device = stage.device();
    device.base = format!("https://localhost:{port}");
    let password = "nine herons over the ditch";
    let body = json!({ "code": letter.code(), "password": password, "stay": false, "language": "en" });
    assert_eq!(device.post("/api/v1/password/set", &body).await.good()["step"], "enrol");
    // Somebody who is there rings the bell: the answer to this one does not wait for the next look.
    device.post("/api/v1/password/forgotten", &json!({ "email": "leena@example.fi" })).await.good();
    arrived(2).await;
    let reset = stage.delivered().into_iter().find(|letter| letter.kind == "reset").unwrap();
    stop(&mut child);
    let log = log.join().unwrap().join("\n");
    assert_eq!(log.matches("a letter left").count(), 2, "{log}");
    for (what, secret) in [
        ("first code", letter.code()),
        ("code", reset.code()),
        ("code without its dashes", reset.code().replace('-', "")),
        ("e-mail", "leena@example.fi".to_owned()),
        ("password", password.to_owned()),
        ("name", "Korhonen".to_owned()),
    ] {
        assert!(!log.contains(&secret), "the {what} stands in the log");
    }
}

async fn a_lost_master_key_is_not_made_anew_beside_data(stage: Stage) {
    let master = stage.folder.path().join("master.key");
    let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&master).unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600);
    std::fs::rename(&master, stage.folder.path().join("elsewhere")).unwrap();
    let text = complaint(&run(&stage, &DOMAIN_ADD, "long enough a password\n"));
    assert!(text.contains("keys.master") && text.contains("is missing"), "{text}");
    assert!(!master.exists());
}

/// Ends the child also when a test fails.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
