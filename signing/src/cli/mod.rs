//! The command line: reads files and passphrases, shows, asks, writes. What is right and wrong is the library's.

mod ask;
mod fault;
mod files;
mod holders;
mod releases;
mod signing;

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use polder_signing::keys::Holder;
use polder_wire::UnixSeconds;

use fault::CliFault;
use releases::{AddArgs, PolicyArgs, ProposeArgs, RemoveArgs};
use signing::{CheckArgs, ExportArgs, PublishArgs, SignArgs, TimestampArgs};

/// Makes and signs what Polder's clients update to.
#[derive(Debug, Parser)]
#[command(name = "polder-release", version = polder_wire::VERSION, max_term_width = 100)]
struct Cli {
    /// The time to go by instead of the clock's, as 2026-01-31T12:00:00Z. For a computer without a right clock,
    /// and to ask `check` about another day.
    #[arg(long, global = true, value_parser = files::time)]
    at: Option<UnixSeconds>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Holders' keys.
    #[command(subcommand)]
    Keys(KeysCommand),
    /// Who signs what.
    #[command(subcommand)]
    Root(RootCommand),
    /// Releases in a draft.
    #[command(subcommand)]
    Release(ReleaseCommand),
    /// The policy in a draft.
    #[command(subcommand)]
    Policy(PolicyCommand),
    /// Makes a file for the targets' holders to sign out of a draft.
    Propose(ProposeArgs),
    /// Shows what a proposal would sign, and who signed it so far.
    Show(SignArgs),
    /// Shows what a proposal would sign, asks, and signs it with one holder's key.
    Sign(SignArgs),
    /// Verifies signed proposals and lets readers see them.
    Publish(PublishArgs),
    /// Signs the timestamp anew, and the snapshot where it would end before it.
    Timestamp(TimestampArgs),
    /// Looks at a whole repository. Ends with 1 if anything is wrong.
    Check(CheckArgs),
    /// Writes the update file for one system's newest release.
    Export(ExportArgs),
}

#[derive(Debug, Subcommand)]
enum KeysCommand {
    /// Makes a holder's key: ROLE-HOLDER.key, encrypted with a passphrase, and ROLE-HOLDER.pub.
    Make(MakeArgs),
}

#[derive(Debug, Args)]
struct MakeArgs {
    /// What the key is for.
    role: holders::KeyRole,
    /// Whose it is: a-z, digits, hyphens.
    holder: Holder,
    /// The folder for both files.
    #[arg(long)]
    out: PathBuf,
    /// Makes the passphrase cheap to guess. Tests open keys a hundred times; nobody else wants this.
    #[arg(long, hide = true)]
    insecure_quick_for_tests: bool,
    #[command(flatten)]
    passphrases: PassphraseArgs,
}

#[derive(Debug, Subcommand)]
enum RootCommand {
    /// Proposes the first root.
    Make {
        /// Each holder's public key: 3 of root, 2 of targets, 1 of snapshot, 1 of timestamp.
        #[arg(long = "pub", required = true)]
        public: Vec<PathBuf>,
        /// The proposal.
        #[arg(long)]
        out: PathBuf,
    },
    /// Proposes the next root: for another year, with new keys in the places of old ones.
    Rotate {
        /// The repository.
        repository: PathBuf,
        /// ROLE/HOLDER=FILE: the public key in FILE comes in the place of that holder's.
        #[arg(long = "replace", value_parser = holders::replacement)]
        replace: Vec<holders::Replace>,
        /// The proposal.
        #[arg(long)]
        out: PathBuf,
    },
}

#[derive(Debug, Subcommand)]
enum ReleaseCommand {
    /// Adds a program to a draft: archive, deltas, and minisign signatures over all of it. Without a key it shows
    /// what would be signed, and does nothing.
    Add(AddArgs),
    /// Takes a published release out of what clients are led to.
    Remove(RemoveArgs),
}

#[derive(Debug, Subcommand)]
enum PolicyCommand {
    /// Changes the policy.
    Set(PolicyArgs),
}

#[derive(Debug, Args)]
struct PassphraseArgs {
    /// Read passphrases from this file descriptor, a line each in the order of the keys, instead of asking for
    /// them: for machines and tests.
    #[arg(long)]
    passphrase_fd: Option<u32>,
}

/// Does what the command line says.
pub(crate) fn run() -> ExitCode {
    let cli = Cli::parse();
    let now = cli.at.unwrap_or_else(UnixSeconds::from_clock);
    let done = match cli.command {
        Command::Keys(KeysCommand::Make(args)) => holders::make_key(&args),
        Command::Root(RootCommand::Make { public, out }) => holders::make_root(&public, &out, now),
        Command::Root(RootCommand::Rotate { repository, replace, out }) => {
            holders::rotate_root(&repository, &replace, &out, now)
        }
        Command::Release(ReleaseCommand::Add(args)) => releases::add(&args),
        Command::Release(ReleaseCommand::Remove(args)) => releases::remove(&args),
        Command::Policy(PolicyCommand::Set(args)) => releases::set_policy(args, now),
        Command::Propose(args) => releases::propose(&args, now),
        Command::Show(args) => signing::show(&args),
        Command::Sign(args) => signing::sign(&args),
        Command::Publish(args) => signing::publish(&args, now),
        Command::Timestamp(args) => signing::timestamp(&args, now),
        Command::Check(args) => signing::check(&args, now),
        Command::Export(args) => signing::export(&args),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            // Where this cannot be written either, the exit code says it.
            let _unwritable = writeln!(io::stderr(), "polder-release: {fault}");
            ExitCode::FAILURE
        }
    }
}

/// Writes a line to standard output.
fn say(text: impl std::fmt::Display) -> Result<(), CliFault> {
    writeln!(io::stdout(), "{text}").map_err(CliFault::Output)
}
