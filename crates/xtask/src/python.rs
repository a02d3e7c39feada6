//! Python programs in environments of their own, below the target folder.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command::{Failure, Outcome, say_and_run};

/// Installs what a list with hashes names into `folder`, if it is not there or the list has changed, and says where its
/// Python is. `words` are for the person who waits.
pub(crate) fn environment(folder: &Path, wanted: &Path, words: &str) -> Outcome<PathBuf> {
    let environment = folder.join("python");
    let python = environment.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    let installed = folder.join("installed.txt");
    let text = fs::read(wanted).map_err(Failure::file(wanted))?;
    if fs::read(&installed).ok().as_ref() == Some(&text) {
        return Ok(python);
    }
    discard(&environment)?;
    fs::create_dir_all(folder).map_err(Failure::file(folder))?;
    println!("{words}");
    say_and_run(Command::new(interpreter()).args(["-m", "venv"]).arg(&environment))?;
    let mut pip = Command::new(&python);
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]);
    // Nothing is built, and nothing but what was looked at is installed.
    pip.args(["--only-binary", ":all:", "--require-hashes", "--requirement"]).arg(wanted);
    say_and_run(&mut pip)?;
    // Last, so that one that was broken off counts as none.
    fs::write(&installed, text).map_err(Failure::file(&installed))?;
    Ok(python)
}

/// Removes a folder with all that is in it. None there is as good.
pub(crate) fn discard(folder: &Path) -> Outcome {
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
