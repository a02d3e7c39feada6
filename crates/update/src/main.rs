//! `polder-update`: the desktop client's update code without a window.
//!
//! An administrator asks it what a computer has and whether a file is Polder's (`status`, `verify`), and the
//! public TUF conformance suite drives it as it drives every TUF client (`init`, `refresh`, `download`). It
//! changes nothing of an installation.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "it talks to a person at a terminal")]

mod arguments;
mod folder;
mod loopback;
mod release;
mod site;
mod status;
mod target;
mod verify;
mod workflow;

use std::error::Error;
use std::process::ExitCode;

use clap::Parser as _;
use polder_wire::UnixSeconds;
use polder_wire::update::this_system;

use crate::arguments::{Arguments, Job};
use crate::site::Site;

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(said) => {
            // Not clap's own code: the suite's protocol knows 0 and 1 only.
            let code = ExitCode::from(u8::from(said.use_stderr()));
            return said.print().map_or(ExitCode::FAILURE, |()| code);
        }
    };
    match run(&arguments) {
        Ok(said) => {
            print!("{said}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("polder-update: {}", in_full(&*error));
            ExitCode::FAILURE
        }
    }
}

/// Does what was asked, and hands back what to say.
fn run(arguments: &Arguments) -> Result<String, Box<dyn Error>> {
    let site = || Site::find(arguments.deployment.as_deref(), arguments.data.as_deref());
    match &arguments.job {
        Job::Status => return Ok(status::status(&site()?, &this_system(), UnixSeconds::from_clock())?),
        Job::Verify { file, signature } => {
            return Ok(verify::verify(&site()?, file, signature.as_deref(), UnixSeconds::from_clock())?);
        }
        Job::Init { trusted_root } => workflow::init(arguments.metadata_dir()?, trusted_root)?,
        Job::Refresh => workflow::refresh(arguments.metadata_dir()?, arguments.metadata_url()?)?,
        Job::Download => {
            workflow::download(arguments.metadata_dir()?, arguments.metadata_url()?, &arguments.wanted()?)?;
        }
    }
    Ok(String::new())
}

/// An error and all that led to it.
fn in_full(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
