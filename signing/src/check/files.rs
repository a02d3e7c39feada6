use std::fs;
use std::io;
use std::path::Path;

use super::Report;
use crate::metadata::Targets;
use crate::proposal::plain;
use crate::publish::is;
use crate::standing::target_path;

/// A target's file, as a reader finds it.
pub(super) fn read(repository: &Path, targets: &Targets, name: &str) -> io::Result<Vec<u8>> {
    let target = targets.targets.get(name).ok_or(io::ErrorKind::NotFound)?;
    fs::read(target_path(repository, name, &target.hashes.sha256))
}

/// Every target is there, with its length and hashes.
pub(super) fn check(report: &mut Report, targets: &Targets, read: &dyn Fn(&str) -> io::Result<Vec<u8>>) {
    let before = report.faults.len();
    for (name, target) in &targets.targets {
        if let Err(fault) = plain(name) {
            report.target(name, fault.to_string());
            continue;
        }
        match read(name) {
            Ok(bytes) if is(target, &bytes) => {}
            Ok(_) => report.target(name, "this is not the file that was signed"),
            Err(error) => report.target(name, error.to_string()),
        }
    }
    if report.faults.len() == before {
        report.good.push(format!("all {} files are there, each as it was signed", targets.targets.len()));
    }
}
