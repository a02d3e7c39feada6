//! The platform held against its own API description by Schemathesis, a Python program in an environment of its own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command::{Failure, Outcome, say_and_run};
use crate::count::{Attacked, Count};
use crate::place::Place;

/// Where Schemathesis is and where it writes what it did.
pub(crate) struct Schemathesis {
    python: PathBuf,
    reports: PathBuf,
}

impl Schemathesis {
    /// Installs it below the target folder, if it is not there or another version is wanted, and forgets what it
    /// reported earlier.
    pub(crate) fn install(place: &Place) -> Outcome<Self> {
        let folder = place.target.join("schemathesis");
        let (environment, reports) = (folder.join("python"), folder.join("reports"));
        let python = environment.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
        let wanted = place.root.join("tests/schemathesis/requirements.txt");
        let installed = folder.join("installed.txt");
        let text = fs::read(&wanted).map_err(Failure::file(&wanted))?;
        if fs::read(&installed).ok().as_ref() != Some(&text) {
            discard(&environment)?;
            fs::create_dir_all(&folder).map_err(Failure::file(&folder))?;
            println!("Schemathesis is installed, once (half a minute).");
            say_and_run(Command::new(interpreter()).args(["-m", "venv"]).arg(&environment))?;
            let mut pip = Command::new(&python);
            pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]);
            // Nothing is built, and nothing but what was looked at is installed.
            pip.args(["--only-binary", ":all:", "--require-hashes", "--requirement"]).arg(&wanted);
            say_and_run(&mut pip)?;
            // Last, so that one that was broken off counts as none.
            fs::write(&installed, text).map_err(Failure::file(&installed))?;
        }
        // An old report must not be counted as a new one.
        discard(&reports)?;
        fs::create_dir_all(&reports).map_err(Failure::file(&reports))?;
        Ok(Self { python, reports })
    }

    /// Tells the tests where it is.
    pub(crate) fn tell(&self, tests: &mut Command) {
        tests.env("POLDER_SCHEMATHESIS_PYTHON", &self.python);
        tests.env("POLDER_SCHEMATHESIS_REPORTS", &self.reports);
    }

    /// Counts the operations that were attacked, each once by everybody who attacked it, and says with how much.
    pub(crate) fn count(&self) -> Outcome<Count> {
        let mut sum = Count::default();
        for entry in fs::read_dir(&self.reports).map_err(Failure::file(&self.reports))? {
            let path = entry.map_err(Failure::file(&self.reports))?.path();
            let attacked = Attacked::read(&path)?;
            let Attacked { operations, requests, seed } = &attacked;
            let who = path.file_stem().unwrap_or_default().display();
            println!("{who}: {requests} requests from seed {seed}; of the operations {operations}");
            sum = sum + attacked.operations;
        }
        Ok(sum)
    }
}

fn discard(folder: &Path) -> Outcome {
    match fs::remove_dir_all(folder) {
        Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
            Err(Failure::File { path: folder.to_owned(), source })
        }
        _ => Ok(()),
    }
}

fn interpreter() -> &'static str {
    if cfg!(windows) { "python" } else { "python3" }
}
