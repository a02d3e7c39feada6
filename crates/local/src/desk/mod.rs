//! A desk: a private display, D-Bus, keychain and home to open the real client at, and a driver for its
//! window. Linux only; it needs Xvfb, dbus-daemon, gnome-keyring, WebKitWebDriver and
//! ImageMagick, and at-spi2-core where a screen reader is to hear it.

mod bus;
mod page;
mod window;

pub use page::{Key, Page};
use window::Window;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::{Child, LocalError};

/// What keeps secrets at this desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keyring {
    /// gnome-keyring, unlocked.
    Unlocked,
    /// gnome-keyring as nobody ever used it: it has no collection to put anything into.
    Empty,
    /// A session bus on which nobody keeps secrets.
    None,
    /// Not even a session bus.
    NoBus,
}

/// How a desk is set up.
#[derive(Debug, Clone, Copy)]
pub struct DeskOptions {
    /// What keeps secrets.
    pub keyring: Keyring,
    /// Width and height of the display.
    pub size: (u32, u32),
    /// Whether programs tell a screen reader what they show: there is an accessibility bus. It needs a session bus.
    pub heard: bool,
}

impl Default for DeskOptions {
    fn default() -> Self {
        Self { keyring: Keyring::Unlocked, size: (1280, 800), heard: false }
    }
}

/// A desk. Everything that it started ends when it is dropped, by pid, in the reverse order.
#[derive(Debug)]
pub struct Desk {
    environment: Vec<(String, String)>,
    // Dropped in this order.
    keyring: Option<Child>,
    _accessibility: Option<Child>,
    _bus: Option<Child>,
    _screen: Child,
    home: tempfile::TempDir,
}

const LIMIT: Duration = Duration::from_secs(30);

impl Desk {
    /// Sets one up and waits until all of it answers.
    ///
    /// # Errors
    /// When one of its programs is missing or does not answer.
    pub fn new(options: DeskOptions) -> Result<Self, LocalError> {
        let home = tempfile::Builder::new()
            .prefix("polder-desk-")
            .tempdir()
            .map_err(LocalError::file(&std::env::temp_dir()))?;
        let mut environment = private_folders(home.path())?;
        let (width, height) = options.size;
        let mut xvfb = Command::new("Xvfb");
        xvfb.args(["-displayfd", "1", "-nolisten", "tcp", "-noreset", "-screen", "0"]);
        xvfb.arg(format!("{width}x{height}x24"));
        let (screen, number) =
            Child::start_until(&mut xvfb, LIMIT, |line| line.trim().parse::<u32>().is_ok())?;
        environment.push(("DISPLAY".to_owned(), format!(":{}", number.trim())));

        let mut bus = None;
        let mut accessibility = None;
        let mut keyring = None;
        if options.keyring == Keyring::NoBus {
            let nowhere = format!("unix:path={}", home.path().join("no-bus").display());
            environment.push(("DBUS_SESSION_BUS_ADDRESS".to_owned(), nowhere));
        } else {
            let (started, address) = bus::start(home.path(), &environment)?;
            bus = Some(started);
            environment.push(("DBUS_SESSION_BUS_ADDRESS".to_owned(), address));
            keyring = match options.keyring {
                Keyring::Unlocked => Some(bus::keyring(&environment, bus::State::Unlocked)?),
                Keyring::Empty => Some(bus::keyring(&environment, bus::State::Untouched)?),
                Keyring::None | Keyring::NoBus => None,
            };
            if options.heard {
                accessibility = Some(bus::accessibility(&environment)?);
            }
        }
        if accessibility.is_none() {
            // There is no accessibility bus here, and waiting for it takes seconds.
            environment.push(("NO_AT_BRIDGE".to_owned(), "1".to_owned()));
        }
        Ok(Self { environment, keyring, _accessibility: accessibility, _bus: bus, _screen: screen, home })
    }

    /// Ends what keeps secrets, as when it crashes.
    pub fn end_keyring(&mut self) {
        self.keyring = None;
    }

    /// Starts it again: with what it kept, locked until somebody types its password, or open.
    ///
    /// # Errors
    /// When it does not start.
    pub fn start_keyring(&mut self, unlocked: bool) -> Result<(), LocalError> {
        self.keyring = None;
        let state = if unlocked { bus::State::Unlocked } else { bus::State::Untouched };
        self.keyring = Some(bus::keyring(&self.environment, state)?);
        Ok(())
    }

    /// Opens the client and drives its window. The client must be built with the `e2e` feature.
    ///
    /// # Errors
    /// When the window does not come.
    pub async fn open(&self, client: &Path, environment: &[(&str, &str)]) -> Result<Page, LocalError> {
        self.open_with(client, environment, &[]).await
    }

    /// The same, with arguments on the client's command line.
    ///
    /// # Errors
    /// When the window does not come.
    pub async fn open_with(
        &self,
        client: &Path,
        environment: &[(&str, &str)],
        arguments: &[&str],
    ) -> Result<Page, LocalError> {
        Ok(Page::new(Window::open(self, client, environment, arguments).await?))
    }

    /// Somebody's home folder at this desk.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// Where the session bus of this desk listens.
    pub fn session_bus(&self) -> &str {
        let bus = self.environment.iter().find(|(name, _)| name == "DBUS_SESSION_BUS_ADDRESS");
        bus.map_or("", |(_, address)| address)
    }

    /// A program that runs at this desk.
    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        arrange(&mut command, &self.environment);
        command
    }
}

/// Nothing of the real session reaches the desk.
fn arrange(command: &mut Command, environment: &[(String, String)]) {
    for name in
        ["WAYLAND_DISPLAY", "XAUTHORITY", "DBUS_SESSION_BUS_ADDRESS", "GTK_MODULES", "LANGUAGE", "LC_ALL"]
            .into_iter()
            .chain(["all_proxy", "ALL_PROXY", "https_proxy", "HTTPS_PROXY", "no_proxy", "NO_PROXY"])
    {
        command.env_remove(name);
    }
    command.envs(environment.iter().map(|(name, value)| (name, value)));
}

fn private_folders(home: &Path) -> Result<Vec<(String, String)>, LocalError> {
    let mut environment = vec![
        ("HOME".to_owned(), home.display().to_string()),
        ("LANG".to_owned(), "C.UTF-8".to_owned()),
        ("GDK_BACKEND".to_owned(), "x11".to_owned()),
        // Software is what draws here anyway; asking for hardware only prints warnings.
        ("LIBGL_ALWAYS_SOFTWARE".to_owned(), "1".to_owned()),
    ];
    for (name, folder) in [
        ("XDG_RUNTIME_DIR", "run"),
        ("XDG_DATA_HOME", ".local/share"),
        ("XDG_CONFIG_HOME", ".config"),
        ("XDG_CACHE_HOME", ".cache"),
        ("XDG_STATE_HOME", ".local/state"),
    ] {
        let folder: PathBuf = home.join(folder);
        std::fs::create_dir_all(&folder).map_err(LocalError::file(&folder))?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mine = std::fs::Permissions::from_mode(0o700);
            std::fs::set_permissions(&folder, mine).map_err(LocalError::file(&folder))?;
        }
        environment.push((name.to_owned(), folder.display().to_string()));
    }
    Ok(environment)
}
