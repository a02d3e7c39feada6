use std::io;
use std::path::{Path, PathBuf};

/// A local deployment could not be made, opened or started.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LocalError {
    /// A file or folder.
    #[error("{path}: {source}", path = path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file of ours that somebody changed, or of another version of Polder; `--fresh` starts over.
    #[error("{} is not of this version of Polder; start over with --fresh", .0.display())]
    Foreign(PathBuf),
    /// A folder that was to be thrown away holds no deployment.
    #[error("{} holds no deployment of Polder, so nothing in it was removed", .0.display())]
    NotOurs(PathBuf),
    /// A program could not be started.
    #[error("{program} cannot be started: {source}", program = program.display())]
    NotStarted {
        /// Which.
        program: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A program ended although it should run or do its work.
    #[error("{program} ended ({status}){said}")]
    Ended {
        /// Which, with its arguments.
        program: String,
        /// How.
        status: String,
        /// The end of what it wrote, on lines of its own.
        said: String,
    },
    /// Something did not happen in time.
    #[error("waited {seconds} s in vain: {what}")]
    TimedOut {
        /// What was waited for.
        what: String,
        /// How long.
        seconds: u64,
    },
    /// Keys or signatures.
    #[error(transparent)]
    Signing(#[from] polder_signing::SigningError),
    /// A certificate.
    #[error("certificate: {0}")]
    Certificate(#[from] rcgen::Error),
    /// JSON of ours.
    #[error("JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// TOML of ours.
    #[error("TOML: {0}")]
    Toml(#[from] toml::ser::Error),
    /// The random source failed.
    #[error("the system gives no random numbers")]
    Random,
    /// The port that was chosen for this deployment is in use by something else.
    #[error("port {0} of this deployment is in use by another program; end that, or start over with --fresh")]
    PortTaken(u16),
    /// The platform added something and did not tell its ids.
    #[error("the platform's command line printed no ids: {0}")]
    NoId(String),
    /// A TOTP key that is none.
    #[error("this is no TOTP key")]
    NoTotpKey,
    /// Something did not come in the window.
    #[error("waited in vain for {what}; the window says:\n{says}")]
    NotSeen {
        /// What was waited for.
        what: String,
        /// What is to be read instead.
        says: String,
    },
    /// The window cannot be driven.
    #[error("window: {0}")]
    Window(#[from] thirtyfour::error::WebDriverError),
}

impl LocalError {
    pub(crate) fn file(path: &Path) -> impl FnOnce(io::Error) -> Self + use<> {
        let path = path.to_owned();
        move |source| Self::File { path, source }
    }
}
