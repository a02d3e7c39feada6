//! What has to be on the machine before anything can be built, and how it gets there.

use std::process::Command;

use crate::command::{Failure, Outcome, answer, output, say_and_run};
use crate::place::{Place, on_path};

/// Oldest versions that build Polder. The root `Cargo.toml` (`rust-version`) and Vite say the same.
const RUST: Version = [1, 95, 0];
const NODE: Version = [20, 19, 0];

/// Major, minor and patch number.
pub(crate) type Version = [u32; 3];

/// What a job needs of the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd)]
pub(crate) enum Needs {
    /// Building and running the client on a screen.
    Build,
    /// Also walking through it without a screen.
    Walk,
    /// Also measuring.
    Bench,
    /// Also every test.
    Test,
}

/// One Debian package. Where the machine has the program from somewhere else (another version of PostgreSQL, say),
/// that will do.
struct Package {
    name: &'static str,
    program: Option<&'static str>,
    needed: Needs,
}

const fn package(name: &'static str, program: Option<&'static str>, needed: Needs) -> Package {
    Package { name, program, needed }
}

const PACKAGES: &[Package] = &[
    package("build-essential", None, Needs::Build),
    package("pkg-config", Some("pkg-config"), Needs::Build),
    package("libwebkit2gtk-4.1-dev", None, Needs::Build),
    package("librsvg2-dev", None, Needs::Build),
    package("libdbus-1-dev", None, Needs::Build),
    // A screen, a bus, a keychain and a driver that are nobody's but the test's.
    package("xvfb", Some("Xvfb"), Needs::Walk),
    package("imagemagick", Some("import"), Needs::Walk),
    package("dbus-bin", Some("dbus-send"), Needs::Walk),
    package("dbus-daemon", Some("dbus-run-session"), Needs::Walk),
    package("gnome-keyring", Some("gnome-keyring-daemon"), Needs::Walk),
    package("webkit2gtk-driver", Some("WebKitWebDriver"), Needs::Walk),
    package("fonts-inter", None, Needs::Walk),
    package("fonts-noto-core", None, Needs::Walk),
    package("curl", Some("curl"), Needs::Bench),
    package("minisign", Some("minisign"), Needs::Bench),
    package("zstd", Some("zstd"), Needs::Bench),
    package("iproute2", Some("ip"), Needs::Test),
    package("libsecret-tools", Some("secret-tool"), Needs::Test),
    package("mitmproxy", Some("mitmdump"), Needs::Test),
    package("gcr", None, Needs::Test),
    package("weston", Some("weston"), Needs::Test),
    package("x11-utils", Some("xmessage"), Needs::Test),
    package("xdotool", Some("xdotool"), Needs::Test),
    package("xclip", Some("xclip"), Needs::Test),
    package("strace", Some("strace"), Needs::Test),
    // A file system that takes A for a.
    package("ntfs-3g", Some("lowntfs-3g"), Needs::Test),
    package("postgresql", Some("initdb"), Needs::Test),
    // Schemathesis attacks the API description from an environment of its own.
    package("python3-venv", Some("python3"), Needs::Test),
];

/// Another system that is built for on Debian.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Abroad {
    /// Its programs are linked and run here.
    Windows,
    /// Its programs are only compiled.
    Macos,
    /// As [`Self::Macos`], without what is written in C.
    MacosRust,
}

/// A compiler whose standard library can be compiled along, and the like.
const ABROAD: &[(&str, &[Abroad])] = &[
    ("rustc-web", &[Abroad::Windows, Abroad::Macos, Abroad::MacosRust]),
    ("cargo-web", &[Abroad::Windows, Abroad::Macos, Abroad::MacosRust]),
    ("rust-web-src", &[Abroad::Windows, Abroad::Macos, Abroad::MacosRust]),
    ("rust-web-llvm", &[Abroad::Windows, Abroad::Macos, Abroad::MacosRust]),
    ("gcc-mingw-w64-x86-64-win32", &[Abroad::Windows]),
    ("g++-mingw-w64-x86-64-win32", &[Abroad::Windows]),
    // aws-lc's own, for Windows.
    ("nasm", &[Abroad::Windows]),
    ("wine", &[Abroad::Windows]),
    ("wine64", &[Abroad::Windows]),
    ("python3-venv", &[Abroad::Macos]),
];

/// The kind of machine, as far as setting it up goes.
#[derive(Debug, PartialEq, Eq)]
enum Machine {
    /// Debian, Ubuntu and what is made from them.
    Debian,
    /// Another Linux, by its own name.
    OtherLinux(String),
    MacOs,
    Windows,
}

/// Checks the machine, and installs what is missing where it may.
pub(crate) fn set_up(place: &Place, needs: Needs) -> Outcome {
    versions(place)?;
    match machine() {
        Machine::Debian => install(|| missing(needs)),
        Machine::OtherLinux(name) => {
            println!("On {name} the libraries cannot be checked from here. If the build fails, install the counterparts of:");
            println!("  {}", wanted(needs).map(|package| package.name).collect::<Vec<_>>().join(" "));
            Ok(())
        }
        Machine::MacOs if answer(Command::new("xcode-select").arg("-p")).is_some() => Ok(()),
        Machine::MacOs => Err(Failure::Needs(
            "Apple's command line tools are missing. Type this, wait until it is done, and come back:\n\n  xcode-select --install"
                .into(),
        )),
        Machine::Windows => windows(),
    }
}

/// The same for what is built for another system. Only Debian itself has all of it.
pub(crate) fn set_up_abroad(place: &Place, abroad: Abroad) -> Outcome {
    versions(place)?;
    if !is_debian_itself() {
        return Err(Failure::Needs(
            "Programs for another system are built with compilers of Debian 12, and this is another system. \
             Start the same command in Debian 12, or on the system itself."
                .into(),
        ));
    }
    let names = ABROAD.iter().filter(|(_, who)| who.contains(&abroad)).map(|(name, _)| *name);
    // What every build needs, on this side of it.
    let host =
        wanted(Needs::Build).filter(|package| package.name == "build-essential").map(|package| package.name);
    install(|| absent(host.clone().chain(names.clone())))
}

/// Whether this is Debian, and none of its children.
pub(crate) fn is_debian_itself() -> bool {
    let release = std::fs::read_to_string("/etc/os-release").unwrap_or_default();
    release.lines().any(|line| line.trim() == "ID=debian")
}

/// Complains about a compiler that is not there or too old.
pub(crate) fn new_enough(name: &str, said: Option<&str>, remedy: &str) -> Outcome {
    judge(name, said, RUST, remedy).map_or(Ok(()), |wrong| Err(Failure::Needs(wrong)))
}

/// True where a window can be opened for a person to see.
pub(crate) fn has_display() -> bool {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    cfg!(not(target_os = "linux")) || set("DISPLAY") || set("WAYLAND_DISPLAY")
}

fn versions(place: &Place) -> Outcome {
    // Another toolchain than the one that built xtask can stand first on the PATH: cargo's own comes with it.
    let rust = output(Command::new("rustc").arg("--version")).ok();
    let node = output(Command::new("node").arg("--version")).ok();
    let mut wrong = Vec::new();
    wrong.extend(judge("Rust", rust.as_deref(), RUST, "rustup update stable   (https://rustup.rs)"));
    wrong.extend(judge(
        "Node",
        node.as_deref(),
        NODE,
        "see https://nodejs.org; the current long-term version will do",
    ));
    if node.is_some() && answer(place.npm().arg("--version")).is_none() {
        wrong.push("npm is missing; it comes with Node (on Debian as the package npm).".to_owned());
    }
    if wrong.is_empty() { Ok(()) } else { Err(Failure::Needs(wrong.join("\n"))) }
}

/// What is wrong with a program's version, if anything.
fn judge(name: &str, said: Option<&str>, oldest: Version, remedy: &str) -> Option<String> {
    let [major, minor, _] = oldest;
    let Some(said) = said.map(str::trim) else {
        return Some(format!("{name} {major}.{minor} or newer is needed and none is here: {remedy}"));
    };
    match version(said) {
        Some(found) if found >= oldest => None,
        Some(_) => Some(format!("{name} {major}.{minor} or newer is needed; here is \"{said}\": {remedy}")),
        None => {
            Some(format!("{name} {major}.{minor} or newer is needed; \"{said}\" names no version: {remedy}"))
        }
    }
}

/// The first version in "rustc 1.95.0 (…)", "v20.19.1" or the like.
pub(crate) fn version(said: &str) -> Option<Version> {
    said.split_whitespace().find_map(|word| {
        let mut numbers =
            word.trim_start_matches('v').split(['.', '-', '+']).map(|number| number.parse().ok());
        Some([numbers.next()??, numbers.next()??, numbers.next().flatten().unwrap_or(0)])
    })
}

fn machine() -> Machine {
    if cfg!(target_os = "macos") {
        Machine::MacOs
    } else if cfg!(windows) {
        Machine::Windows
    } else {
        let release = std::fs::read_to_string("/etc/os-release")
            .or_else(|_| std::fs::read_to_string("/usr/lib/os-release"))
            .unwrap_or_default();
        linux(&release)
    }
}

/// Reads os-release(5).
fn linux(release: &str) -> Machine {
    let field = |name: &str| {
        let value = release.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='))?;
        Some(value.trim().trim_matches(['"', '\'']).to_owned())
    };
    let ids = [field("ID"), field("ID_LIKE")].into_iter().flatten().collect::<Vec<_>>().join(" ");
    if ids.split_whitespace().any(|id| id == "debian" || id == "ubuntu") {
        Machine::Debian
    } else {
        Machine::OtherLinux(field("PRETTY_NAME").unwrap_or_else(|| "this Linux".into()))
    }
}

fn wanted(needs: Needs) -> impl Iterator<Item = &'static Package> + Clone {
    PACKAGES.iter().filter(move |package| package.needed <= needs)
}

/// Installs Debian packages, where this person may.
fn install(missing: impl Fn() -> Outcome<Vec<&'static str>>) -> Outcome {
    let wanted = missing()?;
    if wanted.is_empty() {
        println!("Every package that this needs is installed.");
        return Ok(());
    }
    println!("Missing: {}", wanted.join(" "));
    let install = ["install", "--yes", "--no-install-recommends"];
    let typed = format!("apt-get update && apt-get {} {}", install.join(" "), wanted.join(" "));
    let Some(mut first) = apt_get() else {
        return Err(Failure::Needs(format!(
            "Installing needs an administrator. Type this, then start again:\n\n  sudo sh -c '{typed}'"
        )));
    };
    // Old lists name packages that are no longer there, and a new machine has none.
    say_and_run(first.arg("update"))?;
    if let Some(mut second) = apt_get() {
        say_and_run(second.args(install).args(&wanted))?;
    }
    let still = missing()?;
    if still.is_empty() {
        Ok(())
    } else {
        Err(Failure::Needs(format!("apt-get ended well, and still these are missing: {}", still.join(" "))))
    }
}

/// The packages to install.
fn missing(needs: Needs) -> Outcome<Vec<&'static str>> {
    let has_program = |name: &str| match name {
        "initdb" if crate::postgres::programs().is_some() => true,
        // Debian's own comes without what an environment is made with.
        "python3" => answer(Command::new(name).args(["-c", "import ensurepip"])).is_some(),
        _ => on_path(name, &std::env::var_os("PATH").unwrap_or_default()),
    };
    let absent = absent(wanted(needs).map(|package| package.name))?;
    Ok(wanted(needs)
        .filter(|package| absent.contains(&package.name) && !package.program.is_some_and(has_program))
        .map(|package| package.name)
        .collect())
}

/// Those that are not installed.
fn absent(names: impl Iterator<Item = &'static str> + Clone) -> Outcome<Vec<&'static str>> {
    // dpkg-query ends with 1 when it does not know one of them, and still lists the others.
    let mut query = Command::new("dpkg-query");
    query.args(["--show", "--showformat=${db:Status-Abbrev} ${Package}\\n"]).args(names.clone());
    let listed =
        query.output().map_err(|source| Failure::NotStarted { line: "dpkg-query".into(), source })?;
    let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
    Ok(names.filter(|name| !is_installed(name, &listed)).collect())
}

/// Whether dpkg-query listed it as installed. "rc", for one, is a package of which only settings are left.
fn is_installed(name: &str, listed: &str) -> bool {
    listed.lines().any(|line| {
        let mut words = line.split_whitespace();
        words.next().is_some_and(|status| status.get(1..2) == Some("i")) && words.next() == Some(name)
    })
}

/// apt-get, if this person may use it without being asked for a password.
fn apt_get() -> Option<Command> {
    let mut command = if is_root() {
        Command::new("env")
    } else if answer(Command::new("sudo").args(["-n", "true"])).is_some() {
        let mut sudo = Command::new("sudo");
        sudo.args(["-n", "env"]);
        sudo
    } else {
        return None;
    };
    command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get"]);
    Some(command)
}

/// Whether this process may do everything.
pub(crate) fn is_root() -> bool {
    #[cfg(unix)]
    return rustix::process::geteuid().is_root();
    #[cfg(not(unix))]
    false
}

fn windows() -> Outcome {
    let here = |folder: &str, path: &str| {
        std::env::var_os(folder).is_some_and(|folder| std::path::Path::new(&folder).join(path).exists())
    };
    let mut wrong = Vec::new();
    if !here("ProgramFiles(x86)", "Microsoft Visual Studio/Installer/vswhere.exe") {
        wrong.push("Microsoft's C++ build tools:  winget install Microsoft.VisualStudio.2022.BuildTools --override \"--wait --passive --add Microsoft.VisualStudio.Workload.VCTools --includeRecommended\"");
    }
    if !here("ProgramFiles(x86)", "Microsoft/EdgeWebView/Application") {
        wrong
            .push("The WebView2 runtime (part of Windows 11):  winget install Microsoft.EdgeWebView2Runtime");
    }
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(Failure::Needs(format!(
            "These are missing. Install them and come back:\n\n  {}",
            wrong.join("\n  ")
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debian_and_its_children_are_known() {
        assert_eq!(linux("PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nID=debian\n"), Machine::Debian);
        assert_eq!(linux("ID=ubuntu\nID_LIKE=debian\nVERSION_ID=\"24.04\"\n"), Machine::Debian);
        assert_eq!(linux("ID=linuxmint\nID_LIKE=\"ubuntu debian\"\n"), Machine::Debian);
    }

    #[test]
    fn another_linux_is_called_by_its_name() {
        let fedora = "NAME=\"Fedora Linux\"\nID=fedora\nPRETTY_NAME=\"Fedora Linux 44\"\n";
        assert_eq!(linux(fedora), Machine::OtherLinux("Fedora Linux 44".into()));
        assert_eq!(linux(""), Machine::OtherLinux("this Linux".into()));
    }

    #[test]
    fn versions_are_compared_as_numbers() {
        assert_eq!(version("rustc 1.95.0 (59807616e 2026-04-14)"), Some([1, 95, 0]));
        assert_eq!(version("v20.19.1"), Some([20, 19, 1]));
        assert_eq!(version("1.100.0-nightly"), Some([1, 100, 0]));
        assert_eq!(version("cargo-nextest 0.9.143 (60fa45f63 2026-08-04)"), Some([0, 9, 143]));
        assert_eq!(version("8.3"), Some([8, 3, 0]));
        assert_eq!(version("no idea"), None);
        assert_eq!(judge("Rust", Some("rustc 1.100.0"), RUST, "update"), None);
        assert_eq!(judge("Node", Some("v20.19.0\n"), NODE, "update"), None);
    }

    #[test]
    fn an_old_or_missing_program_is_named_with_its_remedy() {
        let old = judge("Node", Some("v18.20.4\n"), NODE, "do this").unwrap();
        assert_eq!(old, "Node 20.19 or newer is needed; here is \"v18.20.4\": do this");
        let none = judge("Rust", None, RUST, "do this").unwrap();
        assert!(none.contains("none is here") && none.ends_with("do this"), "{none}");
        assert!(judge("Rust", Some("what?"), RUST, "do this").is_some());
    }

    #[test]
    fn only_what_is_wholly_installed_counts() {
        let listed = "ii  xvfb\nrc  minisign\nun  xauth\nhi  held\niU  half\n";
        assert!(is_installed("xvfb", listed));
        assert!(is_installed("held", listed));
        for name in ["minisign", "xauth", "half", "nosuch", "xvf"] {
            assert!(!is_installed(name, listed), "{name}");
        }
    }

    #[test]
    fn each_need_contains_the_one_before() {
        let names = |needs| wanted(needs).map(|package| package.name).collect::<Vec<_>>();
        let (build, walk, test) = (names(Needs::Build), names(Needs::Walk), names(Needs::Test));
        assert!(build.contains(&"libwebkit2gtk-4.1-dev") && !build.contains(&"xvfb"));
        assert!(walk.contains(&"xvfb") && !walk.contains(&"postgresql"));
        assert!(build.iter().all(|name| walk.contains(name)) && walk.iter().all(|name| test.contains(name)));
    }
}
