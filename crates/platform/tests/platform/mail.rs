use std::net::TcpListener;
use std::path::Path;
use std::sync::{Arc, Mutex};

use polder_platform::domains::SecondStep;
use polder_platform::mail::{self, Letter, MailError, Recipient};
use polder_platform::password;
use polder_platform::store::Engine;
use polder_wire::rights::Role;
use polder_wire::{Code, UserId};
use serde_json::json;
use sqlx::Row;

use crate::support::letters::code_in;
use crate::support::people::PASSWORD;
use crate::support::smtp::{Manner, Peer};
use crate::support::{Person, Stage, database, on_both_engines};

on_both_engines! {
    a_letter_lasts_with_what_it_tells_or_not_at_all,
    letters_wait_sealed_and_neither_codes_nor_addresses_lie_in_the_clear,
    a_letter_that_does_not_open_holds_up_no_other,
}

/// A port at which nobody listens now.
fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn smtp(port: u16, more: &str) -> String {
    format!("[mail]\nfrom = \"Polder <polder@example.org>\"\nhost = \"127.0.0.1\"\nport = {port}\n{more}\n")
}

async fn waiting(stage: &Stage) -> i64 {
    let row = sqlx::query("SELECT COUNT(*) AS waiting FROM outbox").fetch_one(stage.app.store.pool()).await;
    row.unwrap().get("waiting")
}

async fn tell(stage: &Stage, person: &Person, letter: Letter) {
    let mut write = stage.app.store.write().await.unwrap();
    let to = Recipient { domain: person.domain, user: person.id };
    mail::post(&stage.app, &mut write, to, letter).await.unwrap();
    write.commit().await.unwrap();
}

async fn while_the_mail_server_is_away_nobody_waits_and_letters_leave_later(engine: Engine) {
    let port = free_port();
    let stage = Stage::begin_with(engine, &smtp(port, "security = \"none\"")).await;
    let domain = stage.domain("Turku", SecondStep::Optional).await;
    let aino = stage.person(domain, "Aino Virtanen", Role::Editor).await;
    let device = stage.device();
    device.post("/api/v1/password/forgotten", &json!({ "email": aino.email })).await.good();
    assert_eq!(password::answer_requests(&stage.app).await.unwrap(), 1);
    let round = mail::deliver_due(&stage.app).await.unwrap();
    assert_eq!((round.left, round.failed), (0, 1));
    device.password(&aino, PASSWORD).await.good();
    // Not before its time, so that a mail server that comes back is not overrun.
    stage.wait(29);
    assert_eq!(mail::deliver_due(&stage.app).await.unwrap(), mail::Round::default());
    stage.wait(1);
    assert_eq!(mail::deliver_due(&stage.app).await.unwrap().failed, 1);
    assert_eq!(waiting(&stage).await, 1);

    let peer = Peer::start(port, Manner::default()).await;
    stage.wait(60);
    assert_eq!(mail::deliver_due(&stage.app).await.unwrap().left, 1);
    assert_eq!(waiting(&stage).await, 0);
    let seen = peer.seen();
    assert!(seen.lines.iter().any(|line| line == "EHLO platform.test"), "{seen:?}");
    assert!(seen.lines.iter().any(|line| line.contains("<polder@example.org>")), "{seen:?}");
    assert!(seen.lines.iter().any(|line| line.contains("<aino.virtanen@example.fi>")), "{seen:?}");
    let code = code_in(&seen.messages[0]).expect("the letter brings the code");
    let body =
        json!({ "code": code, "password": "nine herons over the ditch", "stay": false, "language": "en" });
    device.post("/api/v1/password/set", &body).await.good();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_the_mail_server_is_away_nobody_waits_and_letters_leave_later_sqlite() {
    while_the_mail_server_is_away_nobody_waits_and_letters_leave_later(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_the_mail_server_is_away_nobody_waits_and_letters_leave_later_postgres() {
    while_the_mail_server_is_away_nobody_waits_and_letters_leave_later(Engine::Postgres).await;
}

async fn of_two_nodes_one_sends_a_letter(engine: Engine) {
    let peer = Peer::start(0, Manner::default()).await;
    let stage = Stage::begin_with(engine, &smtp(peer.port, "security = \"none\"")).await;
    let domain = stage.domain("Turku", SecondStep::Optional).await;
    let aino = stage.person(domain, "Aino Virtanen", Role::Editor).await;
    let (node, _) = stage.another_node(polder_platform::login::hashing::Cost::CHEAP_FOR_TESTS).await;
    for left in 0..10 {
        tell(&stage, &aino, Letter::RecoveryCodeUsed { left }).await;
    }
    let (one, other) = tokio::join!(mail::deliver_due(&stage.app), mail::deliver_due(&node));
    assert_eq!(one.unwrap().left + other.unwrap().left, 10);
    assert_eq!(peer.seen().messages.len(), 10);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_nodes_one_sends_a_letter_sqlite() {
    of_two_nodes_one_sends_a_letter(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_nodes_one_sends_a_letter_postgres() {
    of_two_nodes_one_sends_a_letter(Engine::Postgres).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_that_is_refused_holds_up_no_other_letter() {
    let refuses = Some("aino.virtanen@example.fi".to_owned());
    let peer = Peer::start(0, Manner { refuses, ..Manner::default() }).await;
    let stage = Stage::begin_with(Engine::Sqlite, &smtp(peer.port, "security = \"none\"")).await;
    let domain = stage.domain("Turku", SecondStep::Optional).await;
    let aino = stage.person(domain, "Aino Virtanen", Role::Editor).await;
    let eero = stage.person(domain, "Eero Korhonen", Role::Editor).await;
    tell(&stage, &aino, Letter::PasswordChanged).await;
    tell(&stage, &eero, Letter::PasswordChanged).await;
    let round = mail::deliver_due(&stage.app).await.unwrap();
    assert_eq!((round.left, round.failed), (1, 1));
    // What nobody takes is given up in the end.
    stage.wait(14 * 24 * 3600);
    assert_eq!(mail::deliver_due(&stage.app).await.unwrap().dropped, 1);
    assert_eq!(waiting(&stage).await, 0);
}

/// What the platform would log.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_refused_address_is_not_quoted_in_a_reason() {
    let refuses = Some("aino.virtanen@example.fi".to_owned());
    let peer = Peer::start(0, Manner { refuses, ..Manner::default() }).await;
    let stage = Stage::begin_with(Engine::Sqlite, &smtp(peer.port, "security = \"none\"")).await;
    let domain = stage.domain("Turku", SecondStep::Optional).await;
    let aino = stage.person(domain, "Aino Virtanen", Role::Editor).await;
    tell(&stage, &aino, Letter::PasswordChanged).await;
    let log = Log::default();
    let into = log.clone();
    let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(move || into.clone()).finish();
    let listening = tracing::subscriber::set_default(subscriber);
    assert_eq!(mail::deliver_due(&stage.app).await.unwrap().failed, 1);
    drop(listening);
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(log.contains("the mail server answered 550"), "{log}");
    assert!(!log.contains("example.fi") && !log.contains("no mailbox"), "{log}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_letter_and_no_password_goes_to_a_mail_server_without_verified_tls() {
    let certificate = tempfile::tempdir().unwrap();
    let ca = crate::support::tls::write(certificate.path());
    let tls = Peer::start(0, Manner { tls: Some(certificate.path().to_owned()), ..Manner::default() }).await;
    let open = Peer::start(0, Manner::default()).await;
    std::fs::write(certificate.path().join("password"), "the mail password\n").unwrap();
    std::fs::write(certificate.path().join("ca.pem"), pem(&ca)).unwrap();
    let path = |name: &str| certificate.path().join(name).display().to_string();
    let signed_in = format!("user = \"polder\"\npassword_file = \"{}\"", path("password"));
    for (host, port, security, authority, leaves) in [
        // An authority that nobody on this machine trusts, a name that the certificate has not, no TLS at all.
        ("localhost", tls.port, "tls", false, false),
        ("127.0.0.1", tls.port, "tls", true, false),
        ("localhost", open.port, "starttls", true, false),
        ("localhost", open.port, "tls", true, false),
        ("localhost", tls.port, "tls", true, true),
    ] {
        let authority = if authority { format!("authority = \"{}\"", path("ca.pem")) } else { String::new() };
        let section = smtp(port, &format!("security = \"{security}\"\n{signed_in}\n{authority}"))
            .replace("127.0.0.1", host);
        let stage = Stage::begin_with(Engine::Sqlite, &section).await;
        let domain = stage.domain("Turku", SecondStep::Optional).await;
        let aino = stage.person(domain, "Aino Virtanen", Role::Editor).await;
        tell(&stage, &aino, Letter::PasswordChanged).await;
        let round = mail::deliver_due(&stage.app).await.unwrap();
        assert_eq!((round.left == 1, round.failed == 1), (leaves, !leaves), "{host} {security}");
    }
    let in_the_clear = open.seen();
    assert!(in_the_clear.messages.is_empty());
    assert!(in_the_clear.lines.iter().all(|line| !line.starts_with("AUTH")), "{in_the_clear:?}");
    let seen = tls.seen();
    assert_eq!(seen.messages.len(), 1);
    assert!(seen.lines.iter().any(|line| line.starts_with("AUTH PLAIN ")), "{seen:?}");
}

fn pem(der: &[u8]) -> String {
    use base64::Engine as _;
    let text = base64::engine::general_purpose::STANDARD.encode(der);
    let lines: Vec<_> = text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", lines.join("\n"))
}

async fn a_letter_lasts_with_what_it_tells_or_not_at_all(stage: Stage) {
    let domain = stage.domain("Turku", SecondStep::Optional).await;
    let aino = stage.person(domain, "Aino Virtanen", Role::Editor).await;
    let to = Recipient { domain, user: aino.id };
    let mut write = stage.app.store.write().await.unwrap();
    mail::post(&stage.app, &mut write, to, Letter::PasswordChanged).await.unwrap();
    drop(write);
    assert_eq!(waiting(&stage).await, 0);
    let mut write = stage.app.store.write().await.unwrap();
    let nobody = Recipient { domain, user: UserId::from_random([9; 16]) };
    let posted = mail::post(&stage.app, &mut write, nobody, Letter::PasswordChanged).await;
    assert!(matches!(posted, Err(MailError::NoRecipient)), "{posted:?}");
    drop(write);
    tell(&stage, &aino, Letter::PasswordChanged).await;
    assert_eq!(stage.letters().await.len(), 1);
}

/// All bytes of all files below a folder.
fn files(folder: &Path, into: &mut Vec<u8>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, into);
        } else {
            into.extend(std::fs::read(path).unwrap());
        }
    }
}

async fn letters_wait_sealed_and_neither_codes_nor_addresses_lie_in_the_clear(stage: Stage) {
    let domain = stage.domain("Turku", SecondStep::Optional).await;
    let eero = stage.invited(domain, "Eero Korhonen").await;
    stage.device().post("/api/v1/password/forgotten", &json!({ "email": eero })).await.good();
    password::answer_requests(&stage.app).await.unwrap();
    assert_eq!(waiting(&stage).await, 2);
    let everything = async || {
        let mut bytes = Vec::new();
        files(&stage.config.data, &mut bytes);
        if stage.engine == Engine::Postgres {
            bytes.extend(database::everything(&stage.config.database_url).await);
        }
        bytes
    };
    let before = everything().await;
    let letters = stage.letters().await;
    let codes: Vec<_> = letters.iter().map(|letter| letter.code()).collect();
    assert_eq!(codes.len(), 2);
    let body = json!({ "code": codes[1], "password": "nine herons over the ditch", "stay": false, "language": "en" });
    stage.device().post("/api/v1/password/set", &body).await.good();
    let after = everything().await;
    for bytes in [before, after] {
        let holds = |wanted: &str| bytes.windows(wanted.len()).any(|window| window == wanted.as_bytes());
        assert!(holds(&domain.to_string()), "the search finds what is there");
        for code in &codes {
            assert!(!holds(code) && !holds(&code.replace('-', "")), "a code lies in the clear");
        }
        assert!(!holds(&eero) && !holds("nine herons"));
    }
    // The folder is its owner's alone, and so is each letter.
    let folder = stage.folder.path().join("mail");
    let mode = |path: &Path| std::os::unix::fs::PermissionsExt::mode(&path.metadata().unwrap().permissions());
    assert_eq!(mode(&folder) & 0o777, 0o700);
    for entry in std::fs::read_dir(&folder).unwrap() {
        assert_eq!(mode(&entry.unwrap().path()) & 0o777, 0o600);
    }
}

async fn a_letter_that_does_not_open_holds_up_no_other(stage: Stage) {
    let domain = stage.domain("Turku", SecondStep::Optional).await;
    let aino = stage.person(domain, "Aino Virtanen", Role::Editor).await;
    tell(&stage, &aino, Letter::PasswordChanged).await;
    let mut write = stage.app.store.write().await.unwrap();
    sqlx::query("UPDATE outbox SET letter = $1").bind(vec![1_u8; 40]).execute(write.on()).await.unwrap();
    write.commit().await.unwrap();
    tell(&stage, &aino, Letter::SecondStepChanged).await;
    let letters = stage.letters().await;
    assert_eq!(letters.len(), 1);
    assert_eq!(letters[0].kind, "second-step-changed");
    assert_eq!(stage.device().password(&aino, "wrong").await.code(), Code::CredentialsWrong);
}
