use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::{Child, Local, LocalError};

/// A running platform; ends when dropped.
#[derive(Debug)]
pub struct Platform(Child);

impl Local {
    /// Starts the platform and waits until it listens.
    ///
    /// # Errors
    /// When it cannot be started, or ends instead of listening; with what it wrote.
    pub fn start_platform(&self, binary: &Path) -> Result<Platform, LocalError> {
        let mut command = self.platform_command(binary);
        command.arg("serve");
        let (child, _) = Child::start_until(&mut command, Duration::from_secs(60), |line| {
            line.starts_with("listening on ")
        })?;
        Ok(Platform(child))
    }

    /// The platform's program with this deployment's configuration.
    pub fn platform_command(&self, binary: &Path) -> Command {
        let mut command = Command::new(binary);
        command.arg("--config").arg(self.platform_config());
        command
    }
}

impl Platform {
    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.0.pid()
    }

    /// Whether it ended by itself.
    pub fn has_ended(&mut self) -> bool {
        self.0.has_ended()
    }

    /// The error that says how it ended.
    pub fn ended(&mut self) -> LocalError {
        self.0.ended()
    }
}
