use std::path::{Path, PathBuf};

use aws_lc_rs::rand::SystemRandom;
use polder_signing::keys::{
    Holder, PublicKey, Role,
    sealed::{self, Cost},
    write_private,
};
use polder_signing::proposal::{Proposal, Replacement, first_root, next_root};
use polder_signing::standing::Standing;
use polder_signing::{Key, MinisignKey, SigningError};
use polder_wire::UnixSeconds;

use super::ask::Passphrases;
use super::fault::CliFault;
use super::{MakeArgs, files, say};

/// What keys are made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum KeyRole {
    Root,
    Targets,
    Snapshot,
    Timestamp,
    /// Signs every file of a release once more, apart from the repository.
    Minisign,
}

/// `ROLE/HOLDER=FILE`.
#[derive(Debug, Clone)]
pub(crate) struct Replace {
    role: Role,
    holder: Holder,
    file: PathBuf,
}

pub(crate) fn replacement(text: &str) -> Result<Replace, String> {
    let wrong = || "as ROLE/HOLDER=FILE".to_owned();
    let (old, file) = text.split_once('=').ok_or_else(wrong)?;
    let (role, holder) = old.split_once('/').ok_or_else(wrong)?;
    let role = Role::ALL.into_iter().find(|known| known.to_string() == role).ok_or_else(wrong)?;
    let holder = holder.parse().map_err(|error: SigningError| error.to_string())?;
    Ok(Replace { role, holder, file: file.into() })
}

pub(crate) fn make_key(args: &MakeArgs) -> Result<(), CliFault> {
    let role = match args.role {
        KeyRole::Root => Some(Role::Root),
        KeyRole::Targets => Some(Role::Targets),
        KeyRole::Snapshot => Some(Role::Snapshot),
        KeyRole::Timestamp => Some(Role::Timestamp),
        KeyRole::Minisign => None,
    };
    let name =
        format!("{}-{}", role.map_or_else(|| "minisign".to_owned(), |role| role.to_string()), args.holder);
    let file = |end: &str| args.out.join(format!("{name}.{end}"));
    let (secret_file, public_file) = (file("key"), file("pub"));
    for path in [&secret_file, &public_file] {
        if path.exists() {
            return Err(CliFault::There(path.clone()));
        }
    }
    std::fs::create_dir_all(&args.out)
        .map_err(|source| SigningError::File { path: args.out.clone(), source })?;
    let passphrase = Passphrases::new(&args.passphrases)?.new_one(&secret_file.display().to_string())?;
    let random = SystemRandom::new();
    let public = match role {
        Some(role) => {
            let key = Key::generate(&random)?;
            let cost = if args.insecure_quick_for_tests { Cost::InsecureForTests } else { Cost::Full };
            write_private(&secret_file, sealed::seal(&key, &passphrase, cost, &random)?.as_bytes())?;
            let public = PublicKey::of(&key, role, args.holder.clone());
            say(format_args!("{name}: key {}", public.id))?;
            public.to_json()?
        }
        None => {
            let (secret, public) = MinisignKey::generate_sealed(&passphrase)?;
            write_private(&secret_file, secret.as_bytes())?;
            say(format_args!("{name}:\n{}", public.trim_end()))?;
            public.into_bytes()
        }
    };
    files::write_new(&public_file, &public)?;
    say(format_args!("{} is secret; {} is for everybody", secret_file.display(), public_file.display()))
}

pub(crate) fn make_root(public: &[PathBuf], out: &Path, now: UnixSeconds) -> Result<(), CliFault> {
    let holders = public.iter().map(|path| read_public(path)).collect::<Result<Vec<_>, _>>()?;
    proposed(&first_root(&holders, now)?, out)
}

pub(crate) fn rotate_root(
    repository: &Path,
    replace: &[Replace],
    out: &Path,
    now: UnixSeconds,
) -> Result<(), CliFault> {
    let replacements = replace.iter().map(|Replace { role, holder, file }| {
        Ok(Replacement { role: *role, holder: holder.clone(), key: read_public(file)? })
    });
    let replacements = replacements.collect::<Result<Vec<_>, CliFault>>()?;
    proposed(&next_root(&Standing::read(repository)?, &replacements, now)?, out)
}

fn proposed(proposal: &Proposal, out: &Path) -> Result<(), CliFault> {
    files::write_new(out, &proposal.to_json()?)?;
    say(format_args!("{} goes from holder to holder now", out.display()))
}

fn read_public(path: &Path) -> Result<PublicKey, CliFault> {
    let fault = |fault| CliFault::Key { path: path.to_owned(), fault };
    PublicKey::parse(&files::read(path)?).map_err(fault)
}
