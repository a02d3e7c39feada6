use std::fs;
use std::path::{Path, PathBuf};

use aws_lc_rs::rand::SystemRandom;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::child::run;
use crate::files::{remove, write_whole};
use crate::{Account, Accounts, Local, LocalError};

/// Where the sample projects lie in the source tree.
const SAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/sample");
const ACCOUNTS: &str = "accounts.json";
/// There while a platform is being filled.
const SEEDING: &str = "seeding";

impl Local {
    /// Fills an empty platform with two domains, five people and two projects, through the platform's own
    /// command line; the second time it only reads who they are.
    ///
    /// # Errors
    /// When the platform's program refuses.
    pub fn seed(&self, binary: &Path) -> Result<Accounts, LocalError> {
        let path = self.folder().join(ACCOUNTS);
        if let Some(accounts) = Accounts::read(&path)? {
            return Ok(accounts);
        }
        write_whole(&self.folder().join(SEEDING), b"")?;
        let accounts = Seeds { local: self, binary }.sow()?;
        accounts.write(&path)?;
        remove(&self.folder().join(SEEDING))?;
        Ok(accounts)
    }

    /// Throws away what a filling that was interrupted left on the platform: nobody knows its passwords.
    pub(crate) fn forget_half_seeded(&self) -> Result<(), LocalError> {
        if !self.folder().join(SEEDING).exists() {
            return Ok(());
        }
        self.end_leftover()?;
        for name in [ACCOUNTS, "data", "master.key", SEEDING] {
            remove(&self.folder().join(name))?;
        }
        Ok(())
    }
}

/// How many features the Helsinki project has, counted in its files.
///
/// # Errors
/// When the sample files are not where they were when this was built.
pub fn helsinki_features() -> Result<usize, LocalError> {
    #[derive(Deserialize)]
    struct Project {
        layers: Vec<Layer>,
    }
    #[derive(Deserialize)]
    struct Layer {
        file: PathBuf,
    }
    #[derive(Deserialize)]
    struct Collection {
        features: Vec<Box<RawValue>>,
    }
    let folder = Path::new(SAMPLES).join("helsinki");
    let read = |name: &Path| {
        let path = folder.join(name);
        fs::read(&path).map_err(LocalError::file(&path))
    };
    let project: Project = serde_json::from_slice(&read(Path::new("project.json"))?)?;
    project.layers.iter().try_fold(0, |sum, layer| {
        let collection: Collection = serde_json::from_slice(&read(&layer.file)?)?;
        Ok(sum + collection.features.len())
    })
}

struct Seeds<'a> {
    local: &'a Local,
    binary: &'a Path,
}

impl Seeds<'_> {
    fn sow(&self) -> Result<Accounts, LocalError> {
        let (helsinki, manager, _) =
            self.domain("Helsinki, City planning", "Leena Korhonen", "leena.korhonen@hel.example")?;
        let (noord, outsider, stranger) =
            self.domain("Waterschap Noord", "Joris de Vries", "joris@noord.example")?;
        let (editor, owner) =
            self.person("Aino Virtanen", "aino.virtanen@hel.example", "editor", &helsinki, true)?;
        let (viewer, _) =
            self.person("Mikael Lindqvist", "mikael.lindqvist@hel.example", "viewer", &helsinki, true)?;
        let (newcomer, _) =
            self.person("Sanna Mäkinen", "sanna.makinen@hel.example", "editor", &helsinki, false)?;
        let project = self.project("helsinki", &helsinki, &owner, "read")?;
        let foreign_project = self.project("noord", &noord, &stranger, "read")?;
        Ok(Accounts { manager, editor, viewer, newcomer, outsider, project, foreign_project })
    }

    /// The domain's id, its manager's account and the manager's id.
    fn domain(
        &self,
        name: &str,
        manager: &str,
        email: &str,
    ) -> Result<(String, Account, String), LocalError> {
        let account = Account::make(manager, email, "manager", true, &SystemRandom::new())?;
        let mut command = self.local.platform_command(self.binary);
        command.args(["domain", "add", "--second-step", "required", "--name", name]);
        command.args(["--manager-email", email, "--manager-name", manager, "--password-stdin"]);
        let said = run(&mut command, &account.secrets())?;
        let (domain, id) = said.split_once('\n').ok_or_else(|| LocalError::NoId(said.clone()))?;
        Ok((domain.to_owned(), account, id.to_owned()))
    }

    /// The account and its id.
    fn person(
        &self,
        name: &str,
        email: &str,
        role: &str,
        domain: &str,
        enrolled: bool,
    ) -> Result<(Account, String), LocalError> {
        let account = Account::make(name, email, role, enrolled, &SystemRandom::new())?;
        let mut command = self.local.platform_command(self.binary);
        command.args(["user", "add", "--domain", domain, "--email", email, "--name", name, "--role", role]);
        command.arg("--password-stdin");
        let id = run(&mut command, &account.secrets())?;
        Ok((account, id))
    }

    fn project(&self, sample: &str, domain: &str, owner: &str, others: &str) -> Result<String, LocalError> {
        let mut command = self.local.platform_command(self.binary);
        command.args(["project", "import", "--domain", domain, "--owner", owner, "--others", others]);
        command.arg(Path::new(SAMPLES).join(sample).join("project.json"));
        run(&mut command, "")
    }
}

#[cfg(test)]
mod tests {
    use polder_wire::UnixSeconds;

    use super::*;

    #[test]
    fn the_sample_has_the_features_that_its_readme_tells() {
        assert_eq!(helsinki_features().unwrap(), 3975);
    }

    #[test]
    fn what_an_interrupted_filling_left_is_thrown_away_and_keys_stay() {
        let folder = tempfile::tempdir().unwrap();
        let now = UnixSeconds(1_790_000_000);
        let local = Local::open_or_create(folder.path(), now).unwrap();
        fs::create_dir(local.data()).unwrap();
        local.seed(Path::new("/nowhere/platform")).unwrap_err();
        let again = Local::open_or_create(folder.path(), now).unwrap();
        assert!(!again.data().exists());
        assert_eq!(again.keys().root[0].id(), local.keys().root[0].id());

        fs::create_dir(again.data()).unwrap();
        Local::open_or_create(folder.path(), now).unwrap();
        assert!(again.data().exists(), "data that was not being filled stays");
    }
}
