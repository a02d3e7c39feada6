//! Another program of the same person starts the client its own way, or looks into it.

use std::fs;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use polder_local::desk::Keyring;
use polder_tests::{Outcome, Running, Stage};

/// A library that notes in which programs it was loaded, and from which it was unloaded at their end.
struct Spy {
    folder: tempfile::TempDir,
}

impl Spy {
    fn make() -> Outcome<Self> {
        let spy = Self { folder: tempfile::tempdir()? };
        let source = spy.folder.path().join("spy.c");
        fs::write(
            &source,
            r#"
            #define _GNU_SOURCE
            #include <errno.h>
            #include <stdio.h>
            static void note(const char *what) {
                FILE *notes = fopen(NOTES, "a");
                if (!notes) return;
                fprintf(notes, "%s %s\n", what, program_invocation_short_name);
                fclose(notes);
            }
            __attribute__((constructor)) static void begin(void) { note("in"); }
            __attribute__((destructor)) static void end(void) { note("at the end of"); }
            void gtk_module_init(void *a, void *b) { (void)a; (void)b; note("initialised in"); }
            "#,
        )?;
        let notes = format!("-DNOTES=\"{}\"", spy.notes_file().display());
        let mut compiler = Command::new("cc");
        compiler.args(["-shared", "-fPIC", "-o"]).arg(spy.library()).arg(notes).arg(&source);
        let compiled = compiler.output()?;
        if compiled.status.success() {
            Ok(spy)
        } else {
            Err(String::from_utf8_lossy(&compiled.stderr).into_owned().into())
        }
    }

    fn library(&self) -> PathBuf {
        self.folder.path().join("libspy.so")
    }

    fn notes_file(&self) -> PathBuf {
        self.folder.path().join("notes")
    }

    fn notes(&self) -> String {
        fs::read_to_string(self.notes_file()).unwrap_or_default()
    }

    /// Proves that it works at all: in a program that does nothing against it.
    fn works(&self) -> Outcome {
        let done = Command::new("true").env("LD_PRELOAD", self.library()).status()?;
        assert!(done.success() && self.notes().contains("in true"), "{}", self.notes());
        fs::remove_file(self.notes_file())?;
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_library_that_was_preloaded_is_not_in_the_client_when_its_window_opens() -> Outcome {
    let stage = Stage::set(Keyring::Unlocked).await?;
    let spy = Spy::make()?;
    spy.works()?;
    let library = spy.library().display().to_string();
    let page = stage.open_with(&[("LD_PRELOAD", &library), ("LD_AUDIT", "")], &[]).await?;
    page.see("sign-in").await?;
    let notes = spy.notes();
    // It was there when the program began, which nothing can prevent; then the program began anew.
    assert!(notes.contains("in polder-desktop"), "{notes}");
    assert!(!notes.contains("WebKitWebProcess") && !notes.contains("WebKitNetworkProcess"), "{notes}");
    // Left by its own exit, with everything that is loaded hearing of it.
    let pid = page.pid().ok_or("the client runs")?;
    let quit = page.run("window.__TAURI_INTERNALS__.invoke('quit', {});").await;
    while Path::new(&format!("/proc/{pid}/task")).exists() && page.pid().is_some() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let notes = spy.notes();
    assert!(!notes.contains("at the end of polder-desktop"), "{notes} ({quit:?})");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn modules_that_the_environment_names_are_not_loaded() -> Outcome {
    let stage = Stage::set(Keyring::Unlocked).await?;
    let spy = Spy::make()?;
    spy.works()?;
    let library = spy.library().display().to_string();
    let folder = spy.folder.path().display().to_string();
    let environment = [
        ("GTK_MODULES", library.as_str()),
        ("GTK3_MODULES", library.as_str()),
        ("GTK_PATH", folder.as_str()),
        ("GIO_EXTRA_MODULES", folder.as_str()),
        ("GIO_MODULE_DIR", folder.as_str()),
        ("WEBKIT_INJECTED_BUNDLE_PATH", folder.as_str()),
    ];
    let page = stage.open_with(&environment, &[]).await?;
    page.see("sign-in").await?;
    assert!(!spy.notes().contains("polder-desktop"), "{}", spy.notes());
    Ok(page.close().await?)
}

#[tokio::test(flavor = "multi_thread")]
async fn arguments_have_no_effect() -> Outcome {
    let stage = Stage::set(Keyring::Unlocked).await?;
    let spy = Spy::make()?;
    let module = format!("--gtk-module={}", spy.library().display());
    let arguments = [
        &module,
        "--remote-debugging-port=9222",
        "--inspector-server=127.0.0.1:9222",
        "--g-fatal-warnings",
        "--display=nowhere:9",
        "--",
        "/etc/passwd",
        "https://example.com/",
        "\u{202e}\n",
    ];
    let page = stage.open_with(&[], &arguments).await?;
    page.see("sign-in").await?;
    assert!(
        page.run("return location.href;")
            .await?
            .as_str()
            .is_some_and(|at| at.starts_with("tauri://localhost"))
    );
    assert!(!spy.notes().contains("polder-desktop"), "{}", spy.notes());
    assert!(TcpStream::connect("127.0.0.1:9222").is_err());
    Ok(page.close().await?)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_start_ends_and_leaves_the_first_alone() -> Outcome {
    let stage = Stage::set(Keyring::Unlocked).await?;
    let page = stage.open().await?;
    page.write("email", "half typed").await?;
    let mut command = tokio::process::Command::from(stage.client_command());
    let second = command.kill_on_drop(true).status();
    let ended = tokio::time::timeout(Duration::from_secs(30), second).await;
    let ended = ended.map_err(|_| "the second one keeps running")??;
    assert!(ended.success(), "the second one ended with {ended}");
    assert_eq!(page.see("email").await?.prop("value").await?.as_deref(), Some("half typed"));
    page.close().await?;
    // And once the first has ended, the next is a first again.
    let page = stage.open().await?;
    page.see("sign-in").await?;
    Ok(page.close().await?)
}

#[tokio::test(flavor = "multi_thread")]
async fn another_program_of_the_same_person_cannot_read_the_clients_memory() -> Outcome {
    let stage = Stage::set(Keyring::Unlocked).await?;
    let other = Running::start(&mut as_a_person(Command::new("sleep").arg("600")))?;
    let mut client = Running::start(&mut as_a_person(&stage.client_command()))?;
    client.wait_for_a_page()?;
    let peek = |pid: u32, file: &str| {
        as_a_person(Command::new("head").args(["-c", "1", &format!("/proc/{pid}/{file}")])).output()
    };
    for file in ["maps", "environ"] {
        assert!(peek(other.pid(), file)?.status.success(), "{file} of what is not hardened");
        let seen = peek(client.pid(), file)?;
        let said = String::from_utf8_lossy(&seen.stderr).into_owned();
        assert!(!seen.status.success() && said.contains("Permission denied"), "{file}: {said}");
    }
    let core = Command::new("prlimit")
        .args(["--core", "--noheadings", "--output", "SOFT,HARD", "--pid", &client.pid().to_string()])
        .output()?;
    let limits = String::from_utf8_lossy(&core.stdout).into_owned();
    assert_eq!(limits.split_whitespace().collect::<Vec<_>>(), ["0", "0"], "core dumps");
    Ok(())
}

/// The same command without the privileges of root, which may look into everything.
fn as_a_person(command: &Command) -> Command {
    // Only root can give them up, and only root has them.
    let root = fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0);
    let mut person = if root {
        let mut person = Command::new("setpriv");
        person.args(["--bounding-set=-all", "--inh-caps=-all"]).arg(command.get_program());
        person
    } else {
        Command::new(command.get_program())
    };
    person.args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => person.env(name, value),
            None => person.env_remove(name),
        };
    }
    person.stdout(Stdio::piped()).stderr(Stdio::piped());
    person
}
