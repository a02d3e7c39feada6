//! From a password to a session, and from a kept session back to one, step by step.
//!
//! The whole session is bound to one device key, made anew at each sign-in.

mod events;
mod item;
mod known;
mod live;
mod lock;
mod password;
mod people;
mod second_step;
mod strength;
mod this_device;

pub use crate::api::{Clocks, Failure};
pub use events::{Backoff, Heard};
pub use known::KnownDevice;
pub use live::Session;
pub use password::NewPassword;
pub use strength::{Hint, Strength, strength};

use std::sync::Arc;

use polder_wire::second_step::RecoveryCodes;
use polder_wire::sign_in::{
    Code as CodeCall, CodeBody, ConfirmEnrolment, Enrol, Enrolled, Enrolment, Grant, NextStep, Password,
    PasswordBody, Recover, Recovered, RecoveryBody, Refresh, RefreshBody, Ticket, TicketBody,
};
use polder_wire::{Code, Secret};

use crate::api::{Caller, Client};
use crate::device::DeviceKey;
use crate::gate::Admission;
use crate::keychain::{KeychainError, Vault};
use item::Item;

/// Where people sign in. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Door {
    client: Client,
    vault: Vault,
    known: KnownDevice,
}

/// What came of trying to resume.
#[derive(Debug)]
pub enum Resumed {
    /// Nothing needs to be typed.
    SignedIn(Session),
    /// The person signs in.
    SignedOut {
        /// Why the device is not signed in any more or cannot tell; `None` when it simply was not.
        why: Option<Code>,
    },
}

/// What comes after a right password.
#[derive(Debug)]
pub enum Next {
    /// The code of the person's second step.
    Code(CodeStep),
    /// Setting up a second step.
    Enrol(EnrolStep),
    /// Nothing more.
    Done(Session),
}

/// Whether this device stays signed in when the program ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remembered {
    /// The keychain keeps it.
    Kept,
    /// It does not: the person or the domain did not want it, or for the reason given.
    ThisRunOnly(Option<Code>),
}

/// A sign-in that waits for a code.
#[derive(Debug)]
pub struct CodeStep(Underway);

/// A sign-in that waits for a second step to be set up.
#[derive(Debug)]
pub struct EnrolStep(Underway);

#[derive(Debug)]
struct Underway {
    door: Door,
    key: Arc<DeviceKey>,
    ticket: Ticket,
}

impl Door {
    /// A door to the client's platform; what is remembered goes into the vault.
    pub fn new(client: Client, vault: Vault) -> Self {
        Self { client, vault, known: KnownDevice::nowhere() }
    }

    /// The same for a device that the platform shall know again.
    #[must_use]
    pub fn known_by(self, known: KnownDevice) -> Self {
        Self { known, ..self }
    }

    /// What opened it.
    pub fn admission(&self) -> &Admission {
        self.client.admission()
    }

    /// Signs in with what the keychain kept. Only the platform's word that the session is over deletes it;
    /// offline, or with a locked keychain, it stays for the next time.
    pub async fn resume(&self) -> Resumed {
        let kept = match self.vault.load().await {
            Ok(None) => return Resumed::SignedOut { why: None },
            Ok(Some(kept)) => Item::parse(&kept, &self.client.admission().origin()),
            Err(error) => Err(error),
        };
        let Item { refresh_token, key, locked } = match kept {
            Ok(item) => item,
            Err(error) => return Resumed::SignedOut { why: Some(keychain_code(&error)) },
        };
        let body = RefreshBody { refresh_token };
        let caller = Caller { key: &key, access_token: None };
        match self.client.call(&Refresh, &body, caller).await {
            Ok(grant) => {
                let locked_there = grant.locked;
                let session =
                    self.begin(Arc::new(key), Grant { locked: locked || grant.locked, ..grant }).await;
                if locked
                    && !locked_there
                    && let Err(failure) = session.lock().await
                {
                    // It is locked here all the same.
                    tracing::warn!(code = %failure.code, "the platform does not know that this device is locked");
                }
                Resumed::SignedIn(session)
            }
            Err(failure) => {
                if failure.code == Code::SessionOver {
                    self.forget().await;
                }
                Resumed::SignedOut { why: Some(failure.code) }
            }
        }
    }

    /// The first step. With `stay` the device is remembered, if the domain allows it and the keychain can.
    ///
    /// # Errors
    /// [`Code::CredentialsWrong`], [`Code::Busy`] with a time, and whatever a call may meet.
    pub async fn password(&self, email: &str, password: Secret, stay: bool) -> Result<Next, Failure> {
        let key = self.new_key()?;
        let origin = self.client.admission().origin();
        let known_as = self.known.name(&origin, email, self.client.surroundings().random());
        let device = Some(this_device::this_device());
        let body = PasswordBody { email: email.to_owned(), password, stay, device, known_as };
        let next = self.client.call(&Password, &body, Caller { key: &key, access_token: None }).await?;
        Ok(self.go_on(key, next).await)
    }

    /// A key for a sign-in, and for the session that comes of it.
    fn new_key(&self) -> Result<Arc<DeviceKey>, Failure> {
        let key = DeviceKey::generate(self.client.surroundings().random())
            .map_err(|error| Failure::logged(Code::Unexpected, "device key", &error))?;
        Ok(Arc::new(key))
    }

    /// What the platform said comes next.
    async fn go_on(&self, key: Arc<DeviceKey>, next: NextStep) -> Next {
        let underway = |key, ticket| Underway { door: self.clone(), key, ticket };
        match next {
            NextStep::Code(ticket) => Next::Code(CodeStep(underway(key, ticket))),
            NextStep::Enrol(ticket) => Next::Enrol(EnrolStep(underway(key, ticket))),
            NextStep::Done(grant) => Next::Done(self.begin(key, grant).await),
        }
    }

    /// The session is in the keychain before anybody uses it.
    async fn begin(&self, key: Arc<DeviceKey>, grant: Grant) -> Session {
        let remembered = if grant.stay {
            self.keep(&key, &grant.refresh_token, grant.locked).await
        } else {
            // What an earlier sign-in left would otherwise come back at the next start.
            self.forget().await;
            Remembered::ThisRunOnly(None)
        };
        Session::new(self.clone(), key, grant, remembered)
    }

    async fn keep(&self, key: &DeviceKey, refresh_token: &Secret, locked: bool) -> Remembered {
        let kept = match Item::write(&self.client.admission().origin(), refresh_token, key, locked) {
            Ok(item) => self.vault.save(item).await,
            Err(error) => Err(error),
        };
        match kept {
            Ok(()) => Remembered::Kept,
            Err(error) => Remembered::ThisRunOnly(Some(keychain_code(&error))),
        }
    }

    /// What cannot be deleted is dead at the platform already, or soon; the log says so.
    async fn forget(&self) {
        if let Err(error) = self.vault.delete().await {
            keychain_code(&error);
        }
    }
}

impl CodeStep {
    /// The domain that the person signs in to.
    pub fn domain_name(&self) -> &str {
        &self.0.ticket.domain_name
    }

    /// Tries a code. After [`Code::CodeWrong`] another may be tried.
    ///
    /// # Errors
    /// [`Code::CodeWrong`], [`Code::SignInOver`], and whatever a call may meet.
    pub async fn code(&self, code: Secret) -> Result<Session, Failure> {
        let body = CodeBody { ticket: self.0.ticket.ticket.clone(), code };
        let grant = self.0.door.client.call(&CodeCall, &body, self.0.caller()).await?;
        Ok(self.0.begin(grant).await)
    }

    /// Tries a recovery code instead, and answers how many are left. After [`Code::RecoveryCodeWrong`] another may be tried.
    ///
    /// # Errors
    /// [`Code::RecoveryCodeWrong`], [`Code::SignInOver`], and whatever a call may meet.
    pub async fn recover(&self, recovery_code: Secret) -> Result<(Session, u32), Failure> {
        let body = RecoveryBody { ticket: self.0.ticket.ticket.clone(), recovery_code };
        let Recovered { grant, left } = self.0.door.client.call(&Recover, &body, self.0.caller()).await?;
        Ok((self.0.begin(grant).await, left))
    }
}

impl EnrolStep {
    /// The domain that asks for a second step.
    pub fn domain_name(&self) -> &str {
        &self.0.ticket.domain_name
    }

    /// A new secret for the person's authenticator. Asking again replaces it.
    ///
    /// # Errors
    /// [`Code::SignInOver`], and whatever a call may meet.
    pub async fn key(&self) -> Result<Enrolment, Failure> {
        let body = TicketBody { ticket: self.0.ticket.ticket.clone() };
        self.0.door.client.call(&Enrol, &body, self.0.caller()).await
    }

    /// Tries the first code, and answers the recovery codes, which are shown this once. After [`Code::CodeWrong`] another may be tried.
    ///
    /// # Errors
    /// [`Code::CodeWrong`], [`Code::SignInOver`], [`Code::EnrolmentNotOpen`], and whatever a call may meet.
    pub async fn confirm(&self, code: Secret) -> Result<(Session, RecoveryCodes), Failure> {
        let body = CodeBody { ticket: self.0.ticket.ticket.clone(), code };
        let Enrolled { grant, recovery } =
            self.0.door.client.call(&ConfirmEnrolment, &body, self.0.caller()).await?;
        Ok((self.0.begin(grant).await, recovery))
    }
}

impl Underway {
    fn caller(&self) -> Caller<'_> {
        Caller { key: &self.key, access_token: None }
    }

    async fn begin(&self, grant: Grant) -> Session {
        self.door.begin(Arc::clone(&self.key), grant).await
    }
}

/// Logs the causes, which the window is not told.
fn keychain_code(error: &KeychainError) -> Code {
    tracing::warn!(code = %error.code(), error = %crate::chain::chain(error), "the keychain did not serve");
    error.code()
}

#[cfg(fuzzing)]
pub(crate) fn fuzz_item(bytes: &[u8]) {
    drop(Item::parse(bytes, "https://polder.example"));
}
