//! Whether everything compiles for macOS. More cannot be done on another system: a program needs Apple's frameworks to be
//! linked with.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::build::{self, CLIENT, LAUNCHER, Purpose};
use crate::command::{Failure, Outcome, output, say_and_run};
use crate::cross::DebianRust;
use crate::place::Place;
use crate::python;
use crate::setup::{self, Abroad};

/// Everything that people on a Mac get, and the tests of what has no window.
const PROGRAMS: [&str; 2] = [CLIENT, LAUNCHER];

/// Libraries that are written in C and Objective-C: the packages that compile them, and what these say to cargo when they
/// are done.
const IN_C: [(&str, &[&str]); 3] = [
    ("aws-lc-sys", &["rustc-cfg=[\"universal\"]", "include=\"\""]),
    ("objc2-exception-helper", &["root=\"\""]),
    ("zstd-sys", &["include=\"\""]),
];

#[derive(clap::Args)]
pub(crate) struct Options {
    /// For macOS, which is all that there is to check for so far.
    #[arg(long, required = true)]
    macos: bool,
    /// Only for this one.
    #[arg(long)]
    arch: Option<Arch>,
    /// Leaves out the libraries that are written in C: all of Polder is compiled, in a third of the time and without a
    /// C compiler for macOS.
    #[arg(long)]
    rust_alone: bool,
}

/// How much is compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extent {
    /// Everything.
    Whole,
    /// All but what is written in C. Nothing is linked, so nobody misses it.
    RustAlone,
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
    let extent = if options.rust_alone { Extent::RustAlone } else { Extent::Whole };
    match options.arch {
        Some(arch) => one(&place, arch, extent),
        None => all(&place, extent),
    }
}

/// For each processor.
pub(crate) fn all(place: &Place, extent: Extent) -> Outcome {
    set_up(place, extent)?;
    [Arch::Aarch64, Arch::X86_64].into_iter().try_for_each(|arch| compile(place, arch, extent))
}

/// For one processor.
pub(crate) fn one(place: &Place, arch: Arch, extent: Extent) -> Outcome {
    set_up(place, extent)?;
    compile(place, arch, extent)
}

/// Installs what is missing, and builds the screens, without which the client does not compile.
fn set_up(place: &Place, extent: Extent) -> Outcome {
    setup::set_up_abroad(
        place,
        match extent {
            Extent::Whole => Abroad::Macos,
            Extent::RustAlone => Abroad::MacosRust,
        },
    )?;
    build::ui_packages(place)?;
    build::ui(place, Purpose::Use)
}

/// Needs the screens.
fn compile(place: &Place, arch: Arch, extent: Extent) -> Outcome {
    let mut cargo = match extent {
        Extent::Whole => with_zig(place)?,
        Extent::RustAlone => {
            let mut cargo = DebianRust::cargo(place, &DebianRust::find()?.shared_folder(place)?);
            let metadata = output(place.cargo().args(["metadata", "--locked", "--format-version", "1"]))?;
            for line in left_out(&metadata, arch.target())? {
                cargo.arg("--config").arg(line);
            }
            cargo
        }
    };
    cargo.args(["check", "--locked", "-Zbuild-std=std,panic_unwind", "--target", arch.target()]);
    for package in PROGRAMS {
        cargo.args(["--package", package]);
    }
    cargo.env_remove("POLDER_DEPLOYMENT");
    cargo.env("CARGO_PROFILE_DEV_DEBUG", "0").env("CARGO_INCREMENTAL", "0");
    say_and_run(&mut cargo)
}

/// cargo with a C compiler that knows macOS.
fn with_zig(place: &Place) -> Outcome<Command> {
    let wanted = place.root.join("crates/xtask/macos/requirements.txt");
    let words = "A C compiler that knows macOS is fetched, once (80 MB).";
    let python = python::environment(&place.tools().join("zig"), &wanted, words)?;
    let zig = zig(&python)?;
    let version = output(Command::new(&zig).arg("version"))?;
    let folder = DebianRust::find()?.folder(place, "macos", &[version]);
    let mut helper = DebianRust::command(place, &folder, &python.with_file_name("cargo-zigbuild"));
    helper.env("CARGO_ZIGBUILD_ZIG_PATH", zig);
    // The linker's own strip does not know zig's objects.
    helper.env("CARGO_PROFILE_DEV_STRIP", "false");
    Ok(helper)
}

/// What tells cargo that the libraries in C are there, as its configuration has it (TOML): their packages' build scripts
/// are not run. The name of what a package links may have its version in it, so cargo is asked.
fn left_out(metadata: &str, target: &str) -> Outcome<Vec<String>> {
    let metadata: serde_json::Value = serde_json::from_str(metadata)
        .map_err(|error| Failure::Needs(format!("cargo metadata answered no JSON: {error}")))?;
    let packages = metadata["packages"].as_array().map(Vec::as_slice).unwrap_or_default();
    let mut lines = Vec::new();
    for (package, says) in IN_C {
        let links = packages.iter().find(|one| one["name"] == package).and_then(|one| one["links"].as_str());
        let links = links.ok_or_else(|| {
            Failure::Needs(format!("{package} links nothing any more: crates/xtask/src/macos.rs names it"))
        })?;
        lines.extend(says.iter().map(|line| format!("target.{target}.{links}.{line}")));
    }
    Ok(lines)
}

/// The compiler within its Python package.
fn zig(python: &Path) -> Outcome<PathBuf> {
    const WHERE: &str = "import os, ziglang; print(os.path.join(os.path.dirname(ziglang.__file__), 'zig'))";
    let said = output(Command::new(python).args(["-c", WHERE]))?;
    Ok(PathBuf::from(said.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_c_is_left_out_by_the_name_of_what_it_links() {
        let metadata = r#"{"packages":[{"name":"aws-lc-sys","links":"aws_lc_1_2_3"},{"name":"zstd-sys","links":"zstd"},
            {"name":"objc2-exception-helper","links":"helper"}]}"#;
        let lines = left_out(metadata, "t").unwrap();
        assert_eq!(
            lines,
            [
                "target.t.aws_lc_1_2_3.rustc-cfg=[\"universal\"]",
                "target.t.aws_lc_1_2_3.include=\"\"",
                "target.t.helper.root=\"\"",
                "target.t.zstd.include=\"\""
            ]
        );
        assert!(left_out(r#"{"packages":[{"name":"zstd-sys","links":"zstd"}]}"#, "t").is_err());
    }
}
