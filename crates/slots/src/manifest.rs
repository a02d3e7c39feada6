use std::collections::{BTreeMap, BTreeSet};

use semver::Version;
use serde::{Deserialize, Serialize};

use crate::path::{PathFault, SlotPath};

/// The file in a slot that says what else is in it.
pub const MANIFEST: &str = "manifest.json";
/// The file in a slot that holds the manifest's minisign signature.
pub const SIGNATURE: &str = "manifest.json.minisig";
/// Of a manifest, in bytes.
pub const MAX_MANIFEST: usize = 256 * 1024;
/// All of them are open at once while a slot is checked, and many systems let a program open 1,024.
const MAX_FILES: usize = 512;
/// Of all files together, in bytes; also what an archive's header can say of one.
const MAX_TOTAL: u64 = 4 << 30;

/// What is in a slot. What was parsed holds together: paths are safe and distinct, and the program is one of the
/// files. Whether somebody signed it is another question ([`crate::Verified`]).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    /// The release.
    pub version: Version,
    /// Which system it is for, as [`polder_wire::update::this_system`] says.
    pub system: String,
    /// Which file is started.
    pub program: SlotPath,
    /// All files besides the manifest and its signature, in the archive's order.
    pub files: Vec<Listed>,
}

/// One file of a slot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Where it lies.
    pub path: SlotPath,
    /// In bytes.
    pub length: u64,
    /// Over all its bytes.
    pub sha256: [u8; 32],
    /// Whether it may be run.
    pub executable: bool,
}

/// Why a manifest is not one.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ManifestError {
    /// More bytes than [`MAX_MANIFEST`].
    #[error("the manifest is longer than it may be")]
    TooLong,
    /// It is not the JSON that it should be; missing and unknown fields count too.
    #[error("the manifest is not readable")]
    Unreadable(#[from] serde_json::Error),
    /// It is of another format, or of another product.
    #[error("the manifest is of another format or product")]
    Foreign,
    /// A field has the right type and no acceptable value.
    #[error("the manifest's `{0}` is not acceptable")]
    Field(&'static str),
    /// A path may not be in a slot.
    #[error("the manifest lists {path:?}: {fault}")]
    Path {
        /// As it stands there.
        path: String,
        /// What is wrong.
        fault: PathFault,
    },
    /// Two paths are one on a system that does not tell upper case from lower, or a file is a folder as well.
    #[error("the manifest lists {0:?} twice")]
    Twice(String),
}

impl Manifest {
    /// Reads a manifest.
    ///
    /// # Errors
    /// See [`ManifestError`].
    pub fn parse(json: &[u8]) -> Result<Self, ManifestError> {
        if json.len() > MAX_MANIFEST {
            return Err(ManifestError::TooLong);
        }
        let file: File = serde_json::from_slice(json)?;
        if file.schema != 1 || file.product != PRODUCT {
            return Err(ManifestError::Foreign);
        }
        let files = file.files.iter().map(Listed::parse).collect::<Result<Vec<_>, _>>()?;
        let program = parse_path(&file.program)?;
        let version = crate::version(&file.version).ok_or(ManifestError::Field("version"))?;
        let manifest = Self { version, system: file.system, program, files };
        manifest.check()?;
        Ok(manifest)
    }

    /// Writes it: the same bytes for the same contents.
    ///
    /// # Errors
    /// When it would not parse again, as one that was put together by hand may not.
    pub fn to_json(&self) -> Result<Vec<u8>, ManifestError> {
        self.check()?;
        let file = File {
            schema: 1,
            product: PRODUCT.to_owned(),
            version: self.version.to_string(),
            system: self.system.clone(),
            program: self.program.as_str().to_owned(),
            files: self.files.iter().map(Listed::to_line).collect(),
        };
        let mut json = serde_json::to_vec(&file)?;
        json.push(b'\n');
        if json.len() > MAX_MANIFEST {
            return Err(ManifestError::TooLong);
        }
        Ok(json)
    }

    /// The file that is listed there, if one is.
    pub fn file(&self, path: &str) -> Option<&Listed> {
        self.files.iter().find(|file| file.path.as_str() == path)
    }

    fn check(&self) -> Result<(), ManifestError> {
        if crate::version(&self.version.to_string()).is_none() {
            return Err(ManifestError::Field("version"));
        }
        let is_system =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-".contains(&byte);
        if !(1..=64).contains(&self.system.len()) || !self.system.bytes().all(is_system) {
            return Err(ManifestError::Field("system"));
        }
        let total = self.files.iter().try_fold(0u64, |total, file| total.checked_add(file.length));
        if self.files.len() > MAX_FILES || total.is_none_or(|total| total > MAX_TOTAL) {
            return Err(ManifestError::Field("files"));
        }
        self.check_paths()?;
        match self.file(self.program.as_str()) {
            Some(program) if program.executable => Ok(()),
            _ => Err(ManifestError::Field("program")),
        }
    }

    fn check_paths(&self) -> Result<(), ManifestError> {
        let mut files = BTreeSet::from([MANIFEST.to_owned(), SIGNATURE.to_owned()]);
        // By their lower-case form; two spellings of a folder are two folders on some systems and one on others.
        let mut folders: BTreeMap<String, &str> = BTreeMap::new();
        for file in &self.files {
            let path = file.path.as_str();
            let twice = || ManifestError::Twice(path.to_owned());
            if !files.insert(path.to_ascii_lowercase()) {
                return Err(twice());
            }
            for (end, _) in path.match_indices('/') {
                let folder = &path[..end];
                if *folders.entry(folder.to_ascii_lowercase()).or_insert(folder) != folder {
                    return Err(twice());
                }
            }
        }
        match folders.keys().find(|folder| files.contains(*folder)) {
            Some(both) => Err(ManifestError::Twice(both.clone())),
            None => Ok(()),
        }
    }
}

impl Listed {
    fn parse(line: &Line) -> Result<Self, ManifestError> {
        let sha256 = crate::refused::parse_hash(&line.sha256).ok_or(ManifestError::Field("sha256"))?;
        Ok(Self { path: parse_path(&line.path)?, length: line.length, sha256, executable: line.executable })
    }

    fn to_line(&self) -> Line {
        Line {
            path: self.path.as_str().to_owned(),
            length: self.length,
            sha256: hex::encode(self.sha256),
            executable: self.executable,
        }
    }
}

const PRODUCT: &str = "polder";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    schema: u32,
    product: String,
    version: String,
    system: String,
    program: String,
    files: Vec<Line>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    path: String,
    length: u64,
    sha256: String,
    executable: bool,
}

fn parse_path(text: &str) -> Result<SlotPath, ManifestError> {
    SlotPath::parse(text).map_err(|fault| ManifestError::Path { path: text.to_owned(), fault })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn good() -> Value {
        let hash = "ab".repeat(32);
        json!({
            "schema": 1, "product": "polder", "version": "1.2.3", "system": "linux-x86_64", "program": "polder",
            "files": [
                { "path": "polder", "length": 3, "sha256": hash, "executable": true },
                { "path": "share/words", "length": 0, "sha256": hash, "executable": false },
            ],
        })
    }

    fn parse(value: &Value) -> Result<Manifest, ManifestError> {
        Manifest::parse(value.to_string().as_bytes())
    }

    fn with_paths(paths: &[&str]) -> Result<Manifest, ManifestError> {
        let mut value = good();
        for path in paths {
            let file = json!({ "path": path, "length": 0, "sha256": "ab".repeat(32), "executable": false });
            value["files"].as_array_mut().unwrap().push(file);
        }
        parse(&value)
    }

    #[test]
    fn what_is_written_reads_the_same_again() {
        let manifest = parse(&good()).unwrap();
        assert_eq!(Manifest::parse(&manifest.to_json().unwrap()).unwrap(), manifest);
        assert_eq!(manifest.file("share/words").unwrap().length, 0);
    }

    #[test]
    fn every_field_is_asked_for_and_no_other_is_taken() {
        for field in good().as_object().unwrap().keys() {
            let mut missing = good();
            missing.as_object_mut().unwrap().remove(field);
            assert!(matches!(parse(&missing), Err(ManifestError::Unreadable(_))), "{field}");
        }
        for pointer in ["", "/files/0"] {
            let mut more = good();
            more.pointer_mut(pointer).unwrap()["mode"] = json!(1);
            assert!(matches!(parse(&more), Err(ManifestError::Unreadable(_))), "{pointer}");
        }
    }

    #[test]
    fn another_product_or_format_is_refused() {
        for (field, value) in [("schema", json!(2)), ("product", json!("polder-server"))] {
            let mut other = good();
            other[field] = value;
            assert!(matches!(parse(&other), Err(ManifestError::Foreign)), "{field}");
        }
    }

    #[test]
    fn a_field_with_an_unacceptable_value_is_named() {
        let hash = "ab".repeat(32);
        let file = |length: u64, hash: &str| json!({ "path": "x", "length": length, "sha256": hash, "executable": false });
        let long = format!("1.0.0-{}", "a".repeat(64));
        for (named, at, value) in [
            ("version", "/version", json!("1.2")),
            ("version", "/version", json!("../1.2.3")),
            ("version", "/version", json!(long)),
            ("system", "/system", json!("")),
            ("system", "/system", json!("linux/x86")),
            ("program", "/program", json!("nosuch")),
            ("program", "/program", json!("share/words")),
            ("sha256", "/files/1", file(0, &"AB".repeat(32))),
            ("sha256", "/files/1", file(0, "ab")),
            ("files", "/files/1", file(u64::MAX, &hash)),
            ("files", "/files/1", file(4 << 30, &hash)),
        ] {
            let mut bad = good();
            *bad.pointer_mut(at).unwrap() = value;
            let result = parse(&bad);
            assert!(matches!(result, Err(ManifestError::Field(field)) if field == named), "{bad} {result:?}");
        }
    }

    #[test]
    fn paths_that_are_one_somewhere_are_refused() {
        for paths in [
            &["x", "x"][..],
            &["x", "X"],
            &["lib/x", "LIB/y"],
            &["x", "x/y"],
            &["X/y", "x"],
            &["polder/x"],
            &["manifest.json"],
            &["Manifest.json.minisig"],
            &["manifest.json/x"],
        ] {
            assert!(matches!(with_paths(paths), Err(ManifestError::Twice(_))), "{paths:?}");
        }
        assert!(with_paths(&["lib/x", "lib/y", "lib/deep/x"]).is_ok());
        assert!(matches!(with_paths(&["../x"]), Err(ManifestError::Path { .. })));
    }

    #[test]
    fn too_many_files_and_too_many_bytes_are_refused() {
        let names: Vec<String> = (0..MAX_FILES).map(|number| format!("f{number}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        assert!(matches!(with_paths(&names), Err(ManifestError::Field("files"))));
        let padded = format!("{}{}", good(), " ".repeat(MAX_MANIFEST));
        assert!(matches!(Manifest::parse(padded.as_bytes()), Err(ManifestError::TooLong)));
    }

    proptest! {
        #[test]
        fn bytes_that_read_are_written_and_read_again(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            if let Ok(manifest) = Manifest::parse(&bytes) {
                prop_assert_eq!(Manifest::parse(&manifest.to_json().unwrap()).unwrap(), manifest);
            }
        }
    }
}
