use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use aws_lc_rs::digest::{Context, SHA256};
use polder_client::update::{Brought, open_chosen};
use polder_client::{ElsewhereFault, Kept, StoreFault};
use polder_slots::{MANIFEST, Manifest, SlotFault, Verified};
use polder_wire::UnixSeconds;
use polder_wire::update::{
    archive_signature_target, archive_target, program_target, signature_target, unpacked_signature_target,
};

use crate::release::{Checking, Release, SignatureError, decode};
use crate::site::{Site, SiteError};
use crate::status::{Lines, time};

/// Of a minisign signature, in bytes: far more than one has.
const MOST_SIGNATURE: u64 = 64 * 1024;

/// Why a file is not believed, or could not be judged.
#[derive(Debug, thiserror::Error)]
pub(crate) enum VerifyError {
    /// A file or folder of this computer.
    #[error("{}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        cause: io::Error,
    },
    /// There is nothing that it could be held against.
    #[error(
        "{} is not proven: no signature lies beside it (.minisig), it is in no slot, and no kept metadata names it",
        .0.display()
    )]
    Unsigned(PathBuf),
    /// The minisign signature.
    #[error("{} is not believed", path.display())]
    Signature {
        /// Of what.
        path: PathBuf,
        /// Why.
        #[source]
        cause: SignatureError,
    },
    /// Signed twice, and not for the same.
    #[error("minisign says {minisign}, and the signed metadata names it {tuf}")]
    Contradiction {
        /// What the trusted comment says.
        minisign: String,
        /// What targets metadata says.
        tuf: String,
    },
    /// The signed policy revokes it.
    #[error("the signed policy says that this program must not run")]
    Revoked,
    /// The slot.
    #[error("the slot does not hold")]
    Slot(#[from] SlotFault),
    /// The update file's metadata.
    #[error("the update file's metadata does not hold")]
    Elsewhere(#[from] ElsewhereFault),
    /// A file in the update file is none that the metadata names.
    #[error("`{0}` in the update file is not what was signed")]
    Foreign(String),
    /// What is kept cannot be read.
    #[error("the kept metadata cannot be read")]
    Store(#[from] StoreFault),
    /// The deployment.
    #[error(transparent)]
    Site(#[from] SiteError),
    /// The system refuses to give what every program needs.
    #[error("this program could not begin")]
    Start(#[source] io::Error),
}

/// Holds a file against the deployment's keys, and says what it is: a release artefact with its signature, an
/// update file, a slot, or an installed program. Nothing is asked of any network.
///
/// # Errors
/// See [`VerifyError`]: whatever is not proven is an error.
pub(crate) fn verify(
    site: &Site,
    path: &Path,
    signature: Option<&Path>,
    now: UnixSeconds,
) -> Result<String, VerifyError> {
    // A slot is looked for around the file, also when only its name was given.
    let path = &std::path::absolute(path).map_err(file(path))?;
    let metadata = fs::metadata(path).map_err(file(path))?;
    if metadata.is_dir() {
        return verify_slot(site, path);
    }
    // A pipe or a device is nothing to be verified, and would never end.
    let opened = open_chosen(path).map_err(file(path))?;
    if Brought::looks_like_one(&opened).map_err(file(path))? {
        return verify_update_file(site, path, opened, now);
    }
    let beside = PathBuf::from(format!("{}.minisig", path.display()));
    let signature = signature.map(Path::to_owned).or_else(|| beside.is_file().then_some(beside));
    match signature {
        Some(signature) => {
            let mut bytes = Vec::new();
            let read =
                open_chosen(&signature).and_then(|file| file.take(MOST_SIGNATURE).read_to_end(&mut bytes));
            read.map_err(file(&signature))?;
            verify_file(site, path, Some(&bytes))
        }
        None => match path.ancestors().skip(1).find(|folder| folder.join(MANIFEST).is_file()) {
            Some(folder) => verify_program_in_slot(site, path, folder),
            None => verify_file(site, path, None),
        },
    }
}

/// A slot whole: signature, list, and every byte.
fn verify_slot(site: &Site, folder: &Path) -> Result<String, VerifyError> {
    let slot = open_slot(site, folder)?;
    let mut said = Lines::default();
    said.line("Slot", &folder.display().to_string());
    said.line("Release", &format!("{} for {}", slot.version(), slot.manifest().system));
    said.line(
        "minisign",
        &format!("the manifest's signature and all {} files hold", slot.manifest().files.len()),
    );
    Ok(said.0)
}

fn open_slot(site: &Site, folder: &Path) -> Result<Verified, VerifyError> {
    let path = folder.join(MANIFEST);
    let manifest = Manifest::parse(&fs::read(&path).map_err(file(&path))?).map_err(SlotFault::from)?;
    // Of any system: which one is said, and whoever asks may sit at another.
    Ok(Verified::packaged(folder, &site.anchor()?, &manifest.system)?)
}

/// An installed program lies in a slot; it is one of the files that the slot's manifest lists.
fn verify_program_in_slot(site: &Site, path: &Path, folder: &Path) -> Result<String, VerifyError> {
    let slot = open_slot(site, folder)?;
    let listed = slot.manifest().files.iter().find(|listed| listed.path.below(folder) == path);
    let listed = listed.ok_or_else(|| VerifyError::Unsigned(path.to_owned()))?;
    let (length, sha256) = measure(path, None)?;
    // Read anew: what was checked a moment ago need not lie under this name.
    if (length, sha256) != (listed.length, listed.sha256) {
        return Err(SlotFault::Bytes(path.to_owned()).into());
    }
    let release = Release { version: slot.version().clone(), system: slot.manifest().system.clone() };
    let mut said = Lines::default();
    said.line("File", &path.display().to_string());
    said.line("Release", &named(&release));
    said.line("minisign", "it lies in a slot whose manifest's signature and files all hold");
    not_revoked(Kept::open(&site.deployment, &site.data)?.as_ref(), &sha256)?;
    Ok(said.0)
}

/// One file against its minisign signature and against the kept metadata, whichever are there; one must be.
fn verify_file(site: &Site, path: &Path, signature: Option<&[u8]>) -> Result<String, VerifyError> {
    let refused = |cause| VerifyError::Signature { path: path.to_owned(), cause };
    let kept = Kept::open(&site.deployment, &site.data)?;
    let (length, sha256) = measure(path, None)?;
    let names = kept.as_ref().map(|kept| kept.named(length, &sha256)).unwrap_or_default();
    // What the client keeps of its own program's signature serves as well as one that lies beside it.
    let known = names.iter().find_map(|name| kept.as_ref()?.target(&format!("{name}.minisig")));
    let signature = signature.map(<[u8]>::to_vec).or(known);

    let mut said = Lines::default();
    said.line("File", &path.display().to_string());
    let release = match signature {
        Some(signature) => {
            let (key, signature) = (site.key()?, decode(&signature).map_err(refused)?);
            let mut checking = Checking::begin(&key, &signature).map_err(refused)?;
            // The file that was signed must be the one that was looked up.
            if measure(path, Some(&mut checking))? != (length, sha256) {
                return Err(refused(SignatureError::Broken));
            }
            let release = checking.finish().map_err(refused)?;
            said.line("Release", &named(&release));
            said.line("minisign", &format!("holds, by the key {}", site.deployment.minisign_text()));
            Some(release)
        }
        None if names.is_empty() => return Err(VerifyError::Unsigned(path.to_owned())),
        None => None,
    };
    not_revoked(kept.as_ref(), &sha256)?;
    match (&kept, release) {
        (None, _) => said.line("TUF", "no metadata is kept here that it could be held against"),
        (Some(kept), release) => {
            said.line("TUF", &against_metadata(kept, &names, release.as_ref())?);
        }
    }
    Ok(said.0)
}

/// What signed metadata says of a file, beside what minisign says.
fn against_metadata(kept: &Kept, names: &[String], release: Option<&Release>) -> Result<String, VerifyError> {
    let until =
        kept.expires().map_or_else(String::new, |at| format!(", in metadata that counts until {}", time(at)));
    let Some(Release { version, system }) = release else {
        return Ok(format!("names it {}{until}", names.join(", ")));
    };
    let expected = [program_target(version, system), archive_target(version, system)];
    if !names.is_empty() {
        if names.iter().any(|name| expected.contains(name)) {
            return Ok(format!("names it {}{until}", names.join(", ")));
        }
        let minisign = format!("{version} for {system}");
        return Err(VerifyError::Contradiction { minisign, tuf: names.join(", ") });
    }
    if expected.iter().any(|name| kept.has(name)) {
        return Ok(format!(
            "names {version} for {system}, and not this file of it: an installer is signed by minisign only"
        ));
    }
    Ok(format!("the kept metadata says nothing of {version} for {system}"))
}

/// Its metadata as the gate would verify it, every file by its name and hash, and the archive by minisign too.
fn verify_update_file(
    site: &Site,
    path: &Path,
    opened: File,
    now: UnixSeconds,
) -> Result<String, VerifyError> {
    let brought = Brought::open(opened).map_err(file(path))?;
    let names: Vec<String> = brought.targets().map(without_hash).collect();
    let small: Vec<String> = names.iter().filter(|name| name.ends_with(".minisig")).cloned().collect();
    let runtime = tokio::runtime::Builder::new_current_thread().build().map_err(VerifyError::Start)?;
    let reading = Kept::elsewhere(&site.deployment, &site.data, brought.clone(), &small, now);
    let kept = runtime.block_on(reading)?;

    let mut said = Lines::default();
    said.line("Update file", &path.display().to_string());
    let until = kept.expires().map_or_else(String::new, |at| format!(", until {}", time(at)));
    said.line("TUF", &format!("its metadata holds as the client asks for it{until}"));
    let key = site.key()?;
    for (remote, name) in brought.targets().zip(&names) {
        let signature_name = format!("{name}.minisig");
        let refused = |cause| VerifyError::Signature { path: PathBuf::from(remote), cause };
        let signature =
            kept.target(&signature_name).map(|bytes| decode(&bytes)).transpose().map_err(refused)?;
        let checking = signature.as_ref().map(|signature| Checking::begin(&key, signature));
        let mut checking = checking.transpose().map_err(refused)?;
        let mut hash = Context::new(&SHA256);
        let read = brought.read_target(remote, &mut |bytes| {
            hash.update(bytes);
            if let Some(checking) = &mut checking {
                checking.update(bytes);
            }
        });
        let (length, sha256) = (read.map_err(file(path))?, finish(hash));
        if !kept.named(length, &sha256).contains(name) {
            return Err(VerifyError::Foreign(remote.to_owned()));
        }
        not_revoked(Some(&kept), &sha256)?;
        let Some(checking) = checking else { continue };
        let release = checking.finish().map_err(refused)?;
        let Release { version, system } = &release;
        let expected = [
            signature_target(version, system),
            archive_signature_target(version, system),
            unpacked_signature_target(version, system),
        ];
        if !expected.contains(&signature_name) {
            return Err(VerifyError::Contradiction { minisign: named(&release), tuf: name.clone() });
        }
        said.line("minisign", &format!("{name} holds: {}", named(&release)));
    }
    said.line("Files", &format!("{}, each as it was signed", names.len()));
    Ok(said.0)
}

/// `<folder>/<hash>.<name>` without the hash.
fn without_hash(remote: &str) -> String {
    let (folder, name) = remote.rsplit_once('/').map_or(("", remote), |(folder, name)| (folder, name));
    let name = name.split_once('.').map_or(name, |(_, name)| name);
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

fn not_revoked(kept: Option<&Kept>, sha256: &[u8; 32]) -> Result<(), VerifyError> {
    let hash = hex::encode(sha256);
    let revoked = kept.and_then(Kept::policy).is_some_and(|policy| policy.revoked.contains(&hash));
    if revoked { Err(VerifyError::Revoked) } else { Ok(()) }
}

fn named(release: &Release) -> String {
    format!("{} for {}", release.version, release.system)
}

/// Length and hash of a file, read once in pieces.
fn measure(path: &Path, mut checking: Option<&mut Checking<'_>>) -> Result<(u64, [u8; 32]), VerifyError> {
    let mut read = open_chosen(path).map_err(file(path))?;
    let mut hash = Context::new(&SHA256);
    let mut length = 0;
    let mut buffer = vec![0; 256 * 1024];
    loop {
        match read.read(&mut buffer) {
            Ok(0) => return Ok((length, finish(hash))),
            Ok(read) => {
                hash.update(&buffer[..read]);
                if let Some(checking) = &mut checking {
                    checking.update(&buffer[..read]);
                }
                length += read as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(cause) => return Err(file(path)(cause)),
        }
    }
}

fn finish(hash: Context) -> [u8; 32] {
    let mut sha256 = [0; 32];
    sha256.copy_from_slice(hash.finish().as_ref());
    sha256
}

fn file(path: &Path) -> impl Fn(io::Error) -> VerifyError + use<> {
    let path = path.to_owned();
    move |cause| VerifyError::File { path: path.clone(), cause }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_targets_name_is_what_is_left_without_the_hash() {
        assert_eq!(without_hash("releases/1.0.0/s/abc.polder.tar.zst"), "releases/1.0.0/s/polder.tar.zst");
        assert_eq!(without_hash("abc.policy.json"), "policy.json");
        assert_eq!(without_hash("nothing"), "nothing");
    }
}
