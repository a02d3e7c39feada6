//! The command line.

mod add;
mod logins;
mod maintenance;
mod serve;

use std::ffi::OsString;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use aws_lc_rs::rand::SystemRandom;
use clap::{Parser, Subcommand, ValueEnum};
use polder_wire::UnixSeconds;

use crate::app::Surroundings;
use crate::config::{Config, Overrides};
use crate::login::hashing::Cost;

/// Polder's platform
#[derive(Debug, Parser)]
#[command(name = "polder-platform", version = polder_wire::VERSION, about)]
struct Arguments {
    /// The configuration file (TOML)
    #[arg(long, global = true, value_name = "FILE", default_value = "platform.toml")]
    config: PathBuf,
    /// How logs are written to standard error
    #[arg(long, global = true, value_enum, default_value_t = LogFormat::Text)]
    log: LogFormat,
    #[command(flatten)]
    overrides: Overrides,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum LogFormat {
    Text,
    Json,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Answer clients until SIGTERM or Ctrl-C
    Serve,
    /// The platform's own people
    #[command(subcommand)]
    Operator(add::Operator),
    /// Customers' private domains
    #[command(subcommand)]
    Domain(add::Domain),
    /// People in a domain
    #[command(subcommand)]
    User(add::User),
    /// Map projects
    #[command(subcommand)]
    Project(add::Project),
    /// Switch signing in off or on at once; off ends every session that it is about
    Logins(logins::Logins),
    /// Forget the wrong tries at somebody's account, so that the next one waits no longer
    Unlock(logins::Unlock),
    /// Somebody's second step
    #[command(subcommand)]
    SecondStep(logins::SecondStep),
    /// When the platform will be away
    #[command(subcommand)]
    Maintenance(maintenance::Maintenance),
}

/// Runs the program with these arguments.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help goes to standard output, a usage error to standard error; neither can be helped if closed.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    start_log(arguments.log);
    let ended = tokio::runtime::Runtime::new()
        .map_err(|error| Box::new(error) as Box<dyn std::error::Error>)
        .and_then(|runtime| runtime.block_on(execute(arguments)));
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&*error);
            ExitCode::FAILURE
        }
    }
}

async fn execute(arguments: Arguments) -> Result<(), Box<dyn std::error::Error>> {
    let config = Config::read(&arguments.config, &arguments.overrides)?;
    // One for the life of the process.
    let random: &'static SystemRandom = Box::leak(Box::new(SystemRandom::new()));
    let around = Surroundings { clock: Arc::new(UnixSeconds::from_clock), random, cost: Cost::FULL };
    match arguments.command {
        Command::Serve => serve::serve(&config, around).await,
        Command::Operator(command) => add::operator(&config, around, command).await,
        Command::Domain(command) => add::domain(&config, around, command).await,
        Command::User(command) => add::user(&config, around, command).await,
        Command::Project(command) => add::project(&config, around, command).await,
        Command::Logins(command) => logins::switch(&config, around, command).await,
        Command::Unlock(command) => logins::unlock(&config, around, command).await,
        Command::SecondStep(command) => logins::second_step(&config, around, command).await,
        Command::Maintenance(command) => maintenance::maintenance(&config, around, command).await,
    }
}

fn start_log(format: LogFormat) {
    use tracing_subscriber::EnvFilter;
    // sqlx would log statements; they hold no values, but nobody needs them.
    let filter = EnvFilter::try_from_env("POLDER_LOG").unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn"));
    let colours = std::io::stderr().is_terminal();
    let builder =
        tracing_subscriber::fmt().with_env_filter(filter).with_ansi(colours).with_writer(std::io::stderr);
    match format {
        LogFormat::Text => builder.init(),
        LogFormat::Json => builder.json().init(),
    }
    // The default hook prints the message of a panic, which could quote what somebody sent.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string);
        tracing::error!(place, "panic");
    }));
}

fn complain(error: &dyn std::error::Error) {
    use std::io::Write;
    // Nothing is left to do when standard error is closed.
    let _ = writeln!(std::io::stderr(), "polder-platform: {error}");
}

fn say(line: &str) -> std::io::Result<()> {
    use std::io::Write;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}
