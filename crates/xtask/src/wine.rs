//! A Windows of the tests' own: wine, with a home and a prefix below the target folder.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::command::{Failure, Outcome, say_and_run};
use crate::python::discard;

/// Wine that runs, and ends with this.
pub(crate) struct Wine {
    home: PathBuf,
    prefix: PathBuf,
    /// A program that waits until this ends. While one runs Windows' own services stay; else each test would start them
    /// anew, and they would keep what it writes to open.
    waiting: Option<Child>,
}

impl Wine {
    /// Begins anew in `folder`: what an earlier run left, such as a credential, would let a test pass that should not.
    /// `sources` has what is built for it with `gcc`.
    pub(crate) fn start(folder: &Path, sources: &Path, gcc: &str) -> Outcome<Self> {
        // Documents and the like are links to the home, so it is nobody's.
        let mut wine = Self { home: folder.join("home"), prefix: folder.join("prefix"), waiting: None };
        // One that was broken off may still be there.
        let _ = wine.command("wineserver", &["--kill"]).status();
        discard(folder)?;
        fs::create_dir_all(&wine.home).map_err(Failure::file(&wine.home))?;
        println!("A Windows of the tests' own is set up in {}.", folder.display());
        say_and_run(&mut wine.command("wineboot", &["--init"]))?;
        // It begins as Windows 7, which Rust's programs do not start on.
        let version = ["reg", "add", r"HKCU\Software\Wine", "/v", "Version", "/d", "win10", "/f"];
        say_and_run(&mut wine.command("wine", &version))?;
        let library = wine.prefix.join("drive_c/windows/system32/bcryptprimitives.dll");
        if !library.exists() {
            let mut build = Command::new(gcc);
            build.args(["-O2", "-shared", "-o"]).arg(&library).arg(sources.join("bcryptprimitives.c"));
            say_and_run(build.arg("-ladvapi32"))?;
        }
        let mut waits = wine.command("wine", &["cmd"]);
        let waiting = waits.stdin(Stdio::piped()).spawn();
        wine.waiting =
            Some(waiting.map_err(|source| Failure::NotStarted { line: "wine cmd".to_owned(), source })?);
        Ok(wine)
    }

    /// What cargo starts a Windows program with, as its configuration has it (TOML).
    pub(crate) fn runner(&self) -> String {
        let variables = self.variables().map(|(name, value)| format!("{name}={value}"));
        let words = ["env".to_owned(), "--unset=DISPLAY".to_owned(), "--unset=WAYLAND_DISPLAY".to_owned()];
        let words = words.into_iter().chain(variables).chain(["wine".to_owned()]);
        // JSON's strings are TOML's as well.
        serde_json::Value::from(words.collect::<Vec<_>>()).to_string()
    }

    /// What it starts in the background must not keep xtask's own output open: whoever reads that would wait for ever.
    fn command(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.args(arguments).envs(self.variables()).env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY");
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command
    }

    fn variables(&self) -> impl Iterator<Item = (&'static str, String)> {
        [
            ("HOME", self.home.display().to_string()),
            ("WINEPREFIX", self.prefix.display().to_string()),
            ("WINEDEBUG", "-all".to_owned()),
            // No .NET and no browser are asked for; and no debugger is started for each test that lets a program crash.
            ("WINEDLLOVERRIDES", "mscoree,mshtml,winemenubuilder.exe,winedbg.exe=".to_owned()),
        ]
        .into_iter()
    }
}

impl Drop for Wine {
    fn drop(&mut self) {
        // Only this prefix's programs end. Where there are none any more, it says so and that is as good.
        let _ = self.command("wineserver", &["--kill"]).status();
        // It ended with the others.
        let _ = self.waiting.take().map(|mut waiting| waiting.wait());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_with_a_blank_in_its_name_is_one_word_for_cargo() {
        let wine = Wine { home: "/a b/home".into(), prefix: "/a b/prefix".into(), waiting: None };
        let runner = wine.runner();
        assert!(runner.starts_with(r#"["env","#) && runner.ends_with(r#","wine"]"#), "{runner}");
        assert!(runner.contains(r#""WINEPREFIX=/a b/prefix""#), "{runner}");
        std::mem::forget(wine);
    }
}
