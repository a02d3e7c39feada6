use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use polder_client::deployment::{Deployment, DeploymentError};
use polder_slots::place::{self, PlaceError};
use polder_slots::{Anchor, Slots};

const EMBEDDED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/deployment.json"));

/// One deployment and one person's data of it on this computer.
#[derive(Debug)]
pub(crate) struct Site {
    /// The trust anchors.
    pub(crate) deployment: Deployment,
    /// Where they come from, when not from this program itself.
    pub(crate) from: Option<PathBuf>,
    /// The person's data folder.
    pub(crate) data: PathBuf,
}

/// Why there is nothing that could be asked about.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SiteError {
    /// This program was built for no platform, and no file was given.
    #[error("this program was built for no platform: --deployment must name its deployment file")]
    NoDeployment,
    /// It was built for one, and trust anchors are not configured.
    #[error("this program was built for a deployment of its own and takes no other")]
    BuiltIn,
    /// The deployment does not read.
    #[error("the deployment does not read")]
    Deployment(#[from] DeploymentError),
    /// Its key does not read; it did before.
    #[error("the deployment's minisign key does not read")]
    Key(#[from] minisign_verify::Error),
    /// A file of this computer.
    #[error("{}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        cause: io::Error,
    },
    /// There is no place for this person's data.
    #[error("this person has no data folder: --data must name one")]
    NoPlace(#[from] PlaceError),
}

impl Site {
    /// The built-in deployment, or the one of a file where none is built in; and the data folder that is given, or
    /// the one where the desktop client keeps this person's.
    ///
    /// # Errors
    /// See [`SiteError`].
    pub(crate) fn find(deployment: Option<&Path>, data: Option<&Path>) -> Result<Self, SiteError> {
        let from = chosen(EMBEDDED, deployment)?;
        let deployment = match from {
            None => Deployment::parse(EMBEDDED)?,
            Some(path) => {
                let json =
                    fs::read(path).map_err(|cause| SiteError::File { path: path.to_owned(), cause })?;
                Deployment::parse(&json)?
            }
        };
        let data = match data {
            Some(data) => data.to_owned(),
            None => place::data_folder(env!("POLDER_IDENTIFIER"))?,
        };
        Ok(Self { deployment, from: from.map(Path::to_owned), data })
    }

    /// Whom releases are believed.
    ///
    /// # Errors
    /// None that a deployment that reads can cause.
    pub(crate) fn anchor(&self) -> Result<Anchor, SiteError> {
        Ok(Anchor::new(self.key()?))
    }

    /// The minisign key.
    ///
    /// # Errors
    /// None that a deployment that reads can cause.
    pub(crate) fn key(&self) -> Result<minisign_verify::PublicKey, SiteError> {
        Ok(minisign_verify::PublicKey::from_base64(self.deployment.minisign_text())?)
    }

    /// This person's slots.
    pub(crate) fn slots(&self) -> Slots {
        Slots::at(&self.data, self.deployment.name())
    }
}

/// The file to read a deployment from; none when the built-in one counts. Trust anchors are not configured: what was
/// built in is not replaced.
fn chosen<'a>(embedded: &[u8], given: Option<&'a Path>) -> Result<Option<&'a Path>, SiteError> {
    match (embedded.is_empty(), given) {
        (false, None) => Ok(None),
        (false, Some(_)) => Err(SiteError::BuiltIn),
        (true, None) => Err(SiteError::NoDeployment),
        (true, Some(path)) => Ok(Some(path)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_built_in_deployment_is_not_replaced_by_a_file() {
        let file = Some(Path::new("deployment.json"));
        assert!(matches!(chosen(b"{}", None), Ok(None)));
        assert!(matches!(chosen(b"{}", file), Err(SiteError::BuiltIn)));
        assert!(matches!(chosen(b"", None), Err(SiteError::NoDeployment)));
        assert_eq!(chosen(b"", file).unwrap(), file);
    }
}
