use std::path::{Path, PathBuf};

use crate::child::run;
use crate::{Account, Accounts, Local, LocalError};

/// Where the sample projects lie in the source tree.
const SAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/sample");

impl Local {
    /// Fills an empty platform with two domains, five people and two projects, through the platform's own
    /// command line; the second time it only reads who they are.
    ///
    /// # Errors
    /// When the platform's program refuses.
    pub fn seed(&self, binary: &Path) -> Result<Accounts, LocalError> {
        let path = self.folder().join("accounts.json");
        if let Some(accounts) = Accounts::read(&path)? {
            return Ok(accounts);
        }
        let seeds = Seeds { local: self, binary };
        let helsinki = seeds.domain("Helsinki, City planning")?;
        let noord = seeds.domain("Waterschap Noord")?;
        let (manager, _) =
            seeds.person("Leena Korhonen", "leena.korhonen@hel.example", "manager", &helsinki, true)?;
        let (editor, owner) =
            seeds.person("Aino Virtanen", "aino.virtanen@hel.example", "editor", &helsinki, true)?;
        let (viewer, _) =
            seeds.person("Mikael Lindqvist", "mikael.lindqvist@hel.example", "viewer", &helsinki, true)?;
        let (newcomer, _) =
            seeds.person("Sanna Mäkinen", "sanna.makinen@hel.example", "editor", &helsinki, false)?;
        let (outsider, stranger) =
            seeds.person("Joris de Vries", "joris@noord.example", "manager", &noord, true)?;
        let accounts = Accounts {
            project: seeds.project("helsinki", &helsinki, &owner, "read")?,
            foreign_project: seeds.project("noord", &noord, &stranger, "read")?,
            manager,
            editor,
            viewer,
            newcomer,
            outsider,
        };
        // Written last: without it, the next run says that the data is there already rather than half of it.
        accounts.write(&path)?;
        Ok(accounts)
    }
}

struct Seeds<'a> {
    local: &'a Local,
    binary: &'a Path,
}

impl Seeds<'_> {
    fn domain(&self, name: &str) -> Result<String, LocalError> {
        let mut command = self.local.platform_command(self.binary);
        run(command.args(["domain", "add", "--second-step", "required", "--name", name]), "")
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
        let account = Account::new(name, email, role, domain, enrolled)?;
        let mut command = self.local.platform_command(self.binary);
        command.args(["user", "add", "--domain", domain, "--email", email, "--name", name, "--role", role]);
        let input = format!("{}\n{}\n", account.password, account.totp.as_deref().unwrap_or_default());
        let id = run(&mut command, &input)?;
        Ok((account, id))
    }

    fn project(&self, sample: &str, domain: &str, owner: &str, others: &str) -> Result<String, LocalError> {
        let mut command = self.local.platform_command(self.binary);
        command.args(["project", "import", "--domain", domain, "--owner", owner, "--others", others]);
        command.arg(PathBuf::from(SAMPLES).join(sample).join("project.json"));
        run(&mut command, "")
    }
}
