//! `polder-local`: what `cargo xtask run` starts once everything is built.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "it talks to a person in a terminal")]

mod alone;
mod interrupt;
mod show;
mod walk;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use clap::{Args, Parser};
use interrupt::Interrupt;
use polder_local::{Child, Local, Platform};
use polder_wire::UnixSeconds;
use polder_wire::update::this_system;
use semver::Version;

/// A throwaway Polder deployment on this machine
#[derive(Parser)]
#[command(name = "polder-local", version)]
enum Arguments {
    /// Make the deployment's keys and files, so that a client can be built for it
    Prepare(Place),
    /// Start the platform, fill it once, publish the client and open its window
    Run(Run),
}

#[derive(Args)]
struct Place {
    /// Where the deployment lies
    #[arg(long, value_name = "DIR")]
    folder: PathBuf,
    /// Throw away what is there and start over; a client built before is then of no use
    #[arg(long)]
    fresh: bool,
}

#[derive(Args)]
struct Run {
    #[command(flatten)]
    place: Place,
    /// The platform's program
    #[arg(long, value_name = "BIN")]
    platform: PathBuf,
    /// The client's program
    #[arg(long, value_name = "BIN")]
    client: PathBuf,
    /// Leave pictures of each screen here (with --walk)
    #[arg(long, value_name = "DIR", requires = "walk")]
    shots: Option<PathBuf>,
    /// Walk the journey on a display of its own instead of opening a window; the client must be an e2e build
    #[arg(long)]
    walk: bool,
}

type Outcome<T = ()> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// As shells know it: 128 and the number of SIGINT.
const INTERRUPTED: u8 = 130;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    // First of all, so that from here on a Ctrl-C ends what was started instead of leaving it behind.
    let outcome = match Interrupt::listen() {
        Err(error) => Err(error.into()),
        Ok(mut interrupt) => {
            let outcome = match &arguments {
                Arguments::Prepare(place) => prepare(place).map(drop),
                Arguments::Run(options) => run(options, &mut interrupt).await,
            };
            if outcome.is_err() && interrupt.came().await {
                // A Ctrl-C also reaches the programs that were at work; that they ended is no news then.
                println!("\nInterrupted.");
                return ExitCode::from(INTERRUPTED);
            }
            outcome
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\npolder-local: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The deployment, and the lock that keeps other runs away from it.
fn prepare(place: &Place) -> Outcome<(Local, alone::Alone)> {
    let alone = alone::Alone::in_folder(&place.folder)?;
    if place.fresh {
        println!("Starting over in {}.", place.folder.display());
        Local::discard(&place.folder)?;
    }
    let local = Local::open_or_create(&place.folder, UnixSeconds::from_clock())?;
    println!("The deployment {} lies in {}.", local.origin(), place.folder.display());
    Ok((local, alone))
}

async fn run(options: &Run, interrupt: &mut Interrupt) -> Outcome {
    if !options.walk && !has_display() {
        return Err("there is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set); \
            with --walk the journey is walked on one of its own"
            .into());
    }
    let (mut local, _alone) = prepare(&options.place)?;
    publish(&mut local, &options.client)?;

    let started = Instant::now();
    println!("Starting the platform ...");
    let mut platform = local.start_platform(&options.platform)?;
    println!(
        "  it listens on {} and logs to {} ({}).",
        local.origin(),
        local.platform_log().display(),
        seconds(started)
    );
    let started = Instant::now();
    println!("Accounts and projects ...");
    let accounts = local.seed(&options.platform)?;
    println!("  are there ({}).", seconds(started));

    if options.walk {
        println!("\nNo window of yours is used: the journey is walked on a display of its own.");
        let walk = walk::walk(&options.client, &local, &platform, &accounts, options.shots.as_deref());
        let walked = tokio::select! {
            walked = walk => walked,
            () = interrupt.wait() => Err("the walk was interrupted".into()),
        };
        return if platform.has_ended() { Err(platform.ended().into()) } else { walked };
    }

    if interrupt.is_pending() {
        return Err("interrupted before the window was open".into());
    }
    println!("\nSecond steps, for an authenticator\n\n{}", show::second_steps(&accounts)?);
    println!("\n{}", show::accounts(&accounts, UnixSeconds::from_clock())?);
    println!("\nLetters with codes, such as for a forgotten password, land in {}.", local.mail().display());
    let mut client = Command::new(&options.client);
    // Only a build for tests reads it; any other knows its deployment by itself.
    client.env("POLDER_E2E_DEPLOYMENT", local.deployment_file());
    // The platform is on this machine, whatever way this machine takes to others.
    client.env("no_proxy", "localhost");
    let client = Child::start_shown(&mut client)?;
    println!("\nPolder's window is open. Ctrl-C here ends it and the platform.");
    wait(client, platform, interrupt).await
}

fn publish(local: &mut Local, client: &Path) -> Outcome {
    let started = Instant::now();
    let program = std::fs::read(client).map_err(|error| format!("{}: {error}", client.display()))?;
    let version: Version = env!("CARGO_PKG_VERSION").parse()?;
    println!("Publishing the client ({} MB) ...", program.len() / 1_000_000);
    let published = local.publish(program, &version, &this_system(), UnixSeconds::from_clock())?;
    let what = if published { "is the current release now" } else { "is the current release already" };
    println!("  {version} for {} {what} ({}).", this_system(), seconds(started));
    Ok(())
}

/// Until Ctrl-C or SIGTERM. Closing the window leaves the platform running, and says so. Whatever happens,
/// both are ended on the way out, the window first.
async fn wait(client: Child, mut platform: Platform, interrupt: &mut Interrupt) -> Outcome {
    let mut client = Some(client);
    let mut glances = tokio::time::interval(Duration::from_millis(200));
    loop {
        tokio::select! {
            () = interrupt.wait() => break,
            _ = glances.tick() => {}
        }
        if platform.has_ended() {
            if interrupt.came().await {
                break;
            }
            drop(client);
            return Err(platform.ended().into());
        }
        if client.as_mut().is_some_and(Child::has_ended) {
            client = None;
            println!("The window is closed; the platform still runs. Ctrl-C ends it.");
        }
    }
    println!("\nEnding.");
    drop(client);
    drop(platform);
    Ok(())
}

/// macOS and Windows always have one for who is signed in.
fn has_display() -> bool {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || set("DISPLAY") || set("WAYLAND_DISPLAY")
}

fn seconds(since: Instant) -> String {
    format!("{:.1} s", since.elapsed().as_secs_f64())
}
