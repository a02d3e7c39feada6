//! Releases of this very client to measure updates with: the one that runs, one with a mended line, and one with another
//! dependency. Each is a whole build, and so they are kept.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::build::{self, CLIENT, Purpose};
use crate::command::{Failure, Outcome, output, say_and_run};
use crate::place::Place;

/// What is built, in order; each of them is one step from the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Build {
    /// The one that runs.
    Old,
    /// The next version, with one line mended.
    Patch,
    /// The next version, with another version of a crate that much stands on.
    Dependency,
}

impl Build {
    pub(crate) const ALL: [Self; 3] = [Self::Old, Self::Patch, Self::Dependency];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Old => "old",
            Self::Patch => "patch",
            Self::Dependency => "dependency",
        }
    }
}

/// Where the version of releases stands, before and after: a release has one of its own.
const VERSION: [&str; 2] = ["0.1.0\n", "0.1.1\n"];
const VERSION_FILE: &str = "VERSION";
/// The mended line: a window that was hidden comes back as well.
const FILE: &str = "src-tauri/src/window.rs";
const LINE: [&str; 2] = [
    "window.unminimize().and_then(|()| window.set_focus())",
    "window.unminimize().and_then(|()| window.show()).and_then(|()| window.set_focus())",
];
/// A crate and another patch version of it. Which of the two is newer makes no difference to how far they lie apart.
const DEPENDENCY: [&str; 2] = ["tokio", "1.54.0"];

/// Builds what is not there yet, for this deployment, and says where it lies, in the order of [`Build::ALL`].
///
/// All three come from a copy of the last commit, in one folder: paths that a compiler writes into programs are the same.
pub(crate) fn build(place: &Place, folder: &Path, deployment: &Path) -> Outcome<[PathBuf; 3]> {
    let kept = folder.join("built");
    let built = Build::ALL.map(|build| kept.join(build.name()));
    let of = kept.join("commit");
    if built.iter().all(|program| program.is_file()) {
        let commit = fs::read_to_string(&of).map_err(Failure::file(&of))?;
        println!("Three releases were built of {}; remove {} to build anew.", commit.trim(), kept.display());
        return Ok(built);
    }
    fs::create_dir_all(&kept).map_err(Failure::file(&kept))?;
    build::ui_packages(place)?;
    build::ui(place, Purpose::Use)?;
    let source = folder.join("source");
    let commit = copy(place, &source)?;
    fs::write(&of, commit).map_err(Failure::file(&of))?;
    for (build, program) in Build::ALL.iter().zip(&built) {
        change(&source, *build)?;
        let mut cargo = place.cargo();
        cargo.current_dir(&source).args(["build", "--release", "--package", CLIENT, "--bin", CLIENT]);
        cargo.args(["--target-dir".as_ref(), place.target.as_os_str()]);
        say_and_run(cargo.env("POLDER_DEPLOYMENT", deployment))?;
        fs::copy(place.built(CLIENT, true), program).map_err(Failure::file(program))?;
    }
    Ok(built)
}

/// The last commit and the built screens, in a folder of their own. Says which commit.
fn copy(place: &Place, source: &Path) -> Outcome<String> {
    if source.exists() {
        fs::remove_dir_all(source).map_err(Failure::file(source))?;
    }
    let screens = source.join("ui/dist");
    fs::create_dir_all(&screens).map_err(Failure::file(&screens))?;
    let archive = source.with_extension("tar");
    let mut git = Command::new("git");
    git.current_dir(&place.root).args(["archive", "--format=tar", "HEAD", "--output"]).arg(&archive);
    say_and_run(&mut git)?;
    say_and_run(Command::new("tar").arg("-xf").arg(&archive).arg("-C").arg(source))?;
    fs::remove_file(&archive).map_err(Failure::file(&archive))?;
    say_and_run(Command::new("cp").arg("-r").arg(place.ui().join("dist/.")).arg(&screens))?;
    output(Command::new("git").current_dir(&place.root).args(["rev-parse", "HEAD"]))
}

/// From one build to the next.
fn change(source: &Path, build: Build) -> Outcome {
    match build {
        Build::Old => Ok(()),
        Build::Patch => {
            replace(&source.join(VERSION_FILE), VERSION)?;
            replace(&source.join(FILE), LINE)
        }
        Build::Dependency => {
            let [was, mended] = LINE;
            replace(&source.join(FILE), [mended, was])?;
            let [name, version] = DEPENDENCY;
            let mut cargo = Command::new("cargo");
            cargo.current_dir(source).args(["update", "--package", name, "--precise", version]);
            say_and_run(&mut cargo)
        }
    }
}

/// Fails where the text is not there once: then this file has to be changed as well.
fn replace(file: &Path, [old, new]: [&str; 2]) -> Outcome {
    let text = fs::read_to_string(file).map_err(Failure::file(file))?;
    if text.matches(old).count() != 1 {
        return Err(Failure::Needs(format!("{} does not hold {old:?} once.", file.display())));
    }
    fs::write(file, text.replace(old, new)).map_err(Failure::file(file))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_changed_for_a_release_is_there_to_be_changed() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        for (file, [old, _]) in [(VERSION_FILE, VERSION), (FILE, LINE)] {
            let text = fs::read_to_string(root.join(file)).unwrap();
            assert_eq!(text.matches(old).count(), 1, "{file}: {old}");
        }
        let lock = fs::read_to_string(root.join("Cargo.lock")).unwrap();
        let [name, version] = DEPENDENCY;
        assert!(lock.contains(&format!("name = \"{name}\"\n")), "nothing stands on {name}");
        let same = format!("name = \"{name}\"\nversion = \"{version}\"\n");
        assert!(!lock.contains(&same), "{name} {version} is the locked one: name another");
    }
}
