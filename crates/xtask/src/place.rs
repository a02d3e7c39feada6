//! Where the repository, its build results and its tools are.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command::{Failure, Outcome, output};

/// The repository on this machine.
pub(crate) struct Place {
    /// The repository's root.
    pub(crate) root: PathBuf,
    /// Cargo's target folder, wherever this machine has put it.
    pub(crate) target: PathBuf,
    /// This program. Asked at the start, because a build in between puts a new file in its place, and the system
    /// then calls the old one deleted.
    pub(crate) me: PathBuf,
}

impl Place {
    /// Asks cargo.
    pub(crate) fn find() -> Outcome<Self> {
        let me = env::current_exe().map_err(Failure::file(Path::new("xtask")))?;
        let said = output(cargo_program().args(["metadata", "--no-deps", "--format-version", "1"]))?;
        let metadata: serde_json::Value = serde_json::from_str(&said)
            .map_err(|error| Failure::Needs(format!("cargo metadata answered no JSON: {error}")))?;
        let path = |key: &str| {
            metadata[key]
                .as_str()
                .map(PathBuf::from)
                .ok_or_else(|| Failure::Needs(format!("cargo metadata has no {key}")))
        };
        Ok(Self { root: path("workspace_root")?, target: path("target_directory")?, me })
    }

    /// Cargo at the root, with the tools that xtask installs in reach.
    pub(crate) fn cargo(&self) -> Command {
        let mut cargo = cargo_program();
        cargo.current_dir(&self.root).env("PATH", self.search_path());
        cargo
    }

    /// Another cargo than the usual one, at the root.
    pub(crate) fn program(&self, program: &Path) -> Command {
        let mut cargo = clean(Command::new(program));
        cargo.current_dir(&self.root);
        cargo
    }

    /// The folder of the screens.
    pub(crate) fn ui(&self) -> PathBuf {
        self.root.join("ui")
    }

    /// npm at the screens.
    pub(crate) fn npm(&self) -> Command {
        // On Windows npm is a script, which only its full name starts.
        let mut npm = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
        npm.current_dir(self.ui());
        npm
    }

    /// Where xtask installs tools that are not on the PATH.
    pub(crate) fn tools(&self) -> PathBuf {
        self.target.join("tools")
    }

    /// A program that cargo built.
    pub(crate) fn built(&self, name: &str, release: bool) -> PathBuf {
        let profile = if release { "release" } else { "debug" };
        self.target.join(profile).join(format!("{name}{}", env::consts::EXE_SUFFIX))
    }

    /// xtask's own tools, which are there only where the machine's would not do, and then the PATH.
    fn search_path(&self) -> OsString {
        folder_first(&self.tools().join("bin"), env::var_os("PATH").unwrap_or_default())
    }
}

/// Whether one of the path's folders holds a file of this name.
pub(crate) fn on_path(name: &str, path: &OsString) -> bool {
    env::split_paths(path).any(|folder| folder.join(format!("{name}{}", env::consts::EXE_SUFFIX)).is_file())
}

fn folder_first(folder: &Path, path: OsString) -> OsString {
    let folders = [folder.to_owned()].into_iter().chain(env::split_paths(&path));
    // A folder with the separator in its name cannot be in a PATH: the tools there are then installed but not found.
    env::join_paths(folders).unwrap_or(path)
}

fn cargo_program() -> Command {
    clean(Command::new("cargo"))
}

/// Without what describes xtask's own build. A build script that watches one of them would run anew after every
/// `cargo xtask`.
fn clean(mut cargo: Command) -> Command {
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text == "CARGO_MANIFEST_DIR" || text == "CARGO_MANIFEST_PATH" {
            cargo.env_remove(name);
        }
    }
    cargo
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_tools_come_before_those_of_the_machine() {
        let path =
            folder_first(Path::new("/polder/tools/bin"), env::join_paths(["/usr/bin", "/bin"]).unwrap());
        let folders: Vec<_> = env::split_paths(&path).collect();
        assert_eq!(folders, ["/polder/tools/bin", "/usr/bin", "/bin"].map(PathBuf::from));
    }

    #[test]
    fn a_program_is_found_only_where_it_is() {
        let folder = env::current_exe().unwrap();
        let (folder, name) = (folder.parent().unwrap(), folder.file_stem().unwrap().to_str().unwrap());
        assert!(on_path(name, &folder.as_os_str().to_owned()));
        assert!(!on_path("no-such-program-polder", &folder.as_os_str().to_owned()));
    }
}
