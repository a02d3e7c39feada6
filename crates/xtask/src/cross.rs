//! Programs for another system than this one. The compiler is Debian's: it comes with the source of its standard
//! library, which is compiled along, and nothing has to be fetched but Debian's packages.

use std::env;
use std::ffi::OsString;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::build::{self, CLIENT, LAUNCHER, Purpose};
use crate::command::{Failure, Outcome, answer, say_and_run};
use crate::macos::{self, Extent};
use crate::place::Place;
use crate::setup::{self, Abroad, Needs};
use crate::windows;

const RUSTC: &str = "/usr/bin/rustc";
const CARGO: &str = "/usr/bin/cargo";

#[derive(clap::Args)]
pub(crate) struct Options {
    /// The system that it is for.
    #[arg(long)]
    target: System,
    /// As people get it, which takes longer.
    #[arg(long)]
    release: bool,
    /// The deployment to build it for; without one the gate stays shut.
    #[arg(long, value_name = "FILE")]
    deployment: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum System {
    Windows,
    Macos,
    Linux,
}

impl System {
    fn is_here(self) -> bool {
        env::consts::OS
            == match self {
                Self::Windows => "windows",
                Self::Macos => "macos",
                Self::Linux => "linux",
            }
    }
}

/// `cargo xtask build`: client and launcher for one system.
pub(crate) fn build(options: &Options) -> Outcome {
    let place = Place::find()?;
    let deployment = match &options.deployment {
        Some(file) => Some(std::fs::canonicalize(file).map_err(Failure::file(file))?),
        None => None,
    };
    let made = Made { release: options.release, deployment: deployment.as_deref() };
    if options.target.is_here() {
        setup::set_up(&place, Needs::Build)?;
        screens(&place)?;
        let mut cargo = place.cargo();
        made.tell(cargo.args(["build", "--locked", "--package", CLIENT, "--package", LAUNCHER]));
        say_and_run(&mut cargo)?;
        return made.say(&[place.built(CLIENT, made.release), place.built(LAUNCHER, made.release)]);
    }
    match options.target {
        System::Windows => {
            setup::set_up_abroad(&place, Abroad::Windows)?;
            screens(&place)?;
            made.say(&windows::build(&place, &made)?)
        }
        System::Macos => {
            println!(
                "For macOS it can only be compiled here. A program needs Apple's frameworks to be linked with,"
            );
            println!("which Apple gives out with its own tools only: on a Mac this same command makes it.");
            macos::all(&place, Extent::Whole)?;
            println!("\nIt compiles for macOS. No program was made.");
            Ok(())
        }
        System::Linux => Err(Failure::Needs(
            "Programs for Linux are made on Linux: they need its libraries (WebKitGTK) to be linked with."
                .into(),
        )),
    }
}

fn screens(place: &Place) -> Outcome {
    build::ui_packages(place)?;
    build::ui(place, Purpose::Use)
}

/// How client and launcher are built.
pub(crate) struct Made<'a> {
    pub(crate) release: bool,
    pub(crate) deployment: Option<&'a Path>,
}

impl Made<'_> {
    /// Tells cargo.
    pub(crate) fn tell(&self, cargo: &mut Command) {
        if self.release {
            cargo.arg("--release");
        }
        match self.deployment {
            Some(file) => cargo.env("POLDER_DEPLOYMENT", file),
            None => cargo.env_remove("POLDER_DEPLOYMENT"),
        };
    }

    /// Says where they lie, after a look whether they do.
    fn say(&self, programs: &[PathBuf]) -> Outcome {
        println!();
        for program in programs {
            let length = std::fs::metadata(program).map_err(Failure::file(program))?.len();
            println!("{} ({:.1} MB)", program.display(), length as f64 / 1e6);
        }
        if self.deployment.is_none() {
            println!("They are built for no platform (--deployment FILE): the client keeps its gate shut.");
        }
        Ok(())
    }
}

/// Debian's Rust, with the source of its standard library.
pub(crate) struct DebianRust {
    /// All that it says of itself.
    said: String,
}

impl DebianRust {
    /// Whether this is where it comes from. Elsewhere the same packages are older or bear other names.
    pub(crate) fn is_to_be_had() -> bool {
        cfg!(target_os = "linux") && setup::is_debian_itself()
    }

    pub(crate) fn find() -> Outcome<Self> {
        let said = answer(Command::new(RUSTC).arg("-vV"));
        setup::new_enough("Debian's Rust", said.as_deref(), "apt-get install rustc-web")?;
        let sysroot = answer(Command::new(RUSTC).args(["--print", "sysroot"])).unwrap_or_default();
        let library = Path::new(sysroot.trim()).join("lib/rustlib/src/rust/library/Cargo.lock");
        if !library.is_file() {
            return Err(Failure::Needs(format!(
                "The source of the standard library is missing ({}): apt-get install rust-web-src",
                library.display()
            )));
        }
        Ok(Self { said: said.unwrap_or_default() })
    }

    /// Where it builds for a system, with these tools besides. Another edition of any of them builds somewhere else, so
    /// that nothing of the one is taken for the other's.
    pub(crate) fn folder(&self, place: &Place, name: &str, tools: &[String]) -> PathBuf {
        place.target.join("abroad").join(folder_name(name, &self.said, tools))
    }

    /// Where it builds for every system for which nothing but Windows' C tools is needed: what runs on this side of the
    /// build, such as macros, is the same for all of them.
    pub(crate) fn shared_folder(&self, place: &Place) -> Outcome<PathBuf> {
        let said = |(program, _): (&str, &str)| answer(Command::new(program).arg("--version"));
        Ok(self.folder(place, "shared", &windows::C_TOOLS.map(|tool| said(tool).unwrap_or_default())))
    }

    /// Its cargo, which builds into `folder`, with the tools that xtask installs in reach.
    pub(crate) fn cargo(place: &Place, folder: &Path) -> Command {
        Self::command(place, folder, Path::new(CARGO))
    }

    /// The same for a program that starts cargo itself.
    pub(crate) fn command(place: &Place, folder: &Path, program: &Path) -> Command {
        let mut cargo = place.program(program);
        let path = env::var_os("PATH").unwrap_or_default();
        let folders = ["/usr/bin", "/bin"].map(PathBuf::from).into_iter();
        let folders = folders.chain([place.tools().join("bin")]).chain(env::split_paths(&path));
        cargo.env("PATH", env::join_paths(folders).unwrap_or_else(|_| OsString::from("/usr/bin:/bin")));
        // Another toolchain's, where this was started through one.
        for name in
            ["RUSTUP_TOOLCHAIN", "CARGO", "RUSTC", "RUSTDOC", "RUSTC_WRAPPER", "RUSTC_WORKSPACE_WRAPPER"]
        {
            cargo.env_remove(name);
        }
        // Compiling the standard library along is not stable yet.
        cargo.env("RUSTC_BOOTSTRAP", "1").env("CARGO_TARGET_DIR", folder);
        cargo
    }
}

/// Says what a tool calls itself, or what to do where there is none.
pub(crate) fn said(program: &str, argument: &str, package: &str) -> Outcome<String> {
    answer(Command::new(program).arg(argument))
        .ok_or_else(|| Failure::Needs(format!("{program} is missing: apt-get install {package}")))
}

fn folder_name(name: &str, rustc: &str, tools: &[String]) -> String {
    let mut hasher = DefaultHasher::new();
    (rustc, tools).hash(&mut hasher);
    let [major, minor, patch] = setup::version(rustc).unwrap_or_default();
    format!("{name}-{major}.{minor}.{patch}-{:08x}", hasher.finish() as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RUST: &str = "rustc 1.96.0 (ac68faa20 2026-05-25)\nhost: x86_64-unknown-linux-gnu\n";

    #[test]
    fn another_edition_of_any_tool_builds_somewhere_else() {
        let gcc = |version: &str| vec![format!("gcc {version}")];
        let one = folder_name("windows", RUST, &gcc("12"));
        assert!(one.starts_with("windows-1.96.0-"), "{one}");
        assert_eq!(one, folder_name("windows", RUST, &gcc("12")));
        for other in [
            folder_name("windows", RUST, &gcc("13")),
            folder_name("windows", RUST, &[]),
            // The same number with another commit behind it.
            folder_name("windows", &RUST.replace("ac68", "bc68"), &gcc("12")),
            folder_name("macos", RUST, &gcc("12")),
        ] {
            assert_ne!(one, other);
        }
    }
}
