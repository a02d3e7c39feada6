//! The platform held against its own API description by Schemathesis, a Python program in an environment of its own.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::command::{Failure, Outcome};
use crate::count::{Attacked, Count};
use crate::place::Place;
use crate::python::{self, discard};

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
        let reports = folder.join("reports");
        let wanted = place.root.join("tests/schemathesis/requirements.txt");
        let python =
            python::environment(&folder, &wanted, "Schemathesis is installed, once (half a minute).")?;
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
