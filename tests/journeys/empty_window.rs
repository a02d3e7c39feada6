//! A window in which nothing is drawn: what the next start makes of it. A driver with which WebKit does not even start
//! is played by a program in the web process' place, put there for the client alone (a mount namespace); one with which
//! it starts and shows nothing, by stopping that process.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use polder_local::desk::Keyring;
use polder_tests::{Launch, Outcome, Stage};
use serde_json::Value;

const PATIENCE: Duration = Duration::from_secs(60);
const GLANCE: Duration = Duration::from_millis(5);

/// A graphics driver with which WebKit draws only while a variable is 1.
struct Driver {
    folder: tempfile::TempDir,
    web_process: PathBuf,
}

impl Driver {
    fn that_draws_only_with(variable: &str) -> Outcome<Self> {
        let web_process = web_process()?;
        let folder = tempfile::tempdir()?;
        fs::create_dir(folder.path().join("real"))?;
        let real = folder.path().join("real/WebKitWebProcess");
        fs::copy(&web_process, &real)?;
        let (notes, real) = (folder.path().join("notes").display().to_string(), real.display().to_string());
        let script = format!(
            "#!/bin/sh\n\
             echo \"$WEBKIT_DISABLE_DMABUF_RENDERER,$WEBKIT_DISABLE_COMPOSITING_MODE\" >> '{notes}'\n\
             [ \"${variable}\" = 1 ] || exit 1\n\
             exec '{real}' \"$@\"\n"
        );
        let driver = Self { folder, web_process };
        fs::write(driver.script(), script)?;
        fs::set_permissions(driver.script(), fs::Permissions::from_mode(0o755))?;
        Ok(driver)
    }

    fn script(&self) -> PathBuf {
        self.folder.path().join("WebKitWebProcess")
    }

    /// The client with it.
    fn start(&self, stage: &Stage, environment: &[(&str, &str)]) -> Outcome<Launch> {
        let client = stage.client_command();
        let mut command = over(&self.script(), &self.web_process, &client);
        Launch::start(command.envs(environment.iter().copied()))
    }

    /// What each web process so far was told by its environment.
    fn notes(&self) -> Vec<String> {
        let notes = fs::read_to_string(self.folder.path().join("notes")).unwrap_or_default();
        notes.lines().map(str::to_owned).collect()
    }
}

/// The same command, for which another file lies in place of one of the system's.
pub(crate) fn over(file: &Path, place: &Path, command: &Command) -> Command {
    let root = fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0);
    let mut whole = Command::new("unshare");
    whole.arg("--mount").args((!root).then_some("--map-root-user"));
    whole.args(["sh", "-c", r#"mount --bind "$1" "$2" && shift 2 && exec "$@""#, "sh"]);
    whole.arg(file).arg(place).arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => whole.env(name, value),
            None => whole.env_remove(name),
        };
    }
    whole
}

fn web_process() -> Outcome<PathBuf> {
    let folders = fs::read_dir("/usr/lib")?.flatten().map(|entry| entry.path());
    let folders = folders.chain([PathBuf::from("/usr/lib"), PathBuf::from("/usr/libexec")]);
    let mut places = folders.map(|folder| folder.join("webkit2gtk-4.1/WebKitWebProcess"));
    Ok(places.find(|place| place.is_file()).ok_or("where is WebKit's web process?")?)
}

/// What is known of how the window is drawn; null before there is a file.
fn known(stage: &Stage) -> Value {
    let file = stage.home().join(".local/share/eu.polder.desktop/drawing.json");
    fs::read(file).ok().and_then(|json| serde_json::from_slice(&json).ok()).unwrap_or_default()
}

fn wait_until_known(stage: &Stage, what: &str, is: impl Fn(&Value) -> bool) -> Outcome {
    let until = Instant::now() + PATIENCE;
    while !is(&known(stage)) {
        if Instant::now() > until {
            return Err(format!("{what} does not come: {}", known(stage)).into());
        }
        std::thread::sleep(GLANCE);
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_that_stays_empty_is_drawn_more_simply_until_it_shows_and_the_person_is_told_once() -> Outcome
{
    let stage = Stage::set(Keyring::Unlocked).await?;
    let driver = Driver::that_draws_only_with("WEBKIT_DISABLE_COMPOSITING_MODE")?;
    // WebKit takes the whole program with it where its other half does not start.
    for _ in 0..2 {
        let mut client = driver.start(&stage, &[])?;
        assert_ne!(client.ended()?, Some(0));
    }
    let mut client = driver.start(&stage, &[])?;
    client.wait_for("painted")?;
    client.end()?;
    assert_eq!(driver.notes(), [",", "1,", "1,1"]);

    // What worked stays, and is told in the window.
    let page = stage.open().await?;
    let said = page.says("simpler-drawing").await?;
    assert!(said.contains("simpler way"), "{said}");
    page.click("simpler-drawing-close").await?;
    page.gone("simpler-drawing").await?;
    wait_until_known(&stage, "that it was told", |known| known["told"] == true)?;
    page.close().await?;
    assert_eq!(known(&stage)["way"], 2);
    let page = stage.open().await?;
    assert!(!page.shows("simpler-drawing").await?);
    page.close().await?;
    assert_eq!(known(&stage)["way"], 2);

    // What the person set counts, whatever was found out.
    let mut client = driver.start(&stage, &[("WEBKIT_DISABLE_COMPOSITING_MODE", "0")])?;
    client.ended()?;
    assert_eq!(driver.notes().last().map(String::as_str), Some("1,0"));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_that_stays_empty_says_so_without_a_page_and_whoever_closes_it_gets_another_way() -> Outcome
{
    let stage = Stage::set(Keyring::Unlocked).await?;
    let mut client = with_nothing_drawn(&stage)?;
    client.wait_for("the window stays empty")?;
    // In the toolkit's own words, beside the window that shows nothing.
    let until = Instant::now() + PATIENCE;
    while windows_called_polder(&stage)? < 2 {
        assert!(Instant::now() < until, "nobody is told that the window stays empty");
    }
    client.end()?;
    assert_eq!(known(&stage)["open"]["empty"], true, "an end that was asked for, after so long");
    let mut next = Launch::start(&mut stage.client_command())?;
    next.wait_for("the window is drawn in a simpler way")?;
    next.wait_for("painted")?;
    next.end()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_end_that_was_asked_for_and_a_refusal_are_no_empty_window_and_a_crash_before_painting_is()
-> Outcome {
    let mut stage = Stage::set(Keyring::Unlocked).await?;
    let opened = |known: &Value| known["open"].is_object();
    let asked = Launch::start(&mut stage.client_command())?;
    wait_until_known(&stage, "an open window", opened)?;
    asked.end()?;
    assert_eq!(
        (&known(&stage)["open"], &known(&stage)["way"]),
        (&Value::Null, &Value::from(0)),
        "asked to end"
    );

    // Who is refused reads why, so something is drawn.
    stage.stop_platform();
    let mut refused = Launch::start(&mut stage.client_command())?;
    refused.wait_for("the gate stays shut")?;
    wait_until_known(&stage, "a painted refusal", |known| known["open"].is_null())?;
    refused.kill()?;

    let crashed = Launch::start(&mut stage.client_command())?;
    wait_until_known(&stage, "an open window", opened)?;
    crashed.kill()?;
    let mut next = Launch::start(&mut stage.client_command())?;
    next.wait_for("the window is drawn in a simpler way")?;
    wait_until_known(&stage, "a painted window", |known| known["open"].is_null())?;
    assert_eq!(known(&stage)["way"], 1);
    next.end()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_crashes_while_somebody_works_is_opened_anew() -> Outcome {
    let stage = Stage::set(Keyring::Unlocked).await?;
    let mut client = Launch::start(&mut stage.client_command())?;
    client.wait_for("painted")?;
    wait_until_known(&stage, "a painted window", |known| known["open"].is_null())?;
    let pid = client.child("WebKitWebProces")?;
    rustix::process::kill_process(pid, rustix::process::Signal::KILL)?;
    client.wait_for("it is opened anew")?;
    client.wait_for("painted")?;
    assert_eq!(known(&stage)["way"], 0, "what crashes later says nothing about drawing");
    client.end()
}

/// A client whose web process started and stopped before it painted. One that was quicker is ended, and another tried.
fn with_nothing_drawn(stage: &Stage) -> Outcome<Launch> {
    for _ in 0..10 {
        let client = Launch::start(stage.client_command().env("POLDER_E2E_EMPTY_AFTER", "3000"))?;
        let until = Instant::now() + PATIENCE;
        // Some threads on it has told who it is, which the program waits for, and has drawn nothing.
        let threads = |pid: rustix::process::Pid| {
            fs::read_dir(format!("/proc/{}/task", pid.as_raw_nonzero())).map_or(0, Iterator::count)
        };
        let drawing = loop {
            match client.child("WebKitWebProces") {
                Ok(pid) if threads(pid) >= 4 => break pid,
                _ if Instant::now() > until => return Err("no web process starts".into()),
                _ => std::thread::sleep(GLANCE),
            }
        };
        rustix::process::kill_process(drawing, rustix::process::Signal::STOP)?;
        if known(stage)["open"].is_object() {
            return Ok(client);
        }
        client.end()?;
    }
    Err("the page is always painted before it can be stopped".into())
}

fn windows_called_polder(stage: &Stage) -> Outcome<usize> {
    let found = stage.command("xdotool").args(["search", "--onlyvisible", "--name", "Polder"]).output()?;
    Ok(String::from_utf8(found.stdout)?.lines().count())
}
