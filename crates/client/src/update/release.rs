use minisign_verify::PublicKey;
use polder_wire::update::{
    archive_signature_target, archive_target, delta_target, program_target, target_path, trusted_comment,
    unpacked_signature_target,
};
use semver::Version;
use serde::Deserialize;
use sigstore_tuf::TargetFile;

use super::metadata::{Lookup, signed_file};
use super::repository::Files;
use super::seal::{Minisign, Signed};
use super::{MetadataFault, SignedFile, UpdateFault};

/// What signed metadata says of a release that can be fetched.
#[derive(Debug)]
pub(super) struct Release {
    pub(super) version: Version,
    pub(super) system: String,
    /// The program that the gate will ask for once this runs.
    pub(super) program: SignedFile,
    /// The archive as it is fetched.
    pub(super) packed: Target,
    /// The archive as it is unpacked; releases are remembered by its hash.
    pub(super) unpacked: Signed,
    /// The way there from the version that runs.
    pub(super) delta: Option<Delta>,
}

/// A file to be fetched.
#[derive(Debug, Clone)]
pub(super) struct Target {
    /// Below the targets' folder.
    pub(super) path: String,
    pub(super) signed: Signed,
}

#[derive(Debug)]
pub(super) struct Delta {
    pub(super) target: Target,
    /// The unpacked archive that it begins with.
    pub(super) from: SignedFile,
}

impl Release {
    /// Looks it up. `old` is the version that runs.
    pub(super) async fn look_up<F: Files>(
        lookup: &mut Lookup<F>,
        key: &PublicKey,
        version: &Version,
        system: &str,
        old: &Version,
    ) -> Result<Self, UpdateFault> {
        let missing =
            |what: &str| UpdateFault::NotOffered { version: version.clone(), what: what.to_owned() };
        let program = lookup.info(&program_target(version, system)).await?;
        let program = signed_file(&program.ok_or_else(|| missing("program"))?)?;
        let name = archive_target(version, system);
        let archive = lookup.info(&name).await?.ok_or_else(|| missing("archive"))?;
        let comment = trusted_comment(version, system);
        let signature = lookup.small(&archive_signature_target(version, system)).await?;
        let signature = signature.ok_or_else(|| missing("signature of the archive"))?;
        let packed = Target::new(&name, &archive, Some(Minisign::new(key, &signature, comment.clone())))?;
        let signature = lookup.small(&unpacked_signature_target(version, system)).await?;
        let unpacked = Signed {
            file: custom::<Unpacked>(&archive)?.unpacked.parse()?,
            minisign: signature.map(|signature| Minisign::new(key, &signature, comment)),
        };
        let name = delta_target(version, system, old);
        let delta = match lookup.info(&name).await? {
            // Without the signature that its result is held against it is of no use.
            Some(delta) if unpacked.minisign.is_some() => {
                let from = custom::<From>(&delta)?.from.parse()?;
                Some(Delta { target: Target::new(&name, &delta, None)?, from })
            }
            _ => None,
        };
        let (version, system) = (version.clone(), system.to_owned());
        Ok(Self { version, system, program, packed, unpacked, delta })
    }
}

impl Target {
    fn new(name: &str, info: &TargetFile, minisign: Option<Minisign>) -> Result<Self, MetadataFault> {
        let file = signed_file(info)?;
        Ok(Self { path: target_path(name, &file.sha256), signed: Signed { file, minisign } })
    }
}

/// What is signed about an archive besides its own length and hash.
#[derive(Deserialize)]
struct Unpacked {
    unpacked: Named,
}

/// What is signed about a difference besides.
#[derive(Deserialize)]
struct From {
    from: Named,
}

#[derive(Deserialize)]
struct Named {
    length: u64,
    sha256: String,
}

impl Named {
    fn parse(&self) -> Result<SignedFile, MetadataFault> {
        let mut sha256 = [0; 32];
        hex::decode_to_slice(&self.sha256, &mut sha256)
            .map_err(|error| MetadataFault::Invalid(Box::new(error)))?;
        Ok(SignedFile { length: self.length, sha256 })
    }
}

fn custom<T: for<'a> Deserialize<'a>>(info: &TargetFile) -> Result<T, MetadataFault> {
    let custom = info.custom.clone().ok_or_else(|| MetadataFault::Missing("custom".to_owned()))?;
    serde_json::from_value(custom).map_err(|error| MetadataFault::Invalid(Box::new(error)))
}
