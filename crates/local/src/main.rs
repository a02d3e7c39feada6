//! `polder-local`: what `cargo xtask run` starts once everything is built.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "it talks to a person in a terminal")]

mod show;
mod walk;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use clap::{Args, Parser};
use polder_local::{Local, LocalError};
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
    #[arg(long)]
    folder: PathBuf,
    /// Throw away what is there and start over
    #[arg(long)]
    fresh: bool,
}

#[derive(Args)]
struct Run {
    /// Where the deployment lies
    #[arg(long)]
    folder: PathBuf,
    /// The platform's program
    #[arg(long)]
    platform: PathBuf,
    /// The client's program
    #[arg(long)]
    client: PathBuf,
    /// Leave a picture of each screen here (with --walk)
    #[arg(long)]
    shots: Option<PathBuf>,
    /// Walk the journey on a display of its own instead of opening a window
    #[arg(long)]
    walk: bool,
}

type Outcome = Result<(), Box<dyn std::error::Error + Send + Sync>>;

#[tokio::main]
async fn main() -> ExitCode {
    let outcome = match Arguments::parse() {
        Arguments::Prepare(place) => prepare(&place),
        Arguments::Run(options) => run(&options).await,
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\npolder-local: {error}");
            ExitCode::FAILURE
        }
    }
}

fn prepare(place: &Place) -> Outcome {
    if place.fresh {
        Local::discard(&place.folder)?;
    }
    std::fs::create_dir_all(&place.folder)?;
    let local = Local::open_or_create(&place.folder, UnixSeconds::from_clock())?;
    println!("The deployment {} lies in {}.", local.origin(), place.folder.display());
    Ok(())
}

async fn run(options: &Run) -> Outcome {
    let now = UnixSeconds::from_clock();
    let mut local = Local::open_or_create(&options.folder, now)?;
    publish(&mut local, &options.client, now)?;

    let started = Instant::now();
    let mut platform = local.start_platform(&options.platform)?;
    println!("The platform listens on {} ({}).", local.origin(), seconds(started));
    let started = Instant::now();
    let accounts = local.seed(&options.platform)?;
    println!("Accounts and the Helsinki project are there ({}).", seconds(started));

    if options.walk {
        println!("No window of yours is used: the journey is walked on a display of its own.");
        let walked = walk::walk(&options.client, &accounts, options.shots.as_deref()).await;
        if platform.has_ended() {
            return Err(platform.ended().into());
        }
        return walked;
    }
    show::accounts(&accounts, now)?;
    let client = Command::new(&options.client)
        .spawn()
        .map_err(|source| LocalError::NotStarted { program: options.client.clone(), source })?;
    wait(client, platform).await
}

fn publish(local: &mut Local, client: &Path, now: UnixSeconds) -> Outcome {
    let program = std::fs::read(client).map_err(|error| format!("{}: {error}", client.display()))?;
    let version: Version = env!("CARGO_PKG_VERSION").parse()?;
    let published = local.publish(program, &version, &this_system(), now)?;
    let (version, system) = (version, this_system());
    println!(
        "{} {version} for {system}.",
        if published { "Published the client as release" } else { "Release" }
    );
    Ok(())
}

/// Until Ctrl-C or SIGTERM; closing the window leaves the platform running, and says so.
async fn wait(mut client: std::process::Child, mut platform: polder_local::Platform) -> Outcome {
    let mut end = Box::pin(end_asked());
    let mut open = true;
    println!("\nPolder's window is open. Ctrl-C here ends it and the platform.");
    loop {
        tokio::select! {
            asked = &mut end => {
                asked?;
                break;
            }
            () = tokio::time::sleep(Duration::from_millis(200)) => {}
        }
        if platform.has_ended() {
            stop(&mut client)?;
            return Err(platform.ended().into());
        }
        if open && client.try_wait()?.is_some() {
            open = false;
            println!("The window is closed; the platform still runs. Ctrl-C ends it.");
        }
    }
    println!("\nEnding.");
    stop(&mut client)?;
    Ok(())
}

#[cfg(unix)]
async fn end_asked() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        pressed = tokio::signal::ctrl_c() => pressed,
        _ = terminate.recv() => Ok(()),
    }
}

#[cfg(not(unix))]
async fn end_asked() -> std::io::Result<()> {
    tokio::signal::ctrl_c().await
}

/// Ends the client's own process, if it still runs.
fn stop(client: &mut std::process::Child) -> std::io::Result<()> {
    if client.try_wait()?.is_none() {
        #[cfg(unix)]
        if let Some(pid) = i32::try_from(client.id()).ok().and_then(rustix::process::Pid::from_raw) {
            // It fails only when the client has ended in between.
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
        }
        #[cfg(not(unix))]
        client.kill()?;
        client.wait()?;
    }
    Ok(())
}

fn seconds(since: Instant) -> String {
    format!("{:.1} s", since.elapsed().as_secs_f64())
}
