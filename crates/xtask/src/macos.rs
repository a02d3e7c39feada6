//! Whether everything compiles for macOS. More cannot be done on another system: a program needs Apple's frameworks to be
//! linked with.

use std::path::{Path, PathBuf};

use crate::build::{self, CLIENT, LAUNCHER, Purpose};
use crate::command::{Outcome, output, say_and_run};
use crate::cross::DebianRust;
use crate::place::Place;
use crate::python;
use crate::setup::{self, Abroad};

/// Everything that people on a Mac get, and the tests of what has no window.
const PROGRAMS: [&str; 2] = [CLIENT, LAUNCHER];

#[derive(clap::Args)]
pub(crate) struct Options {
    /// For macOS, which is all that there is to check for so far.
    #[arg(long, required = true)]
    macos: bool,
    /// Only for this one.
    #[arg(long)]
    arch: Option<Arch>,
}

/// The processors of Macs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Arch {
    /// Apple's own.
    Aarch64,
    /// Intel's.
    #[value(name = "x86_64")]
    X86_64,
}

impl Arch {
    fn target(self) -> &'static str {
        match self {
            Self::Aarch64 => "aarch64-apple-darwin",
            Self::X86_64 => "x86_64-apple-darwin",
        }
    }
}

/// `cargo xtask check --macos`.
pub(crate) fn check(options: &Options) -> Outcome {
    let place = Place::find()?;
    match options.arch {
        Some(arch) => {
            set_up(&place)?;
            compile(&place, arch)
        }
        None => all(&place),
    }
}

/// For each processor.
pub(crate) fn all(place: &Place) -> Outcome {
    set_up(place)?;
    [Arch::Aarch64, Arch::X86_64].into_iter().try_for_each(|arch| compile(place, arch))
}

/// Installs what is missing, and builds the screens, without which the client does not compile.
fn set_up(place: &Place) -> Outcome {
    setup::set_up_abroad(place, Abroad::Macos)?;
    build::ui_packages(place)?;
    build::ui(place, Purpose::Use)
}

/// Compiles for one processor. Needs the screens.
pub(crate) fn compile(place: &Place, arch: Arch) -> Outcome {
    let wanted = place.root.join("crates/xtask/macos/requirements.txt");
    let words = "A C compiler that knows macOS is fetched, once (80 MB).";
    let python = python::environment(&place.tools().join("zig"), &wanted, words)?;
    let zig = zig(&python)?;
    let version = output(std::process::Command::new(&zig).arg("version"))?;
    let folder = DebianRust::find()?.folder(place, "macos", &[version]);
    let mut helper = DebianRust::command(place, &folder, &python.with_file_name("cargo-zigbuild"));
    helper.args(["check", "--locked", "-Zbuild-std", "--target", arch.target()]);
    for package in PROGRAMS {
        helper.args(["--package", package]);
    }
    helper.env("CARGO_ZIGBUILD_ZIG_PATH", zig).env_remove("POLDER_DEPLOYMENT");
    // The linker's own strip does not know zig's objects.
    helper.env("CARGO_PROFILE_DEV_STRIP", "false");
    helper.env("CARGO_PROFILE_DEV_DEBUG", "0").env("CARGO_INCREMENTAL", "0");
    say_and_run(&mut helper)
}

/// The compiler within its Python package.
fn zig(python: &Path) -> Outcome<PathBuf> {
    const WHERE: &str = "import os, ziglang; print(os.path.join(os.path.dirname(ziglang.__file__), 'zig'))";
    let said = output(std::process::Command::new(python).args(["-c", WHERE]))?;
    Ok(PathBuf::from(said.trim()))
}
