//! The platform's program.

use std::process::ExitCode;

fn main() -> ExitCode {
    polder_platform::cli::run(std::env::args_os())
}
