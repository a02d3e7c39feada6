//! `ceremony.md` is true: every command in it runs, in order, with throwaway keys.

#![cfg(all(unix, feature = "tool"))]
#![allow(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod support;

use std::fs;

use support::{Desk, PASSPHRASE, QUICK, noise};

const CEREMONY: &str = include_str!("../ceremony.md");
const DAY: i64 = 24 * 60 * 60;

/// A command line of the ceremony, or time that passes.
#[derive(Debug, PartialEq, Eq)]
enum Step {
    Run(String),
    Wait(i64),
}

fn steps(text: &str) -> Vec<Step> {
    let mut inside = false;
    let mut steps = Vec::new();
    for line in text.lines() {
        match line {
            "```sh" => inside = true,
            "```" => inside = false,
            line if inside => steps.push(Step::Run(line.to_owned())),
            line => {
                let days = line.strip_prefix("<!-- ").and_then(|line| line.strip_suffix(" days later -->"));
                steps.extend(days.map(|days| Step::Wait(days.parse().unwrap())));
            }
        }
    }
    steps
}

#[test]
fn every_command_of_the_ceremony_does_what_it_should() {
    let mut desk = Desk::new();
    for (version, seed) in [("1.0.0", 1), ("1.0.1", 1), ("2.0.0", 2)] {
        let folder = desk.path(&format!("build/{version}"));
        fs::create_dir_all(&folder).unwrap();
        let mut program = noise(60_000, seed);
        program.extend(version.as_bytes());
        fs::write(folder.join("polder"), program).unwrap();
        fs::write(folder.join("notes.json"), r#"{"schema":1,"en":"New.","nl":"Nieuw."}"#).unwrap();
        fs::write(folder.join("sbom.cdx.json"), r#"{"bomFormat":"CycloneDX","specVersion":"1.6"}"#).unwrap();
    }
    let steps = steps(CEREMONY);
    assert!(steps.len() > 100, "only {} commands were found", steps.len());
    for step in steps {
        match step {
            Step::Wait(days) => desk.now += days * DAY,
            Step::Run(command) => {
                desk.now += 60;
                let out = follow(&desk, &command);
                assert!(out.status.success(), "{command}\n{}", support::text(&out));
            }
        }
    }
    // What it should lead to: the delta of the emergency, and an update file.
    assert!(desk.path("stick/polder-1.0.0.polder-update").exists());
    let deltas = desk.path("repo/targets/releases/1.0.1/linux-x86_64");
    let names = fs::read_dir(deltas).unwrap().map(|entry| entry.unwrap().file_name());
    assert!(names.into_iter().any(|name| name.to_string_lossy().ends_with(".from-1.0.0.bsdiff.zst")));
}

/// Types what a person would type: passphrases, and that what is shown was read.
fn follow(desk: &Desk, command: &str) -> std::process::Output {
    let Some(rest) = command.strip_prefix("polder-release ") else { return desk.shell(command, "") };
    let at = desk.at();
    let read = if let Some(signed) = rest.strip_prefix("sign ") {
        Some(desk.shell(&format!("polder-release {at} show {signed}"), ""))
    } else if rest.starts_with("release add ") {
        let (before, after) = rest.split_once(" --key ").unwrap();
        assert!(!after.contains(' '), "the key comes last: {command}");
        Some(desk.shell(&format!("polder-release {at} {before}"), ""))
    } else {
        None
    };
    let read = read.map(|out| format!(" --yes-i-read {}", support::shown(&out))).unwrap_or_default();
    let quick = if rest.starts_with("keys make") { format!(" {QUICK}") } else { String::new() };
    let asks = ["keys make", "sign ", "release add", "timestamp ", "publish "];
    let fd = if asks.iter().any(|ask| rest.starts_with(ask)) { " --passphrase-fd 0" } else { "" };
    desk.shell(&format!("polder-release {at} {rest}{read}{quick}{fd}"), &format!("{PASSPHRASE}\n").repeat(8))
}

#[test]
fn commands_and_waits_are_found_in_order() {
    let text = "a\n```sh\none\ntwo\n```\n<!-- 3 days later -->\n```sh\nthree\n```\n";
    let run = |text: &str| Step::Run(text.to_owned());
    assert_eq!(steps(text), [run("one"), run("two"), Step::Wait(3), run("three")]);
}
