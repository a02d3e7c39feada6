use std::path::{Path, PathBuf};

use clap::Args;
use polder_signing::Key;
use polder_signing::check;
use polder_signing::export;
use polder_signing::metadata::{Chain, Root};
use polder_signing::proposal::{Opened, Proposal, Said, What};
use polder_signing::publish::{Online, Prepared};
use polder_signing::release::Draft;
use polder_wire::UnixSeconds;

use super::ask::{self, Passphrases};
use super::fault::CliFault;
use super::{PassphraseArgs, files, say};

#[derive(Debug, Args)]
pub(crate) struct SignArgs {
    /// The proposal; the signature is added to it.
    proposal: PathBuf,
    /// The root that you keep and trust, of any age. The very first root needs none.
    #[arg(long)]
    root: Option<PathBuf>,
    /// Your key.
    #[arg(long)]
    key: Option<PathBuf>,
    /// For scripts: the SHA-256 of the text that was shown and read before.
    #[arg(long)]
    yes_i_read: Option<String>,
    #[command(flatten)]
    passphrases: PassphraseArgs,
}

#[derive(Debug, Args)]
pub(crate) struct OnlineArgs {
    /// A key of the snapshot; while one is replaced, the old and the new.
    #[arg(long)]
    snapshot_key: Vec<PathBuf>,
    /// A key of the timestamp; while one is replaced, the old and the new.
    #[arg(long)]
    timestamp_key: Vec<PathBuf>,
    #[command(flatten)]
    passphrases: PassphraseArgs,
}

#[derive(Debug, Args)]
pub(crate) struct PublishArgs {
    /// The repository.
    repository: PathBuf,
    /// Signed proposals: a root, targets, or both.
    #[arg(required = true)]
    proposals: Vec<PathBuf>,
    /// The draft's folder, with the files of new releases.
    #[arg(long)]
    draft: Option<PathBuf>,
    /// The minisign public key that clients have built in.
    #[arg(long)]
    minisign: Option<PathBuf>,
    #[command(flatten)]
    online: OnlineArgs,
}

#[derive(Debug, Args)]
pub(crate) struct TimestampArgs {
    /// The repository.
    repository: PathBuf,
    #[command(flatten)]
    online: OnlineArgs,
}

#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// The repository.
    repository: PathBuf,
    /// The root that you trust.
    #[arg(long)]
    root: PathBuf,
    /// The minisign public key that clients have built in.
    #[arg(long)]
    minisign: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    /// The repository.
    repository: PathBuf,
    /// The update file, *.polder-update.
    file: PathBuf,
    /// For which system, as linux-x86_64.
    #[arg(long)]
    system: String,
}

pub(crate) fn show(args: &SignArgs) -> Result<(), CliFault> {
    let (proposal, opened) = open(args)?;
    let shown = opened.shown()?;
    say(shown.text())?;
    say(format_args!("Its word: {}\nSHA-256 of what is shown: {}", shown.word(), shown.sha256()))?;
    signers(&proposal, &opened)
}

pub(crate) fn sign(args: &SignArgs) -> Result<(), CliFault> {
    let key = args.key.as_deref().ok_or(CliFault::NoKey)?;
    let (mut proposal, opened) = open(args)?;
    let shown = opened.shown()?;
    ask::confirm(shown.text(), &shown.sha256(), &shown.word(), args.yes_i_read.as_deref())?;
    let key = files::key(key, &mut Passphrases::new(&args.passphrases)?)?;
    // What is signed was computed from what was read before; the file that the signature is added to must be it.
    if files::proposal(&args.proposal)? != proposal {
        return Err(CliFault::Changed(args.proposal.clone()));
    }
    proposal.signatures.push(shown.sign(&key)?);
    files::replace(&args.proposal, &proposal.to_json()?)?;
    say(format_args!("signed with key {}", key.id()))
}

pub(crate) fn publish(args: &PublishArgs, now: UnixSeconds) -> Result<(), CliFault> {
    let proposals = args.proposals.iter().map(|path| files::proposal(path)).collect::<Result<Vec<_>, _>>()?;
    let anchor = args.minisign.as_deref().map(files::anchor).transpose()?;
    let draft = args.draft.as_deref().map(Draft::open_or_begin).transpose()?;
    let added = |name: &str| match &draft {
        Some(draft) => draft.read(name),
        None => Err(std::io::Error::new(std::io::ErrorKind::NotFound, "no draft is named (--draft)")),
    };
    let online = open_online(&args.online)?;
    let prepared = Prepared::new(&args.repository, &proposals, &added, &online, anchor.as_ref(), now)?;
    if !prepared.seamless() {
        say("a key was lost or must not sign any more: readers are turned away until this is through")?;
    }
    prepared.write(&args.repository)?;
    say(format_args!("published in {}", args.repository.display()))
}

pub(crate) fn timestamp(args: &TimestampArgs, now: UnixSeconds) -> Result<(), CliFault> {
    let nothing = |_: &str| Err(std::io::ErrorKind::NotFound.into());
    let online = open_online(&args.online)?;
    Prepared::new(&args.repository, &[], &nothing, &online, None, now)?.write(&args.repository)?;
    say("the timestamp is signed anew")
}

pub(crate) fn check(args: &CheckArgs, now: UnixSeconds) -> Result<(), CliFault> {
    let root = files::read(&args.root)?;
    let report = check::check(&args.repository, &root, &files::anchor(&args.minisign)?, now);
    for good in &report.good {
        say(format_args!("good   {good}"))?;
    }
    for soon in &report.soon {
        say(format_args!("soon   {soon}"))?;
    }
    for fault in &report.faults {
        say(format_args!("WRONG  {fault}"))?;
    }
    match report.faults.len() {
        0 => say("the repository is what it should be"),
        faults => Err(CliFault::Faults(faults)),
    }
}

pub(crate) fn export(args: &ExportArgs) -> Result<(), CliFault> {
    for name in export::export(&args.repository, &args.system, &args.file)? {
        say(name)?;
    }
    Ok(())
}

fn open(args: &SignArgs) -> Result<(Proposal, Opened), CliFault> {
    let proposal = files::proposal(&args.proposal)?;
    let trusted = args.root.as_deref().map(files::read).transpose()?;
    let opened = Opened::open(&proposal, trusted.as_deref())?;
    Ok((proposal, opened))
}

/// Who signed so far, of those whose signatures count.
fn signers(proposal: &Proposal, opened: &Opened) -> Result<(), CliFault> {
    let role = match proposal.what {
        What::Root => polder_signing::keys::Role::Root,
        What::Targets => polder_signing::keys::Role::Targets,
    };
    let proposed = match &opened.said {
        Said::Root { root } => Some(root.as_ref()),
        Said::Targets { .. } => None,
    };
    let chain = opened.chain.as_ref();
    let roots: Vec<&Root> = proposed.into_iter().chain(chain.map(Chain::newest)).collect();
    for root in roots {
        let signed = root.signers(role, &opened.envelope)?;
        let names: Vec<_> =
            signed.iter().map(|id| root.holder(id).map_or(id.as_str(), |holder| holder.as_str())).collect();
        let (of, wanted) = (root.role(role).keyids.len(), root.role(role).threshold);
        say(format_args!(
            "Signed so far, by root {}: {} of {of}, {wanted} are needed ({})",
            root.version,
            names.len(),
            names.join(", ")
        ))?;
    }
    Ok(())
}

fn open_online(args: &OnlineArgs) -> Result<Online, CliFault> {
    let mut passphrases = Passphrases::new(&args.passphrases)?;
    let mut open = |paths: &[PathBuf]| -> Result<Vec<Key>, CliFault> {
        paths.iter().map(|path: &PathBuf| files::key(Path::new(path), &mut passphrases)).collect()
    };
    let snapshot = open(&args.snapshot_key)?;
    Ok(Online { snapshot, timestamp: open(&args.timestamp_key)? })
}
