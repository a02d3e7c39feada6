//! The client on computers that are not like ours: another display, odd folders, a system without a web view.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use polder_local::desk::{DeskOptions, Keyring};
use polder_tests::{Launch, Launched, Outcome, Running, Stage};

use crate::empty_window::over;

const PATIENCE: Duration = Duration::from_secs(60);
const GLANCE: Duration = Duration::from_millis(20);
/// Spaces, umlauts, CJK, an emoji, and what a shell would take for its own.
const ODD: &str = "Jörg Müller's 城市 $(home) 🗺";

#[tokio::test(flavor = "multi_thread")]
async fn under_wayland_alone_the_window_opens_and_paints() -> Outcome {
    let stage = Stage::set(Keyring::Unlocked).await?;
    let mut compositor = stage.command("weston");
    compositor.args(["--backend=headless-backend.so", "--use-pixman", "--idle-time=0", "--no-config"]);
    compositor.arg("--socket=polder-wayland").env_remove("DISPLAY");
    let _compositor = Running::start(compositor.stdout(Stdio::null()).stderr(Stdio::null()))?;
    let socket = stage.home().join("run/polder-wayland");
    wait_for(|| socket.exists(), "weston")?;

    let mut client = stage.client_command();
    client.env_remove("DISPLAY").env_remove("GDK_BACKEND").env("WAYLAND_DISPLAY", "polder-wayland");
    let mut client = Launch::start(&mut client)?;
    client.wait_for("the gate is open")?;
    client.wait_for("painted")?;
    client.end()
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_screen_of_double_density_the_window_is_sharp_and_fits() -> Outcome {
    let (width, height) = (2560, 1600);
    let stage = Stage::set_at(DeskOptions { size: (width, height), ..DeskOptions::default() }).await?;
    let page = stage.open_with(&[("GDK_SCALE", "2")], &[]).await?;
    page.see("sign-in").await?;
    assert_eq!(page.run("return window.devicePixelRatio;").await?, 2);
    let inner = page.run("return [window.innerWidth, window.innerHeight];").await?;
    assert!(inner[0].as_u64() >= Some(900) && inner[0].as_u64() <= Some(1280), "{inner}");

    let window = output(stage.command("xdotool").args(["search", "--onlyvisible", "--name", "^Polder$"]))?;
    let window = window.lines().last().ok_or("no window")?.to_owned();
    let place = output(stage.command("xdotool").args(["getwindowgeometry", "--shell", &window]))?;
    let value = |name: &str| -> Outcome<u32> {
        let line = place.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
        Ok(line.ok_or_else(|| format!("no {name} in {place}"))?.parse()?)
    };
    assert!(value("X")? + value("WIDTH")? <= width && value("Y")? + value("HEIGHT")? <= height, "{place}");

    // The picture of the screen is one of letters and lines, and not of an empty frame.
    let picture = stage.home().join("screen.png");
    output(stage.command("import").args(["-window", "root"]).arg(&picture))?;
    let seen = output(Command::new("identify").args(["-format", "%w %k"]).arg(&picture))?;
    let (wide, colours) = seen.split_once(' ').ok_or("no picture")?;
    assert_eq!(wide.parse::<u32>()?, width);
    assert!(colours.trim().parse::<u32>()? > 50, "{seen}");
    std::fs::copy(&picture, "/tmp/hidpi.png")?; // LOOK
    Ok(page.close().await?)
}

#[tokio::test(flavor = "multi_thread")]
async fn in_a_home_folder_of_any_name_a_client_updates_itself_and_starts() -> Outcome {
    let mut polder = Launched::set(Keyring::Unlocked).await?;
    let home = polder.stage.home().join(ODD);
    let share = home.join(".local/share");
    fs::create_dir_all(&share)?;
    let environment = in_home(&home, &share);
    polder.publish("2.0.0", |_| {})?;
    let launch = polder.launch(&borrowed(&environment))?;
    wait_for(|| current(&share).contains(r#""current":"2.0.0","before":null,"confirmed":true"#), "version 2")
        .map_err(|error| format!("{error}: {}", current(&share)))?;
    launch.end()
}

#[tokio::test(flavor = "multi_thread")]
async fn slots_stay_out_of_a_folder_that_a_cloud_drive_syncs_and_without_another_it_is_said_so() -> Outcome {
    let mut polder = Launched::set(Keyring::Unlocked).await?;
    let home = polder.stage.home().join("somebody");
    let (synced, state) = (home.join("Dropbox/share"), home.join(".local/state"));
    fs::create_dir_all(&synced)?;
    fs::create_dir_all(&state)?;
    fs::write(home.join("Dropbox/.dropbox"), "")?;
    let mut environment = in_home(&home, &synced);
    environment.push(("XDG_STATE_HOME", state.clone()));
    polder.publish("2.0.0", |_| {})?;
    let launch = polder.launch(&borrowed(&environment))?;
    wait_for(|| current(&state).contains(r#""current":"2.0.0""#), "version 2 beside the drive")?;
    launch.end()?;
    assert_eq!(fs::read_dir(&synced)?.count(), 0, "nothing lies in the drive");

    // Where all of the home is synced there is no place, and nothing is put there in silence.
    fs::write(home.join(".dropbox"), "")?;
    let mut launch = polder.launch(&[borrowed(&environment), vec![("DISPLAY", "")]].concat())?;
    launch.wait_for("Dropbox keeps")?;
    assert_eq!(launch.ended()?, Some(69));
    assert_eq!(fs::read_dir(&synced)?.count(), 0);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_web_view_the_launcher_says_what_to_install_and_no_release_is_blamed() -> Outcome {
    let mut polder = Launched::set(Keyring::Unlocked).await?;
    polder.publish("2.0.0", |_| {})?;
    let launch = polder.launch(&[])?;
    polder.wait_until_confirmed("2.0.0")?;
    launch.end()?;
    // On trial once more, with a start that said nothing: one more, and it would be left.
    let file = polder.versions()?.join("current.json");
    let on_trial = fs::read_to_string(&file)?
        .replace(r#""confirmed":true,"starts":0"#, r#""confirmed":false,"starts":1"#);
    assert!(on_trial.contains(r#""starts":1"#), "{on_trial}");
    fs::write(&file, on_trial)?;

    let mut command = polder.stage.command(&polder.launcher().display().to_string());
    command.env("POLDER_E2E_DEPLOYMENT", polder.stage.local().deployment_file());
    let mut launch = Launch::start(&mut over(Path::new("/dev/null"), &web_view()?, &command))?;
    launch.wait_for("lacks WebKitGTK 4.1")?;
    // Whoever double-clicked reads it on the screen.
    let message = output(polder.stage.command("xdotool").args([
        "search",
        "--sync",
        "--onlyvisible",
        "--name",
        "Polder",
    ]))?;
    let message = message.lines().next().ok_or("no message")?;
    output(polder.stage.command("xdotool").args(["windowkill", message]))?;
    assert_eq!(launch.ended()?, Some(69));
    assert_eq!(polder.refused()?, []);
    let pointer = polder.pointer()?;
    assert!(pointer["current"] == "2.0.0" && pointer["starts"] == 1, "{pointer}");

    let launch = polder.launch(&[])?;
    polder.wait_until_confirmed("2.0.0")?;
    launch.end()
}

/// The library's own file, behind the links to it.
fn web_view() -> Outcome<PathBuf> {
    let listed = output(Command::new("ldconfig").arg("-p").env("PATH", "/usr/sbin:/sbin:/usr/bin"))?;
    let line = listed.lines().find(|line| line.contains("libwebkit2gtk-4.1.so.0"));
    let path = line.and_then(|line| line.split("=> ").nth(1)).ok_or("no web view is installed")?;
    Ok(fs::canonicalize(path.trim())?)
}

fn in_home(home: &Path, share: &Path) -> Vec<(&'static str, PathBuf)> {
    vec![
        ("HOME", home.to_owned()),
        ("XDG_DATA_HOME", share.to_owned()),
        ("XDG_STATE_HOME", home.join(".local/state")),
    ]
}

fn borrowed<'a>(environment: &'a [(&'static str, PathBuf)]) -> Vec<(&'a str, &'a str)> {
    environment.iter().filter_map(|(name, path)| Some((*name, path.to_str()?))).collect()
}

/// The pointer below a data folder, as text; empty where there is none.
fn current(share: &Path) -> String {
    let versions = share.join("eu.polder.desktop/versions");
    let deployment = fs::read_dir(versions).ok().and_then(|mut all| all.next()?.ok());
    let file = deployment.map(|folder| folder.path().join("current.json"));
    file.and_then(|file| fs::read_to_string(file).ok()).unwrap_or_default()
}

fn wait_for(is: impl Fn() -> bool, what: &str) -> Outcome {
    let until = Instant::now() + PATIENCE;
    while !is() {
        if Instant::now() > until {
            return Err(format!("{what} does not come").into());
        }
        std::thread::sleep(GLANCE);
    }
    Ok(())
}

fn output(command: &mut Command) -> Outcome<String> {
    let done = command.output()?;
    if done.status.success() {
        return Ok(String::from_utf8(done.stdout)?);
    }
    Err(format!("{command:?}: {}", String::from_utf8_lossy(&done.stderr)).into())
}
