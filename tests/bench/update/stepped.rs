//! A program that says how far it is, and waits there to be looked at.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeVal;
use polder_tests::Outcome;

pub(super) struct Stepped {
    child: Child,
    said: BufReader<ChildStdout>,
    word: ChildStdin,
}

impl Stepped {
    pub(super) fn start(command: &mut Command) -> Outcome<Self> {
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        let said = BufReader::new(child.stdout.take().ok_or("no standard output")?);
        let word = child.stdin.take().ok_or("no standard input")?;
        Ok(Self { child, said, word })
    }

    /// Waits until it says this; the processor time that it took until then.
    pub(super) fn until(&mut self, step: &str) -> Outcome<Duration> {
        let mut line = String::new();
        self.said.read_line(&mut line)?;
        match line.trim_end().split_once(' ') {
            Some((said, taken)) if said == step => Ok(Duration::from_micros(taken.parse()?)),
            _ => {
                let mut all = String::new();
                self.child.kill()?;
                if let Some(mut error) = self.child.stderr.take() {
                    error.read_to_string(&mut all)?;
                }
                Err(format!("it said {line:?} and not {step:?}:\n{all}").into())
            }
        }
    }

    pub(super) fn go_on(&mut self) -> Outcome {
        Ok(writeln!(self.word)?)
    }

    /// Megabytes that it has now (VmRSS).
    pub(super) fn memory(&self) -> Outcome<f64> {
        self.status("VmRSS:")
    }

    /// The most megabytes that it had (VmHWM) since the last [`Stepped::forget_peak`].
    pub(super) fn peak(&self) -> Outcome<f64> {
        self.status("VmHWM:")
    }

    /// What it had before does not count as a peak any more.
    pub(super) fn forget_peak(&self) -> Outcome {
        Ok(std::fs::write(self.proc("clear_refs"), "5")?)
    }

    pub(super) fn end(mut self) -> Outcome {
        drop(self.word);
        let status = self.child.wait()?;
        if status.success() { Ok(()) } else { Err(format!("it ended with {status}").into()) }
    }

    /// As when the power goes.
    pub(super) fn kill(mut self) -> Outcome {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    fn status(&self, name: &str) -> Outcome<f64> {
        let text = std::fs::read_to_string(self.proc("status"))?;
        let line = text.lines().find_map(|line| line.strip_prefix(name)).ok_or("no such line")?;
        Ok(line.trim().trim_end_matches("kB").trim().parse::<f64>()? / 1_024.0)
    }

    fn proc(&self, name: &str) -> PathBuf {
        PathBuf::from(format!("/proc/{}/{name}", self.child.id()))
    }
}

/// Processor time of all programs that were started here and ended, and of those that they waited for.
pub(super) fn children() -> Outcome<Duration> {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let of = |time: TimeVal| -> Outcome<Duration> {
        Ok(Duration::new(time.tv_sec().try_into()?, u32::try_from(time.tv_usec())? * 1_000))
    };
    Ok(of(usage.user_time())? + of(usage.system_time())?)
}
