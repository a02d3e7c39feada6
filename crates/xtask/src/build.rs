//! Builds the screens and the programs; each only when something changed.

use std::collections::BTreeSet;
use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use crate::command::{Failure, Outcome, say_and_run};
use crate::place::Place;

/// The names of the built programs.
pub(crate) const CLIENT: &str = "polder-desktop";
pub(crate) const LAUNCHER: &str = "polder-launcher";
pub(crate) const PLATFORM: &str = "polder-platform";
pub(crate) const LOCAL: &str = "polder-local";

/// Folders below `ui` that are made, not written.
const MADE: [&str; 4] = ["node_modules", "dist", "dist-fake", "pictures"];

/// What the client is built for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// People.
    Use,
    /// Being driven by a test: takes its deployment from a file and lets automation in.
    EndToEnd,
}

/// Installs what the screens are made with, exactly as locked.
pub(crate) fn ui_packages(place: &Place) -> Outcome {
    let ui = place.ui();
    let stamp = ui.join("node_modules/.polder-packages");
    let wanted = fingerprint(&[ui.join("package.json"), ui.join("package-lock.json")])?;
    if fs::read_to_string(&stamp).is_ok_and(|found| found == wanted) {
        println!("The packages of the screens are as locked.");
        return Ok(());
    }
    say_and_run(place.npm().args(["ci", "--no-audit", "--no-fund"]))?;
    fs::write(&stamp, wanted).map_err(Failure::file(&stamp))
}

/// Builds the screens into `ui/dist`.
pub(crate) fn ui(place: &Place, purpose: Purpose) -> Outcome {
    let ui = place.ui();
    let sources = files(&ui)?;
    let index = ui.join("dist/index.html");
    // Beside the packages, because a build empties `dist`. The time of what was built is part of it: a build by hand
    // makes it void.
    let stamp = ui.join("node_modules/.polder-dist");
    let wanted = |index| Ok(format!("{purpose:?} {} {}", fingerprint(&sources)?, modified(index)));
    if index.is_file()
        && fs::read_to_string(&stamp).is_ok_and(|found| wanted(&index).is_ok_and(|wanted| found == wanted))
    {
        println!("The screens are built and nothing in them has changed.");
        return Ok(());
    }
    let mut npm = place.npm();
    npm.args(["run", "build"]).env_remove("VITE_E2E");
    if purpose == Purpose::EndToEnd {
        npm.env("VITE_E2E", "1");
    }
    say_and_run(&mut npm)?;
    fs::write(&stamp, wanted(&index)?).map_err(Failure::file(&stamp))
}

/// Builds the platform and the program that makes a deployment on this machine.
pub(crate) fn platform(place: &Place, release: bool) -> Outcome {
    let mut cargo = place.cargo();
    cargo.args(["build", "--package", PLATFORM, "--package", LOCAL]);
    if release {
        cargo.arg("--release");
    }
    say_and_run(&mut cargo)
}

/// Builds the client for one deployment.
pub(crate) fn client(place: &Place, purpose: Purpose, deployment: &Path, release: bool) -> Outcome {
    let mut cargo = place.cargo();
    cargo.args(["build", "--package", CLIENT]);
    if purpose == Purpose::EndToEnd {
        cargo.args(["--features", "e2e"]);
    }
    if release {
        cargo.arg("--release");
    }
    say_and_run(cargo.env("POLDER_DEPLOYMENT", deployment))
}

/// Every file below a folder but those that are made.
fn files(folder: &Path) -> Outcome<BTreeSet<PathBuf>> {
    let mut found = BTreeSet::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).map_err(Failure::file(&next))? {
            let path = entry.map_err(Failure::file(&next))?.path();
            if !path.is_dir() {
                found.insert(path);
            } else if !(next == folder
                && path.file_name().is_some_and(|name| MADE.iter().any(|made| name == *made)))
            {
                folders.push(path);
            }
        }
    }
    Ok(found)
}

/// Changes when a name or a byte of these files does. Only for comparing builds on one machine.
fn fingerprint<'a>(files: impl IntoIterator<Item = &'a PathBuf>) -> Outcome<String> {
    let mut hasher = DefaultHasher::new();
    for file in files {
        file.hash(&mut hasher);
        fs::read(file).map_err(Failure::file(file))?.hash(&mut hasher);
    }
    Ok(format!("{:016x}", hasher.finish()))
}

fn modified(file: &Path) -> u128 {
    let time = fs::metadata(file).and_then(|metadata| metadata.modified());
    time.ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok()).map_or(0, |time| time.as_nanos())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder of this test's own, emptied first.
    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("polder-xtask-{name}-{}", std::process::id()));
        if folder.exists() {
            fs::remove_dir_all(&folder).unwrap();
        }
        fs::create_dir_all(folder.join("src/dist")).unwrap();
        fs::create_dir_all(folder.join("dist")).unwrap();
        for (file, text) in
            [("src/main.ts", "1"), ("src/dist/kept.ts", "2"), ("dist/made.js", "3"), ("index.html", "4")]
        {
            fs::write(folder.join(file), text).unwrap();
        }
        folder
    }

    #[test]
    fn what_is_made_is_no_source_but_only_at_the_top() {
        let folder = folder("sources");
        let found: Vec<_> = files(&folder)
            .unwrap()
            .iter()
            .map(|file| file.strip_prefix(&folder).unwrap().to_owned())
            .collect();
        assert_eq!(found, ["index.html", "src/dist/kept.ts", "src/main.ts"].map(PathBuf::from));
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_changed_or_renamed_source_changes_the_fingerprint() {
        let folder = folder("fingerprint");
        let now = || fingerprint(&files(&folder).unwrap()).unwrap();
        let first = now();
        assert_eq!(first, now());
        fs::write(folder.join("src/main.ts"), "10").unwrap();
        let changed = now();
        assert_ne!(first, changed);
        fs::rename(folder.join("src/main.ts"), folder.join("src/other.ts")).unwrap();
        assert_ne!(changed, now());
        fs::write(folder.join("dist/made.js"), "other").unwrap();
        let made = now();
        assert_eq!(made, now());
        fs::remove_dir_all(folder).unwrap();
    }
}
