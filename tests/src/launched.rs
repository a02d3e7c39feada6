//! A client as people have it: a launcher, the slot that its package brought, and releases that come later.

use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use polder_local::Publication;
use polder_local::desk::{Keyring, Page};
use semver::Version;
use serde_json::Value;

use crate::{Outcome, Stage, built};

const PATIENCE: Duration = Duration::from_secs(90);
const GLANCE: Duration = Duration::from_millis(20);
/// As `src-tauri/tauri.conf.json` has it.
const IDENTIFIER: &str = "eu.polder.desktop";

/// A stage whose client was installed with its launcher.
pub struct Launched {
    /// The deployment and the desk.
    pub stage: Stage,
    launcher: PathBuf,
    program: Vec<u8>,
    /// The release before, to make a difference from: its version and its unpacked archive.
    before: (Version, Vec<u8>),
}

/// A launcher that runs at the desk, driven by nobody. What was started ends with it.
pub struct Launch {
    launcher: Child,
    said: Receiver<String>,
    heard: Vec<String>,
}

impl Launched {
    /// The first version is the workspace's own; it came with the package.
    pub async fn set(keyring: Keyring) -> Outcome<Self> {
        let mut stage = Stage::set(keyring).await?;
        let folder = stage.local().folder().join("installed");
        std::fs::create_dir_all(&folder)?;
        // What a debugger needs is most of a test's client, and would be fetched and hashed each time.
        let client = folder.join("stripped");
        run(Command::new("strip").arg("-o").arg(&client).arg(built("POLDER_CLIENT_BIN")?))?;
        let program = std::fs::read(&client)?;
        let launcher = folder.join("polder-launcher");
        std::fs::copy(built("POLDER_LAUNCHER_BIN")?, &launcher)?;

        let first: Version = env!("CARGO_PKG_VERSION").parse()?;
        let release = stage.archived(program.clone(), &first, &[])?;
        let archive = release.archive.clone().ok_or("no archive")?.unpacked;
        // Laid out as a package would.
        let slot = folder.join("slot");
        std::fs::create_dir(&slot)?;
        std::fs::set_permissions(&slot, std::fs::Permissions::from_mode(0o755))?;
        let packed = folder.join("slot.tar");
        std::fs::write(&packed, &archive)?;
        run(Command::new("tar").arg("--no-same-owner").arg("-xpf").arg(&packed).arg("-C").arg(&slot))?;
        stage.publish_release(release, |_| {})?;
        Ok(Self { stage, launcher, program, before: (first, archive) })
    }

    /// Publishes this client as the newest version, with a difference from the release before.
    pub fn publish(&mut self, version: &str, change: impl FnOnce(&mut Publication)) -> Outcome {
        self.publish_program(self.program.clone(), version, change)
    }

    /// Publishes a program that ends at once, without a word, as the newest version.
    pub fn publish_one_that_crashes(
        &mut self,
        version: &str,
        change: impl FnOnce(&mut Publication),
    ) -> Outcome {
        self.publish_program(std::fs::read("/bin/false")?, version, change)
    }

    fn publish_program(
        &mut self,
        program: Vec<u8>,
        version: &str,
        change: impl FnOnce(&mut Publication),
    ) -> Outcome {
        let version: Version = version.parse()?;
        let (before, archive) = &self.before;
        let release = self.stage.archived(program, &version, &[(before.clone(), archive)])?;
        self.before = (version, release.archive.clone().ok_or("no archive")?.unpacked);
        self.stage.publish_release(release, change)
    }

    /// An update file with all that is published, as somebody would carry it to a computer.
    pub fn update_file(&self) -> Outcome<PathBuf> {
        let file = self.stage.local().folder().join("newest.polder-update");
        let releases = self.stage.local().folder().join("releases");
        let mut tar = Command::new("tar");
        tar.args(["--format=ustar", "-cf"]).arg(&file).arg("-C").arg(&releases);
        run(tar.args(["metadata", "targets"]))?;
        Ok(file)
    }

    /// Opens it as a person does, driven by the test; nothing may be replaced while it is.
    pub async fn open(&self) -> Outcome<Page> {
        self.stage.open_program(&self.launcher).await
    }

    /// Starts it as a person does, driven by nobody.
    pub fn launch(&self, environment: &[(&str, &str)]) -> Outcome<Launch> {
        let mut command = self.stage.command(&self.launcher.display().to_string());
        command.env("POLDER_E2E_DEPLOYMENT", self.stage.local().deployment_file());
        Launch::start(command.envs(environment.iter().copied()))
    }

    /// The launcher that people start.
    pub fn launcher(&self) -> &Path {
        &self.launcher
    }

    /// Where this person's versions lie.
    pub fn versions(&self) -> Outcome<PathBuf> {
        let deployment: Value =
            serde_json::from_slice(&std::fs::read(self.stage.local().deployment_file())?)?;
        let name = deployment["name"].as_str().ok_or("a deployment without a name")?;
        Ok(self.stage.home().join(".local/share").join(IDENTIFIER).join("versions").join(name))
    }

    /// The pointer; null where there is none.
    pub fn pointer(&self) -> Outcome<Value> {
        small(&self.versions()?.join("current.json"))
    }

    /// Waits until the pointer is as it should be.
    pub fn wait_for_pointer(&self, what: &str, is: impl Fn(&Value) -> bool) -> Outcome {
        let until = Instant::now() + PATIENCE;
        loop {
            let pointer = self.pointer()?;
            if is(&pointer) {
                return Ok(());
            }
            if Instant::now() > until {
                return Err(format!("{what} did not come: {pointer}").into());
            }
            std::thread::sleep(GLANCE);
        }
    }

    /// Waits until a version is the current one and has shown that it starts.
    pub fn wait_until_confirmed(&self, version: &str) -> Outcome {
        self.wait_for_pointer(&format!("a confirmed {version}"), |pointer| {
            pointer["current"] == version && pointer["confirmed"] == true
        })
    }

    /// Why versions are not tried again, by version.
    pub fn refused(&self) -> Outcome<Vec<(String, String)>> {
        let refused = small(&self.versions()?.join("refused.json"))?;
        let all = refused["releases"].as_object().into_iter().flatten();
        let bad = all.filter_map(|(_, one)| {
            Some((one["version"].as_str()?.to_owned(), one["bad"].as_str()?.to_owned()))
        });
        Ok(bad.collect())
    }
}

impl Launch {
    /// Starts a program, and hears what it says.
    pub fn start(command: &mut Command) -> Outcome<Self> {
        command.stdin(Stdio::null()).stdout(Stdio::null());
        let mut launcher = command.stderr(Stdio::piped()).spawn()?;
        let errors = BufReader::new(launcher.stderr.take().ok_or("no standard error")?);
        let (tell, said) = channel();
        std::thread::spawn(move || {
            for line in errors.lines().map_while(Result::ok) {
                if tell.send(line).is_err() {
                    return;
                }
            }
        });
        Ok(Launch { launcher, said, heard: Vec::new() })
    }

    /// The process that it started under this name (as the system cuts it, at 15 bytes).
    pub fn child(&self, name: &str) -> Outcome<rustix::process::Pid> {
        let tasks = std::fs::read_dir(format!("/proc/{}/task", self.launcher.id()))?.flatten();
        let pids: Vec<String> =
            tasks.filter_map(|task| std::fs::read_to_string(task.path().join("children")).ok()).collect();
        let mut pids = pids.iter().flat_map(|pids| pids.split_whitespace());
        let is = |pid: &&str| {
            std::fs::read_to_string(format!("/proc/{pid}/comm")).is_ok_and(|found| found.trim() == name)
        };
        let pid = pids.find(is).ok_or_else(|| format!("there is no {name}"))?;
        Ok(rustix::process::Pid::from_raw(pid.parse()?).ok_or("no pid")?)
    }

    /// Waits until it ends by itself; the exit code, if it has one.
    pub fn ended(&mut self) -> Outcome<Option<i32>> {
        let until = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.launcher.try_wait()? {
                return Ok(status.code());
            }
            if Instant::now() > until {
                return Err("it does not end".into());
            }
            std::thread::sleep(GLANCE);
        }
    }

    /// Ends it as a crash would.
    pub fn kill(mut self) -> Outcome {
        self.launcher.kill()?;
        self.launcher.wait()?;
        Ok(())
    }

    /// Waits for a line with these words in what the launcher and what it started say.
    pub fn wait_for(&mut self, words: &str) -> Outcome {
        let until = Instant::now() + PATIENCE;
        loop {
            match self.said.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(line) => {
                    let found = line.contains(words);
                    self.heard.push(line);
                    if found {
                        return Ok(());
                    }
                }
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                    return Err(format!("nobody said {words:?}:\n{}", self.heard.join("\n")).into());
                }
            }
        }
    }

    /// Ends it as a system that shuts down would, and waits.
    pub fn end(mut self) -> Outcome {
        self.ask_to_end()?;
        self.ended()?;
        Ok(())
    }

    fn ask_to_end(&self) -> Outcome {
        let pid = i32::try_from(self.launcher.id()).ok().and_then(rustix::process::Pid::from_raw);
        Ok(rustix::process::kill_process(pid.ok_or("no pid")?, rustix::process::Signal::TERM)?)
    }
}

impl Drop for Launch {
    fn drop(&mut self) {
        if let Ok(None) = self.launcher.try_wait() {
            // It passes the request on; what it started would stay if it were killed.
            let _ = self.ask_to_end();
            let _ = self.launcher.wait();
        }
    }
}

/// A small file of JSON; null where there is none yet.
fn small(path: &Path) -> Outcome<Value> {
    match std::fs::read(path) {
        Ok(bytes) => Ok(serde_json::from_slice(&bytes)?),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Value::Null),
        Err(error) => Err(error.into()),
    }
}

fn run(command: &mut Command) -> Outcome {
    let done = command.output()?;
    if done.status.success() {
        return Ok(());
    }
    Err(format!("{command:?}: {}", String::from_utf8_lossy(&done.stderr)).into())
}
