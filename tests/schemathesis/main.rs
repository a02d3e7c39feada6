//! The platform's own API description, held against the running platform by Schemathesis: what the description
//! allows is taken, what it forbids is refused, and each answer is one that it names. `cargo xtask test` says where
//! Schemathesis is, and counts from the reports.

use std::path::{Path, PathBuf};
use std::process::Command;

use polder_local::{Local, Platform};
use polder_tests::{Outcome, built};
use polder_wire::UnixSeconds;
use polder_wire::update::this_system;
use serde_json::{Value, json};
use tempfile::TempDir;

#[test]
fn to_a_stranger_the_platform_is_as_it_describes_itself() -> Outcome {
    // The description itself and update files: nothing else is for strangers.
    assert_eq!(taken(&attack("stranger")?), 2);
    Ok(())
}

#[test]
fn to_somebody_signed_in_the_platform_is_as_it_describes_itself() -> Outcome {
    let report = attack("signed-in")?;
    // Everything that is described was reached behind the front door, too; for what is new, hooks.py says how.
    assert_eq!(Some(taken(&report)), selected(&report), "{report}");
    Ok(())
}

/// Answers the report of a run that found nothing and tried everything.
fn attack(who: &str) -> Outcome<Value> {
    let python = built("POLDER_SCHEMATHESIS_PYTHON")?;
    let report = built("POLDER_SCHEMATHESIS_REPORTS")?.join(format!("{who}.json"));
    let (platform, stage, _folder) = set()?;
    let mut schemathesis = Command::new(python);
    schemathesis.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("schemathesis/attack.py"));
    schemathesis.args(["--no-color", "--report", "json", "--report-json-path"]).arg(&report);
    schemathesis.env("POLDER_STAGE", &stage).env("POLDER_AS", who);
    // Nothing between here and the platform, and nothing left beside the sources.
    schemathesis.env("NO_PROXY", "localhost").env("PYTHONDONTWRITEBYTECODE", "1");
    let status = schemathesis.current_dir(stage.parent().ok_or("a stage lies in a folder")?).status()?;
    drop(platform);
    if !status.success() {
        return Err(format!("Schemathesis ended with {status}; what it found stands above").into());
    }
    let report = serde_json::from_slice(&std::fs::read(report)?)?;
    if tried_everything(&report) {
        Ok(report)
    } else {
        Err(format!("not everything was tried: {report}").into())
    }
}

/// The stream of events, by `schemathesis.toml`.
const LEFT_OUT: u64 = 1;

/// A run that found nothing because it tried nothing has failed.
fn tried_everything(report: &Value) -> bool {
    let number = |pointer: &str| report.pointer(pointer).and_then(Value::as_u64);
    let operations = selected(report);
    operations >= Some(12)
        && number("/operations/total")
            .zip(operations)
            .is_some_and(|(all, these)| all.checked_sub(these) == Some(LEFT_OUT))
        && number("/operations/tested") == operations
        && number("/test_cases/generated") >= Some(500)
        && number("/test_cases/errored") == Some(0)
}

/// How many operations were attacked.
fn selected(report: &Value) -> Option<u64> {
    report.pointer("/operations/selected")?.as_u64()
}

/// How many operations took something that they were given.
fn taken(report: &Value) -> u64 {
    let accepted = |phase: &Value| phase["accepted"].as_u64().is_some_and(|number| number > 0);
    let rates = report["valid_rates"].as_object().into_iter().flat_map(serde_json::Map::values);
    rates.filter(|phases| phases.as_object().is_some_and(|phases| phases.values().any(accepted))).count()
        as u64
}

#[test]
fn a_run_that_tried_nothing_has_failed() {
    let whole = json!({
        "operations": { "total": 13, "selected": 12, "tested": 12 }, "test_cases": { "generated": 500, "errored": 0 },
        "valid_rates": { "a": { "fuzzing": { "accepted": 0 } }, "b": { "fuzzing": { "accepted": 1 } } },
    });
    assert!(tried_everything(&whole));
    assert_eq!(taken(&whole), 1);
    for (pointer, value) in [
        ("/operations/total", json!(0)),
        ("/operations/tested", json!(11)),
        ("/operations", Value::Null),
        ("/test_cases/generated", json!(499)),
        ("/test_cases/errored", json!(1)),
        ("/test_cases", Value::Null),
    ] {
        let mut less = whole.clone();
        *less.pointer_mut(pointer).unwrap() = value;
        assert!(!tried_everything(&less), "{less}");
    }
    assert_eq!(taken(&Value::Null), 0);
}

/// A platform with people and projects, and the file that says to Schemathesis what is where.
fn set() -> Outcome<(Platform, PathBuf, TempDir)> {
    let binary = built("POLDER_PLATFORM_BIN")?;
    let folder = tempfile::Builder::new().prefix("polder-schemathesis-").tempdir()?;
    let now = UnixSeconds::from_clock();
    let mut local = Local::open_or_create(&folder.path().join("local"), now)?;
    // There is no client here, but a policy that says which ones are let in.
    local.publish(b"nobody starts this".to_vec(), &polder_wire::VERSION.parse()?, &this_system(), now)?;
    // All of it comes from this computer's one address, most of it wrong on purpose.
    let mut config = std::fs::read_to_string(local.platform_config())?;
    config.push_str(
        "
[limits]
wrong_tries_per_address = 1000000
",
    );
    std::fs::write(local.platform_config(), config)?;
    let platform = local.start_platform(&binary)?;
    let accounts = local.seed(&binary)?;
    let ca = folder.path().join("ca.pem");
    std::fs::write(&ca, local.authority().certificate_pem())?;
    let stage = folder.path().join("stage.json");
    let written = json!({
        "origin": local.origin(),
        "ca": ca,
        "accounts": accounts,
        "mail": local.mail(),
        "platform": [binary, "--config", local.platform_config()],
    });
    std::fs::write(&stage, written.to_string())?;
    Ok((platform, stage, folder))
}
