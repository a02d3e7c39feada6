use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use polder_wire::Secret;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::fault::Address;
use super::{Choice, Credentials, Found, Manual, Proxy, ProxyFault, Route, System};
use crate::deployment::Deployment;
use crate::keychain::{KeychainError, Vault};
use crate::update::StoreFault;

/// The person's choice of proxy for one deployment, and what follows from it. Cheap to clone.
///
/// The choice lies in a small file; the password lies in the keychain, or where that does not take it in memory
/// until the program ends.
#[derive(Clone)]
pub struct Network {
    deployment: Deployment,
    path: PathBuf,
    system: System,
    vault: Vault,
    this_run: Arc<Mutex<Option<Secret>>>,
}

/// What was chosen, and where its password is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// What was chosen.
    pub choice: Choice,
    /// Of a [`Manual`] proxy with a user; there is none for anything else.
    pub password: PasswordKept,
}

/// Where the password is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordKept {
    /// There is none.
    No,
    /// In the keychain.
    Keychain,
    /// In memory: the keychain did not take it.
    ThisRun,
}

/// What becomes of the password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PasswordChange {
    /// What there is stays.
    Keep,
    /// It goes away.
    Forget,
    /// This one, in place of any before.
    Set(Secret),
}

/// What the file says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Kept {
    choice: Choice,
    /// Whether the keychain has a password for it.
    in_keychain: bool,
}

/// The name of the file.
const FILE: &str = "network.json";

impl Network {
    /// The choice that is kept in this folder.
    pub fn new(deployment: Deployment, folder: &Path, system: System, vault: Vault) -> Self {
        Self { deployment, path: folder.join(FILE), system, vault, this_run: Arc::default() }
    }

    /// What counts now. The keychain is not asked for it, so that no dialog opens.
    ///
    /// # Errors
    /// When there is a file that cannot be read. A damaged one is no error: then the system's setting counts.
    pub async fn setting(&self) -> Result<Setting, StoreFault> {
        let kept = self.kept().await?;
        Ok(self.told(kept))
    }

    /// Keeps another choice. A password belongs to a user: it is forgotten where the choice has none.
    ///
    /// # Errors
    /// When the file cannot be written; nothing has changed then.
    pub async fn set(&self, choice: Choice, password: PasswordChange) -> Result<Setting, StoreFault> {
        let before = self.kept().await?;
        let stays = user_of(&choice).is_some() && password == PasswordChange::Keep;
        // What is replaced or forgotten is not used again from here on, even where the keychain keeps it.
        let mut kept = Kept { choice, in_keychain: before.in_keychain && stays };
        self.write(&kept).await?;
        match password {
            PasswordChange::Set(secret) if user_of(&kept.choice).is_some() => {
                *self.this_run() = Some(secret.clone());
                if self.save(&secret).await {
                    kept.in_keychain = true;
                    self.write(&kept).await?;
                    *self.this_run() = None;
                }
            }
            _ if stays => {}
            _ => self.forget().await,
        }
        Ok(self.told(kept))
    }

    /// What this computer is set to, whatever was chosen.
    pub async fn system(&self) -> Found {
        self.system.find(&self.deployment).await
    }

    /// The way to the platform, read anew.
    pub(crate) async fn route(&self) -> Result<Result<Route, ProxyFault>, StoreFault> {
        let kept = self.kept().await?;
        let password = self.password(&kept).await;
        Ok(match kept.choice {
            Choice::Direct => Ok(Route::Direct),
            Choice::Manual(Manual { host, port, user }) => {
                let credentials = user.zip(password).map(|(user, password)| Credentials { user, password });
                Ok(Route::Via(Proxy { host, port, credentials }))
            }
            Choice::System => match self.system().await {
                Found::None => Ok(Route::Direct),
                Found::Proxy(proxy) => Ok(Route::Via(proxy)),
                Found::Pac => Err(ProxyFault::Pac),
                Found::Unsupported { speaks, host, port } => {
                    Err(ProxyFault::Unsupported { at: Address { host, port }, speaks })
                }
            },
        })
    }

    async fn kept(&self) -> Result<Kept, StoreFault> {
        let read = self.with_file(|path| match std::fs::read(path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        });
        let Some(bytes) = read.await? else { return Ok(Kept::default()) };
        Ok(Stored::parse(&bytes).unwrap_or_else(|| {
            tracing::warn!(path = %self.path.display(), "the kept choice of proxy is damaged; the system's counts");
            Kept::default()
        }))
    }

    async fn write(&self, kept: &Kept) -> Result<(), StoreFault> {
        let json = serde_json::to_vec(&Stored::of(kept)).map_err(io::Error::from);
        self.with_file(move |path| polder_slots::durable::write(path, &json?)).await
    }

    fn told(&self, Kept { choice, in_keychain }: Kept) -> Setting {
        let password = match user_of(&choice) {
            Some(_) if self.this_run().is_some() => PasswordKept::ThisRun,
            Some(_) if in_keychain => PasswordKept::Keychain,
            _ => PasswordKept::No,
        };
        Setting { choice, password }
    }

    /// The password for this choice, wherever it is. What was typed in this run is newer than the keychain's.
    async fn password(&self, kept: &Kept) -> Option<Secret> {
        user_of(&kept.choice)?;
        if let Some(secret) = self.this_run().clone() {
            return Some(secret);
        }
        if !kept.in_keychain {
            return None;
        }
        let item = self.vault.load().await.and_then(|item| item.map(|item| read_item(&item)).transpose());
        item.unwrap_or_else(|error| {
            // The proxy will ask for it, and the person hears of that.
            tracing::warn!(code = %error.code(), "the proxy's password cannot be read");
            None
        })
    }

    async fn save(&self, secret: &Secret) -> bool {
        let saved = self.vault.save(Zeroizing::new(secret.expose().as_bytes().to_vec())).await;
        if let Err(error) = &saved {
            tracing::warn!(code = %error.code(), "the proxy's password is kept for this run only");
        }
        saved.is_ok()
    }

    async fn forget(&self) {
        *self.this_run() = None;
        match self.vault.delete().await {
            // Where there is no keychain there is nothing in it.
            Ok(()) | Err(KeychainError::Absent(_)) => {}
            Err(error) => {
                tracing::warn!(code = %error.code(), "the proxy's password may stay in the keychain, unused");
            }
        }
    }

    fn this_run(&self) -> MutexGuard<'_, Option<Secret>> {
        // It is only ever replaced as a whole.
        self.this_run.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Off the threads that serve the window.
    async fn with_file<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Path) -> io::Result<T> + Send + 'static,
    ) -> Result<T, StoreFault> {
        let path = self.path.clone();
        let done = tokio::task::spawn_blocking(move || work(&path)).await;
        done.map_err(io::Error::other)
            .flatten()
            .map_err(|cause| StoreFault { path: self.path.clone(), cause })
    }
}

impl fmt::Debug for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Network({})", self.path.display())
    }
}

fn user_of(choice: &Choice) -> Option<&super::User> {
    match choice {
        Choice::Manual(manual) => manual.user.as_ref(),
        Choice::System | Choice::Direct => None,
    }
}

fn read_item(item: &[u8]) -> Result<Secret, KeychainError> {
    std::str::from_utf8(item).map(Secret::new).map_err(|_| KeychainError::Damaged)
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    schema: u32,
    choice: Kind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    host: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    port: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    user: Option<String>,
    /// Whether the keychain has a password; never the password itself.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    in_keychain: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    System,
    Direct,
    Manual,
}

impl Stored {
    fn of(Kept { choice, in_keychain }: &Kept) -> Self {
        let bare = |choice| Self {
            schema: 1,
            choice,
            host: None,
            port: None,
            user: None,
            in_keychain: *in_keychain,
        };
        match choice {
            Choice::System => bare(Kind::System),
            Choice::Direct => bare(Kind::Direct),
            Choice::Manual(Manual { host, port, user }) => Self {
                host: Some(host.to_string()),
                port: Some(port.get().into()),
                user: user.as_ref().map(|user| user.as_str().to_owned()),
                ..bare(Kind::Manual)
            },
        }
    }

    fn parse(json: &[u8]) -> Option<Kept> {
        let stored: Self = serde_json::from_slice(json).ok()?;
        if stored.schema != 1 {
            return None;
        }
        let choice = match stored.choice {
            Kind::System => Choice::System,
            Kind::Direct => Choice::Direct,
            Kind::Manual => {
                Choice::Manual(Manual::parse(&stored.host?, stored.port?, stored.user.as_deref()).ok()?)
            }
        };
        Some(Kept { choice, in_keychain: stored.in_keychain })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_comes_back_as_it_was_kept() {
        for choice in [
            Choice::System,
            Choice::Direct,
            Choice::Manual(Manual::parse("::1", 3128, None).unwrap()),
            Choice::Manual(Manual::parse("proxy.example", 3128, Some("HEL\\ada")).unwrap()),
        ] {
            for in_keychain in [true, false] {
                let kept = Kept { choice: choice.clone(), in_keychain };
                let json = serde_json::to_vec(&Stored::of(&kept)).unwrap();
                assert_eq!(Stored::parse(&json), Some(kept));
            }
        }
    }

    #[test]
    fn a_damaged_file_is_no_choice() {
        for json in [
            "",
            "{}",
            "[]",
            "nonsense",
            r#"{"schema":2,"choice":"direct"}"#,
            r#"{"schema":1,"choice":"pac"}"#,
            r#"{"schema":1,"choice":"manual"}"#,
            r#"{"schema":1,"choice":"manual","host":"p","port":0}"#,
            r#"{"schema":1,"choice":"manual","host":"http://p","port":1}"#,
            r#"{"schema":1,"choice":"manual","host":"p","port":1,"user":"a:b"}"#,
            r#"{"schema":1,"choice":"direct","password":"x"}"#,
        ] {
            assert_eq!(Stored::parse(json.as_bytes()), None, "{json}");
        }
    }
}
