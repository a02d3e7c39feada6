use std::fs;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use crate::Outcome;

const PATIENCE: Duration = Duration::from_secs(60);
const GLANCE: Duration = Duration::from_millis(20);

/// A program that a test started. Ends when this is dropped, also when the test fails.
pub struct Running(Child);

impl Running {
    /// Starts it.
    pub fn start(command: &mut Command) -> Outcome<Self> {
        Ok(Self(command.spawn()?))
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.0.id()
    }

    /// Waits until a client that nobody drives has a page: everything that `main` does first is done by then.
    pub fn wait_for_a_page(&mut self) -> Outcome {
        let until = Instant::now() + PATIENCE;
        while !self.children().iter().any(|name| name.starts_with("WebKitWebProc")) {
            if self.0.try_wait()?.is_some() || Instant::now() > until {
                return Err("the client does not come up".into());
            }
            std::thread::sleep(GLANCE);
        }
        Ok(())
    }

    /// The names of its children.
    fn children(&self) -> Vec<String> {
        let tasks = fs::read_dir(format!("/proc/{}/task", self.pid())).into_iter().flatten().flatten();
        let pids: Vec<_> =
            tasks.filter_map(|task| fs::read_to_string(task.path().join("children")).ok()).collect();
        let pids = pids.iter().flat_map(|pids| pids.split_whitespace());
        pids.filter_map(|pid| fs::read_to_string(format!("/proc/{pid}/comm")).ok()).collect()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
