use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use polder_local::desk::{Desk, DeskOptions, Keyring, Page};
use polder_local::{Account, Accounts, Local, Platform, Publication, Release, code_of};
use polder_wire::UnixSeconds;
use polder_wire::update::this_system;
use semver::Version;

use crate::Outcome;

/// A deployment of a test's own, with its platform running, the client published, people seeded, and a desk
/// to open the client at. All of it is gone when this is dropped.
pub struct Stage {
    local: Local,
    platform: Option<Platform>,
    accounts: Accounts,
    desk: Desk,
    client: PathBuf,
    program: Arc<Vec<u8>>,
    binary: PathBuf,
    // Dropped last.
    _folder: tempfile::TempDir,
}

impl Stage {
    /// Sets everything up and waits until it is there.
    pub async fn set(keyring: Keyring) -> Outcome<Self> {
        Self::set_at(DeskOptions { keyring, ..DeskOptions::default() }).await
    }

    /// The same at a desk of the test's choice.
    pub async fn set_at(options: DeskOptions) -> Outcome<Self> {
        let client = built("POLDER_CLIENT_BIN")?;
        let binary = built("POLDER_PLATFORM_BIN")?;
        let program = Arc::new(std::fs::read(&client)?);
        let folder = tempfile::Builder::new().prefix("polder-stage-").tempdir()?;
        let now = UnixSeconds::from_clock();
        let mut local = Local::open_or_create(folder.path(), now)?;
        local.publish(program.to_vec(), &version()?, &this_system(), now)?;
        let platform = Some(local.start_platform(&binary)?);
        let accounts = local.seed(&binary)?;
        let desk = Desk::new(options)?;
        Ok(Self { local, platform, accounts, desk, client, program, binary, _folder: folder })
    }

    /// The deployment.
    pub fn local(&self) -> &Local {
        &self.local
    }

    /// Somebody who owns the Helsinki project and has a second step.
    pub fn editor(&self) -> &Account {
        &self.accounts.editor
    }

    /// Somebody who never signed in.
    pub fn newcomer(&self) -> &Account {
        &self.accounts.newcomer
    }

    /// Everybody and everything that was seeded.
    pub fn accounts(&self) -> &Accounts {
        &self.accounts
    }

    /// Opens the client and leaves the rest to the test.
    pub async fn open_at_gate(&self) -> Outcome<Page> {
        self.open_with(&[], &[]).await
    }

    /// Opens the client as somebody would who can choose its environment and its arguments.
    pub async fn open_with(&self, environment: &[(&str, &str)], arguments: &[&str]) -> Outcome<Page> {
        let deployment = self.local.deployment_file().display().to_string();
        let own = [("POLDER_E2E_DEPLOYMENT", deployment.as_str())];
        Ok(self.desk.open_with(&self.client, &[&own, environment].concat(), arguments).await?)
    }

    /// Opens another program in the client's place, and leaves the rest to the test.
    pub async fn open_program(&self, program: &Path) -> Outcome<Page> {
        let deployment = self.local.deployment_file().display().to_string();
        Ok(self.desk.open_with(program, &[("POLDER_E2E_DEPLOYMENT", &deployment)], &[]).await?)
    }

    /// The person's home folder.
    pub fn home(&self) -> &Path {
        self.desk.home()
    }

    /// What a program that runs where the client does finds in its environment.
    pub fn variable(&self, name: &str) -> Option<String> {
        let command = self.desk.command("true");
        let value = command.get_envs().find(|(known, _)| *known == name)?.1?;
        Some(value.to_string_lossy().into_owned())
    }

    /// Where the session bus listens that the client is on.
    pub fn session_bus(&self) -> &str {
        self.desk.session_bus()
    }

    /// A program that runs where the client does.
    pub fn command(&self, program: &str) -> Command {
        self.desk.command(program)
    }

    /// The client as a person's desktop would start it, not driven by anybody.
    pub fn client_command(&self) -> Command {
        let mut command = self.desk.command(&self.client.display().to_string());
        command.env("POLDER_E2E_DEPLOYMENT", self.local.deployment_file());
        command
    }

    /// Another computer, with a keychain of its own, for the same platform.
    pub fn another_desk(&self) -> Outcome<Desk> {
        Ok(Desk::new(DeskOptions { keyring: Keyring::Unlocked, ..DeskOptions::default() })?)
    }

    /// Opens the client at it.
    pub async fn open_at(&self, desk: &Desk) -> Outcome<Page> {
        let deployment = self.local.deployment_file().display().to_string();
        Ok(desk.open_with(&self.client, &[("POLDER_E2E_DEPLOYMENT", &deployment)], &[]).await?)
    }

    /// Opens the client and waits until it is past the gate.
    pub async fn open(&self) -> Outcome<Page> {
        let page = self.open_at_gate().await?;
        page.see_either("sign-in", "projects").await?;
        Ok(page)
    }

    /// Signs somebody in who has a second step.
    pub async fn sign_in(&self, page: &Page, account: &Account, stay: bool) -> Outcome {
        page.password(&account.email, &account.password, stay).await?;
        page.write("code-field", &self.code(account)?).await?;
        page.see("projects").await?;
        Ok(())
    }

    /// The same for somebody who signed in just now: a code works once, so it is the next one that opens.
    pub async fn sign_in_again(&self, page: &Page, account: &Account, stay: bool) -> Outcome {
        page.password(&account.email, &account.password, stay).await?;
        let next = account.code(UnixSeconds::from_clock().plus(30))?;
        page.write("code-field", &next).await?;
        page.see("projects").await?;
        Ok(())
    }

    /// Makes a domain whose manager has a letter with a code and no password yet.
    pub fn invite(&self, name: &str, email: &str) -> Outcome {
        self.invite_to("required", name, email)
    }

    /// The same to a domain that asks for a second step or leaves it to each: `required`, `optional`.
    pub fn invite_to(&self, second_step: &str, name: &str, email: &str) -> Outcome {
        let mut command = self.local.platform_command(&built("POLDER_PLATFORM_BIN")?);
        command.args(["domain", "add", "--name", "Vantaa", "--second-step", second_step]);
        let added = command.args(["--manager-name", name, "--manager-email", email]).output()?;
        if added.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&added.stderr).into()) }
    }

    /// The code of the one letter of a kind, once it has left the platform.
    pub async fn code_from_letter(&self, kind: &str) -> Outcome<String> {
        let until = std::time::Instant::now() + std::time::Duration::from_secs(60);
        let of_kind = |path: &PathBuf| path.to_string_lossy().contains(&format!("-{kind}-"));
        loop {
            let letters: Vec<_> = files(&self.local.mail())?.into_iter().filter(of_kind).collect();
            if let [letter] = letters.as_slice() {
                let text = std::fs::read_to_string(letter)?;
                let is_code = |line: &&str| line.len() == 23 && line.matches('-').count() == 3;
                return Ok(text
                    .lines()
                    .map(str::trim)
                    .find(is_code)
                    .ok_or("a letter without a code")?
                    .to_owned());
            }
            if std::time::Instant::now() > until {
                return Err(format!("no letter of the kind {kind}: {letters:?}").into());
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    }

    /// The code that somebody's authenticator shows now.
    pub fn code(&self, account: &Account) -> Outcome<String> {
        Ok(account.code(UnixSeconds::from_clock())?)
    }

    /// The code that an authenticator with this key shows now.
    pub fn code_of(&self, key: &str) -> Outcome<String> {
        Ok(code_of(key, UnixSeconds::from_clock())?)
    }

    /// The code that it shows next. It is taken already, and was not used where the one before was.
    pub fn next_code_of(&self, key: &str) -> Outcome<String> {
        Ok(code_of(key, UnixSeconds::from_clock().plus(30))?)
    }

    /// Six digits that it shows at no time near now.
    pub fn wrong_code_of(&self, key: &str) -> Outcome<String> {
        let now = UnixSeconds::from_clock();
        let near = [-60, -30, 0, 30, 60].map(|off| code_of(key, now.plus(off)).unwrap_or_default());
        let wrong = (0..10).map(|n| format!("{n}{n}{n}{n}{n}{n}")).find(|code| !near.contains(code));
        Ok(wrong.ok_or("ten codes, all right")?)
    }

    /// Six digits that are none of the three that would be taken.
    pub fn a_wrong_code(&self, account: &Account) -> Outcome<String> {
        self.wrong_code_of(account.totp.as_deref().ok_or("an account without a second step")?)
    }

    /// How many items of Polder the keychain holds.
    pub fn keychain_items(&self) -> Outcome<usize> {
        let found =
            self.desk.command("secret-tool").args(["search", "--all", "service", "Polder"]).output()?;
        let text = String::from_utf8_lossy(&found.stdout).into_owned();
        Ok(text.lines().filter(|line| line.starts_with('[')).count())
    }

    /// Which of these words stand in a file of the platform's data, master and wrapped keys included, as text
    /// or as UTF-16.
    pub fn search_platform_data(&self, words: &[&str]) -> Outcome<Vec<String>> {
        let mut found = Vec::new();
        let mut searched = 0;
        for file in files(&self.local.data())? {
            let bytes = std::fs::read(&file)?;
            searched += bytes.len();
            for word in words.iter().filter(|word| !word.is_empty()) {
                let wide: Vec<u8> = word.encode_utf16().flat_map(u16::to_le_bytes).collect();
                if contains(&bytes, word.as_bytes()) || contains(&bytes, &wide) {
                    found.push(format!("{word} in {}", file.display()));
                }
            }
        }
        // A search of nothing finds nothing, too.
        if searched < 500_000 {
            return Err(format!("only {searched} bytes of platform data were found").into());
        }
        Ok(found)
    }

    /// The keychain's item of Polder.
    pub fn keychain_secret(&self) -> Outcome<String> {
        let found = self.desk.command("secret-tool").args(["lookup", "service", "Polder"]).output()?;
        Ok(String::from_utf8(found.stdout)?)
    }

    /// Puts something else in the place of the keychain's item.
    pub fn replace_keychain_secret(&self, secret: &str) -> Outcome {
        let found =
            self.desk.command("secret-tool").args(["search", "--all", "service", "Polder"]).output()?;
        // It prints the attributes to standard error.
        let text = String::from_utf8([found.stdout, found.stderr].concat())?;
        let mut store = self.desk.command("secret-tool");
        store.args(["store", "--label=Polder"]);
        for line in text.lines() {
            if let Some((name, value)) =
                line.strip_prefix("attribute.").and_then(|line| line.split_once(" = "))
            {
                store.args([name, value]);
            }
        }
        let mut store = store.stdin(Stdio::piped()).spawn()?;
        let mut input = store.stdin.take().ok_or("no standard input")?;
        input.write_all(secret.as_bytes())?;
        drop(input);
        if !store.wait()?.success() || self.keychain_items()? != 1 {
            return Err("the item was not replaced".into());
        }
        Ok(())
    }

    /// What somebody who pastes gets, in one of the forms that are offered; waits until something was copied.
    pub async fn paste(&self, form: &str) -> Outcome<String> {
        let until = Instant::now() + Duration::from_secs(30);
        loop {
            if let Some(pasted) = self.pasted(form)? {
                return Ok(pasted);
            }
            if Instant::now() > until {
                return Err(format!("nothing to paste as {form}").into());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// What somebody who pastes gets at this moment, if anything.
    pub fn pasted(&self, form: &str) -> Outcome<Option<String>> {
        let mut xclip = self.desk.command("xclip");
        let pasted = xclip.args(["-selection", "clipboard", "-out", "-target", form]).output()?;
        let there = pasted.status.success() && !pasted.stdout.is_empty();
        Ok(if there { Some(String::from_utf8(pasted.stdout)?) } else { None })
    }

    /// Waits until whoever pastes gets nothing.
    pub async fn nothing_to_paste(&self) -> Outcome {
        let until = Instant::now() + Duration::from_secs(30);
        loop {
            let Some(pasted) = self.pasted("UTF8_STRING")? else { return Ok(()) };
            if Instant::now() > until {
                return Err(format!("still there: {pasted}").into());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Copies something in another program.
    pub fn copy_elsewhere(&self, text: &str) -> Outcome {
        let mut xclip = self.desk.command("xclip");
        // It goes to the background and answers from there until somebody else copies.
        xclip.args(["-selection", "clipboard", "-in"]).stdin(Stdio::piped());
        let mut copying = xclip.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        copying.stdin.take().ok_or("no standard input")?.write_all(text.as_bytes())?;
        if copying.wait()?.success() { Ok(()) } else { Err("xclip copied nothing".into()) }
    }

    /// Ends what keeps secrets, as when it crashes.
    pub fn end_keyring(&mut self) {
        self.desk.end_keyring();
    }

    /// Starts it again, with what it kept.
    pub fn restart_keyring(&mut self, unlocked: bool) -> Outcome {
        Ok(self.desk.start_keyring(unlocked)?)
    }

    /// Files in the person's home that hold a private key or a refresh token, as the keychain's item names
    /// them.
    pub fn search_client_files(&self) -> Outcome<Vec<PathBuf>> {
        self.search_home("refresh_token")
    }

    /// Files in the person's home that hold this text, but for the keyring's own, which are sealed.
    pub fn search_home(&self, text: &str) -> Outcome<Vec<PathBuf>> {
        let mut found = Vec::new();
        for file in files(self.desk.home())? {
            // Sockets and the like cannot be read; what can be is searched.
            if let Ok(bytes) = std::fs::read(&file)
                && contains(&bytes, text.as_bytes())
                && !file.components().any(|part| part.as_os_str() == "keyrings")
            {
                found.push(file);
            }
        }
        Ok(found)
    }

    /// Ends the platform.
    pub fn stop_platform(&mut self) {
        self.platform = None;
    }

    /// Starts the platform again.
    pub async fn restart_platform(&mut self) -> Outcome {
        self.platform = None;
        self.platform = Some(self.local.start_platform(&self.binary)?);
        Ok(())
    }

    /// Publishes what the test makes of the next publication.
    pub fn publish(&mut self, change: impl FnOnce(&mut Publication)) -> Outcome {
        self.publish_program(self.program.to_vec(), &version()?, change)
    }

    /// Publishes this very client under a higher version as well.
    pub fn publish_newer_version(&mut self) -> Outcome {
        let mine = version()?;
        let newer = Version::new(mine.major, mine.minor + 1, 0);
        let minimum = mine.clone();
        // The old one stays allowed on the platform, so that the client itself has to refuse.
        self.publish_program(self.program.to_vec(), &newer, |next| next.content.policy.min_version = minimum)
    }

    /// Publishes another program under the client's version, properly signed.
    pub fn publish_another_program_under_this_version(&mut self) -> Outcome {
        let mut other = self.program.to_vec();
        other.push(0);
        self.publish_program(other, &version()?, |_| {})
    }

    /// A program as a release with its archive, and with a difference from an older unpacked archive.
    pub fn archived(
        &self,
        program: Vec<u8>,
        version: &Version,
        older: &[(Version, &[u8])],
    ) -> Result<Release, polder_local::LocalError> {
        let now = UnixSeconds::from_clock();
        let mut alone = self.local.publication(program, version, &this_system(), now)?;
        let release = alone.content.releases.remove(0);
        self.local.archived(release, older)
    }

    /// Publishes a release as the newest and the oldest that is let in; the test may change what is said of it.
    pub fn publish_release(&mut self, release: Release, change: impl FnOnce(&mut Publication)) -> Outcome {
        let now = UnixSeconds::from_clock();
        let (program, version, system) =
            (release.program.clone(), release.version.clone(), release.system.clone());
        let mut next = self.local.publication(program, &version, &system, now)?;
        next.content.releases = vec![release];
        change(&mut next);
        Ok(self.local.publish_as(&next, now)?)
    }

    fn publish_program(
        &mut self,
        program: Vec<u8>,
        version: &Version,
        change: impl FnOnce(&mut Publication),
    ) -> Outcome {
        let now = UnixSeconds::from_clock();
        let mut next = self.local.publication(program, version, &this_system(), now)?;
        change(&mut next);
        Ok(self.local.publish_as(&next, now)?)
    }
}

/// The version of the client under test.
fn version() -> Outcome<Version> {
    Ok(polder_wire::VERSION.parse()?)
}

/// A program that xtask built, by the variable that it sets.
///
/// # Errors
/// When it is not set.
pub fn built(variable: &str) -> Outcome<PathBuf> {
    let path = std::env::var_os(variable).ok_or_else(|| {
        format!("{variable} is not set; `cargo xtask test` builds the programs and sets it")
    })?;
    Ok(PathBuf::from(path))
}

fn files(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                folders.push(entry.path());
            } else {
                found.push(entry.path());
            }
        }
    }
    Ok(found)
}

fn contains(bytes: &[u8], word: &[u8]) -> bool {
    bytes.windows(word.len()).any(|window| window == word)
}
