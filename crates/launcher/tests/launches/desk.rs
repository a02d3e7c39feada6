//! A person's computer with a launcher on it, made of what a publisher signs.

use std::env::consts::EXE_SUFFIX;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::rc::Rc;

use polder_slots::archive::Limits;
use polder_slots::testing::{Publisher, Release, program_of};
use polder_slots::{Pointer, Slots};
use polder_wire::update::this_system;
use semver::Version;

const LAUNCHER: &str = env!("CARGO_BIN_EXE_polder-launcher");
const PROGRAM: &str = env!("CARGO_BIN_EXE_slot-program");

pub(crate) struct Desk {
    folder: tempfile::TempDir,
    pub(crate) publisher: Rc<Publisher>,
}

impl Desk {
    /// With a launcher in a folder of this person's, and nothing else.
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let publisher = Publisher::new();
        let deployment =
            serde_json::json!({ "schema": 1, "name": "local", "minisign_key": publisher.public() });
        fs::write(folder.path().join("deployment.json"), deployment.to_string()).unwrap();
        fs::create_dir(folder.path().join("bin")).unwrap();
        fs::create_dir(folder.path().join("data")).unwrap();
        let desk = Self { folder, publisher: Rc::new(publisher) };
        fs::copy(LAUNCHER, desk.launcher()).unwrap();
        desk
    }

    /// Another computer in the same state. What is never changed in place is there only once.
    #[cfg(target_os = "linux")]
    pub(crate) fn again(&self) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let from = self.folder.path().join(".");
        let copied = Command::new("cp").args(["-a", "--link"]).arg(from).arg(folder.path()).status();
        assert!(copied.unwrap().success());
        Self { folder, publisher: Rc::clone(&self.publisher) }
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub(crate) fn launcher(&self) -> PathBuf {
        self.folder.path().join("bin").join(format!("polder-launcher{EXE_SUFFIX}"))
    }

    pub(crate) fn slots(&self) -> Slots {
        Slots::at(&self.data(), "local")
    }

    /// A release whose program does what `part` says, line by line.
    pub(crate) fn release(&self, version: &str, part: &str) -> Release {
        self.release_with(version, part, &[])
    }

    pub(crate) fn release_with(&self, version: &str, part: &str, more: &[(&str, &[u8], bool)]) -> Release {
        let program = fs::read(PROGRAM).unwrap();
        let mut files = vec![(program_name(), program.as_slice(), true), ("part", part.as_bytes(), false)];
        files.extend_from_slice(more);
        self.publisher.release(&v(version), &this_system(), &files)
    }

    /// Puts a release in its slot as the client does.
    pub(crate) fn place(&self, release: &Release) -> Version {
        let archive = release.archive();
        let version = &release.manifest.version;
        let staging = self.slots().incoming().unwrap().unwrap().stage().unwrap();
        let limits = Limits { length: archive.len() as u64 };
        let anchor = self.publisher.anchor();
        let staged = staging.unpack(archive.as_slice(), &anchor, (version, &this_system()), limits).unwrap();
        self.slots().lock().unwrap().unwrap().place(staged).unwrap()
    }

    /// The same, and the pointer to it, on trial.
    pub(crate) fn install(&self, version: &str, part: &str) -> Release {
        let release = self.release(version, part);
        self.place(&release);
        self.slots().lock().unwrap().unwrap().point_to(&v(version)).unwrap();
        release
    }

    /// The same, of a release that has proven itself.
    pub(crate) fn settle(&self, version: &str, part: &str) -> Release {
        let release = self.install(version, part);
        self.slots().lock().unwrap().unwrap().confirm(&v(version)).unwrap();
        release
    }

    /// What the package brings.
    pub(crate) fn package(&self, version: &str, part: &str) -> Release {
        let release = self.release(version, part);
        let folder = self.folder.path().join("bin/slot");
        if folder.exists() {
            fs::remove_dir_all(&folder).unwrap();
        }
        release.lay_out(&folder);
        release
    }

    pub(crate) fn command(&self) -> Command {
        self.around(&self.launcher())
    }

    /// Something that starts the launcher, in the surroundings that it needs.
    pub(crate) fn around(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY");
        command.env("POLDER_E2E_DEPLOYMENT", self.folder.path().join("deployment.json"));
        command.env("POLDER_E2E_DATA", self.data());
        command
    }

    /// Starts the launcher and waits until it ends.
    pub(crate) fn launch(&self) -> Launched {
        Launched::from(self.command().output().unwrap())
    }

    pub(crate) fn begin(&self) -> Begun {
        Begun(self.command().stderr(Stdio::piped()).spawn().unwrap())
    }

    /// What ran so far, oldest first, and nothing of it next time.
    pub(crate) fn ran(&self) -> Vec<String> {
        let file = self.data().join("ran");
        let ran = fs::read_to_string(&file).unwrap_or_default();
        let _ = fs::remove_file(file);
        ran.lines().map(str::to_owned).collect()
    }

    /// Waits until something was noted so many times.
    pub(crate) fn until_noted(&self, what: &str, times: usize) {
        let file = self.data().join("ran");
        until(|| {
            let ran = fs::read_to_string(&file).unwrap_or_default();
            ran.lines().filter(|line| *line == what).count() >= times
        });
    }

    /// What programs wait for with "until".
    pub(crate) fn signal(&self, name: &str) {
        fs::write(self.data().join(name), b"").unwrap();
    }

    pub(crate) fn pointer(&self) -> Option<Pointer> {
        self.slots().pointer().unwrap()
    }

    pub(crate) fn slot(&self, version: &str) -> PathBuf {
        self.slots().slot(&v(version))
    }

    /// The process of the program that was started last.
    pub(crate) fn program(&self) -> u32 {
        fs::read_to_string(self.data().join("pid")).unwrap().parse().unwrap()
    }
}

/// A launcher that runs. Ends with the test.
pub(crate) struct Begun(Child);

impl Begun {
    /// Ends it, as by somebody's hand.
    pub(crate) fn kill(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }

    #[cfg(unix)]
    pub(crate) fn signal(&self, signal: rustix::process::Signal) {
        let pid = rustix::process::Pid::from_child(&self.0);
        rustix::process::kill_process(pid, signal).unwrap();
    }

    pub(crate) fn wait(mut self) -> i32 {
        self.0.wait().unwrap().code().unwrap_or(-1)
    }
}

impl Drop for Begun {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// How a launcher ended and what it said.
#[derive(Debug)]
pub(crate) struct Launched {
    pub(crate) code: i32,
    pub(crate) said: String,
}

impl From<Output> for Launched {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            said: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

/// What a slot's program is called here.
pub(crate) fn program_name() -> &'static str {
    program_of(&this_system())
}

pub(crate) fn v(text: &str) -> Version {
    text.parse().unwrap()
}

/// Waits for something that comes about by itself; the test run's own limit ends what never does.
pub(crate) fn until(mut so: impl FnMut() -> bool) {
    while !so() {
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
}
