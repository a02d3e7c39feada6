use std::collections::VecDeque;
use std::fs::File;
use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::{Arc, Condvar, Mutex, PoisonError, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use crate::LocalError;

/// A program that was started here and ends here: by SIGTERM to its own pid when this is dropped, and by
/// SIGKILL to the same pid only if it does not end within ten seconds.
#[derive(Debug)]
pub struct Child {
    child: std::process::Child,
    name: String,
    said: Arc<Said>,
    patience: Duration,
}

/// How long a program may take to end.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);
/// Between two looks at a program: the system tells of a child's end only to who asks, or by signals.
pub(crate) const GLANCE: Duration = Duration::from_millis(10);
/// How many of its last lines are kept for an error's sake.
const LINES: usize = 40;
/// How long the last lines of a program that ended may take through the pipe.
const DRAIN: Duration = Duration::from_secs(1);

impl Child {
    /// Starts it; what it writes to standard error is kept for errors.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start(command: &mut Command) -> Result<Self, LocalError> {
        Self::begin(command, Wiring::default())
    }

    /// Starts it with the terminal as its standard output and error.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start_shown(command: &mut Command) -> Result<Self, LocalError> {
        Self::begin(command, Wiring { shown: true, ..Wiring::default() })
    }

    /// Starts it with this on its standard input.
    ///
    /// # Errors
    /// When it cannot be started.
    pub(crate) fn start_telling(command: &mut Command, input: &str) -> Result<Self, LocalError> {
        Self::begin(command, Wiring { input: Some(input), ..Wiring::default() })
    }

    /// Starts it and waits for a line on standard output that passes; answers with that line.
    ///
    /// # Errors
    /// When it cannot be started, ends before, or the line does not come in time.
    pub fn start_until(
        command: &mut Command,
        limit: Duration,
        passes: impl Fn(&str) -> bool + Send + 'static,
    ) -> Result<(Self, String), LocalError> {
        Self::start_logged_until(command, None, limit, passes)
    }

    /// The same, with standard error written to a log, too.
    pub(crate) fn start_logged_until(
        command: &mut Command,
        log: Option<File>,
        limit: Duration,
        passes: impl Fn(&str) -> bool + Send + 'static,
    ) -> Result<(Self, String), LocalError> {
        let (tell, told) = mpsc::channel();
        let watch = Box::new(move |line: &str| {
            if passes(line) {
                // Nobody listens any more once the first one was heard.
                let _ = tell.send(line.to_owned());
            }
        });
        let mut child = Self::begin(command, Wiring { watch: Some(watch), log, ..Wiring::default() })?;
        let until = Instant::now() + limit;
        loop {
            match told.recv_timeout(GLANCE) {
                Ok(line) => return Ok((child, line)),
                Err(_) if child.has_ended() => return Err(child.ended()),
                Err(_) if Instant::now() > until => {
                    let what = format!("a line of {}", child.name);
                    return Err(LocalError::TimedOut { what, seconds: limit.as_secs() });
                }
                Err(_) => {}
            }
        }
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Whether it ended by itself.
    pub fn has_ended(&mut self) -> bool {
        // An error here means that there is no such child any more.
        self.child.try_wait().map_or(true, |status| status.is_some())
    }

    /// The error that says how it ended, with the last lines that it wrote. Waits for its end.
    pub fn ended(&mut self) -> LocalError {
        let status = self.child.wait().map_or_else(|error| error.to_string(), |status| status.to_string());
        LocalError::Ended {
            program: self.name.clone(),
            status,
            said: format!("\n{}", self.said.to_the_end()),
        }
    }

    /// Asks it to end, and waits.
    pub fn stop(&mut self) {
        if self.has_ended() {
            return;
        }
        terminate(self.pid());
        let until = Instant::now() + self.patience;
        while !self.has_ended() {
            if Instant::now() > until {
                // Both fail only when it has ended in between.
                let _ = self.child.kill();
                let _ = self.child.wait();
                return;
            }
            thread::sleep(GLANCE);
        }
    }

    fn begin(command: &mut Command, wiring: Wiring<'_>) -> Result<Self, LocalError> {
        let Wiring { watch, input, log, shown } = wiring;
        let program = PathBuf::from(command.get_program());
        let name = program.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let pipe = |wanted| match (wanted, shown) {
            (true, _) => Stdio::piped(),
            (false, true) => Stdio::inherit(),
            (false, false) => Stdio::null(),
        };
        command.stdin(if input.is_some() { Stdio::piped() } else { Stdio::null() });
        command.stdout(pipe(watch.is_some())).stderr(pipe(!shown));
        let mut child = command.spawn().map_err(|source| LocalError::NotStarted { program, source })?;
        if let (Some(mut stdin), Some(input)) = (child.stdin.take(), input) {
            // A program that ends without reading has its own error to tell.
            let _ = stdin.write_all(input.as_bytes());
        }
        let said = Arc::<Said>::default();
        match child.stderr.take() {
            Some(stderr) => said.listen(stderr, log),
            None => said.end(),
        }
        if let (Some(stdout), Some(watch)) = (child.stdout.take(), watch) {
            thread::spawn(move || read_lines(stdout, watch));
        }
        Ok(Self { child, name, said, patience: PATIENCE })
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Asks a process to end. Windows has no gentle way for a program without a window: [`Child::stop`] ends it
/// there once its time is over.
pub(crate) fn terminate(pid: u32) {
    #[cfg(unix)]
    if let Some(pid) = i32::try_from(pid).ok().and_then(rustix::process::Pid::from_raw) {
        // It fails only when the process has ended, which is what was wanted.
        let _ = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
    }
    #[cfg(not(unix))]
    let _ = pid;
}

/// Runs a program to its end with this on its standard input, and answers with what it wrote.
///
/// # Errors
/// When it cannot be started or does not succeed.
pub(crate) fn run(command: &mut Command, input: &str) -> Result<String, LocalError> {
    let program = PathBuf::from(command.get_program());
    let not_started = |source| LocalError::NotStarted { program: program.clone(), source };
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(not_started)?;
    if let Some(mut stdin) = child.stdin.take() {
        // A program that ends without reading has its own error to tell.
        let _ = stdin.write_all(input.as_bytes());
    }
    let output = child.wait_with_output().map_err(not_started)?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned());
    }
    let arguments: Vec<_> = command.get_args().map(|a| a.to_string_lossy().into_owned()).collect();
    Err(LocalError::Ended {
        program: format!("{} {}", program.display(), arguments.join(" ")),
        status: output.status.to_string(),
        said: format!("\n{}", String::from_utf8_lossy(&output.stderr)),
    })
}

#[derive(Default)]
struct Wiring<'a> {
    watch: Option<Watch>,
    input: Option<&'a str>,
    log: Option<File>,
    shown: bool,
}

type Watch = Box<dyn FnMut(&str) + Send>;

/// The last lines that a program wrote to standard error, and whether more may come.
#[derive(Debug, Default)]
struct Said {
    lines: Mutex<(VecDeque<String>, bool)>,
    ended: Condvar,
}

impl Said {
    fn listen(self: &Arc<Self>, stderr: impl Read + Send + 'static, mut log: Option<File>) {
        let said = Arc::clone(self);
        thread::spawn(move || {
            let keep = |line: &str| {
                if let Some(file) = &mut log
                    && writeln!(file, "{line}").is_err()
                {
                    // A full disk must not stop the program; its last lines are kept all the same.
                    log = None;
                }
                let mut lines = said.lines.lock().unwrap_or_else(PoisonError::into_inner);
                if lines.0.len() == LINES {
                    lines.0.pop_front();
                }
                lines.0.push_back(line.to_owned());
            };
            read_lines(stderr, Box::new(keep));
            said.end();
        });
    }

    fn end(&self) {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).1 = true;
        self.ended.notify_all();
    }

    /// All of it once the pipe is closed. Not waited for long: a program's own children may hold it open.
    fn to_the_end(&self) -> String {
        let lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.ended.wait_timeout_while(lines, DRAIN, |(_, ended)| !*ended);
        let (lines, _) = waited.unwrap_or_else(PoisonError::into_inner);
        lines.0.iter().map(String::as_str).collect::<Vec<_>>().join("\n")
    }
}

/// Reads to the end, so that the program never waits for a full pipe.
fn read_lines(from: impl Read, mut each: impl FnMut(&str)) {
    let mut from = BufReader::new(from);
    let mut line = Vec::new();
    // An error ends it as the end does: nobody writes any more.
    while from.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
        each(String::from_utf8_lossy(&line).trim_end_matches(['\n', '\r']));
        line.clear();
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    const LIMIT: Duration = Duration::from_secs(20);

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    fn runs(pid: u32) -> bool {
        std::path::Path::new(&format!("/proc/{pid}")).exists()
    }

    #[test]
    fn a_program_that_ends_too_early_tells_its_last_words() {
        let script = "echo starting; echo 'the disk is full' >&2; printf 'no \\377 text' >&2; exit 3";
        let error = Child::start_until(&mut shell(script), LIMIT, |line| line == "ready").unwrap_err();
        let LocalError::Ended { said, status, .. } = error else { panic!("{error}") };
        assert!(said.contains("the disk is full") && said.contains("no \u{fffd} text"), "{said}");
        assert!(status.contains('3'), "{status}");
    }

    #[test]
    fn a_program_that_never_says_it_is_not_waited_for_longer_than_the_limit() {
        let limit = Duration::from_millis(50);
        let error = Child::start_until(&mut shell("echo no; exec sleep 60"), limit, |_| false).unwrap_err();
        assert!(matches!(error, LocalError::TimedOut { .. }), "{error}");
    }

    #[test]
    fn dropping_ends_a_program_gently() {
        let folder = tempfile::tempdir().unwrap();
        let mark = folder.path().join("ended-gently");
        let script =
            format!("trap 'touch {}; exit 0' TERM; echo ready; while :; do sleep 0.02; done", mark.display());
        let (child, _) = Child::start_until(&mut shell(&script), LIMIT, |line| line == "ready").unwrap();
        let pid = child.pid();
        assert!(runs(pid));
        drop(child);
        assert!(!runs(pid));
        assert!(mark.exists());
    }

    #[test]
    fn a_program_that_will_not_end_is_ended_once_its_time_is_over() {
        let script = "trap '' TERM; echo ready; while :; do sleep 0.02; done";
        let (mut child, _) = Child::start_until(&mut shell(script), LIMIT, |line| line == "ready").unwrap();
        child.patience = Duration::from_millis(50);
        let pid = child.pid();
        child.stop();
        assert!(!runs(pid));
    }
}
