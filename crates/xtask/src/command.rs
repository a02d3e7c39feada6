//! Starting programs, and what can go wrong with that.

use std::fmt;
use std::io::{self, BufRead as _};
use std::process::{Command, ExitCode, ExitStatus, Stdio};

/// What stops a job, in words for the person at the terminal.
#[derive(Debug)]
pub(crate) enum Failure {
    /// A program ended with an error; it has said why itself.
    Ended { line: String, status: ExitStatus },
    /// A program could not be started.
    NotStarted { line: String, source: io::Error },
    /// A file or folder could not be read or written.
    File { path: std::path::PathBuf, source: io::Error },
    /// The person has to do something first.
    Needs(String),
    /// Tests failed: each with what it said.
    Tests(Vec<String>),
    /// Checks did not pass; the summary has said which.
    NotPassed,
}

/// What every step returns.
pub(crate) type Outcome<T = ()> = Result<T, Failure>;

impl Failure {
    /// For `map_err` on what touches a file.
    pub(crate) fn file(path: &std::path::Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { path, source }
    }

    /// The program's own code where one ended, 1 otherwise.
    pub(crate) fn exit_code(&self) -> ExitCode {
        match self {
            Self::Ended { status, .. } => status
                .code()
                .and_then(|code| u8::try_from(code).ok())
                .map_or(ExitCode::FAILURE, ExitCode::from),
            _ => ExitCode::FAILURE,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ended { line, status } => write!(f, "This did not work ({status}):\n  {line}"),
            Self::NotStarted { line, source } => write!(f, "This could not be started: {source}\n  {line}"),
            Self::File { path, source } => write!(f, "{}: {source}", path.display()),
            Self::Needs(words) => f.write_str(words),
            Self::Tests(failed) => write!(f, "These failed:\n  {}", failed.join("\n  ")),
            Self::NotPassed => f.write_str("Not everything passed."),
        }
    }
}

impl std::error::Error for Failure {}

/// Says what it starts, lets it talk to the terminal, and waits for its end.
pub(crate) fn say_and_run(command: &mut Command) -> Outcome {
    let line = line(command);
    println!("$ {line}");
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Failure::Ended { line, status }),
        Err(source) => Err(Failure::NotStarted { line, source }),
    }
}

/// Like [`say_and_run`], and also hands back what the program said on standard output. It is handed back as well
/// when the program then fails.
pub(crate) fn say_and_listen(command: &mut Command) -> (String, Outcome) {
    let line = line(command);
    println!("$ {line}");
    let mut said = String::new();
    let ended = command.stdout(Stdio::piped()).spawn().and_then(|mut child| {
        if let Some(stdout) = child.stdout.take() {
            for text in io::BufReader::new(stdout).lines() {
                let text = text?;
                println!("{text}");
                said.push_str(&text);
                said.push('\n');
            }
        }
        child.wait()
    });
    let outcome = match ended {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Failure::Ended { line, status }),
        Err(source) => Err(Failure::NotStarted { line, source }),
    };
    (said, outcome)
}

/// What a program says on standard output. Its errors go to the terminal.
pub(crate) fn output(command: &mut Command) -> Outcome<String> {
    let line = line(command);
    match command.stdin(Stdio::null()).stderr(Stdio::inherit()).output() {
        Ok(output) if output.status.success() => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        Ok(output) => Err(Failure::Ended { line, status: output.status }),
        Err(source) => Err(Failure::NotStarted { line, source }),
    }
}

/// What a program answers, if it is there and ends well; whatever else it says is not shown.
pub(crate) fn answer(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The command as a person would type it, with the variables that it adds.
pub(crate) fn line(command: &Command) -> String {
    let variables = command.get_envs().filter_map(|(name, value)| {
        // PATH is only ever lengthened, and as long as a screen.
        let value = value.filter(|_| name != "PATH")?;
        Some(format!("{}={}", name.to_string_lossy(), quoted(&value.to_string_lossy())))
    });
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    variables.chain(words.map(|word| quoted(&word.to_string_lossy()))).collect::<Vec<_>>().join(" ")
}

fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:,@+".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_can_be_typed_again() {
        let mut command = Command::new("cargo");
        command.args(["nextest", "run", "-E", "not binary(journeys)", "it's", ""]).env("VITE_E2E", "1");
        assert_eq!(line(&command), r"VITE_E2E=1 cargo nextest run -E 'not binary(journeys)' 'it'\''s' ''");
    }

    #[test]
    #[cfg(unix)]
    fn the_code_of_a_program_that_failed_is_passed_on() {
        let failure = say_and_run(Command::new("sh").args(["-c", "exit 7"])).unwrap_err();
        assert_eq!(format!("{:?}", failure.exit_code()), format!("{:?}", ExitCode::from(7)));
        assert!(failure.to_string().contains("sh -c 'exit 7'"), "{failure}");
    }

    #[test]
    #[cfg(unix)]
    fn what_a_failing_program_said_is_kept() {
        let (said, outcome) = say_and_listen(Command::new("sh").args(["-c", "echo one; echo two; exit 1"]));
        assert_eq!(said, "one\ntwo\n");
        assert!(outcome.is_err());
    }

    #[test]
    fn a_program_that_is_not_there_is_told_apart_from_one_that_failed() {
        let failure = output(&mut Command::new("no-such-program-polder")).unwrap_err();
        assert!(matches!(failure, Failure::NotStarted { .. }), "{failure:?}");
        assert_eq!(answer(&mut Command::new("no-such-program-polder")), None);
    }
}
