//! Pictures of every screen in the engine that ships: into a folder for people to look at, and held against kept ones.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::build;
use crate::command::{Failure, Outcome, say_and_run};
use crate::count::Count;
use crate::place::Place;
use crate::section::Sections;
use crate::setup::{self, Needs};

#[derive(clap::Args)]
pub(crate) struct Shots {
    /// Where the pictures go.
    folder: PathBuf,
    /// Also makes the kept references anew, once the pictures were looked at.
    #[arg(long)]
    keep: bool,
    /// Only screens whose names have all of these, such as `gate dark-nl`.
    words: Vec<String>,
}

#[derive(clap::Args)]
pub(crate) struct Ui {
    /// What to show.
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    /// A page that shows every part in every state, in a browser.
    Gallery,
}

/// `cargo xtask shots`: every screen, light and dark, English and Dutch.
pub(crate) fn shots(options: &Shots) -> Outcome {
    let place = Place::find()?;
    let mut sections = Sections::start();
    sections.must("set-up", || setup::set_up(&place, Needs::Walk))?;
    let folder = std::path::absolute(&options.folder).map_err(Failure::file(&options.folder))?;
    sections.must("pictures", || {
        build::ui_packages(&place)?;
        let mut npm = place.npm();
        npm.args(["run", "pictures", "--", "--out"]).arg(&folder);
        if options.keep {
            npm.arg("--keep");
        }
        say_and_run(npm.args(&options.words))
    })
}

/// `cargo xtask ui gallery`.
pub(crate) fn ui(options: &Ui) -> Outcome {
    let What::Gallery = options.what;
    let place = Place::find()?;
    build::ui_packages(&place)?;
    say_and_run(place.npm().args(["run", "gallery"]))
}

/// Takes those that are kept, or all, and holds them against the kept ones; each counts as a test. What differs lies in
/// `target/xtask/pictures/differences` then.
pub(crate) fn compare(place: &Place, all: bool, count: &mut Count) -> Outcome {
    let folder = place.target.join("xtask/pictures");
    let report = place.target.join("xtask/pictures.json");
    fs::create_dir_all(&folder).map_err(Failure::file(&folder))?;
    if report.exists() {
        fs::remove_file(&report).map_err(Failure::file(&report))?;
    }
    let mut npm = place.npm();
    npm.args(["run", "pictures", "--", "--compare", "--out"]).arg(&folder);
    if !all {
        npm.arg("--kept");
    }
    let taken = say_and_run(npm.arg("--report").arg(&report));
    *count = counted(&report)?;
    taken
}

/// Each picture is a test; one that differs or has trouble has failed.
fn counted(report: &Path) -> Outcome<Count> {
    let text = fs::read_to_string(report).map_err(Failure::file(report))?;
    from_report(&text).ok_or_else(|| Failure::Needs(format!("{}: no counts in it", report.display())))
}

fn from_report(text: &str) -> Option<Count> {
    let report: Value = serde_json::from_str(text).ok()?;
    let taken = report["pictures"].as_u64().filter(|&taken| taken > 0)?;
    let mut wrong: Vec<&str> = Vec::new();
    for list in ["differ", "troubles"] {
        for line in report[list].as_array()? {
            wrong.push(line.as_str()?.split(':').next()?);
        }
    }
    wrong.sort_unstable();
    wrong.dedup();
    let failed = wrong.len() as u64;
    Some(Count { passed: taken.saturating_sub(failed), failed, skipped: 0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_that_differs_or_has_trouble_has_failed_once() {
        let report = r#"{"pictures":5,"differ":["gate-light-en: 3 %"],"troubles":["gate-light-en: cut","code-dark-nl: axe"]}"#;
        assert_eq!(from_report(report), Some(Count { passed: 3, failed: 2, skipped: 0 }));
        assert_eq!(from_report(r#"{"pictures":0,"differ":[],"troubles":[]}"#), None);
        assert_eq!(from_report("{}"), None);
    }
}
