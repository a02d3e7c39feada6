use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;
use polder_signing::metadata::Custom;
use polder_signing::policy::{Change, Pin};
use polder_signing::release::{self, Draft, Notes, Older, Statement};
use polder_signing::standing::Standing;
use polder_wire::UnixSeconds;
use polder_wire::update::archive_target;
use semver::Version;

use super::ask::{self, Passphrases};
use super::fault::CliFault;
use super::{PassphraseArgs, files, say};

#[derive(Debug, Args)]
pub(crate) struct AddArgs {
    /// The draft's folder; begun where there is none.
    draft: PathBuf,
    /// The repository, or a copy of it, for deltas from its releases.
    #[arg(long)]
    repo: PathBuf,
    /// The release's version.
    #[arg(long)]
    version: Version,
    /// Its system, as linux-x86_64.
    #[arg(long)]
    system: String,
    /// The program.
    #[arg(long)]
    program: PathBuf,
    /// What is new: {"schema":1,"en":"…","nl":"…"}.
    #[arg(long)]
    notes: Option<PathBuf>,
    /// What it is made of: CycloneDX, as JSON.
    #[arg(long)]
    sbom: Option<PathBuf>,
    /// From how many of the releases before deltas are made.
    #[arg(long, default_value_t = 3)]
    deltas: usize,
    /// The minisign holder's key. Without it nothing is signed.
    #[arg(long)]
    key: Option<PathBuf>,
    /// For scripts: the SHA-256 of the text that was shown and read before.
    #[arg(long)]
    yes_i_read: Option<String>,
    #[command(flatten)]
    passphrases: PassphraseArgs,
}

#[derive(Debug, Args)]
pub(crate) struct RemoveArgs {
    /// The draft's folder; begun where there is none.
    draft: PathBuf,
    /// The repository.
    #[arg(long)]
    repo: PathBuf,
    /// The release's version.
    #[arg(long)]
    version: Version,
    /// Its system.
    #[arg(long)]
    system: String,
}

#[derive(Debug, Args)]
pub(crate) struct PolicyArgs {
    /// The draft's folder; begun where there is none.
    draft: PathBuf,
    /// The repository.
    #[arg(long)]
    repo: PathBuf,
    /// Clients older than this are refused.
    #[arg(long)]
    min_version: Option<Version>,
    /// SYSTEM=VERSION: the newest release for a system.
    #[arg(long, value_parser = pair::<String, Version>)]
    newest: Vec<(String, Version)>,
    /// SHA-256 of a program that must not run any more.
    #[arg(long)]
    revoke: Vec<String>,
    /// A pin that clients accept as well from now on.
    #[arg(long)]
    next_pin: Vec<Pin>,
    /// A next pin that they do not any more.
    #[arg(long)]
    drop_pin: Vec<Pin>,
    /// The pin that the platform serves from now on.
    #[arg(long)]
    serving_pin: Option<Pin>,
    /// PIN=VERSION: clients have the pin built in from that version on.
    #[arg(long, value_parser = built_in)]
    built_in: Vec<(Pin, Version)>,
}

#[derive(Debug, Args)]
pub(crate) struct ProposeArgs {
    /// The draft's folder; one that is not there changes nothing, and gives the targets another term.
    draft: PathBuf,
    /// The repository.
    #[arg(long)]
    repo: PathBuf,
    /// A signed root that is published together with it.
    #[arg(long)]
    next_root: Option<PathBuf>,
    /// The proposal.
    #[arg(long)]
    out: PathBuf,
}

pub(crate) fn add(args: &AddArgs) -> Result<(), CliFault> {
    let AddArgs { version, system, .. } = args;
    let standing = Standing::read(&args.repo)?;
    let program = files::read(&args.program)?;
    let notes = args.notes.as_deref().map(files::read).transpose()?;
    if notes.as_deref().is_some_and(|notes| serde_json::from_slice::<Notes>(notes).is_err()) {
        return Err(CliFault::NoNotes(args.notes.clone().unwrap_or_default()));
    }
    let sbom = args.sbom.as_deref().map(files::read).transpose()?;
    if sbom.as_deref().is_some_and(|sbom| !release::is_sbom(sbom)) {
        return Err(CliFault::NoSbom(args.sbom.clone().unwrap_or_default()));
    }
    let older = older(args, &standing)?;
    let statement =
        Statement { version, system, program: &program, notes: notes.as_deref(), sbom: sbom.as_deref() };
    let shown = statement.shown(&older)?;
    let Some(key) = &args.key else {
        say(shown.text())?;
        return say(format_args!("SHA-256 of what is shown: {}", shown.sha256()));
    };
    ask::confirm(shown.text(), &shown.sha256(), &shown.word(), args.yes_i_read.as_deref())?;
    let key = files::minisign_key(key, &mut Passphrases::new(&args.passphrases)?)?;
    let made = shown.sign(&key)?;
    Draft::open_or_begin(&args.draft)?.add(&standing, &made)?;
    if let Some(archive) = &made.archive {
        say(format_args!("archive: {} bytes, unpacked {}", archive.packed.len(), archive.unpacked.len()))?;
    }
    for old in &older {
        match made.deltas.iter().find(|delta| delta.old == old.version) {
            Some(delta) => say(format_args!("delta from {}: {} bytes", old.version, delta.bytes.len()))?,
            None => say(format_args!("no delta from {}: it saves less than half", old.version))?,
        }
    }
    say(format_args!("{version} for {system} is in the draft {}", args.draft.display()))
}

/// The unpacked archives of the releases before, newest first.
fn older(args: &AddArgs, standing: &Standing) -> Result<Vec<Older>, CliFault> {
    let Some(published) = &standing.published else { return Ok(Vec::new()) };
    let targets = &published.targets.1.targets;
    let mut before: Vec<Version> = targets
        .keys()
        .filter_map(|name| name.strip_prefix("releases/")?.split('/').next()?.parse().ok())
        .filter(|old| *old < args.version && targets.contains_key(&archive_target(old, &args.system)))
        .collect();
    before.sort_by(|one, other| other.cmp(one));
    before.dedup();
    before.truncate(args.deltas);
    let read = |version: Version| {
        let target = &targets[&archive_target(&version, &args.system)];
        let wrong = || CliFault::Older(version.clone());
        let Some(Custom::Unpacked { length, .. }) = &target.custom else { return Err(wrong()) };
        let packed = standing.read_target(&args.repo, &archive_target(&version, &args.system))?;
        let unpacked = release::unpack(&packed, *length).map_err(|_| wrong())?;
        Older::new(version.clone(), unpacked, target).ok_or_else(wrong)
    };
    before.into_iter().map(read).collect()
}

pub(crate) fn remove(args: &RemoveArgs) -> Result<(), CliFault> {
    let standing = Standing::read(&args.repo)?;
    Draft::open_or_begin(&args.draft)?.remove(&standing, &args.version, &args.system)?;
    say(format_args!("the draft takes {} for {} away", args.version, args.system))
}

pub(crate) fn set_policy(args: PolicyArgs, now: UnixSeconds) -> Result<(), CliFault> {
    let standing = Standing::read(&args.repo)?;
    let change = Change {
        min_version: args.min_version,
        newest: args.newest.into_iter().collect(),
        revoke: args.revoke,
        next_pins: args.next_pin,
        drop_pins: args.drop_pin,
        serving: args.serving_pin,
        built_in: args.built_in.into_iter().collect::<BTreeMap<_, _>>(),
    };
    Draft::open_or_begin(&args.draft)?.change(&standing, change, now)?;
    say(format_args!("the draft {} changes the policy", args.draft.display()))
}

pub(crate) fn propose(args: &ProposeArgs, now: UnixSeconds) -> Result<(), CliFault> {
    let standing = Standing::read(&args.repo)?;
    let next_root = args.next_root.as_deref().map(files::proposal).transpose()?;
    let proposal = Draft::open_or_begin(&args.draft)?.propose(&standing, next_root.as_ref(), now)?;
    files::write_new(&args.out, &proposal.to_json()?)?;
    say(format_args!("{} goes from holder to holder now", args.out.display()))
}

fn pair<K: std::str::FromStr, V: std::str::FromStr>(text: &str) -> Result<(K, V), String>
where
    K::Err: std::fmt::Display,
    V::Err: std::fmt::Display,
{
    let (key, value) = text.split_once('=').ok_or("as NAME=VALUE")?;
    let key = key.parse().map_err(|error: K::Err| error.to_string())?;
    Ok((key, value.parse().map_err(|error: V::Err| error.to_string())?))
}

/// A pin ends with an equals sign itself.
fn built_in(text: &str) -> Result<(Pin, Version), String> {
    let (pin, version) = text.rsplit_once('=').ok_or("as PIN=VERSION")?;
    let pin = pin.parse().map_err(|error: polder_signing::policy::PolicyFault| error.to_string())?;
    Ok((pin, version.parse().map_err(|error: semver::Error| error.to_string())?))
}
