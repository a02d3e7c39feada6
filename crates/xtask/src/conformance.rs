//! The public TUF conformance suite, run against polder-update. The suite is not part of this repository: somebody has
//! a checkout of github.com/theupdateframework/tuf-conformance and says where.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use clap::Args;
use serde_json::Value;

use crate::command::{Failure, Outcome, output, say_and_run};
use crate::place::{Place, on_path};

#[derive(Args)]
pub(crate) struct Options {
    /// The checkout of the suite.
    suite: PathBuf,
}

/// Runs all of its tests; none is expected to fail.
pub(crate) fn conformance(options: &Options) -> Outcome {
    let place = Place::find()?;
    let suite = fs::canonicalize(&options.suite).map_err(Failure::file(&options.suite))?;
    if !on_path("faketime", &std::env::var_os("PATH").unwrap_or_default()) {
        return Err(Failure::Needs(
            "The suite moves the clock with faketime: apt-get install faketime".to_owned(),
        ));
    }
    say_and_run(place.cargo().args(["build", "-p", "polder-update"]).env_remove("POLDER_DEPLOYMENT"))?;
    let folder = place.target.join("conformance");
    let python = install(&suite, &folder)?;
    let report = folder.join("report.json");
    // An old report must not be counted as a new one.
    match fs::remove_file(&report) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(Failure::file(&report)(error));
        }
        _ => {}
    }
    let mut tests = Command::new(python);
    tests.args(["-m", "pytest", "tuf_conformance", "-q", "-p", "no:cacheprovider"]).current_dir(&suite);
    tests.arg("--entrypoint").arg(place.built("polder-update", false));
    tests.args(["--json-report", "--json-report-file"]).arg(&report);
    // Nothing is left beside the suite's sources, and nothing stands between it and the program.
    tests.env("PYTHONDONTWRITEBYTECODE", "1").env("NO_PROXY", "127.0.0.1");
    let ran = say_and_run(&mut tests);
    if let Some(summary) = fs::read(&report).ok().and_then(|json| Summary::read(&json)) {
        println!("\nTUF conformance: {} of {} tests passed.", summary.passed, summary.total);
        if summary.passed != summary.total {
            return Err(Failure::NotPassed);
        }
        return ran;
    }
    ran.and(Err(Failure::Needs("The suite ran and left no report that could be counted.".to_owned())))
}

/// Installs what the suite says that it needs, if it is not there yet or something else is wanted.
fn install(suite: &Path, folder: &Path) -> Outcome<PathBuf> {
    const DEPENDENCIES: &str = "import sys, tomllib\n\
        print('\\n'.join(tomllib.load(open(sys.argv[1], 'rb'))['project']['dependencies']))";
    let system = if cfg!(windows) { "python" } else { "python3" };
    let project = suite.join("pyproject.toml");
    let wanted = output(Command::new(system).args(["-c", DEPENDENCIES]).arg(&project))?;
    let environment = folder.join("python");
    let python = environment.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    let installed = folder.join("installed.txt");
    if fs::read_to_string(&installed).ok().as_ref() != Some(&wanted) {
        fs::create_dir_all(folder).map_err(Failure::file(folder))?;
        say_and_run(Command::new(system).args(["-m", "venv", "--clear"]).arg(&environment))?;
        let mut pip = Command::new(&python);
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]);
        say_and_run(pip.args(wanted.lines()))?;
        // Last, so that one that was broken off counts as none.
        fs::write(&installed, wanted).map_err(Failure::file(&installed))?;
    }
    Ok(python)
}

/// What pytest's report says of all tests together.
#[derive(Debug, PartialEq, Eq)]
struct Summary {
    passed: u64,
    total: u64,
}

impl Summary {
    /// None when it is no report, or one of a run in which there was no test.
    fn read(json: &[u8]) -> Option<Self> {
        let report: Value = serde_json::from_slice(json).ok()?;
        let summary = &report["summary"];
        // Parts of a test are counted beside the test.
        let count = |what: &str| summary[what].as_u64().unwrap_or(0);
        let total = summary["total"].as_u64().filter(|total| *total > 0)?;
        Some(Self { passed: count("passed") + count("subtests passed"), total })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_counted_and_one_without_tests_is_none() {
        let report = br#"{"summary": {"passed": 103, "failed": 1, "total": 104}}"#;
        assert_eq!(Summary::read(report), Some(Summary { passed: 103, total: 104 }));
        for none in [&br#"{"summary": {"total": 0}}"#[..], b"{}", b"", br#"{"summary": {"passed": 3}}"#] {
            assert_eq!(Summary::read(none), None);
        }
    }
}
