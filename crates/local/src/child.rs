use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use crate::LocalError;

/// A program that was started here and ends here: by SIGTERM to its own pid when this is dropped, and by
/// SIGKILL to the same pid only if it does not end within [`PATIENCE`].
#[derive(Debug)]
pub struct Child {
    child: std::process::Child,
    name: String,
    said: Arc<Mutex<Vec<String>>>,
}

/// How long a program may take to end.
const PATIENCE: Duration = Duration::from_secs(10);
const GLANCE: Duration = Duration::from_millis(10);
/// How many of its last lines are kept for an error's sake.
const LINES: usize = 40;

impl Child {
    /// Starts it; what it writes to standard error is kept for errors.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start(command: &mut Command) -> Result<Self, LocalError> {
        Self::begin(command, None, None)
    }

    /// Starts it with this on its standard input.
    ///
    /// # Errors
    /// When it cannot be started.
    pub(crate) fn start_telling(command: &mut Command, input: &str) -> Result<Self, LocalError> {
        Self::begin(command, None, Some(input))
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
        let (tell, told) = mpsc::channel();
        let watch = move |line: &str| {
            if passes(line) {
                // Nobody listens any more once the first one was heard.
                let _ = tell.send(line.to_owned());
            }
        };
        let mut child = Self::begin(command, Some(Box::new(watch)), None)?;
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

    /// The error that says how it ended.
    pub fn ended(&mut self) -> LocalError {
        let status = self.child.wait().map_or_else(|error| error.to_string(), |status| status.to_string());
        let said = self.said.lock().unwrap_or_else(PoisonError::into_inner).join("\n");
        LocalError::Ended { program: self.name.clone(), status, said: format!("\n{said}") }
    }

    /// Asks it to end, and waits.
    pub fn stop(&mut self) {
        if self.has_ended() {
            return;
        }
        self.terminate();
        let until = Instant::now() + PATIENCE;
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

    #[cfg(unix)]
    fn terminate(&self) {
        if let Some(pid) = i32::try_from(self.pid()).ok().and_then(rustix::process::Pid::from_raw) {
            // It fails only when the process has ended, which is what was wanted.
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
        }
    }

    #[cfg(not(unix))]
    fn terminate(&self) {}

    fn begin(command: &mut Command, watch: Option<Watch>, input: Option<&str>) -> Result<Self, LocalError> {
        let program = PathBuf::from(command.get_program());
        let name = program.file_name().unwrap_or_default().to_string_lossy().into_owned();
        command.stdin(if input.is_some() { Stdio::piped() } else { Stdio::null() }).stderr(Stdio::piped());
        command.stdout(if watch.is_some() { Stdio::piped() } else { Stdio::null() });
        let mut child = command.spawn().map_err(|source| LocalError::NotStarted { program, source })?;
        if let (Some(mut stdin), Some(input)) = (child.stdin.take(), input) {
            // A program that ends without reading has its own error to tell.
            let _ = stdin.write_all(input.as_bytes());
        }
        let said = Arc::<Mutex<Vec<String>>>::default();
        if let Some(stderr) = child.stderr.take() {
            let said = Arc::clone(&said);
            read_lines(
                stderr,
                Box::new(move |line| {
                    let mut said = said.lock().unwrap_or_else(PoisonError::into_inner);
                    if said.len() == LINES {
                        said.remove(0);
                    }
                    said.push(line.to_owned());
                }),
            );
        }
        if let (Some(stdout), Some(watch)) = (child.stdout.take(), watch) {
            read_lines(stdout, watch);
        }
        Ok(Self { child, name, said })
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        self.stop();
    }
}

type Watch = Box<dyn Fn(&str) + Send>;

/// Reads to the end, so that the program never waits for a full pipe.
fn read_lines(from: impl Read + Send + 'static, each: Watch) {
    thread::spawn(move || {
        for line in BufReader::new(from).lines() {
            // Bytes that are no text end the reading, and with it the program's ability to write.
            let Ok(line) = line else { return };
            each(&line);
        }
    });
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
    let status: ExitStatus = output.status;
    let arguments: Vec<_> = command.get_args().map(|a| a.to_string_lossy().into_owned()).collect();
    Err(LocalError::Ended {
        program: format!("{} {}", program.display(), arguments.join(" ")),
        status: status.to_string(),
        said: format!("\n{}", String::from_utf8_lossy(&output.stderr)),
    })
}
