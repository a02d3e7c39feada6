//! What holders may and may not do with the program, and what it does not let anybody do to them.

#![cfg(all(unix, feature = "tool"))]
#![allow(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod support;
mod terminal;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use support::{DAY, Desk, PASSPHRASE, PIN_A, PIN_B, QUICK, SYSTEM, noise, publish, shown, text};
use terminal::Terminal;

const BOTH: [&str; 2] = ["keys/targets-dora.key", "keys/targets-emma.key"];

/// With a root, and a proposal of 1.0.0 that nobody signed.
fn proposed() -> Desk {
    let mut desk = Desk::with_root();
    desk.add("1.0.0", &noise(20_000, 1));
    let first = format!("--newest {SYSTEM}=1.0.0 --min-version 1.0.0 --serving-pin {PIN_A}");
    desk.good(&format!("policy set draft --repo repo {first}"));
    desk.good("propose draft --repo repo --out p");
    desk
}

fn released() -> Desk {
    let mut desk = Desk::with_root();
    desk.release("1.0.0", &noise(20_000, 1));
    desk
}

/// Changes the text of a proposal, as somebody between two holders would.
fn tamper(desk: &Desk, proposal: &str, from: &str, to: &str) {
    let path = desk.path(proposal);
    let before = fs::read_to_string(&path).unwrap();
    let after = before.replace(from, to);
    assert_ne!(before, after, "{from} does not stand in it");
    fs::write(path, after).unwrap();
}

#[test]
fn one_holder_is_not_enough_and_one_who_signs_twice_is_not_two() {
    let mut desk = proposed();
    desk.signed("p", &BOTH[..1]);
    desk.refused(&publish("p"), "carries 1 of the 2 signatures");
    let again = desk.sign("p", BOTH[0]);
    assert!(text(&again).contains("has signed this already"), "{}", text(&again));
    // The signature copied by hand counts once.
    let mut file: serde_json::Value = serde_json::from_slice(&fs::read(desk.path("p")).unwrap()).unwrap();
    let copy = file["signatures"][0].clone();
    file["signatures"].as_array_mut().unwrap().push(copy);
    fs::write(desk.path("p"), file.to_string()).unwrap();
    desk.refused(&publish("p"), "carries 1 of the 2 signatures");
    assert!(!desk.path("repo/metadata/timestamp.json").exists());
    desk.signed("p", &BOTH[1..]);
    desk.publish("p");
}

#[test]
fn one_root_holder_is_not_enough_for_a_new_root() {
    let mut desk = released();
    desk.good("root rotate repo --out r");
    desk.signed("r", &["keys/root-chris.key"]);
    let online = "--snapshot-key keys/snapshot-online.key --timestamp-key keys/timestamp-online.key";
    desk.refused(&format!("publish repo r {online}"), "root 2 carries 1 of the 2 signatures that root 1");
    assert!(!desk.path("repo/metadata/2.root.json").exists());
}

#[test]
fn new_root_holders_alone_do_not_make_themselves_holders() {
    let mut desk = released();
    for holder in ["mallory", "mallet"] {
        desk.good_typing(&format!("keys make root {holder} --out thief {QUICK}"));
    }
    let replace = "--replace root/anna=thief/root-mallory.pub --replace root/bram=thief/root-mallet.pub";
    desk.good(&format!("root rotate repo {replace} --out r"));
    desk.signed("r", &["thief/root-mallory.key", "thief/root-mallet.key"]);
    let online = "--snapshot-key keys/snapshot-online.key --timestamp-key keys/timestamp-online.key";
    desk.refused(&format!("publish repo r {online}"), "carries 0 of the 2 signatures that root 1");
}

#[test]
fn a_proposal_that_changed_after_it_was_shown_is_not_signed() {
    let mut desk = proposed();
    let root = "--root repo/metadata/1.root.json";
    let read = shown(&desk.run(&format!("show p {root}")));
    // A year more; everything else is as it was read.
    let signed: serde_json::Value = serde_json::from_slice(&fs::read(desk.path("p")).unwrap()).unwrap();
    let signed: serde_json::Value = serde_json::from_str(signed["signed"].as_str().unwrap()).unwrap();
    let until = signed["expires"].as_str().unwrap();
    let earlier = jiff::Timestamp::from_second(desk.now + DAY).unwrap().to_string();
    tamper(&desk, "p", until, &earlier);
    let sign = format!("sign p {root} --key {} --yes-i-read {read}", BOTH[0]);
    desk.refused(&sign, "nothing was signed: what was read has SHA-256");
    assert!(fs::read_to_string(desk.path("p")).unwrap().contains("\"signatures\": []"));
}

#[test]
fn a_policy_that_is_not_the_signed_one_is_not_even_shown() {
    let mut desk = proposed();
    let root = "--root repo/metadata/1.root.json";
    tamper(&desk, "p", "\\\"min_version\\\": \\\"1.0.0\\\"", "\\\"min_version\\\": \\\"0.0.1\\\"");
    let out = desk.run(&format!("show p {root}"));
    assert!(text(&out).contains("policy.json is not what is signed"), "{}", text(&out));
}

#[test]
fn what_cannot_be_shown_is_not_signed() {
    let mut desk = proposed();
    // Delegations would let others sign; nothing here shows them.
    tamper(&desk, "p", "{\\\"_type\\\":", "{\\\"A\\\":{},\\\"_type\\\":");
    let out = desk.run("show p --root repo/metadata/1.root.json");
    assert!(text(&out).contains("unknown field `A`"), "{}", text(&out));
}

#[test]
fn a_signature_does_not_outlive_a_change_between_holders() {
    let mut desk = proposed();
    desk.signed("p", &BOTH[..1]);
    let signed: serde_json::Value = serde_json::from_slice(&fs::read(desk.path("p")).unwrap()).unwrap();
    let signed: serde_json::Value = serde_json::from_str(signed["signed"].as_str().unwrap()).unwrap();
    let earlier = jiff::Timestamp::from_second(desk.now + DAY).unwrap().to_string();
    tamper(&desk, "p", signed["expires"].as_str().unwrap(), &earlier);
    desk.signed("p", &BOTH[1..]);
    desk.refused(&publish("p"), "carries 1 of the 2 signatures");
}

#[test]
fn a_proposal_held_against_another_deployments_root_is_not_shown() {
    let mut desk = proposed();
    let mut other = Desk::with_root();
    other.good("root rotate repo --out unused");
    fs::copy(other.path("repo/metadata/1.root.json"), desk.path("other.json")).unwrap();
    let out = desk.run("show p --root other.json");
    assert!(text(&out).contains("another than the trusted one"), "{}", text(&out));
    let out = desk.run("show p");
    assert!(text(&out).contains("name the root that you keep"), "{}", text(&out));
}

#[test]
fn a_key_of_another_role_signs_nothing() {
    let mut desk = proposed();
    for key in ["keys/root-anna.key", "keys/timestamp-online.key"] {
        let out = desk.sign("p", key);
        assert!(text(&out).contains("is none that signs this"), "{}", text(&out));
    }
}

#[test]
fn a_wrong_passphrase_opens_no_key_and_signs_nothing() {
    let mut desk = proposed();
    let root = "--root repo/metadata/1.root.json";
    let read = shown(&desk.run(&format!("show p {root}")));
    let before = fs::read(desk.path("p")).unwrap();
    let line = format!("sign p {root} --key {} --yes-i-read {read} --passphrase-fd 0", BOTH[0]);
    let out = support::finish(desk.start(&line), "correct horse battery stable\n");
    assert!(!out.status.success());
    assert!(text(&out).contains("not the one of this key"), "{}", text(&out));
    assert_eq!(fs::read(desk.path("p")).unwrap(), before);

    let add =
        format!("release add other --repo repo --version 1.0.1 --system {SYSTEM} --program polder-1.0.0");
    let read = shown(&desk.run(&add));
    let line = format!("{add} --key keys/minisign-mia.key --yes-i-read {read} --passphrase-fd 0");
    let out = support::finish(desk.start(&line), "correct horse battery stable\n");
    assert!(text(&out).contains("not the one of this key"), "{}", text(&out));
    assert!(!desk.path("other").exists());
}

#[test]
fn keys_rest_encrypted_are_their_owners_alone_and_are_never_replaced() {
    let mut desk = Desk::new();
    for role in ["targets", "minisign"] {
        desk.good_typing(&format!("keys make {role} dora --out keys"));
        let path = desk.path(&format!("keys/{role}-dora.key"));
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let before = fs::read(&path).unwrap();
        desk.refused(&format!("keys make {role} dora --out keys"), "is there already");
        assert_eq!(fs::read(&path).unwrap(), before);
    }
    let text = fs::read_to_string(desk.path("keys/targets-dora.key")).unwrap();
    assert!(text.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----"));
    let out = support::finish(desk.start("keys make root anna --out keys --passphrase-fd 0"), "too short\n");
    assert!(support::text(&out).contains("12 characters at least"));
    assert!(!desk.path("keys/root-anna.key").exists());
}

#[test]
fn the_plain_minisign_program_opens_the_holders_key_and_its_signature_counts() {
    let mut desk = Desk::new();
    desk.good_typing("keys make minisign mia --out keys");
    let program = desk.program("1.0.0", b"a program");
    let out = desk.shell(
        &format!("minisign -S -s keys/minisign-mia.key -m {program} && minisign -VHm {program} -p keys/minisign-mia.pub"),
        &format!("{PASSPHRASE}\n"),
    );
    assert!(out.status.success(), "{}", text(&out));
}

#[test]
fn on_a_terminal_a_passphrase_is_asked_for_twice_and_not_echoed_and_the_word_is_asked_for() {
    let mut desk = proposed();
    let typed = "six words drawn by some dice";
    let make = |holder: &str| format!("keys make root {holder} --out keys {QUICK}");
    let mut terminal = Terminal::start(&desk, &make("ben"));
    terminal.type_hidden("New passphrase for keys/root-ben.key: ", typed);
    terminal.type_hidden("The same again: ", typed);
    let (good, said) = terminal.end();
    assert!(good && !said.contains("dice"), "{said}");

    let mut terminal = Terminal::start(&desk, &make("bea"));
    terminal.type_hidden("New passphrase for keys/root-bea.key: ", typed);
    terminal.type_hidden("The same again: ", "six other words");
    let (good, said) = terminal.end();
    assert!(!good && said.contains("differ"), "{said}");

    let sign = "sign p --root repo/metadata/1.root.json --key keys/targets-dora.key";
    let mut terminal = Terminal::start(&desk, sign);
    terminal.type_shown("To sign it, type ", "yes");
    let (good, said) = terminal.end();
    assert!(!good && said.contains("the word was another"), "{said}");

    let shown = text(&desk.run("show p --root repo/metadata/1.root.json"));
    let word = shown.lines().find_map(|line| line.strip_prefix("Its word: ")).unwrap().to_owned();
    let mut terminal = Terminal::start(&desk, sign);
    terminal.type_shown(&format!("To sign it, type {word}"), &word);
    terminal.type_hidden("Passphrase of keys/targets-dora.key: ", PASSPHRASE);
    let (good, said) = terminal.end();
    assert!(good && said.contains("signed with key"), "{said}");
    assert!(!said.contains(PASSPHRASE), "{said}");
}

#[test]
fn what_is_shown_says_every_change_and_who_signed() {
    let mut desk = released();
    desk.add("1.1.0", &noise(20_000, 2));
    let revoke = "ab".repeat(32);
    desk.good(&format!(
        "policy set draft --repo repo --newest {SYSTEM}=1.1.0 --min-version 1.1.0 --revoke {revoke} --next-pin {PIN_B}"
    ));
    desk.good("propose draft --repo repo --out p");
    desk.signed("p", &BOTH[..1]);
    let said = text(&desk.run("show p --root repo/metadata/1.root.json"));
    for words in [
        "TARGETS, version 2".to_owned(),
        "after version 1".to_owned(),
        "+ releases/1.1.0/linux-x86_64/polder\n    20000 bytes".to_owned(),
        "~ policy.json".to_owned(),
        "~ clients older than 1.1.0 are refused (before: 1.0.0)".to_owned(),
        format!("~ the newest for {SYSTEM} is 1.1.0 (before: 1.0.0)"),
        format!("the program with SHA-256 {revoke} must not run any more"),
        format!("+ clients accept {PIN_B} as well"),
        format!("it serves {PIN_A}"),
        "5 as they were".to_owned(),
        "1 of 2, 2 are needed (dora)".to_owned(),
    ] {
        assert!(said.contains(&words), "{words} is not said:\n{said}");
    }
}

#[test]
fn signing_needs_no_network() {
    let mut desk = proposed();
    // A key holder's computer: the program must not even open a socket.
    let read = shown(&desk.run("show p --root repo/metadata/1.root.json"));
    let out = desk.shell(
        &format!(
            "strace -f -o calls -e trace=network polder-release {} sign p --root repo/metadata/1.root.json \
             --key {} --yes-i-read {read} --passphrase-fd 0",
            desk.at(),
            BOTH[0]
        ),
        &format!("{PASSPHRASE}\n"),
    );
    assert!(out.status.success(), "{}", text(&out));
    let calls = fs::read_to_string(desk.path("calls")).unwrap();
    assert!(!calls.contains("socket(") && !calls.contains("connect("), "{calls}");
    assert!(Command::new("strace").arg("-V").output().unwrap().status.success());
}
